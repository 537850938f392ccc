//! A front end for tests: says hello over the real socket, asks, and waits for entries, never for time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use holdpoint::engine::{Command, Refusal, Run};
use holdpoint::journal::{Attendance, Entry, Fact, RunId};
use holdpoint::link::{self, Connection};
use holdpoint::protocol::{Frame, Hello, Notice, Request, VERSION};
use holdpoint::runbook::ItemKind;

use crate::program::World;

/// How long anything may take before the test is given up.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    connection: Connection,
    pub(crate) run: Run,
    pub(crate) entries: Vec<Entry>,
    pub(crate) output: Vec<u8>,
    asked: u64,
    attendance: Attendance,
}

impl Client {
    /// Comes to the run that is served in this world.
    pub(crate) async fn attach(world: &World) -> Self {
        Self::attach_as(world, Attendance::Controls).await
    }

    pub(crate) async fn attach_as(world: &World, attendance: Attendance) -> Self {
        let connection = link::connect(&socket(world)).await.unwrap();
        let hello = Hello {
            min_version: VERSION,
            max_version: VERSION,
            operator: "ada".to_owned(),
            attendance,
            size: Some((80, 24)),
        };
        connection.sender.send(Frame::Request(Request::Hello(hello))).await.unwrap();
        let mut connection = connection;
        let welcome = patient(connection.receiver.recv()).await.unwrap();
        let Frame::Notice(Notice::Welcome { runbook, entries, attendance, .. }) = welcome else {
            panic!("not welcome: {welcome:?}")
        };
        let run = Run::replay(Arc::new(*runbook), &entries);
        Self { connection, run, entries, output: Vec::new(), asked: 0, attendance }
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&mut self, command: Command) -> Result<(), Refusal> {
        self.asked += 1;
        let asked = self.asked;
        let request = Request::Ask { id: asked, command };
        self.connection.sender.send(Frame::Request(request)).await.unwrap();
        self.listen(|notice| match notice {
            Notice::Granted { id } if *id == asked => Some(Ok(())),
            Notice::Refused { id, refusal } if *id == asked => Some(Err(refusal.clone())),
            _ => None,
        })
        .await
    }

    /// Waits until this one acts, after another has left.
    pub(crate) async fn wait_for_control(&mut self) {
        if self.attendance != Attendance::Controls {
            self.attendance = self
                .listen(|notice| match notice {
                    Notice::Attendance { attendance } => Some(*attendance),
                    _ => None,
                })
                .await;
        }
    }

    /// Confirms and starts the whole of the command that is next.
    pub(crate) async fn start_next(&mut self) {
        let item = self.run.ask().item().cloned().unwrap();
        let (_, found) = self.run.runbook().item(&item).unwrap();
        let ItemKind::Command(block) = &found.kind else { panic!("{item} is no command") };
        let statements: Vec<usize> = (0..block.statements.len()).collect();
        let parts = self.run.fill(block, &statements).unwrap();
        let text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n");
        self.ask(Command::Confirm { item: item.clone(), statements, text, reason: None }).await.unwrap();
        self.ask(Command::Start { item }).await.unwrap();
    }

    /// Types into the command's terminal.
    pub(crate) async fn keys(&mut self, bytes: &[u8]) {
        self.connection.sender.send(Frame::Keys(bytes.to_vec())).await.unwrap();
    }

    /// Waits for an entry that fits; those that came before count too.
    pub(crate) async fn wait_for(&mut self, fits: impl Fn(&Fact) -> bool) -> Fact {
        if let Some(found) = self.entries.iter().find(|entry| fits(&entry.fact)) {
            return found.fact.clone();
        }
        self.listen(|notice| match notice {
            Notice::Entry { entry } if fits(&entry.fact) => Some(entry.fact.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until these words were printed.
    pub(crate) async fn wait_for_output(&mut self, words: &str) {
        while !String::from_utf8_lossy(&self.output).contains(words) {
            self.take_frame().await;
        }
    }

    async fn listen<T>(&mut self, wanted: impl Fn(&Notice) -> Option<T>) -> T {
        loop {
            if let Some(notice) = self.take_frame().await
                && let Some(found) = wanted(&notice)
            {
                return found;
            }
        }
    }

    async fn take_frame(&mut self) -> Option<Notice> {
        match patient(self.connection.receiver.recv()).await.expect("the supervisor is gone") {
            Frame::Notice(notice) => {
                if let Notice::Entry { entry } = &notice {
                    self.run.apply(entry);
                    self.entries.push((**entry).clone());
                }
                Some(notice)
            }
            Frame::Output { bytes, .. } => {
                self.output.extend(bytes);
                None
            }
            _ => None,
        }
    }
}

async fn patient<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("waited in vain")
}

/// The socket of the only run in this world.
pub(crate) fn socket(world: &World) -> PathBuf {
    let folders = std::fs::read_dir(world.path("runtime").join("holdpoint")).unwrap();
    let sockets = folders.map(|folder| folder.unwrap().path().join("supervisor.sock"));
    sockets.into_iter().find(|socket| socket.exists()).expect("no run is served")
}

/// Begins a run of this text and leaves it to the clients.
pub(crate) fn begin(world: &World, text: &str) -> RunId {
    let runbook = world.write("upgrade.md", text);
    let begun = world.run(&["run", "--detach", "--subject", "acme", runbook.to_str().unwrap()]);
    begun.ends_with(0);
    RunId(begun.out.trim().to_owned())
}

/// Starts a supervisor for a run that lost its own; it serves when this returns.
pub(crate) fn supervise_again(world: &World, run: &RunId) {
    let mut child =
        world.command(&["supervise", &run.0]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
    assert_eq!(line.trim(), "ready");
    std::thread::spawn(move || child.wait());
}

//! The supervisor's end of a holder: start one or find it again, tell it what to do, hear what
//! happens. Dropping it hurts no command: the holder goes on and keeps what is missed.
#![expect(clippy::disallowed_methods, reason = "the door to the step files")]
#![expect(clippy::disallowed_types, reason = "the door to the holder")]

use std::fs;
use std::io::{BufRead, BufReader, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::geteuid;
use tokio::sync::mpsc::{Receiver, channel};

use super::error::system;
use super::holder::{Arguments, READY};
use super::lines::{Lines, line};
use super::reader::{ASKED, IDLE, RUNNING, Reader};
use super::wire::{HolderState, Notice, Request, SOCKET, VERSION};
use super::{Ended, PtyError, Size, Spec, script, terminal, writer};

/// How many events may wait for the supervisor before the command has to.
const EVENTS: usize = 64;

/// How long a holder that listens may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a holder tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolderEvent {
    /// The terminal said this.
    Output(Vec<u8>),
    /// So many bytes of output were lost while no supervisor was there.
    Gap(u64),
    /// The shell is about to read the step; output from here on is this attempt's.
    Begun {
        /// Which.
        attempt: u32,
    },
    /// An attempt is over, and all its output was told. To be acknowledged once it is recorded.
    Ended(Ended),
    /// What is typed from here on is hidden, as for a password, or is no more.
    EchoHidden(bool),
    /// The holder ended as it was asked to, or had to. The last event.
    Closed {
        /// Why, as a fragment.
        reason: String,
        /// Processes that stay behind: id and command line.
        left_over: Vec<String>,
    },
    /// The holder is gone, or another supervisor has taken it over. The last event.
    Lost(String),
}

/// A connection to the process that holds the terminal and the step shell of a run.
#[derive(Debug)]
pub struct Holder {
    directory: PathBuf,
    connection: UnixStream,
    master: OwnedFd,
    state: HolderState,
    phase: Arc<AtomicU8>,
    keys: Sender<Vec<u8>>,
    events: Receiver<HolderEvent>,
    process: Option<Child>,
}

impl Holder {
    /// Starts a holder and connects to it. In a directory where one has crashed, the new one takes
    /// up the shell state that was left there.
    pub async fn start(spec: &Spec) -> Result<Self, PtyError> {
        let spec = spec.clone();
        blocking(move || {
            let process = spawn(&spec)?;
            let mut holder = connect(&spec.directory)?;
            holder.process = Some(process);
            Ok(holder)
        })
        .await
    }

    /// Connects to the holder in this directory; a supervisor that is still connected loses it.
    /// Output that was missed comes first, as [`HolderEvent::Gap`] and [`HolderEvent::Output`]; an
    /// end that was missed is told by [`Holder::state`] only.
    pub async fn reconnect(directory: &Path) -> Result<Self, PtyError> {
        let directory = directory.to_owned();
        blocking(move || connect(&directory)).await
    }

    /// What the holder was doing when this connection was made.
    pub fn state(&self) -> &HolderState {
        &self.state
    }

    /// Runs a script in the step shell. `name` is what error messages call it.
    pub fn run(&self, attempt: u32, name: &str, script: &[u8]) -> Result<(), PtyError> {
        let content = script::file_content(script)?;
        let file = script::file_name(name);
        if self.phase.compare_exchange(IDLE, ASKED, Ordering::AcqRel, Ordering::Acquire).is_err() {
            return Err(PtyError::Busy);
        }
        let told = write_private(&self.directory.join(&file), &content)
            .and_then(|()| self.tell(&Request::Run { attempt, file }));
        if told.is_err() {
            self.phase.store(IDLE, Ordering::Release);
        }
        told
    }

    /// Types this. Returns at once, however slowly the program reads.
    pub fn write(&self, bytes: &[u8]) -> Result<(), PtyError> {
        self.keys.send(bytes.to_vec()).map_err(|_| gone())
    }

    /// Tells the programs how large the terminal is now.
    pub fn resize(&self, size: Size) -> Result<(), PtyError> {
        terminal::resize(self.master.as_fd(), size)
    }

    /// Does what Ctrl-C does, ahead of anything typed that was not read yet.
    pub fn interrupt(&self) -> Result<(), PtyError> {
        self.tell(&Request::Interrupt)
    }

    /// Ends the command: INT, then TERM, then KILL to everything it started, two seconds apart.
    /// The end comes as an event, within seven seconds.
    pub fn abort(&self) -> Result<(), PtyError> {
        self.tell(&Request::Abort)
    }

    /// The end of this attempt is recorded; the holder need not tell it again.
    pub fn acknowledge(&self, attempt: u32) -> Result<(), PtyError> {
        self.tell(&Request::Acknowledge { attempt })
    }

    /// Ends the shell and the holder, aborting what still runs; tells what is left over. Events
    /// that were not taken yet are dropped.
    pub async fn close(mut self) -> Result<Vec<String>, PtyError> {
        self.tell(&Request::Close)?;
        while let Some(event) = self.next().await {
            match event {
                HolderEvent::Closed { left_over, .. } => {
                    let process = self.process.take();
                    blocking(move || {
                        process.map(|mut process| process.wait());
                        Ok(())
                    })
                    .await?;
                    return Ok(left_over);
                }
                HolderEvent::Lost(reason) => return Err(PtyError::Gone { reason }),
                _ => {}
            }
        }
        Err(gone())
    }

    /// The next event; nothing after the last. May be cancelled and called again.
    pub async fn next(&mut self) -> Option<HolderEvent> {
        self.events.recv().await
    }

    fn tell(&self, request: &Request) -> Result<(), PtyError> {
        (&self.connection).write_all(&line(request)).map_err(system("tell the holder"))
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.events.close();
        self.connection.shutdown(Shutdown::Both).ok();
        if let Some(process) = &mut self.process {
            process.try_wait().ok();
        }
    }
}

fn gone() -> PtyError {
    PtyError::Gone { reason: "the connection is over".to_owned() }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PtyError> + Send + 'static,
) -> Result<T, PtyError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| PtyError::Gone { reason: error.to_string() })?
}

/// Starts the process and waits until it listens.
fn spawn(spec: &Spec) -> Result<Child, PtyError> {
    let mut process = Command::new(&spec.program)
        .arg("hold")
        .args(Arguments::words(&spec.directory, spec.shell, spec.size, &spec.start_in))
        .envs(spec.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| PtyError::Start { program: spec.program.display().to_string(), source })?;
    let mut said = String::new();
    if let Some(output) = process.stdout.take() {
        BufReader::new(output).read_line(&mut said).map_err(system("hear from the holder"))?;
    }
    if said.trim() == READY {
        process.stderr.take();
        return Ok(process);
    }
    let mut reason = String::new();
    if let Some(mut errors) = process.stderr.take() {
        errors.read_to_string(&mut reason).map_err(system("hear from the holder"))?;
    }
    process.wait().map_err(system("wait for the holder"))?;
    Err(PtyError::Gone { reason: reason.trim().to_owned() })
}

fn connect(directory: &Path) -> Result<Holder, PtyError> {
    let mut connection = reach(directory)?;
    let peer = socket_peercred(&connection).map_err(system("identify the holder"))?;
    if peer.uid != geteuid() {
        return Err(PtyError::Foreign { user: peer.uid.as_raw() });
    }
    connection.set_read_timeout(Some(PATIENCE)).map_err(system("talk to the holder"))?;
    let master = receive_terminal(&connection)?;
    let mut lines = Lines::default();
    let (state, gap, backlog) = welcome(&mut connection, &mut lines)?;
    connection.set_read_timeout(None).map_err(system("talk to the holder"))?;
    connection.set_write_timeout(Some(PATIENCE)).map_err(system("talk to the holder"))?;
    let phase = if matches!(state, HolderState::Running(_)) { RUNNING } else { IDLE };
    let phase = Arc::new(AtomicU8::new(phase));
    let (sender, events) = channel(EVENTS);
    for event in [HolderEvent::Gap(gap), HolderEvent::Output(backlog)] {
        if event != HolderEvent::Gap(0) && event != HolderEvent::Output(Vec::new()) {
            sender.try_send(event).map_err(|_| gone())?;
        }
    }
    connection.write_all(&line(&Request::Ready)).map_err(system("tell the holder"))?;
    let copy = || connection.try_clone().map_err(system("copy the connection"));
    let copy_of_master = || master.try_clone().map_err(system("copy the terminal"));
    Reader {
        master: copy_of_master()?,
        connection: copy()?,
        lines,
        events: sender,
        phase: Arc::clone(&phase),
        is_hidden: false,
    }
    .start();
    let keys = writer::start(copy_of_master()?, copy()?);
    let directory = directory.to_owned();
    Ok(Holder { directory, connection, master, state, phase, keys, events, process: None })
}

/// Reaches the socket by the directory's descriptor: a path may be longer than an address.
fn reach(directory: &Path) -> Result<UnixStream, PtyError> {
    let absent = || PtyError::NoHolder { directory: directory.to_owned() };
    let opened = fs::File::open(directory).map_err(|_| absent())?;
    let path = format!("/proc/self/fd/{}/{SOCKET}", std::os::fd::AsRawFd::as_raw_fd(&opened));
    UnixStream::connect(path).map_err(|_| absent())
}

/// The first byte, which carries the terminal.
fn receive_terminal(connection: &UnixStream) -> Result<OwnedFd, PtyError> {
    let mut byte = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut parts = [IoSliceMut::new(&mut byte)];
    recvmsg(connection, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC)
        .map_err(system("receive the terminal"))?;
    control
        .drain()
        .find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        })
        .ok_or_else(gone)
}

/// The first message, and the output that was missed.
fn welcome(connection: &mut UnixStream, lines: &mut Lines) -> Result<(HolderState, u64, Vec<u8>), PtyError> {
    let mut buffer = vec![0; 64 * 1024];
    let mut more = |lines: &mut Lines| match connection.read(&mut buffer) {
        Ok(count @ 1..) => {
            lines.push(&buffer[..count]);
            Ok(())
        }
        Ok(0) => Err(gone()),
        Err(error) => Err(system("hear from the holder")(error)),
    };
    let (version, state, gap, backlog) = loop {
        match lines.message() {
            Some(Notice::Welcome { version, state, gap, backlog }) => break (version, state, gap, backlog),
            Some(_) => {}
            None => more(lines)?,
        }
    };
    if version > VERSION {
        return Err(PtyError::Version { version });
    }
    let mut missed = lines.take(backlog);
    while missed.len() < backlog {
        more(lines)?;
        missed.extend(lines.take(backlog - missed.len()));
    }
    Ok((state, gap, missed))
}

/// Writes a file that only this user can read, whole or not at all.
fn write_private(path: &Path, content: &[u8]) -> Result<(), PtyError> {
    let failed = |source| PtyError::File { action: "write", path: path.to_owned(), source };
    let new = path.with_extension("new");
    fs::remove_file(&new).ok();
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&new).map_err(failed)?;
    file.write_all(content).and_then(|()| fs::rename(&new, path)).map_err(failed)
}

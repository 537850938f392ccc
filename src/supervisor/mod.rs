//! The one that acts: owns the run, its journal and its shell, performs what the engine asks, and
//! tells every front end. One task, one inbox, no locks; outlives the login of the operator.

mod clock;
mod error;
mod finished;
mod follower;
mod output;
mod perform;
mod recover;

pub use clock::Clock;
pub use error::SupervisorError;
pub use finished::serve_finished;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::engine::{Command, Happening, Refusal, Run};
use crate::journal::redaction::Redactor;
use crate::journal::{Actor, AttemptId, Attendance, Entry, RunStart};
use crate::link::{Connection, Listener};
use crate::protocol::{Frame, Notice, Recording, Request};
use crate::pty::{Holder, HolderEvent, Shell, Size};
use crate::runbook::Runbook;
use crate::store::{JournalFile, RunDirectory, SubjectLock};
use follower::{FollowerId, Followers};
use output::Recorder;

/// How often a dirty transcript is made durable.
const SYNC_INTERVAL: Duration = Duration::from_millis(250);

/// Everything a supervisor needs to take a run up.
pub struct Setup {
    /// This program, of which the holder is another process.
    pub program: PathBuf,
    /// Version of the program.
    pub version: String,
    /// Where the run is recorded.
    pub directory: RunDirectory,
    /// A private directory in memory for sockets and step files.
    pub runtime: PathBuf,
    /// What the run goes by.
    pub runbook: Arc<Runbook>,
    /// Its first entry, if it is a new run.
    pub start: Option<RunStart>,
    /// The subject's lock, held until the run has ended.
    pub lock: Option<SubjectLock>,
    /// Which shell runs the steps.
    pub shell: Shell,
    /// Masks what must never be written.
    pub redactor: Redactor,
    /// Ends once no front end is left: for a run without a terminal.
    pub until_alone: bool,
}

/// How a supervisor came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The run has ended.
    Finished,
    /// Nobody is left, and the run can be taken up again.
    Alone,
}

/// What comes in.
enum Inbox {
    Came(Connection),
    Said(FollowerId, Frame),
    Left(FollowerId),
    Shell(HolderEvent),
    ShellGone,
    Tick,
}

/// Owns one run.
pub struct Supervisor {
    setup: Setup,
    clock: Clock,
    run: Run,
    entries: Vec<Entry>,
    journal: JournalFile,
    recording: Recording,
    recorder: Recorder,
    /// The end of an attempt that could not be recorded yet.
    unrecorded: Option<(AttemptId, Happening)>,
    holder: Option<Holder>,
    size: Size,
    followers: Followers,
    incoming: mpsc::Sender<(FollowerId, Option<Frame>)>,
    from_followers: mpsc::Receiver<(FollowerId, Option<Frame>)>,
}

impl Supervisor {
    /// Takes the run up: begins it, or recovers it after its last supervisor was lost.
    pub async fn open(setup: Setup) -> Result<Self, SupervisorError> {
        let clock = Clock::new();
        let (journal, entries) = recover::journal(&setup)?;
        let run = Run::replay(Arc::clone(&setup.runbook), &entries);
        let (incoming, from_followers) = mpsc::channel(256);
        let recorder = Recorder::new(setup.directory.clone(), setup.redactor.clone(), clock.clone());
        let mut supervisor = Self {
            clock,
            run,
            entries,
            journal,
            recording: Recording::Good,
            recorder,
            unrecorded: None,
            holder: None,
            size: Size { columns: 100, rows: 30 },
            followers: Followers::default(),
            incoming,
            from_followers,
            setup,
        };
        supervisor.take_up().await?;
        Ok(supervisor)
    }

    /// Serves front ends until the run has ended and the last of them has left.
    pub async fn serve(
        mut self,
        listener: Option<Listener>,
        local: Option<Connection>,
    ) -> Result<End, SupervisorError> {
        if let Some(connection) = local {
            self.came(connection);
        }
        let mut ticks = tokio::time::interval(SYNC_INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            if let Some(end) = self.is_over() {
                return Ok(end);
            }
            let inbox = tokio::select! {
                biased;
                Some((id, frame)) = self.from_followers.recv() => match frame {
                    Some(frame) => Inbox::Said(id, frame),
                    None => Inbox::Left(id),
                },
                Some(connection) = accept(listener.as_ref()) => Inbox::Came(connection),
                event = next_event(self.holder.as_mut()) => event.map_or(Inbox::ShellGone, Inbox::Shell),
                _ = ticks.tick(), if self.recorder.is_dirty() || self.unrecorded.is_some() => Inbox::Tick,
            };
            self.take(inbox).await;
        }
    }

    fn is_over(&self) -> Option<End> {
        let alone = self.followers.is_empty();
        if self.run.outcome().is_some() && alone {
            return Some(End::Finished);
        }
        (self.setup.until_alone && alone).then_some(End::Alone)
    }

    async fn take(&mut self, inbox: Inbox) {
        match inbox {
            Inbox::Came(connection) => self.came(connection),
            Inbox::Left(id) => self.left(id).await,
            Inbox::Said(id, frame) => self.said(id, frame).await,
            Inbox::Shell(event) => self.shell(event).await,
            Inbox::ShellGone => self.shell_gone("the process that holds the shell has ended").await,
            Inbox::Tick => {
                if let Some((attempt, happening)) = self.unrecorded.take() {
                    self.record_end(attempt, happening).await;
                }
                if let Err(why) = self.recorder.sync() {
                    self.record_failing(&why);
                }
            }
        }
    }

    fn came(&mut self, connection: Connection) {
        let Connection { sender, mut receiver } = connection;
        let id = self.followers.add(sender);
        let incoming = self.incoming.clone();
        tokio::spawn(async move {
            while let Some(frame) = receiver.recv().await {
                if incoming.send((id, Some(frame))).await.is_err() {
                    return;
                }
            }
            let _ = incoming.send((id, None)).await;
        });
    }

    async fn left(&mut self, id: FollowerId) {
        self.followers.remove(id);
        let Some(heir) = self.followers.pass_control_on() else { return };
        let attendance = Attendance::Controls;
        if self.run.outcome().is_none() {
            let actor = Actor::Operator(self.followers.operator(heir));
            let _ = self.happen(actor, Happening::FrontEndCame(attendance)).await;
        }
        self.followers.tell_one(heir, Notice::Attendance { attendance });
    }

    async fn said(&mut self, id: FollowerId, frame: Frame) {
        match frame {
            Frame::Request(Request::Hello(hello)) => self.greet(id, hello).await,
            Frame::Request(request) if self.followers.is_known(id) => self.requested(id, request).await,
            Frame::Keys(bytes) if self.followers.controls(id) => {
                if let Some(holder) = &mut self.holder
                    && let Err(error) = holder.write(&bytes)
                {
                    self.followers.tell_one(id, Notice::Trouble { message: format!("not typed: {error}") });
                }
            }
            _ => {}
        }
    }

    async fn greet(&mut self, id: FollowerId, hello: crate::protocol::Hello) {
        let version = crate::protocol::VERSION;
        if hello.min_version > version || hello.max_version < version {
            let why = format!(
                "this run is served by a version that speaks protocol {version}, you speak {} to {}; \
                 attach with the version that started the run",
                hello.min_version, hello.max_version
            );
            self.followers.tell_one(id, Notice::Unwelcome { why });
            return;
        }
        let attendance = self.followers.greet(id, &hello.operator, hello.attendance);
        if let (Some((columns, rows)), Attendance::Controls) = (hello.size, attendance) {
            self.resize(Size { columns, rows });
        }
        let actor = Actor::Operator(hello.operator);
        if self.run.outcome().is_none() {
            let _ = self.happen(actor, Happening::FrontEndCame(attendance)).await;
        }
        self.followers.tell_one(
            id,
            Notice::Welcome {
                version,
                runbook: Box::new((*self.setup.runbook).clone()),
                entries: self.entries.clone(),
                attendance,
                recording: self.recording.clone(),
                finished: self.run.outcome().is_some(),
            },
        );
        self.followers.begin_following(id);
        if let Some((attempt, offset, bytes)) = self.recorder.live() {
            self.followers.send_one(id, Frame::Output { attempt, offset, bytes });
        }
    }

    async fn requested(&mut self, id: FollowerId, request: Request) {
        match request {
            Request::Ask { id: number, command } => self.asked(id, number, command).await,
            Request::Resize { columns, rows } if self.followers.controls(id) => {
                self.resize(Size { columns, rows });
            }
            Request::Transcript { attempt } => self.send_transcript(id, attempt),
            Request::TakeControl => {
                for (other, attendance) in self.followers.take_control(id) {
                    self.followers.tell_one(other, Notice::Attendance { attendance });
                }
                let actor = Actor::Operator(self.followers.operator(id));
                let _ = self.happen(actor, Happening::FrontEndCame(Attendance::Controls)).await;
            }
            Request::Detach => {
                self.followers.tell_one(id, Notice::Goodbye);
                self.left(id).await;
            }
            Request::Resize { .. } | Request::Hello(_) => {}
        }
    }

    async fn asked(&mut self, id: FollowerId, number: u64, command: Command) {
        let refusal = if !self.followers.controls(id) {
            Some(Refusal::Watching)
        } else if let Some(refusal) = self.may_start(&command) {
            Some(refusal)
        } else {
            if let Command::Record { name, value, secret: true, .. } = &command {
                self.recorder.register(name, value);
            }
            let actor = Actor::Operator(self.followers.operator(id));
            self.happen(actor, Happening::Asked(command)).await
        };
        let notice = match refusal {
            Some(refusal) => Notice::Refused { id: number, refusal },
            None => Notice::Granted { id: number },
        };
        self.followers.tell_one(id, notice);
    }

    /// On a task of its own: a long transcript waits for its reader, the run does not.
    fn send_transcript(&mut self, id: FollowerId, attempt: AttemptId) {
        let Some(sender) = self.followers.sender(id) else { return };
        let frames = finished::transcript_frames(&self.setup.directory, attempt);
        tokio::spawn(async move {
            for frame in frames {
                if sender.send(frame).await.is_err() {
                    return;
                }
            }
        });
    }

    fn resize(&mut self, size: Size) {
        let size = Size { columns: size.columns.clamp(2, 1000), rows: size.rows.clamp(1, 1000) };
        if size == self.size {
            return;
        }
        self.size = size;
        self.recorder.resized(size);
        if let Some(holder) = &mut self.holder
            && let Err(error) = holder.resize(size)
        {
            tracing::warn!(%error, "the terminal keeps its size");
        }
    }
}

async fn accept(listener: Option<&Listener>) -> Option<Connection> {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok(connection) => return Some(connection),
            Err(error) => tracing::warn!(%error, "a front end was turned away"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn next_event(holder: Option<&mut Holder>) -> Option<HolderEvent> {
    if let Some(holder) = holder { holder.next().await } else { std::future::pending().await }
}

//! The loop of the run screen: keys first, then news from the supervisor, then a frame if anything
//! changed. Comes back to a supervisor that was lost. The only part of the screens that waits.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::news::{drawn, on_entry, on_refusal, wanted_transcript};
use super::terminal::{Input, Terminal, TuiError};
use super::ui::{Clock, Contact, LastTime, Ui, WalkEnd};
use super::update::update;
use super::view;
use crate::engine::Run;
use crate::journal::{AttemptId, Attendance, Entry};
use crate::link::Connection;
use crate::protocol::{Frame, Hello, Notice, Recording, Request, VERSION};
use crate::runbook::Runbook;
use crate::tui::layout::output_size;

/// The shortest time between two frames while news keeps coming.
const FRAME: Duration = Duration::from_millis(16);
/// The clock on the screen.
const SECOND: Duration = Duration::from_secs(1);
/// How often a running terminal looks for an update that was begun and not ended.
const TICK: Duration = Duration::from_millis(100);
/// How long news is taken in before the keyboard is looked at again.
const BATCH: Duration = Duration::from_millis(8);
/// How often a lost supervisor is looked for, with growing pauses: half a minute in all.
const TRIES: u32 = 12;
/// How long the supervisor may take to say who it is.
const GREETING: Duration = Duration::from_secs(10);

/// How the screen comes to the supervisor, the first time and when it was lost.
pub trait Connector: Send {
    /// Connects, starting a supervisor if there is none; why not, as a sentence.
    fn connect(&mut self) -> Pin<Box<dyn Future<Output = Result<Connection, String>> + Send + '_>>;
}

/// What the screen has to know beside the run.
#[derive(Debug, Clone)]
pub struct WalkSetup {
    /// Who sits in front of it.
    pub operator: String,
    /// Acting or looking on.
    pub attendance: Attendance,
    /// What broke before.
    pub last_time: Vec<LastTime>,
}

/// Steps the operator through a run until it ends or is left.
pub async fn walk(
    terminal: &mut Terminal,
    connector: &mut dyn Connector,
    setup: WalkSetup,
) -> Result<WalkEnd, TuiError> {
    let mut walk = match Walk::enter(terminal, connector, &setup).await {
        Ok(walk) => walk,
        Err(Entered::Lost(why)) => return Ok(WalkEnd::Lost(why)),
        Err(Entered::Unwelcome(why)) => return Err(TuiError::Unwelcome { why }),
    };
    walk.go(terminal, connector, &setup).await
}

/// Why there is nothing to show.
enum Entered {
    Lost(String),
    Unwelcome(String),
}

/// The first answer of the supervisor.
struct Welcome {
    runbook: Box<Runbook>,
    entries: Vec<Entry>,
    attendance: Attendance,
    recording: Recording,
}

struct Walk {
    connection: Connection,
    run: Run,
    ui: Ui,
    opened: Instant,
    drawn_at: Instant,
    dirty: bool,
}

impl Walk {
    async fn enter(
        terminal: &Terminal,
        connector: &mut dyn Connector,
        setup: &WalkSetup,
    ) -> Result<Self, Entered> {
        let opened = Instant::now();
        let clock = Clock { now: terminal.now(), ms: 0 };
        let mut ui = Ui::new(terminal.theme(), terminal.size(), clock, setup.last_time.clone());
        let (connection, welcome) = greet(connector, setup, output_size(&ui)).await?;
        let run = Run::replay(Arc::new(*welcome.runbook), &welcome.entries);
        ui.attendance = welcome.attendance;
        ui.recording = welcome.recording;
        ui.follow(&run);
        let drawn_at = opened.checked_sub(FRAME).unwrap_or(opened);
        Ok(Self { connection, run, ui, opened, drawn_at, dirty: true })
    }

    async fn go(
        &mut self,
        terminal: &mut Terminal,
        connector: &mut dyn Connector,
        setup: &WalkSetup,
    ) -> Result<WalkEnd, TuiError> {
        let first = wanted_transcript(&mut self.ui, &self.run);
        self.send(first.into_iter().collect()).await;
        loop {
            self.draw(terminal)?;
            let wait = self.pause();
            tokio::select! {
                biased;
                input = terminal.next() => self.input(terminal, input).await,
                news = self.connection.receiver.recv() => match news {
                    Some(frame) => self.news(frame).await,
                    None => self.come_back(terminal, connector, setup).await?,
                },
                () = sleep(wait) => self.tick(),
            }
            if let Some(end) = self.ui.end.take() {
                return Ok(end);
            }
        }
    }

    /// Until the next frame is due, the terminal's next look, or the clock's next second.
    fn pause(&self) -> Duration {
        if self.dirty {
            return FRAME.saturating_sub(self.drawn_at.elapsed());
        }
        let shown = self.ui.dialog.as_ref().is_some_and(|dialog| !dialog.is_answerable(self.ui.clock.ms));
        if self.run.running().is_some() || shown { TICK } else { SECOND }
    }

    fn tick(&mut self) {
        self.ui.outputs.tick();
        self.dirty = true;
    }

    fn look_at_clock(&mut self, terminal: &Terminal) {
        let ms = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.ui.clock = Clock { now: terminal.now(), ms };
    }

    /// Draws when something changed and the last frame is old enough.
    fn draw(&mut self, terminal: &mut Terminal) -> Result<(), TuiError> {
        if !self.dirty || self.drawn_at.elapsed() < FRAME {
            return Ok(());
        }
        self.look_at_clock(terminal);
        let (run, ui) = (&self.run, &self.ui);
        terminal.draw(|frame| view::draw(frame, run, ui))?;
        drawn(&mut self.ui);
        self.drawn_at = Instant::now();
        self.dirty = false;
        Ok(())
    }

    async fn input(&mut self, terminal: &Terminal, input: Input) {
        self.look_at_clock(terminal);
        self.ui.size = terminal.size();
        let frames = update(&mut self.ui, &self.run, input);
        self.send(frames).await;
        self.dirty = true;
    }

    /// Takes in what came, and what else is waiting, for as long as a keystroke may wait.
    async fn news(&mut self, frame: Frame) {
        let mut frames = self.take(frame);
        let begun = Instant::now();
        while begun.elapsed() < BATCH {
            match self.connection.receiver.try_recv() {
                Ok(frame) => frames.extend(self.take(frame)),
                Err(_) => break,
            }
        }
        let replies = self.ui.outputs.replies();
        if !replies.is_empty() && self.ui.attendance == Attendance::Controls {
            frames.push(Frame::Keys(replies));
        }
        self.send(frames).await;
        self.dirty = true;
    }

    fn take(&mut self, frame: Frame) -> Vec<Frame> {
        let size = output_size(&self.ui);
        match frame {
            Frame::Output { attempt, offset, bytes } => self.ui.outputs.feed(attempt, offset, bytes),
            Frame::Notice(Notice::Entry { entry }) => return on_entry(&mut self.ui, &mut self.run, &entry),
            Frame::Notice(Notice::Refused { refusal, .. }) => on_refusal(&mut self.ui, &refusal.to_string()),
            Frame::Notice(Notice::EchoHidden { hidden }) => self.ui.echo_hidden = hidden,
            Frame::Notice(Notice::OutputSkipped { attempt, bytes }) => self.ui.outputs.skip(attempt, bytes),
            Frame::Notice(Notice::TranscriptBegins { attempt, size }) => {
                self.ui.outputs.transcript_begins(attempt, size);
            }
            Frame::Notice(Notice::TranscriptEnds { attempt }) => self.transcript_ends(attempt, size),
            Frame::Notice(Notice::Attendance { attendance }) => self.attend(attendance),
            Frame::Notice(Notice::Recording { recording }) => self.ui.recording = recording,
            Frame::Notice(Notice::Trouble { message }) => self.ui.complain(message),
            Frame::Notice(Notice::Unwelcome { why }) => self.ui.end = Some(WalkEnd::Lost(why)),
            Frame::Notice(Notice::Welcome { .. } | Notice::Granted { .. } | Notice::Goodbye)
            | Frame::Request(_)
            | Frame::Keys(_) => {}
        }
        Vec::new()
    }

    fn transcript_ends(&mut self, attempt: AttemptId, size: (u16, u16)) {
        self.ui.outputs.transcript_ends(attempt, size);
    }

    fn attend(&mut self, attendance: Attendance) {
        self.ui.attendance = attendance;
        if attendance == Attendance::Watches {
            self.ui.typing = false;
            self.ui.dialog = None;
            self.ui.tell("somebody else controls the run now; you are watching; t takes control");
        } else {
            self.ui.tell("you control the run now");
        }
    }

    /// What cannot be sent is lost with the connection, which is noticed by its silence.
    async fn send(&mut self, frames: Vec<Frame>) {
        for frame in frames {
            let _ = self.connection.sender.send(frame).await;
        }
    }

    /// The supervisor is gone: looks for it, or for a new one, and goes on where the record stands.
    async fn come_back(
        &mut self,
        terminal: &mut Terminal,
        connector: &mut dyn Connector,
        setup: &WalkSetup,
    ) -> Result<(), TuiError> {
        if self.run.outcome().is_some() {
            return self.stay(terminal).await;
        }
        self.ui.typing = false;
        let mut why = "the supervisor is gone".to_owned();
        for tried in 1..=TRIES {
            self.ui.contact = Contact::Lost(tried);
            self.dirty = true;
            self.wait(terminal, FRAME * 2u32.pow(tried.min(8))).await?;
            if self.ui.end.is_some() {
                return Ok(());
            }
            match greet(connector, setup, output_size(&self.ui)).await {
                Ok((connection, welcome)) => {
                    self.resume(connection, welcome).await;
                    return Ok(());
                }
                Err(Entered::Lost(words) | Entered::Unwelcome(words)) => why = words,
            }
        }
        self.ui.end = Some(WalkEnd::Lost(why));
        Ok(())
    }

    async fn resume(&mut self, connection: Connection, welcome: Welcome) {
        self.connection = connection;
        self.run = Run::replay(Arc::new(*welcome.runbook), &welcome.entries);
        self.ui.attendance = welcome.attendance;
        self.ui.recording = welcome.recording;
        self.ui.contact = Contact::Up;
        self.ui.outputs = super::output::Outputs::default();
        self.ui.intent = None;
        self.ui.follow(&self.run);
        self.ui.tell("the supervisor is back; nothing that was recorded is lost");
        let transcript = wanted_transcript(&mut self.ui, &self.run);
        self.send(transcript.into_iter().collect()).await;
        self.dirty = true;
    }

    /// A finished run can be looked at although nobody is at the other end.
    async fn stay(&mut self, terminal: &mut Terminal) -> Result<(), TuiError> {
        while self.ui.end.is_none() {
            self.wait(terminal, SECOND).await?;
            self.dirty = true;
        }
        Ok(())
    }

    /// Serves the screen alone for a while.
    async fn wait(&mut self, terminal: &mut Terminal, pause: Duration) -> Result<(), TuiError> {
        let until = Instant::now() + pause;
        while self.ui.end.is_none() {
            self.draw(terminal)?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            if let Ok(input) = timeout(left, terminal.next()).await {
                self.input(terminal, input).await;
            }
        }
        Ok(())
    }
}

/// Connects, says hello and waits for the welcome.
async fn greet(
    connector: &mut dyn Connector,
    setup: &WalkSetup,
    size: (u16, u16),
) -> Result<(Connection, Welcome), Entered> {
    let mut connection = connector.connect().await.map_err(Entered::Lost)?;
    let hello = Hello {
        min_version: VERSION,
        max_version: VERSION,
        operator: setup.operator.clone(),
        attendance: setup.attendance,
        size: Some(size),
    };
    let _ = connection.sender.send(Frame::Request(Request::Hello(hello))).await;
    let silent = || Entered::Lost("the supervisor does not answer".to_owned());
    loop {
        match timeout(GREETING, connection.receiver.recv()).await {
            Ok(Some(Frame::Notice(Notice::Welcome { runbook, entries, attendance, recording, .. }))) => {
                return Ok((connection, Welcome { runbook, entries, attendance, recording }));
            }
            Ok(Some(Frame::Notice(Notice::Unwelcome { why }))) => return Err(Entered::Unwelcome(why)),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return Err(silent()),
        }
    }
}

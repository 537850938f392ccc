//! The door to the operator's terminal: its modes, its events, its signals and the clock on its
//! screens. Whatever happens, the terminal is left as it was found.

#![expect(clippy::disallowed_methods, reason = "the door to the operator's terminal")]

use std::io::{self, PipeWriter, Stdout, Write as _, stdout};
use std::sync::Once;
use std::time::{Duration, SystemTime};

use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event, EventStream,
    KeyEvent, KeyEventKind, MouseEvent,
};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};
use futures_util::StreamExt;
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Position, Rect, Size};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Signal as SystemSignal, getpid, kill_process};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::theme::{Colour, Theme};
use crate::journal::Timestamp;

/// How the screens should look and behave on this terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Signs and borders from ASCII only.
    pub ascii: bool,
    /// Whether colours may be used.
    pub colour: Colour,
    /// Whether clicks and the wheel are taken from the terminal.
    pub mouse: bool,
}

/// Why the screens cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    /// The terminal refused something.
    #[error("cannot {action} the terminal")]
    Terminal {
        /// What was tried.
        action: &'static str,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The other side did not let us in.
    #[error("{why}")]
    Unwelcome {
        /// Why, as a sentence.
        why: String,
    },
}

/// Something the operator or the terminal did.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A key was pressed or repeats.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// A click, a drag or the wheel.
    Mouse(MouseEvent),
    /// The size changed, or the screen has to be drawn anew.
    Resized,
    /// The terminal is gone or the process was asked to end: leave cleanly, now.
    Gone,
}

/// The operator's terminal, taken over until this is dropped.
#[derive(Debug)]
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<Stdout>>,
    theme: Theme,
    mouse: bool,
    events: EventStream,
    signals: Signals,
    hung_up: mpsc::UnboundedReceiver<()>,
    _watch: PipeWriter,
}

#[derive(Debug)]
struct Signals {
    end: Signal,
    hangup: Signal,
    interrupt: Signal,
    stop: Signal,
    resume: Signal,
}

impl Terminal {
    /// Takes the terminal over. Needs a tokio runtime with time and signals.
    pub fn open(options: Options) -> Result<Self, TuiError> {
        restore_before_panics();
        let signals = Signals::listen().map_err(failed("watch the signals of"))?;
        let (watch, hung_up) = watch_for_hangup().map_err(failed("watch"))?;
        let backend = CrosstermBackend::new(stdout());
        let inner = ratatui::Terminal::new(backend).map_err(failed("measure"))?;
        enter(options.mouse).map_err(failed("take over"))?;
        let theme = if options.ascii { Theme::ascii } else { Theme::unicode };
        let mut terminal = Self {
            inner,
            theme: theme(options.colour),
            mouse: options.mouse,
            events: EventStream::new(),
            signals,
            hung_up,
            _watch: watch,
        };
        terminal.forget().map_err(failed("clear"))?;
        Ok(terminal)
    }

    /// The look that fits this terminal.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        self.inner.size().unwrap_or(Size::new(80, 24))
    }

    /// Shows one frame.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> Result<(), TuiError> {
        self.inner.draw(render).map(|_| ()).map_err(failed("draw on"))
    }

    /// The next thing that happens. May be dropped and called again without losing anything.
    pub async fn next(&mut self) -> Input {
        loop {
            let happened = tokio::select! {
                biased;
                _ = self.hung_up.recv() => Some(Input::Gone),
                _ = self.signals.end.recv() => Some(Input::Gone),
                _ = self.signals.hangup.recv() => Some(Input::Gone),
                _ = self.signals.interrupt.recv() => Some(Input::Gone),
                _ = self.signals.stop.recv() => Some(self.suspend()),
                _ = self.signals.resume.recv() => Some(self.take_back()),
                event = self.events.next() => match event {
                    Some(Ok(event)) => input(event),
                    Some(Err(_)) | None => Some(Input::Gone),
                },
            };
            if let Some(happened) = happened {
                return happened;
            }
        }
    }

    /// The wall clock.
    pub fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::from_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Draws everything anew next time. Asks the terminal nothing: its answer would wait behind keys.
    fn forget(&mut self) -> io::Result<()> {
        let size = self.inner.size()?;
        self.inner.resize(Rect::from((Position::ORIGIN, size)))
    }

    /// Stops this process as the shell asked, with the terminal as it was; comes back when resumed.
    fn suspend(&mut self) -> Input {
        restore();
        let _ = kill_process(getpid(), SystemSignal::STOP);
        self.take_back()
    }

    fn take_back(&mut self) -> Input {
        match enter(self.mouse).and_then(|()| self.forget()) {
            Ok(()) => Input::Resized,
            Err(_) => Input::Gone,
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            end: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(SystemSignal::TSTP.as_raw()))?,
            resume: signal(SignalKind::from_raw(SystemSignal::CONT.as_raw()))?,
        })
    }
}

fn failed(action: &'static str) -> impl Fn(io::Error) -> TuiError {
    move |source| TuiError::Terminal { action, source }
}

fn input(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key(key)),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Mouse(mouse) => Some(Input::Mouse(mouse)),
        Event::Resize(..) => Some(Input::Resized),
        Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse { execute!(stdout(), EnableMouseCapture) } else { Ok(()) }
}

/// Every step is tried, whatever became of the one before: the terminal may be half gone.
fn restore() {
    let mut out = stdout();
    let _ = execute!(out, DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// A panic is told on the ordinary screen, where it can be read.
fn restore_before_panics() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            told(panic);
        }));
    });
}

/// The events of a terminal that disappears never end and never come (crossterm 0.29 spins): a
/// thread waits for the hangup itself. It ends when the returned writer is dropped.
fn watch_for_hangup() -> io::Result<(PipeWriter, mpsc::UnboundedReceiver<()>)> {
    let (ended, keep) = io::pipe()?;
    let (tell, hung_up) = mpsc::unbounded_channel();
    std::thread::Builder::new().name("terminal-hangup".to_owned()).spawn(move || {
        let terminal = rustix::stdio::stdout();
        loop {
            let mut watched =
                [PollFd::new(&terminal, PollFlags::empty()), PollFd::new(&ended, PollFlags::empty())];
            match poll(&mut watched, None) {
                Err(rustix::io::Errno::INTR) => continue,
                Ok(_) if watched[1].revents().is_empty() => drop(tell.send(())),
                Ok(_) | Err(_) => {}
            }
            return;
        }
    })?;
    Ok((keep, hung_up))
}

//! The holder: a small process that owns the terminal and the step shell, so that a crash of the
//! supervisor hurts no command. One thread, one loop over what can happen; it writes nothing to the
//! state directory and opens no file but those of its private directory.
#![expect(clippy::disallowed_methods, reason = "the door to the holder's clock and socket")]
#![expect(clippy::disallowed_types, reason = "the door to the holder's socket")]

mod arguments;
mod attempt;
mod command;
mod connection;
mod process;
mod report;
mod shell;

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::{
    DumpableBehavior, Pid, Signal, geteuid, getpid, kill_process, set_child_subreaper, set_dumpable_behavior,
    setsid,
};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTSTP};

pub use self::arguments::Arguments;
use self::attempt::{Attempt, TICK};
use self::connection::Connection;
use self::process::descendants;
use self::shell::StepShell;
use super::PtyError;
use super::backlog::Backlog;
use super::error::system;
use super::terminal::Terminal;
use super::wire::{Ended, HolderState, Notice, Request, SOCKET, VERSION};

/// How long a holder with nothing to do waits for a supervisor.
const PATIENCE: Duration = Duration::from_secs(12 * 60 * 60);

/// How often it is looked whether a supervisor could still come: not once the directory is gone.
const LOOK: Duration = Duration::from_secs(60);

/// How many shells may die in a row without having run anything.
const SHELLS: u32 = 5;

/// The file in the private directory that says whether someone holds it.
const LOCK: &str = "holder.lock";

/// What is said on standard output once a supervisor can connect.
pub(super) const READY: &str = "ready";

/// Holds the terminal and the step shell until a supervisor closes it, or none comes for twelve
/// hours. Has to be called before this process has other threads.
pub fn main(arguments: &Arguments) -> Result<(), PtyError> {
    let mut holder = HolderProcess::open(arguments)?;
    writeln!(io::stdout(), "{READY}").map_err(system("say that it is ready"))?;
    leave_standard_streams()?;
    holder.serve()
}

/// Nothing of whoever started this process is kept open, and nothing is said to it again.
fn leave_standard_streams() -> Result<(), PtyError> {
    let null = fs::OpenOptions::new().read(true).write(true).open("/dev/null");
    let null = null.map_err(system("open /dev/null"))?;
    rustix::stdio::dup2_stdin(&null).map_err(system("leave standard input"))?;
    rustix::stdio::dup2_stdout(&null).map_err(system("leave standard output"))?;
    rustix::stdio::dup2_stderr(&null).map_err(system("leave standard error"))
}

struct HolderProcess {
    terminal: Terminal,
    shell: StepShell,
    /// Kept for as long as this process lives; a dying one may take a moment to let go of it.
    _lock: fs::File,
    listener: UnixListener,
    children: UnixStream,
    connection: Option<Connection>,
    backlog: Backlog,
    attempt: Option<Attempt>,
    unacknowledged: Option<Ended>,
    directory: String,
    private: PathBuf,
    idle_deaths: u32,
    alone_since: Instant,
    is_closing: bool,
    closing: Option<String>,
}

impl HolderProcess {
    fn open(arguments: &Arguments) -> Result<Self, PtyError> {
        check_privacy(&arguments.directory)?;
        rustix::process::chdir(&arguments.directory).map_err(system("enter the private directory"))?;
        setsid().map_err(system("start a session"))?;
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(system("forbid core dumps"))?;
        set_child_subreaper(Some(getpid())).map_err(system("adopt orphaned processes"))?;
        catch_signals()?;
        let lock = lock()?;
        let listener = listen()?;
        let (children, writer) = UnixStream::pair().map_err(system("make a pipe"))?;
        children.set_nonblocking(true).map_err(system("make a pipe"))?;
        signal_hook::low_level::pipe::register(SIGCHLD, writer)
            .map_err(system("watch for ended processes"))?;
        let terminal = Terminal::open(arguments.size)?;
        let mut shell = StepShell::prepare(arguments.shell, &arguments.directory, &arguments.start_in)?;
        shell.start(&terminal)?;
        Ok(Self {
            terminal,
            shell,
            _lock: lock,
            listener,
            children,
            connection: None,
            backlog: Backlog::default(),
            attempt: None,
            unacknowledged: None,
            directory: arguments.start_in.display().to_string(),
            private: arguments.directory.clone(),
            idle_deaths: 0,
            alone_since: Instant::now(),
            is_closing: false,
            closing: None,
        })
    }

    fn serve(&mut self) -> Result<(), PtyError> {
        while self.closing.is_none() {
            self.wait()?;
            self.serve_connection();
            self.accept();
            self.hear();
            self.reap();
            self.advance(Instant::now());
            self.drain();
        }
        self.close();
        Ok(())
    }

    /// Sleeps until something happens or is due.
    fn wait(&self) -> Result<(), PtyError> {
        let master = self.terminal.master();
        let mut watched = vec![
            PollFd::new(&self.listener, PollFlags::IN),
            PollFd::new(&self.children, PollFlags::IN),
            PollFd::from_borrowed_fd(self.shell.reports(), PollFlags::IN),
        ];
        match &self.connection {
            None => watched.push(PollFd::from_borrowed_fd(master, PollFlags::IN)),
            Some(connection) => {
                let mut flags = PollFlags::IN;
                flags.set(PollFlags::OUT, connection.has_more_to_say());
                watched.push(PollFd::from_borrowed_fd(connection.socket(), flags));
            }
        }
        let timeout = self.patience().and_then(|time| Timespec::try_from(time).ok());
        match poll(&mut watched, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(system("wait for something to happen")(error)),
        }
    }

    fn patience(&self) -> Option<Duration> {
        match (&self.attempt, &self.connection) {
            (Some(attempt), _) => attempt.abort.map(|_| TICK),
            (None, Some(_)) => None,
            (None, None) if !self.private.exists() => Some(Duration::ZERO),
            (None, None) => Some(PATIENCE.saturating_sub(self.alone_since.elapsed()).min(LOOK)),
        }
    }

    /// A new supervisor takes the place of the one before, whose last requests were heard.
    fn accept(&mut self) {
        while let Ok((stream, _)) = self.listener.accept() {
            self.serve_connection();
            let Ok(mut connection) = Connection::accept(stream, self.terminal.master()) else { continue };
            let state = match (&self.attempt, &self.unacknowledged) {
                (Some(attempt), _) => HolderState::Running(attempt.number),
                (None, Some(ended)) => HolderState::Ended(ended.clone()),
                (None, None) => HolderState::Idle,
            };
            let (gap, missed) = self.backlog.contents();
            connection.tell(&Notice::Welcome { version: VERSION, state, gap, backlog: missed.len() });
            connection.hand_over(missed);
            if let Some(mut before) = self.connection.replace(connection) {
                before.tell(&Notice::Replaced);
                before.send();
            }
        }
    }

    fn serve_connection(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        let is_there = connection.listen();
        let requests: Vec<Request> = std::iter::from_fn(|| connection.request()).collect();
        for request in requests {
            self.perform(request);
        }
        let Some(connection) = &mut self.connection else { return };
        if !connection.send() || !is_there {
            self.connection = None;
            self.alone_since = Instant::now();
        }
    }

    fn perform(&mut self, request: Request) {
        match request {
            Request::Ready => {
                self.backlog.clear();
                if let Some(connection) = &mut self.connection {
                    connection.is_reading = true;
                }
            }
            Request::Run { attempt, file } => self.run(attempt, file),
            Request::Interrupt => self.interrupt(),
            Request::Abort => self.abort(),
            Request::Acknowledge { attempt } => {
                self.unacknowledged.take_if(|ended| ended.attempt == attempt);
            }
            Request::Close => {
                self.is_closing = true;
                self.abort();
            }
        }
    }

    /// Keeps output while nobody else reads it.
    fn drain(&mut self) {
        if self.connection.is_some() {
            return;
        }
        let mut buffer = vec![0; 64 * 1024];
        if let Ok(count @ 1..) = rustix::io::read(self.terminal.master(), &mut buffer) {
            self.backlog.push(&buffer[..count]);
        }
    }

    fn tell(&mut self, notice: &Notice) {
        if let Some(connection) = &mut self.connection {
            connection.tell(notice);
            connection.send();
        }
    }

    /// Ends the shell, says what stays behind and leaves nothing of the steps on the disk.
    fn close(&mut self) {
        let shell = self.shell.pid();
        if let Some(pid) = shell {
            kill_process(pid, Signal::KILL).ok();
        }
        self.terminal.set_foreground(getpid()).ok();
        let mut stay = descendants(getpid());
        stay.retain(|process| Some(process.pid) != shell.map(Pid::as_raw_pid));
        let left_over = self.describe(stay);
        let reason = self.closing.take().unwrap_or_default();
        self.tell(&Notice::Closing { reason, left_over });
        self.shell.clean_up();
        fs::remove_file(SOCKET).ok();
        fs::remove_file(LOCK).ok();
    }
}

/// What a step leaves may be secret: nobody else may enter the directory where it is kept.
fn check_privacy(directory: &Path) -> Result<(), PtyError> {
    let known = fs::symlink_metadata(directory).map_err(system("look at the private directory"))?;
    let is_private = known.is_dir() && known.mode() & 0o777 == 0o700 && known.uid() == geteuid().as_raw();
    if is_private { Ok(()) } else { Err(PtyError::NotPrivate { directory: directory.to_owned() }) }
}

/// Signals meant for the programs on the terminal do not end this process. They are caught, neither
/// blocked nor ignored, because a started program would inherit that.
fn catch_signals() -> Result<(), PtyError> {
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTSTP] {
        signal_hook::flag::register(signal, Arc::default()).map_err(system("catch signals"))?;
    }
    Ok(())
}

/// Whoever holds this file's lock is the holder of the directory.
fn lock() -> Result<fs::File, PtyError> {
    let mut options = fs::OpenOptions::new();
    let file = options.create(true).truncate(false).write(true).mode(0o600).open(LOCK);
    let file = file.map_err(system("open the private directory's lock"))?;
    for _ in 0..20 {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(Errno::WOULDBLOCK) => drop(poll(&mut [], Timespec::try_from(TICK).ok().as_ref())),
            Err(error) => return Err(system("lock the private directory")(error)),
        }
    }
    Err(PtyError::Held)
}

/// The socket in the private directory, which is the working directory.
fn listen() -> Result<UnixListener, PtyError> {
    fs::remove_file(SOCKET).ok();
    let listener = UnixListener::bind(SOCKET).map_err(system("listen in the private directory"))?;
    fs::set_permissions(SOCKET, fs::Permissions::from_mode(0o600)).map_err(system("protect the socket"))?;
    listener.set_nonblocking(true).map_err(system("listen in the private directory"))?;
    Ok(listener)
}

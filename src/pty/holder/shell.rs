//! The step shell: starts it on the terminal, tells it what to run, hears its reports, keeps the
//! state it leaves for the next one. Nothing of this ever goes over the terminal.
#![expect(clippy::disallowed_methods, reason = "the door to the shell's private files")]
#![expect(clippy::disallowed_types, reason = "the door to the step shell")]

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{CWD, Mode, OFlags, mkfifoat, open};
use rustix::io::Errno;
use rustix::process::Pid;

use super::report::{self, Report};
use crate::pty::error::system;
use crate::pty::state;
use crate::pty::terminal::Terminal;
use crate::pty::{PtyError, Shell};

/// The last line of a state that was written to its end.
const COMPLETE: &[u8] = b"\n# complete\n";

/// The shell that reads the steps, now or after the next restart.
#[derive(Debug)]
pub(super) struct StepShell {
    shell: Shell,
    directory: PathBuf,
    start_in: PathBuf,
    commands: OwnedFd,
    reports: OwnedFd,
    arrived: Vec<u8>,
    pid: Option<Pid>,
}

impl StepShell {
    /// Writes the loops and makes the channels; starts nothing.
    pub(super) fn prepare(shell: Shell, directory: &Path, start_in: &Path) -> Result<Self, PtyError> {
        let quoted = format!("'{}'", directory.display().to_string().replace('\'', r"'\''"));
        for (name, text, state) in [
            ("bash", include_str!("../shell/loop.bash"), state::BASH),
            ("sh", include_str!("../shell/loop.sh"), state::SH),
            ("zsh", include_str!("../shell/loop.zsh"), ""),
        ] {
            let path = directory.join(format!("loop.{name}"));
            let text = text.replace("@STATE@", state).replace("@DIRECTORY@", &quoted);
            fs::write(&path, text).map_err(|source| PtyError::File { action: "write", path, source })?;
        }
        Ok(Self {
            shell,
            directory: directory.to_owned(),
            start_in: start_in.to_owned(),
            commands: channel(&directory.join("commands"))?,
            reports: channel(&directory.join("reports"))?,
            arrived: Vec::new(),
            pid: None,
        })
    }

    /// Starts a shell on the terminal, in the foreground, with the state that the last one left.
    pub(super) fn start(&mut self, terminal: &Terminal) -> Result<(), PtyError> {
        self.forget_commands();
        let start_in = if self.start_in.is_dir() { self.start_in.as_path() } else { Path::new("/") };
        let mut command = Command::new(self.shell.name());
        match self.shell {
            Shell::Bash => command.args(["--noprofile", "--norc"]),
            Shell::Sh => &mut command,
            Shell::Zsh => command.arg("-f"),
        };
        command
            .arg(self.directory.join(format!("loop.{}", self.shell)))
            .stdin(Stdio::from(terminal.program_end()?))
            .stdout(Stdio::from(terminal.program_end()?))
            .stderr(Stdio::from(terminal.program_end()?))
            .current_dir(start_in)
            .env("PWD", start_in)
            .process_group(0);
        for name in ["BASH_ENV", "ENV", "COLUMNS", "LINES"] {
            command.env_remove(name);
        }
        let child = command
            .spawn()
            .map_err(|source| PtyError::Start { program: self.shell.name().to_owned(), source })?;
        let pid = Pid::from_child(&child);
        self.pid = Some(pid);
        terminal.set_foreground(pid)
    }

    /// The process and its group.
    pub(super) fn pid(&self) -> Option<Pid> {
        self.pid
    }

    /// The shell was reaped.
    pub(super) fn ended(&mut self) {
        self.pid = None;
    }

    /// Where reports arrive.
    pub(super) fn reports(&self) -> BorrowedFd<'_> {
        self.reports.as_fd()
    }

    /// Tells the shell to run a step file.
    pub(super) fn run(&self, nonce: &str, attempt: u32, file: &str) -> Result<(), PtyError> {
        let line = format!("RUN {nonce} {attempt} {}\n", self.directory.join(file).display());
        let written = rustix::io::write(&self.commands, line.as_bytes()).map_err(system("tell the shell"))?;
        if written == line.len() {
            return Ok(());
        }
        Err(system("tell the shell")(io::Error::from(io::ErrorKind::WriteZero)))
    }

    /// Takes in what the shell has said.
    pub(super) fn listen(&mut self) {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = rustix::io::read(&self.reports, &mut buffer) {
            self.arrived.extend_from_slice(&buffer[..count]);
        }
    }

    /// The next report that carries this secret.
    pub(super) fn report(&mut self, nonce: &str) -> Option<Report> {
        report::take(&mut self.arrived, nonce)
    }

    /// Keeps what an attempt left, for the next shell; whether there was a complete state to keep.
    pub(super) fn keep_state(&self, attempt: u32) -> bool {
        let left = self.directory.join(format!("state.{attempt}"));
        let is_complete = fs::read(&left).is_ok_and(|state| state.ends_with(COMPLETE));
        if is_complete {
            fs::rename(&left, self.directory.join("state")).is_ok()
        } else {
            fs::remove_file(&left).ok();
            false
        }
    }

    /// Removes everything that steps or their state were written to.
    pub(super) fn clean_up(&self) {
        let Ok(files) = fs::read_dir(&self.directory) else { return };
        for path in files.flatten().map(|file| file.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_ours =
                ["state", "loop.", "commands", "reports"].iter().any(|start| name.starts_with(start));
            if is_ours || name.ends_with(".sh") {
                fs::remove_file(&path).ok();
            }
        }
    }

    /// Takes back a command that a shell did not live to read.
    fn forget_commands(&self) {
        let mut buffer = [0; 4096];
        while let Ok(1..) = rustix::io::read(&self.commands, &mut buffer) {}
    }
}

/// A FIFO, held open at both ends so that neither the shell nor this process ever waits for the
/// other to open it.
fn channel(path: &Path) -> Result<OwnedFd, PtyError> {
    let failed =
        |action| move |source: Errno| PtyError::File { action, path: path.to_owned(), source: source.into() };
    fs::remove_file(path).ok();
    mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR).map_err(failed("create"))?;
    open(path, OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()).map_err(failed("open"))
}

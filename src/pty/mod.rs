//! The child: a holder process owns the terminal and the step shell, the supervisor talks to it.
//! Runs what it is given and reports how it ended; never types text into a shell's terminal, and
//! knows nothing of runbooks or records.
//!
//! [`Holder`] is the supervisor's end. [`holder::main`] is the other process: the same binary,
//! started as `holdpoint hold`, small, and alive for as long as the run, so that a crash of the
//! supervisor neither stops a command nor loses its status. Linux only: it relies on `/proc`,
//! subreapers and peer credentials.

mod backlog;
mod error;
mod handle;
pub mod holder;
mod lines;
mod reader;
mod script;
pub(crate) mod state;
mod terminal;
mod wire;
mod writer;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

pub use error::PtyError;
pub use handle::{Holder, HolderEvent};
pub(crate) use script::file_name;
pub use wire::{Ended, HolderState};

/// How large a terminal is, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Cells in a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// Which shell reads the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// GNU bash; everything a step sets survives a restart of the shell.
    Bash,
    /// The POSIX shell of this host; functions do not survive a restart of the shell.
    Sh,
    /// zsh, with its own syntax and none of the operator's start-up files.
    Zsh,
}

impl Shell {
    /// The name under which it is started and given on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Sh => "sh",
            Self::Zsh => "zsh",
        }
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Shell {
    type Err = PtyError;

    fn from_str(name: &str) -> Result<Self, PtyError> {
        [Self::Bash, Self::Sh, Self::Zsh]
            .into_iter()
            .find(|shell| shell.name() == name)
            .ok_or_else(|| PtyError::Argument { argument: name.to_owned() })
    }
}

/// What a holder is started with.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The program that has the `hold` subcommand: this one.
    pub program: PathBuf,
    /// A directory of the run's own: exists, mode 0700, on memory (it will hold values that may be
    /// secret), never part of the state directory.
    pub directory: PathBuf,
    /// Which shell reads the steps.
    pub shell: Shell,
    /// How large the terminal is at first.
    pub size: Size,
    /// Where the first step starts.
    pub start_in: PathBuf,
    /// Added to the environment that the steps inherit, for example `TERM`.
    pub environment: Vec<(String, String)>,
}

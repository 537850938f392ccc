//! What can go wrong between the supervisor, the holder and the step shell.

use std::io;
use std::path::PathBuf;

/// Why the terminal, the holder or a step could not be used.
#[derive(Debug, thiserror::Error)]
pub enum PtyError {
    /// Nobody listens in this directory.
    #[error("no holder answers in {}", directory.display())]
    NoHolder {
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// The holder ended before it was ready, or closed the connection.
    #[error("the holder ended: {reason}")]
    Gone {
        /// What it said last.
        reason: String,
    },
    /// Someone else's process is at the other end.
    #[error("the process at the other end belongs to user {user}")]
    Foreign {
        /// Its numeric user id.
        user: u32,
    },
    /// The private directory can be entered by others, or belongs to someone else.
    #[error("{} is not private to this user", directory.display())]
    NotPrivate {
        /// The directory.
        directory: PathBuf,
    },
    /// The holder speaks a version that this program does not know.
    #[error("the holder speaks version {version} of the protocol")]
    Version {
        /// What it speaks.
        version: u32,
    },
    /// Another holder is alive in this directory.
    #[error("another holder is alive in the private directory")]
    Held,
    /// A command is running already.
    #[error("a command is running already")]
    Busy,
    /// A script that no shell can read.
    #[error("the command contains {what} in line {line}, column {column}")]
    Script {
        /// What was found.
        what: &'static str,
        /// 1-based.
        line: usize,
        /// 1-based, in bytes.
        column: usize,
    },
    /// An argument of the `hold` subcommand.
    #[error("cannot use the argument {argument}")]
    Argument {
        /// As given.
        argument: String,
    },
    /// A program that could not be started.
    #[error("cannot start {program}")]
    Start {
        /// Its name or path.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file of the private directory.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A call to the system.
    #[error("cannot {action}")]
    System {
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
}

/// Names the system call that failed.
pub(super) fn system<E: Into<io::Error>>(action: &'static str) -> impl FnOnce(E) -> PtyError {
    move |source| PtyError::System { action, source: source.into() }
}

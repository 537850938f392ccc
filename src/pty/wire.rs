//! What the supervisor and the holder say to each other: a line of JSON a message. Adding members
//! keeps a running holder usable by a newer supervisor; renaming does not.

use serde::{Deserialize, Serialize};

/// The version of this protocol.
pub(super) const VERSION: u32 = 1;

/// The name of the holder's socket in its directory.
pub(super) const SOCKET: &str = "holder.sock";

/// The byte that carries the terminal's descriptor, before the first line.
pub(super) const DESCRIPTOR: u8 = b'T';

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which.
    pub attempt: u32,
    /// The status as a shell reports it: 128 + n after signal n.
    pub code: i32,
    /// The signal that ended the step shell itself, or with which it ended itself.
    #[serde(default)]
    pub signal: Option<i32>,
    /// Where the next step starts.
    pub directory: String,
    /// Processes that the attempt started and that still run: id and command line.
    #[serde(default)]
    pub left_over: Vec<String>,
    /// Set when the shell had to be started again: a sentence on what survived and what did not.
    #[serde(default)]
    pub shell_restarted: Option<String>,
}

/// What the holder is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderState {
    /// Nothing, and nothing is left to be acknowledged.
    Idle,
    /// Running this attempt.
    Running(u32),
    /// Nothing; this end was not acknowledged yet.
    Ended(Ended),
}

/// What the supervisor says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Request {
    /// The backlog arrived; from now on the supervisor reads the terminal.
    Ready,
    /// Run a step file of the private directory.
    Run { attempt: u32, file: String },
    /// What Ctrl-C does.
    Interrupt,
    /// End the attempt, whatever it takes.
    Abort,
    /// The end of this attempt is recorded.
    Acknowledge { attempt: u32 },
    /// End the shell and the holder.
    Close,
}

/// What the holder says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Notice {
    /// The first line: what was missed; `backlog` bytes of output follow it.
    Welcome { version: u32, state: HolderState, gap: u64, backlog: usize },
    /// The shell is about to read the step file.
    Begun { attempt: u32 },
    /// An attempt ended.
    Ended(Ended),
    /// Another supervisor has taken the place of this one, and reads the terminal.
    Replaced,
    /// The holder ends, for this reason; `left_over` processes stay behind.
    Closing { reason: String, left_over: Vec<String> },
}

//! One command under way: what is known of its end, and how far the wish to stop it has gone.
//! Reads no clock: the instants are the caller's.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::process::Process;

/// How long a command has after each of INT, TERM and KILL.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// How often the processes of an aborted attempt are counted.
pub(super) const TICK: Duration = Duration::from_millis(50);

/// One command under way.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) number: u32,
    /// Its step file, in the private directory.
    pub(super) file: String,
    /// The secret that its reports carry.
    pub(super) nonce: String,
    /// What ran already when it started.
    pub(super) earlier: HashSet<Process>,
    /// The shell said that it is about to read the file.
    pub(super) has_begun: bool,
    /// The status that the shell gave before it ended.
    pub(super) farewell: Option<i32>,
    pub(super) abort: Option<Abort>,
    pub(super) end: Option<End>,
}

/// How an attempt ended, as far as the shell is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    pub(super) code: i32,
    pub(super) signal: Option<i32>,
    pub(super) shell_restarted: Option<String>,
}

/// A wish to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Abort {
    pub(super) since: Instant,
    pub(super) stage: Stage,
}

/// What an aborted command has been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Interrupted,
    Terminated,
    Killed,
    /// Nothing more can be done.
    Given,
}

impl Abort {
    /// The stage that is due by now.
    pub(super) fn due(self, now: Instant) -> Stage {
        match now.saturating_duration_since(self.since).as_millis() / GRACE.as_millis() {
            0 => Stage::Interrupted,
            1 => Stage::Terminated,
            2 => Stage::Killed,
            _ => Stage::Given,
        }
    }
}

impl Attempt {
    /// The processes among these that this attempt started, without the shell.
    pub(super) fn own(&self, living: &HashSet<Process>, shell: Option<i32>) -> Vec<Process> {
        let mut own: Vec<Process> =
            living.difference(&self.earlier).copied().filter(|process| Some(process.pid) != shell).collect();
        own.sort_by_key(|process| process.pid);
        own
    }
}

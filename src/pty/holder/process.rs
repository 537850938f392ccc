//! The processes below this one, as `/proc` tells: who is there, what they are called, and signals
//! to them. Starts none.
#![expect(clippy::disallowed_methods, reason = "the door to the list of processes")]

use std::collections::HashSet;
use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// A process that will not be mistaken for a later one with the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Process {
    pub(super) pid: i32,
    started: u64,
}

impl Process {
    /// Its id and command line, for a person.
    pub(super) fn describe(self) -> String {
        let line = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        let words: Vec<_> = line.split(|byte| *byte == 0).filter(|word| !word.is_empty()).collect();
        let line = String::from_utf8_lossy(&words.join(&b' ')).into_owned();
        format!("{} {}", self.pid, if line.is_empty() { name(self.pid) } else { line })
    }

    /// Sends a signal; whether it was permitted.
    pub(super) fn signal(self, signal: Signal) -> bool {
        let Some(pid) = Pid::from_raw(self.pid) else { return true };
        kill_process(pid, signal) != Err(rustix::io::Errno::PERM)
    }
}

fn name(pid: i32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned()
}

/// Every living process below `root`, at whatever depth.
pub(super) fn descendants(root: Pid) -> HashSet<Process> {
    let mut found = HashSet::new();
    let mut open = vec![root.as_raw_pid()];
    while let Some(parent) = open.pop() {
        for pid in children(parent) {
            open.push(pid);
            if let Some(started) = start_of_living(pid) {
                found.insert(Process { pid, started });
            }
        }
    }
    found
}

fn children(parent: i32) -> Vec<i32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { return Vec::new() };
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|line| line.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// When a process started, in ticks since boot; nothing for one that has ended.
fn start_of_living(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

//! What the holder does about the command under way: start it, hear of it, reap it, stop it, and
//! say how it ended. Every path to an end goes through `finish`, once.
#![expect(clippy::disallowed_methods, reason = "the door to the holder's clock")]

use std::io::Read;
use std::time::Instant;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpid, kill_process, kill_process_group, wait};

use super::HolderProcess;
use super::SHELLS;
use super::attempt::{Abort, Attempt, End, Stage};
use super::process::{Process, descendants};
use super::report::{Kind, Report};
use crate::pty::wire::{Ended, Notice};

const ALL_KEPT: &str = "the shell was started anew with its variables, functions, aliases, options and directory; \
     its job list and open descriptors did not survive";
const STEP_LOST: &str = "the shell was started anew as it was before this command; \
     what the command itself set, the job list and open descriptors did not survive";

impl HolderProcess {
    /// Runs a step file, on a terminal as it was at first and without keys typed ahead.
    pub(super) fn run(&mut self, number: u32, file: String) {
        if self.attempt.is_some() || self.is_closing {
            return;
        }
        self.unacknowledged = None;
        self.attempt = Some(Attempt {
            number,
            file,
            nonce: uuid::Uuid::now_v7().simple().to_string(),
            earlier: descendants(getpid()),
            has_begun: false,
            farewell: None,
            abort: None,
            end: None,
        });
        self.terminal.repair().ok();
        self.terminal.flush_input().ok();
        self.undo_stop();
        self.command();
    }

    /// Tells the shell what to run.
    fn command(&mut self) {
        let Some(attempt) = &self.attempt else { return };
        if let Err(error) = self.shell.run(&attempt.nonce, attempt.number, &attempt.file) {
            self.closing = Some(error.to_string());
        }
    }

    /// Takes in what the shell says about the command under way.
    pub(super) fn hear(&mut self) {
        self.shell.listen();
        while let Some(attempt) = &self.attempt {
            let Some(report) = self.shell.report(&attempt.nonce) else { return };
            if report.attempt == attempt.number {
                self.heard(report);
            }
        }
    }

    fn heard(&mut self, report: Report) {
        let Some(attempt) = &mut self.attempt else { return };
        match report.kind {
            Kind::Begin => {
                attempt.has_begun = true;
                let attempt = attempt.number;
                self.idle_deaths = 0;
                self.tell(&Notice::Begun { attempt });
            }
            Kind::End => {
                self.directory = report.directory;
                attempt.end = Some(End { code: report.status, signal: None, shell_restarted: None });
                self.shell.keep_state(attempt.number);
                self.finish();
            }
            Kind::Bye => {
                self.directory = report.directory;
                attempt.farewell = Some(report.status);
            }
        }
    }

    /// Buries ended children, and sets stopped ones going again: nobody here could do it by hand.
    pub(super) fn reap(&mut self) {
        let mut buffer = [0; 64];
        while let Ok(1..) = self.children.read(&mut buffer) {}
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
            if Some(pid) == self.shell.pid() {
                if status.stopped() { self.undo_stop() } else { self.shell_ended(status) }
            }
        }
    }

    /// Gives the terminal to the shell's group and lets it go on.
    fn undo_stop(&mut self) {
        if let Some(shell) = self.shell.pid() {
            self.terminal.set_foreground(shell).ok();
            kill_process_group(shell, Signal::CONT).ok();
        }
    }

    fn shell_ended(&mut self, status: WaitStatus) {
        self.shell.ended();
        self.hear();
        let Some(attempt) = &mut self.attempt else {
            self.idle_deaths += 1;
            return self.restart();
        };
        if !attempt.has_begun && attempt.abort.is_none() && self.idle_deaths < SHELLS {
            self.idle_deaths += 1;
            self.restart();
            return self.command();
        }
        if attempt.end.is_none() {
            let is_kept = self.shell.keep_state(attempt.number);
            attempt.end = Some(end(status, attempt.farewell, is_kept));
        }
        self.restart();
        self.finish();
    }

    /// Processes for a person, without the connections that targets share: those stay on purpose.
    pub(super) fn describe(&self, processes: impl IntoIterator<Item = Process>) -> Vec<String> {
        let shared = format!("ssh: {}/", self.private.display());
        let described = processes.into_iter().map(Process::describe);
        described.filter(|process| !process.contains(&shared)).collect()
    }

    fn restart(&mut self) {
        self.terminal.repair().ok();
        if self.idle_deaths > SHELLS {
            self.closing = Some("the shell does not live long enough to run anything".to_owned());
        } else if let Err(error) = self.shell.start(&self.terminal) {
            self.closing = Some(format!("{error}"));
        }
    }

    /// What Ctrl-C does: a signal where the terminal makes one of it, else the key.
    pub(super) fn interrupt(&mut self) {
        let (key, makes_signal) = self.terminal.interrupt_key();
        let group = self.terminal.foreground().filter(|_| makes_signal);
        let is_sent = group.is_some_and(|group| kill_process_group(group, Signal::INT).is_ok());
        if !is_sent {
            rustix::io::write(self.terminal.master(), &[key]).ok();
        }
    }

    /// Starts to stop the command. The shell is told first, so that it runs no further line while
    /// its child makes up its mind.
    pub(super) fn abort(&mut self) {
        let shell = self.shell.pid();
        let Some(attempt) = &mut self.attempt else { return };
        if attempt.abort.is_some() {
            return;
        }
        attempt.abort = Some(Abort { since: Instant::now(), stage: Stage::Interrupted });
        if let Some(shell) = shell {
            kill_process(shell, Signal::TERM).ok();
        }
        self.interrupt();
    }

    /// Goes on stopping what does not want to stop, and closes once nothing is under way.
    pub(super) fn advance(&mut self, now: Instant) {
        self.escalate(now);
        self.finish();
        let is_forgotten = self.patience().is_some_and(|time| time.is_zero());
        if self.closing.is_none() && self.attempt.is_none() && (self.is_closing || is_forgotten) {
            self.closing = Some(if is_forgotten { "nobody came" } else { "closed" }.to_owned());
        }
    }

    fn escalate(&mut self, now: Instant) {
        let shell = self.shell.pid();
        let Some(attempt) = &mut self.attempt else { return };
        let Some(abort) = &mut attempt.abort else { return };
        let due = abort.due(now);
        if due == abort.stage && due != Stage::Killed {
            return;
        }
        abort.stage = due;
        let signal = if due == Stage::Terminated { Signal::TERM } else { Signal::KILL };
        let is_shell_over = attempt.end.is_some();
        for process in attempt.own(&descendants(getpid()), shell.map(Pid::as_raw_pid)) {
            process.signal(signal);
            process.signal(Signal::CONT);
        }
        if let Some(shell) = shell.filter(|_| !is_shell_over) {
            kill_process(shell, signal).ok();
            kill_process(shell, Signal::CONT).ok();
        }
        if due == Stage::Given && !is_shell_over {
            attempt.end =
                Some(End { code: 137, signal: Some(9), shell_restarted: Some(STEP_LOST.to_owned()) });
            self.restart();
        }
    }

    /// Reports the end, once the shell is through and, after an abort, its processes are.
    fn finish(&mut self) {
        let shell = self.shell.pid().map(Pid::as_raw_pid);
        let is_over = self.attempt.as_ref().is_some_and(|attempt| attempt.end.is_some());
        if !is_over {
            return;
        }
        let living = descendants(getpid());
        let Some(attempt) = self.attempt.take_if(|attempt| {
            let is_patient = attempt.abort.is_some_and(|abort| abort.stage != Stage::Given);
            !is_patient || attempt.own(&living, shell).is_empty()
        }) else {
            return;
        };
        self.terminal.repair().ok();
        let left_over = self.describe(attempt.own(&living, shell));
        let Some(end) = attempt.end else { return };
        let ended = Ended {
            attempt: attempt.number,
            code: end.code,
            signal: end.signal,
            directory: self.directory.clone(),
            left_over,
            shell_restarted: end.shell_restarted,
        };
        self.tell(&Notice::Ended(ended.clone()));
        self.unacknowledged = Some(ended);
    }
}

/// The end of an attempt that ended the shell: in the shell's own words where it had any.
fn end(status: WaitStatus, farewell: Option<i32>, is_kept: bool) -> End {
    let signal = status.terminating_signal();
    let code = signal.map(|signal| 128 + signal).or(farewell).or_else(|| status.exit_status()).unwrap_or(255);
    let named = farewell.map(|code| code - 128).filter(|signal| [2, 3, 15].contains(signal));
    let shell_restarted = Some(if is_kept { ALL_KEPT } else { STEP_LOST }.to_owned());
    End { code, signal: signal.or(named), shell_restarted }
}

//! Takes a run up: begins its journal, or reads it and finds out what became of what was running.

use super::{Setup, Supervisor, SupervisorError};
use crate::engine::{Command, Happening};
use crate::journal::{Actor, AttemptId, Entry};
use crate::pty::{Holder, HolderState, PtyError};
use crate::store::JournalFile;

/// The journal, created for a new run, reopened for one that is under way.
pub(super) fn journal(setup: &Setup) -> Result<(JournalFile, Vec<Entry>), SupervisorError> {
    if setup.start.is_some() {
        return Ok((JournalFile::create(&setup.directory)?, Vec::new()));
    }
    let (journal, recovered) = JournalFile::reopen(&setup.directory)?;
    if recovered.entries.is_empty() {
        return Err(SupervisorError::NoBeginning);
    }
    Ok((journal, recovered.entries))
}

impl Supervisor {
    /// Records the beginning, or what recovery found.
    pub(super) async fn take_up(&mut self) -> Result<(), SupervisorError> {
        let pid = std::process::id();
        let program = self.setup.version.clone();
        if let Some(start) = self.setup.start.take() {
            let operator = Actor::Operator(start.operator.clone());
            if let Some(refusal) =
                self.happen(operator, Happening::Asked(Command::Begin(Box::new(start)))).await
            {
                return Err(SupervisorError::Refused(refusal));
            }
            let came = Happening::SupervisorCame { pid, program, recovery: None };
            self.happen(Actor::Holdpoint, came).await;
            return Ok(());
        }
        if self.run.outcome().is_some() {
            return Ok(());
        }
        let found = self.reconnect().await?;
        let recovery = Some(self.describe(found.as_ref()));
        self.happen(Actor::Holdpoint, Happening::SupervisorCame { pid, program, recovery }).await;
        self.settle(found).await;
        Ok(())
    }

    async fn reconnect(&mut self) -> Result<Option<HolderState>, SupervisorError> {
        match Holder::reconnect(&self.setup.runtime).await {
            Ok(holder) => {
                let state = holder.state().clone();
                self.holder = Some(holder);
                Ok(Some(state))
            }
            Err(PtyError::NoHolder { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn describe(&self, found: Option<&HolderState>) -> String {
        let shell = match found {
            Some(_) => "the shell was found with its variables and directory",
            None => "the shell is gone with its variables and directory",
        };
        match self.run.running() {
            Some(attempt) => format!("attempt {} had been running; {shell}", attempt.id),
            None => format!("nothing had been running; {shell}"),
        }
    }

    /// Brings the record up to what the holder knows; what nobody knows becomes unknown.
    async fn settle(&mut self, found: Option<HolderState>) {
        let running = self.run.running().map(|attempt| attempt.id);
        match (running, found) {
            (Some(attempt), Some(HolderState::Running(number))) if attempt.0 == number => {
                self.resume(attempt);
            }
            (Some(attempt), Some(HolderState::Ended(ended))) if attempt.0 == ended.attempt => {
                self.resume(attempt);
                self.ended(ended).await;
            }
            (Some(attempt), Some(_)) => self.lost(attempt, "the shell never received it").await,
            (Some(attempt), None) => {
                self.lost(attempt, "the process that held its terminal is gone").await;
            }
            (None, Some(HolderState::Ended(ended))) => {
                if let Some(holder) = &mut self.holder {
                    let _ = holder.acknowledge(ended.attempt);
                }
            }
            (None, None) if !self.run.attempts().is_empty() => {
                let reason = "its process is gone; variables, functions and directory are lost".to_owned();
                self.happen(Actor::Holdpoint, Happening::ShellRestarted { reason }).await;
            }
            (None, _) => {}
        }
    }

    /// What the transcript had before stays in it.
    fn resume(&mut self, id: AttemptId) {
        if let Some(attempt) = self.run.attempt(id) {
            self.recorder.resume(id, self.size, &attempt.part.text, attempt.started.mono_ms);
        }
    }

    async fn lost(&mut self, attempt: AttemptId, reason: &str) {
        let reason = reason.to_owned();
        self.happen(Actor::Holdpoint, Happening::Lost { attempt, reason }).await;
    }
}

//! Performs what the engine asks for, in order, each thing only after its cause is durable; the
//! first failure stops the rest.

use super::Supervisor;
use crate::engine::{Command, Effect, Event, Happening, Refusal, Run, update};
use crate::journal::{Actor, AttemptId, Entry, Exit, OpenTarget, Part, Place, Stop};
use crate::protocol::{Notice, Recording};
use crate::pty::{Ended, Holder, HolderEvent, Spec};
use crate::runbook::Session;
use crate::store::Condition;
use crate::target::{self, Target};

/// How a masked value begins.
const MASK: &str = "[REDACTED:";

impl Supervisor {
    /// One turn: what happened goes in, what follows from it is done. Says why, if it was refused.
    pub(super) async fn happen(&mut self, actor: Actor, happening: Happening) -> Option<Refusal> {
        let event = Event { stamp: self.clock.now(), actor, happening };
        let effects = update(&mut self.run, &event);
        let mut refused = None;
        for effect in effects {
            match effect {
                Effect::Record(entry) => {
                    if let Err(why) = self.record(entry) {
                        self.forget_unrecorded();
                        self.record_failing(&why);
                        return Some(Refusal::RecordFailing { why });
                    }
                }
                Effect::Refuse(refusal) => refused = Some(refusal),
                effect => self.perform(effect).await,
            }
        }
        refused
    }

    /// Nothing new starts while the record cannot be written; it is looked at again each time, so
    /// that the run goes on once there is room.
    pub(super) fn may_start(&mut self, command: &Command) -> Option<Refusal> {
        if !matches!(command, Command::Confirm { .. } | Command::Start { .. } | Command::Retry { .. }) {
            return None;
        }
        if self.recording != Recording::Good && self.journal.restore_reserve() {
            self.set_recording(Recording::Good);
        }
        match &self.recording {
            Recording::Good => None,
            Recording::Failing { why } => Some(Refusal::RecordFailing { why: why.clone() }),
        }
    }

    /// Durable first, then known, then told.
    fn record(&mut self, entry: Entry) -> Result<(), String> {
        let entry = self.recorder.redact(entry);
        self.journal.append(&entry).map_err(|error| error.to_string())?;
        self.judge_record();
        self.entries.push(entry.clone());
        self.followers.tell_all(&Notice::Entry { entry: Box::new(entry) });
        Ok(())
    }

    /// An entry is durable; whether there is room for the next is another matter.
    fn judge_record(&mut self) {
        if self.run.outcome().is_some() {
            return;
        }
        let recording = match self.journal.condition() {
            Condition::Sound | Condition::Continued(_) => Recording::Good,
            Condition::ReserveSpent | Condition::Failing => {
                let why = "the disk is full, and the space kept for the end of the run is in use".to_owned();
                Recording::Failing { why }
            }
        };
        self.set_recording(recording);
    }

    fn set_recording(&mut self, recording: Recording) {
        if recording != self.recording {
            self.recording = recording;
            self.followers.tell_all(&Notice::Recording { recording: self.recording.clone() });
        }
    }

    /// The run is what its record says, also when the record could not take everything.
    fn forget_unrecorded(&mut self) {
        self.run = Run::replay(std::sync::Arc::clone(&self.setup.runbook), &self.entries);
    }

    pub(super) fn record_failing(&mut self, why: &str) {
        tracing::error!(why, "the record cannot be written");
        self.set_recording(Recording::Failing { why: why.to_owned() });
    }

    async fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn { attempt, name, part, session } => {
                self.spawn(attempt, &name, &part, session).await;
            }
            Effect::Stop(how) => self.stop(how),
            Effect::AppendIncident { place, incident } => self.append_incident(&place, &incident),
            Effect::Close => self.close().await,
            Effect::Record(_) | Effect::Refuse(_) => {}
        }
    }

    /// Runs a part; if that is impossible it never ran, which a person has to confirm.
    async fn spawn(&mut self, attempt: AttemptId, name: &str, part: &Part, session: Option<Session>) {
        self.recorder.begin(attempt, self.size, &part.text);
        if let Err(why) = self.try_spawn(attempt, name, part, session).await {
            let reason = format!("it was not started: {why}");
            Box::pin(self.happen(Actor::Holdpoint, Happening::Lost { attempt, reason })).await;
        }
    }

    async fn try_spawn(
        &mut self,
        attempt: AttemptId,
        name: &str,
        part: &Part,
        session: Option<Session>,
    ) -> Result<(), String> {
        if part.text.contains(MASK) {
            return Err("a secret value in it is known only masked; record the value again".to_owned());
        }
        let script = self.script(name, part, session)?;
        self.ensure_holder().await?;
        let holder = self.holder.as_mut().ok_or("there is no shell")?;
        holder.run(attempt.0, name, script.as_bytes()).map_err(|error| error.to_string())
    }

    /// What the local step shell executes: the text itself, or what carries it to where the run is.
    /// Refused where a target cannot be reached: nothing meant for it ever runs here.
    fn script(&self, name: &str, part: &Part, session: Option<Session>) -> Result<String, String> {
        let mut targets = self.open_targets()?;
        let local = match session {
            Some(session @ (Session::Ssh | Session::User | Session::Container)) => {
                let opened = target::open(session, &part.text, &self.setup.runtime);
                opened.map_err(|error| error.to_string())?.open_script()
            }
            Some(Session::Leave) => targets.pop().map_or_else(String::new, |left| left.close_script()),
            Some(Session::Console) | None => part.text.clone() + "\n",
        };
        Ok(target::through(&targets, name, &local))
    }

    /// The targets in which the run is now, outermost first, as the record tells.
    fn open_targets(&self) -> Result<Vec<Target>, String> {
        let open = |target: &OpenTarget| target::open(target.session, &target.command, &self.setup.runtime);
        self.run.targets().iter().map(|target| open(target).map_err(|error| error.to_string())).collect()
    }

    /// The connection that an attempt with this status broke off with, if one did.
    fn lost_connection(&self, code: i32) -> Option<String> {
        const CONNECTION_FAILED: i32 = 255;
        let targets = self.open_targets().ok().filter(|_| code == CONNECTION_FAILED)?;
        targets.iter().find(|target| target.is_lost()).map(|target| target.name.clone())
    }

    async fn ensure_holder(&mut self) -> Result<(), String> {
        if self.holder.is_some() {
            return Ok(());
        }
        let start_in = self.run.directory().map_or_else(|| "/".into(), std::path::PathBuf::from);
        let spec = Spec {
            program: self.setup.program.clone(),
            directory: self.setup.runtime.clone(),
            shell: self.setup.shell,
            size: self.size,
            start_in,
            environment: vec![
                ("TERM".to_owned(), "xterm-256color".to_owned()),
                ("COLORTERM".to_owned(), "truecolor".to_owned()),
            ],
        };
        self.holder = Some(Holder::start(&spec).await.map_err(|error| error.to_string())?);
        Ok(())
    }

    fn stop(&mut self, how: Stop) {
        let Some(holder) = &mut self.holder else { return };
        let asked = match how {
            Stop::Interrupt => holder.interrupt(),
            Stop::Abort => holder.abort(),
        };
        if let Err(error) = asked {
            let message = format!("the command could not be asked to stop: {error}");
            self.followers.tell_all(&Notice::Trouble { message });
        }
    }

    async fn close(&mut self) {
        self.setup.lock = None;
        if let Some(holder) = self.holder.take()
            && let Err(error) = holder.close().await
        {
            tracing::warn!(%error, "the shell did not close by itself");
        }
    }

    fn append_incident(&mut self, place: &Place, incident: &crate::journal::IncidentRecord) {
        if let Err(error) = self.recorder.append_incident(&self.run, place, incident) {
            let message =
                format!("the incident is in the journal but could not be appended to the log: {error}");
            self.followers.tell_all(&Notice::Trouble { message });
        }
    }

    pub(super) async fn shell(&mut self, event: HolderEvent) {
        match event {
            HolderEvent::Output(bytes) => {
                if let Some((attempt, offset)) = self.recorder.output(&bytes) {
                    self.followers.output(attempt, offset, &bytes);
                }
            }
            HolderEvent::Gap(bytes) => self.recorder.gap(bytes),
            HolderEvent::EchoHidden(hidden) => self.followers.tell_all(&Notice::EchoHidden { hidden }),
            HolderEvent::Begun { .. } => {}
            HolderEvent::Ended(ended) => self.ended(ended).await,
            HolderEvent::Closed { reason, .. } => self.shell_gone(&reason).await,
            HolderEvent::Lost(why) => self.shell_gone(&why).await,
        }
    }

    pub(super) async fn ended(&mut self, ended: Ended) {
        let attempt = AttemptId(ended.attempt);
        let output = self.recorder.finish(attempt);
        if !ended.left_over.is_empty() {
            let message = format!("still running: {}", ended.left_over.join(", "));
            self.followers.tell_all(&Notice::Trouble { message });
        }
        if let Some(name) = self.lost_connection(ended.code) {
            let reason = format!("the connection to {name} was lost; the command may still run there");
            self.record_end(attempt, Happening::Lost { attempt, reason }).await;
            return;
        }
        let started = self.run.attempt(attempt).map_or(0, |attempt| attempt.started.mono_ms);
        let happening = Happening::Exited {
            attempt,
            exit: Exit { code: ended.code, signal: ended.signal },
            duration_ms: self.clock.now().mono_ms.saturating_sub(started),
            directory: ended.directory,
            output,
            shell_restarted: ended.shell_restarted,
        };
        self.record_end(attempt, happening).await;
    }

    /// Records the end of an attempt; what the disk does not take is tried again until it does.
    pub(super) async fn record_end(&mut self, attempt: AttemptId, happening: Happening) {
        match self.happen(Actor::Holdpoint, happening.clone()).await {
            Some(Refusal::RecordFailing { .. }) if self.run.running().is_some() => {
                self.unrecorded = Some((attempt, happening));
            }
            _ => self.acknowledge(attempt),
        }
    }

    fn acknowledge(&mut self, attempt: AttemptId) {
        if let Some(holder) = &mut self.holder
            && let Err(error) = holder.acknowledge(attempt.0)
        {
            tracing::warn!(%error, "the end of an attempt was not acknowledged");
        }
    }

    pub(super) async fn shell_gone(&mut self, why: &str) {
        self.holder = None;
        let reason = format!("{why}; variables, functions and directory of the shell are lost");
        match self.run.running().map(|attempt| attempt.id) {
            Some(attempt) => {
                self.recorder.finish(attempt);
                self.happen(Actor::Holdpoint, Happening::Lost { attempt, reason }).await
            }
            None => self.happen(Actor::Holdpoint, Happening::ShellRestarted { reason }).await,
        };
    }
}

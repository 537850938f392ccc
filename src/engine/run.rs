//! A run as the fold of its entries. Only [`Run::apply`] changes it; everything else reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::journal::{
    AttemptId, ConditionAnswer, Deviation, Entry, Exit, Fact, OpenTarget, Outcome, OutputSummary, Part,
    Place, Resolution, RunStart, Stamp, Timestamp, Verdict,
};
use crate::runbook::placeholder::Values;
use crate::runbook::{ItemId, ItemKind, Runbook, StepId};

use super::state::{Answered, LoggedIncident, RecordedDeviation, TakenNote};

/// How an attempt stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptState {
    /// Started, not ended.
    Running,
    /// Ended so.
    Exited(Exit),
    /// Its end was not seen.
    Unknown,
    /// Its end was not seen, and a person found out.
    Resolved(Resolution),
}

/// One execution of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its number.
    pub id: AttemptId,
    /// Of which command.
    pub item: ItemId,
    /// What ran.
    pub part: Part,
    /// Where, outermost first; empty for this host.
    pub target: Vec<OpenTarget>,
    /// When it started.
    pub started: Stamp,
    /// How it stands.
    pub state: AttemptState,
    /// Its duration, once it ended.
    pub duration_ms: Option<u64>,
    /// The shell's directory afterwards.
    pub directory: Option<String>,
    /// What was recorded of its output.
    pub output: OutputSummary,
}

impl Attempt {
    /// Whether it ended well.
    pub fn succeeded(&self) -> bool {
        match &self.state {
            AttemptState::Exited(exit) => exit.is_success(),
            AttemptState::Resolved(resolution) => *resolution == Resolution::EndedWell,
            AttemptState::Running | AttemptState::Unknown => false,
        }
    }

    pub(super) fn failed(&self) -> bool {
        match &self.state {
            AttemptState::Exited(exit) => !exit.is_success(),
            AttemptState::Resolved(resolution) => *resolution == Resolution::Failed,
            AttemptState::Running | AttemptState::Unknown => false,
        }
    }
}

/// What was confirmed and has not all run yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confirmed {
    pub(super) item: ItemId,
    pub(super) parts: Vec<Part>,
    /// Whether one of its parts was started, so that the others follow by themselves.
    pub(super) has_begun: bool,
}

/// One walk through a runbook for one subject.
#[derive(Debug, Clone)]
pub struct Run {
    pub(super) runbook: Arc<Runbook>,
    pub(super) start: Option<RunStart>,
    started_at: Option<Stamp>,
    last_seq: u64,
    last: Option<Stamp>,
    pub(super) attempts: Vec<Attempt>,
    /// Where the attempts of a command are in `attempts`: they are asked for at every turn.
    attempts_by_item: BTreeMap<ItemId, Vec<usize>>,
    pub(super) answers: BTreeMap<ItemId, Answered>,
    pub(super) decisions: BTreeMap<ItemId, ConditionAnswer>,
    pub(super) skipped_steps: BTreeMap<StepId, String>,
    pub(super) skipped_items: BTreeMap<ItemId, String>,
    pub(super) overridden: BTreeSet<ItemId>,
    pub(super) promoted: BTreeSet<ItemId>,
    pub(super) values: Values,
    secrets: BTreeSet<String>,
    confirmed: Option<Confirmed>,
    last_confirmed: BTreeMap<ItemId, Vec<Part>>,
    pub(super) targets: Vec<OpenTarget>,
    directory: Option<String>,
    notes: Vec<TakenNote>,
    pub(super) incidents: Vec<LoggedIncident>,
    pub(super) deviations: Vec<RecordedDeviation>,
    pub(super) rollback: Option<String>,
    held: Option<(ItemId, String)>,
    pub(super) outcome: Option<(Outcome, String)>,
}

impl Run {
    /// A run of this runbook that has not begun.
    pub fn new(runbook: Arc<Runbook>) -> Self {
        Self {
            runbook,
            start: None,
            started_at: None,
            last_seq: 0,
            last: None,
            attempts: Vec::new(),
            attempts_by_item: BTreeMap::new(),
            answers: BTreeMap::new(),
            decisions: BTreeMap::new(),
            skipped_steps: BTreeMap::new(),
            skipped_items: BTreeMap::new(),
            overridden: BTreeSet::new(),
            promoted: BTreeSet::new(),
            values: Values::new(),
            secrets: BTreeSet::new(),
            confirmed: None,
            last_confirmed: BTreeMap::new(),
            targets: Vec::new(),
            directory: None,
            notes: Vec::new(),
            incidents: Vec::new(),
            deviations: Vec::new(),
            rollback: None,
            held: None,
            outcome: None,
        }
    }

    /// The run that these entries tell of.
    pub fn replay<'a>(runbook: Arc<Runbook>, entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut run = Self::new(runbook);
        for entry in entries {
            run.apply(entry);
        }
        run
    }

    /// Takes one entry in. The only way in which a run changes.
    pub fn apply(&mut self, entry: &Entry) {
        self.last_seq = entry.seq;
        self.last = Some(entry.stamp.clone());
        if self.held.is_some()
            && !matches!(entry.fact, Fact::SupervisorStarted { .. } | Fact::FrontEndAttached { .. })
        {
            self.held = None;
        }
        match &entry.fact {
            Fact::RunStarted(start) => {
                self.started_at = Some(entry.stamp.clone());
                self.directory = Some(start.directory.clone());
                self.start = Some((**start).clone());
            }
            Fact::InputRecorded { name, value, secret, .. } => {
                self.values.insert(name.clone(), value.clone());
                if *secret {
                    self.secrets.insert(name.clone());
                }
            }
            Fact::CommandPromoted { item } => {
                self.promoted.insert(item.clone());
            }
            Fact::CommandConfirmed { item, parts, deviation, reason } => {
                self.confirmed =
                    Some(Confirmed { item: item.clone(), parts: parts.clone(), has_begun: false });
                self.last_confirmed.insert(item.clone(), parts.clone());
                if let Some(deviation) = deviation {
                    self.note_deviation(entry, Place::Item(item.clone()), Some(*deviation), reason.clone());
                }
            }
            Fact::CommandStarted { .. }
            | Fact::CommandExited { .. }
            | Fact::CommandLost { .. }
            | Fact::CommandResolved { .. } => self.apply_attempt(entry),
            Fact::CheckRecorded { item, verdict, note } | Fact::GateAnswered { item, verdict, note } => {
                self.overridden.remove(item);
                self.answers.insert(item.clone(), Answered { verdict: *verdict, note: note.clone() });
            }
            Fact::ConditionAnswered { item, answer } => {
                self.decisions.insert(item.clone(), *answer);
            }
            Fact::StepSkipped { place, reason, deviation } => {
                match place {
                    Place::Step(step) => drop(self.skipped_steps.insert(step.clone(), reason.clone())),
                    Place::Item(item) => drop(self.skipped_items.insert(item.clone(), reason.clone())),
                    Place::Run => {}
                }
                if *deviation {
                    self.note_deviation(entry, place.clone(), None, Some(reason.clone()));
                }
            }
            Fact::HaltOverridden { item, reason } => {
                self.overridden.insert(item.clone());
                let place = Place::Item(item.clone());
                self.note_deviation(entry, place, Some(Deviation::Overridden), Some(reason.clone()));
            }
            Fact::NoteTaken { place, text } => self.notes.push(TakenNote {
                at: entry.stamp.at,
                by: entry.actor.name().to_owned(),
                place: place.clone(),
                text: text.clone(),
            }),
            Fact::IncidentLogged { place, incident } => self.incidents.push(LoggedIncident {
                at: entry.stamp.at,
                place: place.clone(),
                incident: incident.clone(),
            }),
            Fact::RunHeld { item, question } => self.held = Some((item.clone(), question.clone())),
            Fact::RollbackBegun { reason } => {
                self.confirmed = None;
                self.rollback = Some(reason.clone());
            }
            Fact::RunFinished { outcome, note } => self.outcome = Some((*outcome, note.clone())),
            Fact::SupervisorStarted { .. } => self.confirmed = None,
            Fact::FrontEndAttached { .. }
            | Fact::CommandSignalled { .. }
            | Fact::ShellRestarted { .. }
            | Fact::TargetOpened { .. }
            | Fact::TargetClosed { .. }
            | Fact::SpotCheckRecorded { .. }
            | Fact::Unrecognised => {}
        }
    }

    fn apply_attempt(&mut self, entry: &Entry) {
        match &entry.fact {
            Fact::CommandStarted { attempt, item, part, target } => {
                self.forget_verdicts_about(item);
                if let Some(confirmed) = &mut self.confirmed {
                    confirmed.has_begun = true;
                    confirmed.parts.retain(|other| other != part);
                }
                self.attempts_by_item.entry(item.clone()).or_default().push(self.attempts.len());
                self.attempts.push(Attempt {
                    id: *attempt,
                    item: item.clone(),
                    part: part.clone(),
                    target: target.clone(),
                    started: entry.stamp.clone(),
                    state: AttemptState::Running,
                    duration_ms: None,
                    directory: None,
                    output: OutputSummary::default(),
                });
            }
            Fact::CommandExited { attempt, exit, duration_ms, directory, output } => {
                if exit.is_success() {
                    self.change_session(*attempt);
                }
                self.directory = Some(directory.clone());
                if !exit.is_success() {
                    self.confirmed = None;
                }
                if let Some(found) = self.attempt_mut(*attempt) {
                    found.state = AttemptState::Exited(*exit);
                    found.duration_ms = Some(*duration_ms);
                    found.directory = Some(directory.clone());
                    found.output = output.clone();
                }
            }
            Fact::CommandLost { attempt, .. } => {
                self.confirmed = None;
                if let Some(found) = self.attempt_mut(*attempt) {
                    found.state = AttemptState::Unknown;
                }
            }
            Fact::CommandResolved { attempt, resolution, .. } => {
                if let Some(found) = self.attempt_mut(*attempt) {
                    found.state = AttemptState::Resolved(*resolution);
                }
            }
            _ => {}
        }
    }

    fn attempt_mut(&mut self, id: AttemptId) -> Option<&mut Attempt> {
        self.attempts.iter_mut().find(|attempt| attempt.id == id)
    }

    /// With the exit itself, so that no crash between two entries can apply it twice; the entry that
    /// tells of the target is for those who read.
    fn change_session(&mut self, attempt: AttemptId) {
        match self.session_change(attempt) {
            Some(Fact::TargetOpened { target }) => self.targets.push(target),
            Some(Fact::TargetClosed { .. }) => drop(self.targets.pop()),
            _ => {}
        }
    }

    /// What was said about a command, and about what it should have brought about, no longer holds
    /// once it runs again.
    fn forget_verdicts_about(&mut self, command: &ItemId) {
        let runbook = Arc::clone(&self.runbook);
        let Some((step, _)) = runbook.item(command) else { return };
        self.answers.remove(command);
        self.overridden.remove(command);
        let after = step.items.iter().skip_while(|item| item.id != *command).skip(1);
        for item in after.take_while(|item| !matches!(item.kind, ItemKind::Command(_))) {
            if matches!(item.kind, ItemKind::Expected { .. } | ItemKind::StopGate { .. }) {
                self.answers.remove(&item.id);
                self.overridden.remove(&item.id);
            }
        }
    }

    fn note_deviation(
        &mut self,
        entry: &Entry,
        place: Place,
        deviation: Option<Deviation>,
        reason: Option<String>,
    ) {
        self.deviations.push(RecordedDeviation {
            at: entry.stamp.at,
            by: entry.actor.name().to_owned(),
            place,
            deviation,
            reason: reason.unwrap_or_default(),
        });
    }

    /// The document this run goes by.
    pub fn runbook(&self) -> &Arc<Runbook> {
        &self.runbook
    }

    /// Its first entry's facts, once it has begun.
    pub fn start(&self) -> Option<&RunStart> {
        self.start.as_ref()
    }

    /// When it began.
    pub fn started_at(&self) -> Option<&Stamp> {
        self.started_at.as_ref()
    }

    /// Sequence number of the last entry.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// When the last entry was made.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.last.as_ref().map(|stamp| stamp.at)
    }

    /// All executions so far, oldest first.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The attempt of this number.
    pub fn attempt(&self, id: AttemptId) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.id == id)
    }

    /// The executions of one command, oldest first.
    pub fn attempts_of<'a>(&'a self, item: &'a ItemId) -> impl DoubleEndedIterator<Item = &'a Attempt> {
        let places = self.attempts_by_item.get(item).into_iter().flatten();
        places.filter_map(|place| self.attempts.get(*place))
    }

    /// The attempt that runs now.
    pub fn running(&self) -> Option<&Attempt> {
        self.attempts.iter().rev().find(|attempt| attempt.state == AttemptState::Running)
    }

    /// The attempt whose end was not seen.
    pub fn unresolved(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.state == AttemptState::Unknown)
    }

    /// Recorded values by name; secret ones hold the mask after a restart.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Whether the value of this name is secret.
    pub fn is_secret(&self, name: &str) -> bool {
        self.secrets.contains(name)
    }

    /// Where commands run now, outermost first; empty for this host.
    pub fn targets(&self) -> &[OpenTarget] {
        &self.targets
    }

    /// The step shell's directory, as last reported.
    pub fn directory(&self) -> Option<&str> {
        self.directory.as_deref()
    }

    /// Notes in order.
    pub fn notes(&self) -> &[TakenNote] {
        &self.notes
    }

    /// Incidents logged in this run, in order.
    pub fn incidents(&self) -> &[LoggedIncident] {
        &self.incidents
    }

    /// Deviations in order, skipped steps among them.
    pub fn deviations(&self) -> &[RecordedDeviation] {
        &self.deviations
    }

    /// Why the rollback was begun, if it was.
    pub fn rollback_reason(&self) -> Option<&str> {
        self.rollback.as_deref()
    }

    /// The outcome and its note, once the run has ended.
    pub fn outcome(&self) -> Option<(Outcome, &str)> {
        self.outcome.as_ref().map(|(outcome, note)| (*outcome, note.as_str()))
    }

    /// Where and with which question the run waits for a person, if it ran without one.
    pub fn held(&self) -> Option<(&ItemId, &str)> {
        self.held.as_ref().map(|(item, question)| (item, question.as_str()))
    }

    /// The verdict and note given to an item.
    pub fn verdict(&self, item: &ItemId) -> Option<(Verdict, &str)> {
        self.answers.get(item).map(|answer| (answer.verdict, answer.note.as_str()))
    }

    /// How a condition or choice was answered.
    pub fn decision(&self, item: &ItemId) -> Option<ConditionAnswer> {
        self.decisions.get(item).copied()
    }

    pub(super) fn confirmed(&self) -> Option<&Confirmed> {
        self.confirmed.as_ref()
    }

    pub(super) fn last_confirmed(&self, item: &ItemId) -> Option<&[Part]> {
        self.last_confirmed.get(item).map(Vec::as_slice)
    }
}

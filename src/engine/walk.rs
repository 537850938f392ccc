//! Where a run stands and what it asks for next: the reading side of [`Run`], derived from its state
//! at each call and changing nothing.

use crate::journal::{AttemptId, ConditionAnswer, Fact, OpenTarget, Outcome, Part, Verdict};
use crate::runbook::placeholder::{self, FillError};
use crate::runbook::{Block, Confidence, Item, ItemId, ItemKind, Phase, Role, Session, Step};

use super::run::{Attempt, AttemptState, Run};
use super::state::{Ask, ItemState, Progress, StepState};

impl Run {
    /// Whether this phase is walked in order now: the main line, or the rollback once it has begun.
    pub fn is_on_line(&self, phase: &Phase) -> bool {
        if self.rollback.is_some() { phase.role == Role::Rollback } else { phase.role.is_main_line() }
    }

    /// The items that are walked now, in order.
    pub fn line(&self) -> impl Iterator<Item = (&Step, &Item)> {
        self.runbook
            .steps()
            .filter(|(phase, _)| self.is_on_line(phase))
            .flat_map(|(_, step)| step.items.iter().map(move |item| (step, item)))
    }

    /// Whether the conditions of an item hold: `None` while they are not all answered.
    pub fn applies(&self, item: &Item) -> Option<bool> {
        let Some(guard) = &item.guard else { return Some(true) };
        let outer = self.runbook.item(&guard.item).map_or(Some(true), |(_, outer)| self.applies(outer))?;
        if !outer {
            return Some(false);
        }
        match self.decisions.get(&guard.item) {
            Some(ConditionAnswer::Taken(branch)) => Some(*branch == guard.branch),
            Some(ConditionAnswer::NotTaken) => Some(false),
            None => self.skipped_items.contains_key(&guard.item).then_some(false),
        }
    }

    /// Whether a block may be run by this program: as read, or because it was promoted.
    pub fn is_runnable(&self, item: &ItemId, block: &Block) -> bool {
        block.is_runnable() || (block.language.runs_here() && self.promoted.contains(item))
    }

    /// Where an item stands.
    pub fn item_state(&self, item: &Item) -> ItemState {
        if let Some(reason) = self.skip_reason(item) {
            return ItemState::Skipped(reason.to_owned());
        }
        if self.applies(item) == Some(false) {
            return ItemState::NotApplicable;
        }
        if self.overridden.contains(&item.id) {
            return ItemState::Overridden;
        }
        match &item.kind {
            ItemKind::Command(block) => self.command_state(item, block),
            ItemKind::Input { name, .. } if self.values.contains_key(name) => ItemState::Passed,
            ItemKind::Condition { .. } | ItemKind::Choice { .. } => match self.decisions.get(&item.id) {
                Some(_) => ItemState::Passed,
                None => ItemState::Open,
            },
            _ => self.answered_state(&item.id),
        }
    }

    fn skip_reason(&self, item: &Item) -> Option<&str> {
        let by_item = self.skipped_items.get(&item.id);
        by_item.or_else(|| self.skipped_steps.get(&item.id.step())).map(String::as_str)
    }

    fn answered_state(&self, item: &ItemId) -> ItemState {
        match self.answers.get(item).map(|answer| answer.verdict) {
            None => ItemState::Open,
            Some(Verdict::Pass) => ItemState::Passed,
            Some(Verdict::Degraded) => ItemState::Degraded,
            Some(Verdict::Fail) => ItemState::Failed,
            Some(Verdict::NotApplicable) => ItemState::NotApplicable,
        }
    }

    fn command_state(&self, item: &Item, block: &Block) -> ItemState {
        let judged = self.answered_state(&item.id);
        if judged != ItemState::Open {
            return judged;
        }
        let Some(last) = self.attempts_of(&item.id).next_back() else { return ItemState::Open };
        match &last.state {
            AttemptState::Running => return ItemState::Running(last.id),
            AttemptState::Unknown => return ItemState::Unknown(last.id),
            _ => {}
        }
        if last.failed() {
            return ItemState::Failed;
        }
        match self.first_open_statement(item, block) {
            None => ItemState::Passed,
            Some(0) => ItemState::Open,
            Some(_) => ItemState::Partial,
        }
    }

    /// The first statement that has not ended well, from 0.
    pub fn first_open_statement(&self, item: &Item, block: &Block) -> Option<usize> {
        (0..block.statements.len()).find(|index| !self.statement_succeeded(&item.id, *index))
    }

    /// Whether the last execution of this statement ended well.
    pub fn statement_succeeded(&self, item: &ItemId, statement: usize) -> bool {
        self.attempts_of(item)
            .rfind(|attempt| attempt.part.statements.contains(&statement))
            .is_some_and(Attempt::succeeded)
    }

    /// Where a step stands.
    pub fn step_state(&self, step: &Step) -> StepState {
        if self.skipped_steps.contains_key(&step.id) {
            return StepState::Skipped;
        }
        let states: Vec<_> =
            step.items.iter().filter(|item| item.kind.is_gate()).map(|item| self.item_state(item)).collect();
        if states.iter().any(|state| matches!(state, ItemState::Unknown(_))) {
            return StepState::Unknown;
        }
        if states.iter().any(|state| matches!(state, ItemState::Running(_))) {
            return StepState::Running;
        }
        if states.contains(&ItemState::Failed) {
            return StepState::Failed;
        }
        if !states.is_empty() && states.iter().all(ItemState::is_settled) {
            return settled(step, &states);
        }
        let begun = states.iter().any(|state| *state == ItemState::Partial || state.is_settled());
        if begun { StepState::Active } else { StepState::Open }
    }

    /// Settled and total gates of a phase.
    pub fn phase_progress(&self, phase: &Phase) -> Progress {
        let steps = phase.steps.iter().filter(|step| step.items.iter().any(|item| item.kind.is_gate()));
        steps.fold(Progress::default(), |progress, step| {
            let settled = matches!(
                self.step_state(step),
                StepState::Done | StepState::DoneWithIssues | StepState::Skipped
            );
            Progress { settled: progress.settled + usize::from(settled), total: progress.total + 1 }
        })
    }

    /// The item at which the run is halted: one that failed and was neither overridden nor skipped.
    pub fn halted(&self) -> Option<&Item> {
        self.line()
            .map(|(_, item)| item)
            .find(|item| item.kind.is_gate() && self.item_state(item) == ItemState::Failed)
    }

    /// The question that is open now.
    pub fn ask(&self) -> Ask {
        if self.outcome.is_some() || self.start.is_none() {
            return Ask::Nothing;
        }
        if let Some(attempt) = self.running() {
            return Ask::Wait(attempt.id);
        }
        if let Some(attempt) = self.between_parts() {
            return Ask::Wait(attempt.id);
        }
        if let Some(attempt) = self.unresolved() {
            return Ask::Resolve { item: attempt.item.clone(), attempt: attempt.id };
        }
        if let Some(item) = self.halted() {
            return self.ask_failed(item);
        }
        let open = self
            .line()
            .map(|(_, item)| item)
            .find(|item| item.kind.is_gate() && !self.item_state(item).is_settled());
        open.map_or(Ask::Finish, |item| self.ask_open(item))
    }

    /// What can be asked about this item, whether or not its turn has come.
    pub fn ask_about(&self, item: &Item) -> Ask {
        match self.item_state(item) {
            ItemState::Failed => self.ask_failed(item),
            ItemState::Running(attempt) => Ask::Wait(attempt),
            ItemState::Unknown(attempt) => Ask::Resolve { item: item.id.clone(), attempt },
            _ => self.ask_open(item),
        }
    }

    /// The attempt that ended well, when the next part of what was confirmed with it is about to start.
    fn between_parts(&self) -> Option<&Attempt> {
        self.confirmed().filter(|confirmed| confirmed.has_begun && !confirmed.parts.is_empty())?;
        self.attempts.last()
    }

    fn ask_failed(&self, item: &Item) -> Ask {
        let judged = self.answers.get(&item.id).is_some_and(|answer| answer.verdict == Verdict::Fail);
        let last = self.attempts_of(&item.id).next_back().filter(|attempt| attempt.failed());
        match last {
            Some(attempt) if !judged => Ask::Failed { item: item.id.clone(), attempt: attempt.id },
            _ => Ask::Halted { item: item.id.clone() },
        }
    }

    fn ask_open(&self, item: &Item) -> Ask {
        let id = item.id.clone();
        match &item.kind {
            ItemKind::Command(block) if self.is_runnable(&item.id, block) => {
                Ask::Run { statement: self.first_open_statement(item, block).unwrap_or(0), item: id }
            }
            ItemKind::Command(block)
                if block.language.runs_here() && block.confidence != Confidence::High =>
            {
                Ask::Promote { item: id }
            }
            ItemKind::Command(_) => Ask::Elsewhere { item: id },
            ItemKind::Input { name, .. } => Ask::Value { item: id, name: name.clone() },
            ItemKind::Condition { .. } => Ask::Condition { item: id },
            ItemKind::Choice { .. } => Ask::Choice { item: id },
            _ => Ask::Judge { item: id },
        }
    }

    /// The open question in words, for a line of text.
    pub fn question(&self, ask: &Ask) -> String {
        let item = ask.item().and_then(|id| self.runbook.item(id)).map(|(_, item)| item);
        let text = item.map(|item| self.item_text(item)).unwrap_or_default();
        match ask {
            Ask::Wait(attempt) => format!("attempt {attempt} is running"),
            Ask::Run { .. } => format!("run: {text}"),
            Ask::Promote { .. } => format!("is this a command to run? {text}"),
            Ask::Elsewhere { .. } => format!("do this in its own tool, then record how it went: {text}"),
            Ask::Judge { .. } => match item.map(|item| &item.kind) {
                Some(ItemKind::Expected { .. }) => format!("as expected? {text}"),
                Some(ItemKind::StopGate { .. }) => format!("stop if: {text}"),
                Some(ItemKind::Check { watch: true, .. }) => format!("seen none of this? {text}"),
                Some(ItemKind::Action { .. }) => format!("done? {text}"),
                _ => format!("holds? {text}"),
            },
            Ask::Value { name, .. } => format!("value of {name}? {text}"),
            Ask::Condition { .. } | Ask::Choice { .. } => text,
            Ask::Failed { attempt, .. } => format!("attempt {attempt} failed: {text}"),
            Ask::Halted { .. } => format!("halted here: {text}"),
            Ask::Resolve { attempt, .. } => format!("what became of attempt {attempt}? {text}"),
            Ask::Finish => "everything is settled: close the run".to_owned(),
            Ask::Nothing => "nothing is open".to_owned(),
        }
    }

    /// What an item says, on as many lines as it has.
    pub fn item_text(&self, item: &Item) -> String {
        match &item.kind {
            ItemKind::Command(block) => block.text.clone(),
            ItemKind::Input { prompt, .. } => prompt.clone(),
            ItemKind::Check { text, .. }
            | ItemKind::Action { text }
            | ItemKind::Expected { text, .. }
            | ItemKind::StopGate { text, .. }
            | ItemKind::Condition { text }
            | ItemKind::Choice { text, .. }
            | ItemKind::Trigger { text }
            | ItemKind::Link { text, .. }
            | ItemKind::Note { text, .. }
            | ItemKind::Prose { text } => text.clone(),
        }
    }

    /// Names that still need a value before these statements can run.
    pub fn missing_values(&self, block: &Block, statements: &[usize]) -> Vec<String> {
        let mut missing = Vec::new();
        for text in statements.iter().filter_map(|index| block.statements.get(*index)) {
            for name in placeholder::required(&text.text, &|name| self.is_variable_set(name)) {
                if !self.values.contains_key(&name) && !missing.contains(&name) {
                    missing.push(name);
                }
            }
        }
        missing
    }

    /// A shell variable counts as set when the environment had it or the document sets it itself.
    fn is_variable_set(&self, name: &str) -> bool {
        let in_environment =
            self.start.as_ref().is_some_and(|start| start.environment.iter().any(|other| other == name));
        in_environment || !self.runbook.placeholders.iter().any(|placeholder| placeholder.name == name)
    }

    /// What these statements will run, one part each, placeholders filled in.
    pub fn fill(&self, block: &Block, statements: &[usize]) -> Result<Vec<Part>, FillError> {
        statements
            .iter()
            .filter_map(|index| block.statements.get(*index).map(|statement| (*index, statement)))
            .map(|(index, statement)| {
                let text = placeholder::fill(&statement.text, &self.values)?;
                Ok(Part { statements: vec![index], text })
            })
            .collect()
    }

    /// What the statements of a part do to the session.
    pub fn session_of(&self, item: &ItemId, part: &Part) -> Option<Session> {
        let (_, item) = self.runbook.item(item)?;
        let ItemKind::Command(block) = &item.kind else { return None };
        let [only] = part.statements.as_slice() else { return None };
        let session = block.statements.get(*only)?.session?;
        (session != Session::Leave || !self.targets.is_empty()).then_some(session)
    }

    /// Where commands run once this attempt has ended well, if that changes with it.
    pub(super) fn session_change(&self, attempt: AttemptId) -> Option<Fact> {
        let attempt = self.attempt(attempt)?;
        match self.session_of(&attempt.item, &attempt.part)? {
            session @ (Session::Ssh | Session::User | Session::Container) => {
                let command = attempt.part.text.trim().to_owned();
                Some(Fact::TargetOpened { target: OpenTarget { command, session } })
            }
            Session::Leave => self.targets.last().map(|target| Fact::TargetClosed { target: target.clone() }),
            Session::Console => None,
        }
    }

    /// The outcomes that would be true now, best first.
    pub fn possible_outcomes(&self) -> Vec<Outcome> {
        let settled = self.ask() == Ask::Finish;
        let mut possible = Vec::new();
        if settled && self.rollback.is_some() {
            possible.push(Outcome::RolledBack);
        } else if settled {
            if !self.has_issues() {
                possible.push(Outcome::Success);
            }
            possible.push(Outcome::SuccessWithIssues);
        }
        if self.outcome.is_none() && self.running().is_none() {
            possible.push(Outcome::Abandoned);
        }
        possible
    }

    /// Whether anything was degraded, overridden, deviated from, or logged as an incident.
    pub fn has_issues(&self) -> bool {
        !self.incidents.is_empty()
            || !self.deviations.is_empty()
            || self.answers.values().any(|answer| answer.verdict == Verdict::Degraded)
    }
}

/// What a step comes to whose gates are all settled: left out when nothing of it was done.
fn settled(step: &Step, states: &[ItemState]) -> StepState {
    let skipped = states.iter().any(|state| matches!(state, ItemState::Skipped(_)));
    let done = states
        .iter()
        .any(|state| matches!(state, ItemState::Passed | ItemState::Degraded | ItemState::Overridden));
    let issues = states.iter().any(|state| matches!(state, ItemState::Degraded | ItemState::Overridden));
    match (done, issues || (skipped && !step.optional)) {
        (false, _) => StepState::Skipped,
        (true, true) => StepState::DoneWithIssues,
        (true, false) => StepState::Done,
    }
}

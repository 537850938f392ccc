//! Begin a run; start and retry a confirmed command.

use crate::engine::event::Refusal;
use crate::engine::run::Run;
use crate::journal::{AttemptId, Deviation, Fact, Part, RunStart};
use crate::runbook::ItemId;

use super::{find_command, must_be_idle, must_be_resolved, must_not_be_locked};

pub(super) fn begin(run: &Run, start: &RunStart) -> Result<Vec<Fact>, Refusal> {
    if run.start().is_some() {
        return Err(Refusal::Begun);
    }
    if start.subject.trim().is_empty() {
        return Err(Refusal::Empty { what: "the subject".to_owned() });
    }
    Ok(vec![Fact::RunStarted(Box::new(start.clone()))])
}

pub(super) fn start(run: &Run, item: &ItemId) -> Result<Vec<Fact>, Refusal> {
    must_be_idle(run)?;
    must_be_resolved(run)?;
    find_command(run, item)?;
    let confirmed = run.confirmed().filter(|confirmed| confirmed.item == *item);
    let part = confirmed.and_then(|confirmed| confirmed.parts.first());
    part.map(|part| vec![started(run, item, part)]).ok_or(Refusal::NotConfirmed)
}

pub(super) fn retry(run: &Run, item: &ItemId, reason: Option<&str>) -> Result<Vec<Fact>, Refusal> {
    must_be_idle(run)?;
    must_be_resolved(run)?;
    let (step, _, block) = find_command(run, item)?;
    must_not_be_locked(run, item)?;
    let parts = run.parts_to_retry(item).ok_or(Refusal::NothingFailed)?;
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let deviation = (step.once || block.once).then_some(Deviation::OnceRepeated);
    if let (Some(deviation), None) = (deviation, reason) {
        return Err(Refusal::ReasonNeeded { deviation });
    }
    let first = started(run, item, &parts[0]);
    let reason = reason.map(str::to_owned);
    Ok(vec![Fact::CommandConfirmed { item: item.clone(), parts, deviation, reason }, first])
}

pub(super) fn started(run: &Run, item: &ItemId, part: &Part) -> Fact {
    let last = run.attempts().last().map_or(0, |attempt| attempt.id.0);
    Fact::CommandStarted {
        attempt: AttemptId(last + 1),
        item: item.clone(),
        part: part.clone(),
        target: run.targets().to_vec(),
    }
}

impl Run {
    /// What a retry of this command runs: the part that failed and those confirmed with it that were
    /// to follow; `None` if its last attempt did not fail. Never empty.
    pub fn parts_to_retry(&self, item: &ItemId) -> Option<Vec<Part>> {
        let failed = self.attempts_of(item).next_back().filter(|attempt| attempt.failed())?;
        let confirmed = self.last_confirmed(item).unwrap_or_default();
        let parts: Vec<Part> = confirmed.iter().skip_while(|part| **part != failed.part).cloned().collect();
        Some(if parts.is_empty() { vec![failed.part.clone()] } else { parts })
    }

    /// The start of the next part that was confirmed together with the one that just ended.
    pub(in crate::engine) fn next_confirmed(&self) -> Option<Fact> {
        let confirmed = self.confirmed()?;
        confirmed.parts.first().map(|part| started(self, &confirmed.item, part))
    }
}

//! The ends of a run: rollback begun, abandoned, finished.

use crate::engine::event::Refusal;
use crate::engine::run::Run;
use crate::engine::state::Ask;
use crate::journal::{Fact, Outcome};

use super::{must_be_idle, words};

pub(super) fn roll_back(run: &Run, reason: &str) -> Result<Vec<Fact>, Refusal> {
    must_be_idle(run)?;
    if run.rollback_reason().is_some() {
        return Err(Refusal::RollingBack);
    }
    Ok(vec![Fact::RollbackBegun { reason: words(reason, "the reason")? }])
}

pub(super) fn abandon(run: &Run, reason: &str) -> Result<Vec<Fact>, Refusal> {
    must_be_idle(run)?;
    let note = words(reason, "the reason")?;
    Ok(vec![Fact::RunFinished { outcome: Outcome::Abandoned, note }])
}

pub(super) fn finish(run: &Run, outcome: Outcome, note: &str) -> Result<Vec<Fact>, Refusal> {
    must_be_idle(run)?;
    if run.possible_outcomes().contains(&outcome) {
        return Ok(vec![Fact::RunFinished { outcome, note: note.trim().to_owned() }]);
    }
    let why = match run.ask() {
        Ask::Finish if run.rollback_reason().is_some() => "it was rolled back".to_owned(),
        Ask::Finish if outcome == Outcome::RolledBack => "no rollback was begun".to_owned(),
        Ask::Finish => "there were issues: degraded verdicts, deviations or incidents".to_owned(),
        ask => format!("this is still open: {}", run.question(&ask)),
    };
    Err(Refusal::OutcomeNotPossible { outcome, why })
}

//! Skip a step or an item; go on although the run is halted.

use crate::engine::event::Refusal;
use crate::engine::run::Run;
use crate::engine::state::ItemState;
use crate::journal::{Fact, Place};
use crate::runbook::ItemId;

use super::{find, must_be_idle, must_be_resolved, must_not_be_locked, words};

pub(super) fn skip(run: &Run, place: &Place, reason: &str) -> Result<Vec<Fact>, Refusal> {
    must_be_idle(run)?;
    must_be_resolved(run)?;
    let optional = match place {
        Place::Run => return Err(Refusal::Unknown { what: "step".to_owned(), name: String::new() }),
        Place::Item(id) => {
            let (step, item) = find(run, id)?;
            must_not_be_locked(run, id)?;
            must_have_something_left(&run.item_state(item))?;
            step.optional
        }
        Place::Step(id) => {
            let (_, step) = run
                .runbook()
                .step(id)
                .ok_or_else(|| Refusal::Unknown { what: "step".to_owned(), name: id.0.clone() })?;
            for item in &step.items {
                must_not_be_locked_beyond(run, &item.id, step)?;
            }
            step.optional
        }
    };
    let reason = reason.trim().to_owned();
    if reason.is_empty() && !optional {
        return Err(Refusal::SkipNeedsReason);
    }
    Ok(vec![Fact::StepSkipped { place: place.clone(), reason, deviation: !optional }])
}

fn must_have_something_left(state: &ItemState) -> Result<(), Refusal> {
    if matches!(state, ItemState::Passed | ItemState::Degraded) {
        Err(Refusal::NothingToSkip)
    } else {
        Ok(())
    }
}

/// A step in which the run is halted may be skipped as a whole, with its reason.
fn must_not_be_locked_beyond(run: &Run, id: &ItemId, step: &crate::runbook::Step) -> Result<(), Refusal> {
    let halted_inside = run.halted().is_some_and(|halted| step.items.iter().any(|item| item.id == halted.id));
    if halted_inside { Ok(()) } else { must_not_be_locked(run, id) }
}

pub(super) fn go_on(run: &Run, item: &ItemId, reason: &str) -> Result<Vec<Fact>, Refusal> {
    must_be_idle(run)?;
    if run.halted().is_none_or(|halted| halted.id != *item) {
        return Err(Refusal::NotHalted { item: item.clone() });
    }
    let reason = words(reason, "the reason")?;
    Ok(vec![Fact::HaltOverridden { item: item.clone(), reason }])
}

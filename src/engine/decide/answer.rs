//! Answer: gates, checks, conditions, values.

use crate::engine::event::{Judgement, Refusal};
use crate::engine::run::Run;
use crate::journal::{ConditionAnswer, Fact, Verdict};
use crate::runbook::{ItemId, ItemKind};

use super::{find, must_apply, must_be_idle, must_be_resolved, must_not_be_locked, words};

pub(super) fn gate(run: &Run, id: &ItemId, judgement: &Judgement) -> Result<Vec<Fact>, Refusal> {
    answerable(run, id, "an expectation or a stop condition", |kind| {
        matches!(kind, ItemKind::Expected { .. } | ItemKind::StopGate { .. })
    })?;
    let Judgement { verdict, note } = judgement;
    Ok(vec![Fact::GateAnswered { item: id.clone(), verdict: *verdict, note: note.trim().to_owned() }])
}

pub(super) fn check(run: &Run, id: &ItemId, judgement: &Judgement) -> Result<Vec<Fact>, Refusal> {
    answerable(run, id, "a check, an action or a command", |kind| {
        matches!(kind, ItemKind::Check { .. } | ItemKind::Action { .. } | ItemKind::Command(_))
    })?;
    must_have_failed_or_be_manual(run, id, judgement)?;
    let Judgement { verdict, note } = judgement;
    Ok(vec![Fact::CheckRecorded { item: id.clone(), verdict: *verdict, note: note.trim().to_owned() }])
}

/// A command that can run here is judged only after it ran: exit status alone decides nothing, but
/// nothing at all decides less.
fn must_have_failed_or_be_manual(run: &Run, id: &ItemId, judgement: &Judgement) -> Result<(), Refusal> {
    let (_, item) = find(run, id)?;
    let ItemKind::Command(block) = &item.kind else { return Ok(()) };
    let ran = run.attempts_of(id).next().is_some();
    if ran || !run.is_runnable(id, block) || judgement.verdict == Verdict::NotApplicable {
        Ok(())
    } else {
        Err(Refusal::NotConfirmed)
    }
}

fn answerable(run: &Run, id: &ItemId, wanted: &str, fits: fn(&ItemKind) -> bool) -> Result<(), Refusal> {
    must_be_idle(run)?;
    must_be_resolved(run)?;
    let (_, item) = find(run, id)?;
    if !fits(&item.kind) {
        return Err(Refusal::WrongKind { item: id.clone(), wanted: wanted.to_owned() });
    }
    must_apply(run, item)?;
    must_not_be_locked(run, id)
}

pub(super) fn condition(run: &Run, id: &ItemId, answer: ConditionAnswer) -> Result<Vec<Fact>, Refusal> {
    must_be_resolved(run)?;
    let (_, item) = find(run, id)?;
    must_apply(run, item)?;
    must_not_be_locked(run, id)?;
    let count = match &item.kind {
        ItemKind::Condition { .. } => 1,
        ItemKind::Choice { alternatives, .. } => alternatives.len(),
        _ => {
            let wanted = "a condition or a choice".to_owned();
            return Err(Refusal::WrongKind { item: id.clone(), wanted });
        }
    };
    match answer {
        ConditionAnswer::Taken(branch) if branch >= count => Err(Refusal::NoSuchBranch { branch, count }),
        _ => Ok(vec![Fact::ConditionAnswered { item: id.clone(), answer }]),
    }
}

pub(super) fn value(
    run: &Run,
    name: &str,
    value: &str,
    item: Option<&ItemId>,
    secret: bool,
) -> Result<Vec<Fact>, Refusal> {
    if let Some(id) = item {
        let (_, item) = find(run, id)?;
        if !matches!(item.kind, ItemKind::Input { .. }) {
            return Err(Refusal::WrongKind { item: id.clone(), wanted: "an input".to_owned() });
        }
        must_not_be_locked(run, id)?;
    }
    let name = words(name, "the name")?;
    let value = words(value, "the value")?;
    Ok(vec![Fact::InputRecorded { name, value, item: item.cloned(), secret }])
}

//! Confirm: what was shown may run. Also promotes a text that was only offered as a command.

use crate::engine::event::Refusal;
use crate::engine::run::Run;
use crate::journal::{Deviation, Fact, Part};
use crate::runbook::placeholder::FillError;
use crate::runbook::{Block, ItemId, Step};

use super::{find_command, must_apply, must_be_idle, must_be_resolved, must_not_be_locked, words};

pub(super) fn promote(run: &Run, item: &ItemId) -> Result<Vec<Fact>, Refusal> {
    let (_, _, block) = find_command(run, item)?;
    if block.language.runs_here() {
        Ok(vec![Fact::CommandPromoted { item: item.clone() }])
    } else {
        Err(Refusal::NotForShell)
    }
}

pub(super) fn confirm(
    run: &Run,
    id: &ItemId,
    statements: &[usize],
    shown: &str,
    reason: Option<&str>,
) -> Result<Vec<Fact>, Refusal> {
    must_be_idle(run)?;
    must_be_resolved(run)?;
    let (step, item, block) = find_command(run, id)?;
    must_apply(run, item)?;
    must_not_be_locked(run, id)?;
    must_be_executable(run, id, block)?;
    must_exist(block, statements)?;
    let parts = parts(run, block, statements, shown)?;
    let deviation = deviation(run, step, id, block, &parts);
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    if let (Some(deviation), None) = (deviation, &reason) {
        return Err(Refusal::ReasonNeeded { deviation });
    }
    Ok(vec![Fact::CommandConfirmed { item: id.clone(), parts, deviation, reason }])
}

fn must_be_executable(run: &Run, id: &ItemId, block: &Block) -> Result<(), Refusal> {
    match (block.language.runs_here(), run.is_runnable(id, block)) {
        (false, _) => Err(Refusal::NotForShell),
        (true, false) => Err(Refusal::NotPromoted),
        (true, true) => Ok(()),
    }
}

fn must_exist(block: &Block, statements: &[usize]) -> Result<(), Refusal> {
    let unknown = statements.iter().find(|index| **index >= block.statements.len());
    match unknown {
        Some(index) => Err(Refusal::Unknown { what: "statement".to_owned(), name: (index + 1).to_string() }),
        None if statements.is_empty() => Err(Refusal::Empty { what: "the choice of statements".to_owned() }),
        None => Ok(()),
    }
}

/// One part a statement when the text is as written; one part in all when it was edited.
fn parts(run: &Run, block: &Block, statements: &[usize], shown: &str) -> Result<Vec<Part>, Refusal> {
    let filled = run.fill(block, statements);
    if let Ok(parts) = &filled
        && run.missing_values(block, statements).is_empty()
        && joined(parts) == shown
    {
        return Ok(parts.clone());
    }
    if shown == joined_as_written(block, statements) {
        let missing = run.missing_values(block, statements);
        return Err(match filled {
            Err(FillError::Refused { name, reason }) => {
                Refusal::UnusableValue { why: FillError::Refused { name, reason }.to_string() }
            }
            Err(FillError::Missing(name)) if missing.is_empty() => {
                Refusal::MissingValues { names: vec![name] }
            }
            _ => Refusal::MissingValues { names: missing },
        });
    }
    let text = words(shown, "the command")?;
    Ok(vec![Part { statements: statements.to_vec(), text }])
}

fn joined(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn joined_as_written(block: &Block, statements: &[usize]) -> String {
    let texts = statements.iter().filter_map(|index| block.statements.get(*index));
    texts.map(|statement| statement.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn deviation(run: &Run, step: &Step, id: &ItemId, block: &Block, parts: &[Part]) -> Option<Deviation> {
    let covered: Vec<usize> = parts.iter().flat_map(|part| part.statements.clone()).collect();
    let as_written = run.fill(block, &covered).is_ok_and(|written| written == parts);
    let ran = |index: &usize| run.attempts_of(id).any(|attempt| attempt.part.statements.contains(index));
    let is_next = run.ask().item().is_none_or(|next| next == id);
    if !as_written {
        Some(Deviation::Edited)
    } else if (step.once || block.once) && covered.iter().any(ran) {
        Some(Deviation::OnceRepeated)
    } else if is_next {
        None
    } else {
        Some(Deviation::OutOfOrder)
    }
}

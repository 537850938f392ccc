//! Rules about the steps of a runbook.

use super::finding;
use crate::runbook::{Diagnostic, ItemKind, Phase, Runbook, Step};

/// Findings in phases and steps.
pub(super) fn check(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    for phase in &runbook.phases {
        numbers(phase, found);
        for step in &phase.steps {
            empty(step, found);
        }
    }
}

/// A step whose only gate is the one that was made from its title.
fn empty(step: &Step, found: &mut Vec<Diagnostic>) {
    let mut gates = step.items.iter().filter(|item| item.kind.is_gate());
    let linked = step.items.iter().any(|item| matches!(item.kind, ItemKind::Link { .. }));
    let made = |item: &crate::runbook::Item| matches!(&item.kind, ItemKind::Action { text } if *text == step.title && item.lines.first == step.lines.first);
    let list = step.lines.first == step.lines.last;
    if !linked && !list && gates.next().is_some_and(made) && gates.next().is_none() {
        let message = format!("the step \"{}\" holds nothing to do, check or answer", step.title);
        found.push(finding(
            "step-without-action",
            step.lines.first,
            message,
            "say what is to be done, or make it a note",
        ));
    }
}

fn numbers(phase: &Phase, found: &mut Vec<Diagnostic>) {
    let mut last: Option<u64> = None;
    for step in &phase.steps {
        let Some(number) = step.number.as_deref().and_then(|number| number.parse::<u64>().ok()) else {
            continue;
        };
        let heading = step.lines.first;
        match last {
            Some(before) if number == before => {
                found.push(finding(
                    "duplicate-step-number",
                    heading,
                    format!("there are two steps {number}"),
                    "number them in order",
                ));
            }
            Some(before) if number == 1 && before > 1 => {
                found.push(finding(
                    "broken-list",
                    heading,
                    format!("the numbers start again after {before}"),
                    "go on counting, or give the list a heading of its own",
                ));
            }
            Some(before) if number > before + 1 => {
                found.push(finding(
                    "gapped-step-number",
                    heading,
                    format!("step {number} follows step {before}"),
                    "number the steps without gaps",
                ));
            }
            _ => {}
        }
        last = Some(number);
    }
}

//! What was understood of a document: as one JSON object with flat lists that tools rely on, and as
//! the whole text, line by line, with what each line was taken for.

use std::fmt::Write;

use serde_json::{Value, json};

use super::placeholder::find;
use super::{Confidence, Form, Item, ItemId, ItemKind, Language, Phase, Runbook, Step};

/// The document as tools see it; `resolves` answers for the target of a link.
pub fn json(runbook: &Runbook, resolves: &dyn Fn(&str) -> bool) -> Value {
    let placed = placed(runbook);
    let list = |of: &Describe<'_>| -> Vec<Value> {
        placed.iter().filter_map(|(step, item)| of(*step, item)).collect()
    };
    json!({
        "title": runbook.title,
        "source": { "name": runbook.source.name, "format": runbook.source.format, "digest": runbook.source.digest },
        "phases": runbook.phases.iter().map(phase).collect::<Vec<_>>(),
        "steps": runbook.steps().map(|(phase, step)| json!({
            "id": step.id, "title": step.title, "line": step.lines.first, "phase": phase.id,
        })).collect::<Vec<_>>(),
        "commands": list(&command),
        "checks": list(&check),
        "expected": list(&|_, item| expected(item)),
        "stops": list(&|_, item| match &item.kind {
            ItemKind::StopGate { text, .. } => Some(json!({ "line": item.lines.first, "text": text })),
            _ => None,
        }),
        "placeholders": placeholders(runbook),
        "inputs": list(&input),
        "links": list(&|_, item| match &item.kind {
            ItemKind::Link { target, .. } => Some(json!({ "line": item.lines.first, "target": target, "resolves": resolves(target) })),
            _ => None,
        }),
        "diagnostics": runbook.diagnostics,
    })
}

type Describe<'a> = dyn Fn(Option<&Step>, &Item) -> Option<Value> + 'a;

/// Every item with its step, in source order.
fn placed(runbook: &Runbook) -> Vec<(Option<&Step>, &Item)> {
    let mut all = Vec::new();
    for phase in &runbook.phases {
        all.extend(phase.intro.iter().map(|item| (None, item)));
        for step in &phase.steps {
            all.extend(step.items.iter().map(|item| (Some(step), item)));
        }
    }
    all
}

fn phase(phase: &Phase) -> Value {
    let steps: Vec<&str> = phase.steps.iter().map(|step| step.id.0.as_str()).collect();
    json!({ "id": phase.id, "title": phase.title, "role": phase.role, "line": phase.line, "steps": steps })
}

fn step_id(step: Option<&Step>) -> Option<&str> {
    step.map(|step| step.id.0.as_str())
}

fn command(step: Option<&Step>, item: &Item) -> Option<Value> {
    let ItemKind::Command(block) = &item.kind else { return None };
    Some(json!({
        "id": item.id, "step": step_id(step), "line": item.lines.first, "end_line": item.lines.last, "text": block.text,
        "kind": block.language, "confidence": block.confidence, "form": form(block.form), "once": block.once, "risks": block.risks,
    }))
}

fn form(form: Form) -> &'static str {
    match form {
        Form::Block => "block",
        Form::Inline => "inline",
        Form::Plain => "plain",
    }
}

fn check(step: Option<&Step>, item: &Item) -> Option<Value> {
    let ItemKind::Check { text, .. } = &item.kind else { return None };
    Some(json!({ "id": item.id, "step": step_id(step), "line": item.lines.first, "text": text }))
}

fn expected(item: &Item) -> Option<Value> {
    let ItemKind::Expected { text, about } = &item.kind else { return None };
    let about: Option<&ItemId> = about.as_ref();
    Some(json!({ "line": item.lines.first, "text": text, "command": about }))
}

fn input(step: Option<&Step>, item: &Item) -> Option<Value> {
    let ItemKind::Input { name, prompt, pattern } = &item.kind else { return None };
    Some(
        json!({ "id": item.id, "step": step_id(step), "line": item.lines.first, "name": name, "prompt": prompt, "pattern": pattern }),
    )
}

/// Names to supply in commands, and those in the patterns of values to record.
fn placeholders(runbook: &Runbook) -> Vec<Value> {
    let mut found: Vec<(usize, String)> =
        runbook.placeholders.iter().map(|one| (one.line, one.name.clone())).collect();
    for (_, step) in runbook.steps() {
        for item in &step.items {
            if let ItemKind::Input { pattern: Some(pattern), .. } = &item.kind {
                found.extend(find::find(pattern).into_iter().map(|one| (item.lines.last, one.name)));
            }
        }
    }
    found.sort_by_key(|(line, _)| *line);
    found.into_iter().map(|(line, name)| json!({ "line": line, "name": name })).collect()
}

/// The whole document as understood: every source line once, with what it was taken for before it.
pub fn text(runbook: &Runbook) -> String {
    let lines: Vec<&str> = super::normalise::lines(&runbook.source.text).collect();
    let mut marks: Vec<String> = vec![String::new(); lines.len() + 1];
    let mut mark = |line: usize, word: &str| {
        if let Some(place) = marks.get_mut(line.saturating_sub(1))
            && place.is_empty()
        {
            word.clone_into(place);
        }
    };
    for phase in &runbook.phases {
        for step in &phase.steps {
            mark(step.lines.first, "STEP");
        }
        mark(phase.line, "PHASE");
    }
    for (_, item) in placed(runbook) {
        for line in item.lines.first..=item.lines.last.min(lines.len()) {
            mark(line, word(&item.kind));
        }
    }
    let width = lines.len().to_string().len();
    let mut shown = String::with_capacity(runbook.source.text.len() + lines.len() * (width + 12));
    for (index, (line, mark)) in lines.iter().zip(&marks).enumerate() {
        let _ = writeln!(shown, "{:>width$} {mark:<9} {line}", index + 1);
    }
    shown
}

fn word(kind: &ItemKind) -> &'static str {
    match kind {
        ItemKind::Command(block) => match (block.language, block.confidence) {
            (Language::Shell, Confidence::High) => "command",
            (Language::Shell, _) => "command?",
            _ => "elsewhere",
        },
        ItemKind::Check { watch: true, .. } => "watch",
        ItemKind::Check { .. } => "check",
        ItemKind::Action { .. } => "do",
        ItemKind::Input { .. } => "record",
        ItemKind::Expected { .. } => "expected",
        ItemKind::StopGate { .. } => "stop",
        ItemKind::Condition { .. } => "if",
        ItemKind::Choice { .. } => "choose",
        ItemKind::Trigger { .. } => "trigger",
        ItemKind::Link { .. } => "link",
        ItemKind::Note { warning: true, .. } => "warning",
        ItemKind::Note { .. } => "note",
        ItemKind::Prose { .. } => "",
    }
}

//! Which question comes when: what Enter and the verbs open, and what opens by itself.

use super::{Confirm, Dialog, Kind};
use crate::engine::{Ask, Run};
use crate::journal::{IncidentRecord, Place};
use crate::runbook::{Item, ItemId, ItemKind};
use crate::tui::field::Field;
use crate::tui::ui::{Ui, command};

/// The dialog that a question opens; `None` where there is nothing to ask.
pub fn for_ask(ui: &Ui, run: &Run, ask: &Ask) -> Option<Dialog> {
    Some(match ask {
        Ask::Wait(_) | Ask::Nothing => return None,
        Ask::Run { item, statement } => confirm(run, Confirm::written(item.clone(), *statement)),
        Ask::Promote { item } => Dialog::question(Kind::Promote(item.clone())),
        Ask::Elsewhere { item } | Ask::Judge { item } => judge(item),
        Ask::Value { item, name } => value(ui, run, item, name),
        Ask::Condition { item } => Dialog::question(Kind::Condition(item.clone())),
        Ask::Choice { item } => Dialog::question(Kind::Choice(item.clone())),
        Ask::Failed { item, attempt } => Dialog::question(Kind::Failure(item.clone(), *attempt)),
        Ask::Halted { item } => Dialog::question(Kind::Halted(item.clone())),
        Ask::Resolve { attempt, .. } => {
            let note = Field::lines("how it is known", 1).with_hint("what you looked at, and what it said");
            Dialog { fields: vec![note], ..Dialog::question(Kind::Resolve(*attempt)) }
        }
        Ask::Finish => finish(),
    })
}

/// What runs, or first the values that it needs.
pub fn confirm(run: &Run, confirm: Confirm) -> Dialog {
    if let Some((_, _, block)) = command(run, &confirm.item)
        && confirm.edited.is_none()
        && !confirm.retry
    {
        let names = run.missing_values(block, &confirm.statements(block));
        if !names.is_empty() {
            return missing_values(names, confirm.item);
        }
    }
    let reason = confirm.deviation(run).map(|_| reason_field("reason"));
    match reason {
        Some(reason) => Dialog::form(Kind::Confirm(confirm), vec![reason]),
        None => Dialog::question(Kind::Confirm(confirm)),
    }
}

fn missing_values(names: Vec<String>, then: ItemId) -> Dialog {
    let fields = names.iter().map(|name| value_field(name)).collect();
    Dialog::form(Kind::Values { names, input: None, then: Some(then) }, fields)
}

fn value_field(name: &str) -> Field {
    let mut field = Field::line(name);
    if looks_secret(name) {
        field.toggle_masked();
    }
    field
}

fn looks_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "secret", "token", "api_key", "apikey", "api-key", "private"]
        .iter()
        .any(|word| name.contains(word))
}

/// A value that an item asks for: empty, unless one was recorded before. What the output offers is
/// taken on request only.
pub fn value(ui: &Ui, run: &Run, item: &ItemId, name: &str) -> Dialog {
    let recorded = run.values().get(name).filter(|_| !run.is_secret(name));
    let mut field = value_field(name).with_text(recorded.map_or("", String::as_str));
    if !candidates(ui, run, item).is_empty() {
        field = field.with_hint("Ctrl-o takes it from the output");
    }
    let kind = Kind::Values { names: vec![name.to_owned()], input: Some(item.clone()), then: None };
    Dialog::form(kind, vec![field])
}

/// Asks for another value of a name that has one, or for one that nothing asks for yet.
pub fn any_value() -> Dialog {
    let name = Field::line("name").with_hint("as the document writes it, without its marks");
    Dialog::form(
        Kind::Values { names: Vec::new(), input: None, then: None },
        vec![name, Field::line("value")],
    )
}

/// Words of the last output that could be the value: first those that look like what the document
/// writes in its place, then the last word of each line and the line itself, newest first.
pub fn candidates(ui: &Ui, run: &Run, id: &ItemId) -> Vec<String> {
    let Some((_, item)) = run.runbook().item(id) else { return Vec::new() };
    let ItemKind::Input { pattern, .. } = &item.kind else { return Vec::new() };
    let Some(attempt) = ui.attempt_here(run) else { return Vec::new() };
    let lines = ui.outputs.last_words(attempt, 20);
    let suffix = pattern.as_deref().and_then(|pattern| pattern.rsplit_once('>')).map(|(_, suffix)| suffix);
    let mut found = Vec::new();
    if let Some(suffix) = suffix.filter(|suffix| !suffix.is_empty()) {
        let words = lines.iter().flat_map(|line| line.split_whitespace());
        found.extend(words.filter(|word| word.ends_with(suffix)).map(str::to_owned));
    }
    for line in lines.into_iter().take(5) {
        found.extend(line.split_whitespace().next_back().map(str::to_owned));
        found.push(line);
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|candidate| seen.insert(candidate.clone()));
    found
}

/// A verdict with an optional note.
pub fn judge(item: &ItemId) -> Dialog {
    Dialog::with_note(Kind::Judge(item.clone()))
}

/// The text to run instead, from the first statement that has not ended well.
pub fn edit(run: &Run, id: &ItemId) -> Option<Dialog> {
    let (_, item, block) = command(run, id)?;
    let first = run.first_open_statement(item, block).unwrap_or(0);
    let confirm = Confirm::written(id.clone(), first);
    let written = || {
        let texts = block.statements.iter().skip(first).map(|statement| statement.text.as_str());
        texts.collect::<Vec<_>>().join("\n")
    };
    let text = confirm.text(run).unwrap_or_else(|_| written());
    let fields = vec![Field::lines("command", 3).with_text(&text), reason_field("reason")];
    Some(Dialog::form(Kind::Edit(confirm), fields))
}

/// Leave this out.
pub fn skip(run: &Run, place: Place) -> Dialog {
    let optional = match &place {
        Place::Step(id) => run.runbook().step(id).is_some_and(|(_, step)| step.optional),
        Place::Item(id) => run.runbook().item(id).is_some_and(|(step, _)| step.optional),
        Place::Run => false,
    };
    let hint = if optional { "optional: the runbook allows it" } else { "why it can be left out" };
    Dialog::form(Kind::Skip(place), vec![Field::line("reason").with_hint(hint)])
}

/// A note.
pub fn note(place: Place) -> Dialog {
    Dialog::form(Kind::Note(place), vec![Field::lines("note", 3)])
}

/// An incident, with all that is known already.
pub fn incident(ui: &Ui, run: &Run, place: Place) -> Dialog {
    let known = prefilled(ui, run);
    let fields = vec![
        Field::line("Site").with_text(&known.site),
        Field::line("Date").with_text(&known.date),
        Field::line("From").with_text(&known.from),
        Field::line("To").with_text(&known.to),
        Field::lines("Symptoms", 2).with_text(&known.symptoms),
        Field::lines("Fix", 1).with_hint("what helped, if anything did yet"),
        Field::lines("Follow-up", 1).with_hint("what remains to be done about it"),
    ];
    let focus = super::Focus::Field(4);
    Dialog { focus, ..Dialog::form(Kind::Incident(place), fields) }
}

fn prefilled(ui: &Ui, run: &Run) -> IncidentRecord {
    let start = run.start();
    let failed = ui.attempt_here(run).map(|attempt| ui.outputs.last_words(attempt, 1).concat());
    let text = |of: fn(&crate::journal::RunStart) -> &String| start.map(of).cloned().unwrap_or_default();
    IncidentRecord {
        site: text(|start| &start.subject),
        date: ui.clock.now.date(),
        from: text(|start| &start.from),
        to: text(|start| &start.to),
        symptoms: failed.unwrap_or_default(),
        fix: String::new(),
        follow_up: String::new(),
    }
}

/// A question that needs a reason before its answer.
pub fn with_reason(kind: Kind) -> Dialog {
    Dialog::form(kind, vec![reason_field("reason")])
}

fn reason_field(label: &str) -> Field {
    Field::line(label).with_hint("kept in the record")
}

/// How did it end?
pub fn finish() -> Dialog {
    let note = Field::lines("note", 1).with_hint("optional; Tab to write one");
    Dialog { fields: vec![note], ..Dialog::question(Kind::Finish) }
}

/// The item to which the verbs apply where the cursor stands: the chosen one, else that of the
/// question that is open here.
pub fn item_here<'a>(ui: &Ui, run: &'a Run) -> Option<&'a Item> {
    let asked = |ask: Ask| match ask {
        Ask::Wait(attempt) => run.attempt(attempt).map(|attempt| attempt.item.clone()),
        ask => ask.item().cloned(),
    };
    let id = ui.item.clone().or_else(|| ui.ask_here(run).and_then(asked))?;
    run.runbook().item(&id).map(|(_, item)| item)
}

/// The place to which notes and incidents belong where the cursor stands.
pub fn place_here(ui: &Ui, run: &Run) -> Place {
    if let Some(item) = &ui.item {
        return Place::Item(item.clone());
    }
    ui.step(run).map_or(Place::Run, |(_, step)| Place::Step(step.id.clone()))
}

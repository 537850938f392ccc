//! What an answer does: it closes the dialog with requests, opens the next one, or complains.

use super::{Confirm, Dialog, Focus, Kind, Scope, open};
use crate::engine::{Command, Judgement, Run};
use crate::journal::{ConditionAnswer, IncidentRecord, Place, Resolution, Stop, Verdict};
use crate::protocol::{Frame, Request};
use crate::runbook::{ItemId, ItemKind};
use crate::tui::field::Field;
use crate::tui::ui::{Intent, Ui, WalkEnd, command};

/// Gives an answer by its key.
pub fn give(ui: &mut Ui, run: &Run, dialog: Dialog, key: char) -> Vec<Frame> {
    match dialog.kind.clone() {
        Kind::Confirm(confirm) => answer_confirm(ui, run, dialog, confirm, key),
        Kind::Promote(item) => answer_promote(ui, item, key),
        Kind::Judge(item) => answer_judge(ui, run, dialog, item, key),
        Kind::Condition(item) => {
            let answer = if key == 'y' { ConditionAnswer::Taken(0) } else { ConditionAnswer::NotTaken };
            vec![ui.ask(Command::Decide { item, answer })]
        }
        Kind::Choice(item) => answer_choice(ui, run, &dialog, item, key),
        Kind::Failure(item, _) | Kind::Halted(item) => answer_halted(ui, run, &item, key),
        Kind::Resolve(attempt) => {
            let resolution = match key {
                'w' => Resolution::EndedWell,
                'f' => Resolution::Failed,
                _ => Resolution::NeverRan,
            };
            let Some(note) = noted(ui, dialog, key, "say how that is known") else { return Vec::new() };
            vec![ui.ask(Command::Resolve { attempt, resolution, note })]
        }
        Kind::Override(item) => with_reason(ui, dialog, |reason| Command::Override { item, reason }),
        Kind::RollBack => with_reason(ui, dialog, |reason| Command::RollBack { reason }),
        Kind::Abandon => with_reason(ui, dialog, |reason| Command::Abandon { reason }),
        Kind::Finish => answer_finish(ui, run, dialog, key),
        Kind::Stop => {
            let how = if key == 'k' { Stop::Abort } else { Stop::Interrupt };
            vec![ui.ask(Command::Stop { how })]
        }
        Kind::Leave => {
            ui.end = Some(WalkEnd::Detached);
            vec![Frame::Request(Request::Detach)]
        }
        Kind::Edit(_) | Kind::Values { .. } | Kind::Skip(_) | Kind::Note(_) | Kind::Incident(_) => {
            send(ui, run, dialog)
        }
    }
}

fn answer_confirm(ui: &mut Ui, run: &Run, mut dialog: Dialog, mut confirm: Confirm, key: char) -> Vec<Frame> {
    match key {
        't' => {
            confirm.scope = if confirm.scope == Scope::Rest { Scope::Statement } else { Scope::Rest };
            confirm.escapes_seen = false;
        }
        'u' => confirm.escapes_seen = true,
        'e' => {
            ui.dialog = open::edit(run, &confirm.item);
            return Vec::new();
        }
        _ => return run_confirmed(ui, run, dialog, confirm),
    }
    dialog.kind = Kind::Confirm(confirm);
    ui.dialog = Some(dialog);
    Vec::new()
}

fn run_confirmed(ui: &mut Ui, run: &Run, mut dialog: Dialog, confirm: Confirm) -> Vec<Frame> {
    let reason = dialog.fields.first().map(|field| field.text().trim().to_owned());
    if reason.as_deref() == Some("") {
        complain(ui, dialog, 0, "say why this is done otherwise than written");
        return Vec::new();
    }
    let Some((_, _, block)) = command(run, &confirm.item) else { return Vec::new() };
    let text = match confirm.text(run) {
        Ok(text) => text,
        Err(why) => {
            dialog.complaint = Some(why);
            ui.dialog = Some(dialog);
            return Vec::new();
        }
    };
    let statements = confirm.statements(block);
    let item = confirm.item;
    ui.hands_on = true;
    ui.submitted = Some(dialog);
    if confirm.retry {
        return vec![ui.ask(Command::Retry { item, reason })];
    }
    ui.intent = Some(Intent::Start(item.clone()));
    vec![ui.ask(Command::Confirm { item, statements, text, reason })]
}

fn answer_promote(ui: &mut Ui, item: ItemId, key: char) -> Vec<Frame> {
    let verdict = match key {
        'p' => Verdict::Pass,
        'x' => Verdict::NotApplicable,
        _ => {
            ui.intent = Some(Intent::Confirm(item.clone()));
            return vec![ui.ask(Command::Promote { item })];
        }
    };
    vec![ui.ask(Command::Check { item, judgement: Judgement { verdict, note: String::new() } })]
}

fn answer_judge(ui: &mut Ui, run: &Run, dialog: Dialog, item: ItemId, key: char) -> Vec<Frame> {
    let verdict = match key {
        'p' => Verdict::Pass,
        'g' => Verdict::Degraded,
        'x' => Verdict::NotApplicable,
        _ => Verdict::Fail,
    };
    let note = if verdict == Verdict::Fail {
        let Some(note) = noted(ui, dialog, key, "say what is wrong") else { return Vec::new() };
        note
    } else {
        let note = dialog.fields.first().map(|field| field.text().trim().to_owned()).unwrap_or_default();
        ui.submitted = Some(dialog);
        note
    };
    let judgement = Judgement { verdict, note };
    let is_gate = run
        .runbook()
        .item(&item)
        .is_some_and(|(_, item)| matches!(item.kind, ItemKind::Expected { .. } | ItemKind::StopGate { .. }));
    let command =
        if is_gate { Command::Answer { item, judgement } } else { Command::Check { item, judgement } };
    vec![ui.ask(command)]
}

fn answer_choice(ui: &mut Ui, run: &Run, dialog: &Dialog, item: ItemId, key: char) -> Vec<Frame> {
    let answers = dialog.answers(run);
    let branch = answers.iter().position(|answer| answer.key == key).unwrap_or(0);
    let answer = if key == '0' { ConditionAnswer::NotTaken } else { ConditionAnswer::Taken(branch) };
    vec![ui.ask(Command::Decide { item, answer })]
}

fn answer_halted(ui: &mut Ui, run: &Run, item: &ItemId, key: char) -> Vec<Frame> {
    let place = || step_place(run, item);
    ui.dialog = match key {
        'r' => Some(open::confirm(run, Confirm { retry: true, ..Confirm::written(item.clone(), 0) })),
        'e' => open::edit(run, item),
        'v' => Some(open::judge(item)),
        'o' => Some(open::with_reason(Kind::Override(item.clone()))),
        'n' => Some(open::note(Place::Item(item.clone()))),
        'i' => Some(open::incident(ui, run, place())),
        's' => Some(open::skip(run, Place::Item(item.clone()))),
        'R' => Some(open::with_reason(Kind::RollBack)),
        _ => Some(open::with_reason(Kind::Abandon)),
    };
    Vec::new()
}

fn step_place(run: &Run, item: &ItemId) -> Place {
    run.runbook().item(item).map_or(Place::Run, |(step, _)| Place::Step(step.id.clone()))
}

/// A number chooses; `y` closes the run as chosen.
fn answer_finish(ui: &mut Ui, run: &Run, mut dialog: Dialog, key: char) -> Vec<Frame> {
    let outcomes = run.possible_outcomes();
    if key != 'y' {
        dialog.cursor = dialog.answers(run).iter().position(|answer| answer.key == key).unwrap_or(0);
        ui.dialog = Some(dialog);
        return Vec::new();
    }
    let Some(outcome) = outcomes.get(dialog.cursor).copied() else { return Vec::new() };
    let note = dialog.fields.first().map(|field| field.text().trim().to_owned()).unwrap_or_default();
    if outcome == crate::journal::Outcome::Abandoned {
        return with_reason(ui, dialog, |reason| Command::Abandon { reason });
    }
    ui.submitted = Some(dialog);
    vec![ui.ask(Command::Finish { outcome, note })]
}

/// The note that this answer must have; asks for it first if there is none.
fn noted(ui: &mut Ui, mut dialog: Dialog, key: char, complaint: &str) -> Option<String> {
    let note = dialog.fields.first().map(|field| field.text().trim().to_owned()).unwrap_or_default();
    if note.is_empty() {
        dialog.chosen = Some(key);
        complain(ui, dialog, 0, complaint);
        return None;
    }
    ui.submitted = Some(dialog);
    Some(note)
}

fn with_reason(ui: &mut Ui, dialog: Dialog, command: impl FnOnce(String) -> Command) -> Vec<Frame> {
    let reason = dialog.fields.first().map(|field| field.text().trim().to_owned()).unwrap_or_default();
    if reason.is_empty() {
        complain(ui, dialog, 0, "say why");
        return Vec::new();
    }
    ui.submitted = Some(dialog);
    vec![ui.ask(command(reason))]
}

fn complain(ui: &mut Ui, mut dialog: Dialog, field: usize, complaint: &str) {
    dialog.complaint = Some(complaint.to_owned());
    dialog.focus = Focus::Field(field);
    ui.dialog = Some(dialog);
}

/// Sends a form off.
pub fn send(ui: &mut Ui, run: &Run, dialog: Dialog) -> Vec<Frame> {
    let texts: Vec<String> = dialog.fields.iter().map(|field| field.text().trim().to_owned()).collect();
    let text = |index: usize| texts.get(index).cloned().unwrap_or_default();
    let command = match dialog.kind.clone() {
        Kind::Edit(confirm) => return send_edit(ui, run, dialog, confirm),
        Kind::Values { names, input, then } => return send_values(ui, dialog, &names, input.as_ref(), then),
        Kind::Skip(place) => Command::Skip { place, reason: text(0) },
        Kind::Note(place) if !text(0).is_empty() => Command::Note { place, text: text(0) },
        Kind::Incident(place) if !text(4).is_empty() => {
            let [site, date, from, to, symptoms, fix, follow_up] = [0, 1, 2, 3, 4, 5, 6].map(text);
            let incident = IncidentRecord { site, date, from, to, symptoms, fix, follow_up };
            Command::LogIncident { place, incident }
        }
        Kind::Incident(_) => {
            complain(ui, dialog, 4, "say what was seen");
            return Vec::new();
        }
        _ => {
            complain(ui, dialog, 0, "nothing was written yet");
            return Vec::new();
        }
    };
    ui.submitted = Some(dialog);
    vec![ui.ask(command)]
}

fn send_edit(ui: &mut Ui, run: &Run, dialog: Dialog, confirm: Confirm) -> Vec<Frame> {
    let text = dialog.fields.first().map(Field::text).unwrap_or_default();
    let reason = dialog.fields.get(1).cloned();
    if text.trim().is_empty() {
        complain(ui, dialog, 0, "there is nothing to run");
        return Vec::new();
    }
    if confirm.text(run).is_ok_and(|written| written == text) {
        ui.dialog = Some(open::confirm(run, Confirm { edited: None, ..confirm }));
        return Vec::new();
    }
    match reason {
        Some(reason) if !reason.is_blank() => {
            let kind = Kind::Confirm(Confirm { edited: Some(text), ..confirm });
            ui.dialog = Some(Dialog { fields: vec![reason], ..Dialog::question(kind) });
        }
        _ => complain(ui, dialog, 1, "say why it is changed"),
    }
    Vec::new()
}

fn send_values(
    ui: &mut Ui,
    dialog: Dialog,
    names: &[String],
    input: Option<&ItemId>,
    then: Option<ItemId>,
) -> Vec<Frame> {
    if let Some(blank) = dialog.fields.iter().position(Field::is_blank) {
        complain(ui, dialog, blank, "this has no value yet");
        return Vec::new();
    }
    let given: Vec<(String, String, bool)> = if names.is_empty() {
        let name = dialog.fields[0].text().trim().to_owned();
        dialog.fields.get(1).map(|field| (name, field.text(), field.is_masked())).into_iter().collect()
    } else {
        let fields = names.iter().zip(&dialog.fields);
        fields.map(|(name, field)| (name.clone(), field.text(), field.is_masked())).collect()
    };
    ui.submitted = Some(dialog);
    ui.intent = then.map(Intent::Confirm);
    let record = |(name, value, secret)| Command::Record { name, value, item: input.cloned(), secret };
    given.into_iter().map(record).map(|command| ui.ask(command)).collect()
}

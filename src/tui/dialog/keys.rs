//! Keys while a dialog is open: into its fields, through its answers, and out of it again.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Dialog, Focus, Kind, answer, open};
use crate::engine::Run;
use crate::protocol::Frame;
use crate::tui::field::Field;
use crate::tui::keymap::Gesture;
use crate::tui::layout::is_docked;
use crate::tui::ui::Ui;
use crate::tui::update::moved;
use crate::tui::view::dialog as view;

/// A key while a dialog is open.
pub(in crate::tui) fn dialog_key(
    ui: &mut Ui,
    run: &Run,
    key: KeyEvent,
    gesture: Option<Gesture>,
) -> Vec<Frame> {
    let Some(mut dialog) = ui.dialog.take() else { return Vec::new() };
    let answerable = dialog.is_answerable(ui.clock.ms);
    if dialog.discarding {
        dialog.discarding = false;
        if !(answerable && key.code == KeyCode::Char('y')) {
            ui.dialog = Some(dialog);
        }
        return Vec::new();
    }
    match dialog.focus {
        Focus::Answers => answers_key(ui, run, dialog, key, gesture.filter(|_| answerable), answerable),
        Focus::Field(index) => {
            // The table must see the dialog to know which of its keys work.
            field_key(ui, run, dialog, index, key, gesture, answerable)
        }
    }
}

fn answers_key(
    ui: &mut Ui,
    run: &Run,
    mut dialog: Dialog,
    key: KeyEvent,
    gesture: Option<Gesture>,
    answerable: bool,
) -> Vec<Frame> {
    let answers = dialog.answers(run);
    if let KeyCode::Char(character) = key.code
        && !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
    {
        if answerable && answers.iter().any(|answer| answer.key == character) {
            if character == 'y' && reads_on(ui, run, &mut dialog) {
                ui.dialog = Some(dialog);
                return Vec::new();
            }
            return answer::give(ui, run, dialog, character);
        }
        if character == 'n' && dialog.has_optional_note() {
            dialog.focus = Focus::Field(0);
            ui.dialog = Some(dialog);
            return Vec::new();
        }
    }
    let choices = if dialog.kind == Kind::Finish { answers.len().saturating_sub(1) } else { answers.len() };
    match gesture {
        Some(Gesture::Leave) => {
            leave_dialog(ui, dialog);
            return Vec::new();
        }
        Some(Gesture::Choose) if dialog.kind != Kind::Finish => {
            if let Some(chosen) = answers.get(dialog.cursor) {
                return answer::give(ui, run, dialog, chosen.key);
            }
        }
        Some(Gesture::Up) if dialog.is_menu() => dialog.cursor = moved(dialog.cursor, -1, choices),
        Some(Gesture::Down) if dialog.is_menu() => dialog.cursor = moved(dialog.cursor, 1, choices),
        Some(Gesture::Up) => dialog.scroll = dialog.scroll.saturating_sub(1),
        Some(Gesture::Down) => {
            let hidden = view::hidden_lines(run, ui, &dialog);
            dialog.scroll = dialog.scroll.saturating_add(1).min(hidden);
        }
        Some(Gesture::PageUp) if is_docked(&dialog) => scroll_output(ui, run, 5),
        Some(Gesture::PageDown) if is_docked(&dialog) => scroll_output(ui, run, -5),
        Some(Gesture::PageUp) => dialog.scroll = dialog.scroll.saturating_sub(5),
        Some(Gesture::PageDown) => {
            let hidden = view::hidden_lines(run, ui, &dialog);
            let page = view::shown_lines(run, ui, &dialog).clamp(1, 5);
            dialog.scroll = dialog.scroll.saturating_add(page).min(hidden);
        }
        Some(Gesture::First) => dialog.scroll = 0,
        Some(Gesture::Last) => dialog.scroll = view::hidden_lines(run, ui, &dialog),
        Some(Gesture::NextField) if !dialog.fields.is_empty() => dialog.focus = Focus::Field(0),
        Some(Gesture::Help) => ui.help = Some(0),
        _ => {}
    }
    ui.dialog = Some(dialog);
    Vec::new()
}

/// What is to run must have been seen to its end: shows the next screenful of it, if there is one.
fn reads_on(ui: &Ui, run: &Run, dialog: &mut Dialog) -> bool {
    let hidden = view::hidden_lines(run, ui, dialog);
    if !matches!(dialog.kind, Kind::Confirm(_)) || dialog.scroll >= hidden {
        return false;
    }
    dialog.complaint = Some("all of it must be read before it runs: y shows the next lines".to_owned());
    let page = view::shown_lines(run, ui, dialog).max(1);
    let hidden = view::hidden_lines(run, ui, dialog);
    dialog.scroll = (dialog.scroll + page).min(hidden);
    dialog.shown_at_ms = None;
    true
}

fn scroll_output(ui: &mut Ui, run: &Run, lines: i32) {
    if let Some(output) = ui.attempt_here(run).and_then(|attempt| ui.outputs.of_mut(attempt)) {
        output.screen.scroll(lines);
    }
}

fn leave_dialog(ui: &mut Ui, mut dialog: Dialog) {
    if dialog.is_changed() {
        dialog.discarding = true;
        ui.dialog = Some(dialog);
    }
}

fn field_key(
    ui: &mut Ui,
    run: &Run,
    mut dialog: Dialog,
    index: usize,
    key: KeyEvent,
    gesture: Option<Gesture>,
    answerable: bool,
) -> Vec<Frame> {
    dialog.complaint = None;
    let count = dialog.fields.len();
    let beyond = !dialog.is_sent_by_enter();
    match gesture {
        Some(Gesture::Leave) if dialog.has_optional_note() => {
            dialog.chosen = None;
            dialog.focus = Focus::Answers;
        }
        Some(Gesture::Leave) => {
            leave_dialog(ui, dialog);
            return Vec::new();
        }
        Some(Gesture::Advance | Gesture::NextField) if index + 1 < count => {
            dialog.focus = Focus::Field(index + 1);
        }
        Some(Gesture::Advance | Gesture::Send) if answerable => return complete(ui, run, dialog),
        Some(Gesture::Advance | Gesture::Send) => {}
        Some(Gesture::NextField) if beyond => dialog.focus = Focus::Answers,
        Some(Gesture::NextField) => dialog.focus = Focus::Field(0),
        Some(Gesture::PreviousField) => dialog.focus = Focus::Field((index + count - 1) % count),
        Some(Gesture::Help) => ui.help = Some(0),
        Some(Gesture::Newline) => dialog.fields[index].newline(),
        Some(Gesture::Mask) => dialog.fields.iter_mut().for_each(Field::toggle_masked),
        Some(Gesture::FromOutput) => take_from_output(ui, run, &mut dialog, index),
        _ => dialog.fields[index].key(key),
    }
    ui.dialog = Some(dialog);
    Vec::new()
}

fn take_from_output(ui: &Ui, run: &Run, dialog: &mut Dialog, index: usize) {
    let Kind::Values { input: Some(item), .. } = &dialog.kind else { return };
    let candidates = open::candidates(ui, run, item);
    let now = dialog.fields[index].text();
    let at = candidates.iter().position(|candidate| *candidate == now).map_or(0, |at| at + 1);
    if let Some(candidate) = candidates.get(at % candidates.len().max(1)) {
        dialog.fields[index].set_text(candidate);
    }
}

/// The last field is done: send the form off, give the answer that waited for it, or ask.
fn complete(ui: &mut Ui, run: &Run, mut dialog: Dialog) -> Vec<Frame> {
    if dialog.is_sent_by_enter() {
        return answer::send(ui, run, dialog);
    }
    if let Some(chosen) = dialog.chosen.take() {
        return answer::give(ui, run, dialog, chosen);
    }
    dialog.focus = Focus::Answers;
    dialog.shown_at_ms = None;
    ui.dialog = Some(dialog);
    Vec::new()
}

//! What a gesture means: it changes the state of the screen and may become requests. Also what
//! entries and other news from the supervisor do to the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::dialog::{Dialog, Focus, Kind, answer, open};
use super::field::Field;
use super::keymap::{Context, Gesture, context, gesture};
use super::layout::{detail_height, is_docked, layout, output_size};
use super::terminal::Input;
use super::ui::{Contact, Intent, Pane, Row, Ui, WalkEnd, asked_step, gates};
use crate::engine::{Ask, Command, Run};
use crate::journal::{AttemptId, Attendance, Entry, Fact, Place};
use crate::protocol::{Frame, Request};
use crate::runbook::ItemKind;
use crate::screen::{self, SearchDirection};

/// What the operator did, to the screen and as requests.
pub fn update(ui: &mut Ui, run: &Run, input: Input) -> Vec<Frame> {
    let mut frames = match input {
        Input::Key(key) => on_key(ui, run, key),
        Input::Paste(text) => paste(ui, run, &text),
        Input::Mouse(mouse) => on_mouse(ui, run, mouse),
        Input::Resized => resized(ui),
        Input::Gone => {
            ui.end = Some(WalkEnd::Detached);
            vec![Frame::Request(Request::Detach)]
        }
    };
    frames.extend(wanted_transcript(ui, run));
    frames
}

fn on_key(ui: &mut Ui, run: &Run, key: KeyEvent) -> Vec<Frame> {
    if ui.clock.ms < ui.quiet_until_ms && ui.dialog.is_none() {
        return Vec::new();
    }
    ui.message = None;
    let gesture = gesture(ui, run, key);
    match context(ui) {
        Context::Program => match gesture {
            Some(_) => leave_program(ui),
            None => return to_program(ui, run, key),
        },
        Context::Help => help_gesture(ui, gesture),
        Context::Search => return search_key(ui, run, key, gesture),
        Context::Answers | Context::Form => return dialog_key(ui, run, key, gesture),
        Context::Checklist | Context::Detail | Context::Output => {
            return gesture.map_or_else(Vec::new, |gesture| pane_gesture(ui, run, gesture));
        }
    }
    Vec::new()
}

fn to_program(ui: &Ui, run: &Run, key: KeyEvent) -> Vec<Frame> {
    let Some(running) = run.running() else { return Vec::new() };
    let modes = ui.outputs.of(running.id).map(|output| output.screen.modes()).unwrap_or_default();
    let Some((code, held)) = screen_key(key) else { return Vec::new() };
    let bytes = screen::keys::encode(code, held, modes);
    if bytes.is_empty() { Vec::new() } else { vec![Frame::Keys(bytes)] }
}

fn screen_key(key: KeyEvent) -> Option<(screen::Key, screen::KeyModifiers)> {
    use screen::Key;
    let code = match key.code {
        KeyCode::Char(character) => Key::Char(character),
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Esc => Key::Escape,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Insert => Key::Insert,
        KeyCode::Delete => Key::Delete,
        KeyCode::F(number) => Key::Function(number),
        _ => return None,
    };
    let held = screen::KeyModifiers {
        shift: key.modifiers.contains(KeyModifiers::SHIFT),
        alt: key.modifiers.contains(KeyModifiers::ALT),
        control: key.modifiers.contains(KeyModifiers::CONTROL),
    };
    Some((code, held))
}

fn leave_program(ui: &mut Ui) {
    ui.typing = false;
    ui.hands_on = false;
    ui.focus = Pane::Checklist;
    ui.zoomed = false;
}

fn paste(ui: &mut Ui, run: &Run, text: &str) -> Vec<Frame> {
    match context(ui) {
        Context::Program => {
            let Some(running) = run.running() else { return Vec::new() };
            let modes = ui.outputs.of(running.id).map(|output| output.screen.modes()).unwrap_or_default();
            return vec![Frame::Keys(screen::keys::paste(text, modes))];
        }
        Context::Search => ui.prompt.iter_mut().for_each(|prompt| prompt.paste(text)),
        Context::Form => {
            if let Some(Dialog { fields, focus: Focus::Field(index), .. }) = &mut ui.dialog
                && let Some(field) = fields.get_mut(*index)
            {
                field.paste(text);
            }
        }
        _ => {}
    }
    Vec::new()
}

fn help_gesture(ui: &mut Ui, gesture: Option<Gesture>) {
    let scroll = ui.help.unwrap_or(0);
    ui.help = match gesture {
        Some(Gesture::Up) => Some(scroll.saturating_sub(1)),
        Some(Gesture::Down) => Some(scroll.saturating_add(1)),
        Some(Gesture::PageUp) => Some(scroll.saturating_sub(10)),
        Some(Gesture::PageDown) => Some(scroll.saturating_add(10)),
        Some(Gesture::First) => Some(0),
        Some(Gesture::Leave) => None,
        _ => ui.help,
    };
}

fn search_key(ui: &mut Ui, run: &Run, key: KeyEvent, gesture: Option<Gesture>) -> Vec<Frame> {
    match gesture {
        Some(Gesture::Leave) => ui.prompt = None,
        Some(Gesture::Send) => {
            ui.pattern = ui.prompt.take().map(|prompt| prompt.text()).unwrap_or_default();
            let direction = match ui.focus {
                Pane::Output => SearchDirection::Backward,
                Pane::Checklist | Pane::Detail => SearchDirection::Forward,
            };
            find(ui, run, direction);
        }
        _ => ui.prompt.iter_mut().for_each(|prompt| prompt.key(key)),
    }
    Vec::new()
}

/// To the next place of the pattern in the pane that has the focus.
fn find(ui: &mut Ui, run: &Run, direction: SearchDirection) {
    if ui.pattern.is_empty() {
        ui.outputs.clear_search();
        return;
    }
    let pattern = ui.pattern.clone();
    let found = match (ui.focus, ui.attempt_here(run)) {
        (Pane::Output, Some(attempt)) => ui.outputs.search(attempt, &pattern, direction),
        _ => find_step(ui, run, &pattern.to_lowercase(), direction),
    };
    if !found {
        ui.complain(format!("not found: {pattern}"));
    }
}

fn find_step(ui: &mut Ui, run: &Run, pattern: &str, direction: SearchDirection) -> bool {
    let steps: Vec<_> = run.runbook().steps().map(|(_, step)| step).collect();
    let at = ui.step(run).and_then(|(_, here)| steps.iter().position(|step| step.id == here.id));
    let matches = |index: &usize| {
        let step = steps[*index];
        let title = format!("{} {}", step.number.as_deref().unwrap_or_default(), step.title);
        let mut texts = step.items.iter().map(|item| run.item_text(item));
        title.to_lowercase().contains(pattern) || texts.any(|text| text.to_lowercase().contains(pattern))
    };
    let count = steps.len();
    let from = at.unwrap_or(count.saturating_sub(1));
    let order = (1..=count).map(|distance| match direction {
        SearchDirection::Forward => (from + distance) % count,
        SearchDirection::Backward => (from + count - distance) % count,
    });
    let found = order.into_iter().find(|index| matches(index)).map(|index| steps[index].id.clone());
    found.inspect(|id| ui.place_cursor(run, Row::Step(id.clone()))).is_some()
}

fn pane_gesture(ui: &mut Ui, run: &Run, gesture: Gesture) -> Vec<Frame> {
    match gesture {
        Gesture::Primary => return primary(ui, run),
        Gesture::Up => go(ui, run, -1),
        Gesture::Down => go(ui, run, 1),
        Gesture::PageUp => go(ui, run, -page(ui, run)),
        Gesture::PageDown => go(ui, run, page(ui, run)),
        Gesture::First => go(ui, run, i32::MIN / 2),
        Gesture::Last => go(ui, run, i32::MAX / 2),
        Gesture::Left | Gesture::Right => sideways(ui, run, gesture),
        Gesture::NextPane => switch_pane(ui, run, 1),
        Gesture::PreviousPane => switch_pane(ui, run, 2),
        Gesture::Here => ui.follow(run),
        Gesture::Zoom => zoom(ui),
        Gesture::Find => ui.prompt = Some(Field::line("/")),
        Gesture::FindNext => find(ui, run, SearchDirection::Forward),
        Gesture::FindPrevious => find(ui, run, SearchDirection::Backward),
        Gesture::Help => ui.help = Some(0),
        Gesture::Leave => leave_pane(ui),
        Gesture::TakeControl => return vec![Frame::Request(Request::TakeControl)],
        verb => open_verb(ui, run, verb),
    }
    Vec::new()
}

fn open_verb(ui: &mut Ui, run: &Run, verb: Gesture) {
    let item = open::item_here(ui, run).map(|item| item.id.clone());
    let dialog = match verb {
        Gesture::Edit => item.and_then(|item| open::edit(run, &item)),
        Gesture::Skip => skip_place(ui, run).map(|place| open::skip(run, place)),
        Gesture::Note => Some(open::note(open::place_here(ui, run))),
        Gesture::Incident => {
            let place = ui.step(run).map_or(Place::Run, |(_, step)| Place::Step(step.id.clone()));
            Some(open::incident(ui, run, place))
        }
        Gesture::RollBack => Some(open::with_reason(Kind::RollBack)),
        Gesture::Abandon => Some(open::with_reason(Kind::Abandon)),
        Gesture::Value => Some(value(ui, run)),
        Gesture::Stop => Some(Dialog::question(Kind::Stop)),
        Gesture::Detach => Some(Dialog::question(Kind::Leave)),
        _ => None,
    };
    if let Some(dialog) = dialog {
        ui.open_dialog(dialog);
    }
}

/// The chosen item in the detail pane, the whole step in the checklist.
fn skip_place(ui: &Ui, run: &Run) -> Option<Place> {
    match (&ui.item, ui.focus) {
        (Some(item), Pane::Detail) => Some(Place::Item(item.clone())),
        _ => ui.step(run).map(|(_, step)| Place::Step(step.id.clone())),
    }
}

fn value(ui: &Ui, run: &Run) -> Dialog {
    let asked = open::item_here(ui, run).and_then(|item| match &item.kind {
        ItemKind::Input { name, .. } => Some((item.id.clone(), name.clone())),
        _ => None,
    });
    match asked {
        Some((item, name)) => open::value(ui, run, &item, &name),
        None => open::any_value(),
    }
}

/// Answers the open question: opens its dialog, gives the keyboard to the program, or leaves.
fn primary(ui: &mut Ui, run: &Run) -> Vec<Frame> {
    if run.outcome().is_some() {
        ui.end = Some(WalkEnd::Finished);
        return vec![Frame::Request(Request::Detach)];
    }
    if let (Row::Phase(_), Pane::Checklist) = (&ui.cursor, ui.focus)
        && !matches!(run.ask(), Ask::Wait(_) | Ask::Resolve { .. } | Ask::Finish)
    {
        toggle_phase(ui, run);
        return Vec::new();
    }
    match ui.ask_here(run) {
        None => ui.tell("everything here is settled; Tab, choose an item, Enter does it again"),
        Some(Ask::Wait(_)) => {
            ui.hands_on = true;
            ui.typing = true;
            ui.focus = Pane::Output;
        }
        Some(ask) => {
            if let Some(dialog) = open::for_ask(ui, run, &ask) {
                if matches!(ask, Ask::Resolve { .. } | Ask::Failed { .. } | Ask::Halted { .. }) {
                    ui.follow(run);
                }
                ui.open_dialog(dialog);
            }
        }
    }
    Vec::new()
}

fn toggle_phase(ui: &mut Ui, run: &Run) {
    let Some(phase) = ui.phase(run) else { return };
    let id = phase.id.clone();
    if ui.is_opened(run, phase) {
        ui.opened.remove(&id);
        ui.closed.insert(id);
    } else {
        ui.closed.remove(&id);
        ui.opened.insert(id);
    }
}

fn leave_pane(ui: &mut Ui) {
    if ui.pattern.is_empty() {
        ui.zoomed = false;
        ui.focus = Pane::Checklist;
    } else {
        ui.pattern.clear();
        ui.outputs.clear_search();
    }
}

fn zoom(ui: &mut Ui) {
    ui.zoomed = !(ui.zoomed && ui.focus == Pane::Output);
    ui.focus = if ui.zoomed { Pane::Output } else { Pane::Checklist };
}

fn switch_pane(ui: &mut Ui, run: &Run, by: usize) {
    let shown: &[Pane] = if run.attempts().is_empty() {
        &[Pane::Checklist, Pane::Detail]
    } else {
        &[Pane::Checklist, Pane::Detail, Pane::Output]
    };
    let at = shown.iter().position(|pane| *pane == ui.focus).unwrap_or(0);
    let by = if by == 1 { 1 } else { shown.len() - 1 };
    ui.focus = shown[(at + by) % shown.len()];
    ui.zoomed = false;
    if ui.focus == Pane::Checklist {
        ui.item = None;
    }
}

fn page(ui: &Ui, run: &Run) -> i32 {
    i32::from(layout(ui, run).of(ui.focus).map_or(10, |area| area.height.saturating_sub(3).max(1)))
}

/// Moves by so many lines within the focused pane.
fn go(ui: &mut Ui, run: &Run, lines: i32) {
    match ui.focus {
        Pane::Checklist => {
            let rows = ui.rows(run);
            let at = rows.iter().position(|row| *row == ui.cursor).unwrap_or(0);
            if let Some(row) = rows.get(moved(at, lines, rows.len())) {
                ui.place_cursor(run, row.clone());
            }
        }
        Pane::Detail => go_detail(ui, run, lines),
        Pane::Output => {
            if let Some(output) = ui.attempt_here(run).and_then(|attempt| ui.outputs.of_mut(attempt)) {
                match lines {
                    ..-10_000 => output.screen.scroll_to_start(),
                    10_000.. => output.screen.scroll_to_end(),
                    _ => output.screen.scroll(-lines),
                }
            }
        }
    }
}

fn moved(at: usize, by: i32, count: usize) -> usize {
    let last = i64::try_from(count).unwrap_or(i64::MAX) - 1;
    let to = i64::try_from(at).unwrap_or(0) + i64::from(by);
    usize::try_from(to.clamp(0, last.max(0))).unwrap_or(0)
}

/// One line: to the next item that can be chosen. More: the text is scrolled.
fn go_detail(ui: &mut Ui, run: &Run, lines: i32) {
    let items: Vec<_> = ui
        .step(run)
        .map(|(_, step)| gates(run, step).map(|item| item.id.clone()).collect())
        .unwrap_or_default();
    if lines.abs() > 1 || items.is_empty() {
        let (start, last) = super::view::detail::scroll_range(ui, run, detail_height(ui, run));
        ui.detail_scroll =
            Some(u16::try_from(moved(start.into(), lines, usize::from(last) + 1)).unwrap_or(0));
        return;
    }
    ui.detail_scroll = None;
    let here = open::item_here(ui, run).map(|item| item.id.clone());
    let at = here.and_then(|id| items.iter().position(|item| *item == id));
    let to =
        at.map_or(0, |at| if ui.item.is_none() && lines == 0 { at } else { moved(at, lines, items.len()) });
    ui.item = items.get(to).cloned();
}

fn sideways(ui: &mut Ui, run: &Run, gesture: Gesture) {
    let opened = ui.phase(run).is_some_and(|phase| ui.is_opened(run, phase));
    match (ui.focus, &ui.cursor, gesture) {
        (Pane::Checklist, Row::Phase(_), Gesture::Left) if opened => toggle_phase(ui, run),
        (Pane::Checklist, Row::Phase(_), Gesture::Right) if !opened => toggle_phase(ui, run),
        (Pane::Checklist, Row::Step(_), Gesture::Left) => {
            if let Some(phase) = ui.phase(run) {
                let row = Row::Phase(phase.id.clone());
                ui.place_cursor(run, row);
            }
        }
        (Pane::Checklist, _, _) if gesture == Gesture::Right => ui.focus = Pane::Detail,
        (Pane::Detail, _, Gesture::Left) => {
            ui.focus = Pane::Checklist;
            ui.item = None;
        }
        (Pane::Detail, _, Gesture::Right) if !run.attempts().is_empty() => ui.focus = Pane::Output,
        (Pane::Output, _, Gesture::Left) => {
            ui.focus = Pane::Detail;
            ui.zoomed = false;
        }
        _ => {}
    }
}

fn dialog_key(ui: &mut Ui, run: &Run, key: KeyEvent, gesture: Option<Gesture>) -> Vec<Frame> {
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
            let hidden = super::view::dialog::hidden_lines(run, ui, &dialog);
            dialog.scroll = dialog.scroll.saturating_add(1).min(hidden);
        }
        Some(Gesture::PageUp) if is_docked(&dialog) => scroll_output(ui, run, 5),
        Some(Gesture::PageDown) if is_docked(&dialog) => scroll_output(ui, run, -5),
        Some(Gesture::PageUp) => dialog.scroll = dialog.scroll.saturating_sub(5),
        Some(Gesture::PageDown) => {
            let hidden = super::view::dialog::hidden_lines(run, ui, &dialog);
            let page = super::view::dialog::shown_lines(run, ui, &dialog).clamp(1, 5);
            dialog.scroll = dialog.scroll.saturating_add(page).min(hidden);
        }
        Some(Gesture::NextField) if !dialog.fields.is_empty() => dialog.focus = Focus::Field(0),
        Some(Gesture::Help) => ui.help = Some(0),
        _ => {}
    }
    ui.dialog = Some(dialog);
    Vec::new()
}

/// What is to run must have been seen to its end: shows the next screenful of it, if there is one.
fn reads_on(ui: &Ui, run: &Run, dialog: &mut Dialog) -> bool {
    let hidden = super::view::dialog::hidden_lines(run, ui, dialog);
    if !matches!(dialog.kind, Kind::Confirm(_)) || dialog.scroll >= hidden {
        return false;
    }
    dialog.complaint = Some("all of it must be read before it runs: y shows the next lines".to_owned());
    let page = super::view::dialog::shown_lines(run, ui, dialog).max(1);
    let hidden = super::view::dialog::hidden_lines(run, ui, dialog);
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

fn on_mouse(ui: &mut Ui, run: &Run, mouse: MouseEvent) -> Vec<Frame> {
    if ui.dialog.is_some() || ui.help.is_some() || ui.prompt.is_some() {
        return Vec::new();
    }
    let at = Position::new(mouse.column, mouse.row);
    let panes = layout(ui, run);
    let Some(pane) = panes.at(at) else { return Vec::new() };
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            ui.typing = pane == Pane::Output && run.running().is_some() && ui.typing;
            ui.focus = pane;
            if let (Pane::Checklist, Some(area)) = (pane, panes.checklist) {
                let first = super::view::checklist::first_row(ui, run, area);
                let rows = ui.rows(run);
                let index = first + usize::from(at.y.saturating_sub(area.y + 1));
                if let Some(row) = rows.get(index) {
                    ui.place_cursor(run, row.clone());
                }
            }
        }
        MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
            let lines = if mouse.kind == MouseEventKind::ScrollUp { -3 } else { 3 };
            let focus = std::mem::replace(&mut ui.focus, pane);
            go(ui, run, lines);
            ui.focus = focus;
        }
        _ => {}
    }
    Vec::new()
}

fn resized(ui: &mut Ui) -> Vec<Frame> {
    let size = output_size(ui);
    ui.outputs.resize(size);
    if ui.attendance == Attendance::Watches {
        return Vec::new();
    }
    vec![Frame::Request(Request::Resize { columns: size.0, rows: size.1 })]
}

/// The output of the step under the cursor is asked for when it is not at hand.
pub fn wanted_transcript(ui: &mut Ui, run: &Run) -> Option<Frame> {
    let attempt = ui.attempt_here(run)?;
    if ui.outputs.has(attempt) || ui.contact != Contact::Up {
        return None;
    }
    let running = run.running().is_some_and(|running| running.id == attempt);
    ui.outputs.await_transcript(attempt, output_size(ui), running);
    Some(Frame::Request(Request::Transcript { attempt }))
}

/// An entry came: the run takes it in and the screen follows.
pub fn on_entry(ui: &mut Ui, run: &mut Run, entry: &Entry) -> Vec<Frame> {
    let before = run.ask();
    let stood = asked_step(run, &before);
    let followed = match (&ui.cursor, &stood) {
        (Row::Step(at), Some(stood)) => at == stood,
        _ => true,
    };
    run.apply(entry);
    ui.submitted = None;
    let after = run.ask();
    if followed && ui.dialog.is_none() && (asked_step(run, &after) != stood || before != after) {
        ui.follow(run);
    }
    let mut frames = match &entry.fact {
        Fact::CommandStarted { attempt, .. } => {
            ui.outputs.begin(*attempt, follows(run, *attempt), output_size(ui));
            if ui.hands_on && ui.dialog.is_none() {
                ui.typing = true;
                ui.focus = Pane::Output;
            }
            resized(ui)
        }
        Fact::CommandExited { .. } | Fact::CommandLost { .. } => {
            ended(ui);
            Vec::new()
        }
        Fact::RunFinished { outcome, .. } => {
            ui.tell(format!("the run has ended: {}; {} entries are recorded", outcome.words(), entry.seq));
            Vec::new()
        }
        _ => Vec::new(),
    };
    frames.extend(pursue(ui, run, entry));
    if after != before && matches!(after, Ask::Failed { .. } | Ask::Halted { .. }) {
        open_by_itself(ui, run, &after);
    }
    frames.extend(wanted_transcript(ui, run));
    frames
}

/// The attempt before this one, if both are statements of one block, one after the other.
fn follows(run: &Run, attempt: AttemptId) -> Option<AttemptId> {
    let this = run.attempt(attempt)?;
    let before = run.attempts().iter().rfind(|other| other.id < attempt)?;
    let goes_on = before.item == this.item && before.part.statements.last() < this.part.statements.first();
    (goes_on && before.succeeded()).then_some(before.id)
}

/// Keys that were meant for the program must not become verbs.
fn ended(ui: &mut Ui) {
    ui.echo_hidden = false;
    if ui.typing {
        ui.typing = false;
        ui.focus = Pane::Checklist;
        ui.zoomed = false;
        ui.quiet_until_ms = ui.clock.ms + super::dialog::UNANSWERABLE_MS;
    }
}

fn open_by_itself(ui: &mut Ui, run: &Run, ask: &Ask) {
    let free = ui.dialog.is_none() && ui.help.is_none() && ui.prompt.is_none();
    if free
        && ui.attendance == Attendance::Controls
        && let Some(dialog) = open::for_ask(ui, run, ask)
    {
        ui.follow(run);
        ui.open_dialog(dialog);
    }
}

/// Does what waited for this entry.
fn pursue(ui: &mut Ui, run: &Run, entry: &Entry) -> Vec<Frame> {
    match (ui.intent.clone(), &entry.fact) {
        (Some(Intent::Start(wanted)), Fact::CommandConfirmed { item, .. }) if *item == wanted => {
            ui.intent = None;
            vec![ui.ask(Command::Start { item: wanted })]
        }
        (Some(Intent::Confirm(wanted)), Fact::InputRecorded { .. } | Fact::CommandPromoted { .. }) => {
            let Some((_, item, block)) = super::ui::command(run, &wanted) else { return Vec::new() };
            let first = run.first_open_statement(item, block).unwrap_or(0);
            let rest: Vec<usize> = (first..block.statements.len()).collect();
            if run.missing_values(block, &rest).is_empty() && ui.dialog.is_none() {
                ui.intent = None;
                let confirm = super::dialog::Confirm::written(wanted.clone(), first);
                let dialog = open::confirm(run, confirm);
                ui.open_dialog(dialog);
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// A wish was refused: say why, and give back what was typed for it.
pub fn on_refusal(ui: &mut Ui, why: &str) {
    ui.intent = None;
    match ui.submitted.take() {
        Some(mut dialog) if ui.dialog.is_none() => {
            dialog.complaint = Some(why.to_owned());
            dialog.shown_at_ms = None;
            ui.dialog = Some(dialog);
        }
        _ => ui.complain(why),
    }
}

/// A frame was shown: a dialog on it counts as seen from now.
pub fn drawn(ui: &mut Ui) {
    let now = ui.clock.ms;
    if let Some(dialog) = &mut ui.dialog {
        dialog.shown_at_ms.get_or_insert(now);
    }
}

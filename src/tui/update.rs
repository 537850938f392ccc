//! What a gesture means: it changes the state of the screen and may become requests.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::dialog::keys::dialog_key;
use super::dialog::{Dialog, Focus, Kind, open};
use super::field::Field;
use super::keymap::{Context, Gesture, context, gesture};
use super::layout::{detail_height, layout, output_size};
use super::news::wanted_transcript;
use super::terminal::Input;
use super::ui::{Pane, Row, Ui, WalkEnd, gates};
use crate::engine::{Ask, Run};
use crate::journal::{Attendance, Place};
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
        Gesture::Detach if run.outcome().is_some() => return leave_ended(ui),
        Gesture::Leave if run.outcome().is_some() && !ui.zoomed && ui.pattern.is_empty() => {
            return leave_ended(ui);
        }
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
pub(super) fn skip_place(ui: &Ui, run: &Run) -> Option<Place> {
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
        return leave_ended(ui);
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

/// Nothing goes on that could be left behind by mistake.
fn leave_ended(ui: &mut Ui) -> Vec<Frame> {
    ui.end = Some(WalkEnd::Finished);
    vec![Frame::Request(Request::Detach)]
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

pub(super) fn moved(at: usize, by: i32, count: usize) -> usize {
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

pub(super) fn resized(ui: &mut Ui) -> Vec<Frame> {
    let size = output_size(ui);
    ui.outputs.resize(size);
    if ui.attendance == Attendance::Watches {
        return Vec::new();
    }
    vec![Frame::Request(Request::Resize { columns: size.0, rows: size.1 })]
}

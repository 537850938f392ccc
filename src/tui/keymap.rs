//! Which key means what, where: one table from which gestures, the key bar and help are made.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::dialog::Focus;
use super::theme::Theme;
use super::ui::{Pane, Row, Ui};
use crate::engine::{Ask, Run, StepState};
use crate::journal::{Attendance, Place};

/// Where the keys of a binding are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// The checklist has the focus.
    Checklist,
    /// The step's text has the focus.
    Detail,
    /// The output has the focus, its program does not.
    Output,
    /// Keys go to the running program.
    Program,
    /// A question waits for an answer.
    Answers,
    /// Something is typed into a form.
    Form,
    /// A search is typed.
    Search,
    /// Help is shown.
    Help,
}

/// What an operator means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// Answer the open question.
    Primary,
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// Fold the group, or go back a pane.
    Left,
    /// Unfold the group, or go on a pane.
    Right,
    /// One screenful up.
    PageUp,
    /// One screenful down.
    PageDown,
    /// To the beginning.
    First,
    /// To the end.
    Last,
    /// To the next pane.
    NextPane,
    /// To the pane before.
    PreviousPane,
    /// To where the run stands.
    Here,
    /// Change the command before it runs.
    Edit,
    /// Leave the step or item out.
    Skip,
    /// Take a note.
    Note,
    /// Log an incident.
    Incident,
    /// Take the way back.
    RollBack,
    /// Record a value.
    Value,
    /// The output on the whole screen, or no longer.
    Zoom,
    /// Stop the running command.
    Stop,
    /// Act instead of looking on.
    TakeControl,
    /// Look for a text.
    Find,
    /// To its next place.
    FindNext,
    /// To its place before.
    FindPrevious,
    /// Leave the screen.
    Detach,
    /// Give the run up.
    Abandon,
    /// Show or hide help.
    Help,
    /// Leave what is open.
    Leave,
    /// Take the keys back from the program.
    LeaveProgram,
    /// Send the form off.
    Send,
    /// Break the line in a field.
    Newline,
    /// To the next field, or from the last one on.
    Advance,
    /// Choose the line under the cursor.
    Choose,
    /// To the next field.
    NextField,
    /// To the field before.
    PreviousField,
    /// Show or hide what is typed.
    Mask,
    /// Take the value from the output.
    FromOutput,
}

/// Keys, what they mean, where, in which words.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Where.
    pub contexts: &'static [Context],
    /// The keys; the first is shown in the key bar.
    pub keys: &'static [Key],
    /// What they mean.
    pub gesture: Gesture,
    /// In the key bar; empty for keys that are only in help.
    pub short: &'static str,
    /// In help.
    pub words: &'static str,
}

/// A key with what is held down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(pub KeyCode, pub KeyModifiers);

const fn key(character: char) -> Key {
    Key(KeyCode::Char(character), KeyModifiers::NONE)
}

const fn control(character: char) -> Key {
    Key(KeyCode::Char(character), KeyModifiers::CONTROL)
}

const fn plain(code: KeyCode) -> Key {
    Key(code, KeyModifiers::NONE)
}

impl Key {
    fn matches(self, event: KeyEvent) -> bool {
        let held = match event.code {
            KeyCode::Char(_) | KeyCode::BackTab => event.modifiers.difference(KeyModifiers::SHIFT),
            _ => event.modifiers,
        };
        self.0 == event.code && self.1 == held
    }

    /// As it is shown: `Enter`, `Ctrl-]`, `R`.
    pub fn name(self, theme: &Theme) -> String {
        let [up, down, left, right] = theme.glyphs.arrows;
        let name = match self.0 {
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(character) => character.to_string(),
            KeyCode::Up => up.to_owned(),
            KeyCode::Down => down.to_owned(),
            KeyCode::Left => left.to_owned(),
            KeyCode::Right => right.to_owned(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            KeyCode::BackTab => "Shift-Tab".to_owned(),
            KeyCode::F(number) => format!("F{number}"),
            code => format!("{code:?}"),
        };
        match self.1 {
            KeyModifiers::CONTROL => format!("Ctrl-{name}"),
            KeyModifiers::ALT => format!("Alt-{name}"),
            _ => name,
        }
    }
}

use Context::{Answers, Checklist, Detail, Form, Help, Output, Program, Search};

const PANES: &[Context] = &[Checklist, Detail, Output];
const READING: &[Context] = &[Checklist, Detail, Output, Help];

const fn bind(
    contexts: &'static [Context],
    keys: &'static [Key],
    gesture: Gesture,
    short: &'static str,
    words: &'static str,
) -> Binding {
    Binding { contexts, keys, gesture, short, words }
}

/// All bindings, in the order of the key bar.
pub const TABLE: &[Binding] = &[
    bind(PANES, &[plain(KeyCode::Enter)], Gesture::Primary, "", "answer the open question"),
    bind(PANES, &[key('e')], Gesture::Edit, "edit", "edit the command before it runs"),
    bind(PANES, &[key('x')], Gesture::Stop, "stop", "stop the running command"),
    bind(PANES, &[key('s')], Gesture::Skip, "skip", "skip this step, or the chosen item"),
    bind(PANES, &[key('n')], Gesture::Note, "note", "take a note"),
    bind(PANES, &[key('i')], Gesture::Incident, "incident", "log an incident"),
    bind(PANES, &[key('R')], Gesture::RollBack, "roll back", "roll back"),
    bind(PANES, &[key('o')], Gesture::Zoom, "output", "the output on the whole screen, and back"),
    bind(PANES, &[plain(KeyCode::BackTab)], Gesture::PreviousPane, "", "previous pane"),
    bind(PANES, &[key('n')], Gesture::FindNext, "next", "next place of the text looked for"),
    bind(PANES, &[key('N')], Gesture::FindPrevious, "previous", "previous place of the text looked for"),
    bind(PANES, &[key('t')], Gesture::TakeControl, "take control", "act instead of looking on"),
    bind(PANES, &[key('/')], Gesture::Find, "find", "find in this pane"),
    bind(PANES, &[key('d'), control('c')], Gesture::Detach, "detach", "leave; the run goes on"),
    bind(PANES, &[plain(KeyCode::Tab)], Gesture::NextPane, "pane", "next pane"),
    bind(PANES, &[key('v')], Gesture::Value, "value", "record a value"),
    bind(PANES, &[key('a')], Gesture::Abandon, "", "abandon the run"),
    bind(READING, &[plain(KeyCode::Up), key('k')], Gesture::Up, "", "up"),
    bind(READING, &[plain(KeyCode::Down), key('j')], Gesture::Down, "", "down"),
    bind(PANES, &[plain(KeyCode::Left), key('h')], Gesture::Left, "", "close the phase, or one pane back"),
    bind(PANES, &[plain(KeyCode::Right), key('l')], Gesture::Right, "", "open the phase, or one pane on"),
    bind(READING, &[plain(KeyCode::PageUp), control('b')], Gesture::PageUp, "", "a page up"),
    bind(READING, &[plain(KeyCode::PageDown), control('f')], Gesture::PageDown, "", "a page down"),
    bind(READING, &[key('g'), plain(KeyCode::Home)], Gesture::First, "", "to the beginning"),
    bind(READING, &[key('G'), plain(KeyCode::End)], Gesture::Last, "", "to the end"),
    bind(PANES, &[key('.')], Gesture::Here, "", "to where the run stands"),
    bind(PANES, &[plain(KeyCode::Esc), key('q')], Gesture::Leave, "", "end the search or the zoom"),
    bind(PANES, &[key('?'), plain(KeyCode::F(1))], Gesture::Help, "help", "the keys that work here"),
    bind(
        &[Program],
        &[control(']'), control('5')],
        Gesture::LeaveProgram,
        "gives the keys back",
        "take the keys back from the command; it goes on",
    ),
    bind(&[Answers], &[plain(KeyCode::Enter)], Gesture::Choose, "", "choose the marked line"),
    bind(&[Answers], &[plain(KeyCode::Up), key('k')], Gesture::Up, "", "up"),
    bind(&[Answers], &[plain(KeyCode::Down), key('j')], Gesture::Down, "", "down"),
    bind(
        &[Answers],
        &[plain(KeyCode::PageUp)],
        Gesture::PageUp,
        "",
        "a page up: in the output, where it is beside the question",
    ),
    bind(
        &[Answers],
        &[plain(KeyCode::PageDown)],
        Gesture::PageDown,
        "",
        "a page down: in the output, where it is beside the question",
    ),
    bind(&[Answers], &[key('g'), plain(KeyCode::Home)], Gesture::First, "", "to the beginning of the text"),
    bind(&[Answers], &[key('G'), plain(KeyCode::End)], Gesture::Last, "", "to the end of the text"),
    bind(&[Answers], &[plain(KeyCode::Tab)], Gesture::NextField, "write", "write into the field"),
    bind(&[Answers], &[plain(KeyCode::Esc), key('q')], Gesture::Leave, "back", "back; nothing is answered"),
    bind(&[Answers], &[key('?'), plain(KeyCode::F(1))], Gesture::Help, "help", "the keys that work here"),
    bind(&[Form], &[plain(KeyCode::Enter)], Gesture::Advance, "next", "next field; from the last one, on"),
    bind(&[Form], &[control('s')], Gesture::Send, "", "on from any field"),
    bind(&[Form], &[plain(KeyCode::Tab)], Gesture::NextField, "", "next field"),
    bind(&[Form], &[plain(KeyCode::BackTab)], Gesture::PreviousField, "", "previous field"),
    bind(
        &[Form],
        &[Key(KeyCode::Enter, KeyModifiers::ALT), control('j')],
        Gesture::Newline,
        "new line",
        "new line in the field",
    ),
    bind(
        &[Form],
        &[control('o')],
        Gesture::FromOutput,
        "from the output",
        "take a word of the output, or a line; again for the next",
    ),
    bind(&[Form], &[control('t')], Gesture::Mask, "secret", "secret or not: what is secret is never written"),
    bind(&[Form], &[plain(KeyCode::Esc)], Gesture::Leave, "back", "back; what was typed is not lost unasked"),
    bind(&[Form], &[plain(KeyCode::F(1))], Gesture::Help, "help", "the keys that work here"),
    bind(&[Search], &[plain(KeyCode::Enter)], Gesture::Send, "find", "find"),
    bind(&[Search], &[plain(KeyCode::Esc)], Gesture::Leave, "back", "back"),
    bind(
        &[Help],
        &[key('?'), plain(KeyCode::Esc), key('q'), plain(KeyCode::Enter)],
        Gesture::Leave,
        "back",
        "back",
    ),
];

/// Where keys go now.
pub fn context(ui: &Ui) -> Context {
    if ui.help.is_some() {
        return Help;
    }
    if ui.prompt.is_some() {
        return Search;
    }
    match &ui.dialog {
        Some(dialog) if dialog.focus == Focus::Answers => Answers,
        Some(_) => Form,
        None if ui.typing => Program,
        None => match ui.focus {
            Pane::Checklist => Checklist,
            Pane::Detail => Detail,
            Pane::Output => Output,
        },
    }
}

/// What a key means here and now; `None` for a key without a meaning of its own.
pub fn gesture(ui: &Ui, run: &Run, event: KeyEvent) -> Option<Gesture> {
    here(ui, run)
        .find(|binding| binding.keys.iter().any(|key| key.matches(event)))
        .map(|binding| binding.gesture)
}

/// The bindings that work here and now, in the order of the key bar.
pub fn here<'a>(ui: &'a Ui, run: &'a Run) -> impl Iterator<Item = &'static Binding> + 'a {
    of_context(ui, run, context(ui))
}

/// The bindings that work in this context now.
pub fn of_context<'a>(
    ui: &'a Ui,
    run: &'a Run,
    context: Context,
) -> impl Iterator<Item = &'static Binding> + 'a {
    TABLE.iter().filter(move |binding| {
        binding.contexts.contains(&context) && works(ui, run, context, binding.gesture)
    })
}

fn works(ui: &Ui, run: &Run, context: Context, gesture: Gesture) -> bool {
    let in_form = matches!(context, Form | Answers);
    match gesture {
        Gesture::FindNext | Gesture::FindPrevious => !ui.pattern.is_empty(),
        Gesture::Note if !in_form && !ui.pattern.is_empty() => false,
        Gesture::Up
        | Gesture::Down
        | Gesture::PageUp
        | Gesture::PageDown
        | Gesture::First
        | Gesture::Last
        | Gesture::Choose
        | Gesture::Newline
        | Gesture::FromOutput
        | Gesture::Mask
        | Gesture::NextField
        | Gesture::PreviousField
            if in_form =>
        {
            works_in_dialog(ui, run, gesture)
        }
        Gesture::TakeControl => ui.attendance == Attendance::Watches,
        Gesture::Leave if !in_form && context != Help && context != Search => {
            ui.zoomed || !ui.pattern.is_empty() || run.outcome().is_some()
        }
        Gesture::Zoom => !run.attempts().is_empty(),
        Gesture::Primary
        | Gesture::Edit
        | Gesture::Skip
        | Gesture::Note
        | Gesture::Incident
        | Gesture::RollBack
        | Gesture::Value
        | Gesture::Stop
        | Gesture::Abandon => ui.attendance == Attendance::Controls && acts(ui, run, gesture),
        _ => true,
    }
}

fn works_in_dialog(ui: &Ui, run: &Run, gesture: Gesture) -> bool {
    let Some(dialog) = &ui.dialog else { return false };
    let field = match dialog.focus {
        Focus::Field(index) => dialog.fields.get(index),
        Focus::Answers => None,
    };
    match gesture {
        Gesture::Choose => dialog.is_menu(),
        Gesture::Up | Gesture::Down | Gesture::PageUp | Gesture::PageDown => dialog.focus == Focus::Answers,
        Gesture::First | Gesture::Last => matches!(dialog.kind, super::dialog::Kind::Confirm(_)),
        Gesture::Newline => field.is_some_and(super::field::Field::is_multiline),
        Gesture::NextField => !dialog.fields.is_empty(),
        Gesture::PreviousField => dialog.fields.len() > 1,
        Gesture::FromOutput => {
            matches!(&dialog.kind, super::dialog::Kind::Values { input: Some(item), .. }
                if !super::dialog::open::candidates(ui, run, item).is_empty())
        }
        _ => matches!(dialog.kind, super::dialog::Kind::Values { .. }),
    }
}

/// Whether a verb means something where the cursor and the run stand.
fn acts(ui: &Ui, run: &Run, gesture: Gesture) -> bool {
    if run.outcome().is_some() {
        return gesture == Gesture::Primary;
    }
    let runs = run.running().is_some();
    match gesture {
        Gesture::Primary => primary_words(ui, run).is_some(),
        Gesture::Stop => runs,
        Gesture::Edit => !runs && editable(ui, run),
        Gesture::Skip => !runs && skippable(ui, run),
        Gesture::RollBack => !runs && run.rollback_reason().is_none(),
        Gesture::Abandon => !runs,
        _ => true,
    }
}

/// Whether what would be left out is still open.
fn skippable(ui: &Ui, run: &Run) -> bool {
    match super::update::skip_place(ui, run) {
        Some(Place::Item(id)) => {
            run.runbook().item(&id).is_some_and(|(_, item)| !run.item_state(item).is_settled())
        }
        Some(Place::Step(id)) => run.runbook().step(&id).is_some_and(|(_, step)| {
            !matches!(run.step_state(step), StepState::Done | StepState::DoneWithIssues | StepState::Skipped)
        }),
        _ => false,
    }
}

fn editable(ui: &Ui, run: &Run) -> bool {
    let here = super::dialog::open::item_here(ui, run);
    here.is_some_and(|item| match &item.kind {
        crate::runbook::ItemKind::Command(block) => run.is_runnable(&item.id, block),
        _ => false,
    })
}

/// What Enter does where the cursor stands.
pub fn primary_words(ui: &Ui, run: &Run) -> Option<&'static str> {
    if run.outcome().is_some() {
        return Some("leave");
    }
    let Some(ask) = ui.ask_here(run) else {
        return matches!(ui.cursor, Row::Phase(_)).then(|| fold_words(ui, run));
    };
    Some(match ask {
        Ask::Wait(_) => "type into it",
        Ask::Run { .. } => "run",
        Ask::Promote { .. } => "a command?",
        Ask::Elsewhere { .. } | Ask::Judge { .. } | Ask::Condition { .. } => "answer",
        Ask::Value { .. } => "record the value",
        Ask::Choice { .. } => "choose",
        Ask::Failed { .. } | Ask::Halted { .. } => "what now?",
        Ask::Resolve { .. } => "what became of it?",
        Ask::Finish => "close the run",
        Ask::Nothing => "leave",
    })
}

fn fold_words(ui: &Ui, run: &Run) -> &'static str {
    if ui.phase(run).is_some_and(|phase| ui.is_opened(run, phase)) { "close" } else { "open" }
}

//! Preflight: what was understood of a runbook, what is known of it, and what a run of it needs.
//! Begins nothing itself.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Size;
use tokio::time::timeout;

use super::around::{self, Binding, Gesture, MOVING, Press, bind, key};
use super::field::Field;
use super::home::FollowUpLine;
use super::terminal::{Input, Terminal, TuiError};
use super::theme::Theme;
use super::ui::LastTime;
use super::view;
use crate::runbook::{Diagnostic, Runbook};

/// The screen must have been seen for so long before a key can approve anything.
const SEEN: Duration = Duration::from_millis(150);

/// What a run needs to know before it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beginning {
    /// What is being upgraded.
    pub subject: String,
    /// Version before; may be empty.
    pub from: String,
    /// Version after; may be empty.
    pub to: String,
    /// What to go back to; may be empty.
    pub rollback_point: String,
}

/// A subject of earlier runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSubject {
    /// Its name.
    pub subject: String,
    /// The version it was left at; may be empty.
    pub version: String,
}

/// Everything preflight shows.
#[derive(Debug, Clone)]
pub struct PreflightData {
    /// The document as understood.
    pub runbook: Arc<Runbook>,
    /// What lint found.
    pub diagnostics: Vec<Diagnostic>,
    /// What broke before.
    pub last_time: Vec<LastTime>,
    /// Follow-ups that are still open.
    pub follow_ups: Vec<FollowUpLine>,
    /// What changed in the text since the last run, as a unified diff.
    pub changed: Option<String>,
    /// When it last ran, how that ended and how long it took, in a line.
    pub previous: Option<String>,
    /// What would and would not end a running command on this host, in a line.
    pub survival: String,
    /// Whether exactly this text was approved before.
    pub approved: bool,
    /// Who will have begun the run.
    pub operator: String,
    /// What was given already.
    pub defaults: Beginning,
    /// Subjects of earlier runs, the latest first.
    pub known_subjects: Vec<KnownSubject>,
}

/// What the operator chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreflightChoice {
    /// The text is approved; begin a run of it.
    Begin(Beginning),
    /// Back to where one came from.
    Back,
    /// Leave.
    Quit,
}

/// Where the keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// The overview scrolls.
    Overview,
    /// This field is typed in.
    Field(usize),
    /// The run can begin.
    Begin,
}

/// The fields, in order.
pub const FIELDS: [&str; 4] = ["subject", "from", "to", "rollback point"];
const SUBJECT: usize = 0;
const FROM: usize = 1;

/// The state of the screen.
#[derive(Debug)]
pub struct PreflightUi {
    /// Glyphs and styles.
    pub theme: Theme,
    /// The terminal's size.
    pub size: Size,
    /// What is shown.
    pub data: PreflightData,
    /// Whether the text may be run.
    pub approved: bool,
    /// As [`FIELDS`].
    pub fields: Vec<Field>,
    /// Where the keys go.
    pub focus: Focus,
    /// The first line of the overview that is shown.
    pub scroll: usize,
    /// Why something was not done, until the next key.
    pub message: Option<String>,
    /// Whether help is shown, and how far it is scrolled.
    pub help: Option<u16>,
    /// Whether the screen was seen long enough for a key to approve anything.
    pub seen: bool,
    known: Option<usize>,
}

const LEAVING: [Binding; 3] = [
    bind(&[Press::Plain(KeyCode::Esc), key('q')], Gesture::Leave, "back", "back"),
    bind(&[Press::Control('c')], Gesture::Quit, "", "quit"),
    bind(&[key('?')], Gesture::Help, "help", "this help"),
];
const TURNING: [Binding; 2] = [
    bind(&[Press::Plain(KeyCode::Tab)], Gesture::Next, "next", "to the next field or pane"),
    bind(&[Press::Plain(KeyCode::BackTab)], Gesture::Previous, "", "to the field or pane before"),
];
const APPROVE: Binding =
    bind(&[key('y')], Gesture::Approve, "approve this text", "approve exactly this text for running");
const GO_ON: Binding =
    bind(&[Press::Plain(KeyCode::Enter)], Gesture::Choose, "go on", "go on to what a run needs");
const BEGIN: Binding =
    bind(&[Press::Plain(KeyCode::Enter)], Gesture::Choose, "begin the run", "begin the run");
const IN_FIELD: [Binding; 7] = [
    bind(&[Press::Plain(KeyCode::Enter)], Gesture::Choose, "go on", "to the next field"),
    bind(&[Press::Plain(KeyCode::Down)], Gesture::Down, "offer", "the next value that is known"),
    bind(&[Press::Plain(KeyCode::Up)], Gesture::Up, "", "the value before that is known"),
    bind(&[Press::Plain(KeyCode::Tab)], Gesture::Next, "next", "to the next field or pane"),
    bind(&[Press::Plain(KeyCode::BackTab)], Gesture::Previous, "", "to the field or pane before"),
    bind(
        &[Press::Plain(KeyCode::Esc)],
        Gesture::Leave,
        "leave the form",
        "to the overview; what was typed stays",
    ),
    bind(&[Press::Control('c')], Gesture::Quit, "", "quit"),
];

const TAKE: Binding = bind(&[Press::Plain(KeyCode::Right)], Gesture::Take, "take it", "take what is offered");

impl PreflightUi {
    /// The screen as it opens.
    pub fn new(theme: Theme, size: Size, data: PreflightData) -> Self {
        let given = &data.defaults;
        let texts = [&given.subject, &given.from, &given.to, &given.rollback_point];
        let fields =
            FIELDS.iter().zip(texts).map(|(label, text)| Field::line(label).with_text(text)).collect();
        let mut ui = Self {
            theme,
            size,
            approved: data.approved,
            data,
            fields,
            focus: Focus::Overview,
            scroll: 0,
            message: None,
            help: None,
            seen: false,
            known: None,
        };
        ui.hint();
        ui
    }

    /// The keys that work.
    pub fn bindings(&self) -> Vec<Binding> {
        let approve: &[Binding] = if self.approved { &[] } else { &[APPROVE] };
        match self.focus {
            Focus::Overview => [&[GO_ON], approve, &TURNING, &MOVING, &LEAVING].concat(),
            Focus::Begin => [&[BEGIN], approve, &TURNING, &LEAVING].concat(),
            Focus::Field(field) => {
                let mut bindings = IN_FIELD.to_vec();
                let offers = field == SUBJECT && !self.data.known_subjects.is_empty();
                if field == FROM && self.offered_version().is_some() {
                    bindings.insert(1, TAKE);
                }
                bindings.retain(|binding| offers || !matches!(binding.gesture, Gesture::Up | Gesture::Down));
                bindings
            }
        }
    }

    /// What the fields hold.
    pub fn beginning(&self) -> Beginning {
        let text = |index: usize| {
            self.fields.get(index).map(|field| field.text().trim().to_owned()).unwrap_or_default()
        };
        Beginning { subject: text(0), from: text(1), to: text(2), rollback_point: text(3) }
    }

    /// What is offered as the version before, for the subject that was typed.
    fn hint(&mut self) {
        let subject = self.beginning().subject;
        let known = self.data.known_subjects.iter().find(|known| known.subject == subject);
        let version = known.map(|known| known.version.clone()).unwrap_or_default();
        if let Some(from) = self.fields.get_mut(FROM) {
            from.hint = if version.is_empty() { version } else { format!("{version}?") };
        }
    }

    /// The version the subject was left at, while the field for it is empty.
    fn offered_version(&self) -> Option<String> {
        self.fields.get(FROM).filter(|from| from.is_blank())?;
        let subject = self.beginning().subject;
        let known = self.data.known_subjects.iter().find(|known| known.subject == subject)?;
        (!known.version.is_empty()).then(|| known.version.clone())
    }

    fn offer(&mut self, gesture: Gesture) {
        let count = self.data.known_subjects.len();
        if count == 0 {
            return;
        }
        let next = match (self.known, gesture) {
            (None, _) => 0,
            (Some(at), Gesture::Up) => (at + count - 1) % count,
            (Some(at), _) => (at + 1) % count,
        };
        self.known = Some(next);
        if let (Some(field), Some(known)) = (self.fields.get_mut(SUBJECT), self.data.known_subjects.get(next))
        {
            field.set_text(&known.subject);
        }
    }

    fn next(&self) -> Focus {
        match self.focus {
            Focus::Overview => Focus::Field(0),
            Focus::Field(at) if at + 1 < FIELDS.len() => Focus::Field(at + 1),
            Focus::Field(_) => Focus::Begin,
            Focus::Begin => Focus::Overview,
        }
    }

    fn previous(&self) -> Focus {
        match self.focus {
            Focus::Overview => Focus::Begin,
            Focus::Field(0) => Focus::Overview,
            Focus::Field(at) => Focus::Field(at - 1),
            Focus::Begin => Focus::Field(FIELDS.len() - 1),
        }
    }

    /// From the overview on: to the first field that is empty and cannot stay so, else to the end.
    fn go_on(&self) -> Focus {
        if self.beginning().subject.is_empty() { Focus::Field(SUBJECT) } else { Focus::Field(FROM) }
    }

    fn begin(&mut self) -> Option<PreflightChoice> {
        let beginning = self.beginning();
        if self.data.runbook.steps().next().is_none() {
            self.message = Some("there is nothing to walk in this document".to_owned());
            return None;
        }
        if beginning.subject.is_empty() {
            self.focus = Focus::Field(SUBJECT);
            self.message = Some("say what is being upgraded: a site, a system, a host".to_owned());
            return None;
        }
        if !self.approved {
            self.message = Some("read the text, then y approves it".to_owned());
            return None;
        }
        Some(PreflightChoice::Begin(beginning))
    }
}

/// Takes a key in; `Some` ends the screen.
pub fn update(ui: &mut PreflightUi, event: KeyEvent) -> Option<PreflightChoice> {
    ui.message = None;
    let gesture = around::gesture(&ui.bindings(), event);
    if let (Some(scroll), gesture) = (ui.help, gesture) {
        ui.help = gesture.and_then(|gesture| super::home::around_help(scroll, gesture));
        return None;
    }
    if let (Focus::Field(field), None) = (ui.focus, gesture) {
        typed(ui, field, event);
        return None;
    }
    acted(ui, gesture?)
}

fn typed(ui: &mut PreflightUi, field: usize, event: KeyEvent) {
    if let Some(typed) = ui.fields.get_mut(field) {
        typed.key(event);
    }
    ui.hint();
}

fn acted(ui: &mut PreflightUi, gesture: Gesture) -> Option<PreflightChoice> {
    match (gesture, ui.focus) {
        (Gesture::Quit, _) => return Some(PreflightChoice::Quit),
        (Gesture::Leave, Focus::Field(_)) => ui.focus = Focus::Overview,
        (Gesture::Leave, _) => return Some(PreflightChoice::Back),
        (Gesture::Choose, Focus::Overview) => ui.focus = ui.go_on(),
        (Gesture::Choose, Focus::Begin) => return ui.begin(),
        (Gesture::Next | Gesture::Choose, _) => ui.focus = ui.next(),
        (Gesture::Previous, _) => ui.focus = ui.previous(),
        (Gesture::Approve, _) => ui.approved |= ui.seen,
        (Gesture::Help, _) => ui.help = Some(0),
        (Gesture::Take, _) => {
            if let (Some(version), Some(from)) = (ui.offered_version(), ui.fields.get_mut(FROM)) {
                from.set_text(&version);
            }
        }
        (Gesture::Up | Gesture::Down, Focus::Field(_)) => {
            ui.offer(gesture);
            ui.hint();
        }
        (moving, _) => {
            let (count, height) = view::preflight::overview_size(ui);
            let last = count.saturating_sub(height);
            ui.scroll = around::moved(ui.scroll, last + 1, moving, height);
        }
    }
    None
}

/// Shows preflight until the operator begins the run or leaves.
pub async fn preflight(terminal: &mut Terminal, data: PreflightData) -> Result<PreflightChoice, TuiError> {
    let mut ui = PreflightUi::new(terminal.theme(), terminal.size(), data);
    loop {
        ui.size = terminal.size();
        terminal.draw(|frame| view::preflight::draw(frame, &ui))?;
        let input = if ui.seen {
            terminal.next().await
        } else if let Ok(input) = timeout(SEEN, terminal.next()).await {
            input
        } else {
            ui.seen = true;
            continue;
        };
        match input {
            Input::Key(event) => {
                if let Some(choice) = update(&mut ui, event) {
                    return Ok(choice);
                }
            }
            Input::Paste(text) => pasted(&mut ui, &text),
            Input::Gone => return Ok(PreflightChoice::Quit),
            Input::Mouse(_) | Input::Resized => {}
        }
    }
}

fn pasted(ui: &mut PreflightUi, text: &str) {
    if let Focus::Field(at) = ui.focus
        && let Some(field) = ui.fields.get_mut(at)
    {
        field.paste(text);
        ui.hint();
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;
    use crate::engine::specimen;
    use crate::tui::theme::Colour;

    fn ui(approved: bool) -> PreflightUi {
        let data = PreflightData {
            runbook: specimen::runbook(),
            diagnostics: Vec::new(),
            last_time: Vec::new(),
            follow_ups: Vec::new(),
            changed: None,
            previous: None,
            survival: String::new(),
            approved,
            operator: "ada".to_owned(),
            defaults: Beginning { to: "0.7.0".to_owned(), ..Beginning::default() },
            known_subjects: vec![
                KnownSubject { subject: "acme".to_owned(), version: "0.6.2".to_owned() },
                KnownSubject { subject: "beta".to_owned(), version: String::new() },
            ],
        };
        let mut ui = PreflightUi::new(Theme::unicode(Colour::None), Size::new(80, 24), data);
        ui.seen = true;
        ui
    }

    fn press(ui: &mut PreflightUi, keys: &str) -> Option<PreflightChoice> {
        let code = |word: &str| match word {
            "Enter" => KeyCode::Enter,
            "Tab" => KeyCode::Tab,
            "BackTab" => KeyCode::BackTab,
            "Esc" => KeyCode::Esc,
            "Down" => KeyCode::Down,
            "Right" => KeyCode::Right,
            word => KeyCode::Char(word.chars().next().unwrap_or(' ')),
        };
        let mut words = keys.split(' ').filter(|word| !word.is_empty());
        words.find_map(|word| update(ui, KeyEvent::new(code(word), KeyModifiers::NONE)))
    }

    /// These keys end an approved (or not approved) preflight with this choice.
    #[track_caller]
    fn check(approved: bool, keys: &str, expected: Option<[&str; 3]>) {
        let begin = expected.map(|[subject, from, to]| {
            PreflightChoice::Begin(Beginning {
                subject: subject.to_owned(),
                from: from.to_owned(),
                to: to.to_owned(),
                rollback_point: String::new(),
            })
        });
        assert_eq!(press(&mut ui(approved), keys), begin, "{keys:?}");
    }

    #[test]
    fn a_run_begins_once_it_has_a_subject_and_its_text_is_approved() {
        check(true, "Enter x Enter Enter Enter Enter Enter", Some(["x", "", "0.7.0"]));
        check(true, "Enter Enter Enter Enter Enter Enter", None);
        check(false, "Enter x Enter Enter Enter Enter Enter", None);
        check(false, "Enter x Enter Enter Enter Enter Enter y Enter", Some(["x", "", "0.7.0"]));
        check(false, "y Enter x Enter Enter Enter Enter Enter", Some(["x", "", "0.7.0"]));
    }

    #[test]
    fn known_subjects_and_versions_are_offered_and_taken_only_by_a_key() {
        check(true, "Enter Down Enter Enter Enter Enter Enter", Some(["acme", "", "0.7.0"]));
        check(true, "Enter Down Enter Right Enter Enter Enter Enter", Some(["acme", "0.6.2", "0.7.0"]));
        check(true, "Enter Down Down Enter Right Enter Enter Enter Enter", Some(["beta", "", "0.7.0"]));
    }

    #[test]
    fn a_y_in_a_field_is_a_letter_and_approves_nothing() {
        check(false, "Enter y y Enter Enter Enter Enter Enter", None);
    }

    #[test]
    fn a_key_that_was_typed_before_the_text_was_seen_approves_nothing() {
        let mut early = ui(false);
        early.seen = false;
        press(&mut early, "y");
        assert!(!early.approved);
    }

    #[test]
    fn leaving_a_field_keeps_what_was_typed_and_leaving_the_screen_goes_back() {
        let mut ui = ui(true);
        assert_eq!(press(&mut ui, "Enter a b Esc"), None);
        assert_eq!(ui.beginning().subject, "ab");
        assert_eq!(press(&mut ui, "Esc"), Some(PreflightChoice::Back));
    }
}

//! Review: a finished run as a timeline, each moment in full, and what its command printed. Reads
//! the same messages as the run screen and asks for nothing but transcripts.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Size;

use super::around::{self, Binding, Gesture, MOVING, Press, bind, key};
use super::field::Field;
use super::output::Outputs;
use super::terminal::{Input, Terminal, TuiError};
use super::theme::Theme;
use super::view;
use crate::engine::{Moment, MomentKind, Run, Tone, timeline};
use crate::journal::{AttemptId, Attendance, Entry};
use crate::link::Connection;
use crate::protocol::{Frame, Hello, Notice, Request, VERSION};
use crate::runbook::Runbook;
use crate::screen::SearchDirection;

/// How the review ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewEnd {
    /// The operator left.
    Left,
    /// The record can no longer be read; the last words of the other side.
    Lost(String),
}

/// The panes, in the order in which Tab goes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewPane {
    /// The moments.
    Timeline,
    /// The moment under the cursor.
    Moment,
    /// What its command printed.
    Output,
}

/// The state of the screen.
#[derive(Debug)]
pub struct ReviewUi {
    /// Glyphs and styles.
    pub theme: Theme,
    /// The terminal's size.
    pub size: Size,
    /// The run that the entries tell of.
    pub run: Run,
    /// Its moments.
    pub moments: Vec<Moment>,
    /// Which of them the cursor stands on.
    pub cursor: usize,
    /// The pane that has the focus.
    pub focus: ReviewPane,
    /// Whether that pane has the screen for itself.
    pub zoomed: bool,
    /// The first line of the moment's text that is shown.
    pub scroll: usize,
    /// The terminals of the attempts looked at.
    pub outputs: Outputs,
    /// The search that is being typed.
    pub prompt: Option<Field>,
    /// The text last searched for.
    pub pattern: String,
    /// Words at the bottom until the next key.
    pub message: Option<String>,
    /// Whether help is shown, and how far it is scrolled.
    pub help: Option<u16>,
    entries: Vec<Entry>,
    loading: Option<AttemptId>,
    missing: Vec<AttemptId>,
}

const KEYS: [Binding; 5] = [
    bind(
        &[Press::Plain(KeyCode::Enter), Press::Plain(KeyCode::Right), key('l')],
        Gesture::Choose,
        "closer",
        "to the output, or to the moment in full",
    ),
    bind(&[key('o')], Gesture::Zoom, "zoom", "the output on the whole screen, and back"),
    bind(&[key('x')], Gesture::NextProblem, "problem", "to the next thing that did not go well"),
    bind(&[key('X')], Gesture::PreviousProblem, "", "to the one before"),
    bind(&[key('/')], Gesture::Find, "find", "find in the timeline, or in the output"),
];
const FINDING: [Binding; 2] = [
    bind(&[key('n')], Gesture::FindNext, "next", "next place of the text looked for"),
    bind(&[key('N')], Gesture::FindPrevious, "", "previous place of the text looked for"),
];
const LEAVING: [Binding; 5] = [
    bind(&[Press::Plain(KeyCode::Tab)], Gesture::Next, "pane", "next pane"),
    bind(
        &[Press::Plain(KeyCode::BackTab), Press::Plain(KeyCode::Left), key('h')],
        Gesture::Previous,
        "",
        "previous pane",
    ),
    bind(&[Press::Plain(KeyCode::Esc), key('q')], Gesture::Leave, "leave", "end the zoom, or leave"),
    bind(&[Press::Control('c')], Gesture::Quit, "", "leave"),
    bind(&[key('?')], Gesture::Help, "help", "this help"),
];

impl ReviewUi {
    /// The screen as it opens, at the beginning.
    pub fn new(theme: Theme, size: Size, runbook: Runbook, entries: Vec<Entry>) -> Self {
        let run = Run::replay(Arc::new(runbook), &entries);
        let moments = timeline(&run, &entries);
        Self {
            theme,
            size,
            run,
            moments,
            cursor: 0,
            focus: ReviewPane::Timeline,
            zoomed: false,
            scroll: 0,
            outputs: Outputs::default(),
            prompt: None,
            pattern: String::new(),
            message: None,
            help: None,
            entries,
            loading: None,
            missing: Vec::new(),
        }
    }

    /// The keys that work.
    pub fn bindings(&self) -> Vec<Binding> {
        let finding: &[Binding] = if self.pattern.is_empty() { &[] } else { &FINDING };
        let mut bindings = [&KEYS, finding, &LEAVING[..2], &MOVING, &LEAVING[2..]].concat();
        let has_output = self.attempt().is_some();
        bindings.retain(|binding| match binding.gesture {
            Gesture::Choose => self.focus == ReviewPane::Timeline,
            Gesture::Zoom => has_output,
            Gesture::NextProblem | Gesture::PreviousProblem => self.moments.iter().any(is_problem),
            _ => true,
        });
        bindings
    }

    /// The moment under the cursor.
    pub fn moment(&self) -> Option<&Moment> {
        self.moments.get(self.cursor)
    }

    /// The attempt whose output belongs to the moment under the cursor: its own, or the last one of
    /// its step before it.
    pub fn attempt(&self) -> Option<AttemptId> {
        let moment = self.moment()?;
        if moment.attempt.is_some() || moment.kind == MomentKind::Step {
            return moment.attempt;
        }
        let step = moment.step()?;
        let before = self.moments.iter().take(self.cursor).rev();
        before.take_while(|other| other.step().as_ref() == Some(&step)).find_map(|other| other.attempt)
    }

    /// Whether the output of this attempt is on its way.
    pub fn is_loading(&self, attempt: AttemptId) -> bool {
        self.loading == Some(attempt)
    }

    /// Whether the output of this attempt could not be read.
    pub fn is_missing(&self, attempt: AttemptId) -> bool {
        self.missing.contains(&attempt)
    }

    fn look_at(&mut self, cursor: usize) {
        if cursor != self.cursor {
            self.cursor = cursor;
            self.scroll = 0;
        }
    }

    fn find_moment(&self, direction: SearchDirection) -> Option<usize> {
        let wanted = self.pattern.to_lowercase();
        self.nearest(direction, |moment| {
            let words = [&*moment.title, &*moment.result, &*moment.detail, &*moment.by].join("\n");
            words.to_lowercase().contains(&wanted)
        })
    }

    /// The next moment of this kind in this direction, going round at the ends.
    fn nearest(&self, direction: SearchDirection, wanted: impl Fn(&Moment) -> bool) -> Option<usize> {
        let count = self.moments.len();
        let step = |distance: usize| match direction {
            SearchDirection::Forward => (self.cursor + distance) % count,
            SearchDirection::Backward => (self.cursor + count - distance % count) % count,
        };
        (1..=count).map(step).find(|index| self.moments.get(*index).is_some_and(&wanted))
    }

    fn find(&mut self, direction: SearchDirection) {
        if self.pattern.is_empty() {
            return;
        }
        let found = match (self.focus, self.attempt()) {
            (ReviewPane::Output, Some(attempt)) => {
                let pattern = self.pattern.clone();
                self.outputs.search(attempt, &pattern, direction)
            }
            _ => match self.find_moment(direction) {
                Some(index) => {
                    self.look_at(index);
                    true
                }
                None => false,
            },
        };
        if !found {
            self.message = Some(format!("nothing has \"{}\"", self.pattern));
        }
    }
}

/// Whether a moment tells of something that did not go as it should.
fn is_problem(moment: &Moment) -> bool {
    matches!(moment.tone, Tone::Issue | Tone::Bad | Tone::Unknown)
}

/// Takes a key in; `Some` ends the screen.
pub fn update(ui: &mut ReviewUi, event: KeyEvent) -> Option<ReviewEnd> {
    ui.message = None;
    if ui.prompt.is_some() {
        type_search(ui, event);
        return None;
    }
    let gesture = around::gesture(&ui.bindings(), event)?;
    if let Some(scroll) = ui.help {
        ui.help = super::home::around_help(scroll, gesture);
        return None;
    }
    match gesture {
        Gesture::Quit => return Some(ReviewEnd::Left),
        Gesture::Leave if !ui.zoomed => return Some(ReviewEnd::Left),
        Gesture::Leave => ui.zoomed = false,
        Gesture::Help => ui.help = Some(0),
        Gesture::Find => ui.prompt = Some(Field::line("find")),
        Gesture::FindNext => ui.find(SearchDirection::Forward),
        Gesture::FindPrevious => ui.find(SearchDirection::Backward),
        Gesture::NextProblem => go_to_problem(ui, SearchDirection::Forward),
        Gesture::PreviousProblem => go_to_problem(ui, SearchDirection::Backward),
        Gesture::Next => ui.focus = turned(ui, true),
        Gesture::Previous => ui.focus = turned(ui, false),
        Gesture::Choose => {
            ui.focus = if ui.attempt().is_some() { ReviewPane::Output } else { ReviewPane::Moment };
        }
        Gesture::Zoom => zoom(ui),
        moving => scroll(ui, moving),
    }
    None
}

fn type_search(ui: &mut ReviewUi, event: KeyEvent) {
    match event.code {
        KeyCode::Esc => {
            ui.prompt = None;
            ui.pattern.clear();
            ui.outputs.clear_search();
        }
        KeyCode::Enter => {
            ui.pattern = ui.prompt.take().map(|field| field.text()).unwrap_or_default();
            let at_end = ui.focus == ReviewPane::Output;
            ui.find(if at_end { SearchDirection::Backward } else { SearchDirection::Forward });
        }
        _ => {
            if let Some(field) = &mut ui.prompt {
                field.key(event);
            }
        }
    }
}

fn go_to_problem(ui: &mut ReviewUi, direction: SearchDirection) {
    if let Some(index) = ui.nearest(direction, is_problem) {
        ui.look_at(index);
    }
}

fn turned(ui: &ReviewUi, forward: bool) -> ReviewPane {
    use ReviewPane::{Moment, Output, Timeline};
    let panes: &[ReviewPane] =
        if ui.attempt().is_some() { &[Timeline, Moment, Output] } else { &[Timeline, Moment] };
    let at = panes.iter().position(|pane| *pane == ui.focus).unwrap_or(0);
    let next = if forward { at + 1 } else { at + panes.len() - 1 };
    panes[next % panes.len()]
}

fn zoom(ui: &mut ReviewUi) {
    ui.zoomed = !ui.zoomed;
    if ui.zoomed {
        ui.focus = ReviewPane::Output;
    }
}

fn scroll(ui: &mut ReviewUi, gesture: Gesture) {
    let sizes = view::review::sizes(ui);
    match ui.focus {
        ReviewPane::Timeline => {
            let cursor = around::moved(ui.cursor, ui.moments.len(), gesture, sizes.timeline_rows);
            ui.look_at(cursor);
        }
        ReviewPane::Moment => {
            let last = sizes.moment_lines.saturating_sub(sizes.moment_rows);
            ui.scroll = around::moved(ui.scroll.min(last), last + 1, gesture, sizes.moment_rows);
        }
        ReviewPane::Output => {
            let Some(output) = ui.attempt().and_then(|attempt| ui.outputs.of_mut(attempt)) else { return };
            let page = i32::from(sizes.output.1.max(1));
            match gesture {
                Gesture::Up => output.screen.scroll(1),
                Gesture::Down => output.screen.scroll(-1),
                Gesture::PageUp => output.screen.scroll(page),
                Gesture::PageDown => output.screen.scroll(-page),
                Gesture::First => output.screen.scroll_to_start(),
                Gesture::Last => output.screen.scroll_to_end(),
                _ => {}
            }
        }
    }
}

/// The transcript to ask for now, if the output under the cursor is not at hand: one at a time.
pub fn wanted_transcript(ui: &mut ReviewUi) -> Option<Request> {
    let attempt = ui.attempt()?;
    if ui.loading.is_some() || ui.outputs.has(attempt) || ui.missing.contains(&attempt) {
        return None;
    }
    let size = view::review::sizes(ui).output;
    ui.outputs.await_transcript(attempt, size, false);
    ui.loading = Some(attempt);
    Some(Request::Transcript { attempt })
}

/// Takes a message in.
pub fn on_frame(ui: &mut ReviewUi, frame: Frame) {
    match frame {
        Frame::Output { attempt, offset, bytes } => ui.outputs.feed(attempt, offset, bytes),
        Frame::Notice(Notice::TranscriptBegins { attempt, size }) => {
            ui.outputs.transcript_begins(attempt, size);
        }
        Frame::Notice(Notice::TranscriptEnds { attempt }) => {
            let size = view::review::sizes(ui).output;
            ui.outputs.transcript_ends(attempt, size);
            ui.loading = None;
        }
        Frame::Notice(Notice::OutputSkipped { attempt, bytes }) => ui.outputs.skip(attempt, bytes),
        Frame::Notice(Notice::Trouble { message }) => {
            ui.message = Some(message);
            ui.missing.extend(ui.loading.take());
        }
        Frame::Notice(Notice::Entry { entry }) => {
            ui.run.apply(&entry);
            ui.entries.push(*entry);
            ui.moments = timeline(&ui.run, &ui.entries);
        }
        _ => {}
    }
}

/// Shows a finished run until the operator leaves.
pub async fn review(terminal: &mut Terminal, connection: Connection) -> Result<ReviewEnd, TuiError> {
    let Connection { sender, mut receiver } = connection;
    let hello = Hello {
        min_version: VERSION,
        max_version: VERSION,
        operator: String::new(),
        attendance: Attendance::Watches,
        size: None,
    };
    let _ = sender.send(Frame::Request(Request::Hello(hello))).await;
    let mut ui = loop {
        match receiver.recv().await {
            Some(Frame::Notice(Notice::Welcome { runbook, entries, .. })) => {
                break ReviewUi::new(terminal.theme(), terminal.size(), *runbook, entries);
            }
            Some(Frame::Notice(Notice::Unwelcome { why })) => return Err(TuiError::Unwelcome { why }),
            Some(_) => {}
            None => return Ok(ReviewEnd::Lost("the record could not be read".to_owned())),
        }
    };
    loop {
        if let Some(request) = wanted_transcript(&mut ui) {
            let _ = sender.send(Frame::Request(request)).await;
        }
        terminal.draw(|frame| view::review::draw(frame, &ui))?;
        tokio::select! {
            biased;
            input = terminal.next() => match input {
                Input::Key(event) => {
                    if let Some(end) = update(&mut ui, event) {
                        let _ = sender.send(Frame::Request(Request::Detach)).await;
                        return Ok(end);
                    }
                }
                Input::Paste(text) => paste(&mut ui, &text),
                Input::Gone => return Ok(ReviewEnd::Left),
                Input::Mouse(_) | Input::Resized => {}
            },
            frame = receiver.recv() => match frame {
                Some(frame) => take_in(&mut ui, frame, &mut receiver),
                None => return Ok(ReviewEnd::Lost("the record is no longer being served".to_owned())),
            },
        }
        let size = terminal.size();
        if size != ui.size {
            ui.size = size;
        }
        let output = view::review::sizes(&ui).output;
        ui.outputs.resize(output);
    }
}

/// This message and those that are waiting already: a long transcript is one frame on the screen.
fn take_in(ui: &mut ReviewUi, first: Frame, receiver: &mut tokio::sync::mpsc::Receiver<Frame>) {
    on_frame(ui, first);
    for _ in 0..64 {
        match receiver.try_recv() {
            Ok(frame) => on_frame(ui, frame),
            Err(_) => return,
        }
    }
}

fn paste(ui: &mut ReviewUi, text: &str) {
    if let Some(field) = &mut ui.prompt {
        field.paste(text);
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;
    use crate::engine::specimen;
    use crate::tui::theme::Colour;

    fn opened() -> ReviewUi {
        let theme = Theme::unicode(Colour::None);
        let runbook = (*specimen::runbook()).clone();
        ReviewUi::new(theme, Size::new(120, 36), runbook, specimen::entries())
    }

    fn press(ui: &mut ReviewUi, keys: &str) -> Option<ReviewEnd> {
        let code = |word: &str| match word {
            "Enter" => KeyCode::Enter,
            "Tab" => KeyCode::Tab,
            "Esc" => KeyCode::Esc,
            word => KeyCode::Char(word.chars().next().unwrap_or(' ')),
        };
        keys.split(' ').find_map(|word| update(ui, KeyEvent::new(code(word), KeyModifiers::NONE)))
    }

    /// After these keys the cursor stands on a moment with this title.
    #[track_caller]
    fn check(keys: &str, expected: &str) {
        let mut ui = opened();
        press(&mut ui, keys);
        let title = ui.moment().map(|moment| moment.title.clone()).unwrap_or_default();
        assert!(title.starts_with(expected), "{keys:?} led to {title:?}");
    }

    #[test]
    fn keys_lead_to_the_moments_they_name() {
        check("j", "1 Access");
        check("j j k", "1 Access");
        check("G", "run ended");
        check("G g", "run begun");
        check("x", "python manage.py migrate --settings");
        check("x x", "incident");
        check("X", "run ended");
        check("/ f a k e d Enter", "incident");
        check("/ C E L E R Y Enter", "If using Celery");
        check("/ C E L E R Y Enter n", "sudo systemctl restart celery");
        check("/ C E L E R Y Enter n N", "If using Celery");
    }

    #[test]
    fn what_is_not_found_is_said_and_the_cursor_stays() {
        let mut ui = opened();
        press(&mut ui, "/ z z z Enter");
        assert_eq!(ui.message.as_deref(), Some("nothing has \"zzz\""));
        assert_eq!(ui.cursor, 0);
    }

    #[test]
    fn transcripts_are_asked_for_one_at_a_time_and_once() {
        let mut ui = opened();
        assert_eq!(wanted_transcript(&mut ui), None);
        press(&mut ui, "x");
        let attempt = AttemptId(2);
        assert_eq!(wanted_transcript(&mut ui), Some(Request::Transcript { attempt }));
        press(&mut ui, "G k");
        assert_eq!(wanted_transcript(&mut ui), None);
        on_frame(&mut ui, Frame::Notice(Notice::TranscriptEnds { attempt }));
        let attempt = AttemptId(4);
        assert_eq!(wanted_transcript(&mut ui), Some(Request::Transcript { attempt }));
    }

    #[test]
    fn a_transcript_that_cannot_be_read_is_not_asked_for_again() {
        let mut ui = opened();
        press(&mut ui, "x");
        assert!(wanted_transcript(&mut ui).is_some());
        on_frame(&mut ui, Frame::Notice(Notice::Trouble { message: "it is gone".to_owned() }));
        assert_eq!(ui.message.as_deref(), Some("it is gone"));
        assert_eq!(wanted_transcript(&mut ui), None);
    }

    #[test]
    fn a_verdict_is_shown_beside_the_output_it_judges() {
        let mut ui = opened();
        press(&mut ui, "/ e x p e c t e d Enter");
        assert_eq!(ui.attempt(), Some(AttemptId(3)));
    }

    #[test]
    fn leaving_ends_the_zoom_first() {
        let mut ui = opened();
        assert_eq!(press(&mut ui, "x o q"), None);
        assert!(!ui.zoomed);
        assert_eq!(press(&mut ui, "q"), Some(ReviewEnd::Left));
    }
}

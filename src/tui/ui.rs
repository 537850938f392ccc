//! The state of the run screen: where the cursor stands, what is open, what was typed. Holds no
//! state of the run itself.

use std::collections::BTreeSet;

use ratatui::layout::Size;

use super::dialog::Dialog;
use super::field::Field;
use super::output::Outputs;
use super::theme::Theme;
use crate::engine::{Ask, Command, Run};
use crate::journal::{AttemptId, Attendance, IncidentRecord, Timestamp};
use crate::protocol::{Frame, Recording, Request};
use crate::runbook::{Item, ItemId, ItemKind, Phase, PhaseId, Step, StepId};

/// An incident of an earlier run, or of a hand-written log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastTime {
    /// The step at which it happened; `None` if it is not known.
    pub step: Option<StepId>,
    /// What was logged.
    pub incident: IncidentRecord,
    /// Whether its follow-up is still to be done.
    pub open: bool,
}

/// How the walk ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkEnd {
    /// The operator left; the run goes on.
    Detached,
    /// The run has ended.
    Finished,
    /// The other side was lost and did not come back; its last words.
    Lost(String),
}

/// A line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A phase.
    Phase(PhaseId),
    /// A step of a phase that is opened.
    Step(StepId),
}

/// The panes, in the order in which Tab goes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// Phases and steps.
    Checklist,
    /// The step under the cursor.
    Detail,
    /// What its command printed.
    Output,
}

/// Whether the supervisor is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// It is.
    Up,
    /// It is not; it is being tried for the n-th time.
    Lost(u32),
}

/// What is to happen as soon as something was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Start this command once its confirmation is recorded.
    Start(ItemId),
    /// Ask to confirm this command once the values it needs are recorded.
    Confirm(ItemId),
}

/// Words at the bottom until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Whether something was refused or went wrong.
    pub bad: bool,
    /// The words.
    pub text: String,
}

/// The time, as the loop last saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// By the wall.
    pub now: Timestamp,
    /// Milliseconds since the screen was opened; never goes back.
    pub ms: u64,
}

/// Everything the screen knows beside the run.
#[derive(Debug)]
pub struct Ui {
    /// Glyphs and styles.
    pub theme: Theme,
    /// The terminal's size.
    pub size: Size,
    /// The time.
    pub clock: Clock,
    /// What broke before.
    pub last_time: Vec<LastTime>,
    /// Where the cursor stands in the checklist.
    pub cursor: Row,
    /// Phases that were opened by hand.
    pub opened: BTreeSet<PhaseId>,
    /// Phases that were closed by hand.
    pub closed: BTreeSet<PhaseId>,
    /// The pane that has the focus.
    pub focus: Pane,
    /// Whether keys go to the running command.
    pub typing: bool,
    /// Whether the focus follows commands into their pane when they start.
    pub hands_on: bool,
    /// Whether the focused pane has the screen for itself.
    pub zoomed: bool,
    /// The item chosen in the detail pane.
    pub item: Option<ItemId>,
    /// Lines by which the detail pane was scrolled by hand.
    pub detail_scroll: Option<u16>,
    /// The question on the screen.
    pub dialog: Option<Dialog>,
    /// Whether help is shown, and how far it is scrolled.
    pub help: Option<u16>,
    /// The search that is being typed.
    pub prompt: Option<Field>,
    /// The text last searched for.
    pub pattern: String,
    /// Words at the bottom.
    pub message: Option<Message>,
    /// Acting or looking on.
    pub attendance: Attendance,
    /// Whether the record is being written.
    pub recording: Recording,
    /// Whether the supervisor is there.
    pub contact: Contact,
    /// Whether the command's terminal hides what is typed.
    pub echo_hidden: bool,
    /// The terminals.
    pub outputs: Outputs,
    /// The dialog that was sent off last: it comes back, with all that was typed, if it is refused.
    pub submitted: Option<Dialog>,
    /// What waits for an entry.
    pub intent: Option<Intent>,
    /// Keys before this moment of the clock were meant for something that is gone.
    pub quiet_until_ms: u64,
    /// Set when the walk is over.
    pub end: Option<WalkEnd>,
    requests: u64,
}

impl Ui {
    /// A screen on which nothing was done yet.
    pub fn new(theme: Theme, size: Size, clock: Clock, last_time: Vec<LastTime>) -> Self {
        Self {
            theme,
            size,
            clock,
            last_time,
            cursor: Row::Phase(PhaseId(String::new())),
            opened: BTreeSet::new(),
            closed: BTreeSet::new(),
            focus: Pane::Checklist,
            typing: false,
            hands_on: false,
            zoomed: false,
            item: None,
            detail_scroll: None,
            dialog: None,
            help: None,
            prompt: None,
            pattern: String::new(),
            message: None,
            attendance: Attendance::Controls,
            recording: Recording::Good,
            contact: Contact::Up,
            echo_hidden: false,
            outputs: Outputs::default(),
            submitted: None,
            intent: None,
            quiet_until_ms: 0,
            end: None,
            requests: 0,
        }
    }

    /// The frame that asks for this.
    pub fn ask(&mut self, command: Command) -> Frame {
        self.requests += 1;
        Frame::Request(Request::Ask { id: self.requests, command })
    }

    /// Shows a refusal or other trouble.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.message = Some(Message { bad: true, text: text.into() });
    }

    /// Shows words that are no trouble.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.message = Some(Message { bad: false, text: text.into() });
    }

    /// Whether a dialog takes the keys.
    pub fn open_dialog(&mut self, dialog: Dialog) {
        self.typing = false;
        self.dialog = Some(dialog);
    }

    /// The step under the cursor.
    pub fn step<'a>(&self, run: &'a Run) -> Option<(&'a Phase, &'a Step)> {
        match &self.cursor {
            Row::Step(id) => run.runbook().step(id),
            Row::Phase(_) => None,
        }
    }

    /// The phase under the cursor, or the one to which the step under it belongs.
    pub fn phase<'a>(&self, run: &'a Run) -> Option<&'a Phase> {
        match &self.cursor {
            Row::Phase(id) => run.runbook().phases.iter().find(|phase| phase.id == *id),
            Row::Step(id) => run.runbook().step(id).map(|(phase, _)| phase),
        }
    }

    /// Whether the steps of a phase are listed: by hand, or because the run or the cursor is there.
    pub fn is_opened(&self, run: &Run, phase: &Phase) -> bool {
        self.is_opened_at(phase, asked_step(run, &run.ask()).as_ref())
    }

    /// As [`Ui::is_opened`], where the step that is asked for is known.
    pub fn is_opened_at(&self, phase: &Phase, asked: Option<&StepId>) -> bool {
        if self.closed.contains(&phase.id) {
            return false;
        }
        let has = |id: &StepId| phase.steps.iter().any(|step| step.id == *id);
        let has_cursor = matches!(&self.cursor, Row::Step(id) if has(id));
        self.opened.contains(&phase.id) || has_cursor || asked.is_some_and(has)
    }

    /// The lines of the checklist.
    pub fn rows(&self, run: &Run) -> Vec<Row> {
        self.rows_at(run, asked_step(run, &run.ask()).as_ref())
    }

    /// As [`Ui::rows`], where the step that is asked for is known.
    pub fn rows_at(&self, run: &Run, asked: Option<&StepId>) -> Vec<Row> {
        let mut rows = Vec::new();
        for phase in &run.runbook().phases {
            rows.push(Row::Phase(phase.id.clone()));
            if self.is_opened_at(phase, asked) {
                rows.extend(phase.steps.iter().map(|step| Row::Step(step.id.clone())));
            }
        }
        rows
    }

    /// Puts the cursor where the run stands.
    pub fn follow(&mut self, run: &Run) {
        self.detail_scroll = None;
        self.item = None;
        let rows = self.rows(run);
        let stays = rows.contains(&self.cursor).then(|| self.cursor.clone());
        let asked = asked_step(run, &run.ask()).map(Row::Step);
        if let Some(row) = asked.or(stays).or_else(|| rows.first().cloned()) {
            self.place_cursor(run, row);
        }
    }

    /// Puts the cursor on this line; its phase is opened.
    pub fn place_cursor(&mut self, run: &Run, row: Row) {
        if self.cursor != row {
            self.item = None;
            self.detail_scroll = None;
        }
        if let Row::Step(id) = &row
            && let Some((phase, _)) = run.runbook().step(id)
        {
            self.closed.remove(&phase.id);
        }
        self.cursor = row;
    }

    /// The question that Enter opens where the cursor stands; `None` where there is none.
    pub fn ask_here(&self, run: &Run) -> Option<Ask> {
        let ask = run.ask();
        if matches!(ask, Ask::Wait(_) | Ask::Resolve { .. } | Ask::Nothing) {
            return Some(ask);
        }
        let item = |id: &ItemId| run.runbook().item(id).map(|(_, item)| run.ask_about(item));
        if let Some(id) = &self.item {
            return item(id);
        }
        let Some((_, step)) = self.step(run) else {
            return (ask == Ask::Finish).then_some(ask);
        };
        if asked_step(run, &ask).is_some_and(|id| id == step.id) {
            return Some(ask);
        }
        let open = gates(run, step).find(|item| !run.item_state(item).is_settled());
        match open {
            Some(item) => Some(run.ask_about(item)),
            None if ask == Ask::Finish => Some(ask),
            None => None,
        }
    }

    /// The attempt whose output belongs to where the cursor stands: the last of the chosen item or
    /// of the step, else the one that runs, else the last of all.
    pub fn attempt_here(&self, run: &Run) -> Option<AttemptId> {
        if self.typing
            && let Some(running) = run.running()
        {
            return Some(running.id);
        }
        let of_item = self.item.as_ref().and_then(|id| run.attempts_of(id).next_back());
        let of_step = || {
            let (_, step) = self.step(run)?;
            let is_here = |id: &ItemId| step.items.iter().any(|item| item.id == *id);
            run.attempts().iter().rev().find(|attempt| is_here(&attempt.item))
        };
        let any = || run.running().or_else(|| run.attempts().last());
        of_item.or_else(of_step).or_else(any).map(|attempt| attempt.id)
    }

    /// Milliseconds since a moment by the wall clock.
    pub fn since_ms(&self, at: Timestamp) -> u64 {
        u64::try_from(self.clock.now.unix_ms() - at.unix_ms()).unwrap_or(0)
    }

    /// What broke before at this step.
    pub fn warnings<'a>(&'a self, step: &'a StepId) -> impl Iterator<Item = &'a LastTime> {
        self.last_time.iter().filter(move |last| last.step.as_ref() == Some(step))
    }
}

/// The step that a question is about: that of its item, or of the running attempt.
pub fn asked_step(run: &Run, ask: &Ask) -> Option<StepId> {
    let item = match ask {
        Ask::Wait(attempt) => run.attempt(*attempt).map(|attempt| &attempt.item),
        ask => ask.item(),
    }?;
    run.runbook().item(item).map(|(step, _)| step.id.clone())
}

/// The items of a step that hold the run, without those that do not apply.
pub fn gates<'a>(run: &'a Run, step: &'a Step) -> impl Iterator<Item = &'a Item> {
    step.items.iter().filter(|item| item.kind.is_gate() && run.applies(item) != Some(false))
}

/// The command of this id.
pub fn command<'a>(run: &'a Run, id: &ItemId) -> Option<(&'a Step, &'a Item, &'a crate::runbook::Block)> {
    let (step, item) = run.runbook().item(id)?;
    match &item.kind {
        ItemKind::Command(block) => Some((step, item, block)),
        _ => None,
    }
}

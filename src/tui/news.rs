//! What news from the supervisor does to the screen: the cursor follows the run, the keyboard goes
//! to a program and comes back, questions open by themselves.

use super::dialog::{self, open};
use super::layout::output_size;
use super::ui::{Contact, Intent, Pane, Row, Ui, asked_step, command};
use super::update::resized;
use crate::engine::{Ask, Command, Run};
use crate::journal::{AttemptId, Attendance, Entry, Fact};
use crate::protocol::{Frame, Request};

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
        Fact::IncidentLogged { .. } => {
            ui.tell(logged_in(run));
            Vec::new()
        }
        Fact::RunFinished { outcome, .. } => {
            let (words, count) = (outcome.words(), entry.seq);
            ui.tell(format!("the run has ended: {words}; {count} entries are recorded; q leaves"));
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

/// `incident logged in what-broke.md`
fn logged_in(run: &Run) -> String {
    let log = run.start().map(|start| start.incident_log.as_str()).unwrap_or_default();
    match log.rsplit('/').next().filter(|name| !name.is_empty()) {
        Some(name) => format!("incident logged in {name}"),
        None => "incident logged".to_owned(),
    }
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
        ui.quiet_until_ms = ui.clock.ms + dialog::UNANSWERABLE_MS;
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
            let Some((_, item, block)) = command(run, &wanted) else { return Vec::new() };
            let first = run.first_open_statement(item, block).unwrap_or(0);
            let rest: Vec<usize> = (first..block.statements.len()).collect();
            if run.missing_values(block, &rest).is_empty() && ui.dialog.is_none() {
                ui.intent = None;
                let confirm = dialog::Confirm::written(wanted.clone(), first);
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

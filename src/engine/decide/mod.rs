//! What may be done now, and which facts it makes; one file a verb. Reads the run, changes nothing.

mod answer;
mod attempt;
mod close;
mod confirm;
mod note;
mod skip;
mod start;

use crate::journal::Fact;
use crate::runbook::{Block, Item, ItemId, ItemKind, Step};

use super::event::{Command, Event, Happening, Refusal};
use super::run::Run;

/// The facts that this event makes, or why it is refused.
pub(super) fn decide(run: &Run, event: &Event) -> Result<Vec<Fact>, Refusal> {
    match &event.happening {
        Happening::Asked(Command::Begin(start)) => start::begin(run, start),
        Happening::Asked(command) => {
            must_be_open(run)?;
            asked(run, command)
        }
        Happening::Exited { .. } | Happening::Lost { .. } => Ok(attempt::observed(run, &event.happening)),
        Happening::ShellRestarted { .. } | Happening::SupervisorCame { .. } | Happening::FrontEndCame(_)
            if run.outcome().is_some() =>
        {
            Ok(Vec::new())
        }
        Happening::ShellRestarted { reason } => Ok(vec![Fact::ShellRestarted { reason: reason.clone() }]),
        Happening::SupervisorCame { pid, program, recovery } => Ok(vec![Fact::SupervisorStarted {
            pid: *pid,
            program: program.clone(),
            recovery: recovery.clone(),
        }]),
        Happening::FrontEndCame(attendance) => Ok(vec![Fact::FrontEndAttached { attendance: *attendance }]),
    }
}

fn asked(run: &Run, command: &Command) -> Result<Vec<Fact>, Refusal> {
    match command {
        Command::Begin(_) => Err(Refusal::Begun),
        Command::Promote { item } => confirm::promote(run, item),
        Command::Confirm { item, statements, text, reason } => {
            confirm::confirm(run, item, statements, text, reason.as_deref())
        }
        Command::Start { item } => start::start(run, item),
        Command::Retry { item, reason } => start::retry(run, item, reason.as_deref()),
        Command::Stop { how } => attempt::stop(run, *how),
        Command::Resolve { attempt, resolution, note } => attempt::resolve(run, *attempt, *resolution, note),
        Command::Skip { place, reason } => skip::skip(run, place, reason),
        Command::Override { item, reason } => skip::go_on(run, item, reason),
        Command::Note { place, text } => note::note(run, place, text),
        Command::LogIncident { place, incident } => note::log_incident(run, place, incident),
        Command::Hold { item, question } => note::hold(run, item, question),
        Command::Answer { item, judgement } => answer::gate(run, item, judgement),
        Command::Check { item, judgement } => answer::check(run, item, judgement),
        Command::Decide { item, answer } => answer::condition(run, item, *answer),
        Command::Record { name, value, item, secret } => {
            answer::value(run, name, value, item.as_ref(), *secret)
        }
        Command::RollBack { reason } => close::roll_back(run, reason),
        Command::Abandon { reason } => close::abandon(run, reason),
        Command::Finish { outcome, note } => close::finish(run, *outcome, note),
    }
}

fn must_be_open(run: &Run) -> Result<(), Refusal> {
    if run.start().is_none() {
        return Err(Refusal::NotBegun);
    }
    match run.outcome() {
        Some((outcome, _)) => Err(Refusal::Finished { outcome }),
        None => Ok(()),
    }
}

fn must_be_idle(run: &Run) -> Result<(), Refusal> {
    match run.running() {
        Some(attempt) => Err(Refusal::Busy { attempt: attempt.id }),
        None => Ok(()),
    }
}

fn must_be_resolved(run: &Run) -> Result<(), Refusal> {
    match run.unresolved() {
        Some(attempt) => Err(Refusal::Unresolved { attempt: attempt.id }),
        None => Ok(()),
    }
}

/// A halted run locks what follows the item at which it halted; what stands before may be redone.
fn must_not_be_locked(run: &Run, item: &ItemId) -> Result<(), Refusal> {
    let Some(halted) = run.halted() else { return Ok(()) };
    let before = run.line().map(|(_, other)| &other.id).take_while(|id| **id != halted.id);
    let redone = before.into_iter().any(|id| id == item);
    if redone || halted.id == *item { Ok(()) } else { Err(Refusal::Halted { item: halted.id.clone() }) }
}

fn find<'a>(run: &'a Run, id: &ItemId) -> Result<(&'a Step, &'a Item), Refusal> {
    run.runbook().item(id).ok_or_else(|| Refusal::Unknown { what: "item".to_owned(), name: id.0.clone() })
}

fn find_command<'a>(run: &'a Run, id: &ItemId) -> Result<(&'a Step, &'a Item, &'a Block), Refusal> {
    let (step, item) = find(run, id)?;
    match &item.kind {
        ItemKind::Command(block) => Ok((step, item, block)),
        _ => Err(Refusal::WrongKind { item: id.clone(), wanted: "a command".to_owned() }),
    }
}

fn must_apply(run: &Run, item: &Item) -> Result<(), Refusal> {
    if run.applies(item) == Some(false) { Err(Refusal::DoesNotApply) } else { Ok(()) }
}

fn words(text: &str, what: &str) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(Refusal::Empty { what: what.to_owned() }),
        text => Ok(text.to_owned()),
    }
}

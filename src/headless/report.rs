//! What is told of a run without a terminal: a line for people, or the entries as they are.

use std::io::{self, Write};

use crate::engine::{Run, timeline};
use crate::journal::{ConditionAnswer, Entry, Exit, Fact, Place, Stop, Verdict};
use crate::runbook::{ItemId, ItemKind};

/// How the run is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A line for people.
    Lines,
    /// Every entry as one line of JSON.
    Json,
}

/// Tells one entry, already applied to the run.
pub(super) fn tell(form: Form, run: &Run, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Json => {
            serde_json::to_writer(&mut *out, entry)?;
            writeln!(out)?;
        }
        Form::Lines => {
            if let Some(text) = sentence(run, &entry.fact) {
                let mut lines = text.lines();
                writeln!(out, "{}  {}", entry.stamp.at.clock(), lines.next().unwrap_or_default())?;
                for line in lines {
                    writeln!(out, "           {line}")?;
                }
            }
        }
    }
    out.flush()
}

/// Tells of trouble that is not an entry.
pub(super) fn trouble(form: Form, message: &str, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Json => Ok(()),
        Form::Lines => writeln!(out, "           {message}"),
    }
}

fn sentence(run: &Run, fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::RunStarted(start) => {
            format!("run {} of {} for {}", start.run, start.runbook.title, start.subject)
        }
        Fact::SupervisorStarted { recovery, .. } => format!("taken up again: {}", recovery.as_deref()?),
        Fact::InputRecorded { name, value, .. } => format!("{name} = {value}"),
        Fact::CommandPromoted { item } => format!("{}: promoted to a command", place(run, item)),
        Fact::CommandStarted { item, part, .. } => format!("{}\n$ {}", place(run, item), part.text),
        Fact::CommandExited { exit, duration_ms, .. } => {
            format!("{} in {}", ended(*exit), seconds(*duration_ms))
        }
        Fact::CommandLost { attempt, reason } => format!("attempt {attempt} is unknown: {reason}"),
        Fact::CommandResolved { attempt, note, .. } => format!("attempt {attempt} resolved: {note}"),
        Fact::CommandSignalled { signal: Stop::Interrupt, .. } => "interrupted".to_owned(),
        Fact::CommandSignalled { signal: Stop::Abort, .. } => "aborted".to_owned(),
        Fact::ShellRestarted { reason } => format!("the shell was replaced: {reason}"),
        Fact::TargetOpened { target } => format!("now on {}", target.name()),
        Fact::TargetClosed { target } => format!("left {}", target.name()),
        Fact::CheckRecorded { item, verdict, note } | Fact::GateAnswered { item, verdict, note } => {
            format!("{}: {}{}", place(run, item), judged(run, item, *verdict), remark(note))
        }
        Fact::ConditionAnswered { item, answer } => {
            let text = run.runbook().item(item).map(|(_, item)| run.item_text(item)).unwrap_or_default();
            let answer = match answer {
                ConditionAnswer::Taken(branch) => format!("yes ({})", branch + 1),
                ConditionAnswer::NotTaken => "no".to_owned(),
            };
            format!("{}: {answer}: {}", place(run, item), first_line(&text))
        }
        Fact::StepSkipped { place: where_, reason, .. } => {
            format!("{}: skipped{}", place_name(run, where_), remark(reason))
        }
        Fact::HaltOverridden { item, reason } => {
            format!("{}: gone on all the same{}", place(run, item), remark(reason))
        }
        Fact::NoteTaken { text, .. } => format!("note: {text}"),
        Fact::IncidentLogged { incident, .. } => format!("incident logged: {}", incident.symptoms),
        Fact::RunHeld { item, question } => format!("{}: held: {question}", place(run, item)),
        Fact::RollbackBegun { reason } => format!("rolling back: {reason}"),
        Fact::RunFinished { outcome, note } => format!("ended: {}{}", outcome.words(), remark(note)),
        Fact::FrontEndAttached { .. }
        | Fact::CommandConfirmed { .. }
        | Fact::SpotCheckRecorded { .. }
        | Fact::Unrecognised => return None,
    })
}

/// A stop condition is answered by whether it is met, everything else by its verdict.
fn judged(run: &Run, id: &ItemId, verdict: Verdict) -> String {
    let item = run.runbook().item(id).map(|(_, item)| item);
    let text = item.map(|item| run.item_text(item)).unwrap_or_default();
    let text = first_line(&text);
    match (item.map(|item| &item.kind), verdict) {
        (Some(ItemKind::StopGate { .. }), _) => format!("{}: stop if: {text}", timeline::stop_word(verdict)),
        _ => format!("{}: {text}", verdict.word()),
    }
}

fn place(run: &Run, item: &ItemId) -> String {
    let step = run.runbook().item(item).map(|(step, _)| step);
    step.map_or_else(
        || item.0.clone(),
        |step| match &step.number {
            Some(number) => format!("{number} {}", step.title),
            None => step.title.clone(),
        },
    )
}

fn place_name(run: &Run, where_: &Place) -> String {
    match where_ {
        Place::Run => "the run".to_owned(),
        Place::Item(item) => place(run, item),
        Place::Step(id) => {
            run.runbook().step(id).map_or_else(|| id.0.clone(), |(_, step)| step.title.clone())
        }
    }
}

fn ended(exit: Exit) -> String {
    match exit.signal {
        Some(signal) => format!("ended by signal {signal}"),
        None => format!("exit {}", exit.code),
    }
}

fn seconds(duration_ms: u64) -> String {
    if duration_ms < 60_000 {
        format!("{}.{}s", duration_ms / 1000, duration_ms % 1000 / 100)
    } else {
        format!("{}m{:02}s", duration_ms / 60_000, duration_ms / 1000 % 60)
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn remark(note: &str) -> String {
    if note.is_empty() { String::new() } else { format!(" ({note})") }
}

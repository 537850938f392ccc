//! A run as a list of moments: one readable line for each thing that matters. Review, `show` and the
//! exports read it; it derives everything from the entries and keeps nothing.

use std::collections::BTreeMap;

use crate::journal::{AttemptId, Outcome};
use crate::journal::{
    Attendance, ConditionAnswer, Entry, Fact, IncidentRecord, OpenTarget, Part, Place, Resolution, RunStart,
    Stop, Timestamp, Verdict,
};
use crate::runbook::{ItemId, ItemKind, StepId};

use super::run::{Attempt, AttemptState, Run};

/// What a moment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    /// The run began.
    Begin,
    /// Another step was turned to.
    Step,
    /// A command ran.
    Command,
    /// A check, action or judgement was recorded.
    Check,
    /// An expectation or stop condition was answered.
    Gate,
    /// A condition or choice was answered.
    Decision,
    /// A value was recorded.
    Value,
    /// Something was left out.
    Skip,
    /// Something was done otherwise than written.
    Deviation,
    /// A note was taken.
    Note,
    /// An incident was logged.
    Incident,
    /// The run waits for a person.
    Hold,
    /// The rollback began.
    Rollback,
    /// Something about the program or the shell: recovery, another operator, another place.
    Circumstance,
    /// The run ended.
    Finish,
}

/// How a moment turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Neither good nor bad.
    Plain,
    /// Well.
    Good,
    /// Not as written, or good enough only.
    Issue,
    /// Badly.
    Bad,
    /// Nobody knows.
    Unknown,
    /// Still going on.
    Running,
}

/// One thing that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The entry that tells of it; for a command the one that started it.
    pub seq: u64,
    /// When it happened, or began.
    pub at: Timestamp,
    /// Who: a person, or the program for what it observed.
    pub by: String,
    /// Where in the runbook.
    pub place: Place,
    /// What it is about.
    pub kind: MomentKind,
    /// How it turned out.
    pub tone: Tone,
    /// What happened, on one line.
    pub title: String,
    /// How it turned out in a word or two: `exit 1`, `pass`; may be empty.
    pub result: String,
    /// Everything else worth reading, on as many lines as it has; may be empty.
    pub detail: String,
    /// The attempt whose output belongs to it.
    pub attempt: Option<AttemptId>,
    /// How long it took, where that was measured.
    pub duration_ms: Option<u64>,
}

impl Moment {
    /// The step it belongs to.
    pub fn step(&self) -> Option<StepId> {
        step_at(&self.place)
    }
}

fn step_at(place: &Place) -> Option<StepId> {
    match place {
        Place::Run => None,
        Place::Step(step) => Some(step.clone()),
        Place::Item(item) => Some(item.step()),
    }
}

/// The moments of a run, oldest first. `run` is the fold of exactly these entries.
pub fn timeline(run: &Run, entries: &[Entry]) -> Vec<Moment> {
    let teller = Teller { run };
    let mut moments = Vec::new();
    let mut step = None;
    for entry in entries {
        let turned_to = step_at(&teller.place(&entry.fact));
        if turned_to.is_some() && turned_to != step && !matches!(entry.fact, Fact::NoteTaken { .. }) {
            step = turned_to;
            moments.extend(step.as_ref().and_then(|step| teller.heading(step, entry)));
        }
        moments.extend(teller.moment(entry));
    }
    moments
}

/// When each step was first and last worked at.
pub fn step_spans(run: &Run, entries: &[Entry]) -> BTreeMap<StepId, (Timestamp, Timestamp)> {
    let teller = Teller { run };
    let mut spans: BTreeMap<StepId, (Timestamp, Timestamp)> = BTreeMap::new();
    for entry in entries {
        let Some(step) = step_at(&teller.place(&entry.fact)) else { continue };
        spans.entry(step).or_insert((entry.stamp.at, entry.stamp.at)).1 = entry.stamp.at;
    }
    spans
}

/// `850ms`, `41s`, `3m02s`, `1h04m`
pub fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms}ms"),
        1..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A step's number and title.
pub fn step_title(run: &Run, step: &StepId) -> String {
    match run.runbook().step(step) {
        Some((_, step)) => match &step.number {
            Some(number) => format!("{number} {}", step.title),
            None => step.title.clone(),
        },
        None => step.0.clone(),
    }
}

/// Kind, tone, title, result and detail, before place and time are added.
struct Told {
    kind: MomentKind,
    tone: Tone,
    title: String,
    result: String,
    detail: String,
}

impl Told {
    fn new(kind: MomentKind, tone: Tone, title: impl Into<String>) -> Self {
        Self { kind, tone, title: title.into(), result: String::new(), detail: String::new() }
    }

    fn result(self, result: impl Into<String>) -> Self {
        Self { result: result.into(), ..self }
    }

    fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

struct Teller<'a> {
    run: &'a Run,
}

impl Teller<'_> {
    fn moment(&self, entry: &Entry) -> Option<Moment> {
        let told = self.tell(&entry.fact, entry.actor.name())?;
        let attempt = match &entry.fact {
            Fact::CommandStarted { attempt, .. } => self.run.attempt(*attempt),
            _ => None,
        };
        Some(Moment {
            seq: entry.seq,
            at: entry.stamp.at,
            by: entry.actor.name().to_owned(),
            place: self.place(&entry.fact),
            kind: told.kind,
            tone: told.tone,
            title: first_line(&told.title),
            result: told.result,
            detail: told.detail,
            attempt: attempt.map(|attempt| attempt.id),
            duration_ms: attempt.and_then(|attempt| attempt.duration_ms),
        })
    }

    fn heading(&self, step: &StepId, entry: &Entry) -> Option<Moment> {
        let (phase, _) = self.run.runbook().step(step)?;
        Some(Moment {
            seq: entry.seq,
            at: entry.stamp.at,
            by: entry.actor.name().to_owned(),
            place: Place::Step(step.clone()),
            kind: MomentKind::Step,
            tone: Tone::Plain,
            title: step_title(self.run, step),
            result: String::new(),
            detail: phase.title.clone(),
            attempt: None,
            duration_ms: None,
        })
    }

    fn place(&self, fact: &Fact) -> Place {
        match fact {
            Fact::InputRecorded { item: Some(item), .. }
            | Fact::CommandPromoted { item }
            | Fact::CommandConfirmed { item, .. }
            | Fact::CommandStarted { item, .. }
            | Fact::CheckRecorded { item, .. }
            | Fact::GateAnswered { item, .. }
            | Fact::ConditionAnswered { item, .. }
            | Fact::HaltOverridden { item, .. }
            | Fact::RunHeld { item, .. } => Place::Item(item.clone()),
            Fact::CommandExited { attempt, .. }
            | Fact::CommandLost { attempt, .. }
            | Fact::CommandResolved { attempt, .. }
            | Fact::CommandSignalled { attempt, .. } => {
                self.run.attempt(*attempt).map_or(Place::Run, |attempt| Place::Item(attempt.item.clone()))
            }
            Fact::StepSkipped { place, .. }
            | Fact::NoteTaken { place, .. }
            | Fact::IncidentLogged { place, .. } => place.clone(),
            _ => Place::Run,
        }
    }

    fn tell(&self, fact: &Fact, by: &str) -> Option<Told> {
        use MomentKind as Kind;
        Some(match fact {
            Fact::RunStarted(start) => begin(start),
            Fact::InputRecorded { name, value, secret, .. } => {
                let value = if *secret { "(secret)" } else { value };
                Told::new(Kind::Value, Tone::Plain, format!("{name} = {value}"))
            }
            Fact::CommandPromoted { item } => {
                let title = format!("taken as a command: {}", self.item_text(item));
                Told::new(Kind::Decision, Tone::Plain, title)
            }
            Fact::CommandConfirmed { deviation: Some(deviation), reason, parts, .. } => {
                let said = reason.clone().unwrap_or_default();
                let ran = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n");
                Told::new(Kind::Deviation, Tone::Issue, deviation.words())
                    .detail(paragraphs(&[&said, &format!("confirmed: {ran}")]))
            }
            Fact::CommandStarted { attempt, part, target, .. } => self.command(*attempt, part, target),
            Fact::CommandResolved { attempt, resolution, note } => resolved(*attempt, *resolution, note),
            Fact::CommandSignalled { attempt, signal } => {
                let asked = match signal {
                    Stop::Interrupt => "interrupted",
                    Stop::Abort => "aborted",
                };
                Told::new(Kind::Circumstance, Tone::Issue, format!("attempt {attempt} {asked} by {by}"))
            }
            Fact::ShellRestarted { reason } => {
                Told::new(Kind::Circumstance, Tone::Issue, "a fresh shell took over").detail(reason)
            }
            Fact::TargetOpened { target } => {
                Told::new(Kind::Circumstance, Tone::Plain, format!("now on {}", target.name()))
                    .detail(&target.command)
            }
            Fact::TargetClosed { target } => {
                Told::new(Kind::Circumstance, Tone::Plain, format!("back from {}", target.name()))
            }
            Fact::CheckRecorded { item, verdict, note } => self.judged(Kind::Check, item, *verdict, note),
            Fact::GateAnswered { item, verdict, note } => self.judged(Kind::Gate, item, *verdict, note),
            Fact::ConditionAnswered { item, answer } => self.decided(item, *answer),
            Fact::StepSkipped { place, reason, deviation } => {
                let tone = if *deviation { Tone::Issue } else { Tone::Plain };
                Told::new(Kind::Skip, tone, self.place_text(place)).result("left out").detail(reason)
            }
            Fact::HaltOverridden { item, reason } => {
                Told::new(Kind::Deviation, Tone::Issue, self.item_text(item))
                    .result("overridden")
                    .detail(reason)
            }
            Fact::NoteTaken { text, .. } => {
                let more = if text.trim().contains('\n') { text.trim() } else { "" };
                Told::new(Kind::Note, Tone::Plain, text.trim()).detail(more)
            }
            Fact::IncidentLogged { incident, .. } => logged(incident),
            Fact::RunHeld { question, .. } => Told::new(Kind::Hold, Tone::Issue, format!("held: {question}")),
            Fact::RollbackBegun { reason } => {
                Told::new(Kind::Rollback, Tone::Bad, "rollback begun").detail(reason)
            }
            Fact::RunFinished { outcome, note } => {
                Told::new(Kind::Finish, tone_of(*outcome), format!("run ended: {}", outcome.words()))
                    .detail(note)
            }
            Fact::SpotCheckRecorded { subject, text, verdict, note } => {
                Told::new(Kind::Check, tone_of_verdict(*verdict), text)
                    .result(verdict.word())
                    .detail(paragraphs(&[subject, note]))
            }
            Fact::SupervisorStarted { recovery: Some(found), .. } => {
                Told::new(Kind::Circumstance, Tone::Issue, "taken up again after an interruption")
                    .detail(found)
            }
            Fact::FrontEndAttached { attendance: Attendance::Watches } => {
                Told::new(Kind::Circumstance, Tone::Plain, format!("{by} looks on"))
            }
            Fact::Unrecognised => {
                Told::new(Kind::Circumstance, Tone::Unknown, "something only a newer version can tell")
            }
            Fact::CommandConfirmed { deviation: None, .. }
            | Fact::CommandExited { .. }
            | Fact::CommandLost { .. }
            | Fact::SupervisorStarted { recovery: None, .. }
            | Fact::FrontEndAttached { attendance: Attendance::Controls } => return None,
        })
    }

    /// Start and end of an attempt are one moment.
    fn command(&self, id: AttemptId, part: &Part, target: &[OpenTarget]) -> Told {
        let attempt = self.run.attempt(id);
        let (tone, result) = attempt.map_or((Tone::Unknown, String::new()), ended);
        let whole = if part.text.trim().contains('\n') { part.text.trim() } else { "" };
        let on = target.last().map(|target| format!("on {}", target.name())).unwrap_or_default();
        let left_in = attempt.and_then(|attempt| attempt.directory.as_deref());
        let directory = left_in.map(|directory| format!("in {directory}")).unwrap_or_default();
        let output = attempt.map(output_words).unwrap_or_default();
        Told::new(MomentKind::Command, tone, part.text.trim())
            .result(result)
            .detail(paragraphs(&[whole, &on, &directory, &output]))
    }

    fn judged(&self, kind: MomentKind, item: &ItemId, verdict: Verdict, note: &str) -> Told {
        let (label, word) = match self.run.runbook().item(item).map(|(_, item)| &item.kind) {
            Some(ItemKind::Expected { .. }) => ("expected: ", verdict.word()),
            Some(ItemKind::StopGate { .. }) => ("stop if: ", stop_word(verdict)),
            _ => ("", verdict.word()),
        };
        let text = self.item_text(item);
        let whole = if text.contains('\n') { text.as_str() } else { "" };
        Told::new(kind, tone_of_verdict(verdict), format!("{label}{text}"))
            .result(word)
            .detail(paragraphs(&[note, whole]))
    }

    fn decided(&self, item: &ItemId, answer: ConditionAnswer) -> Told {
        let kind = self.run.runbook().item(item).map(|(_, item)| &item.kind);
        let result = match (answer, kind) {
            (ConditionAnswer::NotTaken, _) => "does not apply".to_owned(),
            (ConditionAnswer::Taken(branch), Some(ItemKind::Choice { alternatives, .. })) => {
                alternatives.get(branch).cloned().unwrap_or_else(|| format!("alternative {}", branch + 1))
            }
            (ConditionAnswer::Taken(_), _) => "applies".to_owned(),
        };
        Told::new(MomentKind::Decision, Tone::Plain, self.item_text(item)).result(result)
    }

    fn item_text(&self, id: &ItemId) -> String {
        let item = self.run.runbook().item(id).map(|(_, item)| self.run.item_text(item));
        item.map_or_else(|| id.0.clone(), |text| text.trim().to_owned())
    }

    fn place_text(&self, place: &Place) -> String {
        match place {
            Place::Run => "the run".to_owned(),
            Place::Step(step) => step_title(self.run, step),
            Place::Item(item) => self.item_text(item),
        }
    }
}

fn begin(start: &RunStart) -> Told {
    let versions = match (start.from.as_str(), start.to.as_str()) {
        ("", "") => String::new(),
        ("", to) => format!(" to {to}"),
        (from, "") => format!(" from {from}"),
        (from, to) => format!(" {from} → {to}"),
    };
    let by = format!("by {} on {}", start.operator, start.host);
    let back = labelled("rollback point", &start.rollback_point);
    let directory = labelled("directory", &start.directory);
    let survival = labelled("survival", &start.survival);
    Told::new(MomentKind::Begin, Tone::Plain, format!("run begun: {}{versions}", start.subject))
        .detail(paragraphs(&[&by, &back, &directory, &survival]))
}

fn ended(attempt: &Attempt) -> (Tone, String) {
    match &attempt.state {
        AttemptState::Running => (Tone::Running, "running".to_owned()),
        AttemptState::Unknown => (Tone::Unknown, "end not seen".to_owned()),
        AttemptState::Resolved(resolution) => (tone_of_resolution(*resolution), "end not seen".to_owned()),
        AttemptState::Exited(exit) => {
            let tone = if exit.is_success() { Tone::Good } else { Tone::Bad };
            let result = match exit.signal {
                Some(signal) => format!("signal {signal}"),
                None => format!("exit {}", exit.code),
            };
            (tone, result)
        }
    }
}

fn output_words(attempt: &Attempt) -> String {
    match (attempt.output.bytes, attempt.output.omitted) {
        (0, _) => String::new(),
        (bytes, 0) => format!("{bytes} bytes of output"),
        (bytes, omitted) => format!("{bytes} bytes of output, {omitted} of them not kept"),
    }
}

fn resolved(attempt: AttemptId, resolution: Resolution, note: &str) -> Told {
    let words = match resolution {
        Resolution::EndedWell => "it had ended well",
        Resolution::Failed => "it had failed",
        Resolution::NeverRan => "it never ran",
    };
    Told::new(MomentKind::Check, tone_of_resolution(resolution), format!("attempt {attempt}: {words}"))
        .detail(note)
}

fn logged(incident: &IncidentRecord) -> Told {
    let more = if incident.symptoms.trim().contains('\n') { incident.symptoms.trim() } else { "" };
    let fix = labelled("fix", &incident.fix);
    let follow_up = labelled("follow-up", &incident.follow_up);
    Told::new(MomentKind::Incident, Tone::Bad, format!("incident: {}", incident.symptoms.trim()))
        .detail(paragraphs(&[more, &fix, &follow_up]))
}

fn tone_of(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Success => Tone::Good,
        Outcome::SuccessWithIssues => Tone::Issue,
        Outcome::RolledBack | Outcome::Abandoned => Tone::Bad,
    }
}

/// A stop condition is answered by whether it is met: to pass it means that it is not.
pub fn stop_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "not so",
        Verdict::Fail => "so: stop",
        other => other.word(),
    }
}

fn tone_of_verdict(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Degraded => Tone::Issue,
        Verdict::Fail => Tone::Bad,
        Verdict::NotApplicable => Tone::Plain,
    }
}

fn tone_of_resolution(resolution: Resolution) -> Tone {
    match resolution {
        Resolution::EndedWell => Tone::Good,
        Resolution::Failed => Tone::Bad,
        Resolution::NeverRan => Tone::Plain,
    }
}

fn labelled(label: &str, text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { format!("{label}: {}", text.trim()) }
}

fn paragraphs(parts: &[&str]) -> String {
    let filled: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    filled.join("\n")
}

fn first_line(text: &str) -> String {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().trim_end();
    if lines.next().is_some() { format!("{first} …") } else { first.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::specimen::{self, Recorder};
    use crate::journal::Deviation;

    /// The moments of a record, a line each: time, sign of its tone, title, result, duration.
    fn told(entries: &[Entry]) -> Vec<String> {
        let run = Run::replay(specimen::runbook(), entries);
        timeline(&run, entries).iter().map(line).collect()
    }

    fn line(moment: &Moment) -> String {
        let sign = match moment.tone {
            Tone::Plain => ' ',
            Tone::Good => '✓',
            Tone::Issue => '!',
            Tone::Bad => '✗',
            Tone::Unknown => '?',
            Tone::Running => '▸',
        };
        let took = moment.duration_ms.map(duration).unwrap_or_default();
        let indent = if moment.kind == MomentKind::Step { "" } else { "  " };
        let parts = [moment.result.as_str(), took.as_str()].join(" ");
        format!("{} {sign} {indent}{} | {}", moment.at.clock(), moment.title, parts.trim())
            .trim_end()
            .to_owned()
    }

    /// After the beginning, this fact adds these lines (times left out) with this detail.
    #[track_caller]
    fn check(fact: Fact, expected: &str, detail: &str) {
        let mut record = Recorder::begun();
        record.ada(fact);
        let run = Run::replay(specimen::runbook(), &record.entries);
        let moments = timeline(&run, &record.entries);
        let added: Vec<_> = moments.iter().skip(1).filter(|moment| moment.kind != MomentKind::Step).collect();
        let lines: Vec<_> = added.iter().map(|moment| line(moment)[10..].to_owned()).collect();
        assert_eq!(lines.join("\n"), expected);
        assert_eq!(added.iter().map(|moment| moment.detail.as_str()).collect::<String>(), detail);
    }

    #[test]
    fn a_run_reads_as_its_story() {
        insta::assert_snapshot!(told(&specimen::entries()).join("\n"));
    }

    #[test]
    fn every_kind_of_fact_that_matters_has_a_line() {
        let item = || ItemId::from("3-run-migrations/1");
        for (fact, expected, detail) in [
            (
                Fact::InputRecorded {
                    name: "TOKEN".into(),
                    value: "hunter22".into(),
                    item: None,
                    secret: true,
                },
                "    TOKEN = (secret) |",
                "",
            ),
            (
                Fact::CommandPromoted { item: item() },
                "    taken as a command: python manage.py migrate --settings=<settings-module> |",
                "",
            ),
            (
                Fact::CommandConfirmed {
                    item: item(),
                    parts: vec![Part { statements: vec![0], text: "migrate --plan".into() }],
                    deviation: Some(Deviation::Edited),
                    reason: Some("to look first".into()),
                },
                "!   command edited |",
                "to look first\nconfirmed: migrate --plan",
            ),
            (
                Fact::HaltOverridden { item: "3-run-migrations/3".into(), reason: "known".into() },
                "!   Migration fails. DO NOT PROCEED. | overridden",
                "known",
            ),
            (
                Fact::ConditionAnswered {
                    item: "4-restart-workers/1".into(),
                    answer: ConditionAnswer::NotTaken,
                },
                "    If using Celery | does not apply",
                "",
            ),
            (Fact::RunHeld { item: item(), question: "as expected?".into() }, "!   held: as expected? |", ""),
            (Fact::RollbackBegun { reason: "it broke".into() }, "✗   rollback begun |", "it broke"),
            (
                Fact::ShellRestarted { reason: "exec replaced it".into() },
                "!   a fresh shell took over |",
                "exec replaced it",
            ),
            (
                Fact::SupervisorStarted {
                    pid: 1,
                    program: "0".into(),
                    recovery: Some("1 attempt lost".into()),
                },
                "!   taken up again after an interruption |",
                "1 attempt lost",
            ),
            (Fact::FrontEndAttached { attendance: Attendance::Watches }, "    ada looks on |", ""),
            (Fact::FrontEndAttached { attendance: Attendance::Controls }, "", ""),
            (Fact::Unrecognised, "?   something only a newer version can tell |", ""),
        ] {
            check(fact, expected, detail);
        }
    }

    #[test]
    fn an_attempt_is_one_moment_from_its_start_to_what_became_of_it() {
        let mut record = Recorder::begun();
        let part = Part { statements: vec![0], text: "one\ntwo".to_owned() };
        let attempt = AttemptId(1);
        record.ada(Fact::CommandStarted { attempt, item: "5-health/1".into(), part, target: Vec::new() });
        assert_eq!(told(&record.entries).last().unwrap(), "14:02:11Z ▸   one … | running");
        record.program(Fact::CommandLost { attempt, reason: "power".to_owned() });
        assert_eq!(told(&record.entries).last().unwrap(), "14:02:11Z ?   one … | end not seen");
        let resolution = Resolution::EndedWell;
        record.ada(Fact::CommandResolved { attempt, resolution, note: "asked the service".to_owned() });
        let lines = told(&record.entries);
        assert_eq!(lines[lines.len() - 2], "14:02:11Z ✓   one … | end not seen");
        assert_eq!(lines[lines.len() - 1], "14:02:11Z ✓   attempt 1: it had ended well |");
    }

    #[test]
    fn steps_are_spanned_from_their_first_entry_to_their_last() {
        let entries = specimen::entries();
        let run = Run::replay(specimen::runbook(), &entries);
        let spans: Vec<_> = step_spans(&run, &entries)
            .into_iter()
            .map(|(step, (first, last))| {
                format!("{step} {}", duration((last.unix_ms() - first.unix_ms()).unsigned_abs()))
            })
            .collect();
        assert_eq!(
            spans,
            [
                "1-access 0ms",
                "2-back-up-the-database 46s",
                "3-run-migrations 4m02s",
                "4-restart-workers 0ms",
                "5-health 2s"
            ]
        );
    }
}

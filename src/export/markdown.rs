//! The report for a ticket, as Markdown: what was done, how it went, and what to keep in mind.

use std::fmt::Write as _;

use crate::engine::timeline::{duration, step_spans, step_title};
use crate::engine::{Moment, MomentKind, Run, StepState, Tone, timeline};
use crate::journal::{AttemptId, Deviation, Entry, IncidentRecord, Place, Timestamp};
use crate::runbook::{Phase, Step};

use super::output::{acts_on_others, plain_lines};

/// The report of a run. `outputs` gives what an attempt printed, as recorded; `head` is the hash of
/// the journal's last entry.
pub fn markdown(
    run: &Run,
    entries: &[Entry],
    outputs: &dyn Fn(AttemptId) -> Option<String>,
    head: &str,
) -> String {
    let report = Report { run, entries, outputs };
    let sections = [
        report.title(),
        report.facts(head),
        report.incidents(),
        report.deviations(),
        report.notes(),
        report.values(),
        report.steps(),
        report.story(),
    ];
    let filled: Vec<String> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    filled.join("\n\n") + "\n"
}

struct Report<'a> {
    run: &'a Run,
    entries: &'a [Entry],
    outputs: &'a dyn Fn(AttemptId) -> Option<String>,
}

impl Report<'_> {
    fn title(&self) -> String {
        let title = inline(&self.run.runbook().title);
        match self.run.start() {
            Some(start) => {
                let versions = versions(&start.from, &start.to);
                format!("# {title}: {} {versions}", inline(&start.subject)).trim_end().to_owned()
            }
            None => format!("# {title}"),
        }
    }

    fn facts(&self, head: &str) -> String {
        let outcome = match self.run.outcome() {
            Some((outcome, "")) => format!("**{}**", outcome.words()),
            Some((outcome, note)) => format!("**{}**: {}", outcome.words(), inline(note)),
            None => "not finished".to_owned(),
        };
        let mut rows = vec![("Outcome", outcome)];
        if let Some(start) = self.run.start() {
            let runbook =
                format!("{} (SHA-256 {})", inline(&start.runbook.path), code(&start.runbook.digest));
            rows.push(("Runbook", runbook));
            rows.push(("Subject", inline(&start.subject)));
            rows.push(("Versions", versions(&start.from, &start.to)));
            rows.push(("Rollback point", inline(&start.rollback_point)));
            rows.push(("Operator", inline(&start.operator)));
            rows.push(("Host", inline(&start.host)));
        }
        if let (Some(first), Some(last)) = (self.run.started_at(), self.run.last_at()) {
            rows.push(("Started", format!("{} {}", first.at.date(), first.at.clock())));
            rows.push(("Duration", between(first.at, last)));
        }
        if let Some(reason) = self.run.rollback_reason() {
            rows.push(("Rolled back because", inline(reason)));
        }
        if let Some(start) = self.run.start() {
            rows.push(("Run", code(&start.run.0)));
        }
        rows.push(("Journal head", code(head)));
        table(
            ["", ""],
            rows.into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| vec![name.to_owned(), value]),
        )
    }

    fn incidents(&self) -> String {
        let incidents = self.run.incidents().iter().map(|logged| {
            let place = self.place(&logged.place);
            let IncidentRecord { symptoms, fix, follow_up, .. } = &logged.incident;
            let mut lines = vec![format!("- {} at {place}", logged.at.clock())];
            for (label, text) in [("Symptoms", symptoms), ("Fix", fix), ("Follow-up", follow_up)] {
                if !text.trim().is_empty() {
                    lines.push(format!("  - **{label}:** {}", inline(text)));
                }
            }
            lines.join("\n")
        });
        section("What broke", incidents)
    }

    fn deviations(&self) -> String {
        let deviations = self.run.deviations().iter().map(|recorded| {
            let what = recorded.deviation.map_or("left out", Deviation::words);
            let reason = reason(&recorded.reason);
            let place = self.place(&recorded.place);
            format!("- {} **{what}** at {place}{reason} ({})", recorded.at.clock(), inline(&recorded.by))
        });
        section("Deviations", deviations)
    }

    fn notes(&self) -> String {
        let notes = self.run.notes().iter().map(|note| {
            let place = self.place(&note.place);
            format!("- {} at {place}: {} ({})", note.at.clock(), inline(&note.text), inline(&note.by))
        });
        section("Notes", notes)
    }

    fn values(&self) -> String {
        let mut rows = self.run.values().iter().map(|(name, value)| {
            let shown = if self.run.is_secret(name) { "(secret)".to_owned() } else { code(value) };
            vec![inline(name), shown]
        });
        let first = rows.next();
        first.map_or_else(String::new, |first| {
            format!("## Values\n\n{}", table(["Name", "Value"], std::iter::once(first).chain(rows)))
        })
    }

    fn steps(&self) -> String {
        let spans = step_spans(self.run, self.entries);
        let taken = |phase: &Phase, step: &Step| {
            spans.contains_key(&step.id) || (phase.role.is_main_line() && has_gate(step))
        };
        let rows =
            self.run.runbook().steps().filter(|(phase, step)| taken(phase, step)).map(|(phase, step)| {
                let (sign, words) = state(self.run.step_state(step));
                let took =
                    spans.get(&step.id).map(|(first, last)| between(*first, *last)).unwrap_or_default();
                vec![
                    inline(&phase.title),
                    inline(&step_title(self.run, &step.id)),
                    format!("{sign} {words}"),
                    took,
                ]
            });
        format!("## Steps\n\n{}", table(["Phase", "Step", "State", "Took"], rows))
    }

    fn story(&self) -> String {
        let moments = timeline(self.run, self.entries);
        let told: Vec<String> = moments.iter().map(|moment| self.moment(moment)).collect();
        format!("## What happened\n\n{}", told.join("\n"))
    }

    fn moment(&self, moment: &Moment) -> String {
        if moment.kind == MomentKind::Step {
            return format!("\n### {}\n", inline(&moment.title));
        }
        let took = moment.duration_ms.map(duration).unwrap_or_default();
        let result =
            [inline(&moment.result), took].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        let result = if result.is_empty() { String::new() } else { format!(" **{}**", result.join(", ")) };
        let head = format!("- {} {}{result}", moment.at.clock(), sign(moment.tone));
        match moment.attempt.and_then(|id| self.run.attempt(id)) {
            Some(attempt) => {
                let on = attempt.target.last().map(|target| format!(" on {}", inline(&target.name())));
                let block = self.console(&attempt.part.text, attempt.id);
                format!("{head}{}\n\n{block}\n", on.unwrap_or_default())
            }
            None => format!("{head} {}", inline_moment(moment)),
        }
    }

    /// The command and what it printed, in a fence that nothing in it can close.
    fn console(&self, command: &str, attempt: AttemptId) -> String {
        let command = plain_lines(command);
        let prompted = command.iter().enumerate().map(|(index, line)| {
            let prompt = if index == 0 { "$" } else { ">" };
            format!("{prompt} {line}")
        });
        let output = (self.outputs)(attempt).unwrap_or_default();
        let lines: Vec<String> = prompted.chain(plain_lines(&output)).collect();
        let fence = "`".repeat(longest_run(&lines.join("\n"), '`').max(2) + 1);
        let indented = lines.iter().map(|line| format!("  {line}").trim_end().to_owned()).collect::<Vec<_>>();
        format!("  {fence}console\n{}\n  {fence}", indented.join("\n"))
    }

    fn place(&self, place: &Place) -> String {
        let step = match place {
            Place::Run => return "the run".to_owned(),
            Place::Step(step) => self.run.runbook().step(step).map(|(_, step)| step),
            Place::Item(item) => self.run.runbook().item(item).map(|(step, _)| step),
        };
        step.map_or_else(String::new, |step| inline(&step_title(self.run, &step.id)))
    }
}

/// What the sections above tell in full is told here by its title only.
fn inline_moment(moment: &Moment) -> String {
    match moment.kind {
        MomentKind::Begin | MomentKind::Incident => inline(&moment.title),
        MomentKind::Note if !moment.detail.is_empty() => inline(&moment.detail),
        _ => format!("{}{}", inline(&moment.title), reason(&moment.detail)),
    }
}

fn has_gate(step: &Step) -> bool {
    step.items.iter().any(|item| item.kind.is_gate())
}

/// Empty where no time was measured between the two.
fn between(first: Timestamp, last: Timestamp) -> String {
    match u64::try_from(last.unix_ms() - first.unix_ms()) {
        Ok(ms) if ms > 0 => duration(ms),
        _ => String::new(),
    }
}

fn versions(from: &str, to: &str) -> String {
    match (from, to) {
        ("", "") => String::new(),
        ("", to) => format!("to {}", inline(to)),
        (from, "") => format!("from {}", inline(from)),
        (from, to) => format!("{} → {}", inline(from), inline(to)),
    }
}

fn state(state: StepState) -> (&'static str, &'static str) {
    match state {
        StepState::Open => ("○", "not begun"),
        StepState::Active => ("▸", "not finished"),
        StepState::Running => ("▸", "running"),
        StepState::Done => ("✓", "done"),
        StepState::DoneWithIssues => ("!", "done with issues"),
        StepState::Failed => ("✗", "failed"),
        StepState::Unknown => ("?", "unknown"),
        StepState::Skipped => ("–", "left out"),
    }
}

fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "·",
        Tone::Good => "✓",
        Tone::Issue => "!",
        Tone::Bad => "✗",
        Tone::Unknown => "?",
        Tone::Running => "▸",
    }
}

fn reason(text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { format!(": {}", inline(text)) }
}

fn section(title: &str, parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { String::new() } else { format!("## {title}\n\n{}", parts.join("\n")) }
}

fn table<const COLUMNS: usize>(head: [&str; COLUMNS], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let head = line(head.into_iter().map(str::to_owned).collect());
    let rule = line(vec!["---".to_owned(); COLUMNS]);
    let lines: Vec<String> = [head, rule].into_iter().chain(rows.map(line)).collect();
    lines.join("\n")
}

/// Text that reads in Markdown as it is written, on one line: no mark, tag, entity, table border or
/// list that it might contain takes effect.
fn inline(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let joined = lines.join(" / ");
    let digits = joined.len() - joined.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = joined[digits..].trim_start_matches(['.', ')']);
    let numbers = digits > 0 && (after.is_empty() || after.starts_with(' '));
    let mut escaped = String::new();
    for (index, character) in joined.chars().enumerate() {
        let first_mark = index == 0 && matches!(character, '-' | '+' | '=');
        let number_mark = numbers && index == digits && matches!(character, '.' | ')');
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' | '{' | '}'
            | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ if first_mark || number_mark => {
                escaped.push('\\');
                escaped.push(character);
            }
            character if character.is_control() || acts_on_others(character) => {
                let _ = write!(escaped, "\\\\u\\{{{:x}\\}}", u32::from(character));
            }
            character => escaped.push(character),
        }
    }
    escaped
}

/// Text as code within a line, also in a table.
fn code(text: &str) -> String {
    let named: String = plain_lines(text).join(" / ");
    if named.is_empty() {
        return String::new();
    }
    let marks = "`".repeat(longest_run(&named, '`') + 1);
    let room = if named.starts_with('`') || named.ends_with('`') { " " } else { "" };
    format!("{marks}{room}{}{room}{marks}", named.replace('|', "\\|"))
}

fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|character| character != wanted).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;
    use crate::engine::specimen::{self, Recorder};
    use crate::journal::{Fact, Outcome};

    fn report(entries: &[Entry], output: &str) -> String {
        let run = Run::replay(specimen::runbook(), entries);
        let given = |attempt| {
            Some(if output.is_empty() { specimen::output(attempt).to_owned() } else { output.to_owned() })
        };
        markdown(&run, entries, &given, "9be1f00d")
    }

    /// What a reader of the rendered Markdown sees of it; marks that took effect are named.
    fn rendered(text: &str) -> String {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH;
        let shown = |event| match event {
            Event::Text(text) => text.to_string(),
            Event::Code(code) => format!("<code {code}>"),
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => String::new(),
            other => format!("<{other:?}>"),
        };
        Parser::new_ext(text, options).map(shown).collect()
    }

    #[test]
    fn a_report_tells_a_run_from_its_facts_to_its_outputs() {
        insta::assert_snapshot!(report(&specimen::entries(), ""));
    }

    #[test]
    fn text_of_others_is_shown_and_takes_no_effect() {
        for hostile in [
            "*bold* _em_ `code` ~~gone~~",
            "<script>alert(1)</script> &amp; <b>",
            "[link](http://evil) ![image](x) <http://auto>",
            "# heading",
            "- item",
            "+ item",
            "1. item",
            "0.6.2",
            "3.",
            "12) item",
            "=====",
            "---",
            "| a | b |",
            "> quote",
            "    indented",
            "$x^2$ {a}",
            "- [ ] task",
            "back\\slash \\* `",
        ] {
            assert_eq!(rendered(&inline(hostile)), hostile.trim(), "{hostile:?}");
        }
        assert_eq!(inline("two\nlines\u{202e}"), "two / lines\\\\u\\{202e\\}");
    }

    #[test]
    fn code_stays_code_whatever_is_in_it() {
        for (text, expected) in
            [("plain", "`plain`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a|b", "`a\\|b`"), ("", "")]
        {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn no_output_can_close_its_fence() {
        let text = report(&specimen::entries(), "```\n````\n# not a heading\n~~~\n");
        let headings =
            Parser::new(&text).filter(|event| matches!(event, Event::Start(Tag::Heading { .. }))).count();
        let without = report(&specimen::entries(), "");
        let expected =
            Parser::new(&without).filter(|event| matches!(event, Event::Start(Tag::Heading { .. }))).count();
        assert_eq!(headings, expected);
        assert!(text.contains("`````console"));
    }

    #[test]
    fn a_secret_is_named_and_not_told() {
        let mut record = Recorder::begun();
        record.ada(Fact::InputRecorded {
            name: "TOKEN".into(),
            value: "hunter22".into(),
            item: None,
            secret: true,
        });
        record.ada(Fact::RunFinished { outcome: Outcome::Abandoned, note: String::new() });
        let text = report(&record.entries, "");
        assert!(text.contains("| TOKEN | (secret) |"), "{text}");
        assert!(!text.contains("hunter22"), "{text}");
    }
}

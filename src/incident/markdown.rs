//! The log's text ⇄ its entries. Reads what people write by hand, in any order and with parts
//! missing; what it writes for an entry is read back as that entry.

use super::{Closure, Incident, Origin};
use crate::journal::{IncidentRecord, RunId};
use crate::runbook::StepId;

const COMMENT: &str = "<!-- holdpoint:";

/// All entries, in their order in the log, with closed follow-ups marked as such.
pub fn parse(text: &str) -> Vec<Incident> {
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(text.lines()) {
        reader.line(number, line.trim_end());
    }
    reader.end_entry();
    let closures = std::mem::take(&mut reader.closures);
    for incident in &mut reader.incidents {
        let closes = |(reference, _): &&(String, Closure)| *reference == incident.reference();
        incident.closed = closures.iter().rev().find(closes).map(|(_, closure)| closure.clone());
    }
    reader.incidents
}

/// The text of an entry, without the blank line before it.
pub fn render(incident: &Incident) -> String {
    let record = &incident.record;
    let mut text = format!("## {}\n\n", one_line(&heading_of(incident)));
    let version = match (one_line(&record.from), one_line(&record.to)) {
        (from, to) if from.is_empty() && to.is_empty() => String::new(),
        (from, to) => format!("{from} → {to}"),
    };
    let fields = [
        ("Site", one_line(&record.site)),
        ("Date", one_line(&record.date)),
        ("Version", version),
        ("Symptoms", printable(&record.symptoms)),
        ("Fix", printable(&record.fix)),
        ("Follow-up", printable(&record.follow_up)),
    ];
    for (label, value) in fields {
        let line = format!("- **{label}:** {}", value.replace('\n', "\n  "));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if let Some(origin) = &incident.origin {
        let step = origin.step.as_ref().map(|step| format!(" step={}", encode(&step.0))).unwrap_or_default();
        let run = origin.run.as_ref().map(|run| format!(" run={}", encode(&run.0))).unwrap_or_default();
        let comment = format!("\n{COMMENT} runbook={}{step}{run} -->\n", encode(&origin.runbook));
        text.push_str(&comment);
    }
    text
}

/// The text of an entry that closes the follow-up of another.
pub fn render_closure(incident: &Incident, closure: &Closure) -> String {
    let (date, note) = (one_line(&closure.date), printable(&closure.note).replace('\n', "\n  "));
    format!(
        "## {date} · {} · follow-up closed\n\n- **Closes:** {}\n- **Date:** {date}\n- **Note:** {note}\n",
        one_line(&incident.record.site),
        incident.reference(),
    )
}

/// What to append to a log that reads so: the entry, set off from what stands before it.
pub fn addition(existing: &str, entry: &str) -> String {
    let before = match existing {
        text if text.trim().is_empty() => "# What broke last time\n\n",
        text if text.ends_with("\n\n") => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{before}{entry}")
}

fn heading_of(incident: &Incident) -> String {
    if !incident.heading.is_empty() {
        return incident.heading.clone();
    }
    let step = incident.origin.iter().filter_map(|origin| origin.step.as_ref()).map(|step| step.0.as_str());
    let parts = [incident.record.date.as_str(), incident.record.site.as_str()].into_iter().chain(step);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without control characters, and without blank space around it.
fn printable(text: &str) -> String {
    let kept: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|&character| character == '\n' || character == '\t' || !character.is_control())
        .collect();
    kept.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/:@+~-".contains(&byte);
    text.bytes().fold(String::new(), |encoded, byte| {
        encoded + &if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") }
    })
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let value = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| byte == b'%');
        bytes.push(value.unwrap_or(byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Site,
    Date,
    Version,
    Symptoms,
    Fix,
    FollowUp,
    Closes,
    Note,
}

impl Field {
    fn named(label: &str) -> Option<Self> {
        Some(match label.trim().to_lowercase().as_str() {
            "site" | "subject" | "system" => Self::Site,
            "date" | "when" => Self::Date,
            "version" | "versions" => Self::Version,
            "symptom" | "symptoms" | "what happened" => Self::Symptoms,
            "fix" | "fixed by" | "resolution" | "solution" => Self::Fix,
            "follow-up" | "follow up" | "followup" | "follow-ups" => Self::FollowUp,
            "closes" => Self::Closes,
            "note" => Self::Note,
            _ => return None,
        })
    }
}

#[derive(Debug, Default)]
struct Reader {
    incidents: Vec<Incident>,
    closures: Vec<(String, Closure)>,
    heading: String,
    heading_line: usize,
    first_line: usize,
    fields: Vec<(Field, String)>,
    origin: Option<Origin>,
    after_blank: bool,
    /// Whether lines that are no field continue the last one.
    open: bool,
    in_fence: bool,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if indent < 2 && (content.starts_with("```") || content.starts_with("~~~")) {
            self.in_fence = !self.in_fence;
        } else if indent < 2 && !self.in_fence && self.structure(number, content) {
            self.after_blank = false;
            return;
        }
        self.continuation(line, indent);
        self.after_blank = content.is_empty();
    }

    /// Whether the line is a heading, a field, a rule or our comment.
    fn structure(&mut self, number: usize, content: &str) -> bool {
        if let Some(heading) = heading(content) {
            self.end_entry();
            self.heading.clear();
            self.heading.push_str(heading);
            self.heading_line = number;
        } else if let Some(comment) = content.strip_prefix(COMMENT).and_then(|rest| rest.strip_suffix("-->"))
        {
            self.origin = origin(comment);
            self.open = false;
        } else if matches!(content, "---" | "***" | "___" | "----") {
            self.end_entry();
        } else if let Some((field, value)) = field(content) {
            if self.fields.iter().any(|(known, _)| *known == field) {
                self.end_entry();
            }
            if self.fields.is_empty() {
                self.first_line = if self.heading_line > 0 { self.heading_line } else { number };
            }
            self.fields.push((field, value.trim().to_owned()));
            self.open = true;
        } else {
            return false;
        }
        true
    }

    /// Indented lines belong to the field before, others up to a blank line.
    fn continuation(&mut self, line: &str, indent: usize) {
        self.open &= line.is_empty() || indent >= 2 || !self.after_blank || self.in_fence;
        let Some((_, value)) = self.fields.last_mut().filter(|_| self.open) else { return };
        let kept = line.get(indent.min(2)..).unwrap_or_default();
        value.push('\n');
        value.push_str(kept);
    }

    fn end_entry(&mut self) {
        let fields = std::mem::take(&mut self.fields);
        let heading = std::mem::take(&mut self.heading);
        let origin = self.origin.take();
        (self.heading_line, self.open) = (0, false);
        let value = |field: Field| {
            let found = fields.iter().find(|(known, _)| *known == field);
            found.map(|(_, value)| unmarked(value)).unwrap_or_default()
        };
        if !value(Field::Closes).is_empty() {
            let closure = Closure { date: value(Field::Date), note: value(Field::Note) };
            self.closures.push((value(Field::Closes), closure));
            return;
        }
        if fields.iter().all(|(_, value)| is_template(value)) {
            return;
        }
        let (from, to) = versions(&value(Field::Version));
        let mut record = IncidentRecord {
            site: value(Field::Site),
            date: value(Field::Date),
            from,
            to,
            symptoms: value(Field::Symptoms),
            fix: value(Field::Fix),
            follow_up: value(Field::FollowUp),
        };
        if record.date.is_empty() {
            let dated = heading.split_whitespace().find(|word| is_date(word));
            dated.unwrap_or_default().clone_into(&mut record.date);
        }
        self.incidents.push(Incident { record, heading, origin, closed: None, line: self.first_line });
    }
}

fn heading(content: &str) -> Option<&str> {
    let marks = content.bytes().take_while(|&byte| byte == b'#').count();
    let text = content.get(marks..)?;
    ((1..=6).contains(&marks) && (text.is_empty() || text.starts_with(' ')))
        .then(|| text.trim().trim_end_matches('#').trim())
}

/// `- **Site:** acme`, `* **Site**: acme`, `Site: acme` as a bullet, or bold without a bullet.
fn field(content: &str) -> Option<(Field, &str)> {
    let bullet =
        content.strip_prefix(['-', '*', '+']).filter(|rest| rest.starts_with(' ')).map(str::trim_start);
    let text = bullet.unwrap_or(content);
    let (label, value) = match text.strip_prefix("**").or(text.strip_prefix("__")) {
        Some(bold) => {
            let (label, value) = bold.split_once("**").or(bold.split_once("__"))?;
            match label.strip_suffix(':') {
                Some(label) => (label, value),
                None => (label, value.trim_start().trim_start_matches(':')),
            }
        }
        None => text.split_once(':').filter(|_| bullet.is_some())?,
    };
    Some((Field::named(label)?, value))
}

fn origin(comment: &str) -> Option<Origin> {
    let value = |name: &str| {
        let mut pairs = comment.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| decode(value))
    };
    Some(Origin { runbook: value("runbook")?, step: value("step").map(StepId), run: value("run").map(RunId) })
}

/// Without the back-ticks around it.
fn unmarked(value: &str) -> String {
    let trimmed = value.trim();
    let inner = trimmed.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    inner.filter(|inner| !inner.contains('`')).unwrap_or(trimmed).to_owned()
}

/// A form that was not filled in.
fn is_template(value: &str) -> bool {
    let text = unmarked(value);
    text.is_empty()
        || text.starts_with('<') && text.ends_with('>')
        || text == "YYYY-MM-DD"
        || text.contains("vX.Y.Z") && text.contains("vA.B.C")
}

fn versions(text: &str) -> (String, String) {
    let clean = |part: &str| {
        let part = part.replace("(from)", "").replace("(to)", "").replace('`', "");
        part.trim().trim_start_matches("from ").trim().to_owned()
    };
    let parts = ["→", "->", "=>", " to "].iter().find_map(|mark| text.split_once(mark));
    parts.map_or_else(|| (String::new(), clean(text)), |(from, to)| (clean(from), clean(to)))
}

fn is_date(word: &str) -> bool {
    let shape = word.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    shape.eq(*b"0000-00-00")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[[&str; 7]]) {
        let found = parse(text);
        let rows: Vec<[&str; 7]> = found
            .iter()
            .map(|Incident { record, .. }| {
                [
                    &record.site,
                    &record.date,
                    &record.from,
                    &record.to,
                    &record.symptoms,
                    &record.fix,
                    &record.follow_up,
                ]
                .map(String::as_str)
            })
            .collect();
        assert_eq!(rows, expected, "{text}");
    }

    #[test]
    fn the_form_of_the_runbooks_is_read() {
        check(
            "# What broke\n\n## Migration\n\n- **Site:** `acme`\n- **Date:** `2026-03-02`\n- **Version:** `v0.5` (from) → `v0.6` (to)\n- **Symptoms:** relation exists\n- **Fix:** faked 0042\n- **Follow-up:** check first\n",
            &[["acme", "2026-03-02", "v0.5", "v0.6", "relation exists", "faked 0042", "check first"]],
        );
    }

    #[test]
    fn entries_by_hand_in_any_order_with_parts_missing_are_read() {
        check(
            "- **Fix**: restart\n- **Site**: one\n\n- Site: two\n- Symptoms: slow\n\n### 2026-01-02 three\n\n**Symptoms:** 503\n",
            &[
                ["one", "", "", "", "", "restart", ""],
                ["two", "", "", "", "slow", "", ""],
                ["", "2026-01-02", "", "", "503", "", ""],
            ],
        );
    }

    #[test]
    fn an_empty_form_and_prose_are_no_entries() {
        check(
            "- **Site:** `<slug>`\n- **Date:** `YYYY-MM-DD`\n- **Fix:**\n\nAppend below.\n\n## Notes\n\nNothing: here\n",
            &[],
        );
    }

    #[test]
    fn texts_of_several_lines_are_kept() {
        check(
            "- **Symptoms:** first\n  second\n\n  third\n- **Fix:** a\nb\n\nnot part of it\n- **Site:** x\n",
            &[["x", "", "", "", "first\nsecond\n\nthird", "a\nb", ""]],
        );
    }

    #[test]
    fn headings_inside_a_fence_end_no_entry() {
        check(
            "- **Site:** x\n- **Symptoms:**\n```\n# not a heading\n- **Site:** y\n```\n- **Fix:** z\n",
            &[["x", "", "", "", "```\n# not a heading\n- **Site:** y\n```", "z", ""]],
        );
    }

    fn incident(symptoms: &str, follow_up: &str) -> Incident {
        let record = IncidentRecord {
            site: "acme-kitchens".into(),
            date: "2026-03-02".into(),
            from: "0.5".into(),
            to: "0.6".into(),
            symptoms: symptoms.into(),
            fix: "faked 0042".into(),
            follow_up: follow_up.into(),
        };
        let origin = Origin {
            runbook: "up grade.md".into(),
            step: Some("8-run-migrations".into()),
            run: Some(RunId("r1".into())),
        };
        let heading = "2026-03-02 · acme-kitchens · 8 Run migrations".into();
        Incident { record, heading, origin: Some(origin), closed: None, line: 3 }
    }

    #[test]
    fn an_entry_is_written_in_the_form_that_people_use() {
        let text = addition("", &render(&incident("relation\nexists", "")));
        assert_eq!(
            text,
            "# What broke last time\n\n## 2026-03-02 · acme-kitchens · 8 Run migrations\n\n- **Site:** acme-kitchens\n- **Date:** 2026-03-02\n- **Version:** 0.5 → 0.6\n- **Symptoms:** relation\n  exists\n- **Fix:** faked 0042\n- **Follow-up:**\n\n<!-- holdpoint: runbook=up%20grade.md step=8-run-migrations run=r1 -->\n"
        );
        assert_eq!(parse(&text), [incident("relation\nexists", "")]);
    }

    #[test]
    fn a_follow_up_stays_open_until_an_entry_closes_it() {
        let first = incident("relation exists", "check first");
        let second = incident("another", "later");
        let mut log = addition("", &render(&first));
        log += &addition(&log, &render(&second));
        assert!(parse(&log).iter().all(Incident::has_open_follow_up));
        let closure = Closure { date: "2026-03-09".into(), note: "checked now".into() };
        log += &addition(&log, &render_closure(&first, &closure));
        let found = parse(&log);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].closed, Some(closure));
        assert!(!found[0].has_open_follow_up());
        assert!(found[1].has_open_follow_up());
    }

    #[test]
    fn a_follow_up_that_a_person_settled_is_closed() {
        let open = |text: &str| incident("x", text).has_open_follow_up();
        for settled in
            ["", "none", "None.", "done: see #7", "~~write a check~~", "[x] write a check", "n/a", "-"]
        {
            assert!(!open(settled), "{settled}");
        }
        for left in ["write a check", "nonetheless check", "[ ] write a check"] {
            assert!(open(left), "{left}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_is_read_back(
            symptoms in "(?s)[ -~\n]{0,60}x",
            fix in "([-*#`~:<> a-z]{0,12}\n){0,4}y",
            before in "(?s)[ -~\n]{0,40}",
        ) {
            let mut written = incident(&printable(&symptoms), "");
            written.record.fix = printable(&fix);
            let mut log = format!("{before}\n\n---\n").replace("```", "").replace("~~~", "");
            log += &addition(&log, &render(&written));
            let found = parse(&log).pop();
            prop_assert_eq!(found.map(|found| (found.record, found.origin)), Some((written.record, written.origin)), "{}", log);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(?s)([-#*`: ]{0,4}(Site|Date|<!-- holdpoint: a=b -->|→|é)?\n?){0,20}") {
            parse(&text);
        }
    }
}

//! Commands in code spans, by where they stand (C5). One document in ten has its commands only there;
//! without this rule command lines lose 5.0 points.
#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "a shell tells cases apart")]

use super::{command_line, label};
use crate::runbook::lexicon::{first_word, says_any};
use crate::runbook::node::Inline;
use crate::runbook::{Confidence, Language};

/// A command in a code span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its line.
    pub(crate) line: usize,
    /// Its text.
    pub(crate) text: String,
    /// Which tool understands it.
    pub(crate) language: Language,
    /// High for a whole item, after a label, after an imperative; medium elsewhere in an instruction.
    pub(crate) confidence: Confidence,
}

/// Verbs after which a code span is what they run.
const RUNS: [&str; 15] = [
    "run",
    "execute",
    "use",
    "invoke",
    "type",
    "enter",
    "issue",
    "call",
    "running",
    "executing",
    "using",
    "via",
    "with",
    "by",
    "do",
];

/// The commands among the code spans of a text; `acting` says that it stands where things are done.
pub(crate) fn commands(text: &Inline, acting: bool) -> Vec<Span> {
    find(text, Place { acting, checking: false, chained: false })
}

/// The commands among the code spans of something to be confirmed.
pub(crate) fn checked(text: &Inline) -> Vec<Span> {
    find(text, Place { acting: true, checking: true, chained: false })
}

/// What is known of the text around a span.
#[derive(Debug, Clone, Copy)]
struct Place {
    acting: bool,
    checking: bool,
    chained: bool,
}

fn find(text: &Inline, place: Place) -> Vec<Span> {
    let mut found = Vec::new();
    for (index, span) in text.spans.iter().enumerate() {
        if !span.code || span.link.is_some() {
            continue;
        }
        let code = span.text.trim().trim_start_matches("$ ");
        let Some(language) = language(code) else { continue };
        let before = around(text.spans[..index].iter().rev(), true);
        let after = around(text.spans[index + 1..].iter(), false);
        if let Some(confidence) = position(
            before.trim_end(),
            after.trim_start(),
            code,
            Place { chained: !found.is_empty(), ..place },
        ) {
            found.push(Span { line: span.line, text: code.to_owned(), language, confidence });
        }
    }
    found
}

/// The text next to a span, as far as a rule looks.
fn around<'a>(spans: impl Iterator<Item = &'a crate::runbook::node::Span>, backwards: bool) -> String {
    let mut text = String::new();
    for span in spans {
        if text.len() > 400 {
            break;
        }
        let part = span.text.replace('\n', " ");
        text = if backwards { part + &text } else { text + &part };
    }
    text
}

fn language(code: &str) -> Option<Language> {
    if code.contains('\n') || code.ends_with("()") || code.starts_with('-') {
        return None;
    }
    if command_line::is_request(code) {
        return Some(Language::Http);
    }
    if command_line::is_sql(code)
        && code.contains(' ')
        && code.to_uppercase() != code.to_lowercase()
        && code.len() > 12
    {
        return Some(Language::Sql);
    }
    command_line::is_command(code).then_some(Language::Shell)
}

/// Words that make the text before a span a report instead of an instruction.
const REPORTS: [&str; 14] = [
    "was",
    "were",
    "has been",
    "because",
    "failed",
    "fails",
    "will",
    "automatically",
    "equivalent to",
    "same as",
    "similar to",
    "calls",
    "runs",
    "uses",
];

fn position(before: &str, after: &str, code: &str, place: Place) -> Option<Confidence> {
    let whole = before.trim_matches(|letter: char| !letter.is_alphanumeric()).is_empty();
    let ended = after.trim().len() <= 1 || after.starts_with(['.', ',', ';', ':', '→']);
    if label::is_negated(before) {
        return None;
    }
    if code.split_whitespace().count() < 2 && !is_script(code) {
        let alone = before.is_empty() && after.trim().len() <= 1 && code.len() > 2 && code != "latest";
        return (alone && place.acting && !command_line::is_everyday(code)).then_some(Confidence::Medium);
    }
    if whole {
        return lead(after, place);
    }
    if before.ends_with(':') && ended {
        return Some(Confidence::High);
    }
    let clause =
        before.rsplit(['.', ';', '!', '?']).find(|part| !part.trim().is_empty()).unwrap_or(before).trim();
    if before.ends_with(['.', '!', '?']) {
        return lead(after, place).filter(|_| place.acting).map(|_| Confidence::Medium);
    }
    let clause = clause.split_once(": ").map_or(clause, |(_, rest)| rest);
    let sentence = clause.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let imperative = label::is_instruction(sentence) || label::is_check_sentence(sentence);
    let last = last_word(before);
    if matches!(last.as_str(), "run" | "execute" | "use" | "invoke" | "issue" | "type" | "enter" | "do")
        && imperative
    {
        return Some(Confidence::High);
    }
    if says_any!(clause, &REPORTS) && !imperative {
        return None;
    }
    let chained = place.chained && matches!(last.as_str(), "then" | "and" | "or" | "→" | "->");
    let runs = RUNS.contains(&last.as_str()) && place.acting;
    (imperative || chained || runs || (place.acting && example(before))).then_some(Confidence::Medium)
}

fn last_word(before: &str) -> String {
    let last = before
        .rsplit(|letter: char| letter.is_whitespace() || letter == '(')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    last.trim_end_matches([':', ',']).trim_start_matches(['(', '*']).to_owned()
}

fn is_script(code: &str) -> bool {
    code.starts_with("./") || code.ends_with(".sh") || (code.starts_with('/') && code.contains("bin/"))
}

/// Words that may follow a command at the start of a text.
const REMARKS: &str =
    "and or then to on in from for once if with again until after before as inside against there";

/// Words that follow a command which is to be checked.
const REPORTED: &str =
    "reports returns shows prints succeeds passes lists exits is are has completes responds";

/// A span at the start: a command if nothing, a remark or a further command follows, not if it is the
/// subject of a sentence; in a list of checks it may be that too.
fn lead(after: &str, place: Place) -> Option<Confidence> {
    let remark = after.is_empty()
        || after.starts_with(['.', ',', ';', ':', '—', '–', '(', '-', '#', '→', '&', '+'])
        || after.starts_with("=>");
    let word = first_word(after).to_lowercase();
    let holds = |words: &str| words.split(' ').any(|known| known == word);
    if remark {
        Some(Confidence::High)
    } else if holds(REMARKS) || (place.checking && holds(REPORTED)) {
        Some(Confidence::Medium)
    } else {
        None
    }
}

/// `(e.g., `x`)`, `(x)`, `for example x`.
fn example(before: &str) -> bool {
    let trimmed = before.trim_end();
    trimmed.ends_with('(')
        || ["e.g.,", "e.g.", "eg:", "for example", "for example,", "i.e.", "such as", "example:"]
            .iter()
            .any(|end| trimmed.to_lowercase().ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::node;

    /// Code stands between backquotes.
    fn check(text: &str, expected: &[(&str, Confidence)]) {
        let spans = text
            .split('`')
            .enumerate()
            .filter(|(_, part)| !part.is_empty())
            .map(|(index, part)| node::Span {
                text: part.to_owned(),
                line: 1,
                code: index % 2 == 1,
                strong: false,
                link: None,
            })
            .collect();
        let got = commands(&Inline { spans }, true);
        let got: Vec<_> = got.iter().map(|one| (one.text.as_str(), one.confidence)).collect();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn whole_items_labels_and_imperatives_are_sure() {
        check("`docker compose up -d`", &[("docker compose up -d", Confidence::High)]);
        check("Pull images: `docker compose pull`", &[("docker compose pull", Confidence::High)]);
        check("Run `make test` now", &[("make test", Confidence::High)]);
    }

    #[test]
    fn brackets_and_examples_are_offered() {
        check(
            "Record the version (`git rev-parse HEAD` or tag).",
            &[("git rev-parse HEAD", Confidence::Medium)],
        );
        check("Run the migration (e.g., `pnpm db:migrate`).", &[("pnpm db:migrate", Confidence::Medium)]);
    }

    #[test]
    fn names_negations_and_subjects_are_not_commands() {
        for text in [
            "Edit `docker-compose.yml`",
            "Do not run `rm -rf x`",
            "`docker compose up -d` recreates it",
            "See `docs/a.md`",
            "The `kubectl` binary",
        ] {
            check(text, &[]);
        }
    }
}

//! Commands in code spans, by where they stand (C5). One document in ten has its commands only there;
//! without this rule command lines lose 5.0 points.

use super::{command_line, label};
use crate::runbook::lexicon::{first_word, says_any};
use crate::runbook::node::Inline;
use crate::runbook::placeholder;
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
    let mut found = Vec::new();
    for (index, span) in text.spans.iter().enumerate() {
        if !span.code || span.link.is_some() {
            continue;
        }
        let code = span.text.trim().trim_start_matches("$ ");
        let Some(language) = language(code) else { continue };
        let before: String = text.spans[..index].iter().map(|span| span.text.as_str()).collect();
        let after: String = text.spans[index + 1..].iter().map(|span| span.text.as_str()).collect();
        let before = before.replace('\n', " ");
        if let Some(confidence) = position(before.trim_end(), after.trim_start(), code, acting) {
            found.push(Span { line: span.line, text: code.to_owned(), language, confidence });
        }
    }
    found
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

fn position(before: &str, after: &str, code: &str, acting: bool) -> Option<Confidence> {
    let words = code.split_whitespace().count();
    let whole = before.trim_matches(|letter: char| !letter.is_alphanumeric()).is_empty();
    let ended = after.is_empty() || after.starts_with(['.', ',', ';', ':']) || after.trim().len() <= 1;
    if label::is_negated(before) || placeholder::mask(code).trim() == code.trim_matches('X') && words == 0 {
        return None;
    }
    let last = before
        .rsplit(|letter: char| letter.is_whitespace() || letter == '(')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let last = last.trim_end_matches([':', ',']).trim_start_matches(['(', '*']);
    let runs = RUNS.contains(&last);
    let script = code.starts_with("./") || code.ends_with(".sh");
    if words < 2 && !script {
        let bare = whole && ended && !matches!(code, "main" | "latest") && acting;
        return (bare && after.trim().len() <= 1 && before.is_empty() && code.len() > 2)
            .then_some(Confidence::Medium)
            .filter(|_| words == 1 && !command_line::is_command(&format!("{code} the")));
    }
    if whole {
        return lead(after);
    }
    if before.ends_with(':') && ended {
        return Some(Confidence::High);
    }
    let clause = before.rsplit(['.', ';', '!', '?']).next().unwrap_or(before).trim();
    let sentence = clause.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let imperative = label::is_instruction(sentence) || label::is_check_sentence(sentence);
    if runs
        && matches!(last, "run" | "execute" | "use" | "invoke" | "issue" | "type" | "enter" | "do")
        && imperative
    {
        return Some(Confidence::High);
    }
    if says_any(
        clause,
        &[
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
            "like",
            "similar to",
            "calls",
            "runs",
            "uses",
        ],
    ) && !imperative
    {
        return None;
    }
    (imperative || (runs && acting) || (acting && example(before))).then_some(Confidence::Medium)
}

/// A span at the start: a command if nothing, a remark or a further command follows, not if it is the
/// subject of a sentence.
fn lead(after: &str) -> Option<Confidence> {
    let remark = after.is_empty()
        || after.starts_with(['.', ',', ';', ':', '—', '–', '(', '-', '#', '→', '&', '+'])
        || after.starts_with("=>");
    let word = first_word(after).to_lowercase();
    if remark {
        Some(Confidence::High)
    } else if matches!(
        word.as_str(),
        "and"
            | "or"
            | "then"
            | "to"
            | "on"
            | "in"
            | "from"
            | "for"
            | "once"
            | "if"
            | "with"
            | "again"
            | "until"
            | "after"
            | "before"
            | "as"
            | "inside"
            | "against"
    ) {
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

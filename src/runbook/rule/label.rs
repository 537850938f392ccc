//! What a piece of text announces or is: expected (E1), stop (X1), check (K2, K3), condition (O1),
//! choice (A1), value to record (I1), warning, output (C3). By its label or its first words only;
//! words in the middle of prose decide nothing.

use crate::runbook::lexicon::{first_word, is_check, is_imperative, says, says_any};
use crate::runbook::node::Inline;

/// What a text is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// What should have come about.
    Expected,
    /// When not to go on.
    Stop,
    /// Something to be confirmed.
    Check,
    /// A warning.
    Warning,
    /// A note.
    Note,
    /// A condition on what follows.
    Condition,
    /// Several ways follow.
    Choice,
    /// Checks follow.
    Checks,
    /// Bad signs to watch for follow.
    Watch,
    /// Reasons to roll back follow.
    Triggers,
    /// What a command printed follows.
    Output,
    /// Things that are not to be done by anyone follow: causes, examples, recommendations.
    Matter,
    /// Nothing in particular.
    #[default]
    Plain,
}

/// The label of a text: its bold lead or what stands before its first colon, without the colon.
pub(crate) fn label(text: &Inline) -> Option<String> {
    let whole = text.text();
    if let Some((bold, rest)) = text.bold_lead() {
        let after = rest.text();
        if bold.ends_with(':') || after.starts_with(':') || after.is_empty() {
            return Some(bold.trim_end_matches(':').trim().to_owned());
        }
    }
    let (before, after) = whole.split_once(':')?;
    let short = before.split_whitespace().count() <= 6 && !before.contains(['`', '.', '/']);
    (short && (after.is_empty() || after.starts_with(' '))).then(|| before.trim().to_owned())
}

/// What this text is, by its label and first words.
pub(crate) fn meaning(text: &Inline) -> Meaning {
    let whole = text.text();
    let label = label(text).unwrap_or_default();
    let colon = whole.ends_with(':') || (text.is_bold() && whole.ends_with([':', '?']));
    if is_stop(&whole, &label) {
        Meaning::Stop
    } else if is_triggers(&whole) && colon {
        Meaning::Triggers
    } else if is_expected(&whole, &label) {
        Meaning::Expected
    } else if announces_output(&whole) {
        Meaning::Output
    } else if starts_any(&label, &["watch for", "look for", "bad signs", "red flags", "warning signs"])
        && colon
    {
        Meaning::Watch
    } else if is_matter(&label) && colon {
        Meaning::Matter
    } else if let Some(warning) = admonition(&label, &whole) {
        if warning { Meaning::Warning } else { Meaning::Note }
    } else if is_choice(&whole) {
        Meaning::Choice
    } else if is_condition(&whole) && colon {
        Meaning::Condition
    } else if colon && announces_checks(&whole, &label) {
        Meaning::Checks
    } else if is_check_sentence(&whole) && !colon {
        Meaning::Check
    } else {
        Meaning::Plain
    }
}

fn starts_any(text: &str, starts: &[&str]) -> bool {
    let lower = text.to_lowercase();
    starts.iter().any(|start| lower.starts_with(start))
}

fn is_stop(whole: &str, label: &str) -> bool {
    starts_any(
        label,
        &[
            "stop if",
            "stop when",
            "stop condition",
            "abort if",
            "halt if",
            "hard stop",
            "go/no-go",
            "no-go",
            "hold point",
        ],
    ) || starts_any(
        whole,
        &[
            "stop if ",
            "stop here if",
            "abort if ",
            "halt if ",
            "do not proceed",
            "don't proceed",
            "do not continue",
            "stop and ",
        ],
    ) || says_any!(
        whole,
        &[
            "do not proceed",
            "don't proceed",
            "do not continue until",
            "do not continue if",
            "do not retry blindly",
            "must not proceed",
            "trigger rollback if",
        ],
    ) || whole.contains("STOP ")
        || whole.contains("STOP.")
        || whole.contains("STOP:")
        || (starts_any(whole, &["if "])
            && says_any!(whole, &["stop and", "abort the", "stop the upgrade", "stop here", "abort and"]))
}

fn is_triggers(whole: &str) -> bool {
    says_any!(
        whole,
        &[
            "trigger rollback",
            "rollback if",
            "roll back if",
            "rollback immediately if",
            "roll back immediately if",
            "rollback when",
            "roll back when",
            "rollback triggers",
        ],
    )
}

fn is_expected(whole: &str, label: &str) -> bool {
    starts_any(
        label,
        &[
            "expected",
            "expect",
            "success criteria",
            "success looks like",
            "you should see",
            "should see",
            "desired state",
            "pass criteria",
        ],
    ) || label.eq_ignore_ascii_case("ensure")
        || label.eq_ignore_ascii_case("result")
        || starts_any(
            whole,
            &[
                "you should see ",
                "you should now see",
                "expected result",
                "expected output",
                "this should return",
                "should return ",
                "it should return",
                "the output should",
                "the command should",
            ],
        )
}

/// The text without the word that only says what kind of item it is, as in `Expected: it runs`. The
/// word stands beside the item wherever it is shown.
pub(crate) fn without_kind(whole: &str) -> &str {
    let kinds = ["expected", "expected result", "expected results", "stop if", "stop when"];
    match whole.split_once(':') {
        Some((label, rest))
            if kinds.contains(&label.trim().to_lowercase().as_str()) && !rest.trim().is_empty() =>
        {
            rest.trim()
        }
        _ => whole,
    }
}

/// Whether output follows: "similar to", "Example output", "You should see".
pub(crate) fn announces_output(whole: &str) -> bool {
    let ends = whole.ends_with(':') || whole.ends_with("...");
    let tail: String = {
        let letters: Vec<char> = whole.chars().collect();
        letters[letters.len().saturating_sub(160)..].iter().collect()
    };
    let sentence =
        tail.rsplit(['.', '!', '?']).find(|part| part.trim().len() > 3).unwrap_or(&tail).to_owned();
    let phrases = [
        "similar to",
        "should see",
        "example output",
        "sample output",
        "expected output",
        "expected result",
        "output looks like",
        "looks like this",
        "look like this",
        "will see",
        "would see",
        "output should",
        "output is",
        "output will",
        "output:",
        "returns",
        "should return",
        "will return",
        "should show",
        "will show",
        "should look",
        "looks like",
        "look something like",
        "prints",
        "error message",
        "following error",
        "error like",
        "errors like",
        "response",
        "the output",
        "will output",
        "should output",
        "log line",
        "log message",
        "logs show",
        "example response",
        "expected response",
        "will be displayed",
        "is displayed",
        "resulting in",
        "example entry",
        "message template",
        "resembles",
        "results in",
        "you will get",
        "you'll see",
        "you get",
    ];
    let asks = says_any!(
        &sentence,
        &[
            "run",
            "execute",
            "use",
            "using",
            "check the output with",
            "verify with",
            "to see",
            "to get",
            "get the",
            "with the following command",
            "enter",
            "retrieve",
            "following command",
            "watch",
        ],
    ) && !says_any!(
        &sentence,
        &[
            "should see",
            "similar to",
            "output looks like",
            "example output",
            "returns an output",
            "expected output",
            "following error",
            "should look",
            "will see",
            "you'll see",
        ],
    );
    ends && !asks && phrases.iter().any(|phrase| sentence.to_lowercase().contains(phrase))
}

fn is_matter(label: &str) -> bool {
    starts_any(
        label,
        &[
            "recommended for",
            "recommended when",
            "common causes",
            "causes",
            "cause",
            "possible causes",
            "likely causes",
            "examples",
            "example",
            "notes",
            "symptoms",
            "symptom",
            "problem",
            "problems",
            "owner",
            "owners",
            "references",
            "see also",
            "related",
            "where",
            "not rollback triggers",
            "context",
            "why",
            "purpose",
            "applies to",
            "affects",
            "impact",
            "location",
            "includes",
            "scope",
            "options",
            "arguments",
        ],
    )
}

/// Whether this is an admonition: `true` for a warning, `false` for a note.
fn admonition(label: &str, whole: &str) -> Option<bool> {
    let word = label.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    let word = word.split_whitespace().next().unwrap_or_default();
    let marked = ["!!! ", "??? ", "???+ "].iter().find_map(|mark| whole.strip_prefix(mark));
    let word = marked.map_or(word.to_owned(), |rest| first_word(rest).to_lowercase());
    match word.as_str() {
        "warning" | "caution" | "danger" | "dangerous" | "attention" | "important" | "critical" => Some(true),
        "note" | "notes" | "tip" | "info" | "hint" | "nb" | "remember" => Some(false),
        _ => marked.map(|_| false),
    }
}

fn is_choice(whole: &str) -> bool {
    let ends = whole.ends_with([':', '.']);
    ends && (starts_any(
        whole,
        &[
            "choose one",
            "pick one",
            "select one",
            "use one of",
            "either of",
            "one of the following",
            "do one of the following",
            "choose one of",
            "there are two options",
            "choose between",
        ],
    ) || says_any!(
        whole,
        &[
            "one of the following options",
            "one of the following methods",
            "choose one path",
            "either of the following",
        ],
    ))
}

/// Whether the text is a condition: `If using Celery`, `For production:`, `When …`.
pub(crate) fn is_condition(whole: &str) -> bool {
    starts_any(whole, &["if ", "when ", "in case ", "unless ", "only if ", "**if"])
}

/// Nouns under which everything is to be confirmed.
const CHECK_LABELS: &str = "check|checks|verify|verification|validation|acceptance criteria|definition of done|checklist|exit criteria|\
success criteria|done when|manual checks|health checks|smoke tests|sanity checks|confirm|ensure|pass when|validate";

fn announces_checks(whole: &str, label: &str) -> bool {
    let tail = sentences(whole).last().copied().unwrap_or_default();
    let inform = says_any!(tail, &["this information", "you include", "you understand"]);
    (is_check(first_word(tail)) || starts_any(tail, &["make sure", "please verify", "please check"]))
        && !inform
        || is_check_label(label)
        || says_any!(
            whole,
            &[
                "correctly when",
                "complete when",
                "is done when",
                "successful when",
                "following checks",
                "successful if",
                "these are true",
                "the following are true",
                "confirm the following",
                "verify the following",
                "check the following",
                "is complete when",
            ],
        )
}

/// Whether a label or title says by its nouns that what is under it is to be confirmed.
pub(crate) fn is_check_label(label: &str) -> bool {
    let word = label.to_lowercase();
    CHECK_LABELS
        .split('|')
        .any(|known| word == known || (known.len() > 8 && word.starts_with(&format!("{known} "))))
        || [" checks", " checklist", " criteria"].iter().any(|end| word.ends_with(end))
}

/// Openings of a sentence that asks for confirmation without a verb of checking in front.
const CHECK_OPENINGS: &str = "make sure |test that |test for |test with |test on |test the |look at |please check |please verify |please ensure |\
please confirm |please make sure |also check |also verify |also ensure |also confirm |then check |then verify |then confirm |be sure to check |sanity check |\
double check |finally, ensure |finally, verify |finally, check |finally, confirm |and ensure |and verify |and confirm |next, verify |next, check ";

/// Whether this sentence asks a person to confirm something.
pub(crate) fn is_check_sentence(sentence: &str) -> bool {
    let trimmed = sentence.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let first = first_word(trimmed);
    let rest = trimmed.get(first.len()..).unwrap_or_default().trim_start();
    let noun = rest.starts_with([':', '-', '—', '=', ')']) && !rest.starts_with("- ");
    let second = first_word(rest).to_lowercase();
    let out = first.eq_ignore_ascii_case("check") && matches!(second.as_str(), "out" | "in" | "into");
    let lower = trimmed.to_lowercase();
    let instructs = lower
        .strip_prefix("make sure to ")
        .is_some_and(|rest| is_imperative(first_word(rest)) && !is_check(first_word(rest)));
    (is_check(first) && !noun && !out && !rest.is_empty())
        || (CHECK_OPENINGS.split('|').any(|opening| lower.starts_with(opening)) && !instructs)
        || is_check_after_place(&lower)
}

/// `On the provider, ensure that …`: a place or a time in front of the check.
fn is_check_after_place(lower: &str) -> bool {
    let opener = matches!(
        first_word(lower),
        "on" | "in" | "at" | "after" | "before" | "once" | "from" | "for" | "using" | "when"
    );
    let Some((before, after)) = lower.split_once(", ") else { return false };
    let first = first_word(after);
    opener
        && before.split_whitespace().count() <= 12
        && is_check(first)
        && !after[first.len()..].trim_start().starts_with("out ")
}

/// Whether the item asks for work by hand.
pub(crate) fn is_instruction(text: &str) -> bool {
    let trimmed = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let first = first_word(trimmed).to_lowercase();
    let rest = trimmed.get(first.len()..).unwrap_or_default().trim_start();
    let noun = rest.starts_with(['=', '—', '–', '|', ':']) || rest.starts_with("- ");
    if is_imperative(&first) {
        return !noun;
    }
    let opener = matches!(
        first.as_str(),
        "then"
            | "now"
            | "next"
            | "first"
            | "finally"
            | "please"
            | "also"
            | "optionally"
            | "manually"
            | "immediately"
            | "once"
            | "after"
            | "if"
            | "when"
            | "on"
            | "in"
            | "from"
            | "to"
            | "for"
            | "using"
            | "wait"
            | "carefully"
            | "gradually"
            | "gracefully"
            | "again"
            | "only"
            | "otherwise"
            | "before"
            | "until"
            | "as"
            | "with"
            | "at"
            | "do"
            | "don't"
            | "never"
            | "always"
    );
    opener && second_clause_instructs(trimmed)
}

/// `Once done, restart it`, `Then run x`: the verb stands after the opener or after a comma.
fn second_clause_instructs(text: &str) -> bool {
    let after_word = text.split_once(' ').map(|(_, rest)| rest).unwrap_or_default();
    let direct = matches!(
        first_word(text).to_lowercase().as_str(),
        "then"
            | "now"
            | "next"
            | "first"
            | "finally"
            | "please"
            | "also"
            | "optionally"
            | "manually"
            | "immediately"
            | "carefully"
            | "gradually"
            | "gracefully"
            | "otherwise"
            | "do"
            | "don't"
            | "never"
            | "always"
    );
    if direct && is_imperative(first_word(after_word)) {
        return true;
    }
    text.match_indices(", ").any(|(at, _)| {
        let clause = &text[at + 2..];
        let clause = ["then ", "please ", "you should ", "you must ", "you can ", "we need to "]
            .iter()
            .find_map(|lead| clause.strip_prefix(lead))
            .unwrap_or(clause);
        is_imperative(first_word(clause))
    })
}

/// Whether the text says that something may run exactly once.
pub(crate) fn is_once(text: &str) -> bool {
    says_any!(
        text,
        &[
            "exactly once",
            "only once",
            "do not retry",
            "don't retry",
            "do not re-run",
            "don't re-run",
            "do not rerun",
            "don't rerun",
            "never re-run",
            "run once only",
            "must not be run twice",
            "do not run twice",
            "not idempotent",
        ],
    )
}

/// Whether what follows the text is not to be done.
pub(crate) fn is_negated(text: &str) -> bool {
    let tail: Vec<char> = text.chars().collect();
    let tail: String = tail[tail.len().saturating_sub(60)..].iter().collect();
    let clause = tail.rsplit(['.', ';', '!']).next().unwrap_or(&tail);
    let clause = clause.to_lowercase().replace("if not", "").replace("not only", "");
    let clause = clause.as_str();
    says_any!(
        clause,
        &[
            "do not",
            "don't",
            "never",
            "avoid",
            "instead of",
            "no longer",
            "rather than",
            "not",
            "without",
            "cannot",
            "can't",
            "unlike",
            "must not",
        ],
    )
}

/// Whether the text sends the operator to the rollback.
pub(crate) fn mentions_rollback(text: &str) -> bool {
    says_any!(text, &["rollback", "roll back", "revert", "rolled back", "restore the backup"])
}

/// The sentences of a text; a full stop inside a name, an address or a version ends none.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let after = &text[at + letter.len_utf8()..];
        let abbreviated = letter == '.'
            && ["e.g.", "i.e.", "etc.", "vs.", "incl."].iter().any(|word| text[..=at].ends_with(word));
        if matches!(letter, '.' | '!' | '?') && after.starts_with(' ') && !abbreviated {
            found.push(text[start..=at].trim());
            start = at + 1;
        }
    }
    found.push(text[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// The value that a text asks to record: name, prompt and pattern of `Record x:` with `NAME=<x>`.
pub(crate) fn input(text: &Inline) -> Option<(String, String, String)> {
    let whole = text.text();
    let records = says_any!(
        &whole,
        &["record", "note down", "write down", "save the", "take note of", "make a note of"],
    );
    let code = text.spans.iter().find(|span| span.code && is_blank_assignment(&span.text))?;
    let (name, pattern) = code.text.trim().split_once('=')?;
    let alone = text.spans.iter().filter(|span| span.code).count() == 1;
    let name = name.trim_start_matches("export ").trim();
    let prompt = label(text)
        .or_else(|| Some(whole.replace(&code.text, "").trim().trim_end_matches(':').to_owned()))?;
    let prompt = if prompt.is_empty() { name.to_owned() } else { prompt };
    (records && alone).then(|| (name.to_owned(), prompt, pattern.to_owned()))
}

fn is_blank_assignment(text: &str) -> bool {
    use crate::runbook::shell::lexer;
    let text = text.trim().trim_start_matches("export ");
    let blank = text.split_once('=').is_some_and(|(_, value)| {
        value.is_empty() || value.contains('<') || value.chars().all(|letter| matches!(letter, '_' | '.'))
    });
    lexer::is_assignment(text) && blank && says(text, &text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::node::Span;

    fn plain(text: &str) -> Inline {
        Inline {
            spans: vec![Span { text: text.to_owned(), line: 1, code: false, strong: false, link: None }],
        }
    }

    fn check(expected: &Meaning, texts: &[&str]) {
        for text in texts {
            assert_eq!(meaning(&plain(text)), *expected, "{text}");
        }
    }

    #[test]
    fn labels_tell_what_a_text_is() {
        check(
            &Meaning::Expected,
            &["Expected: it runs.", "Ensure: at least 2 GB free.", "You should see a list."],
        );
        check(
            &Meaning::Stop,
            &[
                "Stop if: it fails.",
                "If migrations fail, do not retry blindly.",
                "Abort if the disk is full.",
            ],
        );
        check(&Meaning::Check, &["Verify that the pods run.", "Make sure the queue is empty."]);
        check(&Meaning::Checks, &["Check:", "Manual checks:", "This page is used correctly when:"]);
        check(&Meaning::Watch, &["Watch for:"]);
        check(&Meaning::Triggers, &["Trigger rollback immediately if:"]);
        check(&Meaning::Output, &["The output is similar to the following:", "Example output:"]);
        check(&Meaning::Condition, &["If using Celery:"]);
        check(&Meaning::Choice, &["Choose one path and keep it explicit:"]);
        check(&Meaning::Warning, &["Warning: this deletes data."]);
        check(
            &Meaning::Plain,
            &[
                "Check out the tag.",
                "The service verifies itself.",
                "Run the following command to see the output:",
            ],
        );
    }

    #[test]
    fn instructions_open_with_a_verb() {
        for text in
            ["Pull images", "Once done, restart the service", "Then run the tests", "Re-enable traffic"]
        {
            assert!(is_instruction(text), "{text}");
        }
        for text in ["Breaking changes", "The service restarts", "Backup: nightly"] {
            assert!(!is_instruction(text), "{text}");
        }
    }

    #[test]
    fn sentences_end_at_full_stops_only() {
        assert_eq!(sentences("Use v1.2 (e.g. a). Then go! Done"), ["Use v1.2 (e.g. a).", "Then go!", "Done"]);
    }
}

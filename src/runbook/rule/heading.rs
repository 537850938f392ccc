//! What a heading says: its number (R2), what its part is for (R1, R5, R6), whether it only informs (R4).
//! Numbered headings carry the sequence in 19 % of documents; without them steps lose 2.7 points.

use std::sync::LazyLock;

use crate::runbook::Role;
use crate::runbook::lexicon::{Phrases, first_word, is_imperative, is_reference, says_any};

/// The number of a title and the title without it: `8. Run`, `2.1 Run`, `Step 3: Run`, `4) Run`, `1 — Run`.
pub(crate) fn number(text: &str) -> Option<(String, String)> {
    let text = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let lower = text.to_lowercase();
    let word =
        ["step ", "phase ", "part ", "stage ", "task "].into_iter().find(|word| lower.starts_with(word));
    let rest = word.map_or(text, |word| text.get(word.len()..).unwrap_or_default());
    let length = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == '.')).unwrap_or(rest.len());
    let mut digits = rest[..length].trim_end_matches('.').to_owned();
    let mut after = &rest[digits.len()..];
    if digits.is_empty()
        || digits.len() > 8
        || digits.split('.').any(|part| part.is_empty() || part.len() > 3)
    {
        return None;
    }
    if !digits.contains('.')
        && after.starts_with(|letter: char| letter.is_ascii_lowercase())
        && after[1..].starts_with(['.', ')', ':', ' '])
    {
        digits.push_str(&after[..1]);
        after = &after[1..];
    }
    let separated = after.starts_with(['.', ')', ':', '—', '–'])
        || after.starts_with(" -")
        || after.starts_with(" —")
        || after.starts_with(" –")
        || after.starts_with(" :")
        || after.starts_with("- ");
    let span =
        after.starts_with(['–', '—']) && after.chars().nth(1).is_some_and(|letter| letter.is_ascii_digit());
    let dotted = digits.contains('.') && after.starts_with(' ');
    let ends = after.trim().is_empty() && word.is_some();
    let spaced = word.is_some() && after.starts_with([' ', '(']);
    if span || !(separated || dotted || ends || spaced) {
        return None;
    }
    let title = after.trim_start_matches(['.', ')', ':', '-', '—', '–', ' ']);
    if separated && !dotted && after.len() > 1 && after.starts_with('.') && !after[1..].starts_with(' ') {
        return None;
    }
    Some((digits, if title.is_empty() { text.to_owned() } else { title.to_owned() }))
}

/// What the part under this title is for; none where the title does not say.
pub(crate) fn role(title: &str) -> Option<Role> {
    if says_any!(
        title,
        &[
            "troubleshooting",
            "troubleshoot",
            "faq",
            "common issues",
            "common problems",
            "common errors",
            "common failures",
            "common failure modes",
            "known issues",
            "failure modes",
            "known problems",
            "common pitfalls",
            "gotchas",
            "if something goes wrong",
            "frequently asked questions",
        ]
    ) {
        Some(Role::Troubleshooting)
    } else if leads_back(title) {
        Some(Role::Rollback)
    } else if says_any!(title, &["checklist summary", "summary checklist", "quick checklist"]) {
        Some(Role::Summary)
    } else if says_any!(
        title,
        &[
            "prerequisites",
            "prerequisite",
            "pre-requisites",
            "prereqs",
            "requirements",
            "before you begin",
            "before you start",
            "before starting",
            "pre-upgrade checks",
            "pre-flight",
            "preflight",
            "preconditions",
            "pre-checks",
            "what you need",
        ]
    ) {
        Some(Role::Prerequisites)
    } else if says_any!(
        title,
        &[
            "post-upgrade",
            "post upgrade",
            "post-deployment",
            "post-deploy",
            "post-migration",
            "post-incident",
            "follow-up",
            "cleanup",
            "clean up",
            "clean-up",
            "record keeping",
            "aftercare",
            "post-work",
            "after the upgrade",
            "next steps",
            "post-install",
        ]
    ) {
        Some(Role::PostWork)
    } else if says_any!(
        title,
        &[
            "verification",
            "verify",
            "validation",
            "validate",
            "smoke test",
            "smoke tests",
            "sanity check",
            "sanity checks",
            "acceptance",
            "health check",
            "health checks",
        ]
    ) {
        Some(Role::Verification)
    } else {
        None
    }
}

/// What follows "rollback" in the title of the way back itself.
const WAY_BACK: &str =
    "procedure plan steps instructions trigger triggers conditions path strategy options criteria scenarios";

static WAYS_BACK: LazyLock<Phrases> = LazyLock::new(|| {
    let words = ["rollback", "roll-back", "backout", "downgrade"];
    let phrases: Vec<String> =
        words.iter().flat_map(|word| WAY_BACK.split(' ').map(move |noun| format!("{word} {noun}"))).collect();
    Phrases::new(&phrases.iter().map(String::as_str).collect::<Vec<_>>())
});

/// Whether the title names the way back itself, not only something to think of before it is needed.
fn leads_back(title: &str) -> bool {
    let lower = title.trim_end_matches([')', '?', '.', '!']).to_lowercase();
    let opens = matches!(
        first_word(&lower),
        "rollback"
            | "revert"
            | "reverting"
            | "downgrade"
            | "downgrading"
            | "backout"
            | "back-out"
            | "roll-back"
    );
    let starts = ["roll back", "rolling back", "back out", "to the previous version"];
    let ends = ["rollback", "roll back", "rolling back", "downgrade", "backout"];
    opens
        || starts.iter().any(|start| lower.starts_with(start))
        || ends.iter().any(|end| lower.ends_with(end))
        || WAYS_BACK.are_in(title)
}

/// Whether a part of this title is only read, unless it holds a command under an imperative title.
pub(crate) fn informs(title: &str) -> bool {
    let bare = title.trim_end_matches(['?', ':', '.', '!']);
    let words: Vec<&str> = bare.split_whitespace().collect();
    let first = first_word(bare);
    let question = first.split('\'').next().unwrap_or(first).to_lowercase();
    let asks = matches!(question.as_str(), "why" | "what" | "when" | "who" | "where");
    let short = words.len() <= 3
        && words.iter().any(|word| is_reference(word.trim_matches(|letter: char| !letter.is_alphanumeric())));
    asks || (short && !is_imperative(first))
        || says_any!(
            bare,
            &[
                "lessons learned",
                "see also",
                "further reading",
                "additional resources",
                "additional information",
                "source truth",
                "next paths",
                "change log",
                "release notes for",
                "known limitations",
                "at a glance",
                "how it works",
                "table of contents",
                "root cause",
                "breaking changes",
                "related documents",
                "related runbooks",
                "useful links",
                "point of no return",
                "version history",
                "document control",
                "decision tree",
            ],
        )
}

/// Whether the title opens with a verb that asks for something.
pub(crate) fn instructs(title: &str) -> bool {
    let bare = title.trim_start_matches(['(', '[']);
    let bare = bare.strip_prefix("Optional").or_else(|| bare.strip_prefix("optional")).unwrap_or(bare);
    is_imperative(first_word(bare))
}

/// Whether the title says that what is under it is a procedure, so that its numbered entries are steps
/// even where they open with nouns (+3.2 points of steps).
pub(crate) fn is_procedure(title: &str) -> bool {
    says_any!(
        title,
        &[
            "procedure",
            "procedures",
            "steps",
            "step-by-step",
            "response",
            "scenario",
            "scenarios",
            "instructions",
            "process",
            "playbook",
            "actions",
            "workflow",
            "remediation",
            "mitigation",
            "how to",
        ],
    )
}

/// Whether the title says that what is under it may be left out.
pub(crate) fn is_optional(title: &str) -> bool {
    says_any!(
        title,
        &[
            "optional",
            "optionally",
            "if time permits",
            "if any",
            "if needed",
            "if necessary",
            "if applicable",
            "if required",
            "where applicable",
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str)>) {
        let got = number(text);
        assert_eq!(got.as_ref().map(|(number, title)| (number.as_str(), title.as_str())), expected, "{text}");
    }

    #[test]
    fn numbers_of_every_style_are_read() {
        check("8. Run migrations", Some(("8", "Run migrations")));
        check("0) Record the version", Some(("0", "Record the version")));
        check("2.1 Stop writes", Some(("2.1", "Stop writes")));
        check("Step 3: Deploy", Some(("3", "Deploy")));
        check("Phase 2 - Cut over", Some(("2", "Cut over")));
        check("1 — Drain", Some(("1", "Drain")));
        check("5. (Optional) Media", Some(("5", "(Optional) Media")));
        check("Step 4", Some(("4", "Step 4")));
    }

    #[test]
    fn figures_in_a_title_are_not_numbers() {
        for text in
            ["24–48 hours", "3 months later", "2024-01-01 outage", "v2.1 notes", "500 errors", "1.5x slower"]
        {
            check(text, None);
        }
    }

    #[test]
    fn titles_say_what_a_part_is_for() {
        assert_eq!(role("Prerequisites"), Some(Role::Prerequisites));
        assert_eq!(role("Rollback & Restoration"), Some(Role::Rollback));
        assert_eq!(role("Common Issues"), Some(Role::Troubleshooting));
        assert_eq!(role("Checklist Summary"), Some(Role::Summary));
        assert_eq!(role("Upgrade Steps"), None);
    }

    #[test]
    fn titles_that_inform() {
        assert!(
            informs("Overview")
                && informs("When to use this page")
                && informs("Source Truth")
                && informs("Impact")
        );
        assert!(!informs("Check overview") && !informs("Upgrade procedure"));
    }
}

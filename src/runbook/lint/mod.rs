//! What is wrong with a runbook, rule by rule; complains only, never repairs. Every rule has a stable
//! name, one line of documentation and a file of rules of its kind.

mod command;
mod structure;

use super::{Block, Diagnostic, Item, ItemKind, Phase, Runbook, Severity, Step};

/// A rule as documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its stable name.
    pub name: &'static str,
    /// How much its findings matter.
    pub severity: Severity,
    /// What it reports.
    pub summary: &'static str,
}

const fn rule(name: &'static str, severity: Severity, summary: &'static str) -> Rule {
    Rule { name, severity, summary }
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    rule(
        "broken-list",
        Severity::Warning,
        "an ordered list that jumps or starts again, so that a step is lost",
    ),
    rule("command-unlabelled", Severity::Note, "a block of commands without a language"),
    rule("curl-pipe-shell", Severity::Warning, "a command that executes what it downloads"),
    rule(
        "destructive-without-rollback",
        Severity::Note,
        "a destructive command in a runbook that names no way back",
    ),
    rule("duplicate-step-number", Severity::Warning, "two steps of one part with the same number"),
    rule("gapped-step-number", Severity::Warning, "a step number that skips one"),
    rule("interactive-command", Severity::Note, "a command that wants a person at the keyboard"),
    rule("long-running-command", Severity::Note, "a command that runs until it is stopped"),
    rule(
        "misleading-character",
        Severity::Warning,
        "a curly quote, non-breaking space or invisible character in a command",
    ),
    rule("not-utf8", Severity::Warning, "a document that is not UTF-8"),
    rule("output-as-command", Severity::Warning, "a shell block that looks like output"),
    rule(
        "placeholder-redirects",
        Severity::Warning,
        "a placeholder that a shell would take for a redirection",
    ),
    rule("prompt-and-output", Severity::Note, "a block that mixes what was typed with what was printed"),
    rule("secret-in-command", Severity::Warning, "a secret written into a command"),
    rule("session-change", Severity::Note, "lines that follow a change of session in the same block"),
    rule("step-without-action", Severity::Note, "a step that holds nothing to do, check or answer"),
    rule("unset-variable", Severity::Note, "a variable that is used and never set"),
];

/// The findings in a runbook, by line.
pub(crate) fn lint(runbook: &Runbook, latin: bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if latin {
        let help = "save it as UTF-8";
        found.push(finding("not-utf8", 1, "the document is not UTF-8 and was read as Latin-1", help));
    }
    command::check(runbook, &mut found);
    structure::check(runbook, &mut found);
    found.sort_by(|one, other| (one.line, &one.rule).cmp(&(other.line, &other.rule)));
    found.dedup();
    found
}

fn finding(name: &str, line: usize, message: impl Into<String>, help: &str) -> Diagnostic {
    let severity = RULES.iter().find(|rule| rule.name == name).map_or(Severity::Note, |rule| rule.severity);
    Diagnostic { rule: name.to_owned(), severity, line, message: message.into(), help: help.to_owned() }
}

/// The commands of a document with the places they stand in.
fn blocks(runbook: &Runbook) -> impl Iterator<Item = (&Phase, &Step, &Item, &Block)> {
    runbook.steps().flat_map(|(phase, step)| {
        step.items.iter().filter_map(move |item| match &item.kind {
            ItemKind::Command(block) => Some((phase, step, item, block)),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::RULES;

    /// Every rule: a document that breaks it and one that does not.
    const CASES: &[(&str, &str, &str)] = &[
        (
            "broken-list",
            "# A\n\n1. Stop it\n2. Start it\n\nThen:\n\n1. Check it\n",
            "# A\n\n1. Stop it\n2. Start it\n",
        ),
        ("command-unlabelled", "# A\n\n```\nls -l\n```\n", "# A\n\n```sh\nls -l\n```\n"),
        (
            "curl-pipe-shell",
            "# A\n\n```sh\ncurl https://x.test/i | sh\n```\n",
            "# A\n\n```sh\ncurl https://x.test/i\n```\n",
        ),
        (
            "destructive-without-rollback",
            "# A\n\n```sh\nrm -rf x\n```\n",
            "# A\n\n```sh\nrm -rf x\n```\n\n## Rollback\n\nRestore.\n",
        ),
        (
            "duplicate-step-number",
            "# A\n\n## 1. Stop\n\n```sh\nls\n```\n\n## 1. Start\n\n```sh\nid\n```\n",
            "# A\n\n## 1. Stop\n\n```sh\nls\n```\n\n## 2. Start\n\n```sh\nid\n```\n",
        ),
        (
            "gapped-step-number",
            "# A\n\n## 1. Stop\n\n```sh\nls\n```\n\n## 3. Start\n\n```sh\nid\n```\n",
            "# A\n\n## 0. Stop\n\n```sh\nls\n```\n\n## 1. Start\n\n```sh\nid\n```\n",
        ),
        ("interactive-command", "# A\n\n```sh\nvim x\n```\n", "# A\n\n```sh\ncat x\n```\n"),
        ("long-running-command", "# A\n\n```sh\ntail -f x\n```\n", "# A\n\n```sh\ntail x\n```\n"),
        (
            "misleading-character",
            "# A\n\n```sh\necho \u{201c}a\u{201d}\n```\n",
            "# A\n\n```sh\necho \"a\"\n```\n",
        ),
        (
            "output-as-command",
            "# A\n\n```sh\nNAME      READY   STATUS\nweb       1/1     Running\n```\n",
            "# A\n\n```sh\nls\n```\n",
        ),
        ("placeholder-redirects", "# A\n\n```sh\nssh <host>\n```\n", "# A\n\n```sh\nssh \"$HOME\"\n```\n"),
        ("prompt-and-output", "# A\n\n```sh\n$ ls\na  b\n```\n", "# A\n\n```sh\n$ ls\n$ id\n```\n"),
        (
            "secret-in-command",
            "# A\n\n```sh\nx --password=hunter22\n```\n",
            "# A\n\n```sh\nx --password=\"$PASSWORD_FROM_VAULT\"\n```\n",
        ),
        ("session-change", "# A\n\n```sh\nssh web\nls\n```\n", "# A\n\n```sh\nls\nssh web\n```\n"),
        (
            "step-without-action",
            "# A\n\n## 1. Stop the service\n\nIt is big.\n",
            "# A\n\n## 1. Stop the service\n\n```sh\nls\n```\n",
        ),
        ("unset-variable", "# A\n\n```sh\necho $SITE\n```\n", "# A\n\n```sh\nSITE=a\necho $SITE\n```\n"),
    ];

    fn check(rule: &str, text: &str, expected: bool) {
        let found = read("a.md", text.as_bytes()).map(|book| book.diagnostics).unwrap_or_default();
        assert_eq!(found.iter().any(|one| one.rule == rule), expected, "{rule}: {text}\n{found:?}");
    }

    #[test]
    fn every_rule_sees_its_failing_example_and_passes_the_other() {
        for (rule, failing, passing) in CASES {
            check(rule, failing, true);
            check(rule, passing, false);
        }
    }

    #[test]
    fn every_rule_has_an_example_and_a_place_in_order() {
        for rule in RULES {
            let shown = CASES.iter().any(|(name, ..)| *name == rule.name) || rule.name == "not-utf8";
            assert!(shown, "{}", rule.name);
        }
        assert!(RULES.is_sorted_by_key(|rule| rule.name));
    }

    #[test]
    fn a_document_in_latin_1_is_told() {
        let found = read("a.md", b"# \xE9t\xE9 de la saison longue\n")
            .map(|book| book.diagnostics)
            .unwrap_or_default();
        assert!(found.iter().any(|one| one.rule == "not-utf8"));
    }
}

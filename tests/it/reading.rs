//! Whole documents of our own, read and compared with what an operator should meet.

use holdpoint::runbook::{ItemKind, Role, Runbook, inspect, read};

const SHOP: &str = include_str!("../fixtures/runbooks/web-shop.md");
const COLLECTOR: &str = include_str!("../fixtures/runbooks/compose-choice.md");

/// One line an item: its step, what it is, its text.
fn outline(book: &Runbook) -> Vec<String> {
    let mut lines = Vec::new();
    for phase in &book.phases {
        lines.push(format!("{:?}: {}", phase.role, phase.title));
        lines.extend(
            phase.intro.iter().filter_map(|item| describe(&item.kind)).map(|text| format!("  {text}")),
        );
        for step in &phase.steps {
            let number = step.number.as_deref().unwrap_or("-");
            let marks = format!(
                "{}{}",
                if step.optional { " optional" } else { "" },
                if step.once { " once" } else { "" }
            );
            lines.push(format!("  {number} {}{marks}", step.title));
            for item in &step.items {
                let guard =
                    item.guard.as_ref().map(|guard| format!("[{}] ", guard.branch)).unwrap_or_default();
                lines.extend(describe(&item.kind).map(|text| format!("    {guard}{text}")));
            }
        }
    }
    lines
}

fn describe(kind: &ItemKind) -> Option<String> {
    Some(match kind {
        ItemKind::Command(block) => format!(
            "run {}",
            block.statements.iter().map(|one| one.text.as_str()).collect::<Vec<_>>().join(" ;; ")
        ),
        ItemKind::Check { text, watch, .. } => format!("{} {text}", if *watch { "watch" } else { "check" }),
        ItemKind::Action { text } => format!("do {text}"),
        ItemKind::Input { name, pattern, .. } => {
            format!("record {name} {}", pattern.as_deref().unwrap_or(""))
        }
        ItemKind::Expected { text, .. } => format!("expect {text}"),
        ItemKind::StopGate { text, rollback } => format!("stop {rollback} {text}"),
        ItemKind::Condition { text } => format!("if {text}"),
        ItemKind::Choice { alternatives, .. } => format!("choose {}", alternatives.join(" | ")),
        ItemKind::Trigger { text } => format!("trigger {text}"),
        ItemKind::Link { target, .. } => format!("link {target}"),
        ItemKind::Note { .. } | ItemKind::Prose { .. } => return None,
    })
}

fn check(text: &str, expected: &[&str]) {
    let book = read("a.md", text.as_bytes()).expect("it is readable");
    assert_eq!(outline(&book), expected);
}

#[test]
fn a_runbook_with_labels_becomes_phases_steps_and_gates() {
    check(
        SHOP,
        &[
            "Reference: Upgrade the web shop",
            "Prerequisites: Prerequisites",
            "  - Prerequisites",
            "    check Release announced",
            "    check Window agreed",
            "Procedure: Checks before",
            "  1 Look at the present state",
            "    run ssh ops@<shop-host> ;; export SHOP=\"nordwind\" ;; systemctl status \"shop-${SHOP}\" --no-pager",
            "    expect The service is active.",
            "    stop false The service is not running.",
            "  2 Read the notes",
            "    check Changed settings",
            "    check New tables",
            "Procedure: Work",
            "  3 Save the data",
            "    run sudo -u shop /opt/shop/bin/save --shop \"$SHOP\"",
            "    record DUMP <name>.sql.gz",
            "    stop false The file is missing.",
            "  4 (Optional) Save the pictures optional",
            "    if If pictures matter",
            "    [0] run tar -czf \"/var/tmp/pictures-$SHOP.tar.gz\" \\\n  -C /srv/shop pictures",
            "  5 Move the tables exactly once once",
            "    run cd /srv/shop ;; bin/move-tables --to <release>",
            "    stop true It fails. Do not proceed. Consider the rollback.",
            "  6 Restart",
            "    run systemctl restart \"shop-${SHOP}\"",
            "    if If the queue is used",
            "    [0] run systemctl restart \"queue-${SHOP}\"",
            "    stop false It does not start. Look at the log:",
            "    if It does not start",
            "    [0] run journalctl -u \"shop-${SHOP}\" -n 20 --no-pager",
            "Verification: Verification",
            "  7 Watch the log",
            "    run journalctl -u \"shop-${SHOP}\" -f",
            "    watch Errors of the payment service",
            "    watch Missing pictures",
            "Rollback: Rollback conditions",
            "  trigger Orders are lost",
            "  trigger Payments fail",
            "  link shop-rollback.md",
            "Summary: Checklist summary",
            "  - Checklist summary",
            "    check Tables moved",
            "    check Restarted",
            "Troubleshooting: Common issues",
            "  - The page stays white",
            "    run bin/clear-cache",
        ],
    );
}

#[test]
fn alternatives_and_conditions_guard_what_depends_on_them() {
    check(
        COLLECTOR,
        &[
            "Procedure: Procedure",
            "  0 Note the version",
            "    do Note the version",
            "  1 Get the new version",
            "    choose By image | By source",
            "    [0] do Change the tag in compose.yaml.",
            "    [0] run docker compose pull",
            "    [1] do Check out the tag.",
            "    [1] run docker compose build",
            "  2 Start once",
            "    run docker compose run --rm collector migrate",
            "    stop true If it fails, do not retry blindly. See collector-rollback.md.",
            "    link collector-rollback.md",
            "    if If images were pulled, recreate the containers",
            "    [0] run docker compose up -d --force-recreate",
        ],
    );
}

#[test]
fn placeholders_are_named_once_and_inputs_are_not_asked_for_twice() {
    let book = read("a.md", SHOP.as_bytes()).expect("it is readable");
    let names: Vec<&str> = book.placeholders.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["shop-host", "release"]);
    let json = inspect::json(&book, &|target| target == "shop-rollback.md");
    let names: Vec<&str> = json["placeholders"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["shop-host", "name", "release"]);
    assert_eq!(json["links"][0]["resolves"], true);
}

#[test]
fn nothing_of_the_document_is_lost() {
    for document in [SHOP, COLLECTOR, "Title\n\n  • one\n  • two\n", "a\r\n\r\n```\nopen", ""] {
        let book = read("a.md", document.as_bytes()).expect("it is readable");
        let shown = inspect::text(&book);
        for line in document.lines() {
            assert!(shown.contains(line.trim_end()), "{line}");
        }
    }
}

#[test]
fn every_gate_has_an_id_of_its_own_and_every_guard_stands_before_what_it_guards() {
    for document in [SHOP, COLLECTOR] {
        let book = read("a.md", document.as_bytes()).expect("it is readable");
        let mut ids = std::collections::BTreeSet::new();
        for (phase, step) in book.steps() {
            assert!(step.items.iter().any(|item| item.kind.is_gate()), "{}", step.id);
            assert!(phase.role != Role::Reference, "{}", phase.title);
            for (index, item) in step.items.iter().enumerate() {
                assert!(ids.insert(item.id.clone()), "{}", item.id);
                let guard = item
                    .guard
                    .as_ref()
                    .map(|guard| step.items.iter().position(|other| other.id == guard.item));
                assert!(guard.is_none_or(|place| place.is_some_and(|place| place < index)), "{}", item.id);
            }
        }
    }
}

#[test]
fn hostile_shapes_are_read_or_refused() {
    let shapes = [
        ">".repeat(10_000),
        "- ".repeat(10_000),
        "[".repeat(50_000),
        "**a ".repeat(20_000),
        format!("```sh\n{}", "$(".repeat(10_000)),
        format!("```sh\n{}\n```", "if a; then\n".repeat(5_000)),
        "#\n".repeat(20_000),
        "=== \"A\"\n".repeat(2_000),
        "|".repeat(20_000),
        "1. a\n".repeat(5_000),
    ];
    for shape in shapes {
        let book = read("a.md", shape.as_bytes()).expect("it is readable");
        assert!(inspect::json(&book, &|_| false).is_object());
    }
    for bytes in [&b"\x89PNG\r\n\x1a\n\0\0"[..], b"a\0b", b"\xff\xfea"] {
        let error = read("a.md", bytes).expect_err("it is refused");
        assert!(!error.message.is_empty() && !error.help.is_empty());
    }
}

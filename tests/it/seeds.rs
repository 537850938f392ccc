//! The four documents from the field, where they are at hand: every phase, command, check and gate.

use std::path::PathBuf;

use holdpoint::runbook::{ItemKind, Runbook, read};

/// The document whose name begins so, or a printed sentence.
fn seed(start: &str) -> Option<Runbook> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: {} is not here", folder.display());
        return None;
    };
    let path = entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start)))?;
    let bytes = std::fs::read(&path).expect("the seed is readable");
    Some(read(&path.to_string_lossy(), &bytes).expect("the seed is understood"))
}

/// Phases with the number of their steps, then the number of items of each kind.
fn check(start: &str, phases: &[(&str, usize)], counts: [usize; 6]) {
    let Some(book) = seed(start) else { return };
    let got: Vec<(&str, usize)> =
        book.phases.iter().map(|phase| (phase.title.as_str(), phase.steps.len())).collect();
    assert_eq!(got, phases);
    let count = |wanted: fn(&ItemKind) -> bool| {
        book.steps().flat_map(|(_, step)| &step.items).filter(|item| wanted(&item.kind)).count()
    };
    let found = [
        count(|kind| matches!(kind, ItemKind::Command(_))),
        count(|kind| matches!(kind, ItemKind::Check { .. })),
        count(|kind| matches!(kind, ItemKind::Expected { .. })),
        count(|kind| matches!(kind, ItemKind::StopGate { .. })),
        count(|kind| matches!(kind, ItemKind::Condition { .. } | ItemKind::Choice { .. })),
        book.placeholders.len(),
    ];
    assert_eq!(found, counts);
}

#[test]
fn the_upgrade_runbook_is_understood() {
    let phases = [
        ("Upgrade Runbook", 0),
        ("Prerequisites", 1),
        ("Pre-Upgrade Checks", 3),
        ("Backup", 2),
        ("Upgrade Steps", 5),
        ("Verification", 3),
        ("Rollback Trigger Conditions", 0),
        ("Post-Upgrade", 2),
        ("Record Keeping", 2),
        ("Checklist Summary", 1),
        ("Common Issues", 4),
    ];
    check("001", &phases, [19, 40, 5, 11, 3, 6]);
}

#[test]
fn the_compose_runbook_is_understood() {
    let phases = [
        ("Upgrade runbook (v1) — Docker-first, Compose baseline", 0),
        ("Prerequisites", 3),
        ("Upgrade procedure (ordering is mandatory)", 6),
    ];
    check("000", &phases, [6, 1, 0, 1, 2, 0]);
}

#[test]
fn the_guide_with_inline_commands_is_understood() {
    let phases = [
        ("Upgrade Guide", 0),
        ("1. Preparation", 4),
        ("2. Backups", 4),
        ("3. Database Migrations", 3),
        ("4. Asset Updates", 3),
        ("5. Configuration Changes", 4),
        ("6. Deployment", 3),
        ("7. Rollback & Restoration", 5),
        ("Database Backup Restoration", 5),
        ("8. Post-Upgrade Checklist", 1),
    ];
    check("002", &phases, [11, 11, 0, 0, 0, 3]);
}

#[test]
fn the_rendered_page_is_understood() {
    let phases = [
        ("Upgrade safely", 0),
        ("When to use this page", 0),
        ("Prerequisites", 0),
        ("Architecture / Flow", 0),
        ("Step-by-step procedure", 5),
        ("Verification", 1),
        ("Common failure modes", 0),
        ("Upgrading without a comparable baseline", 0),
        ("Continuing after an intermediate failure", 0),
        ("Source Truth", 0),
        ("Next paths", 0),
    ];
    check("003", &phases, [3, 3, 0, 0, 1, 0]);
}

//! Runs without a terminal, on the built program: the bundled runbooks, what holds, what is recorded.

use crate::program::{World, project, shared};

/// Walks a bundled runbook with answers of its own.
fn walk(world: &World, runbook: &str, answers: &str, variables: &[(&str, &str)]) -> crate::program::Told {
    let folder = project().join("runbooks");
    let copied = world.path("work").join(runbook);
    std::fs::copy(folder.join(runbook), &copied).unwrap();
    let answers = folder.join(answers);
    let arguments = [
        "run",
        "--headless",
        "--answers",
        answers.to_str().unwrap(),
        "--subject",
        "harbour",
        "--from",
        "1.4.0",
        "--to",
        "2.0.0",
        copied.to_str().unwrap(),
    ];
    world.run_with(&arguments, variables)
}

#[test]
fn the_demonstration_ends_in_success() {
    let world = World::new();
    walk(&world, "demo-upgrade.md", "demo-upgrade.answers.yaml", &[])
        .ends_with(0)
        .says("6 Back up the lamps")
        .says("ended: success");
    world.run(&["verify"]).ends_with(0).says("whole");
}

#[test]
fn a_demonstration_that_fails_is_rolled_back_and_its_incident_is_shown_next_time() {
    let world = World::new();
    walk(&world, "demo-upgrade.md", "demo-upgrade.rollback.answers.yaml", &[("DEMO_FAIL", "migration")])
        .ends_with(1)
        .says("incident logged")
        .says("ended: rolled back");
    let log = std::fs::read_to_string(world.path("work").join("what-broke-last-time.md")).unwrap();
    assert!(log.contains("**Site:** harbour") && log.contains("**Symptoms:**"), "{log}");
    world.run(&["incidents"]).ends_with(0).says("harbour");
}

#[test]
fn the_other_examples_are_walked_with_stand_in_commands() {
    for name in ["compose-service", "postgres-assets", "platform-baseline", "smoke-checks"] {
        let world = World::new();
        walk(&world, &format!("{name}.md"), &format!("{name}.answers.yaml"), &[])
            .ends_with(0)
            .says("ended: success");
    }
}

#[test]
fn the_bundled_runbooks_have_no_lint_errors() {
    for entry in std::fs::read_dir(project().join("runbooks")).unwrap() {
        let path = entry.unwrap().path();
        let is_runbook = path.extension().is_some_and(|extension| extension == "md");
        if is_runbook && !path.ends_with("what-broke-last-time.md") {
            World::new().run(&["lint", path.to_str().unwrap()]).ends_with(0);
        }
    }
}

#[test]
fn what_is_not_answered_holds_the_run_for_a_person() {
    let world = World::new();
    let runbook = world
        .write("u.md", "# Upgrade\n\n## 1. Look\n\n```bash\necho hello\n```\n\n**Expected:** a greeting\n");
    let path = runbook.to_str().unwrap();
    world
        .run(&["run", "--headless", path])
        .ends_with(3)
        .says("held: as expected? a greeting")
        .says("holdpoint attach");
    world.run(&["runs"]).ends_with(0).says("held");
}

#[test]
fn a_command_without_a_gate_passes_on_exit_status_0_and_halts_on_any_other() {
    for (command, code, words) in [("true", 0, "ended: success"), ("exit 4", 3, "failed")] {
        let world = World::new();
        let text = format!("# Upgrade\n\n## 1. Look\n\n```bash\n{command}\n```\n");
        let runbook = world.write("u.md", &text);
        world.run(&["run", "--headless", runbook.to_str().unwrap()]).ends_with(code).says(words);
    }
}

#[test]
fn entries_are_printed_as_they_stand_in_the_journal() {
    let world = World::new();
    let runbook = world.write("u.md", "# Upgrade\n\n## 1. Look\n\n```bash\necho hello\n```\n");
    let printed = world.run(&["run", "--headless", "--json", runbook.to_str().unwrap()]);
    printed.ends_with(0);
    let kinds: Vec<String> = printed
        .out
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(kinds.first().map(String::as_str), Some("run-started"));
    assert_eq!(kinds.last().map(String::as_str), Some("run-finished"));
    assert_eq!(world.entries().len(), kinds.len());
}

#[test]
fn a_missing_value_is_asked_for_by_its_name() {
    let world = World::new();
    let runbook = world.write("u.md", "# Upgrade\n\n## 1. Look\n\n```bash\necho <target-tag>\n```\n");
    let path = runbook.to_str().unwrap();
    world.run(&["run", "--headless", path]).ends_with(3).says("value of target-tag?");
    world.run(&["run", "--headless", "--subject", "second", "--set", "target-tag=v2", path]).ends_with(0);
}

#[test]
fn a_subject_is_upgraded_by_one_run_at_a_time() {
    let world = World::new();
    let runbook = world.write("u.md", "# Upgrade\n\n## 1. Wait\n\n```bash\nread line < gate\n```\n");
    let gate = world.path("work").join("gate");
    std::process::Command::new("mkfifo").arg(&gate).status().unwrap();
    let path = runbook.to_str().unwrap();
    let mut first = world.command(&["run", "--headless", "--subject", "acme", path]).spawn().unwrap();
    let opened = std::fs::OpenOptions::new().write(true).open(&gate).unwrap();
    world.run(&["run", "--headless", "--subject", "acme", path]).ends_with(5).says("acme");
    drop(opened);
    first.wait().unwrap();
}

#[test]
fn an_unreadable_runbook_is_named_with_its_reason() {
    let world = World::new();
    world.run(&["run", "--headless", "missing.md"]).ends_with(4).says("missing.md");
    let binary = world.path("work").join("binary.md");
    std::fs::write(&binary, [0u8, 159, 146, 150]).unwrap();
    world.run(&["inspect", binary.to_str().unwrap()]).ends_with(4).says("binary.md");
}

/// One after the other, because the document names a fixed folder of its host.
#[test]
fn the_first_seed_is_walked_to_success_and_to_its_rollback_and_remembers() {
    let Some(seed) = shared("seeds/001_9045dd0dc13d4388.txt") else { return };
    let fixtures = project().join("tests/fixtures/seed001");
    let prepared = std::process::Command::new("sh").arg(fixtures.join("prepare.sh")).status().unwrap();
    if prepared.code() == Some(75) {
        println!("skipped: the folders that the document names cannot be made here");
        return;
    }
    let world = World::new();
    let walked = std::panic::catch_unwind(|| walk_first_seed(&world, &seed, &fixtures));
    std::process::Command::new("sh").arg(fixtures.join("cleanup.sh")).status().unwrap();
    walked.unwrap();
}

fn walk_first_seed(world: &World, seed: &std::path::Path, fixtures: &std::path::Path) {
    let runbook = world.path("work").join("upgrade.md");
    std::fs::copy(seed, &runbook).unwrap();
    let walk = |answers: &str, variables: &[(&str, &str)]| {
        let answers = fixtures.join(answers);
        let mut arguments = vec!["run", "--headless", "--subject", "acme-kitchens", "--from", "0.6.2"];
        arguments.extend([
            "--to",
            "0.7.0",
            "--answers",
            answers.to_str().unwrap(),
            runbook.to_str().unwrap(),
        ]);
        world.run_with(&arguments, variables)
    };
    walk("success.answers.yaml", &[])
        .ends_with(0)
        .says("now on deploy@vps.example.com")
        .says("ended: success");
    walk("rollback.answers.yaml", &[("STANDIN_FAIL", "python manage.py migrate")])
        .ends_with(1)
        .says("incident logged")
        .says("ended: rolled back");
    world.run(&["incidents"]).ends_with(0).says("relation").says("8 Run migrations");
}

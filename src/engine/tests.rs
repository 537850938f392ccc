//! Transitions as sentences: what was asked and seen on the left, what came of it on the right.

use std::sync::Arc;

use super::*;
use crate::journal::{
    Actor, AttemptId, Attendance, ConditionAnswer, Entry, Exit, Fact, IncidentRecord, Outcome, OutputSummary,
    Place, Resolution, RunId, RunStart, RunbookCopy, Stamp, Stop, Timestamp, Verdict,
};
use crate::runbook::{
    Block, Confidence, Form, Format, Guard, Item, ItemId, ItemKind, Language, LineRange, Phase, Role,
    Runbook, Session, Source, Statement, Step,
};

/// Gate (1: check) → Migrate (1: two commands, 2: expected, 3: stop) → Extra (optional: 1: command)
/// → Celery (1: condition, 2: guarded command) → Once (1: command) ; Rollback (1: command, 2: check).
fn runbook() -> Arc<Runbook> {
    let check = |text: &str| ItemKind::Check { text: text.to_owned(), prechecked: false, watch: false };
    let expected = ItemKind::Expected { text: "applied cleanly".to_owned(), about: Some("migrate/1".into()) };
    let stop = ItemKind::StopGate { text: "it fails".to_owned(), rollback: true };
    let mut guarded = item("celery/2", command(&["restart celery"]));
    guarded.guard = Some(Guard { item: "celery/1".into(), branch: 0 });
    let mut once = step("once", vec![item("once/1", command(&["consume token"]))]);
    once.once = true;
    let mut extra = step("extra", vec![item("extra/1", command(&["tar media"]))]);
    extra.optional = true;
    let procedure = vec![
        step("gate", vec![item("gate/1", check("backup taken"))]),
        step(
            "migrate",
            vec![
                item("migrate/1", command(&["cd app", "migrate"])),
                item("migrate/2", expected),
                item("migrate/3", stop),
            ],
        ),
        extra,
        step(
            "celery",
            vec![item("celery/1", ItemKind::Condition { text: "If using celery".to_owned() }), guarded],
        ),
        once,
    ];
    let back = vec![step(
        "back",
        vec![item("back/1", command(&["restore"])), item("back/2", check("old version answers"))],
    )];
    Arc::new(Runbook {
        title: "Upgrade".to_owned(),
        source: Source {
            name: "upgrade.md".to_owned(),
            format: Format::Markdown,
            digest: String::new(),
            text: String::new(),
        },
        metadata: Vec::new(),
        phases: vec![phase("Upgrade", Role::Procedure, procedure), phase("Rollback", Role::Rollback, back)],
        placeholders: Vec::new(),
        diagnostics: Vec::new(),
    })
}

fn phase(title: &str, role: Role, steps: Vec<Step>) -> Phase {
    Phase { id: title.into(), title: title.to_owned(), role, line: 1, intro: Vec::new(), steps }
}

fn step(id: &str, items: Vec<Item>) -> Step {
    let lines = LineRange { first: 1, last: 1 };
    Step { id: id.into(), number: None, title: id.to_owned(), lines, optional: false, once: false, items }
}

fn item(id: &str, kind: ItemKind) -> Item {
    Item { id: id.into(), lines: LineRange { first: 1, last: 1 }, guard: None, kind }
}

fn command(statements: &[&str]) -> ItemKind {
    let statement = |text: &&str| Statement {
        text: (*text).to_owned(),
        lines: LineRange { first: 1, last: 1 },
        comment: None,
        session: match *text {
            "ssh deploy@vps" => Some(Session::Ssh),
            "exit" => Some(Session::Leave),
            _ => None,
        },
    };
    ItemKind::Command(Block {
        text: statements.join("\n"),
        language: Language::Shell,
        confidence: Confidence::High,
        form: Form::Block,
        label: None,
        once: false,
        risks: Vec::new(),
        statements: statements.iter().map(statement).collect(),
    })
}

/// A run with everything it led to.
struct Play {
    run: Run,
    effects: Vec<Effect>,
}

impl Play {
    fn new(runbook: Arc<Runbook>) -> Self {
        let mut play = Self { run: Run::new(runbook), effects: Vec::new() };
        play.ask(Command::Begin(Box::new(RunStart {
            run: RunId("r1".to_owned()),
            runbook: RunbookCopy {
                title: "Upgrade".to_owned(),
                path: "upgrade.md".to_owned(),
                digest: String::new(),
                model_digest: String::new(),
            },
            subject: "acme".to_owned(),
            from: "1".to_owned(),
            to: "2".to_owned(),
            rollback_point: String::new(),
            host: "host".to_owned(),
            operator: "ada".to_owned(),
            survival: String::new(),
            program: "0".to_owned(),
            directory: "/".to_owned(),
            incident_log: String::new(),
            environment: Vec::new(),
        })));
        play
    }

    fn begun() -> Self {
        Self::new(runbook())
    }

    fn happen(&mut self, actor: Actor, happening: Happening) -> &mut Self {
        let stamp = Stamp { at: Timestamp::from_unix_ms(0), mono_ms: 0, boot: "b".to_owned() };
        let effects = update(&mut self.run, &Event { stamp, actor, happening });
        self.effects.extend(effects);
        self
    }

    fn ask(&mut self, command: Command) -> &mut Self {
        self.happen(Actor::Operator("ada".to_owned()), Happening::Asked(command))
    }

    fn run_it(&mut self, item: &str, statements: &[usize], text: &str) -> &mut Self {
        self.confirm(item, statements, text, None).ask(Command::Start { item: item.into() })
    }

    fn confirm(&mut self, item: &str, statements: &[usize], text: &str, reason: Option<&str>) -> &mut Self {
        self.ask(Command::Confirm {
            item: item.into(),
            statements: statements.to_vec(),
            text: text.to_owned(),
            reason: reason.map(str::to_owned),
        })
    }

    fn exit(&mut self, attempt: u32, code: i32) -> &mut Self {
        self.happen(
            Actor::Holdpoint,
            Happening::Exited {
                attempt: AttemptId(attempt),
                exit: Exit { code, signal: None },
                duration_ms: 5,
                directory: "/app".to_owned(),
                output: OutputSummary::default(),
                shell_restarted: None,
            },
        )
    }

    fn check(&mut self, item: &str, verdict: Verdict) -> &mut Self {
        self.ask(Command::Check { item: item.into(), judgement: Judgement { verdict, note: String::new() } })
    }

    fn answer(&mut self, item: &str, verdict: Verdict) -> &mut Self {
        self.ask(Command::Answer { item: item.into(), judgement: Judgement { verdict, note: String::new() } })
    }

    /// Up to the expectation of the migration.
    fn migrated(&mut self, code: i32) -> &mut Self {
        self.check("gate/1", Verdict::Pass)
            .run_it("migrate/1", &[0, 1], "cd app\nmigrate")
            .exit(1, 0)
            .exit(2, code)
    }

    fn walk_to_end(&mut self) -> &mut Self {
        self.migrated(0)
            .answer("migrate/2", Verdict::Pass)
            .answer("migrate/3", Verdict::Pass)
            .ask(Command::Skip { place: Place::Step("extra".into()), reason: String::new() })
            .ask(Command::Decide { item: "celery/1".into(), answer: ConditionAnswer::NotTaken })
            .run_it("once/1", &[0], "consume token")
            .exit(3, 0)
    }

    /// The facts since the beginning, effects between them, one word each.
    fn story(&self) -> String {
        let told = self.effects.iter().map(|effect| match effect {
            Effect::Record(entry) => fact_name(entry),
            Effect::Spawn { attempt, part, .. } => format!("spawn {attempt} `{}`", part.text),
            Effect::Stop(_) => "stop".to_owned(),
            Effect::AppendIncident { .. } => "append incident".to_owned(),
            Effect::Close => "close".to_owned(),
            Effect::Refuse(refusal) => format!("refused: {refusal}"),
        });
        told.skip(1).collect::<Vec<_>>().join(" | ")
    }

    fn last(&self) -> String {
        self.story().rsplit(" | ").next().unwrap_or_default().to_owned()
    }

    fn entries(&self) -> Vec<Entry> {
        let entries = self.effects.iter().filter_map(|effect| match effect {
            Effect::Record(entry) => Some(entry.clone()),
            _ => None,
        });
        entries.collect()
    }
}

fn fact_name(entry: &Entry) -> String {
    let json = serde_json::to_value(&entry.fact).unwrap();
    json["kind"].as_str().unwrap().to_owned()
}

#[test]
fn the_first_question_is_the_first_open_gate() {
    let play = Play::begun();
    assert_eq!(play.run.ask(), Ask::Judge { item: "gate/1".into() });
}

#[test]
fn a_confirmed_block_runs_its_statements_one_after_the_other() {
    let mut play = Play::begun();
    play.check("gate/1", Verdict::Pass).run_it("migrate/1", &[0, 1], "cd app\nmigrate");
    assert_eq!(play.last(), "spawn 1 `cd app`");
    play.exit(1, 0);
    assert_eq!(play.last(), "spawn 2 `migrate`");
    play.exit(2, 0);
    assert_eq!(play.last(), "command-exited");
    assert_eq!(play.run.ask(), Ask::Judge { item: "migrate/2".into() });
}

#[test]
fn every_start_is_recorded_before_the_spawn_it_causes() {
    let mut play = Play::begun();
    play.walk_to_end();
    let spawned =
        play.effects.iter().enumerate().filter(|(_, effect)| matches!(effect, Effect::Spawn { .. }));
    for (index, _) in spawned {
        let before = &play.effects[index - 1];
        assert!(matches!(before, Effect::Record(entry) if matches!(entry.fact, Fact::CommandStarted { .. })));
    }
}

#[test]
fn a_failure_stops_the_rest_of_the_block_and_asks_what_to_do() {
    let mut play = Play::begun();
    play.check("gate/1", Verdict::Pass).run_it("migrate/1", &[0, 1], "cd app\nmigrate").exit(1, 2);
    assert_eq!(play.last(), "command-exited");
    assert_eq!(play.run.ask(), Ask::Failed { item: "migrate/1".into(), attempt: AttemptId(1) });
}

#[test]
fn a_retry_goes_on_from_the_statement_that_failed() {
    let mut play = Play::begun();
    play.migrated(1).ask(Command::Retry { item: "migrate/1".into(), reason: None });
    assert_eq!(play.last(), "spawn 3 `migrate`");
    play.exit(3, 0);
    assert_eq!(play.run.ask(), Ask::Judge { item: "migrate/2".into() });
}

#[test]
fn a_failed_command_may_be_judged_good_enough() {
    let mut play = Play::begun();
    play.migrated(1).check("migrate/1", Verdict::Degraded);
    assert_eq!(play.run.ask(), Ask::Judge { item: "migrate/2".into() });
}

#[test]
fn a_command_that_never_ran_cannot_be_judged() {
    let mut play = Play::begun();
    play.check("gate/1", Verdict::Pass).check("migrate/1", Verdict::Pass);
    assert_eq!(play.last(), "refused: confirm the command first");
}

#[test]
fn running_again_asks_for_its_expectations_again() {
    let mut play = Play::begun();
    play.migrated(0).answer("migrate/2", Verdict::Fail);
    assert_eq!(play.run.ask(), Ask::Halted { item: "migrate/2".into() });
    play.run_it("migrate/1", &[1], "migrate");
    assert_eq!(play.last(), "refused: confirm the command first", "out of order needs a reason");
    play.confirm("migrate/1", &[1], "migrate", Some("fixed the settings"))
        .ask(Command::Start { item: "migrate/1".into() })
        .exit(3, 0);
    assert_eq!(play.run.ask(), Ask::Judge { item: "migrate/2".into() });
}

#[test]
fn a_stop_condition_locks_what_follows() {
    let mut play = Play::begun();
    play.migrated(0).answer("migrate/2", Verdict::Pass).answer("migrate/3", Verdict::Fail);
    play.run_it("once/1", &[0], "consume token");
    assert!(play.story().contains("refused: the run is halted at migrate/3"), "{}", play.story());
    play.ask(Command::Override { item: "migrate/3".into(), reason: "the log is clean".to_owned() });
    assert_eq!(play.run.ask(), Ask::Run { item: "extra/1".into(), statement: 0 });
    assert_eq!(play.run.deviations().len(), 1);
}

#[test]
fn out_of_order_needs_a_reason_and_is_recorded_as_a_deviation() {
    let mut play = Play::begun();
    play.confirm("once/1", &[0], "consume token", None);
    assert_eq!(play.last(), "refused: this deviates from the runbook (taken out of order); say why");
    play.confirm("once/1", &[0], "consume token", Some("the vendor waits"))
        .ask(Command::Start { item: "once/1".into() });
    assert_eq!(play.last(), "spawn 1 `consume token`");
    assert_eq!(play.run.deviations()[0].reason, "the vendor waits");
}

#[test]
fn an_edited_command_needs_a_reason_and_counts_for_its_statements() {
    let mut play = Play::begun();
    play.check("gate/1", Verdict::Pass).confirm("migrate/1", &[0, 1], "cd app && migrate --plan", None);
    assert_eq!(play.last(), "refused: this deviates from the runbook (command edited); say why");
    play.confirm("migrate/1", &[0, 1], "cd app && migrate --plan", Some("look first"))
        .ask(Command::Start { item: "migrate/1".into() })
        .exit(1, 0);
    assert_eq!(play.run.ask(), Ask::Judge { item: "migrate/2".into() });
}

#[test]
fn a_once_step_starts_again_only_with_a_reason() {
    let mut play = Play::begun();
    play.walk_to_end().confirm("once/1", &[0], "consume token", None);
    assert_eq!(play.last(), "refused: this deviates from the runbook (once-step repeated); say why");
}

#[test]
fn nothing_starts_while_something_runs() {
    let mut play = Play::begun();
    play.check("gate/1", Verdict::Pass)
        .run_it("migrate/1", &[0], "cd app")
        .ask(Command::Start { item: "migrate/1".into() });
    assert_eq!(play.last(), "refused: attempt 1 is still running; wait for it or stop it first");
}

#[test]
fn a_stop_reaches_only_what_runs() {
    let mut play = Play::begun();
    play.ask(Command::Stop { how: Stop::Interrupt });
    assert_eq!(play.last(), "refused: nothing is running");
    play.check("gate/1", Verdict::Pass)
        .run_it("migrate/1", &[0], "cd app")
        .ask(Command::Stop { how: Stop::Interrupt });
    assert_eq!(play.last(), "stop");
}

#[test]
fn a_lost_attempt_is_unknown_until_a_person_says_what_became_of_it() {
    let lost = |play: &mut Play| {
        play.check("gate/1", Verdict::Pass).run_it("migrate/1", &[0, 1], "cd app\nmigrate").exit(1, 0);
        let reason = "the host went down".to_owned();
        play.happen(Actor::Holdpoint, Happening::Lost { attempt: AttemptId(2), reason });
    };
    for (resolution, then) in [
        (Resolution::EndedWell, Ask::Judge { item: "migrate/2".into() }),
        (Resolution::Failed, Ask::Failed { item: "migrate/1".into(), attempt: AttemptId(2) }),
        (Resolution::NeverRan, Ask::Run { item: "migrate/1".into(), statement: 1 }),
    ] {
        let mut play = Play::begun();
        lost(&mut play);
        assert_eq!(play.run.ask(), Ask::Resolve { item: "migrate/1".into(), attempt: AttemptId(2) });
        play.ask(Command::Start { item: "migrate/1".into() });
        assert!(play.last().starts_with("refused: what became of attempt 2 is unknown"));
        play.ask(Command::Resolve { attempt: AttemptId(2), resolution, note: "looked".to_owned() });
        assert_eq!(play.run.ask(), then);
    }
}

#[test]
fn what_was_seen_twice_is_recorded_once() {
    let mut play = Play::begun();
    play.check("gate/1", Verdict::Pass).run_it("migrate/1", &[0], "cd app").exit(1, 0);
    let before = play.story();
    play.exit(1, 1);
    assert_eq!(play.story(), before);
}

#[test]
fn optional_steps_are_skipped_without_a_reason_and_others_with_one() {
    let mut play = Play::begun();
    play.ask(Command::Skip { place: Place::Step("gate".into()), reason: " ".to_owned() });
    assert!(play.last().starts_with("refused: say why this is left out"));
    play.ask(Command::Skip { place: Place::Step("extra".into()), reason: String::new() });
    assert!(play.run.deviations().is_empty());
    play.ask(Command::Skip { place: Place::Step("gate".into()), reason: "done before".to_owned() });
    assert_eq!(play.run.deviations().len(), 1);
    assert_eq!(play.run.ask(), Ask::Run { item: "migrate/1".into(), statement: 0 });
}

#[test]
fn what_was_done_is_not_left_out_afterwards_and_what_failed_and_was_left_out_is_no_success() {
    let mut play = Play::begun();
    play.check("gate/1", Verdict::Pass);
    play.ask(Command::Skip { place: Place::Item("gate/1".into()), reason: "late".to_owned() });
    assert_eq!(play.last(), "refused: this was done already, so there is nothing to leave out");
    play.run_it("migrate/1", &[0, 1], "cd app\nmigrate").exit(1, 2);
    play.ask(Command::Skip { place: Place::Item("migrate/1".into()), reason: "not today".to_owned() });
    play.answer("migrate/2", Verdict::Pass).answer("migrate/3", Verdict::Pass);
    let step = play.run.runbook().step(&"migrate".into()).unwrap().1.clone();
    assert_eq!(play.run.step_state(&step), StepState::DoneWithIssues);
}

#[test]
fn what_a_condition_guards_is_asked_only_when_it_holds() {
    let mut play = Play::begun();
    play.ask(Command::Decide { item: "celery/1".into(), answer: ConditionAnswer::Taken(1) });
    assert_eq!(play.last(), "refused: there is no alternative 2; choose 1 to 1");
    play.ask(Command::Decide { item: "celery/1".into(), answer: ConditionAnswer::NotTaken });
    play.run_it("celery/2", &[0], "restart celery");
    assert!(play.story().contains("refused: this does not apply"));
}

#[test]
fn an_incident_is_recorded_and_then_appended_to_the_log() {
    let mut play = Play::begun();
    let incident = IncidentRecord { symptoms: "relation exists".to_owned(), ..IncidentRecord::default() };
    play.ask(Command::LogIncident { place: Place::Step("migrate".into()), incident });
    assert_eq!(play.story(), "incident-logged | append incident");
}

#[test]
fn a_rollback_becomes_the_procedure_and_decides_the_outcome() {
    let mut play = Play::begun();
    play.migrated(1).ask(Command::RollBack { reason: "migration failed".to_owned() });
    assert_eq!(play.run.ask(), Ask::Run { item: "back/1".into(), statement: 0 });
    play.ask(Command::Finish { outcome: Outcome::RolledBack, note: String::new() });
    assert!(play.last().starts_with("refused: the run cannot end as rolled back: this is still open"));
    play.run_it("back/1", &[0], "restore").exit(3, 0).check("back/2", Verdict::Pass);
    assert_eq!(play.run.possible_outcomes(), [Outcome::RolledBack, Outcome::Abandoned]);
    play.ask(Command::Finish { outcome: Outcome::RolledBack, note: String::new() });
    assert!(play.story().ends_with("run-finished | close"));
}

#[test]
fn a_clean_walk_ends_in_success_and_a_degraded_one_does_not() {
    let mut clean = Play::begun();
    clean.walk_to_end();
    assert_eq!(
        clean.run.possible_outcomes(),
        [Outcome::Success, Outcome::SuccessWithIssues, Outcome::Abandoned]
    );
    clean.check("gate/1", Verdict::Degraded);
    assert_eq!(clean.run.possible_outcomes(), [Outcome::SuccessWithIssues, Outcome::Abandoned]);
}

#[test]
fn a_closed_run_stays_closed() {
    let mut play = Play::begun();
    play.ask(Command::Abandon { reason: "window is over".to_owned() });
    play.ask(Command::Note { place: Place::Run, text: "late".to_owned() });
    assert_eq!(play.last(), "refused: the run has ended (abandoned); start a new run to go on");
    let before = play.story();
    play.happen(Actor::Holdpoint, Happening::FrontEndCame(Attendance::Controls));
    assert_eq!(play.story(), before, "the last entry stays the last");
}

#[test]
fn a_held_run_goes_on_with_the_next_answer() {
    let mut play = Play::begun();
    play.ask(Command::Hold { item: "gate/1".into(), question: "backup taken?".to_owned() });
    assert_eq!(play.run.held(), Some((&ItemId::from("gate/1"), "backup taken?")));
    play.check("gate/1", Verdict::Pass);
    assert_eq!(play.run.held(), None);
}

#[test]
fn commands_after_a_session_change_belong_to_the_target_until_it_is_left() {
    let items = vec![item("s/1", command(&["ssh deploy@vps", "uptime", "exit", "uptime"]))];
    let mut book = (*runbook()).clone();
    book.phases = vec![phase("P", Role::Procedure, vec![step("s", items)])];
    let mut play = Play::new(Arc::new(book));
    play.run_it("s/1", &[0, 1, 2, 3], "ssh deploy@vps\nuptime\nexit\nuptime");
    play.exit(1, 0).exit(2, 0).exit(3, 0).exit(4, 0);
    let targets: Vec<usize> = play.run.attempts().iter().map(|attempt| attempt.target.len()).collect();
    assert_eq!(targets, [0, 1, 1, 0]);
    assert_eq!(play.run.attempts()[1].target[0].name(), "deploy@vps");
}

#[test]
fn replaying_the_entries_gives_the_same_run() {
    let mut play = Play::begun();
    play.walk_to_end();
    let entries = play.entries();
    let replayed = Run::replay(runbook(), &entries);
    assert_eq!(replayed.ask(), play.run.ask());
    assert_eq!(replayed.attempts(), play.run.attempts());
    assert!(entries.iter().enumerate().all(|(index, entry)| entry.seq == index as u64 + 1));
}

//! A runbook and the record of a run of it, for tests of everything that reads a record: a failed
//! migration, an incident, a retry, a note, a skip, a degraded check.

use std::sync::Arc;

use crate::journal::{
    Actor, AttemptId, Attendance, ConditionAnswer, Deviation, Entry, Exit, Fact, IncidentRecord, OpenTarget,
    Outcome, OutputSummary, Part, Place, RunId, RunStart, RunbookCopy, Stamp, Timestamp, Verdict,
};
use crate::runbook::{
    Block, Confidence, Diagnostic, Form, Format, Guard, Item, ItemKind, Language, LineRange, Phase,
    Placeholder, Risk, Role, Runbook, Session, Severity, Source, Statement, Step,
};

/// 2026-11-20T14:02:11Z
pub(crate) const START_MS: i64 = 1_795_183_331_000;

/// Prerequisites, upgrade steps, verification and a rollback.
pub(crate) fn runbook() -> Arc<Runbook> {
    let check = |text: &str| ItemKind::Check { text: text.to_owned(), prechecked: false, watch: false };
    let mut restart = item("4-restart-workers/2", 34, command(&["sudo systemctl restart celery"]));
    restart.guard = Some(Guard { item: "4-restart-workers/1".into(), branch: 0 });
    let mut migrations = step(
        "3",
        "Run migrations",
        22,
        vec![
            item(
                "3-run-migrations/1",
                24,
                command(&["python manage.py migrate --settings=<settings-module>"]),
            ),
            item(
                "3-run-migrations/2",
                27,
                ItemKind::Expected {
                    text: "Migrations apply cleanly.".to_owned(),
                    about: Some("3-run-migrations/1".into()),
                },
            ),
            item(
                "3-run-migrations/3",
                28,
                ItemKind::StopGate { text: "Migration fails. DO NOT PROCEED.".to_owned(), rollback: true },
            ),
        ],
    );
    migrations.once = true;
    let mut workers = step(
        "4",
        "Restart workers",
        31,
        vec![
            item("4-restart-workers/1", 33, ItemKind::Condition { text: "If using Celery".to_owned() }),
            restart,
        ],
    );
    workers.optional = true;
    let backup = step(
        "2",
        "Back up the database",
        12,
        vec![
            item(
                "2-back-up-the-database/1",
                14,
                command(&["ssh deploy@vps", "pg_dump acme | gzip > /srv/backup/acme.sql.gz"]),
            ),
            item(
                "2-back-up-the-database/2",
                18,
                ItemKind::Input {
                    name: "BACKUP_FILE".to_owned(),
                    prompt: "Record the name of the backup file".to_owned(),
                    pattern: Some("<filename>.sql.gz".to_owned()),
                },
            ),
        ],
    );
    let health = step(
        "5",
        "Health",
        38,
        vec![
            item("5-health/1", 40, command(&["curl -sS http://localhost:8000/health"])),
            item("5-health/2", 43, check("The front page shows the new version")),
        ],
    );
    let access = step("1", "Access", 5, vec![item("1-access/1", 6, check("You can reach the host"))]);
    let restore = step(
        "6",
        "Restore the backup",
        50,
        vec![item(
            "6-restore-the-backup/1",
            52,
            command(&["gunzip -c /srv/backup/<BACKUP_FILE> | psql acme"]),
        )],
    );
    Arc::new(Runbook {
        title: "Upgrade Runbook".to_owned(),
        source: Source {
            name: "runbooks/upgrade.md".to_owned(),
            format: Format::Markdown,
            digest: "4f1c9d2a7be03c55d1f8a6b0e94c7723aa51f0de8c9b64173e2d5f60718293ab".to_owned(),
            text: String::new(),
        },
        metadata: Vec::new(),
        phases: vec![
            phase("Prerequisites", Role::Prerequisites, 3, vec![access]),
            phase("Upgrade steps", Role::Procedure, 10, vec![backup, migrations, workers]),
            phase("Verification", Role::Verification, 36, vec![health]),
            phase("Rollback", Role::Rollback, 48, vec![restore]),
        ],
        placeholders: vec![
            Placeholder {
                name: "settings-module".to_owned(),
                spelling: "<settings-module>".to_owned(),
                line: 24,
            },
            Placeholder { name: "BACKUP_FILE".to_owned(), spelling: "<BACKUP_FILE>".to_owned(), line: 52 },
        ],
        diagnostics: vec![
            Diagnostic {
                rule: "placeholder-redirects".to_owned(),
                severity: Severity::Warning,
                line: 52,
                message: "a shell reads <BACKUP_FILE> as a redirection".to_owned(),
                help: "it is filled in before the command runs; nothing to do".to_owned(),
            },
            Diagnostic {
                rule: "expected-without-command".to_owned(),
                severity: Severity::Note,
                line: 43,
                message: "nothing says how to see the version".to_owned(),
                help: "name the page or the command".to_owned(),
            },
        ],
    })
}

fn phase(title: &str, role: Role, line: usize, steps: Vec<Step>) -> Phase {
    let id = title.to_lowercase().replace(' ', "-");
    Phase { id: id.as_str().into(), title: title.to_owned(), role, line, intro: Vec::new(), steps }
}

fn step(number: &str, title: &str, first: usize, items: Vec<Item>) -> Step {
    let id = format!("{number}-{}", title.to_lowercase().replace(' ', "-"));
    let last = items.last().map_or(first, |item| item.lines.last);
    Step {
        id: id.as_str().into(),
        number: Some(number.to_owned()),
        title: title.to_owned(),
        lines: LineRange { first, last },
        optional: false,
        once: false,
        items,
    }
}

fn item(id: &str, line: usize, kind: ItemKind) -> Item {
    Item { id: id.into(), lines: LineRange { first: line, last: line }, guard: None, kind }
}

fn command(statements: &[&str]) -> ItemKind {
    let statement = |text: &&str| Statement {
        text: (*text).to_owned(),
        lines: LineRange { first: 1, last: 1 },
        comment: None,
        session: text.starts_with("ssh").then_some(Session::Ssh),
    };
    let privileged = statements.iter().any(|text| text.starts_with("sudo"));
    ItemKind::Command(Block {
        text: statements.join("\n"),
        language: Language::Shell,
        confidence: Confidence::High,
        form: Form::Block,
        label: None,
        once: false,
        risks: if privileged { vec![Risk::Privileged] } else { Vec::new() },
        statements: statements.iter().map(statement).collect(),
    })
}

/// Entries as they are written, one after the other.
pub(crate) struct Recorder {
    pub(crate) entries: Vec<Entry>,
    ms: i64,
}

impl Recorder {
    /// A run that has begun.
    pub(crate) fn begun() -> Self {
        let mut recorder = Self { entries: Vec::new(), ms: 0 };
        recorder.program(Fact::RunStarted(Box::new(start())));
        recorder.program(Fact::SupervisorStarted { pid: 4711, program: "0.1.0".to_owned(), recovery: None });
        recorder.ada(Fact::FrontEndAttached { attendance: Attendance::Controls });
        recorder
    }

    /// So much later.
    pub(crate) fn wait(&mut self, seconds: i64) -> &mut Self {
        self.ms += seconds * 1000;
        self
    }

    /// The operator did this.
    pub(crate) fn ada(&mut self, fact: Fact) -> &mut Self {
        self.add(Actor::Operator("ada".to_owned()), fact)
    }

    /// The program observed this.
    pub(crate) fn program(&mut self, fact: Fact) -> &mut Self {
        self.add(Actor::Holdpoint, fact)
    }

    fn add(&mut self, actor: Actor, fact: Fact) -> &mut Self {
        let stamp = Stamp {
            at: Timestamp::from_unix_ms(START_MS + self.ms),
            mono_ms: self.ms.unsigned_abs(),
            boot: "b".to_owned(),
        };
        let seq = self.entries.len() as u64 + 1;
        self.entries.push(Entry { v: Entry::VERSION, seq, stamp, actor, fact });
        self
    }

    /// A command ran so long and ended so.
    pub(crate) fn ran(&mut self, attempt: u32, item: &str, text: &str, seconds: i64, code: i32) -> &mut Self {
        let statements = if item.starts_with('2') { vec![0, 1] } else { vec![0] };
        let part = Part { statements, text: text.to_owned() };
        let attempt = AttemptId(attempt);
        self.ada(Fact::CommandStarted { attempt, item: item.into(), part, target: target_of(item) });
        self.wait(seconds).program(Fact::CommandExited {
            attempt,
            exit: Exit { code, signal: None },
            duration_ms: seconds.unsigned_abs() * 1000,
            directory: "/srv/acme/app".to_owned(),
            output: OutputSummary { bytes: 1_240, omitted: 0, transcript_digest: None },
        })
    }

    fn confirmed(&mut self, item: &str, text: &str, deviation: Option<(Deviation, &str)>) -> &mut Self {
        self.ada(Fact::CommandConfirmed {
            item: item.into(),
            parts: vec![Part { statements: vec![0], text: text.to_owned() }],
            deviation: deviation.map(|(deviation, _)| deviation),
            reason: deviation.map(|(_, reason)| reason.to_owned()),
        })
    }
}

fn target_of(item: &str) -> Vec<OpenTarget> {
    let vps = OpenTarget { command: "ssh deploy@vps".to_owned(), session: Session::Ssh };
    if item.starts_with('5') { Vec::new() } else { vec![vps] }
}

/// How the run began.
pub(crate) fn start() -> RunStart {
    RunStart {
        run: RunId("20261120-acme-kitchens-7f3a".to_owned()),
        runbook: RunbookCopy {
            title: "Upgrade Runbook".to_owned(),
            path: "runbooks/upgrade.md".to_owned(),
            digest: "4f1c9d2a7be03c55d1f8a6b0e94c7723aa51f0de8c9b64173e2d5f60718293ab".to_owned(),
            model_digest: String::new(),
        },
        subject: "acme-kitchens".to_owned(),
        from: "0.6.2".to_owned(),
        to: "0.7.0".to_owned(),
        rollback_point: "v0.6.2".to_owned(),
        host: "vps-3".to_owned(),
        operator: "ada".to_owned(),
        survival: "a running command outlives this login".to_owned(),
        program: "0.1.0".to_owned(),
        directory: "/srv/acme".to_owned(),
        incident_log: "what-broke-last-time.md".to_owned(),
        environment: Vec::new(),
    }
}

/// The record of a run that met trouble and ended in success with issues.
pub(crate) fn entries() -> Vec<Entry> {
    let mut run = Recorder::begun();
    run.wait(9).ada(check("1-access/1", Verdict::Pass, ""));
    let dump = "pg_dump acme | gzip > /srv/backup/acme.sql.gz";
    run.wait(12).confirmed("2-back-up-the-database/1", dump, None);
    run.program(Fact::TargetOpened { target: target_of("2")[0].clone() });
    run.ran(1, "2-back-up-the-database/1", dump, 41, 0);
    run.wait(5).ada(Fact::InputRecorded {
        name: "BACKUP_FILE".to_owned(),
        value: "acme.sql.gz".to_owned(),
        item: Some("2-back-up-the-database/2".into()),
        secret: false,
    });
    let migrate = "python manage.py migrate --settings=acme.settings.production";
    run.wait(20).confirmed("3-run-migrations/1", migrate, None);
    run.ran(2, "3-run-migrations/1", migrate, 17, 1);
    run.wait(60)
        .ada(Fact::IncidentLogged { place: Place::Step("3-run-migrations".into()), incident: incident() });
    run.ada(Fact::NoteTaken {
        place: Place::Step("3-run-migrations".into()),
        text: "Checked 0042 by hand:\nthe table has all its columns.".to_owned(),
    });
    let faked = "python manage.py migrate --fake blog 0042 --settings=acme.settings.production";
    run.wait(31).confirmed("3-run-migrations/1", faked, Some((Deviation::Edited, "0042 is applied already")));
    run.ran(3, "3-run-migrations/1", faked, 130, 0);
    run.wait(4).ada(gate("3-run-migrations/2", Verdict::Pass, ""));
    run.ada(gate("3-run-migrations/3", Verdict::Pass, ""));
    run.wait(3).ada(Fact::ConditionAnswered {
        item: "4-restart-workers/1".into(),
        answer: ConditionAnswer::Taken(0),
    });
    run.ada(Fact::StepSkipped {
        place: Place::Item("4-restart-workers/2".into()),
        reason: "the workers restart with the deployment".to_owned(),
        deviation: true,
    });
    run.wait(8).confirmed("5-health/1", "curl -sS http://localhost:8000/health", None);
    run.program(Fact::TargetClosed { target: target_of("2")[0].clone() });
    run.ran(4, "5-health/1", "curl -sS http://localhost:8000/health", 2, 0);
    run.ada(check("5-health/2", Verdict::Degraded, "the cache still shows 0.6.2 on one page"));
    run.wait(15).ada(Fact::RunFinished {
        outcome: Outcome::SuccessWithIssues,
        note: "cache to be flushed tonight".to_owned(),
    });
    run.entries
}

/// The incident of that run.
pub(crate) fn incident() -> IncidentRecord {
    IncidentRecord {
        site: "acme-kitchens".to_owned(),
        date: "2026-11-20".to_owned(),
        from: "0.6.2".to_owned(),
        to: "0.7.0".to_owned(),
        symptoms: "django.db.utils.ProgrammingError: relation \"blog_entry\" already exists".to_owned(),
        fix: "faked 0042 after checking the table by hand".to_owned(),
        follow_up: "squash the migrations of blog".to_owned(),
    }
}

/// What an attempt of that run printed.
pub(crate) fn output(attempt: AttemptId) -> &'static str {
    match attempt.0 {
        1 => "",
        2 => {
            "Operations to perform:\r\n  Apply all migrations: admin, auth, blog, pages\r\nRunning migrations:\r\n  Applying blog.0042_entry...\r\n\x1b[31mdjango.db.utils.ProgrammingError: relation \"blog_entry\" already exists\x1b[0m\r\n"
        }
        3 => {
            "Operations to perform:\r\n  Target specific migration: 0042_entry, from blog\r\nRunning migrations:\r\n  Applying blog.0042_entry...\x1b[32m FAKED\x1b[0m\r\n"
        }
        _ => "{\"status\":\"ok\",\"version\":\"0.7.0\"}\r\n",
    }
}

fn check(item: &str, verdict: Verdict, note: &str) -> Fact {
    Fact::CheckRecorded { item: item.into(), verdict, note: note.to_owned() }
}

fn gate(item: &str, verdict: Verdict, note: &str) -> Fact {
    Fact::GateAnswered { item: item.into(), verdict, note: note.to_owned() }
}

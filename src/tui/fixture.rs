//! A run of an upgrade runbook made up for tests, with hands to step through it and eyes to read a
//! frame.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;

use super::dialog::UNANSWERABLE_MS;
use super::news::{drawn, on_entry, on_refusal};
use super::terminal::Input;
use super::theme::{Colour, Theme};
use super::ui::{Clock, LastTime, Ui};
use super::update::update;
use super::view;
use crate::engine::{self, Command, Effect, Event, Happening, Run};
use crate::journal::{
    Actor, AttemptId, Exit, IncidentRecord, OutputSummary, RunId, RunStart, RunbookCopy, Stamp, Timestamp,
};
use crate::protocol::{Frame, Request};
use crate::runbook::{
    Block, Confidence, Form, Format, Guard, Item, ItemId, ItemKind, Language, LineRange, Phase, PhaseId,
    Risk, Role, Runbook, Session, Source, Statement, Step, StepId,
};

/// 2026-03-02T14:00:00Z
const BEGIN_MS: i64 = 1_772_460_000_000;

fn lines() -> LineRange {
    LineRange { first: 1, last: 1 }
}

/// A step with these items, numbered in their order.
pub(super) fn step(id: &str, number: Option<&str>, title: &str, kinds: Vec<ItemKind>) -> Step {
    let items = kinds.into_iter().enumerate().map(|(index, kind)| Item {
        id: ItemId(format!("{id}/{}", index + 1)),
        lines: lines(),
        guard: None,
        kind,
    });
    Step {
        id: StepId::from(id),
        number: number.map(str::to_owned),
        title: title.to_owned(),
        lines: lines(),
        optional: false,
        once: false,
        items: items.collect(),
    }
}

/// A block of shell statements.
pub(super) fn block(statements: &[&str]) -> Block {
    let statement = |text: &&str| Statement {
        text: (*text).to_owned(),
        lines: lines(),
        comment: None,
        session: text.starts_with("ssh ").then_some(Session::Ssh),
    };
    Block {
        text: statements.join("\n"),
        language: Language::Shell,
        confidence: Confidence::High,
        form: Form::Block,
        label: None,
        once: false,
        risks: Vec::new(),
        statements: statements.iter().map(statement).collect(),
    }
}

fn command(statements: &[&str]) -> ItemKind {
    ItemKind::Command(block(statements))
}

fn check(text: &str) -> ItemKind {
    ItemKind::Check { text: text.to_owned(), prechecked: false, watch: false }
}

fn expected(text: &str, about: &str) -> ItemKind {
    ItemKind::Expected { text: text.to_owned(), about: Some(ItemId::from(about)) }
}

fn prose(text: &str) -> ItemKind {
    ItemKind::Prose { text: text.to_owned() }
}

fn phase(id: &str, title: &str, role: Role, steps: Vec<Step>) -> Phase {
    Phase { id: PhaseId::from(id), title: title.to_owned(), role, line: 1, intro: Vec::new(), steps }
}

fn before() -> Vec<Step> {
    vec![
        step(
            "access",
            None,
            "Access",
            vec![check("You can log in to the order host"), check("Nobody else is deploying")],
        ),
        step(
            "1-note-version",
            Some("1"),
            "Note the running version",
            vec![
                command(&["orderd --version"]),
                ItemKind::Input {
                    name: "OLD_VERSION".to_owned(),
                    prompt: "the version that is running now".to_owned(),
                    pattern: Some("<version>".to_owned()),
                },
            ],
        ),
        step(
            "2-back-up",
            Some("2"),
            "Back up the orders database",
            vec![
                command(&["pg_dump --format=custom orders > /var/backups/orders.dump"]),
                expected("the dump is larger than 100 MB", "2-back-up/1"),
            ],
        ),
    ]
}

fn upgrade() -> Vec<Step> {
    let mut migrations = step(
        "5-run-migrations",
        Some("5"),
        "Run the migrations",
        vec![
            prose(
                "Migrations lock the **orders** table for about two minutes. Keep the shop's banner up:\n\n- customers see the maintenance page\n- the queue keeps what comes in",
            ),
            command(&[
                "cd /srv/orders/app",
                "./manage migrate --settings=orders.settings.production",
                "./manage check",
            ]),
            expected("every migration is applied and the check says 0 issues", "5-run-migrations/2"),
            ItemKind::StopGate {
                text: "a migration fails. Do not go on with half a schema.".to_owned(),
                rollback: true,
            },
        ],
    );
    migrations.once = true;
    if let ItemKind::Command(block) = &mut migrations.items[1].kind {
        block.risks = vec![Risk::Destructive, Risk::Privileged];
    }
    let mut warm = step("6-warm-cache", Some("6"), "Warm the cache", vec![command(&["./manage warm-cache"])]);
    warm.optional = true;
    let mut restart = step(
        "7-restart",
        Some("7"),
        "Restart the service",
        vec![
            ItemKind::Choice {
                text: "Choose how the service is supervised".to_owned(),
                alternatives: vec!["systemd".to_owned(), "Docker Compose".to_owned()],
            },
            command(&["sudo systemctl restart orderd"]),
            command(&["docker compose up --detach orderd"]),
            ItemKind::Condition { text: "If Celery is used".to_owned() },
            command(&["sudo systemctl restart orderd-worker"]),
        ],
    );
    for (index, guard, branch) in [(1, 1, 0), (2, 1, 1), (4, 4, 0)] {
        restart.items[index].guard = Some(Guard { item: ItemId(format!("7-restart/{guard}")), branch });
    }
    vec![
        step(
            "3-fetch",
            Some("3"),
            "Fetch the release",
            vec![command(&["cd /srv/orders/app", "git fetch --tags", "git checkout v2.4.0"])],
        ),
        step(
            "4-stop-workers",
            Some("4"),
            "Stop the workers",
            vec![command(&["sudo systemctl stop orderd-worker"])],
        ),
        migrations,
        warm,
        restart,
    ]
}

fn after() -> Vec<Step> {
    let mut query = block(&["SELECT count(*) FROM orders WHERE state = 'new';"]);
    query.language = Language::Sql;
    let mut offered = block(&["orderd status"]);
    offered.confidence = Confidence::Medium;
    vec![
        step(
            "health",
            None,
            "Health",
            vec![
                check("https://shop.example/health answers 200 within a second"),
                ItemKind::Command(offered),
                ItemKind::Command(query),
                ItemKind::Check {
                    text: "errors in the log for ten minutes".to_owned(),
                    prechecked: false,
                    watch: true,
                },
            ],
        ),
        step(
            "tell",
            None,
            "Tell the team",
            vec![ItemKind::Action { text: "Post the new version in #orders".to_owned() }],
        ),
    ]
}

/// An upgrade runbook with something of everything.
pub(super) fn runbook() -> Arc<Runbook> {
    let trigger = |number: usize, text: &str| Item {
        id: ItemId(format!("rollback/intro/{number}")),
        lines: lines(),
        guard: None,
        kind: ItemKind::Trigger { text: text.to_owned() },
    };
    let mut rollback = phase(
        "rollback",
        "Rollback",
        Role::Rollback,
        vec![
            step(
                "r1-check-out",
                Some("R1"),
                "Check out the old release",
                vec![command(&["git checkout v2.3.1"])],
            ),
            step(
                "r2-restore",
                Some("R2"),
                "Restore the database",
                vec![command(&["pg_restore --clean --dbname=orders /var/backups/orders.dump"])],
            ),
        ],
    );
    rollback.intro =
        vec![trigger(1, "a migration fails"), trigger(2, "checkout errors above 1 % for five minutes")];
    Arc::new(Runbook {
        title: "Upgrade the order service".to_owned(),
        source: Source {
            name: "upgrade-orders.md".to_owned(),
            format: Format::Markdown,
            digest: "00".to_owned(),
            text: String::new(),
        },
        metadata: Vec::new(),
        phases: vec![
            phase("before", "Before the upgrade", Role::Prerequisites, before()),
            phase("upgrade", "Upgrade", Role::Procedure, upgrade()),
            phase("verify", "Verification and follow-up", Role::Verification, after()),
            rollback,
            phase("trouble", "Troubleshooting", Role::Troubleshooting, Vec::new()),
        ],
        placeholders: Vec::new(),
        diagnostics: Vec::new(),
    })
}

fn start() -> RunStart {
    RunStart {
        run: RunId("20260302-acme-kitchens-1".to_owned()),
        runbook: RunbookCopy {
            title: "Upgrade the order service".to_owned(),
            path: "upgrade-orders.md".to_owned(),
            digest: "00".to_owned(),
            model_digest: "00".to_owned(),
        },
        subject: "acme-kitchens".to_owned(),
        from: "2.3.1".to_owned(),
        to: "2.4.0".to_owned(),
        rollback_point: "v2.3.1".to_owned(),
        host: "shop1".to_owned(),
        operator: "mara".to_owned(),
        survival: String::new(),
        program: "0.1.0".to_owned(),
        directory: "/home/mara".to_owned(),
        incident_log: String::new(),
        environment: Vec::new(),
    }
}

/// What broke before.
pub(super) fn last_time() -> Vec<LastTime> {
    vec![LastTime {
        step: Some(StepId::from("5-run-migrations")),
        incident: IncidentRecord {
            site: "acme-bakery".to_owned(),
            date: "2026-01-12".to_owned(),
            from: "2.2.0".to_owned(),
            to: "2.3.1".to_owned(),
            symptoms: "relation \"order_note\" already exists".to_owned(),
            fix: "faked 0042 after comparing the table by hand".to_owned(),
            follow_up: "drop the stray table on all sites".to_owned(),
        },
        open: true,
    }]
}

/// A screen in front of a run, with an engine in place of the supervisor.
pub(super) struct Play {
    /// The run as the screen knows it.
    pub(super) run: Run,
    /// The screen.
    pub(super) ui: Ui,
    /// Keys that went to the program.
    pub(super) typed: Vec<u8>,
    engine: Run,
    now_ms: i64,
}

impl Play {
    /// A run that has just begun.
    pub(super) fn new(size: (u16, u16)) -> Self {
        Self::of(runbook(), size)
    }

    pub(super) fn of(runbook: Arc<Runbook>, (width, height): (u16, u16)) -> Self {
        let clock = Clock { now: Timestamp::from_unix_ms(BEGIN_MS), ms: 0 };
        let theme = Theme::unicode(Colour::Full);
        let mut play = Self {
            run: Run::new(Arc::clone(&runbook)),
            ui: Ui::new(theme, Size::new(width, height), clock, last_time()),
            typed: Vec::new(),
            engine: Run::new(runbook),
            now_ms: 0,
        };
        play.happen(Happening::Asked(Command::Begin(Box::new(start()))));
        let run = play.run.clone();
        play.ui.follow(&run);
        play
    }

    /// Lets time pass; what is on the screen is drawn before and after.
    pub(super) fn pass(&mut self, seconds: i64) {
        drawn(&mut self.ui);
        self.now_ms += seconds * 1000;
        self.ui.clock = Clock {
            now: Timestamp::from_unix_ms(BEGIN_MS + self.now_ms),
            ms: u64::try_from(self.now_ms).unwrap(),
        };
    }

    fn settle(&mut self) {
        drawn(&mut self.ui);
        self.ui.clock.ms += UNANSWERABLE_MS;
    }

    fn happen(&mut self, happening: Happening) {
        let stamp =
            Stamp { at: Timestamp::from_unix_ms(BEGIN_MS + self.now_ms), mono_ms: 0, boot: String::new() };
        let actor = Actor::Operator("mara".to_owned());
        for effect in engine::update(&mut self.engine, &Event { stamp, actor, happening }) {
            match effect {
                Effect::Record(entry) => {
                    let frames = on_entry(&mut self.ui, &mut self.run, &entry);
                    self.serve(frames);
                }
                Effect::Refuse(refusal) => on_refusal(&mut self.ui, &refusal.to_string()),
                _ => {}
            }
        }
    }

    fn serve(&mut self, frames: Vec<Frame>) {
        for frame in frames {
            match frame {
                Frame::Request(Request::Ask { command, .. }) => self.happen(Happening::Asked(command)),
                Frame::Keys(bytes) => self.typed.extend(bytes),
                _ => {}
            }
        }
    }

    /// Asks for this without the screen.
    pub(super) fn ask(&mut self, command: Command) {
        self.happen(Happening::Asked(command));
    }

    /// Presses one key after the other, each on a screen that was drawn and looked at: characters
    /// as they are, others by name in angle brackets: `<enter>`, `<c-s>`.
    pub(super) fn press(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            self.settle();
            self.press_at_once(key);
        }
        self.settle();
        self
    }

    /// Presses a key on a screen that nobody has seen yet.
    pub(super) fn press_at_once(&mut self, key: KeyEvent) {
        let frames = update(&mut self.ui, &self.run, Input::Key(key));
        self.serve(frames);
    }

    /// What the running command prints.
    pub(super) fn print(&mut self, text: &str) {
        let attempt = self.run.running().unwrap().id;
        let bytes = text.replace('\n', "\r\n").into_bytes();
        let offset = self.ui.outputs.of(attempt).map_or(0, super::output::Output::position);
        self.ui.outputs.feed(attempt, offset, bytes);
    }

    /// The running command ends.
    pub(super) fn exit(&mut self, code: i32, seconds: i64) {
        let attempt = self.run.running().unwrap().id;
        self.pass(seconds);
        self.happen(Happening::Exited {
            attempt,
            exit: Exit { code, signal: None },
            duration_ms: u64::try_from(seconds * 1000).unwrap(),
            directory: "/srv/orders/app".to_owned(),
            output: OutputSummary::default(),
            shell_restarted: None,
        });
    }

    /// The running command's end is not seen.
    pub(super) fn lose(&mut self) {
        let attempt: AttemptId = self.run.running().unwrap().id;
        let reason = "the supervisor was killed".to_owned();
        self.happen(Happening::Lost { attempt, reason });
    }

    /// Answers every open question well until this item is asked for.
    pub(super) fn until(&mut self, item: &str) -> &mut Self {
        for _ in 0..100 {
            let ask = self.run.ask();
            if ask.item() == Some(&ItemId::from(item)) {
                return self;
            }
            self.step_well();
        }
        panic!("{item} is never asked for: {:?}", self.run.ask());
    }

    /// Answers the open question well.
    pub(super) fn step_well(&mut self) {
        match self.run.ask() {
            engine::Ask::Run { .. } => {
                self.press("<enter><pgdn><pgdn><pgdn>y");
                while self.run.running().is_some() {
                    self.exit(0, 41);
                }
            }
            engine::Ask::Value { .. } => {
                self.press("<enter><c-u>2.3.1<enter>");
            }
            engine::Ask::Choice { .. } => {
                self.press("<enter>1");
            }
            engine::Ask::Condition { .. } => {
                self.press("<enter><pgdn><pgdn><pgdn>y");
            }
            _ => {
                self.press("<enter>p");
            }
        }
    }

    /// The frame as text, without the spaces at the ends of lines.
    pub(super) fn frame(&self) -> String {
        let (buffer, _) = self.render();
        let width = usize::from(buffer.area.width);
        let rows = buffer.content.chunks(width).map(|row| {
            let mut skip = 0;
            let mut text = String::new();
            for cell in row {
                if skip == 0 {
                    text.push_str(cell.symbol());
                    skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
                } else {
                    skip -= 1;
                }
            }
            text.trim_end().to_owned()
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn render(&self) -> (Buffer, Option<(u16, u16)>) {
        let backend = TestBackend::new(self.ui.size.width, self.ui.size.height);
        let mut terminal = ratatui::Terminal::new(backend).unwrap();
        terminal.draw(|frame| view::draw(frame, &self.run, &self.ui)).unwrap();
        (terminal.backend().buffer().clone(), None)
    }
}

fn parse(keys: &str) -> Vec<KeyEvent> {
    let mut rest = keys;
    let mut events = Vec::new();
    while let Some(first) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        if let Some((name, after)) = named {
            events.push(named_key(name));
            rest = after;
        } else {
            events.push(KeyEvent::new(KeyCode::Char(first), KeyModifiers::NONE));
            rest = &rest[first.len_utf8()..];
        }
    }
    events
}

fn named_key(name: &str) -> KeyEvent {
    if let Some(character) = name.strip_prefix("c-").and_then(|name| name.chars().next()) {
        return KeyEvent::new(KeyCode::Char(character), KeyModifiers::CONTROL);
    }
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "back" => KeyCode::Backspace,
        other => panic!("no key is called {other}"),
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

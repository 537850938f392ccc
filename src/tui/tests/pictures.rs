//! The pictures of the README, drawn by the screens themselves. `UPDATE_PICTURES=1 cargo test pictures`
//! draws them anew.
#![expect(clippy::disallowed_methods, reason = "the pictures are files of the repository")]

use std::path::{Path, PathBuf};

use ratatui::Frame;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;

use crate::engine::specimen;
use crate::journal::{AttemptId, Outcome, RunId, Timestamp};
use crate::protocol::{Frame as Message, Notice, Request};
use crate::runbook::{Diagnostic, Severity};
use crate::tui::fixture::{self, Play};
use crate::tui::home::{FollowUpLine, HomeData, HomeUi, LastRun, RunLine, RunbookLine, Standing};
use crate::tui::picture::svg;
use crate::tui::preflight::{Beginning, KnownSubject, PreflightData, PreflightUi};
use crate::tui::review::{ReviewUi, on_frame, wanted_transcript};
use crate::tui::theme::{Colour, Theme};
use crate::tui::view;

const SIZES: [Size; 2] = [Size::new(120, 36), Size::new(80, 24)];
/// 2026-03-02T14:06:00Z
const NOW_MS: i64 = 1_772_460_360_000;
const DAY_MS: i64 = 86_400_000;

/// The picture in the repository is what the screen shows now.
#[track_caller]
fn check(name: &str, size: Size, draw: impl FnOnce(&mut Frame<'_>)) {
    let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
    terminal.draw(draw).unwrap();
    let name = format!("{name}-{}x{}.svg", size.width, size.height);
    let drawn = svg(&format!("Holdpoint, {}", name.trim_end_matches(".svg")), terminal.backend().buffer());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(&name);
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&path, drawn).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == drawn, "assets/{name} is out of date: UPDATE_PICTURES=1 cargo test pictures");
}

fn theme() -> Theme {
    Theme::unicode(Colour::Full)
}

#[test]
fn home_with_a_run_under_way() {
    for size in SIZES {
        let ui = HomeUi::new(theme(), size, home());
        check("home", size, |frame| view::home::draw(frame, &ui));
    }
}

fn run(subject: &str, versions: (&str, &str), standing: Standing, days_ago: i64) -> RunLine {
    RunLine {
        id: RunId(format!("20260302T140000Z-{subject}-7f3a")),
        title: "Upgrade the order service".to_owned(),
        subject: subject.to_owned(),
        from: versions.0.to_owned(),
        to: versions.1.to_owned(),
        operator: "mara".to_owned(),
        standing,
        started: Timestamp::from_unix_ms(NOW_MS - 360_000 - days_ago * DAY_MS),
        duration_ms: 357_000,
    }
}

fn book(path: &str, title: &str, steps: usize, last: Option<(Outcome, i64)>) -> RunbookLine {
    let last = last.map(|(outcome, days_ago)| LastRun {
        started: Timestamp::from_unix_ms(NOW_MS - days_ago * DAY_MS),
        outcome: Some(outcome),
    });
    RunbookLine {
        path: PathBuf::from("/srv/runbooks").join(path),
        title: title.to_owned(),
        steps,
        commands: 2 * steps,
        errors: 0,
        last,
    }
}

fn home() -> HomeData {
    let follow_up = |due: &str, subject: &str, text: &str, is_due| FollowUpLine {
        due: due.to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        is_due,
        run: None,
    };
    let running = Standing::Running("5 Run the migrations".to_owned());
    HomeData {
        operator: "mara on shop1".to_owned(),
        folder: "/srv/runbooks".to_owned(),
        under_way: vec![run("acme-kitchens", ("2.3.1", "2.4.0"), running, 0)],
        follow_ups: vec![
            follow_up("2026-03-01", "acme-bakery", "drop the stray table on all sites", true),
            follow_up("2026-03-09", "gamma-garden", "remove the old release", false),
        ],
        runbooks: vec![
            book("platform-baseline.md", "Raise the platform baseline", 14, None),
            book("rotate-certificates.md", "Rotate the certificates", 9, Some((Outcome::Success, 12))),
            book("upgrade-orders.md", "Upgrade the order service", 11, Some((Outcome::RolledBack, 49))),
        ],
        recent: vec![
            run("acme-bakery", ("2.2.0", "2.3.1"), Standing::Ended(Outcome::RolledBack), 49),
            run("gamma-garden", ("2.2.0", "2.3.1"), Standing::Ended(Outcome::Success), 52),
            run("delta-diner", ("2.2.0", "2.3.1"), Standing::Ended(Outcome::SuccessWithIssues), 53),
        ],
    }
}

#[test]
fn preflight_of_the_upgrade() {
    for size in SIZES {
        let ui = PreflightUi::new(theme(), size, preflight());
        check("preflight", size, |frame| view::preflight::draw(frame, &ui));
    }
}

fn preflight() -> PreflightData {
    PreflightData {
        runbook: fixture::runbook(),
        diagnostics: vec![Diagnostic {
            rule: "pipe-hides-failure".to_owned(),
            severity: Severity::Warning,
            line: 41,
            message: "if pg_dump fails, the pipe still ends with 0".to_owned(),
            help: "say what the dump should look like, or set pipefail".to_owned(),
        }],
        last_time: fixture::last_time(),
        follow_ups: home().follow_ups.into_iter().take(1).collect(),
        changed: None,
        previous: Some("2026-01-12, rolled back after 14m32s".to_owned()),
        survival: "a running command outlives this login".to_owned(),
        approved: true,
        operator: "mara on shop1".to_owned(),
        defaults: Beginning {
            subject: "acme-kitchens".to_owned(),
            from: "2.3.1".to_owned(),
            to: "2.4.0".to_owned(),
            rollback_point: "v2.3.1".to_owned(),
        },
        known_subjects: vec![KnownSubject {
            subject: "acme-kitchens".to_owned(),
            version: "2.3.1".to_owned(),
        }],
    }
}

/// The migrations are running.
fn migrating(play: &mut Play) {
    play.until("5-run-migrations/2").pass(3);
    play.press("<enter><pgdn><pgdn>y");
    play.exit(0, 1);
    play.print(
        "Operations to perform:\n  Apply all migrations: admin, auth, orders\nRunning migrations:\n  \
         Applying orders.0040_delivery_window... \u{1b}[32mOK\u{1b}[0m\n  \
         Applying orders.0041_order_note... \u{1b}[32mOK\u{1b}[0m\n  \
         Applying orders.0042_order_note_index...",
    );
}

#[test]
fn a_run_while_a_command_runs() {
    for size in SIZES {
        let mut play = Play::new((size.width, size.height));
        migrating(&mut play);
        play.pass(192);
        check("run", size, |frame| view::draw(frame, &play.run, &play.ui));
    }
}

#[test]
fn a_failure_and_what_can_be_done_about_it() {
    for size in SIZES {
        let mut play = Play::new((size.width, size.height));
        migrating(&mut play);
        play.print(
            "\nTraceback (most recent call last):\n  File \"manage\", line 22, in <module>\n\
             \u{1b}[31mdjango.db.utils.ProgrammingError: relation \"order_note\" already exists\u{1b}[0m\n",
        );
        play.exit(1, 12);
        play.press("");
        check("failure", size, |frame| view::draw(frame, &play.run, &play.ui));
    }
}

#[test]
fn a_review_of_what_failed() {
    for size in SIZES {
        let runbook = (*specimen::runbook()).clone();
        let mut ui = ReviewUi::new(theme(), size, runbook, specimen::entries());
        let failed = |moment: &crate::engine::Moment| moment.attempt == Some(AttemptId(2));
        ui.cursor = ui.moments.iter().position(failed).unwrap();
        while let Some(Request::Transcript { attempt }) = wanted_transcript(&mut ui) {
            let bytes = specimen::output(attempt).as_bytes().to_vec();
            on_frame(&mut ui, Message::Notice(Notice::TranscriptBegins { attempt, size: (100, 30) }));
            on_frame(&mut ui, Message::Output { attempt, offset: 0, bytes });
            on_frame(&mut ui, Message::Notice(Notice::TranscriptEnds { attempt }));
        }
        check("review", size, |frame| view::review::draw(frame, &ui));
    }
}

//! Home: groups of lines with one cursor, and on wide screens what is under it in full.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::around::{
    bands, heading, help, highlighted, key_bar, labelled, labelled_in, prompt, prose, spread,
};
use super::{pane, text, title};
use crate::journal::{Outcome, Timestamp};
use crate::tui::around::first_shown;
use crate::tui::home::{FollowUpLine, HomeUi, LastRun, Row, RunLine, RunbookLine, Standing};
use crate::tui::theme::Theme;

const WIDE: u16 = 110;
const NARROW: usize = 60;
const LABEL: usize = 11;

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, ui: &HomeUi) {
    let theme = &ui.theme;
    let (top, body, bottom) = bands(frame.area());
    heading(
        frame,
        top,
        theme,
        "Holdpoint",
        vec![Span::styled(text::readable(&ui.data.operator), theme.dim())],
    );
    if ui.is_bare() {
        welcome(frame, body, ui);
    } else {
        let wide = body.width >= WIDE;
        let list = Rect { width: if wide { body.width * 5 / 8 } else { body.width }, ..body };
        draw_list(frame, list, ui);
        if wide {
            let detail = Rect { x: list.right(), width: body.width - list.width, ..body };
            draw_detail(frame, detail, ui);
        }
    }
    if let Some(scroll) = ui.help {
        help(frame, body, theme, &ui.bindings(), scroll);
    }
    if ui.filtering {
        prompt(frame, bottom, theme, &ui.filter);
    } else {
        key_bar(frame, bottom, theme, &ui.bindings());
    }
}

fn draw_list(frame: &mut Frame<'_>, area: Rect, ui: &HomeUi) {
    let theme = &ui.theme;
    let filter = ui.filter.text();
    let shown = if filter.trim().is_empty() { ui.data.folder.clone() } else { format!("/{filter}") };
    let left = title(theme, &shown, usize::from(area.width).saturating_sub(4), true);
    let block = pane(theme, left, Line::default(), true);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let rows = ui.rows();
    if rows.is_empty() {
        frame.render_widget(Line::styled("nothing has these words; Esc shows all", theme.dim()), inner);
        return;
    }
    let chosen = rows.iter().enumerate().filter(|(_, row)| row.is_choice()).nth(ui.cursor).map(|(at, _)| at);
    let columns = Columns::of(&rows, ui, inner.width.into());
    let first = first_shown(chosen.unwrap_or(0), rows.len(), inner.height.into());
    for (y, (index, row)) in (inner.y..inner.bottom()).zip(rows.iter().enumerate().skip(first)) {
        let at = Rect { y, height: 1, ..inner };
        let line = line(row, ui, &columns);
        let line = if Some(index) == chosen { highlighted(line, theme.selected()) } else { line };
        frame.render_widget(line, at);
    }
}

/// How wide the columns are, so that everything in them fits if there is room.
struct Columns {
    width: usize,
    subject: usize,
    versions: usize,
    path: usize,
}

impl Columns {
    fn of(rows: &[Row<'_>], ui: &HomeUi, width: usize) -> Self {
        let mut columns = Self { width, subject: 0, versions: 0, path: 0 };
        for row in rows {
            let subject = match row {
                Row::Run(run) => {
                    let versions = versions(&run.from, &run.to, &ui.theme);
                    columns.versions = columns.versions.max(text::columns(&versions));
                    &run.subject
                }
                Row::FollowUp(due) => &due.subject,
                Row::Runbook(book) => {
                    columns.path = columns.path.max(text::columns(&path(book, ui)));
                    continue;
                }
                Row::Heading(_) | Row::Empty(_) | Row::Space => continue,
            };
            columns.subject = columns.subject.max(text::columns(&text::readable(subject)));
        }
        let narrow = width < NARROW;
        columns.subject = columns.subject.min((width / 4).clamp(12, 28));
        columns.versions = if narrow { 0 } else { columns.versions.min(18) };
        columns.path = if narrow { 0 } else { columns.path.min(width / 2) };
        columns
    }
}

fn line(row: &Row<'_>, ui: &HomeUi, columns: &Columns) -> Line<'static> {
    match row {
        Row::Space => Line::default(),
        Row::Heading(words) => Line::styled(*words, ui.theme.strong()),
        Row::Empty(words) => Line::styled(format!("  {words}"), ui.theme.dim()),
        Row::Run(run) => run_line(run, &ui.theme, columns),
        Row::FollowUp(due) => follow_up_line(due, &ui.theme, columns),
        Row::Runbook(book) => runbook_line(book, ui, columns),
    }
}

fn run_line(run: &RunLine, theme: &Theme, columns: &Columns) -> Line<'static> {
    let (sign, style, words) = standing(&run.standing, theme);
    let versions = versions(&run.from, &run.to, theme);
    let mut left =
        vec![Span::styled(format!("{sign} "), style), column(&run.subject, columns.subject, theme)];
    if columns.versions > 0 {
        left.push(column(&versions, columns.versions, theme).style(theme.dim()));
    }
    left.push(Span::styled(text::readable(&words), style));
    let when = match run.standing {
        _ if columns.width < NARROW => run.started.date()[5..].to_owned(),
        Standing::Ended(_) | Standing::Damaged(_) => run.started.date(),
        _ => minute(run.started)[5..].to_owned(),
    };
    spread(theme, left, vec![Span::styled(when, theme.dim())], columns.width)
}

fn follow_up_line(due: &FollowUpLine, theme: &Theme, columns: &Columns) -> Line<'static> {
    let style = if due.is_due { theme.caution() } else { theme.dim() };
    let sign = if due.is_due { theme.glyphs.warning } else { theme.glyphs.open };
    let left = vec![
        Span::styled(format!("{sign} "), style),
        column(&due.subject, columns.subject, theme),
        Span::raw(text::readable(&due.text)),
    ];
    spread(theme, left, vec![Span::styled(text::readable(&due.due), style)], columns.width)
}

fn runbook_line(book: &RunbookLine, ui: &HomeUi, columns: &Columns) -> Line<'static> {
    let theme = &ui.theme;
    let (sign, style) =
        if book.errors > 0 { (theme.glyphs.failed, theme.bad()) } else { (" ", theme.text()) };
    let mut left = vec![Span::styled(format!("{sign} "), style)];
    if columns.path > 0 {
        left.push(column(&path(book, ui), columns.path, theme));
        left.push(Span::raw(text::readable(&book.title)));
    } else {
        left.push(Span::raw(path(book, ui)));
    }
    let (sign, style) = last_sign(book, theme);
    let size = Span::styled(format!("{} ", counted(book.steps, "step")), theme.dim());
    spread(theme, left, vec![size, Span::styled(sign, style)], columns.width)
}

/// From the folder on, where it is in it.
fn path(book: &RunbookLine, ui: &HomeUi) -> String {
    let within = book.path.strip_prefix(&ui.data.folder).unwrap_or(&book.path);
    text::visible(&within.display().to_string())
}

fn last_sign(book: &RunbookLine, theme: &Theme) -> (&'static str, Style) {
    match &book.last {
        Some(LastRun { outcome: Some(outcome), .. }) => outcome_sign(*outcome, theme),
        Some(LastRun { outcome: None, .. }) => (theme.glyphs.current, theme.accent()),
        None => (" ", theme.dim()),
    }
}

fn draw_detail(frame: &mut Frame<'_>, area: Rect, ui: &HomeUi) {
    let theme = &ui.theme;
    let width = usize::from(area.width).saturating_sub(4);
    let (name, lines) = match ui.chosen() {
        Some(Row::Run(run)) => (run.subject.clone(), run_detail(run, theme, width)),
        Some(Row::FollowUp(due)) => ("Follow-up".to_owned(), follow_up_detail(due, theme, width)),
        Some(Row::Runbook(book)) => (book.title.clone(), runbook_detail(book, theme, width)),
        _ => (String::new(), Vec::new()),
    };
    let block = pane(theme, title(theme, &name, width, false), Line::default(), false);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

fn run_detail(run: &RunLine, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let (sign, style, words) = standing(&run.standing, theme);
    let mut lines = vec![Line::from(vec![
        Span::styled(format!("{sign} "), style),
        Span::styled(text::readable(&words), style),
    ])];
    lines.push(Line::default());
    let ended = matches!(run.standing, Standing::Ended(_));
    for (label, value) in [
        ("runbook", run.title.clone()),
        ("versions", versions(&run.from, &run.to, theme)),
        ("operator", run.operator.clone()),
        ("started", minute(run.started)),
        (if ended { "took" } else { "so far" }, text::duration(run.duration_ms)),
        ("run", run.id.0.clone()),
    ] {
        if !value.is_empty() {
            lines.extend(labelled(theme, label, &value, LABEL, width));
        }
    }
    lines.push(Line::default());
    let hint = match run.standing {
        Standing::Ended(_) | Standing::Damaged(_) => "Enter reviews it.",
        Standing::Interrupted(_) => "Its program ended. Enter takes it up where the record ends.",
        _ => "Enter goes to where it is. Leaving it again does not stop it.",
    };
    lines.extend(prose(hint, theme.dim(), width));
    lines
}

fn follow_up_detail(due: &FollowUpLine, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = prose(&due.text, theme.text(), width);
    lines.push(Line::default());
    let style = if due.is_due { theme.caution() } else { theme.text() };
    if !due.due.is_empty() {
        lines.extend(labelled_in(theme, "due", &due.due, style, LABEL, width));
    }
    lines.extend(labelled(theme, "subject", &due.subject, LABEL, width));
    lines.push(Line::default());
    let hint = match &due.run {
        Some(_) => "Enter reviews the run it came from.",
        None => "It stands in the incident log.",
    };
    lines.extend(prose(hint, theme.dim(), width));
    lines
}

fn runbook_detail(book: &RunbookLine, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = labelled(theme, "file", &book.path.display().to_string(), LABEL, width);
    let size = format!("{}, {}", counted(book.steps, "step"), counted(book.commands, "command"));
    lines.extend(labelled(theme, "holds", &size, LABEL, width));
    if book.errors > 0 {
        let found = format!("{} found by lint", counted(book.errors, "error"));
        lines.extend(labelled_in(theme, "", &found, theme.bad(), LABEL, width));
    }
    let last = match &book.last {
        Some(LastRun { started: at, outcome: Some(outcome) }) => {
            format!("{} {} {}", at.date(), theme.glyphs.dot, outcome.words())
        }
        Some(LastRun { started: at, outcome: None }) => {
            format!("{} {} not finished", at.date(), theme.glyphs.dot)
        }
        None => "never run".to_owned(),
    };
    lines.extend(labelled_in(theme, "last", &last, last_sign(book, theme).1, LABEL, width));
    lines.push(Line::default());
    lines.extend(prose(
        "Enter shows what was understood of it; nothing runs before you confirm it.",
        theme.dim(),
        width,
    ));
    lines
}

/// For a newcomer: nothing is here, and what to do about it.
fn welcome(frame: &mut Frame<'_>, area: Rect, ui: &HomeUi) {
    let theme = &ui.theme;
    let block = pane(
        theme,
        title(theme, &ui.data.folder, usize::from(area.width).saturating_sub(4), true),
        Line::default(),
        true,
    );
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let width = usize::from(inner.width.min(76));
    let mut lines = prose("No runbook in this folder, and no run yet.", theme.strong(), width);
    lines.push(Line::default());
    let about = "Holdpoint steps you through a runbook you already have: a Markdown file with the steps \
                 and commands of an upgrade. It runs what you confirm, holds where a person must look, \
                 and records what happened.";
    if inner.height > 10 {
        lines.extend(prose(about, theme.text(), width));
        lines.push(Line::default());
    }
    for (call, does) in [
        ("holdpoint FILE.md", "open a runbook"),
        ("holdpoint inspect FILE.md", "see what is understood of it"),
        ("holdpoint doctor", "see what would go wrong on this host"),
    ] {
        if width >= 60 {
            let call = text::fit(call, 28, theme.glyphs.ellipsis);
            lines.push(Line::from(vec![Span::styled(call, theme.accent()), Span::raw(does)]));
        } else {
            lines.push(Line::styled(call, theme.accent()));
        }
    }
    frame.render_widget(Paragraph::new(lines), Rect { width: inner.width.min(76), ..inner });
}

fn standing(standing: &Standing, theme: &Theme) -> (&'static str, Style, String) {
    let glyphs = &theme.glyphs;
    match standing {
        Standing::Running(at) => (glyphs.current, theme.accent(), format!("running: {at}")),
        Standing::Waiting(at) => (glyphs.open, theme.accent(), format!("at {at}")),
        Standing::Held(question) => (glyphs.degraded, theme.caution(), format!("held: {question}")),
        Standing::Halted(at) => (glyphs.failed, theme.bad(), format!("halted: {at}")),
        Standing::Interrupted(at) => (glyphs.unknown, theme.unknown(), format!("interrupted: {at}")),
        Standing::Damaged(found) => (glyphs.failed, theme.bad(), format!("damaged: {found}")),
        Standing::Ended(outcome) => {
            let (sign, style) = outcome_sign(*outcome, theme);
            (sign, style, outcome.words().to_owned())
        }
    }
}

/// Sign and style of an outcome.
pub fn outcome_sign(outcome: Outcome, theme: &Theme) -> (&'static str, Style) {
    match outcome {
        Outcome::Success => (theme.glyphs.done, theme.good()),
        Outcome::SuccessWithIssues => (theme.glyphs.degraded, theme.caution()),
        Outcome::RolledBack => (theme.glyphs.rollback, theme.bad()),
        Outcome::Abandoned => (theme.glyphs.failed, theme.bad()),
    }
}

/// `0.6.2 → 0.7.0`
pub fn versions(from: &str, to: &str, theme: &Theme) -> String {
    match (from, to) {
        ("", "") => String::new(),
        (from, to) => text::readable(format!("{from} {} {to}", theme.glyphs.arrow).trim()),
    }
}

/// `2026-11-20 14:02`
pub fn minute(at: Timestamp) -> String {
    format!("{} {}", at.date(), &at.clock()[..5])
}

/// `1 step`, `3 steps`
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn column(words: &str, width: usize, theme: &Theme) -> Span<'static> {
    Span::raw(format!("{}  ", text::fit(&text::readable(words), width, theme.glyphs.ellipsis)))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use ratatui::layout::Size;

    use super::*;
    use crate::journal::RunId;
    use crate::tui::home::HomeData;
    use crate::tui::theme::Colour;
    use crate::tui::view::around::testing::{SIZES, TINY, shown};

    const NOW_MS: i64 = 1_795_183_331_000;

    fn run(subject: &str, standing: Standing, days_ago: i64) -> RunLine {
        RunLine {
            id: RunId(format!("20261120-{subject}-7f3a")),
            title: "Upgrade Runbook".to_owned(),
            subject: subject.to_owned(),
            from: "0.6.2".to_owned(),
            to: "0.7.0".to_owned(),
            operator: "ada".to_owned(),
            standing,
            started: Timestamp::from_unix_ms(NOW_MS - days_ago * 86_400_000),
            duration_ms: 357_000,
        }
    }

    fn book(path: &str, title: &str, steps: usize, errors: usize, last: Option<LastRun>) -> RunbookLine {
        RunbookLine {
            path: PathBuf::from(path),
            title: title.to_owned(),
            steps,
            commands: steps * 2,
            errors,
            last,
        }
    }

    fn ended(outcome: Outcome) -> LastRun {
        LastRun { started: Timestamp::from_unix_ms(NOW_MS), outcome: Some(outcome) }
    }

    fn data() -> HomeData {
        let due = |due: &str, subject: &str, text: &str, is_due| FollowUpLine {
            due: due.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            is_due,
            run: None,
        };
        HomeData {
            operator: "ada on vps-3".to_owned(),
            folder: "/srv/runbooks".to_owned(),
            under_way: vec![
                run("acme-kitchens", Standing::Running("8 Run migrations".to_owned()), 0),
                run("beta-bikes", Standing::Interrupted("2 Back up the database".to_owned()), 1),
            ],
            follow_ups: vec![
                due("2026-11-20", "acme-kitchens", "Look at the error rate after 24 hours", true),
                due("2026-12-01", "gamma", "Squash the migrations of blog", false),
            ],
            runbooks: vec![
                book("upgrade.md", "Upgrade Runbook", 17, 0, Some(ended(Outcome::SuccessWithIssues))),
                book("compose/service.md", "Roll a Compose service forward", 9, 0, None),
                book("broken.md", "Database \u{202e}move", 1, 2, Some(ended(Outcome::RolledBack))),
            ],
            recent: vec![
                run("acme-kitchens", Standing::Ended(Outcome::Success), 30),
                run("beta-bikes", Standing::Ended(Outcome::RolledBack), 31),
                run("a-subject-with-a-very-long-name", Standing::Ended(Outcome::Abandoned), 32),
                run("delta", Standing::Damaged("line 14 was altered".to_owned()), 33),
            ],
        }
    }

    fn frame((width, height): (u16, u16), data: HomeData, change: impl FnOnce(&mut HomeUi)) -> String {
        let mut ui = HomeUi::new(Theme::unicode(Colour::Full), Size::new(width, height), data);
        change(&mut ui);
        shown((width, height), |frame| draw(frame, &ui))
    }

    #[test]
    fn home_shows_what_there_is_to_do() {
        for size in SIZES {
            insta::assert_snapshot!(format!("home_{}x{}", size.0, size.1), frame(size, data(), |_| {}));
        }
    }

    #[test]
    fn home_tells_a_newcomer_what_to_do() {
        let empty = HomeData {
            recent: Vec::new(),
            runbooks: Vec::new(),
            under_way: Vec::new(),
            follow_ups: Vec::new(),
            ..data()
        };
        for size in SIZES {
            insta::assert_snapshot!(
                format!("home_empty_{}x{}", size.0, size.1),
                frame(size, empty.clone(), |_| {})
            );
        }
    }

    #[test]
    fn home_before_the_first_run_says_what_a_runbook_holds() {
        let first = HomeData { recent: Vec::new(), under_way: Vec::new(), follow_ups: Vec::new(), ..data() };
        insta::assert_snapshot!("home_first_120x36", frame(SIZES[0], first, |_| {}));
    }

    #[test]
    fn home_shows_its_keys_and_its_filter() {
        let help = frame(SIZES[1], data(), |ui| ui.help = Some(0));
        insta::assert_snapshot!("home_help_80x24", help);
        let filtered = frame(SIZES[1], data(), |ui| {
            ui.filtering = true;
            ui.filter.set_text("beta");
        });
        insta::assert_snapshot!("home_filter_80x24", filtered);
    }

    #[test]
    fn home_in_ascii_is_ascii() {
        let mut ui = HomeUi::new(Theme::ascii(Colour::None), Size::new(80, 24), data());
        ui.data.runbooks.truncate(2);
        ui.cursor = 1;
        let text = shown((80, 24), |frame| draw(frame, &ui));
        assert!(text.is_ascii(), "{text}");
    }

    #[test]
    fn home_fits_into_any_terminal() {
        for size in TINY {
            for empty in [HomeData::default(), data()] {
                frame(size, empty, |ui| ui.help = Some(3));
            }
            frame(size, data(), |ui| ui.filtering = true);
        }
    }
}

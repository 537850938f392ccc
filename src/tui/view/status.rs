//! The first line: what runs for whom, whether it is recorded, how long it has taken.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::text;
use crate::engine::Run;
use crate::journal::Attendance;
use crate::protocol::Recording;
use crate::tui::ui::{Contact, Ui};

/// Draws the line.
pub fn draw(frame: &mut Frame<'_>, area: Rect, run: &Run, ui: &Ui) {
    let room = usize::from(area.width);
    let mut right = right(run, ui);
    while right.iter().map(Span::width).sum::<usize>() + 12 > room && right.len() > 2 {
        right.pop();
    }
    let right = Line::from(right);
    let width = u16::try_from(right.width()).unwrap_or(area.width);
    let [left_area, right_area] =
        Layout::horizontal([Constraint::Min(0), Constraint::Length(width)]).areas(area);
    frame.render_widget(left(run, ui, left_area.width.into()), left_area);
    frame.render_widget(right, right_area);
}

/// Title, subject and versions; the title gives way first.
fn left(run: &Run, ui: &Ui, width: usize) -> Line<'static> {
    let theme = &ui.theme;
    let dot = format!(" {} ", theme.glyphs.dot);
    let start = run.start();
    let subject = start.map(|start| text::readable(&start.subject)).unwrap_or_default();
    let versions = start
        .filter(|start| !start.from.is_empty() || !start.to.is_empty())
        .map(|start| {
            let versions = format!("{} {} {}", start.from, theme.glyphs.arrow, start.to);
            text::readable(versions.trim())
        })
        .unwrap_or_default();
    let parts = [(subject, theme.accent()), (versions, theme.text())];
    let mut room = width.saturating_sub(1);
    let mut spans = Vec::new();
    for (words, style) in parts.into_iter().filter(|(words, _)| !words.is_empty()) {
        let dot = if spans.is_empty() { "" } else { dot.as_str() };
        let needed = text::columns(dot) + text::columns(&words);
        if needed > room && !spans.is_empty() {
            continue;
        }
        room = room.saturating_sub(needed);
        spans.extend([
            Span::styled(dot.to_owned(), theme.dim()),
            Span::styled(text::cut(&words, width, theme.glyphs.ellipsis), style),
        ]);
    }
    let title = text::readable(&run.runbook().title);
    let room = room.saturating_sub(text::columns(&dot));
    if spans.is_empty() || room >= 8 {
        let cut = text::cut(&title, room, theme.glyphs.ellipsis);
        let dot = if spans.is_empty() { String::new() } else { dot };
        spans.splice(0..0, [Span::styled(cut, theme.strong()), Span::styled(dot, theme.dim())]);
    }
    spans.insert(0, Span::raw(" "));
    Line::from(spans)
}

/// What may never be missing comes first.
fn right(run: &Run, ui: &Ui) -> Vec<Span<'static>> {
    let theme = &ui.theme;
    let mut spans = vec![Span::raw("  "), state(run, ui)];
    if ui.attendance == Attendance::Watches {
        spans.push(Span::styled("  watching", theme.caution()));
    }
    if run.rollback_reason().is_some() && run.outcome().is_none() {
        spans.push(Span::styled(format!("  {} rolling back", theme.glyphs.rollback), theme.caution()));
    }
    if let Some(started) = run.started_at() {
        let until = if run.outcome().is_some() { run.last_at() } else { None };
        let until = until.unwrap_or(ui.clock.now);
        let ms = u64::try_from(until.unix_ms() - started.at.unix_ms()).unwrap_or(0);
        spans.push(Span::raw(format!("  {} ", text::elapsed(ms))));
    }
    spans.push(Span::styled(format!(" {} ", ui.clock.now.clock()), theme.dim()));
    spans
}

fn state(run: &Run, ui: &Ui) -> Span<'static> {
    let theme = &ui.theme;
    let glyphs = &theme.glyphs;
    match (&ui.contact, &ui.recording) {
        (Contact::Lost(tries), _) => {
            Span::styled(format!("{} reconnecting ({tries})", glyphs.unknown), theme.unknown())
        }
        _ if run.outcome().is_some() => {
            let words = run.outcome().map(|(outcome, _)| outcome.words()).unwrap_or_default();
            Span::styled(words, theme.strong())
        }
        (_, Recording::Failing { .. }) => {
            Span::styled(format!("{} NOT RECORDING", glyphs.failed), theme.bad())
        }
        (_, Recording::Good) => Span::styled(format!("{} recording", glyphs.recording), theme.good()),
    }
}

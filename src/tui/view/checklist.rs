//! The checklist: phases with how much is settled, steps of the opened ones with state and time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{has_focus, pane, sign, text, title};
use crate::engine::{Run, StepState};
use crate::runbook::{ItemKind, Phase, Role, Step, StepId};
use crate::tui::theme::Theme;
use crate::tui::ui::{Pane, Row, Ui, asked_step};

/// Draws the pane.
pub fn draw(frame: &mut Frame<'_>, area: Rect, run: &Run, ui: &Ui) {
    let focused = has_focus(ui, Pane::Checklist);
    let block = pane(&ui.theme, title(&ui.theme, "Checklist", 20, focused), Line::default(), focused)
        .padding(ratatui::widgets::Padding::ZERO);
    let inner = block.inner(area);
    let asked = asked_step(run, &run.ask());
    let rows = ui.rows_at(run, asked.as_ref());
    let first = top(ui, &rows, area);
    let lines: Vec<Line<'_>> = rows
        .iter()
        .skip(first)
        .take(inner.height.into())
        .filter_map(|row| line(run, ui, row, asked.as_ref(), inner.width.into()))
        .collect();
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

/// The row at the top: as many are scrolled away as keeps the cursor in sight, with some around it.
pub fn first_row(ui: &Ui, run: &Run, area: Rect) -> usize {
    top(ui, &ui.rows(run), area)
}

fn top(ui: &Ui, rows: &[Row], area: Rect) -> usize {
    let height = usize::from(area.height.saturating_sub(2));
    let at = rows.iter().position(|row| *row == ui.cursor).unwrap_or(0);
    let most = rows.len().saturating_sub(height);
    (at + height / 3 + 1).saturating_sub(height).min(most)
}

fn line(run: &Run, ui: &Ui, row: &Row, asked: Option<&StepId>, width: usize) -> Option<Line<'static>> {
    let runbook = run.runbook();
    let parts = match row {
        Row::Phase(id) => phase_parts(run, ui, runbook.phases.iter().find(|phase| phase.id == *id)?, asked),
        Row::Step(id) => step_parts(run, ui, runbook.step(id)?.1, asked, width),
    };
    let Parts { indent, sign, words, right, style } = parts;
    let head = 1 + indent + 2;
    let tail = text::columns(&right) + 1;
    let room = width.saturating_sub(head + tail + usize::from(!right.is_empty()));
    let words = text::fit(&words, room, ui.theme.glyphs.ellipsis);
    let gap = if right.is_empty() { "" } else { " " };
    let line = Line::from(vec![
        Span::raw(" ".repeat(1 + indent)),
        Span::styled(sign.0, sign.1),
        Span::raw(" "),
        Span::styled(words, style),
        Span::styled(format!("{gap}{right} "), ui.theme.dim()),
    ]);
    Some(match (*row == ui.cursor, has_focus(ui, Pane::Checklist)) {
        (false, _) => line,
        (true, true) => banded(&line, ui.theme.selected()),
        (true, false) => banded(&line, ui.theme.marked()),
    })
}

/// One style from end to end: signs under the cursor keep their shape, not their colour.
fn banded(line: &Line<'static>, style: Style) -> Line<'static> {
    let words: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
    Line::styled(words, style)
}

struct Parts {
    indent: usize,
    sign: (&'static str, Style),
    words: String,
    right: String,
    style: Style,
}

fn phase_parts(run: &Run, ui: &Ui, phase: &Phase, asked: Option<&StepId>) -> Parts {
    let theme = &ui.theme;
    let glyphs = &theme.glyphs;
    let progress = run.phase_progress(phase);
    let on_line = run.is_on_line(phase);
    let walked = on_line || phase.role.is_main_line();
    let stands_here = asked.is_some_and(|id| phase.steps.iter().any(|step| step.id == *id));
    let failed = phase.steps.iter().any(|step| run.step_state(step) == StepState::Failed);
    let sign = match phase.role {
        _ if failed && walked => (glyphs.failed, theme.bad()),
        _ if ui.is_opened_at(phase, asked) => {
            (glyphs.opened, if stands_here { theme.accent() } else { theme.dim() })
        }
        Role::Rollback if !on_line => (glyphs.rollback, theme.caution()),
        _ if walked && progress.total > 0 && progress.settled == progress.total => {
            settled_sign(run, theme, phase)
        }
        _ if walked && progress.total > 0 => (glyphs.open, theme.dim()),
        _ => (glyphs.dot, theme.dim()),
    };
    let right = if walked && progress.total > 0 {
        format!("{}/{}", progress.settled, progress.total)
    } else {
        triggers(phase)
    };
    let style = match (stands_here, on_line) {
        (true, _) => theme.strong(),
        (false, true) => theme.text(),
        (false, false) => theme.dim(),
    };
    Parts { indent: 0, sign, words: text::readable(&phase.title), right, style }
}

/// A phase in which something was left out or went not quite well is not simply done.
fn settled_sign(run: &Run, theme: &Theme, phase: &Phase) -> (&'static str, Style) {
    let has = |wanted: fn(&Step, StepState) -> bool| {
        phase.steps.iter().any(|step| wanted(step, run.step_state(step)))
    };
    let done = has(|_, state| matches!(state, StepState::Done | StepState::DoneWithIssues));
    let issues = has(|step, state| {
        state == StepState::DoneWithIssues || (state == StepState::Skipped && !step.optional)
    });
    match (done, issues) {
        (false, _) => (theme.glyphs.skipped, theme.dim()),
        (true, true) => (theme.glyphs.degraded, theme.caution()),
        (true, false) => (theme.glyphs.done, theme.good()),
    }
}

fn triggers(phase: &Phase) -> String {
    let items = phase.intro.iter().chain(phase.steps.iter().flat_map(|step| &step.items));
    match items.filter(|item| matches!(item.kind, ItemKind::Trigger { .. })).count() {
        0 => String::new(),
        1 => "1 trigger".to_owned(),
        count => format!("{count} triggers"),
    }
}

fn step_parts(run: &Run, ui: &Ui, step: &Step, asked: Option<&StepId>, width: usize) -> Parts {
    let theme = &ui.theme;
    let is_current = asked == Some(&step.id);
    let state = run.step_state(step);
    let style = match state {
        _ if is_current => theme.strong(),
        StepState::Skipped => theme.dim(),
        _ => theme.text(),
    };
    let words = match &step.number {
        Some(number) => format!("{number} {}", step.title),
        None => step.title.clone(),
    };
    Parts {
        indent: 2,
        sign: sign::of_step(theme, state, is_current),
        words: text::readable(&words),
        right: time(run, ui, step, width),
        style,
    }
}

/// How long its commands took, or have been running.
fn time(run: &Run, ui: &Ui, step: &Step, width: usize) -> String {
    let is_here = |id: &crate::runbook::ItemId| step.items.iter().any(|item| item.id == *id);
    let attempts: Vec<_> = run.attempts().iter().filter(|attempt| is_here(&attempt.item)).collect();
    if attempts.is_empty() {
        return if step.optional && width >= 34 { "optional".to_owned() } else { String::new() };
    }
    let running = run.running().filter(|running| is_here(&running.item));
    let running_ms = running.map_or(0, |running| ui.since_ms(running.started.at));
    let ended_ms: u64 = attempts.iter().filter_map(|attempt| attempt.duration_ms).sum();
    text::duration(ended_ms + running_ms)
}

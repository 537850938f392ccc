//! The output: where a command runs, how it ended, and what its terminal shows.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::detail::step_heading;
use super::{has_focus, pane, text};
use crate::engine::{Attempt, AttemptState, Run};
use crate::journal::Resolution;
use crate::screen::{PaintOptions, Screen};
use crate::tui::theme::Colour;
use crate::tui::ui::{Pane, Ui};

/// Draws the pane.
pub fn draw(frame: &mut Frame<'_>, area: Rect, run: &Run, ui: &Ui) {
    let theme = &ui.theme;
    let attempt = ui.attempt_here(run).and_then(|id| run.attempt(id));
    let focused = has_focus(ui, Pane::Output);
    let elsewhere = attempt.and_then(|attempt| other_step(attempt, run, ui));
    let dimmed = elsewhere.is_some() && run.running().is_none();
    let right = attempt.map(|attempt| state(attempt, ui)).unwrap_or_default();
    let right = if dimmed { right.style(theme.dim()) } else { right };
    let room = usize::from(area.width).saturating_sub(right.width() + 4);
    let place = attempt.map(|attempt| place(attempt, run)).unwrap_or_default();
    let words = if let Some(step) = &elsewhere {
        format!("Output of {step}")
    } else if place.is_empty() {
        "Output".to_owned()
    } else {
        format!("Output {} {place}", theme.glyphs.dot)
    };
    let mut block = pane(theme, super::title(theme, &words, room, focused), right, focused);
    if let Some(hint) = hint(attempt, ui, area.width.into()) {
        block = block.title_bottom(hint);
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    if inner.is_empty() {
        return;
    }
    match attempt.and_then(|attempt| ui.outputs.of(attempt.id)) {
        Some(output) => {
            let options = PaintOptions { colour: theme.colour == Colour::Full };
            paint(&output.screen, inner, frame.buffer_mut(), options);
            if dimmed {
                frame.buffer_mut().set_style(inner, theme.dim());
            }
            if ui.typing
                && let Some((column, row)) = output.screen.cursor()
                && column < inner.width
                && row < inner.height
            {
                frame.set_cursor_position(Position::new(inner.x + column, inner.y + row));
            }
        }
        None => frame.render_widget(Paragraph::new("nothing ran yet").style(theme.dim()).centered(), inner),
    }
}

/// The heading of the step that an attempt belongs to, if the cursor stands on another one.
fn other_step(attempt: &Attempt, run: &Run, ui: &Ui) -> Option<String> {
    let (_, here) = ui.step(run)?;
    let (step, _) = run.runbook().item(&attempt.item)?;
    (step.id != here.id).then(|| step_heading(step))
}

/// Paints the terminal; where there is less room than it has rows, the last that say something.
fn paint(screen: &Screen, area: Rect, buffer: &mut Buffer, options: PaintOptions) {
    let (columns, rows) = screen.size();
    if rows <= area.height {
        screen.paint(area, buffer, options);
        return;
    }
    let whole = Rect::new(0, 0, columns, rows);
    let mut all = Buffer::empty(whole);
    screen.paint(whole, &mut all, options);
    let says = |row: &u16| (0..columns).any(|column| all[(column, *row)].symbol().trim() != "");
    let last = (0..rows).rev().find(says).unwrap_or(0);
    let first = (last + 1).saturating_sub(area.height);
    for y in 0..area.height {
        for x in 0..columns.min(area.width) {
            buffer[(area.x + x, area.y + y)] = all[(x, first + y)].clone();
        }
    }
}

/// `deploy@vps:/srv/app`
pub fn place(attempt: &Attempt, run: &Run) -> String {
    let directory = attempt.directory.as_deref().or(run.directory()).unwrap_or_default();
    match attempt.target.last() {
        Some(target) => format!("{}:{directory}", target.name()),
        None => directory.to_owned(),
    }
}

/// `running 12s`, `exit 0 in 41s`
fn state(attempt: &Attempt, ui: &Ui) -> Line<'static> {
    let (words, style) = state_words(attempt, ui);
    Line::styled(format!(" {words} "), style)
}

/// How an attempt stands, in words and with the style that fits.
pub fn state_words(attempt: &Attempt, ui: &Ui) -> (String, Style) {
    let theme = &ui.theme;
    let took = attempt.duration_ms.map(text::duration).unwrap_or_default();
    match &attempt.state {
        AttemptState::Running => {
            (format!("running {}", text::duration(ui.since_ms(attempt.started.at))), theme.accent())
        }
        AttemptState::Exited(exit) if exit.is_success() => (format!("exit 0 in {took}"), theme.good()),
        AttemptState::Exited(exit) => match exit.signal {
            Some(signal) => (format!("ended by signal {signal} in {took}"), theme.bad()),
            None => (format!("exit {} in {took}", exit.code), theme.bad()),
        },
        AttemptState::Unknown => ("unknown".to_owned(), theme.unknown()),
        AttemptState::Resolved(Resolution::EndedWell) => {
            ("ended well, says the operator".to_owned(), theme.good())
        }
        AttemptState::Resolved(Resolution::Failed) => ("failed, says the operator".to_owned(), theme.bad()),
        AttemptState::Resolved(Resolution::NeverRan) => {
            ("never ran, says the operator".to_owned(), theme.dim())
        }
    }
}

/// Where keys go, and that there is more above.
fn hint(attempt: Option<&Attempt>, ui: &Ui, width: usize) -> Option<Line<'static>> {
    let theme = &ui.theme;
    let attempt = attempt?;
    if ui.typing {
        let words = |words: String| Span::styled(words, theme.plain());
        let key = Span::styled("Ctrl-]", theme.accent());
        let to_command = words(format!(" keys go to the command {} ", theme.glyphs.dot));
        let hidden = Span::styled(" hidden input: never recorded ", theme.caution());
        return Some(Line::from(match (ui.echo_hidden, width > 66) {
            (true, _) => vec![hidden, key, words(" leaves ".to_owned())],
            (false, true) => vec![to_command, key, words(" gives them back (it goes on) ".to_owned())],
            (false, false) => vec![words(" ".to_owned()), key, words(" gives the keys back ".to_owned())],
        }));
    }
    let scrolled = ui.outputs.of(attempt.id).map_or(0, |output| output.screen.scrolled());
    (scrolled > 0).then(|| Line::styled(format!(" {scrolled} lines below; G to the end "), theme.dim()))
}

//! The output: where a command runs, how it ended, and what its terminal shows.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{has_focus, pane, text};
use crate::engine::{Attempt, AttemptState, Run};
use crate::journal::Resolution;
use crate::screen::PaintOptions;
use crate::tui::theme::Colour;
use crate::tui::ui::{Pane, Ui};

/// Draws the pane.
pub fn draw(frame: &mut Frame<'_>, area: Rect, run: &Run, ui: &Ui) {
    let theme = &ui.theme;
    let attempt = ui.attempt_here(run).and_then(|id| run.attempt(id));
    let focused = has_focus(ui, Pane::Output);
    let right = attempt.map(|attempt| state(attempt, ui)).unwrap_or_default();
    let room = usize::from(area.width).saturating_sub(right.width() + 4);
    let place = attempt.map(|attempt| place(attempt, run)).unwrap_or_default();
    let words =
        if place.is_empty() { "Output".to_owned() } else { format!("Output {} {place}", theme.glyphs.dot) };
    let mut block = pane(theme, super::title(theme, &words, room, focused), right, focused);
    if let Some(hint) = hint(attempt, ui, area.width.into()) {
        block = block.title_bottom(hint);
    }
    let block = block.padding(ratatui::widgets::Padding::ZERO);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    match attempt.and_then(|attempt| ui.outputs.of(attempt.id)) {
        Some(output) => {
            let options = PaintOptions { colour: theme.colour == Colour::Full };
            output.screen.paint(inner, frame.buffer_mut(), options);
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
        let mut spans = vec![Span::styled(" Ctrl-] ", theme.accent())];
        let long = "leaves the program; all other keys go to it ";
        let short = "leaves ";
        spans.push(Span::raw(if width > 60 { long } else { short }));
        if ui.echo_hidden {
            spans.insert(0, Span::styled(" hidden input: never recorded ", theme.caution()));
        }
        return Some(Line::from(spans));
    }
    let scrolled = ui.outputs.of(attempt.id).map_or(0, |output| output.screen.scrolled());
    (scrolled > 0).then(|| Line::styled(format!(" {scrolled} lines below; G to the end "), theme.dim()))
}

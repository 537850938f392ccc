//! What is in each pane: a file a pane. Draws from the run and the state of the screen; changes and
//! reports nothing.

pub mod around;
pub mod checklist;
pub mod detail;
pub mod dialog;
pub mod help;
pub mod home;
pub mod keybar;
pub mod output;
pub mod preflight;
pub mod question;
pub mod review;
pub mod sign;
pub mod status;
pub mod text;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Padding};

use super::layout::{is_docked, layout};
use super::theme::Theme;
use super::ui::{Pane, Ui};
use crate::engine::Run;

/// Draws the run screen.
pub fn draw(frame: &mut Frame<'_>, run: &Run, ui: &Ui) {
    let panes = layout(ui, run);
    status::draw(frame, panes.status, run, ui);
    if let Some(area) = panes.checklist {
        checklist::draw(frame, area, run, ui);
    }
    if let Some(area) = panes.detail {
        detail::draw(frame, area, run, ui);
    }
    if let Some(area) = panes.output {
        output::draw(frame, uncovered(area, run, ui), run, ui);
    }
    if let Some(open) = &ui.dialog {
        dialog::draw(frame, run, ui, open);
    }
    if let Some(scroll) = ui.help {
        help::draw(frame, panes.body, run, ui, scroll);
    }
    keybar::draw(frame, panes.keys, run, ui);
}

/// What a question beside the output leaves free of it.
fn uncovered(output: Rect, run: &Run, ui: &Ui) -> Rect {
    let Some(open) = ui.dialog.as_ref().filter(|open| is_docked(open)) else { return output };
    let covered = dialog::area(run, ui, open).intersection(output);
    if covered.is_empty() || covered.width < output.width {
        output
    } else if covered.y > output.y {
        Rect { height: covered.y - output.y, ..output }
    } else {
        Rect { y: covered.bottom(), height: output.bottom() - covered.bottom(), ..output }
    }
}

/// The frame of a pane, with a title on the left and one on the right.
pub fn pane<'a>(theme: &Theme, left: Line<'a>, right: Line<'a>, focused: bool) -> Block<'a> {
    let undimmed = Style::new().remove_modifier(Modifier::DIM);
    let (left, right) = (left.patch_style(undimmed), right.patch_style(undimmed));
    let border = if focused { theme.border_focused() } else { theme.border() };
    let block = Block::new()
        .borders(Borders::ALL)
        .border_set(theme.border_set())
        .border_style(border)
        .padding(Padding::horizontal(1))
        .title_top(left);
    if right.width() == 0 { block } else { block.title_top(right.right_aligned()) }
}

/// A title for [`pane`], with a space around it; cut to the width.
pub fn title(theme: &Theme, words: &str, width: usize, focused: bool) -> Line<'static> {
    let style = if focused { theme.accent() } else { theme.strong() };
    let cut = text::cut(&text::readable(words), width.saturating_sub(2), theme.glyphs.ellipsis);
    if cut.is_empty() { Line::default() } else { Line::styled(format!(" {cut} "), style) }
}

/// Whether a pane has the focus and keys go to it.
pub fn has_focus(ui: &Ui, pane: Pane) -> bool {
    ui.focus == pane && ui.dialog.is_none() && ui.help.is_none()
}

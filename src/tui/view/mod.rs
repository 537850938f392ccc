//! What is in each pane: a file a pane. Draws from the run and the state of the screen; changes and
//! reports nothing.

pub mod around;
pub mod home;
pub mod preflight;
pub mod review;
pub mod text;

use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Padding};

use super::theme::Theme;

/// The frame of a pane, with a title on the left and one on the right.
pub fn pane<'a>(theme: &Theme, left: Line<'a>, right: Line<'a>, focused: bool) -> Block<'a> {
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

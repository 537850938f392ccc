//! The lines above and below the panes of home, preflight and review, their help, and their lists.
//! Draws what it is given; knows none of these screens.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::{pane, text, title};
use crate::tui::around::Binding;
use crate::tui::field::Field;
use crate::tui::theme::Theme;

/// A screen's line above, panes, and line below.
pub fn bands(area: Rect) -> (Rect, Rect, Rect) {
    let height = area.height.saturating_sub(2);
    let top = Rect { height: area.height.min(1), ..area };
    let body = Rect { y: area.y + top.height, height, ..area };
    let bottom = Rect { y: body.bottom(), height: area.height.saturating_sub(1).min(1), ..area };
    (top, body, bottom)
}

/// The line above: what this is on the left, cut first, and how it stands on the right.
pub fn heading(frame: &mut Frame<'_>, area: Rect, theme: &Theme, words: &str, right: Vec<Span<'static>>) {
    let right = Line::from(right);
    let room = usize::from(area.width).saturating_sub(right.width() + 3);
    let left = text::cut(&text::readable(words), room, theme.glyphs.ellipsis);
    frame.render_widget(Line::styled(format!(" {left}"), theme.strong()), area);
    let width = u16::try_from(right.width()).unwrap_or(u16::MAX).min(area.width.saturating_sub(1));
    let at = Rect { x: area.right().saturating_sub(width + 1), width, ..area };
    frame.render_widget(right, at);
}

/// The line below: as many keys as there is room for; help always.
pub fn key_bar(frame: &mut Frame<'_>, area: Rect, theme: &Theme, bindings: &[Binding]) {
    let entry = |binding: &Binding| {
        let key = binding.keys.first().map(|press| press.name()).unwrap_or_default();
        (key, binding.short)
    };
    let mut entries: Vec<(String, &str)> =
        bindings.iter().filter(|binding| !binding.short.is_empty()).map(entry).collect();
    let help = entries.iter().position(|(_, words)| *words == "help").map(|at| entries.remove(at));
    let wide = |(key, words): &(String, &str)| text::columns(key) + text::columns(words) + 3;
    let mut room = usize::from(area.width).saturating_sub(1 + help.as_ref().map_or(0, wide));
    let fitting = entries.into_iter().take_while(|entry| {
        let fits = wide(entry) <= room;
        room = room.saturating_sub(wide(entry));
        fits
    });
    let mut spans = vec![Span::raw(" ")];
    for (key, words) in fitting.chain(help) {
        spans.push(Span::styled(key, theme.accent()));
        spans.push(Span::raw(format!(" {words}  ")));
    }
    frame.render_widget(Line::from(spans), area);
}

/// The line below while a search is typed.
pub fn prompt(frame: &mut Frame<'_>, area: Rect, theme: &Theme, field: &Field) {
    frame.render_widget(Line::styled(" /", theme.accent()), area);
    let typed = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(3), ..area };
    field.draw(frame, typed, true, theme);
}

/// The line below while there is something to say.
pub fn message(frame: &mut Frame<'_>, area: Rect, theme: &Theme, words: &str) {
    let shown =
        text::cut(&text::readable(words), usize::from(area.width).saturating_sub(4), theme.glyphs.ellipsis);
    let sign = Span::styled(format!(" {} ", theme.glyphs.dot), theme.accent());
    frame.render_widget(Line::from(vec![sign, Span::raw(shown)]), area);
}

/// Help over the panes: every key of this screen that works now.
pub fn help(frame: &mut Frame<'_>, body: Rect, theme: &Theme, bindings: &[Binding], scroll: u16) {
    let width = body.width.min(60);
    let names =
        |binding: &Binding| binding.keys.iter().map(|press| press.name()).collect::<Vec<_>>().join(" ");
    let column = bindings.iter().map(|binding| text::columns(&names(binding))).max().unwrap_or(0);
    let room = usize::from(width).saturating_sub(column + 6);
    let line = |binding: &Binding| {
        let words = text::cut(binding.words, room, theme.glyphs.ellipsis);
        Line::from(vec![
            Span::styled(text::fit(&names(binding), column + 2, " "), theme.accent()),
            Span::raw(words),
        ])
    };
    let lines: Vec<Line<'_>> = bindings.iter().map(line).collect();
    let count = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let height = count.saturating_add(2).min(body.height);
    let area =
        Rect { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width, height };
    let scroll = scroll.min(count.saturating_sub(height.saturating_sub(2)));
    let block = pane(theme, title(theme, "Keys that work here", 40, true), Line::default(), true);
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)).block(block), area);
}

/// Label and value, the value wrapped beside the label's column.
pub fn labelled(theme: &Theme, label: &str, value: &str, column: usize, width: usize) -> Vec<Line<'static>> {
    labelled_in(theme, label, value, theme.text(), column, width)
}

/// As [`labelled`], with a style for the value.
pub fn labelled_in(
    theme: &Theme,
    label: &str,
    value: &str,
    style: Style,
    column: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let lines =
        value.lines().flat_map(|line| text::wrap(&text::readable(line), width.saturating_sub(column)));
    lines
        .enumerate()
        .map(|(index, line)| {
            let label = if index == 0 { label } else { "" };
            Line::from(vec![
                Span::styled(text::fit(label, column, theme.glyphs.ellipsis), theme.dim()),
                Span::styled(line, style),
            ])
        })
        .collect()
}

/// Prose, wrapped.
pub fn prose(words: &str, style: Style, width: usize) -> Vec<Line<'static>> {
    let lines = words.lines().flat_map(|line| text::wrap(&text::readable(line), width));
    lines.map(|line| Line::styled(line, style)).collect()
}

/// A line under the cursor, in one style throughout.
pub fn highlighted(line: Line<'static>, style: Style) -> Line<'static> {
    Line::from(line.spans.into_iter().map(|span| Span::styled(span.content, style)).collect::<Vec<_>>())
}

/// A line's parts on the left, and one on the right that is not cut.
pub fn spread(
    theme: &Theme,
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    width: usize,
) -> Line<'static> {
    let right_width: usize = right.iter().map(Span::width).sum();
    let room = width.saturating_sub(right_width + usize::from(right_width > 0));
    let mut spans = Vec::new();
    let mut used = 0;
    for span in left {
        let free = room.saturating_sub(used);
        let content = text::cut(&span.content, free, theme.glyphs.ellipsis);
        used += text::columns(&content);
        spans.push(Span::styled(content, span.style));
    }
    spans.push(Span::raw(" ".repeat(width.saturating_sub(used + right_width))));
    spans.extend(right);
    Line::from(spans)
}

#[cfg(test)]
pub(crate) mod testing {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;

    /// What a screen of this size shows, a line a row.
    pub(crate) fn shown((width, height): (u16, u16), draw: impl FnOnce(&mut Frame<'_>)) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(draw).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y: u16| {
            let mut skip = 0;
            let mut line = String::new();
            for x in 0..width {
                let symbol = buffer[(x, y)].symbol();
                if skip == 0 {
                    line.push_str(symbol);
                    skip = text::columns(symbol).max(1);
                }
                skip -= 1;
            }
            line.trim_end().to_owned()
        };
        (0..height).map(row).collect::<Vec<_>>().join("\n")
    }

    /// Sizes that nobody works at and that a resize may pass through.
    pub(crate) const TINY: [(u16, u16); 9] =
        [(1, 1), (2, 1), (1, 9), (3, 2), (5, 3), (9, 4), (17, 5), (76, 2), (300, 3)];

    /// The three sizes every screen is held to.
    pub(crate) const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (40, 12)];
}

//! A text field: what is typed, what stood there before, and how both are shown. Shows every
//! character that it holds, hidden ones by their escape.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui_textarea::{CursorMove, TextArea};

use super::theme::Theme;
use super::view::text;

/// How many lines a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Line,
    Lines(u16),
}

/// One labelled text field.
#[derive(Debug, Clone)]
pub struct Field {
    /// What is asked.
    pub label: String,
    /// Shown while it is empty.
    pub hint: String,
    area: TextArea<'static>,
    initial: String,
    shape: Shape,
    masked: bool,
}

impl Field {
    /// A field of one line.
    pub fn line(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            hint: String::new(),
            area: TextArea::default(),
            initial: String::new(),
            shape: Shape::Line,
            masked: false,
        }
    }

    /// A field of several lines, shown on this many rows at least.
    pub fn lines(label: &str, rows: u16) -> Self {
        Self { shape: Shape::Lines(rows.max(1)), ..Self::line(label) }
    }

    /// The same field with this text in it; what the operator did not type is not lost on Escape.
    #[must_use]
    pub fn with_text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.initial);
        self.set_text(text);
        self
    }

    /// The same field with these words shown while it is empty.
    #[must_use]
    pub fn with_hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// Replaces the text.
    pub fn set_text(&mut self, text: &str) {
        self.area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        self.area.move_cursor(CursorMove::Bottom);
        self.area.move_cursor(CursorMove::End);
    }

    /// Shows marks instead of what is typed, or what is typed again.
    pub fn toggle_masked(&mut self) {
        self.masked = !self.masked;
    }

    /// Whether marks are shown instead of what is typed.
    pub fn is_masked(&self) -> bool {
        self.masked
    }

    /// What it holds.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether there is nothing in it but spaces.
    pub fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }

    /// Whether the operator changed it.
    pub fn is_changed(&self) -> bool {
        self.text() != self.initial
    }

    /// Whether it may hold several lines.
    pub fn is_multiline(&self) -> bool {
        matches!(self.shape, Shape::Lines(_))
    }

    /// Takes a key in. Enter, Tab and Escape are for the form, not for its fields.
    pub fn key(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab | KeyCode::Esc => {}
            KeyCode::Char('u') if control => drop(self.area.delete_line_by_head()),
            KeyCode::Char('j' | 'm') if control => self.newline(),
            KeyCode::Up | KeyCode::Down if !self.is_multiline() => {}
            _ => drop(self.area.input(key)),
        }
    }

    /// Breaks the line, where the field has several.
    pub fn newline(&mut self) {
        if self.is_multiline() {
            self.area.insert_newline();
        }
    }

    /// Takes pasted text in: in a field of one line, line breaks become spaces.
    pub fn paste(&mut self, pasted: &str) {
        let pasted = pasted.replace("\r\n", "\n").replace('\r', "\n");
        let pasted = if self.is_multiline() { pasted } else { pasted.trim_end().replace('\n', " ") };
        self.area.insert_str(pasted);
    }

    /// Rows that it takes in this width, its label not counted.
    pub fn rows(&self, width: u16, theme: &Theme) -> u16 {
        let least = match self.shape {
            Shape::Line => 1,
            Shape::Lines(rows) => rows,
        };
        let (rows, _) = self.shown(width, theme);
        least.max(u16::try_from(rows.len()).unwrap_or(u16::MAX))
    }

    /// Draws what it holds; with the focus, the terminal's cursor stands in it.
    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, focused: bool, theme: &Theme) {
        if area.is_empty() {
            return;
        }
        let (rows, (column, row)) = self.shown(area.width, theme);
        let first = (row + 1).saturating_sub(area.height);
        let style = if focused { theme.field_focused() } else { theme.field() };
        frame.buffer_mut().set_style(area, style);
        for (y, shown) in (area.y..area.bottom()).zip(rows.iter().skip(first.into())) {
            let line = Rect { y, height: 1, ..area };
            frame.render_widget(Line::from(text::spans(shown, style, theme)), line);
        }
        if self.area.is_empty() {
            let hint = text::cut(&self.hint, area.width.into(), theme.glyphs.ellipsis);
            frame.render_widget(Line::styled(hint, Style::patch(style, theme.dim())), area);
        }
        if focused {
            let x = area.x + column.min(area.width - 1);
            frame.set_cursor_position(Position::new(x, area.y + row - first));
        }
    }

    /// The rows that it fills in this width, and column and row of the cursor among them.
    fn shown(&self, width: u16, theme: &Theme) -> (Vec<String>, (u16, u16)) {
        let width = usize::from(width).max(2);
        let (at_line, at_character) = {
            let cursor = self.area.cursor();
            (cursor.0, cursor.1)
        };
        let mut rows = Vec::new();
        let mut cursor = (0, 0);
        for (index, line) in self.area.lines().iter().enumerate() {
            let line =
                if self.masked { theme.glyphs.bullet.repeat(line.chars().count()) } else { line.clone() };
            let pieces = text::chop(&text::visible(&line), width);
            if index == at_line {
                let before: String = line.chars().take(at_character).collect();
                let (column, row) = place(&pieces, text::visible(&before).len());
                cursor = (column, rows.len() + row);
            }
            rows.extend(pieces);
        }
        let clamp = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
        (rows, (clamp(cursor.0), clamp(cursor.1)))
    }
}

/// Column and row of the cursor that stands behind this many bytes of the pieces.
fn place(pieces: &[String], bytes: usize) -> (usize, usize) {
    let mut left = bytes;
    for (row, piece) in pieces.iter().enumerate() {
        if left < piece.len() || row + 1 == pieces.len() {
            return (text::columns(piece.get(..left).unwrap_or(piece)), row);
        }
        left -= piece.len();
    }
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Colour;

    fn typed(field: Field, keys: &str) -> Field {
        let mut field = field;
        for key in keys.chars() {
            field.key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE));
        }
        field
    }

    #[test]
    fn what_is_typed_is_kept_and_counts_as_changed() {
        let field = typed(Field::line("reason").with_text("so"), " be it");
        assert_eq!(field.text(), "so be it");
        assert!(field.is_changed());
        assert!(!Field::line("reason").with_text("so").is_changed());
    }

    #[test]
    fn pasted_lines_stay_lines_only_where_the_field_has_lines() {
        let mut line = Field::line("value");
        line.paste("one\r\ntwo\n");
        assert_eq!(line.text(), "one two");
        let mut lines = Field::lines("command", 2);
        lines.paste("one\r\ntwo");
        assert_eq!(lines.text(), "one\ntwo");
    }

    #[test]
    fn hidden_characters_are_seen_in_a_field_and_the_cursor_stands_behind_them() {
        let mut field = Field::line("value");
        field.paste("a\u{200b}b");
        assert_eq!(field.shown(40, &Theme::unicode(Colour::Full)), (vec!["a\\u{200b}b".to_owned()], (10, 0)));
    }

    #[test]
    fn the_cursor_stands_where_the_wrapped_text_ends() {
        let field = Field::lines("note", 2).with_text("some words here");
        assert_eq!(field.shown(8, &Theme::unicode(Colour::Full)).1, (4, 2));
    }
}

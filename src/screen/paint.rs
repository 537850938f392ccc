//! Paints the grid into a buffer of the front end. Every symbol it writes is printable and exactly
//! as wide as its cell, so that nothing a command printed can act on the operator's terminal.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::Column;
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color as CellColour, NamedColor, Rgb};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Screen;

/// More combining marks on one cell are left out.
const MAX_MARKS: usize = 8;

/// How to paint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaintOptions {
    /// Whether colours are shown; bold, underline and the like are in any case.
    pub colour: bool,
}

impl Screen {
    /// Paints the visible part into the upper left of `area`; what of the area it does not cover is
    /// left as it is.
    pub fn paint(&self, area: Rect, buffer: &mut Buffer, options: PaintOptions) {
        let area = area.intersection(buffer.area);
        let rows = self.term.screen_lines().min(usize::from(area.height));
        let columns = self.term.columns().min(usize::from(area.width));
        for row in 0..rows {
            self.paint_row(row, columns, area, buffer, options);
        }
    }

    fn paint_row(&self, row: usize, columns: usize, area: Rect, buffer: &mut Buffer, options: PaintOptions) {
        let absolute = row + self.scrollback() - self.scrolled();
        let line = self.line(absolute);
        for column in 0..columns {
            let cell = &self.term.grid()[line][Column(column)];
            let mut style = self.style(cell, options);
            if self.found.is_some_and(|found| found.covers(absolute, column)) {
                style = style.add_modifier(Modifier::REVERSED).add_modifier(Modifier::BOLD);
            }
            let x = area.x + column as u16;
            let y = area.y + row as u16;
            let cut = cell.flags.contains(Flags::WIDE_CHAR) && column + 1 >= columns;
            let target = &mut buffer[(x, y)];
            target.reset();
            target.set_style(style);
            match marked(cell) {
                _ if cut => target.set_char(' '),
                Some(text) => target.set_symbol(&text),
                None => target.set_char(character(cell)),
            };
        }
    }

    fn style(&self, cell: &Cell, options: PaintOptions) -> Style {
        let mut style = Style::reset().add_modifier(modifier(cell));
        if options.colour {
            style = style.fg(self.colour(cell.fg)).bg(self.colour(cell.bg));
            if let Some(underline) = cell.underline_color() {
                style = style.underline_color(self.colour(underline));
            }
        }
        style
    }

    fn colour(&self, colour: CellColour) -> Color {
        match colour {
            CellColour::Spec(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
            CellColour::Indexed(index) => match self.term.colors()[usize::from(index)] {
                Some(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
                None => Color::Indexed(index),
            },
            CellColour::Named(name) => match self.term.colors()[name] {
                Some(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
                None => named(name),
            },
        }
    }
}

/// The character in a cell, made safe: a spacer or one that prints nothing is a space, one of
/// another width than its cell is the replacement character.
pub(super) fn character(cell: &Cell) -> char {
    if cell.flags.intersects(Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER) {
        return ' ';
    }
    match cell.c.width().unwrap_or(0) {
        0 => ' ',
        width if width == columns_of(cell) => cell.c,
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// The character with its combining marks, if it has any that leave its width as it is.
pub(super) fn marked(cell: &Cell) -> Option<String> {
    let marks = cell.zerowidth()?;
    let mut text = character(cell).to_string();
    let width = text.width();
    for mark in marks.iter().filter(|mark| is_mark(**mark)).take(MAX_MARKS) {
        text.push(*mark);
        if text.width() != width {
            text.pop();
        }
    }
    Some(text)
}

fn columns_of(cell: &Cell) -> usize {
    if cell.flags.contains(Flags::WIDE_CHAR) { 2 } else { 1 }
}

/// Whether a character of no width is a combining mark: joiners, direction marks, selectors, tags
/// and the like change what the outer terminal makes of the cells around them.
fn is_mark(character: char) -> bool {
    let format = matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    !character.is_control() && !format && character.width() == Some(0)
}

fn modifier(cell: &Cell) -> Modifier {
    let pairs = [
        (Flags::BOLD, Modifier::BOLD),
        (Flags::DIM, Modifier::DIM),
        (Flags::ITALIC, Modifier::ITALIC),
        (Flags::INVERSE, Modifier::REVERSED),
        (Flags::HIDDEN, Modifier::HIDDEN),
        (Flags::STRIKEOUT, Modifier::CROSSED_OUT),
        (Flags::ALL_UNDERLINES, Modifier::UNDERLINED),
    ];
    let set = pairs.into_iter().filter(|(flag, _)| cell.flags.intersects(*flag));
    set.fold(Modifier::empty(), |modifier, (_, added)| modifier | added)
}

fn named(name: NamedColor) -> Color {
    match name {
        NamedColor::Black | NamedColor::DimBlack => Color::Black,
        NamedColor::Red | NamedColor::DimRed => Color::Red,
        NamedColor::Green | NamedColor::DimGreen => Color::Green,
        NamedColor::Yellow | NamedColor::DimYellow => Color::Yellow,
        NamedColor::Blue | NamedColor::DimBlue => Color::Blue,
        NamedColor::Magenta | NamedColor::DimMagenta => Color::Magenta,
        NamedColor::Cyan | NamedColor::DimCyan => Color::Cyan,
        NamedColor::White | NamedColor::DimWhite => Color::Gray,
        NamedColor::BrightBlack => Color::DarkGray,
        NamedColor::BrightRed => Color::LightRed,
        NamedColor::BrightGreen => Color::LightGreen,
        NamedColor::BrightYellow => Color::LightYellow,
        NamedColor::BrightBlue => Color::LightBlue,
        NamedColor::BrightMagenta => Color::LightMagenta,
        NamedColor::BrightCyan => Color::LightCyan,
        NamedColor::BrightWhite => Color::White,
        NamedColor::Foreground
        | NamedColor::Background
        | NamedColor::Cursor
        | NamedColor::BrightForeground
        | NamedColor::DimForeground => Color::Reset,
    }
}

/// The colour that a terminal with the usual palette has at this index, for programs that ask:
/// 0 to 255, then foreground, background and cursor.
pub(super) fn standard_colour(index: usize) -> Rgb {
    const BASE: [(u8, u8, u8); 16] = [
        (0, 0, 0),
        (205, 0, 0),
        (0, 205, 0),
        (205, 205, 0),
        (0, 0, 238),
        (205, 0, 205),
        (0, 205, 205),
        (229, 229, 229),
        (127, 127, 127),
        (255, 0, 0),
        (0, 255, 0),
        (255, 255, 0),
        (92, 92, 255),
        (255, 0, 255),
        (0, 255, 255),
        (255, 255, 255),
    ];
    const BACKGROUND: usize = 257;
    let level = |step: usize| if step == 0 { 0 } else { 55 + 40 * step as u8 };
    let (r, g, b) = match index {
        0..16 => BASE[index],
        16..232 => (level((index - 16) / 36), level((index - 16) / 6 % 6), level((index - 16) % 6)),
        232..=255 => [8 + 10 * (index - 232) as u8; 3].into(),
        BACKGROUND => (0, 0, 0),
        _ => (229, 229, 229),
    };
    Rgb { r, g, b }
}

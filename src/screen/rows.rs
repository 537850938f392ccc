//! The grid as text: lines as they were printed before they were wrapped, and where a text is found
//! in them. Changes nothing but the mark of the place that was found.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Flags;

use super::{Screen, paint};

/// Which way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchDirection {
    /// To newer lines.
    Forward,
    /// To older lines.
    Backward,
}

/// Where a text was found: rows count from the oldest line that is kept, columns from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Row and column of its first cell.
    pub first: (usize, usize),
    /// Row and column of its last cell.
    pub last: (usize, usize),
}

impl Found {
    pub(super) fn covers(&self, row: usize, column: usize) -> bool {
        (self.first..=self.last).contains(&(row, column))
    }
}

/// One printed character with its row and column.
struct Glyph {
    character: char,
    marked: Option<String>,
    place: (usize, usize),
}

impl Glyph {
    fn append_to(&self, text: &mut String) {
        match &self.marked {
            Some(marked) => text.push_str(marked),
            None => text.push(self.character),
        }
    }
}

impl Screen {
    /// All lines, scrollback included, as they were printed: wrapped lines whole, spaces at their
    /// ends and empty lines at the end removed.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.each_line(|glyphs| {
            for glyph in glyphs {
                glyph.append_to(&mut text);
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        });
        text.truncate(text.trim_end().len());
        text
    }

    /// Whether nothing was printed that can be seen, scrollback included.
    pub fn is_blank(&self) -> bool {
        self.scrollback() == 0 && (0..self.term.screen_lines()).all(|row| self.is_row_blank(row))
    }

    /// How many rows below the cursor are blank to the end of the screen.
    pub(super) fn free_rows(&self) -> usize {
        let rows = self.term.screen_lines();
        let cursor = usize::try_from(self.term.grid().cursor.point.line.0).unwrap_or(0);
        let below = (cursor + 1..rows).rev();
        below.take_while(|row| self.is_row_blank(row + self.scrollback())).count()
    }

    fn is_row_blank(&self, row: usize) -> bool {
        self.term.grid()[self.line(row)].into_iter().all(|cell| paint::character(cell) == ' ')
    }

    /// The last so many lines of [`Screen::text`].
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let text = self.text();
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(count)).map(|line| (*line).to_owned()).collect()
    }

    /// The next place of this text from there, or from the newer end when nothing was found yet;
    /// goes round at the ends. Capitals count only if the text has some. The place is scrolled into
    /// sight and stays marked until [`Screen::clear_search`].
    pub fn search(&mut self, text: &str, from: Option<Found>, direction: SearchDirection) -> Option<Found> {
        let places = self.places(text);
        let found = match (direction, from) {
            (SearchDirection::Forward, Some(from)) => {
                places.iter().find(|place| **place > from).or_else(|| places.first())
            }
            (SearchDirection::Backward, Some(from)) => {
                places.iter().rfind(|place| **place < from).or_else(|| places.last())
            }
            (SearchDirection::Forward, None) => places.first(),
            (SearchDirection::Backward, None) => places.last(),
        };
        self.found = found.copied();
        if let Some(found) = self.found {
            self.reveal(found.first.0);
        }
        self.found
    }

    /// Takes the mark of the last search away.
    pub fn clear_search(&mut self) {
        self.found = None;
    }

    fn places(&self, text: &str) -> Vec<Found> {
        let exact = text.chars().any(char::is_uppercase);
        let fold = |character: char| {
            if exact { character } else { character.to_lowercase().next().unwrap_or(character) }
        };
        let wanted: Vec<char> = text.chars().map(fold).collect();
        let mut places = Vec::new();
        if wanted.is_empty() {
            return places;
        }
        self.each_line(|glyphs| {
            let line: Vec<char> = glyphs.iter().map(|glyph| fold(glyph.character)).collect();
            let starts = line.windows(wanted.len()).enumerate().filter(|(_, window)| **window == *wanted);
            places.extend(starts.map(|(start, _)| Found {
                first: glyphs[start].place,
                last: glyphs[start + wanted.len() - 1].place,
            }));
        });
        places
    }

    /// Scrolls so that this row (from the oldest) is visible, in the middle where it was not.
    fn reveal(&mut self, row: usize) {
        let rows = self.term.screen_lines();
        let top = self.scrollback() - self.scrolled();
        if (top..top + rows).contains(&row) {
            return;
        }
        let wanted_top = row.saturating_sub(rows / 2).min(self.scrollback());
        let back = top.max(wanted_top) - top.min(wanted_top);
        let back = i32::try_from(back).unwrap_or(i32::MAX);
        self.scroll(if wanted_top < top { back } else { -back });
    }

    /// The emulator's name for a row counted from the oldest: 0 is the first below the scrollback.
    pub(super) fn line(&self, row: usize) -> Line {
        let signed = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Line(signed(row) - signed(self.scrollback()))
    }

    /// Calls with the glyphs of every line in order, wrapped rows joined.
    fn each_line(&self, mut visit: impl FnMut(&[Glyph])) {
        let mut glyphs = Vec::new();
        let rows = self.term.total_lines();
        let last_column = Column(self.term.columns() - 1);
        for row in 0..rows {
            let cells = &self.term.grid()[self.line(row)];
            for column in 0..=last_column.0 {
                let cell = &cells[Column(column)];
                if !cell.flags.intersects(Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER) {
                    glyphs.push(Glyph {
                        character: paint::character(cell),
                        marked: paint::marked(cell),
                        place: (row, column),
                    });
                }
            }
            if !cells[last_column].flags.contains(Flags::WRAPLINE) {
                visit(&glyphs);
                glyphs.clear();
            }
        }
        if !glyphs.is_empty() {
            visit(&glyphs);
        }
    }
}

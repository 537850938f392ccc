//! A frame as an SVG picture: its characters and colours on their grid, borders as lines, the same
//! bytes for the same frame. Knows nothing of the screens.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// Columns and rows of a cell in tenths of a pixel, so that all numbers are whole.
const CELL: (u32, u32) = (84, 180);
/// From the top of a cell to the line that letters stand on.
const BASE: u32 = 133;
/// Between the frame and the edge of the picture.
const MARGIN: u32 = 160;
const BACKGROUND: &str = "#12161c";
const FOREGROUND: &str = "#d5dbe5";
const STYLE: &str = "text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',\
    monospace;font-size:13.95px}.b{font-weight:bold}path{fill:none;stroke-width:1.2}";

/// The picture of a frame.
pub(super) fn svg(name: &str, buffer: &Buffer) -> String {
    let (width, height) = (u32::from(buffer.area.width), u32::from(buffer.area.height));
    let (wide, high) = (width * CELL.0 + 2 * MARGIN, height * CELL.1 + 2 * MARGIN);
    let mut picture = Picture::default();
    for (row, cells) in (0..).zip(buffer.content.chunks(width as usize)) {
        picture.row(row, cells);
    }
    let size = format!("{} {}", pixels(wide), pixels(high));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size}\" width=\"{}\" height=\"{}\" \
         role=\"img\">\n<title>{name}</title>\n<style>{STYLE}</style>\n<rect x=\".5\" y=\".5\" \
         width=\"{}\" height=\"{}\" rx=\"10\" fill=\"{BACKGROUND}\" stroke=\"#2c343f\"/>\n",
        pixels(wide),
        pixels(high),
        pixels(wide - 10),
        pixels(high - 10)
    );
    svg.push_str(&picture.finish());
    svg.push_str("</svg>\n");
    svg
}

#[derive(Default)]
struct Picture {
    grounds: String,
    texts: String,
    lines: BTreeMap<String, String>,
}

/// What a cell looks like.
#[derive(Clone, PartialEq, Eq)]
struct Look {
    ink: String,
    ground: Option<String>,
    bold: bool,
    underlined: bool,
}

impl Picture {
    /// Draws a row: the words of one look, signs alone, lines as lines.
    fn row(&mut self, row: u32, cells: &[Cell]) {
        let looks: Vec<Look> = cells.iter().map(look).collect();
        for (column, count) in runs(&looks, |one, other| one.ground == other.ground) {
            self.ground(row, column, count, looks[column].ground.as_deref());
        }
        for (column, count) in runs(&looks, |one, other| one == other) {
            self.run(row, column, &cells[column..column + count], &looks[column]);
        }
    }

    fn ground(&mut self, row: u32, column: usize, count: usize, ground: Option<&str>) {
        let Some(ground) = ground else { return };
        let (x, y) = corner(row, column);
        let [x, y, wide, high] = [x, y, count as u32 * CELL.0, CELL.1].map(pixels);
        let _ = writeln!(
            self.grounds,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{high}\" fill=\"{ground}\"/>"
        );
    }

    fn run(&mut self, row: u32, first: usize, cells: &[Cell], look: &Look) {
        let (x, y) = corner(row, first);
        if look.underlined {
            let (y, end) = (pixels(y + BASE + 25), pixels(x + cells.len() as u32 * CELL.0));
            self.line(&look.ink, &format!("M{} {y}H{end}", pixels(x)));
        }
        let mut column = 0;
        while column < cells.len() {
            let word = word(&cells[column..]);
            let (x, y) = corner(row, first + column);
            match border(&word, x, y) {
                Some(path) => self.line(&look.ink, &path),
                None => self.text(x, y + BASE, &word, look),
            }
            column += word.width().max(1);
        }
    }

    fn text(&mut self, x: u32, y: u32, word: &str, look: &Look) {
        if word == " " {
            return;
        }
        let wide = word.width() as u32 * CELL.0;
        let bold = if look.bold { " class=\"b\"" } else { "" };
        let place = if word.is_ascii() {
            format!("x=\"{}\" y=\"{}\" textLength=\"{}\"", pixels(x), pixels(y), pixels(wide))
        } else {
            format!("x=\"{}\" y=\"{}\" text-anchor=\"middle\"", pixels(x + wide / 2), pixels(y))
        };
        let word = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(self.texts, "<text{bold} {place} fill=\"{}\">{word}</text>", look.ink);
    }

    fn line(&mut self, ink: &str, path: &str) {
        self.lines.entry(ink.to_owned()).or_default().push_str(path);
    }

    fn finish(self) -> String {
        let lines = self.lines.iter().map(|(ink, path)| format!("<path stroke=\"{ink}\" d=\"{path}\"/>\n"));
        [self.grounds, lines.collect::<Vec<_>>().concat(), self.texts].concat()
    }
}

/// Tenths of a pixel as pixels.
fn pixels(tenths: u32) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// The upper left corner of a cell.
fn corner(row: u32, column: usize) -> (u32, u32) {
    (MARGIN + column as u32 * CELL.0, MARGIN + row * CELL.1)
}

/// First and count of each run of looks that are alike.
fn runs(looks: &[Look], alike: impl Fn(&Look, &Look) -> bool) -> Vec<(usize, usize)> {
    let ends = looks.chunk_by(alike).scan(0, |end, run| {
        *end += run.len();
        Some((*end - run.len(), run.len()))
    });
    ends.collect()
}

/// What is put on the grid as one: a sign, of whose width fonts disagree; a blank; a word.
fn word(cells: &[Cell]) -> String {
    let letters = |cell: &&Cell| cell.symbol().is_ascii() && cell.symbol() != " ";
    let count = cells.iter().take_while(letters).count().max(1);
    cells[..count].iter().map(Cell::symbol).collect()
}

/// A character of a border as a path through its cell.
fn border(text: &str, x: u32, y: u32) -> Option<String> {
    let (left, middle, right) = (pixels(x), pixels(x + CELL.0 / 2), pixels(x + CELL.0));
    let (top, centre, bottom) = (pixels(y), pixels(y + CELL.1 / 2), pixels(y + CELL.1));
    let (above, below) = (pixels(y + CELL.1 / 2 - 42), pixels(y + CELL.1 / 2 + 42));
    Some(match text {
        "─" => format!("M{left} {centre}H{right}"),
        "│" => format!("M{middle} {top}V{bottom}"),
        "╭" => format!("M{right} {centre}Q{middle} {centre} {middle} {below}V{bottom}"),
        "╮" => format!("M{left} {centre}Q{middle} {centre} {middle} {below}V{bottom}"),
        "╰" => format!("M{middle} {top}V{above}Q{middle} {centre} {right} {centre}"),
        "╯" => format!("M{middle} {top}V{above}Q{middle} {centre} {left} {centre}"),
        _ => return None,
    })
}

fn look(cell: &Cell) -> Look {
    let held = cell.modifier;
    let mut ink = colour(cell.fg).unwrap_or(FOREGROUND).to_owned();
    let mut ground = colour(cell.bg).map(str::to_owned);
    if held.contains(Modifier::DIM) {
        ink = half(&ink, BACKGROUND);
    }
    if held.contains(Modifier::REVERSED) {
        let behind = ground.unwrap_or_else(|| BACKGROUND.to_owned());
        ground = Some(std::mem::replace(&mut ink, behind));
    }
    let underlined = held.contains(Modifier::UNDERLINED);
    Look { ink, ground, bold: held.contains(Modifier::BOLD), underlined }
}

/// The terminal's own colours; `None` where the ground or the ordinary ink is meant.
fn colour(colour: Color) -> Option<&'static str> {
    Some(match colour {
        Color::Black => "#1d232c",
        Color::Red | Color::LightRed => "#f2777a",
        Color::Green | Color::LightGreen => "#8ccf7e",
        Color::Yellow | Color::LightYellow => "#e8c374",
        Color::Blue | Color::LightBlue => "#7aa7f0",
        Color::Magenta | Color::LightMagenta => "#c995e8",
        Color::Cyan | Color::LightCyan => "#67cbe0",
        Color::Gray => "#b4bcc8",
        Color::DarkGray => "#7d8896",
        Color::White => "#eef1f6",
        _ => return None,
    })
}

/// The colour nearly half-way between two.
fn half(ink: &str, ground: &str) -> String {
    let part = |text: &str, at: usize| u32::from_str_radix(&text[at..at + 2], 16).unwrap_or(0);
    let mixed = [1, 3, 5].map(|at| (part(ink, at) * 58 + part(ground, at) * 42) / 100);
    format!("#{:02x}{:02x}{:02x}", mixed[0], mixed[1], mixed[2])
}

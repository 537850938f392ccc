//! What a command's terminal shows: bytes in, grid out. The only module that knows the emulator
//! crate; nothing that a command prints leaves here except as cells, text and [`Screen::replies`].

pub mod keys;
mod paint;
mod rows;
mod sync;
#[cfg(test)]
mod tests;

pub use keys::{Key, KeyModifiers};
pub use paint::PaintOptions;
pub use rows::{Found, SearchDirection};

use std::fmt;
use std::sync::mpsc;

use alacritty_terminal::event::{Event, EventListener, WindowSize};
use alacritty_terminal::grid::{Dimensions, Scroll};
use alacritty_terminal::term::{Config, Osc52, Term, TermMode};
use alacritty_terminal::vte::ansi::{Processor, Rgb};

use sync::SyncTimeout;

/// How many lines are kept above the visible ones.
pub const SCROLLBACK_LINES: usize = 10_000;

const MIN_COLUMNS: u16 = 2;
const MAX_COLUMNS: u16 = 2_000;
const MIN_ROWS: u16 = 1;
const MAX_ROWS: u16 = 1_000;
const CHUNK_BYTES: usize = 16 * 1024;
const MAX_REPLY_BYTES: usize = 64 * 1024;
const CELL_PIXELS: (u16, u16) = (8, 16);

/// What the program inside asked of its terminal; decides how keys are sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modes {
    /// Arrow keys in their application form.
    pub application_cursor: bool,
    /// Pasted text comes between marks.
    pub bracketed_paste: bool,
    /// A full-screen program: there is no scrollback while it runs.
    pub alternate_screen: bool,
    /// The program wants mouse events.
    pub mouse: bool,
    /// A line feed key sends carriage return and line feed.
    pub line_feed_new_line: bool,
}

/// The terminal of one attempt.
pub struct Screen {
    term: Term<Outbox>,
    parser: Processor<SyncTimeout>,
    events: mpsc::Receiver<Event>,
    replies: Vec<u8>,
    found: Option<Found>,
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen").field("size", &self.size()).finish_non_exhaustive()
    }
}

impl Screen {
    /// An empty screen; at least 2 columns and 1 row, at most 2,000 and 1,000.
    pub fn new(columns: u16, rows: u16) -> Self {
        let (sender, events) = mpsc::channel();
        let config =
            Config { scrolling_history: SCROLLBACK_LINES, osc52: Osc52::Disabled, ..Config::default() };
        let term = Term::new(config, &Size::clamped(columns, rows), Outbox(sender));
        Self { term, parser: Processor::new(), events, replies: Vec::new(), found: None }
    }

    /// Takes in what the command printed.
    pub fn feed(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(CHUNK_BYTES) {
            self.parser.advance(&mut self.term, chunk);
            self.collect_replies();
        }
    }

    /// Gives the terminal another size; wrapped lines are wrapped anew.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = Size::clamped(columns, rows);
        if (size.columns, size.rows) != (self.term.columns(), self.term.screen_lines()) {
            self.found = None;
            let scrollback = self.scrollback();
            self.term.resize(size);
            self.fill_from_scrollback(size, self.scrollback().saturating_sub(scrollback));
        }
    }

    /// Wrapping anew moves lines into the scrollback even where there is room below the last one:
    /// brings so many of them back. The emulator fills added rows from the scrollback, and gives up
    /// empty rows below the cursor first.
    fn fill_from_scrollback(&mut self, size: Size, moved: usize) {
        let free = if self.modes().alternate_screen { 0 } else { self.free_rows() };
        let back = moved.min(free);
        if back > 0 {
            self.term.resize(Size { rows: size.rows + back, ..size });
            self.term.resize(size);
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        (self.term.columns() as u16, self.term.screen_lines() as u16)
    }

    /// To be called about every 100 ms: shows a synchronised update that was begun and not ended
    /// by the second call.
    pub fn tick(&mut self) {
        if self.parser.sync_timeout().is_overdue() {
            self.parser.stop_sync(&mut self.term);
            self.collect_replies();
        }
    }

    /// The terminal's answers to what the command asked of it (its cursor, its size, its colours),
    /// to be written to the command. Each is given once.
    pub fn replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    fn collect_replies(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            let reply = match event {
                Event::PtyWrite(text) => text,
                Event::ColorRequest(index, format) => format(self.colour_at(index)),
                Event::TextAreaSizeRequest(format) => format(self.window_size()),
                _ => continue,
            };
            if self.replies.len() + reply.len() <= MAX_REPLY_BYTES {
                self.replies.extend_from_slice(reply.as_bytes());
            }
        }
    }

    fn colour_at(&self, index: usize) -> Rgb {
        let set = (index < alacritty_terminal::term::color::COUNT).then(|| self.term.colors()[index]);
        set.flatten().unwrap_or_else(|| paint::standard_colour(index))
    }

    fn window_size(&self) -> WindowSize {
        let (num_cols, num_lines) = self.size();
        let (cell_width, cell_height) = CELL_PIXELS;
        WindowSize { num_lines, num_cols, cell_width, cell_height }
    }

    /// Column and row of the cursor within the visible part; none while it is hidden or scrolled
    /// out of sight.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        if !self.term.mode().contains(TermMode::SHOW_CURSOR) {
            return None;
        }
        let point = self.term.grid().cursor.point;
        let row = usize::try_from(point.line.0).ok()? + self.scrolled();
        let (columns, rows) = self.size();
        (row < usize::from(rows)).then(|| ((point.column.0 as u16).min(columns - 1), row as u16))
    }

    /// What the program inside asked for.
    pub fn modes(&self) -> Modes {
        let mode = self.term.mode();
        Modes {
            application_cursor: mode.contains(TermMode::APP_CURSOR),
            bracketed_paste: mode.contains(TermMode::BRACKETED_PASTE),
            alternate_screen: mode.contains(TermMode::ALT_SCREEN),
            mouse: mode.intersects(TermMode::MOUSE_MODE),
            line_feed_new_line: mode.contains(TermMode::LINE_FEED_NEW_LINE),
        }
    }

    /// Moves the visible part by so many lines; positive numbers go back to older ones.
    pub fn scroll(&mut self, lines: i32) {
        self.term.scroll_display(Scroll::Delta(lines));
    }

    /// Moves the visible part to the oldest line.
    pub fn scroll_to_start(&mut self) {
        self.term.scroll_display(Scroll::Top);
    }

    /// Moves the visible part to the newest line, where it follows what is printed.
    pub fn scroll_to_end(&mut self) {
        self.term.scroll_display(Scroll::Bottom);
    }

    /// How many lines the visible part is scrolled back.
    pub fn scrolled(&self) -> usize {
        self.term.grid().display_offset().min(self.scrollback())
    }

    /// How many lines there are above the newest screenful.
    pub fn scrollback(&self) -> usize {
        self.term.history_size()
    }
}

/// Columns and rows as the emulator wants them.
#[derive(Debug, Clone, Copy)]
struct Size {
    columns: usize,
    rows: usize,
}

impl Size {
    fn clamped(columns: u16, rows: u16) -> Self {
        Self {
            columns: usize::from(columns.clamp(MIN_COLUMNS, MAX_COLUMNS)),
            rows: usize::from(rows.clamp(MIN_ROWS, MAX_ROWS)),
        }
    }
}

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.rows
    }

    fn screen_lines(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }
}

/// Keeps the emulator's questions that have an answer. Title, clipboard and bell end here: what a
/// command prints must not reach the operator's own terminal.
#[derive(Debug)]
struct Outbox(mpsc::Sender<Event>);

impl EventListener for Outbox {
    fn send_event(&self, event: Event) {
        if matches!(event, Event::PtyWrite(_) | Event::ColorRequest(..) | Event::TextAreaSizeRequest(_)) {
            let _ = self.0.send(event);
        }
    }
}

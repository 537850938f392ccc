//! The terminals of the attempts whose output is at hand: the one that runs, and the one looked at.
//! Puts output together by its offsets, whichever way it came.

use crate::journal::AttemptId;
use crate::screen::{Found, Screen, SearchDirection};

/// Main screen, no mouse, no bracketed paste, plain keys, plain text, visible cursor.
const RESET_MODES: &[u8] =
    b"\x1b[?1049l\x1b[?1000;1002;1003;1006l\x1b[?2004l\x1b[?1l\x1b7\x1b[r\x1b8\x1b[?25h\x1b[0m";

/// One attempt's terminal, and how much of its output it has seen.
#[derive(Debug)]
pub struct Output {
    /// Whose.
    pub attempt: AttemptId,
    /// What it shows.
    pub screen: Screen,
    position: u64,
    loading: bool,
    waiting: Vec<(u64, Vec<u8>)>,
    found: Option<Found>,
}

impl Output {
    fn new(attempt: AttemptId, (columns, rows): (u16, u16)) -> Self {
        Self {
            attempt,
            screen: Screen::new(columns, rows),
            position: 0,
            loading: false,
            waiting: Vec::new(),
            found: None,
        }
    }

    /// How many bytes of the attempt's output it has seen.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Shows what is new of these bytes.
    fn feed(&mut self, offset: u64, bytes: &[u8]) {
        let known = usize::try_from(self.position.saturating_sub(offset)).unwrap_or(usize::MAX);
        if let Some(new) = bytes.get(known..) {
            self.screen.feed(new);
            self.position = self.position.max(offset + bytes.len() as u64);
        }
    }
}

/// At most two terminals: more would be kept for nobody.
#[derive(Debug, Default)]
pub struct Outputs {
    live: Option<Output>,
    past: Option<Output>,
}

impl Outputs {
    /// An attempt started: its terminal is empty and of this size; that of the attempt it follows
    /// within one block goes on, with the modes that a program may have left behind undone.
    pub fn begin(&mut self, attempt: AttemptId, follows: Option<AttemptId>, size: (u16, u16)) {
        match &mut self.live {
            Some(live) if live.attempt == attempt => {}
            Some(live) if Some(live.attempt) == follows && !live.loading => {
                live.screen.feed(RESET_MODES);
                live.attempt = attempt;
                live.position = 0;
            }
            _ => self.live = Some(Output::new(attempt, size)),
        }
    }

    /// Output of an attempt that is already under way is asked for; what comes live meanwhile waits.
    pub fn await_transcript(&mut self, attempt: AttemptId, size: (u16, u16), running: bool) {
        let output = Output { loading: true, ..Output::new(attempt, size) };
        if running { self.live = Some(output) } else { self.past = Some(output) }
    }

    /// The recorded output of an attempt follows, from its beginning.
    pub fn transcript_begins(&mut self, attempt: AttemptId, size: (u16, u16)) {
        if let Some(output) = self.of_mut(attempt) {
            output.screen = Screen::new(size.0, size.1);
            output.position = 0;
            output.loading = true;
        }
    }

    /// The recorded output is complete; what came live meanwhile follows.
    pub fn transcript_ends(&mut self, attempt: AttemptId, size: (u16, u16)) {
        if let Some(output) = self.of_mut(attempt) {
            output.loading = false;
            for (offset, bytes) in std::mem::take(&mut output.waiting) {
                output.feed(offset, &bytes);
            }
            output.screen.replies();
            output.screen.resize(size.0, size.1);
        }
    }

    /// Output came. While a transcript is awaited, what lies ahead of it waits its turn.
    pub fn feed(&mut self, attempt: AttemptId, offset: u64, bytes: Vec<u8>) {
        let Some(output) = self.of_mut(attempt) else { return };
        if output.loading && offset > output.position {
            output.waiting.push((offset, bytes));
        } else {
            output.feed(offset, &bytes);
        }
    }

    /// This much output was left out on the way here.
    pub fn skip(&mut self, attempt: AttemptId, bytes: u64) {
        if let Some(output) = self.of_mut(attempt) {
            output.position += bytes;
            let told = format!("\r\n\x1b[0;7m {bytes} bytes not shown here: see the record \x1b[0m\r\n");
            output.screen.feed(told.as_bytes());
        }
    }

    /// What the running command's terminal answers to the command.
    pub fn replies(&mut self) -> Vec<u8> {
        self.live.as_mut().filter(|live| !live.loading).map(|live| live.screen.replies()).unwrap_or_default()
    }

    /// Gives every terminal this size.
    pub fn resize(&mut self, (columns, rows): (u16, u16)) {
        for output in self.live.iter_mut().chain(&mut self.past) {
            output.screen.resize(columns, rows);
        }
    }

    /// To be called about every 100 ms while something runs.
    pub fn tick(&mut self) {
        if let Some(live) = &mut self.live {
            live.screen.tick();
        }
    }

    /// Whether the output of this attempt is at hand or on its way.
    pub fn has(&self, attempt: AttemptId) -> bool {
        self.of(attempt).is_some()
    }

    /// The terminal of this attempt.
    pub fn of(&self, attempt: AttemptId) -> Option<&Output> {
        self.live.iter().chain(&self.past).find(|output| output.attempt == attempt)
    }

    /// The terminal of this attempt, to scroll in it.
    pub fn of_mut(&mut self, attempt: AttemptId) -> Option<&mut Output> {
        self.live.iter_mut().chain(&mut self.past).find(|output| output.attempt == attempt)
    }

    /// Moves to the next or previous place of a text; whether there is one.
    pub fn search(&mut self, attempt: AttemptId, text: &str, direction: SearchDirection) -> bool {
        let Some(output) = self.of_mut(attempt) else { return false };
        output.found = output.screen.search(text, output.found, direction);
        output.found.is_some()
    }

    /// Forgets the last search.
    pub fn clear_search(&mut self) {
        for output in self.live.iter_mut().chain(&mut self.past) {
            output.found = None;
            output.screen.clear_search();
        }
    }

    /// The last lines of an attempt's output that say something, newest first.
    pub fn last_words(&self, attempt: AttemptId, count: usize) -> Vec<String> {
        let Some(output) = self.of(attempt) else { return Vec::new() };
        let lines = output.screen.last_lines(count * 4);
        let lines = lines.into_iter().rev().map(|line| line.trim().to_owned());
        lines.filter(|line| !line.is_empty()).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTEMPT: AttemptId = AttemptId(3);

    fn text(outputs: &Outputs) -> String {
        outputs.of(ATTEMPT).map(|output| output.screen.text()).unwrap_or_default()
    }

    #[test]
    fn output_that_came_twice_is_shown_once() {
        let mut outputs = Outputs::default();
        outputs.begin(ATTEMPT, None, (20, 5));
        outputs.feed(ATTEMPT, 0, b"one ".to_vec());
        outputs.feed(ATTEMPT, 2, b"e two".to_vec());
        assert_eq!(text(&outputs), "one two");
    }

    #[test]
    fn live_output_waits_for_the_transcript_before_it() {
        let mut outputs = Outputs::default();
        outputs.await_transcript(ATTEMPT, (20, 5), true);
        outputs.feed(ATTEMPT, 4, b"two".to_vec());
        outputs.transcript_begins(ATTEMPT, (20, 5));
        outputs.feed(ATTEMPT, 0, b"one ".to_vec());
        outputs.feed(ATTEMPT, 7, b" three".to_vec());
        outputs.transcript_ends(ATTEMPT, (20, 5));
        assert_eq!(text(&outputs), "one two three");
    }

    #[test]
    fn the_statements_of_a_block_share_one_terminal() {
        let mut outputs = Outputs::default();
        outputs.begin(AttemptId(2), None, (20, 5));
        outputs.feed(AttemptId(2), 0, b"first\r\n\x1b[?1049h".to_vec());
        outputs.begin(ATTEMPT, Some(AttemptId(2)), (20, 5));
        outputs.feed(ATTEMPT, 0, b"second".to_vec());
        assert_eq!(text(&outputs), "first\nsecond");
    }

    #[test]
    fn output_of_attempts_that_nobody_looks_at_is_dropped() {
        let mut outputs = Outputs::default();
        outputs.begin(ATTEMPT, None, (20, 5));
        outputs.feed(AttemptId(9), 0, b"other".to_vec());
        assert_eq!(text(&outputs), "");
        assert!(!outputs.has(AttemptId(9)));
    }

    #[test]
    fn the_last_words_are_the_last_lines_that_say_something() {
        let mut outputs = Outputs::default();
        outputs.begin(ATTEMPT, None, (40, 5));
        outputs.feed(ATTEMPT, 0, b"a\r\n\r\nerror: no\r\n  \r\n".to_vec());
        assert_eq!(outputs.last_words(ATTEMPT, 1), ["error: no"]);
    }
}

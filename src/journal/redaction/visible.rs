//! Bytes of a terminal → the text that stands on the screen, with the control sequences beside
//! it. Strings that talk to the terminal (OSC, DCS, APC, PM, SOS) and C1 controls are dropped.

use std::ops::Range;

const LONGEST_SEQUENCE: usize = 256;
const LONGEST_STRING: usize = 1 << 20;

/// A control sequence that stands before a place of the text.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(crate) at: usize,
    pub(crate) bytes: Range<usize>,
}

/// Text and control sequences that were read and not given out yet.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// With line feeds, carriage returns and tabs; no other control characters.
    pub(crate) text: Vec<u8>,
    pub(crate) controls: Vec<Control>,
    pub(crate) control_bytes: Vec<u8>,
    state: State,
    sequence_start: usize,
    string_length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Text,
    /// After 0xc2: the next byte decides whether it is a C1 control.
    MaybeC1,
    Escape,
    /// `ESC ( B` and the like.
    Intermediate,
    Sequence,
    /// `true` for OSC, which a line feed ends.
    String {
        is_command: bool,
    },
    StringEscape,
}

impl Visible {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            if self.state == State::Text {
                let plain = rest.iter().position(|&byte| !is_plain(byte)).unwrap_or(rest.len());
                if plain > 0 {
                    self.text.extend_from_slice(&rest[..plain]);
                    rest = &rest[plain..];
                    continue;
                }
            }
            self.special(byte);
            rest = after;
        }
    }

    /// What was begun and never ended: a lone byte is text, a sequence is dropped.
    pub(crate) fn finish(&mut self) {
        if self.state == State::MaybeC1 {
            self.text.push(0xc2);
        }
        self.state = State::Text;
    }

    /// Takes out everything up to a place of the text.
    pub(crate) fn forget(&mut self, end: usize) {
        self.text.drain(..end);
        self.controls.retain(|control| control.at >= end);
        self.controls.iter_mut().for_each(|control| control.at -= end);
        let first = self.controls.first().map_or(self.sequence_start, |control| control.bytes.start);
        if first > LONGEST_SEQUENCE {
            self.control_bytes.drain(..first);
            self.sequence_start -= first;
            for control in &mut self.controls {
                control.bytes = control.bytes.start - first..control.bytes.end - first;
            }
        }
    }

    fn special(&mut self, byte: u8) {
        match self.state {
            State::Text => self.begin(byte),
            State::MaybeC1 => {
                self.state = State::Text;
                if !matches!(byte, 0x80..=0x9f) {
                    self.text.push(0xc2);
                    self.again(byte);
                }
            }
            State::Escape => self.escape(byte),
            State::Intermediate => self.continue_until(byte, 0x30..=0x7e),
            State::Sequence => self.continue_until(byte, 0x40..=0x7e),
            State::String { is_command } => self.string(byte, is_command),
            State::StringEscape if byte == b'\\' => self.state = State::Text,
            State::StringEscape => {
                self.state = State::Escape;
                self.start_sequence();
                self.escape(byte);
            }
        }
    }

    fn again(&mut self, byte: u8) {
        if is_plain(byte) {
            self.text.push(byte);
        } else {
            self.special(byte);
        }
    }

    fn begin(&mut self, byte: u8) {
        match byte {
            0xc2 => self.state = State::MaybeC1,
            0x1b => {
                self.state = State::Escape;
                self.start_sequence();
            }
            _ => {
                self.start_sequence();
                self.control_bytes.push(byte);
                self.end_sequence();
            }
        }
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b']' => self.begin_string(true),
            b'P' | b'_' | b'^' | b'X' => self.begin_string(false),
            b'[' => self.extend_sequence(byte, State::Sequence),
            0x20..=0x2f => self.extend_sequence(byte, State::Intermediate),
            0x30..=0x7e => {
                self.control_bytes.push(byte);
                self.end_sequence();
            }
            _ => self.abandon(byte),
        }
    }

    fn continue_until(&mut self, byte: u8, last: std::ops::RangeInclusive<u8>) {
        let length = self.control_bytes.len() - self.sequence_start;
        if length > LONGEST_SEQUENCE || !matches!(byte, 0x20..=0x7e) {
            return self.abandon(byte);
        }
        self.control_bytes.push(byte);
        if last.contains(&byte) {
            self.end_sequence();
        }
    }

    fn string(&mut self, byte: u8, is_command: bool) {
        self.string_length += 1;
        let ended = matches!(byte, 0x07 | 0x18 | 0x1a) || self.string_length >= LONGEST_STRING;
        match byte {
            0x1b => self.state = State::StringEscape,
            b'\n' | b'\r' if is_command => {
                self.state = State::Text;
                self.text.push(byte);
            }
            _ if ended => self.state = State::Text,
            _ => {}
        }
    }

    fn begin_string(&mut self, is_command: bool) {
        self.control_bytes.truncate(self.sequence_start);
        self.string_length = 0;
        self.state = State::String { is_command };
    }

    fn start_sequence(&mut self) {
        self.sequence_start = self.control_bytes.len();
        if self.state == State::Escape {
            self.control_bytes.push(0x1b);
        }
    }

    fn extend_sequence(&mut self, byte: u8, state: State) {
        self.control_bytes.push(byte);
        self.state = state;
    }

    fn end_sequence(&mut self) {
        self.controls
            .push(Control { at: self.text.len(), bytes: self.sequence_start..self.control_bytes.len() });
        self.state = State::Text;
    }

    /// A sequence that is none: it is dropped, and what interrupted it counts by itself.
    fn abandon(&mut self, byte: u8) {
        self.control_bytes.truncate(self.sequence_start);
        self.state = State::Text;
        self.again(byte);
    }
}

/// Neither a control character nor the beginning of one.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 0x20 {
        plain[byte] = matches!(byte, 0x09 | 0x0a | 0x0d);
        byte += 1;
    }
    plain[0x7f] = false;
    plain[0xc2] = false;
    plain
};

fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

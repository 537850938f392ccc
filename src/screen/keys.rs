//! Keys and pasted text as the bytes that a terminal sends to the program inside.

use super::Modes;

/// A key, whatever library it was read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A printable character, capital if shift made it so.
    Char(char),
    /// Return.
    Enter,
    /// Tab.
    Tab,
    /// Tab with shift, where it is a key of its own.
    BackTab,
    /// Backspace.
    Backspace,
    /// Escape.
    Escape,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
    /// A function key, from 1.
    Function(u8),
}

/// What was held down with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyModifiers {
    /// Shift.
    pub shift: bool,
    /// Alt, or meta.
    pub alt: bool,
    /// Control.
    pub control: bool,
}

impl KeyModifiers {
    /// The number in which terminals send them: 1 for none.
    fn parameter(self) -> u8 {
        1 + u8::from(self.shift) + 2 * u8::from(self.alt) + 4 * u8::from(self.control)
    }
}

/// The bytes of a key; none for a key that terminals do not have.
pub fn encode(key: Key, modifiers: KeyModifiers, modes: Modes) -> Vec<u8> {
    match key {
        Key::Char(character) => with_alt(character_bytes(character, modifiers), modifiers),
        Key::Enter if modes.line_feed_new_line => with_alt(b"\r\n".to_vec(), modifiers),
        Key::Enter => with_alt(b"\r".to_vec(), modifiers),
        Key::Tab if modifiers.shift => b"\x1b[Z".to_vec(),
        Key::Tab => with_alt(b"\t".to_vec(), modifiers),
        Key::BackTab => b"\x1b[Z".to_vec(),
        Key::Backspace if modifiers.control => with_alt(vec![0x08], modifiers),
        Key::Backspace => with_alt(vec![0x7f], modifiers),
        Key::Escape => with_alt(vec![0x1b], modifiers),
        Key::Up => cursor_key('A', modifiers, modes),
        Key::Down => cursor_key('B', modifiers, modes),
        Key::Right => cursor_key('C', modifiers, modes),
        Key::Left => cursor_key('D', modifiers, modes),
        Key::Home => cursor_key('H', modifiers, modes),
        Key::End => cursor_key('F', modifiers, modes),
        Key::Insert => numbered_key(2, modifiers),
        Key::Delete => numbered_key(3, modifiers),
        Key::PageUp => numbered_key(5, modifiers),
        Key::PageDown => numbered_key(6, modifiers),
        Key::Function(number) => function_key(number, modifiers),
    }
}

/// The bytes of a pasted text: between marks where the program asked for them, and never with a
/// control character that could end them or act as a key (tab and line ends aside).
pub fn paste(text: &str, modes: Modes) -> Vec<u8> {
    let unified = text.replace("\r\n", "\r").replace('\n', "\r");
    let clean: String = unified
        .chars()
        .filter(|character| !character.is_control() || matches!(character, '\t' | '\r'))
        .collect();
    if modes.bracketed_paste { format!("\x1b[200~{clean}\x1b[201~").into_bytes() } else { clean.into_bytes() }
}

fn with_alt(bytes: Vec<u8>, modifiers: KeyModifiers) -> Vec<u8> {
    if modifiers.alt { [&[0x1b], bytes.as_slice()].concat() } else { bytes }
}

fn character_bytes(character: char, modifiers: KeyModifiers) -> Vec<u8> {
    let control = if modifiers.control { control_byte(character) } else { None };
    control.map_or_else(|| character.to_string().into_bytes(), |byte| vec![byte])
}

/// The control character of a key, as terminals have sent it since the VT100.
fn control_byte(character: char) -> Option<u8> {
    match character.to_ascii_lowercase() {
        letter @ 'a'..='z' => Some(letter as u8 - b'a' + 1),
        ' ' | '@' | '2' => Some(0x00),
        '[' | '3' => Some(0x1b),
        '\\' | '4' => Some(0x1c),
        ']' | '5' => Some(0x1d),
        '^' | '6' => Some(0x1e),
        '_' | '/' | '7' => Some(0x1f),
        '?' | '8' => Some(0x7f),
        _ => None,
    }
}

fn cursor_key(letter: char, modifiers: KeyModifiers, modes: Modes) -> Vec<u8> {
    match modifiers.parameter() {
        1 if modes.application_cursor => format!("\x1bO{letter}"),
        1 => format!("\x1b[{letter}"),
        held => format!("\x1b[1;{held}{letter}"),
    }
    .into_bytes()
}

fn numbered_key(number: u8, modifiers: KeyModifiers) -> Vec<u8> {
    match modifiers.parameter() {
        1 => format!("\x1b[{number}~"),
        held => format!("\x1b[{number};{held}~"),
    }
    .into_bytes()
}

fn function_key(number: u8, modifiers: KeyModifiers) -> Vec<u8> {
    match number {
        1..=4 => {
            let letter = char::from(b'P' + number - 1);
            match modifiers.parameter() {
                1 => format!("\x1bO{letter}").into_bytes(),
                held => format!("\x1b[1;{held}{letter}").into_bytes(),
            }
        }
        5 => numbered_key(15, modifiers),
        6..=10 => numbered_key(11 + number, modifiers),
        11..=12 => numbered_key(12 + number, modifiers),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: KeyModifiers = KeyModifiers { shift: false, alt: false, control: false };
    const SHIFT: KeyModifiers = KeyModifiers { shift: true, ..NONE };
    const ALT: KeyModifiers = KeyModifiers { alt: true, ..NONE };
    const CONTROL: KeyModifiers = KeyModifiers { control: true, ..NONE };
    const CONTROL_SHIFT: KeyModifiers = KeyModifiers { control: true, ..SHIFT };

    #[track_caller]
    fn check(key: Key, modifiers: KeyModifiers, modes: Modes, expected: &[u8]) {
        assert_eq!(encode(key, modifiers, modes), expected, "{key:?} with {modifiers:?}");
    }

    #[test]
    fn keys_are_sent_as_xterm_sends_them() {
        for (key, modifiers, expected) in [
            (Key::Char('a'), NONE, &b"a"[..]),
            (Key::Char('ü'), NONE, "ü".as_bytes()),
            (Key::Char('c'), CONTROL, b"\x03"),
            (Key::Char('C'), CONTROL_SHIFT, b"\x03"),
            (Key::Char(' '), CONTROL, b"\x00"),
            (Key::Char('\\'), CONTROL, b"\x1c"),
            (Key::Char('x'), ALT, b"\x1bx"),
            (Key::Enter, NONE, b"\r"),
            (Key::Tab, NONE, b"\t"),
            (Key::Tab, SHIFT, b"\x1b[Z"),
            (Key::BackTab, SHIFT, b"\x1b[Z"),
            (Key::Backspace, NONE, b"\x7f"),
            (Key::Backspace, ALT, b"\x1b\x7f"),
            (Key::Escape, NONE, b"\x1b"),
            (Key::Up, NONE, b"\x1b[A"),
            (Key::Left, CONTROL, b"\x1b[1;5D"),
            (Key::Home, NONE, b"\x1b[H"),
            (Key::Delete, NONE, b"\x1b[3~"),
            (Key::PageDown, SHIFT, b"\x1b[6;2~"),
            (Key::Function(1), NONE, b"\x1bOP"),
            (Key::Function(4), SHIFT, b"\x1b[1;2S"),
            (Key::Function(5), NONE, b"\x1b[15~"),
            (Key::Function(6), NONE, b"\x1b[17~"),
            (Key::Function(10), NONE, b"\x1b[21~"),
            (Key::Function(11), NONE, b"\x1b[23~"),
            (Key::Function(12), NONE, b"\x1b[24~"),
            (Key::Function(40), NONE, b""),
        ] {
            check(key, modifiers, Modes::default(), expected);
        }
    }

    #[test]
    fn arrows_take_their_application_form_when_asked_for() {
        let modes = Modes { application_cursor: true, ..Modes::default() };
        check(Key::Up, NONE, modes, b"\x1bOA");
        check(Key::End, NONE, modes, b"\x1bOF");
        check(Key::Up, SHIFT, modes, b"\x1b[1;2A");
    }

    #[test]
    fn a_pasted_text_cannot_leave_its_marks() {
        let bracketed = Modes { bracketed_paste: true, ..Modes::default() };
        for (text, modes, expected) in [
            ("a\nb", Modes::default(), &b"a\rb"[..]),
            ("a\r\nb\tc", Modes::default(), b"a\rb\tc"),
            ("a\nb", bracketed, b"\x1b[200~a\rb\x1b[201~"),
            ("x\x1b[201~rm\n", bracketed, b"\x1b[200~x[201~rm\r\x1b[201~"),
            ("\x03\x04\u{9b}201~", bracketed, b"\x1b[200~201~\x1b[201~"),
        ] {
            assert_eq!(paste(text, modes), expected, "{text:?}");
        }
    }
}

//! What sequences make of the grid, what of it is painted, and that nothing gets past it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::*;

const COLOUR: PaintOptions = PaintOptions { colour: true };

fn shown(columns: u16, rows: u16, input: &str) -> Screen {
    let mut screen = Screen::new(columns, rows);
    screen.feed(input.as_bytes());
    screen
}

fn painted(screen: &Screen, options: PaintOptions) -> Buffer {
    let (width, height) = screen.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    screen.paint(buffer.area, &mut buffer, options);
    buffer
}

fn rows(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width);
    buffer
        .content
        .chunks(width)
        .map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned())
        .collect()
}

/// A grid of 10 × 3 fed with this shows these rows.
#[track_caller]
fn check(input: &str, expected: [&str; 3]) {
    assert_eq!(rows(&painted(&shown(10, 3, input), COLOUR)), expected, "{input:?}");
}

#[test]
fn sequences_make_the_grid_that_a_terminal_makes_of_them() {
    for (input, expected) in [
        ("one\r\ntwo", ["one", "two", ""]),
        ("0123456789ab", ["0123456789", "ab", ""]),
        ("a\r\nb\r\nc\r\nd", ["b", "c", "d"]),
        ("progress 1\rprogress 2", ["progress 2", "", ""]),
        ("abc\x1b[2D_", ["a_c", "", ""]),
        ("\x1b[2;4Hhere", ["", "   here", ""]),
        ("abc\x1b[1K", ["", "", ""]),
        ("abc\x1b[H\x1b[2Jx", ["x", "", ""]),
        ("a\tb", ["a       b", "", ""]),
        ("\x1b(0lqk\x1b(B", ["┌─┐", "", ""]),
        ("a\x1b[3b", ["aaaa", "", ""]),
        ("main\x1b[?1049h\x1b[Halt\x1b[?1049l", ["main", "", ""]),
        ("\x1b]0;title\x07after", ["after", "", ""]),
        ("\x1bPq#0\x1b\\after", ["after", "", ""]),
        ("日本", ["日 本", "", ""]),
        ("12345678 日", ["12345678", "日", ""]),
    ] {
        check(input, expected);
    }
}

#[test]
fn every_painted_symbol_is_printable_and_as_wide_as_its_cell() {
    for (input, expected) in [
        ("e\u{301}|", ["e\u{301}|", "", ""]),
        ("⚠\u{fe0f}X", ["⚠X", "", ""]),
        ("👩\u{200d}💻|", ["👩 💻 |", "", ""]),
        ("a\u{202e}b", ["ab", "", ""]),
        ("a\u{200b}\u{feff}b", ["ab", "", ""]),
        ("a\u{e0041}b", ["ab", "", ""]),
        ("x\u{7f}\u{9b}31my", ["x31my", "", ""]),
    ] {
        check(input, expected);
    }
}

#[test]
fn a_wide_character_at_the_border_of_a_smaller_pane_is_left_out() {
    let screen = shown(10, 1, "ab日c");
    let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 1));
    screen.paint(buffer.area, &mut buffer, COLOUR);
    assert_eq!(rows(&buffer), ["ab"]);
}

#[test]
fn colours_and_attributes_are_kept_and_colours_can_be_left_out() {
    let screen = shown(10, 1, "\x1b[1;31mA\x1b[0;38;5;208mB\x1b[0;38;2;1;2;3;44mC\x1b[0;7;4;9mD\x1b[m.");
    let colour = painted(&screen, COLOUR);
    let plain = painted(&screen, PaintOptions { colour: false });
    let of = |buffer: &Buffer, x: u16| (buffer[(x, 0)].fg, buffer[(x, 0)].bg, buffer[(x, 0)].modifier);
    assert_eq!(of(&colour, 0), (Color::Red, Color::Reset, Modifier::BOLD));
    assert_eq!(of(&colour, 1), (Color::Indexed(208), Color::Reset, Modifier::empty()));
    assert_eq!(of(&colour, 2), (Color::Rgb(1, 2, 3), Color::Blue, Modifier::empty()));
    let struck = Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT;
    assert_eq!(of(&colour, 3), (Color::Reset, Color::Reset, struck));
    assert_eq!(of(&plain, 0), (Color::Reset, Color::Reset, Modifier::BOLD));
    assert_eq!(of(&plain, 2), (Color::Reset, Color::Reset, Modifier::empty()));
}

#[test]
fn questions_of_programs_are_answered_once() {
    for (question, answer) in [
        ("\x1b[6n", "\x1b[1;1R"),
        ("\x1b[5n", "\x1b[0n"),
        ("\x1b[c", "\x1b[?6c"),
        ("\x1b[18t", "\x1b[8;3;10t"),
        ("\x1b[14t", "\x1b[4;48;80t"),
        ("\x1b]11;?\x07", "\x1b]11;rgb:0000/0000/0000\x07"),
        ("\x1b]4;1;?\x07", "\x1b]4;1;rgb:cdcd/0000/0000\x07"),
        ("\x1b]52;c;?\x07", ""),
        ("\x1b]52;c;aGVsbG8=\x07", ""),
        ("\x1b]2;title\x07\x1b[21t", ""),
        ("\x07", ""),
    ] {
        let mut screen = shown(10, 3, question);
        assert_eq!(String::from_utf8(screen.replies()).unwrap(), answer, "{question:?}");
        assert_eq!(screen.replies(), b"", "a second time: {question:?}");
    }
}

#[test]
fn replies_to_a_flood_of_questions_are_bounded() {
    let mut screen = Screen::new(10, 3);
    screen.feed(&b"\x1b[6n".repeat(100_000));
    assert!(screen.replies().len() <= MAX_REPLY_BYTES);
}

#[test]
fn a_synchronised_update_that_never_ends_is_shown_at_the_second_tick() {
    let mut screen = shown(10, 3, "\x1b[?2026hhidden");
    assert_eq!(screen.text(), "");
    screen.tick();
    assert_eq!(screen.text(), "");
    screen.tick();
    assert_eq!(screen.text(), "hidden");
}

#[test]
fn the_cursor_is_where_the_program_put_it_unless_hidden_or_out_of_sight() {
    for (input, back, expected) in [
        ("ab", 0, Some((2, 0))),
        ("0123456789", 0, Some((9, 0))),
        ("ab\x1b[?25l", 0, None),
        ("1\r\n2\r\n3\r\n4\r\n5", 0, Some((1, 2))),
        ("1\r\n2\r\n3\r\n4\r\n5", 2, None),
    ] {
        let mut screen = shown(10, 3, input);
        screen.scroll(back);
        assert_eq!(screen.cursor(), expected, "{input:?} scrolled {back}");
    }
}

#[test]
fn modes_that_decide_about_keys_can_be_read() {
    let screen = shown(10, 3, "\x1b[?1h\x1b[?2004h\x1b[?1049h\x1b[?1000h");
    let all = Modes {
        application_cursor: true,
        bracketed_paste: true,
        alternate_screen: true,
        mouse: true,
        line_feed_new_line: false,
    };
    assert_eq!(screen.modes(), all);
    assert_eq!(shown(10, 3, "").modes(), Modes::default());
}

#[test]
fn text_joins_what_was_wrapped_and_keeps_the_scrollback() {
    let screen = shown(10, 2, "0123456789abc  \r\n\r\nsecond\r\nthird 日本\r\n\r\n");
    assert_eq!(screen.text(), "0123456789abc\n\nsecond\nthird 日本");
    assert_eq!(screen.last_lines(2), ["second", "third 日本"]);
    assert_eq!(screen.last_lines(99).len(), 4);
}

#[test]
fn a_screen_is_blank_until_something_can_be_seen_on_it() {
    for (input, expected) in [
        ("", true),
        ("  \t\r\n", true),
        ("x", false),
        ("\x1b[?25l\x1b[1m", true),
        ("a\r\n\r\n\r\n\r\n", false),
    ] {
        assert_eq!(shown(10, 3, input).is_blank(), expected, "{input:?}");
    }
}

#[test]
fn a_resize_loses_no_text() {
    let mut screen = shown(20, 4, "the quick brown fox\r\njumps over the lazy dog");
    let before = screen.text();
    for (columns, rows) in [(7, 2), (2, 1), (60, 10), (20, 4), (0, 0), (20, 4)] {
        screen.resize(columns, rows);
        assert_eq!(screen.text(), before, "at {columns} × {rows}");
    }
}

#[test]
fn a_narrower_screen_keeps_its_first_lines_in_sight_while_there_is_room() {
    for (columns, rows, expected) in [
        (10, 6, ["0123456789", "abcdef", "second", "", "", ""].as_slice()),
        (10, 2, &["abcdef", "second"]),
        (5, 6, &["01234", "56789", "abcde", "f", "secon", "d"]),
        (40, 3, &["0123456789abcdef", "second", ""]),
    ] {
        let mut screen = shown(20, 8, "0123456789abcdef\r\nsecond");
        screen.resize(columns, rows);
        assert_eq!(self::rows(&painted(&screen, COLOUR)), expected, "at {columns} × {rows}");
    }
}

#[test]
fn a_search_goes_round_scrolls_to_the_place_and_marks_it() {
    let mut screen = Screen::new(10, 3);
    for line in 0..40 {
        screen.feed(format!("line {line}\r\n").as_bytes());
    }
    screen.feed(b"Error here");
    let newest = screen.search("line", None, SearchDirection::Backward).unwrap();
    assert_eq!(newest.first.0, 39);
    let round = screen.search("line", Some(newest), SearchDirection::Forward).unwrap();
    assert_eq!((round.first, round.last), ((0, 0), (0, 3)));
    assert_eq!(rows(&painted(&screen, COLOUR))[0], "line 0");
    assert!(painted(&screen, COLOUR)[(0, 0)].modifier.contains(Modifier::REVERSED));
    screen.clear_search();
    assert!(!painted(&screen, COLOUR)[(0, 0)].modifier.contains(Modifier::REVERSED));
    assert_eq!(screen.search("ERROR", None, SearchDirection::Forward), None);
    assert_eq!(
        screen.search("error", None, SearchDirection::Forward).map(|found| found.first),
        Some((40, 0))
    );
    assert_eq!(screen.search("", None, SearchDirection::Forward), None);
}

#[test]
fn a_search_finds_what_was_wrapped() {
    let mut screen = shown(10, 3, "01234567 needle");
    let found = screen.search("needle", None, SearchDirection::Forward).unwrap();
    assert_eq!((found.first, found.last), ((0, 9), (1, 4)));
}

/// A generator of its own, so that a failure can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn sequence(&mut self) -> Vec<u8> {
        const PIECES: [&str; 24] = [
            "\x1b[",
            "\x1b]",
            "\x1bP",
            "\x1b",
            "\x1b[?1049h",
            "\x1b[?1049l",
            "\x1b[?2026h",
            "\x1b[?2026l",
            "\x1b[3;7r",
            "\x1b[L",
            "\x1b[999M",
            "\x1b[65535;65535H",
            "\x1b[4h",
            "\x1b[?6h",
            "\x1b#8",
            "\x1b[999b",
            "日本",
            "e\u{301}",
            "👩\u{200d}💻",
            "\t",
            "\r\n",
            "\x1b[?7l",
            "\x08",
            "\u{fe0f}",
        ];
        let mut bytes = Vec::new();
        for _ in 0..=self.roll(12) {
            match self.roll(3) {
                0 => bytes.extend_from_slice(PIECES[self.roll(PIECES.len())].as_bytes()),
                1 => bytes.push(self.roll(256) as u8),
                _ => bytes.push(b"0123456789;:?$ mhlHJKABCDSTXPZ@~qabc"[self.roll(36)]),
            }
        }
        bytes
    }
}

#[test]
fn twenty_thousand_random_sequences_with_resizes_neither_panic_nor_get_through() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut screen = Screen::new(20, 6);
    for round in 0..20_000 {
        if round % 250 == 0 {
            screen = Screen::new(20, 6);
        }
        screen.feed(&dice.sequence());
        match dice.roll(16) {
            0 => screen.resize(dice.roll(40) as u16, dice.roll(12) as u16),
            1 => screen.scroll([-9, -1, 1, 15][dice.roll(4)]),
            2 => screen.tick(),
            3 if round % 50 == 0 => drop(screen.search("a", None, SearchDirection::Backward)),
            _ => {}
        }
        if round % 4 != 0 {
            continue;
        }
        for cell in &painted(&screen, COLOUR).content {
            assert!(!cell.symbol().chars().any(char::is_control), "round {round}: {:?}", cell.symbol());
        }
        assert!(screen.cursor().is_none_or(|(x, y)| x < screen.size().0 && y < screen.size().1));
    }
}

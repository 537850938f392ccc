//! What a command printed, as lines of plain text: without control sequences, with everything that
//! would not be seen written by its name, and short enough to read.

use std::fmt::Write as _;

/// More lines than head and tail together are left out in the middle.
const HEAD_LINES: usize = 40;
const TAIL_LINES: usize = 60;
const MAX_LINE_CHARACTERS: usize = 400;

/// The lines of an output, head and tail where it is long.
pub fn plain_lines(output: &str) -> Vec<String> {
    let plain = without_sequences(output);
    let lines: Vec<&str> = plain.trim_end().lines().collect();
    let left_out = lines.len().saturating_sub(HEAD_LINES + TAIL_LINES);
    if left_out == 0 {
        return lines.into_iter().map(line).collect();
    }
    let (head, rest) = lines.split_at(HEAD_LINES);
    let tail = &rest[left_out..];
    let mark = format!("… {left_out} lines left out …");
    let head = head.iter().map(|text| line(text));
    head.chain([mark]).chain(tail.iter().map(|text| line(text))).collect()
}

fn line(text: &str) -> String {
    let overwritten = text.rsplit('\r').next().unwrap_or_default();
    let mut shown = String::new();
    for character in overwritten.chars() {
        match character {
            '\u{8}' => drop(shown.pop()),
            '\t' => shown.push('\t'),
            character if character.is_control() => {}
            character if acts_on_others(character) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
            character => shown.push(character),
        }
    }
    let shown = shown.trim_end();
    match shown.char_indices().nth(MAX_LINE_CHARACTERS) {
        Some((index, _)) => format!("{} …", &shown[..index]),
        None => shown.to_owned(),
    }
}

/// Whether a character changes how its neighbours are seen, or is not seen itself.
pub(super) fn acts_on_others(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// What comes next belongs to.
#[derive(Clone, Copy)]
enum Within {
    Text,
    /// After an escape.
    Escape,
    /// A control sequence, up to its final character.
    Control,
    /// A string that is ended by BEL or ST: title, hyperlink, device control.
    String,
    /// An escape inside such a string.
    StringEscape,
}

fn without_sequences(output: &str) -> String {
    let mut within = Within::Text;
    let mut plain = String::new();
    for character in output.replace("\r\n", "\n").chars() {
        within = match (within, character) {
            (Within::Text | Within::Control, '\x1b') | (Within::Escape, '\x1b' | ' '..='/') => Within::Escape,
            (Within::Text, '\u{9b}') | (Within::Escape, '[') => Within::Control,
            (Within::Text, '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}')
            | (Within::Escape, ']' | 'P' | 'X' | '^' | '_') => Within::String,
            (Within::Text, character) => {
                plain.push(character);
                Within::Text
            }
            (Within::Control, '\n') => {
                plain.push('\n');
                Within::Control
            }
            (Within::String | Within::StringEscape, '\x1b') => Within::StringEscape,
            (Within::String, '\x07' | '\u{9c}')
            | (Within::StringEscape, '\\')
            | (Within::Control, '@'..='~')
            | (Within::Escape, _) => Within::Text,
            (Within::String | Within::StringEscape, _) => Within::String,
            (Within::Control, _) => Within::Control,
        };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_gone_and_what_it_would_hide_has_a_name() {
        for (output, expected) in [
            ("plain\r\ntwo", vec!["plain", "two"]),
            ("\x1b[1;31mred\x1b[0m text", vec!["red text"]),
            ("\x1b]0;title\x07after", vec!["after"]),
            ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", vec!["link"]),
            ("\x1bP+q\x1b\\after", vec!["after"]),
            ("\x1b(Bafter", vec!["after"]),
            ("10 %\r50 %\r100 %\ndone", vec!["100 %", "done"]),
            ("ab\x08c", vec!["ac"]),
            ("bell\x07", vec!["bell"]),
            ("a\u{202e}b\u{200b}", vec!["a\\u{202e}b\\u{200b}"]),
            ("tab\there  ", vec!["tab\there"]),
            ("", vec![]),
        ] {
            assert_eq!(plain_lines(output), expected, "{output:?}");
        }
    }

    #[test]
    fn a_long_output_keeps_its_head_and_its_tail() {
        let output: Vec<String> = (1..=1000).map(|line| line.to_string()).collect();
        let lines = plain_lines(&output.join("\n"));
        assert_eq!(lines.len(), HEAD_LINES + 1 + TAIL_LINES);
        assert_eq!(lines[HEAD_LINES - 1..=HEAD_LINES + 1], ["40", "… 900 lines left out …", "941"]);
        assert_eq!(lines.last().map(String::as_str), Some("1000"));
        assert_eq!(plain_lines(&"x".repeat(9_000))[0].chars().count(), MAX_LINE_CHARACTERS + 2);
    }
}

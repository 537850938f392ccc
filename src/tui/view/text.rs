//! Text as it may be shown: nothing invisible, nothing misleading, measured in columns. Everything
//! that comes from a document, a record or an operator passes through here.

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::tui::theme::Theme;

/// One line of text with every character that would not be seen, or that changes how others are
/// seen, replaced by its escape: `\t`, `\x1b`, `\u{202e}`. Spaces other than U+0020 are among them.
pub fn visible(text: &str) -> String {
    pieces(text).map(|piece| piece.shown).collect()
}

/// Whether [`visible`] changes anything.
pub fn has_hidden(text: &str) -> bool {
    pieces(text).any(|piece| piece.is_escape)
}

/// Prose for reading: as [`visible`], after spaces of other kinds became plain ones and marks that
/// only choose between two pictures of a character were left out. Never for what runs.
pub fn readable(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|character| !matches!(character, '\u{fe0e}' | '\u{fe0f}') && !is_tint(*character))
        .map(|character| if is_other_space(character) || character == '\t' { ' ' } else { character })
        .collect();
    visible(&plain)
}

/// As [`visible`], with the escapes in a style of their own.
pub fn spans(text: &str, style: Style, theme: &Theme) -> Vec<Span<'static>> {
    spans_of(pieces(text), style, theme)
}

fn spans_of(pieces: impl IntoIterator<Item = Piece>, style: Style, theme: &Theme) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut plain = String::new();
    for piece in pieces {
        if !piece.is_escape {
            plain.push_str(&piece.shown);
            continue;
        }
        if !plain.is_empty() {
            spans.push(Span::styled(std::mem::take(&mut plain), style));
        }
        spans.push(Span::styled(piece.shown, theme.escaped()));
    }
    if !plain.is_empty() {
        spans.push(Span::styled(plain, style));
    }
    spans
}

/// What is drawn for one character, or for several that are drawn as one.
struct Piece {
    shown: String,
    is_escape: bool,
}

impl Piece {
    /// The piece in parts that fit into this many columns: only an escape is ever wider.
    fn within(self, width: usize) -> Vec<Self> {
        if !self.is_escape || columns(&self.shown) <= width {
            return vec![self];
        }
        self.shown.chars().map(|character| Self { shown: character.to_string(), is_escape: true }).collect()
    }
}

fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    text.graphemes(true).flat_map(|grapheme| {
        let tinted = grapheme.chars().skip(1).any(is_tint);
        let hidden = tinted || grapheme.chars().any(is_hidden) || grapheme.width() == 0;
        if !hidden {
            return vec![Piece { shown: grapheme.to_owned(), is_escape: false }];
        }
        let shown = |(index, character): (usize, char)| {
            let alone = character.to_string();
            let is_escape = is_hidden(character) || alone.width() == 0 || (index > 0 && is_tint(character));
            Piece { shown: if is_escape { escape(character) } else { alone }, is_escape }
        };
        grapheme.chars().enumerate().map(shown).collect()
    })
}

fn escape(character: char) -> String {
    match character {
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        character if (character as u32) < 0x100 => format!("\\x{:02x}", character as u32),
        character => format!("\\u{{{:x}}}", character as u32),
    }
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || is_other_space(character)
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Changes the colour of the picture before it: terminals do not agree on how wide both are together.
fn is_tint(character: char) -> bool {
    matches!(character, '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_other_space(character: char) -> bool {
    matches!(
        character,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Columns that this text takes, counted as it is drawn: one character, or cluster of them, after
/// the other.
pub fn columns(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text, cut to this many columns; what was cut is marked by the ellipsis, which counts.
pub fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(columns(ellipsis));
    let (head, _) = split_at_columns(text, room);
    if width == 0 { String::new() } else { format!("{head}{ellipsis}") }
}

/// The text, cut or filled up with spaces to exactly this many columns.
pub fn fit(text: &str, width: usize, ellipsis: &str) -> String {
    let cut = cut(text, width, ellipsis);
    let fill = width.saturating_sub(columns(&cut));
    format!("{cut}{}", " ".repeat(fill))
}

fn split_at_columns(text: &str, width: usize) -> (&str, &str) {
    let mut used = 0;
    for (index, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > width {
            return text.split_at(index);
        }
    }
    (text, "")
}

/// Lines of at most this many columns, broken between words; longer words are broken within. Line
/// feeds break too. An empty text is one empty line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(line, width.max(1))).collect()
}

fn wrap_line(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if columns(&line) + columns(word.trim_end()) > width {
            if !line.trim().is_empty() {
                lines.push(line.trim_end().to_owned());
            }
            line.clear();
            if word.trim().is_empty() {
                continue;
            }
        }
        line.push_str(word);
        while columns(line.trim_end()) > width {
            let (head, tail) = split_at_columns(&line, width);
            if head.is_empty() {
                break;
            }
            lines.push(head.to_owned());
            line = tail.to_owned();
        }
    }
    if !line.trim().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// What is drawn for this text in pieces of at most this many columns that together are all of it,
/// nothing left out: for what runs, where every character counts. Broken behind a space where that
/// leaves no line half empty.
pub fn chop(text: &str, width: usize) -> Vec<String> {
    let lines = chop_pieces(text, width).into_iter();
    lines.map(|line| line.into_iter().map(|piece| piece.shown).collect()).collect()
}

/// As [`chop`], with the escapes in a style of their own.
pub fn chop_spans(text: &str, width: usize, style: Style, theme: &Theme) -> Vec<Vec<Span<'static>>> {
    chop_pieces(text, width).into_iter().map(|line| spans_of(line, style, theme)).collect()
}

fn chop_pieces(text: &str, width: usize) -> Vec<Vec<Piece>> {
    let width = width.max(2);
    let mut lines = Vec::new();
    let mut line: Vec<Piece> = Vec::new();
    let mut used = 0;
    for piece in pieces(text).flat_map(|piece| piece.within(width)) {
        let needed = columns(&piece.shown);
        if used + needed > width {
            let space = line.iter().rposition(|piece| piece.shown == " ");
            let behind = space.filter(|space| measure(&line[..*space]) * 2 >= width);
            let rest = behind.map_or_else(Vec::new, |space| line.split_off(space + 1));
            used = measure(&rest);
            lines.push(std::mem::replace(&mut line, rest));
        }
        used += needed;
        line.push(piece);
    }
    lines.push(line);
    lines
}

fn measure(line: &[Piece]) -> usize {
    line.iter().map(|piece| columns(&piece.shown)).sum()
}

/// `41s`, `3m02s`, `1h04m`
pub fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `00:12:41`
pub fn elapsed(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds % 3600 / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_visible(text: &str, expected: &str) {
        assert_eq!(visible(text), expected);
        assert_eq!(has_hidden(text), text != expected, "{text:?}");
        assert!(visible(text).graphemes(true).all(|grapheme| grapheme.width() > 0));
    }

    #[test]
    fn what_would_not_be_seen_is_shown_by_its_name() {
        for (text, expected) in [
            ("plain text", "plain text"),
            ("größe 日本 é e\u{301}", "größe 日本 é e\u{301}"),
            ("a\x1b[31mb", "a\\x1b[31mb"),
            ("tab\there", "tab\\there"),
            ("cr\rlf\n", "cr\\rlf\\n"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            ("rm\u{200b} -rf", "rm\\u{200b} -rf"),
            ("no\u{a0}break", "no\\xa0break"),
            ("\u{301}alone", "\\u{301}alone"),
            ("tag\u{e0041}s", "tag\\u{e0041}s"),
            ("\u{7f}\u{9b}", "\\x7f\\x9b"),
            ("👨\u{200d}👩", "👨\\u{200d}👩"),
            ("👍\u{1f3fd}!", "👍\\u{1f3fd}!"),
        ] {
            check_visible(text, expected);
        }
    }

    #[test]
    fn prose_reads_without_escapes_where_nothing_is_hidden() {
        assert_eq!(readable("⚠\u{fe0f} mind\u{a0}the gap\u{202e}"), "⚠ mind the gap\\u{202e}");
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        for (text, width, expected) in [
            ("one two three", 7, vec!["one two", "three"]),
            ("one two three", 80, vec!["one two three"]),
            ("abcdefghij kl", 4, vec!["abcd", "efgh", "ij", "kl"]),
            ("日本語", 4, vec!["日本", "語"]),
            ("a\n\nb", 10, vec!["a", "", "b"]),
            ("", 10, vec![""]),
            ("  indented text", 12, vec!["  indented", "text"]),
            ("ends here.", 9, vec!["ends", "here."]),
        ] {
            assert_eq!(wrap(text, width), expected, "{text:?} in {width}");
        }
    }

    #[test]
    fn what_is_cut_says_so() {
        for (text, width, expected) in
            [("abcdef", 4, "abc…"), ("abc", 4, "abc"), ("日本語", 4, "日…"), ("abc", 0, "")]
        {
            assert_eq!(cut(text, width, "…"), expected);
        }
        assert_eq!(fit("日本語", 6, "…"), "日本語");
        assert_eq!(fit("日本語", 4, "…"), "日… ");
    }

    #[test]
    fn chopped_text_loses_nothing() {
        assert_eq!(chop("a  b  c", 3), ["a  ", "b  ", "c"]);
        assert_eq!(chop("some words here", 8), ["some ", "words ", "here"]);
        assert_eq!(chop("a longwithoutend", 8), ["a longwi", "thoutend"]);
        assert_eq!(chop("", 3), [""]);
        assert_eq!(chop("ab\u{200b}c", 9), ["ab", "\\u{200b}c"]);
        assert_eq!(chop("\u{200b}", 5), ["\\u{20", "0b}"]);
    }

    #[test]
    fn durations_are_as_short_as_they_can_be() {
        for (ms, expected) in [(900, "0s"), (41_000, "41s"), (182_000, "3m02s"), (3_840_000, "1h04m")] {
            assert_eq!(duration(ms), expected);
        }
        assert_eq!(elapsed(761_000), "00:12:41");
    }
}

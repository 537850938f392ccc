//! The fallback: a long word that looks like nothing but chance. Commit ids, digests, UUIDs,
//! names made of words and numbers are left alone.

use std::sync::Arc;

use super::{Certainty, Span};

const SHORTEST: usize = 24;
const LONGEST: usize = 512;

pub(crate) fn find(text: &[u8], spans: &mut Vec<Span>) {
    let mut start = 0;
    while start < text.len() {
        // A word shorter than `SHORTEST` holds no place at this distance.
        let Some(probe) = text.get(start + SHORTEST - 1) else { return };
        if !is_word(*probe) {
            start += SHORTEST;
            continue;
        }
        let before = text[start..start + SHORTEST - 1].iter().rposition(|&byte| !is_word(byte));
        if let Some(gap) = before {
            start += gap + 1;
            continue;
        }
        let begin = start;
        let end =
            text[start..].iter().position(|&byte| !is_word(byte)).map_or(text.len(), |length| start + length);
        if is_random(&text[begin..end]) && !is_exempt(text, begin, end) {
            spans.push(Span { start: begin, end, certainty: Certainty::Chance, rule: Arc::from("entropy") });
        }
        start = end + 1;
    }
}

fn is_word(byte: u8) -> bool {
    class(byte) != OTHER
}

/// Letters of both cases and digits, changing as often as chance has it, in one long piece.
fn is_random(word: &[u8]) -> bool {
    let word = word.strip_suffix(b"==").or(word.strip_suffix(b"=")).unwrap_or(word);
    if word.len() < SHORTEST || word.len() > LONGEST {
        return false;
    }
    let (mut counts, mut changes, mut last) = ([0_usize; 5], 0, class(word[0]));
    for &byte in word {
        let class = class(byte);
        counts[usize::from(class)] += 1;
        changes += usize::from(class != last);
        last = class;
    }
    let [upper, lower, digits, _, _] = counts;
    upper >= 3
        && lower >= 3
        && digits >= 2
        && changes * 100 >= word.len() * 42
        && !word.contains(&b'=')
        && longest_piece(word) >= 12
        && !word.iter().all(u8::is_ascii_hexdigit)
        && bits(word) >= 3.6
}

fn longest_piece(word: &[u8]) -> usize {
    word.split(|byte| !byte.is_ascii_alphanumeric()).map(<[u8]>::len).max().unwrap_or(0)
}

const OTHER: u8 = 4;

/// Capitals 0, small letters 1, digits 2, signs that may stand in a word 3, all else [`OTHER`].
const CLASSES: [u8; 256] = {
    let mut classes = [OTHER; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        classes[byte as usize] = match byte {
            b'A'..=b'Z' => 0,
            b'a'..=b'z' => 1,
            b'0'..=b'9' => 2,
            b'+' | b'/' | b'_' | b'-' | b'=' => 3,
            _ => OTHER,
        };
        byte += 1;
    }
    classes
};

fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// Shannon's measure, in bits a character.
fn bits(word: &[u8]) -> f64 {
    let mut counts = [0_usize; 256];
    for &byte in word {
        counts[usize::from(byte)] += 1;
    }
    let share = |count: usize| count as f64 / word.len() as f64;
    counts.iter().filter(|&&count| count > 0).map(|&count| -share(count) * share(count).log2()).sum()
}

/// Digests say what they are, and names of files and fingerprints are no secrets.
fn is_exempt(text: &[u8], start: usize, end: usize) -> bool {
    const MARKS: [&[u8]; 8] =
        [b"sha1-", b"sha256-", b"sha384-", b"sha512-", b"sha256:", b"md5:", b"sha512:", b"h1:"];
    let word = text[start..end].to_ascii_lowercase();
    let from = start.saturating_sub(8);
    let before = text[from..start].to_ascii_lowercase();
    let marked = MARKS.iter().any(|mark| word.starts_with(mark) || before.ends_with(mark));
    let public = text[..start].ends_with(b"ssh-rsa ")
        || word.starts_with(b"aaaab3nza")
        || word.starts_with(b"aaaac3nza")
        || word.starts_with(b"aaaae2vjz");
    let extension = text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_lowercase);
    marked || public || extension || word.starts_with(b"/")
}

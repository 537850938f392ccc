//! Bytes in pieces → text: a character may lie across two pieces; what is not UTF-8 becomes U+FFFD.

use std::borrow::Cow;

/// Holds back the beginning of a character until the rest has come.
#[derive(Debug, Default)]
pub(crate) struct Utf8Decoder {
    held: Vec<u8>,
}

impl Utf8Decoder {
    /// The text of all complete characters so far that was not returned before.
    pub(crate) fn decode<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        if self.held.is_empty() {
            let complete = complete_length(bytes);
            self.held.extend_from_slice(&bytes[complete..]);
            return String::from_utf8_lossy(&bytes[..complete]);
        }
        let mut joined = std::mem::take(&mut self.held);
        joined.extend_from_slice(bytes);
        let complete = complete_length(&joined);
        self.held = joined.split_off(complete);
        Cow::Owned(String::from_utf8_lossy(&joined).into_owned())
    }

    /// What is left when nothing more comes.
    pub(crate) fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.held)).into_owned()
    }
}

/// Length without a character at the end whose rest may still come.
fn complete_length(bytes: &[u8]) -> usize {
    let start = bytes.len().saturating_sub(3);
    for (place, &byte) in bytes.iter().enumerate().skip(start).rev() {
        let needed = match byte {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        return if place + needed > bytes.len() { place } else { bytes.len() };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::Utf8Decoder;

    fn check(bytes: &[u8], expected: &str) {
        for size in 1..=bytes.len() {
            let mut decoder = Utf8Decoder::default();
            let mut text: String =
                bytes.chunks(size).map(|chunk| decoder.decode(chunk).into_owned()).collect();
            text.push_str(&decoder.finish());
            assert_eq!(text, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn a_character_across_pieces_comes_out_whole() {
        check("ok ✓ – 𝄞 done".as_bytes(), "ok ✓ – 𝄞 done");
    }

    #[test]
    fn what_is_not_utf_8_becomes_a_replacement() {
        check(b"a\xff\xc3b", "a\u{fffd}\u{fffd}b");
        check(b"cut \xe2\x9c", "cut \u{fffd}");
    }
}

//! Bytes to text: UTF-8, UTF-16 with a byte order mark, and Latin-1 as a last resort. Refuses what is
//! not text, with the line and a way out; never guesses at binary files.

/// The largest document that is read, in bytes.
pub const LARGEST: usize = 128 * 1024 * 1024;

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// 1-based line, where there is one.
    pub line: Option<usize>,
    /// What to do about it.
    pub help: String,
}

/// A decoded document.
pub(crate) struct Decoded {
    /// Its text, without a byte order mark.
    pub(crate) text: String,
    /// Whether its bytes were not valid Unicode and were taken for Latin-1.
    pub(crate) latin: bool,
}

/// The text of these bytes.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, ReadError> {
    if bytes.len() > LARGEST {
        return Err(refuse("the document is larger than 128 MiB", None, "split it into linked runbooks"));
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return decode_wide(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return decode_wide(rest, u16::from_be_bytes);
    }
    let body = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    if let Some(at) = body.iter().position(|byte| *byte == 0) {
        return Err(refuse_nul(body, at));
    }
    match std::str::from_utf8(body) {
        Ok(text) => Ok(Decoded { text: text.to_owned(), latin: false }),
        Err(error) => decode_latin(body, error.valid_up_to()),
    }
}

fn refuse(message: &str, line: Option<usize>, help: &str) -> ReadError {
    ReadError { message: message.to_owned(), line, help: help.to_owned() }
}

fn line_of(body: &[u8], at: usize) -> usize {
    1 + body.iter().take(at).filter(|byte| **byte == b'\n').count()
}

fn refuse_nul(body: &[u8], at: usize) -> ReadError {
    let nuls = body.iter().take(4096).filter(|byte| **byte == 0).count();
    let every_other = nuls * 5 > body.len().min(4096) * 2;
    if every_other {
        let help = "save it as UTF-8 (or keep the byte order mark when exporting it)";
        return refuse("the document looks like UTF-16 without a byte order mark", None, help);
    }
    let help = "a runbook is text: Markdown, plain text or YAML in UTF-8";
    refuse("the document holds a NUL byte, so it is not text", Some(line_of(body, at)), help)
}

fn decode_wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Decoded, ReadError> {
    let pairs = bytes.chunks_exact(2);
    let whole = pairs.remainder().is_empty();
    let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
    match String::from_utf16(&units) {
        Ok(text) if whole && !text.contains('\0') => Ok(Decoded { text, latin: false }),
        _ => Err(refuse("the document is not valid UTF-16", None, "save it as UTF-8")),
    }
}

/// Latin-1 is accepted only where no control characters show up, so that a picture is not read as a runbook.
fn decode_latin(body: &[u8], at: usize) -> Result<Decoded, ReadError> {
    let control =
        |byte: u8| (byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0C | 0x1B)) || byte == 0x7F;
    let high = body.iter().filter(|byte| **byte >= 0x80).count();
    if body.iter().any(|byte| control(*byte)) || high * 4 > body.len() {
        let help = "a runbook is text: Markdown, plain text or YAML in UTF-8";
        return Err(refuse("the document is not text", Some(line_of(body, at)), help));
    }
    Ok(Decoded { text: body.iter().map(|byte| char::from(*byte)).collect(), latin: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Result<&str, &str>) {
        let got = decode(bytes).map(|decoded| decoded.text).map_err(|error| error.message);
        assert_eq!(got.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn text_is_read_with_and_without_a_byte_order_mark() {
        check(b"# Plan\n", Ok("# Plan\n"));
        check(b"\xEF\xBB\xBF# Plan\n", Ok("# Plan\n"));
        check(b"\xFF\xFE#\0 \0A\0", Ok("# A"));
        check(b"\xFE\xFF\0#\0 \0A", Ok("# A"));
        check(b"# Pr\xE9paration\n", Ok("# Pr\u{e9}paration\n"));
    }

    #[test]
    fn what_is_not_text_is_refused_with_the_reason() {
        check(b"a\nb\0c", Err("the document holds a NUL byte, so it is not text"));
        check(b"#\0 \0A\0b\0", Err("the document looks like UTF-16 without a byte order mark"));
        check(b"\xFF\xFEa", Err("the document is not valid UTF-16"));
        check(b"\x89PNG\r\n\x1A\n\x01\x02", Err("the document is not text"));
    }

    #[test]
    fn a_refusal_names_the_line() {
        assert_eq!(decode(b"a\nb\0c").err().and_then(|error| error.line), Some(2));
    }
}

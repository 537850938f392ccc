//! One line of the journal: `<crc32c> <sha256> <json>`, where the hash covers the previous line's
//! hash and this JSON, and the checksum covers all that follows it. Must never accept a line
//! whose text differs in a single bit from what was written.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Entry;

const CHECKSUM_END: usize = 8;
const HASH_START: usize = CHECKSUM_END + 1;
const HASH_END: usize = HASH_START + 64;
const JSON_START: usize = HASH_END + 1;

/// The hash that ends a chain of entries: who knows it knows every entry before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// What the first entry of a journal follows.
    pub const GENESIS: Self = Self([0; 32]);

    /// The hash of an entry's JSON that follows `self`.
    #[must_use]
    pub fn followed_by(&self, json: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(json);
        Self(digest.finalize().into())
    }

    /// From 64 lower-case hexadecimal digits, as shown and noted.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainHash({self})")
    }
}

/// A line that is whole and was decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it says.
    pub entry: Entry,
    /// Offset in its file below which everything was durable when the line was written.
    pub synced: u64,
    /// The chain up to and with it.
    pub hash: ChainHash,
}

/// Why a line is not an entry that follows the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFault {
    /// Its bytes are not those that were written.
    Checksum,
    /// It is whole, and follows another line than the one before it.
    Chain,
    /// It is whole, and written by a later version of the format: this one.
    Version(u64),
    /// It is whole, and not an entry.
    Content,
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    synced: u64,
}

#[derive(Deserialize)]
struct Heading {
    v: u64,
    seq: u64,
    synced: u64,
}

/// What can be said of a line without knowing the lines before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// Position in the journal.
    pub seq: u64,
    /// As in [`Line::synced`].
    pub synced: u64,
}

/// The line of an entry, with its line feed, and the hash that the next one follows. `synced` is
/// the offset in the file below which everything is known to be durable.
pub fn encode(
    entry: &Entry,
    synced: u64,
    previous: &ChainHash,
) -> Result<(Vec<u8>, ChainHash), serde_json::Error> {
    let json = serde_json::to_vec(&Written { entry, synced })?;
    let hash = previous.followed_by(&json);
    let mut covered = format!("{hash} ").into_bytes();
    covered.extend_from_slice(&json);
    let mut line = format!("{} ", checksum(&covered)).into_bytes();
    line.append(&mut covered);
    line.push(b'\n');
    Ok((line, hash))
}

/// The entry of a line without its line feed, as the one that follows `previous`.
pub fn decode(line: &[u8], previous: &ChainHash) -> Result<Line, LineFault> {
    let json = checked_json(line).ok_or(LineFault::Checksum)?;
    let hash = previous.followed_by(json);
    if line.get(HASH_START..HASH_END) != Some(hash.to_string().as_bytes()) {
        return Err(LineFault::Chain);
    }
    let heading: Heading = serde_json::from_slice(json).map_err(|_| LineFault::Content)?;
    if heading.v > u64::from(Entry::VERSION) {
        return Err(LineFault::Version(heading.v));
    }
    let entry = serde_json::from_slice(json).map_err(|_| LineFault::Content)?;
    Ok(Line { entry, synced: heading.synced, hash })
}

/// The outline of a line whose checksum holds, whatever it follows.
pub fn outline(line: &[u8]) -> Option<Outline> {
    let heading: Heading = serde_json::from_slice(checked_json(line)?).ok()?;
    Some(Outline { seq: heading.seq, synced: heading.synced })
}

fn checked_json(line: &[u8]) -> Option<&[u8]> {
    let json = line.get(JSON_START..)?;
    let spaced = line[CHECKSUM_END] == b' ' && line[HASH_END] == b' ';
    let sound = line[..CHECKSUM_END] == *checksum(&line[HASH_START..]).as_bytes();
    (spaced && sound).then_some(json)
}

/// Text is compared with text: `A` for `a` is a change.
fn checksum(bytes: &[u8]) -> String {
    format!("{:08x}", crc32c::crc32c(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Actor, Fact, Stamp, Timestamp};

    fn entry(fact: Fact) -> Entry {
        let stamp = Stamp { at: Timestamp::from_unix_ms(1_000), mono_ms: 7, boot: "b".into() };
        Entry { v: Entry::VERSION, seq: 1, stamp, actor: Actor::Holdpoint, fact }
    }

    fn line_of(json: &str) -> Vec<u8> {
        let hash = ChainHash::GENESIS.followed_by(json.as_bytes());
        let covered = format!("{hash} {json}");
        format!("{} {covered}", checksum(covered.as_bytes())).into_bytes()
    }

    fn check(json: &str, expected: &Result<Fact, LineFault>) {
        let found = decode(&line_of(json), &ChainHash::GENESIS).map(|line| line.entry.fact);
        assert_eq!(found, *expected, "{json}");
    }

    const STAMP: &str = r#""ts":"1970-01-01T00:00:01.000Z","mono":7,"boot":"b","actor":"holdpoint""#;

    #[test]
    fn an_entry_comes_back_as_it_was_written() {
        let entry = entry(Fact::RollbackBegun { reason: "relation \"x\"\nexists ✗".into() });
        let (mut bytes, hash) = encode(&entry, 42, &ChainHash::GENESIS).unwrap();
        assert_eq!(bytes.pop(), Some(b'\n'));
        assert_eq!(decode(&bytes, &ChainHash::GENESIS), Ok(Line { entry, synced: 42, hash }));
        assert_eq!(decode(&bytes, &hash), Err(LineFault::Chain));
    }

    #[test]
    fn a_fact_of_a_later_program_is_kept_as_unrecognised() {
        check(
            &format!(r#"{{"v":1,"seq":1,{STAMP},"kind":"moon-phase-noted","phase":3,"synced":0}}"#),
            &Ok(Fact::Unrecognised),
        );
    }

    #[test]
    fn members_of_a_later_program_are_ignored() {
        check(
            &format!(
                r#"{{"v":1,"seq":1,{STAMP},"kind":"rollback-begun","reason":"r","mood":[1],"synced":0}}"#
            ),
            &Ok(Fact::RollbackBegun { reason: "r".into() }),
        );
    }

    #[test]
    fn a_later_format_is_named_and_not_guessed_at() {
        check(r#"{"v":2,"seq":1,"synced":0}"#, &Err(LineFault::Version(2)));
        check(r#"{"v":1,"seq":1,"synced":0}"#, &Err(LineFault::Content));
        check("[]", &Err(LineFault::Content));
    }

    #[test]
    fn a_noted_hash_is_read_as_it_was_shown() {
        let hash = ChainHash::GENESIS.followed_by(b"x");
        assert_eq!(ChainHash::from_hex(&hash.to_string()), Some(hash));
        assert_eq!(ChainHash::from_hex(&hash.to_string().to_uppercase()), None);
        assert_eq!(ChainHash::from_hex("é"), None);
    }

    #[test]
    fn a_checksum_in_capitals_is_a_change() {
        let (bytes, _) = encode(&entry(Fact::Unrecognised), 0, &ChainHash::GENESIS).unwrap();
        let mut capital = bytes[..bytes.len() - 1].to_vec();
        capital[..CHECKSUM_END].make_ascii_uppercase();
        assert_eq!(decode(&capital, &ChainHash::GENESIS), Err(LineFault::Checksum));
    }
}

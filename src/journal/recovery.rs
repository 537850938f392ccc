//! Bytes after whatever happened to them → the whole entries, and what is wrong with the rest.
//! Reads any bytes without a panic; never repairs, skips or reorders an entry.

use std::fmt;

use super::Entry;
use super::codec::{self, ChainHash, Line, LineFault, Outline};

/// What could be read of a journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovered {
    /// The longest prefix of entries that is whole.
    pub entries: Vec<Entry>,
    /// The hash of the last of them.
    pub head: ChainHash,
    /// Length of the whole lines in the last file.
    pub good_bytes: u64,
    /// What each file holds: `journal.jsonl` first, then its continuations.
    pub parts: Vec<Extent>,
    /// What is wrong after those entries.
    pub damage: Option<Damage>,
}

/// What one file of a journal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Length of its whole lines.
    pub good_bytes: u64,
    /// Offset below which everything was durable when its last whole line was written.
    pub synced_bytes: u64,
}

/// What is wrong with a journal, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What it is.
    pub kind: DamageKind,
    /// Which file: 1 for `journal.jsonl`, 2 for `journal.2.jsonl`.
    pub part: usize,
    /// 1-based line in that file.
    pub line: usize,
    /// Offset of that line in that file.
    pub offset: u64,
    /// Bytes from there to the end of that file.
    pub bytes: u64,
    /// Position of the last whole entry before it; 0 for none.
    pub last_good: u64,
}

/// The kinds of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DamageKind {
    /// The last write was interrupted: nothing in it was ever shown as recorded.
    TornTail,
    /// Bytes that were durable have changed or are missing.
    Corruption,
    /// An entry is whole, and does not follow the one before it: entries were changed, removed or
    /// put in another order.
    BrokenChain,
    /// The chain holds, and a number is missing: these two follow one another.
    Gap {
        /// What the next entry's number should be.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// Written by a later version of the program.
    UnreadableVersion(u64),
    /// The line is as it was written, and this program cannot read it.
    UnreadableEntry,
}

impl Damage {
    /// Whether it is what a crash or a power cut leaves behind; the journal may then be continued.
    pub fn is_torn_tail(&self) -> bool {
        self.kind == DamageKind::TornTail
    }

    /// What to do about it, as a sentence.
    pub fn advice(&self) -> &'static str {
        match self.kind {
            DamageKind::TornTail => {
                "Nothing that was shown as recorded is missing; the run can be continued, and the rest is kept beside the journal."
            }
            DamageKind::Corruption => {
                "Check the disk, restore the run's directory from a backup, and do not continue the run; the entries before it can be reviewed."
            }
            DamageKind::BrokenChain | DamageKind::Gap { .. } => {
                "Compare it with a copy or with the head hash noted in the ticket; the entries before it can be reviewed."
            }
            DamageKind::UnreadableVersion(_) | DamageKind::UnreadableEntry => {
                "Use the version of holdpoint that wrote it, or a later one."
            }
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.part > 1 {
            write!(f, "file {}, ", self.part)?;
        }
        write!(f, "line {} (byte {}): {}", self.line, self.offset, self.kind)?;
        if self.is_torn_tail() {
            write!(f, ", {} bytes are not an entry", self.bytes)?;
        }
        write!(f, "; last good entry {}", self.last_good)
    }
}

impl fmt::Display for DamageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TornTail => f.write_str("the last write was interrupted"),
            Self::Corruption => f.write_str("bytes that had been recorded have changed or are missing"),
            Self::BrokenChain => f.write_str(
                "this entry does not follow the one before it: entries were changed, removed or reordered",
            ),
            Self::Gap { expected, found } => {
                write!(f, "entry {expected} is missing, {found} stands in its place")
            }
            Self::UnreadableVersion(version) => {
                write!(
                    f,
                    "written in version {version} of the format, this program reads up to {}",
                    Entry::VERSION
                )
            }
            Self::UnreadableEntry => f.write_str("this line is as it was written, and cannot be read"),
        }
    }
}

/// Reads a journal of one file.
pub fn recover(bytes: &[u8]) -> Recovered {
    recover_parts(&[bytes])
}

/// Reads a journal and its continuations, in their order. A continuation follows an entry of the
/// files before it by hash; what those hold after that entry was never acknowledged.
pub fn recover_parts<B: AsRef<[u8]>>(parts: &[B]) -> Recovered {
    let mut reader = Reader::default();
    for part in parts {
        reader.read_part(part.as_ref());
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    entries: Vec<Entry>,
    hashes: Vec<ChainHash>,
    /// How many entries stand before the last write: those are known to be durable.
    durable: usize,
    parts: Vec<Extent>,
    damage: Option<Damage>,
}

impl Reader {
    fn read_part(&mut self, bytes: &[u8]) {
        self.parts.push(Extent::default());
        if self.parts.len() > 1 && !self.link(bytes) {
            return;
        }
        let (mut offset, mut line_number) = (0, 0);
        while let Some(rest) = bytes.get(offset..).filter(|rest| !rest.is_empty()) {
            line_number += 1;
            match self.next_line(rest) {
                Ok((line, length)) => {
                    self.accept(line, length);
                    offset += length;
                }
                Err(kind) => {
                    let kind = judged(kind, rest, offset as u64);
                    return self.report(kind, line_number, (offset, bytes.len()));
                }
            }
        }
    }

    /// Whether a continuation may be read: it follows an entry that is still there, and what it
    /// leaves out was in doubt. A torn tail of the file before is thereby settled.
    fn link(&mut self, bytes: &[u8]) -> bool {
        let sound = self.damage.as_ref().is_none_or(Damage::is_torn_tail);
        let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let Some(Outline { seq, .. }) = codec::outline(first) else { return sound };
        let kept = seq.saturating_sub(1) as usize;
        if !sound {
            return false;
        }
        if kept > self.entries.len() {
            self.report(DamageKind::Corruption, 1, (0, bytes.len()));
            return false;
        }
        let previous = kept.checked_sub(1).map_or(ChainHash::GENESIS, |last| self.hashes[last]);
        if kept < self.durable || codec::decode(first, &previous) == Err(LineFault::Chain) {
            self.report(DamageKind::BrokenChain, 1, (0, bytes.len()));
            return false;
        }
        self.entries.truncate(kept);
        self.hashes.truncate(kept);
        self.durable = kept;
        self.damage = None;
        true
    }

    fn next_line(&self, rest: &[u8]) -> Result<(Line, usize), DamageKind> {
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or(DamageKind::TornTail)?;
        let line = codec::decode(&rest[..end], &self.head()).map_err(|fault| match fault {
            LineFault::Checksum => DamageKind::TornTail,
            LineFault::Chain => DamageKind::BrokenChain,
            LineFault::Version(version) => DamageKind::UnreadableVersion(version),
            LineFault::Content => DamageKind::UnreadableEntry,
        })?;
        let expected = self.entries.len() as u64 + 1;
        match line.entry.seq {
            found if found == expected => Ok((line, end + 1)),
            found => Err(DamageKind::Gap { expected, found }),
        }
    }

    fn accept(&mut self, line: Line, length: usize) {
        if let Some(extent) = self.parts.last_mut() {
            if extent.good_bytes == 0 || line.synced != extent.synced_bytes {
                self.durable = self.entries.len();
            }
            extent.good_bytes += length as u64;
            extent.synced_bytes = line.synced;
        }
        self.hashes.push(line.hash);
        self.entries.push(line.entry);
    }

    fn report(&mut self, kind: DamageKind, line: usize, (offset, end): (usize, usize)) {
        self.damage = Some(Damage {
            kind,
            part: self.parts.len(),
            line,
            offset: offset as u64,
            bytes: (end - offset) as u64,
            last_good: self.entries.len() as u64,
        });
    }

    fn head(&self) -> ChainHash {
        self.hashes.last().copied().unwrap_or(ChainHash::GENESIS)
    }

    fn finish(self) -> Recovered {
        Recovered {
            head: self.head(),
            entries: self.entries,
            good_bytes: self.parts.last().map_or(0, |extent| extent.good_bytes),
            parts: self.parts,
            damage: self.damage,
        }
    }
}

/// A bad line is corruption only if a later whole line knew it to be durable.
fn judged(kind: DamageKind, rest: &[u8], offset: u64) -> DamageKind {
    let known_durable = || {
        rest.split(|&byte| byte == b'\n')
            .skip(1)
            .filter_map(codec::outline)
            .any(|Outline { synced, .. }| synced > offset)
    };
    match kind {
        DamageKind::TornTail if known_durable() => DamageKind::Corruption,
        kind => kind,
    }
}

#[cfg(test)]
mod tests;

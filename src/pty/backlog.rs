//! Output that nobody was there to read: the newest mebibyte, and how much was dropped before it.

use std::collections::VecDeque;

/// How many bytes are kept.
const CAPACITY: usize = 1024 * 1024;

/// Output kept for the next supervisor.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    bytes: VecDeque<u8>,
    dropped: u64,
}

impl Backlog {
    /// Adds output, dropping the oldest where there is too much.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let excess = self.bytes.len().saturating_sub(CAPACITY);
        self.bytes.drain(..excess);
        self.dropped += excess as u64;
    }

    /// How many bytes were dropped, and what is left.
    pub(super) fn contents(&mut self) -> (u64, &[u8]) {
        (self.dropped, self.bytes.make_contiguous())
    }

    /// Forgets everything: it was handed over.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_output_is_kept_and_what_was_dropped_is_counted() {
        let mut backlog = Backlog::default();
        backlog.push(b"first");
        backlog.push(&vec![b'x'; CAPACITY - 2]);
        let (dropped, kept) = backlog.contents();
        assert_eq!((dropped, kept.len()), (3, CAPACITY));
        assert!(kept.starts_with(b"stx"));
        backlog.clear();
        assert_eq!(backlog.contents(), (0, &[][..]));
    }
}

//! Bytes as they arrive, taken out again as lines or as counted bytes. Knows nothing of sockets.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes that arrived and were not taken yet.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
}

impl Lines {
    /// Adds what arrived.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message, if its line is complete; a line that cannot be read is left out.
    pub(super) fn message<T: DeserializeOwned>(&mut self) -> Option<T> {
        while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            if let Ok(message) = serde_json::from_slice(&line) {
                return Some(message);
            }
        }
        None
    }

    /// Up to `count` bytes that are no lines.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        self.bytes.drain(..count.min(self.bytes.len())).collect()
    }
}

/// A message as a line.
pub(super) fn line<T: Serialize>(message: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::super::wire::{Notice, Request};
    use super::*;

    #[test]
    fn a_message_is_taken_once_its_line_is_complete_and_counted_bytes_follow_it() {
        let mut lines = Lines::default();
        let notice = Notice::Begun { attempt: 3 };
        let mut bytes = line(&notice);
        bytes.extend_from_slice(b"ab\ncd");
        lines.push(&bytes[..4]);
        assert_eq!(lines.message::<Notice>(), None);
        lines.push(&bytes[4..]);
        assert_eq!(lines.message(), Some(notice));
        assert_eq!(lines.take(4), b"ab\nc");
        assert_eq!(lines.take(4), b"d");
    }

    #[test]
    fn a_line_that_cannot_be_read_does_not_hide_the_next_one() {
        let mut lines = Lines::default();
        lines.push(b"{\"from\":\"the future\"}\n");
        lines.push(&line(&Request::Abort));
        assert_eq!(lines.message(), Some(Request::Abort));
    }
}

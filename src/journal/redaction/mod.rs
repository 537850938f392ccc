//! What must never reach a disk: secrets are masked as `[REDACTED:rule]`, and sequences that
//! drive a terminal are dropped. The result depends on the whole input only, never on how it was
//! cut into pieces.
//!
//! Registered values are found in all their usual encodings, with colours, other control
//! sequences and line ends inside. Known shapes are found line by line. Not found: a value that is
//! encoded twice, compressed or encrypted, printed with other text or indentation between its
//! parts, drawn by moving the cursor, or overstruck with backspaces; and a shape that is wrapped
//! over two lines (but for private keys).

mod entropy;
mod entry;
mod literal;
mod rule;
mod section;
mod stream;
mod visible;

use std::sync::Arc;

use literal::Literals;
use rule::Rules;
pub use stream::Stream;

use super::digest::Digester;

/// Shorter values are not registered: they would mask half of what is printed.
pub const SHORTEST_SECRET: usize = 8;

/// Knows what to mask. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Redactor {
    rules: Arc<Rules>,
    literals: Arc<Literals>,
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new()
    }
}

impl Redactor {
    /// Knows the shapes of secrets, and no values.
    pub fn new() -> Self {
        Self { rules: Rules::shared(), literals: Arc::default() }
    }

    /// From now on this value is masked as `[REDACTED:name]`, in all its encodings; false if it is
    /// shorter than [`SHORTEST_SECRET`] and therefore is not. Streams that exist already do not
    /// learn of it.
    pub fn register(&mut self, name: &str, value: &str) -> bool {
        if value.trim().len() < SHORTEST_SECRET {
            return false;
        }
        self.literals = Arc::new(self.literals.with(name, value.trim()));
        true
    }

    /// Masks what is printed piece by piece.
    pub fn stream(&self) -> Stream {
        Stream::new(Arc::clone(&self.rules), Arc::clone(&self.literals))
    }

    /// Masks a whole text.
    pub fn redact_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.redact_bytes(text.as_bytes())).into_owned()
    }

    /// Masks a whole output.
    pub fn redact_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.stream();
        let mut redacted = stream.push(bytes);
        redacted.extend(stream.finish());
        redacted
    }

    /// Digest of the built-in rules, lower-case hex: says by which rules a record was redacted.
    pub fn rules_digest(&self) -> String {
        let mut digest = Digester::default();
        for rule in rule::TABLE {
            digest.update(rule.name.as_bytes());
            digest.update(rule.pattern.as_bytes());
        }
        digest.hexadecimal()
    }
}

/// A part of a text that must not be shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    start: usize,
    end: usize,
    certainty: Certainty,
    rule: Arc<str>,
}

/// How it was found; of overlapping spans the most certain one names the mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    Registered,
    Shape,
    Chance,
}

#[cfg(test)]
mod tests;

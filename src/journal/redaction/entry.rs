//! Every text of an entry is masked, also of facts that are added later; only what the program
//! itself counts on (ids, kinds, digests, times) is left as it is.

use serde_json::Value;

use super::Redactor;
use crate::journal::{Entry, Fact};

/// Members whose values are chosen by the program.
const OWN: &[&str] = &[
    "kind",
    "ts",
    "boot",
    "run",
    "item",
    "step",
    "digest",
    "model_digest",
    "transcript_digest",
    "verdict",
    "outcome",
    "resolution",
    "answer",
    "attendance",
    "session",
    "signal",
    "deviation",
    "survival",
    "program",
];

impl Redactor {
    /// The entry with every secret in its texts masked; the value of a secret input is masked
    /// whatever it looks like.
    pub fn redact_entry(&self, mut entry: Entry) -> Entry {
        if let Fact::InputRecorded { value, secret: true, .. } = &mut entry.fact {
            "[REDACTED:input]".clone_into(value);
        }
        let masked = serde_json::to_value(&entry).ok().map(|value| self.redact_value(value));
        match masked.and_then(|value| serde_json::from_value(value).ok()) {
            Some(masked) => masked,
            None => Entry { fact: Fact::Unrecognised, ..entry },
        }
    }

    fn redact_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.redact_text(&text)),
            Value::Array(values) => values.into_iter().map(|value| self.redact_value(value)).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| {
                    let own = OWN.contains(&name.as_str()) && value.is_string();
                    let value = if own { value } else { self.redact_value(value) };
                    (name, value)
                })
                .collect(),
            other => other,
        }
    }
}

//! What is wrong with a runbook's text, where, and what to do about it.

use serde::{Deserialize, Serialize};

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what the author meant.
    Warning,
    /// Cannot be run as it stands.
    Error,
}

/// One finding in a runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The stable name of the rule, as `lint` documents it, for example `placeholder-redirects`.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// 1-based line of the unmodified document.
    pub line: usize,
    /// What was found, as a sentence without a final stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

//! What broke last time: the entries of the log that a team keeps beside its runbooks, and where
//! in a runbook each belongs.
//!
//! The log is Markdown that people edit too, and it only grows. Closing a follow-up therefore
//! appends an entry of its own, which names the incident by date, site and a few characters of the
//! digest of its symptoms:
//!
//! ```text
//! ## 2026-03-09 · acme-kitchens · follow-up closed
//!
//! - **Closes:** 2026-03-02 · acme-kitchens · 5f0e11aa
//! - **Date:** 2026-03-09
//! - **Note:** the migration is checked beforehand now
//! ```
//!
//! A follow-up that a person strikes through, ticks off or begins with *done* is closed as well.

pub mod markdown;
pub mod matching;

use crate::journal::{IncidentRecord, RunId, digest};
use crate::runbook::StepId;

pub use matching::Placed;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Incident {
    /// What was written.
    pub record: IncidentRecord,
    /// The text of its heading; empty for none.
    pub heading: String,
    /// Where it happened, if it was logged by this program.
    pub origin: Option<Origin>,
    /// When its follow-up was closed, and what was said; the date may be empty.
    pub closed: Option<Closure>,
    /// Its first line in the log, from 1; 0 if it is not in a log yet.
    pub line: usize,
}

/// Where an incident happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Name of the runbook's file, without directories.
    pub runbook: String,
    /// The step.
    pub step: Option<StepId>,
    /// The run.
    pub run: Option<RunId>,
}

/// How a follow-up was closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Closure {
    /// `2026-03-09`
    pub date: String,
    /// What was said.
    pub note: String,
}

impl Incident {
    /// Whether something remains to be done about it.
    pub fn has_open_follow_up(&self) -> bool {
        let text = self.record.follow_up.trim().to_lowercase();
        let first = text
            .trim_start_matches(['-', '*', ' '])
            .split([' ', ',', '.', ':', ';', '\n'])
            .next()
            .unwrap_or_default();
        let settled = ["", "none", "no", "n/a", "na", "done", "closed", "nothing", "~~", "—", "–"]
            .contains(&first)
            || text.starts_with("~~")
            || text.starts_with("[x]");
        self.closed.is_none() && !settled
    }

    /// How an entry that closes its follow-up names it.
    pub fn reference(&self) -> String {
        let symptoms = self.record.symptoms.split_whitespace().collect::<Vec<_>>().join(" ");
        let digest = digest::of(symptoms.as_bytes());
        format!("{} · {} · {}", self.record.date, self.record.site, &digest[..8])
    }
}

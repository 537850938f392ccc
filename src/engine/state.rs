//! What a run's state looks like to those who show or drive it: states of items and steps, the
//! question that is open, progress.

use crate::journal::{AttemptId, Deviation, IncidentRecord, Place, Timestamp, Verdict};
use crate::runbook::ItemId;

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// To be done, or nothing to do.
    Open,
    /// Running now.
    Running(AttemptId),
    /// Some of its statements ran, others are to come.
    Partial,
    /// Answered or ended well.
    Passed,
    /// Good enough to go on.
    Degraded,
    /// Failed; the run is halted here.
    Failed,
    /// Its end was not seen.
    Unknown(AttemptId),
    /// Left out, with the reason.
    Skipped(String),
    /// Its condition was answered otherwise, or it does not apply.
    NotApplicable,
    /// It failed and the run went on all the same.
    Overridden,
}

impl ItemState {
    /// Whether the run may pass it.
    pub fn is_settled(&self) -> bool {
        matches!(
            self,
            Self::Passed | Self::Degraded | Self::Skipped(_) | Self::NotApplicable | Self::Overridden
        )
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Not begun.
    Open,
    /// Begun, with something left to do.
    Active,
    /// Something of it runs now.
    Running,
    /// Everything settled well.
    Done,
    /// Everything settled, not all of it well.
    DoneWithIssues,
    /// The run is halted in it.
    Failed,
    /// The end of one of its commands was not seen.
    Unknown,
    /// Left out.
    Skipped,
}

/// The question that is open now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Nothing: an attempt runs.
    Wait(AttemptId),
    /// A command can be confirmed and run, from this statement on.
    Run {
        /// Which.
        item: ItemId,
        /// The first statement that has not succeeded, from 0.
        statement: usize,
    },
    /// A text is only offered as a command: promote it or say that it was dealt with.
    Promote {
        /// Which.
        item: ItemId,
    },
    /// Something is to be done in another tool, then recorded.
    Elsewhere {
        /// Which.
        item: ItemId,
    },
    /// A verdict is wanted: check, action, expectation or stop condition.
    Judge {
        /// Which.
        item: ItemId,
    },
    /// A value is wanted.
    Value {
        /// Which.
        item: ItemId,
        /// Under this name.
        name: String,
    },
    /// Does this hold?
    Condition {
        /// Which.
        item: ItemId,
    },
    /// Which way?
    Choice {
        /// Which.
        item: ItemId,
    },
    /// A command failed: retry, edit, judge, skip, roll back, abandon.
    Failed {
        /// Which.
        item: ItemId,
        /// Its last attempt.
        attempt: AttemptId,
    },
    /// A verdict halted the run: answer anew, override, skip, roll back, abandon.
    Halted {
        /// Where.
        item: ItemId,
    },
    /// A command's end was not seen: say what became of it.
    Resolve {
        /// Which.
        item: ItemId,
        /// Its attempt.
        attempt: AttemptId,
    },
    /// Everything is settled: close the run.
    Finish,
    /// The run has ended.
    Nothing,
}

impl Ask {
    /// The item it is about.
    pub fn item(&self) -> Option<&ItemId> {
        match self {
            Self::Run { item, .. }
            | Self::Promote { item }
            | Self::Elsewhere { item }
            | Self::Judge { item }
            | Self::Value { item, .. }
            | Self::Condition { item }
            | Self::Choice { item }
            | Self::Failed { item, .. }
            | Self::Halted { item }
            | Self::Resolve { item, .. } => Some(item),
            Self::Wait(_) | Self::Finish | Self::Nothing => None,
        }
    }
}

/// How much is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Settled gates.
    pub settled: usize,
    /// All gates.
    pub total: usize,
}

/// A note as taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenNote {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// About what.
    pub place: Place,
    /// Its text.
    pub text: String,
}

/// An incident as logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIncident {
    /// When.
    pub at: Timestamp,
    /// At which step.
    pub place: Place,
    /// What was logged.
    pub incident: IncidentRecord,
}

/// Something done otherwise than written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDeviation {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Where.
    pub place: Place,
    /// What kind; a skipped step has none.
    pub deviation: Option<Deviation>,
    /// Why.
    pub reason: String,
}

/// The answer to an item with its note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) verdict: Verdict,
    pub(crate) note: String,
}

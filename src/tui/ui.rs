//! The state of the run screen.

use crate::journal::IncidentRecord;
use crate::runbook::StepId;

/// An incident of an earlier run, or of a hand-written log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastTime {
    /// The step at which it happened; `None` if it is not known.
    pub step: Option<StepId>,
    /// What was logged.
    pub incident: IncidentRecord,
    /// Whether its follow-up is still to be done.
    pub open: bool,
}

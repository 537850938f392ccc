//! What is wrong with a runbook, rule by rule; complains only, never repairs.

use super::{Diagnostic, Runbook};

/// The findings in a runbook.
pub(crate) fn lint(runbook: &Runbook, latin: bool) -> Vec<Diagnostic> {
    let _ = (runbook, latin);
    Vec::new()
}

//! Why a run cannot be taken up.

use crate::pty::PtyError;
use crate::store::StoreError;

/// Why a run cannot be taken up.
#[derive(Debug, thiserror::Error)]
pub enum SupervisorError {
    /// The record cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The run's shell cannot be reached.
    #[error(transparent)]
    Pty(#[from] PtyError),
    /// A journal without a beginning.
    #[error("the journal of this run is empty and nothing says how it begins")]
    NoBeginning,
    /// The engine refused to begin it.
    #[error("the run cannot begin: {0}")]
    Refused(crate::engine::Refusal),
}

//! What can go wrong with the record on disk.

use std::io;
use std::path::{Path, PathBuf};

use crate::journal::{AttemptId, Damage, RunId};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("could not {action} {}", path.display())]
    Io {
        /// What was tried: `create`, `read`, `write`, `sync`.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A name that cannot be the name of a file.
    #[error("not usable as the name of a file: {0:?}")]
    InvalidName(String),
    /// There is a run of this id already.
    #[error("there is a run {0} already")]
    RunExists(RunId),
    /// There is no run of this id.
    #[error("there is no run {0}")]
    NoSuchRun(RunId),
    /// There is no transcript of this attempt.
    #[error("there is no output of attempt {0}")]
    NoTranscript(AttemptId),
    /// A transcript is not one.
    #[error("{} is not a transcript: {reason}", path.display())]
    MalformedTranscript {
        /// Its file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A journal that is damaged otherwise than by a crash is never written to.
    #[error("the journal {} is damaged: {damage}", path.display())]
    Damaged {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it, and where.
        damage: Damage,
    },
    /// An entry that does not follow the last one.
    #[error("entry {found} does not follow, {expected} does")]
    OutOfSequence {
        /// The number that follows.
        expected: u64,
        /// The number that was given.
        found: u64,
    },
    /// An entry that cannot be written as JSON.
    #[error("the entry cannot be written")]
    Unwritable(#[source] serde_json::Error),
    /// Another process holds the subject.
    #[error("{subject} is locked by another run: {holder}")]
    SubjectLocked {
        /// Which subject.
        subject: String,
        /// Who holds it: run, process, operator and since when.
        holder: String,
    },
}

impl StoreError {
    /// Whether the disk is full or a quota is reached.
    pub fn is_full_disk(&self) -> bool {
        matches!(self, Self::Io { source, .. } if is_out_of_space(source))
    }

    /// For `map_err`: the system refused to do this there.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

pub(crate) fn is_out_of_space(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

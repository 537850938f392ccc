//! The disk: run directories, journals, transcripts, locks and the incident log. What it says is
//! recorded is durable; it never rewrites or deletes what was recorded, and follows no link.
//!
//! ```text
//! HOME/runs/<run>/journal.jsonl        entries; journal.2.jsonl and on after a failed sync
//!                 torn-<part>-<offset>.bin   what a crash left behind the last whole entry
//!                 runbook/<name>       the document as it was opened
//!                 runbook/model.json   ... and as it was understood
//!                 out/<attempt>.cast   what an attempt printed, redacted
//!                 reserve              space kept so that the end can be recorded on a full disk
//! HOME/checks.jsonl                    spot-checks outside any run
//! HOME/locks/<subject>.lock            who changes this subject
//! HOME/log/                            the program's own log
//! ```

mod disk;
mod error;
pub mod incident_log;
mod journal_file;
mod lock;
mod real_disk;
mod run_directory;
mod spot_check;
mod torn;
pub mod transcript;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use disk::{Disk, DiskFile};
pub use error::StoreError;
pub use journal_file::{Condition, JournalFile};
pub use lock::SubjectLock;
pub use real_disk::RealDisk;
pub use run_directory::RunDirectory;
pub use transcript::{Recording, Transcript};

use crate::journal::RunId;

/// Everything recorded by one user on one host.
#[derive(Debug, Clone)]
pub struct Store {
    disk: Arc<dyn Disk>,
    home: PathBuf,
}

impl Store {
    /// Opens the store in a directory, which is created if need be and must belong to this user.
    pub fn open(home: &Path) -> Result<Self, StoreError> {
        Self::on_disk(Arc::new(RealDisk), home)
    }

    /// Opens the store on a disk of the caller's.
    pub fn on_disk(disk: Arc<dyn Disk>, home: &Path) -> Result<Self, StoreError> {
        let store = Self { disk, home: home.to_owned() };
        for directory in [home.to_owned(), store.runs_path(), home.join("locks"), home.join("log")] {
            store
                .disk
                .ensure_private_directory(&directory)
                .map_err(StoreError::io("use the directory", &directory))?;
        }
        store.disk.sync_directory(home).map_err(StoreError::io("sync", home))?;
        Ok(store)
    }

    /// Its directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Where the program's own log goes.
    pub fn log_directory(&self) -> PathBuf {
        self.home.join("log")
    }

    /// Makes the directory of a new run, with its own copy of the runbook and of its model; both
    /// are durable when it returns. The journal is created by [`JournalFile::create`].
    pub fn create_run(
        &self,
        run: &RunId,
        runbook_name: &str,
        source: &[u8],
        model_json: &[u8],
    ) -> Result<RunDirectory, StoreError> {
        let path = self.run_path(run)?;
        self.disk.create_directory(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => StoreError::RunExists(run.clone()),
            _ => StoreError::io("create", &path)(error),
        })?;
        let directory = RunDirectory::new(Arc::clone(&self.disk), path);
        directory.populate(runbook_name, source, model_json)?;
        let runs = self.runs_path();
        self.disk.sync_directory(&runs).map_err(StoreError::io("sync", &runs))?;
        Ok(directory)
    }

    /// The ids of all runs, newest first.
    pub fn runs(&self) -> Result<Vec<RunId>, StoreError> {
        let runs = self.runs_path();
        let names = self.disk.list(&runs).map_err(StoreError::io("list", &runs))?;
        let mut dated: Vec<(u64, String)> = names
            .into_iter()
            .filter_map(|name| {
                let model = runs.join(&name).join(run_directory::MODEL);
                Some((self.disk.modified_ms(&model).ok()?, name))
            })
            .collect();
        dated.sort_by(|one, other| other.cmp(one));
        Ok(dated.into_iter().map(|(_, name)| RunId(name)).collect())
    }

    /// The directory of a run.
    pub fn run(&self, run: &RunId) -> Result<RunDirectory, StoreError> {
        let path = self.run_path(run)?;
        match self.disk.list(&path) {
            Ok(_) => Ok(RunDirectory::new(Arc::clone(&self.disk), path)),
            Err(_) => Err(StoreError::NoSuchRun(run.clone())),
        }
    }

    /// Locks a subject for as long as the value lives and the process does; `holder` says who has
    /// it, for whoever comes second: run, process, operator, since.
    pub fn lock_subject(&self, subject: &str, holder: &str) -> Result<SubjectLock, StoreError> {
        SubjectLock::acquire(&self.home.join("locks"), subject, holder)
    }

    fn runs_path(&self) -> PathBuf {
        self.home.join("runs")
    }

    fn run_path(&self, run: &RunId) -> Result<PathBuf, StoreError> {
        Ok(self.runs_path().join(file_name(&run.0)?))
    }
}

/// A name that is one component of a path and hides nothing.
fn file_name(name: &str) -> Result<&str, StoreError> {
    let sound = !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('.')
        && !name.contains(|character: char| character == '/' || character.is_control());
    if sound { Ok(name) } else { Err(StoreError::InvalidName(name.to_owned())) }
}

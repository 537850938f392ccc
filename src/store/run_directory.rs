//! The directory of one run: its own copy of the runbook, its journal's bytes, where its
//! transcripts are. The runbook's copy is written once and never again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Disk, StoreError, file_name};
use crate::journal::{AttemptId, Recovered, recovery};

pub(crate) const MODEL: &str = "runbook/model.json";
const OUTPUT: &str = "out";

/// The directory of one run.
#[derive(Debug, Clone)]
pub struct RunDirectory {
    disk: Arc<dyn Disk>,
    path: PathBuf,
}

impl RunDirectory {
    pub(crate) fn new(disk: Arc<dyn Disk>, path: PathBuf) -> Self {
        Self { disk, path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// The runbook's model as it was understood when the run began, as JSON.
    pub fn model(&self) -> Result<Vec<u8>, StoreError> {
        self.read(&self.path.join(MODEL))
    }

    /// The document as it was opened: its name and its bytes.
    pub fn source(&self) -> Result<(String, Vec<u8>), StoreError> {
        let directory = self.path.join("runbook");
        let names = self.disk.list(&directory).map_err(StoreError::io("list", &directory))?;
        let name = names
            .into_iter()
            .find(|name| !MODEL.ends_with(name.as_str()))
            .ok_or_else(|| StoreError::InvalidName("runbook".into()))?;
        let bytes = self.read(&directory.join(&name))?;
        Ok((name, bytes))
    }

    /// The bytes of the journal's files: `journal.jsonl` first, then its continuations.
    pub fn journal_bytes(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let names = self.disk.list(&self.path).map_err(StoreError::io("list", &self.path))?;
        let count = names.iter().filter_map(|name| part_number(name)).max().unwrap_or(1);
        (1..=count)
            .map(|part| match self.disk.read(&self.part_path(part)) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
                read => read.map_err(StoreError::io("read", &self.part_path(part))),
            })
            .collect()
    }

    /// What can be read of the journal; changes nothing.
    pub fn recovered(&self) -> Result<Recovered, StoreError> {
        Ok(recovery::recover_parts(&self.journal_bytes()?))
    }

    /// Where the transcript of an attempt is.
    pub fn transcript_path(&self, attempt: AttemptId) -> PathBuf {
        self.path.join(OUTPUT).join(format!("{attempt}.cast"))
    }

    /// Where a file of the journal is, from 1.
    pub(crate) fn part_path(&self, part: usize) -> PathBuf {
        match part {
            1 => self.path.join("journal.jsonl"),
            part => self.path.join(format!("journal.{part}.jsonl")),
        }
    }

    pub(crate) fn read(&self, path: &Path) -> Result<Vec<u8>, StoreError> {
        self.disk.read(path).map_err(StoreError::io("read", path))
    }

    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        self.disk.sync_directory(&self.path).map_err(StoreError::io("sync", &self.path))
    }

    /// Also the name of the directory itself.
    pub(crate) fn sync_with_parent(&self) -> Result<(), StoreError> {
        let parent = self.path.parent().unwrap_or(&self.path);
        self.disk.sync_directory(parent).map_err(StoreError::io("sync", parent))?;
        self.sync()
    }

    pub(crate) fn populate(
        &self,
        runbook_name: &str,
        source: &[u8],
        model_json: &[u8],
    ) -> Result<(), StoreError> {
        let runbook = self.path.join("runbook");
        for directory in [&runbook, &self.path.join(OUTPUT)] {
            self.disk.create_directory(directory).map_err(StoreError::io("create", directory))?;
        }
        self.write_once(&runbook.join(copy_name(runbook_name)?), source)?;
        self.write_once(&self.path.join(MODEL), model_json)?;
        self.disk.sync_directory(&runbook).map_err(StoreError::io("sync", &runbook))?;
        self.sync()
    }

    pub(crate) fn write_once(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let mut file = self.disk.create_file(path).map_err(StoreError::io("create", path))?;
        file.write_at(0, bytes).map_err(StoreError::io("write", path))?;
        file.sync().map_err(StoreError::io("sync", path))
    }
}

/// The last component of a path; a document that is called like the model's file is renamed.
fn copy_name(runbook_name: &str) -> Result<String, StoreError> {
    let name = runbook_name.rsplit('/').next().unwrap_or_default().trim_start_matches('.');
    let name = if name.is_empty() { "runbook" } else { file_name(name)? };
    Ok(if MODEL.ends_with(name) { format!("source-{name}") } else { name.to_owned() })
}

fn part_number(name: &str) -> Option<usize> {
    let number = name.strip_prefix("journal.")?.strip_suffix(".jsonl")?;
    number.parse().ok().filter(|&part| (2..10_000).contains(&part))
}

//! Checks recorded outside any run: one journal for all of them, in the form of a run's journal.

use std::io;
use std::path::PathBuf;

use super::lock::SubjectLock;
use super::torn::set_aside;
use super::{Store, StoreError};
use crate::journal::{Entry, Recovered, codec, recovery};

/// No subject can be called so: a lock of our own.
const LOCK: &str = "\u{0}checks";

impl Store {
    /// Records a spot-check. The entry gets the number that follows; it is returned as recorded
    /// and is durable.
    pub fn append_spot_check(&self, mut entry: Entry) -> Result<Entry, StoreError> {
        let _lock = SubjectLock::wait(&self.home.join("locks"), LOCK)?;
        let bytes = self.checks_bytes()?;
        let mut found = recovery::recover(&bytes);
        if let Some(damage) = found.damage.take().filter(|damage| !damage.is_torn_tail()) {
            return Err(StoreError::Damaged { path: self.checks_path(), damage });
        }
        entry.seq = found.entries.len() as u64 + 1;
        self.write_check(&entry, &found, &bytes)?;
        Ok(entry)
    }

    /// All spot-checks, and what is wrong with their journal.
    pub fn spot_checks(&self) -> Result<Recovered, StoreError> {
        Ok(recovery::recover(&self.checks_bytes()?))
    }

    /// The last line is written again with the new one: whether it is durable is not known when
    /// the process before was lost between write and sync.
    fn write_check(&self, entry: &Entry, found: &Recovered, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.checks_path();
        let end = found.good_bytes;
        let (line, _) = codec::encode(entry, end, &found.head).map_err(StoreError::Unwritable)?;
        let mut file = match self.disk.open_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.disk.create_file(&path),
            opened => opened,
        }
        .map_err(StoreError::io("open", &path))?;
        let (good, torn) = bytes.split_at(end as usize);
        if !torn.is_empty() {
            set_aside(self.disk.as_ref(), &self.home, &format!("torn-checks-{end}"), torn)?;
            file.set_length(end).map_err(StoreError::io("cut", &path))?;
        }
        let doubtful = found.parts.first().map_or(0, |extent| extent.synced_bytes.min(end));
        let rewritten = [&good[doubtful as usize..], &line].concat();
        file.write_at(doubtful, &rewritten).map_err(StoreError::io("write", &path))?;
        file.sync().map_err(StoreError::io("sync", &path))?;
        self.disk.sync_directory(&self.home).map_err(StoreError::io("sync", &self.home))
    }

    fn checks_bytes(&self) -> Result<Vec<u8>, StoreError> {
        let path = self.checks_path();
        match self.disk.read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read.map_err(StoreError::io("read", &path)),
        }
    }

    fn checks_path(&self) -> PathBuf {
        self.home.join("checks.jsonl")
    }
}

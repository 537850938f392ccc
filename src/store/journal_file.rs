//! The journal of a run as a file that only grows. An entry is durable when `append` returns; a
//! sync that failed is never tried again on the same file.

use std::io;
use std::sync::Arc;

use super::error::is_out_of_space;
use super::torn::set_aside;
use super::{Disk, DiskFile, RunDirectory, StoreError};
use crate::journal::{ChainHash, Entry, Fact, Recovered, codec};

const RESERVE: &str = "reserve";
const RESERVE_BYTES: u64 = 1 << 20;

/// How well the record is off. Anything but [`Condition::Sound`] is for the operator to see, and
/// no further step should start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// As it should be.
    Sound,
    /// The disk is full: what is written now uses the space that was kept for the end.
    ReserveSpent,
    /// A sync failed, and the journal goes on in this continuation file.
    Continued(usize),
    /// The last append failed: the record lacks what happened since.
    Failing,
}

/// The journal of a run, open for appending.
#[derive(Debug)]
pub struct JournalFile {
    directory: RunDirectory,
    file: Box<dyn DiskFile>,
    part: usize,
    /// Durable bytes of the present file.
    length: u64,
    head: ChainHash,
    next_seq: u64,
    /// Whether what the present file holds beyond its durable bytes can no longer be known.
    suspect: bool,
    reserve_spent: bool,
    failing: bool,
}

impl JournalFile {
    /// Creates the journal of a new run.
    pub fn create(directory: &RunDirectory) -> Result<Self, StoreError> {
        let path = directory.part_path(1);
        let file = directory.disk().create_file(&path).map_err(StoreError::io("create", &path))?;
        directory.sync()?;
        let mut journal = Self::new(directory, file);
        journal.keep_reserve();
        Ok(journal)
    }

    /// Opens the journal of a run to go on with it. What a crash left after the last whole entry
    /// is moved into a file beside it; a journal that is damaged otherwise is an error.
    pub fn reopen(directory: &RunDirectory) -> Result<(Self, Recovered), StoreError> {
        let parts = directory.journal_bytes()?;
        let recovered = crate::journal::recovery::recover_parts(&parts);
        let last = parts.len().max(1);
        let path = directory.part_path(last);
        if let Some(damage) = recovered.damage.clone().filter(|damage| !damage.is_torn_tail()) {
            return Err(StoreError::Damaged { path: directory.part_path(damage.part), damage });
        }
        let file = match directory.disk().open_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => directory.disk().create_file(&path),
            opened => opened,
        }
        .map_err(StoreError::io("open", &path))?;
        let mut journal = Self::new(directory, file);
        journal.part = last;
        journal.length = recovered.good_bytes;
        journal.head = recovered.head;
        journal.next_seq = recovered.entries.len() as u64 + 1;
        journal.cut_torn_tail(parts.last().map_or(&[], Vec::as_slice))?;
        journal.settle(&parts, &recovered)?;
        if !recovered.entries.last().is_some_and(|entry| matches!(entry.fact, Fact::RunFinished { .. })) {
            journal.keep_reserve();
        }
        Ok((journal, recovered))
    }

    /// Writes an entry; it is durable when this returns. After an error it does not count as
    /// recorded (a crash at that moment may still bring it to light), and what was recorded before
    /// is as it was.
    pub fn append(&mut self, entry: &Entry) -> Result<(), StoreError> {
        self.append_all(std::slice::from_ref(entry))
    }

    /// Writes several entries with one sync; all of them are durable when this returns, none of
    /// them counts as recorded after an error.
    pub fn append_all(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        self.check_sequence(entries)?;
        let written = self.write_somewhere(entries);
        self.failing = written.is_err();
        written?;
        if entries.iter().any(|entry| matches!(entry.fact, Fact::RunFinished { .. })) {
            self.release_reserve();
        }
        Ok(())
    }

    /// The hash of the last entry: what is noted in the ticket.
    pub fn head(&self) -> ChainHash {
        self.head
    }

    /// The number that the next entry must have.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// How well the record is off.
    pub fn condition(&self) -> Condition {
        match (self.failing, self.reserve_spent, self.part) {
            (true, _, _) => Condition::Failing,
            (_, true, _) => Condition::ReserveSpent,
            (_, _, 1) => Condition::Sound,
            (_, _, part) => Condition::Continued(part),
        }
    }

    /// Takes up the space for the end again, for when the operator has made room; whether that
    /// worked.
    pub fn restore_reserve(&mut self) -> bool {
        self.keep_reserve();
        !self.reserve_spent
    }

    fn new(directory: &RunDirectory, file: Box<dyn DiskFile>) -> Self {
        Self {
            directory: directory.clone(),
            file,
            part: 1,
            length: 0,
            head: ChainHash::GENESIS,
            next_seq: 1,
            suspect: false,
            reserve_spent: false,
            failing: false,
        }
    }

    fn check_sequence(&self, entries: &[Entry]) -> Result<(), StoreError> {
        match entries.iter().zip(self.next_seq..).find(|(entry, expected)| entry.seq != *expected) {
            Some((entry, expected)) => Err(StoreError::OutOfSequence { expected, found: entry.seq }),
            None => Ok(()),
        }
    }

    fn write_somewhere(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut written = if self.suspect { Ok(()) } else { self.write_here(entries) };
        if !self.suspect && written.as_ref().is_err_and(StoreError::is_full_disk) {
            self.release_reserve();
            self.reserve_spent = true;
            written = self.write_here(entries);
        }
        if self.suspect { self.continue_elsewhere(entries) } else { written }
    }

    /// An error leaves the file either as it was or suspect.
    fn write_here(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let (bytes, head) = self.encode(entries, self.length)?;
        let path = self.directory.part_path(self.part);
        if let Err(error) = self.file.write_at(self.length, &bytes) {
            self.suspect = !is_out_of_space(&error) || self.file.set_length(self.length).is_err();
            return Err(StoreError::io("write", &path)(error));
        }
        if let Err(error) = self.file.sync() {
            self.suspect = true;
            return Err(StoreError::io("sync", &path)(error));
        }
        self.accept(entries, bytes.len(), head);
        Ok(())
    }

    /// Begins a continuation file, whose first line follows the last durable entry.
    fn continue_elsewhere(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        self.release_reserve();
        let (bytes, head) = self.encode(entries, 0)?;
        self.part += 1;
        let path = self.directory.part_path(self.part);
        let mut file = self.directory.disk().create_file(&path).map_err(StoreError::io("create", &path))?;
        file.write_at(0, &bytes).map_err(StoreError::io("write", &path))?;
        file.sync().map_err(StoreError::io("sync", &path))?;
        self.directory.sync()?;
        self.file = file;
        self.length = 0;
        self.suspect = false;
        self.accept(entries, bytes.len(), head);
        Ok(())
    }

    fn encode(&self, entries: &[Entry], synced: u64) -> Result<(Vec<u8>, ChainHash), StoreError> {
        let (mut bytes, mut head) = (Vec::new(), self.head);
        for entry in entries {
            let (line, hash) = codec::encode(entry, synced, &head).map_err(StoreError::Unwritable)?;
            bytes.extend_from_slice(&line);
            head = hash;
        }
        Ok((bytes, head))
    }

    fn accept(&mut self, entries: &[Entry], bytes: usize, head: ChainHash) {
        self.length += bytes as u64;
        self.head = head;
        self.next_seq += entries.len() as u64;
    }

    /// Keeps what stands after the last whole entry, then cuts it off.
    fn cut_torn_tail(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let torn = bytes.get(self.length as usize..).unwrap_or_default();
        if torn.is_empty() {
            return Ok(());
        }
        let stem = format!("torn-{}-{}", self.part, self.length);
        set_aside(self.directory.disk().as_ref(), self.directory.path(), &stem, torn)?;
        self.file.set_length(self.length).map_err(StoreError::io("cut", &self.directory.part_path(self.part)))
    }

    /// Writes the last lines once more in their place and syncs: whether they are durable is not
    /// known when the process before was lost between write and sync, or its sync failed.
    fn settle(&mut self, parts: &[Vec<u8>], recovered: &Recovered) -> Result<(), StoreError> {
        let last_written = recovered.parts.iter().rposition(|extent| extent.good_bytes > 0);
        let Some((place, extent)) = last_written.map(|place| (place, recovered.parts[place])) else {
            return self.sync_present();
        };
        let doubtful = extent.synced_bytes.min(extent.good_bytes);
        let bytes = parts[place].get(doubtful as usize..extent.good_bytes as usize).unwrap_or_default();
        let path = self.directory.part_path(place + 1);
        let mut file = self.directory.disk().open_file(&path).map_err(StoreError::io("open", &path))?;
        file.write_at(doubtful, bytes).map_err(StoreError::io("write", &path))?;
        file.sync().map_err(StoreError::io("sync", &path))?;
        self.sync_present()
    }

    fn sync_present(&mut self) -> Result<(), StoreError> {
        let path = self.directory.part_path(self.part);
        self.file.sync().map_err(StoreError::io("sync", &path))?;
        self.directory.sync_with_parent()
    }

    /// Space that is given back when the disk is full, so that the end of a command can still be
    /// recorded.
    fn keep_reserve(&mut self) {
        let path = self.directory.path().join(RESERVE);
        let disk: &Arc<dyn Disk> = self.directory.disk();
        let kept = match disk.create_file(&path) {
            Ok(mut file) => file.allocate(RESERVE_BYTES).and_then(|()| file.sync()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        };
        self.reserve_spent = kept.is_err();
        if self.reserve_spent {
            self.release_reserve();
        }
    }

    fn release_reserve(&mut self) {
        let _gone_already = self.directory.disk().remove_file(&self.directory.path().join(RESERVE));
    }
}

//! A disk in memory that forgets what was not synced: it loses power before any operation, fails
//! any call, and then shows what a real disk may show afterwards.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdpoint::store::{Disk, DiskFile};

const SECTOR: usize = 512;

/// What happens to one operation, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It and all that follow fail: the power is gone.
    PowerCut,
    /// It alone fails so.
    Error(io::ErrorKind),
    /// It and all that follow fail so when they need space.
    Full,
}

/// A small generator of numbers that are the same in every run.
#[derive(Debug, Clone)]
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

#[derive(Debug, Clone, Default)]
struct Inode {
    /// What the running system sees.
    seen: Vec<u8>,
    /// What is on the medium.
    durable: Vec<u8>,
    /// Changes since the last sync.
    pending: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Sector { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(Debug, Clone, Default)]
struct Medium {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    directories: BTreeMap<PathBuf, bool>,
    operations: usize,
    fault: Option<(usize, Fault)>,
    numbers: Option<Numbers>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct SimulatedDisk(Arc<Mutex<Medium>>);

impl SimulatedDisk {
    pub(crate) fn failing(at: usize, fault: Fault, seed: u64) -> Self {
        let disk = Self::default();
        disk.fail_at(at, fault, seed);
        disk
    }

    /// The operation of this number, counted from now, meets the fault.
    pub(crate) fn fail_at(&self, at: usize, fault: Fault, seed: u64) {
        let mut medium = self.medium();
        medium.fault = Some((medium.operations + at, fault));
        medium.numbers = Some(Numbers(seed));
    }

    pub(crate) fn operations(&self) -> usize {
        self.medium().operations
    }

    /// A disk as it may be found when the power is back.
    pub(crate) fn after_power_cut(&self, seed: u64) -> Self {
        let mut numbers = Numbers(seed);
        let before = self.medium().clone();
        let mut after = Medium { durable_names: before.durable_names.clone(), ..Medium::default() };
        for (path, inode) in &before.names {
            if before.durable_names.get(path) != Some(inode) && numbers.below(2) == 0 {
                after.durable_names.insert(path.clone(), *inode);
            }
        }
        for path in before.durable_names.keys() {
            if !before.names.contains_key(path) && numbers.below(2) == 0 {
                after.durable_names.remove(path);
            }
        }
        after.directories = before
            .directories
            .iter()
            .filter(|(_, durable)| **durable || numbers.below(2) == 0)
            .map(|(path, _)| (path.clone(), true))
            .collect();
        let directories = after.directories.clone();
        after
            .durable_names
            .retain(|path, _| path.parent().is_none_or(|parent| directories.contains_key(parent)));
        after.names = after.durable_names.clone();
        after.inodes = before.inodes.iter().map(|inode| survivor(inode, &mut numbers)).collect();
        Self(Arc::new(Mutex::new(after)))
    }

    pub(crate) fn names(&self) -> Vec<PathBuf> {
        self.medium().names.keys().cloned().collect()
    }

    fn medium(&self) -> MutexGuard<'_, Medium> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> io::Result<MutexGuard<'_, Medium>> {
        self.operation(false)
    }

    fn operation(&self, needs_space: bool) -> io::Result<MutexGuard<'_, Medium>> {
        let mut medium = self.medium();
        let number = medium.operations;
        medium.operations += 1;
        match medium.fault {
            Some((at, Fault::PowerCut)) if number >= at => Err(io::Error::other("no power")),
            Some((at, Fault::Full)) if number >= at && needs_space => Err(io::ErrorKind::StorageFull.into()),
            Some((at, Fault::Error(kind))) if number == at => Err(kind.into()),
            _ => Ok(medium),
        }
    }
}

/// Any of the pending changes arrived, in any order; the length is one that the file has had.
fn survivor(inode: &Inode, numbers: &mut Numbers) -> Inode {
    let mut bytes = inode.durable.clone();
    let mut lengths = vec![bytes.len()];
    for change in &inode.pending {
        match change {
            Change::Length(length) => {
                lengths.push(*length);
                if numbers.below(2) == 0 {
                    bytes.resize(*length, 0);
                }
            }
            Change::Sector { offset, bytes: written } => {
                let end = offset + written.len();
                lengths.push(end.max(*lengths.last().unwrap_or(&0)));
                if numbers.below(2) == 0 {
                    bytes.resize(bytes.len().max(end), 0);
                    bytes[*offset..end].copy_from_slice(written);
                }
            }
        }
    }
    if !inode.pending.is_empty() {
        bytes.resize(lengths[numbers.below(lengths.len())], 0);
    }
    Inode { seen: bytes.clone(), durable: bytes, pending: Vec::new() }
}

impl Disk for SimulatedDisk {
    fn ensure_private_directory(&self, path: &Path) -> io::Result<()> {
        let mut medium = self.begin()?;
        for parent in path.ancestors() {
            medium.directories.entry(parent.to_owned()).or_insert(true);
        }
        Ok(())
    }

    fn create_directory(&self, path: &Path) -> io::Result<()> {
        let mut medium = self.operation(true)?;
        if medium.directories.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        medium.directories.insert(path.to_owned(), false);
        Ok(())
    }

    fn create_file(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut medium = self.operation(true)?;
        if medium.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = medium.inodes.len();
        medium.inodes.push(Inode::default());
        medium.names.insert(path.to_owned(), inode);
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode }))
    }

    fn open_file(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let inode = *self.begin()?.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let medium = self.begin()?;
        let inode = *medium.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(medium.inodes[inode].seen.clone())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let medium = self.begin()?;
        if !medium.directories.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let children = medium.names.keys().chain(medium.directories.keys());
        let mut names: Vec<String> = children
            .filter(|child| child.parent() == Some(path))
            .filter_map(|child| Some(child.file_name()?.to_str()?.to_owned()))
            .collect();
        names.sort();
        Ok(names)
    }

    fn modified_ms(&self, path: &Path) -> io::Result<u64> {
        let medium = self.begin()?;
        medium.names.get(path).map(|inode| *inode as u64).ok_or(io::ErrorKind::NotFound.into())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.begin()?.names.remove(path).map(|_| ()).ok_or(io::ErrorKind::NotFound.into())
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        let mut medium = self.begin()?;
        let inside = |child: &Path| child.parent() == Some(path);
        let present: Vec<(PathBuf, usize)> = medium
            .names
            .iter()
            .filter(|(child, _)| inside(child))
            .map(|(child, inode)| (child.clone(), *inode))
            .collect();
        medium.durable_names.retain(|child, _| !inside(child));
        medium.durable_names.extend(present);
        medium
            .directories
            .iter_mut()
            .filter(|(child, _)| inside(child))
            .for_each(|(_, durable)| *durable = true);
        Ok(())
    }
}

#[derive(Debug)]
struct SimulatedFile {
    disk: SimulatedDisk,
    inode: usize,
}

impl SimulatedFile {
    /// A write that fails has written a part.
    fn write(&self, offset: u64, bytes: &[u8]) {
        let mut medium = self.disk.medium();
        let inode = &mut medium.inodes[self.inode];
        let offset = offset as usize;
        inode.seen.resize(inode.seen.len().max(offset + bytes.len()), 0);
        inode.seen[offset..offset + bytes.len()].copy_from_slice(bytes);
        let mut start = offset;
        while start < offset + bytes.len() {
            let end = ((start / SECTOR + 1) * SECTOR).min(offset + bytes.len());
            let sector = bytes[start - offset..end - offset].to_vec();
            inode.pending.push(Change::Sector { offset: start, bytes: sector });
            start = end;
        }
    }
}

impl DiskFile for SimulatedFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let begun = self.disk.operation(true).map(|_| ());
        let cut = if begun.is_ok() {
            bytes.len()
        } else {
            self.disk.medium().numbers.as_mut().map_or(0, |numbers| numbers.below(bytes.len()))
        };
        self.write(offset, &bytes[..cut]);
        begun
    }

    fn set_length(&mut self, length: u64) -> io::Result<()> {
        let mut medium = self.disk.begin()?;
        let inode = &mut medium.inodes[self.inode];
        inode.seen.resize(length as usize, 0);
        inode.pending.push(Change::Length(length as usize));
        Ok(())
    }

    /// A sync that fails leaves the pages clean in memory, and any of them unwritten.
    fn sync(&mut self) -> io::Result<()> {
        let begun = self.disk.begin().map(|_| ());
        let mut medium = self.disk.medium();
        let power_cut = matches!(medium.fault, Some((_, Fault::PowerCut)));
        let mut numbers = medium.numbers.clone().unwrap_or(Numbers(0));
        let inode = &mut medium.inodes[self.inode];
        match &begun {
            Ok(()) => {
                inode.durable = apply(std::mem::take(&mut inode.durable), &inode.pending);
                inode.pending.clear();
            }
            Err(_) if power_cut => {}
            Err(_) => {
                inode.durable = survivor(inode, &mut numbers).durable;
                inode.pending.clear();
            }
        }
        begun
    }

    fn allocate(&mut self, _length: u64) -> io::Result<()> {
        self.disk.operation(true).map(|_| ())
    }
}

fn apply(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        match change {
            Change::Length(length) => bytes.resize(*length, 0),
            Change::Sector { offset, bytes: written } => {
                let end = offset + written.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*offset..end].copy_from_slice(written);
            }
        }
    }
    bytes
}

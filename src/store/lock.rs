//! One run at a time for one subject: an advisory lock that ends with the process that holds it.
//! The file is never removed, so that no two processes can lock different files of one name.
#![expect(clippy::disallowed_types, reason = "the door to the locks between processes")]

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::StoreError;
use crate::journal::digest;
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

/// Holds a subject until it is dropped or the process ends.
#[derive(Debug)]
pub struct SubjectLock {
    file: File,
    subject: String,
}

impl SubjectLock {
    pub(crate) fn acquire(directory: &Path, subject: &str, holder: &str) -> Result<Self, StoreError> {
        let path = directory.join(format!("{}.lock", slug(subject)));
        let mut file = open(&path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                let mut holder = String::new();
                let _unnamed = file.read_to_string(&mut holder);
                return Err(StoreError::SubjectLocked { subject: subject.to_owned(), holder });
            }
            Err(error) => return Err(StoreError::io("lock", &path)(error.into())),
        }
        name_holder(&file, holder).map_err(StoreError::io("write", &path))?;
        Ok(Self { file, subject: subject.to_owned() })
    }

    /// Waits until no one else holds it: for what takes a moment only.
    pub(crate) fn wait(directory: &Path, subject: &str) -> Result<Self, StoreError> {
        let path = directory.join(format!("{}.lock", slug(subject)));
        let file = open(&path)?;
        flock(&file, FlockOperation::LockExclusive)
            .map_err(|error| StoreError::io("lock", &path)(error.into()))?;
        Ok(Self { file, subject: subject.to_owned() })
    }

    /// What it holds.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// Explicitly: a command that is being started at this moment still holds the file.
impl Drop for SubjectLock {
    fn drop(&mut self) {
        let _ends_with_the_process = flock(&self.file, FlockOperation::Unlock);
    }
}

fn open(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
        .map_err(StoreError::io("open", path))
}

fn name_holder(file: &File, holder: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.write_all_at(holder.as_bytes(), 0)
}

/// A subject as the name of a file: itself where that is possible, else its safe characters and a
/// digest, so that different subjects never share a lock.
fn slug(subject: &str) -> String {
    let safe = |character: char| matches!(character, 'a'..='z' | '0'..='9' | '-' | '_' | '.');
    let plain = !subject.is_empty() && subject.len() <= 100 && !subject.starts_with('.');
    if plain && subject.chars().all(safe) {
        return subject.to_owned();
    }
    let kept: String = subject.to_lowercase().chars().filter(|&character| safe(character)).take(60).collect();
    format!("@{kept}-{}", &digest::of(subject.as_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use super::slug;

    fn check(subject: &str, expected: &str) {
        assert_eq!(slug(subject), expected);
    }

    #[test]
    fn a_plain_subject_names_its_own_lock() {
        check("acme-kitchens", "acme-kitchens");
    }

    #[test]
    fn other_subjects_get_a_name_that_no_plain_subject_has() {
        check("../etc", "@..etc-f7f9121f");
        check("", "@-e3b0c442");
        assert_ne!(slug("Acme"), slug("acme"));
        assert_ne!(slug("a b"), slug("a/b"));
    }
}

//! The what-broke-last-time log: a Markdown file that people edit too. Only ever appends; what
//! stands in it is never rewritten.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the door to the incident log")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use super::StoreError;

/// The log's text; empty if there is no log yet.
pub fn read(path: &Path) -> Result<String, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(StoreError::io("read", path)(error)),
    }
}

/// Appends what `addition` makes of the text as it stands now, under a lock; durable when it
/// returns. Returns what was appended.
pub fn append(path: &Path, addition: impl FnOnce(&str) -> String) -> Result<String, StoreError> {
    let mut file = open_locked(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(StoreError::io("read", path))?;
    let added = addition(&String::from_utf8_lossy(&bytes));
    file.write_all(added.as_bytes()).map_err(StoreError::io("write", path))?;
    file.sync_all().map_err(StoreError::io("sync", path))?;
    sync_parent(path)?;
    Ok(added)
}

/// The file of this name, locked: an editor may have put another in its place meanwhile.
fn open_locked(path: &Path) -> Result<File, StoreError> {
    loop {
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(StoreError::io("open", path))?;
        flock(&file, FlockOperation::LockExclusive)
            .map_err(|error| StoreError::io("lock", path)(error.into()))?;
        let held = file.metadata().map_err(StoreError::io("read", path))?;
        if fs::metadata(path).is_ok_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino())) {
            return Ok(file);
        }
    }
}

fn sync_parent(path: &Path) -> Result<(), StoreError> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(parent).and_then(|directory| directory.sync_all()).map_err(StoreError::io("sync", parent))
}

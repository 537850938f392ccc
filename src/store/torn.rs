//! What a crash left behind the last whole entry is kept in a file beside the journal: never
//! deleted, never overwritten.

use std::io;
use std::path::Path;

use super::{Disk, StoreError};

/// Writes the bytes into a new file whose name begins so; durable when it returns.
pub(crate) fn set_aside(
    disk: &dyn Disk,
    directory: &Path,
    stem: &str,
    torn: &[u8],
) -> Result<(), StoreError> {
    let mut path = directory.join(format!("{stem}.bin"));
    let mut copies = 1;
    let mut file = loop {
        match disk.create_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                copies += 1;
                path = directory.join(format!("{stem}-{copies}.bin"));
            }
            created => break created.map_err(StoreError::io("create", &path))?,
        }
    };
    file.write_at(0, torn).map_err(StoreError::io("write", &path))?;
    file.sync().map_err(StoreError::io("sync", &path))?;
    disk.sync_directory(directory).map_err(StoreError::io("sync", directory))
}

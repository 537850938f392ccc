//! What the store asks of a disk, so that a simulated one can lose power at any operation. Says
//! nothing about journals or runs; every path it creates is private to its owner.

use std::fmt::Debug;
use std::io;
use std::path::Path;

/// A disk: directories and files, each change of which is durable only after a sync.
pub trait Disk: Debug + Send + Sync {
    /// Makes sure that a directory exists, with its parents, and belongs to this user alone: mode
    /// 0700, not a symbolic link. Parents that exist already are left as they are.
    fn ensure_private_directory(&self, path: &Path) -> io::Result<()>;
    /// Creates one directory, mode 0700; it must not exist.
    fn create_directory(&self, path: &Path) -> io::Result<()>;
    /// Creates a file, mode 0600; it must not exist.
    fn create_file(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Opens a file that exists, to read and write; a symbolic link is an error.
    fn open_file(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// All bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// The names in a directory, sorted.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
    /// When a file was last written, in milliseconds since 1970.
    fn modified_ms(&self, path: &Path) -> io::Result<u64>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a directory durable.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;
}

/// An open file.
pub trait DiskFile: Debug + Send {
    /// Writes all bytes at an offset. After an error any part of them may have been written.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts or extends to a length.
    fn set_length(&mut self, length: u64) -> io::Result<()>;
    /// Makes contents and length durable.
    fn sync(&mut self) -> io::Result<()>;
    /// Takes up space on the disk for this many bytes.
    fn allocate(&mut self, length: u64) -> io::Result<()>;
}

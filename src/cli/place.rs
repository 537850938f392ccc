//! Where things live: recorded runs in the state directory, sockets and step files in memory.

#![expect(clippy::disallowed_methods, reason = "the door to the environment")]

use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;

use super::exit::{Code, Failure};
use crate::journal::digest;
use crate::journal::redaction::Redactor;
use crate::store::Store;

/// The state directory: `HOLDPOINT_HOME`, else the platform's.
pub(super) fn home() -> Result<PathBuf, Failure> {
    if let Some(home) = std::env::var_os("HOLDPOINT_HOME").filter(|home| !home.is_empty()) {
        return Ok(PathBuf::from(home));
    }
    let directories = directories::ProjectDirs::from("", "", "holdpoint")
        .ok_or_else(|| Failure::words(Code::RecordFailed, "this account has no home directory"))
        .map_err(|failure| failure.hint("set HOLDPOINT_HOME to a directory of yours"))?;
    let state = directories.state_dir().unwrap_or_else(|| directories.data_local_dir());
    Ok(state.to_owned())
}

/// The store in the state directory.
pub(super) fn store() -> Result<Store, Failure> {
    let home = std::path::absolute(home()?)?;
    if let Some(parent) = home.parent() {
        std::fs::create_dir_all(parent)?;
    }
    Ok(Store::open(&home)?)
}

/// The private directory of a run for sockets and step files: in memory, short enough for a socket's
/// name; noted with the run, so that every later call finds it, whatever its environment.
pub(super) fn runtime(home: &Path, run: &str) -> Result<PathBuf, Failure> {
    let noted = home.join("runs").join(run).join("runtime");
    if let Ok(path) = std::fs::read_to_string(&noted) {
        let path = PathBuf::from(path);
        if ensure_private(&path).is_ok() {
            return Ok(path);
        }
    }
    let path = new_runtime(home, run)?;
    if noted.parent().is_some_and(Path::exists) {
        std::fs::write(&noted, path.display().to_string())?;
    }
    Ok(path)
}

fn new_runtime(home: &Path, run: &str) -> Result<PathBuf, Failure> {
    let root = runtime_root()?;
    let name = digest::of(format!("{}\0{run}", home.display()).as_bytes());
    let name = &name[..12];
    let path = root.join(name);
    ensure_private(&path)?;
    Ok(path)
}

/// The socket of a run's supervisor.
pub(super) fn socket(runtime: &Path) -> PathBuf {
    runtime.join("supervisor.sock")
}

fn runtime_root() -> Result<PathBuf, Failure> {
    let own = rustix::process::geteuid().as_raw();
    let by_session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let memory = PathBuf::from("/dev/shm");
    let root = match by_session.filter(|path| is_owned_by(path, own)) {
        Some(path) => path.join("holdpoint"),
        None if memory.is_dir() => memory.join(format!("holdpoint-{own}")),
        None => std::env::temp_dir().join(format!("holdpoint-{own}")),
    };
    ensure_private(&root)?;
    Ok(root)
}

fn is_owned_by(path: &Path, user: u32) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_dir() && found.uid() == user)
}

/// A directory that is this user's alone; one that somebody else prepared is refused.
fn ensure_private(path: &Path) -> Result<(), Failure> {
    let made = std::fs::DirBuilder::new().mode(0o700).create(path);
    if let Err(error) = made
        && error.kind() != std::io::ErrorKind::AlreadyExists
    {
        return Err(Failure::words(Code::RecordFailed, format!("cannot create {}: {error}", path.display())));
    }
    let found = std::fs::symlink_metadata(path)?;
    let own = rustix::process::geteuid().as_raw();
    if found.is_dir() && found.uid() == own && is_private(found.mode()) {
        return Ok(());
    }
    let words = format!("{} is not a directory that belongs to you alone", path.display());
    Err(Failure::words(Code::RecordFailed, words).hint("remove it, or set XDG_RUNTIME_DIR"))
}

/// Whether nobody but the owner has any right by this mode.
pub(super) fn is_private(mode: u32) -> bool {
    !Mode::from_raw_mode(mode).intersects(Mode::RWXG | Mode::RWXO)
}

/// The working directory.
pub(super) fn directory() -> Result<PathBuf, Failure> {
    Ok(std::env::current_dir()?)
}

/// Names of the variables that the environment has.
pub(super) fn variable_names() -> Vec<String> {
    let mut names: Vec<String> =
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    names.sort();
    names
}

/// Masks secrets: known shapes, and the values of variables whose names say that they are secret.
pub(super) fn redactor() -> Redactor {
    const SECRET_WORDS: [&str; 6] = ["PASS", "SECRET", "TOKEN", "APIKEY", "API_KEY", "CREDENTIAL"];
    let mut redactor = Redactor::new();
    for (name, value) in std::env::vars_os() {
        if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string())
            && SECRET_WORDS.iter().any(|word| name.to_uppercase().contains(word))
        {
            redactor.register(&name, &value);
        }
    }
    redactor
}

/// Whether colours are unwanted by the variable that says so.
pub(super) fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Whether the locale's characters go beyond ASCII.
pub(super) fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| locale.to_uppercase().replace('-', "").contains("UTF8"))
}

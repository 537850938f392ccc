//! The door to processes of the program's own: the supervisor that outlives the terminal, and the
//! holder behind it.

#![expect(clippy::disallowed_types, reason = "the door to our own processes")]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::arguments::Hold;
use super::exit::{Code, Failure};
use crate::journal::{RunId, RunStart};
use crate::pty::holder;

/// What a supervisor says once front ends can come.
pub(super) const READY: &str = "ready";

/// This program, also when its file was replaced meanwhile by another version.
pub(super) fn program() -> Result<PathBuf, Failure> {
    let named = std::env::current_exe()?;
    Ok(if named.exists() { named } else { PathBuf::from("/proc/self/exe") })
}

/// Starts the supervisor of a run and waits until it serves; `start` begins the run.
pub(super) fn start_supervisor(run: &RunId, start: Option<&RunStart>) -> Result<(), Failure> {
    let mut command = Command::new(program()?);
    command.arg("supervise").arg(&run.0);
    if start.is_some() {
        command.arg("--begin");
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    if let Some(mut stdin) = child.stdin.take()
        && let Some(start) = start
    {
        serde_json::to_writer(&mut stdin, start).map_err(|error| Failure::new(Code::Failed, error))?;
        stdin.flush()?;
    }
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    if line.trim() == READY {
        return Ok(());
    }
    let code = match child.wait()?.code() {
        Some(5) => Code::Locked,
        Some(7) => Code::Damaged,
        Some(6) => Code::RecordFailed,
        _ => Code::Failed,
    };
    let words = if line.trim().is_empty() { "the supervisor did not start" } else { line.trim() };
    Err(Failure::words(code, words)
        .hint("the log in the state directory says more; `holdpoint doctor` looks at the host"))
}

/// Becomes the holder of a run's terminal.
pub(super) fn hold(hold: Hold) -> Result<Code, Failure> {
    let words = hold.rest.into_iter().map(std::ffi::OsString::from);
    let arguments = holder::Arguments::parse(words).map_err(|error| Failure::new(Code::Usage, error))?;
    holder::main(&arguments).map_err(|error| Failure::new(Code::Failed, error))?;
    Ok(Code::Done)
}

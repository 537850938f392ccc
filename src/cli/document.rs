//! A runbook as a file: opened, understood, summed up.

#![expect(clippy::disallowed_methods, reason = "the door to the runbook's file")]

use std::path::{Path, PathBuf};

use super::exit::{Code, Failure};
use crate::runbook::{self, ItemKind, Runbook};

/// The incident log's name beside a runbook.
pub(super) const INCIDENT_LOG: &str = "what-broke-last-time.md";

/// A runbook as opened.
pub(super) struct Opened {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    pub runbook: Runbook,
}

impl Opened {
    /// Opens and understands a runbook.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = read_file(path)?;
        let runbook =
            runbook::read(&path.display().to_string(), &bytes).map_err(|error| unreadable(path, &error))?;
        Ok(Self { path: std::path::absolute(path)?, bytes, runbook })
    }

    /// Where incidents of this runbook are logged.
    pub(super) fn incident_log(&self) -> PathBuf {
        self.path.with_file_name(INCIDENT_LOG)
    }
}

pub(super) fn unreadable(path: &Path, error: &runbook::ReadError) -> Failure {
    let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
    Failure::words(Code::Unreadable, format!("{}{line}: {}", path.display(), error.message))
        .hint(error.help.clone())
}

/// The bytes of a file that somebody named on the command line.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path)
        .map_err(|error| Failure::words(Code::Unreadable, format!("cannot read {}: {error}", path.display())))
}

/// Whether the file that a link names is there.
pub(super) fn resolves(folder: &Path, target: &str) -> bool {
    let file = target.split('#').next().unwrap_or_default();
    !file.is_empty() && !file.contains("://") && folder.join(file).exists()
}

/// How much there is in a runbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Summary {
    pub steps: usize,
    pub commands: usize,
    pub checks: usize,
    pub errors: usize,
}

impl Summary {
    pub(super) fn of(runbook: &Runbook) -> Self {
        let items = || runbook.steps().flat_map(|(_, step)| &step.items);
        let errors = runbook.diagnostics.iter().filter(|found| found.severity == runbook::Severity::Error);
        Self {
            steps: runbook.steps().count(),
            commands: items().filter(|item| matches!(item.kind, ItemKind::Command(_))).count(),
            checks: items().filter(|item| matches!(item.kind, ItemKind::Check { .. })).count(),
            errors: errors.count(),
        }
    }
}

//! Exit codes, and how a failure is told: what happened, where, what to do next.

#![expect(clippy::print_stderr, reason = "the program's own word about its failure")]

use std::fmt;
use std::io::Write;

/// Exit codes of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Done.
    Done,
    /// Ended with a failure, or there are diagnostics.
    Failed,
    /// The command line cannot be understood.
    Usage,
    /// Held at a gate.
    Held,
    /// The runbook cannot be read.
    Unreadable,
    /// Another run has the subject.
    Locked,
    /// The record cannot be written.
    RecordFailed,
    /// A journal is damaged.
    Damaged,
}

impl Code {
    /// The number that the process ends with.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Held => 3,
            Self::Unreadable => 4,
            Self::Locked => 5,
            Self::RecordFailed => 6,
            Self::Damaged => 7,
        }
    }
}

/// Why the program ends otherwise than wished.
#[derive(Debug)]
pub struct Failure {
    /// The number that the process ends with.
    pub code: Code,
    /// What happened.
    pub error: anyhow::Error,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(code: Code, error: impl Into<anyhow::Error>) -> Self {
        Self { code, error: error.into(), hint: None }
    }

    /// A failure that is told in these words.
    pub fn words(code: Code, words: impl fmt::Display) -> Self {
        Self { code, error: anyhow::anyhow!("{words}"), hint: None }
    }

    /// The same, with what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self { code: Code::Failed, error, hint: None }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Code::Failed, error)
    }
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        use crate::store::StoreError;
        match &error {
            StoreError::SubjectLocked { .. } => Self::new(Code::Locked, error)
                .hint("`holdpoint attach` goes to the run that has it; it is free once that run has ended"),
            StoreError::Damaged { .. } => Self::new(Code::Damaged, error)
                .hint("`holdpoint verify` says what is whole; nothing was changed"),
            StoreError::NoSuchRun(_) => {
                Self::new(Code::Usage, error).hint("`holdpoint runs` lists what there is")
            }
            _ => Self::new(Code::RecordFailed, error).hint("`holdpoint doctor` looks at the storage"),
        }
    }
}

/// Says something on standard output; a reader that has seen enough ends the program quietly.
pub(super) fn say(words: fmt::Arguments<'_>) -> Result<(), Failure> {
    Ok(std::io::stdout().lock().write_fmt(words)?)
}

/// The same, as a line of its own.
pub(super) fn say_line(words: fmt::Arguments<'_>) -> Result<(), Failure> {
    say(format_args!("{words}\n"))
}

/// Whether it only means that nobody reads any more what is said, as with `| head`.
pub(super) fn is_unread(failure: &Failure) -> bool {
    let cause = failure.error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Tells a failure on standard error.
pub(super) fn explain(failure: &Failure) {
    eprintln!("holdpoint: {}", chain(&failure.error));
    if let Some(hint) = &failure.hint {
        eprintln!("  help: {hint}");
    }
}

/// The error and its causes, each once, joined by colons.
fn chain(error: &anyhow::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if words.last().is_none_or(|last| !last.ends_with(&cause)) {
            words.push(cause);
        }
    }
    words.join(": ")
}

//! Why a statement cannot open a target.

/// Why a statement cannot open a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A part of it that says more than where to go: an operator, a redirection, a comment.
    #[error("cannot open a session through {0}")]
    Unsupported(String),
    /// It runs a command of its own there, so nothing stays open.
    #[error("{0} is a command to run there, not a session")]
    HasCommand(String),
    /// A quote without its end.
    #[error("a quote is not closed")]
    Unclosed,
    /// A console that is no shell: what follows is typed by hand.
    #[error("what follows is not for a shell")]
    NotAShell,
}

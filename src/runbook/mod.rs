//! The document: what the operator is asked to do. Reads Markdown, rendered text and YAML into one
//! [`Runbook`] and complains about what it finds; never runs, writes or guesses anything.

pub mod diagnostic;
pub mod model;
pub mod placeholder;

pub use diagnostic::{Diagnostic, Severity};
pub use model::{
    Block, Confidence, Form, Format, Guard, Item, ItemId, ItemKind, Language, LineRange, Phase, PhaseId,
    Placeholder, Risk, Role, Runbook, Session, Source, Statement, Step, StepId,
};

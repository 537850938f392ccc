//! The document: what the operator is asked to do. Reads Markdown, rendered text and YAML into one
//! [`Runbook`] and complains about what it finds; never runs, writes or guesses anything.

mod assemble;
mod decode;
pub mod diagnostic;
pub mod inspect;
mod item;
mod lexicon;
pub mod lint;
mod markdown;
pub mod model;
mod node;
mod normalise;
mod outline;
pub mod placeholder;
mod plain;
mod read;
mod rule;
mod section;
mod shell;

pub use decode::{LARGEST, ReadError};
pub use diagnostic::{Diagnostic, Severity};
pub use model::{
    Block, Confidence, Form, Format, Guard, Item, ItemId, ItemKind, Language, LineRange, Phase, PhaseId,
    Placeholder, Risk, Role, Runbook, Session, Source, Statement, Step, StepId,
};
pub use read::read;

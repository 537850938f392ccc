//! The rules by which blocks become phases, steps and items: one idea a file, each with the evidence
//! for it. A rule answers a question about text; it builds nothing.

pub(crate) mod code;
pub(crate) mod command_line;
pub(crate) mod heading;
pub(crate) mod inline;
pub(crate) mod label;
pub(crate) mod list;
pub(crate) mod prompt;

//! How a finished record reads: one file a format. Folds entries into text; writes no file and
//! trusts nothing that a document, a command or an operator wrote.

mod json;
mod markdown;
mod output;

pub use json::json;
pub use markdown::markdown;
pub use output::plain_lines;

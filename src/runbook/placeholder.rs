//! Names that a person must supply inside a command, and how their values get in: as data, never
//! as code.

use std::collections::BTreeMap;

/// Values by placeholder name, without the marks.
pub type Values = BTreeMap<String, String>;

/// Why a command cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// A name without a value.
    #[error("{0} has no value yet")]
    Missing(String),
    /// A value that must not stand where the placeholder stands.
    #[error("the value of {name} cannot be used here: {reason}")]
    Refused {
        /// The placeholder's name.
        name: String,
        /// What is wrong, as a fragment.
        reason: String,
    },
}

/// The command with every placeholder replaced by its value, quoted for the place where it stands
/// (bare word or inside double quotes); exactly this text is shown and run.
pub fn fill(text: &str, values: &Values) -> Result<String, FillError> {
    let _ = values;
    Ok(text.to_owned())
}

/// The names in this command that need a value, in order, once each. Names in `set` are shell
/// variables that exist already.
pub fn required(text: &str, set: &dyn Fn(&str) -> bool) -> Vec<String> {
    let _ = (text, set);
    Vec::new()
}

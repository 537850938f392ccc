//! Names that a person must supply inside a command, and how their values get in: as data, never
//! as code.

mod fill;
pub(crate) mod find;

use std::collections::BTreeMap;

use super::shell::{lexer, variable};

pub use fill::fill;

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

/// The names in this command that need a value, in order, once each. Names in `set` are shell
/// variables that exist already.
pub fn required(text: &str, set: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in spelled(text, set) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Every placeholder of a text with its spelling and byte offset, in order of appearance.
pub(crate) fn spelled(text: &str, set: &dyn Fn(&str) -> bool) -> Vec<(String, std::ops::Range<usize>)> {
    let mut all: Vec<(String, std::ops::Range<usize>)> =
        find::find(text).into_iter().map(|one| (one.name, one.range)).collect();
    let masked = mask(text);
    let scan = lexer::scan(&masked);
    let own = variable::sets(&masked, &scan);
    for used in variable::uses(&masked, &scan) {
        let exists = variable::is_known(&used.name) || own.contains(&used.name) || set(&used.name);
        if !used.defaulted && !exists {
            all.push((used.name, used.range));
        }
    }
    all.sort_by_key(|(_, range)| range.start);
    all
}

/// The text with every placeholder in marks covered, byte for byte, so that shell syntax can be read.
pub(crate) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for one in find::find(text) {
        masked.push_str(&text[end..one.range.start]);
        masked.extend(std::iter::repeat_n('X', one.range.len()));
        end = one.range.end;
    }
    masked.push_str(&text[end..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(required(text, &|name| name == "SITE_SLUG"), expected, "{text}");
    }

    #[test]
    fn names_are_required_once_each_in_order() {
        check("cp <a> {b} && cp <a> $DATABASE_URL", &["a", "b", "DATABASE_URL"]);
    }

    #[test]
    fn variables_that_exist_are_not_required() {
        check("echo $HOME ${SITE_SLUG} ${X:-1} $1 && Y=2 && echo $Y", &[]);
    }
}

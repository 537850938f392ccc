//! Registered values in all the forms in which a command may print them, found by one automaton.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::SHORTEST_SECRET;

/// The forms of every registered value.
#[derive(Clone, Default)]
pub(crate) struct Literals {
    values: Vec<(Arc<str>, Zeroizing<String>)>,
    /// Sorted; each with the name of its value.
    forms: Vec<(Zeroizing<Vec<u8>>, Arc<str>)>,
    automaton: Option<AhoCorasick>,
    longest: usize,
}

impl fmt::Debug for Literals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} values", self.values.len())
    }
}

impl Literals {
    /// These and one more.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut values = self.values.clone();
        values.push((name.into(), Zeroizing::new(value.to_owned())));
        let mut forms: BTreeMap<Vec<u8>, Arc<str>> = BTreeMap::new();
        for (name, value) in &values {
            for form in forms_of(value) {
                forms.entry(without_controls(&form)).or_insert_with(|| Arc::clone(name));
            }
        }
        forms.retain(|form, _| form.len() >= SHORTEST_SECRET);
        let forms: Vec<_> = forms.into_iter().map(|(form, name)| (Zeroizing::new(form), name)).collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(forms.iter().map(|(form, _)| form.as_slice()))
            .ok();
        let longest = forms.iter().map(|(form, _)| form.len()).max().unwrap_or(0);
        Self { values, forms, automaton, longest }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// How far back a form that ends in a text can begin.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Every occurrence that ends after `known`: start, end, name of the value.
    pub(crate) fn find<'a>(
        &'a self,
        text: &'a [u8],
        known: usize,
    ) -> impl Iterator<Item = (usize, usize, &'a Arc<str>)> + 'a {
        let from = known.saturating_sub(self.longest.saturating_sub(1));
        let found =
            self.automaton.iter().flat_map(move |automaton| automaton.find_overlapping_iter(&text[from..]));
        found
            .map(move |found| {
                (from + found.start(), from + found.end(), &self.forms[found.pattern().as_usize()].1)
            })
            .filter(move |(_, end, _)| *end > known)
    }

    /// Where the longest end of the text begins that may be the beginning of a form.
    pub(crate) fn held_from(&self, text: &[u8]) -> usize {
        let first = text.len().saturating_sub(self.longest.saturating_sub(1));
        (first..text.len()).find(|&start| self.begins_a_form(&text[start..])).unwrap_or(text.len())
    }

    fn begins_a_form(&self, beginning: &[u8]) -> bool {
        let place = self.forms.partition_point(|(form, _)| form.as_slice() <= beginning);
        self.forms.get(place).is_some_and(|(form, _)| form.starts_with(beginning))
    }
}

/// Control characters are skipped when forms are looked for, so they have none.
fn without_controls(form: &[u8]) -> Vec<u8> {
    form.iter().copied().filter(|&byte| byte == b'\t' || !(byte < 0x20 || byte == 0x7f)).collect()
}

fn forms_of(value: &str) -> Vec<Vec<u8>> {
    let mut forms: Vec<Vec<u8>> = value.lines().map(|line| line.trim().as_bytes().to_vec()).collect();
    forms.push(value.as_bytes().to_vec());
    forms.extend(base64_forms(value.as_bytes()));
    for digits in ["{:02x}", "{:02X}"] {
        forms.push(hexadecimal(value.as_bytes(), digits == "{:02X}").into_bytes());
    }
    forms.extend(url_forms(value).map(String::into_bytes));
    forms.extend(json_forms(value).map(String::into_bytes));
    forms.extend(html_forms(value).map(String::into_bytes));
    forms.extend(shell_forms(value).map(String::into_bytes));
    forms
}

/// The value may begin at any of the three places of a group; characters that depend on its
/// neighbours are left out.
fn base64_forms(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let shifted = [vec![0; before], value.to_vec()].concat();
        let first = [0, 2, 3][before];
        let whole = shifted.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            forms.push(encoded.as_bytes()[first..whole].to_vec());
        }
    }
    forms
}

fn hexadecimal(bytes: &[u8], capitals: bool) -> String {
    bytes.iter().fold(String::new(), |text, byte| {
        text + &if capitals { format!("{byte:02X}") } else { format!("{byte:02x}") }
    })
}

fn url_forms(value: &str) -> impl Iterator<Item = String> {
    let escape = |kept: &str, capitals: bool, space: Option<&str>| {
        value.bytes().fold(String::new(), |text, byte| {
            let character = char::from(byte);
            match (byte, space) {
                (b' ', Some(space)) => text + space,
                _ if byte.is_ascii_alphanumeric() || kept.contains(character) => {
                    text + &character.to_string()
                }
                _ => text + "%" + &hexadecimal(&[byte], capitals),
            }
        })
    };
    let kept = ["-._~", "-._~/", "-_.!~*'()", "-_.!~*'();/?:@&=+$,#", "*-._", ""];
    let mut forms = Vec::new();
    for kept in kept {
        for capitals in [true, false] {
            forms.push(escape(kept, capitals, None));
            forms.push(escape(kept, capitals, Some("+")));
        }
    }
    forms.into_iter()
}

fn json_forms(value: &str) -> impl Iterator<Item = String> {
    let plain = serde_json::Value::from(value).to_string();
    let plain = plain[1..plain.len() - 1].to_owned();
    let ascii = plain.chars().fold(String::new(), |text, character| match character {
        ' '..='~' => text + &character.to_string(),
        _ => character
            .encode_utf16(&mut [0; 2])
            .iter()
            .fold(text, |text, unit| text + &format!("\\u{unit:04x}")),
    });
    let markup = plain.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let slashes = plain.replace('/', "\\/");
    let quotes = markup.replace('\'', "\\u0027");
    [plain, ascii, markup, slashes, quotes].into_iter()
}

fn html_forms(value: &str) -> impl Iterator<Item = String> {
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut forms = vec![escaped.clone()];
    for double in ["&quot;", "&#34;", "&#x22;"] {
        for single in ["'", "&#39;", "&#x27;", "&#039;", "&apos;"] {
            forms.push(escaped.replace('"', double).replace('\'', single));
        }
    }
    forms.into_iter()
}

fn shell_forms(value: &str) -> impl Iterator<Item = String> {
    let backslashes = |special: &str| {
        value.chars().fold(String::new(), |text, character| {
            let mark = if special.contains(character) { "\\" } else { "" };
            text + mark + &character.to_string()
        })
    };
    [
        value.replace('\'', r"'\''"),
        value.replace('\'', r#"'"'"'"#),
        backslashes("\"$`\\"),
        backslashes("\"$`\\!"),
        backslashes(" \t!\"#$&'()*,;<=>?[\\]^`{|}~"),
        backslashes(" \t!\"#$&'()*;<>?[\\]^`{|}"),
        backslashes("'\\"),
        backslashes("'\"\\?"),
    ]
    .into_iter()
}

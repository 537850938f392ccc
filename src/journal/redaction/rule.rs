//! Known shapes of secrets, within one line. A rule is tried on a line only if the line holds one
//! of its triggers, so every match of a rule must hold one.

use std::sync::{Arc, OnceLock};

use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, MatchKind};
use regex::bytes::{Captures, Regex};

use super::{Certainty, Span, entropy};

mod judge;
mod table;

pub(crate) use table::TABLE;

/// One shape. The group `v`, else the whole match, is masked.
pub(crate) struct Rule {
    /// Stands in the mask.
    pub(crate) name: &'static str,
    /// Lower case; compared without regard to case.
    pub(crate) triggers: &'static [&'static str],
    /// A byte that stands in every line with a match.
    pub(crate) needs: Option<u8>,
    pub(crate) pattern: &'static str,
    /// Looks at a match more closely than a pattern can.
    pub(crate) judge: fn(&[u8], &Captures<'_>) -> bool,
}

/// All shapes, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Rules {
    automaton: Option<DFA>,
    /// For each trigger, the rule that it belongs to.
    owners: Vec<usize>,
    /// Compiled when a trigger of theirs is first seen.
    compiled: Vec<OnceLock<Option<Regex>>>,
}

impl Rules {
    /// The shapes never change; they are made ready once.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<Rules>> = OnceLock::new();
        Arc::clone(SHARED.get_or_init(|| Arc::new(Self::new())))
    }

    fn new() -> Self {
        let triggers = TABLE
            .iter()
            .enumerate()
            .flat_map(|(rule, row)| row.triggers.iter().map(move |text| (rule, *text)));
        let (owners, texts): (Vec<usize>, Vec<&str>) = triggers.unzip();
        let automaton =
            DFA::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(texts).ok();
        Self { automaton, owners, compiled: TABLE.iter().map(|_| OnceLock::new()).collect() }
    }

    /// Adds what is found in a text of whole lines.
    pub(crate) fn find(&self, text: &[u8], spans: &mut Vec<Span>) {
        let mut line = 0..0;
        let mut tried = vec![false; TABLE.len()];
        self.for_each_trigger(text, |end, rule| {
            if end > line.end {
                line = line_around(text, end - 1);
                tried.fill(false);
            }
            if !std::mem::replace(&mut tried[rule], true) {
                self.apply(rule, &text[line.clone()], line.start, spans);
            }
        });
        entropy::find(text, spans);
    }

    /// Every trigger that ends anywhere, with the rule it belongs to.
    fn for_each_trigger(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let Some(automaton) = &self.automaton else { return };
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return };
        for (place, &byte) in text.iter().enumerate() {
            state = automaton.next_state(Anchored::No, state, byte);
            if automaton.is_special(state) && automaton.is_match(state) {
                for number in 0..automaton.match_len(state) {
                    found(place + 1, self.owners[automaton.match_pattern(state, number).as_usize()]);
                }
            }
        }
    }

    fn apply(&self, rule: usize, line: &[u8], offset: usize, spans: &mut Vec<Span>) {
        let row = &TABLE[rule];
        if row.needs.is_some_and(|byte| memchr::memchr(byte, line).is_none()) {
            return;
        }
        let Some(regex) = self.compiled[rule].get_or_init(|| Regex::new(row.pattern).ok()) else { return };
        let mut at = 0;
        while let Some(captures) = regex.captures_at(line, at) {
            let Some(whole) = captures.get(0) else { return };
            let accepted = (row.judge)(line, &captures);
            let value = ["v", "w", "x"].iter().find_map(|name| captures.name(name)).unwrap_or(whole);
            if accepted && !value.is_empty() {
                let span = Span {
                    start: offset + value.start(),
                    end: offset + value.end(),
                    certainty: Certainty::Shape,
                    rule: Arc::from(row.name),
                };
                spans.push(span);
            }
            let next = if accepted { whole.end() } else { value.start().max(whole.start() + 1) };
            at = next.max(at + 1);
            if at > line.len() {
                return;
            }
        }
    }
}

fn line_around(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |feed| feed + 1);
    let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |feed| at + feed);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_no_match_crosses_a_line() {
        for rule in TABLE {
            let regex = Regex::new(rule.pattern).unwrap_or_else(|error| panic!("{}: {error}", rule.name));
            assert!(!regex.is_match(b"\n"), "{}", rule.name);
            assert!(rule.triggers.iter().all(|text| text.to_lowercase() == **text), "{}", rule.name);
        }
    }
}

//! Output in pieces → redacted output. Complete lines are looked at; what may still become part
//! of a registered value waits for the next line.

use std::ops::Range;
use std::sync::Arc;

use super::literal::Literals;
use super::rule::Rules;
use super::section::Section;
use super::visible::{Control, Visible};
use super::{Certainty, Span};

/// A line that is longer is looked at in parts of this length.
const LONGEST_LINE: usize = 64 * 1024;

/// Masks one output.
#[derive(Debug)]
pub struct Stream {
    rules: Arc<Rules>,
    literals: Arc<Literals>,
    visible: Visible,
    /// Where the lines begin that were looked at and not given out.
    lines: Vec<usize>,
    /// Where the first line begins that was not looked at.
    next_line: usize,
    /// Up to where line feeds were looked for.
    searched: usize,
    spans: Vec<Span>,
    section: Section,
    skeleton: Skeleton,
}

impl Stream {
    pub(crate) fn new(rules: Arc<Rules>, literals: Arc<Literals>) -> Self {
        Self {
            rules,
            literals,
            visible: Visible::default(),
            lines: Vec::new(),
            next_line: 0,
            searched: 0,
            spans: Vec::new(),
            section: Section::default(),
            skeleton: Skeleton::default(),
        }
    }

    /// Takes the next piece; returns what is certain by now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.visible.push(bytes);
        let known = self.next_line;
        self.look_at_complete_lines();
        if self.next_line == known {
            return Vec::new();
        }
        let safe = self.safe_end();
        self.give_out(safe)
    }

    /// Returns the rest when nothing more comes.
    pub fn finish(&mut self) -> Vec<u8> {
        self.visible.finish();
        self.look_at_complete_lines();
        let end = self.visible.text.len();
        if self.next_line < end {
            self.look_at(self.next_line..end);
        }
        let mut given = self.give_out(end);
        self.write(0..0, &self.visible.controls, &mut given);
        given
    }

    fn look_at_complete_lines(&mut self) {
        let begin = self.next_line;
        let mut cut = Vec::new();
        let mut line = self.next_line;
        loop {
            let text = &self.visible.text;
            let searched = self.searched.max(line);
            let limit = text.len().min(line + LONGEST_LINE);
            match memchr::memchr(b'\n', &text[searched..limit]) {
                Some(feed) => line = searched + feed + 1,
                None if limit == line + LONGEST_LINE => {
                    line = limit;
                    cut.push(limit);
                }
                None => {
                    self.searched = limit;
                    break;
                }
            }
            self.lines.push(line);
        }
        let mut start = begin;
        for end in cut.into_iter().chain([line]) {
            if start < end {
                self.look_at(start..end);
            }
            start = end;
        }
    }

    /// Complete lines, or a part of a line that is too long.
    fn look_at(&mut self, range: Range<usize>) {
        let text = &self.visible.text[range.clone()];
        let found = self.spans.len();
        self.rules.find(text, &mut self.spans);
        self.section.find(text, &mut self.spans);
        for span in &mut self.spans[found..] {
            span.start += range.start;
            span.end += range.start;
        }
        if !self.literals.is_empty() {
            self.skeleton.extend(&self.visible.text, range.clone());
            self.skeleton.find(&self.literals, &mut self.spans);
        }
        self.next_line = range.end;
        self.searched = self.searched.max(range.end);
    }

    /// The beginning of the line in which something waits for its continuation.
    fn safe_end(&self) -> usize {
        if self.literals.is_empty() {
            return self.next_line;
        }
        let held = self.literals.held_from(&self.skeleton.bytes);
        if held == self.skeleton.bytes.len() {
            return self.next_line;
        }
        let held = self.skeleton.place_of(held);
        let line = self.lines.partition_point(|&line| line <= held);
        line.checked_sub(1).map_or(0, |line| self.lines[line])
    }

    /// The last beginning of a line, not after `end`, that no span crosses: a value that goes over
    /// several lines is given out as a whole.
    fn uncrossed(&self, mut end: usize) -> usize {
        while let Some(span) = self.spans.iter().find(|span| span.start < end && end < span.end) {
            let line = self.lines.partition_point(|&line| line <= span.start);
            end = line.checked_sub(1).map_or(0, |line| self.lines[line]);
        }
        end
    }

    fn give_out(&mut self, end: usize) -> Vec<u8> {
        let end = self.uncrossed(end);
        self.spans.sort();
        let later = self.spans.partition_point(|span| span.start < end);
        let kept = self.spans.split_off(later);
        let spans = merged(std::mem::replace(&mut self.spans, kept));
        let given = self.rendered(end, &spans);
        self.forget(end);
        given
    }

    fn rendered(&self, end: usize, spans: &[Span]) -> Vec<u8> {
        let mut given = Vec::with_capacity(end + end / 8);
        let (mut at, mut controls) = (0, &self.visible.controls[..]);
        for span in spans {
            let before = controls.partition_point(|control| control.at <= span.start);
            let inside = before + controls[before..].partition_point(|control| control.at < span.end);
            self.write(at..span.start, &controls[..before], &mut given);
            given.extend_from_slice(format!("[REDACTED:{}]", span.rule).as_bytes());
            self.write_masked(span.start..span.end, &controls[before..inside], &mut given);
            (at, controls) = (span.end, &controls[inside..]);
        }
        let before = controls.partition_point(|control| control.at < end);
        self.write(at..end, &controls[..before], &mut given);
        given
    }

    fn write(&self, range: Range<usize>, controls: &[Control], given: &mut Vec<u8>) {
        let mut from = range.start;
        for control in controls {
            given.extend_from_slice(&self.visible.text[from..control.at]);
            given.extend_from_slice(&self.visible.control_bytes[control.bytes.clone()]);
            from = control.at;
        }
        given.extend_from_slice(&self.visible.text[from..range.end]);
    }

    /// Line ends and control sequences stay where a value held them.
    fn write_masked(&self, range: Range<usize>, controls: &[Control], given: &mut Vec<u8>) {
        let mut from = range.start;
        let line_ends = |range: Range<usize>| {
            self.visible.text[range].iter().copied().filter(|byte| matches!(byte, b'\n' | b'\r'))
        };
        for control in controls {
            given.extend(line_ends(from..control.at));
            given.extend_from_slice(&self.visible.control_bytes[control.bytes.clone()]);
            from = control.at;
        }
        given.extend(line_ends(from..range.end));
    }

    fn forget(&mut self, end: usize) {
        self.visible.forget(end);
        for span in &mut self.spans {
            span.start -= end;
            span.end -= end;
        }
        self.lines.retain(|&line| line >= end);
        self.lines.iter_mut().for_each(|line| *line -= end);
        self.next_line -= end;
        self.searched = self.searched.saturating_sub(end);
        self.skeleton.forget(end, self.literals.longest());
    }
}

/// Overlapping spans are one.
fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => {
                last.end = last.end.max(span.end);
                if span.certainty < last.certainty {
                    (last.certainty, last.rule) = (span.certainty, span.rule);
                }
            }
            _ => merged.push(span),
        }
    }
    merged
}

/// The text without line ends, so that a value is found across them.
#[derive(Debug, Default)]
struct Skeleton {
    bytes: Vec<u8>,
    /// Where pieces without a line end begin: here, and in the text (which may be gone already).
    pieces: Vec<(usize, isize)>,
    /// Up to where values were looked for.
    known: usize,
}

impl Skeleton {
    fn extend(&mut self, text: &[u8], range: Range<usize>) {
        let mut from = range.start;
        for end in memchr::memchr2_iter(b'\n', b'\r', &text[range.clone()]).chain([range.len()]) {
            let end = range.start + end;
            if from < end {
                self.pieces.push((self.bytes.len(), from.cast_signed()));
                self.bytes.extend_from_slice(&text[from..end]);
            }
            from = end + 1;
        }
    }

    fn find(&mut self, literals: &Literals, spans: &mut Vec<Span>) {
        for (start, end, rule) in literals.find(&self.bytes, self.known) {
            let span = Span {
                start: self.place_of(start),
                end: self.place_of(end - 1) + 1,
                certainty: Certainty::Registered,
                rule: Arc::clone(rule),
            };
            spans.push(span);
        }
        self.known = self.bytes.len();
    }

    fn place_of(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let (start, place) = self.pieces.get(piece).copied().unwrap_or_default();
        place.saturating_add_unsigned(at - start).max(0).cast_unsigned()
    }

    /// Forgets what stands before a place of the text, and keeps enough to find what ends later.
    fn forget(&mut self, end: usize, longest: usize) {
        for (_, place) in &mut self.pieces {
            *place = place.saturating_sub_unsigned(end);
        }
        let surplus = self.bytes.len().saturating_sub(longest);
        let held =
            self.pieces.iter().find(|(_, place)| *place >= 0).map_or(self.bytes.len(), |(start, _)| *start);
        let cut = surplus.min(held);
        if cut < 4 * longest {
            return;
        }
        let first = self.pieces.partition_point(|(start, _)| *start <= cut).saturating_sub(1);
        self.pieces.drain(..first);
        if let Some((start, place)) = self.pieces.first_mut() {
            *place = place.saturating_add_unsigned(cut - *start);
            *start = cut;
        }
        self.pieces.iter_mut().for_each(|(start, _)| *start -= cut);
        self.bytes.drain(..cut);
        self.known -= cut;
    }
}

//! Blocks to items: walks the blocks of one step in source order, asks the rules what each is, and
//! drafts what the operator will meet. Knows nothing of headings, phases or ids.

use std::collections::BTreeSet;

use super::node::{Code, Entry, Inline, Node, NodeKind};
use super::rule::code::{self, Class, Segment};
use super::rule::label::{self, Meaning};
use super::rule::{inline, list};
use super::shell::{risk, statement};
use super::{Block, Confidence, Form, ItemKind, Language, LineRange, Statement, lexicon};
use crate::runbook::node::Carrier;

/// An item without an id.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Where it stands.
    pub(crate) lines: LineRange,
    /// The lines of the document that it accounts for.
    pub(crate) covers: LineRange,
    /// The draft on which it depends, by index, and the branch.
    pub(crate) guard: Option<(usize, usize)>,
    /// What it is; `about` of an expectation is filled in later.
    pub(crate) kind: ItemKind,
}

/// What stands above the blocks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Setting<'a> {
    /// The title of the step or part.
    pub(crate) title: &'a str,
    /// Whether this is part of the way back: conditions there are triggers.
    pub(crate) rollback: bool,
    /// Whether this is a side section: what to do is advice there, not an action.
    pub(crate) aside: bool,
    /// Whether this repeats what other steps hold: commands named here are not run again.
    pub(crate) repeats: bool,
}

/// The drafts for these blocks.
pub(crate) fn draft(nodes: &[Node], setting: Setting<'_>) -> Vec<Draft> {
    let mut items = Items { setting, ..Items::default() };
    items.fallback = fallback(setting.title);
    items.nodes(nodes);
    items.drafts
}

/// What a title says about the lists under it (K3).
fn fallback(title: &str) -> Meaning {
    let lower = title.trim_end_matches(':').to_lowercase();
    if label::is_check_label(&lower) {
        Meaning::Checks
    } else if lower.starts_with("watch for") {
        Meaning::Watch
    } else {
        Meaning::Plain
    }
}

#[derive(Default)]
struct Items<'a> {
    setting: Setting<'a>,
    drafts: Vec<Draft>,
    guard: Option<(usize, usize)>,
    fallback: Meaning,
    pending: Pending,
    nested: bool,
    targets: BTreeSet<String>,
}

/// What the text just before the next block announced.
#[derive(Debug, Clone, Default)]
struct Pending {
    meaning: Meaning,
    text: String,
    once: bool,
    colon: bool,
}

impl Items<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match &node.kind {
                NodeKind::Paragraph(text) => self.paragraph(text, node.lines, false),
                NodeKind::Heading { text, .. } => self.heading(text),
                NodeKind::Code(code) => {
                    self.guarded(node.lines, |items, pending| items.code(code, node.lines, pending));
                }
                NodeKind::List { entries, ordered } => {
                    self.guarded(node.lines, |items, pending| items.list(entries, *ordered, pending));
                }
                NodeKind::Quote { alert, nodes } => self.quote(nodes, *alert),
                NodeKind::Table { head, rows } => self.table(head, rows),
                NodeKind::Html(_) | NodeKind::Rule => {}
            }
        }
    }

    fn push(&mut self, lines: LineRange, kind: ItemKind) -> usize {
        self.drafts.push(Draft { lines, covers: lines, guard: self.guard, kind });
        self.drafts.len() - 1
    }

    /// Runs `act` on what was announced; an announced condition becomes an item that guards what `act`
    /// drafts, if that holds a gate.
    fn guarded(&mut self, lines: LineRange, act: impl FnOnce(&mut Self, &Pending)) {
        let pending = std::mem::take(&mut self.pending);
        if pending.meaning != Meaning::Condition {
            act(self, &pending);
            return;
        }
        let outer = self.guard;
        let first = lines.first.saturating_sub(1).max(1);
        let at = LineRange { first, last: first };
        let condition = self.push(at, ItemKind::Condition { text: pending.text.clone() });
        self.drafts[condition].covers = LineRange { first: 0, last: 0 };
        self.guard = Some((condition, 0));
        act(self, &Pending { meaning: Meaning::Plain, ..pending });
        self.guard = outer;
        if !self.drafts[condition + 1..].iter().any(|draft| draft.kind.is_gate()) {
            let guarded = self.drafts.split_off(condition + 1);
            self.drafts.pop();
            self.drafts.extend(guarded.into_iter().map(|draft| Draft { guard: outer, ..draft }));
        }
    }

    fn heading(&mut self, text: &Inline) {
        let title = text.text();
        self.fallback = fallback(&title);
        let meaning =
            if label::announces_output(&format!("{title}:")) { Meaning::Output } else { Meaning::Plain };
        self.pending = Pending { meaning, text: title, once: false, colon: false };
    }

    /// A paragraph, label by label: a line that opens with a bold label begins a new piece.
    fn paragraph(&mut self, text: &Inline, lines: LineRange, entry: bool) {
        let mut pieces: Vec<Inline> = Vec::new();
        for row in text.rows() {
            let labelled = row.spans.first().is_some_and(|span| span.strong) && label::label(&row).is_some();
            match pieces.last_mut() {
                Some(last) if !labelled => {
                    let line = row.line().unwrap_or(lines.last);
                    last.spans.push(super::node::Span {
                        text: "\n".into(),
                        line,
                        code: false,
                        strong: false,
                        link: None,
                    });
                    last.spans.extend(row.spans);
                }
                _ => pieces.push(row),
            }
        }
        for piece in &pieces {
            let first = piece.line().unwrap_or(lines.first);
            let last = piece.spans.last().map_or(lines.last, |span| span.line).max(first);
            self.piece(piece, LineRange { first, last }, entry);
        }
    }

    /// One labelled piece of text.
    fn piece(&mut self, text: &Inline, lines: LineRange, entry: bool) {
        let whole = text.text();
        let once = label::is_once(&whole);
        let matter = self.pending.meaning == Meaning::Matter;
        if let Some((name, prompt, pattern)) = label::input(text) {
            let pattern = (!pattern.is_empty()).then_some(pattern);
            self.push(lines, ItemKind::Input { name, prompt, pattern });
            return;
        }
        let mut meaning = label::meaning(text);
        if self.setting.rollback
            && meaning == Meaning::Condition
            && lexicon::says_any!(&whole, &["rollback", "roll back", "revert"])
        {
            meaning = Meaning::Triggers;
        }
        match meaning {
            Meaning::Stop => self.stop(&whole, lines),
            Meaning::Expected => {
                self.inline_commands(text, false);
                let text = label::without_kind(&whole).to_owned();
                self.push(lines, ItemKind::Expected { text, about: None });
                self.pending = Pending {
                    meaning: if whole.ends_with(':') { Meaning::Output } else { Meaning::Plain },
                    text: whole.clone(),
                    once,
                    colon: false,
                };
            }
            Meaning::Warning | Meaning::Note => {
                self.push(
                    lines,
                    ItemKind::Note { warning: meaning == Meaning::Warning, text: whole.clone() },
                );
                let colon = whole.ends_with(':');
                self.pending = Pending {
                    meaning: if colon && !entry { Meaning::Matter } else { Meaning::Plain },
                    text: whole.clone(),
                    once,
                    colon,
                };
            }
            Meaning::Plain | Meaning::Check => self.sentences(text, lines, entry, matter, once),
            announced => {
                self.pending = Pending {
                    meaning: announced,
                    text: without_label_marks(&whole),
                    once,
                    ..Pending::default()
                }
            }
        }
        self.links(text, lines);
    }

    fn stop(&mut self, whole: &str, lines: LineRange) {
        let rollback = label::mentions_rollback(whole);
        let text = label::without_kind(whole).to_owned();
        self.push(lines, ItemKind::StopGate { text, rollback });
        let opens = whole.ends_with(':');
        let condition = whole.split_once(':').map_or(whole, |(_, rest)| rest);
        let condition =
            label::sentences(condition).first().map_or(condition, |sentence| sentence).trim_end_matches('.');
        self.pending = Pending {
            meaning: if opens { Meaning::Condition } else { Meaning::Plain },
            text: condition.to_owned(),
            once: label::is_once(whole),
            colon: false,
        };
    }

    /// Text without a label: the commands in it, the checks it asks for, work by hand.
    fn sentences(&mut self, text: &Inline, lines: LineRange, entry: bool, matter: bool, once: bool) {
        let whole = text.text();
        let colon = whole.ends_with(':');
        let before = self.drafts.len();
        if !matter {
            let acting = entry || label::is_instruction(&whole) || label::label(text).is_some();
            self.inline_commands(text, acting);
        }
        let labelled = self.drafts[before..].iter().any(|draft| matches!(&draft.kind, ItemKind::Command(block) if block.confidence == Confidence::High && block.label.is_some()));
        let checks = !matter
            && !labelled
            && !(entry && (colon || self.setting.aside))
            && self.check_sentences(text, lines, entry);
        if self.drafts[before..].iter().any(|draft| matches!(draft.kind, ItemKind::Command(_))) && once {
            self.mark_once(before);
        }
        let told = self.drafts.len() > before;
        let medium = self.drafts[before..].iter().any(
            |draft| matches!(&draft.kind, ItemKind::Command(block) if block.confidence != Confidence::High),
        );
        let by_hand = medium || !told;
        let settled = matter || checks || self.setting.aside || (colon && self.nested);
        if entry && by_hand && !settled && label::is_instruction(strip_lead(&whole)) {
            let action = Draft {
                lines,
                covers: lines,
                guard: self.guard,
                kind: ItemKind::Action { text: whole.clone() },
            };
            self.drafts.insert(before, action);
        }
        self.pending = Pending { meaning: Meaning::Plain, text: whole, once, colon };
    }

    fn mark_once(&mut self, from: usize) {
        for draft in &mut self.drafts[from..] {
            if let ItemKind::Command(block) = &mut draft.kind {
                block.once = true;
            }
        }
    }

    /// Drafts a check for every sentence that asks for one; in a list entry the whole entry is the check.
    fn check_sentences(&mut self, text: &Inline, lines: LineRange, entry: bool) -> bool {
        let whole = text.text();
        let body = strip_lead(&whole);
        if entry && (label::is_check_sentence(&whole) || label::is_check_sentence(body)) {
            self.push(lines, ItemKind::Check { text: whole, prechecked: false, watch: false });
            return true;
        }
        let mut found = false;
        let mut places = Places::of(text);
        for sentence in label::sentences(&whole) {
            if label::is_check_sentence(sentence) && !entry && !sentence.ends_with(':') {
                let line = places.line(sentence).unwrap_or(lines.first);
                let at = LineRange { first: line, last: line.max(lines.first) };
                let index = self
                    .push(at, ItemKind::Check { text: sentence.to_owned(), prechecked: false, watch: false });
                self.drafts[index].covers = if found { at } else { lines };
                found = true;
            }
        }
        found
    }

    fn inline_commands(&mut self, text: &Inline, acting: bool) -> bool {
        self.offer(text, inline::commands(text, acting))
    }

    fn offer(&mut self, text: &Inline, spans: Vec<inline::Span>) -> bool {
        let found = !spans.is_empty();
        let announced = if found { label::label(text) } else { None };
        for span in spans {
            let lines = LineRange { first: span.line, last: span.line };
            let label = announced.clone().filter(|label| !label.contains(&span.text));
            let mut block = block(&span.text, span.line, span.language, span.confidence, Form::Inline, label);
            block.once = self.pending.once;
            self.push(lines, ItemKind::Command(block));
        }
        found
    }

    fn links(&mut self, text: &Inline, lines: LineRange) {
        for span in &text.spans {
            let document = span.code && is_document(span.text.trim());
            let target = match (&span.link, document) {
                (Some(target), _) if !target.contains("://") && !target.starts_with("mailto:") => {
                    target.clone()
                }
                (None, true) => span.text.trim().to_owned(),
                _ => continue,
            };
            if !target.is_empty() && self.targets.insert(target.clone()) {
                let index = self.push(
                    LineRange { first: span.line, last: span.line },
                    ItemKind::Link { text: span.text.clone(), target },
                );
                let alone = text.text().len() <= span.text.len() + 2;
                self.drafts[index].covers = if alone { lines } else { LineRange { first: 0, last: 0 } };
            }
        }
    }

    fn code(&mut self, code: &Code, lines: LineRange, pending: &Pending) {
        let announced = matches!(pending.meaning, Meaning::Output | Meaning::Expected);
        match code::classify(code, announced) {
            Class::Commands { segments, confidence } if pending.meaning != Meaning::Matter => {
                let from = self.drafts.len();
                for segment in &segments {
                    self.segment(segment, code, confidence, pending);
                }
                if let Some(first) = self.drafts.get_mut(from) {
                    first.covers = lines;
                }
            }
            Class::Output if announced || self.follows_command() => {
                let index = self.push(lines, ItemKind::Expected { text: code.text.clone(), about: None });
                self.drafts[index].covers = lines;
            }
            _ => {}
        }
    }

    fn follows_command(&self) -> bool {
        self.drafts.last().is_some_and(|draft| matches!(draft.kind, ItemKind::Command(_)))
    }

    /// One run of lines to execute, cut where a comment makes what follows it conditional (C4).
    fn segment(&mut self, segment: &Segment, code: &Code, confidence: Confidence, pending: &Pending) {
        let first = code.first + segment.first;
        let label = (!pending.text.is_empty()).then(|| pending.text.trim_end_matches(':').to_owned());
        let form = if code.carrier == Carrier::Plain { Form::Plain } else { Form::Block };
        for part in conditional_parts(&segment.text, first, segment.language) {
            let outer = self.guard;
            if let Some(condition) = &part.condition {
                let at = LineRange { first: part.first, last: part.first };
                let index = self.push(at, ItemKind::Condition { text: condition.clone() });
                self.guard = Some((index, 0));
            }
            let mut block = block(&part.text, part.first, segment.language, confidence, form, label.clone());
            block.once = pending.once
                || block.statements.iter().any(|one| one.comment.as_deref().is_some_and(label::is_once));
            let last = part.first + part.text.matches('\n').count();
            self.push(LineRange { first: part.first, last }, ItemKind::Command(block));
            self.guard = outer;
        }
    }

    fn list(&mut self, entries: &[Entry], ordered: bool, pending: &Pending) {
        if pending.meaning == Meaning::Choice && entries.len() > 1 {
            self.choice(entries, pending);
            return;
        }
        let mut meaning = pending.meaning.clone();
        if meaning == Meaning::Plain
            && !(ordered
                && list::is_steps(&entries.iter().collect::<Vec<_>>(), &pending.text, self.setting.title))
        {
            meaning = self.fallback.clone();
        }
        if meaning == Meaning::Plain && self.is_enumeration(entries, pending) {
            self.enumeration(entries, pending);
            return;
        }
        for entry in entries {
            self.entry(entry, &meaning, pending);
        }
    }

    /// Whether an instruction above the list names what its entries only enumerate:
    /// `Open the matrix and update:` with `Upgrade date`, `Outcome`.
    fn is_enumeration(&self, entries: &[Entry], pending: &Pending) -> bool {
        let announces = pending.colon && label::is_instruction(&pending.text) && !self.setting.aside;
        let simple = |entry: &&Entry| {
            entry.task.is_none()
                && entry.nodes.len() == 1
                && entry.lead().is_some_and(|lead| {
                    inline::commands(lead, true).is_empty()
                        && label::meaning(lead) == Meaning::Plain
                        && label::input(lead).is_none()
                })
        };
        let instructs = |entry: &&Entry| entry.lead().is_some_and(|lead| label::is_instruction(&lead.text()));
        announces
            && entries.iter().filter(simple).count() == entries.len()
            && entries.iter().filter(instructs).count() * 2 < entries.len()
    }

    fn enumeration(&mut self, entries: &[Entry], pending: &Pending) {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
        let parts: Vec<String> = entries.iter().filter_map(|entry| entry.lead().map(Inline::text)).collect();
        let text = format!("{}: {}", pending.text.trim_end_matches(':'), parts.join("; "));
        self.push(LineRange { first: first.lines.first, last: last.lines.last }, ItemKind::Action { text });
        for entry in entries {
            if let Some(lead) = entry.lead() {
                self.links(lead, entry.lines);
            }
        }
    }

    fn choice(&mut self, entries: &[Entry], pending: &Pending) {
        let first = entries.first().map_or(1, |entry| entry.lines.first);
        let alternatives =
            entries.iter().map(|entry| entry.lead().map(alternative).unwrap_or_default()).collect();
        let at = LineRange { first: first.saturating_sub(1).max(1), last: first };
        let index = self.push(at, ItemKind::Choice { text: pending.text.clone(), alternatives });
        self.drafts[index].covers = LineRange { first: 0, last: 0 };
        let outer = self.guard;
        for (branch, entry) in entries.iter().enumerate() {
            self.guard = Some((index, branch));
            self.entry(entry, &Meaning::Plain, &Pending { meaning: Meaning::Plain, ..pending.clone() });
        }
        self.guard = outer;
    }

    fn entry(&mut self, entry: &Entry, meaning: &Meaning, pending: &Pending) {
        let lead = entry.lead();
        let whole = lead.map(Inline::text).unwrap_or_default();
        let head = entry.nodes.first().map_or(entry.lines, |node| node.lines);
        let rest =
            if lead.is_some() { entry.nodes.get(1..).unwrap_or_default() } else { entry.nodes.as_slice() };
        let own = lead.map_or(Meaning::Plain, label::meaning);
        self.pending = Pending {
            meaning: Meaning::Plain,
            text: pending.text.clone(),
            once: pending.once,
            ..Pending::default()
        };
        self.nested = !rest.is_empty();
        match (entry.task, lead) {
            (Some(ticked), Some(lead)) => self.task(lead, head, ticked),
            (None, Some(lead)) => match meaning {
                Meaning::Checks | Meaning::Watch if !matches!(own, Meaning::Stop | Meaning::Expected) => {
                    self.offer(lead, inline::checked(lead));
                    let watch = *meaning == Meaning::Watch;
                    self.push(head, ItemKind::Check { text: whole, prechecked: false, watch });
                    self.links(lead, head);
                }
                Meaning::Triggers => {
                    self.push(head, ItemKind::Trigger { text: whole });
                    self.links(lead, head);
                }
                Meaning::Matter if !matches!(own, Meaning::Stop) => self.links(lead, head),
                _ => self.paragraph(lead, head, true),
            },
            _ => {}
        }
        let fallback = std::mem::replace(
            &mut self.fallback,
            if *meaning == Meaning::Matter { Meaning::Matter } else { Meaning::Plain },
        );
        self.nodes(rest);
        self.fallback = fallback;
        self.pending = Pending::default();
    }

    fn task(&mut self, lead: &Inline, head: LineRange, ticked: bool) {
        if !self.setting.repeats {
            self.offer(lead, inline::checked(lead));
        }
        self.push(head, ItemKind::Check { text: lead.text(), prechecked: ticked, watch: false });
        self.links(lead, head);
    }

    /// A quotation informs; commands in it are offered only as written in blocks.
    fn quote(&mut self, nodes: &[Node], alert: Option<&'static str>) {
        for node in nodes {
            match &node.kind {
                NodeKind::Paragraph(text) => {
                    let whole = text.text();
                    let warning = matches!(alert, Some("warning" | "caution" | "important"))
                        || label::meaning(text) == Meaning::Warning;
                    if label::meaning(text) == Meaning::Stop {
                        self.stop(&whole, node.lines);
                    } else {
                        self.push(node.lines, ItemKind::Note { warning, text: whole });
                    }
                    self.links(text, node.lines);
                }
                NodeKind::Quote { nodes, alert } => self.quote(nodes, *alert),
                NodeKind::Code(_) => self.nodes(std::slice::from_ref(node)),
                NodeKind::List { entries, .. } if entries.iter().any(|entry| entry.task.is_some()) => {
                    self.nodes(std::slice::from_ref(node));
                }
                _ => {}
            }
        }
    }

    /// A row of `| Check | Command | Expected |` is a check with its command (K4).
    fn table(&mut self, head: &[Inline], rows: &[(LineRange, Vec<Inline>)]) {
        let titles: Vec<String> = head.iter().map(|cell| cell.text().to_lowercase()).collect();
        let column = |names: &[&str]| {
            titles.iter().position(|title| {
                names.iter().any(|name| title == name || title.starts_with(&format!("{name} ")))
            })
        };
        let Some(check) = column(&[
            "check",
            "checks",
            "verification",
            "what to check",
            "test",
            "validation",
            "health check",
        ]) else {
            return;
        };
        let command = column(&["command", "how", "how to check", "query"]);
        let expected =
            column(&["expected", "expected result", "expectation", "healthy", "pass criteria", "target"]);
        if command.is_none() && expected.is_none() {
            return;
        }
        for (lines, cells) in rows {
            if let Some(cell) = command.and_then(|index| cells.get(index)) {
                self.inline_commands(cell, true);
            }
            let Some(cell) = cells.get(check) else { continue };
            self.push(*lines, ItemKind::Check { text: cell.text(), prechecked: false, watch: false });
            if let Some(cell) = expected.and_then(|index| cells.get(index)) {
                self.push(*lines, ItemKind::Expected { text: cell.text(), about: None });
            }
        }
    }
}

/// The name of an alternative: its bold lead, else its first words.
fn alternative(lead: &Inline) -> String {
    let text = lead.bold_lead().map_or_else(
        || label::sentences(&lead.text()).first().map(ToString::to_string).unwrap_or_default(),
        |(bold, _)| bold,
    );
    text.trim_end_matches([':', '.']).to_owned()
}

fn without_label_marks(text: &str) -> String {
    text.trim_end_matches(':').trim().to_owned()
}

/// The text after a short label.
fn strip_lead(text: &str) -> &str {
    match text.split_once(':') {
        Some((before, after))
            if before.split_whitespace().count() <= 6
                && !after.trim().is_empty()
                && after.starts_with(' ') =>
        {
            after.trim()
        }
        _ => text,
    }
}

/// The lines on which the sentences of a text begin; asked in order.
struct Places {
    flat: String,
    lines: Vec<usize>,
    from: usize,
}

impl Places {
    fn of(text: &Inline) -> Self {
        let (mut flat, mut lines) = (String::new(), Vec::new());
        for span in &text.spans {
            for letter in span.text.chars() {
                let letter = if letter.is_whitespace() { ' ' } else { letter };
                if !(letter == ' ' && flat.ends_with(' ')) {
                    lines.extend(std::iter::repeat_n(span.line, letter.len_utf8()));
                    flat.push(letter);
                }
            }
        }
        Self { flat, lines, from: 0 }
    }

    fn line(&mut self, sentence: &str) -> Option<usize> {
        let start: String = sentence.chars().take(24).collect();
        let at = self.from + self.flat.get(self.from..)?.find(&start)?;
        self.from = at + start.len();
        self.lines.get(at).copied()
    }
}

fn is_document(text: &str) -> bool {
    let path = text.split('#').next().unwrap_or(text);
    path.to_ascii_lowercase().ends_with(".md") && !path.contains(' ') && path.len() > 3 && !path.contains('*')
}

/// A block with everything that its text says about itself.
fn block(
    text: &str,
    first: usize,
    language: Language,
    confidence: Confidence,
    form: Form,
    label: Option<String>,
) -> Block {
    let shell = language == Language::Shell;
    let last = first + text.matches('\n').count();
    let whole =
        Statement { text: text.to_owned(), lines: LineRange { first, last }, comment: None, session: None };
    Block {
        text: text.to_owned(),
        language,
        confidence,
        form,
        label: label.filter(|label| label.chars().count() <= 160),
        once: false,
        risks: if shell { risk::of(text) } else { Vec::new() },
        statements: if shell { statement::split(text, first) } else { vec![whole] },
    }
}

struct Part {
    first: usize,
    text: String,
    condition: Option<String>,
}

/// The block cut at comments that are conditions; the condition holds until the next comment.
fn conditional_parts(text: &str, first: usize, language: Language) -> Vec<Part> {
    let whole = vec![Part { first, text: text.to_owned(), condition: None }];
    if language != Language::Shell {
        return whole;
    }
    let statements = statement::split(text, first);
    let condition = |one: &Statement| {
        one.comment
            .as_deref()
            .filter(|comment| is_condition_comment(comment))
            .map(|comment| comment.trim_end_matches(':').to_owned())
    };
    if !statements.iter().any(|one| condition(one).is_some()) {
        return whole;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let mut parts: Vec<(usize, usize, Option<String>)> = Vec::new();
    let mut next = first;
    for one in &statements {
        let wanted = condition(one);
        match parts.last_mut() {
            Some((_, last, held)) if wanted.is_none() && (one.comment.is_none() || held.is_none()) => {
                *last = one.lines.last;
            }
            _ => parts.push((next, one.lines.last, wanted)),
        }
        next = one.lines.last + 1;
    }
    parts.into_iter().map(|(from, to, condition)| cut(&lines, from, to, first, condition)).collect()
}

fn is_condition_comment(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    lower.starts_with("if ")
        || lower.starts_with("only if ")
        || (lower.starts_with("when ") && lower.ends_with(':'))
        || lower.starts_with("optional")
}

fn cut(lines: &[&str], from: usize, to: usize, first: usize, condition: Option<String>) -> Part {
    let slice = lines.get(from - first..=(to - first).min(lines.len() - 1)).unwrap_or_default();
    let blank = slice.iter().take_while(|line| line.trim().is_empty()).count();
    Part { first: from + blank, text: slice[blank..].join("\n"), condition }
}

//! Questions on the screen: what each asks, which fields and answers it has. What an answer does is
//! in `answer`, what keys do in `keys`, which question comes when in `open`.

pub mod answer;
pub(super) mod keys;
pub mod open;

use super::field::Field;
use super::ui::command;
use crate::engine::Run;
use crate::journal::{AttemptId, Deviation, Part, Place};
use crate::runbook::{Block, ItemId, ItemKind};

/// A dialog takes answers only when it has been on the screen for this long: keys typed before
/// that were not meant for it.
pub const UNANSWERABLE_MS: u64 = 150;

/// How much of a block is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This statement only.
    Statement,
    /// It and all after it, stopping at the first that fails.
    Rest,
}

/// What is to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// Which command.
    pub item: ItemId,
    /// The first statement to run, from 0.
    pub first: usize,
    /// How much of it.
    pub scope: Scope,
    /// The text to run instead of what is written.
    pub edited: Option<String>,
    /// Whether what failed runs again, as it was confirmed then.
    pub retry: bool,
    /// Whether the operator said that the escaped characters are meant.
    pub escapes_seen: bool,
}

impl Confirm {
    /// The command as it stands, from this statement on.
    pub fn written(item: ItemId, first: usize) -> Self {
        Self { item, first, scope: Scope::Rest, edited: None, retry: false, escapes_seen: false }
    }

    /// Which statements it covers, from 0.
    pub fn statements(&self, block: &Block) -> Vec<usize> {
        match self.scope {
            Scope::Statement => vec![self.first],
            Scope::Rest => (self.first..block.statements.len()).collect(),
        }
    }

    /// What runs, part by part; else why it cannot.
    pub fn parts(&self, run: &Run) -> Result<Vec<Part>, String> {
        let Some((_, _, block)) = command(run, &self.item) else {
            return Err("this is not a command".to_owned());
        };
        if self.retry {
            return run.parts_to_retry(&self.item).ok_or_else(|| "nothing of it failed".to_owned());
        }
        let statements = self.statements(block);
        match &self.edited {
            Some(text) => Ok(vec![Part { statements, text: text.clone() }]),
            None => run.fill(block, &statements).map_err(|error| error.to_string()),
        }
    }

    /// The text that runs; exactly this is shown, confirmed and executed.
    pub fn text(&self, run: &Run) -> Result<String, String> {
        let parts = self.parts(run)?;
        Ok(parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n"))
    }

    /// What about it deviates from the runbook and so needs a reason.
    pub fn deviation(&self, run: &Run) -> Option<Deviation> {
        let (step, _, block) = command(run, &self.item)?;
        let statements = self.statements(block);
        let ran = run
            .attempts_of(&self.item)
            .any(|attempt| attempt.part.statements.iter().any(|statement| statements.contains(statement)));
        let is_next = run.ask().item().is_none_or(|next| *next == self.item);
        if self.edited.is_some() {
            Some(Deviation::Edited)
        } else if (step.once || block.once) && ran {
            Some(Deviation::OnceRepeated)
        } else {
            (!is_next && !self.retry).then_some(Deviation::OutOfOrder)
        }
    }
}

/// What a dialog asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// May this run?
    Confirm(Confirm),
    /// What should run instead? Of these statements.
    Edit(Confirm),
    /// Values of these names; for an item that asks for one, or before a command is confirmed.
    Values {
        /// Their names, one field each.
        names: Vec<String>,
        /// The item that asks.
        input: Option<ItemId>,
        /// The command that needs them.
        then: Option<ItemId>,
    },
    /// Is this text a command?
    Promote(ItemId),
    /// Which verdict?
    Judge(ItemId),
    /// Does this hold?
    Condition(ItemId),
    /// Which way?
    Choice(ItemId),
    /// A command failed: what now?
    Failure(ItemId, AttemptId),
    /// A verdict halted the run: what now?
    Halted(ItemId),
    /// A command's end was not seen: what became of it?
    Resolve(AttemptId),
    /// Why is this left out?
    Skip(Place),
    /// A note.
    Note(Place),
    /// An incident.
    Incident(Place),
    /// Why does the run go on although it is halted here?
    Override(ItemId),
    /// Why back?
    RollBack,
    /// Why give up?
    Abandon,
    /// How did it end?
    Finish,
    /// How should the running command stop?
    Stop,
    /// Leave the screen?
    Leave,
}

/// Where keys go within a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// To the answers.
    Answers,
    /// Into this field.
    Field(usize),
}

/// What an answer is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// One of several.
    Plain,
    /// Goes on.
    Good,
    /// Goes on, with care.
    Caution,
    /// Halts or destroys.
    Bad,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its key.
    pub key: char,
    /// What it says.
    pub words: String,
    /// What it is like.
    pub tone: Tone,
}

/// A question with its fields.
#[derive(Debug, Clone)]
pub struct Dialog {
    /// What is asked.
    pub kind: Kind,
    /// The text fields.
    pub fields: Vec<Field>,
    /// Where keys go.
    pub focus: Focus,
    /// The line of the menu under the cursor.
    pub cursor: usize,
    /// The answer that waits for its note.
    pub chosen: Option<char>,
    /// Whether it was asked if what was typed may be lost.
    pub discarding: bool,
    /// What is wrong with what was typed.
    pub complaint: Option<String>,
    /// When its first frame was drawn, by the screen's clock.
    pub shown_at_ms: Option<u64>,
    /// Lines by which its text is scrolled.
    pub scroll: u16,
}

impl Dialog {
    /// A question that is answered with one key.
    pub fn question(kind: Kind) -> Self {
        Self {
            kind,
            fields: Vec::new(),
            focus: Focus::Answers,
            cursor: 0,
            chosen: None,
            discarding: false,
            complaint: None,
            shown_at_ms: None,
            scroll: 0,
        }
    }

    /// A question that is answered by typing.
    pub fn form(kind: Kind, fields: Vec<Field>) -> Self {
        Self { fields, focus: Focus::Field(0), ..Self::question(kind) }
    }

    /// A question that is answered with one key, and may be commented on.
    pub fn with_note(kind: Kind) -> Self {
        let note = Field::lines("note", 1).with_hint("optional; n to write one");
        Self { fields: vec![note], ..Self::question(kind) }
    }

    /// Whether it has been on the screen long enough to be answered.
    pub fn is_answerable(&self, now_ms: u64) -> bool {
        self.shown_at_ms.is_some_and(|shown| now_ms >= shown + UNANSWERABLE_MS)
    }

    /// Whether anything was typed that Escape would lose.
    pub fn is_changed(&self) -> bool {
        self.fields.iter().any(|field| field.is_changed() && !field.is_blank())
    }

    /// Whether its answers are listed one below the other, for arrows and Enter.
    pub fn is_menu(&self) -> bool {
        matches!(self.kind, Kind::Failure(..) | Kind::Halted(_) | Kind::Choice(_) | Kind::Finish)
    }

    /// Whether Enter in its last field sends it off.
    pub fn is_sent_by_enter(&self) -> bool {
        matches!(
            self.kind,
            Kind::Edit(_) | Kind::Values { .. } | Kind::Skip(_) | Kind::Note(_) | Kind::Incident(_)
        )
    }

    /// Whether its note is a comment on an answer: Escape then leads back to the answers.
    pub fn has_optional_note(&self) -> bool {
        matches!(self.kind, Kind::Judge(_) | Kind::Resolve(_) | Kind::Finish)
    }

    /// The answers that can be given now.
    pub fn answers(&self, run: &Run) -> Vec<Answer> {
        match &self.kind {
            Kind::Confirm(confirm) => confirm_answers(run, confirm),
            Kind::Promote(_) => vec![
                answer('y', "it is a command: let it be run", Tone::Good),
                answer('p', "it was done by hand and went well", Tone::Plain),
                answer('x', "it does not apply", Tone::Plain),
            ],
            Kind::Judge(item) => verdict_answers(run, item),
            Kind::Condition(_) => {
                vec![answer('y', "yes, it holds", Tone::Good), answer('n', "no, it does not", Tone::Plain)]
            }
            Kind::Choice(item) => choice_answers(run, item),
            Kind::Failure(item, _) => failure_answers(run, item),
            Kind::Halted(item) => halted_answers(run, item),
            Kind::Resolve(_) => vec![
                answer('w', "it ended well", Tone::Good),
                answer('f', "it failed", Tone::Bad),
                answer('v', "it never ran", Tone::Caution),
            ],
            Kind::Override(_) => vec![answer('y', "go on all the same", Tone::Bad)],
            Kind::RollBack => vec![answer('y', "roll back", Tone::Bad)],
            Kind::Abandon => vec![answer('y', "abandon the run", Tone::Bad)],
            Kind::Finish => finish_answers(run),
            Kind::Stop => vec![
                answer('y', "interrupt it, once (Ctrl-C)", Tone::Caution),
                answer('k', "end it: interrupt, terminate, kill", Tone::Bad),
            ],
            Kind::Leave => vec![answer('y', "leave; the run goes on", Tone::Good)],
            Kind::Edit(_) | Kind::Values { .. } | Kind::Skip(_) | Kind::Note(_) | Kind::Incident(_) => {
                Vec::new()
            }
        }
    }
}

fn answer(key: char, words: impl Into<String>, tone: Tone) -> Answer {
    Answer { key, words: words.into(), tone }
}

fn confirm_answers(run: &Run, confirm: &Confirm) -> Vec<Answer> {
    let Some((_, _, block)) = command(run, &confirm.item) else { return Vec::new() };
    let mut answers = Vec::new();
    match confirm.text(run) {
        Ok(text) if needs_escapes_seen(&text) && !confirm.escapes_seen => {
            answers.push(answer('u', "the escaped characters are meant", Tone::Caution));
        }
        Ok(_) => answers.push(answer('y', "run it", Tone::Good)),
        Err(_) => {}
    }
    let several = block.statements.len() > confirm.first + 1;
    if several && confirm.edited.is_none() && !confirm.retry {
        let words = match confirm.scope {
            Scope::Rest => "this statement only",
            Scope::Statement => "all that is left of the block",
        };
        answers.push(answer('t', words, Tone::Plain));
    }
    answers.push(answer('e', "edit it first", Tone::Plain));
    answers
}

/// Whether a text has characters that can only be shown escaped; line feeds are shown as lines.
pub fn needs_escapes_seen(text: &str) -> bool {
    text.split('\n').any(super::view::text::has_hidden)
}

fn verdict_answers(run: &Run, id: &ItemId) -> Vec<Answer> {
    let kind = run.runbook().item(id).map(|(_, item)| &item.kind);
    let (pass, degraded, fail) = match kind {
        Some(ItemKind::Expected { .. }) => ("as expected", "not quite, good enough", "no: halt here"),
        Some(ItemKind::StopGate { .. }) => {
            ("not so: go on", "partly: go on with care", "so it is: halt here")
        }
        Some(ItemKind::Check { watch: true, .. }) => ("none of it seen", "seen, bearable", "seen: halt here"),
        Some(ItemKind::Check { .. }) => ("it holds", "not quite, good enough", "it does not: halt here"),
        Some(ItemKind::Action { .. }) => ("done", "done, with issues", "failed: halt here"),
        _ => ("it went well", "it went, with issues", "it failed: halt here"),
    };
    let mut answers = vec![
        answer('p', pass, Tone::Good),
        answer('g', degraded, Tone::Caution),
        answer('f', fail, Tone::Bad),
    ];
    if !matches!(kind, Some(ItemKind::Expected { .. } | ItemKind::StopGate { .. })) {
        answers.push(answer('x', "does not apply", Tone::Plain));
    }
    answers
}

fn choice_answers(run: &Run, id: &ItemId) -> Vec<Answer> {
    let Some((_, item)) = run.runbook().item(id) else { return Vec::new() };
    let ItemKind::Choice { alternatives, .. } = &item.kind else { return Vec::new() };
    let keys = ('1'..='9').chain('A'..='Z');
    let mut answers: Vec<Answer> =
        keys.zip(alternatives).map(|(key, words)| answer(key, words.clone(), Tone::Plain)).collect();
    answers.push(answer('0', "none of them", Tone::Plain));
    answers
}

/// What runs again comes last where the runbook says that it runs only once.
fn failure_answers(run: &Run, id: &ItemId) -> Vec<Answer> {
    let verdict = answer('v', "give a verdict: it may be good enough", Tone::Plain);
    let edit = answer('e', "edit and run", Tone::Plain);
    if !runs_once(run, id) {
        let retry = answer('r', "retry from the statement that failed", Tone::Good);
        return [vec![retry, edit, verdict], way_out_answers()].concat();
    }
    let mut answers = vec![verdict];
    let (back, others): (Vec<_>, Vec<_>) =
        way_out_answers().into_iter().partition(|answer| answer.key == 'R');
    answers.extend(back);
    answers.extend(others);
    answers.push(Answer { tone: Tone::Bad, ..edit });
    answers.push(answer('r', "retry from the statement that failed", Tone::Bad));
    answers
}

/// Whether the runbook says that this command runs only once.
pub fn runs_once(run: &Run, id: &ItemId) -> bool {
    command(run, id).is_some_and(|(step, _, block)| step.once || block.once)
}

fn halted_answers(run: &Run, id: &ItemId) -> Vec<Answer> {
    let mut answers = vec![answer('v', "answer it anew", Tone::Good)];
    if run.parts_to_retry(id).is_some() {
        answers.push(answer('r', "retry from the statement that failed", Tone::Plain));
    }
    answers.push(answer('o', "go on all the same, with a reason", Tone::Caution));
    answers.extend(way_out_answers());
    answers
}

fn way_out_answers() -> Vec<Answer> {
    vec![
        answer('n', "take a note", Tone::Plain),
        answer('i', "log an incident", Tone::Plain),
        answer('s', "skip it, with a reason", Tone::Caution),
        answer('R', "roll back", Tone::Bad),
        answer('a', "abandon the run", Tone::Bad),
    ]
}

fn finish_answers(run: &Run) -> Vec<Answer> {
    let outcomes = run.possible_outcomes();
    let numbered = ('1'..='9').zip(outcomes);
    let mut answers: Vec<Answer> =
        numbered.map(|(key, outcome)| answer(key, outcome.words(), Tone::Plain)).collect();
    answers.push(answer('y', "close the run so", Tone::Good));
    answers
}

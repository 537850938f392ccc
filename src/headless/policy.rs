//! Who answers when nobody sits there: the answers file where it speaks, a person where it does not.

use std::collections::BTreeSet;

use super::answers::{Answers, OnFailure, OneOrMore, StepAnswers, Word};
use crate::engine::{Ask, Command, ItemState, Judgement, Run};
use crate::journal::{ConditionAnswer, IncidentRecord, Outcome, Place, Timestamp, Verdict};
use crate::runbook::{Block, Item, ItemId, ItemKind, Step as RunbookStep, StepId};

/// The next thing to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// Something runs.
    Wait,
    /// Ask for this.
    Ask(Command),
    /// Nobody may answer this but a person.
    Hold(String),
    /// The run has ended.
    Done(Outcome),
}

/// Answers, and what was already tried with them.
#[derive(Debug)]
pub(super) struct Policy<'a> {
    answers: &'a Answers,
    retried: BTreeSet<ItemId>,
    confirmed: Option<ItemId>,
}

impl<'a> Policy<'a> {
    pub(super) fn new(answers: &'a Answers) -> Self {
        Self { answers, retried: BTreeSet::new(), confirmed: None }
    }

    /// What to do about the question that is open.
    pub(super) fn step(&mut self, run: &Run) -> Step {
        let ask = run.ask();
        let answered = match &ask {
            Ask::Wait(_) => return Step::Wait,
            Ask::Nothing => return run.outcome().map_or(Step::Wait, |(outcome, _)| Step::Done(outcome)),
            Ask::Finish => self.finish(run),
            Ask::Resolve { .. } => None,
            _ => ask.item().and_then(|id| run.runbook().item(id)).and_then(|(step, item)| {
                self.leave_out(run, step).or_else(|| self.answer(run, &ask, step, item))
            }),
        };
        answered.map_or_else(|| Step::Hold(hold_question(run, &ask)), Step::Ask)
    }

    fn for_step(&self, step: &RunbookStep) -> Option<&'a StepAnswers> {
        self.answers.for_step(step)
    }

    /// A step that the answers leave out, or an optional one that they do not take.
    fn leave_out(&self, run: &Run, step: &RunbookStep) -> Option<Command> {
        let answers = self.for_step(step);
        let place = Place::Step(step.id.clone());
        if let Some(reason) = answers.and_then(|answers| answers.skip.clone()) {
            return Some(Command::Skip { place, reason });
        }
        let taken = answers.and_then(|answers| answers.take).or(self.answers.defaults.optional);
        let begun = step.items.iter().any(|item| run.item_state(item) != ItemState::Open);
        (step.optional && !begun && taken == Some(false))
            .then(|| Command::Skip { place, reason: String::new() })
    }

    fn answer(&mut self, run: &Run, ask: &Ask, step: &RunbookStep, item: &Item) -> Option<Command> {
        if !self.may_walk(step) {
            return None;
        }
        let answers = self.for_step(step);
        let text = run.item_text(item);
        match ask {
            Ask::Run { statement, .. } => self.run(run, item, *statement),
            Ask::Promote { item } => self.promote(answers, item),
            Ask::Elsewhere { .. } => self.check(answers, item, &text),
            Ask::Judge { .. } => self.judge(answers, item, &text),
            Ask::Value { item, name } => self.value(name, Some(item)),
            Ask::Condition { item } => {
                let given = answers.and_then(|answers| answers.conditions.as_ref());
                let yes = given.and_then(|all| all.for_text(&text)).copied();
                let holds = yes.or(self.answers.defaults.conditions)?.0;
                let answer = if holds { ConditionAnswer::Taken(0) } else { ConditionAnswer::NotTaken };
                Some(Command::Decide { item: item.clone(), answer })
            }
            Ask::Choice { .. } => choose(answers?, item),
            Ask::Failed { .. } | Ask::Halted { .. } => self.failed(run, step, item),
            Ask::Wait(_) | Ask::Resolve { .. } | Ask::Finish | Ask::Nothing => None,
        }
    }

    /// An optional step is walked only by decision.
    fn may_walk(&self, step: &RunbookStep) -> bool {
        let taken = self.for_step(step).and_then(|answers| answers.take).or(self.answers.defaults.optional);
        !step.optional || taken == Some(true)
    }

    fn run(&mut self, run: &Run, item: &Item, first: usize) -> Option<Command> {
        let ItemKind::Command(block) = &item.kind else { return None };
        let statements: Vec<usize> = (first..block.statements.len()).collect();
        if let Some(name) = run.missing_values(block, &statements).first() {
            return self.value(name, None);
        }
        if self.confirmed.take().is_some_and(|confirmed| confirmed == item.id) {
            return Some(Command::Start { item: item.id.clone() });
        }
        let text = shown(run, block, &statements)?;
        self.confirmed = Some(item.id.clone());
        Some(Command::Confirm { item: item.id.clone(), statements, text, reason: None })
    }

    fn value(&self, name: &str, item: Option<&ItemId>) -> Option<Command> {
        let value = self.answers.values.get(name)?.0.clone();
        Some(Command::Record { name: name.to_owned(), value, item: item.cloned(), secret: false })
    }

    fn promote(&self, answers: Option<&StepAnswers>, item: &ItemId) -> Option<Command> {
        let run = answers.and_then(|answers| answers.run).or(self.answers.defaults.run)?;
        Some(if run {
            Command::Promote { item: item.clone() }
        } else {
            let note = "not run, as the answers say".to_owned();
            let judgement = Judgement { verdict: Verdict::NotApplicable, note };
            Command::Check { item: item.clone(), judgement }
        })
    }

    fn judge(&self, answers: Option<&StepAnswers>, item: &Item, text: &str) -> Option<Command> {
        let defaults = &self.answers.defaults;
        let (given, default) = match &item.kind {
            ItemKind::Expected { .. } => {
                (answers.and_then(|answers| answers.expected.as_ref()), defaults.expected)
            }
            ItemKind::StopGate { .. } => (answers.and_then(|answers| answers.stops.as_ref()), defaults.stops),
            _ => return self.check(answers, item, text),
        };
        let judgement = judgement(answers, given, default, text)?;
        Some(Command::Answer { item: item.id.clone(), judgement })
    }

    fn check(&self, answers: Option<&StepAnswers>, item: &Item, text: &str) -> Option<Command> {
        let given = answers.and_then(|answers| answers.checks.as_ref());
        let judgement = judgement(answers, given, self.answers.defaults.checks, text)?;
        Some(Command::Check { item: item.id.clone(), judgement })
    }

    /// Logs the incident first, then does what the answers say.
    fn failed(&mut self, run: &Run, step: &RunbookStep, item: &Item) -> Option<Command> {
        let answers = self.for_step(step)?;
        if let Some(incident) = &answers.incident
            && !has_incident(run, &step.id)
        {
            let symptoms = match incident.symptoms.as_str() {
                "" => run.question(&run.ask()),
                symptoms => symptoms.to_owned(),
            };
            let start = run.start()?;
            let incident = IncidentRecord {
                site: start.subject.clone(),
                date: run.last_at().map(Timestamp::date).unwrap_or_default(),
                from: start.from.clone(),
                to: start.to.clone(),
                symptoms,
                fix: incident.fix.clone(),
                follow_up: incident.follow_up.clone(),
            };
            return Some(Command::LogIncident { place: Place::Step(step.id.clone()), incident });
        }
        let why = || answers.note.clone().unwrap_or_else(|| run.question(&run.ask()));
        match answers.on_failure? {
            OnFailure::Retry if self.retried.insert(item.id.clone()) => {
                Some(Command::Retry { item: item.id.clone(), reason: answers.note.clone() })
            }
            OnFailure::Retry => None,
            OnFailure::Degraded => {
                let judgement = Judgement { verdict: Verdict::Degraded, note: why() };
                let id = item.id.clone();
                Some(match &item.kind {
                    ItemKind::Expected { .. } | ItemKind::StopGate { .. } => {
                        Command::Answer { item: id, judgement }
                    }
                    _ => Command::Check { item: id, judgement },
                })
            }
            OnFailure::Rollback => {
                Some(Command::RollBack { reason: self.answers.rollback.reason.clone().unwrap_or_else(why) })
            }
            OnFailure::Abandon => Some(Command::Abandon { reason: why() }),
        }
    }

    fn finish(&self, run: &Run) -> Option<Command> {
        let possible = run.possible_outcomes();
        let outcome = self.answers.finish.or_else(|| possible.first().copied())?;
        possible.contains(&outcome).then_some(Command::Finish { outcome, note: String::new() })
    }
}

fn judgement(
    answers: Option<&StepAnswers>,
    given: Option<&OneOrMore<Word>>,
    default: Option<Word>,
    text: &str,
) -> Option<Judgement> {
    let word = given.and_then(|given| given.for_text(text)).copied().or(default)?;
    let note = answers.and_then(|answers| answers.note.clone()).unwrap_or_default();
    Some(Judgement { verdict: word.into(), note })
}

fn choose(answers: &StepAnswers, item: &Item) -> Option<Command> {
    let ItemKind::Choice { alternatives, .. } = &item.kind else { return None };
    let wanted = &answers.choice.as_ref()?.0;
    let by_number = wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let by_title = || alternatives.iter().position(|title| title.starts_with(wanted.as_str()));
    let branch = by_number.or_else(by_title)?;
    Some(Command::Decide { item: item.id.clone(), answer: ConditionAnswer::Taken(branch) })
}

fn shown(run: &Run, block: &Block, statements: &[usize]) -> Option<String> {
    let parts = run.fill(block, statements).ok()?;
    Some(parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n"))
}

fn has_incident(run: &Run, step: &StepId) -> bool {
    run.incidents().iter().any(|logged| logged.place == Place::Step(step.clone()))
}

/// What a person is asked, with the reason why the answers do not do.
fn hold_question(run: &Run, ask: &Ask) -> String {
    if let Ask::Run { item, statement } = ask
        && let Some((_, item)) = run.runbook().item(item)
        && let ItemKind::Command(block) = &item.kind
    {
        let statements: Vec<usize> = (*statement..block.statements.len()).collect();
        let missing = run.missing_values(block, &statements);
        if !missing.is_empty() {
            return format!("value of {}?", missing.join(", "));
        }
        if let Err(error) = run.fill(block, &statements) {
            return error.to_string();
        }
    }
    run.question(ask)
}

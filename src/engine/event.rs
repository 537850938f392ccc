//! What can happen to a run, what an operator may ask, what the supervisor must then do, and why a
//! wish is refused.

use serde::{Deserialize, Serialize};

use crate::journal::{
    Actor, AttemptId, Attendance, ConditionAnswer, Deviation, Entry, Exit, IncidentRecord, Outcome,
    OutputSummary, Part, Place, Resolution, RunStart, Stamp, Stop, Verdict,
};
use crate::runbook::{ItemId, Session};

/// Something happened, at this time, because of this actor.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When.
    pub stamp: Stamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub happening: Happening,
}

/// The kinds of event.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// Somebody asks for something.
    Asked(Command),
    /// An attempt ended.
    Exited {
        /// Which.
        attempt: AttemptId,
        /// How.
        exit: Exit,
        /// Its duration.
        duration_ms: u64,
        /// The shell's directory afterwards.
        directory: String,
        /// What was recorded of its output.
        output: OutputSummary,
        /// What did not survive, if the step shell had to be replaced.
        shell_restarted: Option<String>,
    },
    /// An attempt's end was not seen.
    Lost {
        /// Which.
        attempt: AttemptId,
        /// Why.
        reason: String,
    },
    /// The step shell is a fresh one although nothing ran.
    ShellRestarted {
        /// Why, and what did not survive.
        reason: String,
    },
    /// A supervisor took the run up.
    SupervisorCame {
        /// Its process id.
        pid: u32,
        /// Version of the program.
        program: String,
        /// What recovery found, if it is not the first.
        recovery: Option<String>,
    },
    /// A front end came.
    FrontEndCame(Attendance),
}

/// A verdict with its note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The judgement.
    pub verdict: Verdict,
    /// In the person's words; may be empty, except for a fail that is overridden later.
    #[serde(default)]
    pub note: String,
}

/// What an operator may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Command {
    /// Begin the run.
    Begin(Box<RunStart>),
    /// Treat an offered text as a command.
    Promote {
        /// Which.
        item: ItemId,
    },
    /// "I have read this text; it may run."
    Confirm {
        /// Which command.
        item: ItemId,
        /// Which of its statements, from 0, in order.
        statements: Vec<usize>,
        /// What was shown: the statements filled in, joined by line feeds, or an edited text.
        text: String,
        /// Needed when this deviates from the runbook.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Run what was confirmed.
    Start {
        /// Which command.
        item: ItemId,
    },
    /// Run again from the statement that failed, with the text that was confirmed.
    Retry {
        /// Which command.
        item: ItemId,
        /// Needed for a step that may run once.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Ask the running command to stop.
    Stop {
        /// How.
        how: Stop,
    },
    /// Leave a step or an item out.
    Skip {
        /// What.
        place: Place,
        /// Why; may be empty only where the runbook calls it optional.
        reason: String,
    },
    /// Take a note.
    Note {
        /// About what.
        place: Place,
        /// Its text.
        text: String,
    },
    /// Answer an expectation or a stop condition.
    Answer {
        /// Which.
        item: ItemId,
        /// How.
        #[serde(flatten)]
        judgement: Judgement,
    },
    /// Answer a condition or a choice.
    Decide {
        /// Which.
        item: ItemId,
        /// How.
        answer: ConditionAnswer,
    },
    /// Answer a check or an action, or judge a command that failed or was done elsewhere.
    Check {
        /// Which.
        item: ItemId,
        /// How.
        #[serde(flatten)]
        judgement: Judgement,
    },
    /// Record a value.
    Record {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
        /// The item that asks for it, if one does.
        #[serde(default)]
        item: Option<ItemId>,
        /// Whether it must never be written.
        #[serde(default)]
        secret: bool,
    },
    /// Say what became of a command whose end was not seen.
    Resolve {
        /// Which attempt.
        attempt: AttemptId,
        /// What became of it.
        resolution: Resolution,
        /// How it is known.
        note: String,
    },
    /// Log an incident.
    LogIncident {
        /// At which step.
        place: Place,
        /// What is appended to the log.
        incident: IncidentRecord,
    },
    /// Go on although the run is halted here.
    Override {
        /// Where it halted.
        item: ItemId,
        /// Why.
        reason: String,
    },
    /// Say that nobody is there to answer this.
    Hold {
        /// Where.
        item: ItemId,
        /// What is asked.
        question: String,
    },
    /// Make the rollback the procedure.
    RollBack {
        /// Why.
        reason: String,
    },
    /// Give the run up.
    Abandon {
        /// Why.
        reason: String,
    },
    /// Close the run.
    Finish {
        /// How it ended.
        outcome: Outcome,
        /// In the person's words.
        #[serde(default)]
        note: String,
    },
}

/// What the supervisor must do, in this order; the first failure stops the rest.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Make this entry durable, then tell the followers.
    Record(Entry),
    /// Run this text in the step shell, at the innermost open target.
    Spawn {
        /// The attempt's number.
        attempt: AttemptId,
        /// A readable name for the step file.
        name: String,
        /// What runs.
        part: Part,
        /// What it does to the session, if anything.
        session: Option<Session>,
    },
    /// Ask the running command to stop.
    Stop(Stop),
    /// Append this to the incident log.
    AppendIncident {
        /// At which step.
        place: Place,
        /// The incident.
        incident: IncidentRecord,
    },
    /// The run is over: close shell and targets.
    Close,
    /// Tell the one who asked why not.
    Refuse(Refusal),
}

/// Why a wish is refused, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// Nothing can be asked of a run that has not begun.
    #[error("the run has not begun")]
    NotBegun,
    /// A run begins once.
    #[error("the run has begun already")]
    Begun,
    /// A closed run stays closed.
    #[error("the run has ended ({outcome}); start a new run to go on", outcome = outcome.words())]
    Finished {
        /// How it ended.
        outcome: Outcome,
    },
    /// One command at a time.
    #[error("attempt {attempt} is still running; wait for it or stop it first")]
    Busy {
        /// Which.
        attempt: AttemptId,
    },
    /// Nothing to stop.
    #[error("nothing is running")]
    NothingRuns,
    /// The name does not exist.
    #[error("the runbook has no {what} named {name}")]
    Unknown {
        /// Step or item.
        what: String,
        /// As asked for.
        name: String,
    },
    /// The item is of another kind.
    #[error("{item} is not {wanted}")]
    WrongKind {
        /// Which.
        item: ItemId,
        /// What it would have to be.
        wanted: String,
    },
    /// Values are missing.
    #[error("no value yet for {}; record it first", names.join(", "))]
    MissingValues {
        /// Their names.
        names: Vec<String>,
    },
    /// A value cannot stand where the placeholder stands.
    #[error("{why}")]
    UnusableValue {
        /// What is wrong.
        why: String,
    },
    /// Not meant to be executed, as far as the reader can tell.
    #[error("this text is only offered as a command; promote it first")]
    NotPromoted,
    /// A text for another tool.
    #[error("this is not a shell command: do it in its own tool, then record how it went")]
    NotForShell,
    /// Nothing was confirmed.
    #[error("confirm the command first")]
    NotConfirmed,
    /// Nothing to retry.
    #[error("this command has not failed, so there is nothing to retry")]
    NothingFailed,
    /// A deviation without a reason.
    #[error("this deviates from the runbook ({deviation}); say why", deviation = deviation.words())]
    ReasonNeeded {
        /// Which deviation.
        deviation: Deviation,
    },
    /// A skip without a reason.
    #[error("say why this is left out; only optional steps can be skipped without a reason")]
    SkipNeedsReason,
    /// Done already.
    #[error("this was done already, so there is nothing to leave out")]
    NothingToSkip,
    /// The run halted earlier.
    #[error(
        "the run is halted at {item}; answer that first: retry, override with a reason, roll back or abandon"
    )]
    Halted {
        /// Where.
        item: ItemId,
    },
    /// An attempt's end was not seen.
    #[error("what became of attempt {attempt} is unknown; find out and resolve it first")]
    Unresolved {
        /// Which.
        attempt: AttemptId,
    },
    /// The attempt is not in that state.
    #[error("what became of attempt {attempt} is known")]
    NothingToResolve {
        /// Which.
        attempt: AttemptId,
    },
    /// The item does not apply.
    #[error("this does not apply: its condition was answered otherwise")]
    DoesNotApply,
    /// The run is not halted there.
    #[error("the run is not halted at {item}")]
    NotHalted {
        /// Where.
        item: ItemId,
    },
    /// There is no such branch.
    #[error("there is no alternative {branch}; choose 1 to {count}", branch = branch + 1)]
    NoSuchBranch {
        /// Asked for, from 0.
        branch: usize,
        /// How many there are.
        count: usize,
    },
    /// An empty text where words are needed.
    #[error("{what} must not be empty")]
    Empty {
        /// What.
        what: String,
    },
    /// Rollback is under way.
    #[error("the rollback has begun already")]
    RollingBack,
    /// That outcome would not be true.
    #[error("the run cannot end as {}: {why}", outcome.words())]
    OutcomeNotPossible {
        /// The one asked for.
        outcome: Outcome,
        /// What stands against it.
        why: String,
    },
    /// The record failed, so nothing more starts.
    #[error("the record cannot be written ({why}); nothing starts until it can")]
    RecordFailing {
        /// The disk's words.
        why: String,
    },
    /// Somebody else controls the run.
    #[error("you are watching; take control first")]
    Watching,
}

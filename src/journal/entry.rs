//! The unit of truth: one entry, one line of the journal. Facts are past tense and a file format:
//! add new ones, add optional members, never rename or reuse.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Timestamp;
use crate::runbook::{ItemId, Session, StepId};

/// Names a run: the day it started, its subject and a few characters that make it unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Counts the executions of a run, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(pub u32);

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// When something happened, by the clocks of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Wall clock.
    #[serde(rename = "ts")]
    pub at: Timestamp,
    /// Milliseconds on a clock that never goes back while the host is up.
    #[serde(rename = "mono")]
    pub mono_ms: u64,
    /// Which boot of the host that clock belongs to.
    pub boot: String,
}

/// Who caused an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A person, by name.
    Operator(String),
    /// An answers file, on behalf of this person.
    Answers(String),
    /// The program itself, for what it observed.
    Holdpoint,
}

impl Actor {
    /// The person's name, or the program's.
    pub fn name(&self) -> &str {
        match self {
            Self::Operator(name) | Self::Answers(name) => name,
            Self::Holdpoint => "holdpoint",
        }
    }
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of the format that wrote it: [`Entry::VERSION`].
    pub v: u16,
    /// Position in the journal, from 1, without gaps.
    pub seq: u64,
    /// When.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Who.
    pub actor: Actor,
    /// What.
    #[serde(flatten)]
    pub fact: Fact,
}

impl Entry {
    /// The version that this program writes.
    pub const VERSION: u16 = 1;
}

/// A person's judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Not as it should be, and good enough to go on.
    Degraded,
    /// Not good enough: the run halts here.
    Fail,
    /// Does not apply to this run.
    NotApplicable,
}

impl Verdict {
    /// The word shown and written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Degraded => "degraded",
            Self::Fail => "fail",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything passed.
    Success,
    /// Done, with degraded verdicts, incidents or skipped steps.
    SuccessWithIssues,
    /// Taken back, and that was verified.
    RolledBack,
    /// Given up.
    Abandoned,
}

impl Outcome {
    /// The words shown and written.
    pub fn words(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::SuccessWithIssues => "success with issues",
            Self::RolledBack => "rolled back",
            Self::Abandoned => "abandoned",
        }
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// The status as a shell reports it: 128 + n after signal n.
    pub code: i32,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
}

impl Exit {
    /// Whether the status is 0.
    pub fn is_success(self) -> bool {
        self.code == 0
    }
}

/// What was recorded of an attempt's output.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OutputSummary {
    /// Bytes the command wrote to its terminal.
    pub bytes: u64,
    /// Bytes left out of the transcript because it would have grown past its cap, or were missed.
    #[serde(default)]
    pub omitted: u64,
    /// SHA-256 of the transcript file as it stood at the exit, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript_digest: Option<String>,
}

/// How a running command is asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Once, politely: SIGINT to the foreground.
    Interrupt,
    /// Until it is gone: INT, then TERM, then KILL.
    Abort,
}

/// What became of a command whose end was not seen, as a person found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// It ended well.
    EndedWell,
    /// It failed.
    Failed,
    /// It never ran.
    NeverRan,
}

/// How a condition or choice was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionAnswer {
    /// This branch is taken: 0 for a condition that holds.
    Taken(usize),
    /// The condition does not hold.
    NotTaken,
}

/// Something done otherwise than written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deviation {
    /// A command was changed before it ran.
    Edited,
    /// Something was taken before its turn.
    OutOfOrder,
    /// A halted run went on all the same.
    Overridden,
    /// A step that may run once was started again.
    OnceRepeated,
}

impl Deviation {
    /// The words shown and written.
    pub fn words(self) -> &'static str {
        match self {
            Self::Edited => "command edited",
            Self::OutOfOrder => "taken out of order",
            Self::Overridden => "gate overridden",
            Self::OnceRepeated => "once-step repeated",
        }
    }
}

/// A place in a runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The whole run.
    Run,
    /// A step.
    Step(StepId),
    /// An item of a step.
    Item(ItemId),
}

/// A place other than this host where commands run, opened by a command of the runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTarget {
    /// What opened it, filled in: `ssh deploy@vps`.
    pub command: String,
    /// What kind of session that is.
    pub session: Session,
}

impl OpenTarget {
    /// The short form shown: `deploy@vps`, the user, the container; else the command.
    pub fn name(&self) -> String {
        let words: Vec<&str> = self.command.split_whitespace().collect();
        let words_only = |word: &&&str| !word.starts_with('-');
        let name = match self.session {
            Session::Ssh => words.last().map(|word| (*word).to_owned()),
            Session::User => {
                let user =
                    words.iter().rev().find(words_only).filter(|word| !matches!(**word, "sudo" | "su"));
                Some(user.map_or_else(|| "root".to_owned(), |word| (*word).to_owned()))
            }
            Session::Container => words.iter().filter(words_only).nth(2).map(|word| (*word).to_owned()),
            Session::Console | Session::Leave => None,
        };
        name.unwrap_or_else(|| self.command.clone())
    }
}

/// The copy of the runbook that a run goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbookCopy {
    /// Its title.
    pub title: String,
    /// Where it was opened.
    pub path: String,
    /// SHA-256 of the document's bytes, lower-case hex.
    pub digest: String,
    /// SHA-256 of the model as it was understood then and is kept with the run.
    pub model_digest: String,
}

/// What one attempt executes: one statement, or several that were edited into one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which statements of the command it stands for, from 0.
    pub statements: Vec<usize>,
    /// What runs, placeholders filled in.
    pub text: String,
}

/// The first entry of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStart {
    /// Its id.
    pub run: RunId,
    /// What it goes by.
    pub runbook: RunbookCopy,
    /// What is being upgraded.
    pub subject: String,
    /// Version before; may be empty.
    pub from: String,
    /// Version after; may be empty.
    pub to: String,
    /// What to go back to; may be empty.
    #[serde(default)]
    pub rollback_point: String,
    /// Name of the host.
    pub host: String,
    /// The operator's account, and in brackets who they were before sudo.
    pub operator: String,
    /// What would and would not end a running command.
    pub survival: String,
    /// Version of the program.
    pub program: String,
    /// The directory in which the first command starts.
    pub directory: String,
    /// The incident log that this run reads and appends to.
    #[serde(default)]
    pub incident_log: String,
    /// Names of the variables that the environment had; no values.
    #[serde(default)]
    pub environment: Vec<String>,
}

/// An entry of the what-broke-last-time log, as it was logged in a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IncidentRecord {
    /// The subject.
    pub site: String,
    /// `2026-03-02`
    pub date: String,
    /// Version before.
    pub from: String,
    /// Version after.
    pub to: String,
    /// What was seen.
    pub symptoms: String,
    /// What helped.
    pub fix: String,
    /// What remains to be done about it.
    pub follow_up: String,
}

/// Whether a front end acts or looks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attendance {
    /// May ask for commands and type.
    Controls,
    /// Sees everything, changes nothing.
    Watches,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fact {
    /// The run began. Always the first entry.
    RunStarted(Box<RunStart>),
    /// A process took the run up: at its start, or after the one before it was lost.
    SupervisorStarted {
        /// Its process id.
        pid: u32,
        /// Version of the program.
        program: String,
        /// What recovery found, if this is not the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recovery: Option<String>,
    },
    /// A front end came.
    FrontEndAttached {
        /// Acting or looking on.
        attendance: Attendance,
    },
    /// A value was recorded.
    InputRecorded {
        /// Its name.
        name: String,
        /// Its value; the mask, if it is secret.
        value: String,
        /// The item that asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<ItemId>,
        /// Whether it must never be written.
        #[serde(default)]
        secret: bool,
    },
    /// A text that was only offered as a command is one, says the operator.
    CommandPromoted {
        /// Which.
        item: ItemId,
    },
    /// An operator saw this text and let it run.
    CommandConfirmed {
        /// Which command.
        item: ItemId,
        /// What will run, in order; each part is one attempt.
        parts: Vec<Part>,
        /// What was done otherwise than written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deviation: Option<Deviation>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// An attempt is about to run: written before it does.
    CommandStarted {
        /// Its number.
        attempt: AttemptId,
        /// Which command.
        item: ItemId,
        /// What runs.
        #[serde(flatten)]
        part: Part,
        /// Where it runs, outermost first; empty for this host.
        #[serde(default)]
        target: Vec<OpenTarget>,
    },
    /// An attempt ended.
    CommandExited {
        /// Its number.
        attempt: AttemptId,
        /// How.
        exit: Exit,
        /// Its duration.
        duration_ms: u64,
        /// The shell's directory afterwards.
        directory: String,
        /// What it printed.
        #[serde(default)]
        output: OutputSummary,
    },
    /// An attempt's end was not seen: its state is unknown.
    CommandLost {
        /// Its number.
        attempt: AttemptId,
        /// Why its end was not seen.
        reason: String,
    },
    /// A person found out what became of a lost attempt.
    CommandResolved {
        /// Its number.
        attempt: AttemptId,
        /// What became of it.
        resolution: Resolution,
        /// How they know.
        note: String,
    },
    /// A command was asked to stop.
    CommandSignalled {
        /// Its number.
        attempt: AttemptId,
        /// How.
        signal: Stop,
    },
    /// The shell that carries variables and directory was replaced by a fresh one.
    ShellRestarted {
        /// Why, and what did not survive.
        reason: String,
    },
    /// What follows runs somewhere else.
    TargetOpened {
        /// It.
        target: OpenTarget,
    },
    /// Back to where the target was opened from.
    TargetClosed {
        /// It.
        target: OpenTarget,
    },
    /// A check or action was answered, or a failed command was judged.
    CheckRecorded {
        /// Which.
        item: ItemId,
        /// The judgement.
        verdict: Verdict,
        /// In the person's words.
        #[serde(default)]
        note: String,
    },
    /// An expectation or stop condition was answered: fail means that the run halts.
    GateAnswered {
        /// Which.
        item: ItemId,
        /// The judgement.
        verdict: Verdict,
        /// In the person's words.
        #[serde(default)]
        note: String,
    },
    /// A condition or choice was answered.
    ConditionAnswered {
        /// Which.
        item: ItemId,
        /// How.
        answer: ConditionAnswer,
    },
    /// A step or item was left out.
    StepSkipped {
        /// What.
        place: Place,
        /// Why.
        reason: String,
        /// Whether the runbook does not call it optional.
        deviation: bool,
    },
    /// A halted run goes on, by a person's decision.
    HaltOverridden {
        /// Where it had halted.
        item: ItemId,
        /// Why.
        reason: String,
    },
    /// A note was taken.
    NoteTaken {
        /// About what.
        place: Place,
        /// Its text.
        text: String,
    },
    /// An incident was logged.
    IncidentLogged {
        /// At which step.
        place: Place,
        /// What is appended to the log.
        incident: IncidentRecord,
    },
    /// A run without a person came to something that it may not answer.
    RunHeld {
        /// Where.
        item: ItemId,
        /// What is asked.
        question: String,
    },
    /// The rollback became the procedure.
    RollbackBegun {
        /// Why.
        reason: String,
    },
    /// The run ended. Always the last entry.
    RunFinished {
        /// How.
        outcome: Outcome,
        /// In the person's words.
        #[serde(default)]
        note: String,
    },
    /// A spot-check outside any run.
    SpotCheckRecorded {
        /// Of what.
        subject: String,
        /// What was looked at.
        text: String,
        /// The judgement.
        verdict: Verdict,
        /// In the person's words.
        #[serde(default)]
        note: String,
    },
    /// Written by a newer version; kept, shown as such, changes nothing.
    #[serde(other)]
    Unrecognised,
}

//! The model of a runbook: phases of steps of items, each with its lines in the source. Immutable
//! once a run has started; a run keeps its own copy.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Diagnostic;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

id! {
    /// Names a phase within one runbook: a slug of its title, unique by suffix.
    PhaseId
}
id! {
    /// Names a step within one runbook: its number and a slug of its title, for example
    /// `8-run-migrations`; unique by suffix.
    StepId
}
id! {
    /// Names an item within one runbook: its step's id and its place there, for example
    /// `8-run-migrations/2` (1-based).
    ItemId
}

impl ItemId {
    /// The step that the item belongs to, by the form of its id.
    pub fn step(&self) -> StepId {
        StepId(self.0.rsplit_once('/').map_or_else(|| self.0.clone(), |(step, _)| step.to_owned()))
    }
}

/// 1-based lines of the unmodified document, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineRange {
    /// First line.
    pub first: usize,
    /// Last line.
    pub last: usize,
}

/// A document as understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Runbook {
    /// The first heading, the front matter's title, or the file's name.
    pub title: String,
    /// Where it came from.
    pub source: Source,
    /// Front matter, in its order.
    pub metadata: Vec<(String, String)>,
    /// The parts, in source order.
    pub phases: Vec<Phase>,
    /// Every name that a person must supply, once each, in order of appearance.
    pub placeholders: Vec<Placeholder>,
    /// What `lint` has to say.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where a runbook came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The path or name under which it was opened.
    pub name: String,
    /// How its text is written.
    pub format: Format,
    /// SHA-256 of its unmodified bytes, lower-case hex.
    pub digest: String,
    /// The unmodified text (as UTF-8), so that every item's lines can be shown.
    pub text: String,
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `CommonMark` with the GFM extensions.
    Markdown,
    /// Text copied from a rendered page: bullets as `•`, headings without marks.
    Plain,
    /// The typed form.
    Yaml,
}

/// What a phase is for; decides whether its steps are part of the main line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What must hold before the first step.
    Prerequisites,
    /// The work itself.
    Procedure,
    /// Showing that it worked.
    Verification,
    /// The way back; one key away, never part of "next".
    Rollback,
    /// What remains to be done afterwards.
    PostWork,
    /// Symptom, cause, fix; reachable from a failure.
    Troubleshooting,
    /// To be read.
    Reference,
    /// A checklist that repeats the steps; tied to what was recorded, nothing to tick again.
    Summary,
}

impl Role {
    /// Whether steps of this role are walked in order.
    pub fn is_main_line(self) -> bool {
        matches!(self, Self::Prerequisites | Self::Procedure | Self::Verification | Self::PostWork)
    }
}

/// A heading that groups steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Unique in the runbook.
    pub id: PhaseId,
    /// The heading's text, without marks.
    pub title: String,
    /// What it is for.
    pub role: Role,
    /// Line of the heading.
    pub line: usize,
    /// What stands before its first step (prose, notes, rollback triggers, links).
    pub intro: Vec<Item>,
    /// Its steps, in source order.
    pub steps: Vec<Step>,
}

/// The smallest titled or numbered unit of sequential work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Unique in the runbook.
    pub id: StepId,
    /// As written: `8`, `2.1`.
    pub number: Option<String>,
    /// Without number and marks.
    pub title: String,
    /// From its heading or list marker to its last line.
    pub lines: LineRange,
    /// Says that it is optional; may be skipped without that being a deviation.
    pub optional: bool,
    /// Says that it may run exactly once.
    pub once: bool,
    /// What it holds, in source order.
    pub items: Vec<Item>,
}

/// One thing in a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Unique in the runbook.
    pub id: ItemId,
    /// Where it stands.
    pub lines: LineRange,
    /// The condition or choice on which it depends.
    pub guard: Option<Guard>,
    /// What it is.
    pub kind: ItemKind,
}

/// Applies only if a condition was answered so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// The [`ItemKind::Condition`] or [`ItemKind::Choice`] item, always earlier in the same step.
    pub item: ItemId,
    /// Which branch: 0 for a condition that holds, else the index of the alternative.
    pub branch: usize,
}

/// The kinds of item. Those marked *gate* hold the run until answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ItemKind {
    /// *Gate.* Something to execute, here or in another tool.
    Command(Block),
    /// *Gate.* Something a person has to confirm.
    Check {
        /// As written, marks removed.
        text: String,
        /// Whether the document shows it ticked already.
        prechecked: bool,
        /// A bad sign to watch for: passes when it is *not* seen.
        watch: bool,
    },
    /// *Gate.* Something to be done by hand and then said to be done.
    Action {
        /// As written, marks removed.
        text: String,
    },
    /// *Gate.* A value to record.
    Input {
        /// Under which it is kept and filled in, for example `BACKUP_FILE`.
        name: String,
        /// What to ask.
        prompt: String,
        /// What the document writes in its place, for example `<filename>.sql.gz`.
        pattern: Option<String>,
    },
    /// *Gate.* What the command before it should have brought about.
    Expected {
        /// As written.
        text: String,
        /// The command it speaks of, when one stands before it in the same step.
        about: Option<ItemId>,
    },
    /// *Gate.* A condition under which the run must not go on.
    StopGate {
        /// As written.
        text: String,
        /// Whether it sends the operator to the rollback.
        rollback: bool,
    },
    /// *Gate.* Asks whether something holds; items guarded by it follow.
    Condition {
        /// As written, for example `If using Celery`.
        text: String,
    },
    /// *Gate.* Asks which of several ways to go; items guarded by it follow.
    Choice {
        /// As written, for example `Choose one path`.
        text: String,
        /// Titles of the alternatives, at least two.
        alternatives: Vec<String>,
    },
    /// A reason to roll back, listed at all times.
    Trigger {
        /// As written.
        text: String,
    },
    /// Another document.
    Link {
        /// The text of the link.
        text: String,
        /// Path, anchor or address, as written.
        target: String,
    },
    /// A warning or note.
    Note {
        /// Whether it warns.
        warning: bool,
        /// As written.
        text: String,
    },
    /// Anything else: Markdown to be read.
    Prose {
        /// The source text of its lines.
        text: String,
    },
}

impl ItemKind {
    /// Whether the run holds here until a person has answered.
    pub fn is_gate(&self) -> bool {
        !matches!(self, Self::Trigger { .. } | Self::Link { .. } | Self::Note { .. } | Self::Prose { .. })
    }
}

/// A command as written: one block, span or line with its statements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// As it would be executed: prompts and recorded output removed, placeholders still in it.
    pub text: String,
    /// Which tool understands it.
    pub language: Language,
    /// How sure the reader is that it is meant to be executed.
    pub confidence: Confidence,
    /// How it was written.
    pub form: Form,
    /// What announces it: a label, a comment above it.
    pub label: Option<String>,
    /// Says that it may run exactly once.
    pub once: bool,
    /// What to be careful about.
    pub risks: Vec<Risk>,
    /// Its statements in order; one, with the whole text, where it cannot be split safely.
    pub statements: Vec<Statement>,
}

impl Block {
    /// Whether it may be run by this program as it stands (a person can promote it otherwise).
    pub fn is_runnable(&self) -> bool {
        self.language.runs_here() && self.confidence == Confidence::High
    }
}

/// One statement of a block, with the comment lines above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// As it would be executed, without the comment lines above it.
    pub text: String,
    /// Where it stands.
    pub lines: LineRange,
    /// The comment lines above it, marks removed.
    pub comment: Option<String>,
    /// Whether it opens or leaves a session elsewhere.
    pub session: Option<Session>,
}

/// What a session changer does: the statements after it belong to another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Session {
    /// `ssh host` without a command of its own.
    Ssh,
    /// `sudo -i`, `sudo su -`, `su - user`: another user's shell.
    User,
    /// `docker exec -it c sh`, `kubectl exec -it p -- sh`: a shell in a container.
    Container,
    /// A console that is not a shell (`psql`, `rails console`): what follows is typed by hand.
    Console,
    /// `exit`, `logout`: back to where it was opened from.
    Leave,
}

/// Which tool understands a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// A POSIX-like shell.
    Shell,
    /// `PowerShell`.
    Powershell,
    /// SQL, in a console.
    Sql,
    /// An HTTP request, `GET /path`.
    Http,
    /// A metrics query.
    Promql,
    /// Some other console.
    Repl,
    /// Chat commands and the like.
    Other,
}

impl Language {
    /// Whether the step shell can execute it.
    pub fn runs_here(self) -> bool {
        matches!(self, Self::Shell)
    }
}

/// How sure the reader is that a text is meant to be executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Shown as text.
    Low,
    /// Offered; runs only after the operator promoted it.
    Medium,
    /// Treated as a command.
    High,
}

/// How a command was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A fence or an indented block.
    Block,
    /// A code span.
    Inline,
    /// A plain line of rendered text.
    Plain,
}

/// What to be careful about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Deletes, drops or overwrites.
    Destructive,
    /// Runs until stopped.
    LongRunning,
    /// Wants a person at the keyboard.
    Interactive,
    /// Runs as another user.
    Privileged,
    /// Executes what it downloads.
    NetworkPiped,
    /// Carries a secret in its text.
    Secret,
    /// What follows runs somewhere else.
    SessionChange,
}

impl Risk {
    /// The word shown beside a command.
    pub fn word(self) -> &'static str {
        match self {
            Self::Destructive => "destructive",
            Self::LongRunning => "runs until stopped",
            Self::Interactive => "interactive",
            Self::Privileged => "privileged",
            Self::NetworkPiped => "runs a download",
            Self::Secret => "carries a secret",
            Self::SessionChange => "changes the session",
        }
    }
}

/// A name that a person must supply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    /// Without its marks: `vps-hostname`, `DATABASE_URL`.
    pub name: String,
    /// As written: `<vps-hostname>`, `$DATABASE_URL`.
    pub spelling: String,
    /// Its first line in a command.
    pub line: usize,
}

impl Runbook {
    /// All steps with their phase, in source order.
    pub fn steps(&self) -> impl Iterator<Item = (&Phase, &Step)> {
        self.phases.iter().flat_map(|phase| phase.steps.iter().map(move |step| (phase, step)))
    }

    /// The step of this id, with its phase.
    pub fn step(&self, id: &StepId) -> Option<(&Phase, &Step)> {
        self.steps().find(|(_, step)| step.id == *id)
    }

    /// The item of this id, with its step; items of a phase's introduction belong to no step.
    pub fn item(&self, id: &ItemId) -> Option<(&Step, &Item)> {
        self.steps()
            .find_map(|(_, step)| step.items.iter().find(|item| item.id == *id).map(|item| (step, item)))
    }
}

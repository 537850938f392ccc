//! The record: what happened, what each byte of it means, and what must never reach a disk.
//! Opens no file: it turns entries into lines and lines into entries.

pub mod codec;
pub mod digest;
pub mod entry;
pub mod recovery;
pub mod redaction;
pub mod timestamp;

pub use codec::ChainHash;
pub use entry::{
    Actor, AttemptId, Attendance, ConditionAnswer, Deviation, Entry, Exit, Fact, IncidentRecord, OpenTarget,
    Outcome, OutputSummary, Part, Place, Resolution, RunId, RunStart, RunbookCopy, Stamp, Stop, Verdict,
};
pub use recovery::{Damage, DamageKind, Recovered};
pub use redaction::Redactor;
pub use timestamp::Timestamp;

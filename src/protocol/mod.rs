//! What a front end and the supervisor say to each other. Control messages are JSON, so that a newer
//! front end and an older supervisor understand each other; terminal bytes travel raw.

mod codec;

pub use codec::{Frame, FrameError, MAX_FRAME_BYTES};

use serde::{Deserialize, Serialize};

use crate::engine::{Command, Refusal};
use crate::journal::{AttemptId, Attendance, Entry};
use crate::runbook::Runbook;

/// The version of this protocol.
pub const VERSION: u16 = 1;

/// What a front end says first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Oldest version it speaks.
    pub min_version: u16,
    /// Newest version it speaks.
    pub max_version: u16,
    /// Who sits in front of it.
    pub operator: String,
    /// Whether it acts or looks on.
    pub attendance: Attendance,
    /// Columns and rows for the command's terminal.
    pub size: Option<(u16, u16)>,
}

/// What a front end asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case")]
pub enum Request {
    /// Always first.
    Hello(Hello),
    /// An operator's wish; answered by entries or by [`Notice::Refused`].
    Ask {
        /// Counts this front end's wishes, so that a refusal finds its way back.
        id: u64,
        /// The wish.
        command: Command,
    },
    /// The terminal pane has this size.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// Send the recorded output of an attempt.
    Transcript {
        /// Which.
        attempt: AttemptId,
    },
    /// Act instead of looking on.
    TakeControl,
    /// Go away; the run goes on.
    Detach,
}

/// Whether the record is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "recording", rename_all = "kebab-case")]
pub enum Recording {
    /// As it should be.
    Good,
    /// It cannot be written: nothing starts.
    Failing {
        /// The disk's words.
        why: String,
    },
}

/// What the supervisor tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "kebab-case")]
pub enum Notice {
    /// The answer to hello: everything needed to show the run as it stands.
    Welcome {
        /// The version both speak.
        version: u16,
        /// The runbook as this run understands it.
        runbook: Box<Runbook>,
        /// All entries so far.
        entries: Vec<Entry>,
        /// Whether the one who asked acts or looks on.
        attendance: Attendance,
        /// Whether the record is being written.
        recording: Recording,
        /// Whether a finished run is shown, in which nothing can change.
        finished: bool,
    },
    /// No common version, or not allowed.
    Unwelcome {
        /// Why, as a sentence.
        why: String,
    },
    /// This is durable.
    Entry {
        /// The entry.
        entry: Box<Entry>,
    },
    /// The wish of this number was granted: its entries have been told.
    Granted {
        /// Of [`Request::Ask`].
        id: u64,
    },
    /// The wish of this number was refused.
    Refused {
        /// Of [`Request::Ask`].
        id: u64,
        /// Why.
        refusal: Refusal,
    },
    /// The command's terminal hides what is typed: a password is being asked for.
    EchoHidden {
        /// Whether it does now.
        hidden: bool,
    },
    /// This many bytes of output were not sent, because this front end fell behind.
    OutputSkipped {
        /// Of which attempt.
        attempt: AttemptId,
        /// How many.
        bytes: u64,
    },
    /// The recorded output of an attempt follows as output frames, from offset 0.
    TranscriptBegins {
        /// Which.
        attempt: AttemptId,
        /// Columns and rows of its terminal.
        size: (u16, u16),
    },
    /// It is complete.
    TranscriptEnds {
        /// Which.
        attempt: AttemptId,
    },
    /// Acting or looking on, from now.
    Attendance {
        /// Which.
        attendance: Attendance,
    },
    /// The state of the record changed.
    Recording {
        /// To this.
        recording: Recording,
    },
    /// Something went wrong that does not belong to a wish.
    Trouble {
        /// What, where, and what to do, as a sentence.
        message: String,
    },
    /// The supervisor leaves; attach again to go on, if the run has not ended.
    Goodbye,
}

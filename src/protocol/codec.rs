//! Frames: one byte that says what follows, then JSON or raw terminal bytes.

use super::{Notice, Request};
use crate::journal::AttemptId;

/// No frame is longer: a runbook of 10 MB and a long journal fit.
pub const MAX_FRAME_BYTES: usize = 256 * 1024 * 1024;

const REQUEST: u8 = b'Q';
const NOTICE: u8 = b'N';
const OUTPUT: u8 = b'O';
const KEYS: u8 = b'K';

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// From a front end.
    Request(Request),
    /// From the supervisor.
    Notice(Notice),
    /// From the supervisor: what a command printed.
    Output {
        /// Which attempt.
        attempt: AttemptId,
        /// Position of the first byte in the attempt's output.
        offset: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// From a front end: what was typed into the command's terminal.
    Keys(Vec<u8>),
}

/// Why bytes are not a frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Nothing in it.
    #[error("empty frame")]
    Empty,
    /// A kind that this version does not know.
    #[error("frame of unknown kind {0:#04x}")]
    Kind(u8),
    /// Shorter than its kind needs.
    #[error("truncated output frame")]
    Truncated,
    /// Not the JSON that was expected.
    #[error("malformed control frame")]
    Json(#[from] serde_json::Error),
}

impl Frame {
    /// The frame's bytes.
    pub fn encode(&self) -> Result<Vec<u8>, FrameError> {
        match self {
            Self::Request(request) => control(REQUEST, request),
            Self::Notice(notice) => control(NOTICE, notice),
            Self::Keys(bytes) => Ok([&[KEYS], bytes.as_slice()].concat()),
            Self::Output { attempt, offset, bytes } => {
                let head: [&[u8]; 4] = [&[OUTPUT], &attempt.0.to_be_bytes(), &offset.to_be_bytes(), bytes];
                Ok(head.concat())
            }
        }
    }

    /// The frame that these bytes are.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let (kind, body) = bytes.split_first().ok_or(FrameError::Empty)?;
        match *kind {
            REQUEST => Ok(Self::Request(serde_json::from_slice(body)?)),
            NOTICE => Ok(Self::Notice(serde_json::from_slice(body)?)),
            KEYS => Ok(Self::Keys(body.to_vec())),
            OUTPUT => output(body).ok_or(FrameError::Truncated),
            kind => Err(FrameError::Kind(kind)),
        }
    }
}

fn control(kind: u8, message: &impl serde::Serialize) -> Result<Vec<u8>, FrameError> {
    let mut bytes = vec![kind];
    serde_json::to_writer(&mut bytes, message)?;
    Ok(bytes)
}

fn output(body: &[u8]) -> Option<Frame> {
    let (attempt, rest) = body.split_first_chunk::<4>()?;
    let (offset, bytes) = rest.split_first_chunk::<8>()?;
    Some(Frame::Output {
        attempt: AttemptId(u32::from_be_bytes(*attempt)),
        offset: u64::from_be_bytes(*offset),
        bytes: bytes.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_frame_reads_back_as_it_was_written() {
        for frame in [
            Frame::Request(Request::Detach),
            Frame::Request(Request::Resize { columns: 80, rows: 24 }),
            Frame::Notice(Notice::Goodbye),
            Frame::Output { attempt: AttemptId(7), offset: 1 << 40, bytes: vec![0, 27, 255] },
            Frame::Keys(vec![3]),
        ] {
            let bytes = frame.encode().unwrap();
            assert_eq!(Frame::decode(&bytes).unwrap(), frame);
        }
    }

    #[test]
    fn bytes_that_are_no_frame_are_refused_with_a_reason() {
        for (bytes, expected) in [
            (&b""[..], "empty frame"),
            (b"Xabc", "frame of unknown kind 0x58"),
            (b"O\0\0", "truncated output frame"),
            (b"Q{}", "malformed control frame"),
        ] {
            assert_eq!(Frame::decode(bytes).unwrap_err().to_string(), expected);
        }
    }
}

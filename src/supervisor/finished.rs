//! Serves a run that has ended: the same conversation, read only, so that a front end has one source.

use std::sync::Arc;

use crate::engine::Refusal;
use crate::journal::{AttemptId, Attendance, Entry};
use crate::link::Connection;
use crate::protocol::{Frame, Notice, Recording, Request, VERSION};
use crate::runbook::Runbook;
use crate::store::{RunDirectory, transcript};

/// How much output goes into one frame.
const FRAME_BYTES: usize = 64 * 1024;

/// Answers one front end until it leaves.
pub async fn serve_finished(
    directory: &RunDirectory,
    runbook: Arc<Runbook>,
    entries: Vec<Entry>,
    mut connection: Connection,
) {
    while let Some(frame) = connection.receiver.recv().await {
        let Frame::Request(request) = frame else { continue };
        let mut answers = Vec::new();
        match request {
            Request::Hello(_) => answers.push(Frame::Notice(Notice::Welcome {
                version: VERSION,
                runbook: Box::new((*runbook).clone()),
                entries: entries.clone(),
                attendance: Attendance::Watches,
                recording: Recording::Good,
                finished: true,
            })),
            Request::Ask { id, .. } => {
                answers.push(Frame::Notice(Notice::Refused { id, refusal: Refusal::Watching }));
            }
            Request::Transcript { attempt } => answers = transcript_frames(directory, attempt),
            Request::Detach => return,
            Request::Resize { .. } | Request::TakeControl => {}
        }
        for answer in answers {
            if connection.sender.send(answer).await.is_err() {
                return;
            }
        }
    }
}

/// The recorded output of an attempt, as frames.
pub(super) fn transcript_frames(directory: &RunDirectory, attempt: AttemptId) -> Vec<Frame> {
    let mut frames = Vec::new();
    match transcript::read(directory, attempt) {
        Ok(recording) => {
            let size = (recording.columns, recording.rows);
            frames.push(Frame::Notice(Notice::TranscriptBegins { attempt, size }));
            let mut offset = 0;
            for chunk in recording.bytes().chunks(FRAME_BYTES) {
                frames.push(Frame::Output { attempt, offset, bytes: chunk.to_vec() });
                offset += chunk.len() as u64;
            }
        }
        Err(error) => frames.push(Frame::Notice(Notice::Trouble { message: error.to_string() })),
    }
    frames.push(Frame::Notice(Notice::TranscriptEnds { attempt }));
    frames
}

//! What commands print, on its way to the record and to those who follow: kept raw for a short
//! while in memory, redacted before it reaches the disk.

use std::path::Path;

use super::Clock;
use crate::engine::{Run, timeline};
use crate::incident::{self, Incident, Origin};
use crate::journal::redaction::{Redactor, Stream};
use crate::journal::{AttemptId, Entry, IncidentRecord, OutputSummary, Place, RunStart};
use crate::pty::Size;
use crate::store::transcript::{Cap, Title};
use crate::store::{RunDirectory, StoreError, Transcript, incident_log};

/// How much of the running command's output is kept for those who come later.
const LIVE_BYTES: usize = 1 << 20;

/// Records the output of one attempt after the other.
pub(super) struct Recorder {
    directory: RunDirectory,
    redactor: Redactor,
    clock: Clock,
    current: Option<Current>,
}

struct Current {
    attempt: AttemptId,
    transcript: Option<Transcript>,
    stream: Stream,
    began_ms: u64,
    live: Vec<u8>,
    printed: u64,
    is_dirty: bool,
    has_ended: bool,
}

impl Recorder {
    pub(super) fn new(directory: RunDirectory, redactor: Redactor, clock: Clock) -> Self {
        Self { directory, redactor, clock, current: None }
    }

    /// From now on this value is written nowhere, in any form.
    pub(super) fn register(&mut self, name: &str, secret: &str) {
        self.redactor.register(name, secret);
    }

    pub(super) fn redact(&self, entry: Entry) -> Entry {
        self.redactor.redact_entry(entry)
    }

    /// Begins the transcript of an attempt.
    pub(super) fn begin(&mut self, attempt: AttemptId, size: Size, command: &str) {
        let now = self.clock.now();
        let transcript =
            Transcript::create(&self.directory, attempt, &self.title(size, command), Cap::default());
        self.follow(attempt, now.mono_ms, transcript);
    }

    /// Goes on with the transcript of an attempt that began at this time of the monotonic clock.
    pub(super) fn resume(&mut self, attempt: AttemptId, size: Size, command: &str, began_ms: u64) {
        let transcript =
            Transcript::resume(&self.directory, attempt, &self.title(size, command), Cap::default());
        self.follow(attempt, began_ms, transcript);
    }

    fn title(&self, size: Size, command: &str) -> Title {
        let command = self.redactor.redact_text(command);
        Title { columns: size.columns, rows: size.rows, at: self.clock.now().at, command }
    }

    /// Without a transcript the command still runs, and its record says that the output is missing.
    fn follow(&mut self, attempt: AttemptId, began_ms: u64, transcript: Result<Transcript, StoreError>) {
        let transcript =
            transcript.inspect_err(|error| tracing::error!(%error, "the output is not recorded")).ok();
        self.current = Some(Current {
            attempt,
            transcript,
            stream: self.redactor.stream(),
            began_ms,
            live: Vec::new(),
            printed: 0,
            is_dirty: false,
            has_ended: false,
        });
    }

    /// Takes output in: the attempt it belongs to and its position there, for those who follow.
    /// What comes after the end of an attempt, from jobs left in the background, is shown with it.
    pub(super) fn output(&mut self, bytes: &[u8]) -> Option<(AttemptId, u64)> {
        let now_ms = self.clock.now().mono_ms;
        let current = self.current.as_mut()?;
        let offset = current.printed;
        current.printed += bytes.len() as u64;
        current.keep_live(bytes);
        if let Some(transcript) = &mut current.transcript {
            let redacted = current.stream.push(bytes);
            transcript.output(now_ms.saturating_sub(current.began_ms), &redacted);
            current.is_dirty = true;
        }
        Some((current.attempt, offset))
    }

    /// So many bytes were missed while no supervisor was there.
    pub(super) fn gap(&mut self, bytes: u64) {
        let now_ms = self.clock.now().mono_ms;
        if let Some(current) = &mut self.current
            && let Some(transcript) = &mut current.transcript
        {
            transcript.missed(now_ms.saturating_sub(current.began_ms), bytes);
        }
    }

    pub(super) fn resized(&mut self, size: Size) {
        let now_ms = self.clock.now().mono_ms;
        if let Some(current) = &mut self.current
            && let Some(transcript) = &mut current.transcript
        {
            transcript.resized(now_ms.saturating_sub(current.began_ms), size.columns, size.rows);
        }
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.current.as_ref().is_some_and(|current| current.is_dirty)
    }

    /// Makes the transcript durable; says why, if that is impossible.
    pub(super) fn sync(&mut self) -> Result<(), String> {
        let Some(current) = &mut self.current else { return Ok(()) };
        current.is_dirty = false;
        let Some(transcript) = &mut current.transcript else { return Ok(()) };
        transcript.sync();
        transcript.failure().map_or(Ok(()), |failure| Err(failure.to_string()))
    }

    /// Ends the transcript of an attempt; it is durable when this returns.
    pub(super) fn finish(&mut self, attempt: AttemptId) -> OutputSummary {
        let now_ms = self.clock.now().mono_ms;
        let current =
            self.current.as_mut().filter(|current| current.attempt == attempt && !current.has_ended);
        let Some(current) = current else { return OutputSummary::default() };
        current.has_ended = true;
        current.is_dirty = false;
        let Some(mut transcript) = current.transcript.take() else {
            return OutputSummary {
                bytes: current.printed,
                omitted: current.printed,
                transcript_digest: None,
            };
        };
        let rest = current.stream.finish();
        transcript.output(now_ms.saturating_sub(current.began_ms), &rest);
        OutputSummary { bytes: current.printed, ..transcript.finish() }
    }

    /// The end of what the running command printed, with its position, for those who come late.
    pub(super) fn live(&self) -> Option<(AttemptId, u64, Vec<u8>)> {
        let current = self.current.as_ref()?;
        let offset = current.printed - current.live.len() as u64;
        Some((current.attempt, offset, current.live.clone()))
    }

    /// Appends an incident to the log that the run reads from.
    pub(super) fn append_incident(
        &self,
        run: &Run,
        place: &Place,
        incident: &IncidentRecord,
    ) -> Result<(), StoreError> {
        let Some(start) = run.start() else { return Ok(()) };
        let entry = incident::markdown::render(&logged(run, start, place, incident));
        let entry = self.redactor.redact_text(&entry);
        let log = Path::new(&start.incident_log);
        incident_log::append(log, |before| incident::markdown::addition(before, &entry))?;
        Ok(())
    }
}

/// The incident with where it happened, so that the next run finds its step again.
fn logged(run: &Run, start: &RunStart, place: &Place, record: &IncidentRecord) -> Incident {
    let runbook = Path::new(&start.runbook.path).file_name().map(|name| name.to_string_lossy().into_owned());
    let step = match place {
        Place::Step(step) => Some(step.clone()),
        Place::Item(item) => Some(item.step()),
        Place::Run => None,
    };
    let title = step.as_ref().map_or_else(String::new, |step| timeline::step_title(run, step));
    let heading = [record.date.as_str(), record.site.as_str(), title.as_str()];
    let heading: Vec<&str> = heading.into_iter().filter(|part| !part.is_empty()).collect();
    let heading = heading.join(" · ");
    let origin = Origin { runbook: runbook.unwrap_or_default(), step, run: Some(start.run.clone()) };
    Incident { record: record.clone(), heading, origin: Some(origin), ..Incident::default() }
}

impl Current {
    fn keep_live(&mut self, bytes: &[u8]) {
        self.live.extend_from_slice(bytes);
        if self.live.len() > 2 * LIVE_BYTES {
            self.live.drain(..self.live.len() - LIVE_BYTES);
        }
    }
}

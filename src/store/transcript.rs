//! What an attempt printed, as an asciicast of version 3. Takes bytes that were redacted before;
//! a failing disk is remembered and never reaches the command that prints.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Disk, DiskFile, RunDirectory, StoreError};
use crate::journal::digest::Digester;
use crate::journal::{AttemptId, OutputSummary, Timestamp};

mod recording;
mod utf8;

pub use recording::{RecordedEvent, Recording};
use utf8::Utf8Decoder;

const BUFFER_BYTES: usize = 64 * 1024;

/// How much of an output is kept: this much of its beginning, and between one and two times that
/// much of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// Bytes of output at the beginning.
    pub head_bytes: u64,
    /// Bytes of output at the end, at least.
    pub tail_bytes: u64,
}

impl Default for Cap {
    fn default() -> Self {
        Self { head_bytes: 192 << 20, tail_bytes: 16 << 20 }
    }
}

/// How a recording begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// Width of the terminal.
    pub columns: u16,
    /// Height of the terminal.
    pub rows: u16,
    /// When the attempt began.
    pub at: Timestamp,
    /// What runs, redacted.
    pub command: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Header {
    version: u8,
    term: Terminal,
    #[serde(default)]
    timestamp: i64,
    #[serde(default)]
    command: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Terminal {
    cols: u16,
    rows: u16,
}

/// The transcript of a running attempt.
#[derive(Debug)]
pub struct Transcript {
    main: Sink,
    tail: Tail,
    cap: Cap,
    decoder: Utf8Decoder,
    recorded: u64,
    omitted: u64,
    last_ms: u64,
    failure: Option<StoreError>,
}

impl Transcript {
    /// Creates the transcript of an attempt.
    pub fn create(
        directory: &RunDirectory,
        attempt: AttemptId,
        title: &Title,
        cap: Cap,
    ) -> Result<Self, StoreError> {
        let path = directory.transcript_path(attempt);
        let disk = Arc::clone(directory.disk());
        let mut main = Sink::create(disk.as_ref(), path.clone())?;
        let header = Header {
            version: 3,
            term: Terminal { cols: title.columns, rows: title.rows },
            timestamp: title.at.unix_ms().div_euclid(1000),
            command: title.command.clone(),
        };
        main.push(&(serde_json::to_string(&header).map_err(StoreError::Unwritable)? + "\n"))?;
        main.sync()?;
        if let Some(parent) = path.parent() {
            disk.sync_directory(parent).map_err(StoreError::io("sync", parent))?;
        }
        Ok(Self::from_sink(main, disk, path, cap))
    }

    /// Goes on with the transcript of an attempt whose recorder was lost: what it holds stays, and a
    /// torn last line goes. Without one, it begins here.
    pub fn resume(
        directory: &RunDirectory,
        attempt: AttemptId,
        title: &Title,
        cap: Cap,
    ) -> Result<Self, StoreError> {
        let path = directory.transcript_path(attempt);
        let disk = Arc::clone(directory.disk());
        let mut bytes = match disk.read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Self::create(directory, attempt, title, cap);
            }
            read => read.map_err(StoreError::io("read", &path))?,
        };
        bytes.truncate(bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1));
        let recording = Recording::parse(&bytes)
            .map_err(|reason| StoreError::MalformedTranscript { path: path.clone(), reason })?;
        let main = Sink::reopen(disk.as_ref(), path.clone(), &bytes)?;
        let last_ms = recording.duration_ms();
        let recorded = recording.bytes().len() as u64;
        Ok(Self { recorded, last_ms, ..Self::from_sink(main, disk, path, cap) })
    }

    fn from_sink(main: Sink, disk: Arc<dyn Disk>, path: PathBuf, cap: Cap) -> Self {
        let tail = Tail { disk, main_path: path, segments: Vec::new(), next: 1 };
        Self {
            main,
            tail,
            cap,
            decoder: Utf8Decoder::default(),
            recorded: 0,
            omitted: 0,
            last_ms: 0,
            failure: None,
        }
    }

    /// Records redacted output, so many milliseconds after the attempt began.
    pub fn output(&mut self, elapsed_ms: u64, redacted: &[u8]) {
        let text = self.decoder.decode(redacted);
        self.recorded += redacted.len() as u64;
        self.event(elapsed_ms, "o", &text, redacted.len() as u64);
    }

    /// Records that the terminal has another size.
    pub fn resized(&mut self, elapsed_ms: u64, columns: u16, rows: u16) {
        self.event(elapsed_ms, "r", &format!("{columns}x{rows}"), 0);
    }

    /// Records that this many bytes of output were missed here.
    pub fn missed(&mut self, elapsed_ms: u64, bytes: u64) {
        self.omitted += bytes;
        self.event(elapsed_ms, "m", &recording::omission(bytes), 0);
    }

    /// Makes what was recorded so far durable.
    pub fn sync(&mut self) {
        let synced = self.main.sync().and_then(|()| self.tail.sync());
        self.remember(synced);
    }

    /// Why nothing more is recorded, if that is so; the command is not concerned.
    pub fn failure(&self) -> Option<&StoreError> {
        self.failure.as_ref()
    }

    /// Ends the transcript and makes it durable. `bytes` of the summary counts what was recorded,
    /// after redaction; there is no digest if the disk failed.
    pub fn finish(mut self) -> OutputSummary {
        let rest = self.decoder.finish();
        if !rest.is_empty() {
            let last_ms = self.last_ms;
            self.event(last_ms, "o", &rest, 0);
        }
        let joined = self.join_tail();
        self.remember(joined);
        let ended = self.main.sync();
        self.remember(ended);
        OutputSummary {
            bytes: self.recorded,
            omitted: self.omitted,
            transcript_digest: self.failure.is_none().then(|| self.main.digest()),
        }
    }

    fn event(&mut self, elapsed_ms: u64, code: &str, text: &str, bytes: u64) {
        if text.is_empty() && code == "o" {
            return;
        }
        if self.failure.is_some() {
            self.omitted += bytes;
            return;
        }
        let interval_ms = elapsed_ms.saturating_sub(self.last_ms);
        self.last_ms = self.last_ms.max(elapsed_ms);
        let line = recording::line(interval_ms, code, text);
        let written = if self.recorded <= self.cap.head_bytes {
            self.main.push(&line)
        } else {
            self.tail.push(&line, bytes, self.cap.tail_bytes)
        };
        self.remember(written);
    }

    /// Appends the kept end to the beginning, with a mark of what lies between.
    fn join_tail(&mut self) -> Result<(), StoreError> {
        if self.failure.is_some() || self.tail.segments.is_empty() {
            return Ok(());
        }
        self.tail.sync()?;
        if let Some(dropped) = self.tail.dropped_bytes() {
            self.omitted += dropped;
            self.main.push(&recording::line(0, "m", &recording::omission(dropped)))?;
        }
        for segment in &self.tail.segments {
            let bytes = self
                .tail
                .disk
                .read(&segment.sink.path)
                .map_err(StoreError::io("read", &segment.sink.path))?;
            let lines = bytes.split_inclusive(|&byte| byte == b'\n').filter(|line| !line.starts_with(b"#"));
            for line in lines {
                self.main.push_bytes(line)?;
            }
        }
        self.main.sync()?;
        self.tail.remove()
    }

    fn remember(&mut self, result: Result<(), StoreError>) {
        if let Err(error) = result {
            self.failure.get_or_insert(error);
        }
    }
}

/// A file that is written through a buffer and digested on the way.
#[derive(Debug)]
struct Sink {
    path: PathBuf,
    file: Box<dyn DiskFile>,
    buffer: Vec<u8>,
    written: u64,
    digest: Digester,
    dirty: bool,
}

impl Sink {
    fn create(disk: &dyn Disk, path: PathBuf) -> Result<Self, StoreError> {
        let file = disk.create_file(&path).map_err(StoreError::io("create", &path))?;
        let buffer = Vec::with_capacity(BUFFER_BYTES);
        Ok(Self { path, file, buffer, written: 0, digest: Digester::default(), dirty: false })
    }

    /// Goes on after these bytes, which the file begins with.
    fn reopen(disk: &dyn Disk, path: PathBuf, kept: &[u8]) -> Result<Self, StoreError> {
        let mut file = disk.open_file(&path).map_err(StoreError::io("open", &path))?;
        let written = kept.len() as u64;
        file.set_length(written).map_err(StoreError::io("cut", &path))?;
        let buffer = Vec::with_capacity(BUFFER_BYTES);
        let mut digest = Digester::default();
        digest.update(kept);
        Ok(Self { path, file, buffer, written, digest, dirty: true })
    }

    fn push(&mut self, line: &str) -> Result<(), StoreError> {
        self.push_bytes(line.as_bytes())
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < BUFFER_BYTES { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.file.write_at(self.written, &self.buffer).map_err(StoreError::io("write", &self.path))?;
        self.digest.update(&self.buffer);
        self.written += self.buffer.len() as u64;
        self.dirty |= !self.buffer.is_empty();
        self.buffer.clear();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        if std::mem::take(&mut self.dirty) {
            self.file.sync().map_err(StoreError::io("sync", &self.path))?;
        }
        Ok(())
    }

    fn digest(&self) -> String {
        self.digest.hexadecimal()
    }
}

/// The end of an output that is too long: the last two segments, each in a file of its own, so
/// that a crash loses none of it.
#[derive(Debug)]
struct Tail {
    disk: Arc<dyn Disk>,
    main_path: PathBuf,
    segments: Vec<Segment>,
    next: u32,
}

#[derive(Debug)]
struct Segment {
    sink: Sink,
    /// Bytes of output in all segments that are gone before this one.
    dropped: u64,
    bytes: u64,
}

impl Tail {
    fn push(&mut self, line: &str, bytes: u64, segment_bytes: u64) -> Result<(), StoreError> {
        if self.segments.last().is_none_or(|segment| segment.bytes >= segment_bytes) {
            self.begin_segment()?;
        }
        let Some(segment) = self.segments.last_mut() else { return Ok(()) };
        segment.bytes += bytes;
        segment.sink.push(line)
    }

    fn begin_segment(&mut self) -> Result<(), StoreError> {
        let path = segment_path(&self.main_path, self.next);
        self.next += 1;
        let mut dropped = self.segments.first().map_or(0, |segment| segment.dropped);
        if self.segments.len() == 2 {
            let oldest = self.segments.remove(0);
            dropped += oldest.bytes;
            self.disk.remove_file(&oldest.sink.path).map_err(StoreError::io("remove", &oldest.sink.path))?;
            if let Some(first) = self.segments.first_mut() {
                first.dropped = dropped;
            }
        }
        let mut sink = Sink::create(self.disk.as_ref(), path)?;
        sink.push(&format!("# {}\n", recording::omission(dropped)))?;
        self.segments.push(Segment { sink, dropped, bytes: 0 });
        Ok(())
    }

    fn dropped_bytes(&self) -> Option<u64> {
        self.segments.first().map(|segment| segment.dropped).filter(|&dropped| dropped > 0)
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.segments.iter_mut().try_for_each(|segment| segment.sink.sync())
    }

    fn remove(&mut self) -> Result<(), StoreError> {
        for segment in self.segments.drain(..) {
            let path = segment.sink.path;
            self.disk.remove_file(&path).map_err(StoreError::io("remove", &path))?;
        }
        Ok(())
    }
}

/// `3.cast` → `3.tail-1.cast`
fn segment_path(main: &Path, number: u32) -> PathBuf {
    main.with_extension(format!("tail-{number}.cast"))
}

/// Reads the transcript of an attempt, also of one whose recording was cut short.
pub fn read(directory: &RunDirectory, attempt: AttemptId) -> Result<Recording, StoreError> {
    let path = directory.transcript_path(attempt);
    let bytes = directory.disk().read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => StoreError::NoTranscript(attempt),
        _ => StoreError::io("read", &path)(error),
    })?;
    let mut recording = Recording::parse(&bytes)
        .map_err(|reason| StoreError::MalformedTranscript { path: path.clone(), reason })?;
    for segment in segments(directory, &path)? {
        recording.extend(&directory.read(&segment)?);
    }
    Ok(recording)
}

/// Segments that a crash left behind, in their order.
fn segments(directory: &RunDirectory, main: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let (Some(parent), Some(stem)) = (main.parent(), main.file_stem().and_then(|stem| stem.to_str())) else {
        return Ok(Vec::new());
    };
    let prefix = format!("{stem}.tail-");
    let names = directory.disk().list(parent).map_err(StoreError::io("list", parent))?;
    let mut numbers: Vec<u32> = names
        .iter()
        .filter_map(|name| name.strip_prefix(&prefix)?.strip_suffix(".cast")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    Ok(numbers.into_iter().map(|number| segment_path(main, number)).collect())
}

//! A transcript as read: its events, and the bytes that they put on a screen.

use super::Header;

/// A transcript that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Width of the terminal at the start.
    pub columns: u16,
    /// Height of the terminal at the start.
    pub rows: u16,
    /// When it began, in seconds since 1970.
    pub timestamp: i64,
    /// What ran, redacted.
    pub command: String,
    /// What happened, with the milliseconds since the beginning.
    pub events: Vec<(u64, RecordedEvent)>,
    /// Whether the end of the file is missing or unreadable.
    pub cut_short: bool,
}

/// One event of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedEvent {
    /// The terminal was written to.
    Output(String),
    /// The terminal got this size.
    Resized {
        /// Width.
        columns: u16,
        /// Height.
        rows: u16,
    },
    /// This many bytes of output are not in the transcript.
    Omitted(u64),
    /// Anything else that a recorder may write.
    Other(String),
}

impl Recording {
    /// What was printed, with a sentence where something was left out.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (_, event) in &self.events {
            match event {
                RecordedEvent::Output(text) => bytes.extend_from_slice(text.as_bytes()),
                RecordedEvent::Omitted(omitted) => {
                    bytes.extend_from_slice(format!("\r\n[{}]\r\n", omission(*omitted)).as_bytes());
                }
                RecordedEvent::Resized { .. } | RecordedEvent::Other(_) => {}
            }
        }
        bytes
    }

    /// How long it lasted.
    pub fn duration_ms(&self) -> u64 {
        self.events.last().map_or(0, |(at_ms, _)| *at_ms)
    }

    /// From the bytes of a file; a reason, if they do not even begin as a transcript.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut lines = bytes.splitn(2, |&byte| byte == b'\n');
        let first = lines.next().unwrap_or_default();
        let header: Header = serde_json::from_slice(first).map_err(|error| error.to_string())?;
        if header.version != 3 {
            return Err(format!("version {} of the asciicast format, 3 is read", header.version));
        }
        let mut recording = Self {
            columns: header.term.cols,
            rows: header.term.rows,
            timestamp: header.timestamp,
            command: header.command,
            events: Vec::new(),
            cut_short: false,
        };
        recording.extend(lines.next().unwrap_or_default());
        Ok(recording)
    }

    /// Adds the events of these lines, up to the first that is not one.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let mut at_ms = self.duration_ms();
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            if let Some(comment) = line.strip_prefix(b"#") {
                let dropped = std::str::from_utf8(comment).ok().and_then(|text| omitted_bytes(text.trim()));
                if let Some(dropped) = dropped.filter(|&dropped| dropped > 0) {
                    self.events.push((at_ms, RecordedEvent::Omitted(dropped)));
                }
                continue;
            }
            let Ok((interval, code, text)) = serde_json::from_slice::<(f64, String, String)>(line) else {
                self.cut_short |= !line.trim_ascii().is_empty();
                return;
            };
            at_ms += milliseconds(interval);
            self.events.push((at_ms, event(&code, text)));
        }
    }
}

fn milliseconds(interval: f64) -> u64 {
    let in_range = interval.is_finite() && interval > 0.0;
    #[expect(clippy::cast_sign_loss, reason = "only positive values get here")]
    if in_range { (interval.min(1e9) * 1000.0).round() as u64 } else { 0 }
}

fn event(code: &str, text: String) -> RecordedEvent {
    let other = |text: String| RecordedEvent::Other(format!("{code} {text}"));
    match code {
        "o" => RecordedEvent::Output(text),
        "m" => omitted_bytes(&text).map_or_else(|| other(text.clone()), RecordedEvent::Omitted),
        "r" => {
            let size = text
                .split_once('x')
                .and_then(|(columns, rows)| Some((columns.parse().ok()?, rows.parse().ok()?)));
            size.map_or_else(
                || other(text.clone()),
                |(columns, rows)| RecordedEvent::Resized { columns, rows },
            )
        }
        _ => other(text),
    }
}

const OMISSION: &str = " bytes of output left out";

/// The words that mark an omission; they carry its size.
pub(super) fn omission(bytes: u64) -> String {
    format!("{bytes}{OMISSION}")
}

fn omitted_bytes(text: &str) -> Option<u64> {
    text.strip_suffix(OMISSION)?.parse().ok()
}

/// A line of the file, with its line feed.
pub(super) fn line(interval_ms: u64, code: &str, text: &str) -> String {
    let text = serde_json::Value::from(text);
    format!("[{}.{:03},\"{code}\",{text}]\n", interval_ms / 1000, interval_ms % 1000)
}

//! The program's own log: into the state directory, redacted, never onto the screen.

#![expect(clippy::disallowed_methods, reason = "the door to the program's own log")]

use std::io::{self, Write};
use std::path::Path;

use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::place;
use crate::journal::redaction::Redactor;

/// Writes what is logged as long as it lives.
pub(super) struct Log {
    _guard: WorkerGuard,
}

/// Begins the log of this process: one file a day, a week kept. `HOLDPOINT_LOG` says how much.
pub(super) fn begin(directory: &Path, process: &str) -> Option<Log> {
    let file = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix(process)
        .filename_suffix("log")
        .max_log_files(7)
        .build(directory)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let level = std::env::var("HOLDPOINT_LOG").unwrap_or_else(|_| "info".to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info")))
        .with_ansi(false)
        .with_writer(Redacted { redactor: place::redactor(), writer })
        .try_init()
        .ok()?;
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    Some(Log { _guard: guard })
}

/// Masks secrets in every line before it is written.
#[derive(Clone)]
struct Redacted {
    redactor: Redactor,
    writer: NonBlocking,
}

impl<'a> MakeWriter<'a> for Redacted {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Redacted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = self.redactor.redact_text(&String::from_utf8_lossy(bytes));
        self.writer.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

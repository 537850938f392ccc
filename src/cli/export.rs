//! Writes a run as a report.

#![expect(clippy::disallowed_methods, reason = "the door to the report's file")]

use std::io::Write;

use super::arguments::{Export, ExportFormat};
use super::exit::{Code, Failure};
use super::{place, record};
use crate::export;
use crate::journal::AttemptId;
use crate::store::transcript;

pub(super) fn export(arguments: &Export) -> Result<Code, Failure> {
    let store = place::store()?;
    let (_, recorded) = record::find(&store, arguments.run.as_deref(), |_| true, "there is no run yet")?;
    let output = |attempt: AttemptId| {
        let recording = transcript::read(&recorded.directory, attempt).ok()?;
        Some(String::from_utf8_lossy(&recording.bytes()).into_owned())
    };
    let entries = &recorded.recovered.entries;
    let head = recorded.recovered.head.to_string();
    let report = match arguments.format {
        ExportFormat::Markdown => export::markdown(&recorded.run, entries, &output, &head),
        ExportFormat::Json => export::json(&recorded.run, entries, &head).to_string() + "\n",
    };
    match &arguments.output {
        Some(path) => std::fs::write(path, report).map_err(|error| {
            Failure::words(Code::Failed, format!("cannot write {}: {error}", path.display()))
        })?,
        None => std::io::stdout().write_all(report.as_bytes())?,
    }
    Ok(Code::Done)
}

//! What broke last time: the incidents of a log, and those that belong to a run.

use std::path::Path;

use super::arguments::Incidents;
use super::document::INCIDENT_LOG;
use super::exit::{Code, Failure, say, say_line};
use super::place;
use crate::incident::{self, Incident};
use crate::journal::RunStart;
use crate::runbook::Runbook;
use crate::store::incident_log;
use crate::tui::{FollowUpLine, LastTime};

pub(super) fn incidents(arguments: &Incidents) -> Result<Code, Failure> {
    let log = match &arguments.log {
        Some(log) => log.clone(),
        None => place::directory()?.join(INCIDENT_LOG),
    };
    if arguments.log.is_some() && !log.exists() {
        return Err(Failure::words(Code::Usage, format!("there is no file {}", log.display())));
    }
    let mut found = incident::markdown::parse(&incident_log::read(&log)?);
    if let Some(subject) = &arguments.subject {
        found.retain(|incident| incident.record.site.eq_ignore_ascii_case(subject));
    }
    if found.is_empty() {
        say_line(format_args!("nothing in {}", log.display()))?;
        return Ok(Code::Done);
    }
    for incident in &found {
        say(format_args!("{}", lines(&log, incident)))?;
    }
    Ok(Code::Done)
}

fn lines(log: &Path, incident: &Incident) -> String {
    let record = &incident.record;
    let state = if incident.has_open_follow_up() { "follow-up open" } else { "closed" };
    let mut text = format!("{}:{}  {}  [{state}]\n", log.display(), incident.line, incident.heading);
    let version = if record.from.is_empty() && record.to.is_empty() {
        String::new()
    } else {
        format!("{} → {}", record.from, record.to)
    };
    for (name, value) in [
        ("site", &record.site),
        ("date", &record.date),
        ("version", &version),
        ("symptoms", &record.symptoms),
        ("fix", &record.fix),
        ("follow-up", &record.follow_up),
    ] {
        if !value.is_empty() {
            text.push_str(&["  ", name, ": ", value, "\n"].concat());
        }
    }
    text + "\n"
}

/// The incidents that concern a run, each at its step; those of its subject first.
pub(super) fn last_time(runbook: &Runbook, start: Option<&RunStart>) -> Vec<LastTime> {
    let Some(start) = start else { return Vec::new() };
    in_log(Path::new(&start.incident_log), runbook, &start.subject)
}

/// The same for a run that has not begun.
pub(super) fn in_log(log: &Path, runbook: &Runbook, subject: &str) -> Vec<LastTime> {
    let text = incident_log::read(log).unwrap_or_default();
    let incidents = incident::markdown::parse(&text);
    let placed = incident::matching::place(&incidents, runbook, subject);
    placed
        .into_iter()
        .map(|placed| LastTime {
            step: placed.step,
            incident: placed.incident.record.clone(),
            open: placed.incident.has_open_follow_up(),
        })
        .collect()
}

/// Open follow-ups of one log.
pub(super) fn open_follow_ups(log: &Path) -> Vec<FollowUpLine> {
    let incidents = incident::markdown::parse(&incident_log::read(log).unwrap_or_default());
    let open = incidents.into_iter().filter(Incident::has_open_follow_up);
    open.map(|incident| FollowUpLine {
        due: String::new(),
        subject: incident.record.site,
        text: incident.record.follow_up,
        is_due: true,
        run: incident.origin.and_then(|origin| origin.run),
    })
    .collect()
}

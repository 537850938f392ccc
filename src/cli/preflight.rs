//! What preflight shows: the document against what is recorded of earlier runs of it.

use std::sync::Arc;

use similar::TextDiff;

use super::arguments::RunOptions;
use super::document::Opened;
use super::exit::Failure;
use super::record::{self, Recorded};
use super::{incidents, operator, survival};
use crate::engine::timeline;
use crate::journal::{Outcome, RunId, Timestamp};
use crate::store::Store;
use crate::tui::{Beginning, KnownSubject, PreflightData};

/// Gathers it.
pub(super) fn data(store: &Store, opened: &Opened, options: &RunOptions) -> Result<PreflightData, Failure> {
    let runs = record::all(store)?;
    let path = opened.path.display().to_string();
    let of_this: Vec<&Recorded> = runs
        .iter()
        .map(|(_, recorded)| recorded)
        .filter(|recorded| recorded.run.start().is_some_and(|start| start.runbook.path == path))
        .collect();
    let last = of_this.first().copied();
    let defaults = defaults(&runs, last, options);
    let log = opened.incident_log();
    Ok(PreflightData {
        diagnostics: opened.runbook.diagnostics.clone(),
        last_time: incidents::in_log(&log, &opened.runbook, &defaults.subject),
        follow_ups: incidents::open_follow_ups(&log),
        changed: last.and_then(|last| changed(last, opened)),
        previous: last.map(previous),
        survival: survival::describe(),
        approved: of_this.iter().any(|recorded| has_digest(recorded, opened)),
        operator: format!("{} on {}", operator::operator(), operator::host()),
        known_subjects: known_subjects(&runs),
        defaults,
        runbook: Arc::new(opened.runbook.clone()),
    })
}

fn has_digest(recorded: &Recorded, opened: &Opened) -> bool {
    recorded.run.start().is_some_and(|start| start.runbook.digest == opened.runbook.source.digest)
}

/// What the command line gave; else what the last run of this runbook was for. A version is never
/// assumed beyond where the subject was left.
fn defaults(runs: &[(RunId, Recorded)], last: Option<&Recorded>, options: &RunOptions) -> Beginning {
    let subject = options
        .subject
        .clone()
        .or_else(|| last.and_then(|recorded| recorded.run.start()).map(|start| start.subject.clone()));
    let subject = subject.unwrap_or_else(operator::host);
    let known = known_subjects(runs).into_iter().find(|known| known.subject == subject);
    Beginning {
        from: options.from.clone().or(known.map(|known| known.version)).unwrap_or_default(),
        to: options.to.clone().unwrap_or_default(),
        rollback_point: options.rollback_point.clone().unwrap_or_default(),
        subject,
    }
}

/// Every subject once, with the version at which its last run left it.
fn known_subjects(runs: &[(RunId, Recorded)]) -> Vec<KnownSubject> {
    let mut known: Vec<KnownSubject> = Vec::new();
    for (_, recorded) in runs {
        let Some(start) = recorded.run.start() else { continue };
        let reached = match recorded.run.outcome() {
            Some((Outcome::Success | Outcome::SuccessWithIssues, _)) => &start.to,
            Some((Outcome::RolledBack, _)) => &start.from,
            _ => continue,
        };
        if known.iter().all(|other| other.subject != start.subject) {
            known.push(KnownSubject { subject: start.subject.clone(), version: reached.clone() });
        }
    }
    known
}

/// How the text differs from the one that was walked last.
fn changed(last: &Recorded, opened: &Opened) -> Option<String> {
    if has_digest(last, opened) {
        return None;
    }
    let diff = TextDiff::from_lines(&last.runbook.source.text, &opened.runbook.source.text);
    Some(diff.unified_diff().context_radius(2).header("last run", "now").to_string())
}

/// When it was walked last, how that ended and how long it took.
fn previous(last: &Recorded) -> String {
    let started = last.started_at().map(Timestamp::unix_ms).unwrap_or_default();
    let ended = last.run.last_at().map_or(started, Timestamp::unix_ms);
    let took = timeline::duration(u64::try_from(ended - started).unwrap_or_default());
    let date = last.started_at().map(Timestamp::date).unwrap_or_default();
    let subject = last.run.start().map(|start| start.subject.clone()).unwrap_or_default();
    format!("{date} for {subject}: {} in {took}", last.status())
}

//! The record as one JSON document: a summary that is quick to read, then the entries as the journal
//! holds them.

use serde_json::{Value, json as object};

use crate::engine::timeline::step_spans;
use crate::engine::{Run, StepState};
use crate::journal::{Entry, Fact};

const MASK: &str = "(secret)";

/// One object: `format` (`holdpoint-run`), `version` (1), `head` (hash of the journal's last entry),
/// `run` (the first entry's facts), `outcome` (`null` until the run ended) and `note`, `started` and
/// `ended` (RFC 3339), `steps[]` (id, phase, title, state, first, last), `counts` (attempts, notes,
/// deviations, incidents) and `entries[]`. Secret values are masked.
pub fn json(run: &Run, entries: &[Entry], head: &str) -> Value {
    let spans = step_spans(run, entries);
    let steps: Vec<Value> = run
        .runbook()
        .steps()
        .map(|(phase, step)| {
            let span = spans.get(&step.id);
            object!({
                "id": step.id,
                "phase": phase.id,
                "title": step.title,
                "state": state(run.step_state(step)),
                "first": span.map(|(first, _)| first),
                "last": span.map(|(_, last)| last),
            })
        })
        .collect();
    object!({
        "format": "holdpoint-run",
        "version": 1,
        "head": head,
        "run": run.start(),
        "outcome": run.outcome().map(|(outcome, _)| outcome),
        "note": run.outcome().map(|(_, note)| note),
        "started": run.started_at().map(|stamp| stamp.at),
        "ended": run.outcome().and(run.last_at()),
        "steps": steps,
        "counts": {
            "attempts": run.attempts().len(),
            "notes": run.notes().len(),
            "deviations": run.deviations().len(),
            "incidents": run.incidents().len(),
        },
        "entries": entries.iter().map(masked).collect::<Vec<_>>(),
    })
}

fn masked(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    if let Fact::InputRecorded { value, secret: true, .. } = &mut entry.fact {
        MASK.clone_into(value);
    }
    entry
}

fn state(state: StepState) -> &'static str {
    match state {
        StepState::Open => "open",
        StepState::Active => "active",
        StepState::Running => "running",
        StepState::Done => "done",
        StepState::DoneWithIssues => "done-with-issues",
        StepState::Failed => "failed",
        StepState::Unknown => "unknown",
        StepState::Skipped => "skipped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::specimen::{self, Recorder};

    #[test]
    fn the_summary_and_every_entry_are_there() {
        let entries = specimen::entries();
        let run = Run::replay(specimen::runbook(), &entries);
        let document = json(&run, &entries, "9be1f00d");
        for (pointer, expected) in [
            ("/format", object!("holdpoint-run")),
            ("/run/subject", object!("acme-kitchens")),
            ("/outcome", object!("success-with-issues")),
            ("/started", object!("2026-11-20T14:02:11.000Z")),
            ("/steps/2/state", object!("done")),
            ("/steps/5/state", object!("open")),
            ("/counts/attempts", object!(4)),
            ("/counts/incidents", object!(1)),
            ("/entries/0/kind", object!("run-started")),
        ] {
            assert_eq!(document.pointer(pointer), Some(&expected), "{pointer}");
        }
        assert_eq!(document["entries"].as_array().unwrap().len(), entries.len());
    }

    #[test]
    fn a_secret_is_masked() {
        let mut record = Recorder::begun();
        record.ada(Fact::InputRecorded {
            name: "TOKEN".into(),
            value: "hunter22".into(),
            item: None,
            secret: true,
        });
        let run = Run::replay(specimen::runbook(), &record.entries);
        assert!(!json(&run, &record.entries, "").to_string().contains("hunter22"));
    }
}

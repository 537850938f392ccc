//! What became of attempts: ended, lost, resolved by a person, asked to stop.

use crate::engine::event::{Happening, Refusal};
use crate::engine::run::{AttemptState, Run};
use crate::journal::{AttemptId, Fact, Resolution, Stop};

use super::words;

/// Facts from what the supervisor saw. What is known already is not recorded again.
pub(super) fn observed(run: &Run, happening: &Happening) -> Vec<Fact> {
    match happening {
        Happening::Exited { attempt, exit, duration_ms, directory, output, shell_restarted } => {
            if !is_running(run, *attempt) {
                return Vec::new();
            }
            let mut facts: Vec<Fact> = shell_restarted
                .iter()
                .map(|reason| Fact::ShellRestarted { reason: reason.clone() })
                .collect();
            if exit.is_success() {
                facts.extend(run.session_change(*attempt));
            }
            facts.push(Fact::CommandExited {
                attempt: *attempt,
                exit: *exit,
                duration_ms: *duration_ms,
                directory: directory.clone(),
                output: output.clone(),
            });
            facts
        }
        Happening::Lost { attempt, reason } if is_running(run, *attempt) => {
            vec![Fact::CommandLost { attempt: *attempt, reason: reason.clone() }]
        }
        _ => Vec::new(),
    }
}

fn is_running(run: &Run, attempt: AttemptId) -> bool {
    run.attempt(attempt).is_some_and(|attempt| attempt.state == AttemptState::Running)
}

pub(super) fn resolve(
    run: &Run,
    attempt: AttemptId,
    resolution: Resolution,
    note: &str,
) -> Result<Vec<Fact>, Refusal> {
    let found = run
        .attempt(attempt)
        .ok_or_else(|| Refusal::Unknown { what: "attempt".to_owned(), name: attempt.to_string() })?;
    if found.state != AttemptState::Unknown {
        return Err(Refusal::NothingToResolve { attempt });
    }
    let note = words(note, "how it is known")?;
    Ok(vec![Fact::CommandResolved { attempt, resolution, note }])
}

pub(super) fn stop(run: &Run, how: Stop) -> Result<Vec<Fact>, Refusal> {
    let attempt = run.running().ok_or(Refusal::NothingRuns)?;
    Ok(vec![Fact::CommandSignalled { attempt: attempt.id, signal: how }])
}

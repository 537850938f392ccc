//! Begins a run: its id, its directory, its first entry.

use super::arguments::RunOptions;
use super::document::Opened;
use super::exit::{Code, Failure};
use super::{operator, place, survival};
use crate::journal::{RunId, RunStart, RunbookCopy, digest};
use crate::store::Store;
use crate::tui::Beginning;

/// How the command line says that a run begins.
pub(super) fn beginning(options: &RunOptions) -> Beginning {
    let given = |option: &Option<String>| option.clone().unwrap_or_default();
    Beginning {
        subject: options.subject.clone().unwrap_or_else(operator::host),
        from: given(&options.from),
        to: given(&options.to),
        rollback_point: given(&options.rollback_point),
    }
}

/// Makes the directory of a new run and says how it begins; not for a subject that another run has.
pub(super) fn prepare(
    store: &Store,
    opened: &Opened,
    details: &Beginning,
) -> Result<(RunId, RunStart), Failure> {
    drop(store.lock_subject(details.subject.trim(), "a run that is about to begin")?);
    let clock = crate::supervisor::Clock::new();
    let id = run_id(&details.subject, &clock.now().at.compact());
    let model = serde_json::to_vec(&opened.runbook).map_err(|error| Failure::new(Code::Failed, error))?;
    let name = opened.path.file_name().map_or_else(|| "runbook".into(), |name| name.to_string_lossy());
    store.create_run(&id, &name, &opened.bytes, &model)?;
    let start = RunStart {
        run: id.clone(),
        runbook: RunbookCopy {
            title: opened.runbook.title.clone(),
            path: opened.path.display().to_string(),
            digest: opened.runbook.source.digest.clone(),
            model_digest: digest::of(&model),
        },
        subject: details.subject.trim().to_owned(),
        from: details.from.trim().to_owned(),
        to: details.to.trim().to_owned(),
        rollback_point: details.rollback_point.trim().to_owned(),
        host: operator::host(),
        operator: operator::operator(),
        survival: survival::describe(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        directory: place::directory()?.display().to_string(),
        incident_log: opened.incident_log().display().to_string(),
        environment: place::variable_names(),
    };
    Ok((id, start))
}

fn run_id(subject: &str, time: &str) -> RunId {
    let unique = uuid::Uuid::now_v7().simple().to_string();
    let subject: String = subject
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '-' })
        .take(40)
        .collect();
    RunId(format!("{time}-{}-{}", subject.trim_matches('-'), &unique[unique.len() - 4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_time_and_subject() {
        let id = run_id("Acme Kitchens/1", "20260302T140211Z").0;
        assert!(id.starts_with("20260302T140211Z-acme-kitchens-1-"), "{id}");
        assert_eq!(id.len(), "20260302T140211Z-acme-kitchens-1-".len() + 4);
    }
}

//! Recorded runs as the subcommands want them: found by id, read, summed up.

use std::sync::Arc;

use super::exit::{Code, Failure};
use crate::engine::Run;
use crate::journal::{Recovered, RunId, Timestamp};
use crate::runbook::Runbook;
use crate::store::{RunDirectory, Store};

/// A run as recorded.
pub(super) struct Recorded {
    pub directory: RunDirectory,
    pub runbook: Arc<Runbook>,
    pub recovered: Recovered,
    pub run: Run,
}

impl Recorded {
    /// Reads a run; whatever can be read of a damaged journal.
    pub(super) fn read(store: &Store, id: &RunId) -> Result<Self, Failure> {
        let directory = store.run(id)?;
        let model = directory.model()?;
        let runbook: Runbook = serde_json::from_slice(&model).map_err(|error| {
            let words =
                format!("the runbook's model in {} cannot be read: {error}", directory.path().display());
            Failure::words(Code::Damaged, words)
        })?;
        let runbook = Arc::new(runbook);
        let recovered = directory.recovered()?;
        let run = Run::replay(Arc::clone(&runbook), &recovered.entries);
        Ok(Self { directory, runbook, recovered, run })
    }

    /// Whether it has begun and not ended.
    pub(super) fn is_under_way(&self) -> bool {
        self.run.start().is_some() && self.run.outcome().is_none()
    }

    /// When it began.
    pub(super) fn started_at(&self) -> Option<Timestamp> {
        self.run.started_at().map(|stamp| stamp.at)
    }

    /// How it stands, in a word or two.
    pub(super) fn status(&self) -> String {
        if self.recovered.damage.as_ref().is_some_and(|damage| !damage.is_torn_tail()) {
            return "damaged".to_owned();
        }
        match self.run.outcome() {
            Some((outcome, _)) => outcome.words().to_owned(),
            None if self.run.held().is_some() => "held".to_owned(),
            None if self.run.start().is_none() => "not begun".to_owned(),
            None => "under way".to_owned(),
        }
    }
}

/// All runs that have begun, newest first; what cannot be read is left out.
pub(super) fn all(store: &Store) -> Result<Vec<(RunId, Recorded)>, Failure> {
    let runs = store.runs()?;
    let read = runs.into_iter().filter_map(|id| Recorded::read(store, &id).ok().map(|run| (id, run)));
    Ok(read.filter(|(_, recorded)| recorded.run.start().is_some()).collect())
}

/// The run of this id or the beginning of one; without it, the newest that fits.
pub(super) fn find(
    store: &Store,
    wanted: Option<&str>,
    fits: impl Fn(&Recorded) -> bool,
    none: &str,
) -> Result<(RunId, Recorded), Failure> {
    let Some(wanted) = wanted else {
        let mut runs = all(store)?.into_iter().filter(|(_, recorded)| fits(recorded));
        return runs.next().ok_or_else(|| {
            Failure::words(Code::Usage, none).hint("`holdpoint runs` lists the runs there are")
        });
    };
    let runs = store.runs()?;
    let mut matching = runs.iter().filter(|id| id.0 == wanted || id.0.starts_with(wanted));
    match (matching.next(), matching.next()) {
        (Some(id), None) => Ok((id.clone(), Recorded::read(store, id)?)),
        (Some(_), Some(_)) if runs.iter().any(|id| id.0 == wanted) => {
            let id = RunId(wanted.to_owned());
            let recorded = Recorded::read(store, &id)?;
            Ok((id, recorded))
        }
        (Some(_), Some(_)) => Err(Failure::words(Code::Usage, format!("several runs begin with {wanted}"))
            .hint("give more of the id; `holdpoint runs` lists them")),
        (None, _) => Err(Failure::words(Code::Usage, format!("there is no run {wanted}"))
            .hint("`holdpoint runs` lists the runs there are")),
    }
}

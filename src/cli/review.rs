//! The review screen of a recorded run: the same conversation as with a live one, read only.

use std::sync::Arc;

use super::arguments::{Review, ScreenOptions};
use super::exit::{Code, Failure};
use super::record::{self, Recorded};
use super::screen::{broken, terminal};
use super::{place, supervise};
use crate::supervisor::serve_finished;
use crate::tui::{self, Terminal};

pub(super) fn review(arguments: &Review, screen: ScreenOptions) -> Result<Code, Failure> {
    let store = place::store()?;
    let ended = |recorded: &Recorded| recorded.run.outcome().is_some();
    let (_, recorded) = record::find(&store, arguments.run.as_deref(), ended, "no run has ended yet")?;
    supervise::runtime()?.block_on(async {
        show(&recorded, &mut terminal(screen)?).await?;
        Ok(Code::Done)
    })
}

/// Shows a run as recorded until the operator leaves.
pub(super) async fn show(recorded: &Recorded, terminal: &mut Terminal) -> Result<(), Failure> {
    let (ours, theirs) = crate::link::pair();
    let directory = recorded.directory.clone();
    let runbook = Arc::clone(&recorded.runbook);
    let entries = recorded.recovered.entries.clone();
    let served = tokio::spawn(async move { serve_finished(&directory, runbook, entries, theirs).await });
    let ended = tui::review(terminal, ours).await;
    served.abort();
    ended.map(|_| ()).map_err(broken)
}

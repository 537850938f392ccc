//! Home: runs under way, what is due, the runbooks here, recent runs.

#![expect(clippy::disallowed_methods, reason = "the door to the folder of runbooks")]

use std::path::{Path, PathBuf};

use super::arguments::{RunOptions, ScreenOptions};
use super::document::{INCIDENT_LOG, Opened, Summary};
use super::exit::{Code, Failure};
use super::record::{self, Recorded};
use super::{attach, incidents, logging, operator, place, review, screen, supervise};
use crate::engine::Ask;

use crate::journal::{Attendance, RunId};
use crate::store::Store;
use crate::tui::{
    self, FollowUpLine, HomeChoice, HomeData, LastRun, RunLine, RunbookLine, Standing, Terminal,
};

/// More recent runs than anyone scrolls through at home.
const RECENT: usize = 30;

pub(super) fn home(options: ScreenOptions) -> Result<Code, Failure> {
    let store = place::store()?;
    let _log = logging::begin(&store.log_directory(), "screen");
    let folder = place::directory()?;
    supervise::runtime()?.block_on(async {
        let mut terminal = screen::terminal(options)?;
        loop {
            let data = data(&store, &folder)?;
            let choice = tui::home(&mut terminal, data).await.map_err(screen::broken)?;
            match choice {
                HomeChoice::Quit => return Ok(Code::Done),
                choice => go(&store, &mut terminal, choice).await?,
            }
        }
    })
}

async fn go(store: &Store, terminal: &mut Terminal, choice: HomeChoice) -> Result<(), Failure> {
    match choice {
        HomeChoice::Attach(id) => {
            attach::ensure_served(store, &id).await?;
            attach::walk(store, &id, Attendance::Controls, terminal).await?;
        }
        HomeChoice::Open(path) => {
            attach::open(store, &Opened::read(&path)?, &RunOptions::default(), terminal).await?;
        }
        HomeChoice::Review(id) => review::show(&Recorded::read(store, &id)?, terminal).await?,
        HomeChoice::Quit => {}
    }
    Ok(())
}

fn data(store: &Store, folder: &Path) -> Result<HomeData, Failure> {
    let runs = record::all(store)?;
    let (under_way, ended): (Vec<_>, Vec<_>) = runs.iter().partition(|(_, recorded)| recorded.is_under_way());
    let lines = |runs: Vec<&(RunId, Recorded)>| -> Vec<RunLine> {
        runs.into_iter().filter_map(|(id, recorded)| run_line(store, id, recorded)).collect()
    };
    Ok(HomeData {
        operator: format!("{} on {}", operator::operator(), operator::host()),
        folder: folder.display().to_string(),
        follow_ups: follow_ups(folder),
        runbooks: runbooks(folder, &runs),
        under_way: lines(under_way),
        recent: lines(ended.into_iter().take(RECENT).collect()),
    })
}

fn run_line(store: &Store, id: &RunId, recorded: &Recorded) -> Option<RunLine> {
    let start = recorded.run.start()?;
    let started = recorded.started_at()?;
    let last = recorded.run.last_at().unwrap_or(started);
    Some(RunLine {
        id: id.clone(),
        title: start.runbook.title.clone(),
        subject: start.subject.clone(),
        from: start.from.clone(),
        to: start.to.clone(),
        operator: start.operator.clone(),
        standing: standing(store, id, recorded),
        started,
        duration_ms: u64::try_from(last.unix_ms() - started.unix_ms()).unwrap_or_default(),
    })
}

fn standing(store: &Store, id: &RunId, recorded: &Recorded) -> Standing {
    if let Some(damage) = recorded.recovered.damage.as_ref().filter(|damage| !damage.is_torn_tail()) {
        return Standing::Damaged(damage.to_string());
    }
    if let Some((outcome, _)) = recorded.run.outcome() {
        return Standing::Ended(outcome);
    }
    let ask = recorded.run.ask();
    let place = step_title(recorded, &ask);
    if !attach::is_served(store, id) {
        return match recorded.run.held() {
            Some((_, question)) => Standing::Held(question.to_owned()),
            None => Standing::Interrupted(place),
        };
    }
    match ask {
        Ask::Wait(_) => Standing::Running(place),
        Ask::Failed { .. } | Ask::Halted { .. } | Ask::Resolve { .. } => Standing::Halted(place),
        _ => Standing::Waiting(place),
    }
}

fn step_title(recorded: &Recorded, ask: &Ask) -> String {
    let attempt = match ask {
        Ask::Wait(attempt) => recorded.run.attempt(*attempt).map(|attempt| &attempt.item),
        ask => ask.item(),
    };
    let step = attempt.and_then(|item| recorded.runbook.item(item)).map(|(step, _)| step);
    step.map(|step| match &step.number {
        Some(number) => format!("{number} {}", step.title),
        None => step.title.clone(),
    })
    .unwrap_or_default()
}

/// The Markdown and YAML files of a folder and of its `runbooks` that hold steps.
fn runbooks(folder: &Path, runs: &[(RunId, Recorded)]) -> Vec<RunbookLine> {
    let mut paths: Vec<PathBuf> =
        [folder.to_owned(), folder.join("runbooks")].iter().flat_map(|folder| documents(folder)).collect();
    paths.sort();
    let opened = paths.iter().filter_map(|path| Opened::read(path).ok());
    opened.filter_map(|opened| runbook_line(&opened, runs)).collect()
}

fn documents(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let is_document = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    paths.filter(is_document).filter(|path| !path.ends_with(INCIDENT_LOG)).collect()
}

fn runbook_line(opened: &Opened, runs: &[(RunId, Recorded)]) -> Option<RunbookLine> {
    let summary = Summary::of(&opened.runbook);
    if summary.commands == 0 && summary.checks == 0 {
        return None;
    }
    let path = opened.path.display().to_string();
    let of_this = |recorded: &&Recorded| recorded.run.start().is_some_and(|start| start.runbook.path == path);
    let last = runs.iter().map(|(_, recorded)| recorded).find(of_this);
    let last = last.and_then(|recorded| {
        let outcome = recorded.run.outcome().map(|(outcome, _)| outcome);
        Some(LastRun { started: recorded.started_at()?, outcome })
    });
    Some(RunbookLine {
        path: opened.path.clone(),
        title: opened.runbook.title.clone(),
        steps: summary.steps,
        commands: summary.commands,
        errors: summary.errors,
        last,
    })
}

/// Open follow-ups of the incidents that are logged here.
fn follow_ups(folder: &Path) -> Vec<FollowUpLine> {
    let logs = [folder.join(INCIDENT_LOG), folder.join("runbooks").join(INCIDENT_LOG)];
    logs.iter().flat_map(|log| incidents::open_follow_ups(log)).collect()
}

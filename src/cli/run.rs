//! Starts a run: prepares its directory, then hands over to the screens or to the answers.

#![expect(clippy::print_stdout, reason = "a detached run prints its id")]

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use super::arguments::{RunOptions, ScreenOptions};
use super::exit::{Code, Failure};
use super::record::{self, Recorded};
use super::{attach, operator, place, supervise};
use crate::headless::{self, Answers, End};
use crate::journal::{Outcome, RunId, RunStart, RunbookCopy, digest};
use crate::link::Listener;
use crate::runbook::{self, Runbook};
use crate::store::Store;
use crate::supervisor::Supervisor;
use crate::tui::Beginning;

/// The incident log's name beside a runbook.
pub(super) const INCIDENT_LOG: &str = "what-broke-last-time.md";

/// A runbook as opened.
pub(super) struct Opened {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    pub runbook: Runbook,
}

impl Opened {
    /// Opens and understands a runbook.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = super::inspect::read_file(path)?;
        let runbook =
            runbook::read(&path.display().to_string(), &bytes).map_err(|error| unreadable(path, &error))?;
        Ok(Self { path: std::path::absolute(path)?, bytes, runbook })
    }

    /// Where incidents of this runbook are logged.
    pub(super) fn incident_log(&self) -> PathBuf {
        self.path.with_file_name(INCIDENT_LOG)
    }
}

pub(super) fn unreadable(path: &Path, error: &runbook::ReadError) -> Failure {
    let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
    Failure::words(Code::Unreadable, format!("{}{line}: {}", path.display(), error.message))
        .hint(error.help.clone())
}

/// How the command line says that a run begins.
fn beginning(options: &RunOptions) -> Beginning {
    let given = |option: &Option<String>| option.clone().unwrap_or_default();
    Beginning {
        subject: options.subject.clone().unwrap_or_else(operator::host),
        from: given(&options.from),
        to: given(&options.to),
        rollback_point: given(&options.rollback_point),
    }
}

pub(super) fn run(path: &Path, options: &RunOptions, screen: ScreenOptions) -> Result<Code, Failure> {
    let opened = Opened::read(path)?;
    let store = place::store()?;
    if options.headless {
        return walk_headless(&store, &opened, options);
    }
    if options.detach {
        let (id, start) = prepare(&store, &opened, &beginning(options))?;
        super::process::start_supervisor(&id, Some(&start))?;
        println!("{id}");
        return Ok(Code::Done);
    }
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::words(Code::Usage, "this is not a terminal, so nobody could answer")
            .hint("`holdpoint run --headless --answers FILE RUNBOOK` runs without one"));
    }
    if !options.new
        && let Some((id, _)) = under_way(&store, &opened, options)?
    {
        return attach::to_run(&store, &id, false, screen);
    }
    attach::begin(&store, &opened, options, screen)
}

/// The run of this runbook that has not ended, if there is one.
fn under_way(
    store: &Store,
    opened: &Opened,
    options: &RunOptions,
) -> Result<Option<(RunId, Recorded)>, Failure> {
    let path = opened.path.display().to_string();
    let fits = |recorded: &Recorded| {
        recorded.is_under_way()
            && recorded.run.start().is_some_and(|start| {
                start.runbook.path == path
                    && options.subject.as_ref().is_none_or(|subject| *subject == start.subject)
            })
    };
    Ok(record::all(store)?.into_iter().find(|(_, recorded)| fits(recorded)))
}

/// Makes the directory of a new run and says how it begins.
pub(super) fn prepare(
    store: &Store,
    opened: &Opened,
    details: &Beginning,
) -> Result<(RunId, RunStart), Failure> {
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
        survival: supervise::survival_level(),
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

fn walk_headless(store: &Store, opened: &Opened, options: &RunOptions) -> Result<Code, Failure> {
    let answers = read_answers(options)?;
    let (id, start) = prepare(store, opened, &beginning(options))?;
    let operator = start.operator.clone();
    let _log = super::logging::begin(&store.log_directory(), "headless");
    let setup = supervise::setup(store, &id, Some(start), true)?;
    let socket = place::socket(&setup.runtime);
    let form = if options.json { headless::Form::Json } else { headless::Form::Lines };
    let end = supervise::runtime()?.block_on(async {
        let supervisor = Supervisor::open(setup).await.map_err(supervise::explain)?;
        let listener = Listener::bind(&socket).map_err(|error| Failure::new(Code::Failed, error))?;
        let (ours, theirs) = crate::link::pair();
        let served = tokio::spawn(supervisor.serve(Some(listener), Some(theirs)));
        let end = headless::drive(ours, &operator, &answers, form, &mut std::io::stdout()).await;
        served.await.map_err(|error| Failure::new(Code::Failed, error))?.map_err(supervise::explain)?;
        end.map_err(|error| match error {
            headless::HeadlessError::RecordFailing(_) => Failure::new(Code::RecordFailed, error)
                .hint("nothing was lost that was recorded; make room, then `holdpoint attach`"),
            error => Failure::new(Code::Failed, error),
        })
    })?;
    match end {
        End::Finished(Outcome::Success | Outcome::SuccessWithIssues) => Ok(Code::Done),
        End::Finished(_) => Ok(Code::Failed),
        End::Held(question) => {
            Err(Failure::words(Code::Held, format!("held: {}", question.lines().next().unwrap_or_default()))
                .hint(format!(
                    "`holdpoint attach {id}` goes on with a person, or add the answer and run again"
                )))
        }
    }
}

fn read_answers(options: &RunOptions) -> Result<Answers, Failure> {
    let text = match &options.answers {
        None => String::new(),
        Some(path) if path.as_os_str() == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
        Some(path) => String::from_utf8_lossy(&super::inspect::read_file(path)?).into_owned(),
    };
    let mut answers = Answers::parse(&text).map_err(|error| {
        Failure::new(Code::Usage, error).hint("the README describes the answers file; `{}` answers nothing")
    })?;
    for (name, value) in &options.set {
        answers.values.insert(name.clone(), headless::answers::Scalar(value.clone()));
    }
    Ok(answers)
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

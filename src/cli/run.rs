//! Starts a run: prepares its directory, then hands over to the screens or to the answers.

use std::io::{IsTerminal, Read};
use std::path::Path;

use super::arguments::{RunOptions, ScreenOptions};
use super::begin::{beginning, prepare};
use super::document::{Opened, read_file};
use super::exit::{Code, Failure, say_line};
use super::record::{self, Recorded};
use super::{attach, place, supervise};
use crate::headless::{self, Answers, End};
use crate::journal::{Outcome, RunId};
use crate::link::Listener;

use crate::store::Store;
use crate::supervisor::Supervisor;

pub(super) fn run(path: &Path, options: &RunOptions, screen: ScreenOptions) -> Result<Code, Failure> {
    let opened = Opened::read(path)?;
    let store = place::store()?;
    if options.headless {
        return walk_headless(&store, &opened, options);
    }
    if options.detach {
        let (id, start) = prepare(&store, &opened, &beginning(options))?;
        super::process::start_supervisor(&id, Some(&start))?;
        say_line(format_args!("{id}"))?;
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
        Some(path) => String::from_utf8_lossy(&read_file(path)?).into_owned(),
    };
    let mut answers = Answers::parse(&text).map_err(|error| {
        Failure::new(Code::Usage, error).hint("the README describes the answers file; `{}` answers nothing")
    })?;
    for (name, value) in &options.set {
        answers.values.insert(name.clone(), headless::answers::Scalar(value.clone()));
    }
    Ok(answers)
}

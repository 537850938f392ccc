//! Puts the screens in front of a run: one that begins, one under way, one that lost its supervisor.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use super::arguments::{Attach, RunOptions, ScreenOptions};
use super::document::Opened;
use super::exit::{Code, Failure, say_line};
use super::record::{self, Recorded};
use super::screen::{broken, terminal};
use super::{begin, incidents, logging, operator, place, preflight, process, review, supervise};
use crate::headless;
use crate::journal::{Attendance, Outcome, RunId};
use crate::link::{self, Connection};
use crate::store::Store;
use crate::tui::{self, PreflightChoice, Terminal, WalkEnd, WalkSetup};

pub(super) fn attach(arguments: &Attach, screen: ScreenOptions) -> Result<Code, Failure> {
    let store = place::store()?;
    if arguments.run.is_none() {
        must_be_the_only_one(&store)?;
    }
    let none = "no run is under way";
    let (id, recorded) = record::find(&store, arguments.run.as_deref(), Recorded::is_under_way, none)?;
    if !recorded.is_under_way() {
        let words = format!("{id} has ended ({})", recorded.status());
        return Err(Failure::words(Code::Usage, words).hint(format!("`holdpoint review {id}` shows it")));
    }
    to_run(&store, &id, arguments.watch, screen)
}

/// With several runs under way, the operator says which.
fn must_be_the_only_one(store: &Store) -> Result<(), Failure> {
    let runs = record::all(store)?;
    let under_way = runs.iter().filter(|(_, recorded)| recorded.is_under_way());
    let names: Vec<&str> = under_way.map(|(id, _)| id.0.as_str()).collect();
    if names.len() < 2 {
        return Ok(());
    }
    let words = format!("{} runs are under way", names.len());
    Err(Failure::words(Code::Usage, words).hint(format!("name one: holdpoint attach {}", names.join(" or "))))
}

/// Preflight, then the run.
pub(super) fn begin(
    store: &Store,
    opened: &Opened,
    options: &RunOptions,
    screen: ScreenOptions,
) -> Result<Code, Failure> {
    let _log = logging::begin(&store.log_directory(), "screen");
    let left = supervise::runtime()?.block_on(async {
        let mut terminal = terminal(screen)?;
        open(store, opened, options, &mut terminal).await
    })?;
    left.tell()
}

/// Preflight, then the run, on a terminal that is open.
pub(super) async fn open(
    store: &Store,
    opened: &Opened,
    options: &RunOptions,
    terminal: &mut Terminal,
) -> Result<Left, Failure> {
    let data = preflight::data(store, opened, options)?;
    let choice = tui::preflight(terminal, data).await.map_err(broken)?;
    let PreflightChoice::Begin(beginning) = choice else { return Ok(Left::default()) };
    let (id, start) = begin::prepare(store, opened, &beginning)?;
    process::start_supervisor(&id, Some(&start))?;
    record_values(store, &id, &options.set).await?;
    walk(store, &id, Attendance::Controls, terminal).await
}

/// Records the values that the command line gave.
async fn record_values(store: &Store, id: &RunId, values: &[(String, String)]) -> Result<(), Failure> {
    if values.is_empty() {
        return Ok(());
    }
    let failed = |error: String| Failure::words(Code::Failed, error);
    let connection = link::connect(&socket(store, id)?).await.map_err(|error| failed(error.to_string()))?;
    headless::record(connection, &operator::operator(), values)
        .await
        .map_err(|error| failed(error.to_string()))
}

/// Goes on with a run that has begun.
pub(super) fn to_run(store: &Store, id: &RunId, watch: bool, screen: ScreenOptions) -> Result<Code, Failure> {
    let _log = logging::begin(&store.log_directory(), "screen");
    let left = supervise::runtime()?.block_on(async {
        ensure_served(store, id).await?;
        let attendance = if watch { Attendance::Watches } else { Attendance::Controls };
        walk(store, id, attendance, &mut terminal(screen)?).await
    })?;
    left.tell()
}

/// The run screen, until the operator leaves; a run that ended is shown once more as a whole.
pub(super) async fn walk(
    store: &Store,
    id: &RunId,
    attendance: Attendance,
    terminal: &mut Terminal,
) -> Result<Left, Failure> {
    let recorded = Recorded::read(store, id)?;
    let setup = WalkSetup {
        operator: operator::operator(),
        attendance,
        last_time: incidents::last_time(&recorded.runbook, recorded.run.start()),
    };
    let mut connector = Reconnecting { store: store.clone(), id: id.clone() };
    match tui::walk(terminal, &mut connector, setup).await.map_err(broken)? {
        WalkEnd::Detached => {
            let words = format!("{id} goes on; `holdpoint attach {id}` is where it is");
            Ok(Left { code: Some(Code::Done), words })
        }
        WalkEnd::Lost(why) => {
            Err(Failure::words(Code::Failed, why)
                .hint(format!("`holdpoint attach {id}` takes the run up again")))
        }
        WalkEnd::Finished => {
            let recorded = Recorded::read(store, id)?;
            review::show(&recorded, terminal).await?;
            let code = match recorded.run.outcome() {
                Some((Outcome::RolledBack | Outcome::Abandoned, _)) => Code::Failed,
                _ => Code::Done,
            };
            let words = format!(
                "{id}: {}\nhead {} (note it in the ticket; `holdpoint verify {id} --head HASH` compares)\n\
                 `holdpoint export {id}` writes the report",
                recorded.status(),
                recorded.recovered.head
            );
            Ok(Left { code: Some(code), words })
        }
    }
}

/// What remains to be said once the terminal is as it was.
#[derive(Debug, Default)]
pub(super) struct Left {
    code: Option<Code>,
    words: String,
}

impl Left {
    fn tell(self) -> Result<Code, Failure> {
        if !self.words.is_empty() {
            say_line(format_args!("{}", self.words))?;
        }
        Ok(self.code.unwrap_or(Code::Done))
    }
}

/// Connects to the supervisor of a run, and starts one if there is none.
struct Reconnecting {
    store: Store,
    id: RunId,
}

impl tui::Connector for Reconnecting {
    fn connect(&mut self) -> Pin<Box<dyn Future<Output = Result<Connection, String>> + Send + '_>> {
        Box::pin(async move {
            ensure_served(&self.store, &self.id).await.map_err(|failure| failure.error.to_string())?;
            let socket = socket(&self.store, &self.id).map_err(|failure| failure.error.to_string())?;
            link::connect(&socket).await.map_err(|error| error.to_string())
        })
    }
}

fn socket(store: &Store, id: &RunId) -> Result<PathBuf, Failure> {
    Ok(place::socket(&place::runtime(store.home(), &id.0)?))
}

/// Whether a supervisor listens for this run.
pub(super) fn is_served(store: &Store, id: &RunId) -> bool {
    socket(store, id).is_ok_and(|socket| socket.exists())
}

/// Starts the supervisor of a run unless one serves it.
pub(super) async fn ensure_served(store: &Store, id: &RunId) -> Result<(), Failure> {
    let socket = socket(store, id)?;
    if link::connect(&socket).await.is_ok() {
        return Ok(());
    }
    let id = Arc::new(id.clone());
    tokio::task::spawn_blocking(move || process::start_supervisor(&id, None))
        .await
        .map_err(|error| Failure::new(Code::Failed, error))?
}

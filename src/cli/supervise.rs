//! The supervisor's process: takes a run up and serves it until it has ended. Detaches itself from
//! the terminal it was started in.

#![expect(clippy::print_stdout, reason = "one line tells the front end that it may come")]

use std::io::Write;

use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use super::arguments::Supervise;
use super::exit::{Code, Failure};
use super::record::Recorded;
use super::{logging, place, process};
use crate::journal::{RunId, RunStart};
use crate::link::Listener;
use crate::pty::Shell;
use crate::store::Store;
use crate::supervisor::{Setup, Supervisor, SupervisorError};

pub(super) fn supervise(arguments: &Supervise) -> Result<Code, Failure> {
    let _ = rustix::process::setsid();
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let id = RunId(arguments.run.clone());
    let store = place::store()?;
    let _log = logging::begin(&store.log_directory(), "supervisor");
    let served = serve(&store, &id, arguments.begin);
    if let Err(failure) = &served {
        tracing::error!(run = %id, error = %failure.error, "the run cannot be served");
        let _ = writeln!(std::io::stdout(), "{}", failure.error);
    }
    served
}

fn serve(store: &Store, id: &RunId, begin: bool) -> Result<Code, Failure> {
    let start = if begin { Some(read_start()?) } else { None };
    let setup = setup(store, id, start, false)?;
    let socket = place::socket(&setup.runtime);
    let runtime = runtime()?;
    runtime.block_on(async {
        ignore_hangups()?;
        let supervisor = Supervisor::open(setup).await.map_err(explain)?;
        let listener = Listener::bind(&socket).map_err(|error| Failure::new(Code::Failed, error))?;
        println!("{}", process::READY);
        std::io::stdout().flush()?;
        tracing::info!(run = %id, "serving");
        supervisor.serve(Some(listener), None).await.map_err(explain)?;
        tracing::info!(run = %id, "the run has ended");
        Ok(Code::Done)
    })
}

fn read_start() -> Result<RunStart, Failure> {
    serde_json::from_reader(std::io::stdin()).map_err(|error| Failure::new(Code::Usage, error))
}

/// Everything a supervisor needs, from what is recorded and what this host is.
pub(super) fn setup(
    store: &Store,
    id: &RunId,
    start: Option<RunStart>,
    until_alone: bool,
) -> Result<Setup, Failure> {
    let recorded = Recorded::read(store, id)?;
    let subject = start.as_ref().or(recorded.run.start()).map(|start| start.subject.clone());
    let subject = subject
        .ok_or_else(|| Failure::words(Code::Damaged, format!("the journal of {id} has no beginning")))?;
    let holder = format!("run {id}, process {}, {}", std::process::id(), super::operator::operator());
    let lock = store.lock_subject(&subject, &holder)?;
    Ok(Setup {
        program: process::program()?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        directory: recorded.directory,
        runtime: place::runtime(store.home(), &id.0)?,
        runbook: recorded.runbook,
        start,
        lock: Some(lock),
        shell: Shell::Bash,
        redactor: place::redactor(),
        until_alone,
    })
}

/// The tasks of the program run here.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// The run goes on when the terminal it was started from does not.
fn ignore_hangups() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let file_too_large = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    for kind in [SignalKind::hangup(), SignalKind::pipe(), file_too_large] {
        let mut stream = signal(kind)?;
        tokio::spawn(async move { while stream.recv().await.is_some() {} });
    }
    Ok(())
}

pub(super) fn explain(error: SupervisorError) -> Failure {
    match error {
        SupervisorError::Store(error) => error.into(),
        error => Failure::new(Code::Failed, error),
    }
}

//! A run without a terminal: the same engine and the same record, with answers from a file. What the
//! answers do not cover holds the run for a person.

pub mod answers;
mod policy;
mod report;

pub use answers::{Answers, AnswersError};
pub use report::Form;

use std::io::Write;
use std::sync::Arc;

use crate::engine::{Ask, Command, Refusal, Run};
use crate::journal::{Attendance, Entry, Outcome};
use crate::link::Connection;
use crate::protocol::{Frame, Hello, Notice, Request, VERSION};
use crate::runbook::Runbook;
use policy::{Policy, Step};

/// How a run without a person came to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It ended so.
    Finished(Outcome),
    /// It waits for a person at this question.
    Held(String),
}

/// Why a run without a person broke off.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// The supervisor is gone.
    #[error("the supervisor of the run is gone; `holdpoint attach` takes it up again")]
    Gone,
    /// The supervisor would not have us.
    #[error("{0}")]
    Unwelcome(String),
    /// It did not take a value.
    #[error("{0}")]
    Refused(Refusal),
    /// The record cannot be written.
    #[error("the record cannot be written: {0}")]
    RecordFailing(String),
    /// What is told cannot be written.
    #[error("cannot write the report")]
    Report(#[from] std::io::Error),
}

/// Walks the run until it ends or holds, telling of it on `out`.
pub async fn drive(
    connection: Connection,
    operator: &str,
    answers: &Answers,
    form: Form,
    out: &mut dyn Write,
) -> Result<End, HeadlessError> {
    let mut driver = Driver::greet(connection, operator, form, out).await?;
    let mut policy = Policy::new(answers);
    loop {
        match policy.step(&driver.run) {
            Step::Wait => driver.wait_for_entry().await?,
            Step::Ask(command) => {
                if let Some(refusal) = driver.ask(command).await? {
                    let question = format!("{refusal}");
                    return driver.hold(question).await;
                }
            }
            Step::Hold(question) => return driver.hold(question).await,
            Step::Done(outcome) => return Ok(End::Finished(outcome)),
        }
    }
}

/// Records values in a run that is served, and leaves.
pub async fn record(
    connection: Connection,
    operator: &str,
    values: &[(String, String)],
) -> Result<(), HeadlessError> {
    let mut nowhere = std::io::sink();
    let mut driver = Driver::greet(connection, operator, Form::Lines, &mut nowhere).await?;
    for (name, value) in values {
        let command = Command::Record { name: name.clone(), value: value.clone(), item: None, secret: false };
        if let Some(refusal) = driver.ask(command).await? {
            return Err(HeadlessError::Refused(refusal));
        }
    }
    Ok(())
}

/// Tells a recorded run from its first entry to its last.
pub fn retell(
    runbook: &Arc<Runbook>,
    entries: &[Entry],
    form: Form,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut run = Run::new(Arc::clone(runbook));
    for entry in entries {
        run.apply(entry);
        report::tell(form, &run, entry, out)?;
    }
    Ok(())
}

struct Driver<'a> {
    connection: Connection,
    run: Run,
    asked: u64,
    form: Form,
    out: &'a mut dyn Write,
}

impl<'a> Driver<'a> {
    async fn greet(
        connection: Connection,
        operator: &str,
        form: Form,
        out: &'a mut dyn Write,
    ) -> Result<Self, HeadlessError> {
        let hello = Hello {
            min_version: VERSION,
            max_version: VERSION,
            operator: operator.to_owned(),
            attendance: Attendance::Controls,
            size: None,
        };
        let mut connection = connection;
        send(&connection, Request::Hello(hello)).await?;
        loop {
            match connection.receiver.recv().await {
                Some(Frame::Notice(Notice::Welcome { runbook, entries, .. })) => {
                    let run = Run::new(Arc::new(*runbook));
                    let mut driver = Self { connection, run, asked: 0, form, out };
                    for entry in &entries {
                        driver.take(entry)?;
                    }
                    return Ok(driver);
                }
                Some(Frame::Notice(Notice::Unwelcome { why })) => return Err(HeadlessError::Unwelcome(why)),
                Some(_) => {}
                None => return Err(HeadlessError::Gone),
            }
        }
    }

    fn take(&mut self, entry: &Entry) -> Result<(), HeadlessError> {
        self.run.apply(entry);
        report::tell(self.form, &self.run, entry, self.out)?;
        Ok(())
    }

    /// Applies what the supervisor tells until `wanted` has an answer.
    async fn listen<T>(&mut self, wanted: impl Fn(&Notice) -> Option<T>) -> Result<T, HeadlessError> {
        loop {
            let Some(frame) = self.connection.receiver.recv().await else { return Err(HeadlessError::Gone) };
            let Frame::Notice(notice) = frame else { continue };
            match &notice {
                Notice::Entry { entry } => self.take(entry)?,
                Notice::Recording { recording: crate::protocol::Recording::Failing { why } } => {
                    return Err(HeadlessError::RecordFailing(why.clone()));
                }
                Notice::Trouble { message } => report::trouble(self.form, message, self.out)?,
                _ => {}
            }
            if let Some(found) = wanted(&notice) {
                return Ok(found);
            }
        }
    }

    async fn wait_for_entry(&mut self) -> Result<(), HeadlessError> {
        self.listen(|notice| matches!(notice, Notice::Entry { .. }).then_some(())).await
    }

    async fn ask(&mut self, command: Command) -> Result<Option<Refusal>, HeadlessError> {
        self.asked += 1;
        let asked = self.asked;
        send(&self.connection, Request::Ask { id: asked, command }).await?;
        self.listen(|notice| match notice {
            Notice::Granted { id } if *id == asked => Some(None),
            Notice::Refused { id, refusal } if *id == asked => Some(Some(refusal.clone())),
            _ => None,
        })
        .await
    }

    async fn hold(mut self, question: String) -> Result<End, HeadlessError> {
        if let Some(item) = self.run.ask().item().cloned() {
            self.ask(Command::Hold { item, question: question.clone() }).await?;
        }
        if self.run.ask() == Ask::Nothing
            && let Some((outcome, _)) = self.run.outcome()
        {
            return Ok(End::Finished(outcome));
        }
        Ok(End::Held(question))
    }
}

async fn send(connection: &Connection, request: Request) -> Result<(), HeadlessError> {
    connection.sender.send(Frame::Request(request)).await.map_err(|_| HeadlessError::Gone)
}

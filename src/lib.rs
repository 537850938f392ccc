//! Holdpoint steps an operator through an upgrade runbook: it shows the document as a checklist,
//! runs what was confirmed, holds at every gate, and records what happened.
//!
//! An operator's commands become facts; facts are made durable, then acted on, then shown. The
//! journal file, the stream to an attached terminal, the review screen and the exports all fold
//! the same [`journal::Entry`]s with [`engine::Run::apply`]; there is no second description of a
//! run to keep in step.
//!
//! # The map
//!
//! Values: no clock, disk, thread, process or environment.
//!
//! | module | owns |
//! |---|---|
//! | [`runbook`] | the document: what the operator is asked to do |
//! | [`journal`] | the record: what happened, what its bytes mean, what must never reach a disk |
//! | [`engine`] | the rules: what happens next |
//! | [`incident`] | what broke last time |
//! | [`screen`] | what a command's terminal shows: bytes to grid |
//! | [`export`] | how a finished record reads, one file a format |
//! | [`protocol`] | what a front end and the supervisor say |
//!
//! Doors: each opens one outside thing. `grep -rn "the door to" src` lists every way out.
//!
//! | module | opens |
//! |---|---|
//! | [`store`] | the disk: run directories, journals, transcripts, the incident log |
//! | [`pty`] | the child: its terminal, its shell, its end |
//! | [`target`] | where a command runs: this host, ssh, another user, a container |
//! | [`link`] | how messages travel: a Unix socket, or a pair in memory |
//! | [`supervisor`] | the one that acts: owns the run, performs effects, outlives the login |
//!
//! Front ends: what an operator sees.
//!
//! | module | is |
//! |---|---|
//! | [`tui`] | the screens |
//! | [`headless`] | a run without a terminal |
//! | [`cli`] | arguments, configuration, exit codes |
//!
//! Who may use whom is held by `tests/it/architecture.rs`.

pub mod cli;
pub mod engine;
pub mod export;
pub mod headless;
pub mod incident;
pub mod journal;
pub mod link;
pub mod protocol;
pub mod pty;
pub mod runbook;
pub mod screen;
pub mod store;
pub mod supervisor;
pub mod target;
pub mod tui;

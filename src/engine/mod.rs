//! The rules: what happens next. Pure: an event goes in, effects come out, and nothing else of the
//! world is touched or known.

mod decide;
mod event;
mod run;
#[cfg(test)]
pub(crate) mod specimen;
mod state;
pub mod timeline;
mod update;
mod walk;

#[cfg(test)]
mod tests;

pub use event::{Command, Effect, Event, Happening, Judgement, Refusal};
pub use run::{Attempt, AttemptState, Run};
pub use state::{Ask, ItemState, LoggedIncident, Progress, RecordedDeviation, StepState, TakenNote};
pub use timeline::{Moment, MomentKind, Tone, timeline};
pub use update::update;

//! The screens. A gesture changes the state of the screen and may become a request; entries that
//! come back change the run; drawing shows both. The terminal is this front end's only door.

pub mod around;
pub mod dialog;
pub mod field;
#[cfg(test)]
mod fixture;
pub mod home;
pub mod keymap;
pub mod layout;
pub mod news;
pub mod output;
#[cfg(test)]
mod picture;
pub mod preflight;
pub mod review;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod ui;
pub mod update;
pub mod view;
mod walk;

pub use home::{FollowUpLine, HomeChoice, HomeData, LastRun, RunLine, RunbookLine, Standing, home};
pub use preflight::{Beginning, KnownSubject, PreflightChoice, PreflightData, preflight};
pub use review::{ReviewEnd, review};
pub use terminal::{Input, Options, Terminal, TuiError};
pub use theme::{Colour, Theme};
pub use ui::{LastTime, WalkEnd};
pub use walk::{Connector, WalkSetup, walk};

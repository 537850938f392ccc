//! The screens. A gesture changes the state of the screen and may become a request; entries that
//! come back change the run; drawing shows both. The terminal is this front end's only door.

pub mod around;
pub mod field;
pub mod home;
pub mod preflight;
pub mod review;
pub mod terminal;
pub mod theme;
pub mod ui;
pub mod view;

pub use home::{FollowUpLine, HomeChoice, HomeData, RunLine, RunbookLine, Standing, home};
pub use terminal::{Input, Options, Terminal, TuiError};
pub use theme::{Colour, Theme};
pub use ui::LastTime;

//! The screens. A gesture changes the state of the screen and may become a request; entries that
//! come back change the run; drawing shows both. The terminal is this front end's only door.

pub mod field;
pub mod terminal;
pub mod theme;
pub mod view;

pub use terminal::{Input, Options, Terminal, TuiError};
pub use theme::{Colour, Theme};

//! What is in each pane: a file a pane. Draws from the run and the state of the screen; changes and
//! reports nothing.

pub mod text;

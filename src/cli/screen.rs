//! Opens the terminal for the screens, as the command line and the environment want them.

use super::arguments::ScreenOptions;
use super::exit::{Code, Failure};
use super::place;
use crate::tui::{self, Colour, Options, Terminal};

/// Opens the terminal for the screens.
pub(super) fn terminal(screen: ScreenOptions) -> Result<Terminal, Failure> {
    let colour = if screen.no_color || place::no_color() { Colour::None } else { Colour::Full };
    let options = Options { ascii: screen.ascii || !place::is_utf8(), colour, mouse: true };
    Terminal::open(options).map_err(|error| {
        Failure::new(Code::Failed, error).hint("`holdpoint run --headless` needs no terminal")
    })
}

pub(super) fn broken(error: tui::TuiError) -> Failure {
    Failure::new(Code::Failed, error)
}

//! Prints the timeline of a run.

use super::arguments::Show;
use super::exit::{Code, Failure, say_line};
use super::{place, record};
use crate::headless;

pub(super) fn show(arguments: &Show) -> Result<Code, Failure> {
    let store = place::store()?;
    let (id, recorded) = record::find(&store, arguments.run.as_deref(), |_| true, "there is no run yet")?;
    let form = if arguments.json { headless::Form::Json } else { headless::Form::Lines };
    headless::retell(&recorded.runbook, &recorded.recovered.entries, form, &mut std::io::stdout())?;
    if !arguments.json {
        say_line(format_args!("\n{id}: {}, head {}", recorded.status(), recorded.recovered.head))?;
        if let Some(damage) = &recorded.recovered.damage {
            say_line(format_args!("{damage}; {}", damage.advice()))?;
        }
    }
    Ok(Code::Done)
}

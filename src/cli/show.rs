//! Prints the timeline of a run.

#![expect(clippy::print_stdout, reason = "what this subcommand is for")]

use super::arguments::Show;
use super::exit::{Code, Failure};
use super::{place, record};
use crate::headless;

pub(super) fn show(arguments: &Show) -> Result<Code, Failure> {
    let store = place::store()?;
    let (id, recorded) = record::find(&store, arguments.run.as_deref(), |_| true, "there is no run yet")?;
    let form = if arguments.json { headless::Form::Json } else { headless::Form::Lines };
    headless::retell(&recorded.runbook, &recorded.recovered.entries, form, &mut std::io::stdout())?;
    if !arguments.json {
        println!("\n{id}: {}, head {}", recorded.status(), recorded.recovered.head);
        if let Some(damage) = &recorded.recovered.damage {
            println!("{damage}; {}", damage.advice());
        }
    }
    Ok(Code::Done)
}

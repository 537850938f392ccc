//! Arguments, configuration, exit codes: one file a subcommand, and no rule of its own. The only
//! place that reads the environment, prints, and turns errors into a sentence and a hint.

mod arguments;
mod attach;
mod begin;
mod check;
mod completions;
mod doctor;
mod document;
mod exit;
mod export;
mod home;
mod incidents;
mod inspect;
mod lint;
mod logging;
mod operator;
mod place;
mod preflight;
mod process;
mod record;
mod review;
mod run;
mod runs;
mod screen;
mod show;
mod supervise;
mod survival;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
pub use exit::{Code, Failure};

/// Runs the program: everything that `main` does.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Code::Usage.number() } else { 0 });
        }
    };
    match dispatch(arguments) {
        Ok(code) => ExitCode::from(code.number()),
        Err(failure) if exit::is_unread(&failure) => ExitCode::SUCCESS,
        Err(failure) => {
            exit::explain(&failure);
            ExitCode::from(failure.code.number())
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<Code, Failure> {
    let screen = arguments.screen;
    match arguments.command {
        None => match arguments.runbook {
            Some(runbook) => run::run(&runbook, &arguments.run, screen),
            None => home::home(screen),
        },
        Some(Command::Run(run)) => run::run(&run.runbook, &run.options, screen),
        Some(Command::Attach(attach)) => attach::attach(&attach, screen),
        Some(Command::Inspect(inspect)) => inspect::inspect(&inspect),
        Some(Command::Lint(lint)) => lint::lint(&lint),
        Some(Command::Runs(runs)) => runs::runs(&runs),
        Some(Command::Show(show)) => show::show(&show),
        Some(Command::Review(review)) => review::review(&review, screen),
        Some(Command::Verify(verify)) => verify::verify(&verify),
        Some(Command::Export(export)) => export::export(&export),
        Some(Command::Incidents(incidents)) => incidents::incidents(&incidents),
        Some(Command::Check(check)) => check::check(&check),
        Some(Command::Doctor) => doctor::doctor(),
        Some(Command::Completions { shell }) => Ok(completions::completions(shell)),
        Some(Command::Man) => completions::man(),
        Some(Command::Supervise(supervise)) => supervise::supervise(&supervise),
        Some(Command::Hold(hold)) => process::hold(hold),
    }
}

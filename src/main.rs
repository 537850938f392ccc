//! Arguments in, exit code out.

use std::process::ExitCode;

use holdpoint::pty;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == "hold") {
        return hold(words);
    }
    ExitCode::SUCCESS
}

/// The process that holds a run's terminal; hidden, started by the supervisor.
fn hold(words: impl Iterator<Item = std::ffi::OsString>) -> ExitCode {
    let ended = pty::holder::Arguments::parse(words).and_then(|arguments| pty::holder::main(&arguments));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause =
                std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{error}{cause}\n")).ok();
            ExitCode::FAILURE
        }
    }
}

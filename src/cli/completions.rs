//! Completions and the manual page, made from the arguments themselves.

use clap::CommandFactory;

use super::arguments::Arguments;
use super::exit::{Code, Failure};

pub(super) fn completions(shell: clap_complete::Shell) -> Code {
    clap_complete::generate(shell, &mut Arguments::command(), "holdpoint", &mut std::io::stdout());
    Code::Done
}

pub(super) fn man() -> Result<Code, Failure> {
    clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout())?;
    Ok(Code::Done)
}

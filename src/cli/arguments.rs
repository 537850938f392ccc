//! The command line: every call, its flags, its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Steps through upgrade runbooks: runs what you confirm, holds at every gate, records what happened.
#[derive(Debug, Parser)]
#[command(
    name = "holdpoint",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  \
        holdpoint upgrade.md                     walk a runbook\n  \
        holdpoint                                runs under way, runbooks here, recent runs\n  \
        holdpoint attach                         take the run up again where it is\n  \
        holdpoint run --headless --answers upgrade.answers.yaml upgrade.md\n  \
        holdpoint review                         look at the last run again\n\n\
        Exit codes: 0 done, 1 ended with a failure or diagnostics, 2 usage, 3 held at a gate,\n\
        4 runbook unreadable, 5 subject locked by another run, 6 record could not be written,\n\
        7 journal damaged, 130 interrupted."
)]
pub(super) struct Arguments {
    /// The runbook to walk: Markdown, rendered text or YAML.
    pub runbook: Option<PathBuf>,
    #[command(flatten)]
    pub run: RunOptions,
    #[command(flatten)]
    pub screen: ScreenOptions,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// How screens look.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct ScreenOptions {
    /// Draw with ASCII characters only.
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Draw without colours; the variable `NO_COLOR` does the same.
    #[arg(long, global = true)]
    pub no_color: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start a run of a runbook, or go on with the one that is under way.
    Run(Run),
    /// Take a run up again where it is.
    Attach(Attach),
    /// Show what was understood of a runbook.
    Inspect(Inspect),
    /// Say what in a runbook will get in the way.
    Lint(Lint),
    /// List the runs, newest first.
    Runs(Runs),
    /// Print the timeline of a run.
    Show(Show),
    /// Look at a run again: timeline, answers, the output of every command.
    Review(Review),
    /// Check that a journal is whole.
    Verify(Verify),
    /// Write a run as a report.
    Export(Export),
    /// What broke last time: the incidents of a log.
    Incidents(Incidents),
    /// Record a spot-check outside any run.
    Check(Check),
    /// Look at terminal, storage and survival, and say what would go wrong.
    Doctor,
    /// Print the completions of a shell.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
    /// Serve a run; started by the program itself.
    #[command(hide = true)]
    Supervise(Supervise),
    /// Hold a run's terminal; started by the program itself.
    #[command(hide = true)]
    Hold(Hold),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    holdpoint run upgrade.md --subject acme --from 1.4 --to 1.5\n  \
    holdpoint run --headless --answers upgrade.answers.yaml upgrade.md\n  \
    echo '{}' | holdpoint run --headless --answers - upgrade.md")]
pub(super) struct Run {
    /// The runbook to walk.
    pub runbook: PathBuf,
    #[command(flatten)]
    pub options: RunOptions,
}

/// How a run begins.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct RunOptions {
    /// What is being upgraded, for example a site's name.
    #[arg(long)]
    pub subject: Option<String>,
    /// The version before.
    #[arg(long)]
    pub from: Option<String>,
    /// The version after.
    #[arg(long)]
    pub to: Option<String>,
    /// What to go back to if it fails.
    #[arg(long)]
    pub rollback_point: Option<String>,
    /// The value of a placeholder or input; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub set: Vec<(String, String)>,
    /// Answers prepared beforehand (YAML; `-` reads them from standard input).
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Without a terminal: what the answers do not cover holds the run (exit 3).
    #[arg(long)]
    pub headless: bool,
    /// With --headless: print every entry of the journal as a line of JSON.
    #[arg(long, requires = "headless")]
    pub json: bool,
    /// Begin the run and leave it to `holdpoint attach`; prints its id.
    #[arg(long, conflicts_with = "headless")]
    pub detach: bool,
    /// Start a new run even if one of this runbook is under way.
    #[arg(long)]
    pub new: bool,
}

#[derive(Debug, Args)]
pub(super) struct Attach {
    /// Which run; without it, the one under way.
    pub run: Option<String>,
    /// Look on without acting.
    #[arg(long)]
    pub watch: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  holdpoint inspect upgrade.md\n  holdpoint inspect --json upgrade.md")]
pub(super) struct Inspect {
    /// The runbook.
    pub runbook: PathBuf,
    /// As JSON, for other tools.
    #[arg(long, conflicts_with = "text")]
    pub json: bool,
    /// The whole document as understood, nothing lost.
    #[arg(long)]
    pub text: bool,
}

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// The runbooks.
    #[arg(required = true)]
    pub runbooks: Vec<PathBuf>,
    /// As JSON, one diagnostic a line.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Runs {
    /// As JSON, one run a line.
    #[arg(long)]
    pub json: bool,
    /// Only runs of this subject.
    #[arg(long)]
    pub subject: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Which run: its id or the beginning of it; without it, the latest.
    pub run: Option<String>,
    /// The entries as lines of JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Review {
    /// Which run: its id or the beginning of it; without it, the latest that has ended.
    pub run: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Which run: its id or the beginning of it; without it, the latest.
    pub run: Option<String>,
    /// Every run there is.
    #[arg(long, conflicts_with = "run")]
    pub all: bool,
    /// The head hash that was noted at the end; the journal must end with it.
    #[arg(long, value_name = "HASH")]
    pub head: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Which run: its id or the beginning of it; without it, the latest.
    pub run: Option<String>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = ExportFormat::Markdown)]
    pub format: ExportFormat,
    /// Where to; without it, to standard output.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportFormat {
    /// For the ticket.
    Markdown,
    /// For other programs.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Incidents {
    /// The log; without it, what-broke-last-time.md here.
    pub log: Option<PathBuf>,
    /// Only incidents of this subject.
    #[arg(long)]
    pub subject: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("verdict").required(true),
    after_help = "Example:\n  holdpoint check 'login page answers' --pass --subject acme --note 'after the cache was cleared'"
)]
pub(super) struct Check {
    /// What was looked at.
    pub text: String,
    /// As it should be.
    #[arg(long, group = "verdict")]
    pub pass: bool,
    /// Not as it should be, and good enough.
    #[arg(long, group = "verdict")]
    pub degraded: bool,
    /// Not good enough.
    #[arg(long, group = "verdict")]
    pub fail: bool,
    /// Of what; without it, this host.
    #[arg(long)]
    pub subject: Option<String>,
    /// In your words.
    #[arg(long, default_value = "")]
    pub note: String,
}

#[derive(Debug, Args)]
pub(super) struct Supervise {
    /// The run's id.
    pub run: String,
    /// Begin it: its first entry is read from standard input.
    #[arg(long)]
    pub begin: bool,
}

#[derive(Debug, Args)]
pub(super) struct Hold {
    /// Passed through to the holder.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub rest: Vec<String>,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("`{text}` is not NAME=VALUE")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_runbook_alone_is_a_run() {
        let arguments = Arguments::try_parse_from(["holdpoint", "upgrade.md", "--subject", "acme"]).unwrap();
        assert_eq!(arguments.runbook, Some(PathBuf::from("upgrade.md")));
        assert_eq!(arguments.run.subject.as_deref(), Some("acme"));
    }

    #[test]
    fn a_value_without_a_name_is_refused() {
        for (text, fits) in [("a=b", true), ("a=", true), ("=b", false), ("ab", false)] {
            assert_eq!(name_and_value(text).is_ok(), fits, "{text}");
        }
    }
}

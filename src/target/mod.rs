//! Where a command runs when it is not this host: what the step shell here has to run so that a
//! script runs there, in a shell that carries on its own state. Composes text; connects to nothing
//! itself. The system's ssh, su, sudo, docker and kubectl do that, in the pane, as the operator.
//!
//! A target nests: a script for an inner one is a step of the outer one (see [`through`]). Scripts
//! travel as base64 inside a command line, or where they are long through a pipe; never through a
//! terminal. What a target carries from step to step stays there, in a private directory on memory
//! where there is one.

mod error;
mod statement;
mod word;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

pub use error::TargetError;
use statement::{Statement, Style};

use crate::pty::{file_name, state};
use crate::runbook::Session;

/// The longest script, in bytes, that travels inside a command line: a single argument must stay
/// below 128 KiB in three layers of base64.
const INLINE: usize = 24 * 1024;

/// A place opened by a statement.
#[derive(Debug, Clone)]
pub struct Target {
    /// What a person calls it: `deploy@vps`, `root`, a container.
    pub name: String,
    /// The statement as written, values filled in.
    pub prefix: String,
    /// How it is reached.
    pub kind: Session,
    statement: Statement,
    token: String,
    mark: PathBuf,
}

/// Reads a statement that opens a session. `directory` is the step shell's private one.
pub fn open(session: Session, text: &str, directory: &Path) -> Result<Target, TargetError> {
    let statement = statement::read(session, text)?;
    let token = token(text, directory);
    let mark = directory.join(format!("{}.lost", tail(&token)));
    Ok(Target {
        name: statement.name.clone(),
        prefix: text.trim().to_owned(),
        kind: session,
        statement,
        token,
        mark,
    })
}

/// The same for the same statement of the same run, so that a later supervisor finds the state again.
fn token(text: &str, directory: &Path) -> String {
    let digest = Sha256::digest(format!("{}\0{}", directory.display(), text.trim()).as_bytes());
    digest.iter().take(12).fold("holdpoint-".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// The script for the step shell here that runs `script` in the innermost of these targets,
/// outermost first.
pub fn through(targets: &[Target], name: &str, script: &str) -> String {
    targets.iter().rev().fold(script.to_owned(), |script, target| target.step_script(name, &script))
}

impl Target {
    /// Connects, so that prompts appear in the pane, and makes the private directory there. Run
    /// again after a lost connection, it takes up the state that was left.
    pub fn open_script(&self) -> String {
        let step = |text: &str, state: &str| BASE64_STANDARD.encode(text.replace("@STATE@", state));
        let payload = include_str!("shell/open.sh")
            .replace("@TOKEN@", &self.token)
            .replace("@BASH@", &step(include_str!("shell/step.bash"), state::BASH))
            .replace("@SH@", &step(include_str!("shell/step.sh"), state::SH))
            .replace("@LOGIN@", if self.statement.is_login { "-l" } else { "" });
        self.attended(&payload)
    }

    /// Runs a script there: with the state that the last one left, its status as the status.
    pub fn step_script(&self, name: &str, script: &str) -> String {
        let script = if script.ends_with('\n') { script.to_owned() } else { format!("{script}\n") };
        let encoded = BASE64_STANDARD.encode(&script);
        let run = |fetch: &str| {
            let payload = include_str!("shell/run.sh")
                .replace("@TOKEN@", &self.token)
                .replace("@STEP@", &file_name(name))
                .replace("@FETCH@", fetch);
            self.attended(&payload)
        };
        if script.len() <= INLINE {
            return run(&format!("printf %s '{encoded}'"));
        }
        format!("{} || return\n{}", self.upload(&encoded), run("cat \"$d/script\""))
    }

    /// Leaves: removes what was carried there, and ends the connection.
    pub fn close_script(&self) -> String {
        let token = &self.token;
        let remove = format!("rm -rf \"/dev/shm/{token}\" \"${{TMPDIR:-/tmp}}/{token}\"");
        let removed = self.attended(&remove);
        match self.statement.style {
            Style::Ssh => {
                format!("{removed}\nssh {} -O exit {} 2>/dev/null\n:", self.path(), self.statement.kept)
            }
            Style::DashC | Style::Words => removed,
        }
    }

    /// Whether the last script ended because the connection was lost, or was never made. Known for
    /// a target that was opened from this host; the status is 255 then.
    pub fn is_lost(&self) -> bool {
        self.mark.exists()
    }

    /// Runs a payload there on the terminal; notes when ssh failed and not the payload.
    fn attended(&self, payload: &str) -> String {
        let command = self.statement.with(&evaluated(payload), &format!("-tt {}", self.options()));
        if self.statement.style != Style::Ssh {
            return command;
        }
        let (path, kept) = (self.path(), &self.statement.kept);
        let mark = format!("\"$__holdpoint_directory/{}.lost\"", tail(&self.token));
        format!(
            "(\n{command}\ns=$?\nrm -f {mark}\nif [ \"$s\" = 255 ]; then\n  \
             ssh {path} -O check {kept} 2>/dev/null || : >{mark}\nfi\nexit \"$s\"\n)"
        )
    }

    /// Brings a long script there through a pipe.
    fn upload(&self, encoded: &str) -> String {
        let token = &self.token;
        let receive = format!(
            "for d in \"/dev/shm/{token}\" \"${{TMPDIR:-/tmp}}/{token}\"; do [ -d \"$d\" ] && break; done\n\
             umask 077\ncat >\"$d/script\""
        );
        let command =
            self.statement.unattended().with(&evaluated(&receive), &format!("-T {}", self.options()));
        format!("printf %s '{encoded}' | {command}")
    }

    /// What ssh is told besides what was written: one connection for all steps, nothing of its own
    /// on the terminal.
    fn options(&self) -> String {
        format!("-o ControlMaster=auto -o ControlPersist=yes {} -o LogLevel=ERROR", self.path())
    }

    fn path(&self) -> String {
        format!("-o ControlPath=\"$__holdpoint_directory/{}\"", tail(&self.token))
    }
}

/// The end of a token: enough to tell the targets of a run apart, short enough for a socket's path.
fn tail(token: &str) -> &str {
    token.get(token.len().saturating_sub(12)..).unwrap_or(token)
}

/// A command that runs a payload, made of characters that every login shell and every layer of
/// quoting leaves alone.
fn evaluated(payload: &str) -> String {
    format!("sh -c 'eval \"$(printf %s {} | base64 -d)\"'", BASE64_STANDARD.encode(payload))
}

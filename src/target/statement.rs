//! How a statement that opens a session is made to run one command there instead: which words stay,
//! where options go, how the command is appended. Pure text.

use super::TargetError;
use super::word::{Word, quoted, words};
use crate::runbook::Session;

/// A statement, ready to take a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// What a person calls the place.
    pub(super) name: String,
    /// The words to keep, as written.
    pub(super) kept: String,
    /// How the command follows them.
    pub(super) style: Style,
    /// Whether it gives a login shell.
    pub(super) is_login: bool,
}

/// How a command follows a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As one word that the far shell splits; `kept` is what follows `ssh`.
    Ssh,
    /// As one word after `-c`.
    DashC,
    /// As words of their own.
    Words,
}

/// Options of ssh that take a value.
const SSH_VALUES: &str = "BbcDEeFIiJLlmOopQRSWw";

/// Long and short options of docker and kubectl `exec` that take a value.
const EXEC_VALUES: [&str; 14] = [
    "-u",
    "--user",
    "-w",
    "--workdir",
    "-e",
    "--env",
    "-n",
    "--namespace",
    "-c",
    "--container",
    "--context",
    "-f",
    "--env-file",
    "--index",
];

/// Reads a statement that opens a session.
pub(super) fn read(session: Session, text: &str) -> Result<Statement, TargetError> {
    let text = text.trim();
    let words = words(text)?;
    match session {
        Session::Ssh => ssh(text, &words),
        Session::User => user(text, &words),
        Session::Container => container(text, &words),
        Session::Console | Session::Leave => Err(TargetError::NotAShell),
    }
}

fn ssh(text: &str, words: &[Word]) -> Result<Statement, TargetError> {
    let (program, rest) = words.split_first().ok_or(TargetError::NotAShell)?;
    if base_name(&program.value) != "ssh" {
        return Err(TargetError::Unsupported(program.value.clone()));
    }
    let mut name = None;
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        match word.value.strip_prefix('-') {
            Some(letters) => {
                let value_at = letters.find(|letter| SSH_VALUES.contains(letter));
                if value_at.is_some_and(|at| at + 1 == letters.len()) {
                    rest.next();
                }
            }
            None if name.is_none() => name = Some(word.value.clone()),
            None => return Err(TargetError::HasCommand(text[word.start..].to_owned())),
        }
    }
    let name = name.ok_or(TargetError::NotAShell)?;
    let kept = text[program.end..].trim().to_owned();
    Ok(Statement { name, kept, style: Style::Ssh, is_login: true })
}

fn user(text: &str, words: &[Word]) -> Result<Statement, TargetError> {
    let values: Vec<&str> = words.iter().map(|word| word.value.as_str()).collect();
    let is_login = values.iter().any(|word| matches!(*word, "-i" | "-" | "-l" | "--login"));
    if let Some(at) = values.iter().position(|word| base_name(word) == "su") {
        if values[at..].iter().any(|word| matches!(*word, "-c" | "--command")) {
            return Err(TargetError::HasCommand(text[words[at].start..].to_owned()));
        }
        let name = values[at + 1..].iter().find(|word| !word.starts_with('-')).unwrap_or(&"root");
        return Ok(Statement {
            name: (*name).to_owned(),
            kept: text.to_owned(),
            style: Style::DashC,
            is_login,
        });
    }
    if values.first().is_none_or(|program| base_name(program) != "sudo") {
        return Err(TargetError::NotAShell);
    }
    let name = values
        .iter()
        .zip(values.iter().skip(1))
        .find_map(|(option, value)| matches!(*option, "-u" | "--user").then_some(*value))
        .unwrap_or("root");
    let kept = match shell_at(words) {
        Some(at) => text[..words[at].start].trim_end(),
        None if values.iter().any(|word| matches!(*word, "-i" | "--login" | "-s" | "--shell")) => text,
        None => return Err(TargetError::HasCommand(text.to_owned())),
    };
    Ok(Statement { name: name.to_owned(), kept: kept.to_owned(), style: Style::Words, is_login })
}

fn container(text: &str, words: &[Word]) -> Result<Statement, TargetError> {
    let at = shell_at(words).ok_or_else(|| TargetError::HasCommand(text.to_owned()))?;
    let mut before = words[..at].iter().skip_while(|word| word.value != "exec").skip(1);
    let mut name = None;
    while let Some(word) = before.next() {
        if EXEC_VALUES.contains(&word.value.as_str()) {
            before.next();
        } else if !word.value.starts_with('-') && name.is_none() {
            name = Some(word.value.clone());
        }
    }
    let is_login = words[at..].iter().any(|word| matches!(word.value.as_str(), "-l" | "--login"));
    let kept = text[..words[at].start].trim_end().to_owned();
    Ok(Statement { name: name.ok_or(TargetError::NotAShell)?, kept, style: Style::Words, is_login })
}

/// Where the name of a shell stands that is the last word but for options.
fn shell_at(words: &[Word]) -> Option<usize> {
    let at = words.iter().rposition(|word| !word.value.starts_with('-'))?;
    let is_shell = matches!(base_name(&words[at].value), "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh");
    (is_shell && at > 0).then_some(at)
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Statement {
    /// The statement with a command that runs there. `options` are for ssh.
    pub(super) fn with(&self, command: &str, options: &str) -> String {
        let kept = &self.kept;
        match self.style {
            Style::Ssh => format!("ssh {options} {kept} {}", quoted(&format!("exec {command}"))),
            Style::DashC => format!("{kept} -c {}", quoted(&format!("exec {command}"))),
            Style::Words => format!("{kept} {command}"),
        }
    }

    /// The same statement for a command whose input is not the terminal.
    pub(super) fn unattended(&self) -> Self {
        let is_exec = self.style == Style::Words && self.kept.split(' ').any(|word| word == "exec");
        let words = self.kept.split(' ').filter_map(|word| match word {
            "-it" | "-ti" if is_exec => Some("-i"),
            "-t" | "--tty" if is_exec => None,
            _ => Some(word),
        });
        Self { kept: words.collect::<Vec<_>>().join(" "), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(session: Session, text: &str, expected: &str) {
        let answer = match read(session, text) {
            Ok(statement) => format!("{}: {}", statement.name, statement.with("C", "O")),
            Err(error) => error.to_string(),
        };
        assert_eq!(answer, expected, "{text}");
    }

    #[test]
    fn ssh_keeps_its_options_and_gets_ours_before_them() {
        check(Session::Ssh, "ssh deploy@vps", "deploy@vps: ssh O deploy@vps 'exec C'");
        check(
            Session::Ssh,
            "ssh -p 2222 -tA -i \"$HOME/k y\" deploy@vps",
            "deploy@vps: ssh O -p 2222 -tA -i \"$HOME/k y\" deploy@vps 'exec C'",
        );
        check(Session::Ssh, "ssh vps -p22", "vps: ssh O vps -p22 'exec C'");
        check(Session::Ssh, "ssh $USER@$HOST", "$USER@$HOST: ssh O $USER@$HOST 'exec C'");
    }

    #[test]
    fn ssh_with_a_command_of_its_own_opens_nothing() {
        check(Session::Ssh, "ssh vps uptime -p", "uptime -p is a command to run there, not a session");
    }

    #[test]
    fn another_users_shell_gets_the_command_in_its_own_way() {
        check(Session::User, "sudo -i", "root: sudo -i C");
        check(Session::User, "sudo -u postgres -i", "postgres: sudo -u postgres -i C");
        check(Session::User, "sudo su -", "root: sudo su - -c 'exec C'");
        check(Session::User, "su - deploy", "deploy: su - deploy -c 'exec C'");
        check(Session::User, "sudo bash -l", "root: sudo C");
    }

    #[test]
    fn another_users_command_opens_nothing() {
        check(
            Session::User,
            "su - deploy -c id",
            "su - deploy -c id is a command to run there, not a session",
        );
        check(Session::User, "sudo id", "sudo id is a command to run there, not a session");
    }

    #[test]
    fn a_containers_shell_gives_way_to_the_command() {
        check(Session::Container, "docker exec -it web bash", "web: docker exec -it web C");
        check(
            Session::Container,
            "docker exec -u root -it web /bin/sh -l",
            "web: docker exec -u root -it web C",
        );
        check(
            Session::Container,
            "kubectl -n prod exec -it pod-1 -c app -- sh",
            "pod-1: kubectl -n prod exec -it pod-1 -c app -- C",
        );
        check(Session::Container, "docker compose exec web bash", "web: docker compose exec web C");
    }

    #[test]
    fn a_containers_terminal_is_left_out_for_input_from_elsewhere() {
        let statement = read(Session::Container, "docker exec -it web bash").unwrap();
        assert_eq!(statement.unattended().with("C", ""), "docker exec -i web C");
    }

    #[test]
    fn more_than_one_simple_command_is_refused() {
        check(Session::Ssh, "ssh vps && id", "cannot open a session through &");
        check(Session::Ssh, "ssh vps # now", "cannot open a session through #");
        check(Session::Ssh, "ssh 'vps", "a quote is not closed");
        check(Session::Console, "psql", "what follows is not for a shell");
    }
}

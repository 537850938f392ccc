//! Recognises commands after which the lines that follow belong to another place: ssh without a command,
//! another user's shell, a shell in a container, a console. What they lead to is never run here.
#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "a shell tells cases apart")]

use super::lexer::{self, Context};
use crate::runbook::Session;
use crate::runbook::placeholder;

/// Options of ssh that take a value.
const SSH_VALUES: &str = "BbcDEeFIiJLlmOopQRSWw";

/// What the statement does to the session, if anything.
pub(crate) fn of(text: &str) -> Option<Session> {
    let masked = placeholder::mask(text);
    let words = last_command(&masked)?;
    let mut words: &[&str] = &words;
    while words.first().is_some_and(|word| lexer::is_assignment(word)) {
        words = &words[1..];
    }
    command(words)
}

fn command(words: &[&str]) -> Option<Session> {
    let (name, rest) = words.split_first()?;
    let name = name.rsplit('/').next().unwrap_or(name);
    match name {
        "exit" | "logout" if rest.is_empty() => Some(Session::Leave),
        "ssh" | "autossh" | "mosh" => ssh(rest),
        "sudo" | "doas" => sudo(rest),
        "su" => su(rest),
        "docker" | "podman" | "nerdctl" | "kubectl" | "oc" | "docker-compose" | "podman-compose" | "lxc"
        | "incus" | "crictl" | "k3s" => container(name, rest),
        "bundle" | "env" | "command" | "exec" | "nohup" if !rest.is_empty() => {
            let skip = usize::from(rest.first() == Some(&"exec"));
            command(rest.get(skip..)?)
        }
        _ => console(name, rest),
    }
}

/// Words of the last simple command; none where input is redirected or piped into it.
fn last_command(text: &str) -> Option<Vec<&str>> {
    let scan = lexer::scan(text);
    let mut words: Vec<&str> = Vec::new();
    let mut end = 0;
    for word in scan.words {
        let gap: String = text[end..word.start]
            .char_indices()
            .filter(|(at, _)| scan.contexts.get(end + at) != Some(&Context::Comment))
            .map(|(_, letter)| letter)
            .collect();
        if gap.contains(['<', '>']) || (gap.contains('|') && !gap.contains("||")) {
            return None;
        }
        if gap.contains([';', '&', '|', '\n', '(']) && !gap.contains('\\') {
            words.clear();
        }
        end = word.end;
        words.push(&text[word]);
    }
    let rest: String = text[end..].chars().take_while(|letter| *letter != '#').collect();
    let open = rest.contains(['<', '>', '|', '&', ';']);
    (!words.is_empty() && !open).then_some(words)
}

fn ssh(words: &[&str]) -> Option<Session> {
    let mut hosts = 0;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        index += 1;
        if let Some(option) = word.strip_prefix('-') {
            if option.contains(['N', 'f', 'V', 'G', 'Q', 'O'])
                && hosts == 0
                && !option.starts_with(['o', 'i', 'J'])
            {
                return None;
            }
            let takes = option.chars().position(|letter| SSH_VALUES.contains(letter));
            index += usize::from(takes.is_some_and(|at| at + 1 == option.len()));
        } else {
            hosts += 1;
        }
    }
    (hosts == 1).then_some(Session::Ssh)
}

fn sudo(words: &[&str]) -> Option<Session> {
    let mut shell = false;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        if !word.starts_with('-') && !lexer::is_assignment(word) {
            break;
        }
        let option = word.trim_start_matches('-');
        shell |=
            matches!(option, "login" | "shell") || (!word.starts_with("--") && option.contains(['i', 's']));
        index += 1;
        index += usize::from(
            matches!(option, "user" | "group" | "host")
                || (!word.starts_with("--") && option.ends_with(['u', 'g', 'h', 'p', 'C'])),
        );
    }
    match words.get(index..) {
        Some([]) | None => shell.then_some(Session::User),
        Some(rest) if !shell => command(rest).filter(|session| *session != Session::Leave),
        Some(_) => None,
    }
}

fn su(words: &[&str]) -> Option<Session> {
    let command = words.iter().any(|word| word.starts_with("-c") || word.starts_with("--command"));
    (!command).then_some(Session::User)
}

fn container(name: &str, words: &[&str]) -> Option<Session> {
    let verb = words
        .iter()
        .position(|word| matches!(*word, "exec" | "run" | "attach" | "shell" | "rsh" | "debug"))?;
    let rest = &words[verb + 1..];
    let compose = name.ends_with("compose") || words.first() == Some(&"compose");
    let verb = words[verb];
    if matches!(verb, "rsh" | "shell") {
        return Some(Session::Container);
    }
    let terminal = rest.iter().any(|word| *word == "--tty" || is_short_with(word, 't'));
    let last = rest.last()?;
    let program = last.trim_matches(['"', '\'']).rsplit('/').next().unwrap_or(last);
    let shell = matches!(program, "sh" | "bash" | "ash" | "zsh" | "dash" | "fish");
    if shell && (terminal || compose || name == "lxc" || name == "incus") {
        return Some(Session::Container);
    }
    if !(terminal || compose) {
        return None;
    }
    let inner = rest.iter().position(|word| *word == "--").map(|at| &rest[at + 1..]).or_else(|| {
        let start = rest.iter().position(|word| is_console_name(word))?;
        rest.get(start..)
    })?;
    command(inner)
}

fn is_short_with(word: &str, letter: char) -> bool {
    word.len() <= 4 && word.starts_with('-') && !word.starts_with("--") && word.contains(letter)
}

fn is_console_name(word: &str) -> bool {
    matches!(
        word,
        "psql"
            | "mysql"
            | "mariadb"
            | "mongo"
            | "mongosh"
            | "redis-cli"
            | "rails"
            | "python"
            | "python3"
            | "irb"
    )
}

fn console(name: &str, words: &[&str]) -> Option<Session> {
    let has =
        |options: &[&str]| words.iter().any(|word| options.iter().any(|option| word.starts_with(option)));
    let plain = words.iter().filter(|word| !word.starts_with('-')).count();
    let opens = match name {
        "psql" | "gitlab-psql" => {
            !has(&["-c", "-f", "-l", "--command", "--file", "--list", "-V", "--version", "--help"])
        }
        "mysql" | "mariadb" => !has(&["-e", "--execute", "-V", "--version", "--help"]),
        "mongo" | "mongosh" => {
            !has(&["--eval", "--version", "--help"]) && !words.iter().any(|word| word.ends_with(".js"))
        }
        "redis-cli" => redis_console(words),
        "sqlite3" => plain == 1 && words.len() == 1,
        "cqlsh" => !has(&["-e", "-f"]),
        "python" | "python3" | "node" | "irb" | "ghci" | "iex" => {
            words.is_empty() || (words.len() == 2 && words[1] == "shell" && words[0].ends_with("manage.py"))
        }
        "rails" | "gitlab-rails" | "console" => {
            matches!(words.first(), Some(&"console" | &"c" | &"dbconsole" | &"db"))
        }
        "manage.py" => matches!(words.first(), Some(&"shell" | &"dbshell" | &"shell_plus")),
        "tclsh" | "bconsole" | "kafka-console-producer" | "telnet" | "sftp" | "ftp" => true,
        _ => return None,
    };
    opens.then_some(Session::Console)
}

/// `redis-cli` with nothing but options and their values.
fn redis_console(words: &[&str]) -> bool {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        if !word.starts_with('-')
            || matches!(*word, "--version" | "--help" | "--bigkeys" | "--scan" | "--latency")
        {
            return false;
        }
        index +=
            1 + usize::from(matches!(*word, "-h" | "-p" | "-a" | "-n" | "-u" | "-s" | "--user" | "--pass"));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: Option<Session>, texts: &[&str]) {
        for text in texts {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn ssh_without_a_command_changes_the_session() {
        check(
            Some(Session::Ssh),
            &["ssh deploy@<vps-hostname>", "ssh -i key -p 22 host", "cd a && ssh -A host # jump"],
        );
        check(
            None,
            &[
                "ssh host uptime",
                "ssh host 'ls -l'",
                "ssh -N -L 1:2:3 host",
                "ssh host <<E\nls\nE",
                "ssh-add",
                "echo a | ssh host",
            ],
        );
    }

    #[test]
    fn another_users_shell_changes_the_session() {
        check(
            Some(Session::User),
            &["sudo -i", "sudo su -", "su - postgres", "sudo -iu deploy", "sudo -u deploy -s", "sudo su"],
        );
        check(
            None,
            &[
                "sudo -u deploy git pull",
                "su - postgres -c 'psql -l'",
                "sudo systemctl restart x",
                "sudo -i -u a ls",
            ],
        );
    }

    #[test]
    fn a_shell_in_a_container_changes_the_session() {
        check(
            Some(Session::Container),
            &[
                "docker exec -it web bash",
                "kubectl exec -it pod -- sh",
                "docker compose exec app sh",
                "sudo docker run --rm -ti image /bin/sh",
                "kubectl exec -n a -ti deploy/x -c y -- /bin/bash",
            ],
        );
        check(
            None,
            &[
                "docker exec web ls",
                "kubectl exec pod -- ls",
                "docker exec -it web bash -c 'ls'",
                "docker compose exec app python manage.py migrate",
            ],
        );
    }

    #[test]
    fn a_console_changes_the_session() {
        check(
            Some(Session::Console),
            &[
                "psql",
                "sudo -u postgres psql",
                "psql -U a b",
                "rails console",
                "bundle exec rails c",
                "redis-cli -h a",
                "python manage.py shell",
                "docker exec -it db psql -U x",
                "kubectl exec -it a -- mysql -u root -p",
            ],
        );
        check(
            None,
            &[
                "psql -c 'select 1'",
                "psql a < b.sql",
                "mysql -e 'x'",
                "redis-cli ping",
                "python x.py",
                "psql \"$URL\" -f a.sql",
            ],
        );
    }

    #[test]
    fn leaving_is_recognised() {
        check(Some(Session::Leave), &["exit", "logout"]);
        check(None, &["exit 1"]);
    }
}

//! What to be careful about in a command, by the words it is made of. Marks only: nothing is refused here.

use super::{lexer, session};
use crate::runbook::lexicon::is_program;
use crate::runbook::{Risk, Session};

/// The risks of a text, in order, once each.
pub(crate) fn of(text: &str) -> Vec<Risk> {
    let masked = crate::runbook::placeholder::mask(text);
    let scan = lexer::scan(&masked);
    let words: Vec<&str> =
        scan.words.iter().map(|range| masked[range.clone()].trim_matches(['"', '\''])).collect();
    let changes =
        masked.lines().any(|line| session::of(line).is_some_and(|session| session != Session::Leave));
    let found = [
        (Risk::Destructive, is_destructive(&words, &masked)),
        (Risk::LongRunning, is_long_running(&words)),
        (Risk::Interactive, is_interactive(&words)),
        (Risk::Privileged, words.iter().any(|word| matches!(*word, "sudo" | "doas" | "su"))),
        (Risk::NetworkPiped, is_network_piped(&masked)),
        (Risk::Secret, secret(text).is_some()),
        (Risk::SessionChange, changes),
    ];
    found.into_iter().filter(|(_, holds)| *holds).map(|(risk, _)| risk).collect()
}

fn pair(words: &[&str], first: &str, second: &[&str]) -> bool {
    let Some(at) = words.iter().position(|word| *word == first) else { return false };
    words[at + 1..].iter().take(6).any(|word| second.contains(word))
}

fn is_destructive(words: &[&str], text: &str) -> bool {
    let upper = text.to_uppercase();
    let sql = ["DROP TABLE", "DROP DATABASE", "DROP SCHEMA", "TRUNCATE TABLE", "DELETE FROM"];
    let alone = [
        "rm", "rmdir", "dd", "shred", "dropdb", "dropuser", "wipefs", "userdel", "truncate", "lvremove",
        "mkswap", "fdisk", "parted",
    ];
    words.iter().any(|word| alone.contains(word) || word.starts_with("mkfs"))
        || sql.iter().any(|phrase| upper.contains(phrase))
        || words.iter().any(|word| {
            matches!(*word, "--delete" | "--purge" | "--force-delete" | "--clean" | "--delete-after")
        })
        || pair(words, "docker", &["prune", "rm", "rmi", "down"])
        || pair(words, "kubectl", &["delete", "drain"])
        || pair(words, "oc", &["delete"])
        || pair(words, "helm", &["uninstall", "delete"])
        || pair(words, "terraform", &["destroy"])
        || pair(words, "git", &["--hard", "clean"])
        || pair(words, "apt", &["purge", "remove", "autoremove"])
        || pair(words, "apt-get", &["purge", "remove", "autoremove"])
        || pair(words, "zfs", &["destroy", "rollback"])
        || pair(words, "zpool", &["destroy"])
}

fn is_long_running(words: &[&str]) -> bool {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let follows = has(&["-f", "--follow", "-F", "-fu", "-xef", "-fn"])
        || words.iter().any(|word| word.starts_with("--follow="));
    (follows && has(&["tail", "journalctl", "logs", "tailf", "stern"]))
        || has(&["watch", "top", "htop", "iotop", "runserver", "port-forward", "tcpdump", "screen", "stern"])
        || (has(&["-w", "--watch"]) && has(&["kubectl", "oc", "flux"]) && has(&["get"]))
        || (has(&["compose", "docker-compose"]) && has(&["up"]) && !has(&["-d", "--detach", "--wait"]))
        || (words.first() == Some(&"ping") && !words.iter().any(|word| word.starts_with("-c")))
}

fn is_interactive(words: &[&str]) -> bool {
    let program =
        words.iter().find(|word| !matches!(**word, "sudo" | "doas" | "-E")).copied().unwrap_or_default();
    let has = |wanted: &str| words.contains(&wanted);
    matches!(
        program,
        "vi" | "vim"
            | "nvim"
            | "nano"
            | "emacs"
            | "less"
            | "more"
            | "man"
            | "top"
            | "htop"
            | "visudo"
            | "passwd"
            | "read"
            | "fzf"
            | "k9s"
            | "aptitude"
    ) || (program == "crontab" && has("-e"))
        || (matches!(program, "kubectl" | "oc" | "systemctl" | "virsh") && has("edit"))
        || (program == "git" && has("rebase") && (has("-i") || has("--interactive")))
        || (matches!(program, "mysql" | "mysqldump" | "mariadb") && has("-p"))
        || words.windows(2).any(|two| two == ["edit", "credentials"] || two == ["credentials:edit", ""])
        || session_is_console(words)
}

fn session_is_console(words: &[&str]) -> bool {
    session::of(&words.join(" ")) == Some(Session::Console)
}

fn is_network_piped(text: &str) -> bool {
    let fetches = |piece: &str| piece.contains("curl ") || piece.contains("wget ");
    let runs = |piece: &str| {
        let mut words =
            piece.split_whitespace().filter(|word| !matches!(*word, "sudo" | "-E" | "doas" | "env"));
        words.next().is_some_and(|word| {
            matches!(
                word.rsplit('/').next(),
                Some("sh" | "bash" | "zsh" | "python" | "python3" | "perl" | "ruby")
            )
        })
    };
    let pieces: Vec<&str> = text.split('|').collect();
    pieces.windows(2).any(|two| fetches(two[0]) && runs(two[1]))
        || ["bash <(", "sh -c \"$(", "sh -c '$(", "source <(", "eval \"$(", ". <("]
            .iter()
            .any(|mark| text.find(mark).is_some_and(|at| fetches(&text[at..])))
}

/// The name under which a secret stands in the text, if one does.
pub(crate) fn secret(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    for name in [
        "password",
        "passwd",
        "secret",
        "token",
        "api_key",
        "apikey",
        "access_key",
        "pgpassword",
        "passphrase",
        "secret_key",
    ] {
        for (at, _) in lower.match_indices(name) {
            if is_literal(&text[at + name.len()..]) {
                return Some(name.to_owned());
            }
        }
    }
    let url = text.match_indices("://").any(|(at, _)| {
        let rest: &str = text[at + 3..].split(['/', ' ', '"', '\'']).next().unwrap_or_default();
        rest.rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, word)| is_value(word))
    });
    url.then(|| "a password in an address".to_owned())
}

/// Whether `=value` or ` value` with a written-out value follows a secret's name.
fn is_literal(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    let Some(value) = rest.strip_prefix('=').or_else(|| rest.strip_prefix(": ")) else { return false };
    let value = value.trim_start_matches(['"', '\'']);
    is_value(value.split([' ', '"', '\'', '\n', '&', ';', ')', '|']).next().unwrap_or_default())
}

fn is_value(value: &str) -> bool {
    !value.is_empty()
        && !value.starts_with(['$', '<', '{', '[', '*', '/', '`', '(', '.'])
        && !is_program(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[Risk]) {
        assert_eq!(of(text), expected, "{text}");
    }

    #[test]
    fn each_risk_is_seen() {
        check("sudo rm -rf /srv/x", &[Risk::Destructive, Risk::Privileged]);
        check("journalctl -u a -f --no-pager", &[Risk::LongRunning]);
        check("vim .env", &[Risk::Interactive]);
        check("curl -fsSL https://x.sh | sudo bash", &[Risk::Privileged, Risk::NetworkPiped]);
        check("psql postgresql://a:PASSWORD@h/b -c 'select 1'", &[Risk::Secret]);
        check("ssh deploy@<host>", &[Risk::SessionChange]);
        check("docker compose up", &[Risk::LongRunning]);
        check("aws s3 sync a s3://b --delete", &[Risk::Destructive]);
    }

    #[test]
    fn plain_commands_have_none() {
        for text in [
            "docker compose up -d",
            "ls -l",
            "export PGPASSWORD=$PW",
            "curl -fsS https://x/health",
            "tail -n 5 a",
            "git pull",
        ] {
            check(text, &[]);
        }
    }
}

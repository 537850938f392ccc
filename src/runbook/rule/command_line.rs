//! Whether a single line is a command line, by its first words (C2, C6). Of unlabelled blocks only one
//! in three holds commands, so a line must earn it: a known program, a path to one, an assignment.
#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "a shell tells cases apart")]

use crate::runbook::lexicon::{is_cmdlet, is_program};
use crate::runbook::placeholder;
use crate::runbook::shell::lexer;

/// Words that follow a verb in prose and hardly ever a program in a command line.
const PROSE: &str = "the a an your sure that this these those it its to of and or if you we i is are was were be been by on \
there each any all both what when how why which from with as into at";

/// Programs whose names are also everyday verbs or nouns; prose is likelier with them.
const VERBS: &str = "make find test set start stop status time open watch read host file install task start sort split cut \
more less at age code screen just command history service group groups source date mount patch wait touch sleep hub pod forge \
bundle restart vault clear top migrate sum head tail";

/// Whether this line is a command line.
pub(crate) fn is_command(line: &str) -> bool {
    let masked = placeholder::mask(line.trim());
    let words: Vec<&str> = masked.split_whitespace().collect();
    let mut rest = words.as_slice();
    let mut assigned = false;
    while let Some(word) = rest.first() {
        let assignment = lexer::is_assignment(word);
        if !assignment && !matches!(*word, "sudo" | "time" | "nohup" | "exec" | "env" | "doas") {
            break;
        }
        if *word == "sudo" && rest.len() > 1 {
            return true;
        }
        assigned |= assignment;
        rest = &rest[1..];
    }
    let Some(first) = rest.first() else { return assigned && !is_prose_assignment(&words) };
    let first = first.trim_start_matches(['(', '!']).trim_end_matches(';');
    let second = rest.get(1).copied().unwrap_or_default();
    if is_path(first) {
        return is_executable_path(first, rest.len());
    }
    let known = is_program(first) || is_cmdlet(first);
    known && !reads_as_prose(first, second, rest)
}

/// Whether this line of a labelled shell block could be a command of a program that no list knows:
/// not a sentence, a setting, a heading of a table or a bare option.
pub(crate) fn may_be_command(line: &str) -> bool {
    let masked = placeholder::mask(line.trim());
    let words: Vec<&str> = masked.split_whitespace().collect();
    let (Some(first), second) = (words.first(), words.get(1).copied().unwrap_or_default()) else {
        return false;
    };
    let head = first.trim_start_matches(['(', '!', '"', '\'', '{', '[', '}', ')', '&', '|', ';', '@']);
    let lead = head.starts_with(|letter: char| {
        letter.is_ascii_lowercase() || matches!(letter, '.' | '/' | '~' | '$' | '<' | '_' | '%')
    });
    let letters = head
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "._/~$-+<>{}:=\"'()@;,*%\\[]".contains(letter));
    let prose = matches!(
        second,
        "is" | "are" | "was" | "were" | "the" | "a" | "will" | "should" | "does" | "=" | ":" | ":=" | "=>"
    );
    let call = head.contains('(') && line.contains('[') && line.contains(')');
    let punctuation = head.is_empty() && words.len() == 1;
    let block =
        line.trim_end().ends_with('{') && words.len() < 4 && !line.contains('(') && *first != "function";
    let table = words.iter().take(5).filter(|word| **word == "*").count() > 1;
    if (block && !punctuation) || table {
        return false;
    }
    is_command(line)
        || punctuation
        || (lead
            && letters
            && !prose
            && !call
            && !head.ends_with(':')
            && !head.ends_with(',')
            && !first.starts_with("- "))
        || (first.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'))
            && words.iter().any(|word| word.starts_with("--")))
}

/// Whether this line is an HTTP request: `GET /path`.
pub(crate) fn is_request(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let verb = matches!(words.next(), Some("GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS"));
    verb && words.next().is_some_and(|target| target.starts_with('/') || target.starts_with("http"))
        && words.count() < 2
}

/// Whether this line is a statement of SQL.
pub(crate) fn is_sql(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default().trim_end_matches(';');
    let verbs = [
        "SELECT",
        "UPDATE",
        "INSERT",
        "ALTER",
        "CREATE",
        "DROP",
        "DELETE",
        "VACUUM",
        "REINDEX",
        "ANALYZE",
        "GRANT",
        "REVOKE",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "EXPLAIN",
        "SHOW",
        "TRUNCATE",
        "CHECKPOINT",
        "USE",
        "CALL",
    ];
    verbs.contains(&word)
        || (verbs.iter().any(|verb| verb.eq_ignore_ascii_case(word))
            && line.trim_end().ends_with(';')
            && line.contains(' '))
}

/// Whether this program's name is also an everyday word.
pub(crate) fn is_everyday(word: &str) -> bool {
    VERBS.split_whitespace().any(|verb| verb == word)
}

fn is_prose_assignment(words: &[&str]) -> bool {
    words.iter().any(|word| word.ends_with('=') && words.len() > 1)
}

fn is_path(word: &str) -> bool {
    ["./", "../", "/", "~/", "bin/", "scripts/", "script/", "tools/", "hack/", "venv/", ".venv/"]
        .iter()
        .any(|start| word.starts_with(start))
        || word.ends_with(".sh")
        || word.ends_with(".ps1")
        || (word.starts_with('$') && word.contains('/'))
}

/// A bare path may only name a file; with arguments, or as a script, it is run.
fn is_executable_path(word: &str, words: usize) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    let document = [
        ".md", ".yml", ".yaml", ".json", ".conf", ".log", ".txt", ".env", ".toml", ".ini", ".service",
        ".html", ".xml", ".csv", ".sql", ".go", ".ts", ".js", ".tf",
    ];
    let named = !name.is_empty() && !document.iter().any(|end| name.ends_with(end)) && !word.ends_with(':');
    let script = word.starts_with("./")
        || (words > 1
            && ["scripts/", "script/", "tools/", "hack/"].iter().any(|start| word.starts_with(start)))
        || name.ends_with(".sh")
        || name.ends_with(".py")
        || name.ends_with(".ps1")
        || word.contains("bin/");
    named && (script || (words > 1 && (is_program(name) || name.contains('.') || word.contains("bin"))))
}

fn reads_as_prose(first: &str, second: &str, words: &[&str]) -> bool {
    let everyday = is_everyday(first);
    let option = words.iter().any(|word| word.starts_with('-') && word.len() > 1);
    let lower = second.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    let prose = PROSE.split_whitespace().any(|word| word == lower);
    let sentence =
        words.len() > 4 && words.last().is_some_and(|word| word.ends_with('.') && word.len() > 2) && everyday;
    let capital =
        second.chars().next().is_some_and(char::is_uppercase) && everyday && !option && words.len() > 3;
    (prose && !option && second != ".") || sentence || capital || second.starts_with(',') || first == "I"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: bool, lines: &[&str]) {
        for line in lines {
            assert_eq!(is_command(line), expected, "{line}");
        }
    }

    #[test]
    fn known_programs_paths_and_assignments_are_commands() {
        check(
            true,
            &[
                "kubectl get pods -A",
                "sudo -u deploy git pull",
                "./mediastack.sh up",
                "FOO=1 make install",
                "X=$(date)",
                "bash ./a.sh",
                "export A=b",
                "/usr/local/bin/x --y",
                "find . -name x",
                "make",
                "git clone <repo> && cd x",
                "Get-Service x",
                "python manage.py migrate",
            ],
        );
    }

    #[test]
    fn sentences_and_names_are_not() {
        check(
            false,
            &[
                "make sure the service is up",
                "find the pod",
                "NAME READY STATUS",
                "apiVersion: v1",
                "/etc/app/config.yaml",
                "docs/a.md",
                "set the flag to true.",
                "error: not found",
                "name = value",
                "<make changes>",
            ],
        );
    }

    #[test]
    fn requests_and_sql_are_told_apart() {
        assert!(is_request("GET /api/v1/x") && !is_request("GET the thing"));
        assert!(is_sql("SELECT 1;") && is_sql("select * from a;") && !is_sql("Update the file"));
    }
}

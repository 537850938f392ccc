//! Recorded sessions: which lines were typed and which were printed (C1). 47 % of the blocks with
//! prompts mix in output, so as soon as one line has a prompt, only such lines are commands.

use super::command_line;

/// A typed command: its lines in the block (from 0) and its text, prompts removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Typed {
    /// Its first line in the block, from 0.
    pub(crate) first: usize,
    /// Its last line in the block, from 0.
    pub(crate) last: usize,
    /// Its text.
    pub(crate) text: String,
    /// Whether it was typed at a console that is not a shell.
    pub(crate) console: bool,
}

/// The typed lines of a session; none where no line has a prompt.
pub(crate) fn typed(text: &str, root: bool) -> Option<Vec<Typed>> {
    let lines: Vec<&str> = text.lines().collect();
    let angled = lines.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| angle(line).is_some());
    let strip = |line: &str| {
        strip(line, root)
            .or_else(|| angle(line).filter(|_| angled))
            .map(|(rest, console)| (rest.to_owned(), console))
    };
    if !lines.iter().any(|line| strip(line).is_some()) {
        return None;
    }
    let mut found: Vec<Typed> = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let Some((rest, console)) = strip(lines[index]) else {
            index += 1;
            continue;
        };
        let mut typed = Typed { first: index, last: index, text: rest.trim_end().to_owned(), console };
        while continues(&typed.text)
            && typed.last + 1 < lines.len()
            && (strip(lines[typed.last + 1]).is_none() || lines[typed.last + 1].starts_with("> "))
        {
            typed.last += 1;
            let next = lines[typed.last];
            typed.text.push('\n');
            typed.text.push_str(next.strip_prefix("> ").unwrap_or(next));
        }
        index = typed.last + 1;
        if !typed.text.trim().is_empty() {
            join(&mut found, typed);
        }
    }
    Some(found)
}

/// Lines typed one right after the other are one block.
fn join(found: &mut Vec<Typed>, typed: Typed) {
    match found.last_mut() {
        Some(last) if last.last + 1 == typed.first && last.console == typed.console => {
            last.last = typed.last;
            last.text.push('\n');
            last.text.push_str(&typed.text);
        }
        _ => found.push(typed),
    }
}

fn continues(text: &str) -> bool {
    let open = |mark: char| text.matches(mark).count() % 2 == 1;
    text.ends_with('\\')
        || text.ends_with("&&")
        || text.ends_with('|')
        || open('\'')
        || (open('"') && !text.contains("\\\""))
        || text.split("<<").nth(1).is_some_and(|rest| !rest.starts_with('<') && heredoc_is_open(text, rest))
}

fn heredoc_is_open(text: &str, rest: &str) -> bool {
    let word = rest.trim_start_matches(['-', ' ']).split_whitespace().next().unwrap_or_default();
    let delimiter = word.trim_matches(['"', '\'']);
    !text.lines().skip(1).any(|line| line.trim() == delimiter)
}

/// The line without its prompt, and whether the prompt is that of a console.
fn strip(line: &str, root: bool) -> Option<(&str, bool)> {
    let trimmed = line.trim_start();
    for mark in ["$ ", "% ", "❯ ", "➜ ", "✗ ", "PS> ", "λ "] {
        if let Some(rest) = trimmed.strip_prefix(mark) {
            return Some((rest, false));
        }
    }
    if matches!(trimmed, "$" | "%") {
        return Some(("", false));
    }
    if let Some(rest) = trimmed.strip_prefix('$')
        && command_line::is_command(rest)
        && !rest.starts_with(['(', '{'])
        && rest.contains(' ')
    {
        return Some((rest, false));
    }
    if root && let Some(rest) = trimmed.strip_prefix("# ") {
        return Some((rest, false));
    }
    named(trimmed).or_else(|| console(trimmed).map(|rest| (rest, true)))
}

/// `> command`, the prompt of some shells and documents.
fn angle(line: &str) -> Option<(&str, bool)> {
    let rest = line.strip_prefix("> ")?;
    command_line::is_command(rest).then_some((rest, false))
}

/// `user@host:~$ `, `[root@host dir]# `, `(venv) $ `, `bash-5.1$ `, `host:dir user$ `, `PS C:\> `.
fn named(line: &str) -> Option<(&str, bool)> {
    if line.starts_with("PS ") {
        return line
            .split_once("> ")
            .filter(|(path, _)| !path[3..].contains(' '))
            .map(|(_, rest)| (rest, false));
    }
    let end = ["$ ", "# ", "% ", "> "].iter().filter_map(|mark| line.find(mark)).min()?;
    let (prompt, rest) = (&line[..end], &line[end + 2..]);
    let bracketed = prompt.starts_with('[') && prompt.ends_with(']') && prompt.contains('@');
    let user =
        prompt.contains('@') && !prompt.contains(' ') && prompt.len() < 80 && !line[end..].starts_with("> ");
    let host = prompt.matches(' ').count() == 1
        && prompt.contains(':')
        && line[end..].starts_with("$ ")
        && prompt.len() < 60
        && !prompt.contains(": ");
    let venv = prompt.starts_with('(') && prompt.trim_end().ends_with(')') && line[end..].starts_with("$ ");
    let shell = (prompt.starts_with("bash-") || prompt.starts_with("sh-")) && !prompt.contains(' ');
    let spaced = prompt.ends_with(' ') && prompt.contains('@') && !prompt.trim_end().contains(' ');
    let path = line[end..].starts_with("$ ")
        && (prompt.starts_with('~') || prompt.starts_with('/'))
        && !prompt.contains([' ', '$', '"', '\'']);
    (bracketed || user || host || venv || shell || spaced || path).then_some((rest, false))
}

/// `>>> `, `mysql> `, `db=# `, `irb(main):001> `.
fn console(line: &str) -> Option<&str> {
    if let Some(rest) = line.strip_prefix(">>> ").or_else(|| line.strip_prefix("... ")) {
        return Some(rest);
    }
    let names = [
        "mysql",
        "mariadb",
        "sqlite",
        "irb",
        "pry",
        "redis",
        "mongo",
        "test",
        "ftp",
        "sftp",
        "cqlsh",
        "rs0",
        "gitlabhq",
        "postgres",
        "127.0.0.1",
    ];
    let end = ["> ", "=# ", "=> ", "-# "]
        .iter()
        .filter_map(|mark| line.find(mark).map(|at| (at, mark.len())))
        .min()?;
    let prompt = &line[..end.0];
    let known = names.iter().any(|name| prompt.to_lowercase().starts_with(name)) && !prompt.contains(' ');
    let database = line[end.0..].starts_with("=#") && !prompt.is_empty() && !prompt.contains([' ', '-']);
    (known || database).then(|| &line[end.0 + end.1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, root: bool, expected: &[(usize, usize, &str)]) {
        let got = typed(text, root).unwrap_or_default();
        let got: Vec<_> = got.iter().map(|one| (one.first, one.last, one.text.as_str())).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn only_typed_lines_are_commands() {
        check("$ ls\na b\n\n$ id \\\n  -u\n0", false, &[(0, 0, "ls"), (3, 4, "id \\\n  -u")]);
        check("user@host:~$ ls\nx", false, &[(0, 0, "ls")]);
        check("~$ juju models\nx y", false, &[(0, 0, "juju models")]);
        check("user@host $ ls\nx", false, &[(0, 0, "ls")]);
        check("> java -jar a.jar -h\nUsage: a", false, &[(0, 0, "java -jar a.jar -h")]);
        check("[root@h ~]# ls\nx", false, &[(0, 0, "ls")]);
        check("mac:repo jane.doe$ git diff\n--- a", false, &[(0, 0, "git diff")]);
    }

    #[test]
    fn neighbours_form_one_block() {
        check("$ a\n$ b", false, &[(0, 1, "a\nb")]);
    }

    #[test]
    fn a_root_prompt_counts_only_where_it_is_expected() {
        check("# gluster volume reset x", true, &[(0, 0, "gluster volume reset x")]);
        assert_eq!(typed("# a comment\nls", false), None);
    }

    #[test]
    fn consoles_are_told_apart() {
        let got = typed(">>> import os", false).unwrap_or_default();
        assert!(got.iter().all(|one| one.console) && got.len() == 1);
    }
}

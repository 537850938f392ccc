//! What a block of code is: commands, a recorded session, output, or something that is no command at
//! all (C1, C2, C3, C7). A labelled shell fence holds commands in 98 % of cases, an unlabelled one in 34 %.

use super::{command_line, prompt};
use crate::runbook::node::Code;
use crate::runbook::shell::{lexer, statement};
use crate::runbook::{Confidence, Language};

/// A run of lines to execute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Its first line in the block, from 0.
    pub(crate) first: usize,
    /// Its text, prompts removed.
    pub(crate) text: String,
    /// Which tool understands it.
    pub(crate) language: Language,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Class {
    /// To be executed.
    Commands { segments: Vec<Segment>, confidence: Confidence },
    /// Printed by a command.
    Output,
    /// Anything else.
    Other,
}

/// How a block is labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Shell,
    Session,
    Foreign(Language),
    Unknown,
    Output,
    Other,
}

/// What this block is; `announced` says that the text before it announces output (C3: without it,
/// the precision of command lines falls from 0.993 to 0.953).
pub(crate) fn classify(code: &Code, announced: bool) -> Class {
    let tag = tag(&code.info);
    let text = code.text.as_str();
    if text.trim().is_empty() {
        return Class::Other;
    }
    let copied = code.info.contains("no-copy");
    let root = copied || tag == Tag::Session;
    if matches!(tag, Tag::Shell | Tag::Session | Tag::Unknown)
        && let Some(typed) = prompt::typed(text, root && all_root(text))
    {
        return session(typed, announced);
    }
    match tag {
        _ if announced || copied => Class::Output,
        Tag::Shell | Tag::Session => shell(text),
        Tag::Unknown => unlabelled(code),
        Tag::Foreign(language) => foreign(text, language),
        Tag::Output => Class::Output,
        Tag::Other => Class::Other,
    }
}

fn tag(info: &str) -> Tag {
    let words: Vec<String> = info
        .split([' ', ',', '{', '}', ':', '=', '\t'])
        .map(|word| word.trim_matches(['.', '"', '`']).to_ascii_lowercase())
        .filter(|word| {
            !word.is_empty() && !matches!(word.as_str(), "code-block" | "code" | "no-copy" | "bad" | "good")
        })
        .collect();
    match words.first().map_or("", String::as_str) {
        "bash" | "sh" | "shell" | "zsh" | "ksh" | "fish" | "dash" | "commandline" | "cli" | "bashsession"
        | "command" => Tag::Shell,
        "console" | "shell-session" | "shellsession" | "terminal" | "sh-session" | "term" => Tag::Session,
        "powershell" | "ps1" | "pwsh" | "ps" | "posh" => Tag::Foreign(Language::Powershell),
        "sql" | "psql" | "mysql" | "pgsql" | "plpgsql" | "postgresql" | "postgres" => {
            Tag::Foreign(Language::Sql)
        }
        "http" | "rest" => Tag::Foreign(Language::Http),
        "promql" => Tag::Foreign(Language::Promql),
        "" | "text" | "txt" | "plain" | "plaintext" | "none" | "nohighlight" => Tag::Unknown,
        "output" | "log" | "logs" | "stdout" => Tag::Output,
        _ => Tag::Other,
    }
}

/// Whether every line that begins with `# ` names a program: then it is the prompt of root.
fn all_root(text: &str) -> bool {
    let marked: Vec<&str> = text.lines().filter_map(|line| line.trim_start().strip_prefix("# ")).collect();
    let others =
        text.lines().any(|line| !line.trim_start().starts_with('#') && command_line::is_command(line));
    !marked.is_empty()
        && !others
        && marked.iter().all(|line| command_line::is_command(line) || line.split(' ').count() < 3)
}

fn session(typed: Vec<prompt::Typed>, announced: bool) -> Class {
    let segments: Vec<Segment> = typed
        .into_iter()
        .filter(|one| !statement::is_comment_only(&one.text))
        .map(|one| {
            let sql = one.text.lines().next().is_some_and(command_line::is_sql);
            let language = match (one.console, sql) {
                (_, true) => Language::Sql,
                (true, false) => Language::Repl,
                (false, false) => Language::Shell,
            };
            Segment { first: one.first, text: one.text, language }
        })
        .collect();
    if segments.is_empty() || announced {
        return Class::Output;
    }
    Class::Commands { segments, confidence: Confidence::High }
}

fn shell(text: &str) -> Class {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if first.starts_with("#!") || statement::is_comment_only(text) {
        return Class::Other;
    }
    let logical = logical_lines(text);
    let known = logical.iter().filter(|(_, line)| command_line::is_command(line)).count();
    if known == 0 && looks_like_output(text) {
        return Class::Output;
    }
    if !logical.is_empty() && logical.iter().all(|(_, line)| command_line::is_request(line)) {
        return foreign(text, Language::Http);
    }
    if logical.first().is_some_and(|(_, line)| command_line::is_sql(line)) && known == 0 {
        return foreign(text, Language::Sql);
    }
    match leading_command(text, &logical, false) {
        Some(alone) if known == 1 => commands(vec![alone], Confidence::High),
        _ => plausible_part(text, &logical),
    }
}

/// The block as far as its lines could be commands: all of it, its beginning above recorded output, or
/// nothing where prose, settings or tables prevail.
fn plausible_part(text: &str, logical: &[(usize, String)]) -> Class {
    let could: Vec<bool> =
        logical.iter().map(|(_, line)| is_manual(line) || command_line::may_be_command(line)).collect();
    let Some(stop) = could.iter().position(|could| !could) else {
        return commands(manual_parts(text), Confidence::High);
    };
    let refused = could.iter().filter(|could| !**could).count();
    let below = could.len() - stop;
    if stop == 0 && refused * 2 >= could.len() {
        return if looks_like_output(text) { Class::Output } else { Class::Other };
    }
    if stop > 0 && refused * 10 >= below * 4 {
        let typed: Vec<&str> = text.lines().take(logical[stop].0).collect();
        return commands(manual_parts(typed.join("\n").trim_end()), Confidence::High);
    }
    commands(manual_parts(text), Confidence::Medium)
}

fn commands(segments: Vec<Segment>, confidence: Confidence) -> Class {
    if segments.is_empty() { Class::Other } else { Class::Commands { segments, confidence } }
}

fn foreign(text: &str, language: Language) -> Class {
    let segment = Segment { first: 0, text: text.to_owned(), language };
    Class::Commands { segments: vec![segment], confidence: Confidence::High }
}

/// An unlabelled block earns it: at least 60 % of its logical lines are command lines.
fn unlabelled(code: &Code) -> Class {
    let text = code.text.as_str();
    let logical = logical_lines(text);
    let lines: Vec<&str> = logical.iter().map(|(_, line)| line.as_str()).collect();
    if lines.is_empty() || text.trim_start().starts_with("#!") {
        return Class::Other;
    }
    if lines.iter().all(|line| command_line::is_request(line)) {
        return foreign(text, Language::Http);
    }
    if command_line::is_sql(lines[0]) {
        return foreign(text, Language::Sql);
    }
    let manual = lines.iter().filter(|line| is_manual(line)).count();
    let known = lines.iter().filter(|line| command_line::is_command(line)).count();
    if let Some(alone) = leading_command(text, &logical, true)
        && known == 1
        && lines.len() > 1
    {
        return commands(vec![alone], Confidence::High);
    }
    let counted = lines.len() - manual;
    if known == 0 || known * 10 < counted * 6 || !command_line::is_command(first_real(&lines)) {
        return if looks_like_output(text) { Class::Output } else { Class::Other };
    }
    let confidence = if known == counted { Confidence::High } else { Confidence::Medium };
    commands(manual_parts(text), confidence)
}

fn first_real<'a>(lines: &[&'a str]) -> &'a str {
    lines.iter().find(|line| !is_manual(line)).copied().unwrap_or_default()
}

/// Lines with continuations joined, heredocs skipped, comments and blanks left out; each with its
/// line in the block.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let masked = crate::runbook::placeholder::mask(text);
    let scan = lexer::scan(&masked);
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut offset = 0;
    let mut joined = false;
    for (index, line) in text.split('\n').enumerate() {
        let inside = offset > 0
            && scan.whole
            && matches!(
                scan.contexts.get(offset),
                Some(
                    lexer::Context::Heredoc
                        | lexer::Context::Verbatim
                        | lexer::Context::Single
                        | lexer::Context::Double
                        | lexer::Context::Ansi
                )
            );
        let trimmed = line.trim();
        let next_joined = trimmed.ends_with('\\')
            || trimmed.ends_with("&&")
            || trimmed.ends_with('|')
            || trimmed.ends_with("||");
        if joined {
            if let Some((_, last)) = found.last_mut() {
                last.push(' ');
                last.push_str(trimmed);
            }
        } else if !inside && !trimmed.is_empty() && !trimmed.starts_with('#') && !is_keyword(trimmed) {
            found.push((index, trimmed.to_owned()));
        }
        joined = next_joined && (joined || !inside) && !trimmed.starts_with('#');
        offset += line.len() + 1;
    }
    found
}

fn is_keyword(line: &str) -> bool {
    let word = line.split([' ', ';']).next().unwrap_or_default();
    matches!(word, "done" | "fi" | "esac" | "else" | "then" | "do" | "}" | "{" | ")" | "EOF" | ";;")
        || line.ends_with("() {")
        || matches!(word, "for" | "while" | "if" | "elif" | "until" | "case")
}

/// The command of a block in which one command line stands first and recorded output follows it.
fn leading_command(text: &str, logical: &[(usize, String)], trusting: bool) -> Option<Segment> {
    let (first, line) = logical.first()?;
    let (second, _) = logical.get(1)?;
    if !command_line::is_command(line) {
        return None;
    }
    let lines: Vec<&str> = text.lines().collect();
    let gap = lines.get(*first + 1..*second)?.iter().any(|line| line.trim().is_empty());
    let rest: String = lines.get(*second..)?.join("\n");
    if !(looks_like_output(&rest)
        || (trusting && gap && !logical[1..].iter().any(|(_, line)| is_plausible(line))))
    {
        return None;
    }
    let end = (*second - 1).max(*first);
    let typed = lines.get(*first..=end)?.join("\n").trim_end().to_owned();
    Some(Segment { first: *first, text: typed, language: Language::Shell })
}

/// Whether the line could be a command of a program that is not in the lexicon.
fn is_plausible(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    command_line::is_command(line)
        || (line.contains(" --") && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
}

/// A line that is nothing but `<do something>` asks for work by hand.
fn is_manual(line: &str) -> bool {
    let trimmed = line.trim();
    trimmed.starts_with('<') && trimmed.ends_with('>') && trimmed.contains(' ') && !trimmed[1..].contains('<')
        || matches!(trimmed, "..." | "…")
}

/// The block without its lines of work by hand: one segment between two of them.
fn manual_parts(text: &str) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut open = false;
    for (index, line) in text.split('\n').enumerate() {
        if is_manual(line) {
            open = false;
        } else if open {
            if let Some(last) = segments.last_mut() {
                last.text.push('\n');
                last.text.push_str(line);
            }
        } else if !line.trim().is_empty() {
            segments.push(Segment { first: index, text: line.to_owned(), language: Language::Shell });
            open = true;
        }
    }
    for segment in &mut segments {
        segment.text.truncate(segment.text.trim_end().len());
    }
    segments.retain(|segment| !statement::is_comment_only(&segment.text));
    segments
}

/// Tables, logs, listings, structured data.
pub(crate) fn looks_like_output(text: &str) -> bool {
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()).map(str::trim) else { return false };
    let words: Vec<&str> = first.split_whitespace().collect();
    let upper = |word: &&str| {
        word.len() > 1
            && word.chars().all(|letter| {
                letter.is_ascii_uppercase() || matches!(letter, '-' | '_' | '(' | ')' | '%' | '/' | '.')
            })
    };
    let header = words.len() >= 2
        && first.contains("  ")
        && words.iter().filter(|word| upper(word)).count() * 2 >= words.len();
    let dated = first.len() > 10
        && first.as_bytes()[..4].iter().all(u8::is_ascii_digit)
        && first.as_bytes()[4] == b'-';
    let marks = [
        "{",
        "[{",
        "[\"",
        "+--",
        "---",
        "===",
        "│",
        "┌",
        "├",
        "●",
        "✓",
        "✔",
        "* ",
        "|",
        "<?xml",
        "HTTP/",
        "diff --git",
        "commit ",
    ];
    let words_of_output = [
        "error",
        "warning",
        "info",
        "status",
        "usage",
        "traceback",
        "fatal",
        "deleted",
        "created",
        "name",
        "loaded",
        "server",
        "client",
    ];
    let labelled = first
        .split_once(':')
        .is_some_and(|(label, _)| words_of_output.contains(&label.trim().to_lowercase().as_str()));
    let first_word = words.first().copied().unwrap_or_default();
    let sized = words.len() > 1 && first_word.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    header || dated || labelled || sized || marks.iter().any(|mark| first.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::node::Carrier;

    fn classed(info: &str, text: &str, announced: bool) -> Class {
        let code = Code { carrier: Carrier::Fence, info: info.to_owned(), text: text.to_owned(), first: 1 };
        classify(&code, announced)
    }

    fn check(info: &str, text: &str, expected: &[(usize, &str)]) {
        let got = match classed(info, text, false) {
            Class::Commands { segments, .. } => segments,
            _ => Vec::new(),
        };
        let got: Vec<_> = got.iter().map(|one| (one.first, one.text.as_str())).collect();
        assert_eq!(got, expected, "{info}: {text}");
    }

    #[test]
    fn a_shell_fence_holds_commands() {
        check("bash", "foo --bar\nbaz", &[(0, "foo --bar\nbaz")]);
        check("{ .bash .annotate }", "ls", &[(0, "ls")]);
    }

    #[test]
    fn scripts_comments_and_tables_in_a_shell_fence_are_not_commands() {
        check("bash", "#!/bin/sh\nls", &[]);
        check("sh", "Note :\nEnable command performs the following\nAlso if it fails check the logs", &[]);
        check("bash", "initContainers:\n- command:\n  - cp", &[]);
        check("bash", "rate(clones[30m]) > 10", &[]);
        check("bash", "provider \"aws\" {", &[]);
        check("bash", "0 2 * * * cd /srv && ./save", &[]);
        check(
            "console",
            "net view x\n\nShared resources at x\n\nThe command completed.",
            &[(0, "net view x")],
        );
        check(
            "sh",
            "juju deploy mysql --channel=8.0\nfrobnicate now",
            &[(0, "juju deploy mysql --channel=8.0\nfrobnicate now")],
        );
        check("bash", "# nothing to run\n# here", &[]);
        check("sh", "NAME      READY   STATUS\nweb-0     1/1     Running", &[]);
    }

    #[test]
    fn an_unlabelled_fence_must_earn_it() {
        check("", "git pull\nmake build", &[(0, "git pull\nmake build")]);
        check("", "apiVersion: v1\nkind: Pod", &[]);
        check("", "We hit an issue\nand rolled back", &[]);
        check("yaml", "git: pull", &[]);
    }

    #[test]
    fn announced_output_is_never_a_command() {
        assert_eq!(classed("bash", "git status", true), Class::Output);
        assert_eq!(classed("console", "$ git status\nclean", true), Class::Output);
    }

    #[test]
    fn output_below_one_command_is_cut_off() {
        check("", "git log\n\ncommit 0a8c473a\nAuthor: A", &[(0, "git log")]);
        check("bash", "git log\n\ncommit 0a8c473a\nAuthor: A", &[(0, "git log")]);
    }

    #[test]
    fn work_by_hand_splits_a_block() {
        check(
            "",
            "git checkout -b x\n<make the changes>\ngit add -A",
            &[(0, "git checkout -b x"), (2, "git add -A")],
        );
    }

    #[test]
    fn other_languages_keep_their_kind() {
        let language = |info: &str, text: &str| match classed(info, text, false) {
            Class::Commands { segments, .. } => segments.first().map(|one| one.language),
            _ => None,
        };
        assert_eq!(language("sql", "SELECT 1;"), Some(Language::Sql));
        assert_eq!(language("", "GET /api/x"), Some(Language::Http));
        assert_eq!(language("sh", "for i in 1 2 3; do echo $i; done"), Some(Language::Shell));
        assert_eq!(language("bash", "while sleep 1; do date; done"), Some(Language::Shell));
        assert_eq!(language("powershell", "Get-Service"), Some(Language::Powershell));
        assert_eq!(language("json", "{}"), None);
    }
}

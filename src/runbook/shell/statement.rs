//! Splits a block into its statements, each with the comment above it; one statement with the whole
//! text wherever a split could change what the block does.

use super::lexer;
use super::session;
use crate::runbook::placeholder;
use crate::runbook::{LineRange, Statement};

/// A block of more statements than this is a script and runs as one.
const MOST: usize = 40;

/// The statements of a text whose first line is this line of the document.
pub(crate) fn split(text: &str, first: usize) -> Vec<Statement> {
    let masked = placeholder::mask(text);
    let scan = lexer::scan(&masked);
    let pieces = if scan.whole && !is_script(&masked) { pieces(text, &scan.breaks) } else { Vec::new() };
    let statements = collect(&pieces, first);
    if statements.is_empty() || statements.len() > MOST {
        return vec![single(text, first)];
    }
    statements
}

/// Whether nothing in the text is executed: empty, or comments only.
pub(crate) fn is_comment_only(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

fn is_script(text: &str) -> bool {
    let word = |wanted: &str| text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == wanted);
    text.trim_start().starts_with("#!") || (word("trap") && word("set"))
}

fn single(text: &str, first: usize) -> Statement {
    let last = first + text.matches('\n').count();
    Statement {
        text: text.to_owned(),
        lines: LineRange { first, last },
        comment: None,
        session: session::of(text),
    }
}

/// The text between the breaks, each with the number of lines before it.
fn pieces<'a>(text: &'a str, breaks: &[usize]) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    let (mut start, mut before) = (0, 0);
    for at in breaks.iter().copied().chain([text.len()]) {
        let piece = &text[start.min(at)..at];
        found.push((before, piece));
        before += piece.matches('\n').count() + 1;
        start = at + 1;
    }
    found
}

fn collect(pieces: &[(usize, &str)], first: usize) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for (before, piece) in pieces {
        let trimmed = piece.trim();
        if trimmed.is_empty() {
            continue;
        }
        if let Some(words) = trimmed.strip_prefix('#') {
            comment.push(words.trim_start_matches('#').trim());
            continue;
        }
        let start = first + before;
        let last = start + piece.matches('\n').count();
        let joined = comment.join(" ");
        comment.clear();
        statements.push(Statement {
            text: trimmed.to_owned(),
            lines: LineRange { first: start, last },
            comment: (!joined.is_empty()).then_some(joined),
            session: session::of(trimmed),
        });
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, usize, &str, &str)]) {
        let got = split(text, 10);
        let got: Vec<_> = got
            .iter()
            .map(|one| {
                (one.lines.first, one.lines.last, one.text.as_str(), one.comment.as_deref().unwrap_or(""))
            })
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn comments_belong_to_the_statement_below() {
        check(
            "# Set slug\nexport A=1\n\n# Go\n# on\nls\\\n -l",
            &[(11, 11, "export A=1", "Set slug"), (15, 16, "ls\\\n -l", "Go on")],
        );
    }

    #[test]
    fn placeholders_do_not_look_like_redirections() {
        check("ssh <user's host>\nls", &[(10, 10, "ssh <user's host>", ""), (11, 11, "ls", "")]);
    }

    #[test]
    fn a_heredoc_keeps_its_last_line_with_and_without_a_line_feed() {
        let text = "cat <<'E'\none\nEND\nE";
        check(text, &[(10, 13, text, "")]);
        check(&format!("{text}\nls\n"), &[(10, 13, text, ""), (14, 14, "ls", "")]);
    }

    #[test]
    fn in_doubt_the_block_stays_whole() {
        check("echo 'a\nls", &[(10, 11, "echo 'a\nls", "")]);
        check("#!/bin/sh\nls\nid", &[(10, 12, "#!/bin/sh\nls\nid", "")]);
        check("set -e\ntrap 'rm x' EXIT\nls", &[(10, 12, "set -e\ntrap 'rm x' EXIT\nls", "")]);
    }

    #[test]
    fn a_long_block_is_a_script() {
        assert_eq!(split(&"ls\n".repeat(41), 1).len(), 1);
        assert_eq!(split(&"ls\n".repeat(40), 1).len(), 40);
    }
}

//! Rules about the commands of a runbook.

use super::{blocks, finding};
use crate::runbook::placeholder::{self, find};
use crate::runbook::rule::{code, prompt};
use crate::runbook::shell::{risk, statement};
use crate::runbook::{Block, Diagnostic, Form, Item, Language, Risk, Role, Runbook, Session, assemble};

/// Findings in commands.
pub(super) fn check(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    let exists = assemble::known_names(runbook);
    let rollback = runbook.phases.iter().any(|phase| phase.role == Role::Rollback)
        || crate::runbook::lexicon::says_any!(&runbook.source.text, &["rollback", "roll back"]);
    for (_, _, item, block) in blocks(runbook) {
        if block.language == Language::Shell {
            letters(item, block, found);
            placeholders(item, block, found);
            risks(item, block, rollback, found);
            session(block, found);
            for name in placeholder::required(&block.text, &|name| exists.contains(name)) {
                if block.text.contains(&format!("${name}")) || block.text.contains(&format!("${{{name}")) {
                    let message = format!("the variable {name} is used and never set");
                    found.push(finding(
                        "unset-variable",
                        item.lines.first,
                        message,
                        "set it in an earlier step, or it is asked for",
                    ));
                }
            }
        }
    }
    fences(runbook, found);
}

fn letters(item: &Item, block: &Block, found: &mut Vec<Diagnostic>) {
    for (index, line) in block.text.lines().enumerate() {
        let Some(letter) = line.chars().find(|letter| is_misleading(*letter)) else { continue };
        let message = format!("the command holds the character U+{:04X}", u32::from(letter));
        found.push(finding(
            "misleading-character",
            item.lines.first + index,
            message,
            "type the plain quote, space or dash that the shell expects",
        ));
    }
}

fn is_misleading(letter: char) -> bool {
    matches!(letter, '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' | '\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn placeholders(item: &Item, block: &Block, found: &mut Vec<Diagnostic>) {
    let (mut line, mut counted) = (item.lines.first, 0);
    for one in find::find(&block.text) {
        line += block.text[counted..one.range.start].matches('\n').count();
        counted = one.range.start;
        if block.text[one.range.clone()].starts_with('<') {
            let message = format!("a shell would read from a file called `{}`", one.name);
            found.push(finding(
                "placeholder-redirects",
                line,
                message,
                "its value is asked for before the command can run",
            ));
        }
    }
}

fn risks(item: &Item, block: &Block, rollback: bool, found: &mut Vec<Diagnostic>) {
    let line = item.lines.first;
    for risk in &block.risks {
        match risk {
            Risk::NetworkPiped => found.push(finding(
                "curl-pipe-shell",
                line,
                "the command executes what it downloads",
                "download, check, then run",
            )),
            Risk::LongRunning => found.push(finding(
                "long-running-command",
                line,
                "the command runs until it is stopped",
                "it is stopped with a key when you have seen enough",
            )),
            Risk::Interactive => found.push(finding(
                "interactive-command",
                line,
                "the command wants a person at the keyboard",
                "prefer a form that needs no answer",
            )),
            Risk::Secret => {
                let what = risk::secret(&block.text).unwrap_or_else(|| "a secret".to_owned());
                found.push(finding(
                    "secret-in-command",
                    line,
                    format!("{what} is written into the command"),
                    "take it from a file, the environment or a prompt",
                ));
            }
            Risk::Destructive if !rollback => {
                found.push(finding(
                    "destructive-without-rollback",
                    line,
                    "the command deletes or overwrites and the runbook names no way back",
                    "add a rollback section",
                ));
            }
            _ => {}
        }
    }
}

fn session(block: &Block, found: &mut Vec<Diagnostic>) {
    for (index, one) in block.statements.iter().enumerate() {
        let changes = one.session.is_some_and(|session| session != Session::Leave);
        if changes && index + 1 < block.statements.len() {
            found.push(finding(
                "session-change",
                one.lines.first,
                "the lines below run in another session",
                "they are run there, not on this host",
            ));
        }
    }
}

/// Rules about how blocks are written, from the source text itself.
fn fences(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    let commands: Vec<(usize, usize)> = blocks(runbook)
        .filter(|(_, _, _, block)| block.form == Form::Block)
        .map(|(_, _, item, _)| (item.lines.first, item.lines.last))
        .collect();
    for fence in sources(&runbook.source.text) {
        let holds = commands
            .iter()
            .any(|(first, last)| *first > fence.line && *last <= fence.line + fence.text.lines().count());
        let shell = matches!(fence.info.as_str(), "bash" | "sh" | "shell" | "zsh" | "console");
        if holds && fence.info.is_empty() {
            found.push(finding(
                "command-unlabelled",
                fence.line,
                "the block holds commands and has no language",
                "write ```sh above it",
            ));
        }
        if shell && !holds && !statement::is_comment_only(&fence.text) && code::looks_like_output(&fence.text)
        {
            found.push(finding(
                "output-as-command",
                fence.line,
                "the shell block looks like output",
                "write ```text above it",
            ));
        }
        if let Some(typed) = prompt::typed(&fence.text, false).filter(|_| holds) {
            let lines = fence.text.lines().filter(|line| !line.trim().is_empty()).count();
            let count: usize = typed.iter().map(|one| one.last - one.first + 1).sum();
            if count < lines {
                found.push(finding(
                    "prompt-and-output",
                    fence.line,
                    "the block mixes what was typed with what was printed",
                    "keep commands and output in blocks of their own",
                ));
            }
        }
    }
}

struct Source {
    line: usize,
    info: String,
    text: String,
}

/// The fences of the source, with the first word of their info strings.
fn sources(text: &str) -> Vec<Source> {
    let mut found: Vec<Source> = Vec::new();
    let mut open: Option<(String, Source)> = None;
    for (index, line) in crate::runbook::normalise::lines(text).enumerate() {
        let trimmed = line.trim_start();
        let width = trimmed.chars().take_while(|letter| *letter == '`').count();
        match open.take() {
            None if width >= 3 => {
                let info = trimmed[width..].split([' ', ',', '{']).next().unwrap_or_default().to_lowercase();
                open = Some(("`".repeat(width), Source { line: index + 1, info, text: String::new() }));
            }
            Some((mark, source))
                if trimmed.trim_end().starts_with(mark.as_str())
                    && trimmed.trim().chars().all(|letter| letter == '`') =>
            {
                found.push(source);
            }
            Some((mark, mut source)) => {
                source.text.push_str(line);
                source.text.push('\n');
                open = Some((mark, source));
            }
            None => {}
        }
    }
    found
}

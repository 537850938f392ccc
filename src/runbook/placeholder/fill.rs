//! Puts values into a command so that they stay data: quoted for the place where they stand, refused
//! where no quoting is certain. The text around a value must read the same before and after.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;

use super::find::{self, Found};
use super::{FillError, Values, mask};
use crate::runbook::shell::lexer::{self, Context, Scan};
use crate::runbook::shell::variable;

/// Words that hand their arguments to a further interpreter; values near them must need no quoting.
const INTERPRETERS: &str = "eval ssh su sh bash dash zsh ksh fish ash env xargs parallel watch trap let declare typeset local \
readonly unset read printf test awk gawk mawk nawk sed perl python python2 python3 ruby node php lua find make source expect \
tclsh crontab batch script nsenter chroot runuser busybox vim vi ex ed exec rails irb jq yq alias hash bind complete mapfile \
readarray getopts tmux screen socat flock doas systemd-run";

/// The command with every placeholder replaced by its value, quoted for the place where it stands
/// (bare word or inside double quotes); exactly this text is shown and run.
///
/// Shell variables that have a value here are exported on lines in front of the text.
pub fn fill(text: &str, values: &Values) -> Result<String, FillError> {
    let masked = mask(text);
    let scan = lexer::scan(&masked);
    let found = find::find(text);
    let place = Place { text, masked: &masked, scan: &scan, strict: is_strict(&masked) };
    let mut filled = String::with_capacity(text.len());
    let mut pieces = Vec::new();
    let mut end = 0;
    for one in &found {
        let value = values.get(&one.name).ok_or_else(|| FillError::Missing(one.name.clone()))?;
        let quoted = place.quote(one, value).map_err(|reason| refuse(&one.name, reason))?;
        filled.push_str(&text[end..one.range.start]);
        pieces.push((one.range.clone(), filled.len()..filled.len() + quoted.len()));
        filled.push_str(&quoted);
        end = one.range.end;
    }
    filled.push_str(&text[end..]);
    let same = found.is_empty() || reads_the_same(&scan, &filled, &pieces);
    match found.first() {
        Some(one) if !same => Err(refuse(&one.name, "it would change how the command around it is read")),
        _ => Ok(assignments(&place, values)? + &filled),
    }
}

fn refuse(name: &str, reason: &str) -> FillError {
    FillError::Refused { name: name.to_owned(), reason: reason.to_owned() }
}

struct Place<'a> {
    text: &'a str,
    masked: &'a str,
    scan: &'a Scan,
    strict: bool,
}

impl Place<'_> {
    fn quote(&self, one: &Found, value: &str) -> Result<String, &'static str> {
        check_letters(value)?;
        let start = one.range.start;
        let prior = start.checked_sub(1).map(|at| self.text.as_bytes()[at]);
        if self.starts_word(start) && value.starts_with('-') {
            return Err("it begins with `-` and would be taken for an option");
        }
        let context = self.scan.contexts.get(start).copied().unwrap_or(Context::Bare);
        let escaped = variable::is_escaped(self.text, start) || matches!(prior, Some(b'$' | b'`'));
        if self.strict || escaped || !self.scan.whole {
            return plain(
                value,
                "another interpreter reads this text, so only letters, digits and _./:@%+,=- are allowed",
            );
        }
        match context {
            Context::Bare => Ok(bare(value, self.starts_word(start))),
            Context::Double => Ok(double(value)),
            Context::Heredoc | Context::Verbatim
                if self.scan.delimiters.iter().any(|word| word.contains(value)) =>
            {
                Err("it could end the heredoc")
            }
            _ => {
                plain(value, "no quoting is certain here, so only letters, digits and _./:@%+,=- are allowed")
            }
        }
    }

    fn starts_word(&self, at: usize) -> bool {
        let quotes = ['"', '\''];
        self.text[..at].trim_end_matches(quotes).chars().next_back().is_none_or(|letter| {
            letter.is_whitespace() || matches!(letter, ';' | '&' | '|' | '(' | '<' | '>' | '`' | '=' | '{')
        })
    }
}

impl Place<'_> {
    /// Whether what stands here is the name of the program to run.
    fn starts_command(&self, at: usize) -> bool {
        let quotes = ['"', '\''];
        let prior = self.masked[..at].trim_end_matches(quotes);
        let line = prior.trim_end_matches([' ', '\t']);
        let separated = line.is_empty() || line.ends_with([';', '&', '|', '(', '{', '`', '\n', '!']);
        let launcher = ["sudo", "then", "do", "else", "nohup", "time", "command", "if", "while", "until"];
        let last =
            line.rsplit(|letter: char| letter.is_whitespace() || letter == ';').next().unwrap_or_default();
        (prior.len() != line.len() || separated)
            && (separated || launcher.contains(&last) || last.starts_with('-') || lexer::is_assignment(last))
    }
}

fn check_letters(value: &str) -> Result<(), &'static str> {
    if value.contains(['\n', '\r']) {
        Err("it holds a line break")
    } else if value.chars().any(char::is_control) {
        Err("it holds a control character")
    } else {
        Ok(())
    }
}

fn is_safe(value: &str) -> bool {
    value.chars().all(|letter| letter.is_ascii_alphanumeric() || "_./:@%+,=-".contains(letter))
}

fn plain(value: &str, reason: &'static str) -> Result<String, &'static str> {
    if is_safe(value) && !value.is_empty() { Ok(value.to_owned()) } else { Err(reason) }
}

fn bare(value: &str, starts: bool) -> String {
    let assignment = starts && value.contains('=');
    if is_safe(value) && !value.is_empty() && !assignment { value.to_owned() } else { single(value) }
}

fn single(value: &str) -> String {
    format!("'{}'", value.replace('\'', "'\\''"))
}

fn double(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len());
    for letter in value.chars() {
        if matches!(letter, '\\' | '$' | '"' | '`') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted
}

/// Whether the text hands its words to a further interpreter, tests with `[[` or computes.
fn is_strict(masked: &str) -> bool {
    let known: BTreeSet<&str> = INTERPRETERS.split_whitespace().collect();
    let code = ["[[", "-c", "-exec", "--command", "-e", "--eval", "--execute", "-v"];
    let border = |letter: char| letter.is_whitespace() || "\"'`$(){};&|<>=".contains(letter);
    masked
        .split(border)
        .any(|word| known.contains(word.rsplit('/').next().unwrap_or(word)) || code.contains(&word))
        || masked.contains("((")
        || masked
            .lines()
            .any(|line| line.trim_start().starts_with(". ") || line.contains("; . ") || line.contains("& . "))
}

/// Whether every byte outside the values means what it meant before.
fn reads_the_same(before: &Scan, filled: &str, pieces: &[(Range<usize>, Range<usize>)]) -> bool {
    let after = lexer::scan(filled);
    let (mut old, mut new) = (0, 0);
    for (was, is) in pieces {
        if before.contexts.get(old..was.start) != after.contexts.get(new..is.start) {
            return false;
        }
        (old, new) = (was.end, is.end);
    }
    before.contexts.get(old..) == after.contexts.get(new..)
        && before.breaks.len() == after.breaks.len()
        && before.whole == after.whole
}

/// One exported assignment for each variable of the text that has a value.
fn assignments(place: &Place<'_>, values: &Values) -> Result<String, FillError> {
    let mut lines = String::new();
    let mut done: BTreeSet<String> = BTreeSet::new();
    for used in variable::uses(place.masked, place.scan) {
        let Some(value) = values.get(&used.name) else { continue };
        check_variable(place, &used, value).map_err(|reason| refuse(&used.name, reason))?;
        if done.insert(used.name.clone()) {
            let _ = writeln!(lines, "export {}={}", used.name, single(value));
        }
    }
    Ok(lines)
}

/// An unquoted or computed variable is read again by the shell after its value was put in.
fn check_variable(place: &Place<'_>, used: &variable::Use, value: &str) -> Result<(), &'static str> {
    check_letters(value)?;
    let start = used.range.start;
    if place.starts_word(start) && value.starts_with('-') {
        return Err("it begins with `-` and would be taken for an option");
    }
    let context = place.scan.contexts.get(start).copied().unwrap_or(Context::Bare);
    let certain = !place.strict && place.scan.whole;
    let split = value.contains(|letter: char| letter.is_whitespace() || matches!(letter, '*' | '['));
    let argument = !place.starts_command(start) && !split;
    if is_safe(value) || (certain && (context == Context::Double || (context == Context::Bare && argument))) {
        return Ok(());
    }
    Err(
        "the variable stands unquoted or is read by another interpreter, so only letters, digits and _./:@%+,=- are allowed",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: &str, expected: Result<&str, &str>) {
        let values = Values::from([("x".to_owned(), value.to_owned()), ("X".to_owned(), value.to_owned())]);
        let got = fill(text, &values).map_err(|error| match error {
            FillError::Missing(name) => name,
            FillError::Refused { reason, .. } => reason.split(',').next().unwrap_or_default().to_owned(),
        });
        assert_eq!(got.as_deref().map_err(String::as_str), expected, "{text} with {value}");
    }

    #[test]
    fn a_value_is_quoted_for_its_place() {
        check("git checkout <x>", "v1.2.0", Ok("git checkout v1.2.0"));
        check("git checkout <x>", "a b", Ok("git checkout 'a b'"));
        check("git checkout <x>", "it's", Ok("git checkout 'it'\\''s'"));
        check("echo \"<x>\"", "$(id)", Ok("echo \"\\$(id)\""));
        check("cp a_<x>.gz b", ";id", Ok("cp a_';id'.gz b"));
    }

    #[test]
    fn where_quoting_is_uncertain_only_plain_values_pass() {
        let elsewhere = Err("no quoting is certain here");
        check("echo 'a <x>'", "v1", Ok("echo 'a v1'"));
        check("echo 'a <x>'", "a b", elsewhere);
        check("cat <<E\n<x>\nE", "a b", elsewhere);
        check("cat <<E\n<x>\nE", "E", Err("it could end the heredoc"));
        let read_again = Err("another interpreter reads this text");
        check("ssh host \"ls <x>\"", "a b", read_again);
        check("bash -c 'ls <x>'", ";id", read_again);
        check("echo \\<x>", ";id", read_again);
        check("echo \"$<x>\"", "(id)", read_again);
    }

    #[test]
    fn options_and_control_characters_are_refused() {
        check("rm <x>", "-rf", Err("it begins with `-` and would be taken for an option"));
        check("rm a<x>", "-rf", Ok("rm a-rf"));
        check("rm <x>", "a\nb", Err("it holds a line break"));
        check("rm <x>", "a\u{1b}b", Err("it holds a control character"));
    }

    #[test]
    fn variables_are_exported_in_front() {
        check(
            "pg_dump $X",
            "postgres://a:b@c/d?e=f&g",
            Ok("export X='postgres://a:b@c/d?e=f&g'\npg_dump $X"),
        );
        check("sudo $X", "a;b", Err("the variable stands unquoted or is read by another interpreter"));
        check("restore \"$X\"", "it's", Ok("export X='it'\\''s'\nrestore \"$X\""));
        check("restore $X", "a b", Err("the variable stands unquoted or is read by another interpreter"));
    }

    #[test]
    fn a_missing_value_is_named() {
        assert_eq!(fill("ls <y>", &Values::new()), Err(FillError::Missing("y".to_owned())));
    }
}

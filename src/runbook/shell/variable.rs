//! Which shell variables a text sets and which it uses. Variables that every shell has are nobody's
//! to supply.

use super::lexer::{self, Context, Scan};

/// Variables that a login, a shell or a desktop sets.
const KNOWN: &str = "HOME PATH USER PWD OLDPWD SHELL LOGNAME HOSTNAME HOSTTYPE OSTYPE UID EUID PPID GOPATH GOROOT GOBIN LANG \
TERM TMPDIR TEMP TMP RANDOM SECONDS LINENO EDITOR VISUAL PAGER DISPLAY IFS PS1 PS2 PS4 REPLY OPTARG OPTIND FUNCNAME PIPESTATUS \
SUDO_USER SUDO_UID SUDO_GID MAIL COLUMNS LINES SHLVL BASH BASHPID BASH_SOURCE BASH_VERSION BASH_REMATCH EPOCHSECONDS GROUPS MACHTYPE \
LC_ALL LC_CTYPE TZ SSH_AUTH_SOCK SSH_CONNECTION XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME \
JAVA_HOME VIRTUAL_ENV DBUS_SESSION_BUS_ADDRESS";

/// A use of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    /// Its name.
    pub(crate) name: String,
    /// Where it stands, marks included.
    pub(crate) range: std::ops::Range<usize>,
    /// Whether the text supplies a default: `${X:-y}`.
    pub(crate) defaulted: bool,
}

/// Whether every shell has this variable.
pub(crate) fn is_known(name: &str) -> bool {
    KNOWN.split(' ').any(|known| known == name)
}

/// The uses of variables in a text, in order.
pub(crate) fn uses(text: &str, scan: &Scan) -> Vec<Use> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('$') {
        let literal = matches!(
            scan.contexts.get(at),
            Some(Context::Single | Context::Ansi | Context::Comment | Context::Verbatim)
        );
        if literal || is_escaped(text, at) {
            continue;
        }
        if let Some(used) = read_use(text, at) {
            found.push(used);
        }
    }
    found
}

/// Whether an odd number of backslashes stands before this place.
pub(crate) fn is_escaped(text: &str, at: usize) -> bool {
    text.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

fn read_use(text: &str, at: usize) -> Option<Use> {
    let rest = &text[at + 1..];
    let braced = rest.starts_with('{');
    let body = rest.strip_prefix('{').unwrap_or(rest);
    let body_start = at + 1 + usize::from(braced);
    let sigil = usize::from(braced && (body.starts_with('#') || body.starts_with('!')));
    let body = &body[sigil..];
    let length =
        body.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(body.len());
    let name = &body[..length];
    if !lexer::is_name(name) {
        return None;
    }
    let name_end = body_start + sigil + length;
    if !braced {
        return Some(Use { name: name.to_owned(), range: at..name_end, defaulted: false });
    }
    let after = &text[name_end..];
    let close = after.bytes().take(300).position(|byte| byte == b'}')?;
    let operator = after.trim_start_matches(':').chars().next();
    let defaulted = matches!(operator, Some('-' | '=' | '+'));
    Some(Use { name: name.to_owned(), range: at..name_end + close + 1, defaulted })
}

/// The names that a text sets.
pub(crate) fn sets(text: &str, scan: &Scan) -> Vec<String> {
    let mut found = Vec::new();
    let words: Vec<&str> = scan.words.iter().map(|range| &text[range.clone()]).collect();
    for (index, word) in words.iter().enumerate() {
        if lexer::is_assignment(word) {
            let name = word.split('=').next().unwrap_or_default();
            found.push(name.trim_end_matches('+').to_owned());
        }
        match *word {
            "for" | "select" | "export" | "getopts" => {
                found.extend(words.get(index + 1).map(|name| (*name).to_owned()));
            }
            "read" | "declare" | "local" | "readonly" | "typeset" | "mapfile" | "readarray" => {
                let names = words[index + 1..].iter().take(6).filter(|name| lexer::is_name(name));
                found.extend(names.map(|name| (*name).to_owned()));
            }
            _ => {}
        }
    }
    found.retain(|name| lexer::is_name(name));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, sets_expected: &[&str], uses_expected: &[&str]) {
        let scan = lexer::scan(text);
        let used: Vec<String> = uses(text, &scan).into_iter().map(|one| one.name).collect();
        assert_eq!(
            (sets(text, &scan), used),
            (
                sets_expected.iter().map(ToString::to_string).collect(),
                uses_expected.iter().map(ToString::to_string).collect()
            )
        );
    }

    #[test]
    fn assignments_set() {
        check("A=1\nexport B=\"$C\" D=2; read -p 'x' E", &["A", "B", "D", "E"], &["C"]);
        check("for x in a b; do echo $x; done", &["x"], &["x"]);
    }

    #[test]
    fn quoted_and_escaped_names_are_not_used() {
        check("cat <<'E'\n$A\nE", &[], &[]);
        check("cat <<E\n$A\nE", &[], &["A"]);
        check("awk '{print $NF}' \\$A \"$B\" # $C", &[], &["B"]);
        check("echo ${A:-x} ${#B} $1 $? ${C%.gz}", &[], &["A", "B", "C"]);
    }
}

//! Finds placeholders in a command: `<x>`, `{x}`, `[x]`, `YOUR_X`. P1; without `<x>` the labelled set
//! loses 56.8 points of placeholders. What a shell or a template language owns is left alone.

use std::ops::Range;

/// A placeholder in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it stands, marks included.
    pub(crate) range: Range<usize>,
    /// Its name, without the marks.
    pub(crate) name: String,
}

/// Languages whose own braces and brackets are not placeholders.
const BRACE_OWNERS: [&str; 12] = [
    "awk",
    "jq",
    "jsonpath",
    "perl",
    "go-template",
    "yq",
    "python -c",
    "python3 -c",
    "node -e",
    "--template",
    "--format",
    "custom-columns",
];

/// The placeholders of a text, in order.
pub(crate) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hit = match bytes[at] {
            b'<' => angle(text, at),
            b'{' => brace(text, at),
            b'[' => bracket(text, at),
            b'Y' => your(text, at),
            _ => None,
        };
        at = hit.as_ref().map_or(at + 1, |one| one.range.end);
        found.extend(hit);
    }
    found
}

fn before(text: &str, at: usize) -> u8 {
    if at == 0 { b' ' } else { text.as_bytes()[at - 1] }
}

/// What stands between the mark at this place and the closing one, on the same line.
fn inner(text: &str, at: usize, close: char) -> Option<&str> {
    let rest = &text[at + 1..];
    let window: usize = rest.char_indices().map(|(place, _)| place).nth(70).unwrap_or(rest.len());
    let end = rest[..window].find([close, '\n'])?;
    rest[end..].starts_with(close).then(|| &rest[..end])
}

fn found(at: usize, name: &str) -> Found {
    Found { range: at..at + name.len() + 2, name: name.trim().to_owned() }
}

/// Not a redirection (`< file`, `<<`, `<(`), not a tag that is closed again, not an address.
fn angle(text: &str, at: usize) -> Option<Found> {
    let name = inner(text, at, '>')?;
    let first = name.chars().next()?;
    let last = name.chars().next_back()?;
    let starts = first.is_alphanumeric() || first == '_' || first == '$';
    let ends = last.is_alphanumeric() || matches!(last, '_' | ')' | '.' | '*' | '\'' | '?' | '!');
    let plain = !name.contains(['<', '|', ';', '"', '`', '\\', '=', '{', '}']) && !name.contains("&&");
    let address = name.contains('@') && name.contains('.');
    let tag = window(&text[at..]).contains(&format!("</{}>", name.split(' ').next().unwrap_or(name)));
    let doubled = before(text, at) == b'<' || (before(text, at) == b'-' && text[..at].ends_with("<-"));
    (starts && ends && plain && !address && !tag && !doubled && first != '$').then(|| found(at, name))
}

/// Not `${x}`, `{{x}}`, `%{x}`, `@{x}`, brace expansion, or a program of a language that owns braces.
fn brace(text: &str, at: usize) -> Option<Found> {
    let name = inner(text, at, '}')?;
    let letters = name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'));
    let starts = name.starts_with(|letter: char| letter.is_alphabetic());
    let owned = matches!(before(text, at), b'$' | b'{' | b'%' | b'@' | b'#' | b'\\' | b'}' | b'"')
        && before(text, at) != b'"';
    let twice = text[at + name.len() + 2..].starts_with('}') || name.starts_with('{');
    let line = line_around(text, at);
    let language = BRACE_OWNERS.iter().any(|owner| line.contains(owner));
    let json = before(text, at) == b'"' && text[at + name.len() + 2..].starts_with('"') && name.contains(':');
    (letters && starts && !owned && !twice && !language && !json).then(|| found(at, name))
}

/// Only as an argument of its own; not a test, a character class or an index.
fn bracket(text: &str, at: usize) -> Option<Found> {
    let name = inner(text, at, ']')?;
    let prior = before(text, at);
    let next = text.as_bytes().get(at + name.len() + 2).copied().unwrap_or(b' ');
    let alone = matches!(prior, b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'=' | b'/' | b'@')
        && matches!(
            next,
            b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'/' | b':' | b'.' | b'\\' | b')' | b';' | b'@'
        );
    let starts = name.starts_with(|letter: char| letter.is_alphabetic());
    let letters = name
        .chars()
        .all(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '-' | ':' | '/' | '.'));
    let ranged = name.contains("a-z") || name.contains("A-Z") || name.contains("0-9") || name.len() < 3;
    let line = line_around(text, at);
    let language = ["grep", "sed", "awk", "jq", "tr "].iter().any(|owner| line.contains(owner))
        && matches!(prior, b'"' | b'\'');
    let ends = !name.ends_with(' ');
    (alone && starts && letters && ends && !ranged && !language).then(|| found(at, name))
}

/// `YOUR_X` as a word of its own.
fn your(text: &str, at: usize) -> Option<Found> {
    let rest = &text[at..];
    let tail = rest.strip_prefix("YOUR_").or_else(|| rest.strip_prefix("YOUR-"))?;
    let prior = before(text, at);
    let length = tail.find(|letter: char| {
        !(letter.is_ascii_uppercase() || letter.is_ascii_digit() || matches!(letter, '_' | '-'))
    });
    let name = rest[..5 + length.unwrap_or(tail.len())].trim_end_matches('-');
    let word = !(prior.is_ascii_alphanumeric() || matches!(prior, b'_' | b'$' | b'{'));
    (word && name.len() > 5).then(|| Found { range: at..at + name.len(), name: name.to_owned() })
}

/// The beginning of a text, as far as a rule looks.
fn window(text: &str) -> &str {
    &text[..floor(text, 400)]
}

/// The last border of a character at or before this place.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0)
}

fn line_around(text: &str, at: usize) -> &str {
    let (low, high) = (floor(text, at.saturating_sub(400)), floor(text, at + 400));
    let start = text[low..at].rfind('\n').map_or(low, |feed| low + feed + 1);
    let end = text[at..high].find('\n').map_or(high, |feed| at + feed);
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let names: Vec<String> = find(text).into_iter().map(|one| one.name).collect();
        assert_eq!(names, expected, "{text}");
    }

    #[test]
    fn angle_brackets_are_placeholders() {
        check("ssh deploy@<vps-hostname>", &["vps-hostname"]);
        check(
            "git checkout <tag-or-branch> && git pull <Tag or branch>",
            &["tag-or-branch", "Tag or branch"],
        );
        check("pg_dump --file=backup_<timestamp>.dump", &["timestamp"]);
        check("git clone <your-repo> && cd x", &["your-repo"]);
    }

    #[test]
    fn redirections_and_heredocs_are_not() {
        for text in [
            "psql < dump.sql > log",
            "cat <<EOF > a",
            "diff <(ls) <(ls a) > b",
            "a <b.txt | c",
            "x <<< y > z",
            "echo '<b>hi</b>'",
        ] {
            check(text, &[]);
        }
        check("git commit --author 'A <a@b.c>'", &[]);
    }

    #[test]
    fn braces_and_brackets_are_placeholders_where_no_language_owns_them() {
        check("kubectl -n {namespace} get pod {pod-name}", &["namespace", "pod-name"]);
        check(
            "eksctl --version [k8s-version] --name [addon name: kube-proxy/vpc-cni]",
            &["k8s-version", "addon name: kube-proxy/vpc-cni"],
        );
        for text in [
            "echo ${HOME} {a,b} {1..3}",
            "docker ps --format '{{.Names}}'",
            "awk '{print}' x",
            "git show HEAD@{upstream}",
            "curl -w '%{http_code}' x",
            "[ -f x ] && [[ a ]]",
            "grep '[a-z]' [abc]*",
            "jq '.[name]'",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn your_names_are_placeholders() {
        check("export TOKEN=YOUR_API_TOKEN", &["YOUR_API_TOKEN"]);
        check("echo $YOUR_NAME", &[]);
    }
}

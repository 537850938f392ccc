//! Looks at a match more closely: placeholders, variables, words and names of files are no secrets.

use regex::bytes::Captures;

/// The pattern says enough.
pub(super) fn always(_line: &[u8], _captures: &Captures<'_>) -> bool {
    true
}

/// Not a variable, a placeholder or a mask.
pub(super) fn not_placeholder(_line: &[u8], captures: &Captures<'_>) -> bool {
    !is_placeholder(value_of(captures))
}

/// Looks like something that was generated or made up to be a secret.
pub(super) fn is_secretish(_line: &[u8], captures: &Captures<'_>) -> bool {
    let value = value_of(captures);
    !is_placeholder(value) && looks_secret(value)
}

/// A scheme and anything, or one long word.
pub(super) fn header_value(_line: &[u8], captures: &Captures<'_>) -> bool {
    let value = value_of(captures).trim_ascii();
    let one_word = !value.contains(&b' ');
    let likely = captures.name("scheme").is_some() && (one_word || value.contains(&b'='))
        || one_word && value.len() >= 8 && looks_secret(value);
    !is_placeholder(value) && likely
}

/// Three parts of which the first is the beginning of a JSON object; in file names it is not.
pub(super) fn jwt(_line: &[u8], captures: &Captures<'_>) -> bool {
    captures.get(0).is_some_and(|whole| whole.len() >= 30)
}

/// Options that name a file, a policy or a number take no secret.
pub(super) fn option_takes_secret(captures: &Captures<'_>) -> bool {
    let whole = captures.get(0).map(|whole| whole.as_bytes().to_ascii_lowercase()).unwrap_or_default();
    let option = whole.trim_ascii_start().split(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b','));
    let name = option.filter(|part| !part.is_empty()).find(|part| part.starts_with(b"-")).unwrap_or_default();
    let value = value_of(captures);
    let bare_flag = matches!(
        name,
        b"--ask-pass"
            | b"--ask-become-pass"
            | b"--password-stdin"
            | b"--no-password"
            | b"-passin"
            | b"-passout"
    );
    !bare_flag && !names_no_secret(name) && !is_path(value) && !is_plain_word(value)
        || (name.ends_with(b"password") || name.ends_with(b"passwd") || name.ends_with(b"--pass"))
            && !is_path(value)
}

/// The value of a name that speaks of a secret.
pub(super) fn assigned(line: &[u8], captures: &Captures<'_>) -> bool {
    let group = |name: &str| captures.name(name).map_or(&b""[..], |found| found.as_bytes());
    let key = group("key").to_ascii_lowercase();
    let value = value_of(captures);
    if is_placeholder(value) || names_no_secret(&key) || is_benign_value(&key, value) {
        return false;
    }
    let after = captures.get(0).map_or(&b""[..], |whole| &line[whole.end()..]);
    if matches!(after.first(), Some(b'(' | b'[')) || is_call(value) {
        return false;
    }
    let quoted = captures
        .name("v")
        .is_none_or(|found| found.start() > 0 && matches!(line[found.start() - 1], b'"' | b'\''));
    let sep = group("sep");
    let tight = sep.trim_ascii().len() == sep.len();
    let colon = sep.trim_ascii() == b":";
    match (quoted, colon, tight) {
        (true, _, _) => value.len() >= 4 && !value.contains(&b' ') || looks_secret(value) || is_strong(&key),
        (false, false, true) => !is_plain_word(value) || is_strong(&key),
        (false, true, false) if after.trim_ascii().is_empty() => {
            looks_secret(value) || is_strong(&key) && value.len() >= 4 && begins_line(line, captures)
        }
        _ => looks_secret(value),
    }
}

fn begins_line(line: &[u8], captures: &Captures<'_>) -> bool {
    let start = captures.name("key").map_or(0, |key| key.start());
    line[..start].iter().all(|byte| matches!(byte, b' ' | b'\t' | b'-' | b'"' | b'\''))
}

fn value_of<'a>(captures: &Captures<'a>) -> &'a [u8] {
    ["v", "w", "x"]
        .iter()
        .find_map(|name| captures.name(name))
        .or_else(|| captures.get(0))
        .map_or(&b""[..], |found| found.as_bytes())
}

fn is_placeholder(value: &[u8]) -> bool {
    let trimmed = value.trim_ascii();
    let begins = |marks: &[&[u8]]| marks.iter().any(|mark| trimmed.starts_with(mark));
    let Some(first) = trimmed.first() else { return true };
    begins(&[
        b"${",
        b"$(",
        b"<",
        b"{{",
        b"{%",
        b"%(",
        b"%{",
        b"%s",
        b"%v",
        b"[REDACTED",
        b"[redacted",
        b"[FILTERED",
        b"***",
        b"...",
        b"@@",
        b"ENC[",
    ]) || trimmed.starts_with(b"$")
        && trimmed[1..].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        || trimmed.starts_with(b"{") && trimmed.ends_with(b"}")
        || trimmed.iter().all(|byte| byte == first)
        || trimmed.iter().all(|byte| matches!(byte, b'*' | b'.' | b'-' | b'_' | b'x' | b'X' | b'#'))
}

/// Names that end or begin otherwise than with the secret itself.
fn names_no_secret(key: &[u8]) -> bool {
    let text = String::from_utf8_lossy(key);
    let last_part = |end: &str| {
        let Some(before) = text.strip_suffix(end) else { return false };
        end == "s" && (before.ends_with("token") || before.ends_with("secret") || before.ends_with("webhook"))
            || end != "s" && (before.ends_with(['_', '-', '.']) || is_camel(key, before.len()))
    };
    let trimmed = text.trim_start_matches('-');
    BEGINS.split(' ').any(|begin| trimmed.starts_with(begin))
        || ENDS.split(' ').any(last_part)
        || trimmed.ends_with("pass")
            && !(trimmed == "pass"
                || trimmed.ends_with("_pass")
                || trimmed.ends_with("-pass")
                || trimmed.ends_with("dbpass")
                || trimmed.ends_with("userpass"))
        || trimmed.ends_with("passed")
        || trimmed.contains("public")
}

/// `secretName`, `tokenType`: the key was lowered before, so the secret word must stand before it.
fn is_camel(key: &[u8], at: usize) -> bool {
    let before = &key[..at];
    [&b"secret"[..], b"token", b"password", b"key", b"credential", b"credentials"]
        .iter()
        .any(|word| before.ends_with(word))
}

fn is_benign_value(key: &[u8], value: &[u8]) -> bool {
    let lowered = String::from_utf8_lossy(value).to_lowercase();
    let word = lowered.trim_end_matches(['.', ',', ';', ')']);
    let counts = key.ends_with(b"token") && value.len() <= 9 && value.iter().all(u8::is_ascii_digit);
    let directory = (key.ends_with(b"pwd") || key.ends_with(b"pass")) && is_path(value);
    WORDS.split(' ').any(|known| known == word)
        || counts
        || directory
        || (is_path(value) && memchr::memchr_iter(b'/', value).count() > 1)
}

fn is_path(value: &[u8]) -> bool {
    value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || value.starts_with(b"~/")
        || value.starts_with(b"file:")
}

fn is_call(value: &[u8]) -> bool {
    let dotted = value.contains(&b'.') && !value.iter().any(u8::is_ascii_digit);
    dotted && value.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'_'))
}

/// Names that hold nothing but a secret, whatever it looks like.
fn is_strong(key: &[u8]) -> bool {
    [
        &b"password"[..],
        b"passwd",
        b"passphrase",
        b"pwd",
        b"_pass",
        b"secret",
        b"secret_key",
        b"api_key",
        b"apikey",
        b"access_key",
        b"private_key",
        b"_token",
        b"-token",
    ]
    .iter()
    .any(|word| key.ends_with(word))
}

fn is_plain_word(value: &[u8]) -> bool {
    let rest = value.get(1..).unwrap_or_default();
    value.iter().all(u8::is_ascii_alphabetic)
        && (rest.iter().all(u8::is_ascii_lowercase) || value.iter().all(u8::is_ascii_uppercase))
}

fn looks_secret(value: &[u8]) -> bool {
    if value.len() < 6 || is_path(value) || value.contains(&b' ') {
        return false;
    }
    let has = |test: fn(&u8) -> bool| value.iter().any(test);
    let letters = has(u8::is_ascii_alphabetic);
    let digits = has(u8::is_ascii_digit);
    let special = value.iter().any(|byte| {
        matches!(byte, b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'+' | b'=' | b'~' | b'?')
    });
    let time = value.iter().all(|byte| {
        byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'-' | b'/' | b'%' | b'm' | b's' | b'T' | b'Z')
    });
    letters && (digits || special) && !time
}

/// A name that ends so is about a secret, and holds none.
const ENDS: &str = "\
    file files path dir name names url uri endpoint id ids ref refs count length len size \
    limit limits type types policy policies expiry expires expiration expires_in expires-in \
    ttl timeout age min max version enabled disabled required hint prompt field class \
    algorithm alg status state date time at stdin rotation provider manager store backend \
    format index usage helper host port user username mode method scope scopes issuer \
    audience error errors event events fingerprint label description lifetime interval \
    position offset per_second /s s";

/// A name that begins so has nothing to do with secrets.
const BEGINS: &str = "\
    max_token max-token num_token n_token tokens passed passing passes passive passthrough \
    pass_through passenger bypass compass tokeniz secretary keyboard pass- pass_count public \
    ssh-key encompass";

/// Values that say something about a secret.
const WORDS: &str = "\
    true false null none nil yes no on off undefined required optional invalid expired \
    missing changed updated ok valid enabled disabled string str bytes bool int bearer basic \
    prompt unset empty default created deleted removed rotated generated accepted rejected \
    denied failed success incorrect wrong not the a an redacted hidden masked filtered vault \
    env file always never self password secret token key opaque kubernetes.io/tls configured \
    present absent available loaded found unchanged refreshed revoked accepted. pending \
    unknown";

//! Values of placeholders are data: hostile ones are filled into every kind of place and the result is
//! run by real shells. Not one may execute what it carries.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use holdpoint::runbook::placeholder::{Values, fill};

/// Places for a value: bare, quoted, nested, in heredocs, in front of other shells. `@` stands for the
/// placeholder and is written in every spelling.
const PLACES: &[&str] = &[
    ": @",
    ": a@b",
    ": --option=@",
    "NAME=@",
    "export NAME=@; : \"$NAME\"",
    ": \"@\"",
    ": \"a @ b\"",
    ": \"a\\@\"",
    ": \"$@\"",
    ": \\@",
    ": $@",
    ": '@'",
    ": 'a'@'b'",
    ": $'@'",
    ": `: @`",
    ": $(: @)",
    ": \"$(: @)\"",
    ": \"${UNSET:-@}\"",
    ": ${UNSET:-@}",
    ": $((1 + @)) 2>/dev/null",
    "cat <<END >/dev/null\n@\nEND",
    "cat <<'END' >/dev/null\n@\nEND",
    "cat <<END >/dev/null\na @ b\nEND\n: @",
    "sh -c ': @'",
    "sh -c \": @\"",
    "sh -c : @",
    "eval : @",
    "eval \": @\"",
    "env : @",
    "# @\n:",
    ": # @",
    "if : @; then : @; fi",
    "for word in @; do : \"$word\"; done",
    "case @ in a) : ;; *) : @ ;; esac",
    "f() { : @; }; f",
    ": @ && : @ || : @",
    ": < /dev/null @",
    ": 2>/dev/null @ | cat >/dev/null",
    "printf '%s' @ >/dev/null",
    "printf @ >/dev/null",
    "test @ = a",
    "[ \"@\" = a ]",
    "xargs -I% sh -c ': %' </dev/null; : @",
    "echo @ >/dev/null",
    "echo \"@\" | sh",
    "find /dev/null -exec sh -c ': @' \\;",
    "awk 'BEGIN { x = \"@\" }'",
    "unset @ 2>/dev/null",
    "trap @ EXIT",
    "@ >/dev/null 2>&1",
    ". /dev/null @",
    "cd / && : @",
    ": @ \\\n  @",
];

/// What a value must not be able to say; `#` stands for the command that would betray it.
const PAYLOADS: &[&str] = &[
    "; # ;",
    "& # &",
    "| #",
    "|| #",
    "&& #",
    "$(#)",
    "`#`",
    "\"; # ; \"",
    "'; # ; '",
    "\\'; # ; '",
    "\\\"; # ; \"",
    "\"$(#)\"",
    "'$(#)'",
    "${x:-$(#)}",
    "$((a[$(#)]))",
    "a[$(#)]",
    "<(#)",
    ">(#)",
    "x; #",
    ") ; # ; (",
    "} ; # ; {",
    "fi; #; if :",
    "done; # ; for x in a; do :",
    ";; *) # ;; b) :",
    "esac; #",
    "END\n#",
    "\n#\n",
    "\r#",
    "a\n#",
    "\\\n#",
    "' \n # \n '",
    "# ; #",
    "*; #",
    "?`#`",
    "~$(#)",
    "=#",
    "-$(#)",
    "--x=$(#)",
    "$'\\n#\\n'",
    "$\"$(#)\"",
    "\\$(#)",
    "\\\\$(#)",
    "\\`#`",
    "\\\\`#`",
    "\"\\\"$(#)",
    "'\\''$(#)'\\''",
    "''; # ; ''",
    "\"\"; # ; \"\"",
    "#;#",
    "!#",
    "{a,$(#)}",
    "$x$(#)",
    "${x}`#`",
    "%s$(#)",
    "\t; #",
    "\u{b}; #",
    "\u{1b}]0;`#`\u{7}",
    "\u{a0}; #",
    "\u{2028}; #",
    "é$(#)",
    "'\"'\"'$(#)",
    "\"'\"; # ; \"'\"",
    "EN",
    "END",
    "a END",
    "X=$(#) :",
    "IFS=x; #",
    "PATH=.; #",
    "f() { #; }; f",
    "() { :; }; #",
    "0;#",
    "1>/dev/null;#",
];

/// The values as such, and glued to other text.
fn values(marker: &Path) -> Vec<String> {
    let betray = format!("touch {}", marker.display());
    let plain: Vec<String> = PAYLOADS.iter().map(|payload| payload.replace('#', &betray)).collect();
    let mut all = plain.clone();
    for prefix in ["a", "\\", "'", "\"", "$", "a b ", "v1.2'"] {
        all.extend(plain.iter().map(|payload| format!("{prefix}{payload}")));
    }
    all
}

/// The scripts that came out of filling; refused values yield none.
fn scripts(place: &str, values: &[String]) -> Vec<String> {
    let mut scripts = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let spellings = ["<x>", "$X", "{x}", "${X}"];
        for spelling in &spellings[..if index % 5 == 0 { 4 } else { 1 }] {
            let supplied = Values::from([("x".to_owned(), value.clone()), ("X".to_owned(), value.clone())]);
            scripts.extend(fill(&place.replace('@', spelling), &supplied));
        }
    }
    scripts
}

/// Runs the scripts, each in a subshell of its own so that a syntax error costs only itself.
fn run(shell: &str, folder: &Path, scripts: &[String]) -> bool {
    let mut driver = String::new();
    for script in scripts {
        driver += "( eval '";
        driver += &script.replace('\'', "'\\''");
        driver += "' )\n";
    }
    fs::write(folder.join("all"), driver).expect("the driver is written");
    Command::new(shell)
        .arg("./all")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

fn check(shell: &str) {
    if Command::new(shell).arg("-c").arg(":").status().is_err() {
        println!("skipped: {shell} is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let marker = folder.path().join("betrayed");
    let values = values(&marker);
    let mut filled = 0;
    for place in PLACES {
        let mut scripts = scripts(place, &values);
        scripts.sort();
        scripts.dedup();
        filled += scripts.len();
        assert!(run(shell, folder.path(), &scripts), "the driver ran");
        assert!(!marker.exists(), "{shell} executed a value in: {place}");
    }
    assert!(values.len() >= 500, "{} values", values.len());
    assert!(filled > 1000, "only {filled} scripts were filled: the test would prove nothing");
}

#[test]
fn no_value_is_executed_by_bash() {
    check("bash");
}

#[test]
fn no_value_is_executed_by_dash() {
    check("dash");
}

#[test]
fn the_marker_would_be_seen_if_a_value_were_executed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let marker = folder.path().join("betrayed");
    let script = format!(": $(touch {})", marker.display());
    assert!(run("sh", folder.path(), &[script]) && marker.exists());
}

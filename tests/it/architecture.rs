//! Holds the arrows of the map in `src/lib.rs`: who may use whom, and which words a module may say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A module, what it may use, and packages that only it and those named with it may name.
const MAY_USE: &[(&str, &[&str])] = &[
    ("runbook", &[]),
    ("screen", &[]),
    ("pty", &[]),
    ("journal", &["runbook"]),
    ("engine", &["runbook", "journal"]),
    ("incident", &["runbook", "journal"]),
    ("export", &["runbook", "journal", "engine", "incident"]),
    ("protocol", &["runbook", "journal", "engine"]),
    ("store", &["runbook", "journal", "incident"]),
    ("target", &["runbook", "pty"]),
    ("link", &["protocol"]),
    (
        "supervisor",
        &[
            "runbook", "screen", "pty", "journal", "engine", "incident", "export", "protocol", "store",
            "target", "link",
        ],
    ),
    ("headless", &["runbook", "journal", "engine", "protocol", "link"]),
    ("tui", &["runbook", "journal", "engine", "protocol", "link", "screen", "incident"]),
    (
        "cli",
        &[
            "runbook",
            "screen",
            "pty",
            "journal",
            "engine",
            "incident",
            "export",
            "protocol",
            "store",
            "target",
            "link",
            "supervisor",
            "headless",
            "tui",
        ],
    ),
];

/// Packages that belong to one or a few modules.
const NAMED_BY: &[(&str, &[&str])] = &[
    ("pulldown_cmark", &["runbook", "export"]),
    ("chrono", &["journal"]),
    ("crc32c", &["journal"]),
    ("aho_corasick", &["journal", "runbook"]),
    ("alacritty_terminal", &["screen"]),
    ("tokio", &["supervisor", "link", "pty", "target", "tui", "headless", "cli"]),
    ("tokio_util", &["link"]),
    ("crossterm", &["tui"]),
    ("ratatui_textarea", &["tui"]),
    ("ratatui", &["tui", "screen"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("anyhow", &["cli"]),
    ("directories", &["cli"]),
    ("annotate_snippets", &["cli"]),
    ("tracing_subscriber", &["cli"]),
    ("tracing_appender", &["cli"]),
    ("serde_yaml", &["headless", "cli", "runbook"]),
    ("nix", &["pty"]),
];

/// The values, which open no door.
const VALUES: &[&str] = &["runbook", "journal", "engine", "incident", "screen", "export", "protocol"];

/// What a value must not say, beyond what `clippy.toml` holds for every module.
const BEYOND_A_VALUE: &[&str] =
    &["std::fs", "std::net", "std::thread", "std::process", "std::env::", "std::sync::Mutex", "the door to"];

#[derive(Debug)]
struct Source {
    module: String,
    path: PathBuf,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 10, "the sources were not found");
    found
}

fn collect(root: &Path, directory: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(root).unwrap();
            let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { module, path: path.clone(), text });
        }
    }
}

/// Lines of code: no comments.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let lines = source.text.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The modules of this package that a line names.
fn named_modules(line: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (index, _) in line.match_indices("crate::") {
        let rest = &line[index + "crate::".len()..];
        let first = rest.trim_start_matches('{');
        for part in first.split(',').take(if rest.starts_with('{') { usize::MAX } else { 1 }) {
            let name: String =
                part.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            named.insert(name);
        }
    }
    named
}

/// Whether a line names this package, as a whole word.
fn names_package(line: &str, package: &str) -> bool {
    line.match_indices(&format!("{package}::")).any(|(index, _)| {
        !line[..index].ends_with(|before: char| before.is_ascii_alphanumeric() || before == '_')
    })
}

fn report(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn a_module_uses_only_what_the_map_allows() {
    let modules: BTreeSet<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    let mut violations = Vec::new();
    for source in sources() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(module, _)| *module == source.module) else {
            continue;
        };
        for (number, line) in code(&source) {
            for named in named_modules(line) {
                let allowed = named == source.module || allowed.contains(&named.as_str());
                if modules.contains(named.as_str()) && !allowed {
                    violations.push(format!(
                        "{}:{number}: {} must not use {named}",
                        source.path.display(),
                        source.module
                    ));
                }
            }
        }
    }
    report(&violations);
}

#[test]
fn a_package_is_named_only_where_the_map_puts_it() {
    let mut violations = Vec::new();
    for source in sources() {
        for (number, line) in code(&source) {
            for (package, modules) in NAMED_BY {
                if names_package(line, package) && !modules.contains(&source.module.as_str()) {
                    violations.push(format!(
                        "{}:{number}: {package} belongs to {modules:?}",
                        source.path.display()
                    ));
                }
            }
        }
    }
    report(&violations);
}

#[test]
fn a_value_opens_no_door() {
    let mut violations = Vec::new();
    for source in sources().iter().filter(|source| VALUES.contains(&source.module.as_str())) {
        for (number, line) in code(source).take_while(|(_, line)| !line.contains("#[cfg(test)]")) {
            for word in BEYOND_A_VALUE.iter().filter(|word| line.contains(**word)) {
                violations.push(format!("{}:{number}: a value must not say {word}", source.path.display()));
            }
        }
    }
    report(&violations);
}

#[test]
fn no_front_end_names_what_acts() {
    let mut violations = Vec::new();
    for source in sources().iter().filter(|source| source.module == "tui" || source.module == "headless") {
        for (number, line) in code(source) {
            for word in ["supervisor::", "store::", "pty::", "target::"] {
                if line.contains(&format!("crate::{word}")) {
                    violations.push(format!("{}:{number}: {word}", source.path.display()));
                }
            }
        }
    }
    report(&violations);
}

#[test]
fn no_module_is_a_drawer_for_everything() {
    let drawers = ["util", "utils", "common", "helper", "helpers", "manager", "types", "misc"];
    let mut violations = Vec::new();
    for source in sources() {
        let names = source.path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        if names.into_iter().any(|name| drawers.contains(&name.trim_end_matches(".rs"))) {
            violations.push(format!("{}: a noun is missing", source.path.display()));
        }
    }
    report(&violations);
}

#[test]
fn every_file_says_what_it_owns() {
    let silent: Vec<String> = sources()
        .iter()
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| format!("{}: the first line must say what it owns", source.path.display()))
        .collect();
    report(&silent);
}

#[test]
fn a_package_is_recognised_as_a_whole_word() {
    for (line, named) in [
        ("use nix::sys::signal;", true),
        ("use std::os::unix::fs;", false),
        ("let x = tokio::spawn(y);", true),
    ] {
        assert_eq!(names_package(line, "nix") || names_package(line, "tokio"), named, "{line}");
    }
}

#[test]
fn the_reader_of_arrows_sees_every_way_to_name_a_module() {
    for (line, expected) in [
        ("use crate::store::Disk;", vec!["store"]),
        ("use crate::{journal, store};", vec!["journal", "store"]),
        ("let x = crate::pty::Size::default();", vec!["pty"]),
        ("use super::event::Refusal;", vec![]),
    ] {
        let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(named_modules(line), expected, "{line}");
    }
}

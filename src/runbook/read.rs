//! The way from bytes to a [`Runbook`]: decode, normalise, parse to the block tree, apply the rules,
//! assemble, lint. Every input ends in a runbook or in a [`ReadError`].

use sha2::{Digest, Sha256};

use super::decode::{self, ReadError};
use super::normalise::{self, Normalised};
use super::section::{self, Section};
use super::{Format, Runbook, Source, assemble, lint, markdown, outline, plain};

/// Reads a document. The name decides only between YAML and the rest; Markdown and rendered text are
/// told apart by content.
pub fn read(name: &str, bytes: &[u8]) -> Result<Runbook, ReadError> {
    let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if extension == "yaml" || extension == "yml" {
        return Err(ReadError {
            message: "runbooks in YAML are not read yet".to_owned(),
            line: None,
            help: "write the runbook as Markdown".to_owned(),
        });
    }
    let decoded = decode::decode(bytes)?;
    let mut runbook = understand(name, decoded.text, digest(bytes));
    runbook.placeholders = assemble::placeholders(&runbook);
    runbook.diagnostics = lint::lint(&runbook, decoded.latin);
    Ok(runbook)
}

fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
    }
    text
}

fn understand(name: &str, text: String, digest: String) -> Runbook {
    let (format, normalised, nodes) = if plain::is_plain(&text) {
        (Format::Plain, Normalised::empty(), plain::parse(&text))
    } else {
        let normalised = normalise::normalise(&text);
        let nodes = markdown::parse(&normalised);
        (Format::Markdown, normalised, nodes)
    };
    let mut root = section::build(nodes);
    let title = title(&root, &normalised, name);
    let lines: Vec<&str> = normalise::lines(&text).collect();
    let phases = assemble::assemble(outline::outline(&mut root, &title), &lines);
    Runbook {
        title,
        source: Source { name: name.to_owned(), format, digest, text },
        metadata: normalised.metadata,
        phases,
        placeholders: Vec::new(),
        diagnostics: Vec::new(),
    }
}

/// The first heading of the highest level, the front matter's title, or the file's name.
fn title(root: &Section, normalised: &Normalised, name: &str) -> String {
    let matter = normalised.metadata.iter().find(|(key, _)| key.eq_ignore_ascii_case("title"));
    let heading = root.children.iter().find(|child| child.level == 1);
    let heading = heading.or_else(|| root.children.first().filter(|_| matter.is_none()));
    heading
        .map(|section| {
            section
                .number
                .as_ref()
                .map_or_else(|| section.title.clone(), |number| format!("{number}. {}", section.title))
        })
        .or_else(|| matter.map(|(_, title)| title.clone()))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| name.rsplit('/').next().unwrap_or(name).to_owned())
}

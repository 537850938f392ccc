//! Secrets over several lines: the body of a private key, and the data of a Kubernetes Secret.
//! What a line means depends on the lines before it, and on nothing else.

use std::sync::{Arc, OnceLock};

use regex::bytes::Regex;

use super::{Certainty, Span};

/// An entry of base64, alone on its line.
static ENTRY: OnceLock<Option<Regex>> = OnceLock::new();

/// A key is not longer than this.
const LONGEST_KEY: usize = 200;

/// Where in a document the next line stands.
#[derive(Debug, Default)]
pub(crate) struct Section {
    /// Lines of a private key that may still come.
    key_lines: usize,
    /// Indentation of a `data:` line whose entries follow.
    data_indent: Option<usize>,
}

impl Section {
    /// Adds what is found in whole lines.
    pub(crate) fn find(&mut self, text: &[u8], spans: &mut Vec<Span>) {
        if self.key_lines == 0 && self.data_indent.is_none() && !may_open(text) {
            return;
        }
        let mut start = 0;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let content = line.trim_ascii_end();
            self.line(content, start, spans);
            start += line.len();
        }
    }

    fn line(&mut self, line: &[u8], start: usize, spans: &mut Vec<Span>) {
        if self.key_lines > 0 {
            self.key_lines = if goes_on(line) { self.key_lines - 1 } else { 0 };
            if self.key_lines > 0 && !line.trim_ascii().is_empty() {
                let indent = line.len() - line.trim_ascii_start().len();
                push(spans, start + indent..start + line.len(), "private-key");
            }
        }
        if let Some(begin) = memchr::memmem::rfind(line, b"PRIVATE KEY") {
            let opens = memchr::memmem::rfind(&line[..begin], b"-----BEGIN ").is_some();
            let ends = memchr::memmem::find(&line[begin..], b"-----END ").is_some();
            self.key_lines = if opens && !ends { LONGEST_KEY } else { 0 };
        }
        self.data(line, start, spans);
    }

    fn data(&mut self, line: &[u8], start: usize, spans: &mut Vec<Span>) {
        let content = line.trim_ascii_start();
        let indent = line.len() - content.len();
        if matches!(content, b"data:" | b"stringData:") {
            self.data_indent = Some(indent);
            return;
        }
        let Some(outer) = self.data_indent.filter(|_| !content.is_empty()) else { return };
        if indent <= outer {
            self.data_indent = None;
            return;
        }
        let entry = ENTRY.get_or_init(|| Regex::new(r#"^[\w.-]+:[ \t]+"?([A-Za-z0-9+/]{8,}={0,2})"?$"#).ok());
        let value = entry.as_ref().and_then(|entry| entry.captures(content)).and_then(|found| found.get(1));
        if let Some(value) = value.filter(|value| is_base64(value.as_bytes())) {
            push(spans, start + indent + value.start()..start + indent + value.end(), "kubernetes-secret");
        }
    }
}

fn push(spans: &mut Vec<Span>, range: std::ops::Range<usize>, rule: &str) {
    spans.push(Span {
        start: range.start,
        end: range.end,
        certainty: Certainty::Shape,
        rule: Arc::from(rule),
    });
}

fn may_open(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"PRIVATE KEY").is_some()
        || memchr::memmem::find(text, b"data:").is_some()
        || memchr::memmem::find(text, b"stringData:").is_some()
}

/// A line of base64, a header of an older key file, or nothing.
fn goes_on(line: &[u8]) -> bool {
    let content = line.trim_ascii();
    let longest = content
        .split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    let whole = longest == content.len();
    !content.starts_with(b"-----END")
        && (whole
            || longest >= 16
            || content.contains(&b':') && !content.contains(&b'/')
            || content.iter().all(|byte| matches!(byte, b'>' | b'|' | b' ')))
}

fn is_base64(value: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| value.iter().any(test);
    value.len().is_multiple_of(4)
        && (value.ends_with(b"=") || has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase))
}

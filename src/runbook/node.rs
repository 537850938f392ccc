//! The block tree: what a document is made of before any rule has looked at it. Both fronts, Markdown
//! and rendered text, end here; every node knows its lines in the unmodified document.

use super::LineRange;

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Where it stands.
    pub(crate) lines: LineRange,
    /// What it is.
    pub(crate) kind: NodeKind,
}

/// The kinds of block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeKind {
    /// A heading, 1 the highest.
    Heading { level: u8, text: Inline },
    /// A paragraph.
    Paragraph(Inline),
    /// A fence, an indented block, or command lines of rendered text.
    Code(Code),
    /// A list.
    List { ordered: bool, entries: Vec<Entry> },
    /// A block quote or an admonition; `alert` is the word of a GFM alert.
    Quote { alert: Option<&'static str>, nodes: Vec<Node> },
    /// A table: header cells, then rows.
    Table { head: Vec<Inline>, rows: Vec<(LineRange, Vec<Inline>)> },
    /// Raw HTML.
    Html(String),
    /// A thematic break.
    Rule,
}

/// How a block of code was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// Between fences.
    Fence,
    /// By indentation.
    Indent,
    /// As plain lines of rendered text.
    Plain,
}

/// A block of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code {
    /// How it was written.
    pub(crate) carrier: Carrier,
    /// The info string of the fence.
    pub(crate) info: String,
    /// Its text without the fences, no final line feed.
    pub(crate) text: String,
    /// Line of the first line of the text.
    pub(crate) first: usize,
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where it stands.
    pub(crate) lines: LineRange,
    /// Its number in an ordered list.
    pub(crate) number: Option<u64>,
    /// Whether it is a task, and ticked.
    pub(crate) task: Option<bool>,
    /// What it holds.
    pub(crate) nodes: Vec<Node>,
}

/// A run of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// As shown; a line break is `\n`.
    pub(crate) text: String,
    /// Its line in the document.
    pub(crate) line: usize,
    /// Written as code.
    pub(crate) code: bool,
    /// Written bold.
    pub(crate) strong: bool,
    /// Where it links to.
    pub(crate) link: Option<String>,
}

/// Text with its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inline {
    /// Its runs, in order.
    pub(crate) spans: Vec<Span>,
}

impl Inline {
    /// The text without marks, line breaks as spaces.
    pub(crate) fn text(&self) -> String {
        let joined: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        joined.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Its source lines, each with its runs: split at line breaks.
    pub(crate) fn rows(&self) -> Vec<Self> {
        let mut rows = vec![Self::default()];
        for span in &self.spans {
            if span.text == "\n" && !span.code {
                rows.push(Self::default());
            } else if let Some(row) = rows.last_mut() {
                row.spans.push(span.clone());
            }
        }
        rows.retain(|row| !row.spans.is_empty());
        rows
    }

    /// The line of its first run.
    pub(crate) fn line(&self) -> Option<usize> {
        self.spans.first().map(|span| span.line)
    }

    /// The bold run at its start and what comes after it.
    pub(crate) fn bold_lead(&self) -> Option<(String, Self)> {
        let bold = self.spans.iter().take_while(|span| span.strong).count();
        if bold == 0 {
            return None;
        }
        let lead = Self { spans: self.spans[..bold].to_vec() };
        Some((lead.text(), Self { spans: self.spans[bold..].to_vec() }))
    }

    /// Whether everything in it is bold.
    pub(crate) fn is_bold(&self) -> bool {
        self.spans.iter().any(|span| span.strong)
            && self.spans.iter().all(|span| span.strong || span.text.trim().is_empty())
    }
}

impl Entry {
    /// The text of its first paragraph.
    pub(crate) fn lead(&self) -> Option<&Inline> {
        match self.nodes.first().map(|node| &node.kind) {
            Some(NodeKind::Paragraph(text) | NodeKind::Heading { text, .. }) => Some(text),
            _ => None,
        }
    }
}

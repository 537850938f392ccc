//! The tree of headings: which blocks stand under which title. Bold numbered lines count as headings.

use super::LineRange;
use super::node::{Inline, Node, NodeKind};
use super::rule::heading;

/// What a section is to the outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A step by itself.
    Step,
    /// It groups steps.
    Phase,
    /// It groups steps that are entries of a list.
    Steps,
    /// It is read.
    Text,
}

/// A heading with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// 0 for the document, else the level of the heading.
    pub(crate) level: u8,
    /// Its text without number and marks.
    pub(crate) title: String,
    /// Its number, as written.
    pub(crate) number: Option<String>,
    /// Where the heading stands.
    pub(crate) lines: LineRange,
    /// What stands before the first heading under it.
    pub(crate) body: Vec<Node>,
    /// The headings under it.
    pub(crate) children: Vec<Section>,
    /// What the outline takes it for.
    pub(crate) kind: Kind,
}

impl Section {
    /// Everything under the heading, headings included, as one run of blocks.
    pub(crate) fn flatten(&self) -> Vec<Node> {
        let mut nodes = self.body.clone();
        for child in &self.children {
            let title = child
                .number
                .as_ref()
                .map_or_else(|| child.title.clone(), |number| format!("{number}. {}", child.title));
            let span = super::node::Span {
                text: title,
                line: child.lines.first,
                code: false,
                strong: false,
                link: None,
            };
            let kind = NodeKind::Heading { level: child.level, text: Inline { spans: vec![span] } };
            nodes.push(Node { lines: child.lines, kind });
            nodes.extend(child.flatten());
        }
        nodes
    }
}

/// The tree of a document.
pub(crate) fn build(nodes: Vec<Node>) -> Section {
    let mut stack = vec![section(0, &Inline::default(), LineRange { first: 1, last: 1 })];
    let mut real = 1;
    for node in nodes {
        let found = match &node.kind {
            NodeKind::Heading { level, text } => {
                real = *level;
                Some((*level, text.clone()))
            }
            NodeKind::Paragraph(text) if is_bold_step(text) => Some(((real + 1).min(7), text.clone())),
            _ => None,
        };
        match found {
            Some((level, text)) => {
                fold(&mut stack, level);
                stack.push(section(level, &text, node.lines));
            }
            None => {
                if let Some(top) = stack.last_mut() {
                    top.body.push(node);
                }
            }
        }
    }
    fold(&mut stack, 1);
    let mut root = stack.swap_remove(0);
    root.lines.last = root.lines.first;
    root
}

/// `**Step 2: Stop the service**` on a line of its own.
fn is_bold_step(text: &Inline) -> bool {
    text.is_bold() && text.rows().len() == 1 && heading::number(&text.text()).is_some()
}

fn section(level: u8, text: &Inline, lines: LineRange) -> Section {
    let whole = text.text();
    let whole = whole.split(" {#").next().unwrap_or(&whole).trim().to_owned();
    let (number, title) = match heading::number(&whole) {
        Some((number, title)) => (Some(number), title),
        None => (None, whole),
    };
    let title = title.trim_end_matches(':').trim().to_owned();
    Section { level, title, number, lines, body: Vec::new(), children: Vec::new(), kind: Kind::Text }
}

/// Closes the sections at this level or deeper.
fn fold(stack: &mut Vec<Section>, level: u8) {
    while stack.len() > 1 && stack.last().is_some_and(|top| top.level >= level) {
        if let Some(done) = stack.pop()
            && let Some(parent) = stack.last_mut()
        {
            parent.children.push(done);
        }
    }
}

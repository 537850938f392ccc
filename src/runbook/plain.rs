//! Text copied from a rendered page to the block tree: bullets as `•`, headings without marks, commands
//! on plain lines after a sentence that ends in a colon (C6).

use super::LineRange;
use super::lexicon;
use super::node::{Carrier, Code, Entry, Inline, Node, NodeKind, Span};
use super::normalise::lines;
use super::rule::{command_line, heading};

/// Whether the text is a rendered page: bullets of typography, and no mark of Markdown.
pub(crate) fn is_plain(text: &str) -> bool {
    let mut bullets = 0;
    for line in lines(text) {
        let trimmed = line.trim_start();
        if trimmed.starts_with("# ")
            || trimmed.starts_with("## ")
            || trimmed.starts_with("```")
            || trimmed.starts_with("~~~")
        {
            return false;
        }
        bullets += usize::from(trimmed.starts_with('•'));
    }
    bullets > 0
}

struct Line<'a> {
    number: usize,
    indent: usize,
    text: &'a str,
}

/// The block tree of a rendered page.
pub(crate) fn parse(text: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut group: Vec<Line<'_>> = Vec::new();
    for (index, line) in lines(text).chain([""]).enumerate() {
        if line.trim().is_empty() {
            take(&std::mem::take(&mut group), &mut nodes);
        } else {
            let indent = line.chars().take_while(|letter| letter.is_whitespace()).count();
            group.push(Line { number: index + 1, indent, text: line.trim() });
        }
    }
    settle(&mut nodes);
    nodes
}

fn take(group: &[Line<'_>], nodes: &mut Vec<Node>) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let lines = LineRange { first: first.number, last: last.number };
    let announced = nodes.last().is_some_and(ends_in_colon);
    let kind = if group.iter().any(|line| bullet(line).is_some()) {
        list(group)
    } else if group
        .iter()
        .all(|line| command_line::is_command(line.text) || command_line::is_request(line.text))
        && announced
    {
        let text = group.iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
        NodeKind::Code(Code { carrier: Carrier::Plain, info: String::new(), text, first: first.number })
    } else if group.len() == 1 && is_title(first, announced) {
        let level = if heading::number(first.text).is_some() { 3 } else { 2 };
        NodeKind::Heading { level, text: inline(first) }
    } else {
        NodeKind::Paragraph(paragraph(group))
    };
    nodes.push(Node { lines, kind });
}

fn ends_in_colon(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Paragraph(text) if text.text().ends_with(':'))
}

fn is_title(line: &Line<'_>, announced: bool) -> bool {
    let ends = line.text.ends_with(['.', ':', ';', ',', '!']);
    line.indent == 0 && !ends && !announced && line.text.chars().count() <= 80
}

fn bullet<'a>(line: &Line<'a>) -> Option<(Option<u64>, &'a str)> {
    let rest = line.text.strip_prefix(['•', '◦', '▪', '‣', '–']).filter(|rest| rest.starts_with([' ', '\t']));
    if let Some(rest) = rest {
        return Some((None, rest.trim()));
    }
    let (digits, rest) = line.text.split_once(". ")?;
    let number = digits.parse().ok()?;
    (line.indent > 0).then_some((Some(number), rest.trim()))
}

fn list(group: &[Line<'_>]) -> NodeKind {
    let mut entries: Vec<Entry> = Vec::new();
    for line in group {
        let lines = LineRange { first: line.number, last: line.number };
        match bullet(line) {
            Some((number, text)) => {
                let kind = NodeKind::Paragraph(inline(&Line { number: line.number, indent: 0, text }));
                entries.push(Entry { lines, number, task: None, nodes: vec![Node { lines, kind }] });
            }
            None => continue_entry(&mut entries, line),
        }
    }
    let ordered = entries.first().is_some_and(|entry| entry.number.is_some());
    NodeKind::List { ordered, entries }
}

fn continue_entry(entries: &mut Vec<Entry>, line: &Line<'_>) {
    let lines = LineRange { first: line.number, last: line.number };
    let Some(entry) = entries.last_mut() else {
        let kind = NodeKind::Paragraph(inline(line));
        entries.push(Entry { lines, number: None, task: None, nodes: vec![Node { lines, kind }] });
        return;
    };
    entry.lines.last = line.number;
    if let Some(Node { lines, kind: NodeKind::Paragraph(text) }) = entry.nodes.last_mut() {
        lines.last = line.number;
        push(text, line);
    }
}

fn inline(line: &Line<'_>) -> Inline {
    let mut inline = Inline::default();
    push(&mut inline, line);
    inline
}

fn push(inline: &mut Inline, line: &Line<'_>) {
    let span = |text: &str| Span {
        text: text.to_owned(),
        line: line.number,
        code: false,
        strong: false,
        link: None,
    };
    if !inline.spans.is_empty() {
        inline.spans.push(span("\n"));
    }
    inline.spans.push(span(line.text));
}

fn paragraph(group: &[Line<'_>]) -> Inline {
    let mut inline = Inline::default();
    for line in group {
        push(&mut inline, line);
    }
    inline
}

/// The title is the heading above the first sentence; what stands before it is navigation. Under a
/// heading about failures, a heading that is followed by "Problem:" or "Cause:" stands one level deeper.
fn settle(nodes: &mut [Node]) {
    let prose =
        nodes.iter().position(|node| !matches!(node.kind, NodeKind::Heading { .. })).unwrap_or(nodes.len());
    for (index, node) in nodes.iter_mut().enumerate().take(prose) {
        let NodeKind::Heading { level, text } = &mut node.kind else { continue };
        if index + 1 == prose {
            *level = 1;
        } else {
            node.kind = NodeKind::Paragraph(std::mem::take(text));
        }
    }
    let labelled: Vec<bool> =
        nodes.iter().skip(1).map(|node| ends_in_colon(node) && is_trouble(node)).chain([false]).collect();
    for (node, labelled) in nodes.iter_mut().zip(labelled) {
        if let NodeKind::Heading { level: level @ 2, .. } = &mut node.kind
            && labelled
        {
            *level = 3;
        }
    }
}

fn is_trouble(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Paragraph(text) if lexicon::says_any!(&text.text(), &["problem", "cause", "symptom", "symptoms"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let got: Vec<String> = parse(text)
            .iter()
            .map(|node| match &node.kind {
                NodeKind::Heading { level, text } => format!("{} h{level} {}", node.lines.first, text.text()),
                NodeKind::Paragraph(text) => format!("{} p {}", node.lines.first, text.text()),
                NodeKind::Code(code) => format!("{} c {}", code.first, code.text),
                NodeKind::List { ordered, entries } => {
                    format!("{} l {ordered} {}", node.lines.first, entries.len())
                }
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn a_rendered_page_has_headings_lists_and_commands() {
        check(
            "Skip to content\n\nMove house\n\nHow to do it.\n\nProcedure\n\n1. Pack\n\nUse:\n\nbash ./pack.sh\n\n  • a box\n  • tape\n    and glue\n",
            &[
                "1 p Skip to content",
                "3 h1 Move house",
                "5 p How to do it.",
                "7 h2 Procedure",
                "9 h3 1. Pack",
                "11 p Use:",
                "13 c bash ./pack.sh",
                "15 l false 2",
            ],
        );
    }

    #[test]
    fn markdown_is_not_plain() {
        assert!(!is_plain("# A\n • b"));
        assert!(!is_plain("a\n- b"));
        assert!(is_plain("A\n\n  • b"));
    }
}

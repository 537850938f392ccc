//! Markdown to the block tree: `CommonMark` with GFM tables and tasks, every node with its lines.
//! Nesting is bounded, so that no document can exhaust the stack of whoever walks the tree.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::LineRange;
use super::node::{Carrier, Code, Entry, Inline, Node, NodeKind, Span};
use super::normalise::Normalised;

/// Containers deeper than this are read as if they stood in the one around them.
const DEEPEST: usize = 40;

type Range = std::ops::Range<usize>;

/// The block tree of a document.
pub(crate) fn parse(document: &Normalised) -> Vec<Node> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM;
    let mut builder = Builder::new(document);
    for (event, range) in Parser::new_ext(&document.text, options).into_offset_iter() {
        builder.take(event, &range);
    }
    builder.finish()
}

enum Container {
    Root,
    Quote(Option<&'static str>),
    List { ordered: bool },
    Entry { number: Option<u64>, task: Option<bool> },
}

struct Frame {
    container: Container,
    lines: LineRange,
    nodes: Vec<Node>,
    entries: Vec<Entry>,
}

enum LeafKind {
    Heading(u8),
    Paragraph,
    Code { carrier: Carrier, info: String, first: Option<usize> },
    Html,
    Cell,
}

struct Leaf {
    kind: LeafKind,
    lines: LineRange,
    inline: Inline,
    text: String,
}

#[derive(Default)]
struct Table {
    head: Vec<Inline>,
    rows: Vec<(LineRange, Vec<Inline>)>,
    row: Vec<Inline>,
}

struct Builder<'a> {
    document: &'a Normalised,
    starts: Vec<usize>,
    stack: Vec<Frame>,
    pushed: Vec<bool>,
    leaf: Option<Leaf>,
    table: Option<(LineRange, Table)>,
    strong: usize,
    links: Vec<String>,
}

impl<'a> Builder<'a> {
    fn new(document: &'a Normalised) -> Self {
        let mut starts = vec![0];
        starts.extend(document.text.match_indices('\n').map(|(at, _)| at + 1));
        let root = Frame {
            container: Container::Root,
            lines: LineRange { first: 1, last: 1 },
            nodes: Vec::new(),
            entries: Vec::new(),
        };
        Self {
            document,
            starts,
            stack: vec![root],
            pushed: Vec::new(),
            leaf: None,
            table: None,
            strong: 0,
            links: Vec::new(),
        }
    }

    fn index(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn line(&self, offset: usize) -> usize {
        let index = self.index(offset);
        let last = self.document.lines.last().copied().unwrap_or(1);
        self.document.lines.get(index).copied().unwrap_or(last)
    }

    fn lines(&self, range: &Range) -> LineRange {
        let text = self.document.text.get(range.clone()).unwrap_or_default();
        let first = self.line(range.start + (text.len() - text.trim_start_matches(['\n', ' ']).len()));
        let last = self.line((range.start + text.trim_end().len()).saturating_sub(1).max(range.start));
        LineRange { first, last: last.max(first) }
    }

    fn take(&mut self, event: Event<'_>, range: &Range) {
        match event {
            Event::Start(tag) => self.open(tag, range),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.text(&text, range, false),
            Event::Code(text) => self.text(&text, range, true),
            Event::Html(text) => self.html(&text, range),
            Event::InlineHtml(text) => self.inline_html(&text, range),
            Event::SoftBreak | Event::HardBreak => self.text("\n", range, false),
            Event::Rule => {
                self.end_implicit();
                let lines = self.lines(range);
                self.push(Node { lines, kind: NodeKind::Rule });
            }
            Event::TaskListMarker(ticked) => {
                if let Some(Frame { container: Container::Entry { task, .. }, .. }) = self.stack.last_mut() {
                    *task = Some(ticked);
                }
            }
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text, range, false);
            }
        }
    }

    fn open(&mut self, tag: Tag<'_>, range: &Range) {
        match tag {
            Tag::Strong => self.strong += 1,
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            Tag::Emphasis | Tag::Strikethrough | Tag::Image { .. } | Tag::Superscript | Tag::Subscript => {}
            block => {
                self.end_implicit();
                self.open_block(block, range);
            }
        }
    }

    fn open_block(&mut self, tag: Tag<'_>, range: &Range) {
        match tag {
            Tag::Heading { level, .. } => self.begin(LeafKind::Heading(depth(level)), range),
            Tag::CodeBlock(kind) => {
                let (carrier, info) = match kind {
                    CodeBlockKind::Fenced(info) => (Carrier::Fence, info.into_string()),
                    CodeBlockKind::Indented => (Carrier::Indent, String::new()),
                };
                self.begin(LeafKind::Code { carrier, info, first: None }, range);
            }
            Tag::HtmlBlock => self.begin(LeafKind::Html, range),
            Tag::TableCell => self.begin(LeafKind::Cell, range),
            Tag::Table(_) => self.table = Some((self.lines(range), Table::default())),
            Tag::BlockQuote(kind) => self.enter(Container::Quote(kind.map(alert)), range),
            Tag::List(start) => self.enter(Container::List { ordered: start.is_some() }, range),
            Tag::Item => {
                let number = self.number(range);
                self.enter(Container::Entry { number, task: None }, range);
            }
            Tag::TableHead | Tag::TableRow => {}
            _ => self.begin(LeafKind::Paragraph, range),
        }
    }

    fn number(&self, range: &Range) -> Option<u64> {
        let text = self.document.text.get(range.clone())?.trim_start();
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }

    fn enter(&mut self, container: Container, range: &Range) {
        let entry = matches!(container, Container::Entry { .. });
        let push =
            if entry { self.pushed.last().copied().unwrap_or(false) } else { self.stack.len() < DEEPEST };
        self.pushed.push(push);
        if push {
            let lines = self.lines(range);
            self.stack.push(Frame { container, lines, nodes: Vec::new(), entries: Vec::new() });
        }
    }

    fn leave(&mut self) {
        if !self.pushed.pop().unwrap_or(false) {
            return;
        }
        let Some(frame) = self.stack.pop() else { return };
        let lines = frame.lines;
        match frame.container {
            Container::Quote(alert) => {
                self.push(Node { lines, kind: NodeKind::Quote { alert, nodes: frame.nodes } });
            }
            Container::List { ordered } => {
                self.push(Node { lines, kind: NodeKind::List { ordered, entries: frame.entries } });
            }
            Container::Entry { number, task } => {
                if let Some(list) = self.stack.last_mut() {
                    list.entries.push(Entry { lines, number, task, nodes: frame.nodes });
                }
            }
            Container::Root => {}
        }
    }

    fn begin(&mut self, kind: LeafKind, range: &Range) {
        let lines = self.lines(range);
        self.leaf = Some(Leaf { kind, lines, inline: Inline::default(), text: String::new() });
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Link => {
                self.links.pop();
            }
            TagEnd::Emphasis
            | TagEnd::Strikethrough
            | TagEnd::Image
            | TagEnd::Superscript
            | TagEnd::Subscript => {}
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.end_implicit();
                self.leave();
            }
            TagEnd::TableHead => self.end_row(true),
            TagEnd::TableRow => self.end_row(false),
            TagEnd::Table => {
                if let Some((lines, table)) = self.table.take() {
                    self.push(Node { lines, kind: NodeKind::Table { head: table.head, rows: table.rows } });
                }
            }
            _ => self.end_leaf(),
        }
    }

    fn end_row(&mut self, head: bool) {
        let Some((table_lines, table)) = self.table.as_mut() else { return };
        let cells = std::mem::take(&mut table.row);
        let line = cells.iter().find_map(Inline::line).unwrap_or(table_lines.first);
        if head {
            table.head = cells;
        } else {
            table.rows.push((LineRange { first: line, last: line }, cells));
        }
    }

    /// Ends the paragraph that a tight list entry leaves without a mark of its own.
    fn end_implicit(&mut self) {
        if self.leaf.as_ref().is_some_and(|leaf| matches!(leaf.kind, LeafKind::Paragraph)) {
            self.end_leaf();
        }
    }

    fn end_leaf(&mut self) {
        let Some(leaf) = self.leaf.take() else { return };
        let mut lines = leaf.lines;
        let kind = match leaf.kind {
            LeafKind::Heading(level) => NodeKind::Heading { level, text: leaf.inline },
            LeafKind::Paragraph => {
                lines.last = leaf.inline.spans.last().map_or(lines.last, |span| span.line.max(lines.first));
                NodeKind::Paragraph(leaf.inline)
            }
            LeafKind::Code { carrier, info, first } => {
                let first = first.unwrap_or(lines.first);
                NodeKind::Code(Code {
                    carrier,
                    info,
                    text: leaf.text.trim_end_matches('\n').to_owned(),
                    first,
                })
            }
            LeafKind::Html => NodeKind::Html(leaf.text),
            LeafKind::Cell => {
                if let Some((_, table)) = self.table.as_mut() {
                    table.row.push(leaf.inline);
                }
                return;
            }
        };
        self.push(Node { lines, kind });
    }

    fn push(&mut self, node: Node) {
        if let Some(frame) = self.stack.last_mut() {
            match (&frame.container, frame.entries.last_mut()) {
                (Container::List { .. }, Some(entry)) => entry.nodes.push(node),
                _ => frame.nodes.push(node),
            }
        }
    }

    fn text(&mut self, text: &str, range: &Range, code: bool) {
        let (line, at) = (self.line(range.start), self.index(range.start));
        let (strong, target) = (self.strong > 0, self.links.last().cloned());
        if self.leaf.is_none() {
            self.begin(LeafKind::Paragraph, range);
        }
        let Some(leaf) = self.leaf.as_mut() else { return };
        match &mut leaf.kind {
            LeafKind::Code { first, .. } => {
                first.get_or_insert(line);
                for (below, piece) in text.split_inclusive('\n').enumerate() {
                    if !self.document.added.get(at + below).copied().unwrap_or(false) {
                        leaf.text.push_str(piece);
                    }
                }
            }
            LeafKind::Html => leaf.text.push_str(text),
            _ => {
                push_span(&mut leaf.inline, Span { text: text.to_owned(), line, code, strong, link: target });
            }
        }
    }

    fn html(&mut self, text: &str, range: &Range) {
        if self.leaf.is_none() {
            self.begin(LeafKind::Html, range);
        }
        if let Some(leaf) = self.leaf.as_mut() {
            leaf.text.push_str(text);
        }
    }

    fn inline_html(&mut self, text: &str, range: &Range) {
        if text.starts_with("<!--") {
            return;
        }
        let tag = text.trim_matches(['<', '>', '/', ' ']).split([' ', '/']).next().unwrap_or_default();
        match tag.to_ascii_lowercase().as_str() {
            "br" => self.text("\n", range, false),
            "b" | "i" | "a" | "em" | "strong" | "code" | "kbd" | "sub" | "sup" | "span" | "img" | "u"
            | "small" | "details" | "summary" | "p" | "div" | "li" | "ul" | "ol" => {}
            _ => self.text(text, range, false),
        }
    }

    fn finish(mut self) -> Vec<Node> {
        self.end_leaf();
        while self.stack.len() > 1 {
            self.pushed.push(true);
            self.leave();
        }
        self.stack.pop().map(|root| root.nodes).unwrap_or_default()
    }
}

fn push_span(inline: &mut Inline, span: Span) {
    match inline.spans.last_mut() {
        Some(last)
            if !span.code
                && !last.code
                && last.strong == span.strong
                && last.link == span.link
                && last.text != "\n"
                && span.text != "\n" =>
        {
            last.text.push_str(&span.text);
        }
        _ => inline.spans.push(span),
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn alert(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}

//! What is not Markdown is made Markdown before it is parsed: front matter, bodies of mkdocs,
//! carriage returns. Keeps a line map, so that every place still names the unmodified document.
//! R0; mkdocs bodies left as they are cost the labelled set 2.6 points of commands.

/// Markdown with its line map.
pub(crate) struct Normalised {
    /// The text to parse; lines end with a line feed.
    pub(crate) text: String,
    /// For each line of the text, its 1-based line in the document.
    pub(crate) lines: Vec<usize>,
    /// For each line of the text, whether the document has no such line.
    pub(crate) added: Vec<bool>,
    /// Front matter, in its order.
    pub(crate) metadata: Vec<(String, String)>,
}

impl Normalised {
    fn push(&mut self, line: &str, source: usize) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines.push(source);
        self.added.push(false);
    }

    /// A blank line that separates what the document writes without one.
    fn separate(&mut self, source: usize) {
        self.push("", source);
        if let Some(last) = self.added.last_mut() {
            *last = true;
        }
    }

    /// Nothing to parse.
    pub(crate) fn empty() -> Self {
        Self { text: String::new(), lines: Vec::new(), added: Vec::new(), metadata: Vec::new() }
    }
}

/// An open admonition or tab: its body is indented by at least this much.
struct Body {
    column: usize,
    indent: usize,
}

/// The document's lines, without carriage returns.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// The text as Markdown.
pub(crate) fn normalise(text: &str) -> Normalised {
    let mut out = Normalised::empty();
    out.text.reserve(text.len() + 16);
    let matter = front_matter(text, &mut out.metadata);
    let mut bodies: Vec<Body> = Vec::new();
    let mut fence: Option<String> = None;
    for (index, line) in lines(text).enumerate() {
        let source = index + 1;
        if source <= matter {
            continue;
        }
        let line = if fence.is_none() { enter(line, &mut bodies) } else { strip(line, &bodies) };
        track_fence(&line, &mut fence);
        if fence.is_none() && is_container(&line) {
            let column = leading(&line);
            let indent = bodies.last().map_or(0, |body| body.indent) + 4;
            bodies.push(Body { column: column + indent - 4, indent });
            out.separate(source);
            out.push(&line, source);
            out.separate(source);
        } else {
            out.push(&line, source);
        }
    }
    out
}

/// Lines of front matter at the top; its simple members are kept.
fn front_matter(text: &str, metadata: &mut Vec<(String, String)>) -> usize {
    let mut all = lines(text);
    let Some(mark @ ("---" | "+++")) = all.next().map(str::trim_end) else { return 0 };
    let mut found = Vec::new();
    for (index, line) in all.enumerate() {
        if line.trim_end() == mark {
            if found.is_empty() {
                return 0;
            }
            metadata.append(&mut found);
            return index + 2;
        }
        let separator = if mark == "---" { ':' } else { '=' };
        match line.split_once(separator) {
            Some((name, value)) if !name.starts_with([' ', '-', '#']) && !name.trim().contains(' ') => {
                let value = value.trim().trim_matches(['"', '\'']);
                found.push((name.trim().to_owned(), value.to_owned()));
            }
            _ if index == 0 && !line.trim().is_empty() && !line.starts_with('#') => return 0,
            _ => {}
        }
    }
    0
}

fn leading(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// Closes the bodies that this line has left, and takes the indentation of the open ones off it.
fn enter(line: &str, bodies: &mut Vec<Body>) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    let indent = leading(line);
    while bodies.last().is_some_and(|body| indent < body.column + 4) {
        bodies.pop();
    }
    strip(line, bodies)
}

fn strip(line: &str, bodies: &[Body]) -> String {
    let Some(body) = bodies.last() else { return line.to_owned() };
    let removed = body.indent.min(leading(line));
    line[removed..].to_owned()
}

fn track_fence(line: &str, fence: &mut Option<String>) {
    let trimmed = line.trim_start().trim_start_matches("- ").trim_start_matches("* ");
    let mark = trimmed.chars().next().unwrap_or(' ');
    let width = trimmed.chars().take_while(|letter| *letter == mark).count();
    if !matches!(mark, '`' | '~') || width < 3 {
        return;
    }
    let run = mark.to_string().repeat(width);
    match fence {
        None if !(mark == '`' && trimmed[width..].contains('`')) => *fence = Some(run),
        Some(open) if run.starts_with(open.as_str()) && trimmed[width..].trim().is_empty() => *fence = None,
        _ => {}
    }
}

/// `!!! note`, `??? tip`, `=== "Tab"` of mkdocs.
fn is_container(line: &str) -> bool {
    let trimmed = line.trim_start();
    ["!!! ", "??? ", "???+ "].iter().any(|mark| trimmed.starts_with(mark))
        || (trimmed.starts_with("=== \"") || trimmed.starts_with("===! \"") || trimmed.starts_with("===+ \""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, lines: &[usize]) {
        let got = normalise(text);
        assert_eq!((got.text.as_str(), got.lines.as_slice()), (expected, lines));
    }

    #[test]
    fn carriage_returns_go_and_lines_stay() {
        check("a\r\nb", "a\nb\n", &[1, 2]);
    }

    #[test]
    fn front_matter_becomes_metadata() {
        let got = normalise("---\ntitle: \"Plan\"\nowner: ops\n---\n# A");
        assert_eq!(got.metadata, [("title".into(), "Plan".into()), ("owner".into(), "ops".into())]);
        assert_eq!((got.text.as_str(), got.lines), ("# A\n", vec![5]));
    }

    #[test]
    fn a_break_at_the_top_is_not_front_matter() {
        check("---\n\nText here\n\n---\n", "---\n\nText here\n\n---\n\n", &[1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn the_body_of_an_admonition_is_dedented() {
        check("!!! note\n    Read.\nAfter", "\n!!! note\n\nRead.\nAfter\n", &[1, 1, 1, 2, 3]);
    }

    #[test]
    fn a_fence_in_a_tab_keeps_its_inner_indentation() {
        let text = "=== \"A\"\n\n    ```sh\n    if x\n      y\n    ```\n";
        check(text, "\n=== \"A\"\n\n\n```sh\nif x\n  y\n```\n\n", &[1, 1, 1, 2, 3, 4, 5, 6, 7]);
    }
}

//! Reads shell text far enough to know what each byte is (bare, quoted, comment, heredoc …) and where
//! a line break ends a whole command. Never judges what a command does; gives up rather than guess.

/// What a byte of shell text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// Part of a word or an operator.
    Bare,
    /// Inside double quotes.
    Double,
    /// Inside single quotes.
    Single,
    /// Inside `$'…'`.
    Ansi,
    /// A comment.
    Comment,
    /// The body of a heredoc.
    Heredoc,
    /// The body of a heredoc whose delimiter is quoted: nothing in it is expanded.
    Verbatim,
    /// Inside backquotes.
    Backquote,
    /// Inside `${…}`.
    Parameter,
    /// Inside `$((…))`, `((…))` or `[[ … ]]`.
    Expression,
    /// Inside `$(…)` that itself stands in double quotes.
    Nested,
}

/// A text as read.
#[derive(Debug)]
pub(crate) struct Scan {
    /// What each byte is.
    pub(crate) contexts: Vec<Context>,
    /// Line feeds that end a whole command at the top level, as byte offsets.
    pub(crate) breaks: Vec<usize>,
    /// Words at the top of quoting, as byte ranges, in order.
    pub(crate) words: Vec<std::ops::Range<usize>>,
    /// Delimiters of heredocs.
    pub(crate) delimiters: Vec<String>,
    /// Whether everything that was opened was closed.
    pub(crate) whole: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Double,
    Single,
    Ansi,
    Backquote,
    Parameter,
    Arithmetic,
    Test,
    Substitution,
    Subshell,
    Group,
    If,
    Loop,
    Case,
}

struct Heredoc {
    delimiter: String,
    tabs: bool,
    context: Context,
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    pending: Vec<Heredoc>,
    word: Option<usize>,
    plain: bool,
    command: bool,
    joined: bool,
    failed: bool,
    scan: Scan,
}

/// Reads a text.
pub(crate) fn scan(text: &str) -> Scan {
    let scan = Scan {
        contexts: Vec::with_capacity(text.len()),
        breaks: Vec::new(),
        words: Vec::new(),
        delimiters: Vec::new(),
        whole: true,
    };
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        pending: Vec::new(),
        word: None,
        plain: true,
        command: true,
        joined: false,
        failed: false,
        scan,
    };
    while lexer.at < lexer.bytes.len() {
        lexer.step();
    }
    lexer.end_word();
    let whole = !lexer.failed && lexer.open.is_empty() && lexer.pending.is_empty() && !lexer.joined;
    Scan { whole, ..lexer.scan }
}

impl Lexer<'_> {
    fn context(&self) -> Context {
        let quoted = self.open.iter().rposition(|open| *open == Open::Double);
        match self.open.last() {
            Some(Open::Double) => Context::Double,
            Some(Open::Single) => Context::Single,
            Some(Open::Ansi) => Context::Ansi,
            _ if self.open.contains(&Open::Backquote) => Context::Backquote,
            Some(Open::Parameter) => Context::Parameter,
            _ if self.open.iter().any(|open| matches!(open, Open::Arithmetic | Open::Test)) => {
                Context::Expression
            }
            _ if quoted.is_some() => Context::Nested,
            _ => Context::Bare,
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts(&self, mark: &str) -> bool {
        self.bytes[self.at..].starts_with(mark.as_bytes())
    }

    fn eat(&mut self, count: usize) {
        let context = self.context();
        self.eat_as(count, context);
    }

    fn eat_as(&mut self, count: usize, context: Context) {
        let count = count.min(self.bytes.len() - self.at);
        self.scan.contexts.extend(std::iter::repeat_n(context, count));
        self.at += count;
    }

    fn push(&mut self, open: Open, width: usize) {
        self.eat(width);
        if self.open.len() > 200 {
            self.failed = true;
        } else {
            self.open.push(open);
        }
    }

    fn pop(&mut self, width: usize) {
        self.open.pop();
        self.eat(width);
    }

    fn step(&mut self) {
        match self.open.last() {
            Some(Open::Single) => self.step_quoted(b'\'', false),
            Some(Open::Ansi) => self.step_quoted(b'\'', true),
            Some(Open::Double) => self.step_double(),
            Some(Open::Parameter) => self.step_parameter(),
            Some(Open::Arithmetic) => self.step_arithmetic(),
            _ => self.step_bare(),
        }
    }

    fn step_quoted(&mut self, end: u8, escapes: bool) {
        match self.peek(0) {
            b'\\' if escapes => self.eat(2),
            byte if byte == end => self.pop(1),
            _ => self.eat(1),
        }
    }

    fn step_double(&mut self) {
        match self.peek(0) {
            b'\\' => self.eat(2),
            b'"' => self.pop(1),
            _ => {
                if !self.step_expansion() {
                    self.eat(1);
                }
            }
        }
    }

    /// Opens what `$` and backquotes open, in bare text and inside double quotes alike.
    fn step_expansion(&mut self) -> bool {
        if self.starts("$((") {
            self.push(Open::Arithmetic, 3);
        } else if self.starts("$(") {
            self.push(Open::Substitution, 2);
            self.command = true;
        } else if self.starts("${") {
            self.push(Open::Parameter, 2);
        } else if self.peek(0) == b'`' {
            let closes = self.open.iter().rposition(|open| *open == Open::Backquote);
            match closes {
                Some(index) => {
                    self.failed |= index + 1 != self.open.len();
                    self.open.truncate(index);
                    self.eat(1);
                }
                None => self.push(Open::Backquote, 1),
            }
        } else {
            return false;
        }
        true
    }

    fn step_parameter(&mut self) {
        match self.peek(0) {
            b'\\' => self.eat(2),
            b'}' => self.pop(1),
            b'\'' => self.push(Open::Single, 1),
            b'"' => self.push(Open::Double, 1),
            _ => {
                if !self.step_expansion() {
                    self.eat(1);
                }
            }
        }
    }

    fn step_arithmetic(&mut self) {
        if self.starts("))") {
            self.pop(2);
        } else if self.peek(0) == b'(' {
            self.push(Open::Subshell, 1);
        } else if self.peek(0) == b'\n' {
            self.failed = true;
            self.eat(1);
        } else if !self.step_expansion() {
            self.eat(1);
        }
    }

    fn begin_word(&mut self) {
        if self.word.is_none() {
            self.word = Some(self.at);
            self.plain = true;
        }
    }

    fn step_bare(&mut self) {
        match self.peek(0) {
            b'\\' if self.peek(1) == b'\n' => self.eat(2),
            b'\\' => {
                self.begin_word();
                self.plain = false;
                self.eat(2);
            }
            b'\'' => self.quote(Open::Single, 1),
            b'"' => self.quote(Open::Double, 1),
            b'$' if self.starts("$'") => self.quote(Open::Ansi, 2),
            b'$' if self.starts("$\"") => self.quote(Open::Double, 2),
            b'#' if self.word.is_none() => self.comment(),
            b'\n' => self.newline(),
            b' ' | b'\t' => {
                self.end_word();
                self.eat(1);
            }
            b'<' if self.starts("<<") && !self.starts("<<<") => self.heredoc(),
            b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => self.operator(),
            _ => self.step_word(),
        }
    }

    fn step_word(&mut self) {
        self.begin_word();
        if self.step_expansion() {
            self.plain = false;
        } else {
            self.eat(1);
        }
    }

    fn quote(&mut self, open: Open, width: usize) {
        self.begin_word();
        self.plain = false;
        self.push(open, width);
    }

    fn comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.eat_as(length, Context::Comment);
    }

    fn newline(&mut self) {
        self.end_word();
        let ends = self.open.is_empty() && !self.joined;
        self.eat(1);
        self.bodies();
        self.command = true;
        if ends && self.bytes[..self.at].ends_with(b"\n") {
            self.scan.breaks.push(self.at - 1);
        }
    }

    fn bodies(&mut self) {
        for heredoc in std::mem::take(&mut self.pending) {
            let mut closed = false;
            while self.at < self.bytes.len() && !closed {
                let rest = &self.text.as_bytes()[self.at..];
                let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                let line = &rest[..length];
                let line = if heredoc.tabs { line.trim_ascii_start() } else { line };
                closed = line == heredoc.delimiter.as_bytes();
                let feed = usize::from(!closed && length < rest.len());
                self.eat_as(length + feed, heredoc.context);
            }
            self.failed |= !closed;
            if closed && self.at < self.bytes.len() {
                self.eat(1);
            }
        }
    }

    fn heredoc(&mut self) {
        self.end_word();
        self.eat(2);
        let tabs = self.peek(0) == b'-';
        if tabs {
            self.eat(1);
        }
        while matches!(self.peek(0), b' ' | b'\t') {
            self.eat(1);
        }
        let rest = &self.text[self.at..];
        let stop =
            |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')');
        let length = rest.bytes().position(stop).unwrap_or(rest.len());
        let quoted = rest[..length].contains(['\'', '"', '\\']);
        let context = if quoted { Context::Verbatim } else { Context::Heredoc };
        let delimiter: String =
            rest[..length].chars().filter(|letter| !matches!(letter, '\'' | '"' | '\\')).collect();
        self.failed |= delimiter.is_empty() || rest[..length].contains(['$', '`']);
        self.eat(length);
        self.scan.delimiters.push(delimiter.clone());
        self.pending.push(Heredoc { delimiter, tabs, context });
    }

    fn operator(&mut self) {
        self.end_word();
        let byte = self.peek(0);
        self.joined = byte == b'|' || self.starts("&&");
        match byte {
            b'(' if self.starts("((") && self.command => {
                self.push(Open::Arithmetic, 2);
                self.joined = false;
            }
            b'(' if self.starts("()") => {
                self.eat(2);
                self.command = true;
            }
            b'(' => {
                self.push(Open::Subshell, 1);
                self.command = true;
            }
            b')' => self.close_paren(),
            b'<' | b'>' => {
                let width = 1 + usize::from(matches!(self.peek(1), b'<' | b'>' | b'&' | b'|'));
                self.redirection(width);
            }
            _ => {
                let double = self.peek(1) == byte || (byte == b'|' && self.peek(1) == b'&');
                self.eat(1 + usize::from(double));
                self.command = true;
            }
        }
    }

    /// A redirection's target is not a command word, so the position of commands does not change.
    fn redirection(&mut self, width: usize) {
        self.eat(width + usize::from(width == 2 && self.peek(2) == b'<'));
        if self.peek(0) == b'&' {
            self.eat(1);
        }
        if self.peek(0) == b'(' {
            self.push(Open::Subshell, 1);
            self.command = true;
        }
    }

    fn close_paren(&mut self) {
        match self.open.last() {
            Some(Open::Substitution | Open::Subshell) => self.pop(1),
            Some(Open::Case) => {
                self.eat(1);
                self.command = true;
                return;
            }
            _ => {
                self.failed = true;
                self.eat(1);
            }
        }
        self.command = false;
    }

    fn end_word(&mut self) {
        let Some(start) = self.word.take() else { return };
        self.joined = false;
        let word = &self.text[start..self.at];
        self.scan.words.push(start..self.at);
        if !self.plain {
            self.command = false;
            return;
        }
        if word == "]]" && self.open.last() == Some(&Open::Test) {
            self.open.pop();
            self.command = false;
        } else if self.open.last() != Some(&Open::Test) && (self.command || word == "in") {
            self.keyword(word);
        }
    }

    fn keyword(&mut self, word: &str) {
        self.command = match word {
            "if" => self.nest(Open::If),
            "while" | "until" => self.nest(Open::Loop),
            "for" | "select" => {
                self.nest(Open::Loop);
                false
            }
            "case" => {
                self.nest(Open::Case);
                false
            }
            "{" => self.nest(Open::Group),
            "[[" => {
                self.nest(Open::Test);
                false
            }
            "then" | "else" | "elif" | "do" | "!" | "time" => true,
            "fi" => self.unnest(Open::If),
            "done" => self.unnest(Open::Loop),
            "esac" => self.unnest(Open::Case),
            "}" => self.unnest(Open::Group),
            "function" => {
                self.failed |= self.text[self.at..].trim_start().is_empty();
                false
            }
            "in" => self.open.last() == Some(&Open::Case),
            assignment => is_assignment(assignment),
        };
    }

    fn nest(&mut self, open: Open) -> bool {
        if self.open.len() > 200 {
            self.failed = true;
        } else {
            self.open.push(open);
        }
        true
    }

    fn unnest(&mut self, open: Open) -> bool {
        if self.open.last() == Some(&open) {
            self.open.pop();
        } else {
            self.failed = true;
        }
        false
    }
}

/// Whether the word is `NAME=value`.
pub(crate) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| is_name(name.strip_suffix('+').unwrap_or(name)))
}

/// Whether this is a name of a shell variable.
pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let got = scan(text);
        assert!(got.whole, "not whole: {text}");
        let mut start = 0;
        let mut pieces = Vec::new();
        for at in got.breaks.iter().copied().chain([text.len()]) {
            let piece = text[start..at].trim();
            if !piece.is_empty() {
                pieces.push(piece);
            }
            start = at;
        }
        assert_eq!(pieces, expected);
    }

    #[test]
    fn a_line_is_a_command() {
        check("cd /srv\nls -l", &["cd /srv", "ls -l"]);
    }

    #[test]
    fn a_continued_line_is_one_command() {
        check("tar -czf a \\\n  -C b .\nls", &["tar -czf a \\\n  -C b .", "ls"]);
        check("a &&\n  b ||\n c |\n d\ne", &["a &&\n  b ||\n c |\n d", "e"]);
    }

    #[test]
    fn quotes_and_substitutions_hold_lines_together() {
        check("echo 'a\nb'\nc", &["echo 'a\nb'", "c"]);
        check("echo \"a $(b\nc) d\"\ne", &["echo \"a $(b\nc) d\"", "e"]);
        check("x=`a\nb`\nc", &["x=`a\nb`", "c"]);
        check("a $'it\\'s\n' b\nc", &["a $'it\\'s\n' b", "c"]);
    }

    #[test]
    fn a_heredoc_belongs_to_its_command() {
        check("cat <<EOF > a\nx 'y\nEOF\nls", &["cat <<EOF > a\nx 'y\nEOF", "ls"]);
        check("cat <<-'E' | b\n\tx $(\n\tE\nls", &["cat <<-'E' | b\n\tx $(\n\tE", "ls"]);
    }

    #[test]
    fn control_flow_is_never_split() {
        check("for a in b c; do\n  d\ndone\ne", &["for a in b c; do\n  d\ndone", "e"]);
        check("if a\nthen b\nfi\nc", &["if a\nthen b\nfi", "c"]);
        check("case $a in\n x) b;;\n (y) c;;\nesac\nd", &["case $a in\n x) b;;\n (y) c;;\nesac", "d"]);
        check("f() {\n a\n}\nf", &["f() {\n a\n}", "f"]);
        check("while read -r a; do b; done < c\nd", &["while read -r a; do b; done < c", "d"]);
        check(
            "if [[ $a =~ (b|c) && d ]]; then\n e\nfi\nf",
            &["if [[ $a =~ (b|c) && d ]]; then\n e\nfi", "f"],
        );
    }

    #[test]
    fn keywords_in_arguments_open_nothing() {
        check("echo if for case\nls done", &["echo if for case", "ls done"]);
    }

    #[test]
    fn comments_hide_quotes() {
        check("a # it's\nb", &["a # it's", "b"]);
        check("echo a#b'\nc'\nd", &["echo a#b'\nc'", "d"]);
    }

    #[test]
    fn what_is_not_closed_is_not_whole() {
        for text in ["echo 'a", "echo \"a", "$(a", "if a", "cat <<E\nx", "a |", "fi", "a )", "${a", "`a"] {
            assert!(!scan(text).whole, "whole: {text}");
        }
    }

    #[test]
    fn every_byte_has_a_context() {
        for text in ["echo 'a\\' \"é $(b `c`) ${d:-\"e\"}\" # f", "((1+1))\n$((a+(b)))", "a\\"] {
            assert_eq!(scan(text).contexts.len(), text.len());
        }
    }
}

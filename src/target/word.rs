//! The words of one simple command with their places, as a shell would split them. Expands nothing.

use super::TargetError;

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Byte where it starts.
    pub(super) start: usize,
    /// Byte after its end.
    pub(super) end: usize,
    /// Its text without quotes.
    pub(super) value: String,
}

/// Splits a statement; refuses what makes it more than one simple command.
pub(super) fn words(text: &str) -> Result<Vec<Word>, TargetError> {
    let mut words: Vec<Word> = Vec::new();
    let mut open: Option<Word> = None;
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        if quote.is_none() && matches!(c, ' ' | '\t') {
            words.extend(open.take().map(|word| Word { end: at, ..word }));
            continue;
        }
        if quote.is_none()
            && (matches!(c, ';' | '&' | '|' | '<' | '>' | '(' | ')' | '`' | '\n')
                || c == '#' && open.is_none())
        {
            return Err(TargetError::Unsupported(c.to_string()));
        }
        let word = open.get_or_insert_with(|| Word { start: at, end: at, value: String::new() });
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(mark), _) if c == mark => quote = None,
            (None | Some('"'), '\\') => word.value.extend(characters.next().map(|(_, next)| next)),
            _ => word.value.push(c),
        }
    }
    words.extend(open.take().map(|word| Word { end: text.len(), ..word }));
    if quote.is_some() { Err(TargetError::Unclosed) } else { Ok(words) }
}

/// A text as one word of any POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

//! What the screens around a run (home, preflight, review) have in common: gestures, the tables of
//! keys that also feed help and key bar, and how a cursor moves in a list.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What an operator means by a key on one of these screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// One screenful up.
    PageUp,
    /// One screenful down.
    PageDown,
    /// To the beginning.
    First,
    /// To the end.
    Last,
    /// To the next problem.
    NextProblem,
    /// To the problem before.
    PreviousProblem,
    /// To the next pane or field.
    Next,
    /// To the pane or field before.
    Previous,
    /// Choose what is under the cursor, or go on.
    Choose,
    /// Take what is offered.
    Take,
    /// Say that this text may be run.
    Approve,
    /// The output on the whole screen, or no longer.
    Zoom,
    /// Look for a text.
    Find,
    /// To its next place.
    FindNext,
    /// To its place before.
    FindPrevious,
    /// Show or hide help.
    Help,
    /// Leave what is open, or the screen.
    Leave,
    /// Leave the program.
    Quit,
}

/// A key, with control held down or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// Alone; shift only where it makes a capital.
    Plain(KeyCode),
    /// With control.
    Control(char),
}

/// A character key alone.
pub const fn key(character: char) -> Press {
    Press::Plain(KeyCode::Char(character))
}

impl Press {
    fn matches(self, event: KeyEvent) -> bool {
        let held = event.modifiers.difference(KeyModifiers::SHIFT);
        match self {
            Self::Plain(code) => event.code == code && held.is_empty(),
            Self::Control(character) => {
                event.code == KeyCode::Char(character) && held == KeyModifiers::CONTROL
            }
        }
    }

    /// As it is shown: `Enter`, `Ctrl-f`, `G`.
    pub fn name(self) -> String {
        match self {
            Self::Control(character) => format!("Ctrl-{character}"),
            Self::Plain(KeyCode::Char(character)) => character.to_string(),
            Self::Plain(KeyCode::PageUp) => "PgUp".to_owned(),
            Self::Plain(KeyCode::PageDown) => "PgDn".to_owned(),
            Self::Plain(KeyCode::BackTab) => "Shift-Tab".to_owned(),
            Self::Plain(code) => format!("{code:?}"),
        }
    }
}

/// Keys, what they mean and in which words.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The keys; the first is shown in the key bar.
    pub keys: &'static [Press],
    /// What they mean.
    pub gesture: Gesture,
    /// In the key bar; empty for keys that are only in help.
    pub short: &'static str,
    /// In help.
    pub words: &'static str,
}

/// A row of a table of keys.
pub const fn bind(
    keys: &'static [Press],
    gesture: Gesture,
    short: &'static str,
    words: &'static str,
) -> Binding {
    Binding { keys, gesture, short, words }
}

/// Moving about, the same on all of these screens.
pub const MOVING: [Binding; 6] = [
    bind(&[Press::Plain(KeyCode::Up), key('k')], Gesture::Up, "", "up"),
    bind(&[Press::Plain(KeyCode::Down), key('j')], Gesture::Down, "", "down"),
    bind(&[Press::Plain(KeyCode::PageUp), Press::Control('b')], Gesture::PageUp, "", "a page up"),
    bind(&[Press::Plain(KeyCode::PageDown), Press::Control('f')], Gesture::PageDown, "", "a page down"),
    bind(&[key('g'), Press::Plain(KeyCode::Home)], Gesture::First, "", "to the beginning"),
    bind(&[key('G'), Press::Plain(KeyCode::End)], Gesture::Last, "", "to the end"),
];

/// What a key means by this table.
pub fn gesture(table: &[Binding], event: KeyEvent) -> Option<Gesture> {
    let bound = |binding: &&Binding| binding.keys.iter().any(|press| press.matches(event));
    table.iter().find(bound).map(|binding| binding.gesture)
}

/// Where a cursor in so many lines stands after a gesture; others leave it where it is.
pub fn moved(cursor: usize, count: usize, gesture: Gesture, page: usize) -> usize {
    let last = count.saturating_sub(1);
    let wanted = match gesture {
        Gesture::Up => cursor.saturating_sub(1),
        Gesture::Down => cursor + 1,
        Gesture::PageUp => cursor.saturating_sub(page.max(1)),
        Gesture::PageDown => cursor + page.max(1),
        Gesture::First => 0,
        Gesture::Last => last,
        _ => cursor,
    };
    wanted.min(last)
}

/// The first line shown of so many, so that the one under the cursor is well in sight.
pub fn first_shown(cursor: usize, count: usize, height: usize) -> usize {
    cursor.saturating_sub(height / 2).min(count.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_stays_within_its_list() {
        for (cursor, count, gesture, expected) in [
            (0, 5, Gesture::Up, 0),
            (4, 5, Gesture::Down, 4),
            (1, 5, Gesture::PageDown, 4),
            (1, 0, Gesture::Down, 0),
            (3, 5, Gesture::First, 0),
            (0, 5, Gesture::Last, 4),
            (2, 5, Gesture::Find, 2),
        ] {
            assert_eq!(moved(cursor, count, gesture, 10), expected, "{gesture:?}");
        }
    }

    #[test]
    fn the_line_under_the_cursor_is_always_shown() {
        for count in 1..40 {
            for cursor in 0..count {
                let first = first_shown(cursor, count, 7);
                assert!((first..first + 7).contains(&cursor), "{cursor} of {count}");
            }
        }
    }
}

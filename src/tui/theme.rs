//! The look: glyphs and styles, by meaning. Every colour and every sign on the screens comes from
//! here; nothing depends on colour alone.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

/// How many colours may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// The terminal's own sixteen.
    #[default]
    Full,
    /// None: bold, dim and reversed only (`NO_COLOR`).
    None,
}

/// The signs, each one column wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// Done and well.
    pub done: &'static str,
    /// Where the run stands.
    pub current: &'static str,
    /// To be done.
    pub open: &'static str,
    /// Failed.
    pub failed: &'static str,
    /// Good enough, not good.
    pub degraded: &'static str,
    /// Nobody knows.
    pub unknown: &'static str,
    /// Left out.
    pub skipped: &'static str,
    /// The way back.
    pub rollback: &'static str,
    /// What broke last time, and warnings.
    pub warning: &'static str,
    /// The record is being written.
    pub recording: &'static str,
    /// A group that shows what is in it.
    pub opened: &'static str,
    /// A group that does not.
    pub closed: &'static str,
    /// Between the parts of a line.
    pub dot: &'static str,
    /// From one version to another.
    pub arrow: &'static str,
    /// Something was cut off here.
    pub ellipsis: &'static str,
    /// The line goes on below.
    pub wrapped: &'static str,
    /// A list item in prose.
    pub bullet: &'static str,
    /// A thin horizontal rule.
    pub rule: &'static str,
    /// The arrow keys: up, down, left, right.
    pub arrows: [&'static str; 4],
}

const UNICODE: Glyphs = Glyphs {
    done: "✓",
    current: "▸",
    open: "○",
    failed: "✗",
    degraded: "!",
    unknown: "?",
    skipped: "–",
    rollback: "↩",
    warning: "⚠",
    recording: "●",
    opened: "▾",
    closed: "▸",
    dot: "·",
    arrow: "→",
    ellipsis: "…",
    wrapped: "↪",
    bullet: "•",
    rule: "─",
    arrows: ["↑", "↓", "←", "→"],
};

const ASCII: Glyphs = Glyphs {
    done: "+",
    current: ">",
    open: "o",
    failed: "x",
    degraded: "!",
    unknown: "?",
    skipped: "-",
    rollback: "<",
    warning: "*",
    recording: "@",
    opened: "v",
    closed: ">",
    dot: "-",
    arrow: ">",
    ellipsis: "~",
    wrapped: "\\",
    bullet: "*",
    rule: "-",
    arrows: ["Up", "Down", "Left", "Right"],
};

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// Glyphs and styles for one terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// The signs.
    pub glyphs: Glyphs,
    /// Whether colours may be used.
    pub colour: Colour,
    ascii: bool,
}

impl Theme {
    /// Signs from Unicode.
    pub fn unicode(colour: Colour) -> Self {
        Self { glyphs: UNICODE, colour, ascii: false }
    }

    /// Signs from ASCII only.
    pub fn ascii(colour: Colour) -> Self {
        Self { glyphs: ASCII, colour, ascii: true }
    }

    /// The corners and edges of panes.
    pub fn border_set(&self) -> border::Set<'static> {
        if self.ascii { ASCII_BORDER } else { border::ROUNDED }
    }

    /// Ordinary text.
    pub fn text(&self) -> Style {
        Style::new()
    }

    /// Ordinary text where another style would shine through: within borders.
    pub fn plain(&self) -> Style {
        Style::reset()
    }

    /// What carries weight: titles, what is asked.
    pub fn strong(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What may be overlooked: labels, settled things, hints.
    pub fn dim(&self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// The one accent: where the run stands, what has the focus, keys.
    pub fn accent(&self) -> Style {
        self.coloured(Color::Cyan, Modifier::BOLD)
    }

    /// Done and well.
    pub fn good(&self) -> Style {
        self.coloured(Color::Green, Modifier::empty())
    }

    /// To be careful about.
    pub fn caution(&self) -> Style {
        self.coloured(Color::Yellow, Modifier::BOLD)
    }

    /// Failed, stopped, destroyed.
    pub fn bad(&self) -> Style {
        self.coloured(Color::Red, Modifier::BOLD)
    }

    /// Nobody knows yet.
    pub fn unknown(&self) -> Style {
        self.coloured(Color::Magenta, Modifier::BOLD)
    }

    /// The line under the cursor of the pane that has the focus.
    pub fn selected(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The line under the cursor of a pane that does not have the focus.
    pub fn marked(&self) -> Style {
        self.coloured(Color::Cyan, Modifier::UNDERLINED).add_modifier(Modifier::BOLD)
    }

    /// A text field.
    pub fn field(&self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// The text field in which is typed.
    pub fn field_focused(&self) -> Style {
        self.coloured(Color::Cyan, Modifier::BOLD).add_modifier(Modifier::UNDERLINED)
    }

    /// A character that would not be seen, shown by its name.
    pub fn escaped(&self) -> Style {
        self.coloured(Color::Red, Modifier::REVERSED)
    }

    /// The border of a pane.
    pub fn border(&self) -> Style {
        self.dim()
    }

    /// The border of the pane that has the focus.
    pub fn border_focused(&self) -> Style {
        self.accent().remove_modifier(Modifier::BOLD)
    }

    fn coloured(&self, colour: Color, plain: Modifier) -> Style {
        match self.colour {
            Colour::Full => Style::new().fg(colour),
            Colour::None => Style::new().add_modifier(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_no_style_names_a_colour() {
        let theme = Theme::unicode(Colour::None);
        for style in [theme.accent(), theme.good(), theme.caution(), theme.bad(), theme.unknown()] {
            assert_eq!(style.fg, None);
        }
    }

    #[test]
    fn ascii_signs_are_ascii() {
        let text = format!("{ASCII:?}{ASCII_BORDER:?}");
        assert!(text.is_ascii(), "{text}");
    }
}

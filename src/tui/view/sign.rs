//! Status by sign and colour, the same in every pane.

use ratatui::style::Style;

use crate::engine::{ItemState, StepState};
use crate::tui::theme::Theme;

/// Sign and style of an item; the one that is asked for now is marked as current.
pub fn of_item(theme: &Theme, state: &ItemState, is_current: bool) -> (&'static str, Style) {
    let glyphs = &theme.glyphs;
    match state {
        ItemState::Failed => (glyphs.failed, theme.bad()),
        ItemState::Unknown(_) => (glyphs.unknown, theme.unknown()),
        ItemState::Running(_) => (glyphs.current, theme.accent()),
        _ if is_current => (glyphs.current, theme.accent()),
        ItemState::Open => (glyphs.open, theme.dim()),
        ItemState::Partial => (glyphs.current, theme.dim()),
        ItemState::Passed => (glyphs.done, theme.good()),
        ItemState::Degraded | ItemState::Overridden => (glyphs.degraded, theme.caution()),
        ItemState::Skipped(_) | ItemState::NotApplicable => (glyphs.skipped, theme.dim()),
    }
}

/// Sign and style of a step.
pub fn of_step(theme: &Theme, state: StepState, is_current: bool) -> (&'static str, Style) {
    let glyphs = &theme.glyphs;
    match state {
        StepState::Failed => (glyphs.failed, theme.bad()),
        StepState::Unknown => (glyphs.unknown, theme.unknown()),
        StepState::Running => (glyphs.current, theme.accent()),
        _ if is_current => (glyphs.current, theme.accent()),
        StepState::Done => (glyphs.done, theme.good()),
        StepState::DoneWithIssues => (glyphs.degraded, theme.caution()),
        StepState::Skipped => (glyphs.skipped, theme.dim()),
        StepState::Active | StepState::Open => (glyphs.open, theme.dim()),
    }
}

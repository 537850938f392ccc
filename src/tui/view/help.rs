//! Help: every key that works here and now, from the table of keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::{pane, text, title};
use crate::engine::Run;
use crate::tui::dialog::Focus;
use crate::tui::keymap::{self, Context, Gesture};
use crate::tui::ui::{Pane, Ui};

/// Draws the overlay.
pub fn draw(frame: &mut Frame<'_>, body: Rect, run: &Run, ui: &Ui, scroll: u16) {
    let theme = &ui.theme;
    let width = body.width.min(64);
    let lines = lines(run, ui, usize::from(width).saturating_sub(4));
    let height = (u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2)).min(body.height);
    let area =
        Rect { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width, height };
    let scroll = scroll.min(u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_sub(height - 2));
    let block = pane(theme, title(theme, "Keys that work here", 40, true), Line::default(), true);
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)).block(block), area);
}

fn lines(run: &Run, ui: &Ui, width: usize) -> Vec<Line<'static>> {
    let entries = entries(run, ui);
    let keys = entries.iter().map(|(keys, _)| text::columns(keys)).max().unwrap_or(0).min(width / 3);
    entries
        .into_iter()
        .flat_map(|(shown, words)| {
            let wrapped = text::wrap(&words, width.saturating_sub(keys + 2));
            wrapped.into_iter().enumerate().map(move |(index, words)| {
                let shown = if index == 0 { shown.clone() } else { String::new() };
                (text::fit(&shown, keys + 2, " "), words)
            })
        })
        .map(|(keys, words)| Line::from(vec![Span::styled(keys, ui.theme.accent()), Span::raw(words)]))
        .collect()
}

fn entries(run: &Run, ui: &Ui) -> Vec<(String, String)> {
    let context = context_below(ui);
    let mut entries = Vec::new();
    if let Some(dialog) = ui.dialog.as_ref().filter(|dialog| dialog.focus == Focus::Answers) {
        entries.extend(dialog.answers(run).into_iter().map(|answer| (answer.key.to_string(), answer.words)));
    }
    for binding in keymap::of_context(ui, run, context) {
        let keys: Vec<String> = binding.keys.iter().map(|key| key.name(&ui.theme)).collect();
        let words = match binding.gesture {
            Gesture::Primary => keymap::primary_words(ui, run).unwrap_or(binding.words),
            _ => binding.words,
        };
        entries.push((keys.join(" "), words.to_owned()));
    }
    entries
}

/// Where keys go once help is closed.
fn context_below(ui: &Ui) -> Context {
    match (&ui.dialog, ui.focus) {
        (Some(dialog), _) if dialog.focus == Focus::Answers => Context::Answers,
        (Some(_), _) => Context::Form,
        (None, _) if ui.typing => Context::Program,
        (None, Pane::Checklist) => Context::Checklist,
        (None, Pane::Detail) => Context::Detail,
        (None, Pane::Output) => Context::Output,
    }
}

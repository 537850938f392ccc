//! The last line: the keys that matter now, or a message, or the search that is typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::text;
use crate::engine::Run;
use crate::protocol::Recording;
use crate::tui::dialog::{Dialog, Focus, Kind};
use crate::tui::keymap::{self, Context, Gesture};
use crate::tui::ui::Ui;

/// Draws the line.
pub fn draw(frame: &mut Frame<'_>, area: Rect, run: &Run, ui: &Ui) {
    let theme = &ui.theme;
    let width = usize::from(area.width);
    if let Some(prompt) = &ui.prompt {
        let field = Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..area };
        frame.render_widget(Line::styled(" /", theme.accent()), area);
        prompt.draw(frame, field, true, theme);
        return;
    }
    let message = ui.message.as_ref().map(|message| (message.bad, message.text.clone()));
    let failing = match &ui.recording {
        Recording::Failing { why } => {
            Some((true, format!("the record cannot be written: {why}; nothing starts")))
        }
        Recording::Good => None,
    };
    if let Some((bad, words)) = message.or(failing) {
        let (sign, style) =
            if bad { (theme.glyphs.failed, theme.bad()) } else { (theme.glyphs.dot, theme.accent()) };
        let words = text::cut(&text::readable(&words), width.saturating_sub(4), theme.glyphs.ellipsis);
        frame.render_widget(
            Line::from(vec![Span::styled(format!(" {sign} "), style), Span::raw(words)]),
            area,
        );
        return;
    }
    frame.render_widget(keys(run, ui, width), area);
}

/// As many keys as there is room for; help always.
fn keys(run: &Run, ui: &Ui, width: usize) -> Line<'static> {
    let theme = &ui.theme;
    if keymap::context(ui) == Context::Program && width >= 66 {
        return Line::from(vec![
            Span::raw(format!(" keys go to the command {} ", theme.glyphs.dot)),
            Span::styled("Ctrl-]", theme.accent()),
            Span::raw(" gives them back (it goes on)"),
        ]);
    }
    let mut entries = entries(run, ui);
    let help = entries.iter().position(|(_, words)| words == "help").map(|at| entries.remove(at));
    let wide = |(key, words): &(String, String)| text::columns(key) + text::columns(words) + 3;
    let mut room = width.saturating_sub(help.as_ref().map_or(0, wide));
    let mut spans = vec![Span::raw(" ")];
    for entry in entries
        .into_iter()
        .take_while(|entry| {
            let fits = wide(entry) <= room;
            room = room.saturating_sub(wide(entry));
            fits
        })
        .chain(help)
    {
        spans.push(Span::styled(entry.0, theme.accent()));
        spans.push(Span::raw(format!(" {}  ", entry.1)));
    }
    Line::from(spans)
}

fn entries(run: &Run, ui: &Ui) -> Vec<(String, String)> {
    let context = keymap::context(ui);
    let mut entries: Vec<(String, String)> = Vec::new();
    if matches!(context, Context::Checklist | Context::Detail | Context::Output)
        && let Some(words) = keymap::here(ui, run)
            .any(|binding| binding.gesture == Gesture::Primary)
            .then(|| keymap::primary_words(ui, run))
            .flatten()
    {
        if run.outcome().is_some() {
            entries.push(("Enter q d".to_owned(), "leave the ended run".to_owned()));
        } else {
            entries.push(("Enter".to_owned(), words.to_owned()));
        }
    }
    if let Some(dialog) = &ui.dialog
        && ui.help.is_none()
    {
        entries.extend(dialog_entries(ui, dialog, run));
    }
    let ended = run.outcome().is_some();
    let told = |binding: &&keymap::Binding| ended && binding.gesture == Gesture::Detach;
    let bound =
        keymap::here(ui, run).filter(|binding| !binding.short.is_empty()).filter(|binding| !told(binding));
    entries.extend(
        bound.map(|binding| (binding.keys[0].name(&ui.theme), short(ui, binding.gesture, binding.short))),
    );
    entries
}

fn short(ui: &Ui, gesture: Gesture, words: &str) -> String {
    match (gesture, &ui.dialog) {
        (Gesture::Advance, Some(dialog)) => {
            let is_last = dialog.focus == Focus::Field(dialog.fields.len().saturating_sub(1));
            let words = match (&dialog.kind, is_last) {
                (_, false) => words,
                (Kind::Edit(_) | Kind::Values { then: Some(_), .. }, true) => "on",
                (_, true) if dialog.is_sent_by_enter() => "save",
                (_, true) => "done",
            };
            words.to_owned()
        }
        _ => words.to_owned(),
    }
}

fn dialog_entries(ui: &Ui, dialog: &Dialog, run: &Run) -> Vec<(String, String)> {
    if dialog.focus != Focus::Answers || dialog.discarding {
        return Vec::new();
    }
    if dialog.is_menu() {
        let [up, down, ..] = ui.theme.glyphs.arrows;
        let on = if dialog.kind == Kind::Finish { ("y", "close the run so") } else { ("Enter", "go on") };
        let choose = (format!("{up} {down}"), "choose".to_owned());
        return vec![choose, (on.0.to_owned(), on.1.to_owned())];
    }
    let keys: Vec<String> = dialog.answers(run).iter().map(|answer| answer.key.to_string()).collect();
    let mut entries = vec![(keys.join(" "), "answer".to_owned())];
    if matches!(dialog.kind, Kind::Confirm(_)) && super::dialog::hidden_lines(run, ui, dialog) > dialog.scroll
    {
        entries.push(("PgDn G".to_owned(), "read on".to_owned()));
    }
    entries
}

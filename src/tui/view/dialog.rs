//! Dialogs: where their text, fields and answers are, and how these look.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::question::{body, heading};
use super::{pane, text};
use crate::engine::Run;
use crate::tui::dialog::{Dialog, Focus, Kind, Tone};
use crate::tui::layout::{dialog_area, is_docked};
use crate::tui::theme::Theme;
use crate::tui::ui::Ui;

/// Lines of a menu that are shown however little room there is.
const LEAST_MENU: u16 = 4;
/// Lines of text that are shown before a menu, if there is any room.
const LEAST_BODY: u16 = 3;

/// Draws the dialog over whatever is below it.
pub fn draw(frame: &mut Frame<'_>, run: &Run, ui: &Ui, dialog: &Dialog) {
    let theme = &ui.theme;
    let (area, plan) = plan(run, ui, dialog);
    let tone = if is_grave(dialog) { theme.bad() } else { theme.accent() };
    let room = usize::from(area.width).saturating_sub(4);
    let heading = text::cut(&text::readable(&heading(run, dialog)), room, theme.glyphs.ellipsis);
    let mut block = pane(theme, Line::styled(format!(" {heading} "), tone), Line::default(), true);
    if let Some(words) = plan.more(dialog, theme) {
        block = block.title_bottom(Line::styled(words, theme.caution()).right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    plan.draw(frame, inner, dialog, theme);
}

/// Where a dialog is on the screen.
pub fn area(run: &Run, ui: &Ui, dialog: &Dialog) -> Rect {
    plan(run, ui, dialog).0
}

/// How many lines of the dialog's text are below its last visible line when it is not scrolled.
pub fn hidden_lines(run: &Run, ui: &Ui, dialog: &Dialog) -> u16 {
    plan(run, ui, dialog).1.hidden()
}

/// How many lines of the dialog's text are shown at once.
pub fn shown_lines(run: &Run, ui: &Ui, dialog: &Dialog) -> u16 {
    plan(run, ui, dialog).1.body_height
}

fn plan(run: &Run, ui: &Ui, dialog: &Dialog) -> (Rect, Plan) {
    let width = dialog_area(ui, run, dialog, 1).width.saturating_sub(4);
    let mut plan = Plan::of(run, ui, dialog, width);
    let mut area = dialog_area(ui, run, dialog, plan.height());
    if plan.height() > area.height.saturating_sub(2) && !dialog.is_menu() {
        plan.answers = flowing(run, &ui.theme, dialog, width.into());
        area = dialog_area(ui, run, dialog, plan.height());
    }
    plan.settle(area.height.saturating_sub(2), dialog);
    (area, plan)
}

fn is_grave(dialog: &Dialog) -> bool {
    matches!(
        dialog.kind,
        Kind::Failure(..) | Kind::Halted(_) | Kind::RollBack | Kind::Abandon | Kind::Override(_)
    )
}

fn count(lines: &[Line<'_>]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

/// From top to bottom: text, fields, answers, complaint; and how much of each is shown.
struct Plan {
    body: Vec<Line<'static>>,
    fields: Vec<u16>,
    label: u16,
    answers: Vec<Line<'static>>,
    complaint: Vec<Line<'static>>,
    body_height: u16,
    fields_height: u16,
    answers_height: u16,
    body_gap: u16,
    answers_gap: u16,
}

impl Plan {
    fn of(run: &Run, ui: &Ui, dialog: &Dialog, width: u16) -> Self {
        let theme = &ui.theme;
        let label = dialog.fields.iter().map(|field| text::columns(&field.label)).max().unwrap_or(0) + 2;
        let label = u16::try_from(label).unwrap_or(u16::MAX).min(width / 2);
        let body = body(run, ui, dialog, width.into());
        let answers = listed(run, theme, dialog, width.into());
        let mut plan = Self {
            fields: dialog.fields.iter().map(|field| field.rows(width - label, theme)).collect(),
            label,
            complaint: complaint(theme, dialog, width.into()),
            body_height: count(&body),
            fields_height: 0,
            answers_height: 0,
            body_gap: 0,
            answers_gap: 0,
            body,
            answers,
        };
        plan.fields_height = plan.fields.iter().sum();
        plan.body_gap = u16::from(!plan.body.is_empty() && plan.fields_height + count(&plan.answers) > 0);
        plan.answers_gap = u16::from(plan.fields_height > 0 && !plan.answers.is_empty());
        plan
    }

    /// Lines that it would take.
    fn height(&self) -> u16 {
        let parts = [count(&self.body), self.fields_height, count(&self.answers), count(&self.complaint)];
        parts.iter().sum::<u16>() + self.body_gap + self.answers_gap
    }

    /// Shares out the lines there are: what answers the question comes before what explains it.
    fn settle(&mut self, height: u16, dialog: &Dialog) {
        self.answers_height = count(&self.answers);
        if self.height() <= height {
            return;
        }
        let room = height.saturating_sub(count(&self.complaint));
        if room < 10 {
            self.body_gap = 0;
            self.answers_gap = 0;
        }
        let gaps = self.body_gap + self.answers_gap;
        let least_body = LEAST_BODY.min(count(&self.body));
        if dialog.is_menu() {
            let rest = room.saturating_sub(gaps + self.fields_height + least_body);
            self.answers_height = self.answers_height.min(rest.max(LEAST_MENU)).min(room);
        }
        let rest = room.saturating_sub(gaps + self.answers_height);
        self.fields_height = self.fields_height.min(rest);
        self.body_height = rest.saturating_sub(self.fields_height);
    }

    fn hidden(&self) -> u16 {
        count(&self.body).saturating_sub(self.body_height)
    }

    fn draw(self, frame: &mut Frame<'_>, inner: Rect, dialog: &Dialog, theme: &Theme) {
        let parts = [
            Constraint::Length(self.body_height),
            Constraint::Length(self.body_gap),
            Constraint::Length(self.fields_height),
            Constraint::Length(self.answers_gap),
            Constraint::Length(self.answers_height),
            Constraint::Length(count(&self.complaint)),
            Constraint::Min(0),
        ];
        let [body, _, fields, _, answers, complaint, _] = Layout::vertical(parts).areas(inner);
        let scroll = dialog.scroll.min(self.hidden());
        frame.render_widget(Paragraph::new(self.body.clone()).scroll((scroll, 0)), body);
        self.draw_fields(frame, fields, dialog, theme);
        let cursor = u16::try_from(dialog.cursor).unwrap_or(0);
        let skip = if dialog.is_menu() { (cursor + 1).saturating_sub(answers.height) } else { 0 };
        frame.render_widget(Paragraph::new(self.answers).scroll((skip, 0)), answers);
        frame.render_widget(Paragraph::new(self.complaint), complaint);
    }

    /// For the border, that there is more text: nothing of the text itself is covered.
    fn more(&self, dialog: &Dialog, theme: &Theme) -> Option<String> {
        let left = self.hidden().checked_sub(dialog.scroll).filter(|left| *left > 0)?;
        let lines = if left == 1 { "line" } else { "lines" };
        let keys = if dialog.focus != Focus::Answers || dialog.is_menu() {
            String::new()
        } else if is_docked(dialog) {
            format!(" {} {}", theme.glyphs.dot, theme.glyphs.arrows[1])
        } else {
            format!(" {} PgDn", theme.glyphs.dot)
        };
        Some(format!(" {left} more {lines}{keys} "))
    }

    fn draw_fields(&self, frame: &mut Frame<'_>, area: Rect, dialog: &Dialog, theme: &Theme) {
        let focus = match dialog.focus {
            Focus::Field(index) => index,
            Focus::Answers => 0,
        };
        let through: u16 = self.fields.iter().take(focus + 1).sum();
        let mut skip = through.saturating_sub(area.height);
        let mut area = area;
        for (index, (field, rows)) in dialog.fields.iter().zip(&self.fields).enumerate() {
            if skip > 0 && index < focus {
                skip = skip.saturating_sub(*rows);
                continue;
            }
            let focused = dialog.focus == Focus::Field(index) && !dialog.discarding;
            let row = Rect { height: (*rows).min(area.height), ..area };
            let [label, space] =
                Layout::horizontal([Constraint::Length(self.label), Constraint::Min(0)]).areas(row);
            let style = if focused { theme.accent() } else { theme.dim() };
            let room = usize::from(self.label).saturating_sub(1);
            let words = text::cut(&text::visible(&field.label), room, theme.glyphs.ellipsis);
            frame.render_widget(Line::styled(words, style), label);
            field.draw(frame, space, focused, theme);
            area = Rect { y: row.bottom(), height: area.height - row.height, ..area };
        }
    }
}

fn complaint(theme: &Theme, dialog: &Dialog, width: usize) -> Vec<Line<'static>> {
    let (words, style) = if dialog.discarding {
        ("what was typed would be lost: y discards it, any other key goes back", theme.caution())
    } else {
        (dialog.complaint.as_deref().unwrap_or_default(), theme.bad())
    };
    if words.is_empty() {
        return Vec::new();
    }
    text::wrap(&text::readable(words), width).into_iter().map(|words| Line::styled(words, style)).collect()
}

fn key_style(theme: &Theme, active: bool, tone: Tone) -> Style {
    match (active, tone) {
        (false, _) => theme.dim(),
        (true, Tone::Plain) => theme.accent(),
        (true, Tone::Good) => theme.good(),
        (true, Tone::Caution) => theme.caution(),
        (true, Tone::Bad) => theme.bad(),
    }
}

/// The answers side by side, for where lines are dear.
fn flowing(run: &Run, theme: &Theme, dialog: &Dialog, width: usize) -> Vec<Line<'static>> {
    let active = dialog.focus == Focus::Answers && !dialog.discarding;
    let mut lines: Vec<Line<'static>> = Vec::new();
    for answer in dialog.answers(run) {
        let words = text::readable(&answer.words);
        let needed = text::columns(&words) + 2;
        let spans = [
            Span::styled(answer.key.to_string(), key_style(theme, active, answer.tone)),
            Span::styled(format!(" {words}"), if active { theme.text() } else { theme.dim() }),
        ];
        match lines.last_mut().filter(|line| line.width() + 3 + needed <= width) {
            Some(line) => {
                line.push_span(Span::raw("   "));
                line.spans.extend(spans);
            }
            None => lines.push(Line::from(spans.to_vec())),
        }
    }
    lines
}

/// The answers one below the other.
fn listed(run: &Run, theme: &Theme, dialog: &Dialog, width: usize) -> Vec<Line<'static>> {
    let active = dialog.focus == Focus::Answers && !dialog.discarding;
    let line = |(index, answer): (usize, crate::tui::dialog::Answer)| {
        let style = key_style(theme, active, answer.tone);
        let marked = dialog.is_menu() && dialog.cursor == index;
        let sign = if marked { theme.glyphs.current } else { " " };
        let words = text::cut(&text::readable(&answer.words), width.saturating_sub(5), theme.glyphs.ellipsis);
        let weight = if marked { theme.strong() } else { theme.text() };
        Line::from(vec![
            Span::styled(format!("{sign} "), theme.accent()),
            Span::styled(answer.key.to_string(), style),
            Span::styled(format!("  {words}"), if active { weight } else { theme.dim() }),
        ])
    };
    dialog.answers(run).into_iter().enumerate().map(line).collect()
}

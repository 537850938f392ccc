//! Where each pane is, for this size and state. Shared by drawing, keys and mouse.

use ratatui::layout::{Constraint, Layout, Position, Rect};

use super::dialog::{Dialog, Kind};
use super::ui::{Pane, Ui};
use crate::engine::Run;

const TWO_COLUMNS: (u16, u16) = (66, 14);
const THREE_COLUMNS: u16 = 180;

/// The areas of the screen; panes that are not shown have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panes {
    /// The first line.
    pub status: Rect,
    /// Everything between the first and the last line.
    pub body: Rect,
    /// The last line.
    pub keys: Rect,
    /// Phases and steps.
    pub checklist: Option<Rect>,
    /// The step under the cursor.
    pub detail: Option<Rect>,
    /// What its command printed.
    pub output: Option<Rect>,
}

impl Panes {
    /// The area of a pane.
    pub fn of(&self, pane: Pane) -> Option<Rect> {
        match pane {
            Pane::Checklist => self.checklist,
            Pane::Detail => self.detail,
            Pane::Output => self.output,
        }
    }

    /// The pane at this place.
    pub fn at(&self, place: Position) -> Option<Pane> {
        [Pane::Checklist, Pane::Detail, Pane::Output]
            .into_iter()
            .find(|pane| self.of(*pane).is_some_and(|area| area.contains(place)))
    }
}

/// The panes for this state of the screen.
pub fn layout(ui: &Ui, run: &Run) -> Panes {
    arrange(ui, !run.attempts().is_empty())
}

fn arrange(ui: &Ui, has_output: bool) -> Panes {
    let whole = Rect::new(0, 0, ui.size.width, ui.size.height);
    let [status, body, keys] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)]).areas(whole);
    let none = Panes { status, body, keys, checklist: None, detail: None, output: None };
    if is_single(ui) || ui.zoomed {
        return match ui.focus {
            _ if has_output && docks(ui) => Panes { output: Some(body), ..none },
            Pane::Checklist => Panes { checklist: Some(body), ..none },
            Pane::Detail => Panes { detail: Some(body), ..none },
            Pane::Output => Panes { output: Some(body), ..none },
        };
    }
    let left = (body.width * 3 / 8).clamp(28, 42);
    if body.width >= THREE_COLUMNS && has_output {
        let parts = [Constraint::Length(left), Constraint::Fill(2), Constraint::Fill(3)];
        let [checklist, detail, output] = Layout::horizontal(parts).areas(body);
        return Panes { checklist: Some(checklist), detail: Some(detail), output: Some(output), ..none };
    }
    let [checklist, right] = Layout::horizontal([Constraint::Length(left), Constraint::Min(0)]).areas(body);
    let panes = Panes { checklist: Some(checklist), ..none };
    if !has_output {
        return Panes { detail: Some(right), ..panes };
    }
    let detail_share = if body.height < 30 { 52 } else { 46 };
    let [detail, output] =
        Layout::vertical([Constraint::Percentage(detail_share), Constraint::Min(0)]).areas(right);
    Panes { detail: Some(detail), output: Some(output), ..panes }
}

/// Whether there is room for one pane only.
pub fn is_single(ui: &Ui) -> bool {
    ui.size.width < TWO_COLUMNS.0 || ui.size.height < TWO_COLUMNS.1
}

fn docks(ui: &Ui) -> bool {
    ui.dialog.as_ref().is_some_and(is_docked)
}

/// Whether a dialog leaves the output in sight, because it is about it.
pub fn is_docked(dialog: &Dialog) -> bool {
    match &dialog.kind {
        Kind::Judge(_) | Kind::Failure(..) | Kind::Halted(_) | Kind::Resolve(_) | Kind::Stop => true,
        Kind::Values { input, .. } => input.is_some(),
        _ => false,
    }
}

/// Where a dialog of this many lines (its border not counted) is.
pub fn dialog_area(ui: &Ui, run: &Run, dialog: &Dialog, lines: u16) -> Rect {
    let panes = layout(ui, run);
    let body = panes.body;
    let height = lines.saturating_add(2);
    if !is_docked(dialog) || run.attempts().is_empty() {
        let width = body.width.min(dialog_width(ui) + 4);
        let height = height.min(body.height);
        let x = body.x + (body.width - width) / 2;
        let y = body.y + (body.height - height) / 3;
        return Rect { x, y, width, height };
    }
    match (panes.detail, panes.output) {
        (Some(detail), Some(output)) if detail.y != output.y => {
            let height = height.max(detail.height).min(detail.height + output.height - 6);
            Rect { height, ..detail }
        }
        (Some(detail), Some(_)) => Rect { height: height.min(detail.height), ..detail },
        _ => {
            let height = height.min(body.height.saturating_sub(if body.height > 14 { 5 } else { 0 }));
            Rect { y: body.bottom() - height, height, ..body }
        }
    }
}

/// Columns for the text of a dialog in the middle of the screen.
pub fn dialog_width(ui: &Ui) -> u16 {
    ui.size.width.saturating_sub(4).clamp(1, 84)
}

/// Columns and rows of the command's terminal.
pub fn output_size(ui: &Ui) -> (u16, u16) {
    let area = arrange(ui, true).output.unwrap_or_else(|| arrange(ui, true).body);
    (area.width.saturating_sub(4).max(2), area.height.saturating_sub(2).max(1))
}

/// Rows for the text of the detail pane.
pub fn detail_height(ui: &Ui, run: &Run) -> u16 {
    layout(ui, run).detail.map_or(1, |area| area.height.saturating_sub(2))
}

/// Columns for the text of the detail pane.
pub fn detail_width(ui: &Ui, run: &Run) -> u16 {
    layout(ui, run).detail.map_or(1, |area| area.width.saturating_sub(4))
}

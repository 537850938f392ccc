//! Preflight: the overview of a runbook, to be scrolled, and beside it the form that begins a run.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::around::{bands, heading, help, key_bar, labelled, labelled_in, message, prose, spread};
use super::home::{counted, versions};
use super::{pane, text, title};
use crate::runbook::{Block, Item, ItemKind, Phase, Role, Severity, Step};
use crate::tui::preflight::{FIELDS, Focus, PreflightUi};
use crate::tui::theme::Theme;

const SIDE_BY_SIDE: u16 = 76;
const LABEL: usize = 15;
const MAX_HIDDEN_LINES: usize = 8;

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, ui: &PreflightUi) {
    let theme = &ui.theme;
    let (top, body, bottom) = bands(frame.area());
    let source = format!("{} {} {}", ui.data.runbook.title, theme.glyphs.dot, ui.data.runbook.source.name);
    heading(frame, top, theme, &source, vec![standing(ui)]);
    let (overview, form) = panes(body, ui.focus);
    if let Some(area) = overview {
        draw_overview(frame, area, ui);
    }
    if let Some(area) = form {
        draw_form(frame, area, ui);
    }
    if let Some(scroll) = ui.help {
        help(frame, body, theme, &ui.bindings(), scroll);
    }
    match &ui.message {
        Some(words) => message(frame, bottom, theme, words),
        None => key_bar(frame, bottom, theme, &ui.bindings()),
    }
}

/// How many lines the overview has, and how many of them are shown at once.
pub fn overview_size(ui: &PreflightUi) -> (usize, usize) {
    let Size { width, height } = ui.size;
    let (_, body, _) = bands(Rect { x: 0, y: 0, width, height });
    let area = panes(body, Focus::Overview).0.unwrap_or(body);
    (overview(ui, inner_width(area)).len(), usize::from(area.height.saturating_sub(2)))
}

fn panes(body: Rect, focus: Focus) -> (Option<Rect>, Option<Rect>) {
    if body.width < SIDE_BY_SIDE {
        return if focus == Focus::Overview { (Some(body), None) } else { (None, Some(body)) };
    }
    let width = (body.width * 2 / 5).clamp(34, 50);
    let overview = Rect { width: body.width - width, ..body };
    (Some(overview), Some(Rect { x: overview.right(), width, ..body }))
}

fn inner_width(area: Rect) -> usize {
    usize::from(area.width).saturating_sub(4)
}

fn standing(ui: &PreflightUi) -> Span<'static> {
    let theme = &ui.theme;
    match (ui.approved, &ui.data.changed) {
        (true, _) => Span::styled(format!("{} approved", theme.glyphs.done), theme.good()),
        (false, Some(_)) => Span::styled(format!("{} changed", theme.glyphs.degraded), theme.caution()),
        (false, None) => Span::styled(format!("{} new here", theme.glyphs.degraded), theme.caution()),
    }
}

fn draw_overview(frame: &mut Frame<'_>, area: Rect, ui: &PreflightUi) {
    let theme = &ui.theme;
    let focused = ui.focus == Focus::Overview;
    let lines = overview(ui, inner_width(area));
    let height = usize::from(area.height.saturating_sub(2));
    let first = ui.scroll.min(lines.len().saturating_sub(height));
    let below = lines.len().saturating_sub(first + height);
    let left = title(theme, "What was understood", inner_width(area), focused);
    let mut block = pane(theme, left, Line::default(), focused);
    if below > 0 {
        block = block.title_bottom(
            Line::styled(format!(" {} below ", counted(below, "line")), theme.dim()).right_aligned(),
        );
    }
    let shown: Vec<Line<'_>> = lines.into_iter().skip(first).take(height).collect();
    frame.render_widget(Paragraph::new(shown).block(block), area);
}

/// Everything there is to know, a section after the other.
fn overview(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let sections = [
        understood(ui, width),
        hidden(ui, width),
        last_time(ui, width),
        follow_ups(ui, width),
        changed(ui, width),
        lint(ui, width),
        commands(ui, width),
    ];
    let filled: Vec<Vec<Line<'static>>> =
        sections.into_iter().filter(|section| !section.is_empty()).collect();
    filled.join(&Line::default())
}

fn understood(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let runbook = &ui.data.runbook;
    let walked = |phase: &&Phase| !phase.steps.is_empty();
    let phases: Vec<&Phase> = runbook.phases.iter().filter(walked).collect();
    if phases.is_empty() {
        return prose(
            "No steps were found in this document: there is nothing to walk.",
            theme.caution(),
            width,
        );
    }
    let longest = phases.iter().map(|phase| text::columns(&text::readable(&phase.title)) + 3).max();
    let columns = Counts::columns(width.saturating_sub(longest.unwrap_or(0)));
    let names: Vec<_> =
        columns.iter().map(|(name, _)| Span::styled(format!("  {name}"), theme.dim())).collect();
    let mut lines = vec![spread(theme, Vec::new(), names, width)];
    lines.extend(phases.into_iter().map(|phase| phase_line(phase, theme, &columns, width)));
    let all = Counts::of(runbook.phases.iter().flat_map(|phase| &phase.steps));
    lines.push(spread(theme, vec![Span::styled("  in all", theme.dim())], all.cells(theme, &columns), width));
    if !runbook.placeholders.is_empty() {
        lines.push(Line::default());
        let names: Vec<String> =
            runbook.placeholders.iter().map(|placeholder| text::visible(&placeholder.name)).collect();
        lines.extend(labelled(theme, "values needed", &names.join(", "), LABEL, width));
    }
    lines
}

fn phase_line(phase: &Phase, theme: &Theme, columns: &[Column], width: usize) -> Line<'static> {
    let (sign, style) = match phase.role {
        Role::Rollback => (theme.glyphs.rollback, theme.caution()),
        role if role.is_main_line() => (theme.glyphs.open, theme.accent()),
        _ => (theme.glyphs.dot, theme.dim()),
    };
    let words = if phase.role.is_main_line() { theme.text() } else { theme.dim() };
    let left =
        vec![Span::styled(format!("{sign} "), style), Span::styled(text::readable(&phase.title), words)];
    spread(theme, left, Counts::of(&phase.steps).cells(theme, columns), width)
}

/// A heading and what it counts.
type Column = (&'static str, fn(&Counts) -> usize);

/// How many of each there are.
#[derive(Default)]
struct Counts {
    steps: usize,
    commands: usize,
    checks: usize,
    gates: usize,
    values: usize,
}

impl Counts {
    fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Self {
        let mut counts = Self::default();
        for step in steps {
            counts.steps += 1;
            for item in &step.items {
                counts.add(item);
            }
        }
        counts
    }

    fn add(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::Command(_) => self.commands += 1,
            ItemKind::Check { .. } | ItemKind::Action { .. } => self.checks += 1,
            ItemKind::Expected { .. }
            | ItemKind::StopGate { .. }
            | ItemKind::Condition { .. }
            | ItemKind::Choice { .. } => self.gates += 1,
            ItemKind::Input { .. } => self.values += 1,
            _ => {}
        }
    }

    /// The columns that there is room for: each a heading and what it counts.
    /// All of them where the room beside the longest name allows it.
    fn columns(room: usize) -> Vec<Column> {
        if room >= 40 {
            vec![
                ("steps", |counts| counts.steps),
                ("commands", |counts| counts.commands),
                ("checks", |counts| counts.checks),
                ("gates", |counts| counts.gates),
                ("values", |counts| counts.values),
            ]
        } else {
            vec![
                ("commands", |counts| counts.commands),
                ("questions", |counts| counts.checks + counts.gates + counts.values),
            ]
        }
    }

    fn cells(&self, theme: &Theme, columns: &[Column]) -> Vec<Span<'static>> {
        let cell = |(name, count): &Column| {
            let wide = name.len() + 2;
            match count(self) {
                0 => Span::styled(format!("{:>wide$}", theme.glyphs.dot), theme.dim()),
                count => Span::raw(format!("{count:>wide$}")),
            }
        };
        columns.iter().map(cell).collect()
    }
}

/// Lines of the document with characters that would not be seen, or that mislead.
fn hidden(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let suspicious = |line: &str| {
        let plain: String = line.chars().filter(|character| !is_harmless(*character)).collect();
        text::has_hidden(&plain)
    };
    let all: Vec<(usize, &str)> = ui
        .data
        .runbook
        .source
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| suspicious(line.trim_end_matches('\r')))
        .collect();
    if all.is_empty() {
        return Vec::new();
    }
    let count = counted(all.len(), "line");
    let words = format!("{} {count} with hidden characters", theme.glyphs.warning);
    let mut lines = vec![Line::styled(words, theme.caution())];
    for (index, line) in all.iter().take(MAX_HIDDEN_LINES) {
        let number = format!("  line {} ", index + 1);
        let room = width.saturating_sub(text::columns(&number));
        let shown = text::chop(&text::visible(line.trim()), room).into_iter().next().unwrap_or_default();
        lines.push(Line::from(vec![Span::styled(number, theme.dim()), Span::raw(shown)]));
    }
    lines
}

/// Tabs and unbreakable spaces are seen as spaces, and a picture's selector chooses the picture.
fn is_harmless(character: char) -> bool {
    matches!(character, '\t' | '\u{a0}' | '\u{202f}' | '\u{fe0e}' | '\u{fe0f}' | '\u{200d}')
}

fn last_time(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    if ui.data.last_time.is_empty() {
        return Vec::new();
    }
    let mut lines =
        vec![Line::styled(format!("{} What broke last time", theme.glyphs.warning), theme.caution())];
    for last in &ui.data.last_time {
        let incident = &last.incident;
        let versions = versions(&incident.from, &incident.to, theme);
        let step = last.step.as_ref().and_then(|step| ui.data.runbook.step(step));
        let at = step.map(|(_, step)| format!(" at {}", step_title(step))).unwrap_or_default();
        let versions = if versions.is_empty() { String::new() } else { format!(" ({versions})") };
        let place = text::cut(
            &text::readable(&format!("{}{versions}{at}", incident.date)),
            width.saturating_sub(2),
            theme.glyphs.ellipsis,
        );
        lines.push(Line::styled(format!("  {place}"), theme.strong()));
        lines.extend(indented(prose(&incident.symptoms, theme.text(), width.saturating_sub(4))));
        for (label, words, style) in [
            ("fix", &incident.fix, theme.text()),
            ("follow-up", &incident.follow_up, if last.open { theme.caution() } else { theme.dim() }),
        ] {
            if !words.trim().is_empty() {
                lines.extend(indented(labelled_in(theme, label, words, style, 11, width.saturating_sub(4))));
            }
        }
    }
    lines
}

fn indented(lines: Vec<Line<'static>>) -> impl Iterator<Item = Line<'static>> {
    lines.into_iter().map(|mut line| {
        line.spans.insert(0, Span::raw("    "));
        line
    })
}

fn follow_ups(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    if ui.data.follow_ups.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::styled("Follow-ups still open", theme.strong())];
    for due in &ui.data.follow_ups {
        let style = if due.is_due { theme.caution() } else { theme.text() };
        let label = if due.due.is_empty() {
            "some time".to_owned()
        } else {
            format!("  {}", text::readable(&due.due))
        };
        lines.extend(labelled_in(theme, &label, &due.text, style, 14, width));
    }
    lines
}

fn changed(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let Some(diff) = &ui.data.changed else { return Vec::new() };
    let mut lines = vec![Line::styled("Changed since the last run", theme.caution())];
    for line in diff.lines() {
        let style = match line.chars().next() {
            Some('+') => theme.good(),
            Some('-') => theme.bad(),
            _ => theme.dim(),
        };
        let pieces = text::chop(&text::visible(&line.replace('\t', "    ")), width.saturating_sub(2));
        lines.extend(pieces.into_iter().map(|piece| Line::styled(format!("  {piece}"), style)));
    }
    lines
}

fn lint(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    if ui.data.diagnostics.is_empty() {
        return vec![Line::from(vec![
            Span::styled(format!("{} ", theme.glyphs.done), theme.good()),
            Span::styled("lint found nothing", theme.dim()),
        ])];
    }
    let mut found: Vec<_> = ui.data.diagnostics.iter().collect();
    found.sort_by_key(|diagnostic| (std::cmp::Reverse(diagnostic.severity), diagnostic.line));
    let mut lines = vec![Line::styled("What lint found", theme.strong())];
    for diagnostic in found {
        let (sign, style) = match diagnostic.severity {
            Severity::Error => (theme.glyphs.failed, theme.bad()),
            Severity::Warning => (theme.glyphs.degraded, theme.caution()),
            Severity::Note => (theme.glyphs.dot, theme.dim()),
        };
        let label = format!("line {}", diagnostic.line);
        let mut told = labelled_in(theme, &label, &diagnostic.message, style, 11, width.saturating_sub(2));
        told.extend(labelled_in(theme, "", &diagnostic.help, theme.dim(), 11, width.saturating_sub(2)));
        for (index, mut line) in told.into_iter().enumerate() {
            let sign = if index == 0 { sign } else { " " };
            line.spans.insert(0, Span::styled(format!("{sign} "), style));
            lines.push(line);
        }
    }
    lines
}

/// Every command as written, so that what is approved can be read.
fn commands(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let mut lines = vec![Line::styled("Every command", theme.strong())];
    for (_, step) in ui.data.runbook.steps() {
        let blocks: Vec<&Block> = step.items.iter().filter_map(block).collect();
        if !blocks.is_empty() {
            let heading =
                text::cut(&text::readable(&step_title(step)), width.saturating_sub(2), theme.glyphs.ellipsis);
            lines.push(Line::styled(format!("  {heading}"), theme.dim()));
        }
        for block in blocks {
            lines.extend(command(block, theme, width));
        }
    }
    if lines.len() == 1 { Vec::new() } else { lines }
}

fn block(item: &Item) -> Option<&Block> {
    match &item.kind {
        ItemKind::Command(block) => Some(block),
        _ => None,
    }
}

fn command(block: &Block, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let style = if block.is_runnable() { theme.text() } else { theme.dim() };
    let mut lines = Vec::new();
    for line in block.text.lines() {
        let pieces = text::chop(&text::visible(&line.replace('\t', "    ")), width.saturating_sub(6));
        for (index, piece) in pieces.into_iter().enumerate() {
            let mark = if index == 0 { "    " } else { theme.glyphs.wrapped };
            lines.push(Line::from(vec![
                Span::styled(text::fit(mark, 4, " "), theme.dim()),
                Span::styled(piece, style),
            ]));
        }
    }
    let risks: Vec<&str> = block.risks.iter().map(|risk| risk.word()).collect();
    if !risks.is_empty() {
        lines.push(Line::styled(
            format!("    {} {}", theme.glyphs.warning, risks.join(", ")),
            theme.caution(),
        ));
    }
    lines
}

fn step_title(step: &Step) -> String {
    match &step.number {
        Some(number) => format!("{number} {}", step.title),
        None => step.title.clone(),
    }
}

fn draw_form(frame: &mut Frame<'_>, area: Rect, ui: &PreflightUi) {
    let theme = &ui.theme;
    let focused = ui.focus != Focus::Overview;
    let block =
        pane(theme, title(theme, "What a run needs", inner_width(area), focused), Line::default(), focused);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let tight = inner.height < 16;
    let mut y = inner.y;
    for (index, field) in ui.fields.iter().enumerate() {
        let at = Rect { y, height: 1, ..inner };
        y += if tight { 1 } else { 2 };
        if at.y >= inner.bottom() {
            return;
        }
        let here = ui.focus == Focus::Field(index);
        let label = if here { theme.accent() } else { theme.dim() };
        frame.render_widget(Line::styled(FIELDS[index], label), at);
        let column = (LABEL as u16).min(at.width / 2);
        let typed = Rect { x: at.x + column, width: at.width - column, ..at };
        field.draw(frame, typed, here, theme);
    }
    let rest = Rect { y, height: inner.bottom().saturating_sub(y), ..inner };
    draw_rest(frame, rest, ui, tight);
}

fn draw_rest(frame: &mut Frame<'_>, area: Rect, ui: &PreflightUi, tight: bool) {
    let theme = &ui.theme;
    let width = usize::from(area.width);
    let button = button(ui);
    let mut lines = Vec::new();
    if !tight {
        lines.extend(labelled(theme, "operator", &ui.data.operator, LABEL, width));
        if let Some(previous) = &ui.data.previous {
            lines.extend(labelled(theme, "last run", previous, LABEL, width));
        }
        lines.extend(survival(ui, width));
    }
    lines.extend(approval(ui, width));
    if !tight {
        lines.push(Line::default());
    }
    lines.push(button);
    frame.render_widget(Paragraph::new(lines), area);
}

/// Beside its label where there is room, else below it.
fn survival(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    if width >= 40 {
        return labelled(theme, "on this host", &ui.data.survival, LABEL, width);
    }
    let mut lines = vec![Line::styled("on this host", theme.dim())];
    let words = prose(&ui.data.survival, theme.text(), width.saturating_sub(2));
    lines.extend(words.into_iter().map(|mut line| {
        line.spans.insert(0, Span::raw("  "));
        line
    }));
    lines
}

fn approval(ui: &PreflightUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let (words, style) = if ui.approved {
        ("approved for running", theme.good())
    } else if ui.data.changed.is_some() {
        ("changed: not approved yet", theme.caution())
    } else {
        ("not approved yet", theme.caution())
    };
    labelled_in(theme, "this text", words, style, LABEL, width)
}

fn button(ui: &PreflightUi) -> Line<'static> {
    let theme = &ui.theme;
    let style: Style = match (ui.focus, ui.approved) {
        (Focus::Begin, _) => theme.selected().patch(theme.accent()),
        (_, true) => theme.strong(),
        (_, false) => theme.dim(),
    };
    Line::styled("[ Begin the run ]", style)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::specimen;
    use crate::runbook::Runbook;
    use crate::tui::home::FollowUpLine;
    use crate::tui::preflight::{Beginning, KnownSubject, PreflightData};
    use crate::tui::theme::Colour;
    use crate::tui::ui::LastTime;
    use crate::tui::view::around::testing::{SIZES, TINY, shown};

    fn data(runbook: Arc<Runbook>) -> PreflightData {
        let last =
            LastTime { step: Some("3-run-migrations".into()), incident: specimen::incident(), open: true };
        PreflightData {
            diagnostics: runbook.diagnostics.clone(),
            runbook,
            last_time: vec![last],
            follow_ups: vec![FollowUpLine {
                due: "2026-11-20".to_owned(),
                subject: "acme-kitchens".to_owned(),
                text: "Look at the error rate after 24 hours".to_owned(),
                is_due: true,
                run: None,
            }],
            changed: None,
            previous: Some("2026-03-02, success in 32m10s".to_owned()),
            survival: "a running command outlives this login".to_owned(),
            approved: true,
            operator: "ada on vps-3".to_owned(),
            defaults: Beginning {
                subject: "acme-kitchens".to_owned(),
                to: "0.7.0".to_owned(),
                ..Beginning::default()
            },
            known_subjects: vec![KnownSubject {
                subject: "acme-kitchens".to_owned(),
                version: "0.6.2".to_owned(),
            }],
        }
    }

    fn frame(
        (width, height): (u16, u16),
        data: PreflightData,
        change: impl FnOnce(&mut PreflightUi),
    ) -> String {
        let mut ui = PreflightUi::new(Theme::unicode(Colour::Full), Size::new(width, height), data);
        change(&mut ui);
        shown((width, height), |frame| draw(frame, &ui))
    }

    #[test]
    fn preflight_shows_what_was_understood_and_what_is_needed() {
        for size in SIZES {
            let name = format!("preflight_{}x{}", size.0, size.1);
            insta::assert_snapshot!(name, frame(size, data(specimen::runbook()), |_| {}));
            let name = format!("preflight_form_{}x{}", size.0, size.1);
            insta::assert_snapshot!(
                name,
                frame(size, data(specimen::runbook()), |ui| ui.focus = Focus::Field(1))
            );
        }
    }

    #[test]
    fn preflight_of_a_changed_text_shows_what_changed_and_hides_nothing() {
        let mut runbook = (*specimen::runbook()).clone();
        runbook.source.text = "# Upgrade\n\nrm\u{200b} -rf /srv/old\nuser\u{202e}nimda\n".to_owned();
        let mut changed = data(Arc::new(runbook));
        changed.approved = false;
        changed.changed = Some("@@ -24 +24 @@\n-python manage.py migrate\n+python manage.py migrate --settings=<settings-module>".to_owned());
        changed.last_time.clear();
        changed.follow_ups.clear();
        for size in SIZES {
            let name = format!("preflight_changed_{}x{}", size.0, size.1);
            insta::assert_snapshot!(
                name,
                frame(size, changed.clone(), |ui| {
                    ui.focus = Focus::Begin;
                    ui.message = Some("read the text, then y approves it".to_owned());
                })
            );
        }
    }

    #[test]
    fn preflight_of_a_document_without_steps_says_so() {
        let mut runbook = (*specimen::runbook()).clone();
        runbook.phases.clear();
        runbook.placeholders.clear();
        runbook.diagnostics.clear();
        let mut empty = data(Arc::new(runbook));
        empty.last_time.clear();
        empty.follow_ups.clear();
        empty.previous = None;
        empty.approved = false;
        insta::assert_snapshot!("preflight_empty_80x24", frame(SIZES[1], empty, |_| {}));
    }

    #[test]
    fn preflight_scrolls_to_its_end_and_shows_its_keys() {
        let end = frame(SIZES[1], data(specimen::runbook()), |ui| ui.scroll = 999);
        insta::assert_snapshot!("preflight_end_80x24", end);
        let help = frame(SIZES[1], data(specimen::runbook()), |ui| ui.help = Some(0));
        insta::assert_snapshot!("preflight_help_80x24", help);
    }

    #[test]
    fn preflight_fits_into_any_terminal() {
        for size in TINY {
            for focus in [Focus::Overview, Focus::Field(1), Focus::Begin] {
                frame(size, data(specimen::runbook()), |ui| {
                    ui.focus = focus;
                    ui.message = Some("so".to_owned());
                    overview_size(ui);
                });
            }
            frame(size, data(specimen::runbook()), |ui| ui.help = Some(3));
        }
    }
}

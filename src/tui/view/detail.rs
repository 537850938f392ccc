//! The step under the cursor: what broke there last time, then its items in source order with their
//! states, attempts and answers.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{has_focus, output, pane, sign, text, title};
use crate::engine::{Attempt, ItemState, Run};
use crate::journal::{ConditionAnswer, Deviation, Place, Verdict};
use crate::runbook::{Block, Item, ItemKind, Phase, Step};
use crate::tui::dialog::open::item_here;
use crate::tui::layout::detail_width;
use crate::tui::theme::Theme;
use crate::tui::ui::{LastTime, Pane, Row, Ui};

/// Columns of the labels before items.
const LABEL: usize = 10;

/// Draws the pane.
pub fn draw(frame: &mut Frame<'_>, area: Rect, run: &Run, ui: &Ui) {
    let theme = &ui.theme;
    let focused = has_focus(ui, Pane::Detail);
    let right = marks(run, ui);
    let room = usize::from(area.width).saturating_sub(right.width() + 4);
    let block = pane(theme, title(theme, &heading(run, ui), room, focused), right, focused);
    let whole = block.inner(area);
    let header = header(ui, run, whole.width.into(), whole.height);
    let taken = u16::try_from(header.len()).unwrap_or(u16::MAX);
    let inner = Rect { y: whole.y + taken, height: whole.height - taken, ..whole };
    let page = compose(ui, run, inner.width.into());
    let start = start(ui, &page, inner.height);
    let more = page.lines.len().saturating_sub(usize::from(start) + usize::from(inner.height));
    let block = if more > 0 {
        let words = format!(" {more} more {} ", if more == 1 { "line" } else { "lines" });
        block.title_bottom(Line::styled(words, theme.dim()).right_aligned())
    } else {
        block
    };
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(header), whole);
    frame.render_widget(Paragraph::new(page.lines).scroll((start, 0)), inner);
}

/// What broke here before stays in sight however far the text is scrolled: whole where there is
/// room, else cut to a few lines.
fn header(ui: &Ui, run: &Run, width: usize, height: u16) -> Vec<Line<'static>> {
    let Some((_, step)) = ui.step(run) else { return Vec::new() };
    let room = usize::from(height / 3);
    let mut lines: Vec<_> = ui.warnings(&step.id).flat_map(|last| warning_lines(ui, last, width)).collect();
    if lines.len() > room {
        lines = ui.warnings(&step.id).flat_map(|last| warning_lines(ui, last, usize::MAX)).collect();
        lines.truncate(room.max(2));
        lines = lines.into_iter().map(|line| cut_line(line, width, ui.theme.glyphs.ellipsis)).collect();
    }
    if !lines.is_empty() && lines.len() + 1 < usize::from(height) {
        lines.push(Line::default());
    }
    lines.truncate(height.saturating_sub(2).into());
    lines
}

fn cut_line(line: Line<'static>, width: usize, ellipsis: &str) -> Line<'static> {
    let mut room = width;
    let spans = line.spans.into_iter().map(|span| {
        let cut = text::cut(&span.content, room, ellipsis);
        room = room.saturating_sub(text::columns(&cut));
        Span::styled(cut, span.style)
    });
    Line::from(spans.collect::<Vec<_>>())
}

/// The line at the top, and the last one that may be there.
pub fn scroll_range(ui: &Ui, run: &Run, height: u16) -> (u16, u16) {
    let width = usize::from(detail_width(ui, run));
    let height = height.saturating_sub(u16::try_from(header(ui, run, width, height).len()).unwrap_or(0));
    let page = compose(ui, run, width);
    (start(ui, &page, height), page.last_start(height))
}

/// The text of the pane, and where the item stands that the verbs apply to.
struct Page {
    lines: Vec<Line<'static>>,
    here: Option<(usize, usize)>,
}

impl Page {
    fn last_start(&self, height: u16) -> u16 {
        u16::try_from(self.lines.len()).unwrap_or(u16::MAX).saturating_sub(height)
    }
}

/// As scrolled by hand; else so that the current item is in sight, with what stands before it.
fn start(ui: &Ui, page: &Page, height: u16) -> u16 {
    let last = page.last_start(height);
    if let Some(scroll) = ui.detail_scroll {
        return scroll.min(last);
    }
    let Some((first, end)) = page.here else { return 0 };
    let clamp = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
    clamp((end + 2).saturating_sub(height.into()).min(first)).min(last)
}

fn heading(run: &Run, ui: &Ui) -> String {
    match (ui.step(run), ui.phase(run)) {
        (Some((_, step)), _) => step_heading(step),
        (None, Some(phase)) => phase.title.clone(),
        (None, None) => run.runbook().title.clone(),
    }
}

/// `8 Run migrations`
pub fn step_heading(step: &Step) -> String {
    match &step.number {
        Some(number) => format!("{number} {}", step.title),
        None => step.title.clone(),
    }
}

fn marks(run: &Run, ui: &Ui) -> Line<'static> {
    let Some((_, step)) = ui.step(run) else { return Line::default() };
    let marks: Vec<&str> = [(step.once, "once"), (step.optional, "optional")]
        .iter()
        .filter(|mark| mark.0)
        .map(|mark| mark.1)
        .collect();
    if marks.is_empty() {
        return Line::default();
    }
    let dot = format!(" {} ", ui.theme.glyphs.dot);
    Line::styled(format!(" {} ", marks.join(&dot)), ui.theme.caution())
}

fn compose(ui: &Ui, run: &Run, width: usize) -> Page {
    let mut page = Page { lines: Vec::new(), here: None };
    match (&ui.cursor, ui.phase(run), ui.step(run)) {
        (Row::Phase(_), Some(phase), _) => compose_phase(ui, run, phase, width, &mut page),
        (_, _, Some((_, step))) => compose_step(ui, run, step, width, &mut page),
        _ => {}
    }
    while page.lines.last().is_some_and(|line| line.width() == 0) {
        page.lines.pop();
    }
    page
}

fn compose_phase(ui: &Ui, run: &Run, phase: &Phase, width: usize, page: &mut Page) {
    for item in &phase.intro {
        page.lines.extend(item_lines(ui, run, item, false, width));
    }
    let count = phase.steps.len();
    if count > 0 {
        if !page.lines.is_empty() {
            page.lines.push(Line::default());
        }
        let words = format!("{count} {}", if count == 1 { "step" } else { "steps" });
        page.lines.push(Line::styled(words, ui.theme.dim()));
    }
    for step in &phase.steps {
        let (glyph, style) = sign::of_step(&ui.theme, run.step_state(step), false);
        let words = text::cut(
            &text::readable(&step_heading(step)),
            width.saturating_sub(2),
            ui.theme.glyphs.ellipsis,
        );
        page.lines.push(Line::from(vec![Span::styled(glyph, style), Span::raw(format!(" {words}"))]));
    }
}

fn compose_step(ui: &Ui, run: &Run, step: &Step, width: usize, page: &mut Page) {
    let here = item_here(ui, run).map(|item| item.id.clone());
    let mut spaced = true;
    for (index, item) in step.items.iter().enumerate() {
        if step.items.get(index + 1).is_some_and(|next| says_it_again(run, item, next)) {
            continue;
        }
        let lines = item_lines(ui, run, item, here.as_ref() == Some(&item.id), width);
        let roomy = matches!(item.kind, ItemKind::Command(_)) || is_prose(item);
        if (roomy || spaced) && page.lines.last().is_some_and(|line| line.width() > 0) {
            page.lines.push(Line::default());
        }
        spaced = roomy;
        let first = page.lines.len();
        page.lines.extend(lines);
        if here.as_ref() == Some(&item.id) {
            page.here = Some((first, page.lines.len()));
        }
    }
    page.lines.extend(note_lines(ui, run, step, width));
}

/// Whether this is prose that the item after it shows as its own text or label.
fn says_it_again(run: &Run, item: &Item, next: &Item) -> bool {
    let ItemKind::Prose { text } = &item.kind else { return false };
    let said = match &next.kind {
        ItemKind::Command(block) => block.label.clone().unwrap_or_default(),
        _ => run.item_text(next),
    };
    bare(text) == bare(&said)
}

/// A text without marks, case and spacing, to tell whether two say the same.
fn bare(words: &str) -> String {
    let words = plain(words).to_lowercase();
    words.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches([':', '.']).to_owned()
}

/// The label of a block, unless the comment above its first statement says the same.
fn label_of(block: &Block) -> Option<&str> {
    let label = block.label.as_deref()?;
    let comment = block.statements.first().and_then(|statement| statement.comment.as_deref());
    (comment.map(bare) != Some(bare(label))).then_some(label)
}

fn is_prose(item: &Item) -> bool {
    matches!(item.kind, ItemKind::Prose { .. } | ItemKind::Note { .. })
}

/// What broke here before.
pub fn warning_lines(ui: &Ui, last: &LastTime, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let incident = &last.incident;
    let versions = format!("{} {} {}", incident.from, theme.glyphs.arrow, incident.to);
    let when = [incident.date.as_str(), incident.site.as_str()].join(" ");
    let head = if incident.from.is_empty() && incident.to.is_empty() {
        format!("last time {}", when.trim())
    } else {
        format!("last time {} ({versions})", when.trim())
    };
    let sign = Span::styled(format!("{} ", theme.glyphs.warning), theme.caution());
    let mut lines = hanging(theme, &sign, &format!("{head}: {}", incident.symptoms), theme.caution(), width);
    let followed = if last.open { "follow-up, open" } else { "follow-up" };
    for (label, words) in [("fix", &incident.fix), (followed, &incident.follow_up)] {
        if !words.is_empty() {
            lines.extend(hanging(theme, &Span::raw("  "), &format!("{label}: {words}"), theme.text(), width));
        }
    }
    lines
}

/// Text with a sign before its first line; the others stand under the text.
fn hanging(
    theme: &Theme,
    sign: &Span<'static>,
    words: &str,
    style: Style,
    width: usize,
) -> Vec<Line<'static>> {
    let indent = sign.width();
    let wrapped = words
        .split('\n')
        .flat_map(|line| text::wrap(&text::readable(line), width.saturating_sub(indent).max(8)));
    let mut lines = Vec::new();
    for (index, words) in wrapped.enumerate() {
        let before = if index == 0 { sign.clone() } else { Span::raw(" ".repeat(indent)) };
        let mut spans = vec![before];
        spans.extend(text::spans(&words, style, theme));
        lines.push(Line::from(spans));
    }
    lines
}

fn item_lines(ui: &Ui, run: &Run, item: &Item, is_here: bool, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    match &item.kind {
        ItemKind::Command(block) => command_lines(ui, run, item, block, is_here, width),
        ItemKind::Prose { text } => prose_lines(theme, text, width),
        ItemKind::Note { warning, text } => {
            let (label, style) = if *warning { ("warning", theme.caution()) } else { ("note", theme.text()) };
            labelled(theme, &Span::raw(" "), label, text, style, width)
        }
        ItemKind::Trigger { text } => {
            let sign = Span::styled(theme.glyphs.rollback, theme.caution());
            labelled(theme, &sign, "trigger", text, theme.text(), width)
        }
        ItemKind::Link { text, target } => {
            let words = if text == target { text.clone() } else { format!("{text} ({target})") };
            labelled(theme, &Span::raw(" "), "see", &words, theme.text(), width)
        }
        _ => gate_lines(ui, run, item, is_here, width),
    }
}

fn gate_lines(ui: &Ui, run: &Run, item: &Item, is_here: bool, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let state = run.item_state(item);
    let (glyph, style) = sign::of_item(theme, &state, is_here);
    let label = match &item.kind {
        ItemKind::Expected { .. } => "expected",
        ItemKind::StopGate { .. } => "stop if",
        ItemKind::Check { watch: true, .. } => "watch for",
        ItemKind::Check { .. } => "check",
        ItemKind::Input { .. } => "record",
        ItemKind::Condition { .. } => "whether",
        ItemKind::Choice { .. } => "choose",
        _ => "do",
    };
    let words_style = item_style(ui, &state, is_here);
    let sign = Span::styled(glyph, style);
    let mut lines = labelled(theme, &sign, label, without_label(&run.item_text(item)), words_style, width);
    let about = answer_words(run, item, &state);
    if !about.is_empty() {
        lines.extend(labelled(theme, &Span::raw(" "), "", &about, theme.dim(), width));
    }
    lines
}

fn item_style(ui: &Ui, state: &ItemState, is_here: bool) -> Style {
    let theme = &ui.theme;
    match state {
        _ if is_here && has_focus(ui, Pane::Detail) => theme.selected(),
        _ if is_here => theme.strong(),
        ItemState::NotApplicable | ItemState::Skipped(_) => theme.dim(),
        _ => theme.text(),
    }
}

/// What was answered, in one line.
fn answer_words(run: &Run, item: &Item, state: &ItemState) -> String {
    if let ItemState::Skipped(reason) = state {
        return format!("skipped: {reason}");
    }
    if let ItemKind::Input { name, .. } = &item.kind {
        let Some(value) = run.values().get(name) else { return format!("as {name}") };
        return if run.is_secret(name) {
            format!("{name} is recorded, hidden")
        } else {
            format!("{name} = {value}")
        };
    }
    match (&item.kind, run.decision(&item.id)) {
        (ItemKind::Choice { alternatives, .. }, Some(ConditionAnswer::Taken(branch))) => {
            return alternatives.get(branch).cloned().unwrap_or_default();
        }
        (ItemKind::Choice { .. }, Some(ConditionAnswer::NotTaken)) => return "none of them".to_owned(),
        (_, Some(ConditionAnswer::Taken(_))) => return "yes".to_owned(),
        (_, Some(ConditionAnswer::NotTaken)) => return "no".to_owned(),
        (ItemKind::Choice { alternatives, .. }, None) => return alternatives.join(" / "),
        _ => {}
    }
    let overridden = if *state == ItemState::Overridden { ", overridden" } else { "" };
    match run.verdict(&item.id) {
        Some((Verdict::Pass, "")) => String::new(),
        Some((verdict, "")) => format!("{}{overridden}", verdict.word()),
        Some((verdict, note)) => format!("{}{overridden}: {note}", verdict.word()),
        None if *state == ItemState::NotApplicable => "does not apply".to_owned(),
        None => String::new(),
    }
}

/// The text without the word that the document itself puts before it, since a label says the same.
pub fn without_label(words: &str) -> &str {
    let labels = ["expected", "expected output", "expected result", "stop if", "watch for", "record"];
    match words.split_once(':') {
        Some((label, rest)) if labels.contains(&label.trim().to_lowercase().as_str()) => rest.trim_start(),
        _ => words,
    }
}

/// Sign, label in its column, text beside it.
fn labelled(
    theme: &Theme,
    sign: &Span<'static>,
    label: &str,
    words: &str,
    style: Style,
    width: usize,
) -> Vec<Line<'static>> {
    let column = if width < 44 { text::columns(label) + 1 } else { LABEL };
    let indent = 2 + if label.is_empty() && width < 44 { 0 } else { column };
    let wrapped = words
        .split('\n')
        .flat_map(|line| text::wrap(&text::readable(&plain(line)), width.saturating_sub(indent).max(8)));
    let mut lines = Vec::new();
    for (index, words) in wrapped.enumerate() {
        let mut spans = if index == 0 {
            let label = text::fit(label, indent - 2, "");
            vec![sign.clone(), Span::raw(" "), Span::styled(label, theme.dim())]
        } else {
            vec![Span::raw(" ".repeat(indent))]
        };
        spans.extend(text::spans(&words, style, theme));
        lines.push(Line::from(spans));
    }
    lines
}

fn command_lines(
    ui: &Ui,
    run: &Run,
    item: &Item,
    block: &Block,
    is_here: bool,
    width: usize,
) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let state = run.item_state(item);
    let mut lines = Vec::new();
    if let Some(label) = label_of(block) {
        lines.extend(hanging(theme, &Span::raw("  "), &plain(label), theme.dim(), width));
    }
    let next = run.first_open_statement(item, block);
    for (index, statement) in block.statements.iter().enumerate() {
        if let Some(comment) = &statement.comment {
            lines.extend(hanging(theme, &Span::styled("# ", theme.dim()), comment, theme.dim(), width));
        }
        let of_statement = statement_state(run, item, &state, index);
        if let Some(attempt) = edited_attempt(run, item, block, index) {
            let sign = Span::styled(theme.glyphs.skipped, theme.dim());
            lines.extend(verbatim(theme, &sign, &statement.text, theme.dim(), width));
            if attempt.part.statements.last() == Some(&index) {
                lines.extend(ran_instead(ui, attempt, &of_statement, width));
            }
            continue;
        }
        let is_next = is_here && (next == Some(index) || (next.is_none() && index == 0));
        let (glyph, style) = sign::of_item(theme, &of_statement, is_next);
        let words = run.fill(block, &[index]).ok().and_then(|parts| parts.into_iter().next());
        let words = words.map_or_else(|| statement.text.clone(), |part| part.text);
        let text_style = item_style(ui, &of_statement, is_next);
        lines.extend(verbatim(theme, &Span::styled(glyph, style), &words, text_style, width));
    }
    lines.extend(command_notes(ui, run, item, block, &state, width));
    lines
}

/// The last attempt of this statement, if its text was edited before it ran.
fn edited_attempt<'a>(run: &'a Run, item: &'a Item, block: &Block, index: usize) -> Option<&'a Attempt> {
    let here = Place::Item(item.id.clone());
    let edited = Some(Deviation::Edited);
    run.deviations().iter().find(|deviation| deviation.place == here && deviation.deviation == edited)?;
    let last = run.attempts_of(&item.id).rfind(|attempt| attempt.part.statements.contains(&index))?;
    let written = run.fill(block, &last.part.statements).unwrap_or_default();
    let written: Vec<&str> = written.iter().map(|part| part.text.as_str()).collect();
    (written.join("\n") != last.part.text).then_some(last)
}

/// What really ran in the place of what is written.
fn ran_instead(ui: &Ui, attempt: &Attempt, state: &ItemState, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let (glyph, style) = sign::of_item(theme, state, false);
    let mut lines =
        verbatim(theme, &Span::styled(glyph, style), &attempt.part.text, item_style(ui, state, false), width);
    let words = "edited: this ran instead of what is written";
    lines.extend(hanging(theme, &Span::raw("  "), words, theme.caution(), width));
    lines
}

/// A statement's own state within its block.
fn statement_state(run: &Run, item: &Item, state: &ItemState, index: usize) -> ItemState {
    let last = run.attempts_of(&item.id).rfind(|attempt| attempt.part.statements.contains(&index));
    match (state, last) {
        (ItemState::Skipped(_) | ItemState::NotApplicable, _) => state.clone(),
        (_, None) if state.is_settled() => state.clone(),
        (_, None) => ItemState::Open,
        (_, Some(attempt)) if attempt.succeeded() => ItemState::Passed,
        (ItemState::Running(running), Some(attempt)) if attempt.id == *running => state.clone(),
        (ItemState::Unknown(id), Some(attempt)) if attempt.id == *id => state.clone(),
        (ItemState::Degraded | ItemState::Overridden, Some(_)) => state.clone(),
        _ => ItemState::Failed,
    }
}

/// What runs, character by character: wrapped anywhere, hidden characters by their escape.
pub fn verbatim(
    theme: &Theme,
    sign: &Span<'static>,
    words: &str,
    style: Style,
    width: usize,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (number, line) in words.split('\n').enumerate() {
        let chopped = text::chop_spans(line, width.saturating_sub(2), style, theme);
        for (piece, drawn) in chopped.into_iter().enumerate() {
            let before = match (number, piece) {
                (0, 0) => vec![sign.clone(), Span::raw(" ")],
                (_, 0) => vec![Span::raw("  ")],
                _ => vec![Span::styled(format!("{} ", theme.glyphs.wrapped), theme.dim())],
            };
            let mut spans = before;
            spans.extend(drawn);
            lines.push(Line::from(spans));
        }
    }
    lines
}

/// What to be careful about, and how the last attempt stands.
fn command_notes(
    ui: &Ui,
    run: &Run,
    item: &Item,
    block: &Block,
    state: &ItemState,
    width: usize,
) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let dot = format!(" {} ", theme.glyphs.dot);
    let mut lines = Vec::new();
    let mut cautions: Vec<String> = block.risks.iter().map(|risk| risk.word().to_owned()).collect();
    if block.once {
        cautions.insert(0, "once".to_owned());
    }
    if !run.is_runnable(&item.id, block) {
        cautions
            .push(if block.language.runs_here() { "only offered" } else { "for another tool" }.to_owned());
    }
    if !cautions.is_empty() {
        lines.extend(hanging(theme, &Span::raw("  "), &cautions.join(&dot), theme.caution(), width));
    }
    if let Some(attempt) = run.attempts_of(&item.id).next_back() {
        let (words, style) = output::state_words(attempt, ui);
        let again = attempt.part.statements.first();
        let count = run.attempts_of(&item.id).filter(|other| other.part.statements.first() == again).count();
        let mut spans = vec![Span::raw("  "), Span::styled(words, style)];
        if count > 1 {
            spans.push(Span::styled(format!("{dot}{count} attempts"), theme.dim()));
        }
        lines.push(Line::from(spans));
    }
    let about = answer_words(run, item, state);
    if !about.is_empty() {
        lines.extend(hanging(theme, &Span::raw("  "), &about, theme.dim(), width));
    }
    lines
}

/// Notes that were taken at this step.
fn note_lines(ui: &Ui, run: &Run, step: &Step, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let here = |place: &Place| match place {
        Place::Run => false,
        Place::Step(id) => *id == step.id,
        Place::Item(id) => step.items.iter().any(|item| item.id == *id),
    };
    let mut lines = Vec::new();
    for note in run.notes().iter().filter(|note| here(&note.place)) {
        if lines.is_empty() {
            lines.push(Line::default());
        }
        let words = format!("{} {}: {}", note.at.clock(), note.by, note.text);
        lines.extend(labelled(theme, &Span::raw(" "), "noted", &words, theme.text(), width));
    }
    lines
}

/// Markdown for reading: list marks as bullets, marks of emphasis and code left out.
fn prose_lines(theme: &Theme, words: &str, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for line in words.trim_end().split('\n') {
        let indent = line.len() - line.trim_start().len();
        let body = line.trim_start();
        let (sign, body) = match body.strip_prefix("- ").or_else(|| body.strip_prefix("* ")) {
            Some(rest) => (format!("{}{} ", " ".repeat(2 + indent), theme.glyphs.bullet), rest),
            None => (" ".repeat(2 + indent), body.trim_start_matches('#').trim_start()),
        };
        if body.is_empty() {
            lines.push(Line::default());
        } else {
            lines.extend(hanging(theme, &Span::raw(sign), &plain(body), theme.text(), width));
        }
    }
    lines
}

/// Without marks of emphasis and code.
fn plain(words: &str) -> String {
    words.replace("**", "").replace("__", "").replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Colour;

    /// The text that these lines show, as far as it can be read from them.
    fn shown(words: &str, width: usize) -> String {
        let theme = Theme::unicode(Colour::Full);
        let lines = verbatim(&theme, &Span::raw("x"), words, theme.text(), width);
        let wrapped = format!("{} ", theme.glyphs.wrapped);
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            let line: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
            let is_wrapped = line.starts_with(&wrapped);
            if index > 0 && !is_wrapped {
                text.push('\n');
            }
            text.push_str(&line.chars().skip(2).collect::<String>());
        }
        text
    }

    #[test]
    fn what_runs_is_shown_character_by_character() {
        for words in [
            "echo one",
            "printf '%s\\n'  two   spaces    ",
            "cat <<EOF\n  indented\n\nEOF",
            "a-word-that-is-much-longer-than-the-line-it-stands-on --and --more",
            "echo 日本語の長い文字列をここに書きます",
            " leading",
            "",
        ] {
            for width in [8, 20, 80] {
                assert_eq!(shown(words, width), words, "in {width}");
            }
        }
    }

    #[test]
    fn what_cannot_be_seen_is_shown_escaped_where_it_stands() {
        assert_eq!(shown("a\tb\u{202e}c\rd", 80), "a\\tb\\u{202e}c\\rd");
    }

    /// What stands in the cells of a terminal of this width once the text was drawn.
    fn drawn(words: &str, width: u16) -> String {
        use ratatui::widgets::{Paragraph, Widget};
        let theme = Theme::unicode(Colour::Full);
        let lines = verbatim(&theme, &Span::raw("x"), words, theme.text(), width.into());
        let area = Rect::new(0, 0, width, u16::try_from(lines.len()).unwrap());
        let mut buffer = ratatui::buffer::Buffer::empty(area);
        Paragraph::new(lines).render(area, &mut buffer);
        let mut text = String::new();
        for y in 0..area.height {
            let mut x = 2;
            while x < width {
                let symbol = buffer[(x, y)].symbol();
                text.push_str(symbol);
                x += u16::try_from(text::columns(symbol)).unwrap().max(1);
            }
        }
        text.split_whitespace().collect()
    }

    #[test]
    fn every_character_of_what_runs_reaches_the_screen_in_any_width() {
        for words in [
            "printf '日本語 🎉👨\u{200d}👩\u{200d}👧 é e\u{301}\\n'; for i in 0 1 2 3 4 5 6 7 8 9; do echo \"$i\"; done",
            "echo 👍\u{1f3fd}👍\u{1f3fd}👍\u{1f3fd} 🇩🇪🇫🇷 لا لا لا क्षि\u{200d} 각\t각 ; true",
            "a\u{202e}\u{200b}\u{1b}[31m\u{301}\u{a0}b",
        ] {
            let expected: String = text::visible(words).split_whitespace().collect();
            for width in 6..90 {
                assert_eq!(drawn(words, width), expected, "in {width}");
            }
        }
    }

    #[test]
    fn a_label_is_not_said_twice() {
        for (words, expected) in [
            ("Expected: a dump", "a dump"),
            ("Stop if: it fails", "it fails"),
            ("Run this: then that", "Run this: then that"),
        ] {
            assert_eq!(without_label(words), expected);
        }
    }
}

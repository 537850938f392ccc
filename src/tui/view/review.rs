//! Review: the timeline on the left; on the right the moment under the cursor in full, and below it
//! what its command printed.

use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Padding, Paragraph};

use super::around::{
    bands, heading, help, highlighted, key_bar, labelled, labelled_in, message, prompt, prose, spread,
};
use super::home::{outcome_sign, versions};
use super::{pane, sign, text, title};
use crate::engine::timeline::step_title;
use crate::engine::{Moment, MomentKind, Tone};
use crate::journal::{Outcome, Place};
use crate::screen::PaintOptions;
use crate::tui::around::first_shown;
use crate::tui::review::{ReviewPane, ReviewUi};
use crate::tui::theme::{Colour, Theme};

const SIDE_BY_SIDE: u16 = 76;
const LABEL: usize = 9;
const WITH_SECONDS: usize = 56;

/// How much of what is shown, for scrolling and for the output's terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Moments shown at once.
    pub timeline_rows: usize,
    /// Lines of the moment's text.
    pub moment_lines: usize,
    /// Lines of it shown at once.
    pub moment_rows: usize,
    /// Columns and rows of the output.
    pub output: (u16, u16),
}

/// Where the panes are; none for those that are not shown.
struct Panes {
    timeline: Option<Rect>,
    moment: Option<Rect>,
    output: Option<Rect>,
}

/// Draws the screen.
pub fn draw(frame: &mut Frame<'_>, ui: &ReviewUi) {
    let theme = &ui.theme;
    let (top, body, bottom) = bands(frame.area());
    let outcome = outcome(ui, top.width);
    let room = usize::from(top.width).saturating_sub(outcome.iter().map(Span::width).sum::<usize>() + 3);
    heading(frame, top, theme, &name(ui, room), outcome);
    let panes = panes(body, ui);
    if let Some(area) = panes.timeline {
        draw_timeline(frame, area, ui);
    }
    if let Some(area) = panes.moment {
        draw_moment(frame, area, ui);
    }
    if let Some(area) = panes.output {
        draw_output(frame, area, ui);
    }
    if let Some(scroll) = ui.help {
        help(frame, body, theme, &ui.bindings(), scroll);
    }
    match (&ui.prompt, &ui.message) {
        (Some(field), _) => prompt(frame, bottom, theme, field),
        (None, Some(words)) => message(frame, bottom, theme, words),
        (None, None) => key_bar(frame, bottom, theme, &ui.bindings()),
    }
}

/// How much is shown at this size of the terminal.
pub fn sizes(ui: &ReviewUi) -> Sizes {
    let Size { width, height } = ui.size;
    let (_, body, _) = bands(Rect { x: 0, y: 0, width, height });
    let panes = panes(body, ui);
    let within = |area: Option<Rect>| area.unwrap_or(body);
    let rows = |area: Rect| usize::from(area.height.saturating_sub(2));
    let moment = within(panes.moment);
    let output = output_area(body, ui);
    Sizes {
        timeline_rows: rows(within(panes.timeline)),
        moment_lines: moment_lines(ui, usize::from(moment.width).saturating_sub(4)).len(),
        moment_rows: rows(moment),
        output: (output.width.saturating_sub(2), output.height.saturating_sub(2)),
    }
}

fn panes(body: Rect, ui: &ReviewUi) -> Panes {
    let none = Panes { timeline: None, moment: None, output: None };
    if ui.zoomed {
        return Panes { output: Some(body), ..none };
    }
    if body.width < SIDE_BY_SIDE {
        return match ui.focus {
            ReviewPane::Timeline => Panes { timeline: Some(body), ..none },
            ReviewPane::Moment => Panes { moment: Some(body), ..none },
            ReviewPane::Output => Panes { output: Some(body), ..none },
        };
    }
    let right = right_side(body);
    let timeline = Some(Rect { width: body.width - right.width, ..body });
    if ui.attempt().is_none() {
        return Panes { timeline, moment: Some(right), ..none };
    }
    let output = output_area(body, ui);
    let moment = Rect { height: right.height - output.height, ..right };
    Panes { timeline, moment: Some(moment), output: Some(output) }
}

fn right_side(body: Rect) -> Rect {
    let timeline = (body.width / 2).clamp(40, 90);
    Rect { x: body.x + timeline, width: body.width - timeline, ..body }
}

/// The output's place does not depend on the moment, so that nothing jumps when the cursor moves.
fn output_area(body: Rect, ui: &ReviewUi) -> Rect {
    if ui.zoomed || body.width < SIDE_BY_SIDE {
        return body;
    }
    let right = right_side(body);
    let moment = (right.height * 2 / 5).clamp(6.min(right.height), 14);
    Rect { y: right.y + moment, height: right.height - moment, ..right }
}

/// Runbook, subject and versions; where there is little room the runbook's title gives way.
fn name(ui: &ReviewUi, room: usize) -> String {
    let theme = &ui.theme;
    let mut rest = String::new();
    if let Some(start) = ui.run.start() {
        for part in [start.subject.clone(), versions(&start.from, &start.to, theme)] {
            if !part.is_empty() {
                rest = format!("{rest} {} {part}", theme.glyphs.dot);
            }
        }
    }
    let left = room.saturating_sub(text::columns(&rest)).max(8);
    format!("{}{rest}", text::cut(&text::readable(&ui.run.runbook().title), left, theme.glyphs.ellipsis))
}

fn outcome(ui: &ReviewUi, width: u16) -> Vec<Span<'static>> {
    let theme = &ui.theme;
    let (sign, style, words) = match ui.run.outcome() {
        Some((outcome, _)) => {
            let (sign, style) = outcome_sign(outcome, theme);
            (sign, style, outcome.words())
        }
        None => (theme.glyphs.open, theme.accent(), "not finished"),
    };
    let mut spans = vec![Span::styled(format!("{sign} {words}"), style)];
    if width >= SIDE_BY_SIDE
        && let (Some(first), Some(last)) = (ui.run.started_at(), ui.run.last_at())
    {
        let took = u64::try_from(last.unix_ms() - first.at.unix_ms()).unwrap_or(0);
        let words = format!("  {}  {}", text::duration(took), first.at.date());
        spans.push(Span::styled(words, theme.dim()));
    }
    spans
}

fn draw_timeline(frame: &mut Frame<'_>, area: Rect, ui: &ReviewUi) {
    let theme = &ui.theme;
    let focused = ui.focus == ReviewPane::Timeline;
    let place = format!(" {}/{} ", ui.cursor.saturating_add(1).min(ui.moments.len()), ui.moments.len());
    let left = title(theme, "Timeline", usize::from(area.width).saturating_sub(12), focused);
    let block = pane(theme, left, Line::styled(place, theme.dim()), focused);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    if ui.moments.is_empty() {
        frame.render_widget(Line::styled("nothing is recorded", theme.dim()), inner);
        return;
    }
    let first = first_shown(ui.cursor, ui.moments.len(), inner.height.into());
    for (y, (index, moment)) in (inner.y..inner.bottom()).zip(ui.moments.iter().enumerate().skip(first)) {
        let at = Rect { y, height: 1, ..inner };
        let line = moment_line(moment, ui, inner.width.into());
        let line = match (index == ui.cursor, focused) {
            (true, true) => highlighted(line, theme.selected()),
            (true, false) => line.patch_style(theme.marked()),
            (false, _) => line,
        };
        frame.render_widget(line, at);
    }
}

fn moment_line(moment: &Moment, ui: &ReviewUi, width: usize) -> Line<'static> {
    let theme = &ui.theme;
    let clock = moment.at.clock();
    let time = if width >= WITH_SECONDS { &clock[..8] } else { &clock[..5] };
    let words = text::readable(&moment.title);
    if moment.kind == MomentKind::Step {
        let blank = " ".repeat(time.len() + 1);
        let left = vec![Span::raw(blank), Span::styled(words, theme.strong())];
        return spread(theme, left, step_sign(moment, ui), width);
    }
    let (sign, style) = sign_of(moment, theme);
    let left = vec![
        Span::styled(format!("{time} "), theme.dim()),
        Span::styled(format!("{sign} "), style),
        Span::styled(words, if moment.tone == Tone::Bad { style } else { theme.text() }),
    ];
    let took = moment.duration_ms.map(text::duration).unwrap_or_default();
    let result = text::readable(&moment.result);
    let mut right = Vec::new();
    if !result.is_empty() && width >= 36 {
        right.push(Span::styled(text::cut(&result, width / 3, theme.glyphs.ellipsis), style));
    }
    if !took.is_empty() && width >= WITH_SECONDS {
        right.push(Span::styled(format!("{took:>7}"), theme.dim()));
    }
    spread(theme, left, right, width)
}

/// How the step of a heading stood in the end.
fn step_sign(moment: &Moment, ui: &ReviewUi) -> Vec<Span<'static>> {
    let step =
        moment.step().and_then(|step| ui.run.runbook().step(&step).map(|(_, step)| ui.run.step_state(step)));
    let signed = step.map(|state| sign::of_step(&ui.theme, state, false));
    signed.map(|(sign, style)| Span::styled(sign, style)).into_iter().collect()
}

/// The sign of a moment, by what it is about or how it turned out.
fn sign_of(moment: &Moment, theme: &Theme) -> (&'static str, Style) {
    let glyphs = &theme.glyphs;
    let by_tone = match moment.tone {
        Tone::Plain => (glyphs.dot, theme.dim()),
        Tone::Good => (glyphs.done, theme.good()),
        Tone::Issue => (glyphs.degraded, theme.caution()),
        Tone::Bad => (glyphs.failed, theme.bad()),
        Tone::Unknown => (glyphs.unknown, theme.unknown()),
        Tone::Running => (glyphs.current, theme.accent()),
    };
    match moment.kind {
        MomentKind::Incident => (glyphs.warning, theme.bad()),
        MomentKind::Rollback => (glyphs.rollback, theme.bad()),
        MomentKind::Finish if moment.title.ends_with(Outcome::RolledBack.words()) => {
            (glyphs.rollback, theme.bad())
        }
        MomentKind::Skip => (glyphs.skipped, by_tone.1),
        MomentKind::Note => (glyphs.bullet, theme.accent()),
        _ => by_tone,
    }
}

fn draw_moment(frame: &mut Frame<'_>, area: Rect, ui: &ReviewUi) {
    let theme = &ui.theme;
    let focused = ui.focus == ReviewPane::Moment;
    let width = usize::from(area.width).saturating_sub(4);
    let height = usize::from(area.height.saturating_sub(2));
    let lines = moment_lines(ui, width);
    let first = ui.scroll.min(lines.len().saturating_sub(height));
    let below = lines.len().saturating_sub(first + height);
    let mut block = pane(theme, title(theme, &step_name(ui), width, focused), Line::default(), focused);
    if below > 0 {
        block = block.title_bottom(Line::styled(format!(" {below} more "), theme.dim()).right_aligned());
    }
    let shown: Vec<Line<'_>> = lines.into_iter().skip(first).take(height).collect();
    frame.render_widget(Paragraph::new(shown).block(block), area);
}

fn step_name(ui: &ReviewUi) -> String {
    let step = ui.moment().and_then(Moment::step);
    step.map_or_else(|| "The run".to_owned(), |step| step_title(&ui.run, &step))
}

/// The moment under the cursor in full.
fn moment_lines(ui: &ReviewUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let Some(moment) = ui.moment() else { return Vec::new() };
    let (_, style) = sign_of(moment, theme);
    let mut lines = what(moment, ui, width);
    if !moment.result.is_empty() {
        let took = moment.duration_ms.map(|ms| format!(" in {}", text::duration(ms))).unwrap_or_default();
        lines.extend(labelled_in(theme, "result", &format!("{}{took}", moment.result), style, LABEL, width));
    }
    let when = format!("{} {}", moment.at.date(), moment.at.clock());
    let when = format!("{when}, {} (entry {})", moment.by, moment.seq);
    lines.extend(labelled(theme, "recorded", &when, LABEL, width));
    if let Some(lines_in_source) = source_lines(moment, ui) {
        lines.extend(labelled(theme, "runbook", &lines_in_source, LABEL, width));
    }
    let detail = detail(moment, ui);
    if !detail.is_empty() {
        lines.push(Line::default());
        lines.extend(prose(&detail, theme.text(), width));
    }
    lines
}

/// What happened: a command exactly as it ran, anything else as words.
fn what(moment: &Moment, ui: &ReviewUi, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let Some(attempt) = moment.attempt.and_then(|id| ui.run.attempt(id)) else {
        return prose(&moment.title, theme.strong(), width);
    };
    let pieces =
        attempt.part.text.trim_end().lines().flat_map(|line| text::chop(&text::visible(line), width));
    pieces.map(|piece| Line::styled(piece, theme.strong())).collect()
}

/// What is not told elsewhere: of a command its text is left out, it stands above.
fn detail(moment: &Moment, ui: &ReviewUi) -> String {
    let command = moment.attempt.and_then(|id| ui.run.attempt(id)).map(|attempt| attempt.part.text.trim());
    match command {
        Some(command) => moment.detail.strip_prefix(command).unwrap_or(&moment.detail).trim().to_owned(),
        None => moment.detail.clone(),
    }
}

fn source_lines(moment: &Moment, ui: &ReviewUi) -> Option<String> {
    let lines = match &moment.place {
        Place::Run => return None,
        Place::Step(step) => ui.run.runbook().step(step)?.1.lines,
        Place::Item(item) => ui.run.runbook().item(item)?.1.lines,
    };
    Some(if lines.first == lines.last {
        format!("line {}", lines.first)
    } else {
        format!("lines {} to {}", lines.first, lines.last)
    })
}

fn draw_output(frame: &mut Frame<'_>, area: Rect, ui: &ReviewUi) {
    let theme = &ui.theme;
    let focused = ui.focus == ReviewPane::Output;
    let attempt = ui.attempt();
    let words = attempt.map_or_else(|| "Output".to_owned(), |attempt| format!("Output of attempt {attempt}"));
    let output = attempt.and_then(|attempt| ui.outputs.of(attempt));
    let left = title(theme, &words, usize::from(area.width).saturating_sub(4), focused);
    let mut block = pane(theme, left, Line::default(), focused).padding(Padding::ZERO);
    if let Some(back) = output.map(|output| output.screen.scrolled()).filter(|back| *back > 0) {
        block =
            block.title_bottom(Line::styled(format!(" {back} lines below "), theme.dim()).right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let said = match (attempt, output) {
        (None, _) => "nothing ran here",
        (Some(attempt), _) if ui.is_loading(attempt) => "reading the record",
        (Some(attempt), _) if ui.is_missing(attempt) => "its output cannot be read",
        (Some(_), None) => "no output is recorded",
        (Some(_), Some(output)) if output.screen.is_blank() => "it printed nothing",
        (Some(_), Some(output)) => {
            let options = PaintOptions { colour: theme.colour == Colour::Full };
            output.screen.paint(inner, frame.buffer_mut(), options);
            return;
        }
    };
    frame.render_widget(Line::styled(format!(" {said}"), theme.dim()), inner);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::specimen::{self, Recorder};
    use crate::journal::{AttemptId, Entry};
    use crate::protocol::{Frame as Message, Notice, Request};
    use crate::tui::review::{on_frame, wanted_transcript};
    use crate::tui::view::around::testing::{SIZES, TINY, shown};

    fn opened((width, height): (u16, u16), entries: Vec<Entry>) -> ReviewUi {
        let theme = Theme::unicode(Colour::Full);
        ReviewUi::new(theme, Size::new(width, height), (*specimen::runbook()).clone(), entries)
    }

    /// Answers what the screen asks for, as the keeper of the record would.
    fn served(ui: &mut ReviewUi) {
        while let Some(Request::Transcript { attempt }) = wanted_transcript(ui) {
            let size = (100, 30);
            let bytes = specimen::output(attempt).as_bytes().to_vec();
            on_frame(ui, Message::Notice(Notice::TranscriptBegins { attempt, size }));
            on_frame(ui, Message::Output { attempt, offset: 0, bytes });
            on_frame(ui, Message::Notice(Notice::TranscriptEnds { attempt }));
        }
    }

    fn frame(size: (u16, u16), ui: &ReviewUi) -> String {
        shown(size, |frame| draw(frame, ui))
    }

    fn of_attempt(ui: &ReviewUi, attempt: u32) -> usize {
        ui.moments.iter().position(|moment| moment.attempt == Some(AttemptId(attempt))).unwrap()
    }

    #[test]
    fn review_shows_the_timeline_the_moment_and_its_output() {
        for size in SIZES {
            let mut ui = opened(size, specimen::entries());
            ui.cursor = of_attempt(&ui, 2);
            served(&mut ui);
            insta::assert_snapshot!(format!("review_{}x{}", size.0, size.1), frame(size, &ui));
        }
    }

    #[test]
    fn review_of_something_that_ran_nothing_has_room_for_its_words() {
        let mut ui = opened(SIZES[1], specimen::entries());
        insta::assert_snapshot!("review_begin_80x24", frame(SIZES[1], &ui));
        ui.cursor = ui.moments.iter().position(|moment| moment.kind == MomentKind::Incident).unwrap();
        ui.focus = ReviewPane::Moment;
        served(&mut ui);
        insta::assert_snapshot!("review_incident_80x24", frame(SIZES[1], &ui));
    }

    #[test]
    fn review_on_a_small_screen_shows_one_pane() {
        let mut ui = opened(SIZES[2], specimen::entries());
        ui.cursor = of_attempt(&ui, 2);
        served(&mut ui);
        for (focus, name) in [(ReviewPane::Moment, "moment"), (ReviewPane::Output, "output")] {
            ui.focus = focus;
            insta::assert_snapshot!(format!("review_{name}_40x12"), frame(SIZES[2], &ui));
        }
    }

    #[test]
    fn review_zooms_searches_and_helps() {
        let mut ui = opened(SIZES[1], specimen::entries());
        ui.cursor = of_attempt(&ui, 3);
        served(&mut ui);
        ui.help = Some(0);
        insta::assert_snapshot!("review_help_80x24", frame(SIZES[1], &ui));
        ui.help = None;
        ui.zoomed = true;
        ui.focus = ReviewPane::Output;
        ui.outputs.resize(sizes(&ui).output);
        insta::assert_snapshot!("review_zoomed_80x24", frame(SIZES[1], &ui));
    }

    #[test]
    fn review_of_a_record_without_moments_or_output_says_so() {
        insta::assert_snapshot!("review_empty_80x24", frame(SIZES[1], &opened(SIZES[1], Vec::new())));
        let mut begun = Recorder::begun();
        begun.ran(1, "5-health/1", "true", 1, 0);
        let mut ui = opened(SIZES[1], begun.entries);
        ui.cursor = of_attempt(&ui, 1);
        let Some(Request::Transcript { attempt }) = wanted_transcript(&mut ui) else { panic!("no wish") };
        assert!(frame(SIZES[1], &ui).contains("reading the record"));
        on_frame(&mut ui, Message::Notice(Notice::TranscriptBegins { attempt, size: (80, 24) }));
        on_frame(&mut ui, Message::Notice(Notice::TranscriptEnds { attempt }));
        assert!(frame(SIZES[1], &ui).contains("it printed nothing"));
    }

    #[test]
    fn review_fits_into_any_terminal() {
        for size in TINY {
            for focus in [ReviewPane::Timeline, ReviewPane::Moment, ReviewPane::Output] {
                let mut ui = opened(size, specimen::entries());
                ui.cursor = of_attempt(&ui, 2);
                ui.focus = focus;
                served(&mut ui);
                frame(size, &ui);
                ui.help = Some(3);
                frame(size, &ui);
            }
        }
    }
}

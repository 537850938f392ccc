//! What a dialog asks, in words: its heading, and everything that is needed to answer it.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::detail::{step_heading, verbatim, without_label};
use super::text;
use crate::engine::Run;
use crate::journal::{AttemptId, Part, Place};
use crate::runbook::{ItemId, ItemKind, Role};
use crate::tui::dialog::{Confirm, Dialog, Kind, needs_escapes_seen, runs_once};
use crate::tui::theme::Theme;
use crate::tui::ui::{Ui, command};

/// What is asked, for the border.
pub fn heading(run: &Run, dialog: &Dialog) -> String {
    match &dialog.kind {
        Kind::Confirm(confirm) => {
            let verb = if confirm.retry { "Retry" } else { "Run" };
            format!("{verb}: {}", step_of(run, &confirm.item))
        }
        Kind::Edit(confirm) => format!("Edit: {}", step_of(run, &confirm.item)),
        Kind::Values { input: Some(item), .. } => format!("Record: {}", step_of(run, item)),
        Kind::Values { then: Some(item), .. } => format!("Values for {}", step_of(run, item)),
        Kind::Values { .. } => "Record a value".to_owned(),
        Kind::Promote(_) => "Is this a command?".to_owned(),
        Kind::Judge(item) => judge_heading(run, item).to_owned(),
        Kind::Condition(_) => "Does this hold?".to_owned(),
        Kind::Choice(_) => "Which way?".to_owned(),
        Kind::Failure(item, _) => format!("Failed: {}", step_of(run, item)),
        Kind::Halted(item) => format!("Halted: {}", step_of(run, item)),
        Kind::Resolve(attempt) => format!("What became of attempt {attempt}?"),
        Kind::Skip(place) => format!("Skip {}", place_words(run, place)),
        Kind::Note(place) => format!("Note on {}", place_words(run, place)),
        Kind::Incident(place) => format!("Incident at {}", place_words(run, place)),
        Kind::Override(_) => "Go on all the same".to_owned(),
        Kind::RollBack => "Roll back".to_owned(),
        Kind::Abandon => "Abandon the run".to_owned(),
        Kind::Finish => "Close the run".to_owned(),
        Kind::Stop => "Stop the running command".to_owned(),
        Kind::Leave => "Leave".to_owned(),
    }
}

fn judge_heading(run: &Run, item: &ItemId) -> &'static str {
    match run.runbook().item(item).map(|(_, item)| &item.kind) {
        Some(ItemKind::Expected { .. }) => "As expected?",
        Some(ItemKind::StopGate { .. }) => "Stop if",
        Some(ItemKind::Check { watch: true, .. }) => "Seen any of this?",
        Some(ItemKind::Check { .. }) => "Does it hold?",
        Some(ItemKind::Action { .. }) => "Done?",
        _ => "How did it go?",
    }
}

fn step_of(run: &Run, item: &ItemId) -> String {
    run.runbook().item(item).map(|(step, _)| step_heading(step)).unwrap_or_default()
}

fn place_words(run: &Run, place: &Place) -> String {
    match place {
        Place::Run => "the run".to_owned(),
        Place::Step(id) => run.runbook().step(id).map(|(_, step)| step_heading(step)).unwrap_or_default(),
        Place::Item(id) => format!("an item of {}", step_of(run, id)),
    }
}

/// Everything that is needed to answer.
pub fn body(run: &Run, ui: &Ui, dialog: &Dialog, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let words = |words: &str, style: Style| -> Vec<Line<'static>> {
        words
            .split('\n')
            .flat_map(|line| text::wrap(&text::readable(line), width))
            .map(|line| Line::from(text::spans(&line, style, theme)))
            .collect()
    };
    match &dialog.kind {
        Kind::Confirm(confirm) => confirm_body(run, ui, confirm, width),
        Kind::Edit(_) => words("What is changed is recorded as a deviation, with its reason.", theme.dim()),
        Kind::Values { input, then, .. } => values_body(run, ui, input.as_ref(), then.as_ref(), width),
        Kind::Promote(item) => {
            let mut lines = item_body(run, ui, item, width);
            lines.extend(words("It may be meant to be run, or only to be read.", theme.dim()));
            lines
        }
        Kind::Judge(item) | Kind::Condition(item) | Kind::Choice(item) => item_body(run, ui, item, width),
        Kind::Failure(item, attempt) => failure_body(run, ui, item, *attempt, width),
        Kind::Halted(item) => {
            let mut lines = item_body(run, ui, item, width);
            if let Some((verdict, note)) = run.verdict(item) {
                lines.extend(words(&format!("{}: {note}", verdict.word()), theme.bad()));
            }
            lines
        }
        Kind::Resolve(attempt) => {
            let mut lines = attempt_text(run, ui, *attempt, width);
            lines.extend(words(
                "Its end was not seen. Look where it ran, then say how it ended.",
                theme.text(),
            ));
            lines
        }
        Kind::Override(item) => {
            let mut lines = item_body(run, ui, item, width);
            lines.extend(words("This overrides the gate and is recorded as a deviation.", theme.caution()));
            lines
        }
        Kind::RollBack => rollback_body(run, ui, width),
        Kind::Abandon => words("The run ends here, as abandoned. Nothing is undone.", theme.text()),
        Kind::Finish => finish_body(run, ui, width),
        Kind::Stop => {
            run.running().map(|running| attempt_text(run, ui, running.id, width)).unwrap_or_default()
        }
        Kind::Leave => {
            let running = run.running().map(|running| format!(" Attempt {} keeps running.", running.id));
            words(
                &format!(
                    "The run goes on without this screen; attach to it later.{}",
                    running.unwrap_or_default()
                ),
                theme.text(),
            )
        }
        Kind::Skip(_) | Kind::Note(_) | Kind::Incident(_) => Vec::new(),
    }
}

fn item_body(run: &Run, ui: &Ui, id: &ItemId, width: usize) -> Vec<Line<'static>> {
    let Some((_, item)) = run.runbook().item(id) else { return Vec::new() };
    let words = run.item_text(item);
    if matches!(item.kind, ItemKind::Command(_)) {
        return verbatim(&ui.theme, &Span::raw(" "), &words, ui.theme.strong(), width);
    }
    without_label(&words)
        .split('\n')
        .flat_map(|line| text::wrap(&text::readable(line), width))
        .map(|line| Line::from(text::spans(&line, ui.theme.strong(), &ui.theme)))
        .collect()
}

/// Exactly what runs, where, and what to be careful about.
fn confirm_body(run: &Run, ui: &Ui, confirm: &Confirm, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let parts = match confirm.parts(run) {
        Ok(parts) => parts,
        Err(why) => return vec![Line::styled(text::visible(&why), theme.bad())],
    };
    let mut lines = place_lines(run, ui, width);
    lines.extend(caution_lines(run, ui, confirm, &parts, width));
    lines.push(Line::default());
    let many = parts.len() > 1;
    for (index, part) in parts.iter().enumerate() {
        let sign = if many { format!("{}", index + 1) } else { theme.glyphs.current.to_owned() };
        lines.extend(verbatim(theme, &Span::styled(sign, theme.dim()), &part.text, theme.strong(), width));
    }
    lines
}

/// What to be careful about when this runs.
fn caution_lines(run: &Run, ui: &Ui, confirm: &Confirm, parts: &[Part], width: usize) -> Vec<Line<'static>> {
    let Some((step, _, block)) = command(run, &confirm.item) else { return Vec::new() };
    let mut cautions: Vec<&str> = block.risks.iter().map(|risk| risk.word()).collect();
    if step.once || block.once {
        cautions.insert(0, "runs only once");
    }
    if let Some(deviation) = confirm.deviation(run) {
        cautions.insert(0, deviation.words());
    }
    if parts.len() > 1 {
        cautions.push("stops at the first that fails");
    }
    if parts.iter().any(|part| needs_escapes_seen(&part.text)) {
        cautions.push("has characters that can only be shown escaped");
    }
    if cautions.is_empty() {
        return Vec::new();
    }
    let words = cautions.join(&format!(" {} ", ui.theme.glyphs.dot));
    text::wrap(&words, width).into_iter().map(|line| Line::styled(line, ui.theme.caution())).collect()
}

/// `on this host, in /srv/app`
fn place_lines(run: &Run, ui: &Ui, width: usize) -> Vec<Line<'static>> {
    let target = match run.targets().last() {
        Some(target) => text::visible(&target.name()),
        None => {
            format!("this host ({})", run.start().map(|start| text::visible(&start.host)).unwrap_or_default())
        }
    };
    let directory = text::visible(run.directory().unwrap_or_default());
    let words = format!("on {target}, in {directory}");
    text::chop(&words, width).into_iter().map(|line| Line::styled(line, ui.theme.accent())).collect()
}

fn values_body(
    run: &Run,
    ui: &Ui,
    input: Option<&ItemId>,
    then: Option<&ItemId>,
    width: usize,
) -> Vec<Line<'static>> {
    if let Some((_, _, block)) = then.and_then(|item| command(run, item)) {
        return verbatim(&ui.theme, &Span::raw(" "), &block.text, ui.theme.strong(), width);
    }
    let Some(input) = input else { return Vec::new() };
    item_body(run, ui, input, width)
}

fn attempt_text(run: &Run, ui: &Ui, id: AttemptId, width: usize) -> Vec<Line<'static>> {
    let Some(attempt) = run.attempt(id) else { return Vec::new() };
    verbatim(
        &ui.theme,
        &Span::styled(ui.theme.glyphs.current, ui.theme.dim()),
        &attempt.part.text,
        ui.theme.strong(),
        width,
    )
}

/// What failed, how, and its last words; then what the runbook itself says about trouble.
fn failure_body(run: &Run, ui: &Ui, item: &ItemId, attempt: AttemptId, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let mut lines = Vec::new();
    if runs_once(run, item) {
        let words = text::wrap("this step says it may run only once", width).into_iter();
        lines.extend(words.map(|line| Line::styled(line, theme.caution())));
    }
    lines.extend(attempt_text(run, ui, attempt, width));
    if let Some(attempt) = run.attempt(attempt) {
        let (words, style) = super::output::state_words(attempt, ui);
        let mut spans = vec![Span::raw("  "), Span::styled(words, style)];
        let last = ui.outputs.last_words(attempt.id, 1).concat();
        if !last.is_empty() {
            let dot = format!(" {} ", theme.glyphs.dot);
            let used: usize = spans.iter().map(Span::width).sum();
            let last =
                text::cut(&text::visible(&last), width.saturating_sub(used + 3), theme.glyphs.ellipsis);
            spans.extend([Span::styled(dot, theme.dim()), Span::raw(last)]);
        }
        lines.push(Line::from(spans));
    }
    if let Some((step, _)) = run.runbook().item(item) {
        for last in ui.warnings(&step.id) {
            lines.extend(super::detail::warning_lines(ui, last, width));
        }
    }
    lines
}

fn rollback_body(run: &Run, ui: &Ui, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let steps: Vec<String> = run
        .runbook()
        .steps()
        .filter(|(phase, _)| phase.role == Role::Rollback)
        .map(|(_, step)| text::readable(&step_heading(step)))
        .collect();
    if steps.is_empty() {
        let words = "This runbook has no rollback section: the run would end with nothing to do.";
        return text::wrap(words, width)
            .into_iter()
            .map(|line| Line::styled(line, theme.caution()))
            .collect();
    }
    let mut lines = vec![Line::raw("These steps become the procedure:")];
    let sign = theme.glyphs.rollback;
    lines.extend(steps.into_iter().map(|step| {
        let words = text::cut(&step, width.saturating_sub(4), theme.glyphs.ellipsis);
        Line::from(vec![Span::styled(format!("  {sign} "), theme.caution()), Span::raw(words)])
    }));
    if let Some(start) = run.start().filter(|start| !start.rollback_point.is_empty()) {
        lines.push(Line::raw(format!("back to {}", text::readable(&start.rollback_point))));
    }
    lines
}

/// What was done otherwise than written, and what broke.
fn finish_body(run: &Run, ui: &Ui, width: usize) -> Vec<Line<'static>> {
    let theme = &ui.theme;
    let count =
        |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let dot = format!(" {} ", theme.glyphs.dot);
    let summary = [
        count(run.attempts().len(), "command run", "commands run"),
        count(run.deviations().len(), "deviation", "deviations"),
        count(run.incidents().len(), "incident", "incidents"),
        count(run.notes().len(), "note", "notes"),
    ];
    let mut lines = vec![Line::raw(text::cut(&summary.join(&dot), width, theme.glyphs.ellipsis))];
    for deviation in run.deviations() {
        let kind = deviation.deviation.map_or("skipped", crate::journal::Deviation::words);
        let words = format!("{} {kind}: {}", place_words(run, &deviation.place), deviation.reason);
        lines.push(sign_line(theme.glyphs.skipped, theme.caution(), &words, width, theme));
    }
    for incident in run.incidents() {
        lines.push(sign_line(
            theme.glyphs.warning,
            theme.caution(),
            &incident.incident.symptoms,
            width,
            theme,
        ));
    }
    lines.push(Line::styled(format!("{} entries in the journal", run.last_seq()), theme.dim()));
    lines
}

fn sign_line(sign: &'static str, style: Style, words: &str, width: usize, theme: &Theme) -> Line<'static> {
    let words =
        text::cut(&text::readable(&words.replace('\n', " ")), width.saturating_sub(2), theme.glyphs.ellipsis);
    Line::from(vec![Span::styled(sign, style), Span::raw(format!(" {words}"))])
}

//! Drafts to the model: gives phases, steps and items their ids, ties guards and expectations to the
//! items they speak of, and turns every line that no item accounts for into prose.

use std::collections::{BTreeMap, BTreeSet};

use super::item::Draft;
use super::outline::{PhaseDraft, StepDraft};
use super::placeholder;
use super::rule::{heading, label};
use super::shell::{lexer, variable};
use super::{
    Guard, Item, ItemId, ItemKind, LineRange, Phase, PhaseId, Placeholder, Runbook, Session, Step, StepId,
};

/// The phases of a document.
pub(crate) fn assemble(drafts: Vec<PhaseDraft>, lines: &[&str]) -> Vec<Phase> {
    let (mut names, mut steps) = (Names::default(), Names::default());
    let mut phases: Vec<Phase> =
        drafts.into_iter().map(|draft| phase(draft, lines, &mut names, &mut steps)).collect();
    mark_leaving(&mut phases);
    phases
}

#[derive(Default)]
struct Names {
    taken: BTreeMap<String, usize>,
}

impl Names {
    /// A name like this one that nothing else has.
    fn claim(&mut self, wanted: &str) -> String {
        let count = self.taken.entry(wanted.to_owned()).or_insert(0);
        *count += 1;
        if *count == 1 {
            return wanted.to_owned();
        }
        let next = format!("{wanted}-{count}");
        self.claim(&next)
    }
}

fn slug(title: &str) -> String {
    let mut slug = String::new();
    for letter in title.to_lowercase().chars() {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.chars().count() >= 48 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "part".to_owned() } else { slug.to_owned() }
}

fn phase(draft: PhaseDraft, lines: &[&str], names: &mut Names, taken: &mut Names) -> Phase {
    let id = names.claim(&slug(&draft.title));
    let first = draft.steps.first().map_or(usize::MAX, |step| step.lines.first);
    let intro: Vec<Draft> = draft.intro.into_iter().filter(|item| item.lines.first < first).collect();
    let end = intro.iter().map(|item| item.lines.last).max().unwrap_or(draft.line);
    let filled = fill(intro, LineRange { first: end + 1, last: end }, lines);
    let intro = identify(filled, &format!("{id}.intro"));
    let steps = draft.steps.into_iter().map(|step| self::step(step, lines, taken)).collect();
    Phase { id: PhaseId(id), title: draft.title, role: draft.role, line: draft.line, intro, steps }
}

fn step(draft: StepDraft, lines: &[&str], names: &mut Names) -> Step {
    let name = match &draft.number {
        Some(number) => slug(&format!("{number} {}", draft.title)),
        None => slug(&draft.title),
    };
    let id = names.claim(&name);
    let range = draft.lines;
    let mut items = draft.items;
    if !items.iter().any(|item| item.kind.is_gate()) {
        let at = LineRange { first: range.first, last: range.first };
        items.push(Draft {
            lines: at,
            covers: at,
            guard: None,
            kind: ItemKind::Action { text: draft.title.clone() },
        });
    }
    let once = label::is_once(&draft.title) || items.iter().any(says_once);
    let items = identify(fill(items, range, lines), &id);
    let optional = heading::is_optional(&draft.title);
    Step { id: StepId(id), number: draft.number, title: draft.title, lines: range, optional, once, items }
}

fn says_once(draft: &Draft) -> bool {
    match &draft.kind {
        ItemKind::Command(block) => block.once,
        ItemKind::StopGate { text, .. } | ItemKind::Note { text, .. } => label::is_once(text),
        _ => false,
    }
}

/// The drafts in source order, with prose for the lines of the range that none accounts for.
fn fill(mut drafts: Vec<Draft>, range: LineRange, lines: &[&str]) -> Vec<Draft> {
    for draft in &mut drafts {
        draft.lines.last = draft.lines.last.clamp(draft.lines.first, lines.len().max(draft.lines.first));
    }
    let mut covered = vec![false; (range.last + 1).saturating_sub(range.first)];
    for draft in &drafts {
        for place in [draft.covers, draft.lines] {
            let first = place.first.max(range.first);
            let last = place.last.min(range.last);
            if first <= last {
                covered[first - range.first..=last - range.first].fill(true);
            }
        }
    }
    let mut prose = Vec::new();
    let mut open: Option<usize> = None;
    for line in range.first + 1..=range.last + 1 {
        let bare = line <= range.last && !covered[line - range.first];
        match (bare, open) {
            (true, None) => open = Some(line),
            (false, Some(first)) => {
                prose.extend(prose_of(first, line - 1, lines));
                open = None;
            }
            _ => {}
        }
    }
    merge(drafts, prose)
}

fn prose_of(first: usize, last: usize, lines: &[&str]) -> Option<Draft> {
    let slice = lines.get(first - 1..last.min(lines.len()))?;
    let real = |line: &&str| line.chars().any(char::is_alphanumeric);
    let start = slice.iter().position(real)?;
    let end = slice.iter().rposition(real)?;
    let range = LineRange { first: first + start, last: first + end };
    let text = slice[start..=end].join("\n");
    Some(Draft { lines: range, covers: range, guard: None, kind: ItemKind::Prose { text } })
}

/// Puts prose where it stands; guards keep pointing at the same drafts.
fn merge(drafts: Vec<Draft>, prose: Vec<Draft>) -> Vec<Draft> {
    let mut places = vec![0; drafts.len()];
    let mut merged: Vec<Draft> = Vec::with_capacity(drafts.len() + prose.len());
    let mut prose = prose.into_iter().peekable();
    for (index, draft) in drafts.into_iter().enumerate() {
        while let Some(text) = prose.next_if(|text| text.lines.first < draft.lines.first) {
            merged.push(text);
        }
        places[index] = merged.len();
        merged.push(draft);
    }
    merged.extend(prose);
    for draft in &mut merged {
        draft.guard = draft.guard.and_then(|(item, branch)| places.get(item).map(|place| (*place, branch)));
    }
    merged
}

fn identify(drafts: Vec<Draft>, owner: &str) -> Vec<Item> {
    let id = |index: usize| ItemId(format!("{owner}/{}", index + 1));
    let mut command: Option<ItemId> = None;
    let mut items = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let mut kind = draft.kind;
        match &mut kind {
            ItemKind::Command(_) => command = Some(id(index)),
            ItemKind::Expected { about, .. } => about.clone_from(&command),
            _ => {}
        }
        let guard = draft.guard.map(|(item, branch)| Guard { item: id(item), branch });
        items.push(Item { id: id(index), lines: draft.lines, guard, kind });
    }
    items
}

/// `exit` leaves only where a session was opened before.
fn mark_leaving(phases: &mut [Phase]) {
    let mut open = 0_usize;
    let items =
        phases.iter_mut().flat_map(|phase| phase.steps.iter_mut()).flat_map(|step| step.items.iter_mut());
    for item in items {
        let ItemKind::Command(block) = &mut item.kind else { continue };
        for statement in &mut block.statements {
            match statement.session {
                Some(Session::Leave) if open == 0 => statement.session = None,
                Some(Session::Leave) => open -= 1,
                Some(_) => open += 1,
                None => {}
            }
        }
    }
}

/// The names that a person must supply, once each, in order of appearance.
pub(crate) fn placeholders(runbook: &Runbook) -> Vec<Placeholder> {
    let exists = known_names(runbook);
    let mut found: Vec<Placeholder> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (line, text) in command_texts(runbook) {
        for (name, range) in placeholder::spelled(text, &|name| exists.contains(name)) {
            if seen.insert(name.clone()) {
                let before = text[..range.start].matches('\n').count();
                found.push(Placeholder { name, spelling: text[range].to_owned(), line: line + before });
            }
        }
    }
    found
}

fn command_texts(runbook: &Runbook) -> impl Iterator<Item = (usize, &str)> {
    runbook.steps().flat_map(|(_, step)| step.items.iter()).filter_map(|item| match &item.kind {
        ItemKind::Command(block) => Some((item.lines.first, block.text.as_str())),
        _ => None,
    })
}

/// The variables that the document sets or records.
pub(crate) fn known_names(runbook: &Runbook) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in command_texts(runbook) {
        let masked = placeholder::mask(text);
        names.extend(variable::sets(&masked, &lexer::scan(&masked)));
    }
    for (_, step) in runbook.steps() {
        names.extend(step.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Input { name, .. } => Some(name.clone()),
            _ => None,
        }));
    }
    names
}

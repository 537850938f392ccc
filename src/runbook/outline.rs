//! Sections to phases and steps: decides which headings and list entries are steps (R1 to R6), in
//! source order, and gives every line of the document a place.

use std::collections::BTreeSet;

use super::Role;
use super::item::{self, Draft, Setting};
use super::node::{Entry, Node, NodeKind};
use super::rule::{heading, label, list};
use super::section::{Kind, Section};
use super::{ItemKind, LineRange};

/// A phase without ids.
#[derive(Debug)]
pub(crate) struct PhaseDraft {
    /// The line of the heading that opened it; 0 for the document.
    key: usize,
    /// The heading's text.
    pub(crate) title: String,
    /// What it is for.
    pub(crate) role: Role,
    /// Line of the heading.
    pub(crate) line: usize,
    /// What stands before its first step.
    pub(crate) intro: Vec<Draft>,
    /// Its steps.
    pub(crate) steps: Vec<StepDraft>,
}

/// A step without ids.
#[derive(Debug)]
pub(crate) struct StepDraft {
    /// As written.
    pub(crate) number: Option<String>,
    /// Without number and marks.
    pub(crate) title: String,
    /// From its heading or list mark to its last line.
    pub(crate) lines: LineRange,
    /// Its items.
    pub(crate) items: Vec<Draft>,
}

/// The outline of a document.
pub(crate) fn outline(root: &mut Section, title: &str) -> Vec<PhaseDraft> {
    classify(root);
    let root = &*root;
    let mut emitter = Emitter { phases: Vec::new(), document: title.to_owned() };
    let single = root.children.iter().filter(|child| child.level == 1).count() == 1
        && root.children.first().is_some_and(|child| child.level == 1);
    let top = Parent { key: 0, title: title.to_owned(), role: None, line: 1, root: true };
    if single {
        emitter.body(root, &top);
        let head = &root.children[0];
        let parent = Parent { line: head.lines.first, ..top };
        emitter.head(head, &parent);
        for child in root.children.iter().skip(1) {
            emitter.walk(child, &parent);
        }
    } else {
        emitter.head(root, &top);
    }
    emitter.finish()
}

/// The phase under which a section stands.
#[derive(Debug, Clone)]
struct Parent {
    key: usize,
    title: String,
    role: Option<Role>,
    line: usize,
    root: bool,
}

struct Emitter {
    phases: Vec<PhaseDraft>,
    document: String,
}

impl Emitter {
    /// The section whose title is the document's: its own blocks, then what stands under it.
    fn head(&mut self, section: &Section, parent: &Parent) {
        self.body(section, parent);
        for child in &section.children {
            self.walk(child, parent);
        }
    }

    /// Blocks under a title that is no step by itself: steps of a list, a step of the part's own name,
    /// or an introduction.
    fn body(&mut self, section: &Section, parent: &Parent) {
        if let Some(split) = split_steps(&section.body, &section.title) {
            self.list_steps(section, &split, parent);
        } else if !section.body.is_empty() && if parent.root { commands(section) } else { acts(section) } {
            self.own_step(section, &section.body, parent, section.lines.first);
        } else {
            self.intro(&section.body, parent, &section.title);
        }
    }

    fn walk(&mut self, section: &Section, parent: &Parent) {
        let role = self.role(section, parent);
        match section.kind {
            Kind::Step => self.step(section, parent, role),
            Kind::Steps | Kind::Phase => {
                let own = self.open(section, role.unwrap_or(Role::Procedure), role);
                self.head(section, &own);
            }
            Kind::Text => {
                let own = self.open(section, role.unwrap_or(Role::Reference), role);
                self.intro(&section.body, &own, &section.title);
                for child in &section.children {
                    self.walk(child, &own);
                }
            }
        }
    }

    /// The role that the title gives, or the one of the part around it. A rollback document's main line
    /// is its procedure, so the document's own title takes that role away.
    fn role(&self, section: &Section, parent: &Parent) -> Option<Role> {
        let own = heading::role(&section.title).filter(|role| {
            heading::role(&self.document) != Some(*role)
                || !matches!(role, Role::Rollback | Role::Troubleshooting)
        });
        match parent.role {
            Some(role @ (Role::Rollback | Role::Troubleshooting)) => Some(role),
            around => own.or(around),
        }
    }

    fn open(&mut self, section: &Section, role: Role, inherited: Option<Role>) -> Parent {
        let title = section
            .number
            .as_ref()
            .map_or_else(|| section.title.clone(), |number| format!("{number}. {}", section.title));
        let own = Parent {
            key: section.lines.first,
            title,
            role: inherited,
            line: section.lines.first,
            root: false,
        };
        self.phases.push(phase(&own, role));
        own
    }

    fn step(&mut self, section: &Section, parent: &Parent, role: Option<Role>) {
        let aside = matches!(role, Some(Role::Rollback | Role::Troubleshooting | Role::Summary));
        let apart = (parent.root && role.is_some()) || (aside && parent.role != role);
        let own =
            if apart { self.open(section, role.unwrap_or(Role::Procedure), role) } else { parent.clone() };
        let absorbs = section.number.is_some() && !section.children.is_empty();
        if absorbs {
            let (inner, outer): (Vec<&Section>, Vec<&Section>) =
                section.children.iter().partition(|child| !leaves(child));
            let whole = Section { children: inner.into_iter().cloned().collect(), ..section.clone() };
            self.own_step(section, &whole.flatten(), &own, section.lines.first);
            for child in outer {
                self.walk(child, &own);
            }
        } else {
            self.own_step(section, &section.body, &own, section.lines.first);
            for child in &section.children {
                self.walk(child, &own);
            }
        }
    }

    /// The phase of this parent, opened again if another one stands between.
    fn phase(&mut self, parent: &Parent) -> Option<&mut PhaseDraft> {
        if self.phases.last().is_none_or(|last| last.key != parent.key) {
            let role = parent.role.unwrap_or(Role::Procedure);
            self.phases.push(phase(parent, role));
        }
        self.phases.last_mut()
    }

    fn own_step(&mut self, section: &Section, nodes: &[Node], parent: &Parent, first: usize) {
        let title = if section.title.is_empty() { self.document.clone() } else { section.title.clone() };
        let setting = setting(&title, parent);
        let items = item::draft(nodes, setting);
        let last = nodes.last().map_or(section.lines.last, |node| node.lines.last).max(first);
        let step =
            StepDraft { number: section.number.clone(), title, lines: LineRange { first, last }, items };
        if let Some(phase) = self.phase(parent) {
            phase.steps.push(step);
        }
    }

    fn list_steps(&mut self, section: &Section, split: &Split<'_>, parent: &Parent) {
        let before = item::draft(split.before, setting(&section.title, parent));
        if before.iter().any(|draft| {
            matches!(draft.kind, ItemKind::Command(_) | ItemKind::Check { .. } | ItemKind::Input { .. })
        }) {
            self.own_step(section, split.before, parent, section.lines.first);
        } else {
            self.intro(split.before, parent, &section.title);
        }
        for (entry, trailing) in &split.steps {
            let step = entry_step(entry, trailing, &section.title, parent);
            if let Some(phase) = self.phase(parent) {
                phase.steps.push(step);
            }
        }
    }

    fn intro(&mut self, nodes: &[Node], parent: &Parent, title: &str) {
        if nodes.is_empty() {
            return;
        }
        let drafts = item::draft(nodes, setting(title, parent));
        let kept = drafts
            .into_iter()
            .filter(|draft| !draft.kind.is_gate())
            .map(|draft| Draft { guard: None, ..draft });
        if let Some(phase) = self.phase(parent) {
            phase.intro.extend(kept);
        }
    }

    fn finish(mut self) -> Vec<PhaseDraft> {
        for phase in &mut self.phases {
            if phase.steps.is_empty() && phase.role == Role::Procedure {
                phase.role = Role::Reference;
            }
        }
        self.phases
    }
}

fn phase(parent: &Parent, role: Role) -> PhaseDraft {
    PhaseDraft {
        key: parent.key,
        title: parent.title.clone(),
        role,
        line: parent.line,
        intro: Vec::new(),
        steps: Vec::new(),
    }
}

fn setting<'a>(title: &'a str, parent: &Parent) -> Setting<'a> {
    let rollback = parent.role == Some(Role::Rollback) || heading::role(title) == Some(Role::Rollback);
    Setting {
        title,
        rollback,
        aside: parent.role == Some(Role::Troubleshooting),
        repeats: parent.role == Some(Role::Summary),
    }
}

/// Whether a child of a numbered step is a part of its own: the way back, or a side section.
fn leaves(child: &Section) -> bool {
    matches!(heading::role(&child.title), Some(Role::Rollback | Role::Troubleshooting))
}

fn drafts(section: &Section) -> Vec<Draft> {
    let rollback = heading::role(&section.title) == Some(Role::Rollback);
    item::draft(&section.body, Setting { title: &section.title, rollback, ..Setting::default() })
}

/// Whether the section's own blocks hold commands or tasks: what makes a step of a document's head.
fn commands(section: &Section) -> bool {
    drafts(section).iter().any(|draft| match &draft.kind {
        ItemKind::Command(block) => block.form != super::Form::Inline,
        ItemKind::Input { .. } => true,
        _ => false,
    }) || has_tasks(&section.body)
}

fn has_tasks(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| matches!(&node.kind, NodeKind::List { entries, .. } if entries.iter().any(|entry| entry.task.is_some())))
}

/// Whether the section's own blocks hold something to do.
fn acts(section: &Section) -> bool {
    let drafts = drafts(section);
    let count = |wanted: fn(&ItemKind) -> bool| drafts.iter().filter(|draft| wanted(&draft.kind)).count();
    let commands = count(|kind| matches!(kind, ItemKind::Command(_) | ItemKind::Input { .. }));
    let checks = count(|kind| matches!(kind, ItemKind::Check { .. }));
    let actions = count(|kind| matches!(kind, ItemKind::Action { .. })) + imperatives(&section.body);
    let checklist = has_tasks(&section.body) || label::is_check_label(&section.title);
    if heading::informs(&section.title) && !heading::instructs(&section.title) && !checklist {
        return drafts.iter().any(
            |draft| matches!(&draft.kind, ItemKind::Command(block) if block.form != super::Form::Inline),
        );
    }
    commands > 0
        || checks > 0
        || actions > 1
        || (actions > 0 && (heading::instructs(&section.title) || section.number.is_some()))
}

/// Sentences of paragraphs that ask for something.
fn imperatives(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .filter_map(|node| match &node.kind {
            NodeKind::Paragraph(text) => Some(text.text()),
            _ => None,
        })
        .map(|text| {
            label::sentences(&text)
                .into_iter()
                .filter(|sentence| label::is_instruction(sentence) && !sentence.ends_with(':'))
                .count()
        })
        .sum()
}

/// Decides what every section is, from the innermost outwards.
fn classify(section: &mut Section) {
    for child in &mut section.children {
        classify(child);
    }
    section.kind = kind(section);
}

fn kind(section: &Section) -> Kind {
    let inner = section.children.iter().any(|child| child.kind != Kind::Text);
    let steps = split_steps(&section.body, &section.title).is_some();
    if section.number.is_some() {
        let numbered =
            section.children.iter().any(|child| child.number.is_some() && child.kind != Kind::Text);
        if numbered {
            return Kind::Phase;
        }
        if steps && only_list(&section.body) {
            return Kind::Steps;
        }
        let acting = acts(section) || inner || steps;
        return if acting || (heading::instructs(&section.title) && !section.body.is_empty()) {
            Kind::Step
        } else {
            Kind::Text
        };
    }
    if steps {
        Kind::Steps
    } else if acts(section) {
        Kind::Step
    } else if inner {
        Kind::Phase
    } else {
        Kind::Text
    }
}

/// Whether a body holds instructions in one list and no command outside it.
fn only_list(body: &[Node]) -> bool {
    !body.iter().any(|node| matches!(node.kind, NodeKind::Code(_)))
}

/// A body whose steps are entries of an ordered list, possibly broken by other blocks.
struct Split<'a> {
    before: &'a [Node],
    steps: Vec<(&'a Entry, Vec<&'a Node>)>,
}

/// The steps of the body's ordered lists. Lists are one where the next goes on counting where the last
/// one ended; what stands between belongs to the step before it.
fn split_steps<'a>(body: &'a [Node], title: &str) -> Option<Split<'a>> {
    let chains = chains(body);
    let accepted: Vec<bool> = chains.iter().map(|chain| chain.is_steps(body, title)).collect();
    let first = chains.iter().zip(&accepted).find(|(_, accepted)| **accepted)?.0.lists.first().copied()?;
    let taken: BTreeSet<usize> = chains
        .iter()
        .zip(&accepted)
        .filter(|(_, accepted)| **accepted)
        .flat_map(|(chain, _)| chain.lists.iter().copied())
        .collect();
    let mut steps: Vec<(&Entry, Vec<&Node>)> = Vec::new();
    for (index, node) in body.iter().enumerate().skip(first) {
        match &node.kind {
            NodeKind::List { entries, .. } if taken.contains(&index) => {
                steps.extend(entries.iter().map(|entry| (entry, Vec::new())));
            }
            _ => {
                if let Some((_, trailing)) = steps.last_mut() {
                    trailing.push(node);
                }
            }
        }
    }
    Some(Split { before: &body[..first], steps })
}

/// Ordered lists of which each goes on counting where the one before it ended.
struct Chain<'a> {
    lists: Vec<usize>,
    entries: Vec<&'a Entry>,
}

impl Chain<'_> {
    fn is_steps(&self, body: &[Node], title: &str) -> bool {
        let before = self.lists.first().and_then(|first| first.checked_sub(1)).map(|index| &body[index].kind);
        let announced = match before {
            Some(NodeKind::Paragraph(text)) => text.text(),
            _ => String::new(),
        };
        list::is_steps(&self.entries, &announced, title)
    }
}

fn chains(body: &[Node]) -> Vec<Chain<'_>> {
    let mut chains: Vec<Chain<'_>> = Vec::new();
    for (index, node) in body.iter().enumerate() {
        let NodeKind::List { ordered: true, entries } = &node.kind else { continue };
        match chains.last_mut() {
            Some(chain) if continues(&chain.entries, entries) => {
                chain.lists.push(index);
                chain.entries.extend(entries);
            }
            _ => chains.push(Chain { lists: vec![index], entries: entries.iter().collect() }),
        }
    }
    chains
}

fn continues(chain: &[&Entry], entries: &[Entry]) -> bool {
    let last = chain.last().and_then(|entry| entry.number).map(|number| number + chain_gap(chain));
    let next = entries.first().and_then(|entry| entry.number);
    matches!((last, next), (Some(last), Some(next)) if next > 1 && next == last + 1)
}

/// Entries that are all written `1.` count by their position.
fn chain_gap(chain: &[&Entry]) -> u64 {
    let same = chain.len() > 1 && chain.iter().all(|entry| entry.number == Some(1));
    if same { chain.len() as u64 - 1 } else { 0 }
}

fn entry_step(entry: &Entry, trailing: &[&Node], title: &str, parent: &Parent) -> StepDraft {
    let mut nodes: Vec<Node> = vec![Node {
        lines: entry.lines,
        kind: NodeKind::List { ordered: false, entries: vec![entry.clone()] },
    }];
    nodes.extend(trailing.iter().map(|node| (*node).clone()));
    let name = entry_title(entry);
    let setting = Setting { title: "", ..setting(title, parent) };
    let items = item::draft(&nodes, setting);
    let last = nodes.last().map_or(entry.lines.last, |node| node.lines.last).max(entry.lines.last);
    StepDraft {
        number: entry.number.map(|number| number.to_string()),
        title: if name.is_empty() { title.to_owned() } else { name },
        lines: LineRange { first: entry.lines.first, last },
        items,
    }
}

/// The bold lead of an entry, or its first sentence.
fn entry_title(entry: &Entry) -> String {
    let Some(lead) = entry.lead() else { return String::new() };
    if let Some((bold, _)) = lead.bold_lead()
        && (bold.split_whitespace().count() > 1 || label::label(lead).is_some())
    {
        return bold.trim_end_matches([':', '.']).to_owned();
    }
    let text = lead.text();
    let sentence = label::sentences(&text).first().map(ToString::to_string).unwrap_or_default();
    sentence.trim_end_matches([':', '.']).to_owned()
}

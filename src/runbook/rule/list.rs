//! Which ordered lists are steps (R3, the largest rule: without it steps lose 37.7 points), and which
//! only describe: overviews, components, what a script does, references.

use super::{heading, inline, label};
use crate::runbook::lexicon::{first_word, says_any};
use crate::runbook::node::{Entry, Node, NodeKind};

/// Whether the entries of this ordered list are steps; `announced` is the text before it, `title` the
/// heading above it.
pub(crate) fn is_steps(entries: &[&Entry], announced: &str, title: &str) -> bool {
    if entries.is_empty() || describes(announced) || entries.iter().any(|entry| entry.task.is_some()) {
        return false;
    }
    let acting = entries.iter().filter(|entry| acts(entry)).count();
    let procedure = heading::is_procedure(title);
    let informs = heading::informs(title) && !procedure;
    let needed = match (informs, procedure) {
        (true, _) => entries.len(),
        (_, true) => 0,
        _ => entries.len().div_ceil(2),
    };
    acting >= needed
}

/// Whether the text before a list says that it only describes.
fn describes(announced: &str) -> bool {
    let lower = announced.to_lowercase();
    let last = lower.rsplit(['.', '!']).find(|part| part.trim().len() > 3).unwrap_or_default();
    says_any!(
        last,
        &[
            "involves the following",
            "consists of",
            "the script",
            "this script",
            "it will",
            "this will",
            "which will",
            "the following components",
            "the workflow",
            "the pipeline",
            "the job",
            "what happens",
            "happens",
            "in this order",
            "responsible for",
            "the process is",
            "under the hood",
            "automatically",
            "does the following",
            "will then",
            "overview",
            "correctly when",
            "for several reasons",
            "the following reasons",
            "there are",
            "correct when",
        ],
    ) && !says_any!(last, &["follow these steps", "perform the following", "do the following"])
}

/// Whether an entry is something to do.
fn acts(entry: &Entry) -> bool {
    let code = entry.nodes.iter().any(|node| matches!(node.kind, NodeKind::Code(_)));
    let Some(lead) = entry.lead() else { return code };
    let text = lead.text();
    let bold = lead.bold_lead();
    let rest = bold.as_ref().map(|(_, rest)| rest.text()).unwrap_or_default();
    let rest = rest.trim_start_matches([':', ' ', '—', '–', '-', '.']);
    let navigates = text.contains(" → ");
    let instructs = navigates
        || label::is_instruction(&text)
        || label::is_check_sentence(&text)
        || label::is_instruction(rest)
        || label::is_check_sentence(rest);
    let nested = entry.nodes.iter().skip(1).any(nested_acts);
    code || instructs
        || nested
        || !inline::commands(lead, true).is_empty()
        || heading::instructs(first_word(&text))
}

fn nested_acts(node: &Node) -> bool {
    match &node.kind {
        NodeKind::List { entries, .. } => {
            entries
                .iter()
                .filter(|entry| {
                    entry.lead().is_some_and(|lead| {
                        label::is_instruction(&lead.text()) || !inline::commands(lead, true).is_empty()
                    })
                })
                .count()
                * 2
                >= entries.len()
        }
        _ => false,
    }
}

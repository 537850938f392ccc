//! Which incidents belong to which step: by the step they name, else by the words they share
//! with it. Never hides an incident: what fits no step belongs to the runbook as a whole.

use std::collections::{BTreeMap, BTreeSet};

use super::Incident;
use crate::runbook::{ItemKind, Runbook, Step, StepId};

/// An incident and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The step, if there is one that fits.
    pub step: Option<StepId>,
    /// Whether it happened to the subject of this run.
    pub same_subject: bool,
}

/// All incidents that concern this runbook: those of the subject first, then the newest first.
/// Incidents that name another runbook are left out, unless they happened to the subject.
pub fn place<'a>(incidents: &'a [Incident], runbook: &Runbook, subject: &str) -> Vec<Placed<'a>> {
    let words = StepWords::of(runbook);
    let mut placed: Vec<Placed<'a>> = incidents
        .iter()
        .filter_map(|incident| {
            let same_subject = !subject.is_empty() && incident.record.site.eq_ignore_ascii_case(subject);
            let elsewhere =
                incident.origin.as_ref().is_some_and(|origin| origin.runbook != file_name(runbook));
            if elsewhere {
                return same_subject.then_some(Placed { incident, step: None, same_subject });
            }
            Some(Placed {
                incident,
                step: named_step(incident, runbook).or_else(|| words.best(incident)),
                same_subject,
            })
        })
        .collect();
    placed.sort_by(|one, other| {
        let rank = |placed: &Placed<'_>| {
            (placed.same_subject, placed.incident.record.date.clone(), placed.incident.line)
        };
        rank(other).cmp(&rank(one))
    });
    placed
}

fn named_step(incident: &Incident, runbook: &Runbook) -> Option<StepId> {
    let step = incident.origin.as_ref()?.step.as_ref()?;
    runbook.step(step).map(|(_, step)| step.id.clone())
}

fn file_name(runbook: &Runbook) -> &str {
    runbook.source.name.rsplit('/').next().unwrap_or_default()
}

/// The words of every step, and how telling each is.
struct StepWords {
    steps: Vec<(StepId, String, BTreeSet<String>, BTreeSet<String>)>,
    frequency: BTreeMap<String, usize>,
}

impl StepWords {
    fn of(runbook: &Runbook) -> Self {
        let steps: Vec<_> = runbook
            .steps()
            .filter(|(phase, _)| phase.role.is_main_line())
            .map(|(_, step)| {
                let title = words(&step.title);
                let all: BTreeSet<String> = title.union(&item_words(step)).cloned().collect();
                (step.id.clone(), step.title.to_lowercase(), title, all)
            })
            .collect();
        let mut frequency: BTreeMap<String, usize> = BTreeMap::new();
        for (_, _, _, all) in &steps {
            for word in all {
                *frequency.entry(word.clone()).or_default() += 1;
            }
        }
        Self { steps, frequency }
    }

    /// A step whose title the heading holds, else the one with the most telling words in common:
    /// at least two, or one that stands in no other step and in the title of this one.
    fn best(&self, incident: &Incident) -> Option<StepId> {
        let heading = incident.heading.to_lowercase();
        let titled = self.steps.iter().find(|(_, title, _, _)| title.len() >= 8 && heading.contains(title));
        if let Some((id, ..)) = titled {
            return Some(id.clone());
        }
        let record = &incident.record;
        let told = words(&format!("{heading} {} {} {}", record.symptoms, record.fix, record.follow_up));
        let scored = self.steps.iter().filter_map(|(id, _, title, all)| {
            let shared: Vec<&String> = all.intersection(&told).collect();
            let alone = |word: &&&String| title.contains(**word) && self.frequency.get(**word) == Some(&1);
            let score: f64 = shared.iter().map(|word| self.weight(word, title)).sum();
            (shared.len() >= 2 && score >= 0.6 || shared.iter().any(|word| alone(&word)))
                .then_some((score, id))
        });
        let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other));
        best.map(|(_, id)| id.clone())
    }

    fn weight(&self, word: &str, title: &BTreeSet<String>) -> f64 {
        let frequency = self.frequency.get(word).copied().unwrap_or(1) as f64;
        let place = if title.contains(word) { 1.5 } else { 1.0 };
        place / frequency
    }
}

fn item_words(step: &Step) -> BTreeSet<String> {
    let texts = step.items.iter().map(|item| match &item.kind {
        ItemKind::Command(block) => block.text.as_str(),
        ItemKind::Check { text, .. }
        | ItemKind::Action { text }
        | ItemKind::Expected { text, .. }
        | ItemKind::StopGate { text, .. } => text.as_str(),
        _ => "",
    });
    texts.flat_map(words).collect()
}

/// Words of four letters and more, without endings, and without words that say nothing here.
fn words(text: &str) -> BTreeSet<String> {
    const COMMON: &[&str] = &[
        "after", "before", "from", "that", "this", "with", "then", "when", "have", "were", "will", "into",
        "step", "upgrade", "version", "check", "error", "fail", "failed", "again", "sudo", "site", "date",
        "must", "should", "does", "only", "also", "time", "last", "used", "using", "need", "first", "next",
        "should", "manually",
    ];
    text.split(|character: char| !character.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 4 && !COMMON.contains(&word.as_str()))
        .map(|word| {
            let stem = ["ations", "ation", "ings", "ing", "ed", "es", "s", "e"]
                .iter()
                .find_map(|end| word.strip_suffix(end).filter(|stem| stem.len() >= 4));
            stem.map(str::to_owned).unwrap_or(word)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::markdown;
    use crate::runbook::{Format, LineRange, Phase, Role, Source};

    fn runbook() -> Runbook {
        let step = |id: &str, title: &str| Step {
            id: id.into(),
            number: None,
            title: title.into(),
            lines: LineRange { first: 1, last: 1 },
            optional: false,
            once: false,
            items: Vec::new(),
        };
        let phase = Phase {
            id: "p".into(),
            title: "Upgrade steps".into(),
            role: Role::Procedure,
            line: 1,
            intro: Vec::new(),
            steps: vec![
                step("6-pull", "Pull latest code"),
                step("8-run-migrations", "Run migrations"),
                step("9-static", "Collect static files"),
                step("10-restart", "Restart services"),
            ],
        };
        let source = Source {
            name: "docs/upgrade.md".into(),
            format: Format::Markdown,
            digest: String::new(),
            text: String::new(),
        };
        Runbook {
            title: "Upgrade".into(),
            source,
            metadata: Vec::new(),
            phases: vec![phase],
            placeholders: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    fn check(log: &str, expected: &[(&str, Option<&str>)]) {
        let incidents = markdown::parse(log);
        let placed = place(&incidents, &runbook(), "acme");
        let found: Vec<_> = placed
            .iter()
            .map(|placed| {
                (placed.incident.record.symptoms.as_str(), placed.step.as_ref().map(|step| step.0.as_str()))
            })
            .collect();
        assert_eq!(found, expected, "{log}");
    }

    #[test]
    fn an_incident_of_ours_finds_its_step_by_id() {
        check(
            "- **Symptoms:** restart of services\n<!-- holdpoint: runbook=upgrade.md step=8-run-migrations -->\n",
            &[("restart of services", Some("8-run-migrations"))],
        );
    }

    #[test]
    fn an_incident_by_hand_finds_its_step_by_words() {
        check(
            "## Static files missing\n\n- **Symptoms:** collectstatic hung\n",
            &[("collectstatic hung", Some("9-static"))],
        );
        check(
            "- **Symptoms:** migration 0042 failed\n",
            &[("migration 0042 failed", Some("8-run-migrations"))],
        );
        check("- **Symptoms:** the moon was full\n", &[("the moon was full", None)]);
    }

    #[test]
    fn a_step_that_is_gone_leaves_the_incident_to_its_words() {
        check(
            "- **Symptoms:** migrations hung\n<!-- holdpoint: runbook=upgrade.md step=7-old -->\n",
            &[("migrations hung", Some("8-run-migrations"))],
        );
    }

    #[test]
    fn those_of_another_runbook_are_shown_for_the_same_subject_only() {
        let other = "<!-- holdpoint: runbook=other.md step=8-run-migrations -->\n";
        check(&format!("- **Site:** else\n- **Symptoms:** one\n{other}"), &[]);
        check(&format!("- **Site:** Acme\n- **Symptoms:** one\n{other}"), &[("one", None)]);
    }

    #[test]
    fn the_subject_comes_first_and_then_the_newest() {
        check(
            "- **Site:** else\n- **Date:** 2026-05-01\n- **Symptoms:** a\n\n- **Site:** acme\n- **Date:** 2026-01-01\n- **Symptoms:** b\n\n- **Site:** acme\n- **Date:** 2026-02-01\n- **Symptoms:** c\n",
            &[("c", None), ("b", None), ("a", None)],
        );
    }
}

//! The answers file: what a person decided beforehand, by step. YAML; `{}` is valid and answers
//! nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::journal::{Outcome, Verdict};

/// What was decided beforehand.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Answers {
    /// Values by the name of a placeholder or input.
    pub values: BTreeMap<String, Scalar>,
    /// Answers by a step's number, id or title.
    pub steps: BTreeMap<String, StepAnswers>,
    /// Answers for steps that are not named, and for what a named step leaves open.
    pub defaults: Defaults,
    /// What to say if the run is rolled back.
    pub rollback: Rollback,
    /// How to close the run; without it, as well as is true.
    pub finish: Option<Outcome>,
}

/// A scalar of any kind, kept as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "serde_yaml::Value")]
pub struct Scalar(pub String);

impl From<serde_yaml::Value> for Scalar {
    fn from(value: serde_yaml::Value) -> Self {
        Self(match value {
            serde_yaml::Value::String(text) => text,
            serde_yaml::Value::Bool(true) => "yes".to_owned(),
            serde_yaml::Value::Bool(false) => "no".to_owned(),
            serde_yaml::Value::Number(number) => number.to_string(),
            _ => String::new(),
        })
    }
}

/// Answers for one step.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", default)]
pub struct StepAnswers {
    /// Leave it out, for this reason.
    pub skip: Option<String>,
    /// Whether an optional step is walked.
    pub take: Option<bool>,
    /// Whether texts that are only offered as commands are run.
    pub run: Option<bool>,
    /// For its conditions.
    pub conditions: Option<OneOrMore<YesNo>>,
    /// Which alternative: its number from 1, or its title.
    pub choice: Option<Scalar>,
    /// For its checks, actions and commands of other tools.
    pub checks: Option<OneOrMore<Word>>,
    /// For its expectations.
    pub expected: Option<OneOrMore<Word>>,
    /// For its stop conditions: pass means that the condition is not met.
    pub stops: Option<OneOrMore<Word>>,
    /// Recorded with the answers.
    pub note: Option<String>,
    /// What to do when it fails or halts.
    pub on_failure: Option<OnFailure>,
    /// Logged when it fails or halts.
    pub incident: Option<IncidentAnswer>,
}

/// One answer for all, or one by the beginning of a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore<T> {
    /// For all.
    One(T),
    /// By the beginning of the item's text; `""` stands for the others.
    More(BTreeMap<String, T>),
}

impl<T> OneOrMore<T> {
    /// The answer for an item of this text: the longest beginning that fits.
    pub fn for_text(&self, text: &str) -> Option<&T> {
        match self {
            Self::One(answer) => Some(answer),
            Self::More(answers) => answers
                .iter()
                .filter(|(prefix, _)| text.starts_with(prefix.as_str()))
                .max_by_key(|(prefix, _)| prefix.len())
                .map(|(_, answer)| answer),
        }
    }
}

/// A verdict as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// As it should be.
    Pass,
    /// Good enough.
    Degraded,
    /// Not good enough.
    Fail,
    /// Does not apply.
    #[serde(alias = "not-applicable")]
    Na,
}

impl From<Word> for Verdict {
    fn from(word: Word) -> Self {
        match word {
            Word::Pass => Self::Pass,
            Word::Degraded => Self::Degraded,
            Word::Fail => Self::Fail,
            Word::Na => Self::NotApplicable,
        }
    }
}

/// Yes or no, quoted or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Scalar")]
pub struct YesNo(pub bool);

impl TryFrom<Scalar> for YesNo {
    type Error = String;

    fn try_from(scalar: Scalar) -> Result<Self, Self::Error> {
        match scalar.0.as_str() {
            "yes" | "true" => Ok(Self(true)),
            "no" | "false" => Ok(Self(false)),
            other => Err(format!("`{other}` is neither yes nor no")),
        }
    }
}

/// What to do when a step fails or halts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// Run it once more; if it fails again, hold.
    Retry,
    /// Go on: it is good enough.
    Degraded,
    /// Begin the rollback.
    Rollback,
    /// Give the run up.
    Abandon,
}

/// An incident to be logged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IncidentAnswer {
    /// What was seen; without it, the last words of the question.
    pub symptoms: String,
    /// What helped.
    pub fix: String,
    /// What remains to be done.
    pub follow_up: String,
}

/// Answers where no step has its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// For checks and actions.
    pub checks: Option<Word>,
    /// For expectations.
    pub expected: Option<Word>,
    /// For stop conditions.
    pub stops: Option<Word>,
    /// For conditions.
    pub conditions: Option<YesNo>,
    /// Whether optional steps are walked.
    pub optional: Option<bool>,
    /// Whether texts that are only offered as commands are run.
    pub run: Option<bool>,
}

/// What to say if the run is rolled back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rollback {
    /// The reason.
    pub reason: Option<String>,
}

/// An answers file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the answers cannot be read: {0}")]
pub struct AnswersError(#[from] serde_yaml::Error);

impl Answers {
    /// From YAML; an empty text answers nothing.
    pub fn parse(text: &str) -> Result<Self, AnswersError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        Ok(serde_yaml::from_str(text)?)
    }

    /// The answers for a step, named by its number, id or title.
    pub fn for_step(&self, step: &crate::runbook::Step) -> Option<&StepAnswers> {
        let by_number = step.number.as_ref().and_then(|number| self.steps.get(number));
        by_number.or_else(|| self.steps.get(&step.id.0)).or_else(|| self.steps.get(&step.title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_valid_answer() {
        assert_eq!(Answers::parse("").unwrap(), Answers::default());
        assert_eq!(Answers::parse("{}").unwrap(), Answers::default());
    }

    #[test]
    fn scalars_are_kept_as_written_and_yes_is_yes() {
        let text = "values: {port: 8080, tag: v1}\nsteps:\n  '8': {conditions: yes, take: true}\n";
        let answers = Answers::parse(text).unwrap();
        assert_eq!(answers.values["port"], Scalar("8080".to_owned()));
        let eighth = &answers.steps["8"];
        assert_eq!(eighth.conditions.as_ref().and_then(|all| all.for_text("If x")), Some(&YesNo(true)));
    }

    #[test]
    fn the_longest_beginning_of_a_text_decides() {
        let text = "steps:\n  '8':\n    checks: {'': pass, 'Admin': na, 'Admin login works on': fail}\n";
        let answers = Answers::parse(text).unwrap();
        let checks = answers.steps["8"].checks.clone().unwrap();
        for (item, expected) in [
            ("Home page renders", Word::Pass),
            ("Admin page", Word::Na),
            ("Admin login works on mobile", Word::Fail),
        ] {
            assert_eq!(checks.for_text(item), Some(&expected), "{item}");
        }
    }

    #[test]
    fn a_misspelt_key_is_refused_by_name() {
        let error = Answers::parse("steps:\n  '8': {chekcs: pass}\n").unwrap_err().to_string();
        assert!(error.contains("chekcs"), "{error}");
    }
}

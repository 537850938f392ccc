//! Shows what was understood of a runbook.

use std::fmt::Write;
use std::path::Path;

use super::arguments::Inspect;
use super::document::{Opened, resolves};
use super::exit::{Code, Failure, say, say_line};
use crate::runbook::{self, ItemKind, Runbook};

pub(super) fn inspect(arguments: &Inspect) -> Result<Code, Failure> {
    let opened = Opened::read(&arguments.runbook)?;
    if arguments.json {
        let folder = opened.path.parent().map(Path::to_owned).unwrap_or_default();
        let resolves = |target: &str| resolves(&folder, target);
        say_line(format_args!("{}", runbook::inspect::json(&opened.runbook, &resolves)))?;
    } else if arguments.text {
        say(format_args!("{}", runbook::inspect::text(&opened.runbook)))?;
    } else {
        say(format_args!("{}", outline(&opened.runbook)))?;
    }
    Ok(Code::Done)
}

fn outline(runbook: &Runbook) -> String {
    let mut text = format!("{}\n", runbook.title);
    for phase in &runbook.phases {
        write_to(&mut text, format_args!("\n{}  ({})\n", phase.title, role_word(phase.role)));
        for step in &phase.steps {
            let count =
                |fits: fn(&ItemKind) -> bool| step.items.iter().filter(|item| fits(&item.kind)).count();
            let number = step.number.as_deref().map(|number| format!("{number} ")).unwrap_or_default();
            let commands = count(|kind| matches!(kind, ItemKind::Command(_)));
            let gates = count(ItemKind::is_gate) - commands;
            let marks = [(step.optional, "optional"), (step.once, "once")];
            let marks: Vec<&str> = marks.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
            let marks = if marks.is_empty() { String::new() } else { format!("  [{}]", marks.join(", ")) };
            write_to(
                &mut text,
                format_args!(
                    "  {:>4}  {number}{}{marks}  {commands} to run, {gates} to answer\n",
                    step.lines.first, step.title
                ),
            );
        }
    }
    if !runbook.placeholders.is_empty() {
        let names: Vec<&str> = runbook.placeholders.iter().map(|found| found.spelling.as_str()).collect();
        write_to(&mut text, format_args!("\nto be filled in: {}\n", names.join("  ")));
    }
    if !runbook.diagnostics.is_empty() {
        write_to(
            &mut text,
            format_args!("\n{} remarks; `holdpoint lint` tells them\n", runbook.diagnostics.len()),
        );
    }
    text
}

/// A string takes everything.
fn write_to(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(words);
}

fn role_word(role: runbook::Role) -> &'static str {
    match role {
        runbook::Role::Prerequisites => "prerequisites",
        runbook::Role::Procedure => "procedure",
        runbook::Role::Verification => "verification",
        runbook::Role::Rollback => "rollback",
        runbook::Role::PostWork => "post-work",
        runbook::Role::Troubleshooting => "troubleshooting",
        runbook::Role::Reference => "reference",
        runbook::Role::Summary => "summary",
    }
}

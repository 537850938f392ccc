//! Says what in runbooks will get in the way of running them, each finding in its place.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::arguments::Lint;
use super::document::Opened;
use super::exit::{Code, Failure, say_line};
use crate::runbook::{Diagnostic, Runbook, Severity};

pub(super) fn lint(arguments: &Lint) -> Result<Code, Failure> {
    let mut code = Code::Done;
    for path in &arguments.runbooks {
        let opened = Opened::read(path)?;
        let name = path.display().to_string();
        for diagnostic in &opened.runbook.diagnostics {
            if diagnostic.severity == Severity::Error {
                code = Code::Failed;
            }
            if arguments.json {
                say_line(format_args!("{}", as_json(&name, diagnostic)))?;
            } else {
                say_line(format_args!("{}\n", as_text(&name, &opened.runbook, diagnostic)))?;
            }
        }
        if !arguments.json {
            say_line(format_args!("{name}: {}", summary(&opened.runbook.diagnostics)))?;
        }
    }
    Ok(code)
}

fn as_json(name: &str, diagnostic: &Diagnostic) -> serde_json::Value {
    let mut value = serde_json::json!(diagnostic);
    value["file"] = name.into();
    value
}

fn as_text(name: &str, runbook: &Runbook, diagnostic: &Diagnostic) -> String {
    let source = &runbook.source.text;
    let start: usize =
        source.split_inclusive('\n').take(diagnostic.line.saturating_sub(1)).map(str::len).sum();
    let line = source[start..].lines().next().unwrap_or_default();
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let snippet = Snippet::source(line)
        .path(name)
        .line_start(diagnostic.line)
        .annotation(AnnotationKind::Primary.span(0..line.len()));
    let title = level.primary_title(&diagnostic.message).id(&diagnostic.rule);
    let report: &[Group<'_>] = &[title.element(snippet).element(Level::HELP.message(&diagnostic.help))];
    Renderer::plain().render(report)
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    if diagnostics.is_empty() {
        return "nothing to remark".to_owned();
    }
    format!("{errors} errors, {warnings} warnings, {notes} notes")
}

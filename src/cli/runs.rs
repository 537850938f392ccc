//! Lists the runs.

use super::arguments::Runs;
use super::exit::{Code, Failure, say, say_line};
use super::place;
use super::record::{self, Recorded};
use crate::journal::RunId;

pub(super) fn runs(arguments: &Runs) -> Result<Code, Failure> {
    let store = place::store()?;
    let mut runs = record::all(&store)?;
    if let Some(subject) = &arguments.subject {
        runs.retain(|(_, recorded)| recorded.run.start().is_some_and(|start| start.subject == *subject));
    }
    if arguments.json {
        for (id, recorded) in &runs {
            say_line(format_args!("{}", as_json(id, recorded)))?;
        }
    } else if runs.is_empty() {
        say_line(format_args!("no runs yet; `holdpoint RUNBOOK` starts one"))?;
    } else {
        say(format_args!("{}", table(&runs)))?;
    }
    Ok(Code::Done)
}

fn as_json(id: &RunId, recorded: &Recorded) -> serde_json::Value {
    let start = recorded.run.start();
    serde_json::json!({
        "run": id,
        "started": recorded.started_at(),
        "status": recorded.status(),
        "subject": start.map(|start| &start.subject),
        "from": start.map(|start| &start.from),
        "to": start.map(|start| &start.to),
        "runbook": start.map(|start| &start.runbook.title),
        "path": start.map(|start| &start.runbook.path),
        "head": recorded.recovered.head.to_string(),
    })
}

fn table(runs: &[(RunId, Recorded)]) -> String {
    let mut rows = vec![["RUN", "SUBJECT", "VERSION", "STATUS", "RUNBOOK"].map(str::to_owned)];
    for (id, recorded) in runs {
        let Some(start) = recorded.run.start() else { continue };
        let version = match (start.from.as_str(), start.to.as_str()) {
            ("", "") => String::new(),
            (from, to) => format!("{from} → {to}"),
        };
        rows.push([
            id.0.clone(),
            start.subject.clone(),
            version,
            recorded.status(),
            start.runbook.title.clone(),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..4).map(width).collect();
    let line = |row: &[String; 5]| {
        let cells: Vec<String> =
            widths.iter().zip(row).map(|(width, cell)| format!("{cell:<width$}")).collect();
        format!("{}  {}\n", cells.join("  "), row[4])
    };
    rows.iter().map(line).collect()
}

//! Checks journals: whole, torn or altered, and where.

use super::arguments::Verify;
use super::exit::{Code, Failure, say_line};
use super::{place, record};
use crate::journal::{Recovered, RunId};

pub(super) fn verify(arguments: &Verify) -> Result<Code, Failure> {
    let store = place::store()?;
    let ids: Vec<RunId> = if arguments.all {
        store.runs()?
    } else {
        vec![record::find(&store, arguments.run.as_deref(), |_| true, "there is no run yet")?.0]
    };
    let mut code = Code::Done;
    for id in ids {
        let recovered = store.run(&id)?.recovered()?;
        let (whole, words) = judge(&recovered, arguments.head.as_deref());
        say_line(format_args!("{id}: {words}"))?;
        if !whole {
            code = Code::Damaged;
        }
    }
    Ok(code)
}

fn judge(recovered: &Recovered, noted: Option<&str>) -> (bool, String) {
    let head = recovered.head.to_string();
    let entries = recovered.entries.len();
    if let Some(damage) = &recovered.damage {
        let torn = damage.is_torn_tail();
        return (torn, format!("{damage}\n  {entries} entries before it are whole; {}", damage.advice()));
    }
    match noted {
        Some(noted) if !head.eq_ignore_ascii_case(noted.trim()) => {
            (false, format!("the chain is whole but does not end with the noted hash: it ends with {head}"))
        }
        Some(_) => (true, format!("whole, {entries} entries, ends with the noted hash")),
        None => (
            true,
            format!(
                "whole, {entries} entries, head {head}\n  \
                 without the hash noted at the end, a journal rewritten as a whole would look the same; \
                 `--head HASH` compares"
            ),
        ),
    }
}

//! Records a spot-check outside any run.

use super::arguments::Check;
use super::exit::{Code, Failure, say_line};
use super::{operator, place};
use crate::journal::{Actor, Entry, Fact, Verdict};

pub(super) fn check(arguments: &Check) -> Result<Code, Failure> {
    let verdict = match (arguments.pass, arguments.degraded) {
        (true, _) => Verdict::Pass,
        (_, true) => Verdict::Degraded,
        _ => Verdict::Fail,
    };
    let subject = arguments.subject.clone().unwrap_or_else(operator::host);
    let entry = Entry {
        v: Entry::VERSION,
        seq: 0,
        stamp: crate::supervisor::Clock::new().now(),
        actor: Actor::Operator(operator::operator()),
        fact: Fact::SpotCheckRecorded {
            subject: subject.clone(),
            text: arguments.text.clone(),
            verdict,
            note: arguments.note.clone(),
        },
    };
    let recorded = place::store()?.append_spot_check(place::redactor().redact_entry(entry))?;
    say_line(format_args!(
        "recorded: {subject}: {}: {} ({})",
        arguments.text,
        verdict.word(),
        recorded.stamp.at
    ))?;
    Ok(Code::Done)
}

//! One turn: decide (reads only), record (apply each fact), react (what must be done because of it).

use crate::journal::{Actor, Entry, Fact, Stamp};

use super::decide::decide;
use super::event::{Effect, Event};
use super::run::Run;

/// What this event leads to. The run is changed only by the entries among the effects, already
/// applied; whoever performs the effects makes each entry durable before the next effect.
pub fn update(run: &mut Run, event: &Event) -> Vec<Effect> {
    match decide(run, event) {
        Err(refusal) => vec![Effect::Refuse(refusal)],
        Ok(facts) => facts.into_iter().flat_map(|fact| record(run, event, fact)).collect(),
    }
}

fn record(run: &mut Run, event: &Event, fact: Fact) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut pending = vec![(event.actor.clone(), fact)];
    while let Some((actor, fact)) = pending.pop() {
        let entry = entry(run, &event.stamp, actor, fact);
        run.apply(&entry);
        let (done, next) = react(run, &entry);
        effects.push(Effect::Record(entry));
        effects.extend(done);
        pending.extend(next.map(|fact| (Actor::Holdpoint, fact)));
    }
    effects
}

fn entry(run: &Run, stamp: &Stamp, actor: Actor, fact: Fact) -> Entry {
    Entry { v: Entry::VERSION, seq: run.last_seq() + 1, stamp: stamp.clone(), actor, fact }
}

/// What a recorded fact asks for: effects to perform, and the fact that follows from it.
fn react(run: &Run, entry: &Entry) -> (Option<Effect>, Option<Fact>) {
    match &entry.fact {
        Fact::CommandStarted { attempt, item, part, .. } => {
            let session = run.session_of(item, part);
            let name = step_file_name(run, item);
            (Some(Effect::Spawn { attempt: *attempt, name, part: part.clone(), session }), None)
        }
        Fact::CommandExited { exit, .. } if exit.is_success() => (None, run.next_confirmed()),
        Fact::CommandSignalled { signal, .. } => (Some(Effect::Stop(*signal)), None),
        Fact::IncidentLogged { place, incident } => {
            let effect = Effect::AppendIncident { place: place.clone(), incident: incident.clone() };
            (Some(effect), None)
        }
        Fact::RunFinished { .. } => (Some(Effect::Close), None),
        _ => (None, None),
    }
}

/// The step's id, which the shell prints in its messages.
fn step_file_name(run: &Run, item: &crate::runbook::ItemId) -> String {
    run.runbook().item(item).map_or_else(|| item.0.replace('/', "-"), |(step, _)| step.id.0.clone())
}

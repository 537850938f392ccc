//! Notes, incidents, and the word that nobody is there to answer. Allowed at any time.

use crate::engine::event::Refusal;
use crate::engine::run::Run;
use crate::journal::{Fact, IncidentRecord, Place};
use crate::runbook::ItemId;

use super::{find, words};

pub(super) fn note(run: &Run, place: &Place, text: &str) -> Result<Vec<Fact>, Refusal> {
    must_exist(run, place)?;
    let text = words(text, "the note")?;
    Ok(vec![Fact::NoteTaken { place: place.clone(), text }])
}

pub(super) fn log_incident(
    run: &Run,
    place: &Place,
    incident: &IncidentRecord,
) -> Result<Vec<Fact>, Refusal> {
    must_exist(run, place)?;
    words(&incident.symptoms, "the symptoms")?;
    Ok(vec![Fact::IncidentLogged { place: place.clone(), incident: incident.clone() }])
}

pub(super) fn hold(run: &Run, item: &ItemId, question: &str) -> Result<Vec<Fact>, Refusal> {
    find(run, item)?;
    Ok(vec![Fact::RunHeld { item: item.clone(), question: question.to_owned() }])
}

fn must_exist(run: &Run, place: &Place) -> Result<(), Refusal> {
    match place {
        Place::Run => Ok(()),
        Place::Item(item) => find(run, item).map(|_| ()),
        Place::Step(step) => run
            .runbook()
            .step(step)
            .map(|_| ())
            .ok_or_else(|| Refusal::Unknown { what: "step".to_owned(), name: step.0.clone() }),
    }
}

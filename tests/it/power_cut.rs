//! What was acknowledged survives a power cut before any operation and a failure of any call.
//! `HOLDPOINT_POWER_CUTS=200000` sets how many states are tried.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use holdpoint::journal::{Actor, Entry, Fact, Place, RunId, Stamp, Timestamp};
use holdpoint::store::{JournalFile, RunDirectory, Store, StoreError};

use crate::simulated_disk::{Fault, Numbers, SimulatedDisk};

const HOME: &str = "/home";
const ENTRIES: u64 = 8;

fn note(seq: u64, text: &str) -> Entry {
    let stamp = Stamp { at: Timestamp::from_unix_ms(1_000), mono_ms: seq, boot: "b".into() };
    let fact = Fact::NoteTaken { place: Place::Run, text: text.into() };
    Entry { v: Entry::VERSION, seq, stamp, actor: Actor::Holdpoint, fact }
}

/// What a run tried to record, and how much of it was acknowledged.
#[derive(Debug, Default, Clone)]
struct Attempted {
    entries: Vec<Entry>,
    acknowledged: usize,
    /// Also those that were refused, and given up for others of the same number.
    ever: Vec<Entry>,
}

/// Single entries and batches, short and longer than a sector; goes on after a failure with the
/// next number that the journal wants.
fn record(journal: &mut JournalFile, attempted: &mut Attempted, seed: u64) {
    let mut numbers = Numbers(seed);
    while (attempted.entries.len() as u64) < ENTRIES {
        let first = journal.next_seq();
        attempted.entries.truncate(first as usize - 1);
        let count = 1 + numbers.next() % 3;
        let batch: Vec<Entry> = (first..first + count)
            .map(|seq| note(seq, &"text ".repeat(numbers.next() as usize % 300)))
            .collect();
        attempted.entries.extend(batch.iter().cloned());
        attempted.ever.extend(batch.iter().cloned());
        if journal.append_all(&batch).is_ok() {
            attempted.acknowledged = attempted.entries.len();
        } else if numbers.next().is_multiple_of(2) {
            return;
        }
    }
}

fn create(disk: &SimulatedDisk) -> Result<(RunDirectory, JournalFile), StoreError> {
    let store = Store::on_disk(Arc::new(disk.clone()), Path::new(HOME))?;
    let directory = store.create_run(&RunId("r".into()), "runbook.md", b"# T", b"{}")?;
    let journal = JournalFile::create(&directory)?;
    Ok((directory, journal))
}

fn run(disk: &SimulatedDisk, seed: u64) -> Attempted {
    let mut attempted = Attempted::default();
    if let Ok((_, mut journal)) = create(disk) {
        record(&mut journal, &mut attempted, seed);
    }
    attempted
}

/// Opens what is left: nothing acknowledged is lost, nothing is invented, nothing is called damaged.
fn check(disk: &SimulatedDisk, attempted: &mut Attempted, context: &str) {
    let store = Store::on_disk(Arc::new(disk.clone()), Path::new(HOME)).unwrap();
    let Ok(directory) = store.run(&RunId("r".into())) else {
        assert_eq!(attempted.acknowledged, 0, "{context}: the run is gone");
        return;
    };
    let (mut journal, recovered) =
        JournalFile::reopen(&directory).unwrap_or_else(|error| panic!("{context}: {error}"));
    let found = &recovered.entries;
    assert!(
        found.len() >= attempted.acknowledged,
        "{context}: {} of {} entries",
        found.len(),
        attempted.acknowledged
    );
    assert_eq!(found[..attempted.acknowledged], attempted.entries[..attempted.acknowledged], "{context}");
    assert!(found.iter().all(|entry| attempted.ever.contains(entry)), "{context}: an entry was invented");
    let next = note(journal.next_seq(), "after");
    journal.append(&next).unwrap_or_else(|error| panic!("{context}: {error}"));
    attempted.entries.clone_from(found);
    attempted.entries.push(next.clone());
    attempted.ever.push(next);
    attempted.acknowledged = attempted.entries.len();
    let again = directory.recovered().unwrap();
    assert_eq!((again.entries, again.damage), (attempted.entries.clone(), None), "{context}");
}

fn states() -> usize {
    std::env::var("HOLDPOINT_POWER_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(6_000)
}

#[test]
fn a_power_cut_before_any_operation_loses_nothing_that_was_acknowledged() {
    let probe = SimulatedDisk::default();
    run(&probe, 0);
    let operations = probe.operations();
    for state in 0..states() {
        let seed = (state / operations) as u64;
        let cut = state % operations;
        let disk = SimulatedDisk::failing(cut, Fault::PowerCut, seed);
        let mut attempted = run(&disk, seed);
        let after = disk.after_power_cut(state as u64);
        check(&after, &mut attempted, &format!("state {state}, cut before operation {cut}"));
        let again = after.after_power_cut(state as u64 + 1);
        check(&again, &mut attempted, &format!("state {state}, second cut"));
    }
}

#[test]
fn a_power_cut_during_the_recovery_loses_nothing_either() {
    for state in 0..states() / 6 {
        let seed = state as u64;
        let disk = SimulatedDisk::failing(20 + state % 30, Fault::PowerCut, seed);
        let mut attempted = run(&disk, seed);
        let first = disk.after_power_cut(seed);
        first.fail_at(state % 14, Fault::PowerCut, seed);
        if let Ok(store) = Store::on_disk(Arc::new(first.clone()), Path::new(HOME)) {
            let _lost_power =
                store.run(&RunId("r".into())).and_then(|directory| JournalFile::reopen(&directory));
        }
        check(&first.after_power_cut(seed + 1), &mut attempted, &format!("state {state}"));
    }
}

#[test]
fn a_failure_of_any_call_leaves_a_record_that_can_be_read_and_continued() {
    let kinds = [ErrorKind::Other, ErrorKind::StorageFull, ErrorKind::FileTooLarge];
    for state in 0..states() / 6 {
        let (seed, at, kind) = (state as u64, state % 50, kinds[state % kinds.len()]);
        let disk = SimulatedDisk::failing(at, Fault::Error(kind), seed);
        let mut attempted = run(&disk, seed);
        let context = format!("state {state}: {kind} at call {at}");
        check(&disk.after_power_cut(seed), &mut attempted.clone(), &format!("{context}, then a power cut"));
        disk.fail_at(usize::MAX / 2, Fault::PowerCut, seed);
        check(&disk, &mut attempted, &format!("{context}, then a crash"));
        check(&disk.after_power_cut(seed), &mut attempted, &format!("{context}, a crash, then a power cut"));
    }
}

#[test]
fn on_a_full_disk_what_was_acknowledged_stays_and_recording_goes_on_when_there_is_room() {
    for state in 0..states() / 6 {
        let seed = state as u64;
        let disk = SimulatedDisk::default();
        let (_, mut journal) = create(&disk).unwrap();
        let mut attempted = Attempted::default();
        disk.fail_at(state % 30, Fault::Full, seed);
        record(&mut journal, &mut attempted, seed);
        disk.fail_at(usize::MAX / 2, Fault::PowerCut, seed);
        attempted.entries.truncate(journal.next_seq() as usize - 1);
        let entry = note(journal.next_seq(), "there is room again");
        journal.append(&entry).unwrap();
        attempted.entries.push(entry.clone());
        attempted.ever.push(entry);
        attempted.acknowledged = attempted.entries.len();
        check(&disk.after_power_cut(seed), &mut attempted, &format!("state {state}"));
    }
}

#[test]
fn what_a_crash_left_behind_is_kept_beside_the_journal() {
    let disk = SimulatedDisk::default();
    let (directory, mut journal) = create(&disk).unwrap();
    journal.append(&note(1, "one")).unwrap();
    disk.fail_at(0, Fault::PowerCut, 9);
    journal.append(&note(2, &"long ".repeat(400))).unwrap_err();
    let (_, torn) = (0..50)
        .map(|seed| disk.after_power_cut(seed))
        .find_map(|after| {
            let store = Store::on_disk(Arc::new(after.clone()), Path::new(HOME)).ok()?;
            let (_, recovered) = JournalFile::reopen(&store.run(&RunId("r".into())).ok()?).ok()?;
            Some((recovered.damage?.bytes, after))
        })
        .expect("some survivor has a torn tail");
    let kept = torn.names().into_iter().filter(|path| path.to_string_lossy().contains("torn-1-")).count();
    assert_eq!(kept, 1, "beside {}", directory.path().display());
}

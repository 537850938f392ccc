//! The store on a real disk: modes, links, locks, transcripts and the incident log.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use holdpoint::journal::{
    Actor, AttemptId, Entry, Fact, Outcome, Place, RunId, Stamp, Timestamp, Verdict, digest,
};
use holdpoint::store::transcript::{self, Cap, RecordedEvent, Title};
use holdpoint::store::{Condition, JournalFile, RunDirectory, Store, StoreError, Transcript, incident_log};

fn entry(seq: u64, fact: Fact) -> Entry {
    let stamp = Stamp { at: Timestamp::from_unix_ms(1_000), mono_ms: seq, boot: "b".into() };
    Entry { v: Entry::VERSION, seq, stamp, actor: Actor::Holdpoint, fact }
}

fn note(seq: u64) -> Entry {
    entry(seq, Fact::NoteTaken { place: Place::Run, text: format!("note {seq}") })
}

fn home() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("state")).unwrap();
    (directory, store)
}

fn run(store: &Store, id: &str) -> RunDirectory {
    store.create_run(&RunId(id.into()), "docs/upgrade.md", b"# Upgrade", b"{\"title\":\"Upgrade\"}").unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o777
}

#[test]
fn a_run_keeps_its_own_copies_and_is_found_again_newest_first() {
    let (_directory, store) = home();
    run(&store, "2026-03-01-a");
    let second = run(&store, "2026-03-02-b");
    assert_eq!(second.source().unwrap(), ("upgrade.md".to_owned(), b"# Upgrade".to_vec()));
    assert_eq!(second.model().unwrap(), b"{\"title\":\"Upgrade\"}");
    assert_eq!(store.runs().unwrap(), [RunId("2026-03-02-b".into()), RunId("2026-03-01-a".into())]);
    let found = store.run(&RunId("2026-03-01-a".into())).unwrap();
    assert_eq!(found.recovered().unwrap().entries, []);
}

#[test]
fn ids_that_exist_do_not_exist_or_leave_the_store_are_refused() {
    let (_directory, store) = home();
    run(&store, "a");
    let create = |id: &str| store.create_run(&RunId(id.into()), "r.md", b"", b"").unwrap_err();
    assert!(matches!(create("a"), StoreError::RunExists(_)));
    for id in ["../a", "", ".hidden", "a/b", "a\u{0}"] {
        assert!(matches!(create(id), StoreError::InvalidName(_)), "{id:?}");
    }
    assert!(matches!(store.run(&RunId("b".into())).unwrap_err(), StoreError::NoSuchRun(_)));
}

#[test]
fn nothing_is_readable_for_others() {
    let (_directory, store) = home();
    let directory = run(&store, "a");
    drop(JournalFile::create(&directory).unwrap());
    let mut pending = vec![store.home().to_owned()];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            assert_eq!(mode(&path), 0o700, "{}", path.display());
            pending.extend(fs::read_dir(&path).unwrap().map(|found| found.unwrap().path()));
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[test]
fn a_home_that_is_open_to_others_is_closed_and_a_link_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let open = directory.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    Store::open(&open).unwrap();
    assert_eq!(mode(&open), 0o700);
    let link = directory.path().join("link");
    symlink(&open, &link).unwrap();
    assert!(matches!(Store::open(&link).unwrap_err(), StoreError::Io { .. }));
}

#[test]
fn a_journal_that_was_replaced_by_a_link_is_not_followed() {
    let (directory, store) = home();
    let run = run(&store, "a");
    let elsewhere = directory.path().join("elsewhere");
    fs::write(&elsewhere, "").unwrap();
    symlink(&elsewhere, run.path().join("journal.jsonl")).unwrap();
    JournalFile::create(&run).unwrap_err();
    JournalFile::reopen(&run).unwrap_err();
}

#[test]
fn entries_come_back_after_the_journal_is_opened_again() {
    let (_directory, store) = home();
    let run = run(&store, "a");
    let mut journal = JournalFile::create(&run).unwrap();
    journal.append(&note(1)).unwrap();
    journal.append_all(&[note(2), note(3)]).unwrap();
    let head = journal.head();
    drop(journal);
    let (mut journal, recovered) = JournalFile::reopen(&run).unwrap();
    assert_eq!((recovered.entries, recovered.damage), (vec![note(1), note(2), note(3)], None));
    assert_eq!((recovered.head, journal.next_seq()), (head, 4));
    journal.append(&note(4)).unwrap();
    assert_eq!(run.recovered().unwrap().entries.len(), 4);
}

#[test]
fn an_entry_that_does_not_follow_is_refused() {
    let (_directory, store) = home();
    let mut journal = JournalFile::create(&run(&store, "a")).unwrap();
    let refused = journal.append(&note(2)).unwrap_err();
    assert!(matches!(refused, StoreError::OutOfSequence { expected: 1, found: 2 }));
    journal.append(&note(1)).unwrap();
}

#[test]
fn a_torn_tail_is_moved_beside_the_journal_and_damage_is_left_alone() {
    let (_directory, store) = home();
    let run = run(&store, "a");
    let mut journal = JournalFile::create(&run).unwrap();
    journal.append_all(&[note(1)]).unwrap();
    journal.append_all(&[note(2)]).unwrap();
    let path = run.path().join("journal.jsonl");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [whole.as_slice(), b"half a li"].concat()).unwrap();
    let (_, recovered) = JournalFile::reopen(&run).unwrap();
    assert_eq!(recovered.damage.unwrap().bytes, 9);
    assert_eq!(fs::read(&path).unwrap(), whole);
    assert_eq!(fs::read(run.path().join(format!("torn-1-{}.bin", whole.len()))).unwrap(), b"half a li");
    let mut changed = whole.clone();
    changed[100] ^= 1;
    fs::write(&path, &changed).unwrap();
    assert!(matches!(JournalFile::reopen(&run).unwrap_err(), StoreError::Damaged { .. }));
    assert_eq!(fs::read(&path).unwrap(), changed);
}

#[test]
fn the_reserve_is_kept_during_a_run_and_given_back_at_its_end() {
    let (_directory, store) = home();
    let run = run(&store, "a");
    let mut journal = JournalFile::create(&run).unwrap();
    let reserve = run.path().join("reserve");
    assert_eq!(fs::metadata(&reserve).unwrap().len(), 1 << 20);
    assert_eq!(journal.condition(), Condition::Sound);
    journal.append(&entry(1, Fact::RunFinished { outcome: Outcome::Success, note: String::new() })).unwrap();
    assert!(!reserve.exists());
    drop(journal);
    drop(JournalFile::reopen(&run).unwrap());
    assert!(!reserve.exists());
}

#[test]
fn a_locked_subject_names_its_holder_until_it_is_let_go() {
    let (_directory, store) = home();
    let held = store.lock_subject("Acme Kitchens", "run r1, process 7, ada, since 14:02").unwrap();
    store.lock_subject("another", "x").unwrap();
    match store.lock_subject("Acme Kitchens", "second").unwrap_err() {
        StoreError::SubjectLocked { subject, holder } => {
            assert_eq!(
                (subject.as_str(), holder.as_str()),
                ("Acme Kitchens", "run r1, process 7, ada, since 14:02")
            );
        }
        other => panic!("{other}"),
    }
    drop(held);
    store.lock_subject("Acme Kitchens", "third").unwrap();
}

#[test]
fn a_lock_is_not_inherited_by_a_command() {
    let (_directory, store) = home();
    let held = store.lock_subject("acme", "first").unwrap();
    let mut child = Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
    drop(held);
    store.lock_subject("acme", "second").unwrap();
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[test]
fn of_many_who_want_a_subject_at_once_one_gets_it() {
    let (_directory, store) = home();
    let won: Vec<_> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..20)
            .map(|number| {
                let store = store.clone();
                scope.spawn(move || store.lock_subject("acme", &number.to_string()).ok())
            })
            .collect();
        tries.into_iter().filter_map(|attempt| attempt.join().unwrap()).collect()
    });
    assert_eq!(won.len(), 1);
}

#[test]
fn spot_checks_are_numbered_and_survive_a_torn_line() {
    let (_directory, store) = home();
    let check = || {
        let fact = Fact::SpotCheckRecorded {
            subject: "acme".into(),
            text: "disk below 80 %".into(),
            verdict: Verdict::Pass,
            note: String::new(),
        };
        store.append_spot_check(entry(0, fact)).unwrap().seq
    };
    assert_eq!((check(), check()), (1, 2));
    let path = store.home().join("checks.jsonl");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [whole.as_slice(), b"torn"].concat()).unwrap();
    assert_eq!(check(), 3);
    let checks = store.spot_checks().unwrap();
    assert_eq!((checks.entries.len(), checks.damage), (3, None));
}

const TITLE_COMMAND: &str = "echo hi";

fn transcript(directory: &RunDirectory, cap: Cap) -> Transcript {
    let title =
        Title { columns: 80, rows: 24, at: Timestamp::from_unix_ms(5_000), command: TITLE_COMMAND.into() };
    Transcript::create(directory, AttemptId(1), &title, cap).unwrap()
}

#[test]
fn a_transcript_comes_back_with_its_times_sizes_and_bytes() {
    let (_directory, store) = home();
    let run = run(&store, "a");
    let mut written = transcript(&run, Cap::default());
    written.output(10, "caf\u{e9} ".as_bytes());
    written.output(1510, &[0xe2, 0x9c]);
    written.resized(1600, 100, 30);
    written.output(1700, &[0x93, b'\r', b'\n', 0x1b, b'[', b'm']);
    let summary = written.finish();
    assert_eq!((summary.bytes, summary.omitted), (14, 0));
    let file = fs::read(run.transcript_path(AttemptId(1))).unwrap();
    let lines: Vec<&str> = std::str::from_utf8(&file).unwrap().lines().collect();
    assert_eq!(lines[0], r#"{"version":3,"term":{"cols":80,"rows":24},"timestamp":5,"command":"echo hi"}"#);
    assert_eq!(lines[1], "[0.010,\"o\",\"caf\u{e9} \"]");
    assert_eq!(lines[2], r#"[1.590,"r","100x30"]"#);
    let recording = transcript::read(&run, AttemptId(1)).unwrap();
    assert_eq!(recording.bytes(), "caf\u{e9} \u{2713}\r\n\u{1b}[m".as_bytes());
    assert_eq!(recording.events[1], (1600, RecordedEvent::Resized { columns: 100, rows: 30 }));
    assert_eq!(recording.duration_ms(), 1700);
    assert!(!recording.cut_short);
    assert_eq!(summary.transcript_digest, Some(digest::of(&file)));
}

#[test]
fn a_long_output_keeps_its_beginning_and_its_end_and_counts_the_rest() {
    let (_directory, store) = home();
    let run = run(&store, "a");
    let mut written = transcript(&run, Cap { head_bytes: 100, tail_bytes: 50 });
    for number in 0..100 {
        written.output(number, format!("line {number:03}\r\n").as_bytes());
    }
    let summary = written.finish();
    assert_eq!(summary.bytes, 1000);
    let recording = transcript::read(&run, AttemptId(1)).unwrap();
    let text = String::from_utf8(recording.bytes()).unwrap();
    assert!(text.starts_with("line 000\r\nline 001\r\n"), "{text}");
    assert!(text.ends_with("line 098\r\nline 099\r\n"), "{text}");
    assert!(text.contains(&format!("[{} bytes of output left out]", summary.omitted)), "{text}");
    let kept = text.lines().filter(|line| line.starts_with("line ")).count() as u64;
    assert_eq!(kept * 10 + summary.omitted, summary.bytes);
    assert!(kept >= 15);
    assert_eq!(fs::read_dir(run.path().join("out")).unwrap().count(), 1);
}

#[test]
fn a_long_output_that_a_crash_interrupted_is_read_with_its_end() {
    let (_directory, store) = home();
    let run = run(&store, "a");
    let mut written = transcript(&run, Cap { head_bytes: 100, tail_bytes: 50 });
    for number in 0..100 {
        written.output(number, format!("line {number:03}\r\n").as_bytes());
    }
    written.sync();
    drop(written);
    let text = String::from_utf8(transcript::read(&run, AttemptId(1)).unwrap().bytes()).unwrap();
    assert!(text.starts_with("line 000\r\n") && text.ends_with("line 099\r\n"), "{text}");
    assert!(text.contains("bytes of output left out"), "{text}");
}

#[test]
fn a_transcript_that_ends_in_mid_line_is_read_up_to_there() {
    let (_directory, store) = home();
    let run = run(&store, "a");
    let mut written = transcript(&run, Cap::default());
    written.output(0, b"whole");
    written.missed(5, 4096);
    written.output(9, b"lost");
    written.finish();
    let path = run.transcript_path(AttemptId(1));
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 4]).unwrap();
    let recording = transcript::read(&run, AttemptId(1)).unwrap();
    assert_eq!(recording.bytes(), b"whole\r\n[4096 bytes of output left out]\r\n");
    assert!(recording.cut_short);
    let absent = transcript::read(&run, AttemptId(2)).unwrap_err();
    assert!(matches!(absent, StoreError::NoTranscript(AttemptId(2))));
}

#[test]
fn the_incident_log_only_grows_and_sees_what_others_wrote() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("what-broke-last-time.md");
    assert_eq!(incident_log::read(&path).unwrap(), "");
    incident_log::append(&path, |before| format!("{} before\n", before.len())).unwrap();
    fs::write(&path, "edited by hand, without a line feed").unwrap();
    incident_log::append(&path, |before| format!("\n{} before\n", before.len())).unwrap();
    assert_eq!(incident_log::read(&path).unwrap(), "edited by hand, without a line feed\n35 before\n");
}

#[test]
fn appends_to_the_incident_log_at_the_same_time_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.md");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..10 {
                    incident_log::append(path, |_| format!("writer {number}\n")).unwrap();
                }
            });
        }
    });
    assert_eq!(incident_log::read(&path).unwrap().lines().count(), 80);
}

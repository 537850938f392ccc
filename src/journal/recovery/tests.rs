//! A small real journal under every cut, every flipped bit and every edit that keeps its checksums.

use super::*;
use crate::journal::{Actor, Fact, Place, Stamp, Timestamp};

fn note(seq: u64) -> Entry {
    let stamp = Stamp {
        at: Timestamp::from_unix_ms(1_000 * i64::try_from(seq).unwrap()),
        mono_ms: seq,
        boot: "b".into(),
    };
    let fact = Fact::NoteTaken { place: Place::Run, text: format!("note {seq}") };
    Entry { v: Entry::VERSION, seq, stamp, actor: Actor::Operator("ada".into()), fact }
}

/// Lines of these entries, written one after the other, each synced before the next.
fn lines(entries: &[Entry], mut head: ChainHash, mut offset: u64) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for entry in entries {
        let (line, hash) = codec::encode(entry, offset, &head).unwrap();
        offset += line.len() as u64;
        head = hash;
        lines.push(line);
    }
    lines
}

fn journal(length: u64) -> Vec<Vec<u8>> {
    lines(&(1..=length).map(note).collect::<Vec<_>>(), ChainHash::GENESIS, 0)
}

fn check(parts: &[Vec<u8>], entries: usize, kind: Option<DamageKind>) {
    let recovered = recover_parts(parts);
    let found = (recovered.entries.len(), recovered.damage.as_ref().map(|damage| damage.kind));
    assert_eq!(found, (entries, kind));
    assert!(recovered.entries.iter().zip(1..).all(|(entry, seq)| entry.seq == seq));
}

#[test]
fn a_whole_journal_is_read_to_its_head() {
    let recovered = recover(&journal(5).concat());
    assert_eq!(recovered.entries, (1..=5).map(note).collect::<Vec<_>>());
    assert_eq!(recovered.good_bytes, journal(5).concat().len() as u64);
    assert_eq!(recovered.damage, None);
    check(&[Vec::new()], 0, None);
}

#[test]
fn a_cut_at_any_byte_leaves_the_whole_lines_and_says_so() {
    let lines = journal(4);
    let bytes = lines.concat();
    for cut in 0..bytes.len() {
        let mut rest = cut;
        let whole = lines
            .iter()
            .take_while(|line| {
                line.len() <= rest && {
                    rest -= line.len();
                    true
                }
            })
            .count();
        check(&[bytes[..cut].to_vec()], whole, (rest > 0).then_some(DamageKind::TornTail));
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let bytes = journal(4).concat();
    let whole = recover(&bytes);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let recovered = recover(&flipped);
        let damage = recovered.damage.expect("noticed");
        assert!(matches!(damage.kind, DamageKind::TornTail | DamageKind::Corruption), "{damage}");
        assert!(whole.entries.starts_with(&recovered.entries));
        assert!(damage.offset as usize <= bit / 8);
    }
}

#[test]
fn a_changed_durable_byte_is_corruption_and_one_in_the_last_line_may_be_a_torn_write() {
    let mut second = journal(3).concat();
    let length = journal(3)[0].len();
    second[length + 90] ^= 1;
    check(&[second], 1, Some(DamageKind::Corruption));
    let mut last = journal(3).concat();
    let place = last.len() - 5;
    last[place] ^= 1;
    check(&[last], 2, Some(DamageKind::TornTail));
}

#[test]
fn a_tail_of_zeros_is_a_torn_write() {
    let mut bytes = journal(2).concat();
    bytes.extend([0; 4096]);
    check(&[bytes], 2, Some(DamageKind::TornTail));
}

#[test]
fn a_batch_of_which_a_later_line_arrived_first_is_a_torn_write() {
    let (first, head) = codec::encode(&note(1), 0, &ChainHash::GENESIS).unwrap();
    let start = first.len() as u64;
    let (mut second, head) = codec::encode(&note(2), start, &head).unwrap();
    let (third, _) = codec::encode(&note(3), start, &head).unwrap();
    second.fill(0);
    check(&[[first, second, third].concat()], 1, Some(DamageKind::TornTail));
}

#[test]
fn removed_reordered_and_repeated_lines_break_the_chain() {
    let all = journal(4);
    let pick = |places: &[usize]| places.iter().flat_map(|&place| all[place].clone()).collect::<Vec<_>>();
    check(&[pick(&[0, 2, 3])], 1, Some(DamageKind::BrokenChain));
    check(&[pick(&[0, 2, 1, 3])], 1, Some(DamageKind::BrokenChain));
    check(&[pick(&[0, 1, 1, 2])], 2, Some(DamageKind::BrokenChain));
    check(&[pick(&[1, 2])], 0, Some(DamageKind::BrokenChain));
}

#[test]
fn a_missing_number_in_a_sound_chain_is_a_gap() {
    let bytes = lines(&[note(1), note(3)], ChainHash::GENESIS, 0).concat();
    check(&[bytes], 1, Some(DamageKind::Gap { expected: 2, found: 3 }));
}

#[test]
fn a_rewritten_chain_shows_against_the_noted_head_only() {
    let noted = recover(&journal(3).concat()).head;
    let mut forged: Vec<Entry> = (1..=3).map(note).collect();
    forged[1].actor = Actor::Holdpoint;
    let recovered = recover(&lines(&forged, ChainHash::GENESIS, 0).concat());
    assert_eq!(recovered.damage, None);
    assert_ne!(recovered.head, noted);
}

/// A journal of three entries and a continuation that follows the entry before `from`.
fn continued(from: u64) -> Vec<Vec<u8>> {
    let before = recover(&journal(from - 1).concat()).head;
    let entries: Vec<Entry> = (from..from + 2).map(note).collect();
    vec![journal(3).concat(), lines(&entries, before, 0).concat()]
}

#[test]
fn a_continuation_goes_on_where_the_last_acknowledged_entry_was() {
    check(&continued(4), 5, None);
    check(&continued(3), 4, None);
}

#[test]
fn a_continuation_settles_the_torn_tail_before_it() {
    let mut parts = continued(4);
    parts[0].extend(b"half a line");
    check(&parts, 5, None);
    parts.insert(1, b"another half".to_vec());
    check(&parts, 5, None);
}

#[test]
fn a_continuation_that_leaves_out_durable_entries_breaks_the_chain() {
    check(&continued(2), 3, Some(DamageKind::BrokenChain));
}

#[test]
fn a_continuation_whose_predecessor_lost_entries_shows_the_loss() {
    let mut parts = continued(4);
    let length = journal(2).concat().len();
    parts[0].truncate(length);
    check(&parts, 2, Some(DamageKind::Corruption));
    parts[0].truncate(length - 3);
    check(&parts, 1, Some(DamageKind::Corruption));
}

#[test]
fn damage_before_a_continuation_is_not_covered_up_by_it() {
    let mut parts = continued(4);
    parts[0][20] ^= 1;
    check(&parts, 0, Some(DamageKind::Corruption));
}

#[test]
fn damage_reads_as_a_sentence_with_its_place() {
    let mut bytes = journal(2).concat();
    bytes.extend(b"xy");
    let damage = recover(&bytes).damage.unwrap();
    let place = journal(2).concat().len();
    assert_eq!(
        damage.to_string(),
        format!(
            "line 3 (byte {place}): the last write was interrupted, 2 bytes are not an entry; last good entry 2"
        ),
    );
    assert!(damage.advice().starts_with("Nothing that was shown as recorded is missing"));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, place in 0_usize..600) {
        let mut journal = journal(3).concat();
        let place = place.min(journal.len());
        journal.splice(place..place, bytes);
        recover(&journal);
    }
}

//! What keys lead to: sentences about gestures, each held by a short play.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::engine::{Ask, ItemState};
use crate::journal::{ConditionAnswer, Deviation, Outcome, Resolution, Verdict};
use crate::runbook::{ItemId, StepId};
use crate::tui::dialog::{Focus, Kind, UNANSWERABLE_MS};
use crate::tui::fixture::Play;
use crate::tui::keymap::{self, Context, TABLE};
use crate::tui::terminal::Input;
use crate::tui::ui::{Pane, Row, WalkEnd};
use crate::tui::update::update;

fn play() -> Play {
    Play::new((120, 36))
}

fn key(character: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE)
}

fn state(play: &Play, item: &str) -> ItemState {
    let (_, item) = play.run.runbook().item(&ItemId::from(item)).unwrap();
    play.run.item_state(item)
}

fn running(play: &mut Play) {
    play.until("3-fetch/1").press("<enter>y");
}

fn failed(play: &mut Play) {
    running(play);
    play.print("fatal: no such remote\n");
    play.exit(128, 2);
}

#[test]
fn enter_alone_runs_nothing() {
    let mut play = play();
    play.until("3-fetch/1").press("<enter><enter><enter>");
    assert_eq!(state(&play, "3-fetch/1"), ItemState::Open);
    assert!(matches!(play.ui.dialog.as_ref().unwrap().kind, Kind::Confirm(_)));
}

#[test]
fn keys_typed_before_a_question_was_seen_do_not_answer_it() {
    let mut play = play();
    play.until("3-fetch/1").press("");
    play.press_at_once(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
    play.press_at_once(key('y'));
    assert!(play.run.running().is_none());
    crate::tui::news::drawn(&mut play.ui);
    play.ui.clock.ms += UNANSWERABLE_MS - 1;
    play.press_at_once(key('y'));
    assert!(play.run.running().is_none());
    play.ui.clock.ms += 1;
    play.press_at_once(key('y'));
    assert!(play.run.running().is_some());
}

#[test]
fn a_confirmed_command_takes_the_keyboard_and_gives_it_back() {
    let mut play = play();
    running(&mut play);
    assert!(play.ui.typing);
    play.press("ls<enter><c-c>");
    assert_eq!(play.typed, b"ls\r\x03");
    for _ in 0..3 {
        play.exit(0, 1);
    }
    assert!(!play.ui.typing);
    assert_eq!(play.ui.focus, Pane::Checklist);
}

#[test]
fn keys_meant_for_a_program_that_just_ended_do_nothing() {
    let mut play = play();
    play.until("4-stop-workers/1").press("<enter>y");
    play.exit(0, 1);
    play.press_at_once(key('d'));
    assert!(play.ui.dialog.is_none());
}

#[test]
fn the_keyboard_can_be_taken_back_while_the_program_goes_on() {
    let mut play = play();
    running(&mut play);
    play.press("<c-]>");
    assert_eq!(keymap::context(&play.ui), Context::Checklist);
    play.press("<down><down>");
    assert_eq!(play.ui.cursor, Row::Step(StepId::from("5-run-migrations")));
    play.exit(0, 1);
    assert!(!play.ui.typing, "the next statement must not take the keyboard again");
    play.press("<enter>");
    assert!(play.ui.typing);
}

#[test]
fn pasted_text_reaches_the_program_without_control_characters() {
    let mut play = play();
    running(&mut play);
    let frames = update(&mut play.ui, &play.run, Input::Paste("a\u{1b}[201~b".to_owned()));
    assert_eq!(frames, [crate::protocol::Frame::Keys(b"a[201~b".to_vec())]);
}

#[test]
fn one_statement_of_a_block_can_run_alone() {
    let mut play = play();
    play.until("3-fetch/1").press("<enter>ty");
    play.exit(0, 1);
    assert_eq!(play.run.running(), None);
    assert_eq!(play.run.ask(), Ask::Run { item: ItemId::from("3-fetch/1"), statement: 1 });
}

#[test]
fn a_command_out_of_order_needs_a_reason() {
    let mut play = play();
    play.press("/restore<enter><enter><enter>");
    assert_eq!(play.ui.dialog.as_ref().unwrap().focus, Focus::Answers);
    play.press("y");
    assert_eq!(play.ui.dialog.as_ref().unwrap().focus, Focus::Field(0));
    play.press("a rehearsal<enter>y");
    assert_eq!(play.run.deviations()[0].deviation, Some(Deviation::OutOfOrder));
    assert!(play.run.running().is_some());
}

#[test]
fn an_edited_command_runs_as_it_was_shown_and_is_a_deviation() {
    let mut play = play();
    play.until("4-stop-workers/1").press("e --now<enter>the unit hangs<enter>");
    assert!(play.frame().contains("sudo systemctl stop orderd-worker --now"));
    play.press("y");
    assert_eq!(play.run.running().unwrap().part.text, "sudo systemctl stop orderd-worker --now");
    assert_eq!(play.run.deviations()[0].deviation, Some(Deviation::Edited));
    play.exit(0, 1);
    play.press("/stop the workers<enter><esc>");
    let frame = play.frame();
    for shown in [
        "– sudo systemctl stop orderd-worker ",
        "✓ sudo systemctl stop orderd-worker --now",
        "edited: this ran",
    ] {
        assert!(frame.contains(shown), "{shown}\n{frame}");
    }
}

#[test]
fn an_edit_that_changes_nothing_is_no_deviation() {
    let mut play = play();
    play.until("4-stop-workers/1").press("e<c-s>y");
    assert!(play.run.running().is_some());
    assert!(play.run.deviations().is_empty());
}

#[test]
fn characters_that_cannot_be_seen_need_a_word_of_their_own() {
    let mut play = play();
    play.until("4-stop-workers/1").press("e");
    play.ui.dialog.as_mut().unwrap().fields[0].paste("\u{202e}");
    play.press("<enter>a test<enter>y");
    assert!(play.run.running().is_none());
    assert!(play.frame().contains("\\u{202e}"));
    play.press("uy");
    assert!(play.run.running().is_some());
}

#[test]
fn a_text_longer_than_the_screen_is_read_to_its_end_before_it_runs() {
    let mut play = Play::new((40, 12));
    play.until("5-run-migrations/2").press("<enter>y");
    assert!(play.run.running().is_none());
    play.press("<pgdn><pgdn><pgdn>y");
    assert!(play.run.running().is_some());
}

#[test]
fn the_end_of_a_long_text_is_one_key_away() {
    let mut play = Play::new((40, 12));
    play.until("5-run-migrations/2").press("<enter>");
    assert!(play.frame().contains("PgDn G read on"), "{}", play.frame());
    play.press("G");
    assert!(!play.frame().contains("read on"));
    play.press("gGy");
    assert!(play.run.running().is_some());
}

#[test]
fn nothing_that_runs_again_is_marked_where_it_may_run_only_once() {
    let mut play = play();
    play.until("5-run-migrations/2").press("<enter>y");
    play.exit(1, 1);
    play.press("");
    assert!(play.frame().contains("this step says it may run only once"));
    let dialog = play.ui.dialog.as_ref().unwrap();
    let keys: String = dialog.answers(&play.run).iter().map(|answer| answer.key).collect();
    assert_eq!((keys.as_str(), dialog.cursor), ("vRnisaer", 0));
}

#[test]
fn what_announces_something_is_said_once() {
    use crate::runbook::ItemKind;
    let prose = |text: &str| ItemKind::Prose { text: text.to_owned() };
    let mut labelled = crate::tui::fixture::block(&["true"]);
    labelled.label = Some("Light the lantern".to_owned());
    let mut commented = crate::tui::fixture::block(&["true"]);
    commented.label = Some("Trim the wick".to_owned());
    commented.statements[0].comment = Some("Trim the wick".to_owned());
    let action = ItemKind::Action { text: "Open the shutter".to_owned() };
    let kinds = vec![
        prose("**Light the lantern:**\n"),
        ItemKind::Command(labelled),
        ItemKind::Command(commented),
        prose("Open the `shutter`."),
        action,
    ];
    let mut runbook = (*crate::tui::fixture::runbook()).clone();
    runbook.phases.truncate(1);
    runbook.phases[0].steps = vec![crate::tui::fixture::step("light", None, "Light", kinds)];
    let frame = Play::of(std::sync::Arc::new(runbook), (120, 36)).frame();
    for said in ["Light the lantern", "Trim the wick", "Open the shutter"] {
        assert_eq!(frame.matches(said).count(), 1, "{said}\n{frame}");
    }
}

#[test]
fn a_failure_opens_the_ways_on_by_itself() {
    let mut play = play();
    failed(&mut play);
    assert!(matches!(play.ui.dialog.as_ref().unwrap().kind, Kind::Failure(..)));
    play.press("ry");
    assert_eq!(play.run.attempts().len(), 4);
}

#[test]
fn a_failed_command_may_be_good_enough() {
    let mut play = play();
    failed(&mut play);
    play.press("vgthe remote is a mirror<enter>");
    assert_eq!(state(&play, "3-fetch/1"), ItemState::Degraded);
}

#[test]
fn the_menu_of_a_failure_is_walked_with_arrows_too() {
    let mut play = play();
    failed(&mut play);
    play.press("<down><down><down><enter>");
    assert!(matches!(play.ui.dialog.as_ref().unwrap().kind, Kind::Note(_)));
}

#[test]
fn an_incident_is_filled_in_with_what_is_known() {
    let mut play = play();
    failed(&mut play);
    play.press("i<enter>used the mirror<enter><enter>");
    let incident = &play.run.incidents()[0].incident;
    assert_eq!(incident.site, "acme-kitchens");
    assert_eq!(incident.date, "2026-03-02");
    assert_eq!((incident.from.as_str(), incident.to.as_str()), ("2.3.1", "2.4.0"));
    assert_eq!(incident.symptoms, "fatal: no such remote");
    assert_eq!(incident.fix, "used the mirror");
    assert!(play.frame().contains("incident logged"), "{}", play.frame());
}

#[test]
fn a_fail_needs_words_and_halts_the_run() {
    let mut play = play();
    play.press("<enter>f");
    assert_eq!(play.ui.dialog.as_ref().unwrap().focus, Focus::Field(0));
    play.press("the key is gone<enter>");
    assert_eq!(play.run.verdict(&ItemId::from("access/1")), Some((Verdict::Fail, "the key is gone")));
    assert!(matches!(play.ui.dialog.as_ref().unwrap().kind, Kind::Halted(_)));
}

#[test]
fn a_halted_run_goes_on_with_a_reason_and_a_second_key() {
    let mut play = play();
    play.press("<enter>fno<enter>othe console works<enter>");
    assert_eq!(state(&play, "access/1"), ItemState::Failed);
    play.press("y");
    assert_eq!(state(&play, "access/1"), ItemState::Overridden);
}

#[test]
fn a_note_can_be_written_before_the_verdict() {
    let mut play = play();
    play.press("<enter>nover the bastion<enter>p");
    assert_eq!(play.run.verdict(&ItemId::from("access/1")), Some((Verdict::Pass, "over the bastion")));
}

#[test]
fn escape_never_loses_typed_text_unasked() {
    let mut play = play();
    play.press("nasked<esc>");
    assert!(play.ui.dialog.as_ref().unwrap().discarding);
    play.press("<esc>");
    assert_eq!(play.ui.dialog.as_ref().unwrap().fields[0].text(), "asked");
    play.press("<esc>y");
    assert!(play.ui.dialog.is_none());
    assert!(play.run.notes().is_empty());
}

#[test]
fn escape_leaves_at_once_where_nothing_was_typed() {
    let mut play = play();
    play.press("n<esc>");
    assert!(play.ui.dialog.is_none());
}

#[test]
fn what_was_typed_comes_back_when_it_is_refused() {
    let mut play = play();
    play.until("4-stop-workers/1").press("s<enter>");
    let dialog = play.ui.dialog.as_ref().unwrap();
    assert!(matches!(dialog.kind, Kind::Skip(_)));
    assert!(dialog.complaint.as_deref().unwrap().starts_with("say why this is left out"));
    play.press("no workers here<enter>");
    assert_eq!(state(&play, "4-stop-workers/1"), ItemState::Skipped("no workers here".to_owned()));
}

#[test]
fn an_optional_step_is_skipped_without_a_reason() {
    let mut play = play();
    play.until("6-warm-cache/1").press("s<enter>");
    assert_eq!(state(&play, "6-warm-cache/1"), ItemState::Skipped(String::new()));
    assert!(play.run.deviations().is_empty());
}

#[test]
fn what_ended_well_cannot_be_left_out_any_more() {
    let mut play = play();
    play.until("5-run-migrations/3").press("<tab>");
    let offered = |play: &Play| {
        keymap::here(&play.ui, &play.run).any(|binding| binding.gesture == keymap::Gesture::Skip)
    };
    assert!(offered(&play));
    play.press("<up>s");
    assert_eq!(play.ui.item, Some(ItemId::from("5-run-migrations/2")));
    assert!(!offered(&play));
    assert!(play.ui.dialog.is_none());
}

#[test]
fn a_failed_command_that_is_left_out_leaves_no_step_done() {
    let mut play = play();
    failed(&mut play);
    play.press("sthe mirror is fine<enter>");
    let (_, step) = play.run.runbook().step(&StepId::from("3-fetch")).unwrap();
    let state = play.run.step_state(step);
    assert!(matches!(state, crate::engine::StepState::Skipped), "{state:?}");
    assert!(play.frame().contains("– 3 Fetch the release"), "{}", play.frame());
}

#[test]
fn a_value_is_taken_from_the_output_only_when_asked_for() {
    let mut play = play();
    play.until("1-note-version/1").press("<enter>y");
    play.print("reading configuration\norderd 2.3.1\n");
    play.exit(0, 1);
    play.press("<enter><enter>");
    assert!(!play.run.values().contains_key("OLD_VERSION"), "Enter must not record what nobody chose");
    assert!(play.frame().contains("Ctrl-o takes it from the output"));
    play.press("<c-o><enter>");
    assert_eq!(play.run.values()["OLD_VERSION"], "2.3.1");
}

#[test]
fn the_output_offers_more_than_one_value() {
    let mut play = play();
    play.until("1-note-version/1").press("<enter>y");
    play.print("2.3.1\nbuilt in May\n");
    play.exit(0, 1);
    play.press("<enter><c-o><c-o><c-o><enter>");
    assert_eq!(play.run.values()["OLD_VERSION"], "2.3.1");
}

#[test]
fn a_secret_value_is_recorded_as_one() {
    let mut play = play();
    play.press("vDB_NAME<enter>hunter22<c-t><enter>");
    assert!(play.run.is_secret("DB_NAME"));
}

#[test]
fn a_choice_takes_its_path_and_marks_the_other() {
    let mut play = play();
    play.until("7-restart/1").press("<enter>2");
    assert_eq!(play.run.decision(&ItemId::from("7-restart/1")), Some(ConditionAnswer::Taken(1)));
    assert_eq!(state(&play, "7-restart/2"), ItemState::NotApplicable);
    assert_eq!(play.run.ask().item(), Some(&ItemId::from("7-restart/3")));
}

#[test]
fn an_offered_text_becomes_a_command_and_is_then_confirmed() {
    let mut play = play();
    play.until("health/2").press("<enter>y");
    assert!(matches!(play.ui.dialog.as_ref().unwrap().kind, Kind::Confirm(_)));
    play.press("y");
    assert!(play.run.running().is_some());
}

#[test]
fn what_became_of_a_lost_command_needs_words() {
    let mut play = play();
    running(&mut play);
    play.lose();
    play.press("<enter>w");
    assert!(play.run.unresolved().is_some());
    play.press("the tags are there<enter>");
    assert_eq!(
        play.run.attempts().last().unwrap().state,
        crate::engine::AttemptState::Resolved(Resolution::EndedWell)
    );
}

#[test]
fn rolling_back_takes_a_reason_and_a_second_key() {
    let mut play = play();
    play.press("Rthe shop is down<enter>");
    assert_eq!(play.run.rollback_reason(), None);
    play.press("y");
    assert_eq!(play.run.rollback_reason(), Some("the shop is down"));
    assert_eq!(play.ui.cursor, Row::Step(StepId::from("r1-check-out")));
}

#[test]
fn a_settled_run_is_closed_with_its_outcome() {
    let mut play = play();
    while play.run.ask() != Ask::Finish {
        play.step_well();
    }
    play.press("<enter>");
    assert_eq!(play.run.outcome(), None);
    play.press("y");
    assert_eq!(play.run.outcome(), Some((Outcome::Success, "")));
    play.press("<enter>");
    assert_eq!(play.ui.end, Some(WalkEnd::Finished));
}

#[test]
fn an_ended_run_is_left_at_once() {
    for key in ["q", "d", "<enter>", "<esc>"] {
        let mut play = play();
        play.press("aonly a rehearsal<enter>y");
        assert!(play.frame().contains("the run has ended: abandoned"));
        play.press("<down>");
        assert!(play.frame().contains("Enter q d leave the ended run"));
        assert_eq!(play.ui.end, None);
        play.press(key);
        assert_eq!(play.ui.end, Some(WalkEnd::Finished), "{key}");
    }
}

#[test]
fn output_of_another_step_says_whose_it_is() {
    let mut play = play();
    play.until("3-fetch/1");
    let title = "Output of 2 Back up the orders database";
    assert!(play.frame().contains(title), "{}", play.frame());
    play.press("<enter>y");
    assert!(!play.frame().contains("Output of"));
}

#[test]
fn leaving_takes_a_question_and_ends_nothing() {
    let mut play = play();
    play.press("d");
    assert_eq!(play.ui.end, None);
    play.press("y");
    assert_eq!(play.ui.end, Some(WalkEnd::Detached));
    assert_eq!(play.run.outcome(), None);
}

#[test]
fn the_cursor_follows_the_run_until_it_is_moved_away() {
    let mut play = play();
    play.until("3-fetch/1").press("<down>");
    assert_eq!(play.ui.cursor, Row::Step(StepId::from("4-stop-workers")));
    play.press(".");
    assert_eq!(play.ui.cursor, Row::Step(StepId::from("3-fetch")));
}

#[test]
fn phases_open_and_close() {
    let mut play = play();
    let before = play.ui.rows(&play.run).len();
    play.press("g<enter>");
    assert!(play.ui.rows(&play.run).len() < before);
    play.press("<right>");
    assert_eq!(play.ui.rows(&play.run).len(), before);
}

#[test]
fn a_search_goes_from_place_to_place_and_n_takes_notes_again_when_it_ends() {
    let mut play = play();
    play.press("/orderd<enter>");
    assert_eq!(play.ui.cursor, Row::Step(StepId::from("1-note-version")));
    play.press("n");
    assert_eq!(play.ui.cursor, Row::Step(StepId::from("4-stop-workers")));
    play.press("N<esc>n");
    assert!(matches!(play.ui.dialog.as_ref().unwrap().kind, Kind::Note(_)));
}

#[test]
fn one_who_looks_on_can_ask_for_nothing_but_control() {
    let mut play = play();
    play.ui.attendance = crate::journal::Attendance::Watches;
    play.press("<enter>esniRa");
    assert!(play.ui.dialog.is_none());
    let frames = update(&mut play.ui, &play.run, Input::Key(key('t')));
    assert_eq!(frames, [crate::protocol::Frame::Request(crate::protocol::Request::TakeControl)]);
}

#[test]
fn help_lists_what_works_here_and_nothing_else() {
    let mut play = play();
    let gestures: Vec<_> = keymap::here(&play.ui, &play.run).map(|binding| binding.gesture).collect();
    assert!(gestures.contains(&keymap::Gesture::Skip));
    for absent in [keymap::Gesture::Stop, keymap::Gesture::Edit, keymap::Gesture::TakeControl] {
        assert!(!gestures.contains(&absent), "{absent:?}");
    }
    play.until("3-fetch/1");
    assert!(keymap::here(&play.ui, &play.run).any(|binding| binding.gesture == keymap::Gesture::Edit));
}

#[test]
fn no_key_means_two_things_at_once() {
    let mut play = play();
    running(&mut play);
    play.press("<c-]>");
    for context in [Context::Checklist, Context::Detail, Context::Output, Context::Help] {
        let mut keys: Vec<_> = keymap::of_context(&play.ui, &play.run, context)
            .flat_map(|binding| binding.keys.iter().map(|key| format!("{key:?}")))
            .collect();
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count, "{context:?}");
    }
    assert!(TABLE.iter().all(|binding| !binding.words.is_empty()));
}

#[test]
fn a_click_chooses_a_step() {
    use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
    let mut play = play();
    let click = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 8,
        row: 4,
        modifiers: KeyModifiers::NONE,
    };
    update(&mut play.ui, &play.run, Input::Mouse(click));
    assert_eq!(play.ui.cursor, Row::Step(StepId::from("1-note-version")));
}

#[test]
fn a_chosen_item_can_be_done_again() {
    let mut play = play();
    play.until("access/2").press("<tab><up><enter>g");
    assert_eq!(state(&play, "access/1"), ItemState::Degraded);
}

#[test]
fn the_terminal_of_the_command_has_the_size_of_its_pane() {
    let mut play = play();
    play.ui.size = ratatui::layout::Size::new(100, 40);
    let frames = update(&mut play.ui, &play.run, Input::Resized);
    let [crate::protocol::Frame::Request(crate::protocol::Request::Resize { columns, rows })] = frames[..]
    else {
        panic!("{frames:?}");
    };
    running(&mut play);
    let panes = crate::tui::layout::layout(&play.ui, &play.run);
    let output = panes.output.unwrap();
    assert_eq!((columns, rows), (output.width - 4, output.height - 2));
}

/// A runbook of one step with one command.
fn one_command(text: &str) -> Play {
    let mut runbook = (*crate::tui::fixture::runbook()).clone();
    runbook.phases.truncate(1);
    let command = crate::runbook::ItemKind::Command(crate::tui::fixture::block(&[text]));
    runbook.phases[0].steps = vec![crate::tui::fixture::step("back-up", None, "Back up", vec![command])];
    Play::of(std::sync::Arc::new(runbook), (120, 36))
}

#[test]
fn a_placeholder_is_asked_for_before_its_command_is_confirmed() {
    let mut play = one_command("pg_restore <backup-file>");
    play.press("<enter>");
    assert!(matches!(play.ui.dialog.as_ref().unwrap().kind, Kind::Values { .. }));
    play.press("<enter>");
    assert!(play.run.running().is_none(), "an empty value is none");
    play.press("orders 2.dump<enter>");
    assert!(matches!(play.ui.dialog.as_ref().unwrap().kind, Kind::Confirm(_)));
    play.press("y");
    assert_eq!(play.run.running().unwrap().part.text, "pg_restore 'orders 2.dump'");
}

#[test]
fn the_output_of_the_program_that_has_the_keyboard_is_the_one_that_is_shown() {
    let mut play = play();
    running(&mut play);
    let attempt = play.run.running().unwrap().id;
    play.press("<c-]>/orderd --v<enter>");
    assert_ne!(play.ui.attempt_here(&play.run), Some(attempt));
    play.press("<enter>");
    assert_eq!(play.ui.attempt_here(&play.run), Some(attempt));
}

#[test]
fn a_long_runbook_is_drawn_in_no_time_worth_naming() {
    let mut runbook = (*crate::tui::fixture::runbook()).clone();
    let long = |index: usize| {
        let id = format!("{index}-step");
        let command = crate::runbook::ItemKind::Command(crate::tui::fixture::block(&["true", "true"]));
        crate::tui::fixture::step(&id, None, "One of many", vec![command])
    };
    runbook.phases[1].steps = (0..400).map(long).collect();
    let mut play = Play::of(std::sync::Arc::new(runbook), (120, 36));
    play.until("90-step/1");
    assert!(play.frame().contains("▸ One of many"));
}

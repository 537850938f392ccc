//! Every view and dialog at 120×36, 80×24 and 40×12, held as snapshots.

use crate::engine::{Ask, Command};
use crate::journal::{Attendance, Place};
use crate::protocol::Recording;
use crate::runbook::StepId;
use crate::tui::fixture::Play;
use crate::tui::theme::{Colour, Theme};
use crate::tui::ui::Contact;

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (40, 12)];

/// Holds the frame to which these steps lead, at each size.
fn check(name: &str, steps: impl Fn(&mut Play)) {
    for size in SIZES {
        let mut play = Play::new(size);
        steps(&mut play);
        let name = format!("{name}-{}x{}", size.0, size.1);
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, play.frame());
        });
    }
}

fn migrating(play: &mut Play) {
    play.until("5-run-migrations/2").pass(3);
    play.press("<enter><pgdn><pgdn><pgdn>y");
    play.exit(0, 1);
    play.print("Operations to perform:\n  Apply all migrations: admin, auth, orders\nRunning migrations:\n  Applying orders.0041_order_note... OK\n");
}

fn failed(play: &mut Play) {
    migrating(play);
    play.print("  Applying orders.0042_order_note_index...\nTraceback (most recent call last):\ndjango.db.utils.ProgrammingError: relation \"order_note\" already exists\n");
    play.exit(1, 12);
    play.press("");
}

#[test]
fn a_run_that_has_just_begun() {
    check("begun", |_| {});
}

#[test]
fn a_step_with_everything_before_it_runs() {
    check("step", |play| {
        play.until("5-run-migrations/2");
    });
}

#[test]
fn a_command_that_runs() {
    check("running", |play| {
        migrating(play);
        play.pass(12);
    });
}

#[test]
fn a_password_prompt_that_hides_what_is_typed() {
    check("hidden-input", |play| {
        migrating(play);
        play.print("[sudo] password for mara: ");
        play.ui.echo_hidden = true;
    });
}

#[test]
fn the_confirmation_of_a_block() {
    check("confirm", |play| {
        play.until("5-run-migrations/2").press("<enter>");
    });
}

#[test]
fn the_confirmation_of_something_out_of_order() {
    check("confirm-out-of-order", |play| {
        play.press("/restore<enter><enter>");
    });
}

#[test]
fn a_command_that_is_edited() {
    check("edit", |play| {
        play.until("5-run-migrations/2").press("e");
    });
}

#[test]
fn the_failure_of_a_command() {
    check("failure", failed);
}

#[test]
fn what_should_have_come_about_beside_the_output() {
    check("expected", |play| {
        migrating(play);
        play.exit(0, 101);
        play.print("System check identified 0 issues.\n");
        play.exit(0, 2);
        play.press("<enter>");
    });
}

#[test]
fn a_stop_condition_that_waits_for_words() {
    check("stop-if", |play| {
        play.until("5-run-migrations/4").press("<enter>f");
    });
}

#[test]
fn a_halted_run() {
    check("halted", |play| {
        play.until("5-run-migrations/4").press("<enter>fhalf of the schema is missing<enter>");
    });
}

#[test]
fn the_override_of_a_halt() {
    check("override", |play| {
        play.until("5-run-migrations/4").press("<enter>fhalf of the schema is missing<enter>o");
    });
}

#[test]
fn a_check_by_hand() {
    check("check", |play| {
        play.press("<enter>nas deploy, over the bastion");
    });
}

#[test]
fn a_value_taken_from_the_output() {
    check("value", |play| {
        play.until("1-note-version/1").press("<enter>y");
        play.print("orderd 2.3.1 (build 7f3a)\n");
        play.exit(0, 1);
        play.press("<enter>");
    });
}

#[test]
fn a_choice() {
    check("choice", |play| {
        play.until("7-restart/1").press("<enter>");
    });
}

#[test]
fn a_condition() {
    check("condition", |play| {
        play.until("7-restart/4").press("<enter>");
    });
}

#[test]
fn a_text_that_is_only_offered_as_a_command() {
    check("promote", |play| {
        play.until("health/2").press("<enter>");
    });
}

#[test]
fn a_command_for_another_tool() {
    check("elsewhere", |play| {
        play.until("health/3").press("<enter>");
    });
}

#[test]
fn a_command_whose_end_was_not_seen() {
    check("unknown", |play| {
        migrating(play);
        play.lose();
        play.press("<enter>");
    });
}

#[test]
fn a_step_that_is_left_out() {
    check("skip", |play| {
        play.until("4-stop-workers/1").press("sno workers on this site");
    });
}

#[test]
fn typed_text_that_escape_does_not_lose() {
    check("discard", |play| {
        play.press("nasked on the phone<esc>");
    });
}

#[test]
fn an_incident_with_what_is_known_already() {
    check("incident", |play| {
        failed(play);
        play.press("i");
    });
}

#[test]
fn the_way_back() {
    check("roll-back", |play| {
        failed(play);
        play.press("Rmigration 0042 fails<enter>");
    });
}

#[test]
fn a_run_on_its_way_back() {
    check("rolling-back", |play| {
        failed(play);
        play.press("Rmigration 0042 fails<enter>y");
    });
}

#[test]
fn a_run_that_is_given_up() {
    check("abandon", |play| {
        play.press("a");
    });
}

#[test]
fn a_run_that_can_be_closed() {
    check("finish", |play| {
        play.ask(Command::Skip {
            place: Place::Step(StepId::from("4-stop-workers")),
            reason: "no workers here".to_owned(),
        });
        play.until("health/1").press("<enter>g");
        while play.run.ask() != Ask::Finish {
            play.step_well();
        }
        play.press("<enter>");
    });
}

#[test]
fn a_run_that_has_ended() {
    check("finished", |play| {
        play.press("aonly a rehearsal<enter>y");
    });
}

#[test]
fn a_running_command_that_should_stop() {
    check("stop", |play| {
        migrating(play);
        play.press("<c-]>x");
    });
}

#[test]
fn leaving_while_a_command_runs() {
    check("leave", |play| {
        migrating(play);
        play.press("<c-]>d");
    });
}

#[test]
fn the_keys_that_work_here() {
    check("help", |play| {
        play.until("5-run-migrations/2").press("?");
    });
}

#[test]
fn the_keys_that_work_in_a_question() {
    check("help-failure", |play| {
        failed(play);
        play.press("?");
    });
}

#[test]
fn a_phase_and_its_triggers() {
    check("phase", |play| {
        play.press("G<up>");
    });
}

#[test]
fn the_step_in_focus() {
    check("detail", |play| {
        play.until("5-run-migrations/3").press("<tab>");
    });
}

#[test]
fn the_output_on_the_whole_screen() {
    check("zoom", |play| {
        migrating(play);
        play.press("<c-]>o");
    });
}

#[test]
fn a_search_that_is_typed() {
    check("search", |play| {
        play.press("/cache");
    });
}

#[test]
fn a_refusal_in_words() {
    check("refusal", |play| {
        play.ui.complain("attempt 3 is still running; wait for it or stop it first");
    });
}

#[test]
fn somebody_who_looks_on() {
    check("watching", |play| {
        migrating(play);
        play.ui.attendance = Attendance::Watches;
        play.ui.typing = false;
    });
}

#[test]
fn a_record_that_cannot_be_written() {
    check("not-recording", |play| {
        migrating(play);
        play.ui.recording = Recording::Failing { why: "no space left on device".to_owned() };
    });
}

#[test]
fn a_supervisor_that_is_lost() {
    check("lost", |play| {
        migrating(play);
        play.ui.typing = false;
        play.ui.contact = Contact::Lost(3);
    });
}

#[test]
fn signs_from_ascii_only() {
    check("ascii", |play| {
        play.ui.theme = Theme::ascii(Colour::None);
        migrating(play);
    });
}

#[test]
fn a_command_with_characters_that_are_not_what_they_seem() {
    check("hostile", |play| {
        play.until("1-note-version/1").press("e<c-u>");
        let dialog = play.ui.dialog.as_mut().unwrap();
        dialog.fields[0].paste("rm -rf /srv/\u{202e}sredro\u{200b} # \u{1b}[2Jharmless");
        play.press("<enter>a test<enter>");
    });
}

#[test]
fn a_wide_screen_has_three_columns() {
    let mut play = Play::new((200, 30));
    migrating(&mut play);
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("running-200x30", play.frame());
    });
}

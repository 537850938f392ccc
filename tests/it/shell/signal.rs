//! Ctrl-C, Ctrl-Z, Ctrl-\, aborting, and what of a step outlives it.

use holdpoint::pty::Shell::{Bash, Sh};

use super::pane::{Pane, Then};
use super::{check, play};

const INTERRUPT: Then<'static> = Then::Type("\x03");

#[test]
fn ctrl_c_keeps_what_the_step_set_before_it() {
    for shell in [Bash, Sh] {
        let done = play(
            shell,
            &[
                ("export K=1; cd /usr; sh -c 'echo go; exec sleep 30'", &[("go", INTERRUPT)]),
                ("echo $K $PWD", &[]),
            ],
        );
        assert_eq!(
            (done[0].code, done[0].ended.signal, done[1].out.as_str()),
            (130, Some(2), "1 /usr\n"),
            "{done:?}"
        );
    }
}

#[test]
fn a_background_job_survives_a_failed_step() {
    let script = "kill -0 $p && echo running; kill $p";
    check(Bash, &[("sleep 31 & p=$!", "0", ""), ("set -e; false", "1", ""), (script, "0", "running\n")]);
    check(Sh, &[("sleep 31 & p=$!", "0", ""), ("set -e; false", "1", ""), (script, "0", "running\n")]);
}

#[test]
fn a_background_job_is_not_killed_by_ctrl_c_of_a_later_step() {
    let done = play(
        Bash,
        &[
            ("sleep 32 & p=$!", &[]),
            ("sh -c 'echo go; exec sleep 30'", &[("go", INTERRUPT)]),
            ("kill -0 $p && echo running; kill $p", &[]),
        ],
    );
    assert_eq!(done[2].out, "running\n");
}

#[test]
fn ctrl_c_ends_the_command_and_the_step_and_the_shell_survives() {
    for shell in [Bash, Sh] {
        let done = play(
            shell,
            &[("K=1; sh -c 'echo go; exec sleep 30'; echo no", &[("go", INTERRUPT)]), ("echo alive $K", &[])],
        );
        assert!(done[0].code == 130 && !done[0].out.contains("no"), "{done:?}");
        assert_eq!(done[1].out, "alive 1\n");
    }
}

#[test]
fn ctrl_c_ends_a_loop_inside_the_shell() {
    for shell in [Bash, Sh] {
        let done = play(
            shell,
            &[("echo go; while :; do :; done; echo no", &[("go", INTERRUPT)]), ("echo alive", &[])],
        );
        assert_eq!((done[0].code, done[1].out.as_str()), (130, "alive\n"));
    }
}

#[test]
fn ctrl_c_ends_a_loop_of_commands() {
    for shell in [Bash, Sh] {
        let script = "for i in 1 2 3 4 5; do sh -c 'echo go; exec sleep 5'; done; echo no";
        let done = play(shell, &[(script, &[("go", INTERRUPT)]), ("echo alive", &[])]);
        assert!(done[0].code == 130 && !done[0].out.contains("no"), "{done:?}");
        assert_eq!(done[1].out, "alive\n");
    }
}

/// A program that takes SIGINT itself and ends well.
const HANDLES_INTERRUPT: &str =
    "bash -c 'trap \"echo caught; exit 0\" INT; echo go; while :; do sleep 1; done'";

#[test]
fn a_program_that_handles_ctrl_c_itself_does() {
    let script = format!("{HANDLES_INTERRUPT}; echo after=$?");
    let done = play(Bash, &[(&script, &[("go", INTERRUPT)]), ("echo alive", &[])]);
    assert!(done[0].out.contains("caught"), "{done:?}");
    assert_eq!(done[1].out, "alive\n");
}

#[test]
fn ctrl_c_between_steps_changes_nothing() {
    for shell in [Bash, Sh] {
        let mut pane = Pane::open(shell);
        pane.run("X=1");
        pane.holder().write(b"\x03").unwrap();
        pane.wait_for("^C");
        let done = pane.run("echo $X");
        assert_eq!((done.out.as_str(), done.ended.shell_restarted), ("1\n", None));
    }
}

#[test]
fn ctrl_backslash_wedges_nothing() {
    let done = play(
        Bash,
        &[("sh -c 'echo go; exec sleep 30'; echo after", &[("go", Then::Type("\x1c"))]), ("echo alive", &[])],
    );
    assert_eq!(done[1].out, "alive\n");
}

#[test]
fn ctrl_z_wedges_nothing() {
    let done =
        play(Bash, &[("echo go; sleep 1; echo fin", &[("go", Then::Type("\x1a"))]), ("echo alive", &[])]);
    assert!(done[0].out.contains("fin"), "{done:?}");
    assert_eq!(done[1].out, "alive\n");
}

#[test]
fn a_step_ends_at_once_though_its_background_job_lives_and_its_output_is_shown() {
    let mut pane = Pane::open(Bash);
    let done = pane.run("(read -r line </tmp/nowhere || sleep 0.3; echo BG) 2>/dev/null & echo fg");
    assert_eq!((done.code, done.out.as_str()), (0, "fg\n"));
    assert!(pane.wait_for("BG").contains("BG"));
}

#[test]
fn a_background_job_can_be_killed_and_waited_for_in_a_later_step() {
    check(Bash, &[("sleep 30 &", "0", ""), ("kill %1; wait %1; echo w=$?", "0", "w=143\n")]);
}

#[test]
fn a_daemon_that_keeps_the_terminal_open_is_listed_and_holds_up_nothing() {
    let mut pane = Pane::open(Bash);
    let script = format!(
        "mkfifo {0}; setsid sh -c 'echo >{0}; exec sleep 33' & disown; read -r x <{0}; echo ok",
        pane.path().join("gate").display()
    );
    let done = [pane.run(&script), pane.run("kill $!")];
    assert_eq!(done[0].out, "ok\n");
    assert!(done[0].ended.left_over.iter().any(|process| process.contains("sleep 33")), "{done:?}");
    assert_eq!(done[1].ended.left_over, Vec::<String>::new());
}

#[test]
fn an_interrupt_is_what_ctrl_c_is() {
    let done = play(
        Bash,
        &[("sh -c 'echo go; exec sleep 30'; echo no", &[("go", Then::Interrupt)]), ("echo alive", &[])],
    );
    assert_eq!((done[0].code, done[1].out.as_str()), (130, "alive\n"));
}

#[test]
fn an_abort_lets_no_later_line_run() {
    for shell in [Bash, Sh] {
        let script = format!("{HANDLES_INTERRUPT}; echo later");
        let done = play(shell, &[(&script, &[("go", Then::Abort)]), ("echo alive", &[])]);
        assert!(done[0].out.contains("caught") && !done[0].out.contains("later"), "{done:?}");
        assert!(done[0].code > 128, "{done:?}");
        assert_eq!(done[1].out, "alive\n");
    }
}

#[test]
fn an_abort_ends_what_ignores_interrupt_and_terminate() {
    let script = "trap '' INT TERM; echo go; sleep 40; echo no; sleep 40";
    let done = play(Bash, &[("X=1", &[]), (script, &[("go", Then::Abort)]), ("echo alive $X", &[])]);
    assert!(done[1].code > 128 && !done[1].out.contains("no"), "{done:?}");
    assert_eq!((done[1].ended.left_over.len(), done[2].out.as_str()), (0, "alive 1\n"));
}

#[test]
fn an_abort_ends_a_child_in_a_session_of_its_own_but_no_earlier_job() {
    let script = "setsid -f sh -c 'trap \"\" INT; sleep 34; sleep 35'; sh -c 'echo go; exec sleep 30'";
    let done = play(
        Bash,
        &[
            ("sleep 36 & p=$!", &[]),
            (script, &[("go", Then::Abort)]),
            ("kill -0 $p && echo earlier; kill $p", &[]),
        ],
    );
    assert_eq!((done[1].ended.left_over.len(), done[2].out.as_str()), (0, "earlier\n"), "{done:?}");
}

#[test]
fn ignored_signals_are_ignored_for_their_step_only() {
    let done = play(
        Bash,
        &[
            ("trap '' INT; trap : TERM", &[]),
            ("trap -p INT TERM; sh -c 'echo go; exec sleep 30'", &[("go", INTERRUPT)]),
        ],
    );
    assert_eq!((done[1].code, done[1].out.replace("^C", "").as_str()), (130, "go\n"));
}

#[test]
fn a_child_starts_with_no_signal_blocked_or_ignored() {
    let script = "cat /proc/self/status | while read -r name mask; do\n\
        case $name in SigBlk:|SigIgn:) echo $name $((0x$mask & 0x7fffffff));; esac\ndone";
    for shell in [Bash, Sh] {
        let done = play(shell, &[(script, &[])]);
        assert_eq!(done[0].out, "SigBlk: 0\nSigIgn: 0\n");
    }
}

#[test]
fn a_step_inherits_no_descriptor_and_no_variable_of_ours() {
    for shell in [Bash, Sh] {
        let mut pane = Pane::open(shell);
        let directory = pane.path().display();
        let done = pane.run(&format!(
            "readlink /proc/self/fd/* | grep -cE '{directory}|ptmx|socket|deleted'; env | grep -c '^_*holdpoint'"
        ));
        assert_eq!(done.out, "0\n0\n");
    }
}

#[test]
fn a_forged_report_is_not_believed() {
    let mut pane = Pane::open(Bash);
    let forged = "printf '%s\\0' guess END 1 0 / >";
    let script = format!("{forged}{}/reports; echo still; exit 7", pane.path().display());
    let done = pane.run(&script);
    assert_eq!((done.code, done.out.as_str()), (7, "still\n"));
}

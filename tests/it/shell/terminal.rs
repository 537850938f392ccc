//! Programs that talk to the terminal: prompts, passwords, pagers, editors, nested shells.

use holdpoint::pty::Shell::{Bash, Sh};

use super::pane::{Pane, Then};
use super::{check, play};

#[test]
fn a_step_reads_from_the_terminal() {
    let done = play(Bash, &[("read -p 'name? ' x; echo got:$x", &[("name?", Then::Type("bob\r"))])]);
    assert!(done[0].out.contains("got:bob"), "{done:?}");
}

#[test]
fn a_program_reads_its_input_up_to_ctrl_d() {
    let script = "echo go; cat; echo rc=$?";
    let done = play(Sh, &[(script, &[("go", Then::Type("line1\r")), ("line1\nline1", Then::Type("\x04"))])]);
    assert!(done[0].out.contains("line1\nline1\nrc=0"), "{done:?}");
}

#[test]
fn a_password_is_not_shown_and_its_prompt_is_reported() {
    let script = "stty -echo; printf 'Password: '; IFS= read -r p; stty echo; echo; echo len=${#p}";
    let mut pane = Pane::open(Bash);
    pane.begin("step", script.as_bytes()).unwrap();
    let done = pane.finish(&[("Password: ", Then::Type("hunter2\r"))]);
    assert!(done.out.contains("len=7") && !done.out.contains("hunter2"), "{done:?}");
    assert_eq!(done.hidden, [true, false]);
}

#[test]
fn a_pager_fills_the_screen_and_ends() {
    let done = play(
        Bash,
        &[
            ("seq 1 500 | less", &[("\u{1b}[?1049h", Then::Type(" ")), ("58", Then::Type("q"))]),
            ("echo alive", &[]),
        ],
    );
    assert_eq!((done[0].code, done[1].out.as_str()), (0, "alive\n"));
}

#[test]
fn an_editor_edits_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("note.txt");
    let edit = format!("vim -u NONE -N {}", path.display());
    let keys: [(&str, Then<'_>); 2] = [("[New]", Then::Type("iHELLO\x1b")), ("HELLO", Then::Type(":wq\r"))];
    let done = play(Bash, &[(&edit, &keys), (&format!("cat {}", path.display()), &[])]);
    assert_eq!((done[0].code, done[1].out.as_str()), (0, "HELLO\n"));
}

#[test]
fn an_editor_that_suspends_itself_wedges_nothing() {
    let keys: [(&str, Then<'_>); 2] = [("~", Then::Type("\x1a")), ("\u{1b}[?1049h", Then::Type(":q!\r"))];
    let done = play(Bash, &[("vim -u NONE -N", &keys), ("echo alive", &[])]);
    assert_eq!(done[1].out, "alive\n");
}

#[test]
fn what_happens_in_a_nested_shell_stays_there() {
    let keys: [(&str, Then<'_>); 2] = [("N> ", Then::Type("cd /tmp\r")), ("N> ", Then::Type("exit 9\r"))];
    let done = play(Bash, &[("PS1='N> ' bash --norc; echo back", &keys), ("echo alive", &[])]);
    assert!(done[0].out.contains("back") && done[0].ended.directory == "/", "{done:?}");
    assert_eq!(done[1].out, "alive\n");
}

#[test]
fn the_status_of_a_nested_shell_is_the_steps() {
    let done =
        play(Bash, &[("PS1='N> ' bash --norc", &[("N> ", Then::Type("exit 9\r"))]), ("echo alive", &[])]);
    assert_eq!((done[0].code, done[1].out.as_str()), (9, "alive\n"));
}

#[test]
fn a_nested_shell_that_is_killed_takes_nothing_with_it() {
    let done = play(
        Bash,
        &[(
            "PS1='N> ' bash --norc; read -p more? x; echo $x",
            &[("N> ", Then::Type("kill -9 $$\r")), ("more?", Then::Type("yes\r"))],
        )],
    );
    assert!(done[0].out.ends_with("yes\n"), "{done:?}");
}

#[test]
fn modes_left_behind_are_repaired() {
    let done = play(
        Bash,
        &[("stty raw -echo", &[]), ("echo go; read x; echo got=$x", &[("go", Then::Type("yo\r"))])],
    );
    assert!(done[1].out.contains("yo\ngot=yo\n"), "{done:?}");
}

#[test]
fn a_program_that_made_reading_not_wait_leaves_nothing_behind() {
    let unwaiting = "import os; os.set_blocking(0, False)";
    let done = play(
        Bash,
        &[
            (
                &format!(
                    "perl -MFcntl -e 'fcntl(STDIN, F_SETFL, O_RDWR|O_NONBLOCK)' || python3 -c '{unwaiting}'"
                ),
                &[],
            ),
            ("echo go; cat", &[("go", Then::Type("x\r\x04"))]),
        ],
    );
    assert_eq!((done[1].code, done[1].out.as_str()), (0, "go\nx\nx\n"));
}

#[test]
fn ctrl_d_between_steps_does_not_end_the_shell() {
    let mut pane = Pane::open(Bash);
    pane.run("X=1");
    pane.holder().write(b"\x04").unwrap();
    let done = pane.run("echo $X");
    assert_eq!((done.out.as_str(), done.ended.shell_restarted), ("1\n", None));
}

#[test]
fn keys_typed_ahead_neither_run_nor_answer() {
    let mut pane = Pane::open(Bash);
    pane.run("echo a");
    pane.holder().write(b"touch evil\r").unwrap();
    pane.wait_for("touch evil");
    let done = pane.play("read -p 'sure? ' x; echo got:$x", &[("sure?", Then::Type("no\r"))]);
    assert!(done.out.contains("got:no"), "{done:?}");
}

#[test]
fn a_resize_reaches_the_program() {
    let script = "trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.1; done";
    let done = play(Bash, &[(script, &[("30 100", Then::Resize(77, 11)), ("11 77", Then::Type("x"))])]);
    assert_eq!(done[0].code, 0);
}

#[test]
fn a_paste_larger_than_the_terminals_buffer_arrives_whole() {
    let paste = "0123456789abcde\n".repeat(20_000);
    let script = "stty raw -echo; echo go; head -c 320000 | cksum";
    let mut pane = Pane::open(Bash);
    let done = pane.play(script, &[("go", Then::Type(&paste))]);
    let expected = "320000";
    assert!(done.out.contains(expected), "{done:?}");
}

#[test]
fn a_flood_arrives_whole_and_before_the_end() {
    let done = play(Bash, &[("head -c 20000000 /dev/zero | tr '\\0' x", &[])]);
    assert_eq!(done[0].out.len(), 20_000_000);
}

#[test]
fn every_line_is_told_before_its_end() {
    let mut pane = Pane::open(Bash);
    for round in 0..200 {
        assert_eq!(pane.run(&format!("echo {round}")).out, format!("{round}\n"));
    }
}

#[test]
fn the_environment_says_which_terminal_it_is() {
    check(
        Bash,
        &[(
            "echo $TERM; tty | cut -c1-9; env | grep -cE '^(LINES|COLUMNS)='",
            "1",
            "xterm-256color\n/dev/pts/\n0\n",
        )],
    );
}

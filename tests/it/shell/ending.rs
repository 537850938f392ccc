//! How a step ends, and with which status.

use holdpoint::pty::Shell::{Bash, Sh};

use super::{check, play};

#[test]
fn a_heredoc_of_several_lines_works() {
    let script = "v=V\ncat <<EOF\nl1 $v\n$(echo l2)\nEOF\ncat <<'X'\n$v\nX";
    check(Bash, &[(script, "0", "l1 V\nl2\n$v\n")]);
    check(Sh, &[(script, "0", "l1 V\nl2\n$v\n")]);
}

#[test]
fn a_syntax_error_ends_the_step_only() {
    let done = play(Bash, &[("echo a\nif then fi\necho b", &[]), ("echo alive", &[])]);
    assert!(done[0].code != 0 && done[0].out.contains("syntax error"), "{done:?}");
    assert_eq!(done[1].out, "alive\n");
    check(Sh, &[("echo a\nif then fi\necho b", "*", "a\n…"), ("echo alive", "0", "alive\n")]);
}

#[test]
fn an_unterminated_quote_ends_the_step_only() {
    check(Bash, &[("echo \"abc", "*", "…"), ("echo alive", "0", "alive\n")]);
    check(Sh, &[("echo \"abc", "*", "…"), ("echo alive", "0", "alive\n")]);
}

#[test]
fn an_unterminated_heredoc_ends_the_step_only() {
    let done = play(Bash, &[("cat <<EOF\nabc", &[]), ("echo alive", &[])]);
    assert_eq!(done[1].out, "alive\n");
}

#[test]
fn an_exit_in_a_step_ends_the_step_only_and_its_state_is_kept() {
    let steps = [("Z=9; cd /usr; exit 3; echo no", "3", ""), ("echo $Z $PWD", "0", "9 /usr\n")];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn an_exit_in_a_function_ends_the_step_and_one_in_a_subshell_does_not() {
    let steps =
        [("f(){ exit 4; }; (exit 5); echo sub=$?; f; echo no", "4", "sub=5\n"), ("echo ok", "0", "ok\n")];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn a_return_ends_the_step_with_its_status() {
    check(Bash, &[("return 6; echo no", "6", ""), ("echo ok", "0", "ok\n")]);
    check(Sh, &[("return 6; echo no", "6", ""), ("echo ok", "0", "ok\n")]);
}

#[test]
fn an_exit_in_a_pipeline_or_a_substitution_does_not_end_the_step() {
    let steps = [("x=$(exit 7); echo $?; echo a | { cat; exit 8; }; echo $?", "0", "7\na\n8\n")];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn set_e_stops_the_step_and_the_shell_survives() {
    let steps = [
        ("set -e; echo a; false; echo b", "1", "a\n"),
        ("echo alive; false; echo still", "0", "alive\nstill\n"),
    ];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn set_e_inside_a_function_stops_the_step() {
    let script = "set -euo pipefail\nf(){ echo in; false; echo no; }\nf\necho no2";
    check(Bash, &[(script, "1", "in\n"), ("echo alive", "0", "alive\n")]);
}

#[test]
fn set_e_is_not_triggered_where_a_failure_is_asked_for() {
    check(Bash, &[("set -e; if false; then :; fi; false || true; ! true; echo end", "0", "end\n")]);
    check(Sh, &[("set -e; if false; then :; fi; false || true; ! true; echo end", "0", "end\n")]);
}

#[test]
fn an_unbound_variable_under_set_u_ends_the_step_only() {
    let done = play(Bash, &[("set -u; echo $nope; echo no", &[]), ("echo alive", &[])]);
    assert!(
        done[0].code != 0 && done[0].out.contains("unbound") && !done[0].out.contains("no\n"),
        "{done:?}"
    );
    assert_eq!(done[1].out, "alive\n");
}

#[test]
fn a_variable_demanded_by_name_ends_the_step_only() {
    check(Bash, &[(": ${nope:?missing}; echo no", "*", "…"), ("echo alive", "0", "alive\n")]);
    check(Sh, &[(": ${nope:?missing}; echo no", "*", "…"), ("echo alive", "0", "alive\n")]);
}

#[test]
fn set_u_over_several_lines_aborts_as_in_a_script() {
    let done = play(Bash, &[("set -u\necho a\necho $nope\necho CONT", &[]), ("echo alive", &[])]);
    assert!(done[0].code != 0 && !done[0].out.contains("CONT") && done[1].out == "alive\n", "{done:?}");
}

#[test]
fn a_demanded_variable_over_several_lines_aborts_as_in_a_script() {
    let done = play(Bash, &[(": ${nope:?m}\necho CONT", &[]), ("echo alive", &[])]);
    assert!(done[0].code != 0 && !done[0].out.contains("CONT") && done[1].out == "alive\n", "{done:?}");
}

#[test]
fn an_assignment_to_a_readonly_variable_ends_no_later_step() {
    check(Bash, &[("set -e\nreadonly R=1\nR=2\necho CONT", "1", "…"), ("echo alive", "0", "alive\n")]);
    check(Sh, &[("readonly R=1\nR=2\necho CONT", "*", "…"), ("echo alive", "0", "alive\n")]);
}

#[test]
fn a_stray_break_or_continue_ends_the_step_only() {
    let steps = [
        ("break; echo a", "0", "…"),
        ("continue; echo b", "0", "…"),
        ("break 5", "0", ""),
        ("echo alive", "0", "alive\n"),
    ];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn set_x_shows_nothing_of_the_machinery() {
    let steps = [
        ("set -x; echo hi", "0", "++ echo hi\nhi\n"),
        ("echo q", "0", "q\n"),
        ("set -ex; trap 'echo bye' EXIT; false", "1", "++ trap 'echo bye' EXIT\n++ false\nbye\n"),
        ("set -x; exit 3", "3", "++ exit 3\n"),
        ("echo q", "0", "q\n"),
    ];
    check(Bash, &steps);
}

#[test]
fn exec_replaces_the_shell_and_its_status_counts() {
    let steps = [("Q=1", "0", ""), ("exec sh -c 'exit 11'", "11", ""), ("echo $Q", "0", "1\n")];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn a_killed_shell_comes_back_as_it_was_before_the_step() {
    let steps = [
        ("export Q=1; g(){ echo g; }; cd /usr", "0", ""),
        ("kill -9 $$", "137", ""),
        ("echo $Q; g; pwd", "0", "1\ng\n/usr\n"),
    ];
    check(Bash, &steps);
    check(
        Sh,
        &[("export Q=1; cd /usr", "0", ""), ("kill -9 $$", "137", ""), ("echo $Q; pwd", "0", "1\n/usr\n")],
    );
}

#[test]
fn the_signal_that_ended_the_shell_is_reported() {
    let done = play(Bash, &[("kill -9 $$", &[]), ("exit 3", &[])]);
    assert_eq!((done[0].ended.signal, done[1].ended.signal), (Some(9), None));
}

#[test]
fn an_exit_trap_runs_at_the_end_of_its_step() {
    let steps = [
        ("trap 'echo cleanup' EXIT; echo work", "0", "work\ncleanup\n"),
        ("echo next", "0", "next\n"),
        ("trap 'echo status $?' EXIT; X=5; exit 4", "4", "status 4\n"),
        ("echo $X", "0", "5\n"),
        ("trap 'echo no' EXIT; trap - EXIT; echo end", "0", "end\n"),
        ("(trap 'echo sub' EXIT; echo in); echo out", "0", "in\nsub\nout\n"),
    ];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn debug_and_err_traps_last_for_their_step() {
    let steps = [
        ("trap 'echo D' DEBUG; echo x", "0", "D\nx\n"),
        ("trap 'echo E' ERR; false", "1", "E\n"),
        ("PROMPT_COMMAND=", "0", ""),
        ("false; echo alive", "0", "alive\n"),
    ];
    check(Bash, &steps);
}

#[test]
fn a_missing_file_and_a_missing_command_are_failures_with_their_status() {
    check(Bash, &[(". /nope", "1", "…"), ("nosuchcmd", "127", "…"), ("echo a", "0", "a\n")]);
    check(Sh, &[("nosuchcmd", "127", "…"), (". /nope", "*", "…"), ("echo a", "0", "a\n")]);
}

#[test]
fn an_error_names_the_steps_file_and_line() {
    let mut pane = super::pane::Pane::open(Bash);
    pane.begin("8-run-migrations", b"\n\nnosuch").unwrap();
    let done = pane.finish(&[]);
    assert!(done.out.contains("/8-run-migrations.sh: line 3: nosuch: command not found"), "{done:?}");
}

#[test]
fn output_is_the_output_and_nothing_else() {
    let steps = [("echo A; echo \"B !! $(echo C)\"; printf 'no newline'", "0", "A\nB !! C\nno newline")];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn a_script_with_carriage_returns_fails_and_ends_no_later_step() {
    check(Bash, &[("echo a\r\nfalse\r\n", "127", "a\r…"), ("echo b", "0", "b\n")]);
}

#[test]
fn a_long_script_and_a_long_line_run_whole() {
    let long = format!("x=0\n{}echo $x", format!("x=$((x+1)) # {}\n", "p".repeat(30)).repeat(5500));
    check(Bash, &[(&long, "0", "5500\n")]);
    check(Sh, &[(&long, "0", "5500\n")]);
    check(Bash, &[(&format!("v={}; echo ${{#v}}", "a".repeat(1_000_000)), "0", "1000000\n")]);
}

#[test]
fn a_hundred_thousand_lines_run_whole() {
    check(Bash, &[(&format!("{}echo $x", "x=$((x+1))\n".repeat(100_000)), "0", "100000\n")]);
}

#[test]
fn a_nul_or_bytes_that_are_not_utf8_are_refused_with_the_place() {
    let mut pane = super::pane::Pane::open(Bash);
    for (script, place) in [(&b"a\nb\0"[..], "line 2, column 2"), (b"\xc3(", "line 1, column 1")] {
        let refusal = pane.begin("step", script).unwrap_err().to_string();
        assert!(refusal.contains(place), "{refusal}");
    }
    assert_eq!(pane.run("echo alive").out, "alive\n");
}

#[test]
fn a_second_command_is_refused_while_one_runs() {
    let mut pane = super::pane::Pane::open(Bash);
    pane.begin("step", b"echo go; read x").unwrap();
    pane.wait_for("go");
    let refusal = pane.holder().run(9, "step", b"true").unwrap_err().to_string();
    assert_eq!(refusal, "a command is running already");
    pane.holder().write(b"\r").unwrap();
    assert_eq!(pane.finish(&[]).code, 0);
}

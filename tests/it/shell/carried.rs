//! What a step leaves for the next one, also when it ends the shell.

use holdpoint::pty::Shell::{Bash, Sh};

use super::{check, play};

#[test]
fn cd_persists() {
    check(Bash, &[("cd /usr/share", "0", ""), ("pwd", "0", "/usr/share\n")]);
    check(Sh, &[("cd /usr/share", "0", ""), ("pwd", "0", "/usr/share\n")]);
}

#[test]
fn the_directory_is_reported_after_every_step() {
    let done = play(Bash, &[("cd /usr", &[]), ("cd share; false", &[]), ("cd /; exit 1", &[])]);
    let directories: Vec<_> = done.iter().map(|done| done.ended.directory.as_str()).collect();
    assert_eq!(directories, ["/usr", "/usr/share", "/"]);
}

#[test]
fn export_persists() {
    let steps = [("export FOO=\"a b\nc\"", "0", ""), ("sh -c 'printf %s \"$FOO\"'", "0", "a b\nc")];
    check(Bash, &steps);
    check(Sh, &steps);
}

#[test]
fn an_unexported_variable_an_array_a_function_and_an_alias_persist() {
    let set = "x=5; declare -A m=([k]=v); f(){ echo f$1; }; alias ll='echo LL'";
    check(Bash, &[(set, "0", ""), ("echo $x ${m[k]}; f 1; ll", "0", "5 v\nf1\nLL\n")]);
    let set = "x=5; f(){ echo f$1; }; alias ll='echo LL'";
    check(Sh, &[(set, "0", ""), ("echo $x; f 1; ll", "0", "5\nf1\nLL\n")]);
}

#[test]
fn an_activated_virtual_environment_stays_activated() {
    let directory = tempfile::tempdir().unwrap();
    let bin = directory.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let activate = format!(
        "deactivate() {{ PATH=\"$OLD_PATH\"; unset VIRTUAL_ENV; }}\nOLD_PATH=\"$PATH\"\n\
         VIRTUAL_ENV='{}'; export VIRTUAL_ENV\nPATH=\"$VIRTUAL_ENV/bin:$PATH\"; export PATH\nhash -r\n",
        directory.path().display()
    );
    std::fs::write(bin.join("activate"), activate).unwrap();
    let steps = [
        (format!(". {}/activate", bin.display()), String::new()),
        ("exit 2".to_owned(), String::new()),
        (
            "echo \"${PATH%%:*}\"; deactivate; echo \"[${VIRTUAL_ENV-}]\"".to_owned(),
            format!("{}\n[]\n", bin.display()),
        ),
    ];
    let mut pane = super::pane::Pane::open(Bash);
    for (script, out) in steps {
        assert_eq!(pane.run(&script).out, out, "{script}");
    }
}

#[test]
fn set_pipefail_persists() {
    check(
        Bash,
        &[
            ("set -o pipefail", "0", ""),
            ("false | true", "1", ""),
            ("exit 1", "1", ""),
            ("false | true", "1", ""),
        ],
    );
}

#[test]
fn a_failure_under_set_e_keeps_what_the_step_set_before_it() {
    let steps = [
        ("set -e; export K=1; cd /usr; f(){ echo F; }; false; echo no", "1", ""),
        ("echo $K $PWD; f; false; echo still", "0", "1 /usr\nF\nstill\n"),
    ];
    check(Bash, &steps);
    check(Sh, &[("set -e; export K=1; cd /usr; false; echo no", "1", ""), ("echo $K $PWD", "0", "1 /usr\n")]);
}

#[test]
fn arrays_functions_aliases_and_readonly_variables_survive_a_restart() {
    let set = "declare -A m=([a]=1 [b c]=2); readonly RO=5; arr=(x \"y z\"); alias q='echo Q'; f(){ local z=1; echo \"f $1\"; }";
    check(
        Bash,
        &[
            (set, "0", ""),
            ("exit 1", "1", ""),
            ("echo \"${m[b c]} $RO ${arr[1]}\"; f 3; q", "0", "2 5 y z\nf 3\nQ\n"),
        ],
    );
    check(
        Sh,
        &[
            ("readonly RO=5; alias q='echo Q'; v='a  b'", "0", ""),
            ("exit 1", "1", ""),
            ("echo \"$RO $v\"; q", "0", "5 a  b\nQ\n"),
        ],
    );
}

#[test]
fn hostile_values_survive_a_restart() {
    let hostile = "v=$'\\x01 \\'\"`$(touch /nowhere) \\\\ \\n\\t\\x1b[31m *?~ é'; w=\"$v\"";
    check(Bash, &[(hostile, "0", ""), ("exit 1", "1", ""), ("[[ $v == \"$w\" && ${#v} -gt 30 ]]", "0", "")]);
}

#[test]
fn umask_and_shell_options_survive_a_restart() {
    let steps = [("umask 027; shopt -s nullglob; set -u", "0", ""), ("exit 1", "1", "")];
    check(Bash, &[steps[0], steps[1], ("umask; echo /nope*; echo $nope", "*", "0027\n\n…")]);
}

#[test]
fn an_exported_function_stays_exported_after_a_restart() {
    check(Bash, &[("f() { echo F; }; export -f f", "0", ""), ("exit 1", "1", ""), ("bash -c f", "0", "F\n")]);
}

#[test]
fn positional_parameters_and_the_last_status_are_the_steps_own() {
    check(Bash, &[("echo $# $?", "0", "0 0\n"), ("false", "1", ""), ("echo $?", "0", "0\n")]);
}

#[test]
fn what_survived_a_restart_is_said() {
    let done = play(Bash, &[("true", &[]), ("X=1; exit 1", &[]), ("X=2; kill -9 $$", &[]), ("echo $X", &[])]);
    let said: Vec<_> = done.iter().map(|done| done.ended.shell_restarted.as_deref().unwrap_or("-")).collect();
    assert_eq!(said[0], "-");
    assert!(said[1].contains("with its variables"), "{}", said[1]);
    assert!(said[2].contains("did not survive"), "{}", said[2]);
    assert_eq!((said[3], done[3].out.as_str()), ("-", "1\n"));
}

#[test]
fn a_redirection_by_exec_persists_until_it_is_undone() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().display();
    let (set, undo) = (format!("exec 7>&1 >{path}; echo hidden"), format!("exec >&7 7>&-; cat {path}"));
    check(Bash, &[(&set, "0", ""), (&undo, "0", "hidden\n")]);
}

#[test]
fn a_directory_that_is_gone_stops_no_later_step() {
    check(Bash, &[("d=$(mktemp -d); cd $d; rmdir $d; exit 1", "1", ""), ("echo alive", "0", "alive\n")]);
}

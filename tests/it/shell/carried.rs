//! What a step leaves for the next one, also when it ends the shell.

use holdpoint::pty::Shell::Bash;

use super::check;

#[test]
fn cd_persists() {
    check(Bash, &[("cd /usr/share", "0", ""), ("pwd", "0", "/usr/share\n")]);
}

#[test]
fn export_persists() {
    check(Bash, &[("export FOO=\"a b\nc\"", "0", ""), ("sh -c 'printf %s \"$FOO\"'", "0", "a b\nc")]);
}

#[test]
fn an_exit_in_a_step_ends_the_step_only_and_its_state_is_kept() {
    check(Bash, &[("Z=9; cd /usr; exit 3; echo no", "3", ""), ("echo $Z $PWD", "0", "9 /usr\n")]);
}

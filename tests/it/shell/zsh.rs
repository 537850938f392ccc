//! What zsh does differently enough to be played by itself.

use holdpoint::pty::Shell::Zsh;

use super::pane::Then;
use super::{check, play};

fn is_installed() -> bool {
    let is_installed = std::process::Command::new("zsh").arg("-fc").arg(":").status().is_ok();
    if !is_installed {
        println!("skipped: zsh is not installed");
    }
    is_installed
}

#[test]
fn zsh_carries_on_what_a_step_set() {
    if !is_installed() {
        return;
    }
    let steps = [
        (
            "cd /usr; export A='x  y'; f() { echo F$1 }; alias q='echo Q'; arr=(1 '2 3'); typeset -A m; m[k]=v",
            "0",
            "",
        ),
        ("echo $PWD $A $arr[2] $m[k]; f 1; q", "0", "/usr x  y 2 3 v\nF1\nQ\n"),
        ("B=1; cd share; PATH=/opt/x:$PATH; exit 3; echo no", "3", ""),
        ("echo $B $PWD $A $arr[2] $m[k] ${path[1]}; f 1; q", "0", "1 /usr/share x  y 2 3 v /opt/x\nF1\nQ\n"),
        ("set -e; C=2; false; echo no", "1", ""),
        ("false; echo $C", "0", "2\n"),
        ("umask 027; setopt pipefail", "0", ""),
        ("exit 1", "1", ""),
        ("umask; false | true", "1", "027\n"),
    ];
    check(Zsh, &steps);
}

#[test]
fn zsh_ends_the_step_only() {
    if !is_installed() {
        return;
    }
    let steps = [
        ("f(){ exit 4 }; (exit 5); echo sub=$?; f; echo no", "4", "sub=5\n"),
        ("return 6; echo no", "6", ""),
        ("echo a\n)\necho b", "*", "…"),
        ("echo \"abc", "*", "…"),
        ("set -u; echo $nope; echo no", "*", "…"),
        (": ${nope:?missing}\necho no", "*", "…"),
        ("kill -9 $$", "137", ""),
        ("exec sh -c 'exit 11'", "11", ""),
        ("trap 'echo cleanup' EXIT; echo work", "0", "work\ncleanup\n"),
        ("trap 'echo cleanup' EXIT; X=5; exit 4", "4", "cleanup\n"),
        ("nosuchcmd", "127", "…"),
        ("echo alive $X", "0", "alive 5\n"),
    ];
    check(Zsh, &steps);
}

#[test]
fn zsh_is_interrupted_and_aborted() {
    if !is_installed() {
        return;
    }
    let script = "K=1; sh -c 'echo go; exec sleep 30'; echo no";
    let done = play(
        Zsh,
        &[
            (script, &[("go", Then::Type("\x03"))]),
            (script, &[("go", Then::Abort)]),
            ("echo go; while :; do :; done", &[("go", Then::Type("\x03"))]),
            ("echo alive $K", &[]),
        ],
    );
    assert!(done[..3].iter().all(|done| done.code > 128 && !done.out.contains("no")), "{done:?}");
    assert_eq!(done[3].out, "alive 1\n");
}

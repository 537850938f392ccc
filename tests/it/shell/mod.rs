//! Steps in a shell on a terminal: what carries over, what ends what, and what nothing survives.

mod carried;
mod ending;
pub(crate) mod pane;
mod signal;
mod survival;
mod terminal;
mod zsh;

use holdpoint::pty::Shell;
use pane::{Done, Pane, Then};

/// Plays steps one after the other in one shell.
fn play(shell: Shell, steps: &[(&str, &[(&str, Then<'_>)])]) -> Vec<Done> {
    let mut pane = Pane::open(shell);
    steps.iter().map(|(script, cues)| pane.play(script, cues)).collect()
}

/// Plays steps and compares the status and output of each; `*` stands for anything but 0, and an
/// output that ends in `…` need only begin so.
fn check(shell: Shell, steps: &[(&str, &str, &str)]) {
    let mut pane = Pane::open(shell);
    for (script, code, out) in steps {
        let done = pane.run(script);
        let is_code = if *code == "*" { done.code != 0 } else { done.code.to_string() == *code };
        let is_out = out.strip_suffix('…').map_or(done.out == *out, |start| done.out.starts_with(start));
        assert!(is_code && is_out, "{script:?} should end {code} with {out:?}, was {done:?}");
    }
}

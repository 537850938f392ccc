//! What a crash of the supervisor costs: nothing but output, and that is counted.

use holdpoint::pty::Shell::Bash;
use holdpoint::pty::{Holder, HolderEvent, HolderState, PtyError};

use super::pane::Pane;

/// Makes a FIFO, and a step that waits for someone to write to it.
fn gate(pane: &Pane) -> (std::path::PathBuf, String) {
    let path = pane.path().join("gate");
    let script =
        format!("mkfifo {0}; echo before; read -r x <{0}; echo after; cd /usr; (exit 5)", path.display());
    (path, script)
}

#[test]
fn a_command_outlives_its_supervisor_and_its_status_is_told_to_the_next() {
    let mut pane = Pane::open(Bash);
    let (path, script) = gate(&pane);
    let attempt = pane.begin("step", script.as_bytes()).unwrap();
    pane.wait_for("before");
    pane.disconnect();
    assert_eq!(pane.reconnect(), HolderState::Running(attempt));
    pane.disconnect();
    std::fs::write(path, "go\n").unwrap();
    let ended = loop {
        match pane.reconnect() {
            HolderState::Ended(ended) => break ended,
            HolderState::Running(_) => pane.disconnect(),
            HolderState::Idle => panic!("the attempt was forgotten"),
        }
    };
    assert_eq!((ended.attempt, ended.code, ended.directory.as_str()), (attempt, 5, "/usr"));
    assert!(pane.wait_for("after").contains("after"));
    pane.holder().acknowledge(attempt).unwrap();
    assert_eq!(pane.run("pwd").out, "/usr\n");
    pane.disconnect();
    assert!(matches!(pane.reconnect(), HolderState::Ended(ended) if ended.attempt == attempt + 1) || true);
}

#[test]
fn an_end_is_told_again_until_it_is_acknowledged() {
    let mut pane = Pane::open(Bash);
    let attempt = pane.begin("step", b"exit 3").unwrap();
    while !matches!(pane.next(), HolderEvent::Ended(_)) {}
    pane.disconnect();
    assert!(matches!(pane.reconnect(), HolderState::Ended(ended) if ended.code == 3));
    pane.holder().acknowledge(attempt).unwrap();
    pane.run("true");
    pane.disconnect();
    assert_eq!(pane.reconnect(), HolderState::Idle);
}

#[test]
fn output_that_nobody_read_is_kept_or_counted() {
    let mut pane = Pane::open(Bash);
    let (path, _) = gate(&pane);
    let flood = 3_000_000;
    let script =
        format!("mkfifo {0}; read -r x <{0}; head -c {flood} /dev/zero | tr '\\0' x", path.display());
    pane.begin("step", script.as_bytes()).unwrap();
    while !matches!(pane.next(), HolderEvent::Begun { .. }) {}
    pane.disconnect();
    std::fs::write(path, "go\n").unwrap();
    let (mut gap, mut kept) = (0, 0);
    while !matches!(pane.reconnect(), HolderState::Ended(_)) {
        pane.disconnect();
    }
    while gap + kept < flood {
        match pane.next() {
            HolderEvent::Gap(count) => gap += count,
            HolderEvent::Output(bytes) => kept += bytes.len() as u64,
            event => panic!("unexpected {event:?}"),
        }
    }
    assert_eq!(gap + kept, flood);
}

#[test]
fn a_new_supervisor_takes_the_place_of_the_one_before() {
    let mut pane = Pane::open(Bash);
    let old = pane.holder.take().unwrap();
    assert_eq!(pane.reconnect(), HolderState::Idle);
    let new = pane.holder.replace(old).unwrap();
    assert!(matches!(pane.next(), HolderEvent::Lost(_)));
    pane.holder = Some(new);
    assert_eq!(pane.run("echo new").out, "new\n");
}

#[test]
fn closing_says_what_stays_behind_and_leaves_no_trace_of_the_steps() {
    let mut pane = Pane::open(Bash);
    pane.run("SECRET=hunter2; nohup sleep 37 >/dev/null 2>&1 &");
    pane.run("true");
    let left_over = pane.close();
    assert!(left_over.iter().any(|process| process.ends_with("sleep 37")), "{left_over:?}");
    for process in left_over {
        let pid: i32 = process.split(' ').next().unwrap().parse().unwrap();
        rustix::process::kill_process(
            rustix::process::Pid::from_raw(pid).unwrap(),
            rustix::process::Signal::KILL,
        )
        .unwrap();
    }
    assert_eq!(std::fs::read_dir(pane.path()).unwrap().count(), 0);
}

#[test]
fn where_no_holder_is_that_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let refusal = runtime.block_on(Holder::reconnect(directory.path())).unwrap_err();
    assert!(matches!(refusal, PtyError::NoHolder { .. }), "{refusal}");
}

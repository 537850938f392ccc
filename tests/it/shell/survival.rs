//! What a crash of the supervisor costs: nothing but output, and that is counted.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use holdpoint::pty::Shell::Bash;
use holdpoint::pty::{Holder, HolderEvent, HolderState, PtyError};

use super::pane::Pane;

/// A step that waits until it is let go, and a way to wait until it is through.
struct Gate {
    go: PathBuf,
    done: PathBuf,
}

impl Gate {
    fn new(pane: &Pane) -> Self {
        Self { go: pane.path().join("go"), done: pane.path().join("done") }
    }

    fn script(&self, command: &str) -> String {
        let (go, done) = (self.go.display(), self.done.display());
        format!(
            "mkfifo {go} {done}; echo before; read -r x <{go}; {command}; echo >{done}; cd /usr; (exit 5)"
        )
    }

    fn pass(&self) {
        std::fs::write(&self.go, "go\n").unwrap();
        std::fs::read(&self.done).unwrap();
    }
}

#[test]
fn a_command_outlives_its_supervisor_and_its_status_is_told_to_the_next() {
    let mut pane = Pane::open(Bash);
    let gate = Gate::new(&pane);
    let attempt = pane.begin("step", gate.script("echo after").as_bytes()).unwrap();
    pane.wait_for("before");
    pane.disconnect();
    assert_eq!(pane.reconnect(), HolderState::Running(attempt));
    pane.disconnect();
    gate.pass();
    let ended = match pane.reconnect() {
        HolderState::Ended(ended) => ended,
        state => {
            assert_eq!(state, HolderState::Running(attempt));
            pane.finish(&[]).ended
        }
    };
    assert_eq!((ended.attempt, ended.code, ended.directory.as_str()), (attempt, 5, "/usr"));
    pane.holder().acknowledge(attempt).unwrap();
    let after = pane.run("pwd").out;
    assert!(after.ends_with("/usr\n"), "{after}");
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
    let gate = Gate::new(&pane);
    let flood = 3_000_000;
    let script = gate.script(&format!("head -c {flood} /dev/zero | tr '\\0' x"));
    pane.begin("step", script.as_bytes()).unwrap();
    pane.wait_for("before\n");
    pane.disconnect();
    gate.pass();
    pane.reconnect();
    let (mut gap, mut kept) = (0, 0);
    while gap + kept < flood {
        match pane.next() {
            HolderEvent::Gap(count) => gap += count,
            HolderEvent::Output(bytes) => kept += bytes.len() as u64,
            HolderEvent::Ended(_) => {}
            event => panic!("unexpected {event:?}"),
        }
    }
    assert_eq!(gap + kept, flood);
    assert!(gap > 0);
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

/// Where [`a_supervisor_of_its_own`] connects to.
const DIRECTORY: &str = "HELD_DIRECTORY";

/// Not a test: the process that others kill. Connects and says what it hears.
#[test]
#[ignore = "started by a_killed_supervisor_costs_no_status"]
fn a_supervisor_of_its_own() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut holder = Holder::reconnect(directory.as_ref()).await.unwrap();
        println!("connected");
        while let Some(event) = holder.next().await {
            println!("heard {}", matches!(event, HolderEvent::Ended(_)));
        }
    });
}

#[test]
fn a_killed_supervisor_costs_no_status() {
    let mut pane = Pane::open(Bash);
    for round in 0..20_u32 {
        let status = round % 7;
        let script = format!("for i in {{1..300}}; do echo $i; done; ROUNDS=$((ROUNDS+1)); exit {status}");
        let attempt = pane.begin("step", script.as_bytes()).unwrap();
        pane.disconnect();
        let mut supervisor = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "shell::survival::a_supervisor_of_its_own", "--ignored", "--nocapture"])
            .env(DIRECTORY, pane.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let heard = BufReader::new(supervisor.stdout.take().unwrap()).lines();
        assert!(heard.map_while(Result::ok).any(|line| line.contains("connected")));
        supervisor.kill().unwrap();
        supervisor.wait().unwrap();
        let ended = match pane.reconnect() {
            HolderState::Ended(ended) => ended,
            state => {
                assert_eq!(state, HolderState::Running(attempt));
                pane.finish(&[]).ended
            }
        };
        assert_eq!((ended.attempt, ended.code), (attempt, i32::try_from(status).unwrap()), "round {round}");
    }
    let done = pane.run("echo $ROUNDS");
    assert!(done.out.ends_with("20\n"), "{done:?}");
}

#[test]
fn a_killed_holder_is_noticed_and_its_successor_takes_up_the_state() {
    let mut pane = Pane::open(Bash);
    pane.run("X=1; cd /usr");
    pane.begin("step", b"kill -9 $PPID").unwrap();
    while !matches!(pane.next(), HolderEvent::Lost(_)) {}
    pane.start(Bash).unwrap();
    assert_eq!(pane.run("echo $X $PWD").out, "1 /usr\n");
}

#[test]
fn a_second_holder_in_one_directory_is_refused() {
    let mut pane = Pane::open(Bash);
    let first = pane.holder.take();
    assert!(matches!(pane.start(Bash), Err(PtyError::Gone { .. })));
    pane.holder = first;
    assert_eq!(pane.run("echo alive").out, "alive\n");
}

#[test]
fn a_directory_that_others_can_enter_is_refused() {
    let mut pane = Pane::open(Bash);
    pane.close();
    std::fs::set_permissions(pane.path(), std::fs::Permissions::from_mode(0o750)).unwrap();
    let refusal = pane.start(Bash).unwrap_err().to_string();
    assert!(refusal.contains("is not private"), "{refusal}");
}

//! What a run survives: its front end, its supervisor, and what it says when nobody knows.

use holdpoint::engine::{Ask, Command};
use holdpoint::journal::{AttemptId, Attendance, Exit, Fact, Outcome, Resolution};
use rustix::process::{Pid, Signal, kill_process};

use crate::client::{Client, begin, supervise_again};
use crate::program::World;

/// One step that waits at a pipe, then leaves a line behind and ends with 7.
const WAITING: &str =
    "# Upgrade\n\n## 1. Wait\n\n```bash\nread line < gate; echo \"$line\" >> ran; echo seen; exit 7\n```\n";

fn make_gate(world: &World) -> std::path::PathBuf {
    let gate = world.path("work").join("gate");
    assert!(std::process::Command::new("mkfifo").arg(&gate).status().unwrap().success());
    gate
}

fn open_gate(gate: &std::path::Path) {
    std::fs::write(gate, "go\n").unwrap();
}

fn supervisor(client: &Client) -> Pid {
    let pid = client.entries.iter().rev().find_map(|entry| match &entry.fact {
        Fact::SupervisorStarted { pid, .. } => Some(*pid),
        _ => None,
    });
    Pid::from_raw(i32::try_from(pid.unwrap()).unwrap()).unwrap()
}

fn exited(fact: &Fact) -> bool {
    matches!(fact, Fact::CommandExited { .. })
}

#[track_caller]
fn assert_ended_once_with_7(client: &Client, world: &World) {
    let exits: Vec<Exit> = client
        .entries
        .iter()
        .filter_map(|entry| match &entry.fact {
            Fact::CommandExited { exit, .. } => Some(*exit),
            _ => None,
        })
        .collect();
    assert_eq!(exits.iter().map(|exit| exit.code).collect::<Vec<_>>(), [7]);
    assert_eq!(std::fs::read_to_string(world.path("work").join("ran")).unwrap(), "go\n");
}

async fn give_up(mut client: Client) {
    client.ask(Command::Abandon { reason: "the test is over".to_owned() }).await.unwrap();
}

#[tokio::test]
async fn a_command_goes_on_when_its_front_end_is_gone() {
    let world = World::new();
    let gate = make_gate(&world);
    begin(&world, WAITING);
    let mut first = Client::attach(&world).await;
    first.start_next().await;
    drop(first);
    let mut second = Client::attach(&world).await;
    assert_eq!(second.run.ask(), Ask::Wait(AttemptId(1)));
    second.wait_for_control().await;
    open_gate(&gate);
    second.wait_for(exited).await;
    second.wait_for_output("seen").await;
    assert_ended_once_with_7(&second, &world);
    give_up(second).await;
}

#[tokio::test]
async fn a_killed_supervisor_is_replaced_and_the_true_status_is_recorded() {
    for open_before_the_return in [true, false] {
        let world = World::new();
        let gate = make_gate(&world);
        let run = begin(&world, WAITING);
        let mut first = Client::attach(&world).await;
        first.start_next().await;
        kill_process(supervisor(&first), Signal::KILL).unwrap();
        if open_before_the_return {
            open_gate(&gate);
        }
        supervise_again(&world, &run);
        if !open_before_the_return {
            open_gate(&gate);
        }
        let mut second = Client::attach(&world).await;
        for shown in &first.entries {
            assert!(second.entries.contains(shown), "what was shown as recorded is missing: {shown:?}");
        }
        second.wait_for(exited).await;
        assert_ended_once_with_7(&second, &world);
        give_up(second).await;
    }
}

#[tokio::test]
async fn when_nobody_saw_the_end_a_person_says_what_became_of_it() {
    let world = World::new();
    make_gate(&world);
    let run = begin(&world, WAITING);
    let mut first = Client::attach(&world).await;
    first.start_next().await;
    let supervisor = supervisor(&first);
    let holder = children(supervisor).into_iter().next().expect("the supervisor has no holder");
    kill_process(supervisor, Signal::KILL).unwrap();
    kill_process(holder, Signal::KILL).unwrap();
    supervise_again(&world, &run);
    let mut second = Client::attach(&world).await;
    second.wait_for(|fact| matches!(fact, Fact::CommandLost { .. })).await;
    assert!(matches!(second.run.ask(), Ask::Resolve { attempt: AttemptId(1), .. }));
    let item = second.run.ask().item().cloned().unwrap();
    assert!(second.ask(Command::Start { item: item.clone() }).await.is_err(), "nothing runs twice");
    let note = "the file is not there".to_owned();
    let never = Command::Resolve { attempt: AttemptId(1), resolution: Resolution::NeverRan, note };
    second.ask(never).await.unwrap();
    assert_eq!(second.run.ask(), Ask::Run { item, statement: 0 });
    give_up(second).await;
}

/// The processes that this one started.
fn children(of: Pid) -> Vec<Pid> {
    let pid = of.as_raw_nonzero();
    let listed = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().flat_map(|task| {
        let path = task.unwrap().path().join("children");
        let children = std::fs::read_to_string(path).unwrap_or_default();
        children.split_whitespace().map(|child| child.parse::<i32>().unwrap()).collect::<Vec<_>>()
    });
    listed.filter_map(Pid::from_raw).collect()
}

#[tokio::test]
async fn one_controls_and_others_watch_until_control_is_taken() {
    let world = World::new();
    begin(&world, "# Upgrade\n\n## 1. Look\n\n```bash\necho hello\n```\n");
    let mut first = Client::attach(&world).await;
    let mut second = Client::attach_as(&world, Attendance::Watches).await;
    let refused = second.ask(Command::Abandon { reason: "no".to_owned() }).await.unwrap_err();
    assert_eq!(refused.to_string(), "you are watching; take control first");
    first.start_next().await;
    second.wait_for(exited).await;
    second.wait_for_output("hello").await;
    first.ask(Command::Finish { outcome: Outcome::Success, note: String::new() }).await.unwrap();
}

#[tokio::test]
async fn what_is_typed_reaches_the_program_and_interrupts_it() {
    let world = World::new();
    begin(
        &world,
        "# Upgrade\n\n## 1. Talk\n\n```bash\nread -p 'name? ' name; echo \"hello $name\"\n```\n\n## 2. Sleep\n\n```bash\nsh -c 'echo asleep; exec sleep 600'\n```\n",
    );
    let mut client = Client::attach(&world).await;
    client.start_next().await;
    client.wait_for_output("name?").await;
    client.keys(b"bob\r").await;
    client.wait_for_output("hello bob").await;
    client.wait_for(exited).await;
    client.start_next().await;
    client.wait_for_output("asleep").await;
    client.keys(b"\x03").await;
    client.wait_for(|fact| matches!(fact, Fact::CommandExited { exit, .. } if exit.code == 130)).await;
    give_up(client).await;
}

//! Walks by keyboard in a real terminal, on the built program: from preflight to review, programs that
//! want the keyboard for themselves, terminals that go away.

use rustix::process::{Pid, Signal, kill_process};

use crate::client::begin;
use crate::program::World;
use crate::terminal::{Terminal, has};

const LANTERN: &str = r#"# Mend the lantern

## Before

- [ ] The keeper is awake

## Upgrade

### 1. Look around

```bash
echo "all is quiet"
```

**Expected:** it says that all is quiet

### 2. Name the lamp

```bash
echo "she is called <lamp-name>" | tee name
```

### 3. Light it

```bash
test -e oil || { echo "out of oil"; exit 3; }
```

**Stop if:** smoke comes out of the window

## Rollback

### Put the old lamp back

```bash
rm name; echo "the old lamp burns"
```

- [ ] The harbour is lit
"#;

/// Confirms the command that is next.
fn run_next(terminal: &Terminal) {
    terminal.on("Enter run", &["Enter"]).on("y  run it", &["y"]);
}

/// Fills in what a run needs and begins it.
fn begin_by_hand(terminal: &Terminal) {
    terminal.enter("holdpoint --subject harbour upgrade.md");
    terminal.on("y approve this text", &["y"]).on("approved for running", &["Enter"]);
    terminal
        .until("Esc leave the form")
        .type_text("1.4.0")
        .keys(&["Tab"])
        .type_text("2.0.0")
        .keys(&["Tab", "Tab"]);
    terminal.on("Enter begin the run", &["Enter"]).until("harbour · 1.4.0 → 2.0.0");
}

/// Says how the run ended, and looks at what was recorded until it is left.
fn close_the_run(terminal: &Terminal, outcome: &str) {
    terminal.on("Enter close the run", &["Enter"]).until(outcome).on("y  close the run so", &["y"]);
    terminal.on("the run has ended", &["Enter"]).on("Timeline", &["G"]);
    let in_both_panes = |screen: &str| screen.matches("run ended").count() == 2;
    terminal.wait("the end is not looked at", in_both_panes);
    terminal.keys(&["q"]).until("ready>");
}

#[test]
fn a_run_is_walked_from_preflight_through_failure_and_rollback_to_its_review() {
    let world = World::new();
    world.write("upgrade.md", LANTERN);
    let Some(terminal) = Terminal::open(&world) else { return };
    begin_by_hand(&terminal);
    terminal.on("Enter answer", &["Enter"]).on("p  it holds", &["p"]);
    run_next(&terminal);
    terminal.on("exit 0 in", &["Enter"]).on("p  as expected", &["p"]);
    terminal.on("▸ 2 Name the lamp", &["Enter"]).until("Values for 2 Name the lamp");
    terminal.enter("alma").on("y  run it", &["y"]).until("she is called alma");
    terminal.until("▸ 3 Light it");
    run_next(&terminal);
    terminal.until("Failed: 3 Light it").on("i  log an incident", &["i"]).until("Incident at 3 Light it");
    terminal.keys(&["Enter"]).enter("carried the old lamp up").enter("bring a can");
    terminal.gone("Incident at").on("incident logged in", &["R"]);
    terminal.read("reason  kept in the record").enter("out of oil").on("y answer", &["y"]);
    terminal.until("↩ rolling back");
    run_next(&terminal);
    terminal
        .until("the old lamp burns")
        .on("exit 0 in", &["d"])
        .on("leave; the run goes on", &["y"])
        .until("ready>");
    terminal.enter("clear").gone("holdpoint").enter("holdpoint attach").until("↩ rolling back");
    terminal.on("Enter answer", &["Enter"]).on("p  it holds", &["p"]);
    close_the_run(&terminal, "▸ 1  rolled back");
    let log = std::fs::read_to_string(world.path("work").join("what-broke-last-time.md")).unwrap();
    for words in ["**Symptoms:** out of oil", "**Fix:** carried the old lamp up", "bring a can"] {
        assert!(log.contains(words), "{log}");
    }
    world.run(&["verify"]).ends_with(0).says("whole");
    world.run(&["runs"]).says("rolled back");
    terminal.enter("holdpoint upgrade.md").until("out of oil").on("bring a can", &["Escape"]);
}

/// A run of one step for each of these commands, attached to in a terminal.
fn attached(world: &World, commands: &[&str]) -> Option<Terminal> {
    let terminal = Terminal::open(world)?;
    let step =
        |(index, command): (usize, &&str)| format!("## {}. Step\n\n```bash\n{command}\n```\n", index + 1);
    let steps: Vec<String> = commands.iter().enumerate().map(step).collect();
    begin(world, &format!("# Upgrade\n\n{}", steps.join("\n")));
    terminal.enter("holdpoint attach");
    Some(terminal)
}

/// The last command ended well, and so does the run.
fn end_well(terminal: &Terminal) {
    close_the_run(terminal, "▸ 1  success");
}

#[test]
fn vim_writes_a_file_and_quits() {
    if !has("vim") {
        return;
    }
    let world = World::new();
    let Some(terminal) = attached(&world, &["vim -u NONE -N note.txt"]) else { return };
    run_next(&terminal);
    terminal.on("[New", &["i"]).read("-- INSERT --").type_text("the oil is in the shed");
    terminal.on("in the shed", &["Escape"]).gone("-- INSERT --").enter(":wq");
    end_well(&terminal);
    let note = std::fs::read_to_string(world.path("work").join("note.txt")).unwrap();
    assert_eq!(note, "the oil is in the shed\n");
}

#[test]
fn less_pages_and_quits() {
    if !has("less") {
        return;
    }
    let world = World::new();
    let lights: Vec<String> = (1..=200).map(|light| format!("light {light}\n")).collect();
    world.write("lights", &lights.concat());
    let Some(terminal) = attached(&world, &["less lights"]) else { return };
    run_next(&terminal);
    terminal.on("light 2", &["Space"]).gone("light 2 ").keys(&["G"]);
    terminal.until("light 200").keys(&["g"]).until("light 1 ").keys(&["q"]);
    end_well(&terminal);
}

#[test]
fn top_starts_and_quits() {
    if !has("top") {
        return;
    }
    let world = World::new();
    let Some(terminal) = attached(&world, &["top"]) else { return };
    run_next(&terminal);
    terminal.on("load average", &["q"]);
    end_well(&terminal);
}

#[test]
fn a_password_is_asked_for_and_neither_shown_nor_kept() {
    let world = World::new();
    world.write(
        "ask",
        "printf '[sudo] password for ada: '; stty -echo; read -r word; stty echo; echo\n\
         test \"$word\" = sesame && echo 'welcome, root'\n",
    );
    let commands = ["read -s -p 'a word? ' word; echo; echo \"${#word} characters\"", "sh ask"];
    let Some(terminal) = attached(&world, &commands) else { return };
    for (question, welcome) in [("a word?", "6 characters"), ("[sudo] password for ada:", "welcome, root")] {
        run_next(&terminal);
        terminal.until(question).read("hidden input").type_text("sesame").keys(&["Enter"]).until(welcome);
        assert!(!terminal.screen().contains("sesame"), "{}", terminal.screen());
    }
    end_well(&terminal);
    let kept = std::process::Command::new("grep").args(["-rc", "sesame"]).arg(world.path("home")).output();
    let kept = String::from_utf8(kept.unwrap().stdout).unwrap();
    assert!(kept.lines().all(|line| line.ends_with(":0") || line.contains("runbook")), "{kept}");
}

#[test]
fn control_c_ends_what_would_take_too_long() {
    let world = World::new();
    let Some(terminal) = attached(&world, &["echo asleep since $((20 + 3)); sleep 600"]) else { return };
    run_next(&terminal);
    terminal.on("asleep since 23", &["C-c"]).on("Failed: 1 Step", &["a"]);
    terminal.read("reason").enter("it took too long").on("y answer", &["y"]).until("the run has ended");
}

/// A program that says how large its terminal is, whenever that changes, on a screen of its own.
const MEASURE: &str = r"measure() { printf '\033[2J\033[H'; stty size | sed 's/^/size /'; }
printf '\033[?1049h'; trap measure WINCH; measure
until test -e enough; do sleep 0.02; done
printf '\033[?1049l'";

/// The rows and columns that the program was told of, once they are other than these.
fn size_told(terminal: &Terminal, others: &[(u16, u16)]) -> (u16, u16) {
    let told = |screen: &str| {
        let line = screen.lines().find_map(|line| line.split_once("│ size ")).map(|(_, rest)| rest)?;
        let mut numbers = line.split_whitespace().map_while(|word| word.parse().ok());
        numbers.next().zip(numbers.next()).filter(|size| !others.contains(size))
    };
    terminal.wait("no new size is told", |screen| told(screen).is_some());
    told(&terminal.screen()).unwrap()
}

#[test]
fn a_full_screen_program_is_told_of_every_new_size() {
    let world = World::new();
    world.write("measure", MEASURE);
    let Some(terminal) = attached(&world, &["sh measure"]) else { return };
    run_next(&terminal);
    let mut seen = vec![size_told(&terminal, &[])];
    for (columns, rows) in [(80, 24), (140, 50), (120, 36)] {
        terminal.resize(columns, rows);
        let told = size_told(&terminal, &seen[seen.len() - 1..]);
        assert!(told.0 < rows && told.1 < columns, "{told:?} within {rows} rows of {columns}");
        seen.push(told);
    }
    assert_eq!(seen.first(), seen.last());
    world.write("enough", "");
    end_well(&terminal);
}

/// Waits at a gate, and says when it is through.
const GATE: &str =
    "echo gate $((3 + 4)); until test -e open; do sleep 0.02; done; echo went-on >> through; cat through";

/// After something took the first terminal, the command has gone on, and has run once.
fn check_survival(take: impl FnOnce(Terminal)) {
    let world = World::new();
    let Some(first) = attached(&world, &[GATE]) else { return };
    run_next(&first);
    first.until("gate 7");
    take(first);
    let second = Terminal::open(&world).unwrap();
    second.enter("holdpoint attach").until("gate 7").until("Enter type into it");
    world.write("open", "");
    second.until("went-on").until("exit 0 in");
    end_well(&second);
    assert_eq!(std::fs::read_to_string(world.path("work").join("through")).unwrap(), "went-on\n");
}

#[test]
fn a_command_goes_on_when_its_terminal_is_closed() {
    check_survival(Terminal::close);
}

#[test]
fn a_command_goes_on_when_its_screen_is_killed() {
    check_survival(|terminal| {
        kill_process(Pid::from_raw(terminal.foreground()).unwrap(), Signal::KILL).unwrap();
        terminal.until("Killed");
    });
}

#[test]
fn the_terminal_is_left_as_it_was_found() {
    let world = World::new();
    world.write("upgrade.md", LANTERN);
    let Some(terminal) = Terminal::open(&world) else { return };
    let state = || terminal.state("#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_flag}");
    let before = state();
    terminal.enter("stty -a > before; holdpoint upgrade.md; stty -a > after; echo left with $?");
    terminal.until("What was understood");
    assert_ne!(state(), before);
    terminal.on("Esc back", &["Escape"]).until("left with 0");
    assert_eq!(state(), before);
    let modes = |name: &str| std::fs::read_to_string(world.path("work").join(name)).unwrap();
    assert_eq!(modes("after"), modes("before"));
}

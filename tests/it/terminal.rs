//! A real terminal with a shell in it: a tmux server of its own, keys sent, the screen read. Waits for
//! what is to be seen, never for time; the one pause is the hand of a person who has read a question.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::World;

/// How long anything may take before the test is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at the screen.
const LOOK: Duration = Duration::from_millis(20);
/// From reading to pressing. The screens take nothing for an answer that comes sooner.
const HAND: Duration = Duration::from_millis(180);

/// A terminal of 120 columns and 36 rows; it goes with this value.
pub(crate) struct Terminal {
    socket: PathBuf,
}

/// Whether a program is installed; says so if a test has to be skipped.
pub(crate) fn has(program: &str) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .any(|folder| folder.join(program).is_file());
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

impl Terminal {
    /// A shell in this world, with the program on its path; `None` where there is no tmux.
    pub(crate) fn open(world: &World) -> Option<Self> {
        if !has("tmux") {
            return None;
        }
        let socket = free_name(world);
        let terminal = Self { socket };
        let mut command = terminal.tmux(&["new-session", "-d", "-x", "120", "-y", "36", "--"]);
        command.args(["env", "-u", "NO_COLOR", "-u", "ENV", "-u", "LESS"]).args(environment(world)).arg("sh");
        command.current_dir(world.path("work"));
        assert!(command.status().unwrap().success(), "tmux does not start");
        terminal.until("ready>");
        Some(terminal)
    }

    /// Waits until this stands on the screen.
    #[track_caller]
    pub(crate) fn until(&self, text: &str) -> &Self {
        self.wait(&format!("`{text}` never came"), |screen| screen.contains(text));
        self
    }

    /// Waits until this stands on the screen no more.
    #[track_caller]
    pub(crate) fn gone(&self, text: &str) -> &Self {
        self.wait(&format!("`{text}` stayed"), |screen| !screen.contains(text));
        self
    }

    /// Waits until the screen is like this.
    #[track_caller]
    pub(crate) fn wait(&self, trouble: &str, fits: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if fits(&screen) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{trouble}:\n{screen}");
            std::thread::sleep(LOOK);
        }
    }

    /// Reads this on the screen, and has the hand on the keys.
    #[track_caller]
    pub(crate) fn read(&self, text: &str) -> &Self {
        self.until(text);
        std::thread::sleep(HAND);
        self
    }

    /// Reads this on the screen, then presses these keys.
    #[track_caller]
    pub(crate) fn on(&self, text: &str, keys: &[&str]) -> &Self {
        self.read(text).keys(keys)
    }

    /// Presses keys, by the names that tmux has for them.
    #[track_caller]
    pub(crate) fn keys(&self, keys: &[&str]) -> &Self {
        assert!(self.tmux(&["send-keys"]).args(keys).status().unwrap().success());
        self
    }

    /// Types a text as it stands.
    #[track_caller]
    pub(crate) fn type_text(&self, text: &str) -> &Self {
        assert!(self.tmux(&["send-keys", "-l", "--", text]).status().unwrap().success());
        self
    }

    /// Types a line, reads it, and ends it.
    #[track_caller]
    pub(crate) fn enter(&self, line: &str) -> &Self {
        self.type_text(line).on(line, &["Enter"])
    }

    /// Makes the terminal this large.
    #[track_caller]
    pub(crate) fn resize(&self, columns: u16, rows: u16) -> &Self {
        let (columns, rows) = (columns.to_string(), rows.to_string());
        assert!(self.tmux(&["resize-window", "-x", &columns, "-y", &rows]).status().unwrap().success());
        self
    }

    /// What stands on the screen.
    pub(crate) fn screen(&self) -> String {
        let captured = self.tmux(&["capture-pane", "-p"]).output().unwrap();
        String::from_utf8_lossy(&captured.stdout).into_owned()
    }

    /// What the terminal says of itself, in tmux's words.
    pub(crate) fn state(&self, format: &str) -> String {
        let told = self.tmux(&["display-message", "-p", format]).output().unwrap();
        String::from_utf8_lossy(&told.stdout).trim().to_owned()
    }

    /// The process that the shell waits for.
    pub(crate) fn foreground(&self) -> i32 {
        let shell = self.state("#{pane_pid}");
        let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
        children.split_whitespace().next().expect("the shell runs nothing").parse().unwrap()
    }

    /// Takes the terminal away from everything in it.
    pub(crate) fn close(self) {
        assert!(self.tmux(&["kill-session"]).status().unwrap().success());
    }

    fn tmux(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("tmux");
        command.args(["-u", "-f", "/dev/null", "-S"]).arg(&self.socket).args(arguments);
        command.env_remove("TMUX").stdin(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.tmux(&["kill-server"]).status();
    }
}

/// A server's socket that no other terminal of this world has.
fn free_name(world: &World) -> PathBuf {
    let names = (0..).map(|number| world.path("tmp").join(format!("tmux-{number}")));
    names.into_iter().find(|path| !path.exists()).unwrap()
}

/// The world's variables, as `env` takes them.
fn environment(world: &World) -> Vec<String> {
    let command = world.command(&[]);
    let set = command.get_envs().filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)));
    let folder = PathBuf::from(env!("CARGO_BIN_EXE_holdpoint"));
    let folder = folder.parent().unwrap().display();
    let mut variables: Vec<String> = set
        .map(|(name, value)| match name {
            "PATH" => format!("PATH={folder}:{value}"),
            _ => format!("{name}={value}"),
        })
        .collect();
    variables.extend(["PS1=ready> ", "LC_ALL=C.UTF-8"].map(str::to_owned));
    variables
}

//! The built program in a world of its own: state, sockets and working directory in a folder that goes
//! with the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// The root of the project.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of documents that is not part of the project, if it is there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = project().join("../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not on this machine", path.display());
    None
}

/// A world of one test.
pub(crate) struct World {
    folder: TempDir,
}

/// What a call of the program came to.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("holdpoint-test.").tempdir().unwrap();
        for name in ["home", "runtime", "work", "tmp"] {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).unwrap();
            let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            std::fs::set_permissions(&path, private).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A runbook or another file in the working directory.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path("work").join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program, to be started in this world.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
        command
            .args(arguments)
            .current_dir(self.path("work"))
            .env("HOLDPOINT_HOME", self.path("home"))
            .env("XDG_RUNTIME_DIR", self.path("runtime"))
            .env("TMPDIR", self.path("tmp"))
            .env("PATH", search_path())
            .env("STANDIN_LOG", self.path("standin.log"))
            .env("DEMO_PACE", "0")
            .env_remove("NO_COLOR")
            .env_remove("DEMO_FAIL")
            .env_remove("STANDIN_FAIL")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Told {
        told(&self.command(arguments).output().unwrap())
    }

    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Told {
        told(&self.command(arguments).envs(variables.iter().copied()).output().unwrap())
    }

    /// The entries of the newest run, as JSON.
    pub(crate) fn entries(&self) -> Vec<serde_json::Value> {
        let shown = self.run(&["show", "--json"]);
        shown.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// What a test began ends with it: supervisors and holders whose state is in this world.
impl Drop for World {
    fn drop(&mut self) {
        let home = format!("HOLDPOINT_HOME={}", self.path("home").display());
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        for process in processes {
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            let is_ours = environment.split(|byte| *byte == 0).any(|variable| variable == home.as_bytes());
            let id = process.file_name().to_string_lossy().parse().ok().and_then(Pid::from_raw);
            if let (true, Some(id)) = (is_ours, id) {
                let _ = kill_process(id, Signal::KILL);
            }
        }
    }
}

/// Stand-in commands first, then the host's.
fn search_path() -> String {
    let standins = project().join("tests/fixtures/standins/bin");
    format!("{}:{}", standins.display(), std::env::var("PATH").unwrap())
}

fn told(output: &Output) -> Told {
    Told {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        error: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Told {
    /// Checks the exit code, and shows everything if it is another.
    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "\n--- out\n{}\n--- error\n{}", self.out, self.error);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(
            self.out.contains(words) || self.error.contains(words),
            "`{words}` is missing\n--- out\n{}\n--- error\n{}",
            self.out,
            self.error
        );
        self
    }
}

//! Steps that run elsewhere: over a real ssh connection to this machine, as another user, in what
//! stands in for a container.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use holdpoint::pty::Shell::Bash;
use holdpoint::runbook::Session;
use holdpoint::target::{self, Target};
use tempfile::TempDir;

use crate::shell::pane::{Done, Pane, Then};

const SSHD: &str = "/usr/sbin/sshd";

/// An ssh server of a test's own, for the user who runs the test.
struct Server {
    process: Child,
    directory: TempDir,
}

impl Server {
    /// Nothing where there is no sshd.
    fn start() -> Option<Self> {
        if !Path::new(SSHD).exists() {
            println!("skipped: {SSHD} is not installed");
            return None;
        }
        std::fs::create_dir_all("/run/sshd").ok();
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for key in ["host", "user"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(at(key))
                .status();
            assert!(made.unwrap().success());
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        std::fs::write(
            at("sshd_config"),
            format!(
                "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
                 StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\n",
                at("host").display(),
                at("user.pub").display()
            ),
        )
        .unwrap();
        std::fs::write(
            at("config"),
            format!(
                "Host vps\n HostName 127.0.0.1\n Port {port}\n IdentityFile {}\n IdentitiesOnly yes\n\
                  StrictHostKeyChecking no\n UserKnownHostsFile {}\n",
                at("user").display(),
                at("known_hosts").display()
            ),
        )
        .unwrap();
        let mut process = Command::new(SSHD)
            .args(["-D", "-e", "-f"])
            .arg(at("sshd_config"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "sshd did not start");
        }
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Some(Self { process, directory })
    }

    fn statement(&self) -> String {
        format!("ssh -F {} vps", self.directory.path().join("config").display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A pane with targets open in it, outermost first.
struct Elsewhere {
    pane: Pane,
    targets: Vec<Target>,
}

impl Elsewhere {
    fn new() -> Self {
        Self { pane: Pane::open(Bash), targets: Vec::new() }
    }

    fn open(&mut self, session: Session, statement: &str) -> Done {
        let target = target::open(session, statement, self.pane.path()).unwrap();
        let script = target::through(&self.targets, "open", &target.open_script());
        self.targets.push(target);
        self.pane.run(&script)
    }

    fn play(&mut self, script: &str, cues: &[(&str, Then<'_>)]) -> Done {
        let script = target::through(&self.targets, "8-step", script);
        self.pane.play(&script, cues)
    }

    fn check(&mut self, steps: &[(&str, &str, &str)]) {
        for (script, code, out) in steps {
            let done = self.play(script, &[]);
            assert_eq!((done.code.to_string().as_str(), done.out.as_str()), (*code, *out), "{script:?}");
        }
    }

    fn close(&mut self) -> Done {
        let target = self.targets.pop().unwrap();
        let script = target::through(&self.targets, "close", &target.close_script());
        self.pane.run(&script)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        while !self.targets.is_empty() {
            self.close();
        }
    }
}

/// A pane with a target opened over ssh in it.
fn over_ssh() -> Option<(Server, Elsewhere)> {
    let server = Server::start()?;
    let mut elsewhere = Elsewhere::new();
    let opened = elsewhere.open(Session::Ssh, &server.statement());
    assert_eq!((opened.code, opened.out.as_str()), (0, ""));
    assert_eq!(opened.ended.left_over, Vec::<String>::new());
    Some((server, elsewhere))
}

const CARRIED: [(&str, &str, &str); 11] = [
    ("cd /usr; export A='x  y'; f() { echo F$1; }; alias q='echo Q'; arr=(1 '2 3')", "0", ""),
    ("echo $PWD \"$A\" ${arr[1]}; f 1; q; sh -c 'echo \"$A\"'", "0", "/usr x  y 2 3\nF1\nQ\nx  y\n"),
    ("B=1; cd share; exit 3; echo no", "3", ""),
    ("echo $B $PWD", "0", "1 /usr/share\n"),
    ("set -e; C=2; false; echo no", "1", ""),
    ("false; echo $C", "0", "2\n"),
    ("umask 027; set -o pipefail", "0", ""),
    ("umask; false | true", "1", "0027\n"),
    ("trap 'echo bye' EXIT; echo work", "0", "work\nbye\n"),
    ("exit 255", "255", ""),
    (
        "printf '%s\\n' \"it's $((1+1)) \\\"q\\\" \\\\ !! é\" '$A `id`'; printf end",
        "0",
        "it's 2 \"q\" \\ !! é\n$A `id`\nend",
    ),
];

#[test]
fn steps_over_ssh_carry_their_state_and_leave_ours_alone() {
    let Some((_server, mut elsewhere)) = over_ssh() else { return };
    elsewhere.check(&CARRIED);
    assert!(!elsewhere.targets[0].is_lost());
    let here = elsewhere.pane.run("echo $PWD [${A-}]");
    assert_eq!(here.out, "/ []\n");
}

#[test]
fn an_error_over_ssh_names_the_steps_file_and_line() {
    let Some((_server, mut elsewhere)) = over_ssh() else { return };
    let done = elsewhere.play("\n\nnosuch", &[]);
    assert!(done.code == 127 && done.out.contains("/8-step.sh: line 3: nosuch"), "{done:?}");
}

#[test]
fn a_program_over_ssh_has_a_terminal_that_is_resized_and_interrupted() {
    let Some((_server, mut elsewhere)) = over_ssh() else { return };
    let done = elsewhere.play("read -p 'name? ' x; echo got:$x", &[("name?", Then::Type("bob\r"))]);
    assert!(done.out.contains("got:bob"), "{done:?}");
    let script = "trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.1; done";
    let done = elsewhere.play(script, &[("30 100", Then::Resize(77, 11)), ("11 77", Then::Type("x"))]);
    assert_eq!(done.code, 0);
    let script = "K=1; cd /usr; sh -c 'echo go; exec sleep 30'; echo no";
    let done = elsewhere.play(script, &[("go", Then::Type("\x03"))]);
    assert!(done.code == 130 && !done.out.contains("no"), "{done:?}");
    elsewhere.check(&[("echo $K $PWD", "0", "1 /usr\n")]);
}

#[test]
fn an_interrupt_over_ssh_reaches_the_program_there() {
    let Some((_server, mut elsewhere)) = over_ssh() else { return };
    let done = elsewhere.play("sh -c 'echo go; exec sleep 30'; echo no", &[("go", Then::Interrupt)]);
    assert_eq!(done.code, 130);
    assert!(!elsewhere.targets[0].is_lost());
}

#[test]
fn a_long_script_travels_whole() {
    let Some((_server, mut elsewhere)) = over_ssh() else { return };
    let mut script = "x=0\n".to_owned();
    script.push_str(&format!("x=$((x+1)) # {}\n", "p".repeat(60)).repeat(5000));
    script.push_str("echo $x");
    elsewhere.check(&[(&script, "0", "5000\n")]);
}

#[test]
fn a_lost_connection_is_told_from_a_status_and_can_be_opened_again() {
    let Some((_server, mut elsewhere)) = over_ssh() else { return };
    elsewhere.check(&[("X=1; cd /usr", "0", ""), ("(exit 255)", "255", "")]);
    assert!(!elsewhere.targets[0].is_lost());
    let done = elsewhere.play("kill -9 $(ps -o ppid= -p $PPID)", &[]);
    assert_eq!(done.code, 255, "{done:?}");
    assert!(elsewhere.targets[0].is_lost(), "{done:?}");
    let again = elsewhere.targets[0].open_script();
    assert_eq!(elsewhere.pane.run(&again).code, 0);
    elsewhere.check(&[("echo $X $PWD", "0", "1 /usr\n")]);
    assert!(!elsewhere.targets[0].is_lost());
}

#[test]
fn leaving_ends_the_connection_and_removes_what_was_carried() {
    let Some((_server, mut elsewhere)) = over_ssh() else { return };
    let done = elsewhere.play("echo ${__holdpoint_directory}", &[]);
    let carried = PathBuf::from(done.out.trim());
    assert!(carried.is_dir(), "{carried:?}");
    assert_eq!(elsewhere.close().code, 0);
    assert!(!carried.exists());
    let sockets = std::fs::read_dir(elsewhere.pane.path()).unwrap().flatten();
    assert_eq!(sockets.filter(|file| file.file_name().len() == 12).count(), 0);
}

#[test]
fn where_nothing_listens_the_target_is_lost() {
    let mut elsewhere = Elsewhere::new();
    let done = elsewhere.open(Session::Ssh, "ssh -p 1 -o ConnectTimeout=2 127.0.0.1");
    assert_eq!(done.code, 255);
    assert!(elsewhere.targets.pop().unwrap().is_lost());
}

#[test]
fn steps_as_another_user_carry_their_state() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: becoming another user without a password takes root");
        return;
    }
    let mut elsewhere = Elsewhere::new();
    assert_eq!(elsewhere.open(Session::User, "su -").code, 0);
    elsewhere.check(&CARRIED);
}

#[test]
fn steps_in_a_container_carry_their_state() {
    let mut elsewhere = Elsewhere::new();
    let stand_in = elsewhere.pane.path().join("docker");
    std::fs::write(&stand_in, "#!/bin/sh\n[ \"$1 $2 $3\" = 'exec -it web' ] || [ \"$1 $2 $3\" = 'exec -i web' ] || exit 64\nshift 3\nexec \"$@\"\n").unwrap();
    std::fs::set_permissions(&stand_in, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let statement = format!("{} exec -it web bash", stand_in.display());
    assert_eq!(elsewhere.open(Session::Container, &statement).code, 0);
    elsewhere.check(&CARRIED);
    let script = format!("{}echo $x", "x=$((x+1))\n".repeat(20_000));
    elsewhere.check(&[(&script, "0", "20000\n")]);
}

#[test]
fn a_target_inside_a_target_carries_its_own_state() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: becoming another user without a password takes root");
        return;
    }
    let Some((_server, mut elsewhere)) = over_ssh() else { return };
    elsewhere.check(&[("WHERE=outer; cd /usr", "0", "")]);
    assert_eq!(elsewhere.open(Session::User, "su -").code, 0);
    elsewhere.check(&[
        ("echo [${WHERE-}]; WHERE=inner; cd /etc; exit 4", "4", "[]\n"),
        ("echo $WHERE $PWD", "0", "inner /etc\n"),
    ]);
    assert_eq!(elsewhere.close().code, 0);
    elsewhere.check(&[("echo $WHERE $PWD", "0", "outer /usr\n")]);
}

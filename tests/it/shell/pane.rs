//! A holder of its own for a test, driven step by step: the one place that touches the interface.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use holdpoint::pty::{Ended, Holder, HolderEvent, HolderState, PtyError, Shell, Size, Spec};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// No test waits longer than this for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to do once the output contains a text that it did not contain before.
pub(crate) enum Then<'a> {
    Type(&'a str),
    Resize(u16, u16),
    Interrupt,
    Abort,
}

/// What became of a step.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) code: i32,
    /// With newlines as the script wrote them.
    pub(crate) out: String,
    pub(crate) ended: Ended,
    pub(crate) hidden: Vec<bool>,
}

pub(crate) struct Pane {
    runtime: Runtime,
    pub(crate) holder: Option<Holder>,
    pub(crate) directory: TempDir,
    attempt: u32,
}

impl Pane {
    pub(crate) fn open(shell: Shell) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mode = Permissions::from_mode(0o700);
        let directory = tempfile::Builder::new().permissions(mode).tempdir().unwrap();
        let mut pane = Self { runtime, holder: None, directory, attempt: 0 };
        pane.start(shell).unwrap();
        pane
    }

    /// Starts a holder in the pane's directory.
    pub(crate) fn start(&mut self, shell: Shell) -> Result<(), PtyError> {
        let spec = Spec {
            program: env!("CARGO_BIN_EXE_holdpoint").into(),
            directory: self.path().to_owned(),
            shell,
            size: Size { columns: 100, rows: 30 },
            start_in: "/".into(),
            environment: vec![("TERM".to_owned(), "xterm-256color".to_owned())],
        };
        self.holder = Some(self.runtime.block_on(Holder::start(&spec))?);
        Ok(())
    }

    pub(crate) fn holder(&self) -> &Holder {
        self.holder.as_ref().unwrap()
    }

    /// Runs a step to its end.
    pub(crate) fn run(&mut self, script: &str) -> Done {
        self.play(script, &[])
    }

    /// Runs a step, doing something at every text that its output comes to contain.
    pub(crate) fn play(&mut self, script: &str, cues: &[(&str, Then<'_>)]) -> Done {
        self.begin("step", script.as_bytes()).unwrap();
        self.finish(cues)
    }

    /// Starts a step and waits for nothing.
    pub(crate) fn begin(&mut self, name: &str, script: &[u8]) -> Result<u32, PtyError> {
        self.attempt += 1;
        self.holder().run(self.attempt, name, script).map(|()| self.attempt)
    }

    /// Sees a step to its end.
    pub(crate) fn finish(&mut self, cues: &[(&str, Then<'_>)]) -> Done {
        let mut out = Vec::new();
        let mut hidden = Vec::new();
        let mut cues = cues.iter();
        let mut cue = cues.next();
        let mut seen = 0;
        loop {
            match self.next_after(&out) {
                HolderEvent::Output(bytes) => out.extend_from_slice(&bytes),
                HolderEvent::EchoHidden(is_hidden) => {
                    hidden.push(is_hidden);
                    if is_hidden {
                        out.extend_from_slice(b"\x01");
                    }
                }
                HolderEvent::Begun { attempt } => assert_eq!(attempt, self.attempt),
                HolderEvent::Ended(ended) if ended.attempt == self.attempt => {
                    assert!(cue.is_none(), "never saw {:?} in {:?}", cue.unwrap().0, text(&out));
                    self.holder().acknowledge(ended.attempt).unwrap();
                    let out = text(&out).replace('\u{1}', "");
                    return Done { code: ended.code, out, ended, hidden };
                }
                event => panic!("unexpected {event:?} after {:?}", text(&out)),
            }
            while let Some((awaited, then)) = cue {
                let text = text(&out);
                let Some(at) = text.get(seen..).and_then(|rest| rest.find(awaited)) else { break };
                seen += at + awaited.len();
                self.act(then);
                cue = cues.next();
            }
        }
    }

    /// Reads output until it contains a text.
    pub(crate) fn wait_for(&mut self, awaited: &str) -> String {
        let mut out = Vec::new();
        while !text(&out).contains(awaited) {
            if let HolderEvent::Output(bytes) = self.next_after(&out) {
                out.extend_from_slice(&bytes);
            }
        }
        text(&out)
    }

    pub(crate) fn next(&mut self) -> HolderEvent {
        self.next_after(&[])
    }

    fn next_after(&mut self, out: &[u8]) -> HolderEvent {
        let holder = self.holder.as_mut().unwrap();
        let event = self.runtime.block_on(async { timeout(PATIENCE, holder.next()).await });
        event.unwrap_or_else(|_| panic!("nothing more came after {:?}", text(out))).unwrap()
    }

    fn act(&self, then: &Then<'_>) {
        match then {
            Then::Type(keys) => self.holder().write(keys.as_bytes()).unwrap(),
            Then::Resize(columns, rows) => {
                self.holder().resize(Size { columns: *columns, rows: *rows }).unwrap();
            }
            Then::Interrupt => self.holder().interrupt().unwrap(),
            Then::Abort => self.holder().abort().unwrap(),
        }
    }

    /// What a crash of the supervisor is to the holder.
    pub(crate) fn disconnect(&mut self) {
        self.holder = None;
    }

    pub(crate) fn reconnect(&mut self) -> HolderState {
        let holder = self.runtime.block_on(Holder::reconnect(self.directory.path())).unwrap();
        let state = holder.state().clone();
        self.holder = Some(holder);
        state
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn close(&mut self) -> Vec<String> {
        let holder = self.holder.take().unwrap();
        self.runtime.block_on(async { timeout(PATIENCE, holder.close()).await }).unwrap().unwrap()
    }
}

impl Drop for Pane {
    fn drop(&mut self) {
        if let Some(holder) = self.holder.take() {
            self.runtime.block_on(async { timeout(PATIENCE, holder.close()).await }).ok();
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

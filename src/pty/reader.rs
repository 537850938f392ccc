//! The terminal's output and the holder's notices, read by one thread and put into one order. Does
//! no work per byte, and drops nothing: a slow consumer makes the command wait, as a slow terminal
//! would.
#![expect(clippy::disallowed_methods, reason = "the door to the reading thread")]
#![expect(clippy::disallowed_types, reason = "the door to the holder's socket")]

use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::Sender;

use super::HolderEvent;
use super::lines::Lines;
use super::terminal::is_echo_hidden;
use super::wire::Notice;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// How long output may take from the program's end of the terminal to ours.
const STRAGGLE: Duration = Duration::from_millis(3);

/// How much output can be under way inside the terminal, with room to spare.
const IN_FLIGHT: usize = 256 * 1024;

/// How often a running program is looked at for a hidden prompt.
const GLANCE: Duration = Duration::from_millis(100);

/// Nothing runs.
pub(super) const IDLE: u8 = 0;
/// A command was asked for and has not begun: what follows is its output, and waits for that.
pub(super) const ASKED: u8 = 1;
/// A command runs.
pub(super) const RUNNING: u8 = 2;

/// One of [`IDLE`], [`ASKED`] and [`RUNNING`], known to the handle as well.
pub(super) type Phase = Arc<AtomicU8>;

/// The reading end of a connection to a holder.
pub(super) struct Reader {
    pub(super) master: OwnedFd,
    pub(super) connection: UnixStream,
    pub(super) lines: Lines,
    pub(super) events: Sender<HolderEvent>,
    pub(super) phase: Phase,
    pub(super) is_hidden: bool,
}

/// Nobody wants to hear more.
struct Unheard;

impl Reader {
    /// Starts the thread. It ends with the connection, or when nobody listens any more.
    pub(super) fn start(mut self) {
        thread::spawn(move || self.read_on());
    }

    fn read_on(&mut self) -> Result<(), Unheard> {
        let mut chunk = vec![0; CHUNK];
        self.hear_all(&mut chunk)?;
        loop {
            let (has_output, has_notice) = self.wait();
            if self.events.is_closed() {
                return Err(Unheard);
            }
            if has_notice && !self.listen(&mut chunk)? {
                self.read_rest(&mut chunk)?;
                return self.tell(HolderEvent::Lost("the holder ended without a word".to_owned()));
            }
            if has_output && self.phase.load(Ordering::Acquire) != ASKED {
                self.read(&mut chunk)?;
            }
            self.look()?;
        }
    }

    /// Waits for output or a notice.
    fn wait(&self) -> (bool, bool) {
        let phase = self.phase.load(Ordering::Acquire);
        let wanted = if phase == ASKED { PollFlags::empty() } else { PollFlags::IN };
        let timeout = Timespec::try_from(GLANCE).ok().filter(|_| phase != IDLE);
        let mut watched = [PollFd::new(&self.master, wanted), PollFd::new(&self.connection, PollFlags::IN)];
        if poll(&mut watched, timeout.as_ref()).is_err() {
            return (false, false);
        }
        (watched[0].revents().contains(PollFlags::IN), !watched[1].revents().is_empty())
    }

    /// Hands on what is there, a chunk at most; how much it was.
    fn read(&self, chunk: &mut [u8]) -> Result<usize, Unheard> {
        let mut count = 0;
        while count < chunk.len() {
            match rustix::io::read(&self.master, &mut chunk[count..]) {
                Ok(more @ 1..) => count += more,
                Err(Errno::INTR) => {}
                Ok(0) | Err(_) => break,
            }
        }
        if count > 0 {
            self.tell(HolderEvent::Output(chunk[..count].to_vec()))?;
        }
        Ok(count)
    }

    /// Hands on what a command that is over wrote before its end.
    fn read_rest(&self, chunk: &mut [u8]) -> Result<(), Unheard> {
        let mut total = 0;
        while total < IN_FLIGHT {
            let count = self.read(chunk)?;
            if count == 0 && !self.has_straggler() {
                break;
            }
            total += count.max(1);
        }
        Ok(())
    }

    fn has_straggler(&self) -> bool {
        let timeout = Timespec::try_from(STRAGGLE).ok();
        let mut watched = [PollFd::from_borrowed_fd(self.master.as_fd(), PollFlags::IN)];
        poll(&mut watched, timeout.as_ref()).is_ok() && watched[0].revents().contains(PollFlags::IN)
    }

    /// Says when what is typed begins or ceases to be hidden.
    fn look(&mut self) -> Result<(), Unheard> {
        let is_hidden = self.phase.load(Ordering::Acquire) == RUNNING && is_echo_hidden(self.master.as_fd());
        if is_hidden == self.is_hidden {
            return Ok(());
        }
        self.is_hidden = is_hidden;
        self.tell(HolderEvent::EchoHidden(is_hidden))
    }

    /// Takes in notices; whether the holder is still there.
    fn listen(&mut self, chunk: &mut [u8]) -> Result<bool, Unheard> {
        let mut buffer = [0; 4096];
        let Ok(count @ 1..) = self.connection.read(&mut buffer) else {
            return if self.events.is_closed() { Err(Unheard) } else { Ok(false) };
        };
        self.lines.push(&buffer[..count]);
        self.hear_all(chunk)?;
        Ok(true)
    }

    /// Passes on the notices that arrived, which may have come along with the first one.
    fn hear_all(&mut self, chunk: &mut [u8]) -> Result<(), Unheard> {
        while let Some(notice) = self.lines.message() {
            self.hear(notice, chunk)?;
        }
        Ok(())
    }

    fn hear(&mut self, notice: Notice, chunk: &mut [u8]) -> Result<(), Unheard> {
        match notice {
            Notice::Begun { attempt } => {
                self.phase.store(RUNNING, Ordering::Release);
                self.tell(HolderEvent::Begun { attempt })
            }
            Notice::Ended(ended) => {
                self.read_rest(chunk)?;
                self.phase.store(IDLE, Ordering::Release);
                self.look()?;
                self.tell(HolderEvent::Ended(ended))
            }
            Notice::Closing { reason, left_over } => {
                self.read_rest(chunk)?;
                self.tell(HolderEvent::Closed { reason, left_over })?;
                Err(Unheard)
            }
            Notice::Replaced => {
                self.tell(HolderEvent::Lost("another supervisor took over".to_owned()))?;
                Err(Unheard)
            }
            Notice::Welcome { .. } => Ok(()),
        }
    }

    fn tell(&self, event: HolderEvent) -> Result<(), Unheard> {
        self.events.blocking_send(event).map_err(|_| Unheard)
    }
}

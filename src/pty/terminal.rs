//! The pseudo-terminal: its two ends, its modes, its size, its foreground group. Never reads it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::sys::signal::{SigSet, Signal};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::process::{Pid, ioctl_tiocsctty};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, Winsize, tcflush,
    tcgetattr, tcgetpgrp, tcsetattr, tcsetpgrp, tcsetwinsize,
};

use super::error::system;
use super::{PtyError, Size};

/// Both ends of a pseudo-terminal, and the modes it had at first.
#[derive(Debug)]
pub(super) struct Terminal {
    master: OwnedFd,
    slave: OwnedFd,
    saved: Termios,
}

impl Terminal {
    /// Opens one and makes it the controlling terminal of this process, a session leader.
    pub(super) fn open(size: Size) -> Result<Self, PtyError> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).map_err(system("open a terminal"))?;
        grantpt(&master).map_err(system("open a terminal"))?;
        unlockpt(&master).map_err(system("open a terminal"))?;
        let slave = ioctl_tiocgptpeer(&master, flags).map_err(system("open a terminal"))?;
        ioctl_tiocsctty(&slave).map_err(system("take the terminal"))?;
        let mut saved = tcgetattr(&slave).map_err(system("read the terminal's modes"))?;
        saved.input_modes |= InputModes::IUTF8;
        fcntl_setfl(&master, OFlags::RDWR | OFlags::NONBLOCK).map_err(system("open a terminal"))?;
        let terminal = Self { master, slave, saved };
        terminal.repair()?;
        resize(terminal.master.as_fd(), size)?;
        Ok(terminal)
    }

    /// The end that a terminal emulator reads and writes; never blocks.
    pub(super) fn master(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }

    /// A copy of the end that programs use.
    pub(super) fn program_end(&self) -> Result<OwnedFd, PtyError> {
        self.slave.try_clone().map_err(system("copy the terminal"))
    }

    /// Undoes what a program left behind: modes, and reads that do not wait.
    pub(super) fn repair(&self) -> Result<(), PtyError> {
        unstopped(|| tcsetattr(&self.slave, OptionalActions::Now, &self.saved))
            .map_err(system("set the terminal's modes"))?;
        let flags = fcntl_getfl(&self.slave).map_err(system("read the terminal's flags"))?;
        if flags.contains(OFlags::NONBLOCK) {
            fcntl_setfl(&self.slave, flags - OFlags::NONBLOCK).map_err(system("set the terminal's flags"))?;
        }
        Ok(())
    }

    /// Forgets keys that nobody has read.
    pub(super) fn flush_input(&self) -> Result<(), PtyError> {
        unstopped(|| tcflush(&self.slave, QueueSelector::IFlush)).map_err(system("flush the terminal"))
    }

    /// Lets this group of processes read the terminal and get its signals.
    pub(super) fn set_foreground(&self, group: Pid) -> Result<(), PtyError> {
        unstopped(|| tcsetpgrp(&self.slave, group)).map_err(system("hand the terminal over"))
    }

    /// The group that has the terminal.
    pub(super) fn foreground(&self) -> Option<Pid> {
        tcgetpgrp(&self.slave).ok()
    }

    /// The byte that interrupts, and whether the terminal turns it into a signal.
    pub(super) fn interrupt_key(&self) -> (u8, bool) {
        let modes = tcgetattr(&self.slave).unwrap_or_else(|_| self.saved.clone());
        let key = modes.special_codes[SpecialCodeIndex::VINTR];
        (if key == 0 { 3 } else { key }, modes.local_modes.contains(LocalModes::ISIG))
    }
}

/// Changes the terminal from the background without being stopped for it. The signal is blocked for
/// this moment only, because a started program would inherit the block.
fn unstopped(change: impl FnOnce() -> rustix::io::Result<()>) -> rustix::io::Result<()> {
    let mut stop = SigSet::empty();
    stop.add(Signal::SIGTTOU);
    stop.thread_block().map_err(|error| Errno::from_raw_os_error(error as i32))?;
    let changed = change();
    stop.thread_unblock().map_err(|error| Errno::from_raw_os_error(error as i32))?;
    changed
}

/// Tells the programs on a terminal how large it is.
pub(super) fn resize(terminal: BorrowedFd<'_>, size: Size) -> Result<(), PtyError> {
    let size = Winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(terminal, size).map_err(system("resize the terminal"))
}

/// Whether a program is reading a line that must not be shown: a password.
pub(super) fn is_echo_hidden(terminal: BorrowedFd<'_>) -> bool {
    tcgetattr(terminal).is_ok_and(|modes| {
        modes.local_modes.contains(LocalModes::ICANON) && !modes.local_modes.contains(LocalModes::ECHO)
    })
}

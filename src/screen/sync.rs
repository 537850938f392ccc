//! How long a synchronised update may hide output: counted in ticks of the caller's loop, because
//! the screen reads no clock.

use std::cell::Cell;
use std::time::Duration;

use alacritty_terminal::vte::ansi::Timeout;

/// Pending from the begin mark of an update to its end; overdue at the second question after it.
#[derive(Debug, Default)]
pub(super) struct SyncTimeout {
    pending: bool,
    asked: Cell<bool>,
}

impl SyncTimeout {
    /// Whether an update has been open since before the last time this was asked.
    pub(super) fn is_overdue(&self) -> bool {
        self.pending && self.asked.replace(true)
    }
}

impl Timeout for SyncTimeout {
    fn set_timeout(&mut self, _: Duration) {
        self.pending = true;
        self.asked.set(false);
    }

    fn clear_timeout(&mut self) {
        self.pending = false;
    }

    fn pending_timeout(&self) -> bool {
        self.pending
    }
}

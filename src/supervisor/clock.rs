//! The door to the clocks: stamps what happens.

#![expect(clippy::disallowed_methods, reason = "the door to the clocks")]

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use crate::journal::{Stamp, Timestamp};

/// The host's clocks.
#[derive(Debug, Clone)]
pub struct Clock {
    boot: String,
}

impl Clock {
    /// The clocks of this boot.
    pub fn new() -> Self {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Self { boot: boot.trim().to_owned() }
    }

    /// Now.
    pub fn now(&self) -> Stamp {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Stamp {
            at: Timestamp::from_unix_ms(i64::try_from(wall.as_millis()).unwrap_or(i64::MAX)),
            mono_ms: monotonic_ms(),
            boot: self.boot.clone(),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

/// Milliseconds since the host was started, sleep included.
fn monotonic_ms() -> u64 {
    let time = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or_default();
    seconds * 1000 + nanoseconds / 1_000_000
}

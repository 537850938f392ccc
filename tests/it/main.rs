//! The integration tests: one binary, a file a topic.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "tests look at what the program did from outside"
)]

mod power_cut;
mod record;
mod simulated_disk;

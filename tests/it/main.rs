//! Everything that is tested from outside, one binary, a file a topic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test opens what it needs and fails loudly"
)]

mod architecture;
mod client;
mod headless;
mod keyboard;
mod placeholder;
mod power_cut;
mod program;
mod reading;
mod record;
mod seeds;
mod shell;
mod simulated_disk;
mod survival;
mod target;
mod terminal;

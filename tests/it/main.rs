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

mod placeholder;
mod reading;
mod seeds;

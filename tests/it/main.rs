//! Everything that is tested from outside, one binary, a file a topic.

mod power_cut;
mod record;
mod shell;
mod simulated_disk;

//! The integration tests: one binary, a file a topic.

mod power_cut;
mod record;
mod simulated_disk;

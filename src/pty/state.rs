//! How each shell saves what a step leaves and takes it up again: functions for the shells' own
//! languages, used by the step shell here and by the ones elsewhere. They expect
//! `__holdpoint_directory` and `__holdpoint_attempt`, write `state.<attempt>`, and call
//! `__holdpoint_report BYE` before the shell ends.

/// For bash.
pub(crate) const BASH: &str = include_str!("shell/state.bash");

/// For a POSIX shell.
pub(crate) const SH: &str = include_str!("shell/state.sh");

//! What would and would not end a running command on this host, in one line. When in doubt, the
//! worse is said.

#![expect(clippy::disallowed_methods, reason = "the door to the host's settings")]

/// The line, as shown at preflight and recorded with the run.
pub(super) fn describe() -> String {
    let cgroup = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let logind = std::fs::read_to_string("/etc/systemd/logind.conf").unwrap_or_default();
    let name = super::operator::operator();
    let lingers = std::path::Path::new("/var/lib/systemd/linger").join(&name).exists();
    let has_systemd = std::path::Path::new("/run/systemd/system").exists();
    level(&cgroup, &logind, lingers, has_systemd).to_owned()
}

fn level(cgroup: &str, logind: &str, lingers: bool, has_systemd: bool) -> &'static str {
    let kills_at_logout = logind
        .lines()
        .map(str::trim)
        .any(|line| matches!(line.strip_prefix("KillUserProcesses="), Some("yes" | "true" | "1" | "on")));
    if cgroup.contains("/system.slice/") && !cgroup.contains("session-") {
        "part of a system unit: ends when that unit stops or the host does"
    } else if cgroup.contains("/user@") && lingers {
        "part of your user manager, which lingers: survives logout, ends with the host"
    } else if cgroup.contains("/user@") {
        "part of your user manager without lingering: survives the terminal, ends with your last logout"
    } else if kills_at_logout {
        "part of this login session, and the host ends what a login leaves: survives the terminal, ends with the logout"
    } else if has_systemd || !cgroup.contains("docker") && !cgroup.contains("containerd") {
        "its own session: survives the terminal and the logout, ends with the host"
    } else {
        "its own session in a container: survives the terminal, ends with the container"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_read_from_where_the_process_stands() {
        for (cgroup, logind, lingers, beginning) in [
            ("0::/system.slice/cron.service", "", false, "part of a system unit"),
            (
                "0::/user.slice/user-1000.slice/user@1000.service/app.slice",
                "",
                true,
                "part of your user manager, which",
            ),
            (
                "0::/user.slice/user-1000.slice/user@1000.service/app.slice",
                "",
                false,
                "part of your user manager without",
            ),
            (
                "0::/user.slice/user-1000.slice/session-3.scope",
                "KillUserProcesses=yes",
                true,
                "part of this login",
            ),
            (
                "0::/user.slice/user-1000.slice/session-3.scope",
                "#KillUserProcesses=yes",
                false,
                "its own session",
            ),
        ] {
            let level = level(cgroup, logind, lingers, true);
            assert!(level.starts_with(beginning), "{cgroup}: {level}");
        }
    }
}

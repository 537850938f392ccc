//! Who sits here, and on which host.

#![expect(clippy::disallowed_methods, reason = "the door to the environment")]

/// The account's name, and in brackets who they were before sudo.
pub(super) fn operator() -> String {
    let account = account();
    match std::env::var("SUDO_USER") {
        Ok(before) if !before.is_empty() && before != account => format!("{account} ({before} before sudo)"),
        _ => account,
    }
}

fn account() -> String {
    let uid = rustix::process::geteuid().as_raw();
    let listed = std::fs::read_to_string("/etc/passwd").ok().and_then(|accounts| named(&accounts, uid));
    listed.or_else(|| std::env::var("USER").ok()).unwrap_or_else(|| format!("uid {uid}"))
}

fn named(accounts: &str, uid: u32) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// The host's name.
pub(super) fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_number() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/sh\n";
        for (uid, expected) in [(0, Some("root")), (1000, Some("ada")), (7, None)] {
            assert_eq!(named(accounts, uid).as_deref(), expected);
        }
    }
}

//! Looks at terminal, storage and survival, and says what would go wrong.

#![expect(clippy::disallowed_methods, reason = "the door to the host's settings")]

use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::exit::{Code, Failure, say_line};
use super::{place, record, survival};

/// A recorded entry of a long run needs far less; below this a night's output may not fit.
const ROOM_BYTES: u64 = 256 << 20;

struct Finding {
    good: bool,
    what: &'static str,
    words: String,
}

pub(super) fn doctor() -> Result<Code, Failure> {
    let home = place::home()?;
    let findings = [
        terminal(),
        store(&home),
        room(&home),
        shells(),
        Finding { good: true, what: "survival", words: survival::describe() },
        clock(),
    ];
    for finding in &findings {
        let mark = if finding.good { "ok  " } else { "BAD " };
        say_line(format_args!("{mark} {:<9} {}", finding.what, finding.words))?;
    }
    Ok(if findings.iter().all(|finding| finding.good) { Code::Done } else { Code::Failed })
}

fn terminal() -> Finding {
    let what = "terminal";
    if !std::io::stdout().is_terminal() {
        return Finding { good: true, what, words: "none here; only headless runs are possible".to_owned() };
    }
    let Ok(size) = rustix::termios::tcgetwinsize(std::io::stdout()) else {
        return Finding { good: false, what, words: "does not tell its size".to_owned() };
    };
    let good = size.ws_col >= 40 && size.ws_row >= 12;
    let colours = if place::no_color() { ", NO_COLOR is set" } else { "" };
    let letters = if place::is_utf8() { "UTF-8" } else { "not UTF-8: drawn with --ascii" };
    let words = format!("{}x{}, {letters}{colours}", size.ws_col, size.ws_row);
    Finding { good, what, words: if good { words } else { format!("{words}; at least 40x12 is needed") } }
}

fn store(home: &Path) -> Finding {
    let what = "record";
    let runs = place::store().and_then(|store| record::all(&store).map(|runs| (store, runs)));
    match runs {
        Err(failure) => Finding { good: false, what, words: failure.error.to_string() },
        Ok((store, runs)) => {
            let mode = std::fs::metadata(store.home()).map_or(0, |found| found.mode() & 0o777);
            let damaged = runs.iter().filter(|(_, recorded)| recorded.status() == "damaged").count();
            let words = format!("{}, {} runs, {damaged} damaged", home.display(), runs.len());
            let open = if place::is_private(mode) { "" } else { "; others can read it: chmod 700" };
            Finding { good: damaged == 0 && open.is_empty(), what, words: words + open }
        }
    }
}

fn room(home: &Path) -> Finding {
    let what = "room";
    match rustix::fs::statvfs(home) {
        Err(error) => Finding { good: false, what, words: format!("{}: {error}", home.display()) },
        Ok(found) => {
            let free = found.f_bavail * found.f_frsize;
            let words = format!("{} MiB free", free >> 20);
            let good = free >= ROOM_BYTES;
            Finding { good, what, words: if good { words } else { words + "; make room before a long run" } }
        }
    }
}

fn shells() -> Finding {
    let found: Vec<&str> =
        ["bash", "dash", "zsh"].into_iter().filter(|name| Path::new("/bin").join(name).exists()).collect();
    let good = found.contains(&"bash");
    let words = if good { found.join(", ") } else { "bash is missing: steps run in sh".to_owned() };
    Finding { good: true, what: "shells", words }
}

fn clock() -> Finding {
    let now = crate::supervisor::Clock::new().now();
    let good = now.at.unix_ms() > 1_577_836_800_000;
    let words = now.at.to_string();
    Finding {
        good,
        what: "clock",
        words: if good { words } else { words + "; it is wrong, and so would be the record" },
    }
}

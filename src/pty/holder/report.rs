//! What a step shell says over its FIFO: records of five fields, each ended by a NUL. A record
//! counts only if it opens with the secret of the attempt under way.

/// What became of a step, in the shell's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is about to be read.
    Begin,
    /// It is over and the shell lives.
    End,
    /// It is over and the shell ends.
    Bye,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) kind: Kind,
    pub(super) attempt: u32,
    pub(super) status: i32,
    pub(super) directory: String,
}

/// How much a forger may write before it is thrown away.
const PATIENCE: usize = 64 * 1024;

/// Takes the next report out of what arrived. Bytes before it are thrown away.
pub(super) fn take(arrived: &mut Vec<u8>, nonce: &str) -> Option<Report> {
    let mut mark = nonce.as_bytes().to_vec();
    mark.push(0);
    loop {
        let Some(start) = arrived.windows(mark.len()).position(|window| window == mark) else {
            if arrived.len() > PATIENCE {
                arrived.clear();
            }
            return None;
        };
        let body = start + mark.len();
        let ends: Vec<usize> =
            (body..arrived.len()).filter(|at| arrived.get(*at) == Some(&0)).take(4).collect();
        let [kind, attempt, status, directory] = ends[..] else { return None };
        let field = |from: usize, to: usize| String::from_utf8_lossy(&arrived[from..to]).into_owned();
        let report = parse(
            &field(body, kind),
            &field(kind + 1, attempt),
            &field(attempt + 1, status),
            field(status + 1, directory),
        );
        arrived.drain(..=directory);
        if report.is_some() {
            return report;
        }
    }
}

fn parse(kind: &str, attempt: &str, status: &str, directory: String) -> Option<Report> {
    let kind = match kind {
        "BEGIN" => Kind::Begin,
        "END" => Kind::End,
        "BYE" => Kind::Bye,
        _ => return None,
    };
    Some(Report { kind, attempt: attempt.parse().ok()?, status: status.parse().ok()?, directory })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arrived: &[u8], expected: Option<(Kind, &str)>, left: &[u8]) {
        let mut arrived = arrived.to_vec();
        let report = take(&mut arrived, "secret");
        assert_eq!(report.as_ref().map(|report| (report.kind, report.directory.as_str())), expected);
        assert_eq!(arrived, left);
    }

    #[test]
    fn a_report_with_the_secret_is_taken() {
        check(b"secret\0END\x002\x000\0/srv/a b\0secret\0", Some((Kind::End, "/srv/a b")), b"secret\0");
    }

    #[test]
    fn an_empty_directory_is_a_directory() {
        check(b"secret\0BYE\x002\x007\0\0", Some((Kind::Bye, "")), b"");
    }

    #[test]
    fn a_forged_report_is_passed_over() {
        check(b"guess\0END\x002\x000\0/\0secret\0BEGIN\x002\x000\0/\0", Some((Kind::Begin, "/")), b"");
        check(b"guess\0END\x002\x000\0/\0", None, b"guess\0END\x002\x000\0/\0");
    }

    #[test]
    fn half_a_report_waits_for_the_other_half() {
        check(b"secret\0END\x002\x000\0/sr", None, b"secret\0END\x002\x000\0/sr");
    }
}

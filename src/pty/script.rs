//! What a step file may be called and may contain. Changes nothing that a person has confirmed.

use super::PtyError;

/// The name of a step's file: what stands in a shell's error messages.
pub(crate) fn file_name(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' })
        .take(80)
        .collect();
    format!("{}.sh", safe.trim_start_matches(['.', '-']))
}

/// The bytes of a step's file: the script and a final newline. Refuses what no shell can read,
/// with the place.
pub(super) fn file_content(script: &[u8]) -> Result<Vec<u8>, PtyError> {
    let bad = match std::str::from_utf8(script) {
        Err(error) => Some((error.valid_up_to(), "bytes that are not UTF-8")),
        Ok(text) => text.find('\0').map(|at| (at, "a NUL byte")),
    };
    if let Some((at, what)) = bad {
        return Err(refusal(script, at, what));
    }
    let mut content = script.to_vec();
    if content.last() != Some(&b'\n') {
        content.push(b'\n');
    }
    Ok(content)
}

fn refusal(script: &[u8], at: usize, what: &'static str) -> PtyError {
    let before = &script[..at];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = before.split(|byte| *byte == b'\n').count();
    PtyError::Script { what, line, column: at - line_start + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(script: &[u8], expected: &str) {
        let answer = match file_content(script) {
            Ok(content) => String::from_utf8(content).unwrap(),
            Err(error) => error.to_string(),
        };
        assert_eq!(answer, expected);
    }

    #[test]
    fn a_script_without_a_final_newline_gets_one() {
        check(b"echo a", "echo a\n");
        check(b"echo a\n", "echo a\n");
    }

    #[test]
    fn a_nul_byte_is_refused_with_its_place() {
        check(b"echo a\necho \0b\n", "the command contains a NUL byte in line 2, column 6");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_with_their_place() {
        check(b"\xff", "the command contains bytes that are not UTF-8 in line 1, column 1");
    }

    #[test]
    fn a_file_name_can_be_read_and_leaves_the_directory_in_no_case() {
        assert_eq!(file_name("8-run-migrations"), "8-run-migrations.sh");
        assert_eq!(file_name("../a b/\u{e9}"), "a-b--.sh");
    }
}

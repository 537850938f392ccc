//! What the holder is started with, as words of a command line. Reads nothing but those words.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::pty::{PtyError, Shell, Size};

/// The arguments of the `hold` subcommand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// The private directory.
    pub directory: PathBuf,
    /// Which shell reads the steps.
    pub shell: Shell,
    /// How large the terminal is at first.
    pub size: Size,
    /// Where the first step starts.
    pub start_in: PathBuf,
}

impl Arguments {
    /// Reads the words that follow `hold`.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Self, PtyError> {
        let mut read = Self {
            directory: PathBuf::new(),
            shell: Shell::Bash,
            size: Size { columns: 80, rows: 24 },
            start_in: PathBuf::from("/"),
        };
        let mut words = words.into_iter();
        while let Some(option) = words.next() {
            let option = option.to_string_lossy().into_owned();
            let value = words.next().unwrap_or_default();
            let text = value.to_string_lossy();
            match option.as_str() {
                "--directory" => read.directory = PathBuf::from(value),
                "--start-in" => read.start_in = PathBuf::from(value),
                "--shell" => read.shell = text.parse()?,
                "--columns" => read.size.columns = number(&text)?,
                "--rows" => read.size.rows = number(&text)?,
                _ => return Err(PtyError::Argument { argument: option }),
            }
        }
        if read.directory.is_absolute() {
            return Ok(read);
        }
        Err(PtyError::Argument { argument: format!("--directory {}", read.directory.display()) })
    }

    /// The words that [`Arguments::parse`] reads, after `hold`.
    pub(in crate::pty) fn words(
        directory: &Path,
        shell: Shell,
        size: Size,
        start_in: &Path,
    ) -> Vec<OsString> {
        let pairs: [(&str, OsString); 5] = [
            ("--directory", directory.into()),
            ("--shell", shell.name().into()),
            ("--columns", size.columns.to_string().into()),
            ("--rows", size.rows.to_string().into()),
            ("--start-in", start_in.into()),
        ];
        pairs.into_iter().flat_map(|(option, value)| [option.into(), value]).collect()
    }
}

fn number(text: &str) -> Result<u16, PtyError> {
    text.parse().map_err(|_| PtyError::Argument { argument: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_written_are_the_words_read() {
        let size = Size { columns: 132, rows: 43 };
        let words = Arguments::words(Path::new("/run/h"), Shell::Sh, size, Path::new("/srv"));
        let read = Arguments::parse(words).unwrap();
        let expected = Arguments {
            directory: PathBuf::from("/run/h"),
            shell: Shell::Sh,
            size,
            start_in: PathBuf::from("/srv"),
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn a_relative_directory_and_an_unknown_option_are_refused() {
        for words in [["--directory", "here"], ["--what", "now"], ["--shell", "fish"]] {
            assert!(Arguments::parse(words.map(OsString::from)).is_err(), "{words:?}");
        }
    }
}

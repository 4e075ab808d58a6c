//! Texts given as arguments or on standard input, and what to say when a model refuses one.

use std::io::Read;

use anyhow::{Context, Error, Result, bail};
use kenning_domain::ModelError;

pub struct Texts {
    texts: Vec<String>,
    are_lines: bool,
}

impl Texts {
    /// The texts given, or the lines of standard input where the only one is `-`.
    pub fn read(given: &[String]) -> Result<Self> {
        if !given.iter().any(|text| text == "-") {
            return Ok(Self { texts: given.to_vec(), are_lines: false });
        }
        if given.len() > 1 {
            bail!("- stands for standard input and cannot be given beside other texts");
        }
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .context("standard input could not be read")?;
        Ok(Self { texts: lines(bytes)?, are_lines: true })
    }

    pub fn as_slices(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }

    /// A model's refusal in the words of the command line.
    pub fn explain(&self, error: ModelError) -> Error {
        match error {
            ModelError::EmptyText { index } if self.are_lines => {
                Error::msg(format!("line {} of standard input is empty: leave it out", index + 1))
            }
            ModelError::TooLong { .. } => {
                Error::msg(format!("{error} (--truncate reads only the beginning)"))
            }
            error => error.into(),
        }
    }
}

fn lines(bytes: Vec<u8>) -> Result<Vec<String>> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
            bail!(
                "standard input is not UTF-8: line {line} breaks off at byte {valid}; convert it first, for \
                 example with `iconv -t UTF-8`"
            );
        }
    };
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        bail!("standard input is empty: give one text a line");
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_line_is_a_text_and_what_is_not_text_is_refused_by_its_place() {
        let check =
            |bytes: &[u8], expected: Result<&[&str], &str>| match (lines(bytes.to_vec()), expected)
            {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
                (found, expected) => panic!("{bytes:?}: {found:?} where {expected:?} was expected"),
            };
        check("ein\nzwei\r\nтри".as_bytes(), Ok(&["ein", "zwei", "три"]));
        check(b"one\n", Ok(&["one"]));
        check(b"one\n\ntwo", Ok(&["one", "", "two"]));
        check(b"", Err("empty"));
        check(b"fine\nbad \xff", Err("line 2 breaks off at byte 9"));
    }
}

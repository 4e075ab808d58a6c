//! Reads a text file line by line and names the line where something is wrong. Knows no format.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, anyhow};

/// Hands each line that is not empty to `take`, without its line end. An error of `take` comes back
/// with the file, the number of the line and what was `expected` there.
pub fn each_line(
    path: &Path,
    expected: &str,
    mut take: impl FnMut(usize, &str) -> Result<()>,
) -> Result<()> {
    let unreadable = || format!("{} cannot be read", path.display());
    let mut reader = BufReader::new(File::open(path).with_context(unreadable)?);
    let mut bytes = Vec::new();
    for number in 1_usize.. {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).with_context(unreadable)? == 0 {
            break;
        }
        text_of(&bytes, number)
            .and_then(|line| if line.is_empty() { Ok(()) } else { take(number, line) })
            .with_context(|| format!("{}, line {number}: expected {expected}", path.display()))?;
    }
    Ok(())
}

fn text_of(bytes: &[u8], number: usize) -> Result<&str> {
    let line = std::str::from_utf8(bytes).map_err(|error| {
        anyhow!("the line is not valid UTF-8 (after {} bytes)", error.valid_up_to())
    })?;
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    // Programs on Windows like to begin a file with a byte order mark.
    Ok(if number == 1 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(usize, String)>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file.txt");
        std::fs::write(&path, bytes)?;
        let mut lines = Vec::new();
        each_line(&path, "a line", |number, line| {
            lines.push((number, line.to_owned()));
            Ok(())
        })?;
        Ok(lines)
    }

    #[test]
    fn lines_lose_their_ends_and_keep_their_numbers() {
        fn check(bytes: &[u8], expected: &[(usize, &str)]) {
            let lines = read(bytes).unwrap();
            let lines: Vec<_> = lines.iter().map(|(number, line)| (*number, &**line)).collect();
            assert_eq!(lines, expected, "{bytes:?}");
        }
        check(b"", &[]);
        check(b"one\ntwo\n", &[(1, "one"), (2, "two")]);
        check(b"one\r\ntwo", &[(1, "one"), (2, "two")]);
        check(b"one\n\n\r\ntwo\n", &[(1, "one"), (4, "two")]);
        check("\u{feff}one\n\u{feff}two\n".as_bytes(), &[(1, "one"), (2, "\u{feff}two")]);
        check("a\u{2028}b\n".as_bytes(), &[(1, "a\u{2028}b")]);
        check(b"a\tb\r\r\n", &[(1, "a\tb\r")]);
    }

    #[test]
    fn invalid_utf8_is_an_error_that_names_the_line() {
        let error = format!("{:#}", read(b"fine\nna\xefve\n").unwrap_err());
        assert!(error.contains("file.txt, line 2: expected a line"), "{error}");
        assert!(error.contains("not valid UTF-8 (after 2 bytes)"), "{error}");
    }
}

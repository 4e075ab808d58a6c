//! Zip containers, which most office formats are: opened with limits, read an entry at a time.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::refusal::Refusal;
use crate::writer::Writer;

pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8], entries: usize) -> Result<Self, Refusal> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(refusal)?;
        if archive.len() > entries {
            return Err(Refusal::too_large("the number of files packed inside it", entries));
        }
        Ok(Self { archive })
    }

    /// The names of the entries, in the order of the directory.
    pub fn names(&self) -> Vec<String> {
        self.archive.file_names().flatten().map(Cow::into_owned).collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// An entry's bytes; `None` where there is no such entry. What the directory says of sizes is not
    /// believed: bytes are counted as they come.
    pub fn read(
        &mut self,
        name: &str,
        writer: &mut Writer<'_>,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        const STEP: u64 = 1 << 20;
        let mut entry = match self.archive.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(refusal(error)),
        };
        let packed = entry.compressed_size();
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            let step =
                entry.by_ref().take(STEP).read_to_end(&mut bytes).map_err(Refusal::damaged)?;
            if step == 0 {
                return Ok(Some(bytes));
            }
            writer.unpacked_further(packed, before as u64, bytes.len() as u64)?;
        }
    }
}

/// The full name of an entry, from one as it is written in an entry of `folder`: steps up are taken,
/// but never out of the container.
pub fn resolved(folder: &str, reference: &str) -> String {
    let folder = if reference.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    for step in folder.split('/').chain(reference.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Whether these are the bytes of a zip container that holds an entry of this name. Looks at the
/// directory at the end, not at the content.
pub fn holds(bytes: &[u8], name: &str) -> bool {
    bytes.starts_with(b"PK")
        && ZipArchive::new(Cursor::new(bytes))
            .is_ok_and(|archive| archive.index_for_name(name).is_some())
}

/// An entry's bytes as far as they are needed to tell what a container is: its first megabyte.
pub fn peek(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    const MOST: u64 = 1 << 20;
    if !bytes.starts_with(b"PK") {
        return None;
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut start = Vec::new();
    archive.by_name(name).ok()?.take(MOST).read_to_end(&mut start).ok()?;
    Some(start)
}

/// Whether these bytes began as a zip container and cannot be opened as one.
pub fn is_broken(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && ZipArchive::new(Cursor::new(bytes)).is_err()
}

fn refusal(error: ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Refusal::Encrypted
        }
        error => Refusal::damaged(error),
    }
}

#[cfg(test)]
pub use tests::packed;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::formats::Formats;
    use crate::limits::Limits;

    pub fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: &[u8], name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let limits = Limits { entries: 3, ..Limits::default() };
        let mut alive = || ();
        let mut writer = Writer::new(Formats::all(), limits, &mut alive);
        Package::open(bytes, limits.entries)?.read(name, &mut writer)
    }

    #[test]
    fn references_are_resolved_against_their_folder() {
        let check = |folder, reference, expected| assert_eq!(resolved(folder, reference), expected);
        check("", "word/document.xml", "word/document.xml");
        check("", "/word/document.xml", "word/document.xml");
        check("ppt/slides", "../notesSlides/n1.xml", "ppt/notesSlides/n1.xml");
        check("word", "/word/./styles.xml", "word/styles.xml");
        check("word", "../../../../etc/passwd", "etc/passwd");
    }

    #[test]
    fn entries_are_read_by_name() {
        let bytes = packed(&[("a.xml", b"<a/>"), ("b/c.txt", "größer".as_bytes())]);
        assert_eq!(read(&bytes, "b/c.txt").unwrap().unwrap(), "größer".as_bytes());
        assert_eq!(read(&bytes, "nothing").unwrap(), None);
        assert!(holds(&bytes, "a.xml") && !holds(&bytes, "c") && !holds(b"PK", "a.xml"));
        assert_eq!(peek(&bytes, "a.xml").unwrap(), b"<a/>");
        assert!(peek(&bytes, "c").is_none() && peek(b"PK", "a.xml").is_none());
        assert!(!is_broken(&bytes) && is_broken(&bytes[..40]) && !is_broken(b"no"));
    }

    #[test]
    fn bombs_crowds_and_damage_are_refused() {
        let bomb = packed(&[("bomb", &vec![0; 50 << 20])]);
        assert!(bomb.len() < 100_000);
        assert!(matches!(read(&bomb, "bomb"), Err(Refusal::TooLarge { .. })));
        let crowd = packed(&[("1", b""), ("2", b""), ("3", b""), ("4", b"")]);
        assert!(matches!(read(&crowd, "1"), Err(Refusal::TooLarge { .. })));
        let whole = packed(&[("a", &[7; 1000])]);
        assert!(matches!(read(&whole[..whole.len() / 2], "a"), Err(Refusal::Damaged { .. })));
    }
}

//! The container that Office files had before 2007, and have today where they are encrypted. What it
//! holds is named, and not read.

use super::{Format, Sample};
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format = Format { name: "OLE", is, read };

const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

fn is(sample: &Sample<'_>) -> bool {
    sample.starts_with(MAGIC)
}

/// What an entry of this name in the directory is a sign of. A file may hold others inside it, so
/// what holds others comes first.
const KINDS: &[(&str, &str)] = &[
    ("__properties_version1.0", "Outlook message, .msg"),
    ("PowerPoint Document", "PowerPoint before 2007, .ppt"),
    ("WordDocument", "Word before 2007, .doc"),
    ("Workbook", "Excel before 2007, .xls"),
    ("Book", "Excel before 2007, .xls"),
    ("VisioDocument", "Visio before 2013, .vsd"),
    ("Quill", "Publisher, .pub"),
    ("MatOST", "Works, .wps"),
    ("\u{5}HwpSummaryInformation", "Hangul, .hwp"),
];

fn read(sample: &Sample<'_>, _: &mut Writer<'_>) -> Result<(), Refusal> {
    match KINDS.iter().find(|(entry, _)| holds(sample.bytes, entry)) {
        Some((_, kind)) => Err(Refusal::unsupported(kind)),
        None if holds(sample.bytes, "EncryptedPackage") => Err(Refusal::Encrypted),
        None => Err(Refusal::unsupported("an old Office container")),
    }
}

/// Whether the directory has an entry of this name. Its entries lie wherever their sectors do, but
/// always on a multiple of their size, and each begins with its name in UTF-16. Some programs write
/// names in capitals.
fn holds(bytes: &[u8], name: &str) -> bool {
    const ENTRY: usize = 128;
    let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let starts = |entry: &[u8]| {
        entry.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(&name))
    };
    bytes.chunks(ENTRY).any(starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Formats;
    use crate::limits::Limits;

    #[test]
    fn what_the_container_holds_is_named() {
        let check = |entries: &[&str], expected: &str| {
            let mut bytes = MAGIC.to_vec();
            bytes.resize(512, 0);
            for entry in entries {
                bytes.extend(entry.encode_utf16().flat_map(u16::to_le_bytes));
                bytes.resize(bytes.len().next_multiple_of(128), 0);
            }
            let read = Formats::all().extract("x.docx", &bytes, Limits::default(), &mut || ());
            assert_eq!(read.unwrap_err().to_string(), expected);
        };
        check(&["Root Entry", "EncryptedPackage"], &Refusal::Encrypted.to_string());
        let old = "files of this kind (Word before 2007, .doc) are not read";
        check(&["Root Entry", "WordDocument", "Workbook"], old);
        check(&["WORDDOCUMENT"], old);
        check(&["Book"], "files of this kind (Excel before 2007, .xls) are not read");
        check(&["WordDocumentary"], "files of this kind (an old Office container) are not read");
    }
}

//! Gzip: what is packed is read as the file it is, under its own name.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;

use super::{Format, Sample};
use crate::refusal::Refusal;
use crate::writer::Writer;

pub const FORMAT: Format =
    Format { name: "gzip", is: |sample| sample.starts_with(b"\x1f\x8b\x08"), read };

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let bytes = unpacked(sample.bytes, writer)?;
    writer.unwrapped(&inner_name(sample.name), &bytes)
}

/// All members, one after the other. Of a file that breaks off, what had come before.
fn unpacked(packed: &[u8], writer: &mut Writer<'_>) -> Result<Vec<u8>, Refusal> {
    const STEP: u64 = 256 << 10;
    let mut decoder = MultiGzDecoder::new(packed);
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        let outcome = decoder.by_ref().take(STEP).read_to_end(&mut bytes);
        writer.unpacked_further(packed.len() as u64, before as u64, bytes.len() as u64)?;
        match outcome {
            Ok(0) => return Ok(bytes),
            Ok(_) => {}
            Err(error) if !bytes.is_empty() => {
                writer.partial(Refusal::damaged(error));
                return Ok(bytes);
            }
            Err(error) => return Err(Refusal::damaged(error)),
        }
    }
}

fn inner_name(name: &str) -> String {
    const ENDINGS: &[(&str, &str)] =
        &[(".gz", ""), (".gzip", ""), (".z", ""), (".tgz", ".tar"), (".svgz", ".svg")];
    let lower = name.to_ascii_lowercase();
    let ending = ENDINGS.iter().find(|(ending, _)| lower.ends_with(ending));
    ending.map_or_else(
        || name.to_owned(),
        |(ending, instead)| format!("{}{instead}", &name[..name.len() - ending.len()]),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::formats::Formats;
    use crate::limits::Limits;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn check(name: &str, bytes: &[u8], expected: Result<(&str, &str), Refusal>) {
        let read = Formats::all().extract(name, bytes, Limits::default(), &mut || ());
        let found = read.map(|document| (document.format, document.text));
        assert_eq!(found, expected.map(|(format, text)| (format.into(), text.into())));
    }

    #[test]
    fn what_is_packed_is_read_as_what_it_is() {
        let table = gzip("Ort,Land\nÜrümqi,China\n".as_bytes());
        check("orte.csv.gz", &table, Ok(("CSV", "Ort | Land\nOrt: Ürümqi | Land: China")));
        let members = [gzip("один ".as_bytes()), gzip("два".as_bytes())].concat();
        check("a.gz", &members, Ok(("text", "один два")));
        check("twice.txt.gz.gz", &gzip(&gzip(b"deep")), Ok(("text", "deep")));
        check(
            "a.tar.gz",
            &gzip(&[&[0; 257][..], b"ustar\x0000"].concat()),
            Err(Refusal::unsupported("tar archive")),
        );
    }

    #[test]
    fn damage_and_bombs_are_refused() {
        let packed = gzip(&"words and words ".repeat(9).into_bytes());
        let cut = &packed[..packed.len() - 4];
        let read = Formats::all().extract("x.gz", cut, Limits::default(), &mut || ());
        assert!(read.is_ok_and(|document| document.text.starts_with("words and words")));
        let mut broken = gzip(b"x");
        broken.truncate(9);
        let read =
            |bytes: &[u8]| Formats::all().extract("x.gz", bytes, Limits::default(), &mut || ());
        assert!(matches!(read(&broken), Err(Refusal::Damaged { .. })));
        assert!(matches!(read(&gzip(&vec![b'x'; 20 << 20])), Err(Refusal::TooLarge { .. })));
        let nested = (0..6).fold(b"x".to_vec(), |bytes, _| gzip(&bytes));
        assert!(matches!(read(&nested), Err(Refusal::TooDeep { .. })));
    }
}

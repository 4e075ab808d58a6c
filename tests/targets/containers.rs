//! What wraps other files: the parts of a container are written out in the open, so that a fuzzer
//! changes what is inside instead of breaking what is outside.

use std::borrow::Cow;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::targets::reading::read_as;

/// A line that begins with this begins a part; the rest of the line is its name.
const PART: &[u8] = b"==> ";

/// A zip container of the parts that are written one after the other, each under its line.
pub fn packed(written: &[u8]) -> Vec<u8> {
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts(written) {
        // A name that stands there already, or is too long, cannot be written twice.
        if zip.start_file(name, plain).is_ok() {
            zip.write_all(content).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

fn parts(written: &[u8]) -> Vec<(String, &[u8])> {
    let starts =
        |at: &usize| written[*at..].starts_with(PART) && (*at == 0 || written[at - 1] == b'\n');
    let mut starts: Vec<usize> = (0..written.len()).filter(starts).collect();
    starts.push(written.len());
    let part = |ends: &[usize]| {
        let part = &written[ends[0] + PART.len()..ends[1]];
        let line = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let name = String::from_utf8_lossy(&part[..line]).into_owned();
        (name, part.get(line + 1..).unwrap_or_default())
    };
    starts.windows(2).map(part).collect()
}

/// As it is where it is gzip already; else it is packed first, which no fuzzer would think of.
pub fn gzip(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.starts_with(b"\x1f\x8b") {
        return bytes.into();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().into()
}

/// A container as it lies on disk, whose directory may say anything.
pub fn zip(bytes: &[u8]) {
    for format in ["DOCX", "ODT", "EPUB"] {
        read_as(format, "x", bytes);
    }
}

//! How far the packed streams of a file would swell, measured before anything keeps them.
//!
//! The file is looked through for streams as it stands, whatever its tables say. What is encrypted, and
//! what is packed in another way than by deflate, is not seen.

use std::io::{self, Read};

use flate2::read::ZlibDecoder;
use memchr::memmem;

use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::writer::Writer;

/// Streams that are shorter cannot become much.
const SHORT: usize = 2 << 10;
/// How much of what stands before a stream may say what it is.
const HEAD: usize = 400;

/// The most that one stream may become, since it is copied while it grows.
pub fn most(limits: &Limits) -> u64 {
    limits.unpacked_bytes / 2
}

/// Refuses a file whose streams become too much, each or together.
pub fn check(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let Limits { unpacked_bytes, .. } = *writer.limits();
    let most = most(writer.limits());
    let (ends, mut total, mut last) = (memmem::Finder::new(b"endstream"), 0_u64, 0);
    for mark in memmem::find_iter(bytes, b"stream") {
        if mark < last || bytes[..mark].ends_with(b"end") {
            continue;
        }
        let start = mark + b"stream".len();
        let length = ends.find(&bytes[start..]).unwrap_or(bytes.len() - start);
        last = start + length;
        let packed = bytes[start..last].trim_ascii_start();
        let layers = layers(&bytes[mark.saturating_sub(HEAD)..mark]);
        if !is_packed(packed) || layers == 0 || (packed.len() < SHORT && layers == 1) {
            continue;
        }
        let size = unpacked(packed, layers, most, writer);
        total = total.saturating_add(size);
        if size > most || total > unpacked_bytes {
            let limit = if size > most { most } else { unpacked_bytes };
            let limit = format!("{} MB", limit >> 20);
            return Err(Refusal::too_large("what is packed inside it", limit));
        }
    }
    Ok(())
}

/// Whether these bytes begin as zlib begins.
fn is_packed(bytes: &[u8]) -> bool {
    let [first, second, ..] = bytes else { return false };
    first & 0x0f == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31)
}

/// How many times a stream is packed, from the end of what stands before it. Pictures are never
/// unpacked here, and neither is what is attached.
fn layers(head: &[u8]) -> usize {
    const DEEPEST: usize = 4;
    let own = memmem::rfind(head, b" obj").map_or(head, |start| &head[start..]);
    let says = |word: &[u8]| memmem::find(own, word).is_some();
    if says(b"/Image") || says(b"/EmbeddedFile") {
        return 0;
    }
    let named = memmem::find_iter(own, b"/Fl").count();
    // The filters may be named elsewhere.
    named.clamp(1, DEEPEST)
}

/// How many bytes come out, counted to a little past the most.
fn unpacked(packed: &[u8], layers: usize, most: u64, writer: &mut Writer<'_>) -> u64 {
    let mut reader: Box<dyn Read + '_> = Box::new(packed);
    for _ in 0..layers {
        reader = Box::new(ZlibDecoder::new(reader));
    }
    let (mut piece, mut size) = (vec![0; 64 << 10], 0);
    while size <= most {
        match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => size += count as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What is damaged gives no more.
            Err(_) => break,
        }
        writer.alive();
    }
    size
}

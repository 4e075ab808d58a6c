//! How texts, vectors and lists of headings become bytes, with checksums that tell when they rotted.

use std::cell::RefCell;

use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};

use crate::error::StoreError;

/// Compresses texts; keeps its tables from one to the next.
pub(super) struct Packer(zstd::bulk::Compressor<'static>);

const LEVEL: i32 = 3;

/// More than any reader gives, and little enough to be asked of memory.
const LONGEST_TEXT: usize = 1 << 31;

impl Packer {
    pub(super) fn new() -> Result<Self, StoreError> {
        let made = zstd::bulk::Compressor::new(LEVEL).and_then(|mut compressor| {
            compressor.include_checksum(true)?;
            Ok(compressor)
        });
        made.map(Self).map_err(|error| StoreError::Unfit(format!("compression fails: {error}")))
    }

    pub(super) fn pack(&mut self, text: &str) -> Result<Vec<u8>, StoreError> {
        let packed = self.0.compress(text.as_bytes());
        packed.map_err(|error| StoreError::Unfit(format!("a text cannot be compressed: {error}")))
    }
}

/// Unpacks texts; keeps its tables, which take longer to make than most texts to unpack.
pub(super) struct Unpacker(RefCell<zstd::bulk::Decompressor<'static>>);

impl Unpacker {
    pub(super) fn new() -> Result<Self, StoreError> {
        let made = zstd::bulk::Decompressor::new();
        made.map(|made| Self(RefCell::new(made)))
            .map_err(|error| StoreError::Unfit(format!("decompression fails: {error}")))
    }

    /// The text, whose length is known; anything else is damage.
    pub(super) fn unpack(&self, packed: &[u8], length: usize) -> Result<String, StoreError> {
        String::from_utf8(self.bytes(packed, length)?)
            .map_err(|_| StoreError::damaged("a text is not what was written"))
    }

    /// The same for who needs a little of it, and looks at that alone.
    pub(super) fn bytes(&self, packed: &[u8], length: usize) -> Result<Vec<u8>, StoreError> {
        if length > LONGEST_TEXT {
            return Err(StoreError::damaged("a text is longer than any"));
        }
        let unpacked = self.0.borrow_mut().decompress(packed, length);
        let bytes = unpacked
            .map_err(|error| StoreError::damaged(format!("a text cannot be read: {error}")))?;
        if bytes.len() == length {
            Ok(bytes)
        } else {
            Err(StoreError::damaged("a text has lost its end"))
        }
    }
}

const CHECKSUM: usize = size_of::<u32>();

/// Halves, little endian, then their checksum.
pub(super) fn pack_vector(vector: &[f32]) -> Result<Vec<u8>, StoreError> {
    let mut halves = vec![f16::ZERO; vector.len()];
    halves.convert_from_f32_slice(vector);
    if !halves.iter().all(|value| value.is_finite()) {
        return Err(StoreError::Unfit("a vector holds what is no number".into()));
    }
    let mut bytes = Vec::with_capacity(vector.len() * 2 + CHECKSUM);
    bytes.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    Ok(bytes)
}

pub(super) fn vector_is_whole(bytes: &[u8]) -> bool {
    bytes
        .split_last_chunk::<CHECKSUM>()
        .is_some_and(|(halves, checksum)| crc32fast::hash(halves).to_le_bytes() == *checksum)
}

/// Unpacks vectors one after another into the same memory.
#[derive(Default)]
pub(super) struct VectorUnpacker {
    bits: Vec<u16>,
    values: Vec<f32>,
}

impl VectorUnpacker {
    pub(super) fn unpack(&mut self, bytes: &[u8], dimensions: usize) -> Result<&[f32], StoreError> {
        if bytes.len() != dimensions * 2 + CHECKSUM || !vector_is_whole(bytes) {
            return Err(StoreError::damaged("a vector is not what was written"));
        }
        let halves = &bytes[..dimensions * 2];
        self.bits.clear();
        self.bits.extend(halves.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
        self.values.resize(dimensions, 0.0);
        self.bits.reinterpret_cast::<f16>().convert_to_f32_slice(&mut self.values);
        Ok(&self.values)
    }
}

/// Between two headings; a heading that holds it gets a space in its place.
const BETWEEN: char = '\u{1f}';

pub(super) fn pack_headings(headings: &[String]) -> Option<String> {
    let clean: Vec<String> = headings.iter().map(|heading| clean_heading(heading)).collect();
    (!clean.is_empty()).then(|| clean.join(&BETWEEN.to_string()))
}

pub(super) fn clean_heading(heading: &str) -> String {
    heading.replace(BETWEEN, " ")
}

pub(super) fn unpack_headings(packed: Option<&str>) -> Vec<String> {
    packed.map_or_else(Vec::new, |all| all.split(BETWEEN).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_or_is_said_to_be_damaged() {
        let mut packer = Packer::new().unwrap();
        let unpacker = Unpacker::new().unwrap();
        for text in ["", "wörter", "図書館の本", &"слово ".repeat(10_000)] {
            let packed = packer.pack(text).unwrap();
            assert_eq!(unpacker.unpack(&packed, text.len()).unwrap(), text);
            for place in [0, packed.len() / 2, packed.len() - 1] {
                let mut rotted = packed.clone();
                rotted[place] ^= 0x10;
                assert!(unpacker.unpack(&rotted, text.len()).is_err_and(|error| error.is_damage()));
            }
        }
    }

    #[test]
    fn a_vector_comes_back_nearly_or_is_said_to_be_damaged() {
        let vector: Vec<f32> = (0..384).map(|n| (n as f32 * 0.7).sin() / 14.0).collect();
        let packed = pack_vector(&vector).unwrap();
        let mut unpacker = VectorUnpacker::default();
        let back = unpacker.unpack(&packed, 384).unwrap();
        assert!(vector.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-4));
        let mut rotted = packed.clone();
        rotted[100] ^= 1;
        for (bytes, dimensions) in [(&rotted, 384), (&packed, 383), (&Vec::new(), 384)] {
            assert!(unpacker.unpack(bytes, dimensions).is_err_and(|error| error.is_damage()));
        }
        for wrong in [f32::NAN, f32::INFINITY, 1e6] {
            assert!(matches!(pack_vector(&[wrong]), Err(StoreError::Unfit(_))), "{wrong}");
        }
    }

    #[test]
    fn headings_come_back() {
        let check = |headings: &[&str]| {
            let headings: Vec<String> = headings.iter().map(|&heading| heading.into()).collect();
            let packed = pack_headings(&headings);
            assert_eq!(unpack_headings(packed.as_deref()), headings);
        };
        check(&[]);
        check(&[""]);
        check(&["Eins", "二", ""]);
    }
}

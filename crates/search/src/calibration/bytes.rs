//! A calibration as a file: measured once, read at each start.
//!
//! `KCAL`, the version, the digest of what was measured, dimensions, number of languages and number of scales
//! as u32, for each scale the numbers that are kept as u32 and chance, answer and spread as f32, then for each
//! language its tag in four bytes and the means of its documents and queries as f32, all little endian; last
//! the blake3 of all that.

use std::collections::BTreeMap;

use kenning_domain::Tag;

use super::text::digest;
use super::{Calibration, Portions, Scale, Shifts};

const MAGIC: &[u8; 8] = b"KCAL\x03\0\0\0";
const HEAD: usize = 8 + 32 + 12;
const SCALE: usize = 16;
/// One for each power of two, and more than there are of these.
const MOST_SCALES: usize = 64;

/// Why a calibration is to be measured again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCalibration {
    #[error("it is damaged, or not a calibration")]
    Damaged,
    #[error("it was measured on another text, or with other portions taken out")]
    Outdated,
}

impl Calibration {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(measured());
        bytes.extend((self.dimensions as u32).to_le_bytes());
        bytes.extend((self.documents.of.len() as u32).to_le_bytes());
        bytes.extend((self.scales.len() as u32).to_le_bytes());
        for (numbers, Scale { chance, answer, spread }) in &self.scales {
            bytes.extend((*numbers as u32).to_le_bytes());
            bytes.extend([chance, answer, spread].iter().flat_map(|value| value.to_le_bytes()));
        }
        for (language, documents) in &self.documents.of {
            let mut tag = [0; 4];
            tag[..language.as_str().len()].copy_from_slice(language.as_str().as_bytes());
            bytes.extend(tag);
            let queries = self.queries.of.get(language).unwrap_or(&self.queries.common);
            bytes.extend(documents.iter().chain(queries).flat_map(|value| value.to_le_bytes()));
        }
        bytes.extend(blake3::hash(&bytes).as_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadCalibration> {
        let damaged = BadCalibration::Damaged;
        let (body, checksum) = bytes.split_last_chunk::<32>().ok_or(damaged)?;
        if body.len() < HEAD || !body.starts_with(MAGIC) || blake3::hash(body) != *checksum {
            return Err(damaged);
        }
        if body[8..40] != measured() {
            return Err(BadCalibration::Outdated);
        }
        let word = |at: usize| <[u8; 4]>::try_from(&body[at..at + 4]).unwrap_or_default();
        let number = |at: usize| u32::from_le_bytes(word(at)) as usize;
        let [dimensions, languages, scales] = [40, 44, 48].map(number);
        let end = HEAD + SCALE * scales;
        if scales == 0 || scales > MOST_SCALES || body.len() < end {
            return Err(damaged);
        }
        let scale = |at: usize| {
            let [chance, answer, spread] = [4, 8, 12].map(|of| f32::from_le_bytes(word(at + of)));
            (number(at), Scale { chance, answer, spread })
        };
        let scales = (HEAD..end).step_by(SCALE).map(scale).collect();
        let entry = dimensions.checked_mul(8).map(|length| length + 4).ok_or(damaged)?;
        if entry.checked_mul(languages) != Some(body.len() - end) {
            return Err(damaged);
        }
        let mut means = [BTreeMap::new(), BTreeMap::new()];
        for entry in body[end..].chunks_exact(entry) {
            let tag = std::str::from_utf8(&entry[..4]).map_err(|_| damaged)?;
            let tag = Tag::new(tag.trim_end_matches('\0')).ok_or(damaged)?;
            let values: Vec<f32> =
                entry[4..].as_chunks().0.iter().map(|v| f32::from_le_bytes(*v)).collect();
            let (documents, queries) = values.split_at(dimensions);
            means[0].insert(tag, documents.to_vec());
            means[1].insert(tag, queries.to_vec());
        }
        let [documents, queries] = means.map(|of| Shifts::new(of, dimensions));
        let (kept, portions) = (dimensions, Portions::default());
        Ok(Self { dimensions, kept, portions, documents, queries, scales })
    }
}

/// What was measured: the text, and how much is taken out of vectors before chance and answers are told
/// apart.
fn measured() -> [u8; 32] {
    let Portions { strength, common } = Portions::default();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&digest());
    hasher.update(&strength.to_le_bytes()).update(&common.to_le_bytes());
    *hasher.finalize().as_bytes()
}

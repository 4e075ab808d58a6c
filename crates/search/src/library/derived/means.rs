//! The library's own means: for each language the mean vector of its contents, and the file in which
//! a start finds them again.
//!
//! `KENMEANS`, the version and the dimensions as u32, the epoch, the number of rows they were measured
//! over and the number of languages as u64; then for each language its tag in four bytes, its contents
//! as u64 and its mean as f32, all little endian; last the blake3 of all that.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use kenning_domain::{ContentId, Tag};
use kenning_store::VectorRow;

use crate::calibration::LibraryMean;

const MAGIC: &[u8; 8] = b"KENMEANS";
const VERSION: u32 = 1;
const HEADER: usize = 8 + 4 + 4 + 8 + 8 + 8;

/// What was measured, and over how much.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Means {
    /// How many vectors there were.
    pub rows: usize,
    pub of: Vec<LibraryMean>,
}

impl Means {
    pub fn to_bytes(&self, epoch: u64, dimensions: usize) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((dimensions as u32).to_le_bytes());
        for number in [epoch, self.rows as u64, self.of.len() as u64] {
            bytes.extend(number.to_le_bytes());
        }
        for own in &self.of {
            let mut tag = [0; 4];
            tag[..own.language.as_str().len()].copy_from_slice(own.language.as_str().as_bytes());
            bytes.extend(tag);
            bytes.extend((own.contents as u64).to_le_bytes());
            bytes.extend(own.mean.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes.extend(blake3::hash(&bytes).as_bytes());
        bytes
    }

    /// `None` for everything that is not exactly what was written for this epoch.
    pub fn from_bytes(bytes: &[u8], epoch: u64, dimensions: usize) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<32>()?;
        let (header, entries) = body.split_at_checked(HEADER)?;
        let word = |bytes: &[u8]| Some(u64::from_le_bytes(bytes.try_into().ok()?));
        let half = |bytes: &[u8]| Some(u32::from_le_bytes(bytes.try_into().ok()?));
        let known = header.starts_with(MAGIC) && half(&header[8..12])? == VERSION;
        let same = half(&header[12..16])? as usize == dimensions && word(&header[16..24])? == epoch;
        if !known || !same || blake3::hash(body) != *sum {
            return None;
        }
        let length = 12 + 4 * dimensions;
        if word(&header[32..40])?.checked_mul(length as u64)? != entries.len() as u64 {
            return None;
        }
        let entry = |entry: &[u8]| {
            let tag = std::str::from_utf8(&entry[..4]).ok()?;
            let mean = entry[12..].as_chunks().0.iter().map(|value| f32::from_le_bytes(*value));
            Some(LibraryMean {
                language: Tag::new(tag.trim_end_matches('\0'))?,
                contents: word(&entry[4..12])? as usize,
                mean: mean.collect(),
            })
        };
        let of = entries.chunks_exact(length).map(entry).collect::<Option<_>>()?;
        Some(Self { rows: word(&header[24..32])? as usize, of })
    }

    pub fn load(path: &Path, epoch: u64, dimensions: usize) -> Option<Self> {
        Self::from_bytes(&fs::read(path).ok()?, epoch, dimensions)
    }

    /// Written beside its place and renamed.
    pub fn save(&self, path: &Path, epoch: u64, dimensions: usize) -> io::Result<()> {
        let temporary = path.with_extension("new");
        fs::write(&temporary, self.to_bytes(epoch, dimensions))?;
        fs::rename(&temporary, path)
    }
}

/// Adds up vectors as they stream by, the passages of a content together. A content counts once for
/// each language it has passages in, however long it is.
#[derive(Default)]
pub(super) struct Sums {
    rows: usize,
    content: Option<ContentId>,
    /// Of the content that streams by.
    own: BTreeMap<Tag, Sum>,
    all: BTreeMap<Tag, Sum>,
}

#[derive(Default)]
struct Sum {
    count: usize,
    values: Vec<f64>,
}

impl Sum {
    fn add(&mut self, values: impl ExactSizeIterator<Item = f64>) {
        self.count += 1;
        self.values.resize(values.len(), 0.0);
        self.values.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }

    fn mean(&self) -> impl ExactSizeIterator<Item = f64> {
        self.values.iter().map(|sum| sum / self.count as f64)
    }
}

impl Sums {
    pub fn add(&mut self, row: &VectorRow<'_>) {
        let content = Some(row.passage.content());
        if self.content != content {
            self.end_content();
            self.content = content;
        }
        self.rows += 1;
        if let Some(language) = row.language {
            self.own.entry(language).or_default().add(row.vector.iter().map(|v| f64::from(*v)));
        }
    }

    fn end_content(&mut self) {
        for (language, sum) in std::mem::take(&mut self.own) {
            self.all.entry(language).or_default().add(sum.mean());
        }
    }

    pub fn finish(mut self) -> Means {
        self.end_content();
        let mean = |(language, sum): (&Tag, &Sum)| LibraryMean {
            language: *language,
            contents: sum.count,
            mean: sum.mean().map(|value| value as f32).collect(),
        };
        Means { rows: self.rows, of: self.all.iter().map(mean).collect() }
    }
}

#[cfg(test)]
mod tests {
    use kenning_domain::PassageId;

    use super::*;

    fn measured(rows: &[(i64, &str, [f32; 2])]) -> Means {
        let mut sums = Sums::default();
        for (number, (content, tag, vector)) in rows.iter().enumerate() {
            let passage = PassageId::new(ContentId(*content), number as u32).unwrap();
            sums.add(&VectorRow { passage, language: Tag::new(tag), vector });
        }
        sums.finish()
    }

    #[test]
    fn a_content_counts_once_for_each_of_its_languages() {
        let means = measured(&[
            (1, "de", [1.0, 0.0]),
            (1, "de", [1.0, 0.0]),
            (1, "fi", [0.0, 4.0]),
            (2, "de", [0.0, 1.0]),
            (3, "", [9.0, 9.0]),
        ]);
        let of = |at: usize| {
            let own = &means.of[at];
            (own.language.to_string(), own.contents, own.mean.clone())
        };
        assert_eq!(means.rows, 5);
        assert_eq!(of(0), ("de".to_owned(), 2, vec![0.5, 0.5]));
        assert_eq!(of(1), ("fi".to_owned(), 1, vec![0.0, 4.0]));
        assert_eq!(means.of.len(), 2);
    }

    #[test]
    fn what_was_written_comes_back_and_nothing_else_does() {
        let means = measured(&[(1, "de", [1.0, 0.5]), (2, "haw", [0.25, 2.0])]);
        let bytes = means.to_bytes(7, 2);
        assert_eq!(Means::from_bytes(&bytes, 7, 2), Some(means));
        assert_eq!(Means::from_bytes(&bytes, 8, 2), None);
        assert_eq!(Means::from_bytes(&bytes, 7, 3), None);
        for length in 0..bytes.len() {
            assert_eq!(Means::from_bytes(&bytes[..length], 7, 2), None, "{length} bytes");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            assert_eq!(Means::from_bytes(&damaged, 7, 2), None, "byte {at}");
        }
    }
}

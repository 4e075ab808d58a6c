//! The codes seen as documents: the mean of each content's rows, a mark of what they are, and a row as numbers
//! again.

use kenning_domain::{ContentId, PassageId};

use super::CodesSnapshot;
use super::chunk::Chunk;

/// A row and where it stands.
type Row<'a> = (PassageId, &'a Chunk, usize);

/// Of the rows of a content: changes when there are others, or when they hold something else.
pub type RowsMark = u64;

impl CodesSnapshot {
    /// Tells of each content that has rows, in the order of their numbers: its mark, and the mean of its rows, of
    /// length one unless they point nowhere.
    pub fn means(&self, tell: &mut dyn FnMut(ContentId, RowsMark, &[f32])) {
        let mut mean = vec![0.0; self.dimensions];
        for own in self.in_order().chunk_by(is_of_one_content) {
            mean.fill(0.0);
            for (_, chunk, row) in own {
                add(chunk, *row, &mut mean);
            }
            let length = mean.iter().map(|value| value * value).sum::<f32>().sqrt();
            if length > f32::MIN_POSITIVE {
                mean.iter_mut().for_each(|value| *value /= length);
            }
            tell(own[0].0.content(), mark(own), &mean);
        }
    }

    /// The marks alone, for which no row is read.
    pub fn marks(&self) -> Vec<(ContentId, RowsMark)> {
        let rows = self.in_order();
        let each = rows.chunk_by(is_of_one_content);
        each.map(|own| (own[0].0.content(), mark(own))).collect()
    }

    /// A passage's vector, as far as it was kept.
    pub fn vector(&self, passage: PassageId) -> Option<Vec<f32>> {
        let (chunk, row) = self.find(passage)?;
        let mut vector = vec![0.0; self.dimensions];
        add(chunk, row, &mut vector);
        Some(vector)
    }

    fn in_order(&self) -> Vec<Row<'_>> {
        let mut rows: Vec<Row<'_>> =
            self.living().map(|(chunk, row)| (chunk.labels()[row].passage, chunk, row)).collect();
        rows.sort_unstable_by_key(|(passage, ..)| *passage);
        rows
    }
}

fn is_of_one_content(one: &Row<'_>, other: &Row<'_>) -> bool {
    one.0.content() == other.0.content()
}

/// Of which passages there are, and of the scale of each, which hardly two vectors share (FNV-1a).
fn mark(own: &[Row<'_>]) -> RowsMark {
    let told = own.iter().flat_map(|(passage, chunk, row)| {
        [u64::from(passage.ordinal()), u64::from(chunk.labels()[*row].scale.to_bits())]
    });
    told.fold(0xcbf2_9ce4_8422_2325, |mark, told| (mark ^ told).wrapping_mul(0x0100_0000_01b3))
}

fn add(chunk: &Chunk, row: usize, to: &mut [f32]) {
    let scale = chunk.labels()[row].scale;
    for (to, code) in to.iter_mut().zip(chunk.row(row)) {
        *to += f32::from(*code) * scale;
    }
}

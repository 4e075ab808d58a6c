//! The codes seen as documents: the mean of each content's rows, and a row as numbers again.

use kenning_domain::{ContentId, PassageId};

use super::CodesSnapshot;
use super::chunk::Chunk;

impl CodesSnapshot {
    /// Tells of each content that has rows, in the order of their numbers: how many, and their mean, of length
    /// one. What points nowhere is left out.
    pub fn means(&self, tell: &mut dyn FnMut(ContentId, u32, &[f32])) {
        let mut rows: Vec<(PassageId, &Chunk, usize)> =
            self.living().map(|(chunk, row)| (chunk.labels()[row].passage, chunk, row)).collect();
        rows.sort_unstable_by_key(|(passage, ..)| *passage);
        let mut mean = vec![0.0; self.dimensions];
        for own in rows.chunk_by(|one, other| one.0.content() == other.0.content()) {
            mean.fill(0.0);
            for (_, chunk, row) in own {
                add(chunk, *row, &mut mean);
            }
            let length = mean.iter().map(|value| value * value).sum::<f32>().sqrt();
            if length > f32::MIN_POSITIVE {
                mean.iter_mut().for_each(|value| *value /= length);
                tell(own[0].0.content(), own.len() as u32, &mean);
            }
        }
    }

    /// A passage's vector, as far as it was kept.
    pub fn vector(&self, passage: PassageId) -> Option<Vec<f32>> {
        let (chunk, row) = self.find(passage)?;
        let mut vector = vec![0.0; self.dimensions];
        add(chunk, row, &mut vector);
        Some(vector)
    }
}

fn add(chunk: &Chunk, row: usize, to: &mut [f32]) {
    let scale = chunk.labels()[row].scale;
    for (to, code) in to.iter_mut().zip(chunk.row(row)) {
        *to += f32::from(*code) * scale;
    }
}

//! The dense codes: every passage's vector, rounded to bytes, in one matrix that is scanned whole.
//!
//! Derived from the truth and thrown away whenever it is in doubt. Vectors come here already shifted
//! and normalised; where they come from and what they mean is not known here.

mod chunk;
mod file;
mod means;
mod quantise;
mod scan;

use std::sync::Arc;

use kenning_domain::{ContentId, PassageId};

use chunk::{Chunk, Label};
pub use file::SpaceKey;
pub use means::RowsMark;
use quantise::quantise;
pub use scan::{Nearest, ScanOptions};

/// Why a vector was not taken, or a question not answered.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CodesError {
    #[error("a vector has {found} dimensions where {expected} were expected")]
    Dimensions { expected: usize, found: usize },
    #[error("a vector holds something that is not a number")]
    NotANumber,
    #[error("nobody waits for the answer any more")]
    Cancelled,
}

/// The matrix, and the only one who changes it. Readers take a `CodesSnapshot`.
pub struct Codes {
    now: CodesSnapshot,
    rounded: Vec<i8>,
}

/// The matrix as it was at one moment. Cheap to take, and never in the way of who appends.
#[derive(Clone)]
pub struct CodesSnapshot {
    dimensions: usize,
    chunks: Arc<Vec<Chunk>>,
}

impl Codes {
    pub fn new(dimensions: usize) -> Self {
        let now = CodesSnapshot { dimensions, chunks: Arc::default() };
        Self { now, rounded: Vec::new() }
    }

    pub fn snapshot(&self) -> CodesSnapshot {
        self.now.clone()
    }

    /// Whether a passage has a vector.
    pub fn has(&self, passage: PassageId) -> bool {
        self.now.find(passage).is_some()
    }

    /// Adds a passage's vector, in place of the one it had.
    pub fn push(&mut self, passage: PassageId, vector: &[f32]) -> Result<(), CodesError> {
        let expected = self.now.dimensions;
        if vector.len() != expected {
            return Err(CodesError::Dimensions { expected, found: vector.len() });
        }
        self.rounded.clear();
        let scale = quantise(vector, &mut self.rounded).ok_or(CodesError::NotANumber)?;
        self.remove(passage, PassageId(passage.0 + 1));
        self.append(Label { passage, scale });
        Ok(())
    }

    /// Takes away all passages of a content: how many there were.
    pub fn remove_content(&mut self, content: ContentId) -> usize {
        let first = PassageId::new(content, 0);
        let end = PassageId::new(ContentId(content.0 + 1), 0);
        match (first, end) {
            (Some(first), Some(end)) => self.remove(first, end),
            _ => 0,
        }
    }

    /// Appends the row that stands in `rounded`.
    fn append(&mut self, label: Label) {
        let chunks = Arc::make_mut(&mut self.now.chunks);
        if chunks.last().is_none_or(Chunk::is_full) {
            chunks.push(Chunk::new(self.now.dimensions));
        }
        if let Some(last) = chunks.last_mut() {
            last.push(label, &self.rounded);
        }
    }

    fn remove(&mut self, first: PassageId, end: PassageId) -> usize {
        let holds = |chunk: &Chunk| chunk.has_between(first, end);
        if !self.now.chunks.iter().any(holds) {
            return 0;
        }
        let chunks = Arc::make_mut(&mut self.now.chunks);
        let mut count = 0;
        for at in (0..chunks.len()).rev() {
            if chunks[at].has_between(first, end) {
                count += chunks[at].remove(first, end);
                compact(chunks, at, self.now.dimensions);
            }
        }
        count
    }
}

/// Writes a chunk anew when a quarter of it is gone, together with the one before it where both fit
/// into one. The pause is that of a single chunk, however large the matrix is.
fn compact(chunks: &mut Vec<Chunk>, at: usize, dimensions: usize) {
    if chunks[at].removed() * 4 < chunks[at].len().max(1) {
        return;
    }
    let with_previous = at > 0 && chunks[at - 1].alive() + chunks[at].alive() <= chunk::ROWS;
    let first = if with_previous { at - 1 } else { at };
    let mut fresh = Chunk::new(dimensions);
    for old in &chunks[first..=at] {
        fresh.absorb(old);
    }
    let replacement = (fresh.len() > 0).then_some(fresh);
    chunks.splice(first..=at, replacement);
}

impl CodesSnapshot {
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many passages have a vector.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(Chunk::alive).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The passages that have a vector, in no order.
    pub fn passages(&self) -> impl Iterator<Item = PassageId> {
        self.living().map(|(chunk, row)| chunk.labels()[row].passage)
    }

    fn find(&self, passage: PassageId) -> Option<(&Chunk, usize)> {
        let after = PassageId(passage.0.saturating_add(1));
        let mut chunks = self.chunks.iter().filter(|chunk| chunk.has_between(passage, after));
        chunks.find_map(|chunk| Some((chunk, chunk.find(passage)?)))
    }
}

#[cfg(test)]
mod tests;

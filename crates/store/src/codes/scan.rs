//! A walk over the whole matrix for its best rows.

use std::sync::atomic::{AtomicUsize, Ordering};

use kenning_domain::PassageId;

use super::chunk::Chunk;
use super::quantise::{product, quantise, stride};
use super::{CodesError, CodesSnapshot};
use crate::top::{Ranked, Top};
use crate::{Allowed, Cancelled};

pub struct ScanOptions<'a> {
    /// How many of the best are wanted.
    pub limit: usize,
    /// How many threads may work on it, the calling one counted.
    pub threads: usize,
    pub allowed: Option<Allowed<'a>>,
    pub cancelled: Option<Cancelled<'a>>,
}

impl ScanOptions<'_> {
    pub fn best(limit: usize) -> Self {
        Self { limit, threads: 1, allowed: None, cancelled: None }
    }
}

/// What a scan found: the closest of those allowed, the closest first; equals by the number of the
/// passage. The same matrix and query give the same, on any number of threads.
pub type Nearest = Vec<(PassageId, f32)>;

/// How many rows are multiplied before they are counted.
const BLOCK: usize = 512;

impl CodesSnapshot {
    /// Scans everything.
    pub fn scan(&self, query: &[f32], options: &ScanOptions<'_>) -> Result<Nearest, CodesError> {
        let query = self.quantised(query)?;
        let next = AtomicUsize::new(0);
        let threads = options.threads.clamp(1, self.chunks.len().max(1));
        let walk = || self.walk(&query, options, &next);
        let parts: Vec<Option<Top>> = std::thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(walk)).collect();
            let mut parts = vec![walk()];
            parts.extend(helpers.into_iter().map(|helper| helper.join().unwrap_or(None)));
            parts
        });
        let whole: Option<Vec<Top>> = parts.into_iter().collect();
        let mut whole = whole.ok_or(CodesError::Cancelled)?.into_iter();
        let mut best = whole.next().unwrap_or_else(|| Top::new(options.limit));
        whole.for_each(|part| best.merge(part));
        Ok(by_passage(best))
    }

    /// The similarity of each of these passages, where it has a vector.
    pub fn similarity_of(
        &self,
        query: &[f32],
        passages: &[PassageId],
    ) -> Result<Vec<Option<f32>>, CodesError> {
        let query = self.quantised(query)?;
        let similarity = |passage: &PassageId| {
            let (chunk, row) = self.find(*passage)?;
            Some(query.similarity(chunk, row))
        };
        Ok(passages.iter().map(similarity).collect())
    }

    fn quantised(&self, query: &[f32]) -> Result<Query, CodesError> {
        if query.len() != self.dimensions {
            let (expected, found) = (self.dimensions, query.len());
            return Err(CodesError::Dimensions { expected, found });
        }
        let mut codes = Vec::with_capacity(stride(query.len()));
        let scale = quantise(query, &mut codes).ok_or(CodesError::NotANumber)?;
        codes.resize(stride(query.len()), 0);
        Ok(Query { codes, scale })
    }

    /// Takes chunks that nobody has taken until there are none. `None` where it was cancelled.
    fn walk(&self, query: &Query, options: &ScanOptions<'_>, next: &AtomicUsize) -> Option<Top> {
        let mut best = Top::new(options.limit);
        while let Some(chunk) = self.chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            if options.cancelled.is_some_and(|cancelled| cancelled()) {
                return None;
            }
            query.look_through(chunk, options.allowed, &mut best);
        }
        Some(best)
    }
}

struct Query {
    codes: Vec<i8>,
    scale: f32,
}

impl Query {
    fn similarity(&self, chunk: &Chunk, row: usize) -> f32 {
        let product = product(&self.codes, chunk.row(row));
        product as f32 * (self.scale * chunk.labels()[row].scale)
    }

    /// Offers the rows that are near enough. All products of a block come before the first is looked
    /// at, so that the multiplying goes on without a break.
    fn look_through(&self, chunk: &Chunk, allowed: Option<Allowed<'_>>, best: &mut Top) {
        let mut rows = chunk.values().chunks_exact(self.codes.len().max(1));
        let mut products = [0; BLOCK];
        for (block, labels) in chunk.labels().chunks(BLOCK).enumerate() {
            for (to, values) in products.iter_mut().zip(rows.by_ref().take(labels.len())) {
                *to = product(&self.codes, values);
            }
            let mut threshold = best.threshold();
            for (at, (product, label)) in products.iter().zip(labels).enumerate() {
                let similarity = *product as f32 * (self.scale * label.scale);
                if similarity < threshold || chunk.is_removed(block * BLOCK + at) {
                    continue;
                }
                let candidate = Ranked { score: similarity, id: label.passage.0 };
                if best.would_take(candidate)
                    && allowed.is_none_or(|allowed| allowed(label.passage))
                {
                    best.offer(candidate);
                    threshold = best.threshold();
                }
            }
        }
    }
}

fn by_passage(top: Top) -> Vec<(PassageId, f32)> {
    top.into_sorted().iter().map(|ranked| (PassageId(ranked.id), ranked.score)).collect()
}

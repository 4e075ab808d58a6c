//! A walk over the whole matrix: the best rows, and how all similarities are spread.

use std::sync::atomic::{AtomicUsize, Ordering};

use kenning_domain::PassageId;

use super::chunk::{Chunk, ROWS};
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

/// What a scan found. The same matrix and query give the same, on any number of threads.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// The closest of those allowed, the closest first; equals by the number of the passage.
    pub best: Vec<(PassageId, f32)>,
    /// How all passages lie to the query, whether allowed or not.
    pub spread: Spread,
    /// The same for each language that has passages, by its number.
    pub languages: Vec<(u16, Tally)>,
}

/// How many similarities there are, their mean and their standard deviation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    pub count: u64,
    pub mean: f64,
    pub deviation: f64,
}

/// How similarities are spread.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    pub all: Tally,
    /// How many similarities lie in each of 256 equal parts of the range from −1 to 1.
    pub histogram: Box<[u32; BINS]>,
}

pub(super) const BINS: usize = 256;

/// Similarities are summed as whole numbers of this fraction, because such sums do not depend on
/// their order. Squares of two thousand million of them still fit.
const UNIT: f32 = (1 << 16) as f32;
const WIDTH: i32 = (1 << 17) / BINS as i32;

/// How many rows are multiplied before they are counted.
const BLOCK: usize = 512;

impl CodesSnapshot {
    /// Scans everything.
    pub fn scan(&self, query: &[f32], options: &ScanOptions<'_>) -> Result<Scan, CodesError> {
        let query = self.quantised(query)?;
        let next = AtomicUsize::new(0);
        let threads = options.threads.clamp(1, self.chunks.len().max(1));
        let walk = || self.walk(&query, options, &next);
        let parts: Vec<Option<Part>> = std::thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(walk)).collect();
            let mut parts = vec![walk()];
            parts.extend(helpers.into_iter().map(|helper| helper.join().unwrap_or(None)));
            parts
        });
        let whole: Option<Vec<Part>> = parts.into_iter().collect();
        let whole = whole.and_then(|parts| parts.into_iter().reduce(Part::merge));
        whole.map(Part::finish).ok_or(CodesError::Cancelled)
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
    fn walk(&self, query: &Query, options: &ScanOptions<'_>, next: &AtomicUsize) -> Option<Part> {
        let mut part = Part::new(options.limit);
        while let Some(chunk) = self.chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            if options.cancelled.is_some_and(|cancelled| cancelled()) {
                return None;
            }
            part.count(query, chunk, options.allowed);
        }
        Some(part)
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
}

/// What one thread has seen.
struct Part {
    top: Top,
    histogram: Box<[u32; BINS]>,
    languages: Vec<Sums>,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    count: u64,
    sum: i64,
    squares: u64,
}

impl Part {
    fn new(limit: usize) -> Self {
        Self { top: Top::new(limit), histogram: Box::new([0; BINS]), languages: Vec::new() }
    }

    fn count(&mut self, query: &Query, chunk: &Chunk, allowed: Option<Allowed<'_>>) {
        let highest = chunk.labels().iter().map(|label| usize::from(label.language)).max();
        let languages = highest.map_or(0, |highest| highest + 1).max(self.languages.len());
        self.languages.resize(languages, Sums::default());
        let rows = chunk.values().chunks_exact(query.codes.len().max(1));
        let mut products = [0; BLOCK];
        let mut row = 0;
        let mut rows = rows.peekable();
        while row < chunk.len().min(ROWS) {
            let block = BLOCK.min(chunk.len() - row);
            for (to, values) in products[..block].iter_mut().zip(&mut rows) {
                *to = product(&query.codes, values);
            }
            self.tally(query, chunk, row, &products[..block], allowed);
            row += block;
        }
    }

    fn tally(
        &mut self,
        query: &Query,
        chunk: &Chunk,
        first: usize,
        products: &[i32],
        allowed: Option<Allowed<'_>>,
    ) {
        let mut threshold = self.top.threshold();
        let labels = &chunk.labels()[first..];
        for ((row, product), label) in (first..).zip(products).zip(labels) {
            if chunk.is_removed(row) {
                continue;
            }
            let similarity = *product as f32 * (query.scale * label.scale);
            let whole = (similarity * UNIT) as i32;
            let sums = &mut self.languages[usize::from(label.language)];
            sums.count += 1;
            sums.sum += i64::from(whole);
            sums.squares += (i64::from(whole) * i64::from(whole)) as u64;
            self.histogram[bin(whole)] += 1;
            if similarity >= threshold {
                let candidate = Ranked { score: similarity, id: label.passage.0 };
                if self.top.would_take(candidate)
                    && allowed.is_none_or(|allowed| allowed(label.passage))
                {
                    self.top.offer(candidate);
                    threshold = self.top.threshold();
                }
            }
        }
    }

    fn merge(mut self, other: Self) -> Self {
        self.top.merge(other.top);
        for (to, from) in self.histogram.iter_mut().zip(other.histogram.iter()) {
            *to += from;
        }
        let languages = self.languages.len().max(other.languages.len());
        self.languages.resize(languages, Sums::default());
        for (to, from) in self.languages.iter_mut().zip(&other.languages) {
            to.add(from);
        }
        self
    }

    fn finish(self) -> Scan {
        let mut all = Sums::default();
        self.languages.iter().for_each(|sums| all.add(sums));
        let languages = (0u16..).zip(&self.languages).filter(|(_, sums)| sums.count > 0);
        Scan {
            best: by_passage(self.top),
            languages: languages.map(|(language, sums)| (language, sums.tally())).collect(),
            spread: Spread { all: all.tally(), histogram: self.histogram },
        }
    }
}

fn bin(whole: i32) -> usize {
    let from_least = whole.saturating_add(UNIT as i32).max(0);
    ((from_least / WIDTH) as usize).min(BINS - 1)
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    fn tally(&self) -> Tally {
        let unit = f64::from(UNIT);
        let count = self.count.max(1) as f64;
        let mean = self.sum as f64 / count;
        let variance = (self.squares as f64 / count - mean * mean).max(0.0);
        Tally { count: self.count, mean: mean / unit, deviation: variance.sqrt() / unit }
    }
}

fn by_passage(top: Top) -> Vec<(PassageId, f32)> {
    top.into_sorted().iter().map(|ranked| (PassageId(ranked.id), ranked.score)).collect()
}

/// Orders the best of a scan by exact similarities, and keeps the best few. What has no exact
/// similarity keeps the one that was scanned.
pub fn rescore(
    best: &[(PassageId, f32)],
    limit: usize,
    mut exact: impl FnMut(PassageId) -> Option<f32>,
) -> Vec<(PassageId, f32)> {
    let mut top = Top::new(limit);
    for (passage, similarity) in best {
        let score = exact(*passage).filter(|exact| exact.is_finite()).unwrap_or(*similarity);
        top.offer(Ranked { score, id: passage.0 });
    }
    by_passage(top)
}

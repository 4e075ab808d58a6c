//! Exact search: the documents with the highest dot product for each of many queries. Knows
//! vectors and their rows, and nothing of what they stand for.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::num::NonZero;
use std::thread;

/// Queries that are compared with a document at once. Their vectors are laid out side by side, so
/// that the inner loop goes across queries: it has no sum to reduce, and the compiler can vectorise
/// it without changing the order in which floats are added.
const LANES: usize = 32;

/// Documents that stay in the cache while every query of a thread passes by.
const BLOCK: usize = 64;

/// Vectors of one width, one to a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    width: usize,
    values: Vec<f32>,
}

impl Matrix {
    pub fn new(width: usize) -> Self {
        Self { width, values: Vec::new() }
    }

    /// How many numbers a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// `row` has the width of the matrix.
    pub fn push(&mut self, row: &[f32]) {
        debug_assert_eq!(row.len(), self.width);
        self.values.extend_from_slice(row);
    }

    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        // A matrix without a width has no rows, but an iterator over chunks of nothing would panic.
        self.values.chunks_exact(self.width.max(1))
    }

    /// A matrix of the rows at these places.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self::new(self.width);
        for row in rows {
            selected.push(&self.values[row * self.width..][..self.width]);
        }
        selected
    }
}

/// For each query the rows of the `depth` nearest documents, nearest first. Of two documents that
/// are equally near, the one on the lower row stands first. Both sides have the same width.
pub fn nearest(documents: &Matrix, queries: &Matrix, depth: usize) -> Vec<Vec<usize>> {
    let count = queries.rows().len();
    if count == 0 || depth == 0 {
        return vec![Vec::new(); count];
    }
    let panels = panels(queries);
    let panel = queries.width * LANES;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = (panels.len() / panel).div_ceil(threads);
    let mut best: Vec<Best> = (0..count).map(|_| Best::new(depth)).collect();
    thread::scope(|scope| {
        for (panels, best) in panels.chunks(share * panel).zip(best.chunks_mut(share * LANES)) {
            scope.spawn(move || search(documents, panels, best));
        }
    });
    best.into_iter().map(Best::into_rows).collect()
}

/// The queries in groups of [`LANES`]: the first number of each, then the second of each, and so on.
/// The last group is filled up with zeros.
fn panels(queries: &Matrix) -> Vec<f32> {
    let panel = queries.width * LANES;
    let mut panels = vec![0.0; queries.rows().len().div_ceil(LANES) * panel];
    for (index, row) in queries.rows().enumerate() {
        let start = index / LANES * panel + index % LANES;
        for (place, value) in row.iter().enumerate() {
            panels[start + place * LANES] = *value;
        }
    }
    panels
}

fn search(documents: &Matrix, panels: &[f32], best: &mut [Best]) {
    let width = documents.width.max(1);
    for (block, rows) in documents.values.chunks(BLOCK * width).enumerate() {
        for (panel, best) in panels.chunks_exact(width * LANES).zip(best.chunks_mut(LANES)) {
            for (place, row) in rows.chunks_exact(width).enumerate() {
                let scores = products(panel, row);
                for (best, score) in best.iter_mut().zip(scores) {
                    best.offer(Candidate { score, row: block * BLOCK + place });
                }
            }
        }
    }
}

fn products(panel: &[f32], row: &[f32]) -> [f32; LANES] {
    let mut sums = [0.0; LANES];
    let (columns, _) = panel.as_chunks::<LANES>();
    for (column, value) in columns.iter().zip(row) {
        for (sum, query) in sums.iter_mut().zip(column) {
            *sum += query * value;
        }
    }
    sums
}

/// A document under consideration. The better one is the greater one.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    score: f32,
    row: usize,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.row.cmp(&self.row))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

/// The best candidates offered so far, the worst of them on top.
struct Best {
    depth: usize,
    heap: BinaryHeap<Reverse<Candidate>>,
}

impl Best {
    fn new(depth: usize) -> Self {
        Self { depth, heap: BinaryHeap::new() }
    }

    fn offer(&mut self, candidate: Candidate) {
        if self.heap.len() < self.depth {
            self.heap.push(Reverse(candidate));
        } else if self.heap.peek().is_some_and(|worst| candidate > worst.0) {
            self.heap.pop();
            self.heap.push(Reverse(candidate));
        }
    }

    fn into_rows(self) -> Vec<usize> {
        self.heap.into_sorted_vec().into_iter().map(|candidate| candidate.0.row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[f32]]) -> Matrix {
        let mut matrix = Matrix::new(rows.first().map_or(0, |row| row.len()));
        rows.iter().for_each(|row| matrix.push(row));
        matrix
    }

    #[test]
    fn the_nearest_stand_first_and_equals_in_the_order_of_their_rows() {
        fn check(documents: &[&[f32]], query: &[f32], depth: usize, expected: &[usize]) {
            let found = nearest(&matrix(documents), &matrix(&[query]), depth);
            assert_eq!(found, [expected], "{documents:?} {query:?}");
        }
        let documents: &[&[f32]] = &[&[0.0, 1.0], &[1.0, 0.0], &[0.6, 0.8], &[1.0, 0.0]];
        check(documents, &[1.0, 0.0], 4, &[1, 3, 2, 0]);
        check(documents, &[1.0, 0.0], 1, &[1]);
        check(documents, &[0.0, 1.0], 3, &[0, 2, 1]);
        check(documents, &[-1.0, 0.0], 9, &[0, 2, 1, 3]);
        check(documents, &[0.0, 0.0], 2, &[0, 1]);
        check(documents, &[1.0, 0.0], 0, &[]);
        check(&[], &[1.0, 0.0], 3, &[]);
    }

    #[test]
    fn no_query_finds_nothing() {
        assert!(nearest(&matrix(&[&[1.0]]), &Matrix::default(), 3).is_empty());
        assert!(nearest(&Matrix::default(), &Matrix::default(), 3).is_empty());
    }

    #[test]
    fn rows_are_selected_in_the_order_asked_for() {
        let all = matrix(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]);
        assert_eq!(all.select(&[2, 0]), matrix(&[&[5.0, 6.0], &[1.0, 2.0]]));
    }

    /// Sizes around the edges of panels, blocks and threads, with many equal scores.
    #[test]
    fn blocks_panels_and_threads_find_what_sorting_finds() {
        for (documents, queries, width) in [(1, 1, 1), (63, 31, 3), (64, 32, 4), (200, 133, 5)] {
            let documents = scattered(documents, width, 1);
            let queries = scattered(queries, width, 2);
            let found = nearest(&documents, &queries, 10);
            for (query, found) in queries.rows().zip(found) {
                let product =
                    |row: &[f32]| -> f32 { row.iter().zip(query).map(|(a, b)| a * b).sum() };
                let mut expected: Vec<(f32, usize)> =
                    documents.rows().map(product).zip(0..).collect();
                expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                let expected: Vec<usize> = expected.iter().take(10).map(|pair| pair.1).collect();
                assert_eq!(found, expected);
            }
        }
    }

    /// Small whole numbers, so that sums are exact in any order.
    fn scattered(rows: usize, width: usize, seed: u64) -> Matrix {
        let mut state = seed;
        let mut matrix = Matrix::new(width);
        for _ in 0..rows {
            let row: Vec<f32> = (0..width)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 60) as f32 - 8.0
                })
                .collect();
            matrix.push(&row);
        }
        matrix
    }
}

//! Attention of one head within one text, over rows that hold many heads side by side.
//!
//! Short texts are taken number by number in vectors. For long ones the two products are those of the machine's
//! kernels, in narrow numbers.

use pulp::{Simd, WithSimd};

use super::linear::narrow_columns;
use super::narrow::{Attends, Panel, Sum};
use super::processor::Processor;
use super::steps::{soften, wide};
use crate::ops::Sight;

/// One head's part of rows that lie `stride` numbers apart.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    pub values: &'a [f32],
    pub stride: usize,
    pub first: usize,
    pub width: usize,
    pub rows: usize,
}

impl<'a> Part<'a> {
    #[inline(always)]
    fn row(&self, row: usize) -> &'a [f32] {
        &self.values[row * self.stride + self.first..][..self.width]
    }
}

/// What one head of one text is computed from.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    pub queries: Part<'a>,
    pub keys: Part<'a>,
    pub values: Part<'a>,
    pub sight: Sight,
}

/// Where the answers go: rows that lie `stride` numbers apart.
pub struct To<'a> {
    pub values: &'a mut [f32],
    pub stride: usize,
    pub first: usize,
}

/// Memory that is used again for each head.
#[derive(Default)]
pub struct Scratch<A: Attends> {
    turned: Vec<f32>,
    scores: Vec<f32>,
    weights_of_rows: Vec<[f32; SHORT_ROWS]>,
    query: Vec<A>,
    key: Vec<A>,
    value: Vec<A>,
    weights: Vec<A>,
    steps: Vec<f32>,
    key_sums: Vec<A::Sum>,
    value_sums: Vec<A::Sum>,
    keys: A::Panel,
    values: A::Panel,
}

/// From so many keys on the kernels' products are worth their packing.
const LONG: usize = 96;
/// Rows that ask at once: of short texts as many as there are registers for, of long ones as many as keep their
/// scores in the nearest cache.
const SHORT_ROWS: usize = 4;
const LONG_ROWS: usize = 64;

impl Head<'_> {
    pub fn attend<A: Attends>(&self, to: &mut To<'_>, scratch: &mut Scratch<A>) {
        if self.keys.rows >= LONG && self.queries.rows > 1 {
            self.attend_long(to, scratch);
        } else {
            Processor::current().vectors().dispatch(Short { head: self, to, scratch });
        }
    }

    /// How many keys a row sees.
    #[inline(always)]
    fn seen(&self, row: usize) -> usize {
        match self.sight {
            Sight::All => self.keys.rows,
            Sight::Past => self.keys.rows - (self.queries.rows - 1 - row),
        }
    }

    #[inline(always)]
    fn scale(&self) -> f32 {
        1.0 / (self.keys.width as f32).sqrt()
    }

    /// Chunks of keys, in each of them a row for each number of a key.
    #[inline(always)]
    fn turn(&self, turned: &mut [f32], chunk: usize) {
        let width = self.keys.width;
        for (number, turned) in turned.chunks_exact_mut(chunk * width).enumerate() {
            let first = number * chunk;
            let count = chunk.min(self.keys.rows - first);
            for lane in 0..count {
                let rows = turned.chunks_exact_mut(chunk).zip(self.keys.row(first + lane));
                rows.for_each(|(row, value)| row[lane] = *value);
            }
            // What was there before must not be infinite.
            if count < chunk {
                turned.chunks_exact_mut(chunk).for_each(|row| row[count..].fill(0.0));
            }
        }
    }

    /// By the definition, for widths that no model of note has.
    #[inline(always)]
    fn attend_any<A: Attends>(&self, to: &mut To<'_>, scratch: &mut Scratch<A>) {
        for row in 0..self.queries.rows {
            let seen = self.seen(row);
            let query = self.queries.row(row);
            scratch.scores.clear();
            scratch.scores.extend((0..seen).map(|key| {
                let pairs = query.iter().zip(self.keys.row(key));
                pairs.map(|(query, key)| query * key).sum::<f32>()
            }));
            let per = 1.0 / soften(&mut scratch.scores, self.scale());
            let to = &mut to.values[row * to.stride + to.first..][..self.values.width];
            to.fill(0.0);
            for (key, weight) in scratch.scores.iter().enumerate() {
                for (to, value) in to.iter_mut().zip(self.values.row(key)) {
                    *to = (weight * per).mul_add(*value, *to);
                }
            }
        }
    }

    fn attend_long<A: Attends>(&self, to: &mut To<'_>, scratch: &mut Scratch<A>) {
        let Scratch { turned, query, weights, key_sums, value_sums, .. } = scratch;
        let (count, width) = (self.keys.rows, self.keys.width);
        turned.resize(turned.len().max(count * width), 0.0);
        let turned = &mut turned[..count * width];
        scratch.key.resize(count * width, A::default());
        scratch.value.resize(count * width, A::default());
        scratch.steps.resize(width, 0.0);
        let mut step_of_keys = 0.0;
        wide(
            #[inline(always)]
            || {
                // All keys by the same steps: a row's scores are then worth the same. In a loop, for the closures of an
                // iterator would be compiled by themselves, for any processor.
                let mut least = f32::MAX;
                for row in 0..count {
                    let steps = A::steps_of_column(self.keys.row(row));
                    if steps > 0.0 {
                        least = least.min(steps);
                    }
                }
                step_of_keys = 1.0 / least;
                for (row, key) in scratch.key.chunks_exact_mut(width).enumerate() {
                    A::narrow_column(least, self.keys.row(row), key);
                }
                // Turned: the second product adds over keys.
                for row in 0..count {
                    for (at, number) in self.values.row(row).iter().enumerate() {
                        turned[at * count + row] = *number;
                    }
                }
            },
        );
        narrow_columns(turned, count, &mut scratch.value, &mut scratch.steps);
        scratch.keys.pack(&scratch.key, width);
        scratch.values.pack(&scratch.value, count);
        query.resize(LONG_ROWS * width, A::default());
        key_sums.resize(LONG_ROWS * count, A::Sum::default());
        weights.resize(LONG_ROWS * count, A::default());
        value_sums.resize(LONG_ROWS * width, A::Sum::default());
        for first in (0..self.queries.rows).step_by(LONG_ROWS) {
            let asking = LONG_ROWS.min(self.queries.rows - first);
            let mut steps = [0.0; LONG_ROWS];
            wide(
                #[inline(always)]
                || {
                    let rows = query.chunks_exact_mut(width).zip(&mut steps).enumerate();
                    for (row, (query, step)) in rows.take(asking) {
                        *step = A::narrow(self.queries.row(first + row), query).step;
                    }
                },
            );
            scratch.keys.product(&query[..asking * width], key_sums);
            let mut totals = [0.0; LONG_ROWS];
            wide(
                #[inline(always)]
                || {
                    for (row, total) in totals.iter_mut().enumerate().take(asking) {
                        let seen = self.seen(first + row);
                        let scores = &key_sums[row * count..][..seen];
                        let weights = &mut weights[row * count..][..count];
                        let scale = self.scale() * steps[row] * step_of_keys;
                        *total = A::soften(scores, scale, &mut weights[..seen]);
                        weights[seen..].fill(A::default());
                    }
                },
            );
            scratch.values.product(&weights[..asking * count], value_sums);
            wide(
                #[inline(always)]
                || {
                    for row in 0..asking {
                        let per = 1.0 / (totals[row] * A::ONE);
                        let to = &mut to.values[(first + row) * to.stride + to.first..][..width];
                        let sums = value_sums[row * width..][..width].iter().zip(&scratch.steps);
                        for (to, (sum, step)) in to.iter_mut().zip(sums) {
                            *to = sum.number() * (per * step);
                        }
                    }
                },
            );
        }
    }
}

/// A head of a short text, number by number in vectors.
struct Short<'a, 'b, 'c, A: Attends> {
    head: &'a Head<'a>,
    to: &'a mut To<'b>,
    scratch: &'c mut Scratch<A>,
}

/// Vectors that are added to side by side, for each row.
const SIDE: usize = 2;

impl<A: Attends> WithSimd for Short<'_, '_, '_, A> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { head, to, scratch } = self;
        let (keys, width, part_of_width) = (head.keys.rows, head.keys.width, SIDE * S::F32_LANES);
        if !width.is_multiple_of(part_of_width) {
            return head.attend_any(to, scratch);
        }
        let side = if keys <= S::F32_LANES { 1 } else { SIDE };
        let chunk = side * S::F32_LANES;
        let padded = keys.next_multiple_of(chunk);
        let Scratch { turned, scores, weights_of_rows: weights, .. } = scratch;
        turned.resize(padded * width, 0.0);
        scores.resize(SHORT_ROWS * padded, 0.0);
        weights.resize(keys, [0.0; SHORT_ROWS]);
        head.turn(turned, chunk);
        let last = head.queries.rows - 1;
        for first in (0..head.queries.rows).step_by(SHORT_ROWS) {
            // The last row takes the place of those that there are none of.
            let rows: [usize; SHORT_ROWS] = std::array::from_fn(|row| (first + row).min(last));
            let [one, two, three, four] = rows.map(|row| head.queries.row(row));
            for (number, keys) in turned.chunks_exact(chunk * width).enumerate() {
                let to = &mut scores[number * chunk..];
                let queries = [one, two, three, four];
                match side {
                    1 => multiply::<S, 1>(simd, queries, keys, to, padded),
                    _ => multiply::<S, SIDE>(simd, queries, keys, to, padded),
                }
            }
            let mut totals = [0.0; SHORT_ROWS];
            let most = head.seen(rows[SHORT_ROWS - 1]);
            for (row, total) in totals.iter_mut().enumerate() {
                let (scores, seen) = (&mut scores[row * padded..][..keys], head.seen(rows[row]));
                *total = soften(&mut scores[..seen], head.scale());
                scores[seen..].fill(0.0);
                for (weights, score) in weights.iter_mut().zip(scores) {
                    weights[row] = *score;
                }
            }
            for part in (0..width).step_by(part_of_width) {
                let mut sums = [[simd.splat_f32s(0.0); SIDE]; SHORT_ROWS];
                for (key, weights) in weights.iter().enumerate().take(most) {
                    let (values, _) =
                        S::as_simd_f32s(&head.values.row(key)[part..part + part_of_width]);
                    for (sums, weight) in sums.iter_mut().zip(weights) {
                        let weight = simd.splat_f32s(*weight);
                        for (sum, value) in sums.iter_mut().zip(values) {
                            *sum = simd.mul_add_e_f32s(weight, *value, *sum);
                        }
                    }
                }
                for (row, sums) in sums.iter().enumerate().take(head.queries.rows - first) {
                    let per = simd.splat_f32s(1.0 / totals[row]);
                    let to =
                        &mut to.values[rows[row] * to.stride + to.first + part..][..part_of_width];
                    for (to, sum) in S::as_mut_simd_f32s(to).0.iter_mut().zip(sums) {
                        *to = simd.mul_f32s(*sum, per);
                    }
                }
            }
        }
    }
}

/// The products of four rows with a chunk of turned keys, to rows that lie `stride` numbers apart.
#[inline(always)]
fn multiply<S: Simd, const SIDE: usize>(
    simd: S,
    [one, two, three, four]: [&[f32]; SHORT_ROWS],
    keys: &[f32],
    to: &mut [f32],
    stride: usize,
) {
    let mut sums = [[simd.splat_f32s(0.0); SIDE]; SHORT_ROWS];
    let (keys, _) = S::as_simd_f32s(keys);
    let queries = one.iter().zip(two).zip(three.iter().zip(four));
    for (keys, ((one, two), (three, four))) in keys.as_chunks::<SIDE>().0.iter().zip(queries) {
        for (sums, query) in sums.iter_mut().zip([*one, *two, *three, *four]) {
            let query = simd.splat_f32s(query);
            for (sum, key) in sums.iter_mut().zip(keys) {
                *sum = simd.mul_add_e_f32s(query, *key, *sum);
            }
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        let to = &mut to[row * stride..][..SIDE * S::F32_LANES];
        S::as_mut_simd_f32s(to).0.copy_from_slice(sums);
    }
}

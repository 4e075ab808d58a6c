//! Rows times weights, in one kind of numbers: many rows block by block, few of them panel by panel.

use std::ops::Range;
use std::sync::Arc;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::narrow::{Narrow, Panel};
use super::rows::{Buffer, Narrowed, Spare};
use super::steps::wide;

/// Rows that are taken at once: their sums stay in the nearest cache.
pub const BLOCK: usize = 64;
/// Columns of a weight that are packed together.
const PANEL: usize = 128;

/// A weight, packed.
pub struct Weight<T: Narrow> {
    panels: Vec<T::Panel>,
    /// What a step of each column's numbers is worth.
    steps: Vec<f32>,
    /// Nothing, or one for each column.
    bias: Vec<f32>,
    pub depth: usize,
}

impl<T: Narrow> Weight<T> {
    pub fn pack(numbers: &[f32], columns: usize, bias: Vec<f32>) -> Self {
        let depth = numbers.len() / columns.max(1);
        let mut steps = vec![0.0; columns];
        let of_panels = numbers.par_chunks(PANEL * depth).zip(steps.par_chunks_mut(PANEL));
        let panels = of_panels.map(|(numbers, steps)| panel::<T>(numbers, depth, steps)).collect();
        Self { panels, steps, bias, depth }
    }

    pub fn columns(&self) -> usize {
        self.steps.len()
    }
}

/// Some columns, each narrowed by itself. `worth` is told what a step of each is worth.
fn panel<T: Narrow>(numbers: &[f32], depth: usize, worth: &mut [f32]) -> T::Panel {
    let mut narrow = vec![T::default(); numbers.len()];
    narrow_columns(numbers, depth, &mut narrow, worth);
    let mut panel = T::Panel::default();
    panel.pack(&narrow, depth);
    panel
}

/// Rows on their way into a product.
#[derive(Clone, Copy)]
pub struct Input<'a, T> {
    pub values: &'a [T],
    /// What a step of each row's numbers is worth.
    pub steps: &'a [f32],
}

/// What products are made with.
pub struct Products<T: Narrow> {
    pool: Arc<ThreadPool>,
    whole: Arc<Spare<f32>>,
    narrow: Arc<Spare<T>>,
    sums: Arc<Spare<T::Sum>>,
}

impl<T: Narrow> Products<T> {
    pub fn new(pool: &Arc<ThreadPool>, whole: &Arc<Spare<f32>>) -> Self {
        Self {
            pool: Arc::clone(pool),
            whole: Arc::clone(whole),
            narrow: Arc::default(),
            sums: Arc::default(),
        }
    }

    /// Room for rows that are narrowed elsewhere.
    pub fn room(&self, count: usize, width: usize) -> Narrowed<T> {
        Narrowed { values: self.narrow.take(count * width), steps: self.whole.take(count) }
    }

    pub fn narrowed(&self, values: &[f32], width: usize) -> Narrowed<T> {
        let mut narrowed = self.room(values.len() / width.max(1), width);
        let Narrowed { values: narrow, steps } = &mut narrowed;
        let blocks = narrow.par_chunks_mut(BLOCK * width).zip(steps.par_chunks_mut(BLOCK));
        blocks.zip(values.par_chunks(BLOCK * width)).for_each(|((narrow, steps), values)| {
            narrow_rows(values, width, narrow, steps);
        });
        narrowed
    }

    /// A product, each number of which is changed on its way: many rows block by block, few of them panel by panel.
    pub fn product(
        &self,
        weight: &Weight<T>,
        input: Input<'_, T>,
        change: impl Fn(f32) -> f32 + Sync + Copy,
    ) -> Buffer<f32> {
        let (columns, count) = (weight.columns(), input.steps.len());
        let mut out = self.whole.take(count * columns);
        if count > BLOCK || self.pool.current_num_threads() == 1 {
            out.par_chunks_mut(BLOCK * columns).enumerate().for_each(|(block, out)| {
                self.block(weight, block_of(input, block, weight.depth), change, out);
            });
            return out;
        }
        let parts = self.pool.current_num_threads();
        let each = weight.panels.len().div_ceil(parts).max(1);
        let made: Vec<(usize, Buffer<f32>)> = (0..weight.panels.len().div_ceil(each))
            .into_par_iter()
            .map(|part| {
                let panels = part * each..((part + 1) * each).min(weight.panels.len());
                let first = panels.start * PANEL;
                let width = (panels.end * PANEL).min(columns) - first;
                let mut made = self.whole.take(count * width);
                self.panels(weight, panels, input, change, (&mut made, first, width));
                (first, made)
            })
            .collect();
        for (first, made) in made {
            let width = made.len() / count.max(1);
            for (to, from) in out.chunks_exact_mut(columns).zip(made.chunks_exact(width.max(1))) {
                to[first..first + width].copy_from_slice(from);
            }
        }
        out
    }

    pub fn block(
        &self,
        weight: &Weight<T>,
        input: Input<'_, T>,
        change: impl Fn(f32) -> f32 + Copy,
        out: &mut [f32],
    ) {
        let columns = weight.columns();
        self.panels(weight, 0..weight.panels.len(), input, change, (out, 0, columns));
    }

    /// The products with some panels, to rows of `width` numbers that begin with the column `first`.
    fn panels(
        &self,
        weight: &Weight<T>,
        panels: Range<usize>,
        Input { values, steps }: Input<'_, T>,
        change: impl Fn(f32) -> f32 + Copy,
        (out, first, width): (&mut [f32], usize, usize),
    ) {
        let mut sums = self.sums.take(steps.len() * PANEL);
        for panel in panels {
            let own = &weight.panels[panel];
            own.product(values, &mut sums);
            let columns = panel * PANEL..panel * PANEL + own.columns();
            let per_column = &weight.steps[columns.clone()];
            let bias = weight.bias.get(columns.clone());
            wide(
                #[inline(always)]
                || {
                    for (row, step) in steps.iter().enumerate() {
                        let sums = &sums[row * per_column.len()..][..per_column.len()];
                        let out =
                            &mut out[row * width + columns.start - first..][..per_column.len()];
                        let products = out.iter_mut().zip(sums).zip(per_column);
                        match bias {
                            Some(bias) => {
                                for (((to, sum), per), bias) in products.zip(bias) {
                                    *to = change(T::sum(*sum).mul_add(step * per, *bias));
                                }
                            }
                            None => {
                                for ((to, sum), per) in products {
                                    *to = change(T::sum(*sum) * (step * per));
                                }
                            }
                        }
                    }
                },
            );
        }
    }

    /// A product, changed block by block while it is near.
    pub fn product_then(
        &self,
        weight: &Weight<T>,
        input: Input<'_, T>,
        then: impl Fn(Range<usize>, &mut [f32]) + Sync,
    ) -> Buffer<f32> {
        let (columns, count) = (weight.columns(), input.steps.len());
        if count <= BLOCK && self.pool.current_num_threads() > 1 {
            let mut out = self.product(weight, input, |value| value);
            then(0..count, &mut out);
            return out;
        }
        let mut out = self.whole.take(count * columns);
        out.par_chunks_mut(BLOCK * columns).enumerate().for_each(|(block, out)| {
            self.block(weight, block_of(input, block, weight.depth), |value| value, out);
            then(block * BLOCK..block * BLOCK + out.len() / columns, out);
        });
        out
    }
}

pub fn block_of<T>(input: Input<'_, T>, block: usize, depth: usize) -> Input<'_, T> {
    let rows = block * BLOCK..(block * BLOCK + BLOCK).min(input.steps.len());
    Input { values: &input.values[rows.start * depth..rows.end * depth], steps: &input.steps[rows] }
}

pub fn narrow_rows<T: Narrow>(values: &[f32], width: usize, narrow: &mut [T], steps: &mut [f32]) {
    wide(
        #[inline(always)]
        || {
            let rows = values.chunks_exact(width).zip(narrow.chunks_exact_mut(width));
            for ((row, narrow), step) in rows.zip(steps) {
                *step = T::narrow(row, narrow);
            }
        },
    );
}

/// Narrows each column by itself, so that no product with a row is too large.
pub fn narrow_columns<T: Narrow>(
    numbers: &[f32],
    depth: usize,
    narrow: &mut [T],
    worth: &mut [f32],
) {
    wide(
        #[inline(always)]
        || {
            let columns = numbers.chunks_exact(depth).zip(narrow.chunks_exact_mut(depth));
            for ((column, narrow), worth) in columns.zip(worth) {
                let steps = T::steps_of_column(column);
                T::narrow_by(steps, column, narrow);
                *worth = if steps > 0.0 { 1.0 / steps } else { 0.0 };
            }
        },
    );
}

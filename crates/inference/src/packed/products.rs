//! Rows times weights, in one kind of numbers: many rows block by block, few of them panel by panel.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::linear::{Levels, PANEL, Weight};
use super::narrow::{Narrow, Panel, Sum, Worth};
use super::rows::{Buffer, Narrowed, Spare};
use super::steps::{times, wide};

/// Rows that are taken at once: their sums stay in the nearest cache.
pub const BLOCK: usize = 64;

/// Rows on their way into a product.
#[derive(Clone, Copy)]
pub struct Input<'a, T> {
    pub values: &'a [T],
    /// What each row's numbers are worth.
    pub worth: &'a [Worth],
}

/// What products are made with.
pub struct Products<T: Narrow> {
    whole: Arc<Spare<f32>>,
    narrow: Arc<Spare<T>>,
    worth: Arc<Spare<Worth>>,
    sums: Arc<Spare<T::Sum>>,
}

impl<T: Narrow> Products<T> {
    pub fn new(whole: &Arc<Spare<f32>>) -> Self {
        Self {
            whole: Arc::clone(whole),
            narrow: Arc::default(),
            worth: Arc::default(),
            sums: Arc::default(),
        }
    }

    /// Room for rows that are narrowed elsewhere.
    pub fn room(&self, count: usize, width: usize, levels: Option<&Levels>) -> Narrowed<T> {
        Narrowed {
            values: self.narrow.take(count * T::length(width)),
            worth: self.worth.take(count),
            levels: levels.cloned(),
        }
    }

    pub fn narrowed(&self, values: &[f32], width: usize, levels: Option<&Levels>) -> Narrowed<T> {
        let mut narrowed = self.room(values.len() / width.max(1), width, levels);
        let Narrowed { values: narrow, worth, .. } = &mut narrowed;
        let narrow = narrow.par_chunks_mut(BLOCK * T::length(width));
        let blocks = narrow.zip(worth.par_chunks_mut(BLOCK));
        blocks.zip(values.par_chunks(BLOCK * width)).for_each(|((narrow, worth), values)| {
            self.narrow_rows(values, levels, narrow, worth);
        });
        narrowed
    }

    /// Narrows rows, as many as there is room for what they are worth.
    pub fn narrow_rows(
        &self,
        values: &[f32],
        levels: Option<&Levels>,
        narrow: &mut [T],
        worth: &mut [Worth],
    ) {
        let width = (values.len() / worth.len().max(1)).max(1);
        let mut level = self.whole.take(if levels.is_some() { width } else { 0 });
        wide(
            #[inline(always)]
            || {
                let narrow = narrow.chunks_exact_mut(T::length(width));
                let rows = values.chunks_exact(width).zip(narrow);
                for ((row, narrow), worth) in rows.zip(worth) {
                    *worth = match levels {
                        Some(levels) => {
                            times(row, &levels.of_rows, &mut level);
                            T::narrow(&level, narrow)
                        }
                        None => T::narrow(row, narrow),
                    };
                }
            },
        );
    }

    /// A product, each number of which is changed on its way: many rows block by block, few of them panel by panel.
    pub fn product(
        &self,
        weight: &Weight<T>,
        input: Input<'_, T>,
        change: impl Fn(f32) -> f32 + Sync + Copy,
    ) -> Buffer<f32> {
        let (columns, count) = (weight.columns(), input.worth.len());
        let mut out = self.whole.take(count * columns);
        if count > BLOCK || rayon::current_num_threads() == 1 {
            out.par_chunks_mut(BLOCK * columns).enumerate().for_each(|(block, out)| {
                self.block(weight, block_of(input, block, weight.depth), change, out);
            });
            return out;
        }
        let parts = rayon::current_num_threads();
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
        Input { values, worth }: Input<'_, T>,
        change: impl Fn(f32) -> f32 + Copy,
        (out, first, width): (&mut [f32], usize, usize),
    ) {
        let mut sums = self.sums.take(worth.len() * PANEL);
        for panel in panels {
            let own = &weight.panels[panel];
            own.product(values, &mut sums);
            let columns = panel * PANEL..panel * PANEL + own.columns();
            let per_column = &weight.steps[columns.clone()];
            let bias = &weight.bias[columns.clone()];
            let of_columns = if T::IS_LEVELLED { &weight.sums[columns.clone()] } else { bias };
            wide(
                #[inline(always)]
                || {
                    for (row, Worth { step, least }) in worth.iter().enumerate() {
                        let sums = &sums[row * per_column.len()..][..per_column.len()];
                        let out =
                            &mut out[row * width + columns.start - first..][..per_column.len()];
                        let products = out.iter_mut().zip(sums).zip(per_column).zip(bias);
                        if T::IS_LEVELLED {
                            for ((((to, sum), per), bias), of_column) in products.zip(of_columns) {
                                let rest = least.mul_add(*of_column, *bias);
                                *to = change(sum.number().mul_add(step * per, rest));
                            }
                        } else {
                            for (((to, sum), per), bias) in products {
                                *to = change(sum.number().mul_add(step * per, *bias));
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
        let (columns, count) = (weight.columns(), input.worth.len());
        if count <= BLOCK && rayon::current_num_threads() > 1 {
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

pub fn block_of<T: Narrow>(input: Input<'_, T>, block: usize, depth: usize) -> Input<'_, T> {
    let length = T::length(depth);
    let rows = block * BLOCK..(block * BLOCK + BLOCK).min(input.worth.len());
    Input {
        values: &input.values[rows.start * length..rows.end * length],
        worth: &input.worth[rows],
    }
}

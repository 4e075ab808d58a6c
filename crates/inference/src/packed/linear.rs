//! Weights, packed: where their numbers are bytes, once it is known which channels of the rows that come to them are
//! much larger than others.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::narrow::{Narrow, Panel};
use super::rows::Narrowed;
use super::steps::{furthest, wide};
use crate::error::LoadError;
use crate::weights::Stored;

/// Columns of a weight that are packed together.
pub const PANEL: usize = 128;

/// What the channels of rows are multiplied with before they are narrowed, and those of weights divided by, so that a
/// few large channels do not take the steps from all others.
#[derive(Clone)]
pub struct Levels {
    pub of_rows: Arc<[f32]>,
}

impl Levels {
    /// By the largest number of each channel, of rows and of the weights that they meet. Levelling one side wholly would
    /// unsettle the other; a third of the way loses least in multilingual-e5-small, a quarter and a half hardly more.
    fn of(rows: &[f32], weights: &[Vec<f32>], width: usize) -> Self {
        const SHARE: f32 = 0.3;
        let (of_rows, all_rows) = largest(rows.chunks_exact(width), width);
        let weights = weights.iter().flat_map(|numbers| numbers.chunks_exact(width));
        let (of_weights, all_weights) = largest(weights, width);
        // A channel that was silent may speak up later.
        let level = |(row, weight): (f32, f32)| {
            let share = weight.max(all_weights * 1e-2) / row.max(all_rows * 1e-3);
            if share.is_finite() && share > 0.0 { share.powf(SHARE) } else { 1.0 }
        };
        Self { of_rows: of_rows.into_iter().zip(of_weights).map(level).collect() }
    }
}

/// The size of each channel's largest number, and of the largest of all.
fn largest<'a>(rows: impl Iterator<Item = &'a [f32]>, width: usize) -> (Vec<f32>, f32) {
    let mut largest = vec![0.0f32; width];
    for row in rows {
        largest.iter_mut().zip(row).for_each(|(most, value)| *most = most.max(value.abs()));
    }
    let all = furthest(&largest);
    (largest, all)
}

/// A weight, packed.
pub struct Weight<T: Narrow> {
    pub panels: Vec<T::Panel>,
    /// What a step of each column's numbers is worth.
    pub steps: Vec<f32>,
    /// What each column's numbers add up to, where rows count from other numbers than nothing.
    pub sums: Vec<f32>,
    pub bias: Vec<f32>,
    pub depth: usize,
    pub levels: Option<Levels>,
}

impl<T: Narrow> Weight<T> {
    /// `numbers` has a row for each column.
    fn pack(
        mut numbers: Vec<f32>,
        columns: usize,
        bias: Option<Vec<f32>>,
        levels: Option<Levels>,
    ) -> Self {
        let depth = numbers.len() / columns.max(1);
        if let Some(levels) = &levels {
            for column in numbers.chunks_exact_mut(depth) {
                column
                    .iter_mut()
                    .zip(&*levels.of_rows)
                    .for_each(|(number, level)| *number /= level);
            }
        }
        let (mut steps, mut sums) = (vec![0.0; columns], vec![0.0; columns]);
        let told = steps.par_chunks_mut(PANEL).zip(sums.par_chunks_mut(PANEL));
        let panels = numbers.par_chunks(PANEL * depth).zip(told);
        let panels = panels.map(|(numbers, (steps, sums))| panel::<T>(numbers, depth, steps, sums));
        let panels = panels.collect();
        let bias = bias.unwrap_or_else(|| vec![0.0; columns]);
        Self { panels, steps, sums, bias, depth, levels }
    }

    pub fn columns(&self) -> usize {
        self.steps.len()
    }

    /// Whether rows were narrowed for it.
    pub fn takes(&self, rows: &Narrowed<T>) -> bool {
        match (&self.levels, &rows.levels) {
            (Some(own), Some(theirs)) => Arc::ptr_eq(&own.of_rows, &theirs.of_rows),
            (own, theirs) => own.is_none() && theirs.is_none(),
        }
    }
}

/// Some columns. Says what a step of each is worth, and what each adds up to.
fn panel<T: Narrow>(
    numbers: &[f32],
    depth: usize,
    steps: &mut [f32],
    sums: &mut [f32],
) -> T::Panel {
    let length = T::length(depth);
    let mut narrow = vec![T::default(); numbers.len() / depth * length];
    narrow_columns(numbers, depth, &mut narrow, steps);
    for ((column, step), sum) in narrow.chunks_exact(length).zip(steps).zip(sums) {
        *sum = T::total(column) * *step;
    }
    let mut panel = T::Panel::default();
    panel.pack(&narrow, length);
    panel
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
            let narrow = narrow.chunks_exact_mut(T::length(depth));
            let columns = numbers.chunks_exact(depth).zip(narrow);
            for ((column, narrow), worth) in columns.zip(worth) {
                let steps = T::steps_of_column(column);
                T::narrow_column(steps, column, narrow);
                *worth = if steps > 0.0 { 1.0 / steps } else { 0.0 };
            }
        },
    );
}

/// A weight as it was loaded, until it is packed.
struct Given {
    stored: Stored,
    bias: Option<Vec<f32>>,
}

/// A weight that is packed when it is loaded, or with the first rows that come to it.
pub struct Linear<T: Narrow> {
    packed: OnceLock<Weight<T>>,
    given: Mutex<Option<Given>>,
    pub columns: usize,
}

impl<T: Narrow> Linear<T> {
    pub fn load(stored: Stored, bias: Option<Vec<f32>>) -> Result<Self, LoadError> {
        let (packed, columns) = (OnceLock::new(), stored.shape[0]);
        if T::IS_LEVELLED {
            return Ok(Self { packed, given: Mutex::new(Some(Given { stored, bias })), columns });
        }
        let packed = OnceLock::from(Weight::pack(stored.to_f32()?, columns, bias, None));
        Ok(Self { packed, given: Mutex::default(), columns })
    }

    pub fn packed(&self) -> Option<&Weight<T>> {
        self.packed.get()
    }

    /// Packs those that are not packed yet, all for the same levels: those of rows that come to each of them.
    pub fn settle(linears: &[&Self], rows: &[f32], width: usize) -> Result<(), LoadError> {
        // One after the other: whoever comes second finds nothing left to do.
        let given: Vec<(&Self, Given)> =
            linears.iter().filter_map(|linear| Some((*linear, linear.take()?))).collect();
        let numbers = given.iter().map(|(_, given)| given.stored.to_f32());
        let numbers: Vec<Vec<f32>> = numbers.collect::<Result<_, _>>()?;
        let levels = Levels::of(rows, &numbers, width);
        for ((linear, given), numbers) in given.into_iter().zip(numbers) {
            let weight = Weight::pack(numbers, linear.columns, given.bias, Some(levels.clone()));
            linear.packed.get_or_init(|| weight);
        }
        Ok(())
    }

    fn take(&self) -> Option<Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

//! The numbers that products are computed in: how rows and columns are narrowed to them, and what a step is worth.

use half::bf16;

use super::kernels::Matrix;
use super::pairs::Pairs;
use super::steps;

/// Numbers that products are computed in.
pub trait Narrow: Copy + Default + Send + Sync + 'static {
    type Sum: Copy + Default + Send + Sync + 'static;
    type Panel: Panel<Self>;

    fn sum(sum: Self::Sum) -> f32;
    /// Narrows a row. Answers what a step of its numbers is worth.
    fn narrow(row: &[f32], to: &mut [Self]) -> f32;
    /// How many steps a column's number of one may take, so that no product with a row is too large.
    fn steps_of_column(column: &[f32]) -> f32;
    /// Narrows numbers to so many steps for each one.
    fn narrow_by(steps: f32, numbers: &[f32], to: &mut [Self]);
}

/// Numbers that attention may be computed in.
pub trait Attends: Narrow {
    /// What a weight of one is narrowed to.
    const ONE: f32;

    /// Turns scores, of which one is worth `scale`, into weights. Answers what the weights add up to, where the largest
    /// is one.
    fn soften(scores: &[Self::Sum], scale: f32, to: &mut [Self]) -> f32;
}

/// Columns of a weight, packed as the products of this machine want them.
pub trait Panel<T: Narrow>: Default + Send + Sync {
    /// `rows` has a row of `depth` numbers for each column. The memory of what was packed before is used again.
    fn pack(&mut self, rows: &[T], depth: usize);
    fn columns(&self) -> usize;
    /// The products of each row with each column, row by row.
    fn product(&self, rows: &[T], sums: &mut [T::Sum]);
}

impl Narrow for bf16 {
    type Sum = f32;
    type Panel = Matrix<bf16>;

    #[inline(always)]
    fn sum(sum: f32) -> f32 {
        sum
    }

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> f32 {
        steps::to_halves(row, to);
        1.0
    }

    #[inline(always)]
    fn steps_of_column(_: &[f32]) -> f32 {
        1.0
    }

    #[inline(always)]
    fn narrow_by(_: f32, numbers: &[f32], to: &mut [Self]) {
        steps::to_halves(numbers, to);
    }
}

impl Attends for bf16 {
    const ONE: f32 = 1.0;

    #[inline(always)]
    fn soften(scores: &[f32], scale: f32, to: &mut [Self]) -> f32 {
        steps::soften_to(scores, scale, to, |score| score, steps::half)
    }
}

/// A row's largest number in shorts. Twice as many for rows would halve what is left for columns.
const LARGEST: f32 = 8191.0;

impl Narrow for i16 {
    type Sum = i32;
    type Panel = Pairs;

    #[inline(always)]
    fn sum(sum: i32) -> f32 {
        sum as f32
    }

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> f32 {
        let size = steps::furthest(row);
        let steps = if size > 0.0 { LARGEST / size } else { 0.0 };
        steps::to_shorts(steps, row, to);
        size / LARGEST
    }

    /// So few that the sum of a row's largest number times each of the column's, rounded, is a whole number of 32 bits.
    #[inline(always)]
    fn steps_of_column(column: &[f32]) -> f32 {
        let room = i32::MAX as f32 / (LARGEST + 1.0) - column.len() as f32;
        let (size, all) = (steps::furthest(column), steps::sum(column, f32::abs));
        if size > 0.0 { (room / all).min(f32::from(i16::MAX) / size) } else { 0.0 }
    }

    #[inline(always)]
    fn narrow_by(steps: f32, numbers: &[f32], to: &mut [Self]) {
        steps::to_shorts(steps, numbers, to);
    }
}

impl Attends for i16 {
    const ONE: f32 = LARGEST;

    #[inline(always)]
    fn soften(scores: &[i32], scale: f32, to: &mut [Self]) -> f32 {
        let short = |weight: f32| steps::short(weight * LARGEST);
        steps::soften_to(scores, scale, to, |score| score as f32, short)
    }
}

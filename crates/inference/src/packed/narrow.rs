//! The numbers that products are computed in: how rows and columns are narrowed to them, and what a step is worth.

use half::bf16;

use super::kernels::Matrix;
use super::steps;

/// What a narrowed number `n` of a row stands for: `n * step + least`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worth {
    pub step: f32,
    pub least: f32,
}

/// What products of narrowed numbers add up to.
pub trait Sum: Copy + Default + Send + Sync + 'static {
    fn number(self) -> f32;
}

impl Sum for f32 {
    #[inline(always)]
    fn number(self) -> f32 {
        self
    }
}

impl Sum for i32 {
    #[inline(always)]
    fn number(self) -> f32 {
        self as f32
    }
}

/// Numbers that products are computed in.
pub trait Narrow: Copy + Default + Send + Sync + 'static {
    type Sum: Sum;
    type Panel: Panel<Self>;
    /// How many numbers of a row become one of these.
    const TOGETHER: usize;
    /// Whether so much is lost by large numbers among small ones that channels are to be levelled first.
    const IS_LEVELLED: bool;

    /// Narrows a row.
    fn narrow(row: &[f32], to: &mut [Self]) -> Worth;
    /// How many steps a column's number of one may take, so that no product with a row is too large.
    fn steps_of_column(column: &[f32]) -> f32;
    /// Narrows numbers of a column to so many steps for each one.
    fn narrow_column(steps: f32, numbers: &[f32], to: &mut [Self]);
    /// What a column's numbers add up to, where rows have another least than nothing.
    fn total(_column: &[Self]) -> f32 {
        0.0
    }

    /// How many of these a row of so many numbers becomes.
    #[inline(always)]
    fn length(width: usize) -> usize {
        width.div_ceil(Self::TOGETHER)
    }
}

/// Numbers that attention may be computed in, each for itself: rows of them have nothing as their least.
pub trait Attends: Narrow {
    /// What a weight of one is narrowed to.
    const ONE: f32;

    /// Turns scores, of which one is worth `scale`, into weights. Answers what the weights add up to, where the largest
    /// is one.
    fn soften(scores: &[Self::Sum], scale: f32, to: &mut [Self]) -> f32;
}

/// Columns of a weight, packed as the products of this machine want them. Their depth is in `T`, as is rows' length.
pub trait Panel<T: Narrow>: Default + Send + Sync {
    /// `rows` has a row of `depth` for each column. The memory of what was packed before is used again.
    fn pack(&mut self, rows: &[T], depth: usize);
    fn columns(&self) -> usize;
    /// The products of each row with each column, row by row.
    fn product(&self, rows: &[T], sums: &mut [T::Sum]);
}

impl Narrow for bf16 {
    type Sum = f32;
    type Panel = Matrix<bf16>;
    const TOGETHER: usize = 1;
    const IS_LEVELLED: bool = false;

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> Worth {
        steps::to_halves(row, to);
        Worth { step: 1.0, least: 0.0 }
    }

    #[inline(always)]
    fn steps_of_column(_: &[f32]) -> f32 {
        1.0
    }

    #[inline(always)]
    fn narrow_column(_: f32, numbers: &[f32], to: &mut [Self]) {
        steps::to_halves(numbers, to);
    }
}

impl Attends for bf16 {
    const ONE: f32 = 1.0;

    #[inline(always)]
    fn soften(scores: &[f32], scale: f32, to: &mut [Self]) -> f32 {
        steps::soften_to(scores, scale, to, steps::half)
    }
}

/// What a row's bytes count from, and how many steps it is to the largest: all that a byte has.
#[inline(always)]
fn spread(row: &[f32]) -> (f32, Worth) {
    let (least, most) = (-steps::largest(row, |value| -value), steps::largest(row, |value| value));
    // What is no number is in no order; a sum with all of them is none.
    let least = least + 0.0 * steps::sum(row, |value| value);
    let steps = if most > least { 255.0 / (most - least) } else { 0.0 };
    (steps, Worth { step: (most - least) / 255.0, least })
}

/// For kernels of bytes with a sign.
impl Narrow for i8 {
    type Sum = i32;
    type Panel = Matrix<i8>;
    const TOGETHER: usize = 1;
    const IS_LEVELLED: bool = true;

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> Worth {
        let (steps, worth) = spread(row);
        steps::to_whole(row, worth.least, steps, to, |whole| (whole - 128) as i8);
        Worth { least: 128.0f32.mul_add(worth.step, worth.least), ..worth }
    }

    #[inline(always)]
    fn steps_of_column(column: &[f32]) -> f32 {
        let size = steps::furthest(column);
        if size > 0.0 { 127.0 / size } else { 0.0 }
    }

    #[inline(always)]
    fn narrow_column(steps: f32, numbers: &[f32], to: &mut [Self]) {
        steps::to_whole(numbers, 0.0, steps, to, |whole| whole as i8);
    }

    fn total(column: &[Self]) -> f32 {
        column.iter().copied().map(f32::from).sum()
    }
}

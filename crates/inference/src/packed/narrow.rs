//! The numbers that products are computed in: how rows and columns are narrowed to them, and what a step is worth.

use half::bf16;

use super::columns::Columns;
use super::kernels::Matrix;
use super::steps;

/// What a narrowed number `n` of a row stands for: `n * step + least`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worth {
    pub step: f32,
    pub least: f32,
}

/// Numbers that products are computed in.
pub trait Narrow: Copy + Default + Send + Sync + 'static {
    type Sum: Copy + Default + Send + Sync + 'static;
    type Panel: Panel<Self>;
    /// Whether so much is lost by large numbers among small ones that channels are to be levelled first.
    const IS_LEVELLED: bool;

    fn sum(sum: Self::Sum) -> f32;
    /// Narrows a row.
    fn narrow(row: &[f32], to: &mut [Self]) -> Worth;
    /// How many steps a column's number of one may take, so that no product with a row is too large.
    fn steps_of_column(column: &[f32]) -> f32;
    /// Narrows numbers of a column to so many steps for each one.
    fn narrow_column(steps: f32, numbers: &[f32], to: &mut [Self]);
    /// As a number.
    fn of_column(self) -> f32;
}

/// Numbers that attention may be computed in: rows of them have nothing as their least.
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
    const IS_LEVELLED: bool = false;

    #[inline(always)]
    fn sum(sum: f32) -> f32 {
        sum
    }

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

    fn of_column(self) -> f32 {
        self.to_f32()
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
    type Panel = Columns<i16, 2>;
    const IS_LEVELLED: bool = false;

    #[inline(always)]
    fn sum(sum: i32) -> f32 {
        sum as f32
    }

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> Worth {
        let size = steps::furthest(row);
        let steps = if size > 0.0 { LARGEST / size } else { 0.0 };
        steps::to_whole(row, 0.0, steps, to, |whole| whole as i16);
        Worth { step: size / LARGEST, least: 0.0 }
    }

    /// So few that the sum of a row's largest number times each of the column's, rounded, is a whole number of 32 bits.
    #[inline(always)]
    fn steps_of_column(column: &[f32]) -> f32 {
        let room = i32::MAX as f32 / (LARGEST + 1.0) - column.len() as f32;
        let (size, all) = (steps::furthest(column), steps::sum(column, f32::abs));
        if size > 0.0 { (room / all).min(f32::from(i16::MAX) / size) } else { 0.0 }
    }

    #[inline(always)]
    fn narrow_column(steps: f32, numbers: &[f32], to: &mut [Self]) {
        steps::to_whole(numbers, 0.0, steps, to, |whole| whole as i16);
    }

    fn of_column(self) -> f32 {
        f32::from(self)
    }
}

impl Attends for i16 {
    const ONE: f32 = LARGEST;

    #[inline(always)]
    fn soften(scores: &[i32], scale: f32, to: &mut [Self]) -> f32 {
        let short = |weight: f32| steps::whole(weight * LARGEST) as i16;
        steps::soften_to(scores, scale, to, |score| score as f32, short)
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
    const IS_LEVELLED: bool = true;

    #[inline(always)]
    fn sum(sum: i32) -> f32 {
        sum as f32
    }

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

    fn of_column(self) -> f32 {
        f32::from(self)
    }
}

/// For products of bytes without a sign with bytes that have one, two of which are added up to sixteen bits.
impl Narrow for u8 {
    type Sum = i32;
    type Panel = Columns<u8, 4>;
    const IS_LEVELLED: bool = true;

    #[inline(always)]
    fn sum(sum: i32) -> f32 {
        sum as f32
    }

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> Worth {
        let (steps, worth) = spread(row);
        steps::to_whole(row, worth.least, steps, to, |whole| whole as u8);
        worth
    }

    #[inline(always)]
    fn steps_of_column(column: &[f32]) -> f32 {
        // No two neighbours are larger together than what sixteen bits hold of the largest bytes.
        let size = steps::furthest(column);
        let pairs = column.chunks(2).map(|pair| pair.iter().map(|value| value.abs()).sum::<f32>());
        let pair = pairs.fold(0.0f32, f32::max);
        if size > 0.0 { (127.0 / pair).min(127.0 / size) } else { 0.0 }
    }

    #[inline(always)]
    fn narrow_column(steps: f32, numbers: &[f32], to: &mut [Self]) {
        steps::to_whole(numbers, 0.0, steps, to, |whole| (whole as i8).cast_unsigned());
    }

    fn of_column(self) -> f32 {
        f32::from(self.cast_signed())
    }
}

//! Weights of four bits, as files of ggml's kind Q4_0 have them, thirty-two neighbours of which share a step: they are
//! taken as they are stored, and rows are narrowed to bytes that share steps likewise. A number that is much larger
//! than others takes the steps from its neighbours alone.

use super::columns::{COLUMNS, Columns, Tiled};
use super::narrow::{Narrow, Worth};
use super::steps;

/// How many share a step.
const SHARING: usize = 32;
/// Neighbours that are multiplied at once.
const NEAR: usize = 4;

/// Neighbours of a row, or of a column.
#[derive(Clone, Copy)]
pub struct Shared {
    step: f32,
    /// Above this nothing.
    numbers: [u8; SHARING],
}

/// What stands for nothing.
const NOTHING: u8 = 128;

impl Default for Shared {
    fn default() -> Self {
        Self { step: 0.0, numbers: [NOTHING; SHARING] }
    }
}

impl Narrow for Shared {
    type Sum = f32;
    type Panel = Columns<Shared>;
    const TOGETHER: usize = SHARING;
    const IS_LEVELLED: bool = false;

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> Worth {
        const LARGEST: f32 = 127.0;
        for (row, to) in row.chunks(SHARING).zip(to) {
            let size = steps::furthest(row);
            let steps = if size > 0.0 { LARGEST / size } else { 0.0 };
            to.step = size / LARGEST;
            to.fill(row, steps);
        }
        Worth { step: 1.0, least: 0.0 }
    }

    #[inline(always)]
    fn steps_of_column(_: &[f32]) -> f32 {
        1.0
    }

    /// Of four bits the furthest is always the least.
    #[inline(always)]
    fn narrow_column(_: f32, numbers: &[f32], to: &mut [Self]) {
        const LEAST: f32 = -8.0;
        const LARGEST: u8 = NOTHING + 7;
        for (numbers, to) in numbers.chunks(SHARING).zip(to) {
            let (least, most) =
                (-steps::largest(numbers, |value| -value), steps::furthest(numbers));
            let furthest = if -least >= most { least } else { most };
            let steps = if most > 0.0 { LEAST / furthest } else { 0.0 };
            to.step = furthest / LEAST;
            to.fill(numbers, steps);
            to.numbers.iter_mut().for_each(|number| *number = (*number).min(LARGEST));
        }
    }
}

impl Shared {
    /// As they are worth.
    #[cfg(test)]
    pub fn numbers(&self) -> impl Iterator<Item = f32> {
        let whole = |number: u8| f32::from(number) - f32::from(NOTHING);
        self.numbers.into_iter().map(move |number| self.step * whole(number))
    }

    #[inline(always)]
    fn fill(&mut self, numbers: &[f32], steps: f32) {
        let (own, rest) = self.numbers.split_at_mut(numbers.len());
        steps::to_whole(numbers, 0.0, steps, own, |whole| (whole + i32::from(NOTHING)) as u8);
        rest.fill(NOTHING);
    }
}

/// Neighbours of columns that lie side by side.
#[derive(Clone, Copy)]
#[repr(C, align(32))]
pub struct Side {
    numbers: [[[i8; NEAR]; COLUMNS]; SHARING / NEAR],
    /// What their sums start from, as a row's numbers are above [`NOTHING`]: one for each two of four neighbours.
    starts: [[i16; 2]; COLUMNS],
    steps: [f32; COLUMNS],
}

impl Default for Side {
    fn default() -> Self {
        Self {
            numbers: [[[0; NEAR]; COLUMNS]; SHARING / NEAR],
            starts: [[0; 2]; COLUMNS],
            steps: [0.0; COLUMNS],
        }
    }
}

impl Tiled for Shared {
    type Near = Shared;
    type Step = Side;
    const NEAR: usize = 1;

    #[inline(always)]
    fn near(row: &[Self]) -> &[Shared] {
        row
    }

    #[inline(always)]
    fn filled(rest: &[Self]) -> Shared {
        rest.first().copied().unwrap_or_default()
    }

    fn put(side: &mut Side, column: usize, near: Shared) {
        side.steps[column] = near.step;
        side.starts[column] = [0; 2];
        for (at, number) in near.numbers.into_iter().enumerate() {
            let number = number.wrapping_sub(NOTHING).cast_signed();
            side.numbers[at / NEAR][column][at % NEAR] = number;
            side.starts[column][at % NEAR / 2] -= i16::from(NOTHING) * i16::from(number);
        }
    }

    #[inline(always)]
    fn add_products(sums: &mut [f32; COLUMNS], row: &Shared, side: &Side) {
        let mut whole = [0i32; COLUMNS];
        for (whole, starts) in whole.iter_mut().zip(&side.starts) {
            *whole = starts.iter().copied().map(i32::from).sum();
        }
        for (near, numbers) in row.numbers.as_chunks::<NEAR>().0.iter().zip(&side.numbers) {
            for (whole, numbers) in whole.iter_mut().zip(numbers) {
                for (one, other) in near.iter().zip(numbers) {
                    *whole += i32::from(*one) * i32::from(*other);
                }
            }
        }
        for ((sum, whole), step) in sums.iter_mut().zip(whole).zip(&side.steps) {
            *sum += whole as f32 * (row.step * step);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::hint::black_box;

    use pulp::{cast, f32x8, i8x32, i16x16};

    use super::{NEAR, Shared, Side};
    use crate::packed::columns::{Avx2, COLUMNS, Lanes};

    impl Avx2 {
        /// Products of a byte without a sign and one of four bits, two of them added up eight times, are at most 8 × 2 ×
        /// 255 × 8: a number of sixteen bits.
        #[inline(always)]
        fn add_near<const COUNT: usize>(
            self,
            whole: &mut [[i16x16; 2]; COUNT],
            rows: [&Shared; COUNT],
            at: usize,
            numbers: &[[i8; NEAR]; COLUMNS],
        ) {
            let simd = self.0;
            let numbers: [i8x32; 2] = cast(*numbers);
            for (whole, row) in whole.iter_mut().zip(rows) {
                let near = row.numbers.as_chunks::<NEAR>().0[at];
                let near: i8x32 = cast(simd.splat_i32x8(cast(near)));
                for (whole, numbers) in whole.iter_mut().zip(numbers) {
                    let products = simd.multiply_saturating_add_adjacent_i8x32(near, numbers);
                    *whole = simd.wrapping_add_i16x16(*whole, products);
                }
            }
        }
    }

    impl Lanes<Shared> for Avx2 {
        type Sums = [f32x8; 2];

        #[inline(always)]
        fn nothing(self) -> Self::Sums {
            [self.0.splat_f32x8(0.0); 2]
        }

        #[inline(always)]
        fn add_products<const COUNT: usize>(
            self,
            sums: &mut [Self::Sums; COUNT],
            rows: [&Shared; COUNT],
            side: &Side,
        ) {
            let simd = self.0;
            let starts: [i16x16; 2] = cast(side.starts);
            let mut whole = [starts; COUNT];
            let [first, others @ ..] = &side.numbers;
            self.add_near(&mut whole, rows, 0, first);
            // The compiler is not told how many they are: it would write all of them out and keep the sums in memory.
            for (at, numbers) in black_box(others.as_slice()).iter().enumerate() {
                self.add_near(&mut whole, rows, at + 1, numbers);
            }
            let steps: [f32x8; 2] = cast(side.steps);
            let ones = simd.splat_i16x16(1);
            for ((sums, whole), row) in sums.iter_mut().zip(whole).zip(rows) {
                let step = simd.splat_f32x8(row.step);
                for ((sum, whole), steps) in sums.iter_mut().zip(whole).zip(steps) {
                    let whole = simd.multiply_wrapping_add_adjacent_i16x16(whole, ones);
                    let whole = simd.convert_i32x8_to_f32x8(whole);
                    *sum = simd.mul_add_f32x8(whole, simd.mul_f32x8(step, steps), *sum);
                }
            }
        }

        #[inline(always)]
        fn read(self, sums: Self::Sums) -> [f32; COLUMNS] {
            cast(sums)
        }
    }
}

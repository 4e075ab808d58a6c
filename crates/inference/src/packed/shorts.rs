//! Whole numbers of sixteen bits: next to nothing is lost, and every processor has products for two neighbours at once.

use super::columns::{COLUMNS, Columns, Tiled};
use super::narrow::{Attends, Narrow, Worth};
use super::steps;

/// A row's largest number. Twice as many for rows would halve what is left for columns.
const LARGEST: f32 = 8191.0;

impl Narrow for i16 {
    type Sum = i32;
    type Panel = Columns<i16>;
    const TOGETHER: usize = 1;
    const IS_LEVELLED: bool = false;

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
}

impl Attends for i16 {
    const ONE: f32 = LARGEST;

    #[inline(always)]
    fn soften(scores: &[i32], scale: f32, to: &mut [Self]) -> f32 {
        let short = |weight: f32| steps::whole(weight * LARGEST) as i16;
        steps::soften_to(scores, scale, to, short)
    }
}

impl Tiled for i16 {
    type Near = [i16; 2];
    type Step = [[i16; 2]; COLUMNS];
    const NEAR: usize = 2;

    #[inline(always)]
    fn near(row: &[Self]) -> &[[i16; 2]] {
        row.as_chunks().0
    }

    #[inline(always)]
    fn filled(rest: &[Self]) -> [i16; 2] {
        let mut near = [0; 2];
        near[..rest.len()].copy_from_slice(rest);
        near
    }

    fn put(step: &mut Self::Step, column: usize, near: [i16; 2]) {
        step[column] = near;
    }

    #[inline(always)]
    fn add_products(sums: &mut [i32; COLUMNS], row: &[i16; 2], step: &Self::Step) {
        let [one, other] = row.map(i32::from);
        for (sum, column) in sums.iter_mut().zip(step) {
            *sum += one * i32::from(column[0]) + other * i32::from(column[1]);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use pulp::{cast, i16x16, i32x8};

    use crate::packed::columns::{Avx2, COLUMNS, Lanes, Tiled};

    impl Lanes<i16> for Avx2 {
        type Sums = [i32x8; 2];

        #[inline(always)]
        fn nothing(self) -> Self::Sums {
            [self.0.splat_i32x8(0); 2]
        }

        #[inline(always)]
        fn add_products<const COUNT: usize>(
            self,
            sums: &mut [Self::Sums; COUNT],
            rows: [&[i16; 2]; COUNT],
            step: &<i16 as Tiled>::Step,
        ) {
            let simd = self.0;
            let columns: [i16x16; 2] = cast(*step);
            for (sums, row) in sums.iter_mut().zip(rows) {
                let row: i16x16 = cast(simd.splat_i32x8(cast(*row)));
                for (sum, columns) in sums.iter_mut().zip(columns) {
                    let products = simd.multiply_wrapping_add_adjacent_i16x16(row, columns);
                    *sum = simd.wrapping_add_i32x8(*sum, products);
                }
            }
        }

        #[inline(always)]
        fn read(self, sums: Self::Sums) -> [i32; COLUMNS] {
            cast(sums)
        }
    }
}

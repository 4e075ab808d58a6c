//! Products of whole numbers for processors that numkong has no fast ones for: a few neighbours of a row times as many
//! of each column at once, which AVX2 and older ones have instructions for.

use pulp::NullaryFnOnce;

use super::narrow::{Narrow, Panel};
use super::processor::Processor;

/// Columns that lie side by side.
const COLUMNS: usize = 16;
/// Rows whose sums are held in registers at once.
const ROWS: usize = 6;

/// As many neighbours of each column as are multiplied at once.
type Step<T, const NEAR: usize> = [[T; NEAR]; COLUMNS];

/// Columns, as many side by side as there are registers for.
pub struct Columns<T, const NEAR: usize> {
    steps: Vec<Step<T, NEAR>>,
    columns: usize,
    depth: usize,
}

impl<T, const NEAR: usize> Default for Columns<T, NEAR> {
    fn default() -> Self {
        Self { steps: Vec::new(), columns: 0, depth: 0 }
    }
}

/// Numbers whose products are made here, `NEAR` neighbours at once.
pub trait Neighbours<const NEAR: usize>: Narrow<Sum = i32> {
    /// A sum and the products of neighbours, each of a row's with one of a column's.
    fn add_products(sum: i32, row: [Self; NEAR], column: [Self; NEAR]) -> i32;

    /// The same for two times eight columns, with what AVX2 has for it.
    #[cfg(target_arch = "x86_64")]
    fn add_products_by_avx2(
        simd: pulp::x86::V3,
        sums: [pulp::i32x8; 2],
        row: [Self; NEAR],
        step: &Step<Self, NEAR>,
    ) -> [pulp::i32x8; 2];
}

impl<T: Neighbours<NEAR>, const NEAR: usize> Panel<T> for Columns<T, NEAR> {
    fn pack(&mut self, rows: &[T], depth: usize) {
        let columns = rows.len() / depth.max(1);
        assert_eq!(rows.len(), columns * depth, "rows are whole");
        (self.columns, self.depth) = (columns, depth);
        let steps = depth.div_ceil(NEAR);
        self.steps.clear();
        self.steps.resize(columns.div_ceil(COLUMNS) * steps, [[T::default(); NEAR]; COLUMNS]);
        let sides = rows.chunks(COLUMNS * depth).zip(self.steps.chunks_exact_mut(steps));
        for (rows, side) in sides {
            for (column, row) in rows.chunks_exact(depth).enumerate() {
                for (near, step) in row.chunks(NEAR).zip(side.iter_mut()) {
                    step[column][..near.len()].copy_from_slice(near);
                }
            }
        }
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn product(&self, rows: &[T], sums: &mut [i32]) {
        let count = rows.len() / self.depth;
        assert_eq!(rows.len(), count * self.depth, "rows are whole");
        assert!(sums.len() >= count * self.columns, "there is a sum for each row and column");
        match Processor::current().vectors() {
            #[cfg(target_arch = "x86_64")]
            pulp::Arch::V3(simd) => {
                simd.vectorize(Product { lanes: x86::Avx2(simd), panel: self, rows, sums });
            }
            #[cfg(target_arch = "x86_64")]
            pulp::Arch::V4(simd) => {
                simd.vectorize(Product { lanes: x86::Avx2(*simd), panel: self, rows, sums });
            }
            _ => Product { lanes: Plain, panel: self, rows, sums }.call(),
        }
    }
}

/// A product that is to be compiled for the vectors that it uses.
struct Product<'a, L, T, const NEAR: usize> {
    lanes: L,
    panel: &'a Columns<T, NEAR>,
    rows: &'a [T],
    sums: &'a mut [i32],
}

impl<L: Lanes<T, NEAR>, T: Neighbours<NEAR>, const NEAR: usize> NullaryFnOnce
    for Product<'_, L, T, NEAR>
{
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { lanes, panel, rows, sums } = self;
        let Columns { ref steps, columns, depth } = *panel;
        for (side, steps) in steps.chunks_exact(depth.div_ceil(NEAR)).enumerate() {
            let width = COLUMNS.min(columns - side * COLUMNS);
            let blocks = rows.chunks(ROWS * depth).zip(sums.chunks_mut(ROWS * columns));
            for (rows, sums) in blocks {
                let sums = &mut sums[side * COLUMNS..];
                let tile = Tile { lanes, steps, rows, depth };
                match rows.len() / depth {
                    6 => tile.multiply::<6>(sums, columns, width),
                    5 => tile.multiply::<5>(sums, columns, width),
                    4 => tile.multiply::<4>(sums, columns, width),
                    3 => tile.multiply::<3>(sums, columns, width),
                    2 => tile.multiply::<2>(sums, columns, width),
                    _ => tile.multiply::<1>(sums, columns, width),
                }
            }
        }
    }
}

/// A few rows and as many columns as lie side by side.
struct Tile<'a, L, T, const NEAR: usize> {
    lanes: L,
    steps: &'a [Step<T, NEAR>],
    rows: &'a [T],
    depth: usize,
}

impl<L: Lanes<T, NEAR>, T: Neighbours<NEAR>, const NEAR: usize> Tile<'_, L, T, NEAR> {
    /// To rows of sums that lie `stride` apart, of each the first `width`.
    #[inline(always)]
    fn multiply<const COUNT: usize>(&self, to: &mut [i32], stride: usize, width: usize) {
        let Self { lanes, steps, rows, depth } = *self;
        let mut sums = [lanes.nothing(); COUNT];
        let whole = depth / NEAR;
        // Filled in a loop: what an array's own methods do with closures is not made vector code of.
        let mut near: [&[[T; NEAR]]; COUNT] = [&[]; COUNT];
        for (near, row) in near.iter_mut().zip(rows.chunks_exact(depth)) {
            *near = &row.as_chunks::<NEAR>().0[..whole];
        }
        let steps_of_whole = &steps[..whole];
        for at in 0..whole {
            let step = &steps_of_whole[at];
            for (sums, near) in sums.iter_mut().zip(&near) {
                *sums = lanes.add_products(*sums, near[at], step);
            }
        }
        if let [step] = &steps[whole..] {
            for (sums, row) in sums.iter_mut().zip(rows.chunks_exact(depth)) {
                let rest = &row[whole * NEAR..];
                let mut near = [T::default(); NEAR];
                near[..rest.len()].copy_from_slice(rest);
                *sums = lanes.add_products(*sums, near, step);
            }
        }
        for (row, sums) in sums.into_iter().enumerate() {
            let (to, sums) = (&mut to[row * stride..][..width], lanes.read(sums));
            match to.as_mut_array::<COLUMNS>() {
                Some(to) => *to = sums,
                None => to.copy_from_slice(&sums[..width]),
            }
        }
    }
}

/// The sums of a row with columns that lie side by side.
trait Lanes<T, const NEAR: usize>: Copy {
    type Sums: Copy;

    fn nothing(self) -> Self::Sums;
    fn add_products(self, sums: Self::Sums, row: [T; NEAR], step: &Step<T, NEAR>) -> Self::Sums;
    fn read(self, sums: Self::Sums) -> [i32; COLUMNS];
}

/// What every processor has, in a form that compilers find vectors in.
#[derive(Clone, Copy)]
struct Plain;

impl<T: Neighbours<NEAR>, const NEAR: usize> Lanes<T, NEAR> for Plain {
    type Sums = [i32; COLUMNS];

    #[inline(always)]
    fn nothing(self) -> Self::Sums {
        [0; COLUMNS]
    }

    #[inline(always)]
    fn add_products(
        self,
        mut sums: Self::Sums,
        row: [T; NEAR],
        step: &Step<T, NEAR>,
    ) -> Self::Sums {
        for (sum, column) in sums.iter_mut().zip(step) {
            *sum = T::add_products(*sum, row, *column);
        }
        sums
    }

    #[inline(always)]
    fn read(self, sums: Self::Sums) -> [i32; COLUMNS] {
        sums
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use pulp::x86::V3;
    use pulp::{cast, i32x8};

    use super::{COLUMNS, Lanes, Neighbours, Step};

    #[derive(Clone, Copy)]
    pub struct Avx2(pub V3);

    impl<T: Neighbours<NEAR>, const NEAR: usize> Lanes<T, NEAR> for Avx2 {
        type Sums = [i32x8; 2];

        #[inline(always)]
        fn nothing(self) -> Self::Sums {
            [self.0.splat_i32x8(0); 2]
        }

        #[inline(always)]
        fn add_products(
            self,
            sums: Self::Sums,
            row: [T; NEAR],
            step: &Step<T, NEAR>,
        ) -> Self::Sums {
            T::add_products_by_avx2(self.0, sums, row, step)
        }

        #[inline(always)]
        fn read(self, sums: Self::Sums) -> [i32; COLUMNS] {
            cast(sums)
        }
    }
}

impl Neighbours<2> for i16 {
    #[inline(always)]
    fn add_products(sum: i32, row: [i16; 2], column: [i16; 2]) -> i32 {
        let [one, other] = row.map(i32::from);
        sum + one * i32::from(column[0]) + other * i32::from(column[1])
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn add_products_by_avx2(
        simd: pulp::x86::V3,
        sums: [pulp::i32x8; 2],
        row: [i16; 2],
        step: &Step<i16, 2>,
    ) -> [pulp::i32x8; 2] {
        let row: pulp::i16x16 = pulp::cast(simd.splat_i32x8(pulp::cast(row)));
        let [left, right]: [pulp::i16x16; 2] = pulp::cast(*step);
        let left = simd.multiply_wrapping_add_adjacent_i16x16(row, left);
        let right = simd.multiply_wrapping_add_adjacent_i16x16(row, right);
        [simd.wrapping_add_i32x8(sums[0], left), simd.wrapping_add_i32x8(sums[1], right)]
    }
}

/// A row's bytes count from nothing upwards; a column's have a sign, and two neighbours of them are small enough together
/// that their products are a number of sixteen bits.
impl Neighbours<4> for u8 {
    #[inline(always)]
    fn add_products(mut sum: i32, row: [u8; 4], column: [u8; 4]) -> i32 {
        for (row, column) in row.into_iter().zip(column) {
            sum += i32::from(row) * i32::from(column.cast_signed());
        }
        sum
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn add_products_by_avx2(
        simd: pulp::x86::V3,
        sums: [pulp::i32x8; 2],
        row: [u8; 4],
        step: &Step<u8, 4>,
    ) -> [pulp::i32x8; 2] {
        let row: pulp::i8x32 = pulp::cast(simd.splat_i32x8(pulp::cast(row)));
        let [left, right]: [pulp::i8x32; 2] = pulp::cast(*step);
        let ones = simd.splat_i16x16(1);
        let left = simd.multiply_saturating_add_adjacent_i8x32(row, left);
        let left = simd.multiply_wrapping_add_adjacent_i16x16(left, ones);
        let right = simd.multiply_saturating_add_adjacent_i8x32(row, right);
        let right = simd.multiply_wrapping_add_adjacent_i16x16(right, ones);
        [simd.wrapping_add_i32x8(sums[0], left), simd.wrapping_add_i32x8(sums[1], right)]
    }
}

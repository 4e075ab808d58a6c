//! Products for processors that numkong has no fast ones for: a few rows with as many columns at once as there are
//! registers for their sums.

use pulp::NullaryFnOnce;

use super::narrow::{Narrow, Panel};
use super::processor::Processor;

/// Columns that lie side by side.
pub const COLUMNS: usize = 16;
/// Rows whose sums are held in registers at once.
const ROWS: usize = 6;

/// Numbers whose products are made here, some neighbours at once.
pub trait Tiled: Narrow {
    /// Neighbours in a row.
    type Near: Copy + Default + Send + Sync;
    /// The same neighbours of columns that lie side by side.
    type Step: Copy + Default + Send + Sync;
    /// How many make `Near`.
    const NEAR: usize;

    /// The neighbours that there are all of.
    fn near(row: &[Self]) -> &[Self::Near];
    /// Neighbours of which the last are missing.
    fn filled(rest: &[Self]) -> Self::Near;
    fn put(step: &mut Self::Step, column: usize, near: Self::Near);
    /// Adds to a row's sums its products with columns that lie side by side.
    fn add_products(sums: &mut [Self::Sum; COLUMNS], row: &Self::Near, step: &Self::Step);
}

/// The sums of rows with columns that lie side by side.
pub trait Lanes<T: Tiled>: Copy {
    type Sums: Copy;

    fn nothing(self) -> Self::Sums;
    fn add_products<const COUNT: usize>(
        self,
        sums: &mut [Self::Sums; COUNT],
        rows: [&T::Near; COUNT],
        step: &T::Step,
    );
    fn read(self, sums: Self::Sums) -> [T::Sum; COLUMNS];
}

/// What every processor has, in a form that compilers find vectors in.
#[derive(Clone, Copy)]
struct Plain;

impl<T: Tiled> Lanes<T> for Plain {
    type Sums = [T::Sum; COLUMNS];

    #[inline(always)]
    fn nothing(self) -> Self::Sums {
        [T::Sum::default(); COLUMNS]
    }

    #[inline(always)]
    fn add_products<const COUNT: usize>(
        self,
        sums: &mut [Self::Sums; COUNT],
        rows: [&T::Near; COUNT],
        step: &T::Step,
    ) {
        for (sums, row) in sums.iter_mut().zip(rows) {
            T::add_products(sums, row, step);
        }
    }

    #[inline(always)]
    fn read(self, sums: Self::Sums) -> [T::Sum; COLUMNS] {
        sums
    }
}

/// What AVX2 has for it.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub struct Avx2(pub pulp::x86::V3);

/// For processors of other makers there is nothing of this kind.
#[cfg(not(target_arch = "x86_64"))]
use Plain as Avx2;

/// Columns, as many side by side as there are registers for.
pub struct Columns<T: Tiled> {
    steps: Vec<T::Step>,
    columns: usize,
    depth: usize,
}

impl<T: Tiled> Default for Columns<T> {
    fn default() -> Self {
        Self { steps: Vec::new(), columns: 0, depth: 0 }
    }
}

impl<T: Tiled> Panel<T> for Columns<T>
where
    Avx2: Lanes<T>,
{
    fn pack(&mut self, rows: &[T], depth: usize) {
        let columns = rows.len() / depth.max(1);
        assert_eq!(rows.len(), columns * depth, "rows are whole");
        (self.columns, self.depth) = (columns, depth);
        let steps = depth.div_ceil(T::NEAR);
        self.steps.clear();
        self.steps.resize(columns.div_ceil(COLUMNS) * steps, T::Step::default());
        let sides = rows.chunks(COLUMNS * depth).zip(self.steps.chunks_exact_mut(steps));
        for (rows, side) in sides {
            let (whole, rest) = side.split_at_mut(depth / T::NEAR);
            for (column, row) in rows.chunks_exact(depth).enumerate() {
                for (near, step) in T::near(row).iter().zip(&mut *whole) {
                    T::put(step, column, *near);
                }
                if let [step] = &mut *rest {
                    T::put(step, column, T::filled(&row[whole.len() * T::NEAR..]));
                }
            }
        }
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn product(&self, rows: &[T], sums: &mut [T::Sum]) {
        let count = rows.len() / self.depth;
        assert_eq!(rows.len(), count * self.depth, "rows are whole");
        assert!(sums.len() >= count * self.columns, "there is a sum for each row and column");
        match Processor::current().vectors() {
            #[cfg(target_arch = "x86_64")]
            pulp::Arch::V3(simd) => {
                simd.vectorize(Product { lanes: Avx2(simd), panel: self, rows, sums });
            }
            #[cfg(target_arch = "x86_64")]
            pulp::Arch::V4(simd) => {
                simd.vectorize(Product { lanes: Avx2(*simd), panel: self, rows, sums });
            }
            _ => Product { lanes: Plain, panel: self, rows, sums }.call(),
        }
    }
}

/// A product that is to be compiled for the vectors that it uses.
struct Product<'a, L, T: Tiled> {
    lanes: L,
    panel: &'a Columns<T>,
    rows: &'a [T],
    sums: &'a mut [T::Sum],
}

impl<L: Lanes<T>, T: Tiled> NullaryFnOnce for Product<'_, L, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { lanes, panel, rows, sums } = self;
        let Columns { ref steps, columns, depth } = *panel;
        for (side, steps) in steps.chunks_exact(depth.div_ceil(T::NEAR)).enumerate() {
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
struct Tile<'a, L, T: Tiled> {
    lanes: L,
    steps: &'a [T::Step],
    rows: &'a [T],
    depth: usize,
}

impl<L: Lanes<T>, T: Tiled> Tile<'_, L, T> {
    /// To rows of sums that lie `stride` apart, of each the first `width`.
    #[inline(always)]
    fn multiply<const COUNT: usize>(&self, to: &mut [T::Sum], stride: usize, width: usize) {
        let Self { lanes, steps, rows, depth } = *self;
        let mut sums = [lanes.nothing(); COUNT];
        let whole = depth / T::NEAR;
        // Filled in loops: what an array's own methods do with closures is not made vector code of.
        let mut near: [&[T::Near]; COUNT] = [&[]; COUNT];
        for (near, row) in near.iter_mut().zip(rows.chunks_exact(depth)) {
            *near = &T::near(row)[..whole];
        }
        let steps_of_whole = &steps[..whole];
        for at in 0..whole {
            let mut own = [&near[0][at]; COUNT];
            for (own, near) in own.iter_mut().zip(&near) {
                *own = &near[at];
            }
            lanes.add_products(&mut sums, own, &steps_of_whole[at]);
        }
        if let [step] = &steps[whole..] {
            let mut rests = [T::Near::default(); COUNT];
            for (rest, row) in rests.iter_mut().zip(rows.chunks_exact(depth)) {
                *rest = T::filled(&row[whole * T::NEAR..]);
            }
            let mut own = [&rests[0]; COUNT];
            for (own, rest) in own.iter_mut().zip(&rests) {
                *own = rest;
            }
            lanes.add_products(&mut sums, own, step);
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

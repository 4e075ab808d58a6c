//! Products of whole numbers of sixteen bits, for processors without products of narrower ones: two neighbours of a
//! row times two of each column at once, which AVX2 and older ones have an instruction for.

use pulp::NullaryFnOnce;

use super::narrow::Panel;
use super::processor::Processor;

/// Columns that lie side by side.
const COLUMNS: usize = 16;
/// Rows whose sums are held in registers at once.
const ROWS: usize = 6;

/// Two numbers of each column, one after the other.
type Step = [[i16; 2]; COLUMNS];

/// Columns, as many side by side as there are registers for.
#[derive(Default)]
pub struct Pairs {
    steps: Vec<Step>,
    columns: usize,
    depth: usize,
}

impl Panel<i16> for Pairs {
    fn pack(&mut self, rows: &[i16], depth: usize) {
        let columns = rows.len() / depth.max(1);
        assert_eq!(rows.len(), columns * depth, "rows are whole");
        (self.columns, self.depth) = (columns, depth);
        let steps = depth.div_ceil(2);
        self.steps.clear();
        self.steps.resize(columns.div_ceil(COLUMNS) * steps, Step::default());
        let sides = rows.chunks(COLUMNS * depth).zip(self.steps.chunks_exact_mut(steps));
        for (rows, side) in sides {
            for (column, row) in rows.chunks_exact(depth).enumerate() {
                for (pair, step) in row.chunks(2).zip(side.iter_mut()) {
                    step[column][..pair.len()].copy_from_slice(pair);
                }
            }
        }
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn product(&self, rows: &[i16], sums: &mut [i32]) {
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
struct Product<'a, L> {
    lanes: L,
    panel: &'a Pairs,
    rows: &'a [i16],
    sums: &'a mut [i32],
}

impl<L: Lanes> NullaryFnOnce for Product<'_, L> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { lanes, panel, rows, sums } = self;
        let Pairs { ref steps, columns, depth } = *panel;
        for (side, steps) in steps.chunks_exact(depth.div_ceil(2)).enumerate() {
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
struct Tile<'a, L> {
    lanes: L,
    steps: &'a [Step],
    rows: &'a [i16],
    depth: usize,
}

impl<L: Lanes> Tile<'_, L> {
    /// To rows of sums that lie `stride` apart, of each the first `width`.
    #[inline(always)]
    fn multiply<const COUNT: usize>(&self, to: &mut [i32], stride: usize, width: usize) {
        let Self { lanes, steps, rows, depth } = *self;
        let mut sums = [lanes.nothing(); COUNT];
        let (whole, rest) = steps.split_at(depth / 2);
        // Filled in a loop: what an array's own methods do with closures is not made vector code of.
        let mut pairs: [&[[i16; 2]]; COUNT] = [&[]; COUNT];
        for (pairs, row) in pairs.iter_mut().zip(rows.chunks_exact(depth)) {
            *pairs = &row.as_chunks::<2>().0[..whole.len()];
        }
        for (at, step) in whole.iter().enumerate() {
            for (sums, pairs) in sums.iter_mut().zip(&pairs) {
                *sums = lanes.add_products(*sums, pairs[at], step);
            }
        }
        for step in rest {
            for (sums, row) in sums.iter_mut().zip(rows.chunks_exact(depth)) {
                *sums = lanes.add_products(*sums, [row[depth - 1], 0], step);
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
trait Lanes: Copy {
    type Sums: Copy;

    fn nothing(self) -> Self::Sums;
    fn add_products(self, sums: Self::Sums, pair: [i16; 2], step: &Step) -> Self::Sums;
    fn read(self, sums: Self::Sums) -> [i32; COLUMNS];
}

/// What every processor has, in a form that compilers find vectors in.
#[derive(Clone, Copy)]
struct Plain;

impl Lanes for Plain {
    type Sums = [i32; COLUMNS];

    #[inline(always)]
    fn nothing(self) -> Self::Sums {
        [0; COLUMNS]
    }

    #[inline(always)]
    fn add_products(self, mut sums: Self::Sums, pair: [i16; 2], step: &Step) -> Self::Sums {
        let [one, other] = pair.map(i32::from);
        for (sum, [with_one, with_other]) in sums.iter_mut().zip(step) {
            *sum += one * i32::from(*with_one) + other * i32::from(*with_other);
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
    use pulp::{cast, i16x16, i32x8};

    use super::{COLUMNS, Lanes, Step};

    #[derive(Clone, Copy)]
    pub struct Avx2(pub V3);

    impl Lanes for Avx2 {
        type Sums = [i32x8; 2];

        #[inline(always)]
        fn nothing(self) -> Self::Sums {
            [self.0.splat_i32x8(0); 2]
        }

        #[inline(always)]
        fn add_products(self, sums: Self::Sums, pair: [i16; 2], step: &Step) -> Self::Sums {
            let pair: i16x16 = cast(self.0.splat_i32x8(cast(pair)));
            let [left, right]: [i16x16; 2] = cast(*step);
            let left = self.0.multiply_wrapping_add_adjacent_i16x16(pair, left);
            let right = self.0.multiply_wrapping_add_adjacent_i16x16(pair, right);
            [self.0.wrapping_add_i32x8(sums[0], left), self.0.wrapping_add_i32x8(sums[1], right)]
        }

        #[inline(always)]
        fn read(self, sums: Self::Sums) -> [i32; COLUMNS] {
            cast(sums)
        }
    }
}

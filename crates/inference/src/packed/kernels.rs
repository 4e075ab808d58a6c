//! Products with weights that were packed ahead, by `numkong`'s kernels: AMX, AVX-512 VNNI and BF16, AVX-VNNI, AVX2,
//! NEON, and plain code, whichever the machine has. All of the packed backend that is `unsafe` stands here.

use half::bf16;
use numkong::{Dots, PackedMatrix, Tensor, cap};

/// What products are computed in.
pub trait Narrow: Copy + Default + Send + Sync + 'static {
    /// As the kernels name it.
    type Kernel: Dots<Accumulator = Self::Sum> + Send + Sync;
    type Sum: Copy + Default + Send + Sync + 'static;

    fn kernel(self) -> Self::Kernel;
    fn sum(sum: Self::Sum) -> f32;
    /// These, where they are of this kind.
    fn of_halves(halves: &[bf16]) -> Option<&[Self]>;
    /// Narrows a row. Answers what a step of its numbers is worth.
    fn narrow(row: &[f32], to: &mut [Self]) -> f32;
}

/// Columns of a weight, packed for the kernels of this machine.
pub struct Panel<T: Narrow>(PackedMatrix<T::Kernel>);

impl<T: Narrow> Panel<T> {
    /// `rows` has a row for each number that comes out. `None` where there is no memory for it.
    pub fn pack(rows: &[T], depth: usize) -> Option<Self> {
        let rows_of_kernel: Vec<T::Kernel> = rows.iter().map(|value| value.kernel()).collect();
        let shape = [rows.len() / depth.max(1), depth];
        let rows: Tensor<T::Kernel> = Tensor::try_from_slice(&rows_of_kernel, &shape).ok()?;
        PackedMatrix::try_pack(&rows).ok().map(Self)
    }

    pub fn columns(&self) -> usize {
        self.0.dims().0
    }

    /// The products of each row with each column, row by row.
    #[allow(
        unsafe_code,
        reason = "the safe way copies the rows that come in; the lengths are checked here"
    )]
    pub fn product(&self, rows: &[T], sums: &mut [T::Sum]) {
        let (columns, depth) = self.0.dims();
        let count = rows.len() / depth;
        assert_eq!(rows.len(), count * depth, "rows are whole");
        assert!(sums.len() >= count * columns, "there is a sum for each row and column");
        // SAFETY: `rows` holds `count` rows of `depth` values that lie together, `sums` has room for `count` rows of
        // `columns`, the panel was packed for `depth` and `columns`, and a `T` has the form of its `T::Kernel`: both
        // are a number of one byte, or a transparent struct around one of two.
        unsafe {
            T::Kernel::dots_packed(
                rows.as_ptr().cast(),
                self.0.as_ptr(),
                sums.as_mut_ptr(),
                count,
                columns,
                depth,
                depth * size_of::<T>(),
                columns * size_of::<T::Sum>(),
            );
        }
    }
}

/// Rows that are packed, multiplied with a few times, and forgotten.
#[derive(Default)]
pub struct Packing {
    memory: Vec<u64>,
    columns: usize,
    depth: usize,
}

impl Packing {
    #[allow(
        unsafe_code,
        reason = "the safe way allocates twice for each head of each text; the lengths are checked here"
    )]
    pub fn pack(&mut self, rows: &[bf16], depth: usize) {
        let columns = rows.len() / depth;
        assert_eq!(rows.len(), columns * depth, "rows are whole");
        (self.columns, self.depth) = (columns, depth);
        let bytes = numkong::bf16::dots_packed_size(columns, depth);
        self.memory.resize(self.memory.len().max(bytes.div_ceil(8)), 0);
        // SAFETY: `rows` holds `columns` rows of `depth` numbers that lie together, each of the form of the kernel's,
        // and the memory has room for what the kernel says it takes.
        unsafe {
            numkong::bf16::dots_pack(
                rows.as_ptr().cast(),
                columns,
                depth,
                depth * size_of::<bf16>(),
                self.memory.as_mut_ptr().cast(),
            );
        }
    }

    /// The products of each row with each packed one, row by row.
    #[allow(unsafe_code, reason = "as in packing")]
    pub fn product(&self, rows: &[bf16], sums: &mut [f32]) {
        let Self { columns, depth, .. } = *self;
        let count = rows.len() / depth;
        assert_eq!(rows.len(), count * depth, "rows are whole");
        assert!(sums.len() >= count * columns, "there is a sum for each row and column");
        // SAFETY: as in packing; and `sums` has room for `count` rows of `columns`.
        unsafe {
            numkong::bf16::dots_packed(
                rows.as_ptr().cast(),
                self.memory.as_ptr().cast(),
                sums.as_mut_ptr(),
                count,
                columns,
                depth,
                depth * size_of::<bf16>(),
                columns * size_of::<f32>(),
            );
        }
    }
}

/// Whether this machine multiplies half-width numbers faster than whole ones.
pub fn has_halves() -> bool {
    use cap::{GENOA, NEONBFDOT, SAPPHIREAMX, SME, SVEBFDOT};
    numkong::available() & (GENOA | SAPPHIREAMX | NEONBFDOT | SVEBFDOT | SME) != 0
}

/// Prepares the thread for the kernels: some processors want to be asked for their matrix registers.
pub fn prepare_thread() {
    numkong::capabilities::configure_thread();
}

impl Narrow for i8 {
    type Kernel = i8;
    type Sum = i32;

    fn kernel(self) -> i8 {
        self
    }

    fn of_halves(_: &[bf16]) -> Option<&[Self]> {
        None
    }

    #[inline(always)]
    fn sum(sum: i32) -> f32 {
        sum as f32
    }

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> f32 {
        super::steps::to_bytes(row, to)
    }
}

impl Narrow for bf16 {
    type Kernel = numkong::bf16;
    type Sum = f32;

    fn kernel(self) -> numkong::bf16 {
        numkong::bf16(self.to_bits())
    }

    fn of_halves(halves: &[bf16]) -> Option<&[Self]> {
        Some(halves)
    }

    #[inline(always)]
    fn sum(sum: f32) -> f32 {
        sum
    }

    #[inline(always)]
    fn narrow(row: &[f32], to: &mut [Self]) -> f32 {
        super::steps::to_halves(row, to);
        1.0
    }
}

//! Products with weights that were packed ahead, by `numkong`'s kernels: AMX, AVX-512, NEON and SME. All of the packed
//! backend that is `unsafe` stands here.

use std::ffi::{c_int, c_void};
use std::marker::PhantomData;
use std::mem::transmute;
use std::sync::OnceLock;

use half::bf16;

use super::narrow::{Narrow, Panel};
use super::processor::Processor;

/// Numbers that there are kernels for.
pub trait Kernel: Narrow {
    /// Those of the processor that is computed with; `None` where it has none of its own.
    fn kernels() -> Option<&'static Kernels<Self>>;
}

/// A function of which only the kind that it was asked for says what it takes.
type Untyped = unsafe extern "C" fn();
type Size = unsafe extern "C" fn(u64, u64) -> u64;
type Pack<T> = unsafe extern "C" fn(*const T, u64, u64, u64, *mut c_void);
type Product<T, S> = unsafe extern "C" fn(*const T, *const c_void, *mut S, u64, u64, u64, u64, u64);

/// The kernels of one kind of numbers and one processor, in the form that `numkong`'s header gives them.
pub struct Kernels<T: Narrow> {
    size: Size,
    pack: Pack<T>,
    product: Product<T, T::Sum>,
}

#[allow(unsafe_code, reason = "a function of another language; it is called in one place, below")]
unsafe extern "C" {
    /// Part of `numkong`'s interface for C.
    fn nk_find_kernel_punned(
        kind: c_int,
        numbers: c_int,
        viable: u64,
        kernel: *mut Option<Untyped>,
        capability: *mut u64,
    );
}

impl<T: Narrow> Kernels<T> {
    /// `numbers` is `numkong`'s name for `T`, as its header numbers them.
    #[allow(
        unsafe_code,
        reason = "the crate chooses kernels for the whole program alone, by the machine it finds"
    )]
    fn of(processor: Processor, numbers: c_int) -> Option<Self> {
        let find = |kind: u8| {
            let (mut kernel, mut capability) = (None, 0);
            // SAFETY: both are places for what is answered, a pointer to a function or nothing.
            unsafe {
                nk_find_kernel_punned(
                    c_int::from(kind),
                    numbers,
                    processor.capabilities(),
                    &mut kernel,
                    &mut capability,
                );
            }
            (capability != 0).then_some(kernel).flatten()
        };
        let [size, pack, product] = [find(b'P')?, find(b'Q')?, find(b'G')?];
        // SAFETY: those are the kinds of these three, each of which has this form for every kind of numbers; a `T` has
        // the form of what `numbers` names.
        unsafe {
            Some(Self {
                size: transmute::<Untyped, Size>(size),
                pack: transmute::<Untyped, Pack<T>>(pack),
                product: transmute::<Untyped, Product<T, T::Sum>>(product),
            })
        }
    }
}

impl Kernel for bf16 {
    fn kernels() -> Option<&'static Kernels<Self>> {
        static KERNELS: OnceLock<Option<Kernels<bf16>>> = OnceLock::new();
        KERNELS.get_or_init(|| Kernels::of(Processor::current(), 1 << 13)).as_ref()
    }
}

impl Kernel for i8 {
    fn kernels() -> Option<&'static Kernels<Self>> {
        static KERNELS: OnceLock<Option<Kernels<i8>>> = OnceLock::new();
        KERNELS.get_or_init(|| Kernels::of(Processor::current(), 1 << 2)).as_ref()
    }
}

/// Memory that begins where matrix registers like to be filled from.
#[repr(C, align(64))]
#[derive(Clone, Copy, Default)]
struct Line([u64; 8]);

/// Columns as the kernels want them.
pub struct Matrix<T> {
    memory: Vec<Line>,
    columns: usize,
    depth: usize,
    of: PhantomData<T>,
}

impl<T> Default for Matrix<T> {
    fn default() -> Self {
        Self { memory: Vec::new(), columns: 0, depth: 0, of: PhantomData }
    }
}

impl<T: Kernel> Panel<T> for Matrix<T> {
    #[allow(
        unsafe_code,
        reason = "the kernels are another language's; the lengths are checked here"
    )]
    fn pack(&mut self, rows: &[T], depth: usize) {
        let columns = rows.len() / depth.max(1);
        assert_eq!(rows.len(), columns * depth, "rows are whole");
        (self.columns, self.depth) = (columns, depth);
        let Some(kernels) = T::kernels() else { return };
        let (width, length) = (columns as u64, depth as u64);
        // SAFETY: it looks at nothing but the two numbers.
        let bytes = unsafe { (kernels.size)(width, length) } as usize;
        let lines = bytes.div_ceil(size_of::<Line>());
        self.memory.resize(self.memory.len().max(lines), Line::default());
        // SAFETY: `rows` holds `columns` rows of `depth` numbers that lie together, and the memory has room for what
        // the kernel says it takes.
        unsafe {
            (kernels.pack)(
                rows.as_ptr(),
                width,
                length,
                length * size_of::<T>() as u64,
                self.memory.as_mut_ptr().cast(),
            );
        }
    }

    fn columns(&self) -> usize {
        self.columns
    }

    #[allow(
        unsafe_code,
        reason = "the kernels are another language's; the lengths are checked here"
    )]
    fn product(&self, rows: &[T], sums: &mut [T::Sum]) {
        let Self { columns, depth, .. } = *self;
        let count = rows.len() / depth;
        assert_eq!(rows.len(), count * depth, "rows are whole");
        assert!(sums.len() >= count * columns, "there is a sum for each row and column");
        let Some(kernels) = T::kernels() else { return };
        // SAFETY: `rows` holds `count` rows of `depth` numbers that lie together, `sums` has room for `count` rows of
        // `columns`, and the memory was packed for `depth` and `columns` by the kernel that belongs to this one.
        unsafe {
            (kernels.product)(
                rows.as_ptr(),
                self.memory.as_ptr().cast(),
                sums.as_mut_ptr(),
                count as u64,
                columns as u64,
                depth as u64,
                (depth * size_of::<T>()) as u64,
                (columns * size_of::<T::Sum>()) as u64,
            );
        }
    }
}

/// Prepares the thread for the kernels: some processors want to be asked for their matrix registers.
pub fn prepare_thread() {
    numkong::capabilities::configure_thread();
}

//! The operations on the CPU, in products of narrow numbers: weights packed once, rows narrowed on the way to them,
//! and what stands between two products done while its rows are near.

mod attention;
mod columns;
mod fours;
mod kernels;
mod linear;
mod narrow;
mod pool;
mod processor;
mod products;
mod rows;
mod shorts;
mod steps;
#[cfg(test)]
mod tests;

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use half::bf16;
use rayon::prelude::*;

use self::attention::{Head, Part, Scratch, To};
pub use self::fours::Shared;
use self::kernels::Kernel;
use self::linear::{Linear, Weight};
use self::narrow::{Attends, Narrow};
pub use self::pool::limit_documents;
pub use self::processor::{Asked, Numbers, Processor, asked};
use self::products::{BLOCK, Input, Products, block_of};
use self::rows::{Buffer, Narrowed, Rows, Spare, Values};
use self::steps::{Norm, add, gelu, silu, wide};
use crate::batch::{Batch, Urgency};
use crate::error::LoadError;
use crate::ops::{Computed, Fault, Heads, Ops, Sight, Span, waves};
use crate::weights::{Stored, WeightType};

/// Tokens that one thread takes through all layers: their rows stay in its own cache, and each weight that is fetched
/// serves many.
const PART: usize = 256;

/// The operations, with products in numbers of one kind, and attention in those of another.
pub struct PackedOps<T: Narrow, A: Attends> {
    whole: Arc<Spare<f32>>,
    products: Products<T>,
    /// Whether a batch was computed.
    has_learnt: AtomicBool,
    attention: PhantomData<fn() -> A>,
}

pub struct Rotation {
    cosines: Vec<f32>,
    sines: Vec<f32>,
}

/// Of these numbers the first that this machine's products come out right in: there are more kinds of processors than
/// anybody has tried. `None` where there are none.
pub fn trusted(wanted: &[Numbers]) -> Option<Numbers> {
    static RIGHT: OnceLock<Vec<Numbers>> = OnceLock::new();
    let right = RIGHT.get_or_init(|| {
        let Ok(pool) = pool::pool(Urgency::Query) else { return Vec::new() };
        let is_right = |numbers: &Numbers| match numbers {
            Numbers::Bytes => i8::kernels().is_some() && is_right::<i8>(),
            Numbers::Fours => is_right::<Shared>(),
            Numbers::Halves => bf16::kernels().is_some() && is_right::<bf16>(),
            Numbers::Shorts => is_right::<i16>(),
        };
        pool.install(|| Numbers::ALL.into_iter().filter(is_right).collect())
    });
    wanted.iter().copied().find(|numbers| right.contains(numbers))
}

impl<T: Narrow, A: Attends> PackedOps<T, A> {
    pub fn open() -> Result<Self, LoadError> {
        let whole = Arc::default();
        let products = Products::new(&whole);
        Ok(Self { whole, products, has_learnt: AtomicBool::new(false), attention: PhantomData })
    }

    fn rows(&self, values: Buffer<f32>, width: usize) -> Rows<T> {
        Rows { count: values.len() / width.max(1), width, values: Values::Whole(values) }
    }

    /// The weight that rows are to be multiplied with.
    fn weight<'a>(&self, linear: &'a Linear<T>, rows: &Rows<T>) -> Result<&'a Weight<T>, Fault> {
        self.settle(&[linear], rows)?;
        linear.packed().ok_or_else(|| Fault("a weight could not be packed".to_owned()))
    }

    /// Settles the levels of weights that are not packed yet by the first rows that come to them.
    fn settle(&self, linears: &[&Linear<T>], rows: &Rows<T>) -> Result<(), Fault> {
        if linears.iter().all(|linear| linear.packed().is_some()) {
            return Ok(());
        }
        let settled = Linear::settle(linears, self.whole(rows)?, rows.width);
        settled.map_err(|error| Fault(error.to_string()))
    }

    /// Does something with the rows as a product with the weight takes them.
    fn with_input<R>(
        &self,
        weight: &Weight<T>,
        rows: &Rows<T>,
        work: impl FnOnce(Input<'_, T>) -> R,
    ) -> Result<R, Fault> {
        match &rows.values {
            Values::Whole(values) => {
                let levels = weight.levels.as_ref();
                let narrowed = self.products.narrowed(values, rows.width, levels);
                Ok(work(Input { values: &narrowed.values, worth: &narrowed.worth }))
            }
            Values::Narrow(narrowed) if weight.takes(narrowed) => {
                Ok(work(Input { values: &narrowed.values, worth: &narrowed.worth }))
            }
            Values::Narrow(_) => Err(Fault("rows were narrowed for another product".to_owned())),
        }
    }

    fn whole<'a>(&self, rows: &'a Rows<T>) -> Result<&'a [f32], Fault> {
        match &rows.values {
            Values::Whole(values) => Ok(values),
            Values::Narrow(_) => Err(Fault("rows were narrowed too early".to_owned())),
        }
    }

    fn whole_mut<'a>(&self, rows: &'a mut Rows<T>) -> Result<&'a mut [f32], Fault> {
        match &mut rows.values {
            Values::Whole(values) => Ok(values),
            Values::Narrow(_) => Err(Fault("rows were narrowed too early".to_owned())),
        }
    }

    /// Changes the rows block by block. `work` is given the number of a block's first row.
    fn each_block(
        &self,
        mut rows: Rows<T>,
        work: impl Fn(usize, &mut [f32]) + Sync,
    ) -> Result<Rows<T>, Fault> {
        let width = rows.width;
        let values = self.whole_mut(&mut rows)?;
        values.par_chunks_mut(BLOCK * width).enumerate().for_each(|(block, values)| {
            wide(
                #[inline(always)]
                || work(block * BLOCK, values),
            );
        });
        Ok(rows)
    }

    /// A product, joined with other rows block by block while it is near.
    fn product_with(
        &self,
        linear: &Linear<T>,
        rows: &Rows<T>,
        other: &Rows<T>,
        join: impl Fn(&mut [f32], &[f32]) + Sync,
    ) -> Result<Rows<T>, Fault> {
        let (width, other) = (linear.columns, self.whole(other)?);
        let weight = self.weight(linear, rows)?;
        let joined = self.with_input(weight, rows, |input| {
            self.products.product_then(weight, input, |block, out| {
                let other = &other[block.start * width..block.end * width];
                wide(
                    #[inline(always)]
                    || join(out, other),
                );
            })
        })?;
        Ok(self.rows(joined, width))
    }

    /// Rows that are computed block by block and narrowed for the next product while they are near. `compute` is given
    /// a block's number, or none where there are so few rows that they are no blocks.
    fn narrowed_blocks(
        &self,
        columns: usize,
        input: Input<'_, T>,
        next: &Linear<T>,
        compute: impl Fn(Option<usize>, &mut [f32]) + Sync,
    ) -> Rows<T> {
        let count = input.worth.len();
        let Some(next) = next.packed() else {
            let mut whole = self.whole.take(count * columns);
            for (block, rows) in whole.chunks_mut(BLOCK * columns).enumerate() {
                compute((count > BLOCK).then_some(block), rows);
            }
            return self.rows(whole, columns);
        };
        let levels = next.levels.as_ref();
        let mut narrowed = self.products.room(count, columns, levels);
        let Narrowed { values, worth, .. } = &mut narrowed;
        if count <= BLOCK {
            let mut near = self.whole.take(count * columns);
            compute(None, &mut near);
            self.products.narrow_rows(&near, levels, values, worth);
        } else {
            let values = values.par_chunks_mut(BLOCK * T::length(columns));
            let blocks = values.zip(worth.par_chunks_mut(BLOCK));
            blocks.enumerate().for_each(|(block, (values, worth))| {
                let mut near = self.whole.take(worth.len() * columns);
                compute(Some(block), &mut near);
                self.products.narrow_rows(&near, levels, values, worth);
            });
        }
        Rows { count, width: columns, values: Values::Narrow(narrowed) }
    }
}

/// Numbers as if they had been read.
fn stored(numbers: &[f32], columns: usize) -> Stored {
    Stored {
        name: "numbers".into(),
        file: "no file".into(),
        shape: vec![columns, numbers.len() / columns],
        kind: WeightType::F32,
        bytes: numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
    }
}

/// Multiplies at sizes that end within blocks of every kernel, and looks whether what comes out is near.
fn is_right<T: Narrow>() -> bool {
    const COUNT: usize = 37;
    const DEPTH: usize = 83;
    const COLUMNS: usize = 50;
    let numbers = |length: usize, prime: usize| -> Vec<f32> {
        (0..length).map(|at| (at * prime % 255) as f32 / 127.5 - 1.0).collect()
    };
    // Some weights have no more than sixteen sizes.
    let weight = (0..COLUMNS * DEPTH).map(|at| (at * 57 % 16) as f32 / 8.0 - 1.0);
    let (rows, weight) = (numbers(COUNT * DEPTH, 31), weight.collect::<Vec<f32>>());
    let product = |row: &[f32], column: &[f32]| -> f32 {
        row.iter().zip(column).map(|(row, column)| row * column).sum()
    };
    let columns = || weight.chunks_exact(DEPTH);
    let of_row = |row| columns().map(move |column| product(row, column));
    let expected: Vec<f32> = rows.chunks_exact(DEPTH).flat_map(of_row).collect();
    let whole = Arc::default();
    let Ok(linear) = Linear::<T>::load(stored(&weight, COLUMNS), None) else { return false };
    if Linear::settle(&[&linear], &rows, DEPTH).is_err() {
        return false;
    }
    let Some(weight) = linear.packed() else { return false };
    let products = Products::<T>::new(&whole);
    let narrowed = products.narrowed(&rows, DEPTH, weight.levels.as_ref());
    let input = Input { values: &narrowed.values, worth: &narrowed.worth };
    let found = products.product(weight, input, |value| value);
    // A product of a wrong row or column is as far off as it is large.
    expected.iter().zip(&*found).all(|(expected, found)| (expected - found).abs() < 0.25)
}

impl<T: Narrow, A: Attends> Ops for PackedOps<T, A> {
    type Rows = Rows<T>;
    type Linear = Linear<T>;
    type Table = Stored;
    type Norm = Norm;
    type Rotation = Rotation;

    fn device(&self) -> String {
        "CPU".to_owned()
    }

    fn learns(&self) -> bool {
        T::IS_LEVELLED
    }

    fn tokens_per_batch(&self, weights: usize) -> usize {
        // Some tens of milliseconds on two cores; fewer tokens would leave threads without a part.
        const PRODUCTS: usize = 80_000_000_000;
        let threads = pool::threads(Urgency::Document);
        (PRODUCTS / weights.max(1)).clamp(PART, 8 * PART) * threads.div_ceil(2)
    }

    fn computes_beside_itself(&self) -> bool {
        true
    }

    fn in_parts(
        &self,
        batch: &Batch,
        urgency: Urgency,
        compute: &(dyn Fn(&Batch) -> Computed + Sync),
    ) -> Computed {
        let pool = pool::pool(urgency).map_err(|error| Fault(error.to_string()))?;
        pool.install(|| {
            // The first batch settles levels, and that may not depend on which part is done first.
            if T::IS_LEVELLED && !self.has_learnt.swap(true, Ordering::Relaxed) {
                return compute(batch);
            }
            let parts = batch.parts(PART);
            if parts.len() < 2 {
                return compute(batch);
            }
            let made: Result<Vec<_>, Fault> =
                parts.par_iter().with_max_len(1).map(compute).collect();
            Ok(made?.into_iter().flatten().collect())
        })
    }

    fn load_linear(&self, weight: Stored, bias: Option<Vec<f32>>) -> Result<Linear<T>, LoadError> {
        pool::pool(Urgency::Query)?.install(|| Linear::load(weight, bias))
    }

    /// Rows of it are widened when they are looked up.
    fn load_table(&self, rows: Stored) -> Result<Stored, LoadError> {
        Ok(rows)
    }

    fn load_norm(
        &self,
        gain: Vec<f32>,
        bias: Option<Vec<f32>>,
        epsilon: f32,
    ) -> Result<Norm, LoadError> {
        Ok(Norm { gain, bias, epsilon })
    }

    fn load_rotation(
        &self,
        base: f64,
        width: usize,
        positions: usize,
    ) -> Result<Rotation, LoadError> {
        let [cosines, sines] = waves(base, width, positions);
        Ok(Rotation { cosines, sines })
    }

    fn lookup(&self, table: &Stored, ids: &[u32]) -> Result<Rows<T>, Fault> {
        let width = table.shape[1];
        let mut out = self.whole.take(ids.len() * width);
        let rows = out.par_chunks_mut(width).zip(ids).with_min_len(BLOCK);
        rows.try_for_each(|(row, id)| {
            let found = table.row(*id as usize).map_err(|error| Fault(error.to_string()))?;
            row.copy_from_slice(&found);
            Ok::<(), Fault>(())
        })?;
        Ok(self.rows(out, width))
    }

    fn linear(&self, linear: &Linear<T>, rows: &Rows<T>) -> Result<Rows<T>, Fault> {
        let weight = self.weight(linear, rows)?;
        let product = |input: Input<'_, T>| self.products.product(weight, input, |value| value);
        Ok(self.rows(self.with_input(weight, rows, product)?, linear.columns))
    }

    fn linears<const N: usize>(
        &self,
        linears: [&Linear<T>; N],
        rows: &Rows<T>,
    ) -> Result<[Rows<T>; N], Fault> {
        self.settle(&linears, rows)?;
        let levels = linears.first().and_then(|linear| linear.packed()?.levels.as_ref());
        let narrowed = match &rows.values {
            Values::Narrow(_) => None,
            Values::Whole(values) => Some(Rows {
                count: rows.count,
                width: rows.width,
                values: Values::Narrow(self.products.narrowed(values, rows.width, levels)),
            }),
        };
        let rows = narrowed.as_ref().unwrap_or(rows);
        let products: Vec<Rows<T>> = linears
            .into_iter()
            .map(|linear| self.linear(linear, rows))
            .collect::<Result<_, _>>()?;
        products.try_into().map_err(|_| Fault("a product was lost".to_owned()))
    }

    fn linear_gelu(
        &self,
        linear: &Linear<T>,
        rows: &Rows<T>,
        next: &Linear<T>,
    ) -> Result<Rows<T>, Fault> {
        let (weight, products) = (self.weight(linear, rows)?, &self.products);
        self.with_input(weight, rows, |input| {
            self.narrowed_blocks(linear.columns, input, next, |block, near| match block {
                Some(block) => {
                    products.block(weight, block_of(input, block, weight.depth), gelu, near);
                }
                None => near.copy_from_slice(&products.product(weight, input, gelu)),
            })
        })
    }

    fn gated(
        &self,
        gate: &Linear<T>,
        up: &Linear<T>,
        rows: &Rows<T>,
        next: &Linear<T>,
    ) -> Result<Rows<T>, Fault> {
        self.settle(&[gate, up], rows)?;
        let (columns, products) = (gate.columns, &self.products);
        let (gate, up) = (self.weight(gate, rows)?, self.weight(up, rows)?);
        self.with_input(gate, rows, |input| {
            self.narrowed_blocks(columns, input, next, |block, near| {
                let mut ups = self.whole.take(near.len());
                match block {
                    Some(block) => {
                        let input = block_of(input, block, gate.depth);
                        products.block(gate, input, |value| value, near);
                        products.block(up, input, |value| value, &mut ups);
                    }
                    None => {
                        near.copy_from_slice(&products.product(gate, input, |value| value));
                        ups.copy_from_slice(&products.product(up, input, |value| value));
                    }
                }
                wide(
                    #[inline(always)]
                    || near.iter_mut().zip(&*ups).for_each(|(gate, up)| *gate = silu(*gate) * up),
                );
            })
        })
    }

    fn linear_add(
        &self,
        linear: &Linear<T>,
        rows: &Rows<T>,
        onto: Rows<T>,
    ) -> Result<Rows<T>, Fault> {
        self.product_with(linear, rows, &onto, add)
    }

    fn linear_add_norm(
        &self,
        linear: &Linear<T>,
        rows: &Rows<T>,
        onto: &Rows<T>,
        norm: &Norm,
    ) -> Result<Rows<T>, Fault> {
        self.product_with(
            linear,
            rows,
            onto,
            #[inline(always)]
            |out, other| norm.apply_to_sums(out, other),
        )
    }

    fn add(&self, rows: Rows<T>, other: &Rows<T>) -> Result<Rows<T>, Fault> {
        let (width, other) = (rows.width, self.whole(other)?);
        self.each_block(
            rows,
            #[inline(always)]
            |first, out| {
                add(out, &other[first * width..][..out.len()]);
            },
        )
    }

    fn add_norm(&self, norm: &Norm, rows: Rows<T>, other: &Rows<T>) -> Result<Rows<T>, Fault> {
        let (width, other) = (rows.width, self.whole(other)?);
        self.each_block(
            rows,
            #[inline(always)]
            |first, out| {
                norm.apply_to_sums(out, &other[first * width..][..out.len()]);
            },
        )
    }

    fn norm(&self, norm: &Norm, rows: &Rows<T>) -> Result<Rows<T>, Fault> {
        let values = self.whole(rows)?;
        let mut out = self.whole.take(values.len());
        let width = rows.width;
        let blocks = out.par_chunks_mut(BLOCK * width).zip(values.par_chunks(BLOCK * width));
        blocks.for_each(|(out, values)| {
            out.copy_from_slice(values);
            wide(
                #[inline(always)]
                || out.chunks_exact_mut(width).for_each(|row| norm.apply(row)),
            );
        });
        Ok(self.rows(out, width))
    }

    fn norm_heads(&self, norm: &Norm, rows: Rows<T>, heads: usize) -> Result<Rows<T>, Fault> {
        let width = rows.width / heads;
        self.each_block(
            rows,
            #[inline(always)]
            |_, values| {
                values.chunks_exact_mut(width).for_each(|head| norm.apply(head));
            },
        )
    }

    fn rotate(
        &self,
        rotation: &Rotation,
        rows: Rows<T>,
        positions: &[u32],
        heads: usize,
    ) -> Result<Rows<T>, Fault> {
        let (width, half) = (rows.width, rows.width / heads / 2);
        self.each_block(
            rows,
            #[inline(always)]
            |first, values| {
                for (row, position) in values.chunks_exact_mut(width).zip(&positions[first..]) {
                    let at = *position as usize * half;
                    let waves = (&rotation.cosines[at..at + half], &rotation.sines[at..at + half]);
                    for head in row.chunks_exact_mut(2 * half) {
                        let (left, right) = head.split_at_mut(half);
                        let pairs = left.iter_mut().zip(right).zip(waves.0.iter().zip(waves.1));
                        for ((one, other), (cosine, sine)) in pairs {
                            (*one, *other) =
                                (*one * cosine - *other * sine, *other * cosine + *one * sine);
                        }
                    }
                }
            },
        )
    }

    fn attention(
        &self,
        queries: &Rows<T>,
        keys: &Rows<T>,
        values: &Rows<T>,
        heads: Heads,
        spans: &[Span],
        sight: Sight,
    ) -> Result<Rows<T>, Fault> {
        let width = heads.queries * heads.width;
        let attention = Attention {
            sides: [self.whole(queries)?, self.whole(keys)?, self.whole(values)?],
            heads,
            sight,
        };
        let mut out = self.whole.take(queries.count * width);
        if spans.len() >= rayon::current_num_threads() {
            let mut rest = &mut out[..];
            let mut tasks = Vec::with_capacity(spans.len());
            for span in spans {
                let (own, others) = rest.split_at_mut(span.queries.len() * width);
                tasks.push((span, own));
                rest = others;
            }
            tasks.into_par_iter().for_each_init(
                Scratch::<A>::default,
                |scratch, (span, values)| {
                    let mut to = To { values, stride: width, first: 0 };
                    for head in 0..heads.queries {
                        to.first = head * heads.width;
                        attention.of(span, head).attend(&mut to, scratch);
                    }
                },
            );
            return Ok(self.rows(out, width));
        }
        for span in spans {
            let made: Vec<Buffer<f32>> = (0..heads.queries)
                .into_par_iter()
                .map_init(Scratch::<A>::default, |scratch, head| {
                    let mut made = self.whole.take(span.queries.len() * heads.width);
                    let mut to = To { values: &mut made, stride: heads.width, first: 0 };
                    attention.of(span, head).attend(&mut to, scratch);
                    made
                })
                .collect();
            let rows = &mut out[span.queries.start * width..span.queries.end * width];
            for (head, made) in made.iter().enumerate() {
                for (to, from) in rows.chunks_exact_mut(width).zip(made.chunks_exact(heads.width)) {
                    to[head * heads.width..][..heads.width].copy_from_slice(from);
                }
            }
        }
        Ok(self.rows(out, width))
    }

    fn gelu(&self, rows: Rows<T>) -> Result<Rows<T>, Fault> {
        self.each_block(
            rows,
            #[inline(always)]
            |_, values| values.iter_mut().for_each(|value| *value = gelu(*value)),
        )
    }

    fn silu_gate(&self, gate: Rows<T>, up: &Rows<T>) -> Result<Rows<T>, Fault> {
        let (width, up) = (gate.width, self.whole(up)?);
        self.each_block(
            gate,
            #[inline(always)]
            |first, values| {
                let up = &up[first * width..][..values.len()];
                values.iter_mut().zip(up).for_each(|(gate, up)| *gate = silu(*gate) * up);
            },
        )
    }

    fn tanh(&self, rows: Rows<T>) -> Result<Rows<T>, Fault> {
        self.each_block(
            rows,
            #[inline(always)]
            |_, values| {
                values.iter_mut().for_each(|value| *value = value.tanh());
            },
        )
    }

    fn select(&self, rows: &Rows<T>, indices: &[u32]) -> Result<Rows<T>, Fault> {
        let (width, values) = (rows.width, self.whole(rows)?);
        let mut out = self.whole.take(indices.len() * width);
        for (to, index) in out.chunks_exact_mut(width).zip(indices) {
            to.copy_from_slice(&values[*index as usize * width..][..width]);
        }
        Ok(self.rows(out, width))
    }

    fn means(&self, rows: &Rows<T>, ranges: &[Range<usize>]) -> Result<Rows<T>, Fault> {
        let (width, values) = (rows.width, self.whole(rows)?);
        let mut out = self.whole.take(ranges.len() * width);
        wide(
            #[inline(always)]
            || {
                for (to, range) in out.chunks_exact_mut(width).zip(ranges) {
                    to.fill(0.0);
                    for row in values[range.start * width..range.end * width].chunks_exact(width) {
                        to.iter_mut().zip(row).for_each(|(to, value)| *to += value);
                    }
                    let per = 1.0 / range.len() as f32;
                    to.iter_mut().for_each(|to| *to *= per);
                }
            },
        );
        Ok(self.rows(out, width))
    }

    fn read(&self, rows: &Rows<T>) -> Result<Vec<f32>, Fault> {
        Ok(self.whole(rows)?.to_vec())
    }
}

/// What attention is computed from: queries, keys and values of all texts.
struct Attention<'a> {
    sides: [&'a [f32]; 3],
    heads: Heads,
    sight: Sight,
}

impl<'a> Attention<'a> {
    fn of(&self, span: &Span, head: usize) -> Head<'a> {
        let Heads { queries, keys, width } = self.heads;
        let part = |values: &'a [f32], heads: usize, head: usize, rows: &Range<usize>| Part {
            values: &values[rows.start * heads * width..rows.end * heads * width],
            stride: heads * width,
            first: head * width,
            width,
            rows: rows.len(),
        };
        let shared = head / (queries / keys);
        Head {
            queries: part(self.sides[0], queries, head, &span.queries),
            keys: part(self.sides[1], keys, shared, &span.keys),
            values: part(self.sides[2], keys, shared, &span.keys),
            sight: self.sight,
        }
    }
}

//! The operations on the CPU, in products of narrow numbers: weights packed once, rows narrowed on the way to them,
//! and what stands between two products done while its rows are near.

mod attention;
mod kernels;
mod pool;
mod products;
mod rows;
mod steps;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use half::bf16;
use rayon::ThreadPool;
use rayon::prelude::*;

use self::attention::{Head, Part, Scratch, To};
use self::kernels::{Narrow, Panel};
use self::products::{BLOCK, Input, Products, Weight, block_of, narrow_rows};
use self::rows::{Buffer, Rows, Spare, Values};
use self::steps::{Norm, add, gelu, silu, wide};
use crate::batch::Batch;
use crate::error::LoadError;
use crate::ops::{Computed, Fault, Heads, Ops, Place, Sight, Span, waves};
use crate::weights::Stored;

/// Tokens that one thread takes through all layers: their rows stay in its own cache, and each weight that is fetched
/// serves many.
const PART: usize = 256;

/// What rows are narrowed to, where they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Bytes where a product is tolerant, which takes half as long.
    Bytes,
    /// Halves alone.
    Halves,
}

pub struct PackedOps {
    pool: Arc<ThreadPool>,
    precision: Precision,
    whole: Arc<Spare<f32>>,
    bytes: Products<i8>,
    halves: Products<bf16>,
}

pub enum Linear {
    Bytes(Weight<i8>),
    Halves(Weight<bf16>),
}

pub struct Rotation {
    cosines: Vec<f32>,
    sines: Vec<f32>,
}

impl Linear {
    fn columns(&self) -> usize {
        match self {
            Self::Bytes(weight) => weight.columns(),
            Self::Halves(weight) => weight.columns(),
        }
    }
}

/// Does the same with a weight of either kind, and what makes its products.
macro_rules! with_weight {
    ($ops:expr, $linear:expr, |$products:ident, $weight:ident| $done:expr) => {
        match $linear {
            Linear::Bytes($weight) => {
                let $products = &$ops.bytes;
                $done
            }
            Linear::Halves($weight) => {
                let $products = &$ops.halves;
                $done
            }
        }
    };
}

impl PackedOps {
    /// Whether this machine multiplies narrow numbers faster than whole ones, and rightly: there are more kinds of
    /// processors than anybody has tried.
    pub fn suit_this_machine() -> bool {
        static SUITS: OnceLock<bool> = OnceLock::new();
        *SUITS.get_or_init(|| {
            let are_right = || is_right::<i8>() && is_right::<bf16>();
            kernels::has_halves() && pool::pool().is_ok_and(|pool| pool.install(are_right))
        })
    }

    pub fn open(precision: Precision) -> Result<Self, LoadError> {
        let (pool, whole) = (pool::pool()?, Arc::default());
        Ok(Self {
            bytes: Products::new(&pool, &whole),
            halves: Products::new(&pool, &whole),
            pool,
            precision,
            whole,
        })
    }

    fn rows(&self, values: Buffer<f32>, width: usize) -> Rows {
        Rows { count: values.len() / width.max(1), width, values: Values::Whole(values) }
    }

    /// Does something with the rows as a product takes them.
    fn with_input<T: Narrow, R>(
        &self,
        products: &Products<T>,
        rows: &Rows,
        work: impl FnOnce(Input<'_, T>) -> R,
    ) -> Result<R, Fault> {
        match &rows.values {
            Values::Whole(values) => {
                let (values, steps) = products.narrowed(values, rows.width);
                Ok(work(Input { values: &values, steps: &steps }))
            }
            Values::Halves(halves) => {
                let values = T::of_halves(halves).ok_or_else(narrowed_otherwise)?;
                let mut steps = self.whole.take(rows.count);
                steps.fill(1.0);
                Ok(work(Input { values, steps: &steps }))
            }
        }
    }

    /// A product, changed block by block while it is near.
    fn product_then(
        &self,
        linear: &Linear,
        rows: &Rows,
        then: impl Fn(Range<usize>, &mut [f32]) + Sync,
    ) -> Result<Buffer<f32>, Fault> {
        with_weight!(self, linear, |products, weight| {
            self.with_input(products, rows, |input| products.product_then(weight, input, then))
        })
    }

    fn whole<'a>(&self, rows: &'a Rows) -> Result<&'a [f32], Fault> {
        match &rows.values {
            Values::Whole(values) => Ok(values),
            Values::Halves(_) => Err(narrowed_otherwise()),
        }
    }

    fn whole_mut<'a>(&self, rows: &'a mut Rows) -> Result<&'a mut [f32], Fault> {
        match &mut rows.values {
            Values::Whole(values) => Ok(values),
            Values::Halves(_) => Err(narrowed_otherwise()),
        }
    }

    /// Changes the rows block by block. `work` is given the number of a block's first row.
    fn each_block(
        &self,
        mut rows: Rows,
        work: impl Fn(usize, &mut [f32]) + Sync,
    ) -> Result<Rows, Fault> {
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

    /// Rows that are computed block by block and narrowed while they are near. `compute` is given a block's number, or
    /// none where there are so few rows that they are no blocks.
    fn halves_of_blocks<T: Narrow>(
        &self,
        columns: usize,
        input: Input<'_, T>,
        compute: impl Fn(Option<usize>, &mut [f32]) + Sync,
    ) -> Buffer<bf16> {
        let count = input.steps.len();
        let mut halves = self.halves.narrow_rows(count * columns);
        if count <= BLOCK {
            let mut near = self.whole.take(halves.len());
            compute(None, &mut near);
            narrow_rows(&near, columns, &mut halves, &mut self.whole.take(count));
            return halves;
        }
        halves.par_chunks_mut(BLOCK * columns).enumerate().for_each(|(block, halves)| {
            let mut near = self.whole.take(halves.len());
            compute(Some(block), &mut near);
            narrow_rows(&near, columns, halves, &mut self.whole.take(halves.len() / columns));
        });
        halves
    }

    /// The rows in halves, where they are not yet.
    fn in_halves(&self, rows: &Rows) -> Option<Rows> {
        let Values::Whole(values) = &rows.values else { return None };
        let (values, _) = self.halves.narrowed(values, rows.width);
        Some(Rows { count: rows.count, width: rows.width, values: Values::Halves(values) })
    }
}

/// Multiplies whole numbers, which no kind of narrow ones loses anything of, at sizes that end within blocks of every
/// kernel.
fn is_right<T: Narrow>() -> bool {
    const COUNT: usize = 37;
    const DEPTH: usize = 83;
    const COLUMNS: usize = 50;
    let whole = |length: usize, prime: usize| -> Vec<f32> {
        (0..length).map(|at| (at * prime % 255) as f32 - 127.0).collect()
    };
    // Each row has its largest number, so that a step is worth one.
    let full = |mut rows: Vec<f32>| {
        rows.chunks_exact_mut(DEPTH).for_each(|row| row[0] = 127.0);
        rows
    };
    let (rows, weight) = (full(whole(COUNT * DEPTH, 31)), full(whole(COLUMNS * DEPTH, 57)));
    let mut narrow = [vec![T::default(); rows.len()], vec![T::default(); weight.len()]];
    narrow_rows(&rows, DEPTH, &mut narrow[0], &mut [0.0; COUNT]);
    narrow_rows(&weight, DEPTH, &mut narrow[1], &mut [0.0; COLUMNS]);
    let Some(panel) = Panel::<T>::pack(&narrow[1], DEPTH) else { return false };
    let mut sums = vec![T::Sum::default(); COUNT * COLUMNS];
    panel.product(&narrow[0], &mut sums);
    let product =
        |row: &[f32], column: &[f32]| row.iter().zip(column).map(|(a, b)| a * b).sum::<f32>();
    let columns = || weight.chunks_exact(DEPTH);
    let expected =
        rows.chunks_exact(DEPTH).flat_map(|row| columns().map(move |column| product(row, column)));
    expected.zip(&sums).all(|(expected, sum)| T::sum(*sum) == expected)
}

fn narrowed_otherwise() -> Fault {
    Fault("rows were narrowed for another product".to_owned())
}

impl Ops for PackedOps {
    type Rows = Rows;
    type Linear = Linear;
    type Table = Stored;
    type Norm = Norm;
    type Rotation = Rotation;

    fn device(&self) -> String {
        "CPU".to_owned()
    }

    fn tokens_per_batch(&self, weights: usize) -> usize {
        // Some tens of milliseconds on two cores; fewer tokens would leave threads without a part.
        const PRODUCTS: usize = 80_000_000_000;
        let threads = self.pool.current_num_threads();
        (PRODUCTS / weights.max(1)).clamp(PART, 8 * PART) * threads.div_ceil(2)
    }

    fn in_parts(&self, batch: &Batch, compute: &(dyn Fn(&Batch) -> Computed + Sync)) -> Computed {
        self.pool.install(|| {
            let parts = batch.parts(PART);
            if parts.len() < 2 {
                return compute(batch);
            }
            let made: Result<Vec<_>, Fault> =
                parts.par_iter().with_max_len(1).map(compute).collect();
            Ok(made?.into_iter().flatten().collect())
        })
    }

    fn load_linear(
        &self,
        weight: Stored,
        bias: Option<Vec<f32>>,
        place: Place,
    ) -> Result<Linear, LoadError> {
        let (numbers, columns) = (weight.to_f32()?, weight.shape[0]);
        let bias = bias.unwrap_or_default();
        let packed = match (self.precision, place) {
            (Precision::Bytes, Place::Tolerant) => {
                Weight::pack(&numbers, columns, bias).map(Linear::Bytes)
            }
            _ => Weight::pack(&numbers, columns, bias).map(Linear::Halves),
        };
        packed.ok_or_else(|| LoadError::Device {
            device: self.device(),
            reason: "there is no memory for its weights".to_owned(),
        })
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

    fn lookup(&self, table: &Stored, ids: &[u32]) -> Result<Rows, Fault> {
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

    fn linear(&self, linear: &Linear, rows: &Rows) -> Result<Rows, Fault> {
        let product = with_weight!(self, linear, |products, weight| {
            self.with_input(products, rows, |input| products.product(weight, input, |value| value))?
        });
        Ok(self.rows(product, linear.columns()))
    }

    fn linears<const N: usize>(
        &self,
        linears: [&Linear; N],
        rows: &Rows,
    ) -> Result<[Rows; N], Fault> {
        let halves = self.in_halves(rows);
        let product = |linear: &Linear| match linear {
            Linear::Bytes(_) => self.linear(linear, rows),
            Linear::Halves(_) => self.linear(linear, halves.as_ref().unwrap_or(rows)),
        };
        let products: Vec<Rows> = linears.into_iter().map(product).collect::<Result<_, _>>()?;
        products.try_into().map_err(|_| Fault("a product was lost".to_owned()))
    }

    fn linear_gelu(&self, linear: &Linear, rows: &Rows) -> Result<Rows, Fault> {
        let columns = linear.columns();
        let values = with_weight!(self, linear, |products, weight| {
            self.with_input(products, rows, |input| {
                self.halves_of_blocks(columns, input, |block, near| match block {
                    Some(block) => {
                        products.block(weight, block_of(input, block, weight.depth), gelu, near);
                    }
                    None => near.copy_from_slice(&products.product(weight, input, gelu)),
                })
            })?
        });
        Ok(Rows { count: rows.count, width: columns, values: Values::Halves(values) })
    }

    fn gated(&self, gate: &Linear, up: &Linear, rows: &Rows) -> Result<Rows, Fault> {
        let (Linear::Halves(gate), Linear::Halves(up)) = (gate, up) else {
            let [gate, up] = self.linears([gate, up], rows)?;
            return self.silu_gate(gate, &up);
        };
        let (products, columns) = (&self.halves, gate.columns());
        let values = self.with_input(products, rows, |input| {
            self.halves_of_blocks(columns, input, |block, near| {
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
        })?;
        Ok(Rows { count: rows.count, width: columns, values: Values::Halves(values) })
    }

    fn linear_add(&self, linear: &Linear, rows: &Rows, onto: Rows) -> Result<Rows, Fault> {
        let (width, other) = (linear.columns(), self.whole(&onto)?);
        let sum = self.product_then(linear, rows, |block, out| {
            let other = &other[block.start * width..block.end * width];
            wide(
                #[inline(always)]
                || add(out, other),
            );
        });
        Ok(self.rows(sum?, width))
    }

    fn linear_add_norm(
        &self,
        linear: &Linear,
        rows: &Rows,
        onto: &Rows,
        norm: &Norm,
    ) -> Result<Rows, Fault> {
        let (width, other) = (linear.columns(), self.whole(onto)?);
        let sum = self.product_then(linear, rows, |block, out| {
            let other = &other[block.start * width..block.end * width];
            wide(
                #[inline(always)]
                || norm.apply_to_sums(out, other),
            );
        });
        Ok(self.rows(sum?, width))
    }

    fn add(&self, rows: Rows, other: &Rows) -> Result<Rows, Fault> {
        let (width, other) = (rows.width, self.whole(other)?);
        self.each_block(
            rows,
            #[inline(always)]
            |first, out| {
                add(out, &other[first * width..][..out.len()]);
            },
        )
    }

    fn add_norm(&self, norm: &Norm, rows: Rows, other: &Rows) -> Result<Rows, Fault> {
        let (width, other) = (rows.width, self.whole(other)?);
        self.each_block(
            rows,
            #[inline(always)]
            |first, out| {
                norm.apply_to_sums(out, &other[first * width..][..out.len()]);
            },
        )
    }

    fn norm(&self, norm: &Norm, rows: &Rows) -> Result<Rows, Fault> {
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

    fn norm_heads(&self, norm: &Norm, rows: Rows, heads: usize) -> Result<Rows, Fault> {
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
        rows: Rows,
        positions: &[u32],
        heads: usize,
    ) -> Result<Rows, Fault> {
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
        queries: &Rows,
        keys: &Rows,
        values: &Rows,
        heads: Heads,
        spans: &[Span],
        sight: Sight,
    ) -> Result<Rows, Fault> {
        let width = heads.queries * heads.width;
        let attention = Attention {
            sides: [self.whole(queries)?, self.whole(keys)?, self.whole(values)?],
            heads,
            sight,
        };
        let mut out = self.whole.take(queries.count * width);
        if spans.len() >= self.pool.current_num_threads() {
            let mut rest = &mut out[..];
            let mut tasks = Vec::with_capacity(spans.len());
            for span in spans {
                let (own, others) = rest.split_at_mut(span.queries.len() * width);
                tasks.push((span, own));
                rest = others;
            }
            tasks.into_par_iter().for_each_init(Scratch::default, |scratch, (span, values)| {
                let mut to = To { values, stride: width, first: 0 };
                for head in 0..heads.queries {
                    to.first = head * heads.width;
                    attention.of(span, head).attend(&mut to, scratch);
                }
            });
            return Ok(self.rows(out, width));
        }
        for span in spans {
            let made: Vec<Buffer<f32>> = (0..heads.queries)
                .into_par_iter()
                .map_init(Scratch::default, |scratch, head| {
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

    fn gelu(&self, rows: Rows) -> Result<Rows, Fault> {
        self.each_block(
            rows,
            #[inline(always)]
            |_, values| values.iter_mut().for_each(|value| *value = gelu(*value)),
        )
    }

    fn silu_gate(&self, gate: Rows, up: &Rows) -> Result<Rows, Fault> {
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

    fn tanh(&self, rows: Rows) -> Result<Rows, Fault> {
        self.each_block(
            rows,
            #[inline(always)]
            |_, values| {
                values.iter_mut().for_each(|value| *value = value.tanh());
            },
        )
    }

    fn select(&self, rows: &Rows, indices: &[u32]) -> Result<Rows, Fault> {
        let (width, values) = (rows.width, self.whole(rows)?);
        let mut out = self.whole.take(indices.len() * width);
        for (to, index) in out.chunks_exact_mut(width).zip(indices) {
            to.copy_from_slice(&values[*index as usize * width..][..width]);
        }
        Ok(self.rows(out, width))
    }

    fn means(&self, rows: &Rows, ranges: &[Range<usize>]) -> Result<Rows, Fault> {
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

    fn read(&self, rows: &Rows) -> Result<Vec<f32>, Fault> {
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

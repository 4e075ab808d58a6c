//! The operations a family is written in, and a backend implements.
//!
//! Activations are `Rows`: one row for each token of a packed batch, texts one after another without
//! padding. Which rows belong to one text is said by [`Span`]s, so nothing here has a batch dimension.

use std::ops::Range;

use crate::batch::{Batch, Urgency};
use crate::error::LoadError;
use crate::weights::Stored;

/// The rows of one text: which ask (`queries`) and which are asked (`keys`). The two differ only in a
/// last layer of which just the pooled rows are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub queries: Range<usize>,
    pub keys: Range<usize>,
}

/// How attention is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heads {
    pub queries: usize,
    /// Fewer than `queries` where several of those share one.
    pub keys: usize,
    pub width: usize,
}

/// What a row may see of its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Every row.
    All,
    /// The rows up to itself. With a single query row that row counts as the last.
    Past,
}

/// The cosines and sines of rotary positions 0 to `positions`, position by position, one for each pair of numbers.
pub fn waves(base: f64, width: usize, positions: usize) -> [Vec<f32>; 2] {
    let turn = |pair: usize| base.powf(-2.0 * pair as f64 / width as f64);
    let turns: Vec<f64> = (0..width / 2).map(turn).collect();
    let table = |wave: fn(f64) -> f64| {
        let at =
            |position: usize| turns.iter().map(move |turn| wave(position as f64 * turn) as f32);
        (0..positions).flat_map(at).collect()
    };
    [table(f64::cos), table(f64::sin)]
}

/// A backend failed while computing: out of memory, a lost device.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

/// One row of numbers for each text of a batch.
pub type Computed = Result<Vec<Vec<f32>>, Fault>;

pub trait Ops: Send + Sync + 'static {
    type Rows;
    type Linear: Send + Sync;
    type Table: Send + Sync;
    type Norm: Send + Sync;
    type Rotation: Send + Sync;

    /// The name to show, as "CPU" or "CUDA 0".
    fn device(&self) -> String;
    /// How many tokens one batch should hold for this device to be well used by a network in which
    /// each token meets so many weights. Whoever types waits for the batch at hand.
    fn tokens_per_batch(&self, weights: usize) -> usize;

    /// A product with `weight` (out × in), plus `bias` where there is one.
    fn load_linear(
        &self,
        weight: Stored,
        bias: Option<Vec<f32>>,
    ) -> Result<Self::Linear, LoadError>;
    fn load_table(&self, rows: Stored) -> Result<Self::Table, LoadError>;
    /// Layer normalisation where there is a bias, root-mean-square normalisation where there is none.
    fn load_norm(
        &self,
        gain: Vec<f32>,
        bias: Option<Vec<f32>>,
        epsilon: f32,
    ) -> Result<Self::Norm, LoadError>;
    /// Rotary positions 0 to `positions`.
    fn load_rotation(
        &self,
        base: f64,
        width: usize,
        positions: usize,
    ) -> Result<Self::Rotation, LoadError>;

    fn lookup(&self, table: &Self::Table, ids: &[u32]) -> Result<Self::Rows, Fault>;
    fn linear(&self, linear: &Self::Linear, rows: &Self::Rows) -> Result<Self::Rows, Fault>;
    fn add(&self, rows: Self::Rows, other: &Self::Rows) -> Result<Self::Rows, Fault>;
    fn norm(&self, norm: &Self::Norm, rows: &Self::Rows) -> Result<Self::Rows, Fault>;
    /// Normalises each of a row's `heads` parts by itself.
    fn norm_heads(
        &self,
        norm: &Self::Norm,
        rows: Self::Rows,
        heads: usize,
    ) -> Result<Self::Rows, Fault>;
    fn rotate(
        &self,
        rotation: &Self::Rotation,
        rows: Self::Rows,
        positions: &[u32],
        heads: usize,
    ) -> Result<Self::Rows, Fault>;
    /// Scaled dot-product attention within each span. Answers one row for each query row, in order.
    fn attention(
        &self,
        queries: &Self::Rows,
        keys: &Self::Rows,
        values: &Self::Rows,
        heads: Heads,
        spans: &[Span],
        sight: Sight,
    ) -> Result<Self::Rows, Fault>;
    /// The exact (erf) form.
    fn gelu(&self, rows: Self::Rows) -> Result<Self::Rows, Fault>;
    /// `silu(gate) * up`.
    fn silu_gate(&self, gate: Self::Rows, up: &Self::Rows) -> Result<Self::Rows, Fault>;
    fn tanh(&self, rows: Self::Rows) -> Result<Self::Rows, Fault>;
    fn select(&self, rows: &Self::Rows, indices: &[u32]) -> Result<Self::Rows, Fault>;
    /// The mean of each range's rows.
    fn means(&self, rows: &Self::Rows, ranges: &[Range<usize>]) -> Result<Self::Rows, Fault>;
    /// All values, row by row.
    fn read(&self, rows: &Self::Rows) -> Result<Vec<f32>, Fault>;

    /// Whether what it computes depends on the first batch, which is then to be one that is always the same.
    fn learns(&self) -> bool {
        false
    }

    /// Whether batches of different urgency may be computed at once.
    fn computes_beside_itself(&self) -> bool {
        false
    }

    /// Computes a batch: as a whole, or in parts where that uses the device better.
    fn in_parts(
        &self,
        batch: &Batch,
        _urgency: Urgency,
        compute: &(dyn Fn(&Batch) -> Computed + Sync),
    ) -> Computed {
        compute(batch)
    }

    // What families call in place of the single steps. A backend that can do better than one step
    // after the other, without a row going to memory and back between them, overrides these.

    /// Several products of the same rows.
    fn linears<const N: usize>(
        &self,
        linears: [&Self::Linear; N],
        rows: &Self::Rows,
    ) -> Result<[Self::Rows; N], Fault> {
        let products: Vec<Self::Rows> =
            linears.iter().map(|linear| self.linear(linear, rows)).collect::<Result<_, _>>()?;
        products.try_into().map_err(|_| Fault("a product was lost".into()))
    }

    /// For the product with `next`.
    fn linear_gelu(
        &self,
        linear: &Self::Linear,
        rows: &Self::Rows,
        _next: &Self::Linear,
    ) -> Result<Self::Rows, Fault> {
        self.gelu(self.linear(linear, rows)?)
    }

    /// `silu(gate · rows) * (up · rows)`, for the product with `next`.
    fn gated(
        &self,
        gate: &Self::Linear,
        up: &Self::Linear,
        rows: &Self::Rows,
        _next: &Self::Linear,
    ) -> Result<Self::Rows, Fault> {
        let [gate, up] = self.linears([gate, up], rows)?;
        self.silu_gate(gate, &up)
    }

    /// A product added to `onto`.
    fn linear_add(
        &self,
        linear: &Self::Linear,
        rows: &Self::Rows,
        onto: Self::Rows,
    ) -> Result<Self::Rows, Fault> {
        self.add(onto, &self.linear(linear, rows)?)
    }

    /// The norm of a product added to other rows.
    fn linear_add_norm(
        &self,
        linear: &Self::Linear,
        rows: &Self::Rows,
        onto: &Self::Rows,
        norm: &Self::Norm,
    ) -> Result<Self::Rows, Fault> {
        self.add_norm(norm, self.linear(linear, rows)?, onto)
    }

    /// The norm of a sum that nobody needs afterwards.
    fn add_norm(
        &self,
        norm: &Self::Norm,
        rows: Self::Rows,
        other: &Self::Rows,
    ) -> Result<Self::Rows, Fault> {
        self.norm(norm, &self.add(rows, other)?)
    }
}

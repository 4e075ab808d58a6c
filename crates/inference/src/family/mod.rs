//! The model families, each written once against [`Ops`].

mod bert;
mod qwen3;

use crate::batch::{Batch, Urgency};
use crate::error::LoadError;
use crate::folder::ModelFolder;
use crate::ops::{Computed, Fault, Ops, Span};
use kenning_manifest::{FILE_NAME, Family, Pooling};

/// A loaded network: packed tokens in, one row of numbers for each text out.
pub trait Network: Send + Sync {
    fn compute(&self, batch: &Batch, urgency: Urgency) -> Computed;
    fn device(&self) -> String;
    fn tokens_per_batch(&self) -> usize;
    /// Whether what it computes depends on the first batch.
    fn learns(&self) -> bool;
    /// Whether a query may be computed while documents are.
    fn computes_beside_itself(&self) -> bool;
}

/// What is made of a text's final rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    /// The pooled row itself: a vector of meaning.
    Pool(Pooling),
    /// The score of a cross-encoder's classifier, as a single logit.
    Classify,
    /// The difference of two tokens' logits at the last row: how much likelier `yes` is than `no`.
    Compare { yes: u32, no: u32 },
}

/// A network's sizes that others must agree with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub vocabulary: usize,
    pub dimensions: usize,
    /// The longest input its positions allow.
    pub positions: usize,
}

pub fn sizes(folder: &ModelFolder) -> Result<Sizes, LoadError> {
    match folder.manifest.family {
        Family::Qwen3 => qwen3::sizes(folder),
        Family::Bert | Family::XlmRoberta => bert::sizes(folder),
    }
}

pub fn load<O: Ops>(
    ops: O,
    folder: &ModelFolder,
    head: Head,
) -> Result<Box<dyn Network>, LoadError> {
    let pooling = if let Head::Pool(pooling) = head { pooling } else { Pooling::Last };
    match folder.manifest.family {
        Family::Qwen3 => {
            let trunk = qwen3::Qwen3::load(&ops, folder, &head)?;
            Ok(Box::new(Whole { ops, trunk, pooling }))
        }
        Family::Bert | Family::XlmRoberta => {
            let trunk = bert::Bert::load(&ops, folder, &head)?;
            let pooling = if head == Head::Classify { Pooling::Cls } else { pooling };
            Ok(Box::new(Whole { ops, trunk, pooling }))
        }
    }
}

/// What differs between the families: the layers, and what stands before and after them.
trait Trunk<O: Ops>: Send + Sync {
    fn layers(&self) -> usize;
    /// How many weights each token is multiplied with.
    fn weights(&self) -> usize;
    fn lookup(&self, ops: &O, batch: &Batch) -> Result<O::Rows, Fault>;
    fn layer(
        &self,
        ops: &O,
        number: usize,
        rows: O::Rows,
        asked: &Asked<'_>,
    ) -> Result<O::Rows, Fault>;
    /// What is done to the rows of the last layer before they are pooled.
    fn finish(&self, _ops: &O, rows: O::Rows) -> Result<O::Rows, Fault> {
        Ok(rows)
    }
    /// What is made of the pooled rows, one for each text.
    fn answer(&self, ops: &O, pooled: O::Rows) -> Result<Vec<Vec<f32>>, Fault>;
}

/// Which rows a layer is asked for.
struct Asked<'a> {
    /// `None`: all of them.
    rows: Option<&'a [u32]>,
    /// The positions of the rows asked for, and of all.
    positions: &'a [u32],
    all_positions: &'a [u32],
    spans: &'a [Span],
}

impl Asked<'_> {
    /// What attention begins with: keys and values of all rows, queries of those asked for.
    fn project<O: Ops>(
        &self,
        ops: &O,
        [query, key, value]: [&O::Linear; 3],
        rows: &O::Rows,
    ) -> Result<[O::Rows; 3], Fault> {
        let Some(indices) = self.rows else { return ops.linears([query, key, value], rows) };
        let [key, value] = ops.linears([key, value], rows)?;
        Ok([ops.linear(query, &ops.select(rows, indices)?)?, key, value])
    }

    /// The rows asked for.
    fn of<O: Ops>(&self, ops: &O, rows: O::Rows) -> Result<O::Rows, Fault> {
        match self.rows {
            Some(indices) => ops.select(&rows, indices),
            None => Ok(rows),
        }
    }
}

struct Whole<O, T> {
    ops: O,
    trunk: T,
    pooling: Pooling,
}

impl<O: Ops, T: Trunk<O>> Whole<O, T> {
    /// Of the last layer only the pooled rows are computed, where pooling takes a single one.
    fn part(&self, batch: &Batch) -> Computed {
        let pooled = match self.pooling {
            Pooling::Mean => None,
            Pooling::Cls => Some(batch.first_rows()),
            Pooling::Last => Some(batch.last_rows()),
        };
        let all_positions = batch.positions.as_slice();
        let spans = batch.spans();
        let all = Asked { rows: None, positions: all_positions, all_positions, spans: &spans };
        let rows = pooled.as_deref().unwrap_or_default();
        let positions: Vec<u32> = rows.iter().map(|&row| all_positions[row as usize]).collect();
        let single_spans = batch.spans_of_single_rows();
        let single =
            Asked { rows: Some(rows), positions: &positions, all_positions, spans: &single_spans };
        let mut now = self.trunk.lookup(&self.ops, batch)?;
        for number in 0..self.trunk.layers() {
            let is_last = number + 1 == self.trunk.layers();
            let asked = if is_last && pooled.is_some() { &single } else { &all };
            now = self.trunk.layer(&self.ops, number, now, asked)?;
        }
        now = self.trunk.finish(&self.ops, now)?;
        if pooled.is_none() {
            now = self.ops.means(&now, &batch.texts)?;
        }
        self.trunk.answer(&self.ops, now)
    }
}

impl<O: Ops, T: Trunk<O>> Network for Whole<O, T> {
    fn compute(&self, batch: &Batch, urgency: Urgency) -> Computed {
        self.ops.in_parts(batch, urgency, &|part| self.part(part))
    }

    fn device(&self) -> String {
        self.ops.device()
    }

    fn tokens_per_batch(&self) -> usize {
        self.ops.tokens_per_batch(self.trunk.weights())
    }

    fn learns(&self) -> bool {
        self.ops.learns()
    }

    fn computes_beside_itself(&self) -> bool {
        self.ops.computes_beside_itself()
    }
}

/// The refusal of a head that a family does not have.
fn no_such_head(folder: &ModelFolder, task: &str) -> LoadError {
    LoadError::Unsupported {
        file: folder.path.join(FILE_NAME),
        reason: format!("the family {} has no {task}", folder.manifest.family.name()),
    }
}

/// Cuts what [`Ops::read`] answers into rows.
fn rows(values: &[f32], width: usize) -> Vec<Vec<f32>> {
    values.chunks_exact(width).map(<[f32]>::to_vec).collect()
}

//! The model families, each written once against [`Ops`].

mod bert;
mod qwen3;

use crate::batch::Batch;
use crate::error::LoadError;
use crate::folder::ModelFolder;
use crate::manifest::{Family, Pooling};
use crate::ops::{Fault, Ops};

/// A loaded network: packed tokens in, one row of numbers for each text out.
pub trait Network: Send {
    fn compute(&self, batch: &Batch) -> Result<Vec<Vec<f32>>, Fault>;
    fn device(&self) -> String;
    fn tokens_per_batch(&self) -> usize;
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

/// The one place that lists the families.
pub fn load<O: Ops>(
    ops: O,
    folder: &ModelFolder,
    head: Head,
) -> Result<Box<dyn Network>, LoadError> {
    match folder.manifest.family {
        Family::Qwen3 => Ok(Box::new(qwen3::Qwen3::load(ops, folder, head)?)),
        Family::Bert | Family::XlmRoberta => Ok(Box::new(bert::Bert::load(ops, folder, head)?)),
    }
}

/// Cuts what [`Ops::read`] answers into rows.
fn rows(values: &[f32], width: usize) -> Vec<Vec<f32>> {
    values.chunks_exact(width).map(<[f32]>::to_vec).collect()
}

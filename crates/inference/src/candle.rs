//! The operations on candle's tensors: the reference on the CPU, and the way to CUDA and Metal.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use candle_core::quantized::{QMatMul, QStorage, QTensor};
use candle_core::{D, DType, Device, Module, Tensor};

use crate::error::LoadError;
use crate::ops::{Fault, Heads, Ops, Sight, Span, waves};
use crate::weights::{Stored, WeightType, Weights};

#[cfg(test)]
mod tests;

/// How many attention scores are held at once by default: 64 MB of them.
const SCORES_AT_ONCE: usize = 16 << 20;

/// Whether blocked weights are multiplied as they are or widened once. Widened is faster on the CPU
/// with many rows; as they are takes less memory, if not as much less as the file suggests: candle
/// keeps a repacked copy, with which Q4_0 takes a sixth of what it would widened and the others half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blocked {
    Keep,
    Widen,
}

pub struct CandleOps {
    device: Device,
    name: String,
    blocked: Blocked,
    /// How many attention scores are held at once: longer texts are taken in blocks of query rows.
    scores_at_once: usize,
}

pub enum Linear {
    /// The weight stands turned, a row for each number that comes in: so the product needs no other
    /// arrangement of it, which takes longer than the product itself where rows are few.
    Plain {
        turned: Tensor,
        bias: Option<Tensor>,
    },
    Blocked {
        weight: QMatMul,
        bias: Option<Tensor>,
    },
}

pub enum Table {
    Plain(Tensor),
    Blocked(QTensor),
}

pub struct Norm {
    gain: Tensor,
    bias: Option<Tensor>,
    epsilon: f32,
}

pub struct Rotation {
    cosines: Tensor,
    sines: Tensor,
}

fn not_built_in(feature: &str) -> String {
    format!("this program was built without it; build it with `--features {feature}`")
}

impl From<candle_core::Error> for Fault {
    fn from(error: candle_core::Error) -> Self {
        Self(error.to_string())
    }
}

impl CandleOps {
    /// Opens a device for the weights of a folder.
    pub fn open(device: crate::device::Device, folder: &Path) -> Result<Self, LoadError> {
        use crate::device::Device as Ours;
        let name = device.to_string();
        let opened = match device {
            Ours::Cpu | Ours::Reference => Ok(Device::Cpu),
            Ours::Cuda(_) if !cfg!(feature = "cuda") => Err(not_built_in("cuda")),
            Ours::Cuda(number) => Device::new_cuda(number).map_err(|error| error.to_string()),
            Ours::Metal(_) if !cfg!(feature = "metal") => Err(not_built_in("metal")),
            Ours::Metal(number) => Device::new_metal(number).map_err(|error| error.to_string()),
        };
        let blocked = if Weights::stay_blocked(folder) { Blocked::Keep } else { Blocked::Widen };
        match opened {
            Ok(device) => Ok(Self::new(device, name, blocked)),
            Err(reason) => Err(LoadError::Device { device: name, reason }),
        }
    }

    fn new(device: Device, name: String, blocked: Blocked) -> Self {
        Self { device, name, blocked, scores_at_once: SCORES_AT_ONCE }
    }

    fn load_fault(&self, error: candle_core::Error) -> LoadError {
        LoadError::Device { device: self.name.clone(), reason: error.to_string() }
    }

    /// The CPU computes in f32 alone. A GPU computes half-width weights in bf16, whose range is that
    /// of f32: some activations of the Qwen3 series do not fit into f16.
    fn width(&self, stored: WeightType) -> DType {
        match (&self.device, stored) {
            (Device::Cpu, _) => DType::F32,
            (_, WeightType::F16 | WeightType::Bf16) => DType::BF16,
            _ => DType::F32,
        }
    }

    fn plain(&self, stored: &Stored) -> Result<Tensor, LoadError> {
        let numbers = stored.to_f32()?;
        let width = self.width(stored.kind);
        let tensor = Tensor::from_vec(numbers, stored.shape.as_slice(), &Device::Cpu);
        let tensor = tensor.and_then(|t| t.to_dtype(width)).and_then(|t| t.to_device(&self.device));
        tensor.map_err(|error| self.load_fault(error))
    }

    fn quantised(&self, stored: &Stored) -> Result<QTensor, LoadError> {
        let bytes = Cow::Borrowed(stored.bytes.as_slice());
        QStorage::from_data(bytes, &self.device, stored.kind.ggml())
            .and_then(|storage| QTensor::new(storage, stored.shape.as_slice()))
            .map_err(|error| self.load_fault(error))
    }

    fn vector(&self, numbers: Vec<f32>) -> Result<Tensor, LoadError> {
        let count = numbers.len();
        Tensor::from_vec(numbers, count, &self.device).map_err(|error| self.load_fault(error))
    }

    fn indices(&self, indices: &[u32]) -> candle_core::Result<Tensor> {
        Tensor::new(indices, &self.device)
    }

    fn is_cpu(&self) -> bool {
        matches!(self.device, Device::Cpu)
    }

    /// Attention over `count` texts of equal length at once.
    fn attend(
        &self,
        run: &Run,
        tensors: [&Tensor; 3],
        heads: Heads,
        sight: Sight,
    ) -> candle_core::Result<Tensor> {
        let Run { count, queries, keys, .. } = *run;
        let shared = heads.queries / heads.keys;
        let [query, key, value] = tensors;
        let scale = 1.0 / (heads.width as f64).sqrt();
        let query = query.narrow(0, run.first_query, count * queries)?.reshape((
            count,
            queries,
            heads.keys,
            shared,
            heads.width,
        ))?;
        let query = query.permute((0, 2, 3, 1, 4))?.contiguous()?.affine(scale, 0.0)?;
        let split = |rows: &Tensor| {
            rows.narrow(0, run.first_key, count * keys)?
                .reshape((count, keys, heads.keys, heads.width))?
                .transpose(1, 2)?
                .contiguous()?
                .reshape((count * heads.keys, keys, heads.width))
        };
        let (key, value) = (split(key)?, split(value)?);
        let block = (self.scores_at_once / (count * heads.queries * keys)).clamp(1, queries);
        let mut blocks = Vec::new();
        for first in (0..queries).step_by(block) {
            let rows = first..(first + block).min(queries);
            let part = query.narrow(3, first, rows.len())?.contiguous()?;
            let part = part.reshape((count * heads.keys, shared * rows.len(), heads.width))?;
            let mixed = self.mix(&part, &key, &value, &rows, (queries, sight))?;
            blocks.push(mixed.reshape((count, heads.keys, shared, rows.len(), heads.width))?);
        }
        let mixed = if blocks.len() == 1 { blocks.remove(0) } else { Tensor::cat(&blocks, 3)? };
        mixed.permute((0, 3, 1, 2, 4))?.reshape((count * queries, heads.queries * heads.width))
    }

    /// One block of query rows against the keys it may see.
    fn mix(
        &self,
        query: &Tensor,
        key: &Tensor,
        value: &Tensor,
        rows: &Range<usize>,
        (queries, sight): (usize, Sight),
    ) -> candle_core::Result<Tensor> {
        let (batch, keys, _) = key.dims3()?;
        let masked = sight == Sight::Past && queries > 1;
        let seen = if masked { rows.end } else { keys };
        let (key, value) = if seen < keys {
            (key.narrow(1, 0, seen)?, value.narrow(1, 0, seen)?)
        } else {
            (key.clone(), value.clone())
        };
        let mut scores = query.matmul(&key.t()?)?;
        if masked {
            let shared = scores.dim(1)? / rows.len();
            let split = scores.reshape((batch, shared, rows.len(), seen))?;
            // Only the block's own columns hold keys that come after some of its rows.
            let before = split.narrow(3, 0, rows.start)?;
            let own = split.narrow(3, rows.start, rows.len())?;
            let own = own.broadcast_add(&self.mask(rows.len(), scores.dtype())?)?;
            scores = Tensor::cat(&[&before, &own], 3)?;
            scores = scores.reshape((batch, shared * rows.len(), seen))?;
        }
        candle_nn::ops::softmax_last_dim(&scores)?.matmul(&value)
    }

    /// Hides from each of `count` rows the keys that come after it.
    fn mask(&self, count: usize, width: DType) -> candle_core::Result<Tensor> {
        let value = |row: usize, key: usize| if key > row { f32::NEG_INFINITY } else { 0.0 };
        let values: Vec<f32> =
            (0..count).flat_map(|row| (0..count).map(move |key| value(row, key))).collect();
        Tensor::from_vec(values, (count, count), &self.device)?.to_dtype(width)
    }
}

/// Neighbouring spans of equal lengths.
struct Run {
    count: usize,
    first_query: usize,
    first_key: usize,
    queries: usize,
    keys: usize,
}

fn runs(spans: &[Span]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for span in spans {
        let (queries, keys) = (span.queries.len(), span.keys.len());
        match runs.last_mut() {
            Some(run) if (run.queries, run.keys) == (queries, keys) => run.count += 1,
            _ => runs.push(Run {
                count: 1,
                first_query: span.queries.start,
                first_key: span.keys.start,
                queries,
                keys,
            }),
        }
    }
    runs
}

impl Ops for CandleOps {
    type Rows = Tensor;
    type Linear = Linear;
    type Table = Table;
    type Norm = Norm;
    type Rotation = Rotation;

    fn device(&self) -> String {
        self.name.clone()
    }

    fn tokens_per_batch(&self, weights: usize) -> usize {
        // On two cores about a third of a second's work; fewer rows would starve the products.
        const PRODUCTS: usize = 40_000_000_000;
        if self.is_cpu() { (PRODUCTS / weights.max(1)).clamp(256, 2048) } else { 32_768 }
    }

    fn load_linear(&self, weight: Stored, bias: Option<Vec<f32>>) -> Result<Linear, LoadError> {
        let bias = bias.map(|bias| self.vector(bias)).transpose()?;
        if weight.kind.is_quantised() && self.blocked == Blocked::Keep {
            let weight =
                QMatMul::from_qtensor(self.quantised(&weight)?).map_err(|e| self.load_fault(e))?;
            return Ok(Linear::Blocked { weight, bias });
        }
        let weight = self.plain(&weight)?;
        let turned = weight.t().and_then(|turned| match self.is_cpu() {
            true => turned.contiguous(),
            false => Ok(turned),
        });
        let bias = bias.map(|bias| bias.to_dtype(weight.dtype())).transpose();
        let fault = |error| self.load_fault(error);
        Ok(Linear::Plain { turned: turned.map_err(fault)?, bias: bias.map_err(fault)? })
    }

    fn load_table(&self, rows: Stored) -> Result<Table, LoadError> {
        if rows.kind.is_quantised() {
            return Ok(Table::Blocked(self.quantised(&rows)?));
        }
        if !self.is_cpu() || rows.kind == WeightType::F32 {
            return Ok(Table::Plain(self.plain(&rows)?));
        }
        // A table is only looked up: on the CPU it stays as narrow as it was stored.
        let width = if rows.kind == WeightType::F16 { DType::F16 } else { DType::BF16 };
        let table = Tensor::from_raw_buffer(&rows.bytes, width, &rows.shape, &self.device);
        Ok(Table::Plain(table.map_err(|error| self.load_fault(error))?))
    }

    fn load_norm(
        &self,
        gain: Vec<f32>,
        bias: Option<Vec<f32>>,
        epsilon: f32,
    ) -> Result<Norm, LoadError> {
        let bias = bias.map(|bias| self.vector(bias)).transpose()?;
        Ok(Norm { gain: self.vector(gain)?, bias, epsilon })
    }

    fn load_rotation(
        &self,
        base: f64,
        width: usize,
        positions: usize,
    ) -> Result<Rotation, LoadError> {
        let [cosines, sines] = waves(base, width, positions).map(|values| {
            Tensor::from_vec(values, (positions, width / 2), &self.device)
                .map_err(|error| self.load_fault(error))
        });
        Ok(Rotation { cosines: cosines?, sines: sines? })
    }

    fn lookup(&self, table: &Table, ids: &[u32]) -> Result<Tensor, Fault> {
        let ids = self.indices(ids)?;
        let rows = match table {
            Table::Blocked(table) => table.embedding(&ids)?,
            Table::Plain(table) => table.index_select(&ids, 0)?,
        };
        Ok(if self.is_cpu() { rows.to_dtype(DType::F32)? } else { rows })
    }

    fn linear(&self, linear: &Linear, rows: &Tensor) -> Result<Tensor, Fault> {
        let (product, bias) = match linear {
            Linear::Plain { turned, bias } => {
                (rows.to_dtype(turned.dtype())?.matmul(turned)?, bias)
            }
            Linear::Blocked { weight, bias } => {
                (weight.forward(&rows.to_dtype(DType::F32)?)?, bias)
            }
        };
        Ok(match bias {
            Some(bias) => product.broadcast_add(&bias.to_dtype(product.dtype())?)?,
            None => product,
        })
    }

    fn add(&self, rows: Tensor, other: &Tensor) -> Result<Tensor, Fault> {
        Ok((&rows + other.to_dtype(rows.dtype())?)?)
    }

    fn norm(&self, norm: &Norm, rows: &Tensor) -> Result<Tensor, Fault> {
        let (rows, width) = (rows.contiguous()?, rows.dtype());
        let gain = norm.gain.to_dtype(width)?;
        Ok(match &norm.bias {
            Some(bias) => {
                candle_nn::ops::layer_norm(&rows, &gain, &bias.to_dtype(width)?, norm.epsilon)?
            }
            None => candle_nn::ops::rms_norm(&rows, &gain, norm.epsilon)?,
        })
    }

    fn norm_heads(&self, norm: &Norm, rows: Tensor, heads: usize) -> Result<Tensor, Fault> {
        let (count, width) = rows.dims2()?;
        let split = rows.reshape((count * heads, width / heads))?;
        Ok(self.norm(norm, &split)?.reshape((count, width))?)
    }

    fn rotate(
        &self,
        rotation: &Rotation,
        rows: Tensor,
        positions: &[u32],
        heads: usize,
    ) -> Result<Tensor, Fault> {
        let (count, width) = rows.dims2()?;
        let positions = self.indices(positions)?;
        let at = |table: &Tensor| table.index_select(&positions, 0)?.to_dtype(rows.dtype());
        let (cosines, sines) = (at(&rotation.cosines)?, at(&rotation.sines)?);
        let split = rows.reshape((1, count, heads, width / heads))?;
        Ok(candle_nn::rotary_emb::rope_thd(&split, &cosines, &sines)?.reshape((count, width))?)
    }

    fn attention(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        values: &Tensor,
        heads: Heads,
        spans: &[Span],
        sight: Sight,
    ) -> Result<Tensor, Fault> {
        // Weights of one layer may be stored in formats that are computed in different widths.
        let width = queries.dtype();
        let (keys, values) = (keys.to_dtype(width)?, values.to_dtype(width)?);
        let tensors = [queries, &keys, &values];
        let mixed: Vec<Tensor> = runs(spans)
            .iter()
            .map(|run| self.attend(run, tensors, heads, sight))
            .collect::<candle_core::Result<_>>()?;
        Ok(Tensor::cat(&mixed, 0)?)
    }

    fn gelu(&self, rows: Tensor) -> Result<Tensor, Fault> {
        Ok(rows.gelu_erf()?)
    }

    fn silu_gate(&self, gate: Tensor, up: &Tensor) -> Result<Tensor, Fault> {
        Ok((gate.silu()? * up.to_dtype(gate.dtype())?)?)
    }

    fn tanh(&self, rows: Tensor) -> Result<Tensor, Fault> {
        Ok(rows.tanh()?)
    }

    fn select(&self, rows: &Tensor, indices: &[u32]) -> Result<Tensor, Fault> {
        Ok(rows.index_select(&self.indices(indices)?, 0)?)
    }

    fn means(&self, rows: &Tensor, ranges: &[Range<usize>]) -> Result<Tensor, Fault> {
        let rows = rows.to_dtype(DType::F32)?;
        let means: Vec<Tensor> = ranges
            .iter()
            .map(|range| rows.narrow(0, range.start, range.len())?.mean_keepdim(D::Minus2))
            .collect::<candle_core::Result<_>>()?;
        Ok(Tensor::cat(&means, 0)?)
    }

    fn read(&self, rows: &Tensor) -> Result<Vec<f32>, Fault> {
        Ok(rows.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?)
    }
}

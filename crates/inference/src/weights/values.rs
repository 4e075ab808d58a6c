//! The number formats weights are stored in.

use std::borrow::Cow;

use candle_core::quantized::GgmlDType;
use half::{bf16, f16};

/// A number format. The blocked ones are ggml's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightType {
    F32,
    F16,
    Bf16,
    Q8_0,
    Q4_0,
    Q4K,
    Q6K,
}

pub const KNOWN: &str = "F32, F16, BF16, Q8_0, Q4_0, Q4_K and Q6_K";

impl WeightType {
    /// How many values share one block, and how many bytes a block takes.
    pub fn block(self) -> (usize, usize) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 | Self::Bf16 => (1, 2),
            Self::Q8_0 => (32, 34),
            Self::Q4_0 => (32, 18),
            Self::Q4K => (256, 144),
            Self::Q6K => (256, 210),
        }
    }

    /// How many bytes a weight of this shape takes. `None` where its rows do not end on a block, or
    /// where the shape is absurd.
    pub fn bytes(self, shape: &[usize]) -> Option<u64> {
        let (values, bytes) = self.block();
        let count = shape.iter().try_fold(1u64, |count, &side| count.checked_mul(side as u64))?;
        let whole = shape.last().is_none_or(|row| row.is_multiple_of(values));
        if whole { (count / values as u64).checked_mul(bytes as u64) } else { None }
    }

    pub fn is_quantised(self) -> bool {
        self.block().0 > 1
    }

    pub(crate) fn ggml(self) -> GgmlDType {
        match self {
            Self::F32 => GgmlDType::F32,
            Self::F16 => GgmlDType::F16,
            Self::Bf16 => GgmlDType::BF16,
            Self::Q8_0 => GgmlDType::Q8_0,
            Self::Q4_0 => GgmlDType::Q4_0,
            Self::Q4K => GgmlDType::Q4K,
            Self::Q6K => GgmlDType::Q6K,
        }
    }
}

/// The plain numbers of a weight. `bytes` must be whole blocks.
pub fn dequantise(kind: WeightType, bytes: &[u8]) -> Vec<f32> {
    let two = |pair: &[u8]| [pair[0], pair[1]];
    match kind {
        WeightType::F32 => {
            bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
        }
        WeightType::F16 => {
            bytes.chunks_exact(2).map(|b| f16::from_le_bytes(two(b)).to_f32()).collect()
        }
        WeightType::Bf16 => {
            bytes.chunks_exact(2).map(|b| bf16::from_le_bytes(two(b)).to_f32()).collect()
        }
        WeightType::Q8_0 | WeightType::Q4_0 | WeightType::Q4K | WeightType::Q6K => {
            blocks(kind, bytes)
        }
    }
}

fn blocks(kind: WeightType, bytes: &[u8]) -> Vec<f32> {
    let (values, size) = kind.block();
    let count = bytes.len() / size * values;
    let blocks = kind.ggml().from_data(Cow::Borrowed(bytes));
    match blocks.dequantize(count) {
        Ok(candle_core::CpuStorage::F32(numbers)) => numbers,
        // The kinds listed above all widen to f32; not-a-number is refused by whoever asked.
        _ => vec![f32::NAN; count],
    }
}

/// Whether any value, or any block's scale, is infinite or not a number.
pub fn has_non_numbers(kind: WeightType, bytes: &[u8]) -> bool {
    let half = |bytes: &[u8]| !f16::from_le_bytes([bytes[0], bytes[1]]).is_finite();
    let (_, size) = kind.block();
    let mut blocks = bytes.chunks_exact(size);
    match kind {
        WeightType::F32 => {
            blocks.any(|b| !f32::from_le_bytes([b[0], b[1], b[2], b[3]]).is_finite())
        }
        WeightType::Bf16 => blocks.any(|b| !bf16::from_le_bytes([b[0], b[1]]).is_finite()),
        WeightType::F16 | WeightType::Q8_0 | WeightType::Q4_0 => blocks.any(half),
        WeightType::Q4K => blocks.any(|b| half(b) || half(&b[2..])),
        WeightType::Q6K => blocks.any(|b| half(&b[208..])),
    }
}

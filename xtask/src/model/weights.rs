//! `model.gguf`: the wheel's tensors under llama.cpp's names, their bytes as they are.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::gguf::{self, Storage, Value};
use super::source::{Element, Shape, Source, Tensor};

pub fn write(source: &Source<'_>, path: &Path) -> Result<()> {
    let tensors = wanted(&source.shape)
        .into_iter()
        .map(|want| renamed(&source.tensors, want))
        .collect::<Result<Vec<_>>>()?;
    ensure!(
        tensors.len() == source.tensors.len(),
        "the weight file has {} tensors where a network of this shape has {}",
        source.tensors.len(),
        tensors.len()
    );
    let failed = || format!("{} cannot be written", path.display());
    let mut out = BufWriter::new(File::create(path).with_context(failed)?);
    gguf::write(&mut out, &values(&source.shape)?, &tensors).with_context(failed)?;
    out.flush().with_context(failed)
}

/// A tensor the network needs: its name in the wheel, its name in GGUF, and its rows and columns.
struct Want {
    from: String,
    to: String,
    dimensions: Vec<usize>,
}

fn wanted(shape: &Shape) -> Vec<Want> {
    let mut all = Vec::new();
    let mut want = |from: &str, to: &str, dimensions: &[usize]| {
        all.push(Want {
            from: from.to_owned(),
            to: to.to_owned(),
            dimensions: dimensions.to_vec(),
        });
    };
    let hidden = shape.hidden;
    want("emb.word", "token_embd.weight", &[hidden, shape.vocabulary]);
    want("emb.pos", "position_embd.weight", &[hidden, shape.positions]);
    want("emb.type", "token_types.weight", &[hidden, shape.types]);
    want("emb.ln.w", "token_embd_norm.weight", &[hidden]);
    want("emb.ln.b", "token_embd_norm.bias", &[hidden]);
    for layer in 0..shape.layers {
        for (from, to, inputs, outputs) in [
            ("q", "attn_q", hidden, hidden),
            ("k", "attn_k", hidden, hidden),
            ("v", "attn_v", hidden, hidden),
            ("ao", "attn_output", hidden, hidden),
            ("fi", "ffn_up", hidden, shape.feed_forward),
            ("fo", "ffn_down", shape.feed_forward, hidden),
        ] {
            want(
                &format!("l{layer}.{from}.w"),
                &format!("blk.{layer}.{to}.weight"),
                &[inputs, outputs],
            );
            want(&format!("l{layer}.{from}.b"), &format!("blk.{layer}.{to}.bias"), &[outputs]);
        }
        for (from, to) in [("aln", "attn_output_norm"), ("oln", "layer_output_norm")] {
            want(&format!("l{layer}.{from}.w"), &format!("blk.{layer}.{to}.weight"), &[hidden]);
            want(&format!("l{layer}.{from}.b"), &format!("blk.{layer}.{to}.bias"), &[hidden]);
        }
    }
    all
}

fn renamed<'a>(tensors: &[Tensor<'a>], want: Want) -> Result<gguf::Tensor<'a>> {
    let tensor = tensors
        .iter()
        .find(|tensor| tensor.name == want.from)
        .with_context(|| format!("the weight file has no tensor {}", want.from))?;
    let elements: usize = want.dimensions.iter().product();
    ensure!(
        tensor.elements == elements,
        "tensor {} has {} elements where the network's shape says {elements}",
        want.from,
        tensor.elements
    );
    let storage = match tensor.element {
        Element::F32 => Storage::F32,
        Element::Q4 => Storage::Q4_0,
    };
    Ok(gguf::Tensor { name: want.to, dimensions: want.dimensions, storage, bytes: tensor.bytes })
}

pub fn values(shape: &Shape) -> Result<Vec<(String, Value)>> {
    /// llama.cpp's numbers: a file that is mostly Q4_0, in the second layout of its blocks.
    const MOSTLY_Q4_0: u32 = 2;
    const QUANTIZATION_VERSION: u32 = 2;
    /// llama.cpp's number for the mean over all tokens.
    const POOLING_MEAN: u32 = 1;

    let text = |text: &str| Value::Text(text.to_owned());
    let count = |count: usize| u32::try_from(count).map(Value::U32);
    let values = [
        ("general.architecture", text("bert")),
        ("general.name", text(super::NAME)),
        ("general.license", text("mit")),
        ("general.file_type", Value::U32(MOSTLY_Q4_0)),
        ("general.quantization_version", Value::U32(QUANTIZATION_VERSION)),
        ("bert.block_count", count(shape.layers)?),
        ("bert.context_length", count(shape.positions)?),
        ("bert.embedding_length", count(shape.hidden)?),
        ("bert.feed_forward_length", count(shape.feed_forward)?),
        ("bert.attention.head_count", count(shape.heads)?),
        ("bert.attention.layer_norm_epsilon", Value::F32(shape.norm_epsilon)),
        ("bert.attention.causal", Value::Bool(false)),
        ("bert.pooling_type", Value::U32(POOLING_MEAN)),
    ];
    Ok(values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

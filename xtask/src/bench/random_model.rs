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
    eprintln!("writing a random model in the shape of Qwen3-0.6B (1.2 GB) …");
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

/// The same shape with weights of eight bits, as a GGUF file for other programs; 636 MB, written once.
pub fn qwen3_0_6b_of_eight_bits(workspace: &Workspace) -> Result<PathBuf> {
    let file = workspace.target.join("bench-models").join("random-qwen3-0.6b-q8_0.gguf");
    if file.is_file() {
        return Ok(file);
    }
    eprintln!("writing a random model of eight bits in the shape of Qwen3-0.6B (636 MB) …");
    let unfinished = file.with_file_name(".random-qwen3-0.6b-q8_0.unfinished");
    gguf(&unfinished).context("the random weights cannot be written; is the disk full?")?;
    fs::rename(&unfinished, &file).context("the random weights cannot be renamed")?;
    Ok(file)
}

/// What a weight is called in GGUF files.
fn name_in_gguf(name: &str) -> String {
    let parts = [
        ("embed_tokens", "token_embd"),
        ("layers.", "blk."),
        ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
        ("self_attn.q_", "attn_q_"),
        ("self_attn.k_", "attn_k_"),
        ("self_attn.v_", "attn_v_"),
        ("self_attn.o_", "attn_output_"),
        ("mlp.", "ffn_"),
        ("_proj", ""),
    ];
    let named = parts.iter().fold(name.to_owned(), |name, (from, to)| name.replace(from, to));
    if named == "norm.weight" { "output_norm.weight".to_owned() } else { named }
}

/// A text as GGUF files have it, after its length.
fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

/// What stands in a GGUF file about the model, each with the number of its kind.
fn gguf_header() -> Vec<u8> {
    let mut header = Vec::new();
    let mut count = 0u64;
    let mut add = |key: &str, kind: u32, value: &[u8]| {
        header.extend_from_slice(&text(key));
        header.extend_from_slice(&kind.to_le_bytes());
        header.extend_from_slice(value);
        count += 1;
    };
    let (number, real, word, list, yes_or_no) = (4u32, 6, 8, 9, 7);
    for (key, value) in [
        ("general.architecture", "qwen3"),
        ("tokenizer.ggml.model", "gpt2"),
        ("tokenizer.ggml.pre", "qwen2"),
    ] {
        add(key, word, &text(value));
    }
    for (key, value) in [
        ("qwen3.context_length", 32768),
        ("qwen3.embedding_length", HIDDEN),
        ("qwen3.block_count", LAYERS),
        ("qwen3.feed_forward_length", FEED_FORWARD),
        ("qwen3.attention.head_count", HEADS),
        ("qwen3.attention.head_count_kv", KEY_HEADS),
        ("qwen3.attention.key_length", HEAD_WIDTH),
        ("qwen3.attention.value_length", HEAD_WIDTH),
        ("tokenizer.ggml.eos_token_id", 1),
        ("tokenizer.ggml.padding_token_id", 0),
    ] {
        add(key, number, &(value as u32).to_le_bytes());
    }
    add("qwen3.attention.layer_norm_rms_epsilon", real, &1e-6f32.to_le_bytes());
    add("qwen3.rope.freq_base", real, &1e6f32.to_le_bytes());
    add("tokenizer.ggml.add_bos_token", yes_or_no, &[0]);
    // Words that nobody reads: texts are given as numbers.
    let listed = |kind: u32, length: usize, values: Vec<u8>| {
        [&kind.to_le_bytes()[..], &(length as u64).to_le_bytes(), &values].concat()
    };
    let words = (0..VOCABULARY).flat_map(|at| text(&format!("t{at}"))).collect();
    add("tokenizer.ggml.tokens", list, &listed(word, VOCABULARY, words));
    let kinds = (0..VOCABULARY).flat_map(|_| 1i32.to_le_bytes()).collect();
    add("tokenizer.ggml.token_type", list, &listed(5, VOCABULARY, kinds));
    add("tokenizer.ggml.merges", list, &listed(word, 1, text("t 0")));
    [&count.to_le_bytes()[..], &header].concat()
}

/// Weights in blocks of thirty-two bytes and the step that they share, and plain numbers for the others.
fn gguf(path: &std::path::Path) -> Result<()> {
    const BLOCK: usize = 32;
    const ALIGNED: usize = 32;
    let tensors = tensors();
    let length = |shape: &[usize]| {
        let count = shape.iter().product::<usize>();
        if shape.len() == 1 { 4 * count } else { count / BLOCK * (2 + BLOCK) }
    };
    let mut header = [&b"GGUF"[..], &3u32.to_le_bytes()].concat();
    header.extend_from_slice(&(tensors.len() as u64).to_le_bytes());
    header.extend_from_slice(&gguf_header());
    let mut offset = 0;
    for (name, shape) in &tensors {
        header.extend_from_slice(&text(&name_in_gguf(name)));
        header.extend_from_slice(&(shape.len() as u32).to_le_bytes());
        let sides = shape.iter().rev().flat_map(|side| (*side as u64).to_le_bytes());
        header.extend(sides);
        let kind: u32 = if shape.len() == 1 { 0 } else { 8 };
        header.extend_from_slice(&kind.to_le_bytes());
        header.extend_from_slice(&(offset as u64).to_le_bytes());
        offset += length(shape).next_multiple_of(ALIGNED);
    }
    header.resize(header.len().next_multiple_of(ALIGNED), 0);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    file.write_all(&header)?;
    let step = half::f16::from_f32(0.04 / 127.0).to_le_bytes();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for (_, shape) in &tensors {
        if shape.len() == 1 {
            for _ in 0..shape[0] {
                file.write_all(&1f32.to_le_bytes())?;
            }
        } else {
            for _ in 0..shape.iter().product::<usize>() / BLOCK {
                file.write_all(&step)?;
                for _ in 0..BLOCK / 8 {
                    state = next(state);
                    file.write_all(&state.to_le_bytes())?;
                }
            }
        }
        let end = length(shape);
        file.write_all(&[0; ALIGNED][..end.next_multiple_of(ALIGNED) - end])?;
    }
    file.flush()?;
    Ok(())
}

/// What comes after it among numbers in no order.
fn next(mut state: u64) -> u64 {
    state ^= state << 13;
    state ^= state >> 7;
    state ^ state << 17
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
            state = next(state);
            let even = (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5;
            let value = if is_gain { 1.0 + 0.1 * even } else { 0.08 * even };
            // The upper half of an f32 is a bf16, rounded towards zero.
            file.write_all(&((value.to_bits() >> 16) as u16).to_le_bytes())?;
        }
    }
    file.flush()?;
    Ok(())
}

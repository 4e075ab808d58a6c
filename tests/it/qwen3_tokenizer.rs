//! The real tokenizer of the Qwen3 series under our templates: the ids must be the reference's.
//!
//! The tokenizer is fetched by `cargo xtask test` and stays outside the repository; the expected ids
//! come from `tests/golden/qwen3_tokenizer.py`.

use std::fs;
use std::path::Path;

use kenning_domain::Role;
use kenning_inference::{Device, Embedder, ModelFolder, Reranker};
use safetensors::tensor::{Dtype, TensorView};
use serde::Deserialize;
use tempfile::TempDir;

use crate::staging::{copy, golden_folder, target};

#[derive(Deserialize)]
struct Expected {
    embed: Vec<Text>,
    rerank: Vec<Pair>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    role: String,
    ids: Vec<u32>,
}

#[derive(Deserialize)]
struct Pair {
    query: String,
    document: String,
    ids: Vec<u32>,
}

fn expected() -> Expected {
    let text = fs::read_to_string(golden_folder("qwen3-tokenizer.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The smallest model that the real tokenizer belongs to: one layer, as many rows as the real one.
fn folder() -> TempDir {
    const ROWS: usize = 151_936;
    const WIDTH: usize = 8;
    let folder = copy("qwen3");
    let tokenizer = target().join("fetched/qwen3-tokenizer/package/models/tokenizer.json");
    fs::copy(tokenizer, folder.path().join("tokenizer.json"))
        .expect("run `cargo xtask test`: it fetches this file");
    let config = serde_json::json!({
        "model_type": "qwen3", "hidden_size": WIDTH, "num_hidden_layers": 1, "num_attention_heads": 1,
        "num_key_value_heads": 1, "head_dim": WIDTH, "intermediate_size": WIDTH, "vocab_size": ROWS,
        "max_position_embeddings": 512, "tie_word_embeddings": true, "rms_norm_eps": 1e-6, "rope_theta": 1e6, "hidden_act": "silu",
    });
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    write_zeros(&folder.path().join("model.safetensors"), ROWS, WIDTH);
    folder
}

fn write_zeros(path: &Path, rows: usize, width: usize) {
    let square = [
        "self_attn.q_proj",
        "self_attn.k_proj",
        "self_attn.v_proj",
        "self_attn.o_proj",
        "mlp.gate_proj",
        "mlp.up_proj",
        "mlp.down_proj",
    ];
    let gains =
        ["input_layernorm", "post_attention_layernorm", "self_attn.q_norm", "self_attn.k_norm"];
    let layer = |part: &str| format!("layers.0.{part}.weight");
    let mut shapes = vec![
        ("embed_tokens.weight".to_owned(), vec![rows, width]),
        ("norm.weight".to_owned(), vec![width]),
    ];
    shapes.extend(square.map(|part| (layer(part), vec![width, width])));
    shapes.extend(gains.map(|part| (layer(part), vec![width])));
    let zeros = vec![0; 2 * rows * width];
    let views = shapes.into_iter().map(|(name, shape)| {
        let bytes = &zeros[..2 * shape.iter().product::<usize>()];
        (name, TensorView::new(Dtype::BF16, shape, bytes).unwrap())
    });
    safetensors::serialize_to_file(views, None, path).unwrap();
}

#[test]
fn qwen3_texts_get_the_references_ids_with_template_and_end_of_text() {
    let folder = folder();
    let embedder = Embedder::open(&ModelFolder::open(folder.path()).unwrap(), Device::Cpu).unwrap();
    for Text { text, role, ids } in expected().embed {
        let role = if role == "query" { Role::QUERY } else { Role::Document };
        assert_eq!(embedder.token_ids(&text, role).unwrap(), ids, "{text:?} as {role:?}");
    }
}

#[test]
fn qwen3_pairs_get_the_references_ids_with_the_chat_template() {
    let folder = folder();
    crate::staging::make_reranker(&folder);
    let reranker = Reranker::open(&ModelFolder::open(folder.path()).unwrap(), Device::Cpu).unwrap();
    for Pair { query, document, ids } in expected().rerank {
        assert_eq!(
            reranker.token_ids(&query, &document, None).unwrap(),
            ids,
            "{query:?} | {document:?}"
        );
    }
}

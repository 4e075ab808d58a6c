//! The two small files that say what the model is: `config.json` for anyone who reads Hugging Face
//! models, `kenning.toml` for Kenning.

use std::fmt::Write;

use anyhow::Result;
use serde_json::{Value, json};

use super::source::Source;

pub fn config(source: &Source<'_>) -> Result<Value> {
    let shape = &source.shape;
    // Through text, so that 1e-12 is written as 1e-12 and not as the nearest f32 seen as an f64.
    let norm_epsilon: f64 = shape.norm_epsilon.to_string().parse()?;
    Ok(json!({
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": norm_epsilon,
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
        "pad_token_id": source.specials.padding,
    }))
}

/// `digests` are the sha256 of the folder's other files, by name. The number of languages is that of
/// the tags on the original model's card.
pub fn kenning(origin: &str, positions: usize, digests: &[(&str, String)]) -> String {
    let mut text = format!(
        r#"name = "{name}"
family = "bert"
task = "embed"
max_tokens = {tokens}
licence = "MIT"
origin = "{origin}"
summary = "Small, quick on any processor, and ready without a download; take a larger model where finding the last few right answers matters more than speed."
languages = 94

[embed]
pooling = "mean"
matryoshka = false
query = "query: {{text}}"
document = "passage: {{text}}"

[digests]
"#,
        name = super::NAME,
        tokens = positions,
    );
    for (file, digest) in digests {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "\"{file}\" = \"{digest}\"");
    }
    text
}

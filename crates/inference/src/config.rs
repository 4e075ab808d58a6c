//! `config.json`: a network's sizes, as its makers published them.
//!
//! A setting that would change the result and that the families here do not compute is refused,
//! not ignored.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::LoadError;
use crate::folder::read_small_text;
use kenning_manifest::Family;

pub const FILE_NAME: &str = "config.json";

/// The sizes of a BERT-shaped encoder, XLM-RoBERTa included.
#[derive(Clone, Debug, Deserialize)]
pub struct BertConfig {
    pub hidden_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub intermediate_size: usize,
    pub vocab_size: usize,
    pub max_position_embeddings: usize,
    pub type_vocab_size: usize,
    pub layer_norm_eps: f32,
    pad_token_id: Option<usize>,
    #[serde(default)]
    is_decoder: bool,
    hidden_act: String,
    position_embedding_type: Option<String>,
}

/// The sizes of a Qwen3 decoder.
#[derive(Clone, Debug, Deserialize)]
pub struct Qwen3Config {
    pub hidden_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub num_key_value_heads: usize,
    pub intermediate_size: usize,
    pub vocab_size: usize,
    pub max_position_embeddings: usize,
    pub rms_norm_eps: f32,
    head_dim: Option<usize>,
    rope_theta: Option<f64>,
    /// Where newer writers put the base of the rotation.
    rope_parameters: Option<RopeParameters>,
    rope_scaling: Option<serde_json::Value>,
    /// Whether the output head is the table of tokens.
    #[serde(default)]
    pub tie_word_embeddings: bool,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    use_sliding_window: bool,
    hidden_act: String,
}

#[derive(Clone, Debug, Deserialize)]
struct RopeParameters {
    rope_theta: Option<f64>,
    rope_type: Option<String>,
}

#[derive(Deserialize)]
struct Architecture {
    model_type: Option<String>,
}

const KNOWN: &str = "qwen3, bert and xlm-roberta";

impl BertConfig {
    pub(crate) fn read(folder: &Path, family: Family) -> Result<Self, LoadError> {
        let (file, config): (_, Self) = read(folder, family)?;
        let unsupported = |reason: String| LoadError::Unsupported { file: file.clone(), reason };
        if config.is_decoder {
            return Err(unsupported("is_decoder is set".into()));
        }
        if config.hidden_act != "gelu" {
            return Err(unsupported(format!(
                "hidden_act is \"{}\", not \"gelu\"",
                config.hidden_act
            )));
        }
        if let Some(kind) = config.position_embedding_type.as_deref().filter(|&k| k != "absolute") {
            return Err(unsupported(format!(
                "position_embedding_type is \"{kind}\", not \"absolute\""
            )));
        }
        check_sizes(
            &file,
            &[
                ("hidden_size", config.hidden_size),
                ("num_hidden_layers", config.num_hidden_layers),
                ("num_attention_heads", config.num_attention_heads),
                ("intermediate_size", config.intermediate_size),
                ("vocab_size", config.vocab_size),
                ("type_vocab_size", config.type_vocab_size),
                ("max_position_embeddings", config.max_position_embeddings),
                ("pad_token_id", config.padding().saturating_add(1)),
            ],
        )?;
        if !config.hidden_size.is_multiple_of(config.num_attention_heads) {
            return Err(malformed(&file, "hidden_size is not a multiple of num_attention_heads"));
        }
        Ok(config)
    }
}

impl BertConfig {
    /// The id whose successor is XLM-RoBERTa's first position; 1 where the file leaves it out, as in
    /// the reference.
    pub fn padding(&self) -> usize {
        self.pad_token_id.unwrap_or(1)
    }
}

impl Qwen3Config {
    pub(crate) fn read(folder: &Path) -> Result<Self, LoadError> {
        let (file, config): (_, Self) = read(folder, Family::Qwen3)?;
        let scaled = config.rope_scaling.as_ref().is_some_and(|scaling| !scaling.is_null())
            || config
                .rope_parameters
                .as_ref()
                .and_then(|p| p.rope_type.as_deref())
                .is_some_and(|kind| kind != "default");
        let refused = [
            (scaled, "rope_scaling is set"),
            (config.attention_bias, "attention_bias is set"),
            (config.use_sliding_window, "use_sliding_window is set"),
            (config.hidden_act != "silu", "hidden_act is not \"silu\""),
        ];
        if let Some((_, reason)) = refused.iter().find(|(is_so, _)| *is_so) {
            return Err(LoadError::Unsupported { file, reason: (*reason).into() });
        }
        check_sizes(
            &file,
            &[
                ("hidden_size", config.hidden_size),
                ("num_hidden_layers", config.num_hidden_layers),
                ("num_attention_heads", config.num_attention_heads),
                ("num_key_value_heads", config.num_key_value_heads),
                ("intermediate_size", config.intermediate_size),
                ("vocab_size", config.vocab_size),
                ("max_position_embeddings", config.max_position_embeddings),
            ],
        )?;
        // No head is wider than this, and the table of rotations has a row of it for each position.
        if config.head_width() > 1024 {
            return Err(malformed(&file, "head_dim is larger than 1024"));
        }
        if !config.num_attention_heads.is_multiple_of(config.num_key_value_heads) {
            return Err(malformed(
                &file,
                "num_attention_heads is not a multiple of num_key_value_heads",
            ));
        }
        if config.head_width() == 0 || !config.head_width().is_multiple_of(2) {
            return Err(malformed(&file, "head_dim must be even"));
        }
        Ok(config)
    }

    pub fn head_width(&self) -> usize {
        self.head_dim.unwrap_or(self.hidden_size / self.num_attention_heads)
    }

    pub fn rotation_base(&self) -> f64 {
        let nested = self.rope_parameters.as_ref().and_then(|p| p.rope_theta);
        self.rope_theta.or(nested).unwrap_or(10_000.0)
    }
}

fn read<T: DeserializeOwned>(folder: &Path, family: Family) -> Result<(PathBuf, T), LoadError> {
    let file = folder.join(FILE_NAME);
    let text = read_small_text(&file)?;
    let parse = |error: serde_json::Error| malformed(&file, &error.to_string());
    let architecture: Architecture = serde_json::from_str(&text).map_err(parse)?;
    let found = architecture.model_type.unwrap_or_default();
    let known = match found.as_str() {
        "qwen3" => Family::Qwen3,
        "bert" => Family::Bert,
        "xlm-roberta" | "roberta" => Family::XlmRoberta,
        _ => return Err(LoadError::Architecture { file, found, known: KNOWN }),
    };
    if known != family {
        return Err(malformed(
            &file,
            &format!("model_type is \"{found}\", kenning.toml names the family {}", family.name()),
        ));
    }
    let config = serde_json::from_str(&text).map_err(parse)?;
    Ok((file, config))
}

/// Sizes come from a file that may be damaged or hostile; products of them become allocations.
fn check_sizes(file: &Path, sizes: &[(&str, usize)]) -> Result<(), LoadError> {
    const MOST: usize = 1 << 20;
    match sizes.iter().find(|(_, size)| *size == 0 || *size > MOST) {
        Some((name, size)) => {
            Err(malformed(file, &format!("{name} is {size}, outside 1 to {MOST}")))
        }
        None => Ok(()),
    }
}

fn malformed(file: &Path, reason: &str) -> LoadError {
    LoadError::Malformed { file: file.into(), reason: reason.into() }
}

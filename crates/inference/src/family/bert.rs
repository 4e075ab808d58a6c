//! BERT (multilingual-e5, MiniLM, BGE, GTE) and XLM-RoBERTa: bidirectional, learned positions,
//! normalisation after each half of a layer. XLM-RoBERTa is the same trunk whose positions begin
//! after the padding token's id.

use super::{Asked, Head, Sizes, Trunk, no_such_head, rows};
use crate::batch::Batch;
use crate::config::BertConfig;
use crate::error::LoadError;
use crate::folder::ModelFolder;
use crate::ops::{Fault, Heads, Ops, Sight};
use crate::weights::{Names, Stored, WeightType, Weights};
use kenning_manifest::Family;

const NAMES: Names = &[
    ("embeddings.word_embeddings.weight", "token_embd.weight"),
    ("embeddings.position_embeddings.weight", "position_embd.weight"),
    ("embeddings.token_type_embeddings.weight", "token_types.weight"),
    ("embeddings.LayerNorm.weight", "token_embd_norm.weight"),
    ("embeddings.LayerNorm.bias", "token_embd_norm.bias"),
    ("encoder.layer.{n}.attention.self.query.weight", "blk.{n}.attn_q.weight"),
    ("encoder.layer.{n}.attention.self.query.bias", "blk.{n}.attn_q.bias"),
    ("encoder.layer.{n}.attention.self.key.weight", "blk.{n}.attn_k.weight"),
    ("encoder.layer.{n}.attention.self.key.bias", "blk.{n}.attn_k.bias"),
    ("encoder.layer.{n}.attention.self.value.weight", "blk.{n}.attn_v.weight"),
    ("encoder.layer.{n}.attention.self.value.bias", "blk.{n}.attn_v.bias"),
    ("encoder.layer.{n}.attention.output.dense.weight", "blk.{n}.attn_output.weight"),
    ("encoder.layer.{n}.attention.output.dense.bias", "blk.{n}.attn_output.bias"),
    ("encoder.layer.{n}.attention.output.LayerNorm.weight", "blk.{n}.attn_output_norm.weight"),
    ("encoder.layer.{n}.attention.output.LayerNorm.bias", "blk.{n}.attn_output_norm.bias"),
    ("encoder.layer.{n}.intermediate.dense.weight", "blk.{n}.ffn_up.weight"),
    ("encoder.layer.{n}.intermediate.dense.bias", "blk.{n}.ffn_up.bias"),
    ("encoder.layer.{n}.output.dense.weight", "blk.{n}.ffn_down.weight"),
    ("encoder.layer.{n}.output.dense.bias", "blk.{n}.ffn_down.bias"),
    ("encoder.layer.{n}.output.LayerNorm.weight", "blk.{n}.layer_output_norm.weight"),
    ("encoder.layer.{n}.output.LayerNorm.bias", "blk.{n}.layer_output_norm.bias"),
    ("classifier.dense.weight", "cls.weight"),
    ("classifier.dense.bias", "cls.bias"),
    ("classifier.out_proj.weight", "cls.output.weight"),
    ("classifier.out_proj.bias", "cls.output.bias"),
];

struct Layer<O: Ops> {
    query: O::Linear,
    key: O::Linear,
    value: O::Linear,
    output: O::Linear,
    output_norm: O::Norm,
    up: O::Linear,
    down: O::Linear,
    down_norm: O::Norm,
}

struct Classifier<O: Ops> {
    dense: O::Linear,
    score: O::Linear,
}

pub struct Bert<O: Ops> {
    words: O::Table,
    positions: O::Table,
    norm: O::Norm,
    layers: Vec<Layer<O>>,
    classifier: Option<Classifier<O>>,
    heads: Heads,
    hidden: usize,
    wide: usize,
}

pub fn sizes(folder: &ModelFolder) -> Result<Sizes, LoadError> {
    let config = BertConfig::read(&folder.path, folder.manifest.family)?;
    Ok(Sizes {
        vocabulary: config.vocab_size,
        dimensions: config.hidden_size,
        positions: config.max_position_embeddings.saturating_sub(offset(&config, folder)),
    })
}

/// XLM-RoBERTa's first text position has the number after its padding token's.
fn offset(config: &BertConfig, folder: &ModelFolder) -> usize {
    match folder.manifest.family {
        Family::XlmRoberta => config.padding() + 1,
        Family::Bert | Family::Qwen3 => 0,
    }
}

impl<O: Ops> Bert<O> {
    pub fn load(ops: &O, folder: &ModelFolder, head: &Head) -> Result<Self, LoadError> {
        let config = BertConfig::read(&folder.path, folder.manifest.family)?;
        let weights = Weights::open(&folder.path, NAMES)?;
        let loader = Loader { ops, weights: &weights };
        let hidden = config.hidden_size;
        let words =
            weights.read("embeddings.word_embeddings.weight", &[config.vocab_size, hidden])?;
        let layers = (0..config.num_hidden_layers).map(|number| loader.layer(number, &config));
        let count = config.num_attention_heads;
        Ok(Self {
            words: ops.load_table(words)?,
            positions: ops.load_table(positions(&weights, &config, offset(&config, folder))?)?,
            norm: loader.norm("embeddings.LayerNorm", &config)?,
            layers: layers.collect::<Result<_, _>>()?,
            classifier: match head {
                Head::Pool(_) => None,
                Head::Classify => Some(loader.classifier(hidden)?),
                Head::Compare { .. } => {
                    return Err(no_such_head(folder, "head that compares two tokens"));
                }
            },
            heads: Heads { queries: count, keys: count, width: hidden / count },
            hidden,
            wide: config.intermediate_size,
        })
    }
}

impl<O: Ops> Trunk<O> for Bert<O> {
    fn layers(&self) -> usize {
        self.layers.len()
    }

    fn weights(&self) -> usize {
        self.layers.len() * self.hidden * (4 * self.hidden + 2 * self.wide)
    }

    fn lookup(&self, ops: &O, batch: &Batch) -> Result<O::Rows, Fault> {
        let words = ops.lookup(&self.words, &batch.ids)?;
        ops.add_norm(&self.norm, words, &ops.lookup(&self.positions, &batch.positions)?)
    }

    fn layer(
        &self,
        ops: &O,
        number: usize,
        rows: O::Rows,
        asked: &Asked<'_>,
    ) -> Result<O::Rows, Fault> {
        let layer = &self.layers[number];
        let [query, key, value] =
            asked.project(ops, [&layer.query, &layer.key, &layer.value], &rows)?;
        let asking = asked.of(ops, rows)?;
        let seen = ops.attention(&query, &key, &value, self.heads, asked.spans, Sight::All)?;
        let seen = ops.linear_add_norm(&layer.output, &seen, &asking, &layer.output_norm)?;
        let wide = ops.linear_gelu(&layer.up, &seen, &layer.down)?;
        ops.linear_add_norm(&layer.down, &wide, &seen, &layer.down_norm)
    }

    fn answer(&self, ops: &O, pooled: O::Rows) -> Result<Vec<Vec<f32>>, Fault> {
        let Some(classifier) = &self.classifier else {
            return Ok(rows(&ops.read(&pooled)?, self.hidden));
        };
        let dense = ops.tanh(ops.linear(&classifier.dense, &pooled)?)?;
        Ok(rows(&ops.read(&ops.linear(&classifier.score, &dense)?)?, 1))
    }
}

/// The table of positions with the first token type's row added to each: Kenning never uses another
/// type, and one lookup then serves both.
fn positions(weights: &Weights, config: &BertConfig, offset: usize) -> Result<Stored, LoadError> {
    let hidden = config.hidden_size;
    let dropped = if weights.drops_unused_positions() { offset } else { 0 };
    let name = "embeddings.position_embeddings.weight";
    let stored = weights.read(name, &[config.max_position_embeddings - dropped, hidden])?;
    let kinds = weights.read_numbers(
        "embeddings.token_type_embeddings.weight",
        &[config.type_vocab_size, hidden],
    )?;
    let numbers = stored.to_f32()?;
    let used = &numbers[(offset - dropped) * hidden..];
    let summed =
        used.chunks_exact(hidden).flat_map(|row| row.iter().zip(&kinds).map(|(a, b)| a + b));
    let bytes: Vec<u8> = summed.flat_map(f32::to_le_bytes).collect();
    Ok(Stored { shape: vec![used.len() / hidden, hidden], kind: WeightType::F32, bytes, ..stored })
}

struct Loader<'a, O: Ops> {
    ops: &'a O,
    weights: &'a Weights,
}

impl<O: Ops> Loader<'_, O> {
    fn linear(&self, name: &str, out: usize, width: usize) -> Result<O::Linear, LoadError> {
        let weight = self.weights.read(&format!("{name}.weight"), &[out, width])?;
        let bias = self.weights.read_numbers(&format!("{name}.bias"), &[out])?;
        self.ops.load_linear(weight, Some(bias))
    }

    fn classifier(&self, hidden: usize) -> Result<Classifier<O>, LoadError> {
        Ok(Classifier {
            dense: self.linear("classifier.dense", hidden, hidden)?,
            score: self.linear("classifier.out_proj", 1, hidden)?,
        })
    }

    fn norm(&self, name: &str, config: &BertConfig) -> Result<O::Norm, LoadError> {
        let gain = self.weights.read_numbers(&format!("{name}.weight"), &[config.hidden_size])?;
        let bias = self.weights.read_numbers(&format!("{name}.bias"), &[config.hidden_size])?;
        self.ops.load_norm(gain, Some(bias), config.layer_norm_eps)
    }

    fn layer(&self, number: usize, config: &BertConfig) -> Result<Layer<O>, LoadError> {
        let hidden = config.hidden_size;
        let name = |part: &str| format!("encoder.layer.{number}.{part}");
        Ok(Layer {
            query: self.linear(&name("attention.self.query"), hidden, hidden)?,
            key: self.linear(&name("attention.self.key"), hidden, hidden)?,
            value: self.linear(&name("attention.self.value"), hidden, hidden)?,
            output: self.linear(&name("attention.output.dense"), hidden, hidden)?,
            output_norm: self.norm(&name("attention.output.LayerNorm"), config)?,
            up: self.linear(&name("intermediate.dense"), config.intermediate_size, hidden)?,
            down: self.linear(&name("output.dense"), hidden, config.intermediate_size)?,
            down_norm: self.norm(&name("output.LayerNorm"), config)?,
        })
    }
}

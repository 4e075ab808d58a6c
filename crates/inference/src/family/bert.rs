//! BERT (multilingual-e5, MiniLM, BGE, GTE) and XLM-RoBERTa: bidirectional, learned positions,
//! normalisation after each half of a layer. XLM-RoBERTa is the same trunk whose positions begin
//! after the padding token's id.

use super::{Head, Network, Sizes, rows};
use crate::batch::Batch;
use crate::config::BertConfig;
use crate::error::LoadError;
use crate::folder::ModelFolder;
use crate::manifest::{Family, Pooling};
use crate::ops::{Fault, Heads, Ops, Sight, Span};
use crate::weights::{Names, Stored, WeightType, Weights};

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
    ops: O,
    words: O::Table,
    positions: O::Table,
    norm: O::Norm,
    layers: Vec<Layer<O>>,
    classifier: Option<Classifier<O>>,
    pooling: Pooling,
    heads: Heads,
    hidden: usize,
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
        Family::XlmRoberta => config.pad_token_id + 1,
        _ => 0,
    }
}

impl<O: Ops> Bert<O> {
    pub fn load(ops: O, folder: &ModelFolder, head: Head) -> Result<Self, LoadError> {
        let config = BertConfig::read(&folder.path, folder.manifest.family)?;
        let weights = Weights::open(&folder.path, NAMES)?;
        let loader = Loader { ops: &ops, weights: &weights };
        let hidden = config.hidden_size;
        let words =
            weights.read("embeddings.word_embeddings.weight", &[config.vocab_size, hidden])?;
        let words = ops.load_table(words)?;
        let positions = ops.load_table(positions(&weights, &config, offset(&config, folder))?)?;
        let norm = loader.norm("embeddings.LayerNorm", &config)?;
        let layers = (0..config.num_hidden_layers).map(|number| loader.layer(number, &config));
        let layers = layers.collect::<Result<_, _>>()?;
        let classifier = match head {
            Head::Classify => Some(Classifier {
                dense: loader.linear("classifier.dense", hidden, hidden)?,
                score: loader.linear("classifier.out_proj", 1, hidden)?,
            }),
            _ => None,
        };
        let pooling = match head {
            Head::Pool(pooling) => pooling,
            _ => Pooling::Cls,
        };
        let count = config.num_attention_heads;
        let heads = Heads { queries: count, keys: count, width: hidden / count };
        Ok(Self { words, positions, norm, layers, classifier, pooling, heads, hidden, ops })
    }

    fn layer(&self, layer: &Layer<O>, rows: &O::Rows, asked: Asked<'_>) -> Result<O::Rows, Fault> {
        let ops = &self.ops;
        let selected = asked.rows.map(|indices| ops.select(rows, indices)).transpose()?;
        let asking = selected.as_ref().unwrap_or(rows);
        let query = ops.linear(&layer.query, asking)?;
        let key = ops.linear(&layer.key, rows)?;
        let value = ops.linear(&layer.value, rows)?;
        let seen = ops.attention(&query, &key, &value, self.heads, asked.spans, Sight::All)?;
        let seen = ops.add(ops.linear(&layer.output, &seen)?, asking)?;
        let seen = ops.norm(&layer.output_norm, &seen)?;
        let wide = ops.gelu(ops.linear(&layer.up, &seen)?)?;
        let narrow = ops.add(ops.linear(&layer.down, &wide)?, &seen)?;
        ops.norm(&layer.down_norm, &narrow)
    }
}

/// Which rows a layer is asked for. `None`: all of them.
#[derive(Clone, Copy)]
struct Asked<'a> {
    rows: Option<&'a [u32]>,
    spans: &'a [Span],
}

impl<O: Ops> Network for Bert<O> {
    fn compute(&self, batch: &Batch) -> Result<Vec<Vec<f32>>, Fault> {
        let ops = &self.ops;
        let words = ops.lookup(&self.words, &batch.ids)?;
        let sum = ops.add(words, &ops.lookup(&self.positions, &batch.positions)?)?;
        let mut rows_now = ops.norm(&self.norm, &sum)?;
        let spans = batch.spans();
        let pooled = match self.pooling {
            Pooling::Mean => None,
            Pooling::Cls => Some(batch.first_rows()),
            Pooling::Last => Some(batch.last_rows()),
        };
        let single = batch.spans_of_single_rows();
        for (number, layer) in self.layers.iter().enumerate() {
            let asked = match &pooled {
                Some(rows) if number + 1 == self.layers.len() => {
                    Asked { rows: Some(rows), spans: &single }
                }
                _ => Asked { rows: None, spans: &spans },
            };
            rows_now = self.layer(layer, &rows_now, asked)?;
        }
        if pooled.is_none() {
            rows_now = ops.means(&rows_now, &batch.texts)?;
        }
        let Some(classifier) = &self.classifier else {
            return Ok(rows(&ops.read(&rows_now)?, self.hidden));
        };
        let dense = ops.tanh(ops.linear(&classifier.dense, &rows_now)?)?;
        Ok(rows(&ops.read(&ops.linear(&classifier.score, &dense)?)?, 1))
    }

    fn device(&self) -> String {
        self.ops.device()
    }

    fn tokens_per_batch(&self) -> usize {
        self.ops.tokens_per_batch()
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

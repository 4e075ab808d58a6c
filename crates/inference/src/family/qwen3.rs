//! Qwen3: causal, rotary positions, grouped key heads each normalised, a gated feed-forward.
//! As Qwen3-Embedding its last row is a text's vector; as Qwen3-Reranker the last row's logits of two
//! tokens are a pair's score.

use super::{Head, Network, Sizes, rows};
use crate::batch::Batch;
use crate::config::Qwen3Config;
use crate::error::LoadError;
use crate::folder::ModelFolder;
use crate::manifest::Pooling;
use crate::ops::{Fault, Heads, Ops, Sight, Span};
use crate::weights::{Names, Weights};

const NAMES: Names = &[
    ("embed_tokens.weight", "token_embd.weight"),
    ("norm.weight", "output_norm.weight"),
    ("lm_head.weight", "output.weight"),
    ("layers.{n}.input_layernorm.weight", "blk.{n}.attn_norm.weight"),
    ("layers.{n}.self_attn.q_proj.weight", "blk.{n}.attn_q.weight"),
    ("layers.{n}.self_attn.k_proj.weight", "blk.{n}.attn_k.weight"),
    ("layers.{n}.self_attn.v_proj.weight", "blk.{n}.attn_v.weight"),
    ("layers.{n}.self_attn.o_proj.weight", "blk.{n}.attn_output.weight"),
    ("layers.{n}.self_attn.q_norm.weight", "blk.{n}.attn_q_norm.weight"),
    ("layers.{n}.self_attn.k_norm.weight", "blk.{n}.attn_k_norm.weight"),
    ("layers.{n}.post_attention_layernorm.weight", "blk.{n}.ffn_norm.weight"),
    ("layers.{n}.mlp.gate_proj.weight", "blk.{n}.ffn_gate.weight"),
    ("layers.{n}.mlp.up_proj.weight", "blk.{n}.ffn_up.weight"),
    ("layers.{n}.mlp.down_proj.weight", "blk.{n}.ffn_down.weight"),
];

struct Layer<O: Ops> {
    input_norm: O::Norm,
    query: O::Linear,
    key: O::Linear,
    value: O::Linear,
    output: O::Linear,
    query_norm: O::Norm,
    key_norm: O::Norm,
    feed_norm: O::Norm,
    gate: O::Linear,
    up: O::Linear,
    down: O::Linear,
}

pub struct Qwen3<O: Ops> {
    ops: O,
    words: O::Table,
    layers: Vec<Layer<O>>,
    norm: O::Norm,
    rotation: O::Rotation,
    heads: Heads,
    hidden: usize,
    pooling: Pooling,
    /// The row of the output head for `yes` minus that for `no`.
    comparison: Option<Vec<f32>>,
}

/// Which rows a layer is asked for. `None`: all of them.
#[derive(Clone, Copy)]
struct Asked<'a> {
    rows: Option<&'a [u32]>,
    positions: &'a [u32],
    spans: &'a [Span],
}

pub fn sizes(folder: &ModelFolder) -> Result<Sizes, LoadError> {
    let config = Qwen3Config::read(&folder.path)?;
    Ok(Sizes {
        vocabulary: config.vocab_size,
        dimensions: config.hidden_size,
        positions: config.max_position_embeddings,
    })
}

impl<O: Ops> Qwen3<O> {
    pub fn load(ops: O, folder: &ModelFolder, head: Head) -> Result<Self, LoadError> {
        let config = Qwen3Config::read(&folder.path)?;
        let weights = Weights::open(&folder.path, NAMES)?;
        let loader = Loader { ops: &ops, weights: &weights, config: &config };
        let hidden = config.hidden_size;
        let table = weights.read("embed_tokens.weight", &[config.vocab_size, hidden])?;
        let comparison = match head {
            Head::Compare { yes, no } => {
                let separate = weights.find("lm_head.weight", &[config.vocab_size, hidden])?;
                let output = separate.as_ref().unwrap_or(&table);
                let (yes, no) = (output.row(yes as usize)?, output.row(no as usize)?);
                Some(yes.iter().zip(no).map(|(yes, no)| yes - no).collect())
            }
            _ => None,
        };
        let heads = Heads {
            queries: config.num_attention_heads,
            keys: config.num_key_value_heads,
            width: config.head_width(),
        };
        Ok(Self {
            words: ops.load_table(table)?,
            layers: (0..config.num_hidden_layers)
                .map(|n| loader.layer(n, heads))
                .collect::<Result<_, _>>()?,
            norm: loader.norm("norm.weight", hidden)?,
            rotation: ops.load_rotation(
                config.rotation_base(),
                heads.width,
                folder.manifest.max_tokens,
            )?,
            heads,
            hidden,
            pooling: if let Head::Pool(pooling) = head { pooling } else { Pooling::Last },
            comparison,
            ops,
        })
    }

    fn layer(
        &self,
        layer: &Layer<O>,
        rows: O::Rows,
        keys: &[u32],
        asked: Asked<'_>,
    ) -> Result<O::Rows, Fault> {
        let (ops, heads) = (&self.ops, self.heads);
        let input = ops.norm(&layer.input_norm, &rows)?;
        let selected = asked.rows.map(|indices| ops.select(&input, indices)).transpose()?;
        let query = ops.linear(&layer.query, selected.as_ref().unwrap_or(&input))?;
        let query = ops.norm_heads(&layer.query_norm, query, heads.queries)?;
        let query = ops.rotate(&self.rotation, query, asked.positions, heads.queries)?;
        let key = ops.norm_heads(&layer.key_norm, ops.linear(&layer.key, &input)?, heads.keys)?;
        let key = ops.rotate(&self.rotation, key, keys, heads.keys)?;
        let value = ops.linear(&layer.value, &input)?;
        let seen = ops.attention(&query, &key, &value, heads, asked.spans, Sight::Past)?;
        let rows = match asked.rows {
            Some(indices) => ops.select(&rows, indices)?,
            None => rows,
        };
        let rows = ops.add(rows, &ops.linear(&layer.output, &seen)?)?;
        let input = ops.norm(&layer.feed_norm, &rows)?;
        let wide =
            ops.silu_gate(ops.linear(&layer.gate, &input)?, &ops.linear(&layer.up, &input)?)?;
        ops.add(rows, &ops.linear(&layer.down, &wide)?)
    }
}

impl<O: Ops> Network for Qwen3<O> {
    fn compute(&self, batch: &Batch) -> Result<Vec<Vec<f32>>, Fault> {
        let ops = &self.ops;
        let mut now = ops.lookup(&self.words, &batch.ids)?;
        let pooled = match self.pooling {
            Pooling::Mean => None,
            Pooling::Cls | Pooling::Last => Some(batch.last_rows()),
        };
        let positions: Option<Vec<u32>> = pooled
            .as_ref()
            .map(|rows| rows.iter().map(|&row| batch.positions[row as usize]).collect());
        let (spans, single) = (batch.spans(), batch.spans_of_single_rows());
        for (number, layer) in self.layers.iter().enumerate() {
            let asked = match (&pooled, &positions) {
                (Some(rows), Some(positions)) if number + 1 == self.layers.len() => {
                    Asked { rows: Some(rows), positions, spans: &single }
                }
                _ => Asked { rows: None, positions: &batch.positions, spans: &spans },
            };
            now = self.layer(layer, now, &batch.positions, asked)?;
        }
        now = ops.norm(&self.norm, &now)?;
        if pooled.is_none() {
            now = ops.means(&now, &batch.texts)?;
        }
        let vectors = rows(&ops.read(&now)?, self.hidden);
        let Some(comparison) = &self.comparison else { return Ok(vectors) };
        let logit = |row: &Vec<f32>| row.iter().zip(comparison).map(|(a, b)| a * b).sum();
        Ok(vectors.iter().map(|row| vec![logit(row)]).collect())
    }

    fn device(&self) -> String {
        self.ops.device()
    }

    fn tokens_per_batch(&self) -> usize {
        self.ops.tokens_per_batch()
    }
}

struct Loader<'a, O: Ops> {
    ops: &'a O,
    weights: &'a Weights,
    config: &'a Qwen3Config,
}

impl<O: Ops> Loader<'_, O> {
    fn linear(&self, name: &str, out: usize, width: usize) -> Result<O::Linear, LoadError> {
        self.ops.load_linear(self.weights.read(name, &[out, width])?, None)
    }

    fn norm(&self, name: &str, width: usize) -> Result<O::Norm, LoadError> {
        let gain = self.weights.read_numbers(name, &[width])?;
        self.ops.load_norm(gain, None, self.config.rms_norm_eps)
    }

    fn layer(&self, number: usize, heads: Heads) -> Result<Layer<O>, LoadError> {
        let name = |part: &str| format!("layers.{number}.{part}.weight");
        let (hidden, wide) = (self.config.hidden_size, self.config.intermediate_size);
        let (queries, keys) = (heads.queries * heads.width, heads.keys * heads.width);
        Ok(Layer {
            input_norm: self.norm(&name("input_layernorm"), hidden)?,
            query: self.linear(&name("self_attn.q_proj"), queries, hidden)?,
            key: self.linear(&name("self_attn.k_proj"), keys, hidden)?,
            value: self.linear(&name("self_attn.v_proj"), keys, hidden)?,
            output: self.linear(&name("self_attn.o_proj"), hidden, queries)?,
            query_norm: self.norm(&name("self_attn.q_norm"), heads.width)?,
            key_norm: self.norm(&name("self_attn.k_norm"), heads.width)?,
            feed_norm: self.norm(&name("post_attention_layernorm"), hidden)?,
            gate: self.linear(&name("mlp.gate_proj"), wide, hidden)?,
            up: self.linear(&name("mlp.up_proj"), wide, hidden)?,
            down: self.linear(&name("mlp.down_proj"), hidden, wide)?,
        })
    }
}

//! Qwen3: causal, rotary positions, grouped key heads each normalised, a gated feed-forward.
//! As Qwen3-Embedding its last row is a text's vector; as Qwen3-Reranker the last row's logits of two
//! tokens are a pair's score.

use super::{Asked, Head, Sizes, Trunk, no_such_head, rows};
use crate::batch::Batch;
use crate::config::Qwen3Config;
use crate::error::LoadError;
use crate::folder::ModelFolder;
use crate::ops::{Fault, Heads, Ops, Sight};
use crate::weights::{Names, Stored, Weights};

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
    words: O::Table,
    layers: Vec<Layer<O>>,
    norm: O::Norm,
    rotation: O::Rotation,
    heads: Heads,
    hidden: usize,
    wide: usize,
    /// The row of the output head for `yes` minus that for `no`.
    comparison: Option<Vec<f32>>,
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
    pub fn load(ops: &O, folder: &ModelFolder, head: &Head) -> Result<Self, LoadError> {
        let config = Qwen3Config::read(&folder.path)?;
        let weights = Weights::open(&folder.path, NAMES)?;
        let loader = Loader { ops, weights: &weights, config: &config };
        let hidden = config.hidden_size;
        let table = weights.read("embed_tokens.weight", &[config.vocab_size, hidden])?;
        let comparison = match head {
            Head::Pool(_) => None,
            Head::Compare { yes, no } => Some(loader.comparison(&table, *yes, *no)?),
            Head::Classify => return Err(no_such_head(folder, "classifier")),
        };
        let heads = Heads {
            queries: config.num_attention_heads,
            keys: config.num_key_value_heads,
            width: config.head_width(),
        };
        let layers = (0..config.num_hidden_layers).map(|number| loader.layer(number, heads));
        let positions = folder.manifest.max_tokens;
        Ok(Self {
            words: ops.load_table(table)?,
            layers: layers.collect::<Result<_, _>>()?,
            norm: loader.norm("norm.weight", hidden)?,
            rotation: ops.load_rotation(config.rotation_base(), heads.width, positions)?,
            heads,
            hidden,
            wide: config.intermediate_size,
            comparison,
        })
    }
}

impl<O: Ops> Trunk<O> for Qwen3<O> {
    fn layers(&self) -> usize {
        self.layers.len()
    }

    fn weights(&self) -> usize {
        let attention = 2 * (self.heads.queries + self.heads.keys) * self.heads.width;
        self.layers.len() * self.hidden * (attention + 3 * self.wide)
    }

    fn lookup(&self, ops: &O, batch: &Batch) -> Result<O::Rows, Fault> {
        ops.lookup(&self.words, &batch.ids)
    }

    fn layer(
        &self,
        ops: &O,
        number: usize,
        rows: O::Rows,
        asked: &Asked<'_>,
    ) -> Result<O::Rows, Fault> {
        let (layer, heads) = (&self.layers[number], self.heads);
        let input = ops.norm(&layer.input_norm, &rows)?;
        let [query, key, value] =
            asked.project(ops, [&layer.query, &layer.key, &layer.value], &input)?;
        let rows = asked.of(ops, rows)?;
        let query = ops.norm_heads(&layer.query_norm, query, heads.queries)?;
        let query = ops.rotate(&self.rotation, query, asked.positions, heads.queries)?;
        let key = ops.norm_heads(&layer.key_norm, key, heads.keys)?;
        let key = ops.rotate(&self.rotation, key, asked.all_positions, heads.keys)?;
        let seen = ops.attention(&query, &key, &value, heads, asked.spans, Sight::Past)?;
        let rows = ops.linear_add(&layer.output, &seen, rows)?;
        let input = ops.norm(&layer.feed_norm, &rows)?;
        let wide = ops.gated(&layer.gate, &layer.up, &input, &layer.down)?;
        ops.linear_add(&layer.down, &wide, rows)
    }

    fn finish(&self, ops: &O, rows: O::Rows) -> Result<O::Rows, Fault> {
        ops.norm(&self.norm, &rows)
    }

    fn answer(&self, ops: &O, pooled: O::Rows) -> Result<Vec<Vec<f32>>, Fault> {
        let vectors = rows(&ops.read(&pooled)?, self.hidden);
        let Some(comparison) = &self.comparison else { return Ok(vectors) };
        let logit = |row: &Vec<f32>| row.iter().zip(comparison).map(|(a, b)| a * b).sum();
        Ok(vectors.iter().map(|row| vec![logit(row)]).collect())
    }
}

struct Loader<'a, O: Ops> {
    ops: &'a O,
    weights: &'a Weights,
    config: &'a Qwen3Config,
}

impl<O: Ops> Loader<'_, O> {
    fn linear(&self, name: &str, out: usize, width: usize) -> Result<O::Linear, LoadError> {
        // Some few numbers of each row of this family are hundreds of times larger than the others.
        self.ops.load_linear(self.weights.read(name, &[out, width])?, None)
    }

    /// The output head is the table of tokens where `config.json` ties the two.
    fn comparison(&self, table: &Stored, yes: u32, no: u32) -> Result<Vec<f32>, LoadError> {
        let shape = [self.config.vocab_size, self.config.hidden_size];
        let separate = match self.config.tie_word_embeddings {
            true => None,
            false => Some(self.weights.read("lm_head.weight", &shape)?),
        };
        let output = separate.as_ref().unwrap_or(table);
        let (yes, no) = (output.row(yes as usize)?, output.row(no as usize)?);
        Ok(yes.iter().zip(no).map(|(yes, no)| yes - no).collect())
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

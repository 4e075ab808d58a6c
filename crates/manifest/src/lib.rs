//! `kenning.toml`: what a model folder says about its model that `config.json` does not.
//!
//! Everything particular to one model (its prompts, pooling, limit, licence) stands there and
//! nowhere in code. Who fetches models writes it, who computes with them reads it, and neither needs
//! to know the other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub const FILE_NAME: &str = "kenning.toml";

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub name: String,
    pub family: Family,
    pub task: Task,
    /// The longest input the model reads, its own template and end tokens included.
    pub max_tokens: usize,
    #[serde(default)]
    pub licence: String,
    /// Where the weights come from, in words.
    #[serde(default)]
    pub origin: String,
    /// One honest sentence on when to take it.
    #[serde(default)]
    pub summary: String,
    /// How many languages it was trained for, where that is known.
    pub languages: Option<usize>,
    /// The repository they were fetched from and its revision there, for whoever mends a broken file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    pub embed: Option<EmbedManifest>,
    pub rerank: Option<RerankManifest>,
    /// File name to sha256, for whoever verifies the folder.
    #[serde(default)]
    pub digests: BTreeMap<String, String>,
}

/// Where on the hub a model stands.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `owner/name`.
    pub repository: String,
    /// The commit.
    pub revision: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    Qwen3,
    Bert,
    XlmRoberta,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Embed,
    Rerank,
}

impl Family {
    /// As `kenning.toml` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Qwen3 => "qwen3",
            Self::Bert => "bert",
            Self::XlmRoberta => "xlm_roberta",
        }
    }
}

impl Pooling {
    /// As `kenning.toml` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Cls => "cls",
            Self::Last => "last",
        }
    }
}

impl Task {
    pub fn verb(self) -> &'static str {
        match self {
            Task::Embed => "embed",
            Task::Rerank => "rerank",
        }
    }
}

/// Which of a text's final rows become its vector.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// The mean of all rows.
    Mean,
    /// The first row, as BERT's classification token.
    Cls,
    /// The last row, as a causal model's end-of-text token.
    Last,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedManifest {
    pub pooling: Pooling,
    /// Whether the model was trained so that the first numbers of a vector suffice.
    #[serde(default)]
    pub matryoshka: bool,
    /// `{text}` stands for the text, `{instruction}` for the instruction where the model takes one.
    pub query: String,
    pub document: String,
    /// The instruction used where none is given.
    pub instruction: Option<String>,
    /// Appended to every text in place of what the tokenizer's own post-processor would add.
    pub end_token: Option<String>,
}

/// A generative reranker's template. A cross-encoder has none: its tokenizer joins the pair.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RerankManifest {
    pub prefix: String,
    /// With `{instruction}`, `{query}` and `{document}`.
    pub body: String,
    pub suffix: String,
    pub instruction: String,
    /// The two tokens whose probabilities are compared.
    pub yes: String,
    pub no: String,
}

impl Manifest {
    /// Reads the file's text. The error says what is wrong with it, as part of a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let manifest: Self =
            toml::from_str(text).map_err(|error| error.to_string().trim().replace('\n', " "))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The file's text.
    pub fn to_text(&self) -> Result<String, String> {
        self.check()?;
        toml::to_string(self).map_err(|error| error.to_string())
    }

    /// Whether it makes sense; the error is part of a sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.task == Task::Embed && self.embed.is_none() {
            return Err("task is \"embed\", so a table [embed] is needed");
        }
        if self.task == Task::Rerank && self.family == Family::Qwen3 && self.rerank.is_none() {
            return Err("task is \"rerank\" in the family qwen3, so a table [rerank] is needed");
        }
        if self.task == Task::Rerank && self.family == Family::Bert {
            return Err("the family bert has no reranker: use xlm_roberta or qwen3");
        }
        let shown = [&self.name, &self.licence, &self.origin, &self.summary];
        if shown.iter().any(|text| text.contains(char::is_control)) {
            return Err("name, licence, origin and summary must be plain lines of text");
        }
        if let Some(embed) = &self.embed {
            if !once(&embed.query, "{text}") || !once(&embed.document, "{text}") {
                return Err("embed.query and embed.document must each contain {text} once");
            }
            if self.family == Family::Qwen3 && embed.pooling == Pooling::Cls {
                return Err(
                    "a causal model's first row has seen nothing: embed.pooling must be \"last\" or \"mean\"",
                );
            }
            if once(&embed.query, "{instruction}") != embed.instruction.is_some() {
                return Err("embed.instruction and {instruction} in embed.query go together");
            }
        }
        if self.rerank.is_some() && self.family != Family::Qwen3 {
            return Err(
                "a table [rerank] is for the family qwen3: a cross-encoder has no template",
            );
        }
        let fills_body = |rerank: &RerankManifest| {
            once(&rerank.body, "{query}") && once(&rerank.body, "{document}")
        };
        if !self.rerank.as_ref().is_none_or(fills_body) {
            return Err("rerank.body must contain {query} and {document}, each once");
        }
        Ok(())
    }
}

/// Once and not more: each slot that is filled makes the text as much longer.
fn once(template: &str, slot: &str) -> bool {
    template.matches(slot).count() == 1
}

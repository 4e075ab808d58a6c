//! What a model does for the rest of the program: vectors for texts, scores for pairs, token counts.

use std::path::PathBuf;

/// Which side of a search a text stands on. Models are trained to treat the two differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role<'a> {
    /// A question. Models that take an instruction use their own (English) one where none is given.
    Query { instruction: Option<&'a str> },
    /// A passage that may answer one.
    Document,
}

impl Role<'_> {
    /// A query without an instruction of its own.
    pub const QUERY: Role<'static> = Role::Query { instruction: None };
}

/// What to do with a text that has more tokens than the model can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlong {
    /// Answer with [`ModelError::TooLong`].
    Refuse,
    /// Read the beginning, and say so in a [`Truncation`].
    Truncate,
}

/// A text of which only the beginning was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncation {
    /// Which of the texts given.
    pub index: usize,
    /// How many tokens were read, those the model's own template adds included.
    pub kept_tokens: usize,
    /// How many bytes of the text, as it was given, those tokens cover.
    pub kept_bytes: usize,
    /// How many bytes the text has, as it was given.
    pub text_bytes: usize,
}

/// One vector of length one for each text, in the order the texts were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    pub vectors: Vec<Vec<f32>>,
    /// The texts that were cut, by rising index. Empty under [`Overlong::Refuse`].
    pub truncated: Vec<Truncation>,
    /// Tokens computed, templates included.
    pub tokens: usize,
}

/// One score for each document, in the order the documents were given: the model's probability,
/// from 0 to 1, that the document answers the query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reranked {
    pub scores: Vec<f32>,
    pub truncated: Vec<Truncation>,
    pub tokens: usize,
}

/// Turns texts into vectors whose dot product says how near they are in meaning.
pub trait Embed: Send + Sync {
    /// How long a vector is when `dimensions` is not asked for.
    fn dimensions(&self) -> usize;

    /// `dimensions` keeps the first so many numbers of each vector and makes its length one again.
    fn embed(
        &self,
        texts: &[&str],
        role: Role<'_>,
        dimensions: Option<usize>,
        overlong: Overlong,
    ) -> Result<Embedded, ModelError>;
}

/// Reads a query and a document together and judges whether the one answers the other.
pub trait Rerank: Send + Sync {
    fn rerank(
        &self,
        query: &str,
        documents: &[&str],
        instruction: Option<&str>,
        overlong: Overlong,
    ) -> Result<Reranked, ModelError>;
}

/// Measures text in the unit a model's limit is stated in.
pub trait CountTokens: Send + Sync {
    /// The tokens of the text alone, without what a template adds.
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError>;
}

/// Why a model could not answer. Each message says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("text {} is empty: there is nothing in it to read; leave it out", .index + 1)]
    EmptyText { index: usize },

    #[error("the query is empty: there is nothing to compare documents with; give one")]
    EmptyQuery,

    #[error(
        "text {} ({text_bytes} bytes) has more than the {limit} tokens that {model} reads at once: \
         split it, or allow it to be cut", .index + 1
    )]
    TooLong { index: usize, text_bytes: usize, limit: usize, model: String },

    #[error(
        "the query ({query_bytes} bytes) leaves no room for a document within the {limit} tokens that {model} reads at once: shorten it"
    )]
    QueryTooLong { query_bytes: usize, limit: usize, model: String },

    #[error(
        "the instruction ({instruction_bytes} bytes) leaves no room for a text within the {limit} tokens \
         that {model} reads at once: shorten it"
    )]
    InstructionTooLong { instruction_bytes: usize, limit: usize, model: String },

    #[error("{asked} dimensions cannot be had from {model}: ask for {least} to {most}")]
    Dimensions { asked: usize, least: usize, most: usize, model: String },

    #[error(
        "{model} takes no instruction: leave it out, or use a model that does, such as one of the Qwen3 series"
    )]
    NoInstruction { model: String },

    #[error("{}: the model gave a result that is not a number, so its weights are damaged: fetch the model again", .folder.display())]
    NotANumber { folder: PathBuf },

    #[error(
        "the model could not compute on {device}: {reason}; try another device, or a smaller model"
    )]
    Device { device: String, reason: String },

    #[error("{}: a text could not be split into tokens ({reason}): fetch the model again", .file.display())]
    Tokenizer { file: PathBuf, reason: String },

    #[error("the thread that runs the model has ended: restart the program and report this")]
    Gone,
}

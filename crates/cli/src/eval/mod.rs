//! Measures a model on sets whose right answers are known: `kenning eval`.
//!
//! Owns the reading of such sets, the exact search over them and the arithmetic of the scores. It
//! sees a model only as [`Embed`](kenning_domain::Embed), the product as a library, knows the command line only as far as
//! [`Half`] can be spelled there, and writes nothing but
//! what the product is to read: reports implement `Serialize` for programs and
//! `Display` for people.

mod beir;
pub mod bitext;
mod embedder;
mod lines;
mod metrics;
mod nearest;
pub mod product;
pub mod retrieval;
#[cfg(test)]
mod tests;

pub use bitext::bitext;
pub use product::product;
pub use retrieval::retrieval;

/// How a measurement is to be made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// For the query side, in place of the model's own.
    pub instruction: Option<String>,
    /// How many of each vector's numbers to keep.
    pub dimensions: Option<usize>,
    /// Each query sees only the documents of its own language. For retrieval only.
    pub by_language: bool,
    /// Ask only one half of the queries. For retrieval only.
    pub half: Option<Half>,
}

/// One of two fixed halves of a set's queries: parameters are chosen on one and reported on the
/// other. The halves depend on nothing but the queries' ids, so they are the same everywhere. A
/// question's translations, whose ids differ in a language before a hyphen, stay in one half: a
/// parameter that was fitted to the question in German has seen it in French.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Half {
    Even,
    Odd,
}

impl Half {
    fn keeps(self, id: &str, language: Option<&str>) -> bool {
        let prefix = language.and_then(|language| id.strip_prefix(language)?.strip_prefix('-'));
        let odd = scattered(prefix.unwrap_or(id)) >> 63 == 1;
        odd == (self == Half::Odd)
    }
}

/// FNV-1a, with its bits mixed once more. The lowest bit of FNV-1a alone is only the parity of the
/// bytes' lowest bits.
fn scattered(id: &str) -> u64 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// How far a measurement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is being embedded: `documents`, `queries`, or a pair of languages such as `deu-eng`.
    pub what: &'a str,
    /// Texts embedded so far, of the whole measurement.
    pub done: usize,
    pub total: usize,
}

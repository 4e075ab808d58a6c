//! What a word is, in any language: one spelling for one word, where words begin and end, their
//! stems, and pairs of characters where nothing is written between words.
//!
//! Index and query, highlights and names of topics ask here, so that they mean the same by a word.
//! Everything is a function of its arguments: this crate knows no index, no file and no model.

mod characters;
mod fold;
mod matches;
mod query;
mod scan;
mod segment;
mod stem;
mod terms;
#[cfg(test)]
mod tests;

pub use fold::fold;
pub use matches::{LastWord, matches};
pub use query::{QueryWord, query_terms};
pub use segment::{Segmenter, Word};
pub use stem::{Stems, languages_with_stems, stem};
pub use terms::{Term, exact_terms, phrase_terms, terms};

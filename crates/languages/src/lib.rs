//! What tells languages apart: their scripts, their small words and letters, trigrams.
//!
//! Owns the tables of languages and the recogniser upon them. Documents are told by it when they are
//! read, queries when they are asked. It must never know where a text came from.

mod recogniser;
#[cfg(test)]
mod recogniser_tests;
mod scripts;
mod small_words;

pub use recogniser::{Evidence, evidence, language, presumed, same_as};
pub use scripts::{Script, only_language, script, writes};

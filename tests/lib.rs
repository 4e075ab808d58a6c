//! What tests and fuzzers share: the files that are made for them, and what is fuzzed.

pub mod made;
mod targets;

pub use targets::{TARGETS, Target, run};

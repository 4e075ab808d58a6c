//! What tests, fuzzers and their programs share: the files that are made for them, what is fuzzed, and
//! what a whole library is held against.

#[cfg(feature = "library")]
pub mod fire;
pub mod hub;
pub mod made;
mod targets;

pub use targets::{TARGETS, Target, run};

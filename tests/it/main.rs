//! Everything that is tested from outside a crate, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and the panic says where"
)]

mod bindings;
mod builtin_model;
mod cli;
mod commands;
#[cfg(target_os = "linux")]
mod corpus;
mod desk;
mod extract;
mod fuzz_seeds;
mod getting;
mod golden;
#[cfg(target_os = "linux")]
mod guard;
#[cfg(target_os = "linux")]
mod hostile;
mod hub;
mod library;
mod mapping;
mod pipeline;
mod qwen3_tokenizer;
mod staging;
mod switching;
mod tidy;
#[cfg(target_os = "linux")]
mod window;

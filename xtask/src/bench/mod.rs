//! `cargo xtask bench`: the measurements that `docs/PERFORMANCE.md` reports, each one command.

mod cpu;
mod embed;
mod fetch;
mod ingest;
mod qwen3;
mod random_model;
mod search;
mod window;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

use crate::workspace::{self, Workspace};

#[derive(Subcommand)]
pub enum Bench {
    /// Tokens a second of the built-in model, and of a random one in the shape of Qwen3-0.6B.
    Embed {
        /// How many runs each median is taken of.
        #[arg(long, default_value_t = 5)]
        runs: usize,
    },
    /// Tokens a second of the built-in network on one core and on two, in turns with other engines.
    Cpu {
        /// A Python program that times others and tells of them in JSON.
        peers: Option<PathBuf>,
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        #[arg(long)]
        json: bool,
    },
    /// Tokens a second of a random network in the shape of Qwen3-0.6B, in turns with llama.cpp and candle.
    Qwen3 {
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        #[arg(long)]
        json: bool,
    },
    /// How long it takes until files are found: ten thousand small ones, and a folder of real documents
    /// beside its reading and its embedding alone.
    Ingest { folder: Option<PathBuf> },
    /// How fast a file is fetched over loopback, beside curl, and what memory that takes.
    Fetch {
        #[arg(default_value_t = 5.0)]
        gigabytes: f64,
    },
    /// How fast a made-up library of so many passages answers. It is kept in the target folder.
    Search {
        #[arg(default_value_t = 100_000)]
        passages: usize,
    },
    /// How long making the map of so many documents takes.
    Map {
        #[arg(default_values_t = [1_000, 20_000])]
        documents: Vec<usize>,
    },
    /// How soon the window is there and answers, and what it holds in memory.
    Window,
}

pub fn run(workspace: &Workspace, bench: &Bench) -> Result<()> {
    match bench {
        Bench::Embed { runs } => embed::run(workspace, *runs),
        Bench::Cpu { peers, rounds, json } => cpu::run(workspace, peers.as_deref(), *rounds, *json),
        Bench::Qwen3 { rounds, json } => qwen3::run(workspace, *rounds, *json),
        Bench::Ingest { folder } => ingest::run(workspace, folder.as_deref()),
        Bench::Fetch { gigabytes } => fetch::run(workspace, *gigabytes),
        Bench::Search { passages } => search::run(workspace, *passages),
        Bench::Map { documents } => map(workspace, documents),
        Bench::Window => window::run(workspace),
    }
}

/// What measures stands in the crate that makes maps.
fn map(workspace: &Workspace, documents: &[usize]) -> Result<()> {
    let mut bench =
        workspace.cargo(&["bench", "--locked", "-p", "kenning-atlas", "--bench", "map", "--"]);
    bench.args(documents.iter().map(usize::to_string));
    workspace::run(&mut bench)
}

//! How fast a network in the shape of Qwen3-Embedding-0.6B is on the CPU: ours, candle's arithmetic, and llama.cpp with
//! weights of eight bits, which is fetched from the npm registry. All take turns, and each figure is the middle one of
//! all rounds.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::cpu::{Figures, LENGTHS, OURS, ours};
use super::random_model;
use crate::interface::NPM;
use crate::workspace::{self, Workspace};
use crate::{files, set_up};

/// Tokens that are computed at once.
const TOTAL: &str = "960";
const PACKAGE: &str = "node-llama-cpp@3.22.1";
const SCRIPT: &str = include_str!("llama.mjs");

pub fn run(workspace: &Workspace, rounds: usize, as_json: bool) -> Result<()> {
    ensure!(rounds > 0, "nothing comes of no rounds");
    set_up::tools(workspace)?;
    let model = random_model::qwen3_0_6b(workspace)?;
    let of_eight_bits = random_model::qwen3_0_6b_of_eight_bits(workspace)?;
    let script = llama(workspace)?;
    let mut figures = Figures::default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for (name, device) in [(OURS, "cpu"), ("candle f32", "reference")] {
            let mut ours = ours(workspace, &model, [device, "1", TOTAL]);
            figures.add_lines(false, name, &workspace::output(&mut ours)?)?;
        }
        let mut llama = workspace.command("node");
        llama.arg(&script).arg(&of_eight_bits).args(["1", TOTAL]).args(LENGTHS);
        figures.add_lines(false, "llama.cpp Q8_0", &workspace::output(&mut llama)?)?;
    }
    figures.tell(as_json)
}

/// The program that times llama.cpp, beside the package that it needs.
fn llama(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("bench-llama");
    if !folder.is_dir() {
        eprintln!("fetching {PACKAGE} with npm …");
        let unfinished = folder.with_file_name(".bench-llama.unfinished");
        files::empty(&unfinished)?;
        files::write(&unfinished.join("package.json"), br#"{"private":true}"#)?;
        let mut npm = workspace.command(NPM);
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
        workspace::run(npm.arg(&unfinished).arg(PACKAGE))
            .context("llama.cpp could not be fetched from the npm registry")?;
        files::replace(&unfinished, &folder)?;
    }
    let script = folder.join("llama.mjs");
    files::write(&script, SCRIPT.as_bytes())?;
    Ok(script)
}

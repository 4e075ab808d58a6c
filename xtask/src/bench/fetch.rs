//! How fast a model is fetched. What measures stands beside what is measured.

use anyhow::Result;

use crate::workspace::{self, Workspace};

pub fn run(workspace: &Workspace, gigabytes: f64) -> Result<()> {
    let mut bench = workspace.cargo(&["bench", "--locked", "-p", "kenning-models"]);
    workspace::run(bench.args(["--bench", "fetch", "--", &gigabytes.to_string()]))
}

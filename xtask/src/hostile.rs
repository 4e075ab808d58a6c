//! `cargo xtask hostile`: damaged copies by the hundred thousand, read by guarded workers. The tests read
//! two thousand of them each time; this is for after a reader has changed.

use std::path::Path;

use anyhow::Result;

use crate::workspace::{self, Workspace};

/// Those that cost a worker, or made a reader panic, are kept below the target folder.
pub fn run(workspace: &Workspace, copies: usize, folder: Option<&Path>) -> Result<()> {
    let keep = workspace.target.join("hostile");
    let copies = copies.to_string();
    // Not the release build: what overflows shows itself only in this one.
    let words = ["run", "--locked", "--package", "kenning-tests", "--bin", "kenning-test-worker"];
    let mut command = workspace.cargo(&words);
    command.args(["--", "copies", copies.as_str()]).arg(&keep);
    if let Some(folder) = folder {
        command.arg(std::path::absolute(folder)?);
    }
    workspace::run(&mut command)
}

//! `cargo xtask crash` and `cargo xtask soak`: the long forms of what `tests/it/library/fire.rs` does in
//! short.

use anyhow::Result;

use crate::workspace::{self, Workspace};

pub fn run(workspace: &Workspace, words: &[&str]) -> Result<()> {
    // Not the release build: what overflows or is asserted shows itself only in this one.
    let own = ["run", "--locked", "--package", "kenning-tests", "--bin", "kenning-test-fire", "--"];
    workspace::run(workspace.cargo(&own).args(words))
}

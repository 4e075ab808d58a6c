//! `cargo xtask crash`, `soak` and `interrupt`: the long forms of what `tests/it/library/fire.rs` and
//! `tests/it/getting/killing.rs` do in short.

use anyhow::Result;

use crate::workspace::{self, Workspace};

pub fn run(workspace: &Workspace, words: &[&str]) -> Result<()> {
    // Not the release build: what overflows or is asserted shows itself only in this one.
    let own = ["run", "--locked", "--package", "kenning-tests", "--bin", "kenning-test-fire", "--"];
    workspace::run(workspace.cargo(&own).args(words))
}

pub fn interrupt(workspace: &Workspace, kills: usize) -> Result<()> {
    let test = ["test", "--locked", "--workspace", "--test", "it", "getting::killing", "--"];
    let mut test = workspace.cargo(&test);
    workspace::run(test.arg("--nocapture").env("KENNING_TEST_KILLS", kills.to_string()))
}

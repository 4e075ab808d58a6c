//! How fast a library answers. What measures stands in the engine, beside what is measured.

use anyhow::Result;

use crate::workspace::{self, Workspace};
use crate::{model, set_up};

pub fn run(workspace: &Workspace, passages: usize) -> Result<()> {
    set_up::tools(workspace)?;
    model::make_and_calibrate(workspace)?;
    let program = workspace.kenning()?;
    let passages = passages.to_string();
    let mut bench = workspace.cargo(&["bench", "--locked", "-p", "kenning-engine"]);
    bench.args(["--bench", "search", "--", &passages]);
    bench.args([&workspace.target, &program]);
    workspace::run(&mut bench)
}

//! How fast the window is. What measures stands among the tests, beside what drives the window.

use anyhow::Result;

use super::search;
use crate::workspace::{self, Workspace};
use crate::{interface, model, set_up};

/// Of the library that is searched.
const PASSAGES: usize = 100_000;

pub fn run(workspace: &Workspace) -> Result<()> {
    set_up::tools(workspace)?;
    set_up::window_tools(workspace)?;
    model::make(workspace)?;
    interface::build(workspace)?;
    let library = workspace.target.join("bench-libraries").join(PASSAGES.to_string());
    if !library.join("bench-whole").exists() {
        search::run(workspace, PASSAGES)?;
    }
    let [window, terminal] = workspace.programs()?;
    model::calibrate(workspace, &terminal)?;
    // What measures need not be fast itself.
    let mut bench =
        workspace.cargo(&["bench", "--profile", "dev", "--locked", "-p", "kenning-tests"]);
    bench.args(["--bench", "window", "--"]).args([&window, &terminal, &library]);
    workspace::run(&mut bench)
}

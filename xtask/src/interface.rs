//! The web interface: its packages, its checks, and the window that shows it.

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};
use crate::{model, set_up};

/// Its types, its tests, the pages that the window carries, and whether everybody can use them: every scene once, in
/// one of four looks. `npm run axe` looks at each in all four.
pub fn check(workspace: &Workspace) -> Result<()> {
    packages(workspace)?;
    for script in ["check", "test", "build"] {
        npm(workspace, &["run", "--silent", script])?;
    }
    // Where there is no Chromium to be had by apt, that is left to a machine where there is.
    if cfg!(target_os = "linux") {
        set_up::picture_tools(workspace)?;
        npm(workspace, &["run", "--silent", "axe:once"])?;
    }
    Ok(())
}

/// The pages that the window carries.
pub fn build(workspace: &Workspace) -> Result<()> {
    packages(workspace)?;
    npm(workspace, &["run", "--silent", "build"])
}

/// `cargo xtask window`
pub fn open(workspace: &Workspace) -> Result<()> {
    set_up::tools(workspace)?;
    set_up::window_tools(workspace)?;
    model::make_and_calibrate(workspace)?;
    build(workspace)?;
    workspace::run(&mut workspace.cargo(&["run", "--release", "--locked", "-p", "kenning-desktop"]))
}

/// What stands in docs/screenshots: scenes of the interface on the mock library, in Chromium.
const PICTURES: [&str; 14] = [
    "search-light",
    "search-dark",
    "search-arabic",
    "search-chinese",
    "library-light",
    "library-dark",
    "explore-light",
    "explore-dark",
    "models-light",
    "models-dark",
    "settings-light",
    "settings-dark",
    "welcome-light",
    "launcher-light",
];

/// `cargo xtask screenshots`
pub fn screenshots(workspace: &Workspace) -> Result<()> {
    set_up::picture_tools(workspace)?;
    packages(workspace)?;
    npm(workspace, &["run", "--silent", "build:mock"])?;
    let mut take = workspace.command("node");
    take.current_dir(workspace.root.join("ui"));
    workspace::run(take.args(["tools/screenshots.mjs", "../docs/screenshots"]).args(PICTURES))
}

/// As the lock file has them, once for each state of it.
fn packages(workspace: &Workspace) -> Result<()> {
    let ui = workspace.root.join("ui");
    let installed = ui.join("node_modules/.package-lock.json");
    let age = |file: &std::path::Path| std::fs::metadata(file).and_then(|about| about.modified());
    let is_new = age(&installed).ok() >= age(&ui.join("package-lock.json")).ok();
    if installed.is_file() && is_new {
        return Ok(());
    }
    npm(workspace, &["ci", "--no-audit", "--no-fund"])
        .context("the interface's packages could not be fetched from the npm registry")
}

pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

fn npm(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let mut npm = workspace.command(NPM);
    workspace::run(npm.current_dir(workspace.root.join("ui")).args(arguments))
}

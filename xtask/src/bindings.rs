//! `cargo xtask bindings`: the TypeScript of the contract, written where the interface reads it.

use anyhow::Result;

use crate::files;
use crate::workspace::{self, Workspace};

pub fn write(workspace: &Workspace) -> Result<()> {
    let mut print =
        workspace.cargo(&["run", "--quiet", "-p", "kenning-wire", "--example", "bindings"]);
    let text = workspace::output(&mut print)?;
    files::write(&workspace.root.join("ui/src/wire/index.ts"), &text)
}

//! A folder of short texts in many languages, to try Kenning on.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Answered by a German file, with an English one about bicycles beside it that does not answer it.
pub const QUERY: &str = "how to patch a bicycle inner tube";

/// Copies the texts into a folder of their own, which whoever tries Kenning may change and spoil.
pub fn write(workspace: &Workspace) -> Result<PathBuf> {
    let (from, to) = (workspace.root.join("xtask/sample"), workspace.target.join("sample"));
    let copy = || -> std::io::Result<()> {
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(())
    };
    copy().with_context(|| format!("the sample could not be written to {}", to.display()))?;
    Ok(to)
}

//! Files and folders that appear whole or not at all, with errors that say what to do.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Writes a whole file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| {
        format!("{} cannot be written; is the disk full or the folder read-only?", path.display())
    })
}

/// An empty folder at `path`, whatever an interrupted run left there.
pub fn empty(path: &Path) -> Result<()> {
    remove(path)?;
    fs::create_dir_all(path).with_context(|| format!("{} cannot be made", path.display()))
}

/// Moves a folder to its final name, in place of what an older run made.
pub fn replace(from: &Path, to: &Path) -> Result<()> {
    remove(to)?;
    fs::rename(from, to)
        .with_context(|| format!("{} cannot be renamed to {}", from.display(), to.display()))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}

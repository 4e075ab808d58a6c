//! `kenning add`, `remove` and `list`: which folders are watched.

use std::io::Write;
use std::path::{Path, absolute};

use anyhow::{Result, bail};
use kenning_engine::{Folder, Ledger};
use serde::Serialize;

use super::bar::Bar;
use super::counts::Counts;
use super::{known, to_change, to_read};
use crate::arguments::{Add, Global, Remove};
use crate::{here, output, terminal};

#[derive(Serialize)]
struct Added {
    path: String,
    /// Whether it was not watched before.
    is_new: bool,
}

#[derive(Serialize)]
struct AddedFolders {
    folders: Vec<Added>,
}

pub fn add(global: &Global, command: &Add) -> Result<()> {
    if let Some(missing) = command.folders.iter().find(|folder| !folder.is_dir()) {
        bail!("{} is no folder: name one that is there", missing.display());
    }
    let library = to_change()?;
    Bar::new(true).tell_repairs(&library.progress());
    let (before, _) = known(&library)?;
    let mut folders = Vec::new();
    for folder in &command.folders {
        let id = library.add_folder(folder, command.rules.rules())?;
        let (now, _) = known(&library)?;
        let path = now.iter().find(|folder| folder.id == id).map_or(folder, |folder| &folder.path);
        let is_new = before.iter().all(|folder| folder.id != id);
        folders.push(Added { path: path.display().to_string(), is_new });
    }
    if global.json {
        return output::json(&AddedFolders { folders });
    }
    let mut out = anstream::stdout().lock();
    for Added { path, is_new } in &folders {
        let told =
            if *is_new { "is watched now" } else { "was watched already; its rules are these now" };
        writeln!(out, "{} {told}", terminal::path(Path::new(path)))?;
    }
    let it = if folders.len() == 1 { "it" } else { "them" };
    writeln!(out, "`kenning index` reads what is in {it}.")?;
    Ok(())
}

#[derive(Serialize)]
struct Removed {
    path: String,
    /// How many files it had.
    files: u64,
}

pub fn remove(global: &Global, command: &Remove) -> Result<()> {
    let library = to_change()?;
    Bar::new(true).tell_repairs(&library.progress());
    let (folders, ledger) = known(&library)?;
    let Some(folder) = folders.iter().find(|folder| is_at(folder, &command.folder)) else {
        let path = command.folder.display();
        bail!("{path} is not a watched folder: `kenning list` names those that are");
    };
    let files = Counts::of_folder(&ledger, folder.id).files;
    library.remove_folder(folder.id)?;
    if global.json {
        return output::json(&Removed { path: folder.path.display().to_string(), files });
    }
    let (path, files) = (terminal::path(&folder.path), terminal::counted(files, "file"));
    writeln!(
        anstream::stdout(),
        "{path} is not watched any more; {files} forgotten, none of them touched"
    )?;
    Ok(())
}

/// A folder that is away can only be known by its path.
fn is_at(folder: &Folder, path: &Path) -> bool {
    let is_same = |path: &Path| folder.path.canonicalize().is_ok_and(|known| known == path);
    absolute(path).is_ok_and(|path| path == folder.path)
        || path.canonicalize().is_ok_and(|path| is_same(&path))
}

/// A watched folder.
#[derive(Serialize)]
pub struct Shown {
    pub path: String,
    /// Whether it is there now. What is known of a folder that is not is still searched.
    pub is_reachable: bool,
    /// When it was added.
    added: Option<String>,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct List {
    folders: Vec<Shown>,
}

impl Shown {
    pub fn all(folders: &[Folder], ledger: &Ledger) -> Vec<Self> {
        let shown = |folder: &Folder| Self {
            path: folder.path.display().to_string(),
            is_reachable: folder.path.read_dir().is_ok(),
            added: here::written(folder.added.0),
            counts: Counts::of_folder(ledger, folder.id),
        };
        folders.iter().map(shown).collect()
    }

    pub fn print(&self, out: &mut impl Write) -> Result<()> {
        let (strong, path) = (terminal::STRONG, terminal::path(Path::new(&self.path)));
        writeln!(out, "{strong}{path}{strong:#}")?;
        if !self.is_reachable {
            writeln!(out, "   not reachable now; what is known of it is still searched")?;
        }
        writeln!(out, "   {}", self.counts.sentence())?;
        Ok(())
    }
}

pub fn list(global: &Global) -> Result<()> {
    let (folders, ledger) = known(&to_read()?)?;
    let folders = Shown::all(&folders, &ledger);
    if global.json {
        return output::json(&List { folders });
    }
    let mut out = anstream::stdout().lock();
    if folders.is_empty() {
        writeln!(out, "No folder is watched: `kenning add FOLDER` begins with one.")?;
    }
    for folder in &folders {
        folder.print(&mut out)?;
    }
    Ok(())
}

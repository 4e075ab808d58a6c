//! Models that are installed: whether they are still what they were, mending them, and taking them away.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::digest::{self, Digest};
use crate::error::GetError;
use crate::hub::RepositoryName;

/// How a file of a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Whole,
    Missing,
    /// Its bytes are not those it came with.
    Damaged,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub name: String,
    pub condition: Condition,
}

/// Compares the files of a model's folder with the SHA-256 that its `kenning.toml` states of each. `tell`
/// hears of each before it is read.
pub fn verify(
    folder: &Path,
    digests: &BTreeMap<String, String>,
    tell: &mut dyn FnMut(&str),
) -> Result<Vec<Verified>, GetError> {
    let mut found = Vec::new();
    for (name, stated) in digests {
        tell(name);
        let path = folder.join(name);
        let stated = Digest::Sha256(stated.to_ascii_lowercase());
        let condition = match digest::of_file(&path, &stated) {
            Ok(found) if found == stated => Condition::Whole,
            Ok(_) => Condition::Damaged,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Condition::Missing,
            Err(error) => return Err(GetError::disk(&path)(error)),
        };
        found.push(Verified { name: name.clone(), condition });
    }
    Ok(found)
}

/// Takes a model away: at once for whoever looks for models, and then from the disk.
pub fn remove(models: &Path, name: &str) -> Result<(), GetError> {
    let folder = installed(models, name)?;
    let gone = models.join(format!(".removed-{name}"));
    if gone.exists() {
        fs::remove_dir_all(&gone).map_err(GetError::disk(&gone))?;
    }
    fs::rename(&folder, &gone).map_err(GetError::disk(&folder))?;
    fs::remove_dir_all(&gone).map_err(GetError::disk(&gone))
}

/// The folder of an installed model. Only names are taken, so that nothing else is ever removed.
pub(crate) fn installed(models: &Path, name: &str) -> Result<PathBuf, GetError> {
    let folder = models.join(name);
    match RepositoryName::is_name(name) && folder.is_dir() {
        true => Ok(folder),
        false => Err(GetError::NotInstalled(name.to_owned())),
    }
}

//! A model folder: `kenning.toml`, `config.json`, `tokenizer.json` and weights.

use std::path::{Path, PathBuf};

use crate::error::LoadError;
use crate::manifest::{FILE_NAME, Manifest, Task};

#[derive(Clone, Debug)]
pub struct ModelFolder {
    pub path: PathBuf,
    pub manifest: Manifest,
}

impl ModelFolder {
    /// Reads what the folder says about its model. The weights are left for later.
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        Ok(Self { path: path.into(), manifest: Manifest::read(path)? })
    }

    /// How many bytes the folder's files take.
    pub fn size(&self) -> u64 {
        let Ok(entries) = std::fs::read_dir(&self.path) else { return 0 };
        entries
            .flatten()
            .filter_map(|entry| entry.metadata().ok())
            .map(|metadata| metadata.len())
            .sum()
    }

    /// How long this model's vectors are, as `config.json` says.
    pub fn dimensions(&self) -> Result<usize, LoadError> {
        Ok(crate::family::sizes(self)?.dimensions)
    }

    /// The limit that `kenning.toml` states must be one the network's positions allow.
    pub(crate) fn check_limit(&self, positions: usize) -> Result<(), LoadError> {
        let asked = self.manifest.max_tokens;
        if (8..=positions).contains(&asked) {
            return Ok(());
        }
        Err(LoadError::Malformed {
            file: self.path.join(FILE_NAME),
            reason: format!("max_tokens is {asked}, config.json allows 8 to {positions}"),
        })
    }

    pub(crate) fn expect(&self, task: Task) -> Result<(), LoadError> {
        if self.manifest.task == task {
            return Ok(());
        }
        Err(LoadError::Task {
            folder: self.path.clone(),
            is: self.manifest.task.verb(),
            asked: task.verb(),
        })
    }
}

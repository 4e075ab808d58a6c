//! A model folder: `kenning.toml`, `config.json`, `tokenizer.json` and weights.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use kenning_manifest::{FILE_NAME, Manifest, Task};

use crate::error::LoadError;

#[derive(Clone, Debug)]
pub struct ModelFolder {
    pub path: PathBuf,
    pub manifest: Manifest,
}

impl ModelFolder {
    /// Reads what the folder says about its model. The weights are left for later.
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        let file = path.join(FILE_NAME);
        let manifest = Manifest::parse(&read_small_text(&file)?)
            .map_err(|reason| LoadError::Malformed { file, reason })?;
        Ok(Self { path: path.into(), manifest })
    }

    /// How many bytes the folder's files take.
    pub fn size(&self) -> u64 {
        // Through links: a cache of downloads holds little else.
        let Ok(entries) = std::fs::read_dir(&self.path) else { return 0 };
        entries
            .flatten()
            .filter_map(|entry| std::fs::metadata(entry.path()).ok())
            .map(|metadata| metadata.len())
            .sum()
    }

    /// How long this model's vectors are, as `config.json` says.
    pub fn dimensions(&self) -> Result<usize, LoadError> {
        Ok(crate::family::sizes(self)?.dimensions)
    }

    /// The limit that `kenning.toml` states must be one the network's positions allow.
    pub(crate) fn check_limit(&self, positions: usize) -> Result<(), LoadError> {
        // What a file may ask for becomes tables and batches: no model reads more than this at once.
        const MOST: usize = 1 << 17;
        let (asked, positions) = (self.manifest.max_tokens, positions.min(MOST));
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

/// The bytes of one of a folder's small files. Only regular files are opened, and no more is read of
/// one than a tokenizer can need.
pub(crate) fn read_small(file: &Path) -> Result<Vec<u8>, LoadError> {
    const MOST: u64 = 256 << 20;
    let unreadable = LoadError::unreadable(file);
    let malformed =
        |reason: &str| LoadError::Malformed { file: file.into(), reason: reason.into() };
    if !std::fs::metadata(file).map_err(&unreadable)?.is_file() {
        return Err(malformed("is not a regular file"));
    }
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(&unreadable)?;
    opened.take(MOST + 1).read_to_end(&mut bytes).map_err(&unreadable)?;
    if bytes.len() as u64 > MOST {
        return Err(malformed("is too large for what it should be"));
    }
    Ok(bytes)
}

/// The same for a file of text.
pub(crate) fn read_small_text(file: &Path) -> Result<String, LoadError> {
    String::from_utf8(read_small(file)?)
        .map_err(|_| LoadError::Malformed { file: file.into(), reason: "is not UTF-8".into() })
}

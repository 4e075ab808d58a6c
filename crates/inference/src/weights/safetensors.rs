//! Reading safetensors files, one or several with an index.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use safetensors::Dtype;
use safetensors::tensor::Metadata;
use serde::Deserialize;

use super::values::KNOWN;
use super::{Stored, WeightType, open, read_range};
use crate::error::LoadError;

const SINGLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";
/// The format's own limit for its header.
const LONGEST_HEADER: u64 = 100_000_000;
/// What checkpoints put before the names of the trunk's weights, depending on the class that saved them.
const PREFIXES: [&str; 4] = ["", "model.", "bert.", "roberta."];

struct Entry {
    file: usize,
    shape: Vec<usize>,
    dtype: Dtype,
    start: u64,
    length: u64,
}

pub struct Files {
    files: Vec<PathBuf>,
    entries: HashMap<String, Entry>,
}

#[derive(Deserialize)]
struct Index {
    weight_map: HashMap<String, String>,
}

impl Files {
    /// `None` where the folder has no safetensors.
    pub fn open(folder: &Path) -> Result<Option<Self>, LoadError> {
        let index = folder.join(INDEX);
        let files = if index.exists() {
            shards(folder, &index)?
        } else if folder.join(SINGLE).exists() {
            vec![folder.join(SINGLE)]
        } else {
            return Ok(None);
        };
        let mut entries = HashMap::new();
        for (number, file) in files.iter().enumerate() {
            read_header(file, number, &mut entries)?;
        }
        Ok(Some(Self { files, entries }))
    }

    pub fn file(&self) -> &Path {
        &self.files[0]
    }

    pub fn find(&self, name: &str) -> Result<Option<Stored>, LoadError> {
        let found = PREFIXES
            .iter()
            .find_map(|prefix| self.entries.get_key_value(&format!("{prefix}{name}")));
        let Some((name, entry)) = found else { return Ok(None) };
        let file = &self.files[entry.file];
        let kind = match entry.dtype {
            Dtype::F32 => WeightType::F32,
            Dtype::F16 => WeightType::F16,
            Dtype::BF16 => WeightType::Bf16,
            other => {
                return Err(LoadError::WeightKind {
                    file: file.clone(),
                    name: name.clone(),
                    kind: format!("{other:?}"),
                    known: KNOWN,
                });
            }
        };
        if kind.bytes(&entry.shape) != Some(entry.length) {
            let (shape, length) = (&entry.shape, entry.length);
            let reason =
                format!("gives the weight \"{name}\" {length} bytes, which do not make {shape:?}");
            return Err(LoadError::Malformed { file: file.clone(), reason });
        }
        Ok(Some(Stored {
            name: name.clone(),
            file: file.clone(),
            shape: entry.shape.clone(),
            kind,
            bytes: read_range(file, entry.start, entry.length)?,
        }))
    }
}

fn shards(folder: &Path, index: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let malformed = |reason: String| LoadError::Malformed { file: index.into(), reason };
    let text = std::fs::read_to_string(index).map_err(LoadError::unreadable(index))?;
    let index: Index = serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?;
    let mut names: Vec<String> = index.weight_map.into_values().collect();
    names.sort();
    names.dedup();
    // A shard is a file of this folder: a name that leads elsewhere is not followed.
    let foreign = |name: &&String| Path::new(name).file_name() != Some(name.as_ref());
    if let Some(name) = names.iter().find(foreign) {
        return Err(malformed(format!("names the file \"{name}\", which is not in this folder")));
    }
    if names.is_empty() {
        return Err(malformed("names no files".into()));
    }
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

fn read_header(
    file: &Path,
    number: usize,
    entries: &mut HashMap<String, Entry>,
) -> Result<(), LoadError> {
    let malformed = |reason: String| LoadError::Malformed { file: file.into(), reason };
    let (_, found) = open(file)?;
    let length = read_range(file, 0, 8)?;
    let header = u64::from_le_bytes(length.try_into().unwrap_or_default());
    if header > LONGEST_HEADER {
        return Err(malformed("is not a safetensors file".into()));
    }
    let bytes = read_range(file, 8, header)?;
    // The crate's own reader wants the whole file in memory; its header alone is what is needed here.
    let metadata: Metadata = serde_json::from_slice(&bytes)
        .map_err(|error| malformed(format!("is not a safetensors file ({error})")))?;
    let needed = (8 + header).saturating_add(metadata.data_len() as u64);
    if found < needed {
        return Err(LoadError::Truncated { file: file.into(), found, needed });
    }
    for (name, tensor) in metadata.tensors() {
        let (start, end) = tensor.data_offsets;
        entries.insert(
            name,
            Entry {
                file: number,
                shape: tensor.shape.clone(),
                dtype: tensor.dtype,
                start: 8 + header + start as u64,
                length: end.saturating_sub(start) as u64,
            },
        );
    }
    Ok(())
}

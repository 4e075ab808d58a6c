//! Weights as they lie in files: by name, in whatever number format they were stored in.

mod gguf;
mod safetensors;
mod values;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::LoadError;
pub use values::{WeightType, dequantise};

/// One weight: its bytes as stored, row by row, and how to read them.
#[derive(Clone, Debug)]
pub struct Stored {
    pub name: String,
    pub file: PathBuf,
    /// Rows first.
    pub shape: Vec<usize>,
    pub kind: WeightType,
    pub bytes: Vec<u8>,
}

/// Blocked weights are widened while that costs little memory: a file of this size becomes at most
/// eight times larger.
const WIDEN_UP_TO: u64 = 256 << 20;

/// The weights of one model folder, whichever of the formats they are in.
pub enum Weights {
    Safetensors(safetensors::Files),
    Gguf(gguf::Gguf),
}

const EXPECTED: &str =
    "model.safetensors, model.safetensors.index.json or one file ending in .gguf";

/// What one family calls a weight in GGUF files, for each name in safetensors files.
/// `{n}` stands for the number of a layer.
pub type Names = &'static [(&'static str, &'static str)];

impl Weights {
    /// Finds the weights of a folder. `names` says how the family's weights are called in GGUF.
    pub fn open(folder: &Path, names: Names) -> Result<Self, LoadError> {
        if let Some(files) = safetensors::Files::open(folder)? {
            return Ok(Self::Safetensors(files));
        }
        let mut found = gguf_files(folder)?;
        match (found.pop(), found.is_empty()) {
            (Some(file), true) => Ok(Self::Gguf(gguf::Gguf::open(&file, names)?)),
            (Some(_), false) => Err(LoadError::Malformed {
                file: folder.into(),
                reason: "holds several .gguf files, and Kenning cannot tell which is meant".into(),
            }),
            (None, _) => Err(LoadError::NoWeights { folder: folder.into(), expected: EXPECTED }),
        }
    }

    /// Whether a folder's weights may be narrower than half width, and so many that they are to stay so.
    pub fn stay_blocked(folder: &Path) -> bool {
        let blocked = gguf_files(folder).is_ok_and(|found| !found.is_empty());
        blocked && Self::size(folder) > WIDEN_UP_TO
    }

    /// Whether all products of the layers are with weights of four bits each, thirty-two of which share a step.
    pub fn are_fours(folder: &Path) -> bool {
        let Ok(Self::Gguf(file)) = Self::open(folder, &[]) else { return false };
        file.layers_are(WeightType::Q4_0)
    }

    /// How many bytes a folder's files of weights take together, whatever their format.
    fn size(folder: &Path) -> u64 {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let is_weights = |path: &Path| {
            path.extension()
                .is_some_and(|extension| extension == "gguf" || extension == "safetensors")
        };
        let weights = entries.filter(|entry| is_weights(&entry.path()));
        // Through links: a cache of downloads holds little else.
        let metadata = weights.filter_map(|entry| std::fs::metadata(entry.path()).ok());
        metadata.map(|metadata| metadata.len()).sum()
    }

    pub fn read(&self, name: &str, shape: &[usize]) -> Result<Stored, LoadError> {
        let found = match self {
            Self::Safetensors(files) => files.find(name)?,
            Self::Gguf(file) => file.find(name)?,
        };
        match found {
            Some(stored) => stored.checked(shape),
            None => Err(LoadError::MissingWeight { file: self.file().into(), name: name.into() }),
        }
    }

    /// A vector or small matrix that is needed as plain numbers.
    pub fn read_numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.read(name, shape)?.to_f32()
    }

    /// The file to name in messages about the whole.
    pub fn file(&self) -> &Path {
        match self {
            Self::Safetensors(files) => files.file(),
            Self::Gguf(file) => file.file(),
        }
    }

    /// Whether position tables lack the rows that XLM-RoBERTa never uses: GGUF writers drop them.
    pub fn drops_unused_positions(&self) -> bool {
        matches!(self, Self::Gguf(_))
    }
}

impl Stored {
    /// The weight, if it has this shape and is made of numbers. Writers of GGUF leave out the slowest
    /// sides where they are 1, so those do not count.
    fn checked(mut self, shape: &[usize]) -> Result<Self, LoadError> {
        let sides = |shape: &[usize]| {
            shape.iter().copied().skip_while(|side| *side == 1).collect::<Vec<_>>()
        };
        if sides(&self.shape) != sides(shape) {
            return Err(LoadError::WeightShape {
                file: self.file,
                name: self.name,
                found: self.shape,
                expected: shape.into(),
            });
        }
        if values::has_non_numbers(self.kind, &self.bytes) {
            return Err(self.not_a_number());
        }
        self.shape = shape.into();
        Ok(self)
    }

    pub fn to_f32(&self) -> Result<Vec<f32>, LoadError> {
        self.widen(&self.bytes)
    }

    /// One row as plain numbers, without widening the rest.
    pub fn row(&self, index: usize) -> Result<Vec<f32>, LoadError> {
        let bytes_per_row = self.bytes.len() / self.shape[0];
        self.widen(&self.bytes[index * bytes_per_row..][..bytes_per_row])
    }

    fn widen(&self, bytes: &[u8]) -> Result<Vec<f32>, LoadError> {
        let numbers = dequantise(self.kind, bytes);
        if numbers.iter().all(|number| number.is_finite()) {
            Ok(numbers)
        } else {
            Err(self.not_a_number())
        }
    }

    fn not_a_number(&self) -> LoadError {
        LoadError::NotANumber { file: self.file.clone(), name: self.name.clone() }
    }
}

fn gguf_files(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = LoadError::unreadable(folder);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(&unreadable)? {
        let path = entry.map_err(&unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "gguf") {
            found.push(path);
        }
    }
    Ok(found)
}

/// Opens a file of weights and says how long it is.
fn open(file: &Path) -> Result<(File, u64), LoadError> {
    let unreadable = LoadError::unreadable(file);
    let opened = File::open(file).map_err(&unreadable)?;
    let length = opened.metadata().map_err(&unreadable)?.len();
    Ok((opened, length))
}

/// Reads `length` bytes at `start`. Files are read, never mapped: a mapped file that is cut short by
/// another program while it is in use would end this one with a signal.
fn read_range(file: &Path, start: u64, length: u64) -> Result<Vec<u8>, LoadError> {
    use std::io::{Seek, SeekFrom};
    let unreadable = LoadError::unreadable(file);
    let (mut opened, found) = open(file)?;
    let needed = start.saturating_add(length);
    if needed > found {
        return Err(LoadError::Truncated { file: file.into(), found, needed });
    }
    opened.seek(SeekFrom::Start(start)).map_err(&unreadable)?;
    let mut bytes = vec![0; length as usize];
    opened.read_exact(&mut bytes).map_err(&unreadable)?;
    Ok(bytes)
}

//! Reading GGUF files, versions 2 and 3.
//!
//! Our own reader because the file may be damaged or hostile: every count and length is held against
//! the length of the file before anything is allocated for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::values::KNOWN;
use super::{Names, Stored, WeightType, open, read_range};
use crate::error::LoadError;

/// Headers hold a whole vocabulary at times, but never this much.
const LONGEST_HEADER: u64 = 256 << 20;
/// So much is read of a file at first: a header without a vocabulary is shorter.
const SHORT_HEADER: u64 = 1 << 20;
const DEFAULT_ALIGNMENT: u64 = 32;

struct Entry {
    shape: Vec<usize>,
    kind: u32,
    offset: u64,
}

pub struct Gguf {
    file: PathBuf,
    names: Names,
    entries: HashMap<String, Entry>,
    data: u64,
}

impl Gguf {
    pub fn open(file: &Path, names: Names) -> Result<Self, LoadError> {
        let (_, length) = open(file)?;
        let longest = length.min(LONGEST_HEADER);
        let mut read = longest.min(SHORT_HEADER);
        let (entries, data) = loop {
            let header = read_range(file, 0, read)?;
            let mut reader = Reader { file, bytes: &header, at: 0, length };
            match reader.header() {
                Ok((entries, alignment)) => {
                    break (entries, (reader.at as u64).next_multiple_of(alignment));
                }
                Err(LoadError::Truncated { .. }) if read < longest => {
                    read = longest.min(read * 16);
                }
                Err(error) => return Err(error),
            }
        };
        // Weights that share bytes could claim any amount of memory of a small file.
        let sizes = entries.values().filter_map(|entry| kind(entry.kind)?.bytes(&entry.shape));
        let needed = sizes.fold(data, u64::saturating_add);
        if needed > length {
            return Err(LoadError::Truncated { file: file.into(), found: length, needed });
        }
        Ok(Self { file: file.into(), names, entries, data })
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether all weights of layers are of one kind, but for those with a single side: every family's layers have the
    /// same first name.
    pub fn layers_are(&self, kind: WeightType) -> bool {
        let is_of_layer = |name: &str| name.starts_with("blk.");
        let layers = self.entries.iter().filter(|(name, _)| is_of_layer(name));
        let mut wide = layers.filter(|(_, entry)| entry.shape.len() > 1).peekable();
        wide.peek().is_some() && wide.all(|(_, entry)| self::kind(entry.kind) == Some(kind))
    }

    pub fn find(&self, name: &str) -> Result<Option<Stored>, LoadError> {
        let Some(stored_name) = translate(self.names, name) else { return Ok(None) };
        let Some(entry) = self.entries.get(&stored_name) else { return Ok(None) };
        let kind = kind(entry.kind).ok_or_else(|| LoadError::WeightKind {
            file: self.file.clone(),
            name: stored_name.clone(),
            kind: format!("ggml type {}", entry.kind),
            known: KNOWN,
        })?;
        let length = kind.bytes(&entry.shape).ok_or_else(|| LoadError::Malformed {
            file: self.file.clone(),
            reason: format!(
                "the weight \"{stored_name}\" has the impossible shape {:?}",
                entry.shape
            ),
        })?;
        let start = self.data.saturating_add(entry.offset);
        Ok(Some(Stored {
            name: stored_name,
            file: self.file.clone(),
            shape: entry.shape.clone(),
            kind,
            bytes: read_range(&self.file, start, length)?,
        }))
    }
}

/// From the name in safetensors to the name in GGUF.
fn translate(names: Names, name: &str) -> Option<String> {
    names.iter().find_map(|(ours, theirs)| match ours.split_once("{n}") {
        None => (*ours == name).then(|| (*theirs).to_owned()),
        Some((before, after)) => {
            let number = name.strip_prefix(before)?.strip_suffix(after)?;
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| theirs.replace("{n}", number))
        }
    })
}

fn kind(ggml: u32) -> Option<WeightType> {
    match ggml {
        0 => Some(WeightType::F32),
        1 => Some(WeightType::F16),
        2 => Some(WeightType::Q4_0),
        8 => Some(WeightType::Q8_0),
        12 => Some(WeightType::Q4K),
        14 => Some(WeightType::Q6K),
        30 => Some(WeightType::Bf16),
        _ => None,
    }
}

struct Reader<'a> {
    file: &'a Path,
    bytes: &'a [u8],
    at: usize,
    /// Of the whole file, for the message when it ends too early.
    length: u64,
}

impl Reader<'_> {
    fn header(&mut self) -> Result<(HashMap<String, Entry>, u64), LoadError> {
        if self.take(4)? != b"GGUF" {
            return Err(self.malformed("is not a GGUF file"));
        }
        let version = self.u32()?;
        if !(2..=3).contains(&version) {
            return Err(
                self.malformed(&format!("is GGUF version {version}, and Kenning reads 2 and 3"))
            );
        }
        let tensors = self.u64()?;
        let pairs = self.u64()?;
        let mut alignment = DEFAULT_ALIGNMENT;
        for _ in 0..pairs {
            let key = self.text()?;
            let kind = self.u32()?;
            if key == "general.alignment" && kind == 4 {
                alignment = u64::from(self.u32()?);
            } else {
                self.skip_value(kind, 0)?;
            }
        }
        if !alignment.is_power_of_two() || alignment > 1 << 20 {
            return Err(self.malformed("has an impossible alignment"));
        }
        let mut entries = HashMap::new();
        for _ in 0..tensors {
            let (name, entry) = self.entry()?;
            entries.insert(name, entry);
        }
        Ok((entries, alignment))
    }

    fn entry(&mut self) -> Result<(String, Entry), LoadError> {
        let name = self.text()?;
        let sides = self.u32()?;
        if sides > 4 {
            return Err(self.malformed(&format!("the weight \"{name}\" has {sides} dimensions")));
        }
        // GGUF names the fastest side first, everyone else the slowest.
        let mut shape = Vec::new();
        for _ in 0..sides {
            shape.insert(0, self.u64()? as usize);
        }
        let kind = self.u32()?;
        let offset = self.u64()?;
        Ok((name, Entry { shape, kind, offset }))
    }

    /// Skips a value of the metadata: nothing there is needed beside `config.json`.
    fn skip_value(&mut self, kind: u32, depth: usize) -> Result<(), LoadError> {
        match kind {
            0 | 1 | 7 => self.take(1).map(drop),
            2 | 3 => self.take(2).map(drop),
            4..=6 => self.take(4).map(drop),
            10..=12 => self.take(8).map(drop),
            8 => {
                let length = self.u64()?;
                self.take(length as usize).map(drop)
            }
            9 if depth < 4 => {
                let kind = self.u32()?;
                for _ in 0..self.u64()? {
                    self.skip_value(kind, depth + 1)?;
                }
                Ok(())
            }
            _ => Err(self.malformed(&format!("has metadata of the unknown type {kind}"))),
        }
    }

    fn take(&mut self, count: usize) -> Result<&[u8], LoadError> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let Some(end) = end else {
            return Err(LoadError::Truncated {
                file: self.file.into(),
                found: self.length,
                needed: (self.at as u64).saturating_add(count as u64),
            });
        };
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, LoadError> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into().unwrap_or_default()))
    }

    fn u64(&mut self) -> Result<u64, LoadError> {
        Ok(u64::from_le_bytes(self.take(8)?.try_into().unwrap_or_default()))
    }

    fn text(&mut self) -> Result<String, LoadError> {
        let length = self.u64()?;
        let bytes = self.take(length as usize)?.to_vec();
        String::from_utf8(bytes).map_err(|_| self.malformed("has a name that is not UTF-8"))
    }

    fn malformed(&self, reason: &str) -> LoadError {
        LoadError::Malformed { file: self.file.into(), reason: reason.into() }
    }
}

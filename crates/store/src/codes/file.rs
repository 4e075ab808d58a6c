//! The matrix in a file, so that a start reads one file instead of asking for every vector.
//!
//! All numbers are little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `KENCODES` |
//! | 4 | the version of the format, 1 |
//! | 4 | dimensions |
//! | 8 + 8 | the mark: epoch, change |
//! | 32 | the key of the space |
//! | 8 | rows |
//! | 16 × rows | the labels: passage (8), scale as f32 (4), four zeros |
//! | dimensions × rows | the values, without padding |
//! | 4 | CRC-32 of everything before |
//!
//! Removed rows are not written. Whatever is wrong with a file, it is as if it were not there.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use kenning_domain::PassageId;

use super::chunk::Label;
use super::{Codes, CodesSnapshot};
use crate::fail;
use crate::mark::Mark;

/// A digest of all that decides what the rows are: the model, its dimensions, how vectors were
/// shifted. A file of another key is of no use.
pub type SpaceKey = [u8; 32];

const MAGIC: &[u8; 8] = b"KENCODES";
const VERSION: u32 = 1;
const HEADER: usize = 72;
const LABEL: usize = 16;

impl CodesSnapshot {
    /// Writes a temporary file beside `path` and puts it in its place. What stood there stays until
    /// then, and stays where this fails.
    pub fn save(&self, path: &Path, mark: Mark, space: &SpaceKey) -> io::Result<()> {
        let temporary = path.with_extension("new");
        let written = self.write(&temporary, mark, space);
        fail::point("codes.written");
        let placed = written.and_then(|()| fs::rename(&temporary, path));
        if placed.is_err() {
            // It may never have come to be, and what matters is why.
            let _ = fs::remove_file(&temporary);
        }
        placed
    }

    fn write(&self, path: &Path, mark: Mark, space: &SpaceKey) -> io::Result<()> {
        let mut to = Summed::new(BufWriter::with_capacity(1 << 18, File::create(path)?));
        to.write_all(&self.header(mark, space))?;
        for (chunk, row) in self.living() {
            let label = chunk.labels()[row];
            to.write_all(&label.passage.0.to_le_bytes())?;
            to.write_all(&label.scale.to_le_bytes())?;
            to.write_all(&[0; 4])?;
        }
        let mut bytes = Vec::with_capacity(self.dimensions);
        for (chunk, row) in self.living() {
            bytes.clear();
            bytes.extend(chunk.row(row)[..self.dimensions].iter().map(|code| *code as u8));
            to.write_all(&bytes)?;
        }
        let sum = to.sum.clone().finalize();
        to.write_all(&sum.to_le_bytes())?;
        to.inner.flush()
    }

    fn header(&self, mark: Mark, space: &SpaceKey) -> Vec<u8> {
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&(self.dimensions as u32).to_le_bytes());
        header.extend_from_slice(&mark.epoch.to_le_bytes());
        header.extend_from_slice(&mark.seq.to_le_bytes());
        header.extend_from_slice(space);
        header.extend_from_slice(&(self.len() as u64).to_le_bytes());
        header
    }

    pub(super) fn living(&self) -> impl Iterator<Item = (&super::Chunk, usize)> {
        let rows = |chunk| (0..super::Chunk::len(chunk)).map(move |row| (chunk, row));
        self.chunks.iter().flat_map(rows).filter(|(chunk, row)| !chunk.is_removed(*row))
    }
}

impl Codes {
    /// Reads what was saved for this space, and where in the truth's history it stands. `None` for
    /// everything that is not exactly that.
    pub fn load(path: &Path, dimensions: usize, space: &SpaceKey) -> Option<(Self, Mark)> {
        let file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        let mut from = Summed::new(BufReader::with_capacity(1 << 18, file));
        let header: [u8; HEADER] = from.take_array()?;
        let (rows, mark) = read_header(&header, dimensions, space)?;
        let row = (LABEL + dimensions) as u64;
        // Held against the length of the file before anything is allocated.
        if row.checked_mul(rows)?.checked_add(HEADER as u64 + 4)? != length {
            return None;
        }
        let labels = (0..rows).map(|_| read_label(from.take_array()?));
        let labels: Vec<Label> = labels.collect::<Option<_>>()?;
        let mut codes = Self::new(dimensions);
        let mut bytes = vec![0; dimensions];
        for label in labels {
            from.read_exact(&mut bytes).ok()?;
            codes.rounded.clear();
            codes.rounded.extend(bytes.iter().map(|byte| *byte as i8));
            codes.append(label);
        }
        let expected = from.sum.clone().finalize();
        let sum: [u8; 4] = from.take_array()?;
        (u32::from_le_bytes(sum) == expected).then_some((codes, mark))
    }

    /// Whether a file is what was once written, for whatever space.
    pub fn is_whole(path: &Path) -> bool {
        fn check(path: &Path) -> Option<bool> {
            let file = File::open(path).ok()?;
            let mut left = file.metadata().ok()?.len().checked_sub(HEADER as u64 + 4)?;
            let mut from = Summed::new(BufReader::with_capacity(1 << 18, file));
            let header: [u8; HEADER] = from.take_array()?;
            let mut bytes = vec![0; 1 << 16];
            while left > 0 {
                let part = left.min(bytes.len() as u64) as usize;
                from.read_exact(&mut bytes[..part]).ok()?;
                left -= part as u64;
            }
            let expected = from.sum.clone().finalize();
            let sum: [u8; 4] = from.take_array()?;
            Some(&header[..8] == MAGIC && u32::from_le_bytes(sum) == expected)
        }
        check(path).unwrap_or(false)
    }
}

fn read_header(header: &[u8; HEADER], dimensions: usize, space: &SpaceKey) -> Option<(u64, Mark)> {
    let word = |at: usize| Some(u64::from_le_bytes(header.get(at..at + 8)?.try_into().ok()?));
    let half = |at: usize| Some(u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let known = &header[..8] == MAGIC && half(8)? == VERSION;
    let same = half(12)? as usize == dimensions && &header[32..64] == space;
    (known && same).then_some((word(64)?, Mark { epoch: word(16)?, seq: word(24)? }))
}

fn read_label(bytes: [u8; LABEL]) -> Option<Label> {
    let passage = u64::from_le_bytes(bytes[..8].try_into().ok()?);
    let scale = f32::from_le_bytes(bytes[8..12].try_into().ok()?);
    scale.is_finite().then_some(Label { passage: PassageId(passage), scale })
}

/// Sums up what goes through.
struct Summed<T> {
    inner: T,
    sum: crc32fast::Hasher,
}

impl<T> Summed<T> {
    fn new(inner: T) -> Self {
        Self { inner, sum: crc32fast::Hasher::new() }
    }
}

impl<T: Write> Summed<T> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.inner.write_all(bytes)
    }
}

impl<T: Read> Summed<T> {
    fn read_exact(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.inner.read_exact(bytes)?;
        self.sum.update(bytes);
        Ok(())
    }

    fn take_array<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        let mut bytes = [0; LENGTH];
        self.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }
}

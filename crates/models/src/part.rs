//! A file that is being fetched: which of its pieces are there, over crashes and restarts.
//!
//! Beside the file stands a journal: for each piece that was written its number and a checksum. What the
//! journal says is looked at when it is taken up again, so nothing has to wait for the disk: a piece that a
//! crash lost is fetched once more. An installed model keeps the journal, and a file of it that has
//! rotted is mended piece by piece.
//!
//! | bytes | journal |
//! |---|---|
//! | 8 | `KENPART1` |
//! | 8 | the file's length |
//! | 12 each | a piece's number, its CRC-32, and both xor-ed, all little endian |

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Small enough that what is lost when a program is killed is little.
pub(crate) const PIECE: usize = 128 << 10;
const MAGIC: &[u8; 8] = b"KENPART1";
const HEAD: usize = 16;
const RECORD: usize = 12;

pub(crate) struct Part {
    file: File,
    journal: File,
    length: u64,
    /// The checksum of each piece that is there.
    there: Vec<Option<u32>>,
    taken: Vec<bool>,
    /// How many pieces are there from the first without a gap.
    front: usize,
}

/// Where a file's journal stands.
pub(crate) fn journal_of(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.pieces"))
}

impl Part {
    /// Takes up what is there, as far as the disk still has what the journal says.
    pub(crate) fn open(path: &Path, length: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        let file = options.open(path)?;
        let mut journal = options.open(journal_of(path))?;
        file.set_len(length)?;
        let pieces = length.div_ceil(PIECE as u64) as usize;
        let mut bytes = Vec::new();
        journal.read_to_end(&mut bytes)?;
        go_on(&mut journal, &bytes, length)?;
        let (there, taken) = (vec![None; pieces], vec![false; pieces]);
        let mut part = Self { file, journal, length, there, taken, front: 0 };
        part.take_up(&said(&bytes, length))?;
        Ok(part)
    }

    /// How many bytes are there as far as a journal says, without a look at the file.
    pub(crate) fn said_to_be_there(path: &Path, length: u64) -> u64 {
        let journal = std::fs::read(journal_of(path)).unwrap_or_default();
        let there = said(&journal, length).into_iter().enumerate();
        let there = there.filter(|(_, checksum)| checksum.is_some());
        there.map(|(piece, _)| span(piece, length)).map(|range| range.end - range.start).sum()
    }

    fn take_up(&mut self, said: &[Option<u32>]) -> io::Result<()> {
        let mut bytes = vec![0; PIECE];
        for (piece, checksum) in said.iter().enumerate() {
            let Some(checksum) = checksum else { continue };
            if self.checksum(piece, &mut bytes)? == *checksum {
                self.there[piece] = Some(*checksum);
            }
        }
        self.advance();
        Ok(())
    }

    fn checksum(&self, piece: usize, bytes: &mut [u8]) -> io::Result<u32> {
        let range = self.bytes_of(piece);
        let bytes = &mut bytes[..(range.end - range.start) as usize];
        read_at(&self.file, bytes, range.start)?;
        Ok(crc32fast::hash(bytes))
    }

    fn note(&mut self, piece: usize, checksum: u32) -> io::Result<()> {
        let number = piece as u32;
        let mut record = [0; RECORD];
        record[..4].copy_from_slice(&number.to_le_bytes());
        record[4..8].copy_from_slice(&checksum.to_le_bytes());
        record[8..].copy_from_slice(&(number ^ checksum).to_le_bytes());
        self.journal.write_all(&record)?;
        self.there[piece] = Some(checksum);
        self.advance();
        Ok(())
    }

    fn advance(&mut self) {
        while self.there.get(self.front).is_some_and(Option::is_some) {
            self.front += 1;
        }
    }

    /// Takes back what was said of a piece. The journal still says it, until it is fetched again.
    fn forget(&mut self, piece: usize) {
        self.there[piece] = None;
        self.front = self.front.min(piece);
    }

    pub(crate) fn bytes_of(&self, piece: usize) -> Range<u64> {
        span(piece, self.length)
    }

    /// How many bytes are there.
    pub(crate) fn bytes(&self) -> u64 {
        let there = (0..self.there.len()).filter(|piece| self.there[*piece].is_some());
        there.map(|piece| self.bytes_of(piece)).map(|range| range.end - range.start).sum()
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.there.iter().all(Option::is_some)
    }

    pub(crate) fn has(&self, piece: usize) -> bool {
        self.there.get(piece).is_some_and(Option::is_some)
    }

    /// How many bytes are there from the start without a gap.
    pub(crate) fn front(&self) -> u64 {
        self.length.min(self.front as u64 * PIECE as u64)
    }

    /// The file itself, to be read beside.
    pub(crate) fn reader(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// The next run of missing pieces that nobody fetches, at most so many. Whoever takes it gives back
    /// what he did not fetch.
    pub(crate) fn take(&mut self, most: usize) -> Option<Range<usize>> {
        let is_free = |piece: &usize| self.there[*piece].is_none() && !self.taken[*piece];
        let start = (0..self.there.len()).find(is_free)?;
        let run = (start..self.there.len()).take(most.max(1)).take_while(is_free).count();
        self.taken[start..start + run].fill(true);
        Some(start..start + run)
    }

    pub(crate) fn give_back(&mut self, pieces: Range<usize>) {
        self.taken[pieces].fill(false);
    }

    pub(crate) fn missing(&self) -> usize {
        self.there.iter().filter(|piece| piece.is_none()).count()
    }

    pub(crate) fn write(&mut self, piece: usize, bytes: &[u8]) -> io::Result<()> {
        let checksum = crc32fast::hash(bytes);
        write_at(&self.file, bytes, self.bytes_of(piece).start)?;
        self.note(piece, checksum)
    }

    /// Forgets the pieces that the disk has not kept: how many.
    pub(crate) fn forget_rotten(&mut self) -> io::Result<usize> {
        let mut bytes = vec![0; PIECE];
        let mut rotten = 0;
        for piece in 0..self.there.len() {
            if let Some(known) = self.there[piece]
                && self.checksum(piece, &mut bytes)? != known
            {
                self.forget(piece);
                rotten += 1;
            }
        }
        Ok(rotten)
    }

    /// Has every piece fetched again, because other ones came than should have.
    pub(crate) fn forget_all(&mut self) {
        (0..self.there.len()).for_each(|piece| self.forget(piece));
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()?;
        self.journal.sync_all()
    }
}

fn span(piece: usize, length: u64) -> Range<u64> {
    let start = piece as u64 * PIECE as u64;
    start..length.min(start + PIECE as u64)
}

/// Prepares a journal for more: what it says stays, so that a program which is killed while it looks at the
/// pieces loses none. Half a record goes, and so does all of a journal of another file.
fn go_on(journal: &mut File, bytes: &[u8], length: u64) -> io::Result<()> {
    let is_of_this =
        bytes.len() >= HEAD && bytes[..8] == *MAGIC && bytes[8..HEAD] == length.to_le_bytes();
    if is_of_this {
        let whole = HEAD + (bytes.len() - HEAD) / RECORD * RECORD;
        journal.set_len(whole as u64)?;
        journal.seek(SeekFrom::Start(whole as u64))?;
        return Ok(());
    }
    journal.set_len(0)?;
    journal.rewind()?;
    journal.write_all(MAGIC)?;
    journal.write_all(&length.to_le_bytes())
}

/// What a journal says, the last of each piece. Nothing where it is another file's; what is torn at its
/// end is left out.
fn said(journal: &[u8], length: u64) -> Vec<Option<u32>> {
    let mut said = vec![None; length.div_ceil(PIECE as u64) as usize];
    let Some((head, records)) = journal.split_at_checked(HEAD) else { return said };
    if head[..8] != *MAGIC || head[8..] != length.to_le_bytes() {
        return said;
    }
    for record in records.chunks_exact(RECORD) {
        let number = |at: usize| {
            u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]])
        };
        let (piece, checksum) = (number(0), number(4));
        if piece ^ checksum == number(8)
            && let Some(place) = said.get_mut(piece as usize)
        {
            *place = Some(checksum);
        }
    }
    said
}

#[cfg(unix)]
pub(crate) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
pub(crate) fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                at += read as u64;
            }
        }
    }
    Ok(())
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        bytes = &bytes[written..];
        at += written as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(piece: usize, length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * 7 + piece * 13) as u8).collect()
    }

    /// Three pieces, the last of which is short.
    fn part(folder: &Path) -> Part {
        Part::open(&folder.join("weights"), 2 * PIECE as u64 + 100).unwrap()
    }

    #[test]
    fn what_was_written_is_there_when_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = part(folder.path());
        assert_eq!((first.bytes(), first.is_whole(), first.missing()), (0, false, 3));
        first.write(2, &bytes(2, 100)).unwrap();
        first.write(0, &bytes(0, PIECE)).unwrap();
        drop(first);
        let mut again = part(folder.path());
        assert_eq!(again.bytes(), PIECE as u64 + 100);
        assert_eq!(again.front(), PIECE as u64);
        assert_eq!(again.take(9), Some(1..2));
        assert_eq!(again.take(9), None);
        again.give_back(1..2);
        assert_eq!(again.take(9), Some(1..2));
        again.write(1, &bytes(1, PIECE)).unwrap();
        assert!(again.is_whole() && part(folder.path()).is_whole());
    }

    #[test]
    fn a_piece_that_the_disk_lost_is_fetched_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = part(folder.path());
        for (piece, length) in [(0, PIECE), (1, PIECE), (2, 100)] {
            first.write(piece, &bytes(piece, length)).unwrap();
        }
        write_at(&first.file, &[1, 2, 3], PIECE as u64 + 7).unwrap();
        assert_eq!(first.forget_rotten().unwrap(), 1);
        assert_eq!(first.take(9), Some(1..2));
        drop(first);
        assert!(!part(folder.path()).has(1));
        // A journal that ends within a record, one that is another file's, and one that is none.
        let path = journal_of(&folder.path().join("weights"));
        let whole = std::fs::read(&path).unwrap();
        let check = |journal: &[u8], expected: usize| {
            std::fs::write(&path, journal).unwrap();
            assert_eq!(part(folder.path()).missing(), expected, "{} bytes", journal.len());
        };
        check(&whole[..whole.len() - 1], 2);
        // Nothing that it said is lost by only looking.
        check(&whole, 1);
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        check(&[&whole[..8], &7u64.to_le_bytes(), &whole[16..]].concat(), 3);
        check(b"", 3);
        check(b"something else entirely, and long enough", 3);
    }
}

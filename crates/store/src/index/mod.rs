//! The word index: which passages hold which words, and which names of files.
//!
//! Derived from the truth. It takes words as they were cut elsewhere and knows no language. Only
//! this module knows tantivy.

mod cursor;
mod directory;
mod error;
mod phrase;
mod plan;
mod query;
mod schema;
mod segment;
mod snapshot;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use kenning_domain::{ContentId, FileId, PassageId};
use tantivy::directory::{Directory, DirectoryLock, Lock};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy};

use crate::fail;
use crate::mark::Mark;
use directory::Folder;
pub use error::WordsError;
use error::{Result, guarded};
pub use query::{Entry, Hits, NameWord, Phrase, Possible, Scored, Word, WordQuery};
use schema::{Fields, schema, tokenizers};
pub use snapshot::WordsSnapshot;

/// How much memory new entries may take before they are written out.
const MEMORY: usize = 50_000_000;

/// Held by whoever writes, for as long as it does.
const LOCK: &str = ".kenning.lock";

/// How thoroughly an index is looked at when it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Its structure: a flipped bit within a segment goes unnoticed until `Words::verify`.
    Quick,
    /// The checksums of all files as well, which reads all of it.
    Full,
}

/// The index, and the only one who writes it. Readers take a `WordsSnapshot`.
pub struct Words {
    folder: PathBuf,
    fields: Fields,
    now: WordsSnapshot,
    reader: IndexReader,
    /// Nothing only while it is made anew or ends.
    writer: Option<IndexWriter>,
    /// Last, so that it is let go of when nothing is written any more.
    lock: Arc<DirectoryLock>,
}

impl Drop for Words {
    /// Its threads merge, and remove what nobody needs: whoever opens the folder next must not meet them.
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// An index that was opened, and what had to be done for that.
pub struct Opened {
    pub words: Words,
    /// Why what was there was thrown away. The index is then empty, without a mark.
    pub repair: Option<WordsError>,
}

impl Words {
    /// Opens the index in this folder, or makes one. What cannot be used is thrown away: it is
    /// derived, and to be filled anew from the truth.
    pub fn open(folder: &Path, check: Check) -> Result<Opened> {
        guarded(|| {
            fs::create_dir_all(folder)?;
            let lock = Lock { filepath: PathBuf::from(LOCK), is_blocking: false };
            let lock = Folder::open(folder, false)?.acquire_lock(&lock)?;
            let opened = guarded(|| Parts::open(folder, check));
            let (parts, repair) = match opened {
                Ok(Some(parts)) => (parts, None),
                Ok(None) => (Parts::make(folder)?, None),
                Err(damage @ WordsError::Damaged(_)) => (Parts::make(folder)?, Some(damage)),
                Err(other) => return Err(other),
            };
            Ok(Opened { words: Self::of(folder.to_owned(), parts, Arc::new(lock)), repair })
        })
    }

    fn of(folder: PathBuf, parts: Parts, lock: Arc<DirectoryLock>) -> Self {
        let Parts { fields, now, reader, writer } = parts;
        Self { folder, fields, now, reader, writer: Some(writer), lock }
    }

    fn writer(&mut self) -> Result<&mut IndexWriter> {
        self.writer.as_mut().ok_or_else(|| WordsError::Stopped("it was closed".to_owned()))
    }

    /// Waits until nothing is merged any more.
    fn end(&mut self) -> Result<()> {
        let writer = self.writer.take();
        guarded(|| Ok(writer.map_or(Ok(()), IndexWriter::wait_merging_threads)?))
    }

    /// Throws everything away: an empty index without a mark. Snapshots that were taken stay as they
    /// are. After an error it is to be opened anew.
    pub fn begin_anew(self) -> Result<Self> {
        let (folder, lock) = (self.folder.clone(), Arc::clone(&self.lock));
        // What goes wrong in its end goes with it.
        drop(self);
        guarded(|| Ok(Self::of(folder.clone(), Parts::make(&folder)?, lock)))
    }

    /// What was last committed.
    pub fn snapshot(&self) -> WordsSnapshot {
        self.now.clone()
    }

    /// Adds a passage, which must not be there: what its content had is removed before. Stems and
    /// exact words come in the order of the text, exact words with their positions.
    pub fn add<'a>(
        &mut self,
        passage: PassageId,
        stems: impl IntoIterator<Item = &'a str>,
        exact: impl IntoIterator<Item = (&'a str, u32)>,
    ) -> Result<()> {
        let entry = self.fields.passage(passage, stems, exact);
        guarded(|| Ok(self.writer()?.add_document(entry).map(drop)?))
    }

    /// Removes all passages of a content that were added so far.
    pub fn remove_content(&mut self, content: ContentId) -> Result<()> {
        let term = self.fields.of_content(content);
        guarded(|| {
            self.writer()?.delete_term(term);
            Ok(())
        })
    }

    /// Sets the words of a file's name, in place of those it had.
    pub fn put_name<'a>(
        &mut self,
        file: FileId,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        self.remove_name(file)?;
        let entry = self.fields.name(file, words);
        guarded(|| Ok(self.writer()?.add_document(entry).map(drop)?))
    }

    pub fn remove_name(&mut self, file: FileId) -> Result<()> {
        let term = self.fields.of_file(file);
        guarded(|| {
            self.writer()?.delete_term(term);
            Ok(())
        })
    }

    /// Makes what was written so far durable and visible, all of it or nothing.
    pub fn commit(&mut self, mark: Mark) -> Result<()> {
        guarded(|| {
            let mut commit = self.writer()?.prepare_commit()?;
            commit.set_payload(&payload(mark));
            fail::point("words.prepared");
            commit.commit()?;
            Ok(())
        })?;
        self.refresh(Some(mark))
    }

    /// Shows what merging has made of the segments since the last commit.
    pub fn reload(&mut self) -> Result<()> {
        let mark = self.now.mark();
        self.refresh(mark)
    }

    fn refresh(&mut self, mark: Option<Mark>) -> Result<()> {
        guarded(|| {
            self.reader.reload()?;
            let searcher = self.reader.searcher();
            self.now = WordsSnapshot::open(searcher, self.fields, mark, Some(&self.now))?;
            Ok(())
        })
    }

    /// Reads everything and compares it with its checksums.
    pub fn verify(&self) -> Result<()> {
        let writer = self.writer.as_ref();
        guarded(|| writer.map_or(Ok(()), |writer| verify(writer.index())))
    }

    /// Waits until segments are merged that are being merged. What was not committed is lost.
    pub fn close(mut self) -> Result<()> {
        self.end()
    }
}

/// The index for a process that only reads, while another may write. `None` where there is none.
pub fn read(folder: &Path) -> Result<Option<WordsSnapshot>> {
    guarded(|| {
        let Some((index, fields)) = open_index(folder, true)? else { return Ok(None) };
        // Read before the segments: they may be newer than the mark says, never older.
        let mark = mark_of(&index)?;
        let reader = reader_of(&index)?;
        WordsSnapshot::open(reader.searcher(), fields, mark, None).map(Some)
    })
}

struct Parts {
    fields: Fields,
    now: WordsSnapshot,
    reader: IndexReader,
    writer: IndexWriter,
}

impl Parts {
    fn open(folder: &Path, check: Check) -> Result<Option<Self>> {
        let Some((index, fields)) = open_index(folder, false)? else { return Ok(None) };
        if check == Check::Full {
            verify(&index)?;
        }
        Self::start(&index, fields).map(Some)
    }

    /// Makes an empty index where there may be the rest of another.
    fn make(folder: &Path) -> Result<Self> {
        empty(folder)?;
        fail::point("words.anew_emptied");
        let (schema, fields) = schema();
        let settings = IndexSettings {
            docstore_compression: tantivy::store::Compressor::None,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let builder = Index::builder().schema(schema).settings(settings).tokenizers(tokenizers());
        let index = builder.open_or_create(Folder::open(folder, false)?)?;
        Self::start(&index, fields)
    }

    fn start(index: &Index, fields: Fields) -> Result<Self> {
        let mark = mark_of(index)?;
        let reader = reader_of(index)?;
        let now = WordsSnapshot::open(reader.searcher(), fields, mark, None)?;
        let options = IndexWriterOptions::builder();
        let options = options.num_worker_threads(1).num_merge_threads(1);
        let writer = index.writer_with_options(options.memory_budget_per_thread(MEMORY).build())?;
        writer.set_merge_policy(Box::new(merging()));
        Ok(Self { fields, now, reader, writer })
    }
}

/// Segments grow fourfold from level to level, so that there are about twenty of them for a million
/// passages; a fifth of removed passages is reason enough to write a level anew.
fn merging() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(5);
    policy.set_level_log_size(2.0);
    policy.set_del_docs_ratio_before_merge(0.2);
    policy
}

/// `None` where there is no index.
fn open_index(folder: &Path, only_read: bool) -> Result<Option<(Index, Fields)>> {
    let directory = Folder::open(folder, only_read)?;
    if !Index::exists(&directory)? {
        return Ok(None);
    }
    // It says which files there are. Where it is missing the library takes it that there are none,
    // and has then nothing to verify.
    if !folder.join(".managed.json").exists() {
        return Err(WordsError::Damaged("the list of files is missing".to_owned()));
    }
    let mut index = Index::open(directory)?;
    let (expected, fields) = schema();
    if index.schema() != expected {
        return Err(WordsError::Damaged("it is of another version".to_owned()));
    }
    index.set_tokenizers(tokenizers());
    Ok(Some((index, fields)))
}

fn reader_of(index: &Index) -> Result<IndexReader> {
    Ok(index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?)
}

fn verify(index: &Index) -> Result<()> {
    let damaged = index.validate_checksum()?;
    match damaged.iter().min() {
        None => Ok(()),
        Some(first) => Err(WordsError::Damaged(format!("{} has changed", first.display()))),
    }
}

fn payload(mark: Mark) -> String {
    format!("{} {}", mark.epoch, mark.seq)
}

fn mark_of(index: &Index) -> Result<Option<Mark>> {
    let Some(payload) = index.load_metas()?.payload else { return Ok(None) };
    let mark = payload
        .split_once(' ')
        .and_then(|(epoch, seq)| Some(Mark { epoch: epoch.parse().ok()?, seq: seq.parse().ok()? }));
    mark.map(Some).ok_or_else(|| WordsError::Damaged("its mark cannot be read".to_owned()))
}

/// Removes everything but our own lock, which is held.
fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == LOCK {
            continue;
        }
        let removed = match entry.file_type()?.is_dir() {
            true => fs::remove_dir_all(entry.path()),
            false => fs::remove_file(entry.path()),
        };
        // What has gone by itself meanwhile is gone.
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

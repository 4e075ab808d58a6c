//! What is to be written into the truth next, and how it is written: many things in one transaction.

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kenning_documents::{Document, EXTRACTOR_VERSION, Offence as Charged};
use kenning_store::{
    Change, ContentHash, FileRecord, Metadata, Moment, NewContent, Offence, Place, Reason,
    StoreError,
};

use super::embedding::Embedding;
use super::readers::{Outcome, Reading};
use super::reasons;
use super::watching::{Changes, Watching};

pub(super) enum Note {
    Changes(Changes),
    Read(Reading),
    Embedded(Embedding),
}

/// Notes in the order in which they came.
#[derive(Default)]
pub(super) struct Notes {
    waiting: VecDeque<Note>,
    weight: usize,
    since: Option<Instant>,
    /// So many are written one by one, for one of them cannot be kept.
    one_by_one: usize,
}

/// As much goes into one transaction: each costs a wait for the disk.
const ENOUGH: usize = 64;
/// Nothing waits longer.
const LONGEST: Duration = Duration::from_millis(150);

impl Note {
    fn weight(&self) -> usize {
        match self {
            Self::Changes(changes) => 1 + changes.told.len() / 8,
            Self::Read(Reading { outcome: Outcome::Text { document, .. }, .. }) => {
                1 + document.text.len() / 0x4_0000
            }
            Self::Read(_) => 1,
            Self::Embedded(embedding) => 1 + embedding.vectors.len() / 8,
        }
    }

    fn must_come_first(&self) -> bool {
        matches!(self, Self::Changes(changes) if changes.end_a_walk())
    }
}

/// What notes are written with.
pub(super) struct Writing<'a> {
    pub watching: &'a Watching,
    pub first_retry: Duration,
    pub offenders: &'a HashSet<PathBuf>,
    pub now: Moment,
}

impl Notes {
    pub(super) fn push(&mut self, note: Note) {
        self.weight += note.weight();
        self.since.get_or_insert_with(Instant::now);
        self.waiting.push_back(note);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many batches of vectors are among them.
    pub(super) fn embeddings(&self) -> usize {
        self.waiting.iter().filter(|note| matches!(note, Note::Embedded(_))).count()
    }

    pub(super) fn is_enough(&self) -> bool {
        self.weight >= ENOUGH
    }

    /// When they are to be written at the latest.
    pub(super) fn due(&self) -> Option<Instant> {
        self.since.map(|since| since + LONGEST)
    }

    /// How many of the first ones may be written together.
    fn together(&self) -> usize {
        if self.one_by_one > 0 {
            return 1;
        }
        let mut weight = 0;
        let fitting = self.waiting.iter().enumerate().take_while(|(place, note)| {
            let fits = *place == 0 || (weight < ENOUGH * 4 && !note.must_come_first());
            weight += note.weight();
            fits
        });
        fitting.count()
    }

    /// The first ones that may be written together.
    pub(super) fn next(&self) -> impl ExactSizeIterator<Item = &Note> {
        self.waiting.range(..self.together().min(self.waiting.len()))
    }

    /// The first ones are in the truth.
    pub(super) fn written(&mut self, count: usize) -> Vec<Note> {
        self.one_by_one = self.one_by_one.saturating_sub(count);
        let written: Vec<Note> = self.waiting.drain(..count.min(self.waiting.len())).collect();
        self.weight -= written.iter().map(Note::weight).sum::<usize>();
        if self.waiting.is_empty() {
            self.since = None;
        }
        written
    }

    /// One of the first ones cannot be kept: where it stands alone it is given back.
    pub(super) fn one_is_unfit(&mut self, count: usize) -> Option<Note> {
        if count > 1 {
            self.one_by_one = count;
            return None;
        }
        self.written(1).pop()
    }
}

impl Writing<'_> {
    pub(super) fn write(&self, change: &mut Change<'_>, note: &Note) -> Result<(), StoreError> {
        match note {
            Note::Changes(changes) => self.watching.note(change, changes),
            Note::Read(reading) => self.note_reading(change, reading),
            Note::Embedded(embedding) => change.put_vectors(embedding.space, &embedding.vectors),
        }
    }

    fn note_reading(&self, change: &mut Change<'_>, read: &Reading) -> Result<(), StoreError> {
        let (file, stamp) = (read.file, &read.stamp);
        match &read.outcome {
            Outcome::Known(hash) => {
                change.file_has(file, stamp, *hash, EXTRACTOR_VERSION)?;
            }
            Outcome::Text { hash, document, passages } => {
                let metadata = metadata(document);
                let new = content(*hash, stamp.size, document, passages, &metadata);
                change.put_content(file, stamp, &new)?;
            }
            Outcome::Refused(reason) => {
                change.refused(file, stamp, reason, EXTRACTOR_VERSION)?;
            }
            Outcome::Failed(reason) => self.note_failure(change, read, reason)?,
            Outcome::Quarantined(reason) => {
                change.quarantined(file, stamp, reason, EXTRACTOR_VERSION)?;
            }
            Outcome::Changed(now) => {
                if let Some(known) = change.view().file(file)? {
                    change.see(Place::new(known.folder, &known.path), now)?;
                }
            }
            Outcome::Cancelled => return Ok(()),
        }
        match &read.offence {
            Some(charged) => change.put_offence(&kept(charged)),
            None if self.offenders.contains(&read.path) => change.forget_offence(&read.path),
            None => Ok(()),
        }
    }

    fn note_failure(
        &self,
        change: &mut Change<'_>,
        read: &Reading,
        reason: &Reason,
    ) -> Result<(), StoreError> {
        let file = change.view().file(read.file)?;
        let path = |file: &FileRecord| self.watching.path_of(file.folder, &file.path);
        if file.as_ref().and_then(path).is_some_and(|path| path != read.path) {
            // It was moved meanwhile, and is read where it is now.
            return Ok(());
        }
        let tries = file.map_or(0, |file| file.tries);
        let next = reasons::next_try(self.now, self.first_retry, tries);
        change.failed(read.file, &read.stamp, reason, next, EXTRACTOR_VERSION).map(drop)
    }
}

fn metadata(document: &Document) -> Metadata {
    let said = &document.metadata;
    Metadata {
        title: said.title.clone(),
        author: said.author.clone(),
        language: said.language.clone(),
        created: said.created.clone(),
        modified: said.modified.clone(),
        pages: said.pages,
    }
}

fn content<'a>(
    hash: ContentHash,
    bytes: u64,
    document: &'a Document,
    passages: &'a [kenning_domain::Passage],
    metadata: &'a Metadata,
) -> NewContent<'a> {
    NewContent {
        hash,
        bytes,
        format: &document.format,
        extractor: EXTRACTOR_VERSION,
        metadata,
        partial: document.partial.as_deref(),
        text: &document.text,
        passages,
    }
}

fn kept(charged: &Charged) -> Offence {
    let nanoseconds = |time: std::time::SystemTime| {
        let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_nanos()).ok()
    };
    Offence {
        path: charged.path.clone(),
        size: charged.size,
        modified: charged.modified.and_then(nanoseconds),
        extractor: charged.extractor,
        kills: charged.kills,
        reason: charged.reason.clone(),
    }
}

/// As the pool takes it.
pub(super) fn charged(kept: Offence) -> Charged {
    let since = |nanoseconds: i64| {
        let since = Duration::from_nanos(u64::try_from(nanoseconds).ok()?);
        std::time::UNIX_EPOCH.checked_add(since)
    };
    Charged {
        path: kept.path,
        size: kept.size,
        modified: kept.modified.and_then(since),
        extractor: kept.extractor,
        kills: kept.kills,
        reason: kept.reason,
    }
}

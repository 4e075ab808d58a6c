//! Stands in for what keeps words and codes in step with the truth.

use std::path::Path;
use std::sync::{Arc, RwLock};

use kenning_domain::{ContentId, SpaceId};
use kenning_search::calibration::Calibration;
use kenning_search::library::{Catalogue, Snapshot};
use kenning_store::index::{Check, Words, WordsError};
use kenning_store::{Reader, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error(transparent)]
    Words(#[from] WordsError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flush {
    WhenDue,
    Now,
}

#[derive(Default)]
pub(super) struct Progress {
    pub caught_up: bool,
    pub unshown: bool,
    pub damaged: Vec<ContentId>,
}

pub(super) struct Derived {
    words: Words,
    seq: i64,
    catalogue: Arc<RwLock<Catalogue>>,
}

impl Derived {
    pub(super) fn open(
        folder: &Path,
        _: &mut Reader,
        _: &[(SpaceId, Arc<Calibration>)],
    ) -> Result<(Self, Vec<()>), LibraryError> {
        let words = Words::open(&folder.join("words"), Check::Quick)?.words;
        Ok((Self { words, seq: 0, catalogue: Arc::default() }, Vec::new()))
    }

    pub(super) fn set_calibration(&mut self, _: SpaceId, _: Arc<Calibration>) {}

    pub(super) fn catch_up(
        &mut self,
        truth: &mut Reader,
        _: &dyn Fn() -> bool,
        flush: Flush,
    ) -> Result<Progress, LibraryError> {
        self.seq = truth.read(|view| view.seq())?;
        Ok(Progress { caught_up: true, unshown: flush != Flush::Now, damaged: Vec::new() })
    }

    pub(super) fn durable(&self) -> i64 {
        self.seq
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let catalogue = Arc::clone(&self.catalogue);
        Snapshot { words: self.words.snapshot(), meaning: None, catalogue }
    }

    pub(super) fn close(self) -> Result<(), LibraryError> {
        Ok(self.words.close()?)
    }
}

/// What another process has derived, as far as it has written it down.
pub(super) fn read(folder: &Path) -> Result<Option<Snapshot>, LibraryError> {
    let words = kenning_store::index::read(&folder.join("words"))?;
    Ok(words.map(|words| Snapshot { words, meaning: None, catalogue: Arc::default() }))
}

//! What a library is seen as by who only reads it, while another program may write: looked at when it is
//! opened, and again when something has changed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kenning_search::library::Derived;
use kenning_store::{Reader as TruthReader, StoreError};

use super::LibraryError;
use super::board::Shown;
use super::model::Model;
use super::opening::{calibrations, shown};

/// Words are shown this much later than they stand in the truth, or a little less.
const WORDS_FOLLOW: Duration = Duration::from_secs(2);
/// After each look so many times as long as it took is not looked again: a large library that is being
/// filled would keep who asks it waiting for nothing else.
const PAUSES: u32 = 9;

pub(super) struct Looking {
    folder: PathBuf,
    models: Vec<Arc<Model>>,
    truth: TruthReader,
    /// The truth's version when it was looked at last.
    seen: Option<i64>,
    /// When to look again though the truth has not changed, because words are to follow it.
    again_at: Option<Instant>,
    pause_until: Instant,
}

impl Looking {
    pub(super) fn new(folder: &Path, models: Vec<Arc<Model>>, truth: TruthReader) -> Self {
        let (seen, again_at) = (None, None);
        Self { folder: folder.into(), models, truth, seen, again_at, pause_until: Instant::now() }
    }

    /// What there is to be seen now.
    pub(super) fn look(&mut self) -> Result<Shown, LibraryError> {
        let began = Instant::now();
        let version = self.truth.version()?;
        let looked = self.look_at(version);
        self.pause_until = Instant::now() + PAUSES * began.elapsed();
        looked
    }

    /// The same if it is something else than what was seen. Where that goes wrong, such as while the
    /// writer begins its index anew, what was seen before goes on to answer.
    pub(super) fn look_again(&mut self) -> Option<Shown> {
        let now = Instant::now();
        if now < self.pause_until {
            return None;
        }
        let is_other = self.truth.version().ok().is_some_and(|version| self.seen != Some(version));
        let is_due = self.again_at.is_some_and(|due| due <= now);
        (is_other || is_due).then(|| self.look().ok()).flatten()
    }

    fn look_at(&mut self, version: i64) -> Result<Shown, LibraryError> {
        let answering = self.truth.read(|view| view.answering())?;
        let of_space = |model: &Arc<Model>| {
            let space = answering.as_ref().filter(|space| space.definition == model.definition)?;
            Some((space.id, Arc::clone(model)))
        };
        let models: Vec<_> = self.models.iter().filter_map(of_space).collect();
        let missing = || StoreError::Missing { file: self.folder.join("words") };
        let calibrations = calibrations(&models, &mut self.truth)?;
        let snapshot = Derived::look(&self.folder, &mut self.truth, &calibrations)?;
        let snapshot = snapshot.ok_or_else(missing)?;
        let is_new = self.seen.replace(version) != Some(version);
        let newest = self.truth.read(|view| view.seq())?;
        let is_behind =
            snapshot.words.mark().is_none_or(|mark| i64::try_from(mark.seq) != Ok(newest));
        self.again_at = (is_new && is_behind).then(|| Instant::now() + WORDS_FOLLOW);
        shown(snapshot, &mut self.truth, models)
    }
}

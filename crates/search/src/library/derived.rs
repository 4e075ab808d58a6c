//! What is derived from the truth, kept in step with it: the word index, the dense codes and the
//! catalogue. Each follows the truth's log from where it stands itself, and is filled anew from the
//! truth where it has nothing to go on from, a part at a time.

mod anew;
mod codes;
mod looking;
mod means;
mod replay;
mod shifted;
#[cfg(test)]
mod tests;
mod verify;
mod words;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use kenning_domain::{ContentId, FolderId, SpaceId};
use kenning_store::{Changes, Content, Reader, StoreError, View};

pub use verify::Difference;

use super::catalogue::Catalogue;
use super::error::LibraryError;
use super::{Snapshot, describe};
use crate::calibration::Calibration;
use codes::KeptCodes;
use words::KeptWords;

/// Changes that are read at once; what is asked between them waits so long.
const CHANGES_AT_ONCE: usize = 256;
/// Contents that are filled in at once, and bytes of their texts.
const CONTENTS_AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 1 << 21;
/// More texts than these are not rotten one by one: the whole database is to be looked at.
const MOST_DAMAGED: usize = 16;

/// The only one who writes what is derived. Searches take a [`Snapshot`].
pub struct Derived {
    epoch: u64,
    words: KeptWords,
    codes: KeptCodes,
    catalogue: Arc<RwLock<Catalogue>>,
    /// Changes up to this one are in the catalogue.
    described: i64,
    folders: Vec<(FolderId, PathBuf)>,
    /// Met in vectors, and to be told when everything else is done.
    damage: Option<LibraryError>,
}

/// When words that were put into the index are shown, which costs some milliseconds and a part of
/// the index, to be merged later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// About a second after they came.
    WhenDue,
    Now,
}

/// What was thrown away, and why. It is filled anew by [`Derived::catch_up`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repaired {
    Words { why: String },
    Codes { why: String },
}

/// How far the derived is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Everything of the truth is in it, shown or not.
    pub caught_up: bool,
    /// How many changes are to be taken in still.
    pub behind: u64,
    /// The word index is being filled from the truth, and does not have everything yet.
    pub filling_words: bool,
    /// Codes are being made. Where others answer meanwhile, searches miss nothing.
    pub building_codes: bool,
    /// Words were put in that are not shown yet: ask again within a second.
    pub unshown: bool,
    /// Texts that have rotted and are left out; the truth is to be told to distrust them.
    pub damaged: Vec<ContentId>,
    pub repaired: Vec<Repaired>,
}

impl Derived {
    /// Opens what lies in the data folder. What does not fit the truth is thrown away, and filled
    /// anew by [`Derived::catch_up`], which is to be called next: until then nothing has been
    /// replayed. `calibrations` are those known of models whose space may answer.
    pub fn open(
        folder: &Path,
        truth: &mut Reader,
        calibrations: &[(SpaceId, Arc<Calibration>)],
    ) -> Result<(Self, Vec<Repaired>), LibraryError> {
        let calibrations: HashMap<_, _> = calibrations.iter().cloned().collect();
        reading(truth, |view| {
            let epoch = epoch_of(view)?;
            let (words, of_words) = KeptWords::open(folder, epoch, view)?;
            let mut codes = KeptCodes::new(folder, epoch, calibrations);
            let of_codes = codes.follow(view)?;
            let catalogue = Arc::new(RwLock::new(describe::all(view)?));
            let described = view.seq()?;
            let folders = folders(view)?;
            let damage = None;
            let derived = Self { epoch, words, codes, catalogue, described, folders, damage };
            Ok((derived, of_words.into_iter().chain(of_codes).collect()))
        })
    }

    /// What is taken out of the vectors of a space's model. Codes that were made with another one
    /// are made anew by and by, and answer until then.
    pub fn set_calibration(&mut self, space: SpaceId, calibration: Arc<Calibration>) {
        self.codes.set_calibration(space, calibration);
    }

    /// Takes in what has changed in the truth, as long as there is more time; asked every few
    /// milliseconds. After an error it may be called again, and what was lost by it is made up for;
    /// after damage to vectors it goes on without meaning, until the next start.
    pub fn catch_up(
        &mut self,
        truth: &mut Reader,
        more_time: &dyn Fn() -> bool,
        flush: Flush,
    ) -> Result<Progress, LibraryError> {
        let done = reading(truth, |view| self.follow(view, more_time, flush));
        match &done {
            Err(_) => self.words.distrust(),
            Ok(progress) => {
                if let Some(damaged) = progress.damaged.first() {
                    // Read once more, so that the truth notes that damage was met.
                    let _ = truth.read(|view| view.content(*damaged).map(drop));
                }
            }
        }
        done
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            words: self.words.snapshot(),
            meaning: self.codes.snapshot(),
            catalogue: self.catalogue.clone(),
        }
    }

    /// Changes up to this one need not be told again, whatever happens: the truth may forget them.
    pub fn durable(&self) -> i64 {
        self.codes.durable().map_or(self.words.durable, |codes| codes.min(self.words.durable))
    }

    /// Compares the files of the word index with their checksums, which reads all of them. An index
    /// that has rotted is thrown away, and filled anew by [`Derived::catch_up`].
    pub fn look_through(&mut self, truth: &mut Reader) -> Result<Option<Repaired>, LibraryError> {
        reading(truth, |view| self.words.look_through(view))
    }

    /// Writes what is not written yet. Without it nothing is lost either, but the next start has
    /// more to do.
    pub fn close(mut self) -> Result<(), LibraryError> {
        let saved = self.codes.save();
        self.words.close()?;
        saved
    }

    fn follow(
        &mut self,
        view: &View<'_>,
        more_time: &dyn Fn() -> bool,
        flush: Flush,
    ) -> Result<Progress, LibraryError> {
        let mut progress = Progress::default();
        self.keep_epoch(view)?;
        progress.repaired.extend(self.words.recover(view)?);
        progress.repaired.extend(self.codes.follow(view)?);
        let mut batch = Batch::default();
        loop {
            let replayed = self.replay_some(view, &mut batch)?;
            self.words.fill(view, &mut batch)?;
            let built = self.codes.build_on(view);
            self.noting_damage(built)?;
            if replayed == 0 && !self.words.is_filling() && !self.codes.is_building() {
                self.codes.refine();
                progress.caught_up = !self.codes.is_building();
            }
            self.words.commit_when_due()?;
            if progress.caught_up || !more_time() {
                break;
            }
        }
        self.follow_folders(view)?;
        if flush == Flush::Now || self.damage.is_some() {
            self.words.commit()?;
        }
        if let Some(damage) = self.damage.take() {
            return Err(damage);
        }
        self.codes.save_when_due()?;
        progress.behind = view.seq()?.abs_diff(self.position());
        progress.filling_words = self.words.is_filling();
        progress.building_codes = self.codes.is_building();
        progress.unshown = self.words.is_unshown();
        progress.damaged = batch.damaged;
        Ok(progress)
    }

    /// Vectors that have rotted end the search by meaning, and nothing else.
    fn noting_damage(&mut self, done: Result<(), LibraryError>) -> Result<(), LibraryError> {
        match done {
            Err(damage) if damage.is_damage() => {
                self.codes.stop();
                self.damage.get_or_insert(damage);
                Ok(())
            }
            other => other,
        }
    }

    /// Begins anew where the truth was.
    fn keep_epoch(&mut self, view: &View<'_>) -> Result<(), LibraryError> {
        let epoch = epoch_of(view)?;
        if epoch != self.epoch {
            self.epoch = epoch;
            self.words.set_epoch(epoch);
            self.words.begin_anew(view)?;
            self.codes.set_epoch(epoch);
            self.describe_anew(view)?;
        }
        Ok(())
    }

    /// Up to here every part has everything.
    fn position(&self) -> i64 {
        let both = self.words.seq.min(self.described);
        self.codes.wants_since().map_or(both, |codes| codes.min(both))
    }

    fn describe_anew(&mut self, view: &View<'_>) -> Result<(), LibraryError> {
        let fresh = describe::all(view)?;
        *self.catalogue() = fresh;
        self.described = view.seq()?;
        self.folders = folders(view)?;
        Ok(())
    }

    /// Folders come and go without an entry in the log.
    fn follow_folders(&mut self, view: &View<'_>) -> Result<(), LibraryError> {
        let folders = folders(view)?;
        if folders != self.folders {
            self.catalogue().set_folders(folders.iter().cloned());
            self.folders = folders;
        }
        Ok(())
    }

    fn catalogue(&self) -> RwLockWriteGuard<'_, Catalogue> {
        // Whoever panicked while writing has left at most one content half described.
        self.catalogue.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Contents that are read one after another: how many at once, and which of them have rotted.
#[derive(Default)]
struct Batch {
    contents: usize,
    bytes: usize,
    damaged: Vec<ContentId>,
}

impl Batch {
    fn begin(&mut self) {
        (self.contents, self.bytes) = (0, 0);
    }

    fn has_room(&self) -> bool {
        self.contents < CONTENTS_AT_ONCE && self.bytes < BYTES_AT_ONCE
    }

    /// `None` for a content that is no more, and for one that has rotted.
    fn content(&mut self, view: &View<'_>, id: ContentId) -> Result<Option<Content>, StoreError> {
        match view.content(id) {
            Ok(content) => {
                self.contents += 1;
                self.bytes += content.as_ref().map_or(0, |content| content.text.len());
                Ok(content)
            }
            Err(error) if error.is_damage() && self.damaged.len() < MOST_DAMAGED => {
                self.damaged.push(id);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// A view in which what is derived can go wrong too.
fn reading<T>(
    truth: &mut Reader,
    work: impl FnOnce(&View<'_>) -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    truth.read(|view| match work(view) {
        Ok(done) => Ok(Ok(done)),
        Err(LibraryError::Truth(error)) => Err(error),
        Err(other) => Ok(Err(other)),
    })?
}

/// Half of the truth's epoch is enough to tell truths apart. Never zero, which no truth has.
fn epoch_of(view: &View<'_>) -> Result<u64, StoreError> {
    let epoch = u128::from_le_bytes(view.epoch()?);
    Ok((epoch as u64 ^ (epoch >> 64) as u64).max(1))
}

/// Whether the log goes back to this change.
fn knows(view: &View<'_>, seq: u64) -> Result<bool, StoreError> {
    let Ok(seq) = i64::try_from(seq) else { return Ok(false) };
    Ok(matches!(view.changes_since(seq, 0)?, Changes::Known(_)))
}

fn folders(view: &View<'_>) -> Result<Vec<(FolderId, PathBuf)>, StoreError> {
    Ok(view.folders()?.into_iter().map(|folder| (folder.id, folder.path)).collect())
}

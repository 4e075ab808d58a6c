//! Replaying the truth's log: what each change means for each part that has not heard of it.

use std::collections::{BTreeSet, HashSet};

use kenning_domain::{ContentId, SpaceId};
use kenning_store::{Changes, Logged, View};

use super::super::catalogue::{Catalogue, Described, FileDescribed};
use super::super::describe;
use super::super::error::LibraryError;
use super::{Batch, CHANGES_AT_ONCE, Derived};

impl Derived {
    /// Replays the next changes, and says how many there were.
    pub(super) fn replay_some(
        &mut self,
        view: &View<'_>,
        batch: &mut Batch,
    ) -> Result<usize, LibraryError> {
        let position = self.position();
        match view.changes_since(position, CHANGES_AT_ONCE)? {
            Changes::Known(changes) => {
                self.replay(view, &changes, batch)?;
                Ok(changes.len())
            }
            Changes::Forgotten => {
                if self.words.seq == position {
                    self.words.begin_anew(view)?;
                }
                if self.codes.wants_since() == Some(position) {
                    self.codes.begin_anew(view)?;
                }
                if self.described == position {
                    self.describe_anew(view)?;
                }
                Ok(1)
            }
        }
    }

    fn replay(
        &mut self,
        view: &View<'_>,
        changes: &[(i64, Logged)],
        batch: &mut Batch,
    ) -> Result<(), LibraryError> {
        let Some(&(last, _)) = changes.last() else { return Ok(()) };
        let mut page = Page::default();
        for &(seq, change) in changes {
            let place = Place {
                words: seq > self.words.seq,
                codes: self.codes.wants_since().is_some_and(|since| seq > since),
                catalogue: seq > self.described,
            };
            self.replay_one(view, change, place, &mut page, batch)?;
        }
        for (space, content) in page.vectors {
            let put = self.codes.put(view, space, content);
            self.noting_damage(put)?;
        }
        let mut catalogue = self.catalogue();
        for update in page.updates {
            update.apply(&mut catalogue);
        }
        drop(catalogue);
        self.words.seq = self.words.seq.max(last);
        self.codes.seq = self.codes.seq.max(last);
        self.described = self.described.max(last);
        Ok(())
    }

    fn replay_one(
        &mut self,
        view: &View<'_>,
        change: Logged,
        place: Place,
        page: &mut Page,
        batch: &mut Batch,
    ) -> Result<(), LibraryError> {
        match change {
            Logged::ContentAdded(id) if place.words || place.catalogue => {
                let Some(content) = batch.content(view, id)? else { return Ok(()) };
                if place.words {
                    self.words.add(&content)?;
                }
                if place.catalogue && page.described.insert(id) {
                    page.updates.push(Update::Put(id, describe::one(view, &content)?));
                }
            }
            Logged::ContentRemoved(id) => {
                if place.words {
                    self.words.remove(id)?;
                }
                if place.codes {
                    self.codes.remove(id);
                }
                if place.catalogue {
                    page.updates.push(Update::Remove(id));
                }
            }
            Logged::ContentFilesChanged(id) if place.catalogue && page.described.insert(id) => {
                page.updates.push(Update::Files(id, describe::files(view, id)?));
            }
            Logged::NameChanged(id) if place.words => match view.file(id)? {
                Some(file) => self.words.put_name(&file)?,
                None => self.words.remove_name(id)?,
            },
            Logged::NameRemoved(id) if place.words => self.words.remove_name(id)?,
            Logged::VectorsAdded { space, content } if place.codes => {
                page.vectors.insert((space, content));
            }
            _ => {}
        }
        Ok(())
    }
}

/// Which parts have not heard of a change yet.
#[derive(Clone, Copy)]
struct Place {
    words: bool,
    codes: bool,
    catalogue: bool,
}

/// What some changes amount to together.
#[derive(Default)]
struct Page {
    updates: Vec<Update>,
    /// Contents whose files are in `updates` as they are now.
    described: HashSet<ContentId>,
    vectors: BTreeSet<(SpaceId, ContentId)>,
}

enum Update {
    Put(ContentId, Described),
    Files(ContentId, Vec<FileDescribed>),
    Remove(ContentId),
}

impl Update {
    fn apply(self, catalogue: &mut Catalogue) {
        match self {
            Self::Put(id, described) => catalogue.put(id, described),
            Self::Files(id, files) => catalogue.set_files(id, files),
            Self::Remove(id) => catalogue.remove(id),
        }
    }
}

//! What the librarian shows: everybody reads it, only the librarian changes it, and always all at once.

use std::sync::{Arc, PoisonError, RwLock};

use kenning_domain::SpaceId;
use kenning_search::library::Snapshot;

use super::model::Model;
use super::progress::Progress;
use super::watching::WatchedFolder;

#[derive(Clone)]
pub(super) struct Shown {
    pub snapshot: Snapshot,
    pub progress: Progress,
    pub folders: Vec<WatchedFolder>,
    /// The models of spaces that answer or are being filled.
    pub models: Vec<(SpaceId, Arc<Model>)>,
}

pub(super) struct Board(RwLock<Arc<Shown>>);

impl Board {
    pub(super) fn new(shown: Shown) -> Self {
        Self(RwLock::new(Arc::new(shown)))
    }

    pub(super) fn read(&self) -> Arc<Shown> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn show(&self, shown: Shown) {
        let shown = Arc::new(shown);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = shown;
    }
}

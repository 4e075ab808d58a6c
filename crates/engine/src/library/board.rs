//! What the librarian shows: everybody reads it, only the librarian changes it, and always all at once.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use kenning_domain::SpaceId;
use kenning_search::library::Snapshot;

use super::looking::Looking;
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

pub(super) struct Board {
    shown: RwLock<Arc<Shown>>,
    /// Where there is no librarian: who looks for himself.
    looking: Option<Mutex<Looking>>,
}

impl Board {
    pub(super) fn new(shown: Shown) -> Self {
        Self { shown: RwLock::new(Arc::new(shown)), looking: None }
    }

    pub(super) fn looking(shown: Shown, looking: Looking) -> Self {
        Self { looking: Some(Mutex::new(looking)), ..Self::new(shown) }
    }

    pub(super) fn read(&self) -> Arc<Shown> {
        // Where another thread looks at this moment, what was seen before is new enough.
        if let Some(looking) = &self.looking
            && let Ok(mut looking) = looking.try_lock()
            && let Some(newer) = looking.look_again()
        {
            self.show(newer);
        }
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn show(&self, shown: Shown) {
        let shown = Arc::new(shown);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
    }
}

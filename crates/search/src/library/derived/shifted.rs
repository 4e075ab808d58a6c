//! The codes of one space: a vector without what its language put on it, rounded to bytes.

use std::sync::Arc;

use kenning_domain::ContentId;
use kenning_store::codes::{Codes, CodesError, SpaceKey};
use kenning_store::{Space, StoreError, VectorRow, View};

use super::super::error::LibraryError;
use super::means::Means;
use crate::calibration::Calibration;

/// The codes of a space, and what was taken out of them.
pub(super) struct Shifted {
    pub space: Space,
    pub base: Arc<Calibration>,
    pub means: Means,
    pub calibration: Arc<Calibration>,
    pub codes: Codes,
}

impl Shifted {
    pub fn new(space: Space, base: Arc<Calibration>, means: Means) -> Self {
        let codes = Codes::new(base.kept());
        let calibration = Arc::new(base.refined(&means.of));
        Self { space, base, means, calibration, codes }
    }

    pub fn set_means(&mut self, means: Means) {
        self.calibration = Arc::new(self.base.refined(&means.of));
        self.means = means;
    }

    /// What decides what the rows are. The means are in it without the epoch, which the mark has.
    pub fn key(&self) -> SpaceKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.space.definition.len() as u64).to_le_bytes());
        hasher.update(self.space.definition.as_bytes());
        hasher.update(&self.base.to_bytes());
        hasher.update(&(self.base.kept() as u64).to_le_bytes());
        hasher.update(&self.means.to_bytes(0, self.space.dimensions));
        *hasher.finalize().as_bytes()
    }

    pub fn put(&mut self, view: &View<'_>, content: ContentId) -> Result<(), LibraryError> {
        let space = self.space.id;
        self.take_in(|take| view.vectors_of(space, content, take))
    }

    /// Takes in the vectors that `read` hands over.
    pub fn take_in<T>(
        &mut self,
        read: impl FnOnce(&mut dyn FnMut(VectorRow<'_>)) -> Result<T, StoreError>,
    ) -> Result<T, LibraryError> {
        let mut pushed: Result<(), CodesError> = Ok(());
        let mut vector = Vec::new();
        let done = read(&mut |row: VectorRow<'_>| {
            // A vector never changes, and what a long document has so far comes again with each part.
            if pushed.is_ok() && !self.codes.has(row.passage) {
                vector.clear();
                vector.extend_from_slice(row.vector);
                self.calibration.shift_document(row.language, &mut vector);
                pushed = self.codes.push(row.passage, &vector);
            }
        })?;
        pushed?;
        Ok(done)
    }
}

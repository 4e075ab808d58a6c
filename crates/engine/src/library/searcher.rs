//! What a thread searches with: what is found, the truth to show it from, and the model to ask with.

use std::sync::Arc;

use kenning_domain::{Embed, SpaceId};
use kenning_search::calibration::{Calibration, Portions};
use kenning_search::library::Snapshot;
use kenning_store::{Reader as TruthReader, View};

use super::LibraryError;
use super::board::Board;
use super::model::{Model, NotLoaded};

/// One for each thread. What it finds is never behind by more than a moment.
pub struct Searcher {
    board: Arc<Board>,
    /// For the texts of what is found.
    pub truth: TruthReader,
}

impl Searcher {
    pub(super) fn new(board: Arc<Board>, truth: TruthReader) -> Self {
        Self { board, truth }
    }

    /// All that one search looks into.
    pub fn snapshot(&self) -> Snapshot {
        self.board.read().snapshot.clone()
    }

    /// The model whose vectors a space holds, loaded where it is not; `None` where there is no model.
    pub fn embedder(&self, space: SpaceId) -> Result<Option<Arc<dyn Embed>>, NotLoaded> {
        let Some(model) = self.model(space) else { return Ok(None) };
        Ok(Some(Arc::clone(&model.loaded()?.embed)))
    }

    /// The same, if it is in memory now: words need not wait for it.
    pub fn embedder_if_loaded(&self, space: SpaceId) -> Option<Arc<dyn Embed>> {
        Some(Arc::clone(&self.model(space)?.if_loaded()?.embed))
    }

    /// What was measured of a space's model, without what the library's own vectors say; `None` where
    /// that is still to be done.
    pub fn calibration(&self, space: SpaceId) -> Option<Calibration> {
        self.model(space)?.calibration()
    }

    /// All that a search looks into, with other portions taken out of the vectors, to measure what they
    /// are worth. `refines`: whether the library's own vectors have a say in what they are taken of.
    pub fn snapshot_with(
        &mut self,
        portions: Portions,
        refines: bool,
    ) -> Result<Snapshot, LibraryError> {
        let mut snapshot = self.snapshot();
        if let Some(meaning) = &snapshot.meaning
            && let Some(measured) = self.calibration(meaning.space)
        {
            let measured = measured.with_portions(portions);
            let read = |view: &View<'_>| Ok(meaning.with_calibration(&measured, refines, view));
            snapshot.meaning = Some(self.truth.read(read)??);
        }
        Ok(snapshot)
    }

    fn model(&self, space: SpaceId) -> Option<Arc<Model>> {
        let shown = self.board.read();
        let model = shown.models.iter().find(|(id, _)| *id == space);
        model.map(|(_, model)| Arc::clone(model))
    }
}

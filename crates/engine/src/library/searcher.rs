//! What a thread searches with: what is found, the truth to show it from, and the model to ask with.

use std::sync::Arc;

use kenning_domain::{Embed, SpaceId};
use kenning_search::library::Snapshot;
use kenning_store::Reader as TruthReader;

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

    fn model(&self, space: SpaceId) -> Option<Arc<Model>> {
        let shown = self.board.read();
        let model = shown.models.iter().find(|(id, _)| *id == space);
        model.map(|(_, model)| Arc::clone(model))
    }
}

//! The model that reads the best hits again, loaded when it is first asked for and kept until it is wanted no more.

use std::sync::Arc;

use kenning_engine::{DevicePreference, Reranker};

use super::{Desk, lock};
use crate::error::{Problem, ProblemCode};

pub(super) struct Loaded {
    name: String,
    model: Arc<Reranker>,
}

impl Desk {
    /// The first that is installed.
    pub(super) fn reranker_name(&self) -> Option<String> {
        self.models.reranker_name()
    }

    /// Loaded where it is not yet, which takes seconds for a large one. `None` where none is installed.
    pub(super) fn reranker(&self) -> Result<Option<Arc<Reranker>>, Problem> {
        let Some(name) = self.reranker_name() else { return Ok(None) };
        let mut loaded = lock(&self.reranker);
        if let Some(loaded) = loaded.as_ref().filter(|loaded| loaded.name == name) {
            return Ok(Some(Arc::clone(&loaded.model)));
        }
        let opened = self.models.reranker(Some(&name), DevicePreference::default());
        let opened = opened
            .map_err(|error| Problem { code: ProblemCode::Model, message: error.to_string() })?;
        let model = Arc::new(opened.model);
        *loaded = Some(Loaded { name, model: Arc::clone(&model) });
        Ok(Some(model))
    }

    pub(super) fn forget_reranker(&self) {
        *lock(&self.reranker) = None;
    }
}

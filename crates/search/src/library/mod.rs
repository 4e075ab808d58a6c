//! What a search looks into: everything that is derived from the truth, as it stood at one moment.

mod catalogue;
mod derived;
mod describe;
mod error;

use std::sync::{Arc, RwLock};

use kenning_domain::SpaceId;
use kenning_store::codes::CodesSnapshot;
use kenning_store::index::WordsSnapshot;

pub use catalogue::{Catalogue, Described, FileDescribed};
pub use derived::{Derived, Difference, Flush, Progress, Repaired};
pub use error::LibraryError;

use crate::calibration::Calibration;

/// All that one search looks into. Cheap to copy; words and codes stay as they were when it was taken.
#[derive(Clone)]
pub struct Snapshot {
    pub words: WordsSnapshot,
    /// `None` until a model's space answers.
    pub meaning: Option<Meaning>,
    pub catalogue: Arc<RwLock<Catalogue>>,
}

/// The vectors of the space that answers, without what languages put on them.
#[derive(Clone)]
pub struct Meaning {
    /// A query is to be embedded by the model of this space. When another space is told to answer,
    /// this one stays until the other's codes are made.
    pub space: SpaceId,
    pub codes: CodesSnapshot,
    /// What was taken out of the codes, and is to be taken out of a query.
    pub calibration: Arc<Calibration>,
}

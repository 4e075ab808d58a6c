//! What can go wrong with a library, each with what to do.

use std::io;
use std::path::PathBuf;

use kenning_domain::{FolderId, ModelError};
use kenning_store::StoreError;
use kenning_watch::StartError;

use super::model::NotLoaded;
use crate::models::ModelsError;

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error(transparent)]
    Store(#[from] StoreError),

    #[error(transparent)]
    Derived(#[from] kenning_search::library::LibraryError),

    #[error(transparent)]
    Models(#[from] ModelsError),

    #[error(transparent)]
    NotLoaded(#[from] NotLoaded),

    #[error(transparent)]
    Model(#[from] ModelError),

    #[error(transparent)]
    Watch(#[from] StartError),

    #[error("{} is no folder: name one that is there", .0.display())]
    NotAFolder(PathBuf),

    #[error("{} lies in no watched folder: add its folder first", .0.display())]
    NotWatched(PathBuf),

    #[error("there is no watched folder with the number {0}")]
    UnknownFolder(FolderId),

    /// It was opened to be read only, or because another program writes.
    #[error("nothing can be changed here: {0}")]
    ReadOnly(String),

    #[error(
        "{0} was not trained to do with the first numbers of its vectors: take it without --dims"
    )]
    WholeOnly(String),

    #[error("of a vector of {model} at least {fewest} numbers are kept, and at most its {all}")]
    Numbers { model: String, fewest: usize, all: usize },

    #[error(
        "models are compared by headings and titles, and only {found} questions could be made of those of this library: {fewest} are needed"
    )]
    TooLittleToCompare { fewest: usize, found: usize },

    #[error("it was stopped")]
    Stopped,

    #[error("no thread could be started ({0}): close other programs, then try again")]
    Thread(#[from] io::Error),

    #[error("the library has been closed: open it again")]
    Closed,
}

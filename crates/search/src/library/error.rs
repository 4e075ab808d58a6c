//! What can go wrong with what is derived from the truth.

use std::io;
use std::path::PathBuf;

use kenning_store::codes::CodesError;
use kenning_store::index::WordsError;
use kenning_store::{StoreError, tells_of_a_full_disk};

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error(transparent)]
    Truth(#[from] StoreError),
    /// The index is opened anew when it is next told of changes, which repairs it.
    #[error(transparent)]
    Words(#[from] WordsError),
    #[error(
        "what lies in {} may not be read by you, but by the user who made it: have that user allow it (`chmod \
         -R a+rX` on the data folder), or choose another with KENNING_HOME",
        .folder.display()
    )]
    Forbidden { folder: PathBuf },
    #[error("a vector could not be kept for searching: {0}")]
    Codes(#[from] CodesError),
    #[error("{}: {source}. Look whether its folder may be written to and has room", .file.display())]
    File {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl LibraryError {
    /// Whether it could not be kept because the disk has no room.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Truth(error) => error.is_disk_full(),
            Self::Words(error) => error.is_disk_full(),
            Self::File { source, .. } => tells_of_a_full_disk(source),
            _ => false,
        }
    }

    /// Whether what is kept as the truth is damaged, and not what is derived from it.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Truth(error) if error.is_damage())
    }
}

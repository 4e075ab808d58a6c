//! Why a model folder could not be opened. Every message names the file and what to do.

use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("{}: cannot be read ({reason}): fetch the model again or choose another folder", .file.display())]
    Unreadable { file: PathBuf, reason: std::io::Error },

    #[error("{}: {reason}: correct the file or fetch the model again", .file.display())]
    Malformed { file: PathBuf, reason: String },

    #[error(
        "{}: the architecture \"{found}\" is not one Kenning can run: it runs {known}", .file.display()
    )]
    Architecture { file: PathBuf, found: String, known: &'static str },

    #[error(
        "{}: {reason}: Kenning would compute something else than the model's makers did, so it refuses; \
         use another model", .file.display()
    )]
    Unsupported { file: PathBuf, reason: String },

    #[error("{}: holds no weights: a model needs one of {expected} there; fetch the model again", .folder.display())]
    NoWeights { folder: PathBuf, expected: &'static str },

    #[error("{}: ends at {found} bytes where {needed} are needed: it was cut short; fetch it again", .file.display())]
    Truncated { file: PathBuf, found: u64, needed: u64 },

    #[error("{}: the weight \"{name}\" is missing: the file is of another model or family; fetch the model again", .file.display())]
    MissingWeight { file: PathBuf, name: String },

    #[error(
        "{}: the weight \"{name}\" has the shape {found:?}, config.json asks for {expected:?}: \
         the two files are of different models; fetch the model again", .file.display()
    )]
    WeightShape { file: PathBuf, name: String, found: Vec<usize>, expected: Vec<usize> },

    #[error("{}: the weight \"{name}\" holds values that are not numbers: the file is damaged; fetch it again", .file.display())]
    NotANumber { file: PathBuf, name: String },

    #[error("{}: the weight \"{name}\" is stored as {kind}, which Kenning does not read: use one of {known}", .file.display())]
    WeightKind { file: PathBuf, name: String, kind: String, known: &'static str },

    #[error(
        "{}: this tokenizer does not belong to the model ({reason}): fetch the model's own tokenizer.json",
        .file.display()
    )]
    Tokenizer { file: PathBuf, reason: String },

    #[error("{}: this model is made to {is}, not to {asked}: choose another model", .folder.display())]
    Task { folder: PathBuf, is: &'static str, asked: &'static str },

    #[error("{device} cannot be used: {reason}")]
    Device { device: String, reason: String },
}

impl LoadError {
    /// A file of a model folder that is not there or cannot be opened.
    pub(crate) fn unreadable(file: &Path) -> impl Fn(std::io::Error) -> Self {
        move |reason| Self::Unreadable { file: file.into(), reason }
    }
}

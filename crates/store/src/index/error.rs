//! What can go wrong with the index, and the one place where a panic of its library ends.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tantivy::TantivyError;
use tantivy::directory::error::{
    DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError,
};

use crate::error::tells_of_a_full_disk;

#[derive(Clone, Debug, thiserror::Error)]
pub enum WordsError {
    #[error("another process writes the word index")]
    Locked,
    /// The index is to be opened anew, which repairs it.
    #[error("the word index is damaged ({0}); it is made anew when Kenning may next write")]
    Damaged(String),
    #[error("the word index cannot be read or written: {0}")]
    Io(Arc<io::Error>),
    /// Nothing more can be written until the index is opened anew. A full disk shows itself so.
    #[error("the word index has stopped: {0}")]
    Stopped(String),
    #[error("nobody waits for the answer any more")]
    Cancelled,
}

pub(super) type Result<T> = std::result::Result<T, WordsError>;

/// Runs what reads or writes the index: its library panics over some damaged files.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(WordsError::Damaged(text.unwrap_or_else(|| "no reason was given".to_owned())))
    })
}

impl From<io::Error> for WordsError {
    fn from(error: io::Error) -> Self {
        Arc::new(error).into()
    }
}

impl From<Arc<io::Error>> for WordsError {
    /// What the system says is its affair; what only the library says is about the contents of a file.
    fn from(error: Arc<io::Error>) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            return Self::Damaged(error.to_string());
        }
        match error.raw_os_error() {
            Some(_) => Self::Io(error),
            None => match said_by_the_system(&error.to_string()) {
                Some(error) => Self::Io(Arc::new(error)),
                None => Self::Damaged(error.to_string()),
            },
        }
    }
}

/// The library passes some errors of the system on as text alone, which ends with their number.
fn said_by_the_system(text: &str) -> Option<io::Error> {
    let (_, number) = text.strip_suffix(')')?.rsplit_once("(os error ")?;
    number.parse().ok().map(io::Error::from_raw_os_error)
}

impl WordsError {
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io(error) if tells_of_a_full_disk(error))
    }
}

impl From<TantivyError> for WordsError {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(error, _) => error.into(),
            TantivyError::IoError(error)
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: error, .. })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: error, .. }) => {
                error.into()
            }
            TantivyError::OpenDirectoryError(error) => error.into(),
            TantivyError::ErrorInThread(_)
            | TantivyError::Poisoned
            | TantivyError::SystemError(_)
            | TantivyError::InternalError(_) => Self::Stopped(error.to_string()),
            _ => Self::Damaged(error.to_string()),
        }
    }
}

impl From<OpenDirectoryError> for WordsError {
    fn from(error: OpenDirectoryError) -> Self {
        match error {
            OpenDirectoryError::IoError { io_error, .. } => io_error.into(),
            _ => Self::Damaged(error.to_string()),
        }
    }
}

impl From<OpenReadError> for WordsError {
    fn from(error: OpenReadError) -> Self {
        TantivyError::from(error).into()
    }
}

impl From<LockError> for WordsError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::LockBusy => Self::Locked,
            LockError::IoError(error) => error.into(),
        }
    }
}

impl From<DeleteError> for WordsError {
    fn from(error: DeleteError) -> Self {
        Self::Damaged(error.to_string())
    }
}

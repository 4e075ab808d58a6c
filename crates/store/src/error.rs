//! What can go wrong with what is stored, each with the file it is about and what to do.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Error as Sqlite, ErrorCode};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the disk is full: {} cannot grow. Free some space, then go on; nothing is lost", .file.display())]
    DiskFull { file: PathBuf },

    #[error(
        "{} is damaged ({detail}). Start Kenning again: it sets the file aside, saves what can be \
         read of it and reads your folders anew",
        .file.display()
    )]
    Damaged { file: PathBuf, detail: String },

    #[error(
        "another Kenning{} is writing to {}. Close it first, or use it instead",
        holder_text(.holder),
        .folder.display()
    )]
    InUse { folder: PathBuf, holder: Option<u32> },

    #[error("{} is busy with another program. Try again in a moment", .file.display())]
    Busy { file: PathBuf },

    #[error(
        "{} was written by a newer Kenning (its version is {found}, this program knows {known}). \
         Use the newer program, or move the file away to begin anew",
        .file.display()
    )]
    Newer { file: PathBuf, found: i64, known: i64 },

    #[error(
        "{} is of an older version ({found}, this program knows {known}). Open it once with a \
         Kenning that may write there, and it is brought up to date",
        .file.display()
    )]
    Older { file: PathBuf, found: i64, known: i64 },

    #[error(
        "{} is not Kenning's: it belongs to another program. Move it away, or choose another data \
         folder with KENNING_HOME",
        .file.display()
    )]
    Foreign { file: PathBuf },

    #[error("there is nothing at {} yet. Add a folder first", .file.display())]
    Missing { file: PathBuf },

    #[error("{} may only be read here. Allow writing to its folder, or choose another with KENNING_HOME", .file.display())]
    ReadOnly { file: PathBuf },

    #[error("{}: {source}. Look whether its folder may be written to", .file.display())]
    Io {
        file: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("{} answers: {source}", .file.display())]
    Database {
        file: PathBuf,
        #[source]
        source: Sqlite,
    },

    /// The caller named something that is not there.
    #[error("there is no {what} {id}")]
    Unknown { what: &'static str, id: i64 },

    /// The caller gave something that cannot be kept.
    #[error("this cannot be kept: {0}")]
    Unfit(String),
}

fn holder_text(holder: &Option<u32>) -> String {
    holder.map_or(String::new(), |process| format!(" (process {process})"))
}

/// What stands for the file until [`StoreError::in_file`] puts in the whole path.
const SOME_FILE: &str = "kenning.db";

impl From<Sqlite> for StoreError {
    fn from(source: Sqlite) -> Self {
        let file = PathBuf::from(SOME_FILE);
        if is_wrong_type(&source) {
            return Self::Damaged { file, detail: source.to_string() };
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { file },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { file, detail: source.to_string() }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { file },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { file },
            _ => Self::Database { file, source },
        }
    }
}

impl StoreError {
    pub(crate) fn damaged(detail: impl ToString) -> Self {
        Self::Damaged { file: SOME_FILE.into(), detail: detail.to_string() }
    }

    pub(crate) fn io(file: &Path, source: io::Error) -> Self {
        let file = file.to_path_buf();
        match source.kind() {
            _ if tells_of_a_full_disk(&source) => Self::DiskFull { file },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { file }
            }
            _ => Self::Io { file, source },
        }
    }

    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }

    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull { .. })
    }

    /// Names the file, and finds a full disk behind the errors under which SQLite hides it.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        if let Self::Database { source, .. } = &self
            && is_failed_write(source)
            && is_disk_full(path)
        {
            return Self::DiskFull { file: path.to_path_buf() };
        }
        match &mut self {
            Self::DiskFull { file }
            | Self::Damaged { file, .. }
            | Self::Busy { file }
            | Self::ReadOnly { file }
            | Self::Database { file, .. }
                if file.as_os_str() == SOME_FILE =>
            {
                *file = path.to_path_buf();
            }
            _ => {}
        }
        self
    }
}

/// Tables are strict, so a value of another type than was put in has rotted.
fn is_wrong_type(error: &Sqlite) -> bool {
    matches!(
        error,
        Sqlite::FromSqlConversionFailure(..)
            | Sqlite::InvalidColumnType(..)
            | Sqlite::IntegralValueOutOfRange(..)
    )
}

/// Growing the shared memory beside the database, or a delayed write, fails as input and output.
fn is_failed_write(error: &Sqlite) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen))
}

/// The standard library tells of no free space, so a small file is tried.
fn is_disk_full(beside: &Path) -> bool {
    let probe = beside.with_file_name("space.probe");
    let tried = std::fs::write(&probe, [0; 1 << 16]);
    // Left behind it would do no harm, and there is nobody to tell.
    let _ = std::fs::remove_file(&probe);
    tried.is_err_and(|error| tells_of_a_full_disk(&error))
}

/// Whether there is no room, be it on the disk or in what of it is the user's.
pub fn tells_of_a_full_disk(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

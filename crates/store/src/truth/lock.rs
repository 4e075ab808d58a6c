//! The file `lock`: one writer at a time, and whether the last one came to a good end.
//!
//! The system lets go of the lock when its holder ends, however that ends. What is written in the
//! file says who holds it, and afterwards how it ended.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::StoreError;

const CLEAN: &str = "clean";
const DAMAGED: &str = "damaged";

#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

/// How the writer before us ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastEnd {
    Clean,
    Unclean,
    /// It met damage, so everything is to be looked at.
    Damaged,
}

impl Lock {
    /// Takes the lock and notes who holds it, or says who does.
    pub(super) fn take(folder: &Path) -> Result<(Self, LastEnd), StoreError> {
        let path = folder.join("lock");
        let failed = |error| StoreError::io(&path, error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        let locked = file.try_lock();
        let mut text = String::new();
        // On Windows nobody else may read what is locked; then the holder stays unknown.
        let read = file.read_to_string(&mut text);
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = text.trim().strip_prefix("process ").and_then(|id| id.parse().ok());
                return Err(StoreError::InUse { folder: folder.to_path_buf(), holder });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let last = match text.trim() {
            CLEAN if read.is_ok() => LastEnd::Clean,
            DAMAGED => LastEnd::Damaged,
            _ => LastEnd::Unclean,
        };
        let mut lock = Self { file, path };
        // What was found damaged stays so until somebody has looked.
        if last != LastEnd::Damaged {
            lock.begin()?;
        }
        Ok((lock, last))
    }

    /// Notes that somebody is writing from now on.
    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        self.note(&format!("process {}", std::process::id()))
    }

    pub(super) fn end(&mut self, met_damage: bool) -> Result<(), StoreError> {
        self.note(if met_damage { DAMAGED } else { CLEAN })
    }

    /// On the disk before anything else is, for after a power cut it must not say `clean`.
    fn note(&mut self, text: &str) -> Result<(), StoreError> {
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write(&mut self.file).map_err(|error| StoreError::io(&self.path, error))
    }
}

//! Opening a file to be read: regular ones only, and no larger than the limits allow.
//!
//! What a pipe, a device or a socket would do on being opened is never found out, and a symbolic
//! link is not followed. Nothing is opened for writing.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::Read;
use std::path::Path;

use kenning_domain::Cancel;

use super::failure::{Failure, Outcome};
use super::quarantine::Identity;
use crate::limits::Limits;
use crate::refusal::Refusal;

pub struct Source {
    pub name: String,
    pub identity: Identity,
    file: File,
}

/// Why a file was not opened.
pub enum Unopened {
    Refused(Refusal),
    Failed(Failure),
    Cancelled,
}

impl Source {
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, Unopened> {
        check(&fs::symlink_metadata(path)?, limits)?;
        let file = options().open(path)?;
        // Another file may have taken its place since.
        let metadata = file.metadata()?;
        check(&metadata, limits)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let modified = metadata.modified().ok();
        let identity = Identity { path: path.into(), size: metadata.len(), modified };
        Ok(Self { name, identity, file })
    }

    /// All of its bytes. A file that grows meanwhile is still held to the limit.
    pub fn read(self, limits: &Limits, cancel: &Cancel) -> Result<Vec<u8>, Unopened> {
        const STEP: u64 = 4 << 20;
        let mut bytes = Vec::new();
        let size = usize::try_from(self.identity.size).unwrap_or(usize::MAX);
        bytes.try_reserve_exact(size.saturating_add(1)).map_err(|error| failed(&error))?;
        let mut file = self.file.take(limits.file_bytes.saturating_add(1));
        // A file on a slow medium takes its time, and may not be wanted any more before it is here.
        while file.by_ref().take(STEP).read_to_end(&mut bytes)? > 0 {
            if cancel.is_cancelled() {
                return Err(Unopened::Cancelled);
            }
        }
        check_size(bytes.len() as u64, limits)?;
        Ok(bytes)
    }
}

impl From<std::io::Error> for Unopened {
    fn from(error: std::io::Error) -> Self {
        failed(&error)
    }
}

impl From<Unopened> for Outcome {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::Refused(refusal) => Self::Refused(refusal),
            Unopened::Failed(failure) => Self::Failed(failure),
            Unopened::Cancelled => Self::Cancelled,
        }
    }
}

fn failed(error: &impl ToString) -> Unopened {
    Unopened::Failed(Failure::Unreadable { reason: error.to_string() })
}

fn check(metadata: &Metadata, limits: &Limits) -> Result<(), Unopened> {
    if !metadata.is_file() {
        let kind = kind(metadata.file_type());
        return Err(Unopened::Refused(Refusal::unsupported(kind)));
    }
    check_size(metadata.len(), limits)
}

fn check_size(bytes: u64, limits: &Limits) -> Result<(), Unopened> {
    let most = limits.file_bytes;
    if bytes > most {
        let limit = format!("{} MB", most >> 20);
        return Err(Unopened::Refused(Refusal::too_large("the file", limit)));
    }
    Ok(())
}

#[cfg(unix)]
fn kind(file: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match file {
        file if file.is_dir() => "folder",
        file if file.is_symlink() => "symbolic link",
        file if file.is_fifo() => "named pipe",
        file if file.is_socket() => "socket",
        _ => "device",
    }
}

#[cfg(not(unix))]
fn kind(file: FileType) -> &'static str {
    match file {
        file if file.is_dir() => "folder",
        file if file.is_symlink() => "symbolic link",
        _ => "device",
    }
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    // Should a pipe have taken the file's place, opening it must not wait for somebody to write.
    options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

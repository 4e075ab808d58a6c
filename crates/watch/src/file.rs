//! What the file system says of a file without opening it, and why a path may be left out.

use std::fs::{FileType, Metadata};
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// What stays the same when a file gets another name: its device and inode. It is not known on
/// Windows, where the standard library does not give it out, nor where files are numbered anew each
/// time they are come across, as on FAT and many network drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    pub device: u64,
    pub file: u64,
}

impl FileId {
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self { device: metadata.dev(), file: metadata.ino() })
    }

    #[cfg(not(unix))]
    pub(crate) fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

/// What decides, without reading a file, whether it may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    pub size: u64,
    /// Nanoseconds since the start of 1970, which may be negative or lie in the future.
    pub modified: i64,
    pub id: Option<FileId>,
}

impl Stamp {
    pub fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().map_or(0, nanoseconds);
        Self { size: metadata.len(), modified, id: FileId::of(metadata) }
    }

    /// Whether nothing tells two looks at a path apart. Devices are numbered anew when a computer
    /// starts, so a device alone is no difference.
    pub fn looks_unchanged(&self, later: &Self) -> bool {
        let file = |stamp: &Self| stamp.id.map(|id| id.file);
        self.size == later.size && self.modified == later.modified && file(self) == file(later)
    }

    /// Whether a file that went from one path and came at another with this stamp can be told to be
    /// the same. Without an id, empty files are all alike.
    pub(crate) fn tells_identity(&self) -> bool {
        self.id.is_some() || self.size > 0
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}

/// A file that is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: PathBuf,
    pub stamp: Stamp,
}

/// A file that is not to be read, or a folder that is not entered. What is inside such a folder is
/// neither looked at nor counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub path: PathBuf,
    pub is_folder: bool,
    pub reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its name begins with a dot, or the system marks it hidden.
    Hidden,
    /// The rules in this file say so.
    Ignored { by: PathBuf },
    /// The user's own globs say so.
    Excluded,
    /// The user's globs name what to read, and this is not among it.
    NotIncluded,
    /// It belongs to the system or to a version control, never to the user.
    System,
    /// It is larger than the rules allow.
    TooLarge,
    /// It is no file whose content could be read.
    Special(Special),
    /// A symbolic link; what it points to is found where it lies, if that is watched.
    Link,
    /// We may not look at it.
    Denied,
    /// Its content is in the cloud, and opening it would fetch it.
    Placeholder,
    /// The file system failed; what was known of it stays known.
    Unreadable(io::ErrorKind),
}

impl Reason {
    pub(crate) fn of_error(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::Denied,
            other => Self::Unreadable(other),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    Pipe,
    Socket,
    BlockDevice,
    CharacterDevice,
    Other,
}

impl Special {
    #[cfg(unix)]
    pub(crate) fn of(kind: FileType) -> Self {
        use std::os::unix::fs::FileTypeExt;
        match kind {
            _ if kind.is_fifo() => Self::Pipe,
            _ if kind.is_socket() => Self::Socket,
            _ if kind.is_block_device() => Self::BlockDevice,
            _ if kind.is_char_device() => Self::CharacterDevice,
            _ => Self::Other,
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn of(_: FileType) -> Self {
        Self::Other
    }
}

/// Whether the content is elsewhere and would be fetched by opening the file. A sparse file, whose
/// size is larger than what it occupies, is not one of these.
#[cfg(windows)]
pub(crate) fn is_placeholder(metadata: &Metadata) -> bool {
    use std::os::windows::fs::MetadataExt;
    const OFFLINE: u32 = 0x1000;
    const RECALL_ON_OPEN: u32 = 0x4_0000;
    const RECALL_ON_DATA_ACCESS: u32 = 0x40_0000;
    metadata.file_attributes() & (OFFLINE | RECALL_ON_OPEN | RECALL_ON_DATA_ACCESS) != 0
}

#[cfg(target_os = "macos")]
pub(crate) fn is_placeholder(metadata: &Metadata) -> bool {
    use std::os::macos::fs::MetadataExt;
    const DATALESS: u32 = 0x4000_0000;
    metadata.st_flags() & DATALESS != 0
}

#[cfg(not(any(windows, target_os = "macos")))]
pub(crate) fn is_placeholder(_: &Metadata) -> bool {
    false
}

/// Whether the system, apart from the name, marks a path as hidden.
#[cfg(windows)]
pub(crate) fn is_marked_hidden(metadata: &Metadata) -> bool {
    use std::os::windows::fs::MetadataExt;
    const HIDDEN: u32 = 0x2;
    metadata.file_attributes() & HIDDEN != 0
}

#[cfg(target_os = "macos")]
pub(crate) fn is_marked_hidden(metadata: &Metadata) -> bool {
    use std::os::macos::fs::MetadataExt;
    const HIDDEN: u32 = 0x8000;
    metadata.st_flags() & HIDDEN != 0
}

#[cfg(not(any(windows, target_os = "macos")))]
pub(crate) fn is_marked_hidden(_: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_before_1970_and_beyond_all_reason_are_numbers() {
        let check = |time: SystemTime, expected: i64| assert_eq!(nanoseconds(time), expected);
        check(UNIX_EPOCH, 0);
        check(UNIX_EPOCH + Duration::new(2, 5), 2_000_000_005);
        check(UNIX_EPOCH - Duration::from_secs(1), -1_000_000_000);
        check(UNIX_EPOCH + Duration::from_secs(1 << 40), i64::MAX);
        check(UNIX_EPOCH - Duration::from_secs(1 << 40), i64::MIN);
    }

    #[test]
    fn a_device_number_is_no_difference_and_everything_else_is() {
        let stamp = |size, modified, device, file| Stamp {
            size,
            modified,
            id: Some(FileId { device, file }),
        };
        let first = stamp(1, 2, 3, 4);
        let check = |later: Stamp, expected: bool| {
            assert_eq!(first.looks_unchanged(&later), expected, "{later:?}");
        };
        check(first, true);
        check(stamp(1, 2, 9, 4), true);
        check(stamp(9, 2, 3, 4), false);
        check(stamp(1, 9, 3, 4), false);
        check(stamp(1, 2, 3, 9), false);
        check(Stamp { id: None, ..first }, false);
    }

    /// Root may read everything, so a refusal cannot be provoked where the tests run as root.
    #[test]
    fn a_refusal_is_told_from_a_failure() {
        let check = |kind: io::ErrorKind, expected: Reason| {
            assert_eq!(Reason::of_error(&io::Error::from(kind)), expected);
        };
        check(io::ErrorKind::PermissionDenied, Reason::Denied);
        check(io::ErrorKind::TimedOut, Reason::Unreadable(io::ErrorKind::TimedOut));
        let stale = io::ErrorKind::StaleNetworkFileHandle;
        check(stale, Reason::Unreadable(stale));
    }
}

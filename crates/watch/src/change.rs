//! What a watcher tells.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::file::{Entry, LeftOut};

/// A change in the watched folders. Every path that was told of by [`Added`](Self::Added) or
/// [`LeftOut`](Self::LeftOut) stays as it was told until another change names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Added(Entry),
    /// The file may have other content than before.
    Modified(Entry),
    /// The path is no more, be it of a file or of something that was left out.
    Removed(PathBuf),
    /// The same file, with the same content as far as can be told, has another path.
    Renamed {
        from: PathBuf,
        to: Entry,
    },
    /// This is there but not to be read; if it was read before, it should be forgotten.
    LeftOut(LeftOut),
    /// A watched folder cannot be reached. Nothing is said of its files: a drive that is unplugged
    /// takes no document from anybody.
    FolderGone(PathBuf),
    FolderBack(PathBuf),
    /// A watched folder was walked to its end, and everything that had changed in it was told.
    Scanned {
        folder: PathBuf,
        counts: Counts,
        took: Duration,
        /// How often it had been asked to walk everything again when the walk began.
        asked: u64,
    },
    Trouble {
        folder: PathBuf,
        trouble: Trouble,
    },
    TroubleOver {
        folder: PathBuf,
        trouble: Trouble,
    },
}

/// What a walk of one watched folder came across. A folder that is left out counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub files: u64,
    pub bytes: u64,
    pub folders: u64,
    pub left_out: u64,
}

/// Why a folder is walked again and again instead of waiting to be told of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// All or part of it lies on a file system that others may change unnoticed.
    Remote,
    /// The system allows no more watches; what lies in some of its folders changes unnoticed.
    WatchesRanOut,
    /// The system refuses to watch it for another reason.
    Refused,
    /// Files changed here and no event said so; over when the first event does come.
    Silent,
}

pub(crate) type Troubles = BTreeSet<Trouble>;

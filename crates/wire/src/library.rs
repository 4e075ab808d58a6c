//! Folders, the ledger of files, and how far everything is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::Problem;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LibraryView {
    pub folders: Vec<WatchedFolder>,
    pub progress: LibraryProgress,
    /// Why nothing can be changed from here, where that is so.
    pub read_only: Option<String>,
    /// The model that answers, and the one that is to.
    pub answering: Option<String>,
    pub switching_to: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchedFolder {
    pub id: i64,
    pub path: String,
    pub rules: Rules,
    pub files: u64,
    /// Those that can be searched, by words at least.
    pub searchable: u64,
    /// It cannot be reached now; what is known of it is still searched.
    pub is_gone: bool,
    /// Why changes in it are noticed late.
    pub troubles: Vec<Trouble>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Trouble {
    /// It lies, or a part of it, where others may change it unnoticed.
    Remote,
    /// The system allows no more watches.
    WatchesRanOut,
    /// The system refuses to watch it.
    Refused,
    /// Files changed, and the system did not say so.
    Silent,
}

/// Which files of a folder are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// Only these, where there are any: globs.
    pub only: Vec<String>,
    pub except: Vec<String>,
    pub hidden: bool,
    /// Whether `.gitignore` counts.
    pub git_ignore: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LibraryProgress {
    pub doing: Doing,
    /// Why it cannot go on, where that is so.
    pub halted: Option<Problem>,
    /// Names of some of the files that are being read.
    pub reading: Vec<String>,
    pub counts: Counts,
    pub passages_left: u64,
    pub files_per_second: Option<f64>,
    pub passages_per_second: Option<f64>,
    pub seconds_left: Option<f64>,
    /// Why there are no vectors to be had now.
    pub model_trouble: Option<Problem>,
    /// What was found damaged and is made anew, in words.
    pub repairs: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Doing {
    Nothing,
    Looking,
    Reading,
    Embedding,
    Paused,
    /// Resting until the machine has current again; `resume` has it go on.
    OnBattery,
    Halted,
}

/// Files by state. They add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub waiting: u64,
    pub words: u64,
    pub meaning: u64,
    pub skipped: u64,
    pub failed: u64,
    pub quarantined: u64,
    pub left_out: u64,
    pub all: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FileState {
    Waiting,
    Words,
    Meaning,
    Skipped,
    Failed,
    Quarantined,
    LeftOut,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FilesRequest {
    /// None means all.
    pub states: Vec<FileState>,
    pub folder: Option<i64>,
    pub reason: Option<String>,
    /// Somewhere in the path.
    pub text: String,
    pub skip: u32,
    pub limit: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Files {
    pub rows: Vec<FileRow>,
    /// Whether there are more after these.
    pub more: bool,
    /// The reasons of files in the wanted states, with how many have each, whatever reason was asked for.
    pub reasons: Vec<ReasonCount>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileRow {
    pub file: crate::search::FileRef,
    pub document: Option<i64>,
    pub is_folder: bool,
    pub bytes: u64,
    /// Seconds since the start of 1970.
    pub modified: i64,
    pub state: FileState,
    pub reason: String,
    /// Why it is in that state, in words.
    pub why: String,
    /// Seconds since the start of 1970.
    pub next_try: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReasonCount {
    pub reason: String,
    pub files: u64,
}

/// Something the user offered with the system's own means: a dialog, or by dropping it on the window. The
/// page never names a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    pub id: u32,
    /// To be shown.
    pub path: String,
    pub is_folder: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OfferKind {
    Folder,
    /// An archive of a model, to be read.
    Archive,
    /// A file to be written.
    NewFile,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddFolder {
    pub offer: u32,
    pub rules: Rules,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetRules {
    pub folder: i64,
    pub rules: Rules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum ReadAgain {
    File { file: i64 },
    Folder { folder: i64 },
}

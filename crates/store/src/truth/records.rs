//! What is kept, as plain values: files and their states, contents, spaces, changes.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use kenning_domain::{ContentId, FileId, FolderId, Passage, PassageId, SpaceId, Tag, TextId};

/// Whole seconds since the start of 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self(since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
    }
}

/// The blake3 of a file's bytes: what makes two files copies of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

/// What decides, without reading a file, whether it may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub size: u64,
    /// Nanoseconds since the start of 1970.
    pub modified: i64,
    /// Device and number of the file, where the system has such.
    pub id: Option<(u64, u64)>,
}

impl Stamp {
    /// Whether nothing tells two looks at a path apart. Devices are numbered anew when a computer
    /// starts, so a device alone is no difference.
    pub fn looks_unchanged(&self, later: &Self) -> bool {
        let number = |stamp: &Self| stamp.id.map(|(_, number)| number);
        self.size == later.size && self.modified == later.modified && number(self) == number(later)
    }
}

/// A path in a watched folder, relative to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    pub folder: FolderId,
    pub path: &'a Path,
}

impl<'a> Place<'a> {
    pub fn new(folder: FolderId, path: &'a Path) -> Self {
        Self { folder, path }
    }
}

/// Every file is always in exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// To be read. What it held when it was read before is still searched.
    Waiting,
    /// Searchable by its words.
    Words,
    /// Searchable by its words and, in the space that answers, by its meaning.
    Meaning,
    /// It gives no text, and will not until it changes.
    Skipped,
    /// It could not be read and is tried again. What it held before is still searched.
    Failed,
    /// It cost too many workers and is left alone until it changes.
    Quarantined,
    /// The rules leave it out.
    LeftOut,
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Words,
        Self::Meaning,
        Self::Skipped,
        Self::Failed,
        Self::Quarantined,
        Self::LeftOut,
    ];

    pub(super) fn number(self) -> i64 {
        self as i64
    }

    pub(super) fn of(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }
}

/// Why a file is in its state: a code to count by, and what is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    pub code: String,
    pub text: String,
}

impl Reason {
    pub fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self { code: code.into(), text: text.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub id: FolderId,
    pub path: PathBuf,
    /// In the words of whoever reads the rules.
    pub rules: String,
    pub added: Moment,
}

/// A file, or a folder that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    pub id: FileId,
    pub folder: FolderId,
    /// Relative to the folder.
    pub path: PathBuf,
    /// The last part of the path, with marks where it is no text.
    pub name: String,
    pub is_folder: bool,
    pub stamp: Stamp,
    pub content: Option<ContentId>,
    pub state: State,
    pub reason: Reason,
    /// How often it failed since it last changed.
    pub tries: u32,
    pub next_try: Option<Moment>,
    /// When it was found in the shape it has.
    pub seen: Moment,
}

/// A file as what it holds knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldFile {
    pub content: ContentId,
    pub id: FileId,
    pub folder: FolderId,
    /// Relative to the folder.
    pub path: PathBuf,
    /// Nanoseconds since the start of 1970.
    pub modified: i64,
}

/// Which files are listed.
#[derive(Clone, Debug, Default)]
pub struct FileFilter<'a> {
    /// Empty means all.
    pub states: &'a [State],
    pub folder: Option<FolderId>,
    pub reason_code: Option<&'a str>,
    /// Somewhere in the relative path; large and small letters are alike.
    pub text: Option<&'a str>,
    pub skip: usize,
    pub limit: usize,
}

/// How many files there are in one state, for one reason, in one folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerLine {
    pub folder: FolderId,
    pub state: State,
    /// A folder that is left out, whose files nobody counted.
    pub is_folder: bool,
    pub reason_code: String,
    pub files: u64,
    pub bytes: u64,
}

/// Every file of every folder, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    pub lines: Vec<LedgerLine>,
}

impl Ledger {
    pub fn files(&self, state: State) -> u64 {
        let lines = self.lines.iter().filter(|line| line.state == state && !line.is_folder);
        lines.map(|line| line.files).sum()
    }

    pub fn all_files(&self) -> u64 {
        self.lines.iter().filter(|line| !line.is_folder).map(|line| line.files).sum()
    }

    pub fn left_out_folders(&self) -> u64 {
        self.lines.iter().filter(|line| line.is_folder).map(|line| line.files).sum()
    }
}

/// What a document says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    pub title: Option<String>,
    pub author: Option<String>,
    pub language: Option<String>,
    pub created: Option<String>,
    pub modified: Option<String>,
    pub pages: Option<u32>,
}

/// What was read from a file.
#[derive(Clone, Debug)]
pub struct NewContent<'a> {
    pub hash: ContentHash,
    /// How many the file has.
    pub bytes: u64,
    pub format: &'a str,
    /// The version of what read it.
    pub extractor: u32,
    pub metadata: &'a Metadata,
    /// Why not all of it was read, where that is so.
    pub partial: Option<&'a str>,
    pub text: &'a str,
    pub passages: &'a [Passage],
}

/// What is known of a content, its text apart.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentHead {
    pub id: ContentId,
    pub hash: ContentHash,
    pub bytes: u64,
    pub format: String,
    pub extractor: u32,
    pub metadata: Metadata,
    pub partial: Option<String>,
    /// The language that most of its text is in.
    pub dominant: Option<Tag>,
    pub passages: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    pub head: ContentHead,
    pub text: String,
    pub passages: Vec<Passage>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PassageText {
    pub id: PassageId,
    pub passage: Passage,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceState {
    /// Its vectors are being made while another answers, or none does.
    Filling,
    Answering,
    /// It answered before, and may again.
    Old,
}

impl SpaceState {
    pub(super) fn of(number: i64) -> Option<Self> {
        [Self::Filling, Self::Answering, Self::Old]
            .into_iter()
            .find(|state| *state as i64 == number)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewSpace<'a> {
    pub model: &'a str,
    pub revision: &'a str,
    /// Everything that decides what its vectors are, as one text: spaces with the same are the same.
    pub definition: &'a str,
    pub dimensions: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    pub id: SpaceId,
    pub model: String,
    pub revision: String,
    pub definition: String,
    pub dimensions: usize,
    pub state: SpaceState,
    pub made: Moment,
}

/// What a space still lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    pub contents: u64,
    pub passages: u64,
}

/// A text that a space has no vector of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unembedded {
    pub id: TextId,
    pub words: String,
    /// The content for whose sake it is next.
    pub content: ContentId,
}

/// A passage's vector, as it streams by.
#[derive(Debug)]
pub struct VectorRow<'a> {
    pub passage: PassageId,
    pub language: Option<Tag>,
    pub vector: &'a [f32],
}

/// What a file has done to the workers that read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offence {
    pub path: PathBuf,
    pub size: u64,
    /// Nanoseconds since the start of 1970.
    pub modified: Option<i64>,
    pub extractor: u32,
    pub kills: u32,
    pub reason: String,
}

/// A change, for what is derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Logged {
    ContentAdded(ContentId),
    ContentRemoved(ContentId),
    /// Which files hold it, where they lie or when they were changed is not as it was.
    ContentFilesChanged(ContentId),
    /// A file is new or has another path.
    NameChanged(FileId),
    NameRemoved(FileId),
    /// Some of its passages got vectors in the space.
    VectorsAdded {
        space: SpaceId,
        content: ContentId,
    },
}

/// What changed since a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// The first ones, each with its number.
    Known(Vec<(i64, Logged)>),
    /// Some of them were forgotten: begin anew.
    Forgotten,
}

/// What was thrown away because nothing had used it for long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub texts: u64,
    pub vectors: u64,
    /// Whether there is more to throw away.
    pub more: bool,
}

/// What was done at the start to a database that was damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Where the damaged one lies now.
    pub set_aside: PathBuf,
    pub damage: String,
    pub saved: Saved,
}

/// What could be read of a damaged database. Everything else comes back as the folders are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    pub folders: u64,
    pub settings: u64,
    pub spaces: u64,
    pub vectors: u64,
    /// Whether anything could be: what describes the tables was whole, or was put there anew.
    pub found_tables: bool,
    /// Whether all folders and settings could be read to the last.
    pub all_folders_and_settings: bool,
}

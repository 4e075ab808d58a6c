//! Walking a folder: every file is found or left out with its reason, so that what is found and what
//! is left out add up to what is there.

use std::fs::{self, FileType, Metadata, ReadDir};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::file::{
    Entry, FileId, LeftOut, Reason, Special, Stamp, is_marked_hidden, is_placeholder,
};
use crate::medium::{Medium, medium_of};
use crate::rules::{BadGlob, FolderRules, Level, Rules};

/// What a walk comes across.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A folder that will be entered next; it has not been read yet.
    Folder(Folder),
    File(Entry),
    LeftOut(LeftOut),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub path: PathBuf,
    pub id: Option<FileId>,
    /// Whether it lies on a file system that others may change without our being told.
    pub is_remote: bool,
}

/// Walks a folder and everything under it. The folder itself may be a symbolic link, being named by
/// the user; nothing below it is followed.
pub fn walk(root: &Path, rules: &Rules) -> Result<Walk, BadGlob> {
    let rules = Arc::new(FolderRules::new(rules, root)?);
    Ok(Walk::of_root(rules, Arc::from([])))
}

/// A walk, as an iterator. It holds one folder open at a time, however deep they nest.
#[derive(Debug)]
pub struct Walk {
    rules: Arc<FolderRules>,
    /// Folders that are walked by themselves, and so not here.
    elsewhere: Arc<[PathBuf]>,
    first: Option<Found>,
    waiting: Vec<Waiting>,
    entering: Option<Waiting>,
    reading: Option<Reading>,
}

#[derive(Debug)]
struct Waiting {
    path: PathBuf,
    level: Arc<Level>,
    device: Option<u64>,
    medium: Medium,
}

#[derive(Debug)]
struct Reading {
    folder: Waiting,
    entries: ReadDir,
}

/// What a look at one path makes of it.
pub(crate) enum Look {
    Enter,
    Found(Found),
    Gone,
}

impl Walk {
    pub(crate) fn of_root(rules: Arc<FolderRules>, elsewhere: Arc<[PathBuf]>) -> Self {
        let mut walk = Self::empty(rules, elsewhere);
        let root = walk.rules.root().to_owned();
        match fs::metadata(&root) {
            Ok(metadata) if metadata.is_dir() => {
                let level = walk.rules.above_root();
                walk.wait_for(root, level);
            }
            Ok(_) => walk.refuse_root(root, io::ErrorKind::NotADirectory.into()),
            Err(error) => walk.refuse_root(root, error),
        }
        walk
    }

    /// A walk of one path below the root: a file, or a folder with all that is in it. `level` is
    /// what holds in the folder around it.
    pub(crate) fn of_path(
        rules: Arc<FolderRules>,
        elsewhere: Arc<[PathBuf]>,
        path: &Path,
        level: &Arc<Level>,
    ) -> Self {
        let mut walk = Self::empty(rules, elsewhere);
        let medium = path.parent().map_or(Medium::Local, medium_of);
        match look_at(&walk.rules, path, level) {
            Look::Enter if !walk.elsewhere.iter().any(|other| other == path) => {
                walk.wait_for(path.to_owned(), Arc::clone(level));
            }
            Look::Found(found) => walk.first = Some(numbered(found, medium)),
            Look::Enter | Look::Gone => {}
        }
        walk
    }

    fn empty(rules: Arc<FolderRules>, elsewhere: Arc<[PathBuf]>) -> Self {
        let (waiting, entering, reading) = (Vec::new(), None, None);
        Self { rules, elsewhere, first: None, waiting, entering, reading }
    }

    fn wait_for(&mut self, path: PathBuf, level: Arc<Level>) {
        self.waiting.push(Waiting { path, level, device: None, medium: Medium::Local });
    }

    fn refuse_root(&mut self, path: PathBuf, error: io::Error) {
        let reason = Reason::of_error(&error);
        self.first = Some(Found::LeftOut(LeftOut { path, is_folder: true, reason }));
    }

    /// Tells of the next folder before it is read, so that whoever wants to be told of changes in it
    /// can ask for that first and misses none.
    fn announce(&mut self, mut folder: Waiting) -> Option<Found> {
        let metadata = match fs::metadata(&folder.path) {
            Ok(metadata) => metadata,
            Err(error) => return failed(folder.path, true, &error),
        };
        let id = FileId::of(&metadata);
        let device = id.map(|id| id.device);
        if folder.device.is_none() || folder.device != device {
            folder.medium = medium_of(&folder.path);
            folder.device = device;
        }
        let path = folder.path.clone();
        if folder.medium == Medium::Unreal {
            return Some(Found::LeftOut(LeftOut { path, is_folder: true, reason: Reason::System }));
        }
        let is_remote = folder.medium == Medium::Remote;
        let id = id.filter(|_| folder.medium.keeps_ids());
        self.entering = Some(folder);
        Some(Found::Folder(Folder { path, id, is_remote }))
    }

    fn enter(&mut self, mut folder: Waiting) -> Option<Found> {
        match fs::read_dir(&folder.path) {
            Ok(entries) => {
                folder.level = self.rules.enter(&folder.path, &folder.level);
                self.reading = Some(Reading { folder, entries });
                None
            }
            Err(error) => failed(folder.path, true, &error),
        }
    }

    fn take(&mut self, entry: io::Result<fs::DirEntry>) -> Option<Found> {
        let around = &self.reading.as_ref()?.folder;
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return failed(around.path.clone(), true, &error),
        };
        let path = entry.path();
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return failed(path, false, &error),
        };
        match judge(&self.rules, &path, kind, || entry.metadata(), &around.level) {
            Look::Gone => None,
            Look::Found(found) => Some(numbered(found, around.medium)),
            Look::Enter => {
                if !self.elsewhere.contains(&path) {
                    let (device, medium) = (around.device, around.medium);
                    let level = Arc::clone(&around.level);
                    self.waiting.push(Waiting { path, level, device, medium });
                }
                None
            }
        }
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            let found = if let Some(folder) = self.entering.take() {
                self.enter(folder)
            } else if let Some(reading) = &mut self.reading {
                match reading.entries.next() {
                    Some(entry) => self.take(entry),
                    None => {
                        self.reading = None;
                        None
                    }
                }
            } else {
                let folder = self.waiting.pop()?;
                self.announce(folder)
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

/// Takes the number away from a file where it would soon have another.
fn numbered(found: Found, medium: Medium) -> Found {
    match found {
        Found::File(mut entry) if !medium.keeps_ids() => {
            entry.stamp.id = None;
            Found::File(entry)
        }
        other => other,
    }
}

/// What cannot be looked at is left out, unless it is no longer there at all.
fn failed(path: PathBuf, is_folder: bool, error: &io::Error) -> Option<Found> {
    let reason = Reason::of_error(error);
    (error.kind() != io::ErrorKind::NotFound).then_some(Found::LeftOut(LeftOut {
        path,
        is_folder,
        reason,
    }))
}

/// Looks at one path below a root.
pub(crate) fn look_at(rules: &FolderRules, path: &Path, level: &Level) -> Look {
    match fs::symlink_metadata(path) {
        Ok(metadata) => judge(rules, path, metadata.file_type(), || Ok(metadata), level),
        // A folder on the way has become a file: then this path is no more.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Look::Gone,
        Err(error) => failed(path.to_owned(), false, &error).map_or(Look::Gone, Look::Found),
    }
}

fn judge(
    rules: &FolderRules,
    path: &Path,
    kind: FileType,
    metadata: impl FnOnce() -> io::Result<Metadata>,
    level: &Level,
) -> Look {
    let is_folder = kind.is_dir();
    let left_out = |reason: Reason| {
        let path = path.to_owned();
        Look::Found(Found::LeftOut(LeftOut { path, is_folder, reason }))
    };
    if kind.is_symlink() {
        return left_out(Reason::Link);
    }
    if !is_folder && !kind.is_file() {
        return left_out(Reason::Special(Special::of(kind)));
    }
    // Elsewhere than on Linux the name does not tell everything, and asking costs less.
    if is_folder && cfg!(target_os = "linux") {
        return rules.leave_out(path, true, false, level).map_or(Look::Enter, left_out);
    }
    let metadata = match metadata() {
        Ok(metadata) => metadata,
        Err(error) => {
            return failed(path.to_owned(), is_folder, &error).map_or(Look::Gone, Look::Found);
        }
    };
    let hidden = is_marked_hidden(&metadata);
    if let Some(reason) = rules.leave_out(path, is_folder, hidden, level) {
        return left_out(reason);
    }
    if is_placeholder(&metadata) {
        return left_out(Reason::Placeholder);
    }
    if is_folder {
        return Look::Enter;
    }
    let stamp = Stamp::of(&metadata);
    if rules.is_too_large(stamp.size) {
        return left_out(Reason::TooLarge);
    }
    Look::Found(Found::File(Entry { path: path.to_owned(), stamp }))
}

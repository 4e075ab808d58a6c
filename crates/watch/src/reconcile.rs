//! Comparing what walks find with what is known, and telling the difference.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::change::Change;
use crate::file::{Entry, LeftOut, Reason, Stamp};
use crate::known::Known;

/// Where changes are told; remembers that nobody listens any more.
#[derive(Debug)]
pub(crate) struct Outbox {
    changes: Sender<Change>,
    is_closed: bool,
    /// How many files were told to be new or changed.
    fresh: u64,
}

impl Outbox {
    pub(crate) fn new(changes: Sender<Change>) -> Self {
        Self { changes, is_closed: false, fresh: 0 }
    }

    pub(crate) fn tell(&mut self, change: Change) {
        self.fresh += u64::from(matches!(change, Change::Added(_) | Change::Modified(_)));
        self.is_closed |= self.changes.send(change).is_err();
    }

    pub(crate) fn fresh(&self) -> u64 {
        self.fresh
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }
}

/// One comparison: paths are walked, what is found is met, and in the end all is settled at once, so
/// that a file which left one folder can be recognised in another.
#[derive(Debug)]
pub(crate) struct Round<'a> {
    known: &'a mut Known,
    outbox: &'a mut Outbox,
    /// New paths of files that may be known under another.
    newcomers: &'a mut BTreeMap<PathBuf, Stamp>,
}

/// A file with more hard links than this is not searched for among all of them when one is new.
const MOST_LINKS: usize = 16;

/// What is known at or under paths that were walked, and was not met there.
#[derive(Debug, Default)]
pub(crate) struct Missed {
    files: Vec<Arc<Path>>,
    left_out: Vec<Arc<Path>>,
}

impl Missed {
    pub(crate) fn add_under(
        &mut self,
        path: &Path,
        known: &Known,
        is_ours: impl Fn(&Path) -> bool,
    ) {
        let ours = |missed: Vec<Arc<Path>>| missed.into_iter().filter(|path| is_ours(path));
        self.files.extend(ours(known.missed_files_under(path)));
        self.left_out.extend(ours(known.left_out.missed_under(path, known.round)));
    }
}

impl<'a> Round<'a> {
    pub(crate) fn new(
        known: &'a mut Known,
        outbox: &'a mut Outbox,
        newcomers: &'a mut BTreeMap<PathBuf, Stamp>,
    ) -> Self {
        Self { known, outbox, newcomers }
    }

    pub(crate) fn meet_file(&mut self, entry: Entry) {
        self.known.left_out.remove(&entry.path);
        match self.known.file(&entry.path).copied() {
            None if self.known.with_stamp(entry.stamp).next().is_some() => {
                self.newcomers.insert(entry.path, entry.stamp);
            }
            None => self.add(entry),
            Some(stamp) if stamp == entry.stamp => self.known.mark_file(&entry.path),
            Some(stamp) => {
                self.known.set_file(&entry.path, entry.stamp);
                if !stamp.looks_unchanged(&entry.stamp) {
                    self.outbox.tell(Change::Modified(entry));
                }
            }
        }
    }

    pub(crate) fn meet_left_out(&mut self, left_out: LeftOut) {
        let path = left_out.path.as_path();
        if matches!(left_out.reason, Reason::Unreadable(_)) {
            self.known.keep_under(path);
            if self.known.file(path).is_some() {
                return;
            }
        } else {
            self.known.remove_file(path);
        }
        let omission = (left_out.is_folder, left_out.reason.clone());
        if self.known.left_out.get(path) == Some(&omission) {
            self.known.left_out.mark(path, self.known.round);
        } else {
            self.known.left_out.set(Arc::from(path), omission, self.known.round);
            self.outbox.tell(Change::LeftOut(left_out));
        }
    }

    /// Tells what went, what came, and what did both, once every path has been walked. `missed` is
    /// what is known there and was not met.
    pub(crate) fn settle(&mut self, missed: Missed) {
        let mut gone: BTreeMap<Arc<Path>, Stamp> = BTreeMap::new();
        for path in missed.files {
            if let Some(stamp) = self.known.file(&path) {
                gone.insert(path, *stamp);
            }
        }
        self.settle_newcomers(&mut gone);
        for path in gone.into_keys() {
            self.known.remove_file(&path);
            self.outbox.tell(Change::Removed(path.to_path_buf()));
        }
        for path in missed.left_out {
            // A path may lie under two of those that were walked, and one that is a file by now was
            // told as such.
            if self.known.left_out.remove(&path).is_some() && self.known.file(&path).is_none() {
                self.outbox.tell(Change::Removed(path.to_path_buf()));
            }
        }
    }

    fn settle_newcomers(&mut self, gone: &mut BTreeMap<Arc<Path>, Stamp>) {
        let newcomers = std::mem::take(self.newcomers);
        let mut alike: HashMap<Stamp, usize> = HashMap::new();
        for stamp in newcomers.values() {
            *alike.entry(*stamp).or_default() += 1;
        }
        for (path, stamp) in newcomers {
            let entry = Entry { path, stamp };
            let is_alone = alike.get(&stamp) == Some(&1);
            match self.former_path(&entry, is_alone, gone) {
                None => self.add(entry),
                Some(from) => {
                    gone.remove(&from);
                    self.known.remove_file(&from);
                    self.known.set_file(&entry.path, stamp);
                    self.outbox.tell(Change::Renamed { from: from.to_path_buf(), to: entry });
                }
            }
        }
    }

    /// The path that a newcomer had before, if it is gone from there.
    fn former_path(
        &self,
        newcomer: &Entry,
        is_alone: bool,
        gone: &BTreeMap<Arc<Path>, Stamp>,
    ) -> Option<Arc<Path>> {
        let is_gone = |from: &Arc<Path>| gone.contains_key(from);
        let mut candidates = self.known.with_stamp(newcomer.stamp);
        if newcomer.stamp.id.is_some() {
            let links = || self.known.with_stamp(newcomer.stamp).take(MOST_LINKS);
            let has_left = |from: &&Arc<Path>| has_left(from, &newcomer.path);
            return links().find(|from| is_gone(from)).or_else(|| links().find(has_left)).cloned();
        }
        // Without an id, size and time tell a file only where one alone went and one alone came.
        let from = candidates.next()?;
        let is_sure = is_alone && candidates.next().is_none();
        (is_sure && (is_gone(from) || has_left(from, &newcomer.path))).then(|| Arc::clone(from))
    }

    fn add(&mut self, entry: Entry) {
        self.known.set_file(&entry.path, entry.stamp);
        self.outbox.tell(Change::Added(entry));
    }
}

/// Whether `from` is no longer there although no walk has told so: it was not looked at yet, or the
/// file system takes it for the same as `to`, which differs in letter case alone.
fn has_left(from: &Path, to: &Path) -> bool {
    let lower = |path: &Path| path.as_os_str().to_string_lossy().to_lowercase();
    match fs::symlink_metadata(from) {
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        Ok(_) => lower(from) == lower(to) && !is_spelled_so(from),
    }
}

/// Whether the folder has an entry of exactly this name.
fn is_spelled_so(path: &Path) -> bool {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return true };
    let is_it =
        |entry: fs::DirEntry| -> bool { AsRef::<OsStr>::as_ref(&entry.file_name()) == name };
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn the_spelling_of_a_name_is_what_the_folder_says() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Readme.md"), "x").unwrap();
        let check = |name: &str, expected: bool| {
            assert_eq!(is_spelled_so(&folder.path().join(name)), expected, "{name}");
        };
        check("Readme.md", true);
        check("README.md", false);
        check("other", false);
    }

    /// As on Windows, where the standard library gives no id.
    #[test]
    fn without_ids_only_an_unmistakable_move_is_a_rename() {
        let check = |before: &[(&str, u64)], after: &[(&str, u64)], expected: &[&str]| {
            let told = compare(before, after);
            assert_eq!(told, expected, "{before:?} then {after:?}");
        };
        check(&[("/w/a", 5)], &[("/w/b", 5)], &["/w/a → /w/b"]);
        check(&[("/w/a", 5)], &[("/w/b", 6)], &["+ /w/b", "- /w/a"]);
        check(&[("/w/a", 0)], &[("/w/b", 0)], &["+ /w/b", "- /w/a"]);
        check(&[("/w/a", 5), ("/w/b", 5)], &[("/w/c", 5)], &["+ /w/c", "- /w/a", "- /w/b"]);
        check(&[("/w/a", 5)], &[("/w/b", 5), ("/w/c", 5)], &["+ /w/b", "+ /w/c", "- /w/a"]);
    }

    fn compare(before: &[(&str, u64)], after: &[(&str, u64)]) -> Vec<String> {
        let (sender, changes) = channel();
        let (mut known, mut outbox) = (Known::default(), Outbox::new(sender));
        let mut newcomers = BTreeMap::new();
        let stamp = |size| Stamp { size, modified: 7, id: None };
        for (path, size) in before {
            known.set_file(Path::new(path), stamp(*size));
        }
        known.round += 1;
        let mut round = Round::new(&mut known, &mut outbox, &mut newcomers);
        for (path, size) in after {
            round.meet_file(Entry { path: path.into(), stamp: stamp(*size) });
        }
        let mut missed = Missed::default();
        missed.add_under(Path::new("/w"), round.known, |_| true);
        round.settle(missed);
        changes
            .try_iter()
            .map(|change| match change {
                Change::Added(entry) => format!("+ {}", entry.path.display()),
                Change::Removed(path) => format!("- {}", path.display()),
                Change::Renamed { from, to } => {
                    format!("{} → {}", from.display(), to.path.display())
                }
                other => format!("{other:?}"),
            })
            .collect()
    }
}

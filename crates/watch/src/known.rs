//! What is known of the files in the watched folders, and of what was left out of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use crate::file::{Reason, Stamp};

/// Values by path, in which everything under a folder lies together. Each carries the number of the
/// round in which it was last met, so that what a walk did not meet is found without a second list.
#[derive(Debug)]
pub(crate) struct Tree<V> {
    items: BTreeMap<Arc<Path>, (V, u64)>,
}

impl<V> Default for Tree<V> {
    fn default() -> Self {
        Self { items: BTreeMap::new() }
    }
}

impl<V> Tree<V> {
    pub(crate) fn get(&self, path: &Path) -> Option<&V> {
        self.items.get(path).map(|(value, _)| value)
    }

    pub(crate) fn set(&mut self, path: Arc<Path>, value: V, round: u64) {
        self.items.insert(path, (value, round));
    }

    pub(crate) fn remove(&mut self, path: &Path) -> Option<V> {
        self.items.remove(path).map(|(value, _)| value)
    }

    pub(crate) fn mark(&mut self, path: &Path, round: u64) {
        if let Some((_, met)) = self.items.get_mut(path) {
            *met = round;
        }
    }

    pub(crate) fn mark_under(&mut self, folder: &Path, round: u64) {
        let range = (Bound::Included(folder), Bound::Unbounded);
        let items = self.items.range_mut::<Path, _>(range);
        for (_, (_, met)) in items.take_while(|(path, _)| path.starts_with(folder)) {
            *met = round;
        }
    }

    /// Everything at or under a path.
    pub(crate) fn under(&self, folder: &Path) -> impl Iterator<Item = (&Arc<Path>, &V)> {
        self.marked_under(folder).map(|(path, value, _)| (path, value))
    }

    /// Everything at or under a path that was not met in this round.
    pub(crate) fn missed_under(&self, folder: &Path, round: u64) -> Vec<Arc<Path>> {
        let missed = self.marked_under(folder).filter(|(_, _, met)| *met != round);
        missed.map(|(path, ..)| Arc::clone(path)).collect()
    }

    fn marked_under(&self, folder: &Path) -> impl Iterator<Item = (&Arc<Path>, &V, u64)> {
        let range = (Bound::Included(folder), Bound::Unbounded);
        let items = self.items.range::<Path, _>(range);
        items
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, (value, met))| (path, value, *met))
    }
}

/// Why something is left out, and whether it is a folder.
pub(crate) type Omission = (bool, Reason);

#[derive(Debug, Default)]
pub(crate) struct Known {
    files: Tree<Stamp>,
    /// The same files by stamp, to find what a newcomer was called before.
    by_stamp: BTreeSet<(Stamp, Arc<Path>)>,
    pub(crate) left_out: Tree<Omission>,
    pub(crate) round: u64,
}

impl Known {
    pub(crate) fn file(&self, path: &Path) -> Option<&Stamp> {
        self.files.get(path)
    }

    pub(crate) fn files_under(&self, folder: &Path) -> impl Iterator<Item = (&Arc<Path>, &Stamp)> {
        self.files.under(folder)
    }

    /// Notes a file, as met in this round.
    pub(crate) fn set_file(&mut self, path: &Path, stamp: Stamp) {
        self.remove_file(path);
        let path: Arc<Path> = Arc::from(path);
        if stamp.tells_identity() {
            self.by_stamp.insert((stamp, Arc::clone(&path)));
        }
        self.files.set(path, stamp, self.round);
    }

    pub(crate) fn remove_file(&mut self, path: &Path) -> Option<Stamp> {
        let (path, _) = self.files.items.get_key_value(path)?;
        let path = Arc::clone(path);
        let stamp = self.files.remove(&path)?;
        self.by_stamp.remove(&(stamp, path));
        Some(stamp)
    }

    pub(crate) fn mark_file(&mut self, path: &Path) {
        self.files.mark(path, self.round);
    }

    /// Leaves everything at or under a path as it is known.
    pub(crate) fn keep_under(&mut self, path: &Path) {
        self.files.mark_under(path, self.round);
        self.left_out.mark_under(path, self.round);
    }

    pub(crate) fn missed_files_under(&self, path: &Path) -> Vec<Arc<Path>> {
        self.files.missed_under(path, self.round)
    }

    /// The paths at which a file with this stamp is known.
    pub(crate) fn with_stamp(&self, stamp: Stamp) -> impl Iterator<Item = &Arc<Path>> {
        let least: (Stamp, Arc<Path>) = (stamp, Arc::from(Path::new("")));
        self.by_stamp
            .range(least..)
            .take_while(move |(other, _)| *other == stamp)
            .map(|(_, path)| path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(found: &[Arc<Path>]) -> Vec<&str> {
        found.iter().map(|path| path.to_str().unwrap()).collect()
    }

    #[test]
    fn under_a_folder_is_what_lies_in_it_and_not_what_is_called_alike() {
        let mut tree = Tree::default();
        for path in ["/a", "/a-b", "/a.txt", "/a/b", "/a/b/c", "/ab", "/b"] {
            tree.set(Arc::from(Path::new(path)), (), 1);
        }
        let check = |folder: &str, expected: &[&str]| {
            assert_eq!(paths(&tree.missed_under(Path::new(folder), 2)), expected, "{folder}");
        };
        check("/a", &["/a", "/a/b", "/a/b/c"]);
        check("/a/b", &["/a/b", "/a/b/c"]);
        check("/nowhere", &[]);
        tree.mark_under(Path::new("/a/b"), 2);
        assert_eq!(paths(&tree.missed_under(Path::new("/a"), 2)), ["/a"]);
    }

    #[test]
    fn files_are_found_by_their_stamp() {
        let stamp = |size| Stamp { size, modified: 0, id: None };
        let mut known = Known::default();
        known.set_file(Path::new("/one"), stamp(1));
        known.set_file(Path::new("/two"), stamp(1));
        known.set_file(Path::new("/empty"), stamp(0));
        known.set_file(Path::new("/two"), stamp(2));
        let found = |known: &Known, size| {
            paths(&known.with_stamp(stamp(size)).cloned().collect::<Vec<_>>()).join(" ")
        };
        assert_eq!(found(&known, 1), "/one");
        assert_eq!(found(&known, 2), "/two");
        assert_eq!(found(&known, 0), "", "empty files without an id are all alike");
        known.remove_file(Path::new("/one"));
        assert_eq!(found(&known, 1), "");
    }
}

//! Looking where hints point: which paths are to be walked for them, and under which rules.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::{Newcomers, Owner};
use crate::hints::Hint;
use crate::place::{Presence, place_of};
use crate::rules::{FolderRules, Level};
use crate::walk::{Look, Walk, look_at};

/// A path that is to be walked because of a hint.
struct Scope {
    place: usize,
    around: Arc<Level>,
    is_deep: bool,
}

impl Owner {
    pub(super) fn look_at_hints(&mut self) {
        let mut hints = self.hints.ripe(Instant::now());
        if hints.is_empty() || self.is_ending() {
            return;
        }
        self.add_where_they_went(&mut hints);
        let scopes = self.scopes(hints);
        self.known.round += 1;
        let (mut newcomers, mut walked) = (Newcomers::new(), Vec::new());
        for (path, scope) in scopes {
            if scope.is_deep {
                self.watched.doubt_under(&path);
            }
            self.walk_scope(&path, &scope, &mut newcomers);
            walked.push((scope.place, path));
            if self.is_ending() {
                return;
            }
        }
        self.settle(&walked, &mut newcomers);
    }

    /// Where something known has gone, it may have come somewhere else: then what is new is looked
    /// at now, though it may not be quiet there yet.
    fn add_where_they_went(&mut self, hints: &mut Vec<Hint>) {
        let is_known = |path: &Path| self.known.file(path).is_some() || self.watched.knows(path);
        let is_gone =
            |hint: &Hint| is_known(&hint.path) && fs::symlink_metadata(&hint.path).is_err();
        if hints.iter().any(is_gone) {
            let known = &self.known;
            hints.extend(self.hints.wanted(|path| known.file(path).is_none()));
            hints.sort_unstable();
        }
    }

    /// What is to be walked for these hints, which are in the order of paths.
    fn scopes(&mut self, hints: Vec<Hint>) -> BTreeMap<PathBuf, Scope> {
        let mut scopes: BTreeMap<PathBuf, Scope> = BTreeMap::new();
        let mut levels = Levels::new();
        let mut deepest: Option<PathBuf> = None;
        for hint in hints {
            let Some(place) = place_of(&self.places, &hint.path) else { continue };
            if !self.is_reachable(place) || self.is_nothing_new(&hint) {
                continue;
            }
            if hint.path == self.places[place].root() {
                self.places[place].lose_events(Instant::now(), &self.settings);
                continue;
            }
            if deepest.as_ref().is_some_and(|deepest| hint.path.starts_with(deepest)) {
                continue;
            }
            let rules = &self.places[place].rules;
            let (path, around) = standing(rules, &hint.path, &mut levels);
            if hint.is_deep {
                deepest = Some(path.clone());
            }
            let scope = scopes.entry(path).or_insert(Scope { place, around, is_deep: false });
            scope.is_deep |= hint.is_deep;
        }
        scopes
    }

    /// Whether a hint only says that something happened in a folder that is known, of which the
    /// thing itself tells too.
    fn is_nothing_new(&self, hint: &Hint) -> bool {
        !hint.is_deep
            && self.watched.knows(&hint.path)
            && self.known.left_out.get(&hint.path).is_none()
    }

    fn is_reachable(&mut self, index: usize) -> bool {
        if self.places[index].presence == Presence::Here && !self.places[index].is_there().0 {
            self.leave(index);
        }
        self.places[index].presence == Presence::Here
    }

    fn walk_scope(&mut self, path: &Path, scope: &Scope, newcomers: &mut Newcomers) {
        let place = &self.places[scope.place];
        let (rules, elsewhere) = (Arc::clone(&place.rules), Arc::clone(&place.elsewhere));
        let walk = Walk::of_path(rules, elsewhere, path, &scope.around);
        let (_, troubles) = self.follow(scope.place, walk, newcomers);
        for trouble in troubles {
            self.set_trouble(scope.place, trouble, true);
            self.places[scope.place].poll(Instant::now(), &self.settings);
        }
    }
}

/// What holds in the folders that were looked at for one batch of hints.
type Levels = HashMap<PathBuf, Arc<Level>>;

/// The path that must be walked to know of `path`: itself, or the first folder on the way to it that
/// is gone or left out. With it comes what holds in the folder around it.
fn standing(rules: &FolderRules, path: &Path, levels: &mut Levels) -> (PathBuf, Arc<Level>) {
    let root = rules.root().to_owned();
    let at_root = || rules.enter(&root, &rules.above_root());
    let mut level = Arc::clone(levels.entry(root.clone()).or_insert_with(at_root));
    let mut here = root;
    let inside = path.strip_prefix(&here).unwrap_or(Path::new("")).to_owned();
    for name in inside.components() {
        let next = here.join(name);
        if next == path {
            break;
        }
        level = match levels.get(&next) {
            Some(level) => Arc::clone(level),
            None => match look_at(rules, &next, &level) {
                Look::Enter => rules.enter(&next, &level),
                Look::Found(_) | Look::Gone => return (next, level),
            },
        };
        levels.insert(next.clone(), Arc::clone(&level));
        here = next;
    }
    (path.to_owned(), level)
}

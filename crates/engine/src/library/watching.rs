//! The watched folders: one watcher for each, and what the watchers tell put into the truth.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use kenning_domain::{FileId, FolderId};
use kenning_store::{Change, FileRecord, Folder, Place, Reason, Stamp, State, StoreError, View};
use kenning_watch::{
    Change as Told, LeftOut, Reason as WhyLeftOut, Settings, Stamp as WatchStamp, StartError,
    Trouble, Watcher,
};

use super::orders::Message;
use super::reasons::{self, VANISHED};
use super::rules;

pub(super) struct Watching {
    folders: BTreeMap<FolderId, Watched>,
    settings: Settings,
    inbox: Sender<Message>,
    watchers_started: u64,
}

struct Watched {
    folder: Folder,
    watcher: Watcher,
    /// Which watcher: what an earlier one still tells is not listened to.
    number: u64,
    is_gone: bool,
    /// Whether it was walked to its end since it was last asked.
    is_walked: bool,
    /// How often its watcher was asked to walk again: a walk that began before does not count.
    asked: u64,
    troubles: BTreeSet<Trouble>,
    /// What was left out before, and of which the watcher has not spoken yet: it knows of files only.
    left_out_before: HashMap<PathBuf, (bool, Reason)>,
}

/// A watched folder as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedFolder {
    pub folder: Folder,
    /// It cannot be reached now; what is known of it is still searched.
    pub is_gone: bool,
    pub is_walked: bool,
    /// Why changes in it are noticed late.
    pub troubles: Vec<Trouble>,
}

impl WatchedFolder {
    /// Which of its files are read.
    pub fn rules(&self) -> kenning_watch::Rules {
        rules::of_text(&self.folder.rules)
    }

    /// As the truth has it, before anybody looked.
    pub(super) fn unseen(folder: Folder) -> Self {
        Self { folder, is_gone: false, is_walked: false, troubles: Vec::new() }
    }
}

/// What a watcher told, and which.
pub(super) struct Changes {
    pub folder: FolderId,
    pub watcher: u64,
    pub told: Vec<Told>,
}

impl Changes {
    /// Whether a walk ended with this: then everything told before must be in the truth first.
    pub(super) fn end_a_walk(&self) -> bool {
        self.told.iter().any(ends_a_walk)
    }
}

impl Watching {
    pub(super) fn new(settings: Settings, inbox: Sender<Message>) -> Self {
        Self { folders: BTreeMap::new(), settings, inbox, watchers_started: 0 }
    }

    /// Watches a folder from what the truth knows of it, in place of how it was watched before.
    pub(super) fn start(&mut self, folder: Folder, view: &View<'_>) -> Result<(), StartOrStore> {
        let (mut known, mut left_out_before) = (Vec::new(), HashMap::new());
        view.each_file(folder.id, |file| {
            remember(&folder, file, &mut known, &mut left_out_before)
        })?;
        let settings = Settings { rules: rules::of_text(&folder.rules), ..self.settings.clone() };
        let started = Watcher::start(std::slice::from_ref(&folder.path), known, settings);
        let (watcher, told) = started.map_err(StartOrStore::Start)?;
        self.watchers_started += 1;
        let number = self.watchers_started;
        forward(folder.id, number, told, self.inbox.clone())
            .map_err(|error| StartOrStore::Start(StartError::Thread(error)))?;
        let watched = Watched {
            watcher,
            number,
            is_gone: false,
            is_walked: false,
            asked: 0,
            troubles: BTreeSet::new(),
            left_out_before,
            folder,
        };
        self.folders.insert(watched.folder.id, watched);
        Ok(())
    }

    pub(super) fn stop(&mut self, folder: FolderId) -> Option<Folder> {
        self.folders.remove(&folder).map(|watched| watched.folder)
    }

    pub(super) fn stop_all(&mut self) {
        self.folders.clear();
    }

    /// Walks everything again; until then not all is walked.
    pub(super) fn look_again(&mut self) {
        for watched in self.folders.values_mut() {
            watched.is_walked = false;
            watched.asked += 1;
            watched.watcher.reconcile();
        }
    }

    /// Whether every folder that can be reached was walked.
    pub(super) fn all_are_walked(&self) -> bool {
        self.folders.values().all(|watched| watched.is_walked || watched.is_gone)
    }

    pub(super) fn shown(&self) -> Vec<WatchedFolder> {
        let shown = |watched: &Watched| WatchedFolder {
            folder: watched.folder.clone(),
            is_gone: watched.is_gone,
            is_walked: watched.is_walked,
            troubles: watched.troubles.iter().copied().collect(),
        };
        self.folders.values().map(shown).collect()
    }

    pub(super) fn path_of(&self, folder: FolderId, path: &Path) -> Option<PathBuf> {
        Some(self.folders.get(&folder)?.folder.path.join(path))
    }

    /// The innermost watched folder in which a path lies, and the rest of the path.
    pub(super) fn place<'a>(&self, path: &'a Path) -> Option<Place<'a>> {
        let around = self.folders.values().filter_map(|watched| {
            let inside = path.strip_prefix(&watched.folder.path).ok()?;
            Some(Place::new(watched.folder.id, inside))
        });
        around.min_by_key(|place| place.path.as_os_str().len())
    }

    /// The innermost of the other folders in which this one lies.
    pub(super) fn around(&self, folder: &Path) -> Option<FolderId> {
        let parent = folder.parent()?;
        self.place(parent).map(|place| place.folder)
    }

    /// Puts into the truth what was told.
    pub(super) fn note(
        &self,
        change: &mut Change<'_>,
        changes: &Changes,
    ) -> Result<(), StoreError> {
        let Some(watched) = self.listened_to(changes) else { return Ok(()) };
        for told in &changes.told {
            self.note_one(change, watched, told)?;
        }
        Ok(())
    }

    fn listened_to(&self, changes: &Changes) -> Option<&Watched> {
        self.folders.get(&changes.folder).filter(|watched| watched.number == changes.watcher)
    }

    /// What lies in a folder within this one is told by that one's watcher.
    fn own_place<'a>(&self, watched: &Watched, path: &'a Path) -> Option<Place<'a>> {
        self.place(path).filter(|place| place.folder == watched.folder.id)
    }

    fn note_one(
        &self,
        change: &mut Change<'_>,
        watched: &Watched,
        told: &Told,
    ) -> Result<(), StoreError> {
        match told {
            Told::Added(entry) | Told::Modified(entry) => {
                let Some(place) = self.own_place(watched, &entry.path) else { return Ok(()) };
                let file = change.see(place, &stamp(&entry.stamp))?;
                read_again_if_vanished(change, file)
            }
            Told::Removed(path) => {
                let Some(place) = self.own_place(watched, path) else { return Ok(()) };
                change.forget(place)
            }
            Told::Renamed { from, to } => {
                let places = (self.own_place(watched, from), self.own_place(watched, &to.path));
                match places {
                    (Some(from), Some(place)) => {
                        let file = change.moved(from, place, &stamp(&to.stamp))?;
                        read_again_if_vanished(change, file)
                    }
                    (None, Some(place)) => change.see(place, &stamp(&to.stamp)).map(drop),
                    (Some(from), None) => change.forget(from),
                    (None, None) => Ok(()),
                }
            }
            Told::LeftOut(left_out) => self.note_left_out(change, watched, left_out),
            Told::FolderBack(_) => read_vanished_again(change, watched.folder.id),
            Told::Scanned { .. } => {
                // What is not there was told of before: the rest was away only for a moment.
                read_vanished_again(change, watched.folder.id)?;
                self.forget_unspoken(change, watched)
            }
            Told::FolderGone(_) | Told::Trouble { .. } | Told::TroubleOver { .. } => Ok(()),
        }
    }

    fn note_left_out(
        &self,
        change: &mut Change<'_>,
        watched: &Watched,
        left_out: &LeftOut,
    ) -> Result<(), StoreError> {
        // What is known of a folder stays known while it cannot be looked at.
        if left_out.is_folder && matches!(left_out.reason, WhyLeftOut::Unreadable(_)) {
            return Ok(());
        }
        let reason = reasons::of_left_out(&left_out.reason);
        let before = watched.left_out_before.get(&left_out.path);
        if before == Some(&(left_out.is_folder, reason.clone())) {
            return Ok(());
        }
        let Some(place) = self.own_place(watched, &left_out.path) else { return Ok(()) };
        change.leave_out(place, left_out.is_folder, 0, &reason).map(drop)
    }

    /// What was left out before, and was not spoken of on a whole walk, is there no more.
    fn forget_unspoken(
        &self,
        change: &mut Change<'_>,
        watched: &Watched,
    ) -> Result<(), StoreError> {
        for path in watched.left_out_before.keys() {
            let Some(place) = self.own_place(watched, path) else { continue };
            let known = change.view().file_at(place)?;
            if known.is_some_and(|file| file.state == State::LeftOut) {
                change.forget(place)?;
            }
        }
        Ok(())
    }

    /// Remembers what was told, once the truth has it.
    pub(super) fn remember(&mut self, changes: &Changes) {
        let Some(watched) = self.folders.get_mut(&changes.folder) else { return };
        if watched.number != changes.watcher {
            return;
        }
        for told in &changes.told {
            match told {
                Told::FolderGone(_) => watched.is_gone = true,
                Told::FolderBack(_) => watched.is_gone = false,
                Told::LeftOut(left_out) => drop(watched.left_out_before.remove(&left_out.path)),
                Told::Scanned { asked, .. } => {
                    watched.is_walked |= *asked >= watched.asked;
                    watched.left_out_before.clear();
                }
                Told::Trouble { trouble, .. } => drop(watched.troubles.insert(*trouble)),
                Told::TroubleOver { trouble, .. } => drop(watched.troubles.remove(trouble)),
                _ => {}
            }
        }
    }
}

/// Why a folder could not be watched.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartOrStore {
    #[error(transparent)]
    Start(StartError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn remember(
    folder: &Folder,
    file: FileRecord,
    known: &mut Vec<(PathBuf, WatchStamp)>,
    left_out: &mut HashMap<PathBuf, (bool, Reason)>,
) {
    let path = folder.path.join(&file.path);
    if file.state == State::LeftOut {
        left_out.insert(path, (file.is_folder, file.reason));
    } else {
        known.push((path, watch_stamp(&file.stamp)));
    }
}

/// It was looked for where it had been, before it was told of where it is.
fn read_again_if_vanished(change: &mut Change<'_>, file: FileId) -> Result<(), StoreError> {
    let known = change.view().file(file)?;
    let is_vanished =
        |file: &FileRecord| file.state == State::Failed && file.reason.code == VANISHED;
    if known.as_ref().is_some_and(is_vanished) {
        change.read_again(file)?;
    }
    Ok(())
}

fn read_vanished_again(change: &mut Change<'_>, folder: FolderId) -> Result<(), StoreError> {
    let mut vanished = Vec::new();
    change.view().each_file(folder, |file| {
        if file.state == State::Failed && file.reason.code == VANISHED {
            vanished.push(file.id);
        }
    })?;
    vanished.into_iter().try_for_each(|file| change.read_again(file))
}

/// Hands on what a watcher tells until it or the librarian has ended.
fn forward(
    folder: FolderId,
    watcher: u64,
    changes: Receiver<Told>,
    inbox: Sender<Message>,
) -> io::Result<()> {
    const AT_ONCE: usize = 256;
    let run = move || {
        while let Ok(first) = changes.recv() {
            let mut told = vec![first];
            told.extend(changes.try_iter().take(AT_ONCE));
            // A walk's end comes alone: what follows from it hangs on all that came before.
            for told in told.chunk_by(|one, next| !ends_a_walk(one) && !ends_a_walk(next)) {
                let changes = Changes { folder, watcher, told: told.to_vec() };
                if inbox.send(Message::Changes(changes)).is_err() {
                    return;
                }
            }
        }
    };
    thread::Builder::new().name("watched".to_owned()).spawn(run).map(drop)
}

fn ends_a_walk(told: &Told) -> bool {
    matches!(told, Told::Scanned { .. })
}

pub(super) fn stamp(of: &WatchStamp) -> Stamp {
    let id = of.id.map(|id| (id.device, id.file));
    Stamp { size: of.size, modified: of.modified, id }
}

fn watch_stamp(of: &Stamp) -> WatchStamp {
    let id = of.id.map(|(device, file)| kenning_watch::FileId { device, file });
    WatchStamp { size: of.size, modified: of.modified, id }
}

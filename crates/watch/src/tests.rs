//! The watcher where the system refuses watches, loses events, or never sends any.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use notify::event::{CreateKind, EventKind, Flag};
use tempfile::TempDir;

use crate::register::{Message, Refusal, Register};
use crate::{Change, Settings, Trouble, Watcher};

/// A system that never sends an event of its own and has only so many watches.
struct Mute {
    left: Arc<AtomicUsize>,
    watched: Arc<Mutex<Vec<PathBuf>>>,
}

impl Register for Mute {
    fn watch(&mut self, folder: &Path) -> Result<(), Refusal> {
        let one_less = |left: usize| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            .map_err(|_| Refusal::RanOut)?;
        self.watched.lock().unwrap().push(folder.to_owned());
        Ok(())
    }

    fn unwatch(&mut self, folder: &Path) {
        self.watched.lock().unwrap().retain(|other| other != folder);
    }
}

struct Stage {
    folder: TempDir,
    left: Arc<AtomicUsize>,
    watched: Arc<Mutex<Vec<PathBuf>>>,
    watcher: Watcher,
    changes: Receiver<Change>,
}

fn settings() -> Settings {
    Settings {
        quiet: Duration::from_millis(30),
        poll_least: Duration::from_millis(100),
        heartbeat: Duration::from_millis(50),
        ..Settings::default()
    }
}

impl Stage {
    /// Watches a folder with three folders in it, with so many watches at hand.
    fn new(watches: usize) -> Self {
        let left = Arc::new(AtomicUsize::new(watches));
        let watched = Arc::default();
        let mute = Mute { left: Arc::clone(&left), watched: Arc::clone(&watched) };
        Self::with(left, watched, |_| Ok(Box::new(mute)))
    }

    fn with(
        left: Arc<AtomicUsize>,
        watched: Arc<Mutex<Vec<PathBuf>>>,
        register: impl FnOnce(Sender<Message>) -> Result<Box<dyn Register>, Refusal>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let roots = [folder.path().to_owned()];
        let (watcher, changes) = Watcher::start_with(&roots, [], settings(), register).unwrap();
        let mut stage = Self { folder, left, watched, watcher, changes };
        stage.wait_for(|change| matches!(change, Change::Scanned { .. }));
        stage
    }

    fn write(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, name).unwrap();
        path
    }

    /// Everything that is told up to the change that is waited for.
    #[track_caller]
    fn wait_for(&mut self, is_it: impl Fn(&Change) -> bool) -> Vec<Change> {
        let mut told = Vec::new();
        loop {
            let Ok(change) = self.changes.recv_timeout(Duration::from_secs(30)) else {
                panic!("waited in vain; told was {told:#?}");
            };
            let is_last = is_it(&change);
            told.push(change);
            if is_last {
                return told;
            }
        }
    }

    #[track_caller]
    fn wait_for_file(&mut self, path: &Path) {
        self.wait_for(|change| matches!(change, Change::Added(entry) if entry.path == path));
    }

    #[track_caller]
    fn wait_for_trouble(&mut self, expected: Trouble) {
        self.wait_for(
            |change| matches!(change, Change::Trouble { trouble, .. } if *trouble == expected),
        );
    }

    #[track_caller]
    fn wait_for_trouble_over(&mut self, expected: Trouble) {
        self.wait_for(
            |change| matches!(change, Change::TroubleOver { trouble, .. } if *trouble == expected),
        );
    }

    fn send(&self, message: Message) {
        self.watcher.inbox().send(message).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn when_watches_run_out_polling_takes_over_until_there_are_enough() {
    let mut stage = Stage::new(2);
    let file = stage.write("c/new");
    stage.wait_for_file(&file);
    // A walk asks again.
    stage.left.store(100, Ordering::SeqCst);
    stage.wait_for_trouble_over(Trouble::WatchesRanOut);
    assert_eq!(stage.watched.lock().unwrap().len(), 4);
}

#[test]
fn running_out_is_told_before_the_walk_is_over() {
    let left = Arc::new(AtomicUsize::new(0));
    let mute = Mute { left: Arc::clone(&left), watched: Arc::default() };
    let folder = tempfile::tempdir().unwrap();
    let roots = [folder.path().to_owned()];
    let register = |_| Ok(Box::new(mute) as Box<dyn Register>);
    let (_watcher, changes) = Watcher::start_with(&roots, [], settings(), register).unwrap();
    let first = changes.recv_timeout(Duration::from_secs(30)).unwrap();
    let trouble = Trouble::WatchesRanOut;
    assert_eq!(first, Change::Trouble { folder: roots[0].clone(), trouble });
}

#[test]
fn where_the_system_gives_no_watcher_at_all_folders_are_polled() {
    for refusal in [Refusal::RanOut, Refusal::Failed] {
        let mut stage = Stage::with(Arc::default(), Arc::default(), |_| Err(refusal));
        let file = stage.write("a/new");
        stage.wait_for_file(&file);
    }
}

#[test]
fn a_folder_that_changes_without_a_word_is_polled_until_it_speaks() {
    let mut stage = Stage::new(100);
    stage.write("a/one");
    stage.watcher.reconcile();
    stage.wait_for_trouble(Trouble::Silent);
    let two = stage.write("a/two");
    stage.wait_for_file(&two);
    let created = EventKind::Create(CreateKind::File);
    stage.send(Message::Event(notify::Event::new(created).add_path(two)));
    stage.wait_for_trouble_over(Trouble::Silent);
}

#[test]
fn an_overflow_makes_a_walk() {
    let mut stage = Stage::new(100);
    let file = stage.write("a/lost");
    stage.send(Message::Event(notify::Event::new(EventKind::Other).set_flag(Flag::Rescan)));
    stage.wait_for_file(&file);
}

#[test]
fn an_error_of_the_system_makes_a_walk() {
    let mut stage = Stage::new(100);
    let file = stage.write("a/lost");
    stage.send(Message::Broken);
    stage.wait_for_file(&file);
}

#[test]
fn more_hints_than_can_be_kept_make_a_walk() {
    let mut stage = Stage::new(100);
    let file = stage.write("a/lost");
    let created = EventKind::Create(CreateKind::File);
    for number in 0..25_000 {
        let path = stage.folder.path().join(format!("never there {number}"));
        stage.send(Message::Event(notify::Event::new(created).add_path(path)));
    }
    stage.wait_for_file(&file);
}

#[test]
fn an_event_that_is_wrong_tells_nothing() {
    let mut stage = Stage::new(100);
    let created = EventKind::Create(CreateKind::File);
    let removed = EventKind::Remove(notify::event::RemoveKind::File);
    let file = stage.write("a/real");
    let beyond = PathBuf::from("/beyond/all/folders");
    let never = stage.folder.path().join("a/never/was");
    for (kind, path) in [(removed, &file), (created, &never), (created, &beyond)] {
        stage.send(Message::Event(notify::Event::new(kind).add_path(path.clone())));
    }
    let told = stage.wait_for(|change| matches!(change, Change::Added(_)));
    assert_eq!(told.len(), 1, "{told:?}");
    stage.watcher.reconcile();
    let told = stage.wait_for(|change| matches!(change, Change::Scanned { .. }));
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_folder_is_given_up_under_its_old_name_before_it_is_watched_under_the_new() {
    let mut stage = Stage::new(100);
    stage.write("a/file");
    stage.watcher.reconcile();
    stage.wait_for(|change| matches!(change, Change::Scanned { .. }));
    fs::rename(stage.folder.path().join("a"), stage.folder.path().join("z")).unwrap();
    stage.watcher.reconcile();
    stage.wait_for(|change| matches!(change, Change::Renamed { .. }));
    let watched = stage.watched.lock().unwrap().clone();
    let is_watched = |name: &str| watched.contains(&stage.folder.path().join(name));
    assert_eq!((is_watched("a"), is_watched("z")), (false, cfg!(target_os = "linux")));
}

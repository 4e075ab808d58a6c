//! A watched folder: where it is, whether it can be reached, and when it is to be walked again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::change::{Trouble, Troubles};
use crate::file::FileId;
use crate::known::Known;
use crate::medium::medium_of;
use crate::rules::FolderRules;
use crate::walk::Walk;
use crate::watcher::{Settings, StartError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Unknown,
    Here,
    Gone,
}

#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) rules: Arc<FolderRules>,
    /// The watched folders inside this one, which are walked by themselves.
    pub(crate) elsewhere: Arc<[PathBuf]>,
    /// The folder without symbolic links on the way, as some systems call it in their events.
    real: PathBuf,
    device: Option<u64>,
    pub(crate) presence: Presence,
    pub(crate) troubles: Troubles,
    /// When to walk by the timer; nothing while a walk is going on.
    timer: Option<Instant>,
    /// When to walk at once, having been asked to or having lost events.
    asked: Option<Instant>,
    lost: Option<Instant>,
    ended: Instant,
    pub(crate) took: Duration,
    /// Events since the last walk began.
    pub(crate) events: u64,
    /// Whether the last walk found what no event had told. The event may be on its way.
    pub(crate) is_suspect: bool,
}

/// The watched folders, each once.
pub(crate) fn places(folders: &[PathBuf], settings: &Settings) -> Result<Vec<Place>, StartError> {
    let mut roots: Vec<(PathBuf, PathBuf)> = Vec::new();
    for folder in folders {
        let refuse = |source| StartError::Folder { folder: folder.clone(), source };
        let root = std::path::absolute(folder).map_err(refuse)?;
        let real = fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
        if !roots.iter().any(|(_, other)| *other == real) {
            roots.push((root, real));
        }
    }
    let now = Instant::now();
    let place = |(root, real): &(PathBuf, PathBuf)| -> Result<Place, StartError> {
        let others = roots.iter().filter(|(other, _)| other != root);
        let elsewhere = others.flat_map(|(given, real)| [given.clone(), real.clone()]);
        Ok(Place {
            rules: Arc::new(FolderRules::new(&settings.rules, root)?),
            elsewhere: elsewhere.filter(|other| other.starts_with(root)).collect(),
            real: real.clone(),
            device: None,
            presence: Presence::Unknown,
            troubles: Troubles::new(),
            timer: Some(now),
            asked: None,
            lost: None,
            ended: now,
            took: Duration::ZERO,
            events: 0,
            is_suspect: false,
        })
    };
    roots.iter().map(place).collect()
}

impl Place {
    pub(crate) fn root(&self) -> &Path {
        self.rules.root()
    }

    pub(crate) fn walk(&self) -> Walk {
        Walk::of_root(Arc::clone(&self.rules), Arc::clone(&self.elsewhere))
    }

    /// The path as it is called here, of one that the system calls by its real name.
    pub(crate) fn as_called_here(&self, path: &Path) -> Option<PathBuf> {
        if path.starts_with(self.root()) {
            return Some(path.to_owned());
        }
        let inside = path.strip_prefix(&self.real).ok()?;
        Some(if inside.as_os_str().is_empty() {
            self.root().to_owned()
        } else {
            self.root().join(inside)
        })
    }

    /// Whether the folder is there, and on the device on which it was when it was walked.
    pub(crate) fn is_there(&self) -> (bool, bool) {
        match fs::metadata(self.root()) {
            Ok(metadata) if metadata.is_dir() => (true, device(&metadata) == self.device),
            _ => (false, false),
        }
    }

    pub(crate) fn note_device(&mut self) {
        self.device = fs::metadata(self.root()).ok().as_ref().and_then(device);
    }

    /// Whether this is the empty folder on which a drive used to be mounted. What is known of files
    /// on another file system is then no reason to take them for deleted.
    pub(crate) fn is_emptied_mount(&self, known: &Known) -> bool {
        let Some((_, stamp)) = known.files_under(self.root()).next() else { return false };
        let Ok(metadata) = fs::metadata(self.root()) else { return false };
        let now = FileId::of(&metadata).filter(|_| medium_of(self.root()).keeps_ids());
        let is_other = match (stamp.id, now) {
            (Some(before), Some(now)) => before.device != now.device,
            (before, now) => before.is_some() != now.is_some(),
        };
        let has_moved = self.device.is_some() && self.device != device(&metadata);
        (is_other || has_moved)
            && fs::read_dir(self.root()).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// Whether a trouble began or ended.
    pub(crate) fn set_trouble(&mut self, trouble: Trouble, is_there: bool) -> bool {
        if is_there { self.troubles.insert(trouble) } else { self.troubles.remove(&trouble) }
    }

    /// When to walk, if not now.
    pub(crate) fn due(&self) -> Option<Instant> {
        // A walk makes events too: after one in which some were lost there is a pause.
        let lost = self.lost.map(|lost| lost.max(self.ended + self.took * 5));
        [self.timer, self.asked, lost].into_iter().flatten().min()
    }

    pub(crate) fn ask(&mut self, at: Instant) {
        self.asked = Some(self.asked.map_or(at, |asked| asked.min(at)));
    }

    pub(crate) fn lose_events(&mut self, now: Instant, settings: &Settings) {
        self.lost = Some(now + settings.quiet);
    }

    /// What is asked for from now on is not answered by the walk that begins.
    pub(crate) fn begin_walk(&mut self) {
        (self.timer, self.asked, self.lost) = (None, None, None);
        self.events = 0;
    }

    pub(crate) fn end_walk(&mut self, began: Instant, now: Instant, settings: &Settings) {
        self.took = now.saturating_duration_since(began);
        self.ended = now;
        self.timer = Some(now + self.interval(settings));
    }

    fn interval(&self, settings: &Settings) -> Duration {
        if self.presence == Presence::Gone {
            settings.poll_least
        } else if self.troubles.is_empty() {
            settings.reconcile.max(self.took * 20)
        } else {
            let tenth = self.took * 10;
            tenth.min(settings.poll_most).max(settings.poll_least)
        }
    }

    /// What lies here changes unnoticed from now on.
    pub(crate) fn poll(&mut self, now: Instant, settings: &Settings) {
        self.ask(now + self.interval(settings));
    }
}

fn device(metadata: &fs::Metadata) -> Option<u64> {
    FileId::of(metadata).map(|id| id.device)
}

/// The innermost watched folder in which a path lies.
pub(crate) fn place_of(places: &[Place], path: &Path) -> Option<usize> {
    let around = places.iter().enumerate().filter(|(_, place)| path.starts_with(place.root()));
    around.max_by_key(|(_, place)| place.root().as_os_str().len()).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_a_walk_takes_the_rarer_it_is() {
        let settings = Settings::default();
        let check = |took: u64, trouble: bool, gone: bool, expected: u64| {
            let mut place = places(&[std::env::temp_dir()], &settings).unwrap().remove(0);
            place.set_trouble(Trouble::Remote, trouble);
            place.presence = if gone { Presence::Gone } else { Presence::Here };
            let now = Instant::now();
            place.end_walk(now, now + Duration::from_secs(took), &settings);
            let found = (place.due().unwrap() - now).as_secs() - took;
            assert_eq!(found, expected, "{took} s, trouble {trouble}, gone {gone}");
        };
        check(1, false, false, 900);
        check(100, false, false, 2000);
        check(0, true, false, 10);
        check(30, true, false, 300);
        check(3000, true, false, 600);
        check(30, true, true, 10);
    }

    #[test]
    fn lost_events_bring_the_next_walk_forward_but_leave_a_pause() {
        let settings = Settings::default();
        let mut place = places(&[std::env::temp_dir()], &settings).unwrap().remove(0);
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        place.begin_walk();
        place.lose_events(now + second, &settings);
        place.end_walk(now, now + second * 2, &settings);
        assert_eq!(place.due(), Some(now + second * 12));
    }

    #[test]
    fn what_is_asked_for_during_a_walk_is_done_after_it() {
        let settings = Settings::default();
        let mut place = places(&[std::env::temp_dir()], &settings).unwrap().remove(0);
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        place.begin_walk();
        place.ask(now + second);
        place.end_walk(now, now + second * 2, &settings);
        assert_eq!(place.due(), Some(now + second));
    }
}

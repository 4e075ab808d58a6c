//! The thread that owns everything a watcher knows: it waits, listens, walks and tells.

mod looking;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, EventKind, ModifyKind};

use crate::change::{Change, Counts, Trouble, Troubles};
use crate::file::Stamp;
use crate::hints::Hints;
use crate::known::Known;
use crate::place::{Place, Presence, place_of, places};
use crate::reconcile::{Missed, Outbox, Round};
use crate::register::{Message, Refusal, Register};
use crate::rules::{GIT, GIT_IGNORE, KENNING_IGNORE};
use crate::wake::Wake;
use crate::walk::{Folder, Found, Walk};
use crate::watched::Watched;
use crate::watcher::{Settings, StartError};

/// More hints than this are not worth looking at one by one.
const MOST_HINTS: usize = 20_000;

pub(crate) struct Owner {
    places: Vec<Place>,
    settings: Settings,
    known: Known,
    watched: Watched,
    hints: Hints,
    inbox: Receiver<Message>,
    outbox: Outbox,
    wake: Wake,
    next_heartbeat: Instant,
    is_stopped: bool,
    /// How often it was asked to walk everything again.
    asked: u64,
}

type Newcomers = BTreeMap<PathBuf, Stamp>;

impl Owner {
    pub(crate) fn new(
        folders: &[PathBuf],
        known: impl IntoIterator<Item = (PathBuf, Stamp)>,
        settings: Settings,
        register: Result<Box<dyn Register>, Refusal>,
        inbox: Receiver<Message>,
        changes: Sender<Change>,
    ) -> Result<Self, StartError> {
        let now = Instant::now();
        let mut owner = Self {
            places: places(folders, &settings)?,
            hints: Hints::new(settings.quiet, settings.longest),
            settings,
            known: Known::default(),
            watched: Watched::new(register),
            inbox,
            outbox: Outbox::new(changes),
            wake: Wake::new(now, SystemTime::now()),
            next_heartbeat: now,
            is_stopped: false,
            asked: 0,
        };
        for (path, stamp) in known {
            if place_of(&owner.places, &path).is_some() {
                owner.known.set_file(&path, stamp);
            }
        }
        Ok(owner)
    }

    pub(crate) fn run(mut self) {
        while !self.is_ending() {
            self.beat();
            self.walk_what_is_due();
            self.look_at_hints();
            self.notice_wake(Duration::MAX);
            let wait = self.until_next();
            // Nothing else can be wrong with the channel: the system's side is held here too.
            if let Ok(message) = self.inbox.recv_timeout(wait) {
                self.take(message);
            }
            self.listen();
            self.notice_wake(wait);
        }
    }

    fn is_ending(&self) -> bool {
        self.is_stopped || self.outbox.is_closed()
    }

    fn until_next(&self) -> Duration {
        let due = self.places.iter().filter_map(Place::due);
        let next = due.chain(self.hints.next()).fold(self.next_heartbeat, Instant::min);
        next.saturating_duration_since(Instant::now())
    }

    fn listen(&mut self) {
        while let Ok(message) = self.inbox.try_recv() {
            self.take(message);
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Stop => self.is_stopped = true,
            Message::Reconcile => {
                self.asked += 1;
                self.walk_everything_soon();
            }
            Message::Broken => self.lost_events(),
            Message::Event(event) if event.need_rescan() => self.lost_events(),
            Message::Event(event) => {
                let is_deep = !matches!(
                    event.kind,
                    EventKind::Access(AccessKind::Close(_))
                        | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any)
                );
                for path in &event.paths {
                    self.hint(path, is_deep);
                }
            }
        }
    }

    fn hint(&mut self, path: &Path, is_deep: bool) {
        let Some(path) = self.places.iter().find_map(|place| place.as_called_here(path)) else {
            return;
        };
        if let Some(index) = place_of(&self.places, &path) {
            self.places[index].events += 1;
            self.set_trouble(index, Trouble::Silent, false);
        }
        let is_rule =
            path.file_name().is_some_and(|name| name == KENNING_IGNORE || name == GIT_IGNORE);
        let is_repository = is_deep && path.file_name().is_some_and(|name| name == GIT);
        let now = Instant::now();
        match path.parent() {
            Some(folder) if is_rule || is_repository => {
                self.hints.add(folder.to_owned(), true, now);
            }
            _ => self.hints.add(path, is_deep, now),
        }
        if self.hints.len() > MOST_HINTS {
            self.hints.forget_under(Path::new(""));
            self.lost_events();
        }
    }

    fn lost_events(&mut self) {
        let now = Instant::now();
        for place in &mut self.places {
            place.lose_events(now, &self.settings);
        }
    }

    fn walk_everything_soon(&mut self) {
        let now = Instant::now();
        for place in &mut self.places {
            place.ask(now);
        }
    }

    fn notice_wake(&mut self, expected: Duration) {
        if self.wake.happened(Instant::now(), SystemTime::now(), expected) {
            self.walk_everything_soon();
        }
    }

    /// Looks whether the folders are still there, since not every system says so.
    fn beat(&mut self) {
        let now = Instant::now();
        if now < self.next_heartbeat {
            return;
        }
        self.next_heartbeat = now + self.settings.heartbeat;
        for index in 0..self.places.len() {
            if self.places[index].presence != Presence::Here {
                continue;
            }
            match self.places[index].is_there() {
                (false, _) => self.leave(index),
                (true, false) => self.places[index].ask(now),
                (true, true) => self.judge_silence(index),
            }
        }
    }

    /// Tells of silence where a walk found changes and, a heartbeat later, still no event has told of any.
    fn judge_silence(&mut self, index: usize) {
        let place = &mut self.places[index];
        if std::mem::take(&mut place.is_suspect) && place.events == 0 {
            self.set_trouble(index, Trouble::Silent, true);
            self.places[index].poll(Instant::now(), &self.settings);
        }
    }

    fn leave(&mut self, index: usize) {
        let place = &mut self.places[index];
        let folder = place.root().to_owned();
        if place.presence != Presence::Gone {
            place.presence = Presence::Gone;
            self.outbox.tell(Change::FolderGone(folder.clone()));
        }
        place.ask(Instant::now() + self.settings.poll_least);
        self.hints.forget_under(&folder);
        self.watched.give_up_missed(&folder, u64::MAX, |_| true);
    }

    fn arrive(&mut self, index: usize) {
        let place = &mut self.places[index];
        if place.presence == Presence::Gone {
            self.outbox.tell(Change::FolderBack(place.root().to_owned()));
        }
        place.presence = Presence::Here;
        place.note_device();
    }

    fn set_trouble(&mut self, index: usize, trouble: Trouble, is_there: bool) {
        let place = &mut self.places[index];
        if place.set_trouble(trouble, is_there) {
            let folder = place.root().to_owned();
            self.outbox.tell(match is_there {
                true => Change::Trouble { folder, trouble },
                false => Change::TroubleOver { folder, trouble },
            });
        }
    }

    fn walk_what_is_due(&mut self) {
        let now = Instant::now();
        let is_due = |place: &Place| place.due().is_some_and(|due| due <= now);
        let is_due: Vec<bool> = self.places.iter().map(is_due).collect();
        if !is_due.contains(&true) {
            return;
        }
        self.known.round += 1;
        let asked = self.asked;
        self.watched.try_again();
        let mut newcomers = Newcomers::new();
        let mut walked = Vec::new();
        for index in (0..is_due.len()).filter(|index| is_due[*index]) {
            if let Some(counts) = self.walk_place(index, &mut newcomers) {
                walked.push((index, counts));
            }
            if self.is_ending() {
                return;
            }
        }
        let root = |(index, _): &(usize, Counts)| (*index, self.places[*index].root().to_owned());
        let roots: Vec<(usize, PathBuf)> = walked.iter().map(root).collect();
        self.settle(&roots, &mut newcomers);
        for (index, counts) in walked {
            let place = &self.places[index];
            let (folder, took) = (place.root().to_owned(), place.took);
            self.outbox.tell(Change::Scanned { folder, counts, took, asked });
        }
    }

    /// Walks a watched folder, unless it is not there.
    fn walk_place(&mut self, index: usize, newcomers: &mut Newcomers) -> Option<Counts> {
        let began = Instant::now();
        self.places[index].begin_walk();
        if self.places[index].is_emptied_mount(&self.known) {
            self.leave(index);
            return None;
        }
        let walk = self.places[index].walk();
        let was_here = self.places[index].presence == Presence::Here;
        let fresh = self.outbox.fresh();
        let (counts, troubles) = self.follow(index, walk, newcomers);
        let is_here = self.places[index].presence == Presence::Here;
        let place = &mut self.places[index];
        place.is_suspect = was_here && self.outbox.fresh() > fresh && place.events == 0;
        if is_here {
            for trouble in [Trouble::Remote, Trouble::WatchesRanOut, Trouble::Refused] {
                self.set_trouble(index, trouble, troubles.contains(&trouble));
            }
        }
        self.places[index].end_walk(began, Instant::now(), &self.settings);
        is_here.then_some(counts)
    }

    /// Meets everything on a walk, listening meanwhile so that the inbox does not fill.
    fn follow(
        &mut self,
        index: usize,
        walk: Walk,
        newcomers: &mut Newcomers,
    ) -> (Counts, Troubles) {
        let (mut counts, mut troubles) = (Counts::default(), Troubles::new());
        let mut walk = walk.enumerate().peekable();
        while let Some((number, found)) = walk.next() {
            if number % 128 == 0 {
                self.listen();
            }
            if self.is_ending() {
                break;
            }
            let root = self.places[index].rules.root();
            match found {
                Found::LeftOut(left_out) if left_out.path == root => self.leave(index),
                Found::LeftOut(left_out) => {
                    counts.left_out += 1;
                    self.round(newcomers).meet_left_out(left_out);
                }
                Found::File(entry) => {
                    counts.files += 1;
                    counts.bytes += entry.stamp.size;
                    self.round(newcomers).meet_file(entry);
                }
                Found::Folder(folder) => {
                    counts.folders += 1;
                    let is_root = folder.path == root;
                    troubles.extend(self.meet_folder(&folder, is_root));
                    let fails = |next: &(usize, Found)| matches!(&next.1, Found::LeftOut(left_out) if left_out.path == folder.path);
                    if is_root && !walk.peek().is_some_and(fails) {
                        self.arrive(index);
                    }
                }
            }
        }
        (counts, troubles)
    }

    fn round<'a>(&'a mut self, newcomers: &'a mut Newcomers) -> Round<'a> {
        Round::new(&mut self.known, &mut self.outbox, newcomers)
    }

    fn meet_folder(&mut self, folder: &Folder, is_root: bool) -> Troubles {
        let watched = self.watched.meet(folder, is_root, self.known.round);
        let refused = match watched {
            Ok(()) | Err(Refusal::Gone) => None,
            Err(Refusal::RanOut) => Some(Trouble::WatchesRanOut),
            Err(Refusal::Failed) => Some(Trouble::Refused),
        };
        refused.into_iter().chain(folder.is_remote.then_some(Trouble::Remote)).collect()
    }

    /// Ends a comparison in which these paths, each in its watched folder, were walked.
    fn settle(&mut self, walked: &[(usize, PathBuf)], newcomers: &mut Newcomers) {
        let mut missed = Missed::default();
        for (index, path) in walked {
            let is_ours = |path: &Path| place_of(&self.places, path) == Some(*index);
            self.watched.give_up_missed(path, self.known.round, is_ours);
            missed.add_under(path, &self.known, is_ours);
        }
        self.round(newcomers).settle(missed);
    }
}

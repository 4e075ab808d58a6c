//! The map of a library: made in the background when somebody looks at it and it is old, and kept in a file.
//!
//! While it is made anew the one before it is shown. It is derived from everything else, so whatever is wrong
//! with its file, it is made again.

use std::cell::Cell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fs, mem};

use kenning_atlas::{Atlas, Compare, GivenUp, Making, Topic};
use kenning_domain::{Cancel, PassageId, Tag};
use kenning_search::answer::{AnswerError, Comparing, names, thresholds};
use kenning_search::library::{Meaning, Snapshot};

use super::Searcher;

const FILE: &str = "atlas";
/// So many documents tell what a topic is called.
const NAMING: usize = 40;
/// A map is told of at most so often while it is made.
const TOLD_EVERY: Duration = Duration::from_millis(100);
/// What comes after the places is about a third.
const PLACES: f32 = 0.7;
/// A library that changes all the time has its map made again after so long, or after so many times what
/// making it takes.
const REST: Duration = Duration::from_secs(3);
const REST_TIMES: u32 = 10;

/// What is to be seen of the map now.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The library as it is, or as it was; nothing where no map was ever made.
    pub drawn: Option<Arc<Atlas>>,
    /// How far a newer one is, from 0 to 1.
    pub making: Option<f32>,
    /// Whether the library has changed since.
    pub is_old: bool,
}

/// What is told of the making of a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mapping {
    Making(f32),
    /// There is another to be seen.
    Changed,
}

/// Who makes the maps of a library. Dropping it ends what is under way.
pub struct Mapper {
    shared: Arc<Shared>,
    tell: Arc<dyn Fn(Mapping) + Send + Sync>,
    cancel: Cancel,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    path: PathBuf,
    keeps: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_read: bool,
    drawn: Option<Arc<Atlas>>,
    making: Option<f32>,
    /// When the last one was done, and how long it took.
    made: Option<(Instant, Duration)>,
}

impl Mapper {
    /// `tell` is called by the thread that makes a map. `data` is the library's folder, which is written to only by
    /// who keeps the library.
    pub fn new(data: &Path, keeps: bool, tell: impl Fn(Mapping) + Send + Sync + 'static) -> Self {
        let shared = Shared { path: data.join(FILE), keeps, state: Mutex::default() };
        let (cancel, thread) = (Cancel::default(), Mutex::default());
        Self { shared: Arc::new(shared), tell: Arc::new(tell), cancel, thread }
    }

    /// The map as it is to be seen now. Where it is old, making a newer one begins, unless one was made just
    /// before; its topics are named in one of `languages` where that can be.
    pub fn look(&self, searcher: Searcher, languages: &[Tag]) -> io::Result<Mapped> {
        let mut state = self.shared.lock();
        if !mem::replace(&mut state.is_read, true) {
            let kept = fs::read(&self.shared.path).ok();
            state.drawn = kept.and_then(|bytes| Atlas::of_bytes(&bytes)).map(Arc::new);
        }
        let snapshot = searcher.snapshot();
        let meaning = snapshot.meaning.clone().filter(|meaning| !meaning.codes.is_empty());
        let is_old =
            |meaning: &Meaning| !state.drawn.as_ref().is_some_and(|atlas| is_of(atlas, meaning));
        let old = meaning.filter(is_old);
        let is_old = old.is_some();
        if let Some(meaning) = old.filter(|_| state.making.is_none() && !state.rests()) {
            let cancel = self.cancel.clone();
            let languages = languages.to_vec();
            self.begin(Drawing { searcher, snapshot, meaning, languages, cancel })?;
            state.making = Some(0.0);
        }
        Ok(Mapped { drawn: state.drawn.clone(), making: state.making, is_old })
    }

    /// Called while the state is held, which the thread waits for.
    fn begin(&self, mut drawing: Drawing) -> io::Result<()> {
        let (shared, tell) = (Arc::clone(&self.shared), Arc::clone(&self.tell));
        let work = move || {
            let making = Ends { shared: &shared, started: Instant::now() };
            let before = shared.lock().drawn.clone();
            let progress = |done| {
                shared.lock().making = Some(done);
                tell(Mapping::Making(done));
            };
            if let Some(drawn) = drawing.draw(before.as_deref(), &progress) {
                // A map that cannot be kept is made again after the next start.
                let _ = if shared.keeps { keep(&shared.path, &drawn) } else { Ok(()) };
                shared.lock().drawn = Some(Arc::new(drawn));
            }
            drop(making);
            tell(Mapping::Changed);
        };
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = thread.take() {
            // It made its map, and tells of it at most.
            let _ = before.join();
        }
        *thread = Some(thread::Builder::new().name("map".to_owned()).spawn(work)?);
        Ok(())
    }
}

/// Notes that nothing is being made any more, however that came.
struct Ends<'a> {
    shared: &'a Shared,
    started: Instant,
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.making = None;
        state.made = Some((Instant::now(), self.started.elapsed()));
    }
}

impl Drop for Mapper {
    fn drop(&mut self) {
        self.cancel.cancel();
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn rests(&self) -> bool {
        self.made.is_some_and(|(at, took)| at.elapsed() < REST.max(took * REST_TIMES))
    }
}

fn is_of(atlas: &Atlas, meaning: &Meaning) -> bool {
    atlas.is_of(meaning.space.0, &meaning.codes)
}

/// Tells no more often than somebody looks.
fn seldom<'a>(progress: &'a dyn Fn(f32)) -> impl Fn(f32) + 'a {
    let told = Cell::new(None::<Instant>);
    move |done| {
        if told.get().is_none_or(|at| at.elapsed() >= TOLD_EVERY) {
            told.set(Some(Instant::now()));
            progress(done);
        }
    }
}

/// One making of a map.
struct Drawing {
    searcher: Searcher,
    snapshot: Snapshot,
    meaning: Meaning,
    languages: Vec<Tag>,
    cancel: Cancel,
}

impl Drawing {
    /// `None` where nobody waits any more, or the truth cannot be read: it is begun again when it is asked for.
    fn draw(&mut self, before: Option<&Atlas>, progress: &dyn Fn(f32)) -> Option<Atlas> {
        let cancel = self.cancel.clone();
        let cancelled = || cancel.is_cancelled();
        let told = seldom(progress);
        let tell = |done| told(done * PLACES);
        // Half of the machine stays with whoever sits at it.
        let threads = thread::available_parallelism().map_or(1, |count| count.get().div_ceil(2));
        let making = Making { threads, tell: &tell, cancelled: &cancelled };
        let made = Atlas::make(self.meaning.space.0, &self.meaning.codes, before, &making);
        let mut atlas = made.map_err(|GivenUp| ()).ok()?;
        // A map without names, or without what is alike, is better than none.
        let done =
            self.name(&mut atlas).and_then(|()| self.find_twins(&mut atlas, &cancelled, progress));
        if matches!(done, Err(AnswerError::Cancelled)) { None } else { Some(atlas) }
    }

    fn find_twins(
        &mut self,
        atlas: &mut Atlas,
        cancelled: &dyn Fn() -> bool,
        progress: &dyn Fn(f32),
    ) -> Result<(), AnswerError> {
        let thresholds = thresholds(&self.meaning);
        let catalogue = Arc::clone(&self.snapshot.catalogue);
        let language = |content| {
            let catalogue = catalogue.read().unwrap_or_else(PoisonError::into_inner);
            PassageId::new(content, 0).and_then(|first| catalogue.language(first))
        };
        let mut comparing = Comparing::new(&self.snapshot, &mut self.searcher.truth);
        let mut how = |one, other| match cancelled() {
            true => Err(AnswerError::Cancelled),
            false => comparing.how(one, other),
        };
        let told = seldom(progress);
        atlas.find_twins(Compare {
            // The mean of a document is about as near to that of another as their passages are.
            least: thresholds.translation * 0.95,
            near_copy: thresholds.near_copy,
            language: &language,
            how: &mut how,
            tell: &|done| told(PLACES + (1.0 - PLACES) * done),
        })
    }

    /// The outer topics against each other, and those within each against each other.
    fn name(&mut self, atlas: &mut Atlas) -> Result<(), AnswerError> {
        self.name_within(atlas, None)?;
        for parent in 0..atlas.topics.len() {
            if atlas.topics[parent].parent.is_none() {
                self.name_within(atlas, Some(parent as u32))?;
            }
        }
        Ok(())
    }

    fn name_within(&mut self, atlas: &mut Atlas, parent: Option<u32>) -> Result<(), AnswerError> {
        let own = |topic: &Topic| topic.parent == parent;
        let topics: Vec<usize> =
            (0..atlas.topics.len()).filter(|number| own(&atlas.topics[*number])).collect();
        if topics.is_empty() {
            return Ok(());
        }
        let first_passage = |member: &u32| {
            let document = atlas.documents.get(*member as usize)?;
            PassageId::new(document.content, 0)
        };
        let passages = |number: &usize| {
            let members = atlas.topics[*number].members.iter().take(NAMING);
            members.filter_map(first_passage).collect()
        };
        let groups: Vec<Vec<PassageId>> = topics.iter().map(passages).collect();
        let around = parent.map(|parent| atlas.topics[parent as usize].name.clone());
        let cancel = self.cancel.clone();
        let found = names(
            &groups,
            &around.unwrap_or_default(),
            &self.languages,
            &self.snapshot,
            &mut self.searcher.truth,
            &|| cancel.is_cancelled(),
        )?;
        for (number, name) in topics.into_iter().zip(found) {
            atlas.topics[number].name = name;
        }
        Ok(())
    }
}

/// Written whole beside its place, and then put there.
fn keep(path: &Path, atlas: &Atlas) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = fs::File::create(&temporary)?;
    let written = file.write_all(&atlas.to_bytes()).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| fs::rename(&temporary, path));
    if placed.is_err() {
        // It may never have come to be, and what matters is why.
        let _ = fs::remove_file(&temporary);
    }
    placed
}

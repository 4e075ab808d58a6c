//! Who does what the contract says: the engine behind the commands, and the little that only the interface
//! needs (its settings, the searches it remembers, what the user offered).
//!
//! It knows no window. What only a desktop can do it asks of a [`Shell`].

mod documents;
mod exploring;
mod fetching;
mod files;
mod host;
mod models;
mod offers;
mod remembered;
mod reranking;
mod searching;
mod settings;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use kenning_domain::Cancel;
use kenning_engine::getting::Stop;
use kenning_engine::{
    Cluster, Event, Home, Library, LibraryError, Mapper, Mapping, Models, Options, Searcher,
    Subscription,
};

use crate::error::{Problem, ProblemCode};
use crate::events::{HostEvent, View};
use crate::library::OfferKind;
use crate::settings::Settings;
use offers::Offers;
use reranking::Loaded;

/// What only a desktop can do.
pub trait Shell: Send + Sync {
    fn tell(&self, event: &HostEvent);
    /// Asks the user by the system's dialog; nothing where he chose nothing.
    fn choose(&self, kind: OfferKind) -> Option<PathBuf>;
    /// Opens a file with the program that the system has for it.
    fn open(&self, file: &Path) -> Result<(), String>;
    /// Shows a file in its folder.
    fn reveal(&self, file: &Path) -> Result<(), String>;
    /// Has the launcher come up by these keys, or by none.
    fn set_hotkey(&self, keys: &str) -> Result<(), String>;
    fn set_start_at_login(&self, starts: bool) -> Result<(), String>;
    /// What the system speaks, the best first.
    fn languages(&self) -> Vec<String>;
    fn show_main(&self, view: View, query: &str);
    fn hide_launcher(&self);
    fn quit(&self);
}

/// The engine and what the interface keeps. Every command is done on the thread that asks for it.
pub struct Desk {
    home: Home,
    models: Models,
    shell: Arc<dyn Shell>,
    options: Options,
    /// Nothing while it is closed to be opened anew.
    open: RwLock<Option<Open>>,
    /// Whether it was opened at all.
    opened: OnceLock<Result<(), Problem>>,
    settings: Mutex<Settings>,
    hotkey_trouble: Mutex<Option<String>>,
    offers: Mutex<Offers>,
    /// Resting, each for one thread at a time.
    searchers: Mutex<Vec<Searcher>>,
    asking: Mutex<Asking>,
    fetching: Arc<Mutex<HashMap<String, Stop>>>,
    /// What was measured of models on this machine, in tokens a second.
    speeds: Mutex<HashMap<String, f64>>,
    comparing: Mutex<Cancel>,
    /// Whether the machine runs on its battery, where it has one.
    power: Mutex<Option<bool>>,
    reranker: Mutex<Option<Loaded>>,
}

/// The library, and for as long as it is open what it tells of.
struct Open {
    library: Library,
    mapper: Mapper,
    _told: Option<Subscription>,
}

/// The searches that are under way, and the topics of the last one of each window.
#[derive(Default)]
struct Asking {
    last: u64,
    under_way: HashMap<u64, Cancel>,
    topics: HashMap<String, Vec<Cluster>>,
}

impl Asking {
    fn stop_all(&self) {
        self.under_way.values().for_each(Cancel::cancel);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each holds plain values that are whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Knows what the user set, and nothing of the library until that is opened: a window need not wait for it.
    /// `options` holds as far as the user set nothing else.
    pub fn new(
        home: Home,
        models: Models,
        shell: Arc<dyn Shell>,
        options: Options,
    ) -> Result<Self, Problem> {
        let settings = settings::load(home.data())?;
        Ok(Self {
            home,
            models,
            shell,
            options,
            open: RwLock::default(),
            opened: OnceLock::new(),
            settings: Mutex::new(settings),
            hotkey_trouble: Mutex::default(),
            offers: Mutex::default(),
            searchers: Mutex::default(),
            asking: Mutex::default(),
            fetching: Arc::default(),
            speeds: Mutex::default(),
            comparing: Mutex::default(),
            power: Mutex::default(),
            reranker: Mutex::default(),
        })
    }

    /// Opens the library of the data folder and sets it to work. Whoever asked for it before waits until then, and
    /// is told as well why it cannot be opened.
    pub fn open(&self) -> Result<(), Problem> {
        let opened = self.opened.get_or_init(|| {
            let settings = lock(&self.settings).clone();
            let open = Open::new(&self.home, &self.models, &self.options, &settings, &self.shell)?;
            *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(open);
            Ok(())
        });
        self.apply_hotkey();
        opened.clone()
    }

    /// Whether the machine runs on its battery now; nothing where it has none.
    pub fn power_is(&self, on_battery: Option<bool>) -> Result<(), Problem> {
        let before = std::mem::replace(&mut *lock(&self.power), on_battery);
        if before != on_battery { self.rest_as_told() } else { Ok(()) }
    }

    fn rest_as_told(&self) -> Result<(), Problem> {
        let rests = lock(&self.settings).pause_on_battery && *lock(&self.power) == Some(true);
        self.with(|library| match library.read_only() {
            // Whoever works for it knows of the battery himself.
            Some(_) => Ok(()),
            None => library.rest_on_battery(rests),
        })
    }

    /// Ends the work well.
    pub fn close(&self) {
        for stop in lock(&self.fetching).values() {
            stop.stop();
        }
        lock(&self.comparing).cancel();
        lock(&self.asking).stop_all();
        lock(&self.searchers).clear();
        drop(self.open.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Does something with the library, which stays open as long.
    fn with<T, E: Into<Problem>>(
        &self,
        work: impl FnOnce(&Library) -> Result<T, E>,
    ) -> Result<T, Problem> {
        self.with_open(|open| work(&open.library).map_err(Into::into))
    }

    /// The same with all that is open.
    fn with_open<T>(&self, work: impl FnOnce(&Open) -> Result<T, Problem>) -> Result<T, Problem> {
        self.opened.wait().clone()?;
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        work(open.as_ref().ok_or(LibraryError::Closed)?)
    }

    /// Lends a searcher that rests, or a new one.
    fn searching<T>(
        &self,
        work: impl FnOnce(&mut Searcher) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let resting = lock(&self.searchers).pop();
        let mut searcher = match resting {
            Some(searcher) => searcher,
            None => self.with(Library::searcher)?,
        };
        let done = work(&mut searcher);
        lock(&self.searchers).push(searcher);
        done
    }

    fn tell(&self, event: &HostEvent) {
        self.shell.tell(event);
    }
}

impl Open {
    fn new(
        home: &Home,
        models: &Models,
        options: &Options,
        settings: &Settings,
        shell: &Arc<dyn Shell>,
    ) -> Result<Self, Problem> {
        let mut options = options.clone();
        if let Some(threads) = settings.threads {
            options.threads = NonZeroUsize::new(threads as usize);
        }
        let library = Library::open(home, models, options)?;
        let of_map = Arc::clone(shell);
        let mapper = Mapper::new(home.data(), library.read_only().is_none(), move |mapping| {
            of_map.tell(&match mapping {
                Mapping::Making(done) => HostEvent::Mapping { done },
                Mapping::Changed => HostEvent::MapChanged,
            });
        });
        let shell = Arc::clone(shell);
        let told = library.subscribe(move |event| {
            shell.tell(&match event {
                Event::Progress(progress) => {
                    HostEvent::Progress { progress: Box::new(files::progress_alone(progress)) }
                }
                Event::Searchable => HostEvent::Searchable,
                Event::FoldersChanged => HostEvent::FoldersChanged,
            });
        });
        // A library that is only read tells of nothing.
        Ok(Self { library, mapper, _told: told.ok() })
    }
}

fn internal(error: impl std::fmt::Display) -> Problem {
    Problem { code: ProblemCode::Internal, message: error.to_string() }
}

fn gone(what: &str) -> Problem {
    let message = format!("{what} is not in the library any more");
    Problem { code: ProblemCode::Gone, message }
}

impl From<LibraryError> for Problem {
    fn from(error: LibraryError) -> Self {
        let code = match &error {
            LibraryError::Store(error) => return store_problem(error),
            LibraryError::ReadOnly(_) => ProblemCode::ReadOnly,
            LibraryError::NotAFolder(_) | LibraryError::Watch(_) | LibraryError::NotWatched(_) => {
                ProblemCode::Folder
            }
            LibraryError::UnknownFolder(_) => ProblemCode::Gone,
            LibraryError::Models(_)
            | LibraryError::NotLoaded(_)
            | LibraryError::Model(_)
            | LibraryError::WholeOnly(_)
            | LibraryError::Numbers { .. }
            | LibraryError::TooLittleToCompare { .. } => ProblemCode::Model,
            LibraryError::Stopped => ProblemCode::Cancelled,
            _ => ProblemCode::Internal,
        };
        Self { code, message: error.to_string() }
    }
}

fn store_problem(error: &kenning_engine::StoreError) -> Problem {
    use kenning_engine::StoreError::{DiskFull, InUse, ReadOnly, Unknown};
    let code = match error {
        InUse { .. } | ReadOnly { .. } => ProblemCode::ReadOnly,
        DiskFull { .. } => ProblemCode::DiskFull,
        Unknown { .. } => ProblemCode::Gone,
        _ => ProblemCode::Internal,
    };
    Problem { code, message: error.to_string() }
}

impl From<kenning_engine::StoreError> for Problem {
    fn from(error: kenning_engine::StoreError) -> Self {
        store_problem(&error)
    }
}

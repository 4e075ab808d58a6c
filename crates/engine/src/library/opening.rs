//! Opening a library: its parts put together from leaf to root, and the librarian set to work.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use kenning_documents::{Program, Quarantine};
use kenning_domain::SpaceId;
use kenning_inference::{DevicePreference, limit_documents};
use kenning_search::calibration::Calibration;
use kenning_search::library::{Derived, Snapshot};
use kenning_store::{Reader as TruthReader, StoreError, Truth};
use kenning_watch::Settings;

use super::board::{Board, Shown};
use super::embedding::Embedder;
use super::keeping;
use super::librarian::{Librarian, State};
use super::looking::Looking;
use super::model::Model;
use super::notes;
use super::obeying::{MODEL, PAUSED};
use super::orders::Message;
use super::progress::Progress;
use super::readers::{Equipment, Readers};
use super::repairs::Repairs;
use super::spaces::Spaces;
use super::watching::{WatchedFolder, Watching};
use super::{Hands, Library, LibraryError};
use crate::home::Home;
use crate::models::{Models, ModelsError};
use crate::reading::{Reader, this_program};

/// How a library is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Refused where another program writes.
    Write,
    Read,
    /// Read only where another program writes.
    #[default]
    WriteElseRead,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub access: Access,
    /// Whether files are read and embedded, unless the work is paused; else folders are only watched.
    pub works: bool,
    /// The model to use, by name; without one, that which was chosen before, else the first there is.
    pub model: Option<String>,
    pub device: DevicePreference,
    /// What is started to read files; this program itself where none is given.
    pub program: Option<Program>,
    /// How many cores the work is given: so many files are read at once, and so many threads compute their vectors on the
    /// CPU. All there are where none is given. Questions have all in any case.
    pub threads: Option<NonZeroUsize>,
    /// How soon a file that failed is tried again.
    pub first_retry: Duration,
    /// How folders are watched. The rules come with each folder.
    pub watching: Settings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access: Access::default(),
            works: true,
            model: None,
            device: DevicePreference::default(),
            program: None,
            threads: None,
            first_retry: Duration::from_secs(60),
            watching: Settings::default(),
        }
    }
}

/// What a library works with, for whoever brings his own.
pub struct Parts {
    /// How a worker is started that reads files.
    pub program: Program,
    /// `None` for a library that is searched by words alone.
    pub model: Option<Model>,
    /// Models that other spaces may have been filled by.
    pub others: Vec<Model>,
}

impl Library {
    /// Opens the library in Kenning's data folder.
    pub fn open(home: &Home, models: &Models, options: Options) -> Result<Self, LibraryError> {
        let of_folder = |folder| {
            Model::of_folder(folder, options.device, &home.calibrations())
                .map_err(ModelsError::from)
        };
        let named = options.model.as_deref();
        let chosen = match named {
            None => chosen_before(home).and_then(|name| models.choose_embedder(Some(&name)).ok()),
            Some(_) => None,
        };
        let model = match chosen.map_or_else(|| models.choose_embedder(named), Ok) {
            Ok(folder) => Some(of_folder(folder)?),
            Err(ModelsError::None { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let chosen = model.as_ref().map(|model| model.definition.clone());
        let others = models.embedders().into_iter().filter_map(|folder| of_folder(folder).ok());
        let others = others.filter(|other| Some(&other.definition) != chosen.as_ref()).collect();
        let program = options.program.clone().map_or_else(this_program, Ok)?;
        let parts = Parts { program, model, others };
        Self::open_with(home.data(), parts, options)
    }

    /// The same with parts of one's own.
    pub fn open_with(folder: &Path, parts: Parts, options: Options) -> Result<Self, LibraryError> {
        match options.access {
            Access::Read => Self::read(folder, parts, "it was opened to be read".to_owned()),
            Access::Write => Self::write(folder, Truth::open(folder, WRITE)?, parts, options),
            Access::WriteElseRead => match Truth::open(folder, WRITE) {
                Ok(truth) => Self::write(folder, truth, parts, options),
                Err(error @ (StoreError::InUse { .. } | StoreError::ReadOnly { .. })) => {
                    Self::read(folder, parts, error.to_string())
                }
                Err(error) => Err(error.into()),
            },
        }
    }

    /// Nobody works for it. What another program writes is seen when something is asked.
    fn read(folder: &Path, parts: Parts, why: String) -> Result<Self, LibraryError> {
        let truth = Truth::open(folder, kenning_store::Access::Read)?;
        let models = parts.model.into_iter().chain(parts.others).map(Arc::new).collect();
        let mut looking = Looking::new(folder, models, truth.reader()?);
        let shown = looking.look()?;
        Ok(Self {
            board: Arc::new(Board::looking(shown, looking)),
            truth: Mutex::new(truth.reader()?),
            hands: Hands::Nobody(why),
        })
    }

    fn write(
        folder: &Path,
        truth: Truth,
        parts: Parts,
        options: Options,
    ) -> Result<Self, LibraryError> {
        let (sender, inbox) = channel();
        let mut librarian = librarian(folder, truth, parts, options, inbox, sender.clone())?;
        librarian.know_calibrations()?;
        let (board, truth) = (Arc::clone(&librarian.board), librarian.reader.another()?);
        let thread = thread::Builder::new().name("librarian".to_owned());
        let thread = Some(thread.spawn(move || librarian.run())?);
        let truth = Mutex::new(truth);
        Ok(Self { board, truth, hands: Hands::Librarian { orders: sender, thread } })
    }
}

/// The model that was chosen for this library, if it is there and one was.
fn chosen_before(home: &Home) -> Option<String> {
    let truth = Truth::open(home.data(), kenning_store::Access::Read).ok()?;
    truth.reader().ok()?.read(|view| view.setting(MODEL)).ok()?
}

const WRITE: kenning_store::Access = kenning_store::Access::Write;

fn librarian(
    folder: &Path,
    mut truth: Truth,
    parts: Parts,
    options: Options,
    inbox: std::sync::mpsc::Receiver<Message>,
    sender: Sender<Message>,
) -> Result<Librarian, LibraryError> {
    let mut reader = truth.reader()?;
    let others: Vec<Arc<Model>> = parts.others.into_iter().map(Arc::new).collect();
    let model = parts.model.map(Arc::new);
    let spaces = Spaces::take_up(&mut truth, model.clone(), &others)?;
    let calibrations = calibrations(&spaces.models(), &mut reader)?;
    let (derived, repaired) = Derived::open(folder, &mut reader, &calibrations)?;
    let repairs = Repairs::at_start(truth.repairs(), repaired);
    let (offences, paused) = reader.read(|view| Ok((view.offences()?, view.setting(PAUSED)?)))?;
    let offenders: HashSet<_> = offences.iter().map(|offence| offence.path.clone()).collect();
    let quarantine = Quarantine::with(offences.into_iter().map(notes::charged));
    limit_documents(options.threads);
    let threads = options.threads.map_or_else(Reader::workers, NonZeroUsize::get);
    let program = parts.program;
    let equipment = Equipment { program, quarantine, threads, model };
    let watching = Watching::new(options.watching, sender.clone());
    let mut seen = shown(derived.snapshot(), &mut reader, spaces.models())?;
    seen.progress.repairs.clone_from(&repairs);
    Ok(Librarian {
        readers: Readers::start(equipment, &reader, &sender)?,
        embedder: Embedder::start(sender.clone())?,
        board: Arc::new(Board::new(seen)),
        state: State::new(paused.is_some() || !options.works, repairs),
        first_retry: options.first_retry,
        truth,
        reader,
        derived,
        watching,
        spaces,
        others,
        offenders,
        inbox,
        sender,
    })
}

/// What was measured of models, and how much of their vectors is kept.
pub(super) fn calibrations(
    models: &[(SpaceId, Arc<Model>)],
    truth: &mut TruthReader,
) -> Result<Vec<(SpaceId, Arc<Calibration>)>, StoreError> {
    truth.read(|view| {
        let known = models.iter().map(|(space, model)| {
            let measured = model.calibration();
            let measured = measured.unwrap_or_else(|| Calibration::none(model.dimensions));
            Ok((*space, Arc::new(keeping::kept(view, *space, measured)?)))
        });
        known.collect()
    })
}

/// What there is to be seen before anybody has worked.
pub(super) fn shown(
    snapshot: Snapshot,
    truth: &mut TruthReader,
    models: Vec<(SpaceId, Arc<Model>)>,
) -> Result<Shown, LibraryError> {
    let (ledger, folders) = truth.read(|view| Ok((view.ledger()?, view.folders()?)))?;
    let folders = folders.into_iter().map(WatchedFolder::unseen).collect();
    let progress = Progress { ledger, ..Progress::default() };
    Ok(Shown { snapshot, progress, folders, models })
}

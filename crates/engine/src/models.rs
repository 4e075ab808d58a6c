//! The models on this machine: the one that came with the program and those the user installed.

use std::path::{Path, PathBuf};
use std::{env, io};

use kenning_domain::ModelError;
use kenning_inference::{
    Counter, Device, DevicePreference, Embedder, LoadError, ModelFolder, Reranker, Selected, Task,
};

use kenning_search::calibration::Calibration;

use crate::home::Home;
use crate::library::{CALIBRATION, read_calibration, write_calibration};

/// Where models are looked for.
#[derive(Clone, Debug)]
pub struct Models {
    /// Beside the program; read only.
    built_in: Vec<PathBuf>,
    installed: PathBuf,
}

/// A folder that holds a model, or tries to.
#[derive(Debug)]
pub struct Found {
    pub path: PathBuf,
    pub built_in: bool,
    pub folder: Result<ModelFolder, LoadError>,
}

/// A model in memory, and where it computes.
pub struct Opened<M> {
    pub model: M,
    pub folder: ModelFolder,
    pub selected: Selected,
}

#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    #[error(
        "there is no model \"{name}\": known are {}; a path to a model folder, such as ./{name}, is taken too",
        list_of_names(.known)
    )]
    Unknown { name: String, known: Vec<String> },

    #[error("there is no model that can {task} in {}: {remedy}", list_of_places(.places))]
    None { task: &'static str, places: Vec<PathBuf>, remedy: &'static str },

    #[error(transparent)]
    Load(#[from] LoadError),
}

fn list_of_names(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

fn list_of_places(places: &[PathBuf]) -> String {
    places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(" or ")
}

impl<M> Opened<M> {
    pub fn name(&self) -> &str {
        &self.folder.manifest.name
    }
}

/// Why it is not known what languages do to a model.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("{} cannot be written ({error})", file.display())]
    Write { file: PathBuf, error: io::Error },
    #[error("it was stopped")]
    Stopped,
}

impl Opened<Embedder> {
    /// Where a library looks first for what languages do to this model.
    pub fn calibration_file(&self) -> PathBuf {
        self.folder.path.join(CALIBRATION)
    }

    /// Whether that file has it, for the calibration text of today.
    pub fn is_calibrated(&self) -> bool {
        let file = self.calibration_file();
        self.folder.dimensions().is_ok_and(|count| read_calibration(&file, count).is_some())
    }

    /// Measures what languages do to this model and writes it to a file. `progress` hears how many of
    /// how many languages are done, and says whether to go on.
    pub fn calibrate(
        &self,
        file: &Path,
        progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<(), CalibrationError> {
        let measured = Calibration::measure(&self.model, progress)?;
        let measured = measured.ok_or(CalibrationError::Stopped)?;
        write_calibration(file, &measured)
            .map_err(|error| CalibrationError::Write { file: file.to_owned(), error })
    }
}

impl Models {
    /// Those beside the program, and those in Kenning's data folder.
    pub fn discover(home: &Home) -> Self {
        Self { built_in: beside_the_program(), installed: home.models() }
    }

    /// Every model folder, built-in ones first, by name. A folder that cannot be read is listed with
    /// its reason. Of two with one name the first is meant by it; the other is to be had by its path.
    pub fn list(&self) -> Vec<Found> {
        let built_in = self.built_in.iter().map(|place| (place, true));
        let places = built_in.chain([(&self.installed, false)]);
        let folders = places.flat_map(|(place, built_in)| {
            model_folders(place).into_iter().map(move |path| (path, built_in))
        });
        folders
            .map(|(path, built_in)| Found { folder: ModelFolder::open(&path), path, built_in })
            .collect()
    }

    /// A model by its name, by its folder's name, or by a path to its folder.
    pub fn find(&self, name: &str) -> Result<ModelFolder, ModelsError> {
        if name.contains(['/', '\\']) || matches!(name, "." | "..") {
            return Ok(ModelFolder::open(Path::new(name))?);
        }
        let mut known = Vec::new();
        for found in self.list() {
            let is_named = found.path.file_name().is_some_and(|folder| folder == name);
            match found.folder {
                Ok(folder) if is_named || folder.manifest.name == name => return Ok(folder),
                Ok(folder) => known.push(folder.manifest.name),
                Err(error) if is_named => return Err(error.into()),
                Err(_) => {}
            }
        }
        Err(ModelsError::Unknown { name: name.into(), known })
    }

    /// The model named, or the first that does the task: built-in models come before installed ones.
    /// A built-in model that is broken is an error: another in its place would answer otherwise.
    fn choose(&self, name: Option<&str>, task: Task) -> Result<ModelFolder, ModelsError> {
        if let Some(name) = name {
            return self.find(name);
        }
        for found in self.list() {
            match found.folder {
                Ok(folder) if folder.manifest.task == task => return Ok(folder),
                Err(error) if found.built_in => return Err(error.into()),
                _ => {}
            }
        }
        Err(ModelsError::None {
            task: task.verb(),
            places: self.built_in.iter().chain([&self.installed]).cloned().collect(),
            remedy: match task {
                Task::Embed => {
                    "make the built-in one with `cargo xtask model`, or give a folder with --model"
                }
                Task::Rerank => "give the folder of a reranker with --model",
            },
        })
    }

    /// The folder of the model named, or of the first that makes vectors.
    pub(crate) fn choose_embedder(&self, name: Option<&str>) -> Result<ModelFolder, ModelsError> {
        self.choose(name, Task::Embed)
    }

    /// The folders of all models that make vectors, of those that can be read.
    pub(crate) fn embedders(&self) -> Vec<ModelFolder> {
        let folders = self.list().into_iter().filter_map(|found| found.folder.ok());
        folders.filter(|folder| folder.manifest.task == Task::Embed).collect()
    }

    /// What counts tokens as the model in use does, and its name; `None` where there is no model.
    pub fn counter(&self) -> Result<Option<(Counter, String)>, ModelsError> {
        match self.choose(None, Task::Embed) {
            Ok(folder) => Ok(Some((Counter::open(&folder)?, folder.manifest.name))),
            Err(ModelsError::None { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn embedder(
        &self,
        name: Option<&str>,
        preference: DevicePreference,
    ) -> Result<Opened<Embedder>, ModelsError> {
        let folder = self.choose(name, Task::Embed)?;
        open(folder, preference, Embedder::open)
    }

    /// The reranker that is used where none is named; `None` where there is none.
    pub fn reranker_name(&self) -> Option<String> {
        self.choose(None, Task::Rerank).ok().map(|folder| folder.manifest.name)
    }

    pub fn reranker(
        &self,
        name: Option<&str>,
        preference: DevicePreference,
    ) -> Result<Opened<Reranker>, ModelsError> {
        let folder = self.choose(name, Task::Rerank)?;
        open(folder, preference, Reranker::open)
    }
}

fn open<M>(
    folder: ModelFolder,
    preference: DevicePreference,
    load: fn(&ModelFolder, Device) -> Result<M, LoadError>,
) -> Result<Opened<M>, ModelsError> {
    let selected = Device::select(preference);
    let model = load(&folder, selected.device)?;
    Ok(Opened { model, folder, selected })
}

/// A program that was built lies beside its models or one folder below them, an installed one has
/// them under `lib`.
fn beside_the_program() -> Vec<PathBuf> {
    let Ok(program) = env::current_exe().and_then(|path| path.canonicalize()) else {
        return Vec::new();
    };
    let folder = program.parent().unwrap_or(Path::new("/"));
    let candidates = [
        folder.join("models"),
        folder.join("../models"),
        folder.join("../lib/kenning/models"),
        // Where macOS wants what belongs to a program.
        folder.join("../Resources/models"),
    ];
    candidates.into_iter().filter_map(|path| path.canonicalize().ok()).collect()
}

/// Folders whose names begin with a dot are half-made.
fn model_folders(place: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let is_shown = |path: &PathBuf| {
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        path.is_dir() && !hidden
    };
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_shown).collect();
    folders.sort();
    folders
}

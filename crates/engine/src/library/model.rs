//! A model as a library uses it: what decides its vectors, loaded when first needed, and what was
//! measured of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kenning_domain::{CountTokens, Embed};
use kenning_inference::{Device, DevicePreference, Embedder, LoadError, ModelFolder};
use kenning_search::calibration::Calibration;

/// A model in memory.
#[derive(Clone)]
pub struct Loaded {
    pub embed: Arc<dyn Embed>,
    pub count: Arc<dyn CountTokens>,
}

/// Why a model answers nothing; many may ask for it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotLoaded(pub Arc<LoadError>);

type Load = dyn Fn() -> Result<Loaded, LoadError> + Send + Sync;

/// A model that a library may use, in memory from when it is first needed.
pub struct Model {
    pub name: String,
    pub revision: String,
    /// Everything that decides what its vectors are.
    pub definition: String,
    pub dimensions: usize,
    /// Whether it was trained so that the first numbers of its vectors suffice.
    pub is_matryoshka: bool,
    calibrations: Calibrations,
    load: Box<Load>,
    loaded: OnceLock<Result<Loaded, NotLoaded>>,
}

/// Where it says what languages do to its vectors.
enum Calibrations {
    Given(Box<Calibration>),
    /// What came with the model, and what was measured here.
    Files {
        shipped: PathBuf,
        own: PathBuf,
    },
}

/// In a model's folder: what was measured of it by who made the folder.
pub(crate) const CALIBRATION: &str = "calibration.bin";

impl Model {
    /// The model in a folder. What was measured of it is kept in `calibrations`.
    pub fn of_folder(
        folder: ModelFolder,
        preference: DevicePreference,
        calibrations: &Path,
    ) -> Result<Self, LoadError> {
        let dimensions = folder.dimensions()?;
        let files = digests(&folder);
        let definition = definition(&folder, dimensions, &files);
        let revision = blake3::hash(format!("{files:?}").as_bytes()).to_hex()[..16].to_owned();
        let own = blake3::hash(definition.as_bytes()).to_hex()[..32].to_owned();
        let calibrations = Calibrations::Files {
            shipped: folder.path.join(CALIBRATION),
            own: calibrations.join(own).with_extension("bin"),
        };
        let name = folder.manifest.name.clone();
        let is_matryoshka = folder.manifest.embed.as_ref().is_some_and(|embed| embed.matryoshka);
        let load = move || {
            let embedder = Embedder::open(&folder, Device::select(preference).device)?;
            let embedder = Arc::new(embedder);
            Ok(Loaded { embed: embedder.clone(), count: embedder })
        };
        let (load, loaded) = (Box::new(load), OnceLock::new());
        Ok(Self {
            name,
            revision,
            definition,
            dimensions,
            is_matryoshka,
            calibrations,
            load,
            loaded,
        })
    }

    /// A model that is in memory already.
    pub fn given(name: &str, loaded: Loaded, calibration: Calibration) -> Self {
        let again = loaded.clone();
        Self {
            name: name.to_owned(),
            revision: String::new(),
            definition: name.to_owned(),
            dimensions: loaded.embed.dimensions(),
            is_matryoshka: true,
            calibrations: Calibrations::Given(Box::new(calibration)),
            load: Box::new(move || Ok(again.clone())),
            loaded: OnceLock::from(Ok(loaded)),
        }
    }

    /// Loads it, once; whoever asks meanwhile waits.
    pub fn loaded(&self) -> Result<&Loaded, NotLoaded> {
        let loaded = self.loaded.get_or_init(|| (self.load)().map_err(|e| NotLoaded(Arc::new(e))));
        loaded.as_ref().map_err(NotLoaded::clone)
    }

    /// What is in memory now, if it is.
    pub fn if_loaded(&self) -> Option<&Loaded> {
        self.loaded.get()?.as_ref().ok()
    }

    /// What was measured of it, here or by who made it. `None` where that is still to be done.
    pub(super) fn calibration(&self) -> Option<Calibration> {
        match &self.calibrations {
            Calibrations::Given(calibration) => Some((**calibration).clone()),
            Calibrations::Files { shipped, own } => {
                [shipped, own].into_iter().find_map(|file| read_calibration(file, self.dimensions))
            }
        }
    }

    /// Keeps what was measured, for the next start.
    pub(super) fn keep_calibration(&self, measured: &Calibration) -> io::Result<()> {
        let Calibrations::Files { own, .. } = &self.calibrations else { return Ok(()) };
        if let Some(folder) = own.parent() {
            fs::create_dir_all(folder)?;
        }
        write_calibration(own, measured)
    }
}

/// `None` where there is none that fits.
pub(crate) fn read_calibration(file: &Path, dimensions: usize) -> Option<Calibration> {
    let read = Calibration::from_bytes(&fs::read(file).ok()?).ok()?;
    (read.dimensions() == dimensions).then_some(read)
}

pub(crate) fn write_calibration(file: &Path, measured: &Calibration) -> io::Result<()> {
    // Under another name until it is whole.
    let half = file.with_extension("part");
    fs::write(&half, measured.to_bytes())?;
    fs::rename(half, file)
}

/// All that decides a document's vector, as one text. What is only said to a query is no part of it.
fn definition(folder: &ModelFolder, dimensions: usize, files: &BTreeMap<String, String>) -> String {
    let manifest = &folder.manifest;
    let mut text = format!(
        "family {}\ndimensions {dimensions}\ntokens {}\n",
        manifest.family.name(),
        manifest.max_tokens
    );
    if let Some(embed) = &manifest.embed {
        let end = embed.end_token.as_deref().unwrap_or_default();
        let pooling = embed.pooling.name();
        // Writing to a text cannot fail.
        let _ = writeln!(text, "pooling {pooling}\ndocument {:?}\nend {end:?}", embed.document);
    }
    for (name, digest) in files {
        let _ = writeln!(text, "file {name} {digest}");
    }
    text
}

/// A digest of each file that decides vectors: the one that the folder states, else one of the
/// file's size, beginning and end, for to read gigabytes at each start would take too long.
fn digests(folder: &ModelFolder) -> BTreeMap<String, String> {
    let entries = fs::read_dir(&folder.path).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let decisive = names.filter(|name| {
        let ending = name.rsplit('.').next().unwrap_or_default();
        matches!(ending, "gguf" | "safetensors")
            || name == "tokenizer.json"
            || name == "config.json"
    });
    let digest = |name: String| {
        let stated = folder.manifest.digests.get(&name).cloned();
        let digest = stated.or_else(|| ends_digest(&folder.path.join(&name)).ok());
        digest.map(|digest| (name, digest))
    };
    decisive.filter_map(digest).collect()
}

fn ends_digest(file: &Path) -> io::Result<String> {
    const END: u64 = 1 << 20;
    let mut file = File::open(file)?;
    let size = file.metadata()?.len();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&size.to_le_bytes());
    let mut bytes = Vec::new();
    file.by_ref().take(END).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(size.saturating_sub(END)))?;
    file.take(END).read_to_end(&mut bytes)?;
    Ok(hasher.update(&bytes).finalize().to_hex().to_string())
}

//! A model on its way: a folder that nobody takes for a model until it is whole.
//!
//! `models/.getting/NAME` holds the plan, the files and their journals. When all are there and are what
//! they should be, the folder gets its `kenning.toml` and its place among the models, at once.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use kenning_manifest::{FILE_NAME, Manifest};
use serde::{Deserialize, Serialize};

use crate::digest::{self, Digest};
use crate::error::GetError;
use crate::hub::RepositoryName;
use crate::part::{Part, journal_of};
use crate::shelf::installed;

/// What is fetched, once everything about it is known.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Plan {
    pub manifest: Manifest,
    pub files: Vec<PlannedFile>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PlannedFile {
    pub repository: String,
    pub commit: String,
    /// In the repository.
    pub path: String,
    /// In the model's folder.
    pub name: String,
    pub bytes: u64,
    /// `None` where the server does not say: such a file is taken as it comes.
    pub digest: Option<Digest>,
}

impl Plan {
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

impl PlannedFile {
    /// Whether what was fetched of it is another plan's file under the same name, too.
    fn is_same(&self, other: &Self) -> bool {
        (&self.name, self.bytes) == (&other.name, other.bytes)
            && self.digest.is_some()
            && self.digest == other.digest
    }
}

/// A model whose fetching was begun.
#[derive(Clone, Debug)]
pub struct Unfinished {
    pub plan: Plan,
    /// How many bytes of it are there, as far as the journals say.
    pub done: u64,
}

pub(crate) struct Stage {
    pub folder: PathBuf,
    /// Locked for as long as it is worked on.
    _lock: File,
}

const GETTING: &str = ".getting";
const LOCK: &str = ".lock";
const PLAN: &str = "plan.json";
/// The same in an installed model, for whoever mends it.
const PLAN_KEPT: &str = ".plan.json";

/// Where a model's files stand until it is whole.
fn place(models: &Path, name: &str) -> PathBuf {
    models.join(GETTING).join(name)
}

impl Stage {
    /// Begins, or takes up again what was begun by the same plan. Of another plan's files those are kept
    /// that are also this one's.
    pub(crate) fn open(models: &Path, plan: &Plan) -> Result<Self, GetError> {
        let name = &plan.manifest.name;
        let installed = models.join(name);
        if installed.exists() {
            return Err(GetError::Installed(installed));
        }
        let folder = place(models, name);
        fs::create_dir_all(&folder).map_err(GetError::disk(&folder))?;
        let lock_file = folder.join(LOCK);
        let lock = File::create(&lock_file).map_err(GetError::disk(&lock_file))?;
        if lock.try_lock().is_err() {
            return Err(GetError::InUse(folder));
        }
        let stage = Self { folder, _lock: lock };
        stage.agree(plan)?;
        Ok(stage)
    }

    fn agree(&self, plan: &Plan) -> Result<(), GetError> {
        let before = read_plan(&self.folder);
        if before.as_ref() == Some(plan) {
            return Ok(());
        }
        for old in before.iter().flat_map(|before| &before.files) {
            if !plan.files.iter().any(|new| old.is_same(new)) {
                let file = self.folder.join(&old.name);
                for gone in [journal_of(&file), file] {
                    remove_if_there(&gone).map_err(GetError::disk(&gone))?;
                }
            }
        }
        let file = self.folder.join(PLAN);
        let text = serde_json::to_vec_pretty(plan)
            .map_err(|error| GetError::disk(&file)(io::Error::other(error)))?;
        write_whole(&file, &text).map_err(GetError::disk(&file))
    }

    /// How much room the plan still needs on the disk.
    pub(crate) fn needed(&self, plan: &Plan) -> u64 {
        let there =
            |file: &PlannedFile| Part::said_to_be_there(&self.folder.join(&file.name), file.bytes);
        plan.files.iter().map(|file| file.bytes - there(file).min(file.bytes)).sum()
    }

    /// Makes a model of it: its own file written last, and the folder put in its place at once.
    pub(crate) fn install(self, plan: &Plan, models: &Path) -> Result<PathBuf, GetError> {
        let mut manifest = plan.manifest.clone();
        for file in &plan.files {
            let path = self.folder.join(&file.name);
            let any = Digest::Sha256(String::new());
            let known = match &file.digest {
                Some(Digest::Sha256(known)) => known.clone(),
                _ => match digest::of_file(&path, &any).map_err(GetError::disk(&path))? {
                    Digest::Sha256(found) | Digest::Git(found) => found,
                },
            };
            manifest.digests.insert(file.name.clone(), known);
        }
        let file = self.folder.join(FILE_NAME);
        let text = manifest
            .to_text()
            .map_err(|reason| GetError::Unfit { repository: manifest.name.clone(), reason })?;
        write_whole(&file, text.as_bytes()).map_err(GetError::disk(&file))?;
        let place = models.join(&manifest.name);
        sync_folder(&self.folder).map_err(GetError::disk(&self.folder))?;
        fs::rename(&self.folder, &place).map_err(GetError::disk(&place))?;
        fs::rename(place.join(PLAN), place.join(PLAN_KEPT)).map_err(GetError::disk(&place))?;
        remove_if_there(&place.join(LOCK)).map_err(GetError::disk(&place))?;
        sync_folder(models).map_err(GetError::disk(models))?;
        Ok(place)
    }
}

/// Makes an installed model one that is being fetched: its files stay as far as their journals vouch for
/// them.
pub(crate) fn take_back(models: &Path, name: &str) -> Result<Plan, GetError> {
    let folder = installed(models, name)?;
    // A crash right after it was installed leaves the plan under its first name.
    let kept =
        [PLAN_KEPT, PLAN].map(|file| folder.join(file)).into_iter().find(|file| file.is_file());
    let kept = kept.ok_or_else(|| GetError::NoPlan(folder.clone()))?;
    let plan = folder.join(PLAN);
    fs::rename(&kept, &plan).map_err(GetError::disk(&kept))?;
    let plan = read_plan(&folder).ok_or_else(|| GetError::NoPlan(folder.clone()))?;
    let to = place(models, name);
    if let Some(above) = to.parent() {
        fs::create_dir_all(above).map_err(GetError::disk(above))?;
    }
    fs::rename(&folder, &to).map_err(GetError::disk(&to))?;
    Ok(plan)
}

/// Throws away what was fetched of a model that is not whole.
pub fn forget(models: &Path, name: &str) -> Result<(), GetError> {
    let folder = place(models, name);
    let Some(plan) = read_plan(&folder) else {
        return Err(GetError::NotBegun(name.to_owned()));
    };
    let stage = Stage::open(models, &plan)?;
    fs::remove_dir_all(&stage.folder).map_err(GetError::disk(&stage.folder))
}

/// The models whose fetching was begun and not finished, by name.
pub fn unfinished(models: &Path) -> Vec<Unfinished> {
    let entries = fs::read_dir(models.join(GETTING)).into_iter().flatten().flatten();
    let begun = entries.filter_map(|entry| {
        let folder = entry.path();
        let plan = read_plan(&folder)?;
        let there =
            |file: &PlannedFile| Part::said_to_be_there(&folder.join(&file.name), file.bytes);
        let done = plan.files.iter().map(there).sum();
        Some(Unfinished { plan, done })
    });
    let mut begun: Vec<Unfinished> = begun.collect();
    begun.sort_by(|one, other| one.plan.manifest.name.cmp(&other.plan.manifest.name));
    begun
}

fn read_plan(folder: &Path) -> Option<Plan> {
    let plan: Plan = serde_json::from_slice(&fs::read(folder.join(PLAN)).ok()?).ok()?;
    // Names are made here and stay within the folder; whoever changed them is not followed.
    plan.files.iter().all(|file| RepositoryName::is_name(&file.name)).then_some(plan)
}

pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let half = file.with_extension("part");
    fs::write(&half, bytes)?;
    File::open(&half)?.sync_all()?;
    fs::rename(half, file)
}

pub(crate) fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What was renamed within a folder stays so over a loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

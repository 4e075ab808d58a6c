//! What the user set: his taste in `settings.json` of the data folder, what concerns the hub where the engine
//! keeps it, the token in the keyring.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::PoisonError;
use std::thread::available_parallelism;

use kenning_engine::getting::HubSettings;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Desk, Open, internal, lock};
use crate::error::{Problem, ProblemCode};
use crate::events::HostEvent;
use crate::settings::{Settings, SettingsView};

const FILE_NAME: &str = "settings.json";
/// All that the data folder has beside models: what is known of the documents, and what the user set.
const ERASED: [&str; 10] = [
    "atlas",
    "atlas.new",
    "kenning.db",
    "kenning.db-wal",
    "kenning.db-shm",
    "kenning.db.new",
    "words",
    "calibrations",
    FILE_NAME,
    "searches.json",
];

fn unreadable(file: &Path, error: impl std::fmt::Display) -> Problem {
    let message = format!("{} cannot be read or written: {error}", file.display());
    Problem { code: ProblemCode::Internal, message }
}

/// `None` where there is no such file. One that is damaged is begun anew: taste is soon chosen again.
pub(super) fn read<T: DeserializeOwned>(file: &Path) -> Result<Option<T>, Problem> {
    match fs::read(file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(file, error)),
    }
}

pub(super) fn write<T: Serialize>(file: &Path, value: &T) -> Result<(), Problem> {
    let text = serde_json::to_vec_pretty(value).map_err(internal)?;
    let half = file.with_extension("part");
    let written = fs::write(&half, text).and_then(|()| fs::rename(&half, file));
    written.map_err(|error| unreadable(file, error))
}

pub(super) fn load(data: &Path) -> Result<Settings, Problem> {
    let mut settings: Settings = read(&data.join(FILE_NAME))?.unwrap_or_default();
    if let Ok(hub) = HubSettings::load(data) {
        settings.endpoint = hub.endpoint.unwrap_or_default();
        settings.proxy = hub.proxy.unwrap_or_default();
        settings.fetch_limit = hub.limit;
    }
    Ok(settings)
}

fn size(path: &Path) -> u64 {
    let Ok(about) = fs::symlink_metadata(path) else { return 0 };
    if !about.is_dir() {
        return about.len();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}

fn given(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Desk {
    pub(super) fn settings_view(&self) -> Result<SettingsView, Problem> {
        let data = self.home.data();
        let hub = HubSettings::load(data)?;
        let models_bytes = size(&self.home.models());
        Ok(SettingsView {
            settings: lock(&self.settings).clone(),
            has_token: hub.token_in_keyring,
            has_battery: lock(&self.power).is_some(),
            reranker: self.reranker_name(),
            hotkey_trouble: lock(&self.hotkey_trouble).clone(),
            data_folder: data.display().to_string(),
            data_bytes: size(data).saturating_sub(models_bytes),
            models_bytes,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            cores: available_parallelism().map_or(1, |cores| cores.get() as u32),
            system_languages: self.shell.languages(),
        })
    }

    pub(super) fn change(&self, settings: Settings) -> Result<SettingsView, Problem> {
        let data = self.home.data();
        let mut hub = HubSettings::load(data)?;
        hub.endpoint = given(&settings.endpoint);
        hub.proxy = given(&settings.proxy);
        hub.limit = settings.fetch_limit;
        hub.save(data)?;
        let before = std::mem::replace(&mut *lock(&self.settings), settings.clone());
        if before.start_at_login != settings.start_at_login {
            self.shell.set_start_at_login(settings.start_at_login).map_err(internal)?;
        }
        write(&data.join(FILE_NAME), &settings)?;
        if before.hotkey != settings.hotkey {
            self.apply_hotkey();
        }
        if before.threads != settings.threads {
            self.open_anew(|| Ok(()))?;
        }
        if before.pause_on_battery != settings.pause_on_battery {
            self.rest_as_told()?;
        }
        if !settings.rerank {
            self.forget_reranker();
        }
        self.tell(&HostEvent::SettingsChanged { settings: Box::new(settings) });
        self.settings_view()
    }

    /// Where the keys are another program's, that is shown beside them.
    pub(super) fn apply_hotkey(&self) {
        let keys = lock(&self.settings).hotkey.clone();
        *lock(&self.hotkey_trouble) = self.shell.set_hotkey(&keys).err();
    }

    pub(super) fn keep_token(&self, token: &str) -> Result<SettingsView, Problem> {
        let data = self.home.data();
        HubSettings::load(data)?.keep_token(given(token).as_deref(), data)?;
        self.settings_view()
    }

    /// The list of folders, the settings and the remembered searches, for another machine or another program.
    pub(super) fn export(&self, file: &Path) -> Result<(), Problem> {
        let folders = self.with(|library| Ok::<_, Problem>(library.folders()))?;
        let folders: Vec<String> =
            folders.into_iter().map(|folder| folder.folder.path.display().to_string()).collect();
        let searches = self.remembered()?;
        let settings = lock(&self.settings).clone();
        write(file, &json!({ "folders": folders, "settings": settings, "searches": searches }))
    }

    /// Forgets everything but models.
    pub(super) fn erase(&self) -> Result<(), Problem> {
        let data = self.home.data().to_owned();
        self.open_anew(|| {
            let entries = fs::read_dir(&data).map_err(|error| unreadable(&data, error))?;
            for path in entries.flatten().map(|entry| entry.path()) {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let is_derived = ["codes-", "means-", "kenning.db.damaged-"];
                let is_ours = ERASED.contains(&&*name)
                    || is_derived.iter().any(|start| name.starts_with(start));
                if !is_ours {
                    continue;
                }
                let gone =
                    if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                gone.map_err(|error| unreadable(&path, error))?;
            }
            *lock(&self.settings) = load(&data)?;
            Ok(())
        })?;
        self.tell(&HostEvent::FoldersChanged);
        self.tell(&HostEvent::Searchable);
        let settings = Box::new(lock(&self.settings).clone());
        self.tell(&HostEvent::SettingsChanged { settings });
        Ok(())
    }

    /// Closes the library, does something meanwhile, and opens it again.
    fn open_anew(&self, meanwhile: impl FnOnce() -> Result<(), Problem>) -> Result<(), Problem> {
        self.opened.wait().clone()?;
        lock(&self.asking).stop_all();
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        lock(&self.searchers).clear();
        drop(open.take());
        let done = meanwhile();
        let settings = lock(&self.settings).clone();
        *open = Some(Open::new(&self.home, &self.models, &self.options, &settings, &self.shell)?);
        drop(open);
        self.rest_as_told()?;
        done
    }
}

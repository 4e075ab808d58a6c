//! What the librarian does when it is told to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kenning_domain::{FolderId, SpaceId};
use kenning_search::calibration::Calibration;
use kenning_store::{Change, Folder, Place, State, StoreError};
use kenning_watch::Rules;

use super::error::LibraryError;
use super::keeping;
use super::librarian::{InStep, Librarian};
use super::model::Model;
use super::orders::Order;
use super::rules;
use super::spaces::Spaces;
use super::watching::StartOrStore;

/// The setting that is there while the work is paused.
pub(super) const PAUSED: &str = "paused";
/// The setting that names the model which was chosen, where one was.
pub(super) const MODEL: &str = "model";

impl From<StartOrStore> for LibraryError {
    fn from(error: StartOrStore) -> Self {
        match error {
            StartOrStore::Start(error) => Self::Watch(error),
            StartOrStore::Store(error) => Self::Store(error),
        }
    }
}

impl Librarian {
    /// Whoever gave the order may have gone before it was answered.
    pub(super) fn obey(&mut self, order: Order) {
        match order {
            Order::AddFolder { path, rules, answer } => {
                let _ = answer.send(self.add_folder(&path, &rules));
            }
            Order::RemoveFolder { folder, answer } => {
                let _ = answer.send(self.remove_folder(folder));
            }
            Order::ReadAgain { path, answer } => {
                let _ = answer.send(self.read_again(&path));
            }
            Order::UseModel { model, keep, answer } => {
                let _ = answer.send(self.use_model(Arc::new(*model), keep));
            }
            Order::LookAgain => self.watching.look_again(),
            Order::Pause => self.pause(),
            Order::Resume => self.resume(),
            Order::RestOnBattery(rests) => self.rest_on_battery(rests),
            Order::WhenAtRest(answer) => self.state.waiting_for_rest.push(answer),
            Order::Listen(listener) => self.state.listeners.push(listener),
            Order::Stop => {}
        }
    }

    fn pause(&mut self) {
        self.state.is_paused = true;
        self.give_up();
        self.remember_pause();
    }

    fn give_up(&mut self) {
        self.readers.give_up();
        self.embedder.give_up();
    }

    /// Whoever wants the work to go on wants it on battery, too, until that changes.
    fn resume(&mut self) {
        self.state.is_paused = false;
        self.state.is_on_battery = false;
        self.remember_pause();
        self.look_for_everything();
    }

    /// What the user paused stays paused.
    fn rest_on_battery(&mut self, rests: bool) {
        self.state.is_on_battery = rests;
        match rests {
            true => self.give_up(),
            false => self.look_for_everything(),
        }
    }

    /// Whoever paused the work wants it to rest after the next start, too.
    fn remember_pause(&mut self) {
        let is_paused = self.state.is_paused;
        let kept = self.truth.change(|change| match is_paused {
            true => change.set(PAUSED, "yes"),
            false => change.unset(PAUSED),
        });
        if let Err(error) = kept {
            self.halt(error);
        }
    }

    /// Something changed that may bring work.
    pub(super) fn look_for_everything(&mut self) {
        self.state.look_for_files = true;
        self.state.look_for_texts = true;
        self.state.derived = InStep::Behind;
        self.state.shown_at = None;
    }

    fn add_folder(&mut self, path: &Path, rules: &Rules) -> Result<FolderId, LibraryError> {
        let path = self.as_known(path)?;
        self.write();
        let (outer, text) = (self.watching.around(&path), rules::to_text(rules));
        let (folder, before) = self.truth.change(|change| {
            let before = change.view().folders()?.into_iter().find(|folder| folder.path == path);
            let id = change.add_folder(&path, &text)?;
            if let (None, Some(outer)) = (&before, outer) {
                take_over(change, outer, &path, id)?;
            }
            let folder = change.view().folders()?.into_iter().find(|folder| folder.id == id);
            let unknown = StoreError::Unknown { what: "folder", id: id.0 };
            Ok((folder.ok_or(unknown)?, before))
        })?;
        let id = folder.id;
        if let Err(error) = self.watch(folder) {
            self.take_back(id, before)?;
            return Err(error);
        }
        self.look_for_everything();
        Ok(id)
    }

    /// The path by which a folder is known already, or would be.
    fn as_known(&mut self, path: &Path) -> Result<PathBuf, LibraryError> {
        let not_a_folder = || LibraryError::NotAFolder(path.to_owned());
        let path = std::path::absolute(path).map_err(|_| not_a_folder())?;
        let real =
            path.canonicalize().ok().filter(|real| real.is_dir()).ok_or_else(not_a_folder)?;
        let folders = self.reader.read(|view| view.folders())?;
        let mut known = folders.into_iter().map(|folder| folder.path);
        let is_same = |other: &PathBuf| other.canonicalize().is_ok_and(|other| other == real);
        Ok(known.find(is_same).unwrap_or(path))
    }

    fn watch(&mut self, folder: Folder) -> Result<(), LibraryError> {
        let watching = &mut self.watching;
        let started = self.reader.read(|view| Ok(watching.start(folder, view)))?;
        Ok(started?)
    }

    fn take_back(&mut self, id: FolderId, before: Option<Folder>) -> Result<(), LibraryError> {
        self.truth.change(|change| match &before {
            Some(before) => change.add_folder(&before.path, &before.rules).map(drop),
            None => change.remove_folder(id),
        })?;
        Ok(())
    }

    fn remove_folder(&mut self, folder: FolderId) -> Result<(), LibraryError> {
        self.write();
        let known = self.reader.read(|view| view.folders())?;
        let Some(known) = known.into_iter().find(|known| known.id == folder) else {
            return Err(LibraryError::UnknownFolder(folder));
        };
        self.truth.change(|change| change.remove_folder(folder))?;
        self.watching.stop(folder);
        // What lies in it belongs to the folder around it again, whose watcher is to find it.
        if let Some(outer) = self.watching.around(&known.path)
            && let Some(outer) = self.watching.stop(outer)
        {
            self.watch(outer)?;
        }
        self.look_for_everything();
        Ok(())
    }

    fn read_again(&mut self, path: &Path) -> Result<u64, LibraryError> {
        self.write();
        let not_watched = || LibraryError::NotWatched(path.to_owned());
        let absolute = std::path::absolute(path).map_err(|_| not_watched())?;
        let place = self.watching.place(&absolute).ok_or_else(not_watched)?;
        let watching = &self.watching;
        let at = |inside: &PathBuf| watching.path_of(place.folder, inside);
        let files = self.truth.change(|change| {
            let mut files = Vec::new();
            change.view().each_file(place.folder, |file| {
                if file.state != State::LeftOut && file.path.starts_with(place.path) {
                    files.push((file.id, file.path));
                }
            })?;
            for (file, _) in &files {
                change.read_again(*file)?;
            }
            for path in files.iter().filter_map(|(_, inside)| at(inside)) {
                change.forget_offence(&path)?;
            }
            Ok(files)
        })?;
        // Two more workers are theirs to cost.
        for path in files.iter().filter_map(|(_, inside)| at(inside)) {
            if self.offenders.remove(&path) {
                self.readers.forgive(&path);
            }
        }
        self.look_for_everything();
        Ok(files.len() as u64)
    }

    fn use_model(&mut self, model: Arc<Model>, keep: Option<usize>) -> Result<(), LibraryError> {
        self.write();
        // First: whoever opens the library after a crash right here goes on with it.
        self.truth.change(|change| change.set(MODEL, &model.name))?;
        let mut others = self.others.clone();
        others.extend(self.spaces.models().into_iter().map(|(_, model)| model));
        self.spaces = Spaces::take_up(&mut self.truth, Some(model), &others)?;
        self.others = others;
        if let Some((space, _)) = &self.spaces.wanted {
            self.truth.change(|change| keeping::keep(change, *space, keep))?;
        }
        self.embedder.give_up();
        self.state.model_rest = None;
        self.know_calibrations()?;
        self.look_for_everything();
        Ok(())
    }

    /// Hands on what was measured of the models in use.
    pub(super) fn know_calibrations(&mut self) -> Result<(), LibraryError> {
        for (space, model) in self.spaces.models() {
            if let Some(calibration) = model.calibration() {
                self.state.measuring.insert(space);
                self.know_calibration(space, calibration)?;
            } else {
                // Nothing is taken out, and no more is kept than is wanted.
                self.know_calibration(space, Calibration::none(model.dimensions))?;
            }
        }
        Ok(())
    }

    pub(super) fn know_calibration(
        &mut self,
        space: SpaceId,
        calibration: Calibration,
    ) -> Result<(), LibraryError> {
        let kept = self.reader.read(|view| keeping::kept(view, space, calibration))?;
        self.derived.set_calibration(space, Arc::new(kept));
        Ok(())
    }
}

/// What is known of the files in a folder that is now watched by itself goes over to it.
fn take_over(
    change: &mut Change<'_>,
    outer: FolderId,
    inner_path: &Path,
    inner: FolderId,
) -> Result<(), StoreError> {
    let folders = change.view().folders()?;
    let Some(outer) = folders.into_iter().find(|folder| folder.id == outer) else { return Ok(()) };
    let Ok(prefix) = inner_path.strip_prefix(&outer.path) else { return Ok(()) };
    let mut files = Vec::new();
    change.view().each_file(outer.id, |file| {
        if file.path.starts_with(prefix) {
            files.push(file);
        }
    })?;
    for file in files {
        let from = Place::new(outer.id, &file.path);
        match file.path.strip_prefix(prefix) {
            Ok(inside) if file.state != State::LeftOut => {
                change.moved(from, Place::new(inner, inside), &file.stamp)?;
            }
            _ => change.forget(from)?,
        }
    }
    Ok(())
}

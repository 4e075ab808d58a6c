//! Which folders the system watches for us, kept in step with the folders that walks come across.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::file::FileId;
use crate::known::Tree;
use crate::register::{EACH_FOLDER, Refusal, Register};
use crate::walk::Folder;

pub(crate) struct Watched {
    register: Result<Box<dyn Register>, Refusal>,
    folders: Tree<Watch>,
    /// The system watches a folder itself, not its path: one that moved must be given up under its
    /// old path before it is watched under the new, or the new would be given up with it.
    paths: HashMap<FileId, Arc<Path>>,
    ran_out: bool,
}

struct Watch {
    id: Option<FileId>,
    is_watched: bool,
}

impl Watched {
    pub(crate) fn new(register: Result<Box<dyn Register>, Refusal>) -> Self {
        Self { register, folders: Tree::default(), paths: HashMap::new(), ran_out: false }
    }

    /// Lets watches be asked for again after they ran out.
    pub(crate) fn try_again(&mut self) {
        self.ran_out = false;
    }

    pub(crate) fn knows(&self, folder: &Path) -> bool {
        self.folders.get(folder).is_some()
    }

    /// Watches a folder that a walk is about to read, if it is not watched already.
    pub(crate) fn meet(
        &mut self,
        folder: &Folder,
        is_root: bool,
        round: u64,
    ) -> Result<(), Refusal> {
        let known = self.folders.get(&folder.path);
        if known.is_some_and(|watch| watch.is_watched && watch.id == folder.id) {
            self.folders.mark(&folder.path, round);
            return Ok(());
        }
        if let Some(id) = known.and_then(|watch| watch.id).filter(|id| Some(*id) != folder.id) {
            // Another folder took the place of this one, and another may take its number.
            self.forget_id(id, &folder.path);
        }
        let wanted = is_root || EACH_FOLDER;
        let outcome = if wanted { self.watch(folder) } else { Ok(()) };
        let path: Arc<Path> = Arc::from(folder.path.as_path());
        if let (Ok(()), Some(id)) = (outcome, folder.id) {
            self.paths.insert(id, Arc::clone(&path));
        }
        let watch = Watch { id: folder.id, is_watched: outcome.is_ok() };
        self.folders.set(path, watch, round);
        outcome
    }

    fn watch(&mut self, folder: &Folder) -> Result<(), Refusal> {
        let register = self.register.as_mut().map_err(|refusal| *refusal)?;
        if self.ran_out {
            return Err(Refusal::RanOut);
        }
        let before = folder.id.and_then(|id| self.paths.remove(&id));
        if let Some(before) = before.filter(|before| **before != *folder.path) {
            register.unwatch(&before);
        }
        let outcome = register.watch(&folder.path);
        self.ran_out = outcome == Err(Refusal::RanOut);
        outcome
    }

    /// Takes nothing for granted at or under a path: the system gives up by itself what was moved
    /// away, even if it came back.
    pub(crate) fn doubt_under(&mut self, path: &Path) {
        for folder in self.folders.missed_under(path, u64::MAX) {
            let id = self.folders.get(&folder).and_then(|watch| watch.id);
            self.folders.set(folder, Watch { id, is_watched: false }, 0);
        }
    }

    /// Gives up every folder at or under a path that was not met in this round, if it is ours.
    pub(crate) fn give_up_missed(
        &mut self,
        path: &Path,
        round: u64,
        is_ours: impl Fn(&Path) -> bool,
    ) {
        for folder in self.folders.missed_under(path, round) {
            if !is_ours(&folder) {
                continue;
            }
            let Some(watch) = self.folders.remove(&folder) else { continue };
            if let Some(id) = watch.id {
                self.forget_id(id, &folder);
            }
            if let Ok(register) = &mut self.register
                && (EACH_FOLDER || watch.is_watched)
            {
                register.unwatch(&folder);
            }
        }
    }

    fn forget_id(&mut self, id: FileId, path: &Path) {
        if self.paths.get(&id).is_some_and(|known| **known == *path) {
            self.paths.remove(&id);
        }
    }
}

//! Files that cost workers, and which of them are left alone.
//!
//! It knows nothing of processes, and keeps nothing on disk: whoever has a store hands in what was
//! there at the start and keeps what [`Quarantine::offences`] gives.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Goes up when a format is read differently, so that files are tried again that an older version
/// could not bear.
pub const EXTRACTOR_VERSION: u32 = 3;

/// How many workers a file may cost.
const PATIENCE: u32 = 2;

/// What a file has done, and which state of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offence {
    pub path: PathBuf,
    pub size: u64,
    pub modified: Option<SystemTime>,
    pub extractor: u32,
    /// How many workers it has cost.
    pub kills: u32,
    /// What it did the last time.
    pub reason: String,
}

/// A file in the state that it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub path: PathBuf,
    pub size: u64,
    pub modified: Option<SystemTime>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quarantine {
    offences: HashMap<PathBuf, Offence>,
}

impl Quarantine {
    /// With what is known from before. Offences against another version of the extractor are
    /// forgiven.
    pub fn with(offences: impl IntoIterator<Item = Offence>) -> Self {
        let valid = offences.into_iter().filter(|known| known.extractor == EXTRACTOR_VERSION);
        Self { offences: valid.map(|known| (known.path.clone(), known)).collect() }
    }

    pub fn offences(&self) -> impl Iterator<Item = &Offence> {
        self.offences.values()
    }

    /// Why the file is left alone, where it is.
    pub(super) fn holds(&self, file: &Identity) -> Option<&str> {
        let known = self.offences.get(&file.path)?;
        (known.is_of(file) && known.kills >= PATIENCE).then_some(known.reason.as_str())
    }

    pub(super) fn charge(&mut self, file: &Identity, reason: String) {
        let before = self.offences.get(&file.path).filter(|known| known.is_of(file));
        let kills = before.map_or(0, |known| known.kills) + 1;
        let Identity { path, size, modified } = file.clone();
        let extractor = EXTRACTOR_VERSION;
        self.offences
            .insert(path.clone(), Offence { path, size, modified, extractor, kills, reason });
    }

    pub(super) fn forget(&mut self, path: &Path) {
        self.offences.remove(path);
    }
}

impl Offence {
    fn is_of(&self, file: &Identity) -> bool {
        (self.size, self.modified) == (file.size, file.modified)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn file(size: u64, modified: u64) -> Identity {
        let modified = Some(SystemTime::UNIX_EPOCH + Duration::from_nanos(modified));
        Identity { path: "größe.pdf".into(), size, modified }
    }

    #[test]
    fn two_kills_hold_a_file_until_it_changes_or_is_read_after_all() {
        let mut quarantine = Quarantine::default();
        quarantine.charge(&file(1, 1), "first".into());
        assert_eq!(quarantine.holds(&file(1, 1)), None);
        quarantine.charge(&file(1, 1), "second".into());
        for (size, modified, expected) in [(1, 1, Some("second")), (2, 1, None), (1, 2, None)] {
            assert_eq!(quarantine.holds(&file(size, modified)), expected, "{size}, {modified}");
        }
        quarantine.charge(&file(1, 2), "changed".into());
        assert_eq!(quarantine.holds(&file(1, 2)), None);
        quarantine.forget(Path::new("größe.pdf"));
        quarantine.charge(&file(1, 2), "again".into());
        assert_eq!(quarantine.holds(&file(1, 2)), None);
    }

    #[test]
    fn what_is_kept_comes_back_unless_the_extractor_is_another() {
        let mut quarantine = Quarantine::default();
        quarantine.charge(&file(1, 1), "first".into());
        quarantine.charge(&file(1, 1), "second".into());
        let kept: Vec<Offence> = quarantine.offences().cloned().collect();
        assert_eq!(Quarantine::with(kept.clone()), quarantine);
        let older = kept.into_iter().map(|known| Offence { extractor: 0, ..known });
        assert_eq!(Quarantine::with(older), Quarantine::default());
    }
}

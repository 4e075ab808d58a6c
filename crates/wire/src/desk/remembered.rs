//! Searches that are remembered, in `searches.json` of the data folder.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::settings::{read, write};
use super::{Desk, lock};
use crate::error::Problem;
use crate::search::{Remember, Remembered};

/// Of those that were not saved.
const MOST: usize = 50;
/// What is longer was pasted, not asked.
const LONGEST: usize = 1000;

impl Desk {
    fn searches_file(&self) -> PathBuf {
        self.home.data().join("searches.json")
    }

    /// The newest first.
    pub(super) fn remembered(&self) -> Result<Vec<Remembered>, Problem> {
        Ok(read::<Vec<Remembered>>(&self.searches_file())?.unwrap_or_default())
    }

    pub(super) fn remember(&self, search: &Remember) -> Result<Vec<Remembered>, Problem> {
        let remembers = lock(&self.settings).remember_searches;
        let text = search.text.trim();
        let mut all = self.remembered()?;
        if text.is_empty() || text.len() > LONGEST || !(remembers || search.saved) {
            return Ok(all);
        }
        all.retain(|known| known.text != text);
        let last = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        all.insert(0, Remembered { text: text.to_owned(), last: last as i64, saved: search.saved });
        let mut recent = 0;
        all.retain(|known| {
            recent += usize::from(!known.saved);
            known.saved || recent <= MOST
        });
        write(&self.searches_file(), &all)?;
        Ok(all)
    }

    pub(super) fn forget(&self, text: &str) -> Result<Vec<Remembered>, Problem> {
        let mut all = self.remembered()?;
        all.retain(|known| known.text != text);
        write(&self.searches_file(), &all)?;
        Ok(all)
    }
}

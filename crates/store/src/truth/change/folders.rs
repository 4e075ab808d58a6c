//! Watched folders come and go.

use std::path::Path;

use kenning_domain::{ContentId, FolderId};

use super::super::paths;
use super::super::records::State;
use super::{Change, NAME_REMOVED};
use crate::error::StoreError;

impl Change<'_> {
    /// A folder that is there already keeps its number and gets these rules.
    pub fn add_folder(&mut self, path: &Path, rules: &str) -> Result<FolderId, StoreError> {
        let id = self.first(
            "INSERT INTO folders(path, rules, added) VALUES (?1, ?2, ?3)
             ON CONFLICT (path) DO UPDATE SET rules = excluded.rules RETURNING id",
            (paths::to_bytes(path), rules, self.now.0),
            |row| row.get(0),
        )?;
        id.map(FolderId).ok_or_else(|| StoreError::damaged("a folder got no number"))
    }

    /// Forgets a folder and its files; their vectors are kept for a while.
    pub fn remove_folder(&mut self, folder: FolderId) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO change_log(kind, id)
             SELECT ?1, id FROM files WHERE folder = ?2 AND state <> ?3",
            (NAME_REMOVED, folder.0, State::LeftOut.number()),
        )?;
        let contents = self.numbers(
            "SELECT DISTINCT content FROM files WHERE folder = ?1 AND content IS NOT NULL",
            [folder.0],
        )?;
        self.run("DELETE FROM files WHERE folder = ?1", [folder.0])?;
        for content in contents {
            self.release(ContentId(content))?;
        }
        self.run("DELETE FROM ledger WHERE folder = ?1", [folder.0])?;
        if self.run("DELETE FROM folders WHERE id = ?1", [folder.0])? == 0 {
            return Err(StoreError::Unknown { what: "folder", id: folder.0 });
        }
        Ok(())
    }
}

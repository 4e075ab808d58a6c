//! Settings, and the offences of files against their readers: kept as they are given.

use std::path::Path;

use super::super::paths;
use super::super::records::Offence;
use super::Change;
use crate::error::StoreError;

impl Change<'_> {
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
            (name, value),
        )?;
        Ok(())
    }

    pub fn unset(&mut self, name: &str) -> Result<(), StoreError> {
        self.run("DELETE FROM settings WHERE name = ?1", [name])?;
        Ok(())
    }

    pub fn put_offence(&mut self, offence: &Offence) -> Result<(), StoreError> {
        self.run(
            "INSERT OR REPLACE INTO offences(path, size, modified, extractor, kills, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                paths::to_bytes(&offence.path),
                i64::try_from(offence.size).unwrap_or(i64::MAX),
                offence.modified,
                offence.extractor,
                offence.kills,
                &offence.reason,
            ),
        )?;
        Ok(())
    }

    pub fn forget_offence(&mut self, path: &Path) -> Result<(), StoreError> {
        self.run("DELETE FROM offences WHERE path = ?1", [paths::to_bytes(path)])?;
        Ok(())
    }
}

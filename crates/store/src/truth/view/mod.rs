//! Reading: everything a [`View`] answers is of one moment, whatever is written meanwhile.

mod bulk;
mod contents;
mod files;
mod vectors;

use std::path::PathBuf;

use kenning_domain::{FolderId, SpaceId};
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::change::logged;
use super::packing::Unpacker;
use super::paths;
use super::records::{Changes, Folder, Moment, Offence, Space, SpaceState};
use crate::error::StoreError;

/// The truth as it is at one moment.
pub struct View<'a> {
    connection: &'a Connection,
    unpacker: &'a Unpacker,
}

impl<'a> View<'a> {
    pub(super) fn new(connection: &'a Connection, unpacker: &'a Unpacker) -> Self {
        Self { connection, unpacker }
    }

    fn first<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(values, read).optional()?)
    }

    fn all<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(values, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Made at random with the database. What is derived from another epoch is of no use.
    pub fn epoch(&self) -> Result<[u8; 16], StoreError> {
        self.first("SELECT value FROM meta WHERE name = 'epoch'", (), |row| row.get(0))?
            .ok_or_else(|| StoreError::damaged("the epoch is missing"))
    }

    /// The number of the newest change.
    pub fn seq(&self) -> Result<i64, StoreError> {
        let seq =
            self.first("SELECT seq FROM sqlite_sequence WHERE name = 'change_log'", (), |row| {
                row.get(0)
            })?;
        Ok(seq.unwrap_or(0))
    }

    /// The first `limit` changes after a number, the oldest first.
    pub fn changes_since(&self, seq: i64, limit: usize) -> Result<Changes, StoreError> {
        let forgotten: Option<i64> =
            self.first("SELECT value FROM meta WHERE name = 'forgotten'", (), |row| row.get(0))?;
        if forgotten.is_none_or(|forgotten| seq < forgotten) || seq > self.seq()? {
            return Ok(Changes::Forgotten);
        }
        let rows = self.all(
            "SELECT seq, kind, id, space FROM change_log WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            [seq, most(limit)],
            |row| Ok((row.get(0)?, logged(row.get(1)?, row.get(2)?, row.get(3)?))),
        )?;
        let known = rows.into_iter().map(|(seq, change)| {
            change
                .map(|change| (seq, change))
                .ok_or_else(|| StoreError::damaged(format!("change {seq} is of no kind")))
        });
        Ok(Changes::Known(known.collect::<Result<_, _>>()?))
    }

    pub fn folders(&self) -> Result<Vec<Folder>, StoreError> {
        self.all("SELECT id, path, rules, added FROM folders ORDER BY path", (), |row| {
            Ok(Folder {
                id: FolderId(row.get(0)?),
                path: path(row, 1)?,
                rules: row.get(2)?,
                added: Moment(row.get(3)?),
            })
        })
    }

    pub fn spaces(&self) -> Result<Vec<Space>, StoreError> {
        let sql = format!("SELECT {SPACE} FROM spaces ORDER BY id");
        self.all(&sql, (), space)
    }

    /// The space that answers, if any does yet.
    pub fn answering(&self) -> Result<Option<Space>, StoreError> {
        let sql = format!("SELECT {SPACE} FROM spaces WHERE state = 1");
        self.first(&sql, (), space)
    }

    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.first("SELECT value FROM settings WHERE name = ?1", [name], |row| row.get(0))
    }

    pub fn settings(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.all("SELECT name, value FROM settings ORDER BY name", (), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    pub fn offences(&self) -> Result<Vec<Offence>, StoreError> {
        self.all(
            "SELECT path, size, modified, extractor, kills, reason FROM offences ORDER BY path",
            (),
            |row| {
                Ok(Offence {
                    path: path(row, 0)?,
                    size: row.get::<_, i64>(1)? as u64,
                    modified: row.get(2)?,
                    extractor: row.get(3)?,
                    kills: row.get(4)?,
                    reason: row.get(5)?,
                })
            },
        )
    }
}

const SPACE: &str = "id, model, revision, definition, dimensions, state, made";

fn space(row: &Row<'_>) -> rusqlite::Result<Space> {
    let state = row.get(5)?;
    Ok(Space {
        id: SpaceId(row.get(0)?),
        model: row.get(1)?,
        revision: row.get(2)?,
        definition: row.get(3)?,
        dimensions: row.get::<_, i64>(4)? as usize,
        state: SpaceState::of(state).ok_or(rusqlite::Error::IntegralValueOutOfRange(5, state))?,
        made: Moment(row.get(6)?),
    })
}

fn path(row: &Row<'_>, column: usize) -> rusqlite::Result<PathBuf> {
    let value = row.get_ref(column)?;
    Ok(paths::from_bytes(value.as_blob()?))
}

/// A limit as SQLite takes it.
fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

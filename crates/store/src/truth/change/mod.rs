//! One transaction of changes. What is derived from a change is written in the same transaction:
//! the states of files, the counts, the gaps of each space, and the log.

mod contents;
mod files;
mod folders;
mod outcomes;
mod settings;
mod spaces;
mod vectors;

pub(super) use files::{stamp, state};

use kenning_domain::{ContentId, FileId, SpaceId};
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::packing::{Packer, Unpacker};
use super::records::{Logged, Moment, State};
use super::view::View;
use crate::error::StoreError;

/// What may be done in a transaction. Nothing of it is there before the whole of it is.
pub struct Change<'a> {
    connection: &'a Connection,
    packer: &'a mut Packer,
    unpacker: &'a Unpacker,
    now: Moment,
}

impl<'a> Change<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        packer: &'a mut Packer,
        unpacker: &'a Unpacker,
        now: Moment,
    ) -> Self {
        Self { connection, packer, unpacker, now }
    }

    /// What is there, with what was changed so far.
    pub fn view(&self) -> View<'_> {
        View::new(self.connection, self.unpacker)
    }

    /// How many rows it changed.
    fn run(&self, sql: &str, values: impl Params) -> Result<usize, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.execute(values)?)
    }

    fn first<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(values, read).optional()?)
    }

    fn numbers(&self, sql: &str, values: impl Params) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(values, |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn log(&self, change: Logged) -> Result<(), StoreError> {
        let (kind, id, space) = logged_row(change);
        self.run("INSERT INTO change_log(kind, id, space) VALUES (?1, ?2, ?3)", (kind, id, space))?;
        Ok(())
    }

    /// Forgets the changes up to and with this one: everything that is derived has it.
    pub fn forget_changes_until(&mut self, seq: i64) -> Result<(), StoreError> {
        self.run("DELETE FROM change_log WHERE seq <= ?1", [seq])?;
        self.run(
            "UPDATE meta SET value = max(value, min(?1,
                (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change_log')))
             WHERE name = 'forgotten'",
            [seq],
        )?;
        Ok(())
    }

    /// How far the files of a content are.
    fn state_with(&self, content: ContentId) -> Result<State, StoreError> {
        let complete = self.first(
            "SELECT EXISTS (SELECT 1 FROM spaces WHERE state = 1
                AND NOT EXISTS (SELECT 1 FROM gaps WHERE space = spaces.id AND content = ?1))",
            [content.0],
            |row| row.get::<_, bool>(0),
        )?;
        Ok(if complete == Some(true) { State::Meaning } else { State::Words })
    }
}

const CONTENT_ADDED: i64 = 1;
const CONTENT_REMOVED: i64 = 2;
const CONTENT_FILES_CHANGED: i64 = 3;
const NAME_CHANGED: i64 = 4;
const NAME_REMOVED: i64 = 5;
const VECTORS_ADDED: i64 = 6;

fn logged_row(change: Logged) -> (i64, i64, Option<i64>) {
    match change {
        Logged::ContentAdded(id) => (CONTENT_ADDED, id.0, None),
        Logged::ContentRemoved(id) => (CONTENT_REMOVED, id.0, None),
        Logged::ContentFilesChanged(id) => (CONTENT_FILES_CHANGED, id.0, None),
        Logged::NameChanged(id) => (NAME_CHANGED, id.0, None),
        Logged::NameRemoved(id) => (NAME_REMOVED, id.0, None),
        Logged::VectorsAdded { space, content } => (VECTORS_ADDED, content.0, Some(space.0)),
    }
}

/// A row of the log; `None` where it is none that is ever written.
pub(super) fn logged(kind: i64, id: i64, space: Option<i64>) -> Option<Logged> {
    Some(match (kind, space) {
        (CONTENT_ADDED, None) => Logged::ContentAdded(ContentId(id)),
        (CONTENT_REMOVED, None) => Logged::ContentRemoved(ContentId(id)),
        (CONTENT_FILES_CHANGED, None) => Logged::ContentFilesChanged(ContentId(id)),
        (NAME_CHANGED, None) => Logged::NameChanged(FileId(id)),
        (NAME_REMOVED, None) => Logged::NameRemoved(FileId(id)),
        (VECTORS_ADDED, Some(space)) => {
            Logged::VectorsAdded { space: SpaceId(space), content: ContentId(id) }
        }
        _ => return None,
    })
}

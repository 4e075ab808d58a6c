//! Files: one, those that wait, those of a content, a list of them, and how many there are.

use kenning_domain::{ContentId, FileId, FolderId};
use rusqlite::Row;
use rusqlite::types::Value;

use super::super::change::{stamp, state};
use super::super::paths;
use super::super::records::{FileFilter, FileRecord, Ledger, LedgerLine, Moment, Place, Reason};
use super::{View, most, path};
use crate::error::StoreError;

pub(super) const FILE: &str = "id, folder, path, name, is_folder, size, modified, device, inode, content, state, \
    reason_code, reason, tries, next_try, seen";

pub(super) fn record(row: &Row<'_>) -> rusqlite::Result<FileRecord> {
    Ok(FileRecord {
        id: FileId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        path: path(row, 2)?,
        name: row.get(3)?,
        is_folder: row.get(4)?,
        stamp: stamp(row, 5)?,
        content: row.get::<_, Option<i64>>(9)?.map(ContentId),
        state: state(row, 10)?,
        reason: Reason { code: row.get(11)?, text: row.get(12)? },
        tries: row.get(13)?,
        next_try: row.get::<_, Option<i64>>(14)?.map(Moment),
        seen: Moment(row.get(15)?),
    })
}

impl View<'_> {
    pub fn file(&self, id: FileId) -> Result<Option<FileRecord>, StoreError> {
        self.first(&format!("SELECT {FILE} FROM files WHERE id = ?1"), [id.0], record)
    }

    pub fn file_at(&self, place: Place<'_>) -> Result<Option<FileRecord>, StoreError> {
        let sql = format!("SELECT {FILE} FROM files WHERE folder = ?1 AND path = ?2");
        self.first(&sql, (place.folder.0, paths::to_bytes(place.path)), record)
    }

    pub fn files_of(&self, content: ContentId) -> Result<Vec<FileRecord>, StoreError> {
        let sql = format!("SELECT {FILE} FROM files WHERE content = ?1 ORDER BY folder, path");
        self.all(&sql, [content.0], record)
    }

    /// Files to be read: small ones before large ones, and of about the same size the newest first;
    /// then those that failed and whose time has come.
    pub fn to_read(&self, now: Moment, limit: usize) -> Result<Vec<FileRecord>, StoreError> {
        let sql = format!(
            "SELECT {FILE} FROM files WHERE state = 0 ORDER BY class, modified DESC, id LIMIT ?1"
        );
        let mut found = self.all(&sql, [most(limit)], record)?;
        let sql = format!(
            "SELECT {FILE} FROM files WHERE state = 4 AND next_try <= ?1
             ORDER BY next_try, id LIMIT ?2"
        );
        found.extend(self.all(&sql, [now.0, most(limit - found.len())], record)?);
        Ok(found)
    }

    /// When the next file that failed is to be tried again.
    pub fn next_try(&self) -> Result<Option<Moment>, StoreError> {
        let next = self.first("SELECT min(next_try) FROM files WHERE state = 4", (), |row| {
            row.get::<_, Option<i64>>(0)
        })?;
        Ok(next.flatten().map(Moment))
    }

    /// Everything that is known in a folder, by path; for a watcher to begin with.
    pub fn each_file(
        &self,
        folder: FolderId,
        mut take: impl FnMut(FileRecord),
    ) -> Result<(), StoreError> {
        let sql = format!("SELECT {FILE} FROM files WHERE folder = ?1 ORDER BY path");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([folder.0])?;
        while let Some(row) = rows.next()? {
            take(record(row)?);
        }
        Ok(())
    }

    /// Files by folder and path.
    pub fn files(&self, filter: &FileFilter<'_>) -> Result<Vec<FileRecord>, StoreError> {
        let mut conditions = vec!["1".to_owned()];
        let mut values: Vec<Value> = Vec::new();
        let mut add = |condition: &str, value: Value| {
            values.push(value);
            conditions.push(condition.replace('?', &format!("?{}", values.len())));
        };
        if let Some(folder) = filter.folder {
            add("folder = ?", folder.0.into());
        }
        if let Some(code) = filter.reason_code {
            add("reason_code = ?", code.to_owned().into());
        }
        if let Some(text) = filter.text.filter(|text| !text.is_empty()) {
            add("instr(sought, ?) > 0", paths::sought_text(text).into());
        }
        if !filter.states.is_empty() {
            let numbers: Vec<String> =
                filter.states.iter().map(|state| state.number().to_string()).collect();
            conditions.push(format!("state IN ({})", numbers.join(", ")));
        }
        let sql = format!(
            "SELECT {FILE} FROM files WHERE {} ORDER BY folder, path LIMIT {} OFFSET {}",
            conditions.join(" AND "),
            most(filter.limit),
            most(filter.skip)
        );
        let mut statement = self.connection.prepare(&sql)?;
        let rows = statement.query_map(rusqlite::params_from_iter(values), record)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    pub fn ledger(&self) -> Result<Ledger, StoreError> {
        let lines = self.all(
            "SELECT folder, state, is_folder, reason_code, files, bytes FROM ledger
             WHERE files > 0",
            (),
            |row| {
                Ok(LedgerLine {
                    folder: FolderId(row.get(0)?),
                    state: state(row, 1)?,
                    is_folder: row.get(2)?,
                    reason_code: row.get(3)?,
                    files: row.get::<_, i64>(4)? as u64,
                    bytes: row.get::<_, i64>(5)? as u64,
                })
            },
        )?;
        Ok(Ledger { lines })
    }
}

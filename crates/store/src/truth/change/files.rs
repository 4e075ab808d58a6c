//! What the watcher tells: files that are there, have moved, are gone, are left out.

use kenning_domain::{ContentId, FileId, FolderId};
use rusqlite::Row;

use super::super::paths;
use super::super::records::{Logged, Place, Reason, Stamp, State};
use super::Change;
use crate::error::StoreError;

/// What a change has to know of a file that is there.
pub(super) struct Kept {
    pub(super) id: FileId,
    pub(super) stamp: Stamp,
    pub(super) content: Option<ContentId>,
    pub(super) state: State,
}

impl Kept {
    pub(super) const COLUMNS: &str = "id, size, modified, device, inode, content, state";

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: FileId(row.get(0)?),
            stamp: stamp(row, 1)?,
            content: row.get::<_, Option<i64>>(5)?.map(ContentId),
            state: state(row, 6)?,
        })
    }
}

/// Four columns from `first`: size, modified, device, inode.
pub(in crate::truth) fn stamp(row: &Row<'_>, first: usize) -> rusqlite::Result<Stamp> {
    let device: Option<i64> = row.get(first + 2)?;
    let inode: Option<i64> = row.get(first + 3)?;
    Ok(Stamp {
        size: row.get::<_, i64>(first)? as u64,
        modified: row.get(first + 1)?,
        id: device.zip(inode).map(|(device, inode)| (device as u64, inode as u64)),
    })
}

pub(in crate::truth) fn state(row: &Row<'_>, column: usize) -> rusqlite::Result<State> {
    let number = row.get(column)?;
    State::of(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// The values that a stamp is kept as: size, class, modified, device, inode. A device and a number
/// keep their bits and lose their sign's meaning.
fn stamp_row(stamp: &Stamp) -> (i64, i64, i64, Option<i64>, Option<i64>) {
    let size = i64::try_from(stamp.size).unwrap_or(i64::MAX);
    let device = stamp.id.map(|(device, _)| device as i64);
    let inode = stamp.id.map(|(_, inode)| inode as i64);
    (size, size_class(stamp.size), stamp.modified, device, inode)
}

/// Files of one class are read newest first, and small classes before large ones, so that one huge
/// file or folder holds up nobody.
fn size_class(size: u64) -> i64 {
    match size {
        0..0x1_0000 => 0,
        0x1_0000..0x10_0000 => 1,
        0x10_0000..0x100_0000 => 2,
        _ => 3,
    }
}

impl Change<'_> {
    /// A file is there. It waits to be read if it is new or its stamp is not what it was.
    pub fn see(&mut self, place: Place<'_>, stamp: &Stamp) -> Result<FileId, StoreError> {
        match self.kept_at(place)? {
            None => self.insert(place, stamp, State::Waiting, false, &Reason::default()),
            Some(kept) if kept.state == State::LeftOut => {
                self.wait(kept.id, stamp)?;
                self.log(Logged::NameChanged(kept.id))?;
                Ok(kept.id)
            }
            Some(kept) if kept.stamp.looks_unchanged(stamp) => {
                if kept.stamp != *stamp {
                    let (.., device, inode) = stamp_row(stamp);
                    self.run(
                        "UPDATE files SET device = ?2, inode = ?3 WHERE id = ?1",
                        (kept.id.0, device, inode),
                    )?;
                }
                Ok(kept.id)
            }
            Some(kept) => {
                self.wait(kept.id, stamp)?;
                // What it held is still searched, and when it was changed is asked for.
                if let Some(content) = kept.content {
                    self.log(Logged::ContentFilesChanged(content))?;
                }
                Ok(kept.id)
            }
        }
    }

    /// A file has another path. What it holds stays, unless its stamp says otherwise.
    pub fn moved(
        &mut self,
        from: Place<'_>,
        to: Place<'_>,
        stamp: &Stamp,
    ) -> Result<FileId, StoreError> {
        let Some(kept) = self.kept_at(from)?.filter(|kept| kept.state != State::LeftOut) else {
            return self.see(to, stamp);
        };
        if from != to {
            self.forget(to)?;
            self.run(
                "UPDATE files SET folder = ?2, path = ?3, name = ?4, sought = ?5 WHERE id = ?1",
                (
                    kept.id.0,
                    to.folder.0,
                    paths::to_bytes(to.path),
                    paths::name(to.path),
                    paths::sought(to.path),
                ),
            )?;
            self.log(Logged::NameChanged(kept.id))?;
            if let Some(content) = kept.content {
                self.log(Logged::ContentFilesChanged(content))?;
            }
        }
        self.see(to, stamp)
    }

    /// A path is no more.
    pub fn forget(&mut self, place: Place<'_>) -> Result<(), StoreError> {
        match self.kept_at(place)? {
            Some(kept) => self.remove(&kept),
            None => Ok(()),
        }
    }

    /// A file, or a whole folder, is there and not to be read. What was known of it is forgotten, and
    /// so is what was known of anything inside it.
    pub fn leave_out(
        &mut self,
        place: Place<'_>,
        is_folder: bool,
        size: u64,
        reason: &Reason,
    ) -> Result<FileId, StoreError> {
        if is_folder {
            self.forget_inside(place)?;
        }
        let stamp = Stamp { size, modified: 0, id: None };
        let Some(kept) = self.kept_at(place)? else {
            return self.insert(place, &stamp, State::LeftOut, is_folder, reason);
        };
        let (size, class, ..) = stamp_row(&stamp);
        self.run(
            "UPDATE files SET state = 6, is_folder = ?2, size = ?3, class = ?4, modified = 0,
                device = NULL, inode = NULL, content = NULL, reason_code = ?5, reason = ?6,
                extractor = 0, tries = 0, next_try = NULL, seen = ?7 WHERE id = ?1",
            (kept.id.0, is_folder, size, class, &reason.code, &reason.text, self.now.0),
        )?;
        if kept.state != State::LeftOut {
            self.log(Logged::NameRemoved(kept.id))?;
        }
        if let Some(content) = kept.content {
            self.release(content)?;
        }
        Ok(kept.id)
    }

    /// The file is to be read again, whatever came of it before.
    pub fn read_again(&mut self, file: FileId) -> Result<(), StoreError> {
        let changed = self.run(
            "UPDATE files SET state = 0, reason_code = '', reason = '', tries = 0, next_try = NULL
             WHERE id = ?1 AND state <> 6",
            [file.0],
        )?;
        if changed == 0 { Err(StoreError::Unknown { what: "file", id: file.0 }) } else { Ok(()) }
    }

    /// Every file that an older version of the extractor has read or refused is to be read again.
    pub fn read_older_again(&mut self, extractor: u32) -> Result<usize, StoreError> {
        self.run(
            "UPDATE files SET state = 0, reason_code = '', reason = '', tries = 0, next_try = NULL
             WHERE state IN (1, 2, 3, 4, 5) AND extractor < ?1",
            [extractor],
        )
    }

    pub(super) fn kept(&self, file: FileId) -> Result<Option<Kept>, StoreError> {
        let sql = select(Kept::COLUMNS, "id = ?1");
        self.first(&sql, [file.0], Kept::read)
    }

    fn kept_at(&self, place: Place<'_>) -> Result<Option<Kept>, StoreError> {
        let sql = select(Kept::COLUMNS, "folder = ?1 AND path = ?2");
        self.first(&sql, (place.folder.0, paths::to_bytes(place.path)), Kept::read)
    }

    fn insert(
        &mut self,
        place: Place<'_>,
        stamp: &Stamp,
        state: State,
        is_folder: bool,
        reason: &Reason,
    ) -> Result<FileId, StoreError> {
        self.expect_folder(place.folder)?;
        let (size, class, modified, device, inode) = stamp_row(stamp);
        let sql = "INSERT INTO files(folder, path, name, sought, is_folder, size, class, modified,
                device, inode, state, reason_code, reason, extractor, tries, seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, 0, ?14)";
        self.run(
            sql,
            (
                place.folder.0,
                paths::to_bytes(place.path),
                paths::name(place.path),
                paths::sought(place.path),
                is_folder,
                size,
                class,
                modified,
                device,
                inode,
                state.number(),
                &reason.code,
                &reason.text,
                self.now.0,
            ),
        )?;
        let id = FileId(self.connection.last_insert_rowid());
        if state != State::LeftOut {
            self.log(Logged::NameChanged(id))?;
        }
        Ok(id)
    }

    fn expect_folder(&self, folder: FolderId) -> Result<(), StoreError> {
        let found = self.first("SELECT 1 FROM folders WHERE id = ?1", [folder.0], |_| Ok(()))?;
        found.ok_or(StoreError::Unknown { what: "folder", id: folder.0 })
    }

    fn wait(&mut self, file: FileId, stamp: &Stamp) -> Result<(), StoreError> {
        let (size, class, modified, device, inode) = stamp_row(stamp);
        self.run(
            "UPDATE files SET state = 0, is_folder = 0, size = ?2, class = ?3, modified = ?4,
                device = ?5, inode = ?6, reason_code = '', reason = '', tries = 0, next_try = NULL,
                seen = ?7 WHERE id = ?1",
            (file.0, size, class, modified, device, inode, self.now.0),
        )?;
        Ok(())
    }

    fn forget_inside(&mut self, folder: Place<'_>) -> Result<(), StoreError> {
        let (first, after) = paths::inside(folder.path);
        let inside = self.numbers(
            "SELECT id FROM files WHERE folder = ?1 AND path >= ?2 AND path < ?3",
            (folder.folder.0, first, after),
        )?;
        for file in inside {
            if let Some(kept) = self.kept(FileId(file))? {
                self.remove(&kept)?;
            }
        }
        Ok(())
    }

    fn remove(&mut self, kept: &Kept) -> Result<(), StoreError> {
        self.run("DELETE FROM files WHERE id = ?1", [kept.id.0])?;
        if kept.state != State::LeftOut {
            self.log(Logged::NameRemoved(kept.id))?;
        }
        kept.content.map_or(Ok(()), |content| self.release(content))
    }
}

fn select(columns: &str, condition: &str) -> String {
    format!("SELECT {columns} FROM files WHERE {condition}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_survives_numbers_as_large_as_they_get() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for id in [None, Some((0, 0)), Some((u64::MAX, 1 << 63))] {
            let given = Stamp { size: 7, modified: -1, id };
            let (size, _, modified, device, inode) = stamp_row(&given);
            let back = connection
                .query_row("SELECT ?1, ?2, ?3, ?4", (size, modified, device, inode), |row| {
                    stamp(row, 0)
                })
                .unwrap();
            assert_eq!(back, given);
        }
    }
}

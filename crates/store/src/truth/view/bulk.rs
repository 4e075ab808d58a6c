//! What is read of everything at once, or piece by piece, to make what is derived anew.

use kenning_domain::{ContentId, FileId, FolderId, PassageId, SpaceId, Tag};

use super::super::records::{FileRecord, HeldFile, VectorRow};
use super::contents::tag;
use super::files::{FILE, record};
use super::vectors::{VECTOR_ROW, passage_id};
use super::{View, most, path};
use crate::error::StoreError;

impl View<'_> {
    /// The files after one whose names are looked for, in order: all but those that are left out.
    pub fn named_after(&self, after: FileId, limit: usize) -> Result<Vec<FileRecord>, StoreError> {
        let sql =
            format!("SELECT {FILE} FROM files WHERE id > ?1 AND state <> 6 ORDER BY id LIMIT ?2");
        self.all(&sql, [after.0, most(limit)], record)
    }

    /// Every passage and its language, in order.
    pub fn each_language(
        &self,
        mut take: impl FnMut(PassageId, Option<Tag>),
    ) -> Result<(), StoreError> {
        let sql = "SELECT content, ordinal, language FROM passages ORDER BY content, ordinal";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            take(passage_id(row)?, tag(row, 2)?);
        }
        Ok(())
    }

    /// Every file that holds a content, by its number.
    pub fn each_held(&self, mut take: impl FnMut(HeldFile)) -> Result<(), StoreError> {
        let sql = "SELECT content, id, folder, path, modified FROM files NOT INDEXED
             WHERE content IS NOT NULL ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            take(HeldFile {
                content: ContentId(row.get(0)?),
                id: FileId(row.get(1)?),
                folder: FolderId(row.get(2)?),
                path: path(row, 3)?,
                modified: row.get(4)?,
            });
        }
        Ok(())
    }

    /// The vectors of a space after a passage, by content and ordinal: as many as `limit`. Gives the
    /// last of them; `None` where there was none.
    pub fn vectors_after(
        &self,
        space: SpaceId,
        after: PassageId,
        limit: usize,
        mut take: impl FnMut(VectorRow<'_>),
    ) -> Result<Option<PassageId>, StoreError> {
        let sql = format!(
            "{VECTOR_ROW} WHERE (p.content, p.ordinal) > (?2, ?3)
             ORDER BY p.content, p.ordinal LIMIT ?4"
        );
        let values = [space.0, after.content().0, i64::from(after.ordinal()), most(limit)];
        let mut last = None;
        self.stream(space, &sql, &values, |row| {
            last = Some(row.passage);
            take(row);
        })?;
        Ok(last)
    }
}

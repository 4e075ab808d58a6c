//! Vectors: those that are there, and the texts that lack one.

use std::collections::HashSet;

use kenning_domain::{ContentId, PassageId, SpaceId, TextId, embedded_text};
use rusqlite::Row;

use super::super::packing::{VectorUnpacker, unpack_headings};
use super::super::records::{Gap, Unembedded, VectorRow};
use super::contents::tag;
use super::{View, most};
use crate::error::StoreError;

/// A passage of a space, the first value, and its vector. The passages come first whatever SQLite
/// thinks of it, so that they come in order.
pub(super) const VECTOR_ROW: &str = "SELECT p.content, p.ordinal, p.language, v.vector
    FROM passages p CROSS JOIN vectors v ON v.space = ?1 AND v.text = p.text";

impl View<'_> {
    /// Texts that the space has no vector of: those of contents with few passages first, of these
    /// the newest contents first. At least one content's worth where there is one, and about as many
    /// as `limit`; a content with very many is given in parts.
    pub fn unembedded(&self, space: SpaceId, limit: usize) -> Result<Vec<Unembedded>, StoreError> {
        let contents = self.all(
            "SELECT content FROM gaps WHERE space = ?1 ORDER BY class, content DESC LIMIT ?2",
            [space.0, most(limit)],
            |row| Ok(ContentId(row.get(0)?)),
        )?;
        let mut found = Vec::new();
        let mut met = HashSet::new();
        for content in contents {
            if found.len() >= limit {
                break;
            }
            let wanted = limit - found.len();
            let texts = self.unembedded_of(space, content, wanted)?;
            found.extend(texts.into_iter().filter(|text| met.insert(text.id)));
        }
        Ok(found)
    }

    fn unembedded_of(
        &self,
        space: SpaceId,
        content: ContentId,
        limit: usize,
    ) -> Result<Vec<Unembedded>, StoreError> {
        let rows = self.all(
            "SELECT text, start, end, headings FROM passages p WHERE content = ?1 AND NOT EXISTS
                (SELECT 1 FROM vectors v WHERE v.space = ?2 AND v.text = p.text)
             ORDER BY ordinal LIMIT ?3",
            [content.0, space.0, most(limit)],
            |row| {
                let headings = unpack_headings(row.get_ref(3)?.as_str_or_null()?);
                let span = row.get::<_, i64>(1)? as usize..row.get::<_, i64>(2)? as usize;
                Ok((TextId(row.get(0)?), span, headings))
            },
        )?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let document = self.text(content)?;
        let title = self.first("SELECT title FROM contents WHERE id = ?1", [content.0], |row| {
            row.get::<_, Option<String>>(0)
        })?;
        let title = title.flatten();
        let texts = rows.into_iter().map(|(id, span, headings)| {
            let own = document.get(span).ok_or_else(|| {
                StoreError::damaged(format!("a passage of content {content} lies outside its text"))
            })?;
            let words = embedded_text(title.as_deref(), &headings, own);
            Ok(Unembedded { id, words, content })
        });
        texts.collect()
    }

    /// How much the space lacks.
    pub fn gap(&self, space: SpaceId) -> Result<Gap, StoreError> {
        let gap = self.first(
            "SELECT count(*), coalesce(sum(missing), 0) FROM gaps WHERE space = ?1",
            [space.0],
            |row| {
                Ok(Gap {
                    contents: row.get::<_, i64>(0)? as u64,
                    passages: row.get::<_, i64>(1)? as u64,
                })
            },
        )?;
        Ok(gap.unwrap_or_default())
    }

    /// Every vector of a space, by content and ordinal. What stands in two places comes twice.
    pub fn each_vector(
        &self,
        space: SpaceId,
        take: impl FnMut(VectorRow<'_>),
    ) -> Result<(), StoreError> {
        let sql = format!("{VECTOR_ROW} ORDER BY p.content, p.ordinal");
        self.stream(space, &sql, &[space.0], take)
    }

    /// The vectors of one content, by ordinal.
    pub fn vectors_of(
        &self,
        space: SpaceId,
        content: ContentId,
        take: impl FnMut(VectorRow<'_>),
    ) -> Result<(), StoreError> {
        let sql = format!("{VECTOR_ROW} WHERE p.content = ?2 ORDER BY p.ordinal");
        self.stream(space, &sql, &[space.0, content.0], take)
    }

    /// The exact vectors of passages, in the order asked for, without those that have none.
    pub fn vectors(
        &self,
        space: SpaceId,
        passages: &[PassageId],
        mut take: impl FnMut(VectorRow<'_>),
    ) -> Result<(), StoreError> {
        let dimensions = self.dimensions(space)?;
        let mut unpacker = VectorUnpacker::default();
        let sql = format!("{VECTOR_ROW} WHERE p.content = ?2 AND p.ordinal = ?3");
        let mut statement = self.connection.prepare_cached(&sql)?;
        for id in passages {
            let mut rows = statement.query((space.0, id.content().0, id.ordinal()))?;
            if let Some(row) = rows.next()? {
                take(vector_row(row, dimensions, &mut unpacker)?);
            }
        }
        Ok(())
    }

    fn dimensions(&self, space: SpaceId) -> Result<usize, StoreError> {
        let sql = "SELECT dimensions FROM spaces WHERE id = ?1";
        let dimensions = self.first(sql, [space.0], |row| row.get::<_, i64>(0))?;
        let dimensions = dimensions.ok_or(StoreError::Unknown { what: "space", id: space.0 })?;
        Ok(dimensions as usize)
    }

    pub(super) fn stream(
        &self,
        space: SpaceId,
        sql: &str,
        values: &[i64],
        mut take: impl FnMut(VectorRow<'_>),
    ) -> Result<(), StoreError> {
        let dimensions = self.dimensions(space)?;
        let mut unpacker = VectorUnpacker::default();
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            take(vector_row(row, dimensions, &mut unpacker)?);
        }
        Ok(())
    }
}

fn vector_row<'a>(
    row: &Row<'_>,
    dimensions: usize,
    unpacker: &'a mut VectorUnpacker,
) -> Result<VectorRow<'a>, StoreError> {
    let packed = row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?;
    let vector = unpacker.unpack(packed, dimensions)?;
    Ok(VectorRow { passage: passage_id(row)?, language: tag(row, 2)?, vector })
}

pub(super) fn passage_id(row: &Row<'_>) -> Result<PassageId, StoreError> {
    let (content, ordinal): (i64, u32) = (row.get(0)?, row.get(1)?);
    PassageId::new(ContentId(content), ordinal)
        .ok_or_else(|| StoreError::damaged(format!("content {content} has a passage {ordinal}")))
}

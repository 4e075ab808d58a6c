//! Contents: what they say of themselves, their text, their passages.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use kenning_domain::{ContentId, Language, Passage, PassageId, Tag, TextId};
use rusqlite::Row;

use super::super::packing::unpack_headings;
use super::super::records::{Content, ContentHash, ContentHead, Metadata, PassageText};
use super::View;
use crate::error::StoreError;

const HEAD: &str = "id, hash, bytes, format, title, author, language, created, modified, pages, \
    partial, extractor, dominant, passages";

fn head(row: &Row<'_>) -> rusqlite::Result<ContentHead> {
    Ok(ContentHead {
        id: ContentId(row.get(0)?),
        hash: ContentHash(row.get(1)?),
        bytes: row.get::<_, i64>(2)? as u64,
        format: row.get(3)?,
        metadata: Metadata {
            title: row.get(4)?,
            author: row.get(5)?,
            language: row.get(6)?,
            created: row.get(7)?,
            modified: row.get(8)?,
            pages: row.get(9)?,
        },
        partial: row.get(10)?,
        extractor: row.get(11)?,
        dominant: tag(row, 12)?,
        passages: row.get(13)?,
    })
}

pub(super) fn tag(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Tag>> {
    let text = row.get_ref(column)?.as_str_or_null()?;
    Ok(text.and_then(Tag::new))
}

const PASSAGE: &str = "start, end, page, headings, language, confidence";

fn passage(row: &Row<'_>) -> rusqlite::Result<Passage> {
    let (start, end): (i64, i64) = (row.get(0)?, row.get(1)?);
    let confidence: Option<f64> = row.get(5)?;
    let language = tag(row, 4)?
        .zip(confidence)
        .map(|(tag, confidence)| Language { tag, confidence: confidence as f32 });
    Ok(Passage {
        span: Range { start: start as usize, end: end as usize },
        page: row.get(2)?,
        headings: unpack_headings(row.get_ref(3)?.as_str_or_null()?),
        language,
    })
}

impl View<'_> {
    pub fn content_head(&self, id: ContentId) -> Result<Option<ContentHead>, StoreError> {
        self.first(&format!("SELECT {HEAD} FROM contents WHERE id = ?1"), [id.0], head)
    }

    pub fn content_with(&self, hash: ContentHash) -> Result<Option<ContentHead>, StoreError> {
        self.first(&format!("SELECT {HEAD} FROM contents WHERE hash = ?1"), [hash.0], head)
    }

    /// Every content's number, in order.
    pub fn content_ids(&self) -> Result<Vec<ContentId>, StoreError> {
        self.all("SELECT id FROM contents ORDER BY id", (), |row| Ok(ContentId(row.get(0)?)))
    }

    /// What every content says of itself, in order; for filters.
    pub fn each_head(&self, mut take: impl FnMut(ContentHead)) -> Result<(), StoreError> {
        let sql = format!("SELECT {HEAD} FROM contents ORDER BY id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            take(head(row)?);
        }
        Ok(())
    }

    pub fn content(&self, id: ContentId) -> Result<Option<Content>, StoreError> {
        let Some(head) = self.content_head(id)? else { return Ok(None) };
        let text = self.text(id)?;
        let passages = self.passages(id)?;
        if passages.len() != head.passages as usize
            || passages.iter().any(|passage| text.get(passage.span.clone()).is_none())
        {
            return Err(StoreError::damaged(format!("the passages of content {id} are not whole")));
        }
        Ok(Some(Content { head, text, passages }))
    }

    /// The passages with their texts, in the order asked for, without those that are no more. The
    /// text of a content is unpacked once for all its passages.
    pub fn passage_texts(&self, ids: &[PassageId]) -> Result<Vec<PassageText>, StoreError> {
        let mut texts: HashMap<ContentId, Vec<u8>> = HashMap::new();
        let mut found = Vec::with_capacity(ids.len());
        for &id in ids {
            let sql = format!("SELECT {PASSAGE} FROM passages WHERE content = ?1 AND ordinal = ?2");
            let place = (id.content().0, id.ordinal());
            let Some(passage) = self.first(&sql, place, passage)? else { continue };
            let text = match texts.entry(id.content()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.bytes(id.content())?),
            };
            let own = text.get(passage.span.clone());
            let text = own
                .and_then(|own| std::str::from_utf8(own).ok())
                .ok_or_else(|| {
                    StoreError::damaged(format!("passage {id:?} lies outside its text"))
                })?
                .to_owned();
            found.push(PassageText { id, passage, text });
        }
        Ok(found)
    }

    pub fn passages(&self, content: ContentId) -> Result<Vec<Passage>, StoreError> {
        let sql = format!("SELECT {PASSAGE} FROM passages WHERE content = ?1 ORDER BY ordinal");
        self.all(&sql, [content.0], passage)
    }

    /// What is embedded of each of its passages, in order: contents that have the same say the same,
    /// whatever their bytes.
    pub fn text_ids(&self, content: ContentId) -> Result<Vec<TextId>, StoreError> {
        let sql = "SELECT text FROM passages WHERE content = ?1 ORDER BY ordinal";
        self.all(sql, [content.0], |row| Ok(TextId(row.get(0)?)))
    }

    pub(super) fn text(&self, content: ContentId) -> Result<String, StoreError> {
        self.unpacked(content, |packed, length| self.unpacker.unpack(packed, length))
    }

    fn bytes(&self, content: ContentId) -> Result<Vec<u8>, StoreError> {
        self.unpacked(content, |packed, length| self.unpacker.bytes(packed, length))
    }

    fn unpacked<T>(
        &self,
        content: ContentId,
        unpack: impl FnOnce(&[u8], usize) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let unpacked = self.first(
            "SELECT length, packed FROM bodies WHERE content = ?1",
            [content.0],
            |row| {
                let length = row.get::<_, i64>(0)? as usize;
                Ok(unpack(row.get_ref(1)?.as_blob()?, length))
            },
        )?;
        unpacked.unwrap_or_else(|| {
            Err(StoreError::damaged(format!("the text of content {content} is missing")))
        })
    }
}

//! Contents come with their texts and passages, and go when no file holds them any more.

use std::collections::HashMap;

use kenning_domain::{ContentId, Passage, PassageId, Tag, embedded_text};

use super::super::packing::{clean_heading, pack_headings};
use super::super::records::{ContentHash, Logged, NewContent, State};
use super::{Change, VECTORS_ADDED};
use crate::error::StoreError;

/// Contents with few passages are embedded before those with many.
fn gap_class(passages: usize) -> i64 {
    match passages {
        0..=4 => 0,
        5..=32 => 1,
        33..=256 => 2,
        _ => 3,
    }
}

/// The passages come first whatever SQLite thinks of it: the other way round every vector of the
/// space is looked at for each new content.
const SAY_WHAT_IS_EMBEDDED: &str = "INSERT INTO change_log(kind, id, space)
    SELECT ?2, ?1, s.id FROM spaces s WHERE EXISTS (SELECT 1 FROM passages p
        CROSS JOIN vectors v ON v.space = s.id AND v.text = p.text WHERE p.content = ?1)";

impl Change<'_> {
    /// Throws away a content whose kept text has rotted, and has its files read again.
    pub fn distrust(&mut self, content: ContentId) -> Result<(), StoreError> {
        self.run(
            "UPDATE files SET content = NULL, state = ?2, reason_code = '', reason = '', tries = 0,
                next_try = NULL WHERE content = ?1",
            (content.0, State::Waiting.number()),
        )?;
        self.release(content)
    }

    pub(super) fn content_of(
        &self,
        hash: ContentHash,
    ) -> Result<Option<(ContentId, u32)>, StoreError> {
        self.first("SELECT id, extractor FROM contents WHERE hash = ?1", [hash.0], |row| {
            Ok((ContentId(row.get(0)?), row.get(1)?))
        })
    }

    /// Puts a new reading of the same bytes in an older one's place, for every copy. It gets a new
    /// number, so that what is derived cannot mix up the passages of the two.
    pub(super) fn replace_content(
        &mut self,
        older: ContentId,
        new: &NewContent<'_>,
    ) -> Result<ContentId, StoreError> {
        // Between the two rows the files point nowhere, which counts at the end only.
        self.connection.pragma_update(None, "defer_foreign_keys", true)?;
        self.remove_content(older)?;
        let content = self.add_content(new)?;
        let state = self.state_with(content)?;
        self.run(
            "UPDATE files SET content = ?2, extractor = ?3 WHERE content = ?1",
            (older.0, content.0, new.extractor),
        )?;
        self.run(
            "UPDATE files SET state = ?2 WHERE content = ?1 AND state IN (1, 2)",
            (content.0, state.number()),
        )?;
        Ok(content)
    }

    pub(super) fn add_content(&mut self, new: &NewContent<'_>) -> Result<ContentId, StoreError> {
        check(new)?;
        let content = self.insert_content(new)?;
        let packed = self.packer.pack(new.text)?;
        self.run(
            "INSERT INTO bodies(content, length, packed) VALUES (?1, ?2, ?3)",
            (content.0, new.text.len() as i64, packed),
        )?;
        self.log(Logged::ContentAdded(content))?;
        for (ordinal, passage) in new.passages.iter().enumerate() {
            self.insert_passage(content, ordinal, passage, new)?;
        }
        self.open_gaps(content, new.passages.len())?;
        Ok(content)
    }

    /// A file holds the content no longer. Without any file it goes.
    pub(super) fn release(&mut self, content: ContentId) -> Result<(), StoreError> {
        let held = self.first("SELECT 1 FROM files WHERE content = ?1", [content.0], |_| Ok(()))?;
        match held {
            Some(()) => self.log(Logged::ContentFilesChanged(content)),
            None => self.remove_content(content),
        }
    }

    fn remove_content(&mut self, content: ContentId) -> Result<(), StoreError> {
        self.run("DELETE FROM gaps WHERE content = ?1", [content.0])?;
        let texts =
            self.numbers("SELECT DISTINCT text FROM passages WHERE content = ?1", [content.0])?;
        self.run("DELETE FROM passages WHERE content = ?1", [content.0])?;
        for text in texts {
            self.run(
                "UPDATE texts SET unused = ?2 WHERE id = ?1
                    AND NOT EXISTS (SELECT 1 FROM passages WHERE text = ?1)",
                (text, self.now.0),
            )?;
        }
        self.run("DELETE FROM bodies WHERE content = ?1", [content.0])?;
        self.run("DELETE FROM contents WHERE id = ?1", [content.0])?;
        self.log(Logged::ContentRemoved(content))
    }

    fn insert_content(&mut self, new: &NewContent<'_>) -> Result<ContentId, StoreError> {
        let metadata = new.metadata;
        self.run(
            "INSERT INTO contents(hash, bytes, format, title, author, language, created, modified,
                pages, partial, extractor, dominant, passages)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            (
                new.hash.0,
                i64::try_from(new.bytes).unwrap_or(i64::MAX),
                new.format,
                &metadata.title,
                &metadata.author,
                &metadata.language,
                &metadata.created,
                &metadata.modified,
                metadata.pages,
                new.partial,
                new.extractor,
                dominant(new.passages).map(|tag| tag.to_string()),
                new.passages.len() as i64,
            ),
        )?;
        Ok(ContentId(self.connection.last_insert_rowid()))
    }

    fn insert_passage(
        &mut self,
        content: ContentId,
        ordinal: usize,
        passage: &Passage,
        new: &NewContent<'_>,
    ) -> Result<(), StoreError> {
        let headings: Vec<String> =
            passage.headings.iter().map(|heading| clean_heading(heading)).collect();
        let own = new.text.get(passage.span.clone()).unwrap_or_default();
        let embedded = embedded_text(new.metadata.title.as_deref(), &headings, own);
        let text = self.text_used(&embedded)?;
        self.run(
            "INSERT INTO passages(content, ordinal, start, end, page, headings, language,
                confidence, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                content.0,
                ordinal as i64,
                passage.span.start as i64,
                passage.span.end as i64,
                passage.page,
                pack_headings(&headings),
                passage.language.map(|language| language.tag.to_string()),
                passage.language.map(|language| f64::from(language.confidence)),
                text,
            ),
        )?;
        Ok(())
    }

    /// The number of a text that is used from now on.
    fn text_used(&mut self, embedded: &str) -> Result<i64, StoreError> {
        let hash = *blake3::hash(embedded.as_bytes()).as_bytes();
        let known = self.first("SELECT id, unused FROM texts WHERE hash = ?1", [hash], |row| {
            Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.is_some()))
        })?;
        match known {
            Some((id, false)) => Ok(id),
            Some((id, true)) => {
                self.run("UPDATE texts SET unused = NULL WHERE id = ?1", [id])?;
                Ok(id)
            }
            None => {
                self.run("INSERT INTO texts(hash) VALUES (?1)", [hash])?;
                Ok(self.connection.last_insert_rowid())
            }
        }
    }

    /// Notes for each space how much of a new content it lacks, and what it has already.
    fn open_gaps(&mut self, content: ContentId, passages: usize) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO gaps(space, content, class, missing)
             SELECT s.id, ?1, ?2, count(*) FROM spaces s JOIN passages p ON p.content = ?1
             WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.space = s.id AND v.text = p.text)
             GROUP BY s.id",
            (content.0, gap_class(passages)),
        )?;
        self.run(SAY_WHAT_IS_EMBEDDED, (content.0, VECTORS_ADDED))?;
        Ok(())
    }
}

fn check(new: &NewContent<'_>) -> Result<(), StoreError> {
    if new.passages.len() > PassageId::MOST as usize {
        return Err(StoreError::Unfit(format!("{} passages are too many", new.passages.len())));
    }
    let outside = new.passages.iter().find(|passage| new.text.get(passage.span.clone()).is_none());
    outside.map_or(Ok(()), |passage| {
        Err(StoreError::Unfit(format!("{:?} is no stretch of the text", passage.span)))
    })
}

/// The language of most bytes.
fn dominant(passages: &[Passage]) -> Option<Tag> {
    let mut bytes: HashMap<Tag, usize> = HashMap::new();
    for passage in passages {
        if let Some(language) = passage.language {
            *bytes.entry(language.tag).or_default() += passage.span.len();
        }
    }
    // Of two with as much, always the same one.
    bytes
        .into_iter()
        .max_by_key(|(tag, bytes)| (*bytes, std::cmp::Reverse(*tag)))
        .map(|(tag, _)| tag)
}

#[cfg(test)]
mod tests {
    use kenning_domain::Language;
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn the_dominant_language_is_that_of_most_text() {
        let check = |passages: &[(usize, Option<&str>)], expected: Option<&str>| {
            let passages: Vec<Passage> = passages
                .iter()
                .map(|(length, tag)| Passage {
                    span: 0..*length,
                    page: None,
                    headings: Vec::new(),
                    language: tag.and_then(Tag::new).map(|tag| Language { tag, confidence: 1.0 }),
                })
                .collect();
            let found = dominant(&passages).map(|tag| tag.to_string());
            assert_eq!(found.as_deref(), expected);
        };
        check(&[], None);
        check(&[(100, None)], None);
        check(&[(5, Some("de")), (9, None), (3, Some("fr")), (3, Some("fr"))], Some("fr"));
        check(&[(5, Some("ja")), (5, Some("de"))], Some("de"));
    }

    #[test]
    fn what_is_embedded_is_looked_up_passage_by_passage() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../schema_1.sql")).unwrap();
        let plan = format!("EXPLAIN QUERY PLAN {SAY_WHAT_IS_EMBEDDED}");
        let mut plan = connection.prepare(&plan).unwrap();
        let steps = plan.query_map([1, 1], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        let by_text = |step: &String| step.contains("SEARCH v") && step.contains("text=?");
        assert!(steps.iter().any(by_text), "{steps:#?}");
    }
}

//! Vectors come as they are made, and go when their text was not used for long.

use std::collections::BTreeMap;

use kenning_domain::{ContentId, SpaceId, TextId};

use super::super::packing::pack_vector;
use super::super::records::{Logged, Moment, Swept};
use super::Change;
use crate::error::StoreError;

/// How long texts and vectors are kept that nothing uses: a drive that comes back within this time
/// has nothing embedded anew.
const KEPT_UNUSED: i64 = 30 * 24 * 60 * 60;

/// How much is thrown away in one transaction.
const SWEPT_AT_ONCE: i64 = 5_000;

impl Change<'_> {
    /// Keeps vectors of texts. Files whose passages all have one now are searchable by meaning, if
    /// the space is the one that answers. A vector that is there already stays as it is.
    pub fn put_vectors<V: AsRef<[f32]>>(
        &mut self,
        space: SpaceId,
        vectors: &[(TextId, V)],
    ) -> Result<(), StoreError> {
        let dimensions = self.dimensions(space)?;
        let mut filled: BTreeMap<i64, i64> = BTreeMap::new();
        // In the order in which they lie: the other way round, pages stay half empty.
        let mut sorted: Vec<_> = vectors.iter().collect();
        sorted.sort_by_key(|(text, _)| *text);
        for (text, vector) in sorted {
            let vector = vector.as_ref();
            if vector.len() != dimensions {
                return Err(StoreError::Unfit(format!(
                    "a vector has {} dimensions, its space {dimensions}",
                    vector.len()
                )));
            }
            if self.put_vector(space, *text, vector)? {
                self.count_passages(*text, &mut filled)?;
            }
        }
        for (content, passages) in filled {
            self.fill_gap(space, ContentId(content), passages)?;
        }
        Ok(())
    }

    /// Throws away some of what nothing has used for long, and of the vectors of spaces that are no
    /// more. To be called again while there is more.
    pub fn sweep(&mut self, now: Moment) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let old = self.numbers(
            "SELECT id FROM texts WHERE unused < ?1 LIMIT ?2",
            [now.0 - KEPT_UNUSED, SWEPT_AT_ONCE],
        )?;
        for text in &old {
            swept.vectors += self.run(
                "DELETE FROM vectors WHERE space IN (SELECT id FROM spaces) AND text = ?1",
                [text],
            )? as u64;
            swept.texts += self.run("DELETE FROM texts WHERE id = ?1", [text])? as u64;
        }
        let orphans = self.sweep_orphans()?;
        swept.vectors += orphans as u64;
        swept.more = old.len() as i64 == SWEPT_AT_ONCE || orphans as i64 == SWEPT_AT_ONCE;
        self.give_back_room()?;
        Ok(swept)
    }

    /// Throws away vectors of a space that was dropped.
    fn sweep_orphans(&mut self) -> Result<usize, StoreError> {
        let known = self.numbers("SELECT id FROM spaces", ())?;
        let mut space = 0;
        // From space to space, for there are few of them and many vectors.
        while let Some(next) = self
            .first("SELECT min(space) FROM vectors WHERE space > ?1", [space], |row| {
                row.get::<_, Option<i64>>(0)
            })?
            .flatten()
        {
            if !known.contains(&next) {
                return self.run(
                    "DELETE FROM vectors WHERE space = ?1 AND text IN
                        (SELECT text FROM vectors WHERE space = ?1 LIMIT ?2)",
                    [next, SWEPT_AT_ONCE],
                );
            }
            space = next;
        }
        Ok(0)
    }

    /// Free pages at the end of the file go back to the disk.
    fn give_back_room(&self) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare("PRAGMA incremental_vacuum(2000)")?;
        let mut rows = statement.query(())?;
        while rows.next()?.is_some() {}
        Ok(())
    }

    fn dimensions(&self, space: SpaceId) -> Result<usize, StoreError> {
        let found =
            self.first("SELECT dimensions FROM spaces WHERE id = ?1", [space.0], |row| {
                row.get::<_, i64>(0)
            })?;
        found
            .map(|dimensions| dimensions as usize)
            .ok_or(StoreError::Unknown { what: "space", id: space.0 })
    }

    /// Whether it is new. A text that was thrown away meanwhile gets none.
    fn put_vector(
        &mut self,
        space: SpaceId,
        text: TextId,
        vector: &[f32],
    ) -> Result<bool, StoreError> {
        let added = self.run(
            "INSERT OR IGNORE INTO vectors(space, text, vector)
             SELECT ?1, id, ?3 FROM texts WHERE id = ?2",
            (space.0, text.0, pack_vector(vector)?),
        )?;
        Ok(added == 1)
    }

    fn count_passages(
        &mut self,
        text: TextId,
        filled: &mut BTreeMap<i64, i64>,
    ) -> Result<(), StoreError> {
        let contents = self.numbers("SELECT content FROM passages WHERE text = ?1", [text.0])?;
        for content in contents {
            *filled.entry(content).or_default() += 1;
        }
        Ok(())
    }

    fn fill_gap(
        &mut self,
        space: SpaceId,
        content: ContentId,
        passages: i64,
    ) -> Result<(), StoreError> {
        let still_open = self.run(
            "UPDATE gaps SET missing = missing - ?3
             WHERE space = ?1 AND content = ?2 AND missing > ?3",
            (space.0, content.0, passages),
        )?;
        if still_open == 0 {
            self.run("DELETE FROM gaps WHERE space = ?1 AND content = ?2", (space.0, content.0))?;
            self.run(
                "UPDATE files SET state = 2 WHERE content = ?2 AND state = 1
                    AND EXISTS (SELECT 1 FROM spaces WHERE id = ?1 AND state = 1)",
                (space.0, content.0),
            )?;
        }
        self.log(Logged::VectorsAdded { space, content })
    }
}

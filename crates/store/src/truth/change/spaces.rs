//! Spaces: which there are, and which one answers.

use kenning_domain::SpaceId;

use super::super::records::NewSpace;
use super::Change;
use crate::error::StoreError;

impl Change<'_> {
    /// A space with the same definition is the same space, with all that it has.
    pub fn add_space(&mut self, new: NewSpace<'_>) -> Result<SpaceId, StoreError> {
        let known = self.first(
            "SELECT id, dimensions FROM spaces WHERE definition = ?1",
            [new.definition],
            |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)),
        )?;
        match known {
            Some((id, dimensions)) if dimensions == new.dimensions as i64 => {
                return Ok(SpaceId(id));
            }
            Some((id, dimensions)) => {
                return Err(StoreError::Unfit(format!(
                    "space {id} has {dimensions} dimensions and not {}",
                    new.dimensions
                )));
            }
            None => {}
        }
        self.run(
            "INSERT INTO spaces(model, revision, definition, dimensions, state, made)
             VALUES (?1, ?2, ?3, ?4, 0, ?5)",
            (new.model, new.revision, new.definition, new.dimensions as i64, self.now.0),
        )?;
        let space = self.connection.last_insert_rowid();
        self.run(
            "INSERT INTO gaps(space, content, class, missing)
             SELECT ?1, id, CASE WHEN passages <= 4 THEN 0 WHEN passages <= 32 THEN 1
                WHEN passages <= 256 THEN 2 ELSE 3 END, passages
             FROM contents WHERE passages > 0",
            [space],
        )?;
        Ok(SpaceId(space))
    }

    /// From now on this space answers. The one that did before stays, so that the switch can be
    /// taken back.
    pub fn answer_from(&mut self, space: SpaceId) -> Result<(), StoreError> {
        self.run("UPDATE spaces SET state = 2 WHERE state = 1 AND id <> ?1", [space.0])?;
        if self.run("UPDATE spaces SET state = 1 WHERE id = ?1", [space.0])? == 0 {
            return Err(StoreError::Unknown { what: "space", id: space.0 });
        }
        // Only the rows that change are written.
        self.run(
            "UPDATE files SET state = 1 WHERE state = 2
                AND EXISTS (SELECT 1 FROM gaps WHERE space = ?1 AND content = files.content)",
            [space.0],
        )?;
        self.run(
            "UPDATE files SET state = 2 WHERE state = 1
                AND NOT EXISTS (SELECT 1 FROM gaps WHERE space = ?1 AND content = files.content)",
            [space.0],
        )?;
        Ok(())
    }

    /// Forgets a space. Its vectors are thrown away by and by, see [`Change::sweep`].
    pub fn drop_space(&mut self, space: SpaceId) -> Result<(), StoreError> {
        let answered = self
            .first("SELECT state = 1 FROM spaces WHERE id = ?1", [space.0], |row| row.get(0))?
            .ok_or(StoreError::Unknown { what: "space", id: space.0 })?;
        self.run("DELETE FROM gaps WHERE space = ?1", [space.0])?;
        self.run("DELETE FROM spaces WHERE id = ?1", [space.0])?;
        if answered {
            self.run("UPDATE files SET state = 1 WHERE state = 2", ())?;
        }
        Ok(())
    }
}

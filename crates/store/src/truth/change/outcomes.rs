//! What came of reading a file: a content, a refusal, a failure, a quarantine.
//!
//! Each names the stamp that the file had when it was read. If it has changed since, what came of it
//! says nothing any more, and it stays waiting.

use kenning_domain::{ContentId, FileId};

use super::super::records::{ContentHash, Logged, Moment, NewContent, Reason, Stamp, State};
use super::Change;
use super::files::Kept;
use crate::error::StoreError;

impl Change<'_> {
    /// The file's bytes have this hash: where they are known, and read by this version of the
    /// extractor, the file need not be read again.
    pub fn file_has(
        &mut self,
        file: FileId,
        stamp: &Stamp,
        hash: ContentHash,
        extractor: u32,
    ) -> Result<Option<ContentId>, StoreError> {
        let Some(kept) = self.unchanged(file, stamp)? else { return Ok(None) };
        match self.content_of(hash)? {
            Some((content, version)) if version == extractor => {
                self.attach(&kept, content, extractor)?;
                self.log(Logged::ContentFilesChanged(content))?;
                Ok(Some(content))
            }
            _ => Ok(None),
        }
    }

    /// Keeps what was read from the file. `None` if the file has changed since, or is gone.
    pub fn put_content(
        &mut self,
        file: FileId,
        stamp: &Stamp,
        new: &NewContent<'_>,
    ) -> Result<Option<ContentId>, StoreError> {
        let Some(kept) = self.unchanged(file, stamp)? else { return Ok(None) };
        let content = match self.content_of(new.hash)? {
            Some((content, version)) if version == new.extractor => {
                self.log(Logged::ContentFilesChanged(content))?;
                content
            }
            Some((older, _)) => self.replace_content(older, new)?,
            None => self.add_content(new)?,
        };
        // What it held before may just have been replaced.
        let kept = self.kept(kept.id)?.unwrap_or(kept);
        self.attach(&kept, content, new.extractor)?;
        Ok(Some(content))
    }

    /// The file gives no text. `false` if it has changed since.
    pub fn refused(
        &mut self,
        file: FileId,
        stamp: &Stamp,
        reason: &Reason,
        extractor: u32,
    ) -> Result<bool, StoreError> {
        self.without_content(file, stamp, State::Skipped, reason, extractor)
    }

    /// The file cost too many workers. `false` if it has changed since.
    pub fn quarantined(
        &mut self,
        file: FileId,
        stamp: &Stamp,
        reason: &Reason,
        extractor: u32,
    ) -> Result<bool, StoreError> {
        self.without_content(file, stamp, State::Quarantined, reason, extractor)
    }

    /// The file could not be read now; what it held before is still searched. `false` if it has
    /// changed since.
    pub fn failed(
        &mut self,
        file: FileId,
        stamp: &Stamp,
        reason: &Reason,
        next_try: Moment,
        extractor: u32,
    ) -> Result<bool, StoreError> {
        if self.unchanged(file, stamp)?.is_none() {
            return Ok(false);
        }
        self.run(
            "UPDATE files SET state = 4, reason_code = ?2, reason = ?3, next_try = ?4,
                tries = tries + 1, extractor = ?5 WHERE id = ?1",
            (file.0, &reason.code, &reason.text, next_try.0, extractor),
        )?;
        Ok(true)
    }

    fn without_content(
        &mut self,
        file: FileId,
        stamp: &Stamp,
        state: State,
        reason: &Reason,
        extractor: u32,
    ) -> Result<bool, StoreError> {
        let Some(kept) = self.unchanged(file, stamp)? else { return Ok(false) };
        self.run(
            "UPDATE files SET state = ?2, content = NULL, reason_code = ?3, reason = ?4, tries = 0,
                next_try = NULL, extractor = ?5 WHERE id = ?1",
            (file.0, state.number(), &reason.code, &reason.text, extractor),
        )?;
        if let Some(content) = kept.content {
            self.release(content)?;
        }
        Ok(true)
    }

    fn unchanged(&self, file: FileId, stamp: &Stamp) -> Result<Option<Kept>, StoreError> {
        let same = |kept: &Kept| kept.state != State::LeftOut && kept.stamp.looks_unchanged(stamp);
        Ok(self.kept(file)?.filter(same))
    }

    fn attach(
        &mut self,
        kept: &Kept,
        content: ContentId,
        extractor: u32,
    ) -> Result<(), StoreError> {
        let state = self.state_with(content)?;
        self.run(
            "UPDATE files SET content = ?2, state = ?3, reason_code = '', reason = '', tries = 0,
                next_try = NULL, extractor = ?4 WHERE id = ?1",
            (kept.id.0, content.0, state.number(), extractor),
        )?;
        match kept.content {
            Some(before) if before != content => self.release(before),
            _ => Ok(()),
        }
    }
}

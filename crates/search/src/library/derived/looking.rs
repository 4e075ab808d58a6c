//! What is derived, for a process that only reads while another may write.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, RwLock};

use kenning_domain::SpaceId;
use kenning_store::index::WordsError;
use kenning_store::{Changes, Logged, Reader, View, index};

use super::super::error::LibraryError;
use super::super::{Snapshot, describe};
use super::codes::KeptCodes;
use super::{CHANGES_AT_ONCE, Derived, epoch_of, reading};
use crate::calibration::Calibration;

impl Derived {
    /// What can be searched now, without writing anything: words as they were last committed, vectors
    /// and the catalogue as the truth has them. `None` where no words were ever committed. What was
    /// not saved of the codes is read from the truth, which takes a second for a hundred thousand.
    pub fn look(
        folder: &Path,
        truth: &mut Reader,
        calibrations: &[(SpaceId, Arc<Calibration>)],
    ) -> Result<Option<Snapshot>, LibraryError> {
        let words = folder.join("words");
        let words = match words.is_dir() {
            true => index::read(&words).map_err(|error| readable(&words, error))?,
            false => None,
        };
        let Some(words) = words.filter(|words| words.mark().is_some()) else { return Ok(None) };
        reading(truth, |view| {
            let calibrations = calibrations.iter().cloned().collect();
            let mut codes = KeptCodes::new(folder, epoch_of(view)?, calibrations);
            codes.follow(view)?;
            catch_up(&mut codes, view)?;
            let catalogue = Arc::new(RwLock::new(describe::all(view)?));
            Ok(Some(Snapshot { words, meaning: codes.snapshot(), catalogue }))
        })
    }
}

/// The index of another user is the likeliest one that may not be read.
fn readable(folder: &Path, error: WordsError) -> LibraryError {
    match &error {
        WordsError::Io(source) if source.kind() == ErrorKind::PermissionDenied => {
            LibraryError::Forbidden { folder: folder.into() }
        }
        _ => error.into(),
    }
}

fn catch_up(codes: &mut KeptCodes, view: &View<'_>) -> Result<(), LibraryError> {
    while let Some(since) = codes.wants_since() {
        codes.build_on(view)?;
        let Changes::Known(changes) = view.changes_since(since, CHANGES_AT_ONCE)? else {
            codes.begin_anew(view)?;
            continue;
        };
        if changes.is_empty() && !codes.is_building() {
            break;
        }
        for (seq, change) in changes {
            match change {
                Logged::VectorsAdded { space, content } => codes.put(view, space, content)?,
                Logged::ContentRemoved(content) => codes.remove(content),
                _ => {}
            }
            codes.seq = seq;
        }
    }
    Ok(())
}

//! For a program that only reads: what another has derived and written down, made up to the truth where
//! that takes no writing.

use std::path::Path;
use std::sync::{Arc, RwLock};

use kenning_domain::SpaceId;
use kenning_store::{Changes, Logged, Reader, View, index};

use super::super::error::LibraryError;
use super::codes::KeptCodes;
use super::{CHANGES_AT_ONCE, Derived, Snapshot, describe, epoch_of, reading};
use crate::calibration::Calibration;

impl Derived {
    /// What can be searched without writing. The words are those that their writer has last shown;
    /// `None` where there never was a writer.
    pub fn snapshot_of_another(
        folder: &Path,
        truth: &mut Reader,
        calibrations: &[(SpaceId, Arc<Calibration>)],
    ) -> Result<Option<Snapshot>, LibraryError> {
        let Some(words) = index::read(&folder.join("words"))? else { return Ok(None) };
        let calibrations = calibrations.iter().cloned().collect();
        reading(truth, |view| {
            let mut codes = KeptCodes::new(folder, epoch_of(view)?, calibrations);
            codes.follow(view)?;
            while codes.is_building() {
                codes.build_on(view)?;
            }
            replay(&mut codes, view)?;
            let catalogue = Arc::new(RwLock::new(describe::all(view)?));
            Ok(Some(Snapshot { words, meaning: codes.snapshot(), catalogue }))
        })
    }
}

/// Takes in what came after the codes were written.
fn replay(codes: &mut KeptCodes, view: &View<'_>) -> Result<(), LibraryError> {
    while let Some(since) = codes.wants_since() {
        let changes = match view.changes_since(since, CHANGES_AT_ONCE)? {
            Changes::Known(changes) => changes,
            Changes::Forgotten => {
                codes.begin_anew(view)?;
                while codes.is_building() {
                    codes.build_on(view)?;
                }
                return Ok(());
            }
        };
        let Some(&(last, _)) = changes.last() else { return Ok(()) };
        for (_, change) in changes {
            match change {
                Logged::ContentRemoved(content) => codes.remove(content),
                Logged::VectorsAdded { space, content } => codes.put(view, space, content)?,
                _ => {}
            }
        }
        codes.seq = last;
    }
    Ok(())
}

//! A space's codes with something else taken out of the vectors, beside those of the library: to
//! measure what that is worth.

use kenning_domain::PassageId;
use kenning_store::codes::Codes;
use kenning_store::{VectorRow, View};

use super::super::Meaning;
use super::super::error::LibraryError;
use super::means::Sums;
use crate::calibration::Calibration;

impl Meaning {
    /// The same vectors, with what was measured of their model taken out of them. `refines`: whether
    /// the library's own vectors have a say in it, as they have otherwise.
    pub fn with_calibration(
        &self,
        measured: &Calibration,
        refines: bool,
        view: &View<'_>,
    ) -> Result<Self, LibraryError> {
        let everything = |take: &mut dyn FnMut(VectorRow<'_>)| {
            view.vectors_after(self.space, PassageId(0), usize::MAX, take)
        };
        let mut sums = Sums::default();
        if refines {
            everything(&mut |row| sums.add(&row))?;
        }
        let calibration = measured.refined(&sums.finish().of);
        let mut codes = Codes::new(calibration.kept());
        let mut pushed = Ok(());
        everything(&mut |row| {
            let mut vector = row.vector.to_vec();
            calibration.shift_document(row.language, &mut vector);
            if pushed.is_ok() {
                pushed = codes.push(row.passage, &vector);
            }
        })?;
        pushed?;
        Ok(Self { space: self.space, codes: codes.snapshot(), calibration: calibration.into() })
    }
}

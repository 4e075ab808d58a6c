//! How much of a model's vectors is searched: all of them, or only their first numbers, where a model was
//! trained so that these suffice. The truth keeps the whole vectors, so that another length is only a matter
//! of rounding them anew.

use kenning_domain::SpaceId;
use kenning_search::calibration::Calibration;
use kenning_store::{Change, StoreError, View};

use super::error::LibraryError;
use super::model::Model;

/// Fewer say too little.
const FEWEST: usize = 32;

fn setting(space: SpaceId) -> String {
    format!("keep {space}")
}

/// Has the first numbers of a space's vectors searched, or all of them.
pub(super) fn keep(
    change: &mut Change<'_>,
    space: SpaceId,
    numbers: Option<usize>,
) -> Result<(), StoreError> {
    match numbers {
        Some(numbers) => change.set(&setting(space), &numbers.to_string()),
        None => change.unset(&setting(space)),
    }
}

/// How many numbers of a space's vectors are searched, where that is not all.
pub fn kept_numbers(view: &View<'_>, space: SpaceId) -> Result<Option<usize>, StoreError> {
    Ok(view.setting(&setting(space))?.and_then(|numbers| numbers.parse().ok()))
}

/// What is taken out of a space's vectors, with how much of them is kept.
pub(super) fn kept(
    view: &View<'_>,
    space: SpaceId,
    calibration: Calibration,
) -> Result<Calibration, StoreError> {
    Ok(match kept_numbers(view, space)? {
        Some(numbers) => calibration.keeping(numbers),
        None => calibration,
    })
}

/// Whether so many numbers of this model's vectors can be kept.
pub(super) fn check(model: &Model, numbers: Option<usize>) -> Result<(), LibraryError> {
    match numbers {
        Some(_) if !model.is_matryoshka => Err(LibraryError::WholeOnly(model.name.clone())),
        Some(numbers) if !(FEWEST..=model.dimensions).contains(&numbers) => {
            let (fewest, all) = (FEWEST, model.dimensions);
            Err(LibraryError::Numbers { model: model.name.clone(), fewest, all })
        }
        _ => Ok(()),
    }
}

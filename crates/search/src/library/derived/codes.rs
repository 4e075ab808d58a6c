//! The dense codes, kept in step: the vectors of the space that answers, without what languages put on
//! them, and how they are made anew for another space, another calibration or better means.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kenning_domain::{ContentId, PassageId, SpaceId};
use kenning_store::codes::Codes;
use kenning_store::{Mark, Space, VectorRow, View, fail};

use super::super::Meaning;
use super::super::error::LibraryError;
use super::means::{Means, Sums};
use super::shifted::Shifted;
use super::{Repaired, knows};
use crate::calibration::Calibration;

/// Rows that are read at once, some milliseconds' worth.
const ROWS_AT_ONCE: usize = 2_000;
/// With fewer vectors nothing can be said of the library's languages.
const FEWEST_MEASURED: usize = 50;
/// How long codes may be on their own before they are written to disk. What is lost with them is read
/// again from the truth.
const SAVED_AFTER: Duration = Duration::from_secs(300);
/// So many changes without a vector are a reason to write them, too: the truth must keep them till then.
const MOST_BEHIND: i64 = 20_000;

pub(super) struct KeptCodes {
    folder: PathBuf,
    epoch: u64,
    calibrations: HashMap<SpaceId, Arc<Calibration>>,
    answering: Option<Shifted>,
    building: Option<Building>,
    /// Changes up to this one are in what answers and in what is built.
    pub seq: i64,
    saved: Option<i64>,
    last_save: Instant,
    unsaved: bool,
    /// Vectors have rotted: nothing answers until the truth was looked at, which is at the next start.
    stopped: bool,
}

/// Codes on their way, while others may still answer.
struct Building {
    shifted: Shifted,
    stage: Stage,
    /// Up to this passage the stage is done.
    after: PassageId,
}

enum Stage {
    Measuring(Sums),
    Filling,
}

impl KeptCodes {
    pub fn new(
        folder: &Path,
        epoch: u64,
        calibrations: HashMap<SpaceId, Arc<Calibration>>,
    ) -> Self {
        Self {
            folder: folder.into(),
            epoch,
            calibrations,
            answering: None,
            building: None,
            seq: 0,
            saved: None,
            last_save: Instant::now(),
            unsaved: false,
            stopped: false,
        }
    }

    pub fn stop(&mut self) {
        self.stopped = true;
        (self.answering, self.building) = (None, None);
    }

    pub fn snapshot(&self) -> Option<Meaning> {
        self.answering.as_ref().map(|shifted| Meaning {
            space: shifted.space.id,
            codes: shifted.codes.snapshot(),
            calibration: shifted.calibration.clone(),
        })
    }

    /// From where on it has to hear of changes; `None` where nothing answers and nothing will.
    pub fn wants_since(&self) -> Option<i64> {
        (self.answering.is_some() || self.building.is_some()).then_some(self.seq)
    }

    /// Up to where the changes are in what is on disk, which may do without what is not.
    pub fn durable(&self) -> Option<i64> {
        self.wants_since().and(self.saved)
    }

    pub fn is_building(&self) -> bool {
        self.building.is_some()
    }

    pub fn set_calibration(&mut self, space: SpaceId, calibration: Arc<Calibration>) {
        self.calibrations.insert(space, calibration);
    }

    /// Turns to the space that answers now, and to the calibration it has now.
    pub fn follow(&mut self, view: &View<'_>) -> Result<Option<Repaired>, LibraryError> {
        let Some(space) = view.answering()?.filter(|_| !self.stopped) else {
            (self.answering, self.building) = (None, None);
            return Ok(None);
        };
        let base = self.calibration(&space);
        let fits = |shifted: &Shifted| shifted.space.id == space.id && *shifted.base == *base;
        if let Some(building) = &self.building {
            if fits(&building.shifted) {
                return Ok(None);
            }
            self.building = None;
        }
        match &self.answering {
            Some(shifted) if fits(shifted) => Ok(None),
            Some(shifted) if shifted.space.id == space.id => {
                let means = shifted.means.clone();
                self.build(Shifted::new(space, base, means), Stage::Filling);
                Ok(None)
            }
            Some(shifted) => {
                let gone = !view.spaces()?.iter().any(|space| space.id == shifted.space.id);
                if gone {
                    self.answering = None;
                }
                self.turn_to(view, space, base)
            }
            None => self.turn_to(view, space, base),
        }
    }

    fn calibration(&self, space: &Space) -> Arc<Calibration> {
        let known = self.calibrations.get(&space.id);
        let fitting = known.filter(|known| known.dimensions() == space.dimensions);
        fitting.cloned().unwrap_or_else(|| Arc::new(Calibration::none(space.dimensions)))
    }

    /// Takes a space's codes from its file, where that fits, or begins to build them.
    fn turn_to(
        &mut self,
        view: &View<'_>,
        space: Space,
        base: Arc<Calibration>,
    ) -> Result<Option<Repaired>, LibraryError> {
        let (codes_file, means_file) = self.files(space.id);
        let means = Means::load(&means_file, self.epoch, space.dimensions);
        let stage = match means {
            Some(_) => Stage::Filling,
            None => Stage::Measuring(Sums::default()),
        };
        let mut shifted = Shifted::new(space, base, means.unwrap_or_default());
        if let Some((codes, mark)) = Codes::load(&codes_file, shifted.base.kept(), &shifted.key())
            && mark.epoch == self.epoch
            && knows(view, mark.seq)?
        {
            shifted.codes = codes;
            (self.answering, self.building) = (Some(shifted), None);
            (self.seq, self.saved) = (mark.seq as i64, Some(mark.seq as i64));
            self.unsaved = false;
            return Ok(None);
        }
        if self.answering.is_none() {
            self.seq = view.seq()?;
        }
        self.saved = None;
        // A file that is whole belongs to what was before, which is no damage.
        let is_damaged = codes_file.exists() && !Codes::is_whole(&codes_file);
        let why = || "their file is not what was written".to_owned();
        let repaired = is_damaged.then(|| Repaired::Codes { why: why() });
        self.build(shifted, stage);
        Ok(repaired)
    }

    fn build(&mut self, shifted: Shifted, stage: Stage) {
        self.building = Some(Building { shifted, stage, after: PassageId(0) });
    }

    /// Throws away what it knows, where changes were forgotten that it had not heard of.
    pub fn begin_anew(&mut self, view: &View<'_>) -> Result<(), LibraryError> {
        let building = self.building.take().map(|building| building.shifted);
        let answering = self.answering.take();
        // What is being built is what is to answer.
        let Some(shifted) = building.or(answering) else { return Ok(()) };
        self.seq = view.seq()?;
        self.saved = None;
        let Shifted { space, base, means, .. } = shifted;
        self.build(Shifted::new(space, base, means), Stage::Filling);
        Ok(())
    }

    /// For a truth that was made anew under our feet.
    pub fn set_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
        self.stopped = false;
        (self.answering, self.building, self.saved) = (None, None, None);
    }

    pub fn remove(&mut self, content: ContentId) {
        let shifted = self.answering.iter_mut();
        for shifted in shifted.chain(self.building.as_mut().map(|building| &mut building.shifted)) {
            shifted.codes.remove_content(content);
        }
        self.unsaved = true;
    }

    /// Takes in the vectors that a content has.
    pub fn put(
        &mut self,
        view: &View<'_>,
        space: SpaceId,
        content: ContentId,
    ) -> Result<(), LibraryError> {
        if let Some(shifted) = self.answering.as_mut().filter(|own| own.space.id == space) {
            self.unsaved = true;
            shifted.put(view, content)?;
        }
        if let Some(building) = self.building.as_mut().filter(|own| own.shifted.space.id == space)
            && matches!(building.stage, Stage::Filling)
            // What comes after is met on the way.
            && content <= building.after.content()
        {
            building.shifted.put(view, content)?;
        }
        Ok(())
    }

    /// Does a part of what is to be built. What is finished answers from then on.
    pub fn build_on(&mut self, view: &View<'_>) -> Result<(), LibraryError> {
        let Some(mut building) = self.building.take() else { return Ok(()) };
        if building.go_on(view)? {
            fail::point("codes.built");
            self.answering = Some(building.shifted);
            self.unsaved = true;
            self.saved = None;
        } else {
            self.building = Some(building);
        }
        Ok(())
    }

    /// Begins to measure the library's languages again when there is twice as much of it.
    pub fn refine(&mut self) {
        let Some(shifted) = self.answering.as_ref().filter(|_| self.building.is_none()) else {
            return;
        };
        let enough = FEWEST_MEASURED.max(2 * shifted.means.rows);
        if shifted.codes.snapshot().len() >= enough {
            let fresh = Shifted::new(shifted.space.clone(), shifted.base.clone(), Means::default());
            self.build(fresh, Stage::Measuring(Sums::default()));
        }
    }

    pub fn save_when_due(&mut self) -> Result<(), LibraryError> {
        let behind = self.saved.is_some_and(|saved| self.seq - saved > MOST_BEHIND);
        if behind || self.unsaved && self.last_save.elapsed() >= SAVED_AFTER {
            self.save()?;
        }
        Ok(())
    }

    /// Writes the codes that answer, and what they were shifted with.
    pub fn save(&mut self) -> Result<(), LibraryError> {
        let Some(shifted) = &self.answering else { return Ok(()) };
        if !self.unsaved && self.saved == Some(self.seq) {
            return Ok(());
        }
        let (codes_file, means_file) = self.files(shifted.space.id);
        let failed = |file: &Path| {
            let file = file.to_path_buf();
            |source| LibraryError::File { file, source }
        };
        // First the means: codes of other means than the file's are made anew, never mistaken.
        let dimensions = shifted.space.dimensions;
        let means = shifted.means.save(&means_file, self.epoch, dimensions);
        means.map_err(failed(&means_file))?;
        fail::point("codes.before_save");
        let mark = Mark { epoch: self.epoch, seq: self.seq as u64 };
        let codes = shifted.codes.snapshot().save(&codes_file, mark, &shifted.key());
        codes.map_err(failed(&codes_file))?;
        fail::point("codes.after_save");
        (self.saved, self.unsaved, self.last_save) = (Some(self.seq), false, Instant::now());
        Ok(())
    }

    fn files(&self, space: SpaceId) -> (PathBuf, PathBuf) {
        let file = |what: &str| self.folder.join(format!("{what}-{space}"));
        (file("codes"), file("means"))
    }
}

impl Building {
    /// Whether it is finished.
    fn go_on(&mut self, view: &View<'_>) -> Result<bool, LibraryError> {
        let space = self.shifted.space.id;
        let last = match &mut self.stage {
            Stage::Measuring(sums) => {
                view.vectors_after(space, self.after, ROWS_AT_ONCE, |row| sums.add(&row))?
            }
            Stage::Filling => {
                let shifted = &mut self.shifted;
                let read = |take: &mut dyn FnMut(VectorRow<'_>)| {
                    view.vectors_after(space, self.after, ROWS_AT_ONCE, take)
                };
                shifted.take_in(read)?
            }
        };
        let Some(last) = last else {
            return Ok(match std::mem::replace(&mut self.stage, Stage::Filling) {
                Stage::Measuring(sums) => {
                    self.after = PassageId(0);
                    let measured = sums.finish();
                    let enough = measured.rows >= FEWEST_MEASURED;
                    self.shifted.set_means(if enough { measured } else { Means::default() });
                    false
                }
                Stage::Filling => true,
            });
        };
        self.after = last;
        Ok(false)
    }
}

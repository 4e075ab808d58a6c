//! What it would cost to have a library read by another model, measured on a little of it.

use std::time::{Duration, Instant};

use kenning_domain::{ContentId, Overlong, PassageId, Role};
use kenning_store::{Reader as TruthReader, View};

use super::LibraryError;
use super::model::Model;

/// What is still to be done, and about how long it takes on this machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Passages that have no vector of this model yet.
    pub passages: u64,
    /// Of the work alone; whatever else the machine does comes on top.
    pub time: Duration,
    /// On the disk and in memory together, about.
    pub bytes: u64,
}

/// How many passages are measured: enough for a second of a small model's work.
const SAMPLE: usize = 16;

impl Estimate {
    /// Loads the model, and embeds some of the library's passages with it.
    pub fn measure(model: &Model, truth: &mut TruthReader) -> Result<Self, LibraryError> {
        let passages = truth.read(|view| lacking(view, model))?;
        let per_passage = match passages {
            0 => Duration::ZERO,
            _ => time_for_one(model, truth)?,
        };
        // A vector in halves with its row, and its rounded form.
        let bytes = passages * (3 * model.dimensions as u64 + 64);
        let time = per_passage.mul_f64(passages as f64);
        Ok(Self { passages, time, bytes })
    }
}

/// How many passages a model has no vectors of.
fn lacking(view: &View<'_>, model: &Model) -> Result<u64, kenning_store::StoreError> {
    let spaces = view.spaces()?;
    if let Some(space) = spaces.iter().find(|space| space.definition == model.definition) {
        return Ok(view.gap(space.id)?.passages);
    }
    let mut passages = 0;
    view.each_head(|head| passages += u64::from(head.passages))?;
    Ok(passages)
}

fn time_for_one(model: &Model, truth: &mut TruthReader) -> Result<Duration, LibraryError> {
    let texts = truth.read(|view| {
        let contents = view.content_ids()?;
        let every = contents.len().div_ceil(SAMPLE).max(1);
        let first = |content: &ContentId| PassageId::new(*content, 0);
        let some: Vec<PassageId> = contents.iter().step_by(every).filter_map(first).collect();
        view.passage_texts(&some)
    })?;
    let texts: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    let embed = &model.loaded()?.embed;
    let make = |texts: &[&str]| embed.embed(texts, Role::Document, None, Overlong::Truncate);
    // The first one also pays for what is set up once.
    make(&texts[..texts.len().min(1)])?;
    let started = Instant::now();
    make(&texts)?;
    Ok(started.elapsed() / u32::try_from(texts.len().max(1)).unwrap_or(1))
}

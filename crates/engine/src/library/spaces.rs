//! Which model answers and which is to: a new one is filled beside the old, and answers once it has as
//! much as that.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use kenning_domain::{Cancel, SpaceId};
use kenning_search::calibration::Calibration;
use kenning_store::{Gap, NewSpace, Reader, StoreError, Truth, View};

use super::model::Model;
use super::obeying::MODEL;
use super::orders::Message;

/// The spaces that matter now.
#[derive(Clone, Default)]
pub(super) struct Spaces {
    pub answering: Option<(SpaceId, Arc<Model>)>,
    /// The same one, or the one that is to answer next.
    pub wanted: Option<(SpaceId, Arc<Model>)>,
}

impl Spaces {
    /// Takes up the model that is wanted. The space that answers goes on if one of these models can
    /// read queries for it; else nothing could be asked of it.
    pub(super) fn take_up(
        truth: &mut Truth,
        wanted: Option<Arc<Model>>,
        others: &[Arc<Model>],
    ) -> Result<Self, StoreError> {
        truth.change(|change| {
            let wanted = match wanted {
                Some(model) => Some((change.add_space(definition(&model))?, model)),
                None => None,
            };
            let answering = change.view().answering()?.and_then(|space| {
                let models = wanted.iter().map(|(_, model)| model).chain(others);
                let model = models.into_iter().find(|model| model.definition == space.definition);
                model.map(|model| (space.id, Arc::clone(model)))
            });
            let mut spaces = Self { answering, wanted };
            if let (None, Some((space, _))) = (&spaces.answering, &spaces.wanted) {
                change.answer_from(*space)?;
                spaces.answering.clone_from(&spaces.wanted);
            }
            Ok(spaces)
        })
    }

    pub(super) fn models(&self) -> Vec<(SpaceId, Arc<Model>)> {
        let mut models: Vec<_> = self.answering.iter().chain(&self.wanted).cloned().collect();
        models.dedup_by_key(|(space, _)| *space);
        models
    }

    pub(super) fn are_one(&self) -> bool {
        let space = |space: &Option<(SpaceId, _)>| space.as_ref().map(|(id, _)| *id);
        space(&self.answering) == space(&self.wanted)
    }

    /// The space to be filled now. What lacks little and answers comes before what is to answer.
    pub(super) fn to_fill(&self, view: &View<'_>) -> Result<Option<Filling>, StoreError> {
        let gap = |space: &Option<(SpaceId, Arc<Model>)>| match space {
            Some((id, model)) => {
                let gap = view.gap(*id)?;
                Ok(Some(Filling { space: *id, model: Arc::clone(model), gap }))
            }
            None => Ok::<_, StoreError>(None),
        };
        let wanted = gap(&self.wanted)?;
        if self.are_one() {
            return Ok(wanted);
        }
        let answering = gap(&self.answering)?;
        Ok(match (answering, wanted) {
            (Some(old), Some(new)) if is_nearly_full(old.gap, new.gap) => Some(old),
            (old, None) => old,
            (_, new) => new,
        })
    }

    /// Whether the space that is to answer has as much as the one that does.
    pub(super) fn is_to_be_switched(&self, truth: &mut Reader) -> Result<bool, StoreError> {
        let (Some((old, _)), Some((new, _))) = (&self.answering, &self.wanted) else {
            return Ok(false);
        };
        if old == new {
            return Ok(false);
        }
        truth.read(|view| Ok(view.gap(*new)?.passages <= view.gap(*old)?.passages))
    }
}

/// The model that is being made ready to answer, where one was chosen and another still answers.
pub fn switching_to(view: &View<'_>) -> Result<Option<String>, StoreError> {
    let (chosen, answering) = (view.setting(MODEL)?, view.answering()?);
    Ok(chosen.filter(|chosen| answering.is_some_and(|space| space.model != *chosen)))
}

fn definition(model: &Model) -> NewSpace<'_> {
    NewSpace {
        model: &model.name,
        revision: &model.revision,
        definition: &model.definition,
        dimensions: model.dimensions,
    }
}

pub(super) struct Filling {
    pub space: SpaceId,
    pub model: Arc<Model>,
    pub gap: Gap,
}

fn is_nearly_full(old: Gap, new: Gap) -> bool {
    old.passages > 0 && old.passages.saturating_mul(10) <= new.passages
}

/// Measures what languages do to a model's vectors, beside its other work, until it is cancelled.
pub(super) fn measure(
    space: SpaceId,
    model: Arc<Model>,
    cancel: Cancel,
    inbox: Sender<Message>,
) -> std::io::Result<()> {
    let run = move || {
        let Ok(loaded) = model.loaded() else { return };
        let mut go_on = |_: usize, _: usize| !cancel.is_cancelled();
        // What fails here fails for documents too, and is told of there.
        let Ok(Some(calibration)) = Calibration::measure(&*loaded.embed, &mut go_on) else {
            return;
        };
        // Where it cannot be kept it is measured again at the next start.
        let _ = model.keep_calibration(&calibration);
        let calibration = Box::new(calibration);
        let _ = inbox.send(Message::Measured { space, calibration });
    };
    thread::Builder::new().name("measure".to_owned()).spawn(run).map(drop)
}

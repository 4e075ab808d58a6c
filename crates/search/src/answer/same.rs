//! Documents that say the same, put with the best of them.

use std::collections::HashMap;
use std::sync::PoisonError;

use kenning_domain::{ContentId, PassageId, TextId};
use kenning_store::{Reader, StoreError};

use super::hits::AnswerError;
use super::ranking::Ranked;
use super::sense::{Vectors, add_exact};
use crate::library::{Catalogue, Meaning, Snapshot};
use crate::vectors::dot;
use crate::{Likeness, Similar, Thresholds, copies};

/// From which similarity on passages of one language say the same.
const NEAR_COPY: f32 = 0.96;

/// So many of a document's first passages say what it says.
const MOST_COMPARED: usize = 48;
/// In documents that say the same, this share of the passages has one that does in the other.
const SHARED: f32 = 0.7;

/// A document, and those after it that say the same.
pub type WithOthers<'a> = (&'a Ranked, Vec<(ContentId, Similar)>);

/// Compares the best passages of as many documents as may be shown.
pub fn grouped<'a>(
    documents: &'a [Ranked],
    limit: usize,
    catalogue: &Catalogue,
    meaning: &Meaning,
    truth: &mut Reader,
    vectors: &mut Vectors,
) -> Result<Vec<WithOthers<'a>>, StoreError> {
    let compared = documents.len().min(limit.saturating_mul(2));
    let best = || documents[..compared].iter().map(|document| document.passages.first());
    add_exact(meaning, truth, best().flatten().map(|best| best.passage), vectors)?;
    let texts = texts(&documents[..compared], truth)?;
    let likeness = texts.into_iter().zip(best()).map(|(hash, best)| {
        let vector = best.and_then(|best| vectors.get(&best.passage));
        Likeness {
            hash,
            vector: vector.map_or(&[], Vec::as_slice),
            language: best.and_then(|best| catalogue.language(best.passage)),
        }
    });
    let likeness: Vec<Likeness<'_>> = likeness.collect();
    let groups = copies(&likeness, thresholds(meaning));
    let group = groups.into_iter().map(|group| {
        let others = group.others.into_iter();
        let others = others.map(|(other, similar)| (documents[other].content, similar));
        (&documents[group.first], others.collect())
    });
    let rest = documents[compared..].iter().map(|document| (document, Vec::new()));
    Ok(group.chain(rest).collect())
}

/// Models differ in what they call near, so a translation is told by what the model's answers are worth: it is by
/// this much of the way from chance nearer than an answer. In libraries without a single translation one in a
/// hundred documents is taken for one; half of all translations are found (`docs/EVALUATION.md`).
pub fn thresholds(meaning: &Meaning) -> Thresholds {
    const BEYOND: f32 = 0.75;
    let scale = meaning.calibration.scale();
    let translation = scale.answer + BEYOND * (scale.answer - scale.chance);
    Thresholds { near_copy: NEAR_COPY, translation: translation.min(NEAR_COPY) }
}

/// Holds whole documents against each other.
pub struct Comparing<'a> {
    snapshot: &'a Snapshot,
    truth: &'a mut Reader,
    /// What each consists of, once it was asked for; nothing where it cannot be read.
    texts: HashMap<ContentId, Vec<TextId>>,
}

impl<'a> Comparing<'a> {
    pub fn new(snapshot: &'a Snapshot, truth: &'a mut Reader) -> Self {
        Self { snapshot, truth, texts: HashMap::new() }
    }

    /// How one document says the same as another; `None` where it does not.
    pub fn how(
        &mut self,
        one: ContentId,
        other: ContentId,
    ) -> Result<Option<Similar>, AnswerError> {
        self.read(one)?;
        self.read(other)?;
        let texts = |content| self.texts.get(&content).map_or(&[][..], Vec::as_slice);
        Ok(how_alike((one, texts(one)), (other, texts(other)), self.snapshot))
    }

    fn read(&mut self, content: ContentId) -> Result<(), StoreError> {
        if !self.texts.contains_key(&content) {
            let texts = match self.truth.read(|view| view.text_ids(content)) {
                // What is damaged says the same as nothing.
                Err(error) if error.is_damage() => Vec::new(),
                texts => texts?,
            };
            self.texts.insert(content, texts);
        }
        Ok(())
    }
}

fn how_alike(
    (one, of_one): (ContentId, &[TextId]),
    (other, of_other): (ContentId, &[TextId]),
    snapshot: &Snapshot,
) -> Option<Similar> {
    if of_one == of_other {
        return (!of_one.is_empty()).then_some(Similar::Copy);
    }
    let meaning = snapshot.meaning.as_ref()?;
    let (fewer, more) = (of_one.len().min(of_other.len()), of_one.len().max(of_other.len()));
    if more > fewer * 2 {
        return None;
    }
    let languages = {
        let catalogue = snapshot.catalogue.read().unwrap_or_else(PoisonError::into_inner);
        [one, other]
            .map(|content| PassageId::new(content, 0).and_then(|first| catalogue.language(first)))
    };
    let Thresholds { near_copy, translation } = thresholds(meaning);
    let (how, threshold) = match languages {
        [Some(one), Some(other)] if one != other => (Similar::Translation, translation),
        _ => (Similar::NearCopy, near_copy),
    };
    let vectors = |content: ContentId, count: usize| -> Vec<Vec<f32>> {
        let passages = (0..count.min(MOST_COMPARED) as u32)
            .filter_map(|ordinal| PassageId::new(content, ordinal));
        passages.filter_map(|passage| meaning.codes.vector(passage)).collect()
    };
    let (ones, others) = (vectors(one, of_one.len()), vectors(other, of_other.len()));
    let has_counterpart =
        |own: &Vec<f32>, among: &[Vec<f32>]| among.iter().any(|other| dot(own, other) >= threshold);
    let share = |own: &[Vec<f32>], among: &[Vec<f32>]| {
        let shared = own.iter().filter(|own| has_counterpart(own, among)).count();
        shared as f32 / own.len().max(1) as f32
    };
    let is_same = share(&ones, &others) >= SHARED && share(&others, &ones) >= SHARED;
    is_same.then_some(how)
}

/// What tells the texts of documents apart. Their bytes always differ, since files of the same bytes hold
/// the same content; a letter and its copy as PDF may still have the same text.
fn texts(documents: &[Ranked], truth: &mut Reader) -> Result<Vec<[u8; 32]>, StoreError> {
    truth.read(|view| {
        let text = |document: &Ranked| {
            let mut hasher = blake3::Hasher::new();
            let ids = view.text_ids(document.content)?;
            for id in &ids {
                hasher.update(&id.0.to_le_bytes());
            }
            if ids.is_empty() {
                // What has no text says the same as nothing else.
                hasher.update(b"content").update(&document.content.0.to_le_bytes());
            }
            Ok(*hasher.finalize().as_bytes())
        };
        documents.iter().map(text).collect()
    })
}

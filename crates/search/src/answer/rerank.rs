//! The best documents, read again together with the question.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use kenning_domain::{Overlong, Rerank, embedded_text};
use kenning_store::{Cancelled, Reader};

use super::hits::AnswerError;
use super::ranking::Ranked;
use crate::library::Catalogue;

/// How many are read.
const MOST_READ: usize = 30;
/// How many at once, so that nobody waits long who does not wait any more.
const AT_ONCE: usize = 5;
/// What the model says counts so much, and what was found before the rest: a model that is torn
/// between two must not shuffle them.
const WEIGHT: f32 = 0.8;

/// Orders the first documents anew, by their best passages, as many as there is time for. The others stay behind
/// them.
pub fn rerank(
    documents: &mut [Ranked],
    question: &str,
    model: &dyn Rerank,
    within: Option<Duration>,
    catalogue: &RwLock<Catalogue>,
    truth: &mut Reader,
    cancelled: Cancelled<'_>,
) -> Result<(), AnswerError> {
    let first = documents.iter().position(|one| one.passages.is_empty());
    let count = first.unwrap_or(documents.len()).min(MOST_READ);
    let documents = &mut documents[..count];
    // Nobody who describes what is new waits for the model.
    let texts = {
        let catalogue = catalogue.read().unwrap_or_else(PoisonError::into_inner);
        texts(documents, &catalogue, truth)?
    };
    let mut judged = Vec::with_capacity(texts.len());
    let started = Instant::now();
    let mut took = Duration::ZERO;
    for texts in texts.chunks(AT_ONCE) {
        if cancelled() {
            return Err(AnswerError::Cancelled);
        }
        let is_too_late = |within| started.elapsed() + took > within;
        if !judged.is_empty() && within.is_some_and(is_too_late) {
            break;
        }
        let began = Instant::now();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let reranked = model.rerank(question, &texts, None, Overlong::Truncate)?;
        judged.extend(reranked.scores);
        took = began.elapsed();
    }
    reorder(&mut documents[..judged.len().min(count)], &judged);
    Ok(())
}

fn reorder(documents: &mut [Ranked], judged: &[f32]) {
    let scores = || documents.iter().map(|one| one.score);
    let least = scores().fold(f32::INFINITY, f32::min);
    let span = (scores().fold(f32::NEG_INFINITY, f32::max) - least).max(f32::MIN_POSITIVE);
    for (document, judged) in documents.iter_mut().zip(judged) {
        let before = (document.score - least) / span;
        // Still no lower than what was not read.
        document.is_reranked = true;
        document.score = least + span * (WEIGHT * judged + (1.0 - WEIGHT) * before);
    }
    documents.sort_by(|one, other| {
        other.score.total_cmp(&one.score).then(one.content.cmp(&other.content))
    });
}

/// What the model reads of each: the same that is embedded. What is gone is a mere point, since models
/// refuse what is nothing.
fn texts(
    documents: &[Ranked],
    catalogue: &Catalogue,
    truth: &mut Reader,
) -> Result<Vec<String>, AnswerError> {
    let mut texts = Vec::with_capacity(documents.len());
    for document in documents {
        let best = document.passages.first().map(|best| best.passage);
        let found = match truth.read(|view| view.passage_texts(best.as_slice())) {
            Err(error) if !error.is_damage() => return Err(error.into()),
            found => found.unwrap_or_default(),
        };
        let title = catalogue.content(document.content).and_then(|one| one.title.as_deref());
        let text =
            found.first().map(|found| embedded_text(title, &found.passage.headings, &found.text));
        texts.push(text.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| ".".to_owned()));
    }
    Ok(texts)
}

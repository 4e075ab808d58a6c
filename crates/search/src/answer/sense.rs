//! The meaning of a question as a vector, and what lies near it.

use std::collections::HashMap;

use kenning_domain::{ContentId, Embed, Overlong, PassageId, Role, Tag};
use kenning_store::codes::ScanOptions;
use kenning_store::{Allowed, Cancelled, Reader, StoreError, VectorRow};

use super::hits::AnswerError;
use crate::calibration::Scale;
use crate::library::Meaning;
use crate::vectors::dot;

/// A question's vector, of length one and without what its language puts on it.
pub struct Sense<'a> {
    meaning: &'a Meaning,
    vector: Vec<f32>,
}

/// Exact vectors of passages, without what their languages put on them.
pub type Vectors = HashMap<PassageId, Vec<f32>>;

impl<'a> Sense<'a> {
    pub fn of_text(
        meaning: &'a Meaning,
        embed: &dyn Embed,
        text: &str,
        languages: &[(Tag, f32)],
    ) -> Result<Self, AnswerError> {
        let embedded = embed.embed(&[text], Role::QUERY, None, Overlong::Truncate)?;
        let mut vector = embedded.vectors.into_iter().next().unwrap_or_default();
        meaning.calibration.shift_query(languages, &mut vector);
        Ok(Self { meaning, vector })
    }

    /// The mean of a content's passages. `None` where none has a vector.
    pub fn of_content(
        meaning: &'a Meaning,
        content: ContentId,
        truth: &mut Reader,
    ) -> Result<Option<Self>, AnswerError> {
        let mut sum = Sum::new(meaning);
        truth.read(|view| view.vectors_of(meaning.space, content, |row| sum.add(&row)))?;
        Ok(sum.mean().map(|vector| Self { meaning, vector }))
    }

    pub fn of_passage(
        meaning: &'a Meaning,
        passage: PassageId,
        truth: &mut Reader,
    ) -> Result<Option<Self>, AnswerError> {
        let mut sum = Sum::new(meaning);
        truth.read(|view| view.vectors(meaning.space, &[passage], |row| sum.add(&row)))?;
        Ok(sum.mean().map(|vector| Self { meaning, vector }))
    }

    /// What similarities are worth among all passages that have a vector.
    pub fn scale(&self) -> Scale {
        self.meaning.calibration.scale().among(self.meaning.codes.len())
    }

    /// The nearest passages, the nearest first.
    pub fn nearest(
        &self,
        limit: usize,
        threads: usize,
        allowed: Option<Allowed<'_>>,
        cancelled: Cancelled<'_>,
    ) -> Result<Vec<PassageId>, AnswerError> {
        let options = ScanOptions { limit, threads, allowed, cancelled: Some(cancelled) };
        let nearest = self.meaning.codes.scan(&self.vector, &options)?;
        Ok(nearest.into_iter().map(|(passage, _)| passage).collect())
    }

    /// How near each of these is, as far as its rounded vector tells.
    pub fn similarities(&self, passages: &[PassageId]) -> Result<Vec<Option<f32>>, AnswerError> {
        Ok(self.meaning.codes.similarity_of(&self.vector, passages)?)
    }

    pub fn similarity(&self, exact: &[f32]) -> f32 {
        dot(&self.vector, exact)
    }
}

/// Adds the exact vectors of these passages to those that are known.
pub fn add_exact(
    meaning: &Meaning,
    truth: &mut Reader,
    passages: impl IntoIterator<Item = PassageId>,
    vectors: &mut Vectors,
) -> Result<(), StoreError> {
    let passages: Vec<PassageId> =
        passages.into_iter().filter(|passage| !vectors.contains_key(passage)).collect();
    truth.read(|view| {
        view.vectors(meaning.space, &passages, |row| {
            vectors.insert(row.passage, shifted(meaning, &row));
        })
    })
}

/// As the codes have it, but for their rounding.
fn shifted(meaning: &Meaning, row: &VectorRow<'_>) -> Vec<f32> {
    let mut vector = row.vector.to_vec();
    meaning.calibration.shift_document(row.language, &mut vector);
    vector
}

/// `false` where the vector points nowhere.
fn make_unit(vector: &mut [f32]) -> bool {
    let length = dot(vector, vector).sqrt();
    let points = length > 1e-6;
    if points {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    points
}

struct Sum<'a> {
    meaning: &'a Meaning,
    sum: Vec<f32>,
    count: usize,
}

impl<'a> Sum<'a> {
    fn new(meaning: &'a Meaning) -> Self {
        Self { meaning, sum: vec![0.0; meaning.codes.dimensions()], count: 0 }
    }

    fn add(&mut self, row: &VectorRow<'_>) {
        let vector = shifted(self.meaning, row);
        self.sum.iter_mut().zip(&vector).for_each(|(sum, value)| *sum += value);
        self.count += 1;
    }

    fn mean(mut self) -> Option<Vec<f32>> {
        (self.count > 0 && make_unit(&mut self.sum)).then_some(self.sum)
    }
}

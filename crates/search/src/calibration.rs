//! Languages on equal terms: what a language does to a model's vectors, measured and taken out.
//!
//! Embedding models prefer the query's own language: in a library of several the right German answer
//! to an English question drowns among English near misses. The shift that a language puts on its
//! vectors is nearly constant. It is measured on a text that says the same in every language, once for
//! each model, refined by the library's own vectors, and taken out of documents and of queries:
//!
//! `v' = unit(v − s·(c[language] − c̄) − g·c̄)`, where `c̄` is the mean over the languages.
//!
//! What all languages have in common, `c̄`, says nothing either and is mostly taken out too.
//!
//! Where only the first numbers of a vector are kept, they are those of `v'`, of length one again: then what
//! was measured of the whole vectors serves for every length, and a change of it needs no model.

mod bytes;
mod measure;
mod text;

use std::collections::BTreeMap;

use kenning_domain::Tag;

pub use bytes::BadCalibration;
pub use text::languages;

/// How much of a language's own shift is taken out. Of what was tried, 0.9 finds most on the halves that
/// settings are chosen on (`docs/EVALUATION.md`): less leaves answers in other languages behind those in
/// the question's own; all of it takes out some of what a language's texts are about, too.
pub const STRENGTH: f32 = 0.9;
/// How much of what is common to all languages is taken out.
pub const COMMON: f32 = 0.8;
/// As many contents of the library in a language weigh as much as the calibration text.
const TRUST: f32 = 10.0;
/// A library's languages differ in what they are about, too, and that must not be taken out.
const MOST_TRUST: f32 = 0.5;

/// How much is taken out of a vector. Other than the default only to measure what that is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Portions {
    /// Of its language's own shift.
    pub strength: f32,
    /// Of what all languages have in common.
    pub common: f32,
}

impl Default for Portions {
    fn default() -> Self {
        Self { strength: STRENGTH, common: COMMON }
    }
}

/// What a model does to languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    dimensions: usize,
    /// How many numbers of a vector are kept, once its language was taken out of the whole of it.
    kept: usize,
    portions: Portions,
    documents: Shifts,
    queries: Shifts,
    /// By how many numbers are kept: few first, all of them last.
    scales: Vec<(usize, Scale)>,
}

/// The means of one side of a search.
#[derive(Clone, Debug, PartialEq)]
struct Shifts {
    of: BTreeMap<Tag, Vec<f32>>,
    common: Vec<f32>,
}

/// What a similarity is worth, in the similarities this model gives: models differ in what they
/// call near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The best of [`MEASURED_AMONG`] passages that have nothing to do with the query.
    pub chance: f32,
    /// A passage that answers the query.
    pub answer: f32,
    /// By how much passages that have nothing to do with a query differ, as a standard deviation.
    pub spread: f32,
}

/// For as long as nothing was measured.
const UNKNOWN: Scale = Scale { chance: 0.0, answer: 1.0, spread: 0.0 };

/// Among how many passages chance was measured.
const MEASURED_AMONG: usize = 31;

impl Scale {
    /// What a similarity is worth in a library of so many passages: the more there are, the nearer the
    /// nearest of them comes by chance alone, and the nearer an answer must be to be told from it.
    pub fn among(self, passages: usize) -> Self {
        let more = self.spread * (farthest(passages) - farthest(MEASURED_AMONG));
        Self { chance: self.chance + more, answer: self.answer + more, ..self }
    }
}

/// How many standard deviations the largest of so many normal numbers lies above their mean, as a rule.
fn farthest(count: usize) -> f32 {
    /// Of one, ten, a hundred and so on; what lies between is near the line between.
    const OF_POWERS: [f32; 8] = [0.0, 1.539, 2.508, 3.241, 3.852, 4.384, 4.863, 5.303];
    let power = (count.max(1) as f32).log10().min((OF_POWERS.len() - 1) as f32);
    let below = (power as usize).min(OF_POWERS.len() - 2);
    let [low, high] = [OF_POWERS[below], OF_POWERS[below + 1]];
    low + (high - low) * (power - below as f32)
}

/// The mean vector of the library's contents in a language, as the model gave the vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct LibraryMean {
    pub language: Tag,
    pub contents: usize,
    pub mean: Vec<f32>,
}

impl Calibration {
    /// Takes nothing out, for as long as a model has not been measured.
    pub fn none(dimensions: usize) -> Self {
        let nothing = Shifts { of: BTreeMap::new(), common: vec![0.0; dimensions] };
        let scales = vec![(dimensions, UNKNOWN)];
        let (kept, portions) = (dimensions, Portions::default());
        Self { dimensions, kept, portions, documents: nothing.clone(), queries: nothing, scales }
    }

    /// Keeps the first numbers of each vector only, which suffice for a model that was trained so.
    pub fn keeping(self, numbers: usize) -> Self {
        Self { kept: numbers.clamp(1, self.dimensions), ..self }
    }

    /// Takes out other portions.
    pub fn with_portions(self, portions: Portions) -> Self {
        Self { portions, ..self }
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How long a vector is that its language was taken out of.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// That of as many numbers as are kept, or of the next more that were measured.
    pub fn scale(&self) -> Scale {
        let enough = self.scales.iter().find(|(numbers, _)| *numbers >= self.kept);
        enough.or(self.scales.last()).map_or(UNKNOWN, |(_, scale)| *scale)
    }

    /// With another scale, for tests with a model that has none of its own.
    #[cfg(test)]
    pub(crate) fn with_scale(self, scale: Scale) -> Self {
        Self { scales: vec![(self.dimensions, scale)], ..self }
    }

    /// The languages it knows the shift of.
    pub fn knows(&self, language: Tag) -> bool {
        self.documents.of.contains_key(&language)
    }

    /// With what the library itself says of its languages.
    pub fn refined(&self, library: &[LibraryMean]) -> Self {
        let mut refined = self.clone();
        let usable = library.iter().filter(|own| own.mean.len() == self.dimensions);
        let mut present = Vec::new();
        for own in usable {
            let trust = own.contents as f32 / (own.contents as f32 + TRUST);
            let measured = self.documents.of.get(&own.language);
            let mean = match measured {
                Some(measured) => mixed(measured, &own.mean, trust.min(MOST_TRUST)),
                None => mixed(&self.documents.common, &own.mean, trust.min(MOST_TRUST)),
            };
            present.push(own.language);
            refined.documents.of.insert(own.language, mean);
        }
        let means = present.iter().filter_map(|language| refined.documents.of.get(language));
        if let Some(common) = mean_of(means.map(Vec::as_slice)) {
            refined.documents.common = common;
        }
        refined
    }

    /// Takes its language out of a document's whole vector, and keeps of that what is kept.
    pub fn shift_document(&self, language: Option<Tag>, vector: &mut Vec<f32>) {
        let language = language.map(|tag| (tag, 1.0));
        self.documents.take_out(self.portions, language.as_slice(), vector);
        self.shorten(vector);
    }

    /// Takes the languages that a query may be in out of its whole vector, and keeps of that what is kept;
    /// their weights add up to one.
    pub fn shift_query(&self, languages: &[(Tag, f32)], vector: &mut Vec<f32>) {
        self.queries.take_out(self.portions, languages, vector);
        self.shorten(vector);
    }

    fn shorten(&self, vector: &mut Vec<f32>) {
        if self.kept < vector.len() {
            vector.truncate(self.kept);
            make_unit(vector);
        }
    }
}

impl Shifts {
    fn new(of: BTreeMap<Tag, Vec<f32>>, dimensions: usize) -> Self {
        let common = mean_of(of.values().map(Vec::as_slice));
        Self { of, common: common.unwrap_or_else(|| vec![0.0; dimensions]) }
    }

    fn take_out(&self, portions: Portions, languages: &[(Tag, f32)], vector: &mut [f32]) {
        let Portions { strength, common } = portions;
        let before: Vec<f32> = vector.to_vec();
        // What is not a known language's is only what is common.
        let mut known = 0.0;
        for (tag, weight) in languages {
            let Some(mean) = self.of.get(tag) else { continue };
            known += weight;
            add(vector, mean, -strength * weight);
        }
        add(vector, &self.common, strength * known - common);
        // A vector that is nothing but its language keeps it.
        if !make_unit(vector) {
            vector.copy_from_slice(&before);
        }
    }
}

fn add(to: &mut [f32], other: &[f32], times: f32) {
    for (to, other) in to.iter_mut().zip(other) {
        *to += other * times;
    }
}

fn mixed(one: &[f32], other: &[f32], share: f32) -> Vec<f32> {
    one.iter().zip(other).map(|(one, other)| one * (1.0 - share) + other * share).collect()
}

fn mean_of<'a>(vectors: impl Iterator<Item = &'a [f32]>) -> Option<Vec<f32>> {
    let mut sum: Option<Vec<f32>> = None;
    let mut count = 0.0;
    for vector in vectors {
        add(sum.get_or_insert_with(|| vec![0.0; vector.len()]), vector, 1.0);
        count += 1.0;
    }
    sum.map(|sum| sum.iter().map(|value| value / count).collect())
}

/// `false` where the vector has no direction to speak of.
fn make_unit(vector: &mut [f32]) -> bool {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length.is_nan() || length < 1e-4 {
        return false;
    }
    vector.iter_mut().for_each(|value| *value /= length);
    true
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests;

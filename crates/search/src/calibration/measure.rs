//! Measuring a model on the calibration text.

use std::collections::BTreeMap;

use kenning_domain::{Embed, ModelError, Overlong, Role, Tag};

use super::text::{ANSWERS, PASSAGES, Text, texts};
use super::{Calibration, Scale, Shifts, dot, mean_of};

/// One language's vectors.
struct Measured {
    language: Tag,
    passages: Vec<Vec<f32>>,
    /// All lines as queries, the real ones last.
    queries: Vec<Vec<f32>>,
}

impl Calibration {
    /// Embeds the calibration text. `progress` hears how many of how many languages are done, and
    /// says whether to go on; `None` where it said no.
    pub fn measure(
        embed: &dyn Embed,
        progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Option<Self>, ModelError> {
        let all: Vec<Text> = texts().collect();
        let mut measured = Vec::new();
        for (number, text) in all.iter().enumerate() {
            if !progress(number, all.len()) {
                return Ok(None);
            }
            measured.push(of(embed, text)?);
        }
        progress(all.len(), all.len());
        Ok(Some(from(&measured, embed.dimensions())))
    }
}

fn of(embed: &dyn Embed, text: &Text) -> Result<Measured, ModelError> {
    let vectors = |lines: &[&str], role| {
        embed.embed(lines, role, None, Overlong::Truncate).map(|embedded| embedded.vectors)
    };
    Ok(Measured {
        language: text.language,
        passages: vectors(&text.lines[..PASSAGES], Role::Document)?,
        queries: vectors(&text.lines, Role::QUERY)?,
    })
}

fn from(measured: &[Measured], dimensions: usize) -> Calibration {
    let passages = |one: &Measured| mean(&one.passages);
    // Real queries are short, and short texts lie apart; there are few of them, so that all lines
    // count too.
    let queries = |one: &Measured| {
        let (all, short) = (mean(&one.queries), mean(&one.queries[PASSAGES..]));
        all.iter().zip(short).map(|(all, short)| (all + short) / 2.0).collect()
    };
    let shifts = |of: &dyn Fn(&Measured) -> Vec<f32>| {
        let means: BTreeMap<_, _> = measured.iter().map(|one| (one.language, of(one))).collect();
        Shifts::new(means, dimensions)
    };
    let mut calibration = Calibration {
        documents: shifts(&passages),
        queries: shifts(&queries),
        ..Calibration::none(dimensions)
    };
    let scales = lengths(dimensions).map(|numbers| {
        calibration.kept = numbers;
        (numbers, scale(&calibration, measured))
    });
    calibration.scales = scales.collect();
    calibration
}

/// The lengths of vectors that are worth measuring: powers of two, and all of it.
fn lengths(dimensions: usize) -> impl Iterator<Item = usize> {
    let powers = (5..).map(|power| 1_usize << power).take_while(move |power| *power < dimensions);
    powers.chain([dimensions])
}

/// What chance gives and what answers give, each language against itself.
fn scale(calibration: &Calibration, measured: &[Measured]) -> Scale {
    let (mut scale, mut count) = (Scale { chance: 0.0, answer: 0.0, spread: 0.0 }, 0.0);
    for one in measured {
        let mut passages = one.passages.clone();
        for passage in &mut passages {
            calibration.shift_document(Some(one.language), passage);
        }
        for (query, answers) in one.queries[PASSAGES..].iter().zip(ANSWERS) {
            let mut query = query.clone();
            calibration.shift_query(&[(one.language, 1.0)], &mut query);
            let similarities = passages.iter().map(|passage| dot(&query, passage)).enumerate();
            let (right, others): (Vec<_>, Vec<_>) =
                similarities.partition(|(passage, _)| answers.contains(passage));
            let best = |among: &[(usize, f32)]| {
                among.iter().map(|(_, similarity)| *similarity).fold(f32::NEG_INFINITY, f32::max)
            };
            scale.chance += best(&others);
            scale.answer += best(&right);
            scale.spread += deviation(others.iter().map(|(_, similarity)| *similarity));
            count += 1.0;
        }
    }
    let Scale { chance, answer, spread } = scale;
    Scale { chance: chance / count, answer: answer / count, spread: spread / count }
}

fn deviation(values: impl ExactSizeIterator<Item = f32> + Clone) -> f32 {
    let count = values.len() as f32;
    let mean = values.clone().sum::<f32>() / count;
    (values.map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt()
}

fn mean(vectors: &[Vec<f32>]) -> Vec<f32> {
    mean_of(vectors.iter().map(Vec::as_slice)).unwrap_or_default()
}

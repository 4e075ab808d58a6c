//! What a passage is worth to a query: how near it is in meaning, and what its words add.
//!
//! Words only add to what meaning found. They can see no further than the query's own language, so in
//! a library of many languages they must not vote down what they cannot read: ranks are not fused, and
//! the smaller the share of the library that is in the query's language, the more of the query a
//! passage must hold before its words count.

use crate::calibration::Scale;

/// How much a passage that holds every word of the query, over and over, gains. Less finds more in other
/// languages and a little less in the query's own: docs/EVALUATION.md has the frontier.
pub const ALPHA: f32 = 0.4;

/// What is known of a passage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Of its calibrated vector with the query's. `None` where it has none yet.
    pub similarity: Option<f32>,
    /// Its BM25 over the best possible of the query, from 0 to 1.
    pub coverage: f32,
}

/// How evidence becomes a score, for one query to one library.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fusion {
    alpha: f32,
    /// The power of coverage: 1 where all of the library is in the query's language, 2 where nothing.
    power: f32,
    scale: Scale,
}

impl Fusion {
    /// `visible`: the share of the library that is in the query's language.
    pub fn new(visible: f32, scale: Scale) -> Self {
        Self { alpha: ALPHA, power: 2.0 - visible.clamp(0.0, 1.0), scale }
    }

    /// Another weight of words, to measure with.
    pub fn with_alpha(self, alpha: f32) -> Self {
        Self { alpha, ..self }
    }

    /// Another power of coverage, to measure with.
    pub fn with_power(self, power: f32) -> Self {
        Self { power, ..self }
    }

    /// Higher is better; to be compared within one query only.
    pub fn score(&self, evidence: &Evidence) -> f32 {
        // What has no vector yet is taken for no nearer than chance, so that it is found by its words.
        let similarity = evidence.similarity.unwrap_or(self.scale.chance);
        similarity + self.alpha * evidence.coverage.clamp(0.0, 1.0).powf(self.power)
    }
}

/// How sure it is that a passage answers the query. Bands instead of percentages: that is as much as
/// is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// More likely than not it is no answer.
    Faint,
    Fair,
    Strong,
}

/// The logistic curve fitted on half of the questions of sets in which answers are missing, and of
/// libraries of 60 to 2,000 documents drawn from them; the other half is what `docs/EVALUATION.md`
/// reports. One curve serves all sizes because the scale knows how many passages there are.
const OF_SIMILARITY: f32 = 2.5;
const OF_COVERAGE: f32 = 3.8;
const CONSTANT: f32 = -1.5;
/// Below this a hit counts as chance.
const NOTHING: f32 = 0.45;
const STRONG: f32 = 0.75;

/// How likely it is that the passage answers, from 0 to 1. `scale` makes models comparable.
pub fn likelihood(evidence: &Evidence, scale: &Scale) -> f32 {
    let span = (scale.answer - scale.chance).max(1e-3);
    let nearness = evidence.similarity.map_or(0.0, |nearness| (nearness - scale.chance) / span);
    let logit = OF_SIMILARITY * nearness + OF_COVERAGE * evidence.coverage + CONSTANT;
    1.0 / (1.0 + (-logit).exp())
}

impl Band {
    pub fn of(likelihood: f32) -> Self {
        if likelihood < NOTHING {
            Self::Faint
        } else if likelihood < STRONG {
            Self::Fair
        } else {
            Self::Strong
        }
    }
}

/// Whether there is an answer at all: the nearest in meaning and the most in words are taken
/// together, wherever they stand.
pub fn nothing_close(nearest: Option<f32>, most_covered: f32, scale: &Scale) -> bool {
    let best = Evidence { similarity: nearest, coverage: most_covered };
    Band::of(likelihood(&best, scale)) == Band::Faint
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: Scale = Scale { chance: 0.3, answer: 0.5, spread: 0.0 };

    fn of(similarity: f32, coverage: f32) -> Evidence {
        Evidence { similarity: Some(similarity), coverage }
    }

    #[test]
    fn words_add_and_never_take_away() {
        for visible in [0.0, 0.3, 1.0] {
            let fusion = Fusion::new(visible, SCALE);
            let mut before = fusion.score(&of(0.4, 0.0));
            assert_eq!(before, 0.4);
            for step in 1..=10 {
                let score = fusion.score(&of(0.4, step as f32 / 10.0));
                assert!(score > before, "{visible} {step}");
                before = score;
            }
        }
    }

    #[test]
    fn a_few_words_weigh_less_where_they_see_little_of_the_library() {
        let gain = |visible: f32, coverage: f32| {
            let fusion = Fusion::new(visible, SCALE);
            fusion.score(&of(0.0, coverage)) / ALPHA
        };
        assert!((gain(1.0, 0.2) - 0.2).abs() < 1e-6);
        assert!((gain(0.0, 0.2) - 0.04).abs() < 1e-6);
        assert!((gain(0.0, 1.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn what_has_no_vector_yet_is_found_by_its_words() {
        let fusion = Fusion::new(1.0, SCALE);
        let unread = Evidence { similarity: None, coverage: 0.9 };
        assert!(fusion.score(&unread) > fusion.score(&of(0.45, 0.1)));
        assert!(fusion.score(&unread) < fusion.score(&of(0.45, 0.9)));
    }

    #[test]
    fn there_is_nothing_where_nothing_stands_out_and_no_word_is_met() {
        let table = [
            (Some(0.3), 0.0, true),
            (Some(0.35), 0.1, true),
            (Some(0.52), 0.0, false),
            (Some(0.3), 0.7, false),
            (None, 0.2, true),
            (None, 0.9, false),
        ];
        for (nearest, covered, expected) in table {
            assert_eq!(nothing_close(nearest, covered, &SCALE), expected, "{nearest:?} {covered}");
        }
        assert_eq!(Band::of(likelihood(&of(0.7, 0.5), &SCALE)), Band::Strong);
        assert_eq!(Band::of(likelihood(&of(0.5, 0.0), &SCALE)), Band::Fair);
    }
}

//! Scores one ranking against the known answers. Knows neither texts nor vectors.
//!
//! The definitions are those of `trec_eval`, which BEIR uses: the gain of an answer counts as it
//! stands, is discounted by the binary logarithm of its rank + 1, and is measured against the best
//! order there is.

use std::collections::BTreeMap;

use serde::Serialize;

/// The deepest rank that any score looks at.
pub const DEPTH: usize = 100;

/// What a ranking is worth, each score from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Scores {
    #[serde(rename = "ndcg@10")]
    pub ndcg_10: f64,
    #[serde(rename = "recall@10")]
    pub recall_10: f64,
    #[serde(rename = "recall@100")]
    pub recall_100: f64,
    #[serde(rename = "mrr@10")]
    pub mrr_10: f64,
}

impl Scores {
    /// Of a ranking, best first, where `answers` holds the gain of everything that is one. Nothing
    /// else has a gain; all of these are above zero.
    pub fn of<Id: Ord>(ranking: &[Id], answers: &BTreeMap<Id, f64>) -> Self {
        let gains: Vec<f64> = ranking
            .iter()
            .take(DEPTH)
            .map(|id| answers.get(id).copied().unwrap_or_default())
            .collect();
        let mut best: Vec<f64> = answers.values().copied().collect();
        best.sort_by(|a, b| b.total_cmp(a));
        let first = gains.iter().take(10).position(|gain| *gain > 0.0);
        Self {
            ndcg_10: ratio(discounted(&gains), discounted(&best)),
            recall_10: ratio(found(&gains, 10), answers.len() as f64),
            recall_100: ratio(found(&gains, DEPTH), answers.len() as f64),
            mrr_10: first.map_or(0.0, |above| 1.0 / (above + 1) as f64),
        }
    }

    /// The mean of each score by itself; nothing where there is nothing to take it of.
    pub fn mean(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut count = 0_usize;
        let mut sum = Self::default();
        for scores in all {
            count += 1;
            sum.ndcg_10 += scores.ndcg_10;
            sum.recall_10 += scores.recall_10;
            sum.recall_100 += scores.recall_100;
            sum.mrr_10 += scores.mrr_10;
        }
        let count = (count > 0).then_some(count as f64)?;
        Some(Self {
            ndcg_10: sum.ndcg_10 / count,
            recall_10: sum.recall_10 / count,
            recall_100: sum.recall_100 / count,
            mrr_10: sum.mrr_10 / count,
        })
    }
}

fn discounted(gains: &[f64]) -> f64 {
    let ranked = gains.iter().take(10).enumerate();
    ranked.map(|(above, gain)| gain / ((above + 2) as f64).log2()).sum()
}

fn found(gains: &[f64], depth: usize) -> f64 {
    gains.iter().take(depth).filter(|gain| **gain > 0.0).count() as f64
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `expected` is nDCG@10, recall@10, recall@100, MRR@10.
    fn check(ranking: &[u32], answers: &[(u32, f64)], expected: [f64; 4]) {
        let scores = Scores::of(ranking, &answers.iter().copied().collect());
        let got = [scores.ndcg_10, scores.recall_10, scores.recall_100, scores.mrr_10];
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-12, "{ranking:?} {answers:?}: {scores:?}");
        }
    }

    #[test]
    fn a_single_answer_is_worth_its_rank() {
        check(&[7, 1, 2], &[(7, 1.0)], [1.0, 1.0, 1.0, 1.0]);
        // Rank 3: 1 / log2(4).
        check(&[1, 2, 7], &[(7, 1.0)], [0.5, 1.0, 1.0, 1.0 / 3.0]);
        // The gain itself cancels out where there is only one.
        check(&[1, 2, 7], &[(7, 3.0)], [0.5, 1.0, 1.0, 1.0 / 3.0]);
    }

    #[test]
    fn ranks_past_the_cut_do_not_count() {
        let ranking: Vec<u32> = (1..=200).collect();
        // Rank 10: 1 / log2(11).
        check(&ranking, &[(10, 1.0)], [1.0 / 11_f64.log2(), 1.0, 1.0, 0.1]);
        check(&ranking, &[(11, 1.0)], [0.0, 0.0, 1.0, 0.0]);
        check(&ranking, &[(100, 1.0)], [0.0, 0.0, 1.0, 0.0]);
        check(&ranking, &[(101, 1.0)], [0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn several_answers_share_the_recall_and_the_first_one_counts_for_mrr() {
        // Gains by rank 0 1 0 1: (1/log2 3 + 1/log2 5) / (1/log2 2 + 1/log2 3 + 1/log2 4).
        let ndcg = (1.0 / 3_f64.log2() + 1.0 / 5_f64.log2()) / (1.0 + 1.0 / 3_f64.log2() + 0.5);
        check(&[9, 1, 8, 2], &[(1, 1.0), (2, 1.0), (3, 1.0)], [ndcg, 2.0 / 3.0, 2.0 / 3.0, 0.5]);
    }

    #[test]
    fn graded_gains_count_as_they_stand_against_the_best_order() {
        // (1 + 3/log2 3 + 2/log2 4) / (3 + 2/log2 3 + 1/log2 4) = 3.8927… / 4.7618…
        let ndcg = (1.0 + 3.0 / 3_f64.log2() + 1.0) / (3.0 + 2.0 / 3_f64.log2() + 0.5);
        assert!((ndcg - 0.817_49).abs() < 1e-5, "{ndcg}");
        check(&[1, 3, 2], &[(1, 1.0), (2, 2.0), (3, 3.0)], [ndcg, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn more_answers_than_ranks_are_measured_against_ten_perfect_ones() {
        let answers: Vec<(u32, f64)> = (1..=20).map(|id| (id, 1.0)).collect();
        let ranking: Vec<u32> = (1..=20).collect();
        check(&ranking, &answers, [1.0, 0.5, 1.0, 1.0]);
    }

    #[test]
    fn no_hit_no_ranking_and_no_answer_are_zero() {
        check(&[1, 2, 3], &[(7, 1.0)], [0.0; 4]);
        check(&[], &[(7, 1.0)], [0.0; 4]);
        check(&[1], &[], [0.0; 4]);
    }

    #[test]
    fn the_mean_takes_each_score_by_itself() {
        let one = Scores { ndcg_10: 1.0, recall_10: 0.5, recall_100: 0.25, mrr_10: 0.0 };
        let two = Scores { ndcg_10: 0.0, recall_10: 0.5, recall_100: 0.75, mrr_10: 1.0 };
        let mean = Scores { ndcg_10: 0.5, recall_10: 0.5, recall_100: 0.5, mrr_10: 0.5 };
        assert_eq!(Scores::mean([one, two]), Some(mean));
        assert_eq!(Scores::mean([one]), Some(one));
        assert_eq!(Scores::mean([]), None);
    }
}

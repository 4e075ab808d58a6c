//! The best few of many, in an order that does not depend on how they came.

use std::cmp::Ordering;

/// Keeps the `limit` best. Equal scores are ordered by number, so that neither segments nor threads
/// nor the order of arrival show in a result.
pub(crate) struct Top {
    limit: usize,
    /// A heap with the worst on top, once there are `limit` of them.
    heap: std::collections::BinaryHeap<Ranked>,
}

/// Greater is worse, so that the worst is what a heap gives first.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Ranked {
    pub score: f32,
    pub id: u64,
}

impl Eq for Ranked {}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Top {
    pub fn new(limit: usize) -> Self {
        Self { limit, heap: std::collections::BinaryHeap::with_capacity(limit.min(4096) + 1) }
    }

    /// What is worse than this has no chance; what is equal may have, by its number.
    pub fn threshold(&self) -> f32 {
        match self.heap.peek() {
            _ if self.limit == 0 => f32::INFINITY,
            Some(worst) if self.heap.len() == self.limit => worst.score,
            _ => f32::NEG_INFINITY,
        }
    }

    pub fn would_take(&self, candidate: Ranked) -> bool {
        self.heap.len() < self.limit || self.heap.peek().is_some_and(|worst| candidate < *worst)
    }

    pub fn offer(&mut self, candidate: Ranked) {
        if self.would_take(candidate) {
            self.heap.push(candidate);
            if self.heap.len() > self.limit {
                self.heap.pop();
            }
        }
    }

    pub fn merge(&mut self, other: Self) {
        for candidate in other.heap {
            self.offer(candidate);
        }
    }

    /// The best first.
    pub fn into_sorted(self) -> Vec<Ranked> {
        self.heap.into_sorted_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_and_equals_are_ordered_by_number() {
        let check = |limit: usize, offered: &[(f32, u64)], expected: &[u64]| {
            let mut forwards = Top::new(limit);
            let mut backwards = Top::new(limit);
            for &(score, id) in offered {
                forwards.offer(Ranked { score, id });
            }
            for &(score, id) in offered.iter().rev() {
                backwards.offer(Ranked { score, id });
            }
            for top in [forwards, backwards] {
                let ids: Vec<u64> = top.into_sorted().iter().map(|ranked| ranked.id).collect();
                assert_eq!(ids, expected, "{limit} of {offered:?}");
            }
        };
        check(0, &[(1.0, 1)], &[]);
        check(2, &[], &[]);
        check(2, &[(1.0, 1)], &[1]);
        check(2, &[(1.0, 3), (2.0, 2), (1.0, 1)], &[2, 1]);
        check(3, &[(0.5, 9), (0.5, 4), (0.5, 7), (0.5, 1)], &[1, 4, 7]);
        check(2, &[(-1.0, 1), (-0.5, 2), (-2.0, 3)], &[2, 1]);
    }
}

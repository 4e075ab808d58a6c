//! Where to stop joining: the groups that stand apart best, if any do.
//!
//! Each step of the linkage is judged by the silhouette of its groups: how much nearer a hit is to its
//! own group than to the next. A hit in no group counts as nothing, so that a few tight pairs do not
//! win against topics that most hits are in, and chance has nothing to show.

use super::MOST_CLUSTERS;
use super::linkage::Merge;

/// The mean cosine within a group, after what all hits have in common is taken away.
const LEAST_COHESION: f32 = 0.25;
/// What is left over when topics are taken out has something in common too: that it is none of them.
/// That is less than this part of what a usual topic has.
const LOOSE: f32 = 0.6;

/// What chance makes of hits without structure, as the mean silhouette of all of them: measured on
/// vectors drawn around one query in 32 dimensions, 0.20 of 10 hits, 0.13 of 50 and 0.06 of 200, and
/// less in more dimensions. Topics that a reader would agree to have 0.3 and more.
fn most_by_chance(hits: usize) -> f32 {
    0.1 + 2.0 / hits as f32
}

/// How much better other groups must be than those that were shown before.
const LOYALTY: f32 = 0.15;

/// The smallest group among so many hits that is worth a name.
pub fn least_size(hits: usize) -> usize {
    2 + hits / 40
}

/// The groups of the best cut, each the numbers of its hits, those with the best hit first. Empty where
/// the hits have no structure. `before` says which group each hit was in before.
pub fn best(distances: &[f32], merges: &[Merge], before: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut state = State::new(distances, before.len());
    let mut best: (f32, Vec<usize>, Vec<usize>) = (0.0, Vec::new(), Vec::new());
    for merge in merges {
        state.merge(*merge);
        let groups = state.groups();
        if !(2..=MOST_CLUSTERS).contains(&groups.len()) {
            continue;
        }
        let silhouette = state.silhouette(&groups);
        if silhouette < most_by_chance(state.count) {
            continue;
        }
        let score = silhouette * (1.0 + LOYALTY * state.agreement(&groups, before));
        if score > best.0 {
            best = (score, groups, state.group_of.clone());
        }
    }
    let (_, groups, group_of) = best;
    let members = |group: &usize| {
        let hits = group_of.iter().enumerate().filter(|(_, of)| *of == group);
        hits.map(|(hit, _)| hit).collect::<Vec<usize>>()
    };
    let mut found: Vec<Vec<usize>> = groups.iter().map(members).collect();
    found.sort();
    found
}

/// The groups after some merges. A group is named by one of its hits.
struct State {
    count: usize,
    group_of: Vec<usize>,
    sizes: Vec<usize>,
    /// The sum of the distances between the hits of each group, each pair once.
    within: Vec<f32>,
    /// For each group a row: the sum of the distances from each hit to the hits of the group.
    sums: Vec<f32>,
}

impl State {
    fn new(distances: &[f32], count: usize) -> Self {
        let group_of = (0..count).collect();
        let (sizes, within) = (vec![1; count], vec![0.0; count]);
        Self { count, group_of, sizes, within, sums: distances.to_vec() }
    }

    fn merge(&mut self, merge: Merge) {
        let (kept, gone) = (self.group_of[merge.one], self.group_of[merge.other]);
        for hit in 0..self.count {
            self.sums[kept * self.count + hit] += self.sums[gone * self.count + hit];
        }
        let pairs = (self.sizes[kept] * self.sizes[gone]) as f32;
        self.within[kept] += self.within[gone] + merge.height * pairs;
        self.group_of.iter_mut().filter(|of| **of == gone).for_each(|of| *of = kept);
        self.sizes[kept] += std::mem::take(&mut self.sizes[gone]);
    }

    /// The groups that are large enough and hold together.
    fn groups(&self) -> Vec<usize> {
        let least = least_size(self.count);
        let large = (0..self.count).filter(|group| self.sizes[*group] >= least);
        let mut groups: Vec<usize> =
            large.filter(|group| self.cohesion(*group) >= LEAST_COHESION).collect();
        let mut cohesions: Vec<f32> = groups.iter().map(|group| self.cohesion(*group)).collect();
        cohesions.sort_by(f32::total_cmp);
        let usual = cohesions.get(cohesions.len().saturating_sub(1) / 2).copied().unwrap_or(0.0);
        groups.retain(|group| self.cohesion(*group) >= LOOSE * usual);
        groups
    }

    fn cohesion(&self, group: usize) -> f32 {
        let pairs = self.sizes[group] * self.sizes[group].saturating_sub(1) / 2;
        1.0 - self.within[group] / pairs.max(1) as f32
    }

    /// The mean over all hits; those in no group have none.
    fn silhouette(&self, groups: &[usize]) -> f32 {
        let mut sum = 0.0;
        for hit in 0..self.count {
            let own = self.group_of[hit];
            if !groups.contains(&own) {
                continue;
            }
            let distance = |group: usize| self.sums[group * self.count + hit];
            let inner = distance(own) / (self.sizes[own] - 1) as f32;
            let others = groups.iter().filter(|group| **group != own);
            let outer = others
                .map(|group| distance(*group) / self.sizes[*group] as f32)
                .fold(f32::INFINITY, f32::min);
            sum += (outer - inner) / outer.max(inner).max(f32::EPSILON);
        }
        sum / self.count as f32
    }

    /// Which part of the hits that were in groups before are together as they were, from 0 to 1.
    fn agreement(&self, groups: &[usize], before: &[Option<usize>]) -> f32 {
        let mut shared = vec![[0_usize; MOST_CLUSTERS]; groups.len()];
        let mut all = 0;
        for (hit, old) in before.iter().enumerate() {
            let Some(old) = old.filter(|old| *old < MOST_CLUSTERS) else { continue };
            all += 1;
            let group = groups.iter().position(|group| *group == self.group_of[hit]);
            if let Some(group) = group {
                shared[group][old] += 1;
            }
        }
        // Each old group counts where most of it went, and each new one once.
        let most = (0..MOST_CLUSTERS).map(|old| shared.iter().map(|row| row[old]).max());
        let of_old: usize = most.map(Option::unwrap_or_default).sum();
        let of_new: usize = shared.iter().map(|row| row.iter().max().copied().unwrap_or(0)).sum();
        of_old.min(of_new) as f32 / all.max(1) as f32
    }
}

//! Joins what is nearest, step by step: average linkage, along chains of nearest neighbours.

/// Two groups that become one. Each is named by one of the hits in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    pub one: usize,
    pub other: usize,
    /// The mean distance between their hits.
    pub height: f32,
}

/// All merges of `count` hits, the nearest first. `distances` has a row for each hit.
pub fn merges(distances: &[f32], count: usize) -> Vec<Merge> {
    let mut means = distances.to_vec();
    let mut sizes = vec![1_f32; count];
    let mut chain: Vec<usize> = Vec::new();
    let mut merges = Vec::with_capacity(count.saturating_sub(1));
    while merges.len() + 1 < count {
        if chain.is_empty() {
            chain.extend(sizes.iter().position(|size| *size > 0.0));
        }
        let Some(&last) = chain.last() else { break };
        let before = chain.len().checked_sub(2).map(|at| chain[at]);
        let Some((next, height)) = nearest(&means[last * count..][..count], &sizes, last, before)
        else {
            break;
        };
        if Some(next) == before {
            chain.truncate(chain.len() - 2);
            join(&mut means, &mut sizes, last, next);
            merges.push(Merge { one: last, other: next, height });
        } else {
            chain.push(next);
        }
    }
    // A group is never nearer to another than its parts were to each other, so this keeps what comes
    // first before what is built upon it. The sort is stable: equal heights keep their order.
    merges.sort_by(|a, b| a.height.total_cmp(&b.height));
    merges
}

/// The group nearest to one. Among equals the one the chain came from, so that it ends; else the first.
fn nearest(
    means: &[f32],
    sizes: &[f32],
    own: usize,
    before: Option<usize>,
) -> Option<(usize, f32)> {
    let mut best = before.map(|before| (before, means[before]));
    for (other, mean) in means.iter().enumerate() {
        let open = other != own && sizes[other] > 0.0;
        if open && best.is_none_or(|(_, least)| *mean < least) {
            best = Some((other, *mean));
        }
    }
    best
}

/// Puts `gone` into `kept`.
fn join(means: &mut [f32], sizes: &mut [f32], kept: usize, gone: usize) {
    let count = sizes.len();
    let all = sizes[kept] + sizes[gone];
    let (own, theirs) = (sizes[kept] / all, sizes[gone] / all);
    for other in 0..count {
        let mean = own * means[kept * count + other] + theirs * means[gone * count + other];
        means[kept * count + other] = mean;
        means[other * count + kept] = mean;
    }
    sizes[kept] = all;
    sizes[gone] = 0.0;
}

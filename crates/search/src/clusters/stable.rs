//! Keeps what topics were called, and where they stood, while most of their hits remain.

use super::Cluster;

/// The topics found, with the numbers, names and order of those before that they go on from. New ones
/// come after those.
pub fn settled(found: Vec<Cluster>, previous: &[Cluster]) -> Vec<Cluster> {
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (new, cluster) in found.iter().enumerate() {
        for (old, before) in previous.iter().enumerate() {
            let shared = shared(cluster, before);
            // Most of one of them, and no small part of the other: a topic that narrows, or grows.
            let (less, more) = ordered(cluster.members.len(), before.members.len());
            if 2 * shared > less && 3 * shared > more {
                pairs.push((shared, old, new));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut of_new: Vec<Option<usize>> = vec![None; found.len()];
    for (_, old, new) in pairs {
        if of_new[new].is_none() && !of_new.contains(&Some(old)) {
            of_new[new] = Some(old);
        }
    }
    let mut next = previous.iter().map(|cluster| cluster.id + 1).max().unwrap_or(0);
    let mut placed: Vec<(usize, Cluster)> = Vec::with_capacity(found.len());
    for (new, mut cluster) in found.into_iter().enumerate() {
        let place = match of_new[new] {
            Some(old) => {
                cluster.id = previous[old].id;
                cluster.name.clone_from(&previous[old].name);
                old
            }
            None => {
                cluster.id = next;
                next += 1;
                previous.len() + new
            }
        };
        placed.push((place, cluster));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, cluster)| cluster).collect()
}

fn shared(one: &Cluster, other: &Cluster) -> usize {
    one.members.iter().filter(|hit| other.members.contains(hit)).count()
}

fn ordered(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}

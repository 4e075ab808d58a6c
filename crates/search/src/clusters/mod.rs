//! The topics among hits: groups of those that mean alike, with names.
//!
//! Found from the data: how many there are, which hits are in none, and whether there are any. The
//! same hits give the same topics, and hits that change a little, as from keystroke to keystroke, keep
//! the topics, names and order they had.

mod cut;
mod linkage;
mod names;
mod stable;
#[cfg(test)]
mod tests;

use kenning_domain::Tag;

use crate::vectors::{dot, normalise};

/// More topics than this are no overview.
pub const MOST_CLUSTERS: usize = 8;
/// Hits after so many are in no topic.
pub const MOST_HITS: usize = 200;

/// A hit as far as its topic is concerned.
#[derive(Clone, Copy, Debug)]
pub struct ClusterHit<'a> {
    /// Which hit it is, from search to search.
    pub id: u64,
    /// Of length one, without what its language puts on it. Empty where it is not embedded yet.
    pub vector: &'a [f32],
    /// The words of its text, each as often as it stands there.
    pub words: &'a [ClusterWord<'a>],
}

/// A word of a hit's text.
#[derive(Clone, Copy, Debug)]
pub struct ClusterWord<'a> {
    /// What its forms have in common: its folded stem.
    pub stem: &'a str,
    /// As it stands in the text.
    pub form: &'a str,
    pub language: Option<Tag>,
}

/// What names of topics are chosen by.
pub struct Naming<'a> {
    /// The stems of the query: they say of each topic what is known already.
    pub query: &'a [&'a str],
    /// The user's languages, the best known first.
    pub languages: &'a [Tag],
    /// In which share of all documents a stem stands, from 0 to 1. What stands in many says little.
    pub commonness: &'a dyn Fn(&str) -> f32,
}

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Stays while the topic does; a number given once is not given again among the topics that follow
    /// each other.
    pub id: u32,
    /// Two or three words that set it apart; fewer where its texts have no more.
    pub name: Vec<String>,
    /// Its hits in the order of their rank.
    pub members: Vec<u64>,
}

/// The topics among `hits`, which stand in order of their rank. `previous` is what was found for what
/// was typed before.
pub fn clusters(
    hits: &[ClusterHit<'_>],
    previous: &[Cluster],
    naming: &Naming<'_>,
) -> Vec<Cluster> {
    let hits = comparable(hits);
    if hits.len() < 2 * cut::least_size(hits.len()) {
        return Vec::new();
    }
    let distances = distances(&hits);
    let before: Vec<Option<usize>> = hits
        .iter()
        .map(|hit| previous.iter().position(|cluster| cluster.members.contains(&hit.id)))
        .collect();
    let merges = linkage::merges(&distances, hits.len());
    let groups = cut::best(&distances, &merges, &before);
    let names = names::names(&hits, &groups, naming);
    let found = groups.iter().zip(names).map(|(group, name)| Cluster {
        id: 0,
        name,
        members: group.iter().map(|hit| hits[*hit].id).collect(),
    });
    stable::settled(found.collect(), previous)
}

/// The first hits that have a vector, all of one length.
fn comparable<'a>(hits: &[ClusterHit<'a>]) -> Vec<ClusterHit<'a>> {
    let length = hits.iter().map(|hit| hit.vector.len()).find(|length| *length > 0);
    let same = |hit: &&ClusterHit<'_>| Some(hit.vector.len()) == length;
    hits.iter().filter(same).take(MOST_HITS).copied().collect()
}

/// Distances between all hits, row by row: one less the cosine, after what all have in common, which
/// above all is the query, is taken away.
fn distances(hits: &[ClusterHit<'_>]) -> Vec<f32> {
    let dimensions = hits.first().map_or(0, |hit| hit.vector.len());
    let mut mean = vec![0_f32; dimensions];
    for hit in hits {
        mean.iter_mut().zip(hit.vector).for_each(|(sum, value)| *sum += value);
    }
    mean.iter_mut().for_each(|sum| *sum /= hits.len() as f32);
    let mut apart = Vec::with_capacity(hits.len() * dimensions);
    for hit in hits {
        let start = apart.len();
        apart.extend(hit.vector.iter().zip(&mean).map(|(value, mean)| value - mean));
        normalise(&mut apart[start..]);
    }
    let row = |hit: usize| &apart[hit * dimensions..(hit + 1) * dimensions];
    let mut distances = vec![0_f32; hits.len() * hits.len()];
    for one in 0..hits.len() {
        for other in 0..one {
            let distance = (1.0 - dot(row(one), row(other))).clamp(0.0, 2.0);
            distances[one * hits.len() + other] = distance;
            distances[other * hits.len() + one] = distance;
        }
    }
    distances
}

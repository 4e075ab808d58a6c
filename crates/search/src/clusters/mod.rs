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

pub use names::names;

use crate::vectors::dot;

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
    let products = products(&hits);
    let before: Vec<Option<usize>> = hits
        .iter()
        .map(|hit| previous.iter().position(|cluster| cluster.members.contains(&hit.id)))
        .collect();
    let groups = groups(&products, &before);
    let names = names(&hits, &groups, naming);
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

/// The groups among hits whose products with each other are given. They are looked for twice: what all
/// hits have in common, which above all is the query, leans at first towards the topic most of them
/// are in. When the topics are known roughly, each of them counts as much as the others, and so do the
/// hits in none together, which are the nearest to what all have in common.
fn groups(products: &[f32], before: &[Option<usize>]) -> Vec<Vec<usize>> {
    let count = before.len();
    let find = |weights: &[f32]| {
        let distances = distances(products, weights);
        cut::best(&distances, &linkage::merges(&distances, count), before)
    };
    let rough = find(&vec![1.0 / count as f32; count]);
    if rough.is_empty() {
        return rough;
    }
    let grouped: usize = rough.iter().map(Vec::len).sum();
    let loose = (count - grouped).max(cut::least_size(count));
    let mut weights = vec![1.0 / loose as f32; count];
    for group in &rough {
        group.iter().for_each(|hit| weights[*hit] = 1.0 / group.len() as f32);
    }
    let all: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= all);
    find(&weights)
}

/// The products of all hits with each other, row by row.
fn products(hits: &[ClusterHit<'_>]) -> Vec<f32> {
    let count = hits.len();
    let mut products = vec![0_f32; count * count];
    for one in 0..count {
        for other in 0..=one {
            let product = dot(hits[one].vector, hits[other].vector);
            products[one * count + other] = product;
            products[other * count + one] = product;
        }
    }
    products
}

/// Distances between all hits, row by row: one less the cosine, seen from the mean that the weights
/// make of the hits. No vector is needed for that but the products.
fn distances(products: &[f32], weights: &[f32]) -> Vec<f32> {
    let count = weights.len();
    let rows = || products.chunks_exact(count);
    let to_mean: Vec<f32> = rows().map(|row| dot(row, weights)).collect();
    let mean = dot(&to_mean, weights);
    let lengths: Vec<f32> = (0..count)
        .map(|hit| (products[hit * count + hit] - 2.0 * to_mean[hit] + mean).max(0.0).sqrt())
        .collect();
    let mut distances = Vec::with_capacity(products.len());
    for (one, row) in rows().enumerate() {
        distances.extend((0..count).map(|other| {
            let product = row[other] - to_mean[one] - to_mean[other] + mean;
            let length = lengths[one] * lengths[other];
            // A hit that is the mean itself points nowhere.
            let cosine = if length > 1e-6 { product / length } else { 0.0 };
            if one == other { 0.0 } else { (1.0 - cosine).clamp(0.0, 2.0) }
        }));
    }
    distances
}

//! Who is like whom, and how much: what the places and the topics of documents are found from.

use crate::near::{NEIGHBOURS, Neighbours};

/// Without direction: each edge stands with both its ends.
pub struct Graph {
    starts: Vec<usize>,
    edges: Vec<(u32, f32)>,
}

impl Graph {
    /// Of each document's neighbours. How near the nearest is differs from place to place, so nearness counts
    /// against that of a document's own nearest, and all documents get about as much of it.
    pub fn new(near: &Neighbours) -> Self {
        let mut edges = Vec::with_capacity(near.len() * NEIGHBOURS);
        for (one, own) in near.iter().enumerate() {
            let distances: Vec<f32> =
                own.iter().map(|(_, similarity)| (1.0 - similarity).max(0.0)).collect();
            for ((other, _), weight) in own.iter().zip(weights(&distances)) {
                edges.push((one as u32, *other, weight));
            }
        }
        Self::of_edges(near.len(), edges)
    }

    /// Of edges that may be told from one end or from both, and then count as `a + b - ab`.
    fn of_edges(count: usize, mut edges: Vec<(u32, u32, f32)>) -> Self {
        for edge in &mut edges {
            if edge.0 > edge.1 {
                *edge = (edge.1, edge.0, edge.2);
            }
        }
        edges.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        let joined = edges.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(|told| {
            let miss: f32 = told.iter().map(|edge| 1.0 - edge.2).product();
            (told[0].0, told[0].1, 1.0 - miss)
        });
        Self::with_both_ends(count, &joined.collect::<Vec<_>>())
    }

    /// Of edges that are told once each.
    pub fn with_both_ends(count: usize, edges: &[(u32, u32, f32)]) -> Self {
        let mut starts = vec![0; count + 1];
        for (one, other, _) in edges {
            starts[*one as usize + 1] += 1;
            if one != other {
                starts[*other as usize + 1] += 1;
            }
        }
        for node in 0..count {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut both = vec![(0, 0.0); starts[count]];
        let mut put = |from: u32, to: u32, weight: f32| {
            both[next[from as usize]] = (to, weight);
            next[from as usize] += 1;
        };
        for (one, other, weight) in edges {
            put(*one, *other, *weight);
            if one != other {
                put(*other, *one, *weight);
            }
        }
        Self { starts, edges: both }
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whom a node is like, and how much.
    pub fn of(&self, node: usize) -> &[(u32, f32)] {
        &self.edges[self.starts[node]..self.starts[node + 1]]
    }

    /// Each edge once.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32, f32)> {
        (0..self.len()).flat_map(move |one| {
            let own = self.of(one).iter().filter(move |(other, _)| *other as usize >= one);
            own.map(move |(other, weight)| (one as u32, *other, *weight))
        })
    }

    /// What is left with these nodes alone, numbered in their order.
    pub fn within(&self, nodes: &[u32]) -> Self {
        let mut places = vec![u32::MAX; self.len()];
        for (place, node) in nodes.iter().enumerate() {
            places[*node as usize] = place as u32;
        }
        let mut edges = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            for (other, weight) in self.of(*node as usize) {
                let other = places[*other as usize];
                if other != u32::MAX && other as usize >= place {
                    edges.push((place as u32, other, *weight));
                }
            }
        }
        Self::with_both_ends(nodes.len(), &edges)
    }
}

/// The nearest counts one; the width is such that all together count the logarithm of how many may be.
fn weights(distances: &[f32]) -> Vec<f32> {
    let Some(nearest) = distances.first() else { return Vec::new() };
    let target = (NEIGHBOURS as f32).log2().min(distances.len() as f32);
    let at = |width: f32| {
        distances.iter().map(move |distance| (-(distance - nearest).max(0.0) / width).exp())
    };
    let (mut low, mut high) = (1e-4_f32, 2.0_f32);
    for _ in 0..32 {
        let middle = (low + high) / 2.0;
        if at(middle).sum::<f32>() > target { high = middle } else { low = middle }
    }
    at(high).collect()
}

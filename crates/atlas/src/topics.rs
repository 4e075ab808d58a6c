//! The topics of a library: groups that hang together more than they do with the rest, and groups within them.
//!
//! Louvain's way: every document begins alone and goes to the group of its neighbours that gains most by it,
//! until none gains; then groups do the same.

use crate::Topic;
use crate::graph::Graph;

/// Fewer documents than this make no topic, and neither does a smaller share of all.
const LEAST: usize = 3;
const LEAST_SHARE: usize = 200;
/// A topic of so many documents is looked into for others, of which each has no less than this share.
const DIVISIBLE: usize = 24;
const LEAST_SHARE_WITHIN: usize = 20;

/// The topics, each after the one around it, the larger first; and the innermost one of each document.
pub fn find(graph: &Graph, at: &[[f32; 2]]) -> (Vec<Topic>, Vec<Option<u32>>) {
    let all: Vec<u32> = (0..graph.len() as u32).collect();
    let mut innermost = vec![None; graph.len()];
    let mut topics = Vec::new();
    for group in groups(graph, &all, LEAST.max(graph.len() / LEAST_SHARE)) {
        let parent = topics.len() as u32;
        group.iter().for_each(|member| innermost[*member as usize] = Some(parent));
        let within = match group.len() >= DIVISIBLE {
            true => groups(graph, &group, LEAST.max(group.len() / LEAST_SHARE_WITHIN)),
            false => Vec::new(),
        };
        topics.push(topic(graph, at, None, group));
        // One alone is the topic over again.
        for inner in within.iter().filter(|_| within.len() > 1) {
            let number = Some(topics.len() as u32);
            inner.iter().for_each(|member| innermost[*member as usize] = number);
            topics.push(topic(graph, at, Some(parent), inner.clone()));
        }
    }
    (topics, innermost)
}

fn topic(graph: &Graph, at: &[[f32; 2]], parent: Option<u32>, mut members: Vec<u32>) -> Topic {
    let mut is_member = vec![false; graph.len()];
    members.iter().for_each(|member| is_member[*member as usize] = true);
    let inside = |member: u32| -> f32 {
        let own = graph.of(member as usize).iter();
        own.filter(|(other, _)| is_member[*other as usize]).map(|(_, weight)| weight).sum()
    };
    let mut ranked: Vec<(f32, u32)> = members.iter().map(|own| (inside(*own), *own)).collect();
    ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    members = ranked.into_iter().map(|(_, member)| member).collect();
    let middle = |axis: usize| {
        let mut values: Vec<f32> = members.iter().map(|own| at[*own as usize][axis]).collect();
        values.sort_unstable_by(f32::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Topic { parent, name: Vec::new(), at: [middle(0), middle(1)], members }
}

/// The groups among some documents that are large enough, the largest first.
fn groups(graph: &Graph, among: &[u32], least: usize) -> Vec<Vec<u32>> {
    let labels = communities(graph.within(among));
    let count = labels.iter().max().map_or(0, |most| *most as usize + 1);
    let mut groups = vec![Vec::new(); count];
    for (node, label) in among.iter().zip(labels) {
        groups[label as usize].push(*node);
    }
    groups.retain(|group| group.len() >= least);
    groups.sort_by_key(|group| (usize::MAX - group.len(), group.first().copied()));
    groups
}

/// Each node's group.
fn communities(graph: Graph) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..graph.len() as u32).collect();
    let mut graph = graph;
    loop {
        let Some(joined) = join(&graph) else { return labels };
        labels.iter_mut().for_each(|label| *label = joined[*label as usize]);
        graph = folded(&graph, &joined);
    }
}

/// How much of the graph hangs on each node: what leads back to itself counts twice.
fn degrees(graph: &Graph) -> Vec<f32> {
    let degree = |node: usize| {
        let twice = |other: u32| if other as usize == node { 2.0 } else { 1.0 };
        graph.of(node).iter().map(|(other, weight)| weight * twice(*other)).sum()
    };
    (0..graph.len()).map(degree).collect()
}

/// The group each node goes to, numbered without gaps; `None` where none gains by going anywhere.
fn join(graph: &Graph) -> Option<Vec<u32>> {
    const MOST_ROUNDS: usize = 32;
    let degrees = degrees(graph);
    let all: f32 = degrees.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    let mut label: Vec<u32> = (0..graph.len() as u32).collect();
    let mut total = degrees.clone();
    let mut toward = vec![0.0_f32; graph.len()];
    let mut reached: Vec<u32> = Vec::new();
    let mut has_moved = false;
    for _ in 0..MOST_ROUNDS {
        let mut moved = 0;
        for node in 0..graph.len() {
            let own = label[node];
            reached.clear();
            reached.push(own);
            for (other, weight) in graph.of(node).iter().filter(|edge| edge.0 as usize != node) {
                let group = label[*other as usize];
                if toward[group as usize] == 0.0 && group != own {
                    reached.push(group);
                }
                toward[group as usize] += weight;
            }
            total[own as usize] -= degrees[node];
            let gain =
                |group: u32| toward[group as usize] - degrees[node] * total[group as usize] / all;
            let mut best = (own, gain(own));
            for group in &reached {
                let gained = gain(*group);
                if gained > best.1 + 1e-6 {
                    best = (*group, gained);
                }
            }
            reached.iter().for_each(|group| toward[*group as usize] = 0.0);
            total[best.0 as usize] += degrees[node];
            label[node] = best.0;
            moved += usize::from(best.0 != own);
        }
        has_moved |= moved > 0;
        if moved * 1000 <= graph.len() {
            break;
        }
    }
    has_moved.then(|| numbered(label))
}

fn numbered(mut labels: Vec<u32>) -> Vec<u32> {
    let mut numbers = vec![u32::MAX; labels.len()];
    let mut next = 0;
    for label in &mut labels {
        let number = &mut numbers[*label as usize];
        if *number == u32::MAX {
            *number = next;
            next += 1;
        }
        *label = *number;
    }
    labels
}

/// A graph of groups: what leads from one to another, and within each back to itself.
fn folded(graph: &Graph, labels: &[u32]) -> Graph {
    let count = labels.iter().max().map_or(0, |most| *most as usize + 1);
    let mut edges: Vec<(u32, u32, f32)> = graph
        .edges()
        .map(|(one, other, weight)| {
            let (one, other) = (labels[one as usize], labels[other as usize]);
            (one.min(other), one.max(other), weight)
        })
        .collect();
    edges.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
    let joined = edges.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    let joined = joined.map(|same| (same[0].0, same[0].1, same.iter().map(|edge| edge.2).sum()));
    Graph::with_both_ends(count, &joined.collect::<Vec<_>>())
}

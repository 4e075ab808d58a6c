//! Where each document lies on a plane: what is alike comes together, what is not is pushed apart.
//!
//! As UMAP does it: edges pull in turn, the strong ones more often, and each pull comes with a few pushes away
//! from documents taken by chance.

use crate::graph::Graph;
use crate::near::{Means, Neighbours};
use crate::random::Random;
use crate::{Atlas, GivenUp};

/// A place while places are sought; the map's own go from -1 to 1.
pub type Place = [f32; 2];

const EXTENT: f32 = 10.0;
const STEEPNESS: f32 = 1.6;
const PUSHES: usize = 5;
const LONGEST_STEP: f32 = 4.0;
/// Pulls of the strongest edges, for a few documents and for many.
const ROUNDS: [usize; 2] = [500, 200];
const MANY: usize = 5000;
/// Where most documents have their places, those are not to go far.
const ROUNDS_AFTER: usize = 40;
const STEP_AFTER: f32 = 0.2;
/// From so many documents the directions in which all differ most are told.
const SAMPLE: usize = 2000;

pub struct Start {
    places: Vec<Place>,
    /// Whether there was a map before.
    goes_on: bool,
}

/// Where documents lay before; what is new begins amid its neighbours. The first map begins with the two
/// directions in which documents differ most.
pub fn start(means: &Means, before: Option<&Atlas>, near: &Neighbours) -> Start {
    let count = near.len();
    let place = |at: usize| {
        let (content, _) = means.documents[at];
        let before = before?;
        Some(before.documents[before.place(content)?].at.map(|value| value * EXTENT))
    };
    let known: Vec<Option<Place>> = (0..count).map(place).collect();
    let goes_on = known.iter().flatten().count() * 2 > count;
    if !goes_on {
        return Start { places: along_two_axes(means), goes_on };
    }
    let mut random = Random::new(7);
    let places = (0..count).map(|at| {
        known[at].unwrap_or_else(|| {
            let around: Vec<Place> =
                near[at].iter().filter_map(|(other, _)| known[*other as usize]).take(3).collect();
            let share = 1.0 / around.len().max(1) as f32;
            let mut place = [random.signed(), random.signed()].map(|value| value * 0.05);
            for other in around {
                place[0] += other[0] * share;
                place[1] += other[1] * share;
            }
            place
        })
    });
    Start { places: places.collect(), goes_on }
}

fn along_two_axes(means: &Means) -> Vec<Place> {
    let count = means.documents.len();
    let step = count.div_ceil(SAMPLE).max(1);
    let sample: Vec<Vec<f32>> = (0..count).step_by(step).map(|at| means.vector(at)).collect();
    let Some(first) = sample.first() else { return Vec::new() };
    let mut middle = vec![0.0; first.len()];
    for vector in &sample {
        add(&mut middle, vector, 1.0 / sample.len() as f32);
    }
    let mut random = Random::new(3);
    let mut axes: Vec<Vec<f32>> = Vec::new();
    for _ in 0..2 {
        let mut axis: Vec<f32> = first.iter().map(|_| random.signed()).collect();
        for _ in 0..20 {
            let mut turned = vec![0.0; axis.len()];
            for vector in &sample {
                let along = dot(vector, &axis) - dot(&middle, &axis);
                add(&mut turned, vector, along);
                add(&mut turned, &middle, -along);
            }
            for other in &axes {
                let along = dot(&turned, other);
                add(&mut turned, other, -along);
            }
            let length = dot(&turned, &turned).sqrt().max(f32::MIN_POSITIVE);
            turned.iter_mut().for_each(|value| *value /= length);
            axis = turned;
        }
        axes.push(axis);
    }
    let along = |vector: &[f32], axis: &[f32]| dot(vector, axis) - dot(&middle, axis);
    let places = (0..count).map(|at| {
        let vector = means.vector(at);
        // Equal documents must not lie on one spot, from which nothing would part them.
        [0, 1].map(|axis| along(&vector, &axes[axis]) + random.signed() * 1e-3)
    });
    let mut places: Vec<Place> = places.collect();
    scale(&mut places, EXTENT);
    places
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f32], vector: &[f32], times: f32) {
    to.iter_mut().zip(vector).for_each(|(to, value)| *to += value * times);
}

/// `tell` hears how far it is, and says whether to go on.
pub fn lay_out(
    graph: &Graph,
    start: &Start,
    tell: &dyn Fn(f32) -> Result<(), GivenUp>,
) -> Result<Vec<Place>, GivenUp> {
    let mut places = start.places.clone();
    let count = places.len();
    let edges: Vec<(u32, u32, f32)> = graph.edges().collect();
    let strongest = edges.iter().fold(f32::MIN_POSITIVE, |most, edge| most.max(edge.2));
    let (rounds, step) = match start.goes_on {
        true => (ROUNDS_AFTER, STEP_AFTER),
        false => (ROUNDS[usize::from(count > MANY)], 1.0),
    };
    // How much of its next pull each edge has saved up.
    let mut saved: Vec<f32> = edges.iter().map(|edge| edge.2 / strongest).collect();
    let mut random = Random::new(11);
    for round in 0..rounds {
        tell(round as f32 / rounds as f32)?;
        let step = step * (1.0 - round as f32 / rounds as f32);
        for ((one, other, weight), saved) in edges.iter().zip(&mut saved) {
            *saved += weight / strongest;
            if *saved < 1.0 {
                continue;
            }
            *saved -= 1.0;
            let ends = [*one as usize, *other as usize];
            pull(&mut places, ends, step);
            // Either end in turn is pushed away from others.
            let end = ends[(random.next() & 1) as usize];
            for _ in 0..PUSHES {
                let away = random.below(count);
                if away != end {
                    push(&mut places, end, away, step);
                }
            }
        }
    }
    scale(&mut places, 1.0);
    Ok(places)
}

fn between(places: &[Place], one: usize, other: usize) -> (Place, f32) {
    let way = [places[one][0] - places[other][0], places[one][1] - places[other][1]];
    (way, way[0] * way[0] + way[1] * way[1])
}

fn pull(places: &mut [Place], [one, other]: [usize; 2], step: f32) {
    let (way, square) = between(places, one, other);
    let force = -2.0 * STEEPNESS / (1.0 + STEEPNESS * square);
    for axis in 0..2 {
        let by = (force * way[axis]).clamp(-LONGEST_STEP, LONGEST_STEP) * step;
        places[one][axis] += by;
        places[other][axis] -= by;
    }
}

fn push(places: &mut [Place], one: usize, away: usize, step: f32) {
    let (way, square) = between(places, one, away);
    let force = 2.0 / ((0.001 + square) * (1.0 + STEEPNESS * square));
    for axis in 0..2 {
        places[one][axis] += (force * way[axis]).clamp(-LONGEST_STEP, LONGEST_STEP) * step;
    }
}

/// Moves and stretches places so that they lie between plus and minus `extent`; the few that lie far out come
/// to its edge, so that the others keep their room.
fn scale(places: &mut [Place], extent: f32) {
    const OUTSIDE: usize = 400;
    if places.is_empty() {
        return;
    }
    let ends = |axis: usize| {
        let mut sorted: Vec<f32> = places.iter().map(|place| place[axis]).collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let left_out = sorted.len() / OUTSIDE;
        (sorted[left_out], sorted[sorted.len() - 1 - left_out])
    };
    let ends = [ends(0), ends(1)];
    let half = ends.iter().map(|(low, high)| (high - low) / 2.0).fold(1e-6, f32::max) * 1.05;
    for place in places {
        for axis in 0..2 {
            let (low, high) = ends[axis];
            let at = (place[axis] - (low + high) / 2.0) / half;
            place[axis] = at.clamp(-1.0, 1.0) * extent;
        }
    }
}

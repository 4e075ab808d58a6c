//! What the backends are tested against: attention as it is defined, on numbers without a pattern.

use crate::ops::{Heads, Sight, Span};

/// Numbers without a pattern, the same in every run.
pub fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Attention as its definition reads, a row at a time.
pub fn by_definition(
    [query, key, value]: [&[f32]; 3],
    heads: Heads,
    spans: &[Span],
    sight: Sight,
) -> Vec<f32> {
    let Heads { queries, keys, width } = heads;
    let mut answer = Vec::new();
    for span in spans {
        for (place, row) in span.queries.clone().enumerate() {
            let seen = match sight {
                Sight::Past if span.queries.len() > 1 => {
                    span.keys.start..span.keys.start + place + 1
                }
                _ => span.keys.clone(),
            };
            for head in 0..queries {
                let shared = head / (queries / keys);
                let of_query = &query[(row * queries + head) * width..][..width];
                let at = |rows: &[f32], row: usize| {
                    rows[(row * keys + shared) * width..][..width].to_vec()
                };
                let dot = |row| at(key, row).iter().zip(of_query).map(|(a, b)| a * b).sum::<f32>();
                let weights: Vec<f32> =
                    seen.clone().map(|row| (dot(row) / (width as f32).sqrt()).exp()).collect();
                let total: f32 = weights.iter().sum();
                for column in 0..width {
                    let mixed = seen
                        .clone()
                        .zip(&weights)
                        .map(|(row, weight)| weight * at(value, row)[column]);
                    answer.push(mixed.sum::<f32>() / total);
                }
            }
        }
    }
    answer
}

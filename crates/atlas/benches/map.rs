//! How long a map of so many documents takes, the first one and the next after a few came: `cargo xtask bench map`.

// It is made to print.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement that fails is none")]

use std::thread::available_parallelism;
use std::time::Instant;

use kenning_atlas::{Atlas, Making};
use kenning_domain::{ContentId, PassageId};
use kenning_store::codes::{Codes, CodesSnapshot};

const DIMENSIONS: usize = 384;
const GROUPS: u64 = 150;
const PASSAGES: u32 = 4;

fn main() {
    let counts: Vec<usize> = std::env::args().filter_map(|own| own.parse().ok()).collect();
    for count in counts {
        let mut codes = Codes::new(DIMENSIONS);
        (0..count).for_each(|number| put(&mut codes, number as i64));
        let (first, took) = make(&codes.snapshot(), None);
        println!(
            "{count:>7} documents, the first map:      {took:>7.2} s, {} topics",
            first.topics.len()
        );
        let more = count + count.div_ceil(100);
        (count..more).for_each(|number| put(&mut codes, number as i64));
        let (_, took) = make(&codes.snapshot(), Some(&first));
        println!("{count:>7} documents, a hundredth more:   {took:>7.2} s");
    }
}

fn make(codes: &CodesSnapshot, before: Option<&Atlas>) -> (Atlas, f64) {
    let started = Instant::now();
    let threads = available_parallelism().map_or(1, |count| count.get().div_ceil(2));
    let making = Making { threads, tell: &|_| {}, cancelled: &|| false };
    let atlas = Atlas::make(1, codes, before, &making).unwrap();
    (atlas, started.elapsed().as_secs_f64())
}

/// A document of one of the groups: passages around a point that is about as far from the group's middle.
fn put(codes: &mut Codes, number: i64) {
    let mut random = number as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let group = next(&mut random) % GROUPS;
    let mut middle = group.wrapping_mul(0xbf58_476d_1ce4_e5b9) + 1;
    let middle: Vec<f32> = (0..DIMENSIONS).map(|_| signed(&mut middle)).collect();
    let own: Vec<f32> = middle.iter().map(|value| value + 0.8 * signed(&mut random)).collect();
    for ordinal in 0..PASSAGES {
        let vector: Vec<f32> = own.iter().map(|value| value + 0.6 * signed(&mut random)).collect();
        codes.push(PassageId::new(ContentId(number), ordinal).unwrap(), &vector).unwrap();
    }
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn signed(state: &mut u64) -> f32 {
    (next(state) >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
}

//! Tokens a second of a network on this machine's CPU, in lines of JSON: `cargo xtask bench cpu`.
//!
//! `cpu MODEL DEVICE RUNS TOTAL TOKENS…`: DEVICE is `cpu` or `reference`; TOTAL tokens are computed at once, in texts of
//! TOKENS tokens each, and then one such text alone, as a question is.
//!
//! `cpu near MODEL FILE`: how near the vectors of the file's lines are to those that are computed without any shortening
//! of numbers.
//!
//! `cpu beside MODEL`: how long another program has to wait for what it computes every now and then on every core, and a
//! query for its vector: alone, and while documents are computed all the time.

// It is made to print.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement that fails is none")]

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kenning_domain::{Embed, Overlong, Role};
use kenning_inference::{Device, Embedder, ModelFolder};

/// Of what tokens are, there is something everywhere from here on.
const FIRST_TOKEN: u32 = 1000;
const LAST_TOKEN: u32 = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|own| own != "--bench").collect();
    if let [near, model, file] = &arguments[..]
        && near == "near"
    {
        return compare(Path::new(model), Path::new(file));
    }
    if let [beside, model] = &arguments[..]
        && beside == "beside"
    {
        return beside_others(&open(Path::new(model), Device::Cpu));
    }
    let [model, device, runs, total, lengths @ ..] = &arguments[..] else {
        println!("started by `cargo xtask bench cpu`");
        return;
    };
    let device = if device == "reference" { Device::Reference } else { Device::Cpu };
    let embedder = open(Path::new(model), device);
    let (runs, total): (usize, usize) = (runs.parse().unwrap(), total.parse().unwrap());
    for tokens in lengths.iter().map(|length| length.parse::<usize>().unwrap()) {
        for texts in [(total / tokens).max(1), 1] {
            let mut took: Vec<f64> =
                (0..=runs).map(|run| once(&embedder, texts, tokens, run)).collect();
            took.remove(0);
            took.sort_by(f64::total_cmp);
            let middle = took[took.len() / 2];
            println!(
                "{{\"tokens\":{tokens},\"texts\":{texts},\"tokens_per_second\":{:.1},\"milliseconds\":{:.3}}}",
                (texts * tokens) as f64 / middle,
                middle * 1e3
            );
        }
    }
}

fn open(model: &Path, device: Device) -> Embedder {
    Embedder::open(&ModelFolder::open(model).unwrap(), device).unwrap()
}

fn compare(model: &Path, file: &Path) {
    let lines = std::fs::read_to_string(file).unwrap();
    let texts: Vec<&str> = lines.lines().filter(|line| !line.trim().is_empty()).collect();
    let [one, other] = [Device::Cpu, Device::Reference].map(|device| {
        let embedded = open(model, device).embed(&texts, Role::Document, None, Overlong::Truncate);
        embedded.unwrap().vectors
    });
    let cosine = |(one, other): (&Vec<f32>, &Vec<f32>)| -> f32 {
        one.iter().zip(other).map(|(a, b)| a * b).sum()
    };
    let cosines: Vec<f32> = one.iter().zip(&other).map(cosine).collect();
    let least = cosines.iter().copied().fold(1.0, f32::min);
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    println!("{{\"texts\":{},\"mean\":{mean:.6},\"least\":{least:.6}}}", cosines.len());
}

/// Two thousandths of a second's work, more or less.
fn work() -> u64 {
    (0..2_000_000u64).fold(1, |sum, at| std::hint::black_box(sum.wrapping_mul(31) ^ at))
}

/// The middle and the 95th of a hundred, in milliseconds.
fn waits(count: usize, mut of: impl FnMut()) -> [f64; 2] {
    let mut took: Vec<f64> = (0..count)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(8));
            let begun = Instant::now();
            of();
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took.sort_by(f64::total_cmp);
    [took[count / 2], took[count * 95 / 100]]
}

fn beside_others(embedder: &Embedder) {
    let cores = std::thread::available_parallelism().unwrap().get();
    let tell = |what: &str| {
        let other = std::thread::scope(|scope| {
            let each = || {
                waits(200, || {
                    std::hint::black_box(work());
                })
            };
            let others: Vec<_> = (0..cores).map(|_| scope.spawn(each)).collect();
            others
                .into_iter()
                .map(|other| other.join().unwrap())
                .reduce(|one, other| [one[0].max(other[0]), one[1].max(other[1])])
        });
        let ask = || {
            let asked = ["how long do beans have to boil"];
            embedder.embed(&asked, Role::QUERY, None, Overlong::Refuse).unwrap();
        };
        let [[other, other_95], [query, query_95]] = [other.unwrap(), waits(100, ask)];
        println!(
            "{{\"beside\":\"{what}\",\"other\":{other:.2},\"other_95\":{other_95:.2},\"query\":{query:.2},\"query_95\":{query_95:.2}}}"
        );
    };
    tell("nothing");
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let documents = scope.spawn(|| {
            let (begun, mut run) = (Instant::now(), 0);
            while !ended.load(Ordering::Relaxed) {
                once(embedder, 40, 200, run);
                run += 1;
            }
            (run * 40 * 200) as f64 / begun.elapsed().as_secs_f64()
        });
        tell("documents");
        ended.store(true, Ordering::Relaxed);
        let speed = documents.join().unwrap();
        println!("{{\"tokens_per_second_meanwhile\":{speed:.1}}}");
    });
}

fn once(embedder: &Embedder, texts: usize, tokens: usize, run: usize) -> f64 {
    let mut state = run as u64 + 1;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        FIRST_TOKEN + (state >> 33) as u32 % (LAST_TOKEN - FIRST_TOKEN)
    };
    let ids: Vec<Vec<u32>> = (0..texts).map(|_| (0..tokens).map(|_| next()).collect()).collect();
    let begun = Instant::now();
    // One text is what a question is; several are what is read.
    let role = if texts == 1 { Role::QUERY } else { Role::Document };
    assert_eq!(embedder.embed_ids(ids, role).unwrap().len(), texts);
    begun.elapsed().as_secs_f64()
}

//! Measures the word index and the dense codes on a library made up of words and vectors.
//!
//! `cargo run --release -p kenning-store --example measure -- 100000 [threads]`

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use kenning_domain::{ContentId, PassageId};
use kenning_store::Mark;
use kenning_store::codes::{Codes, ScanOptions, rescore};
use kenning_store::index::{Check, Word, WordQuery, Words, WordsSnapshot};

const DIMENSIONS: usize = 384;
const PER_CONTENT: u64 = 10;
const WORDS_PER_PASSAGE: usize = 100;
const QUERIES: u64 = 40;
const MARK: Mark = Mark { epoch: 1, seq: 1 };

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let passages: u64 = arguments.next().map_or(Ok(100_000), |number| number.parse())?;
    let threads: usize = arguments.next().map_or(Ok(2), |number| number.parse())?;
    println!("{passages} passages, {DIMENSIONS} dimensions, {WORDS_PER_PASSAGE} words each");
    let folder = std::env::temp_dir().join(format!("kenning-measure-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = codes(passages, threads, &folder).and_then(|()| words(passages, &folder));
    std::fs::remove_dir_all(&folder)?;
    outcome
}

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 to 1.
    fn part(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// About normal, with a deviation of one.
    fn bell(&mut self) -> f32 {
        let bits = self.next();
        let sum: u32 = (0..4).map(|at| (bits >> (at * 16) & 0xffff) as u32).sum();
        (sum as f32 / 65_536.0 - 2.0) * 3f32.sqrt()
    }
}

fn passage(number: u64) -> PassageId {
    let content = ContentId((number / PER_CONTENT) as i64 + 1);
    PassageId::new(content, (number % PER_CONTENT) as u32).unwrap_or(PassageId(0))
}

fn number(passage: PassageId) -> u64 {
    (passage.content().0 as u64 - 1) * PER_CONTENT + u64::from(passage.ordinal())
}

/// As embedding models give them: all share a direction, texts of a topic another, and the rest is
/// their own. Two of a topic are some 0.85 similar, two of different topics some 0.75.
fn vector(seed: u64) -> Vec<f32> {
    let (mut all, mut topic, mut own) =
        (Chance::new(1), Chance::new(1000 + seed % 500), Chance::new(1_000_000 + seed));
    let mut vector: Vec<f32> = (0..DIMENSIONS)
        .map(|_| all.bell() * 1.7 + topic.bell() * 0.65 + own.bell() * 0.75)
        .collect();
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0f32; 16];
    for (left, right) in left.chunks_exact(16).zip(right.chunks_exact(16)) {
        for at in 0..16 {
            sums[at] += left[at] * right[at];
        }
    }
    sums.iter().sum()
}

fn codes(passages: u64, threads: usize, folder: &Path) -> Outcome<()> {
    let queries: Vec<Vec<f32>> = (0..QUERIES).map(|at| vector(passages + 7 + at * 31)).collect();
    let mut exact: Vec<Vec<(f32, u64)>> = vec![Vec::new(); queries.len()];
    let before = resident();
    let mut codes = Codes::new(DIMENSIONS);
    let mut pushing = 0.0;
    for number in 0..passages {
        let vector = vector(number);
        let start = Instant::now();
        codes.push(passage(number), (number % 12) as u16, &vector)?;
        pushing += start.elapsed().as_secs_f64();
        for (best, query) in exact.iter_mut().zip(&queries) {
            keep(best, (dot(&vector, query), number));
        }
    }
    let per_passage = (resident() - before) as f64 / passages as f64;
    println!("codes: {per_passage:.0} bytes of memory a passage, pushed in {pushing:.2} s");
    let snapshot = codes.snapshot();
    let bytes = (snapshot.len() * DIMENSIONS) as f64;
    for threads in 1..=threads {
        let gigabytes = bandwidth(bytes as usize, threads);
        let options = ScanOptions { threads, ..ScanOptions::best(200) };
        let mut times = Vec::new();
        for query in queries.iter().cycle().take(100) {
            let start = Instant::now();
            black_box(snapshot.scan(query, &options)?);
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let (median, tail) = percentiles(&mut times);
        println!(
            "scan, {threads} threads: p50 {median:.2} ms, p95 {tail:.2} ms, {:.1} GB/s; plain reading {gigabytes:.1} GB/s",
            bytes / median / 1e6
        );
    }
    plain_loop(passages.min(100_000) as usize);
    recall(&snapshot, &queries, &exact)?;
    let path = folder.join("codes");
    let start = Instant::now();
    snapshot.save(&path, MARK, &[1; 32])?;
    let saved = start.elapsed();
    let start = Instant::now();
    let loaded = Codes::load(&path, DIMENSIONS, &[1; 32]).is_some();
    println!("saved in {saved:.0?}, loaded in {:.0?} ({loaded})", start.elapsed());
    Ok(())
}

/// Keeps the ten best.
fn keep(best: &mut Vec<(f32, u64)>, candidate: (f32, u64)) {
    if best.len() < 10 || best.last().is_some_and(|worst| candidate.0 > worst.0) {
        let at = best.partition_point(|other| other.0 >= candidate.0);
        best.insert(at, candidate);
        best.truncate(10);
    }
}

fn recall(
    snapshot: &kenning_store::codes::CodesSnapshot,
    queries: &[Vec<f32>],
    exact: &[Vec<(f32, u64)>],
) -> Outcome<()> {
    let (mut rounded, mut rescored) = (0, 0);
    for (query, exact) in queries.iter().zip(exact) {
        let scan = snapshot.scan(query, &ScanOptions::best(200))?;
        let found = |best: &[(PassageId, f32)]| {
            let among = |hit: &&(PassageId, f32)| exact.iter().any(|(_, it)| *it == number(hit.0));
            best.iter().take(10).filter(among).count()
        };
        rounded += found(&scan.best);
        let exactly = |passage| Some(dot(query, &vector(number(passage))));
        rescored += found(&rescore(&scan.best, 10, exactly));
    }
    let all = exact.iter().map(Vec::len).sum::<usize>() as f64;
    let (rounded, rescored) = (f64::from(rounded as u32) / all, f64::from(rescored as u32) / all);
    println!("recall@10: {rounded:.4} as scanned, {rescored:.4} with 200 rescored");
    Ok(())
}

/// Gigabytes a second that can be read of as much memory as the matrix takes.
fn bandwidth(bytes: usize, threads: usize) -> f64 {
    let memory = vec![1u64; bytes / 8];
    let mut best = f64::MAX;
    for _ in 0..8 {
        let start = Instant::now();
        std::thread::scope(|scope| {
            for part in memory.chunks(memory.len().div_ceil(threads)) {
                scope.spawn(|| black_box(sum(part)));
            }
        });
        best = best.min(start.elapsed().as_secs_f64());
    }
    bytes as f64 / best / 1e9
}

fn sum(part: &[u64]) -> u64 {
    let mut sums = [0u64; 32];
    for block in part.chunks_exact(32) {
        for at in 0..32 {
            sums[at] = sums[at].wrapping_add(block[at]);
        }
    }
    sums.iter().fold(0, |all, one| all.wrapping_add(*one))
}

/// What the compiler makes of the same product by itself, for any processor.
fn plain_loop(rows: usize) {
    let matrix: Vec<i8> = (0..rows * DIMENSIONS).map(|at| (at * 31 % 251) as i8).collect();
    let query: Vec<i8> = (0..DIMENSIONS).map(|at| (at * 17 % 251) as i8).collect();
    let mut times = Vec::new();
    for _ in 0..10 {
        let start = Instant::now();
        for row in matrix.chunks_exact(DIMENSIONS) {
            let product = row.iter().zip(&query).map(|(a, b)| i32::from(*a) * i32::from(*b));
            black_box(product.sum::<i32>());
        }
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let (median, _) = percentiles(&mut times);
    println!("plain loop, 1 thread: {:.1} GB/s", matrix.len() as f64 / median / 1e6);
}

/// A word of this rank, in one of six alphabets.
fn word(rank: u64) -> String {
    const ALPHABETS: [(char, u64); 6] =
        [('a', 26), ('а', 32), ('α', 17), ('ا', 28), ('一', 3000), ('क', 30)];
    let (first, letters) = ALPHABETS[(rank % 6) as usize];
    let mut word = String::new();
    let mut rest = rank / 6 + 40;
    while rest > 0 {
        word.extend(char::from_u32(first as u32 + (rest % letters) as u32));
        rest /= letters;
    }
    word
}

/// Frequent ranks far more often than rare ones, as words are in a text.
fn rank(chance: &mut Chance) -> u64 {
    const VOCABULARY: f32 = 400_000.0;
    VOCABULARY.powf(chance.part()) as u64 - 1
}

fn words(passages: u64, folder: &Path) -> Outcome<()> {
    let folder = folder.join("words");
    let before = resident();
    let mut words = Words::open(&folder, Check::Quick)?.words;
    let (mut bytes, mut writing) = (0, 0.0);
    for number in 0..passages {
        let mut chance = Chance::new(number + 3);
        let text: Vec<String> = (0..WORDS_PER_PASSAGE).map(|_| word(rank(&mut chance))).collect();
        bytes += text.iter().map(|word| word.len() + 1).sum::<usize>();
        let start = Instant::now();
        let exact = text.iter().map(String::as_str);
        words.add(passage(number), exact.clone(), exact.zip(0..))?;
        if number % 20_000 == 19_999 {
            words.commit(MARK)?;
        }
        writing += start.elapsed().as_secs_f64();
    }
    words.commit(MARK)?;
    let rate = bytes as f64 / writing / 1e6;
    println!("indexed {:.0} MB of words at {rate:.1} MB/s", bytes as f64 / 1e6);
    println!(
        "{} segments, {} MB more memory",
        words.snapshot().segments(),
        megabytes_since(before)
    );
    words.close()?;
    let size = std::fs::read_dir(&folder)?.flatten().flat_map(|entry| entry.metadata());
    let size = size.map(|file| file.len()).sum::<u64>();
    println!("{} MB on disk, {:.0} bytes a passage", size >> 20, size as f64 / passages as f64);
    for check in [Check::Quick, Check::Full] {
        let start = Instant::now();
        let opened = Words::open(&folder, check)?;
        println!("opened, {check:?}, in {:.1?}", start.elapsed());
        if check == Check::Full {
            ask(&opened.words.snapshot(), passages)?;
        }
    }
    println!("{} MB more memory than before the index", megabytes_since(before));
    Ok(())
}

fn query(length: u64, seed: u64) -> WordQuery<'static> {
    let mut chance = Chance::new(seed * 977 + 5);
    let words = (0..length).map(|_| Word::stem(&word(rank(&mut chance))));
    WordQuery { words: words.collect(), ..Default::default() }
}

fn ask(snapshot: &WordsSnapshot, passages: u64) -> Outcome<()> {
    println!("{} segments", snapshot.segments());
    let given: Vec<PassageId> = (0..200).map(|at| passage(at * 7919 % passages)).collect();
    let third = |passage: PassageId| passage.content().0 % 3 == 0;
    for length in [1, 3, 8] {
        let timed = |work: &dyn Fn(u64) -> Outcome<()>| {
            let mut times = Vec::new();
            for seed in 0..200 {
                let start = Instant::now();
                work(seed)?;
                times.push(start.elapsed().as_secs_f64() * 1e3);
            }
            let (median, tail) = percentiles(&mut times);
            Ok::<_, Box<dyn Error>>(format!("p50 {median:.2} ms p95 {tail:.2} ms"))
        };
        let best = timed(&|seed| {
            black_box(snapshot.best(&query(length, seed), 200)?);
            Ok(())
        })?;
        let filtered = timed(&|seed| {
            let query = WordQuery { allowed: Some(&third), ..query(length, seed) };
            black_box(snapshot.best(&query, 200)?);
            Ok(())
        })?;
        let prefix = timed(&|seed| {
            let mut query = query(length, seed);
            if let Some(last) = query.words.last_mut() {
                let beginning = last.stems.concat().chars().take(3).collect();
                *last = Word { prefix: Some(beginning), ..Word::default() };
            }
            black_box(snapshot.best(&query, 200)?);
            Ok(())
        })?;
        let scored = timed(&|seed| {
            black_box(snapshot.score_of(&query(length, seed), &given)?);
            Ok(())
        })?;
        println!(
            "{length} words: best 200 {best}; of a third {filtered}; last a beginning {prefix}; scores of 200 {scored}"
        );
    }
    Ok(())
}

/// The median, and what nineteen of twenty stay below.
fn percentiles(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied().unwrap_or(0.0);
    (at(0.5), at(0.95))
}

fn megabytes_since(before: u64) -> u64 {
    resident().saturating_sub(before) >> 20
}

/// Bytes of memory this process holds, where the system tells.
fn resident() -> u64 {
    let statistics = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statistics.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

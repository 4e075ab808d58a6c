//! The walk over all vectors against what the memory gives, and what rounding them costs.

use std::hint::black_box;
use std::time::Instant;

use kenning_domain::PassageId;
use kenning_engine::Searcher;
use kenning_search::library::Meaning;
use kenning_store::codes::ScanOptions;

use crate::Outcome;
use crate::measured::Times;
use crate::text::Chance;

const ROUNDS: usize = 20;
const ASKED: usize = 50;
const WANTED: usize = 10;
/// As a search does it: so many are scanned out, and so many of them compared exactly.
const SCANNED: usize = 300;
const EXACT: usize = 64;

pub fn table(searcher: &mut Searcher) -> Outcome<()> {
    let snapshot = searcher.snapshot();
    let meaning = snapshot.meaning.as_ref().ok_or("nothing was embedded")?;
    let asked = asked(meaning, searcher)?;
    let bytes = meaning.codes.len() * meaning.codes.dimensions();
    let mut scan = Times::default();
    for vector in asked.iter().cycle().take(ROUNDS) {
        let started = Instant::now();
        black_box(meaning.codes.scan(vector, &ScanOptions::best(SCANNED))?);
        scan.push(started.elapsed());
    }
    let mut memory = Times::default();
    let block = vec![1_u64; bytes / 8];
    for _ in 0..ROUNDS {
        let started = Instant::now();
        black_box(black_box(&block).iter().fold(0_u64, |sum, value| sum.wrapping_add(*value)));
        memory.push(started.elapsed());
    }
    let gigabytes = |milliseconds: f64| bytes as f64 / milliseconds / 1e6;
    // The best of them: whatever else the machine does only adds to a time.
    let (scan, memory) = (scan.at(0.0), memory.at(0.0));
    println!("\n| one thread | ms | GB/s |\n|---|---|---|");
    println!(
        "| scan of {:.0} MB of codes | {scan:.2} | {:.1} |",
        bytes as f64 / 1e6,
        gigabytes(scan)
    );
    println!("| sum of as many bytes | {memory:.2} | {:.1} |", gigabytes(memory));
    println!("| recall@{WANTED} against exact | {:.4} | |", recall(meaning, searcher, &asked)?);
    Ok(())
}

/// Questions near passages, as the model might put them.
fn asked(meaning: &Meaning, searcher: &mut Searcher) -> Outcome<Vec<Vec<f32>>> {
    let mut passages: Vec<PassageId> = meaning.codes.passages().collect();
    passages.sort_unstable();
    let mut chance = Chance::new(99);
    let chosen: Vec<PassageId> =
        (0..ASKED).map(|_| passages[chance.below(passages.len())]).collect();
    let mut asked = Vec::new();
    searcher.truth.read(|view| {
        view.vectors(meaning.space, &chosen, |row| {
            let mut vector = row.vector.to_vec();
            meaning.calibration.shift_document(row.language, &mut vector);
            vector.iter_mut().for_each(|value| *value += 0.04 * (chance.next() as f32 - 0.5));
            asked.push(vector);
        })
    })?;
    Ok(asked)
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// How many of the exactly nearest a search by rounded vectors finds.
fn recall(meaning: &Meaning, searcher: &mut Searcher, asked: &[Vec<f32>]) -> Outcome<f64> {
    let mut exact: Vec<Vec<(f32, PassageId)>> = vec![Vec::new(); asked.len()];
    let mut vector = Vec::new();
    searcher.truth.read(|view| {
        view.each_vector(meaning.space, |row| {
            vector.clear();
            vector.extend_from_slice(row.vector);
            meaning.calibration.shift_document(row.language, &mut vector);
            for (question, best) in asked.iter().zip(&mut exact) {
                let near = dot(question, &vector);
                if best.len() < WANTED || best[WANTED - 1].0 < near {
                    let at = best.partition_point(|known| known.0 >= near);
                    best.insert(at, (near, row.passage));
                    best.truncate(WANTED);
                }
            }
        })
    })?;
    let mut found = 0;
    for (question, best) in asked.iter().zip(&exact) {
        let scanned = meaning.codes.scan(question, &ScanOptions::best(SCANNED))?;
        let mut near: std::collections::HashMap<PassageId, f32> = Default::default();
        let first: Vec<PassageId> = scanned.iter().take(EXACT).map(|one| one.0).collect();
        searcher.truth.read(|view| {
            view.vectors(meaning.space, &first, |row| {
                let mut vector = row.vector.to_vec();
                meaning.calibration.shift_document(row.language, &mut vector);
                near.insert(row.passage, dot(question, &vector));
            })
        })?;
        let mut ours = scanned;
        for (passage, similarity) in &mut ours {
            *similarity = near.get(passage).copied().unwrap_or(*similarity);
        }
        ours.sort_by(|one, other| other.1.total_cmp(&one.1));
        ours.truncate(WANTED);
        found += best.iter().filter(|(_, one)| ours.iter().any(|(own, _)| own == one)).count();
    }
    Ok(found as f64 / (asked.len() * WANTED) as f64)
}

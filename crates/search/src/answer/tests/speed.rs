//! How long searches take. Asked for by name, since it takes a while:
//! `cargo test --release -p kenning-search -- --ignored --nocapture speed`

#![allow(clippy::print_stdout, reason = "it is there to print")]

use std::time::{Duration, Instant};

use super::library::{Document, Fake, Library, document};
use super::*;

/// Passages in each document.
const PASSAGES: usize = 5;
/// Words in each passage, and in the whole library.
const WORDS: usize = 120;
const VOCABULARY: f64 = 200_000.0;

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Few words are frequent and many are rare.
    fn word(&mut self) -> String {
        let rank = VOCABULARY.powf(self.next()) as u64;
        let mut left = rank.wrapping_mul(2_654_435_761) % 10_000_019;
        let mut word = String::new();
        for _ in 0..2 + rank.min(2) {
            word.push_str(["ba", "ke", "li", "mo", "nu", "ra", "se", "ti"][(left % 8) as usize]);
            left /= 8;
        }
        word
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

fn documents(passages: usize) -> Vec<Document> {
    let mut chance = Chance(7);
    let made = (0..passages / PASSAGES).map(|number| {
        let parts: Vec<String> = (0..PASSAGES).map(|_| chance.words(WORDS)).collect();
        let path = format!("home/{}/{number} {}.md", number % 50, chance.word());
        let language = ["en", "de", "fr", "ru"][number % 4];
        document(path.leak(), language, parts.join("\n\n").leak())
    });
    made.collect()
}

/// How long this thread has had a processor to itself, where the system tells.
fn work() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// On one thread, so that what the machine does besides does not count.
fn measure(name: &str, library: &mut Library, ask: impl Fn(String) -> Question) {
    let mut chance = Chance(11);
    let fake = Fake::new();
    let models = Models { embed: Some(&fake), rerank: None };
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..200 {
        let mut question = ask(chance.words(4));
        question.tuning.threads = Some(1);
        let (started, worked) = (Instant::now(), work());
        let told = ask_with(library, &question, models);
        let worked = work().zip(worked).map(|(now, before)| now.saturating_sub(before));
        times.push(worked.unwrap_or_else(|| started.elapsed()));
        assert!(!told.is_empty());
    }
    times.sort();
    println!("{name:32} p50 {:>9.2?}  p95 {:>9.2?}", times[100], times[190]);
}

#[test]
#[ignore = "takes minutes"]
fn speed() {
    let passages = std::env::var("PASSAGES").ok().and_then(|number| number.parse().ok());
    let passages: usize = passages.unwrap_or(100_000);
    let started = Instant::now();
    let mut library = Library::of(&documents(passages));
    println!("{passages} passages made in {:.1?}", started.elapsed());
    let hybrid = |raw: String| Question::new(raw);
    measure("words", &mut library, |raw| typed(&raw, Pipeline::Words));
    measure("meaning", &mut library, |raw| typed(&raw, Pipeline::Meaning));
    measure("words, then words and meaning", &mut library, hybrid);
    measure("the same with in:", &mut library, |raw| hybrid(format!("{raw} in:home/17/")));
    measure("the same with type: and lang:", &mut library, |raw| {
        hybrid(format!("{raw} type:md lang:de"))
    });
    measure("the same with a word left out", &mut library, |raw| hybrid(format!("{raw} -bakeli")));
    measure("the same with topics", &mut library, |raw| Question {
        topics: Some(Vec::new()),
        ..hybrid(raw)
    });
}

//! Searches of each kind, their excerpts and topics, and what they need of memory.

use std::collections::HashMap;
use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use kenning_domain::{Cancel, Embed, Embedded, ModelError, Overlong, Role};
use kenning_engine::Searcher;
use kenning_engine::answer::{self, Models, Pipeline, Question, Told};
use kenning_search::{LONGEST_EXCERPT, Query, excerpt};
use kenning_store::PassageText;
use kenning_words::query_terms;

use crate::Outcome;
use crate::text::{Chance, TONGUES, TOPICS};

/// Searches of each kind.
const ROUNDS: usize = 200;
const WORDS: usize = 4;

/// How long this thread has had a processor to itself, where the system tells. It is told in steps of
/// some milliseconds, so that only the mean over many searches says anything.
pub fn work() -> Option<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Times of one thing, of which the middle and the worst of twenty are told.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub fn at(&mut self, share: f64) -> f64 {
        self.0.sort();
        let at = (self.0.len() as f64 * share) as usize;
        self.0.get(at).or(self.0.last()).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }

    fn cells(&mut self) -> String {
        format!("{:.1} | {:.1}", self.at(0.5), self.at(0.95))
    }

    fn mean(&self) -> String {
        if self.0.is_empty() {
            return "–".to_owned();
        }
        let all: Duration = self.0.iter().sum();
        format!("{:.1}", all.as_secs_f64() * 1e3 / self.0.len() as f64)
    }
}

/// Answers with what the model said before, so that a search can be measured without it.
struct Known(Mutex<HashMap<String, Vec<f32>>>, usize);

impl Embed for Known {
    fn dimensions(&self) -> usize {
        self.1
    }

    fn embed(
        &self,
        texts: &[&str],
        _: Role<'_>,
        _: Option<usize>,
        _: Overlong,
    ) -> Result<Embedded, ModelError> {
        let known = self.0.lock().map_err(|_| ModelError::Gone)?;
        let vector = |text: &&str| known.get(*text).cloned().unwrap_or_default();
        Ok(Embedded { vectors: texts.iter().map(vector).collect(), ..Embedded::default() })
    }
}

fn typed() -> Vec<String> {
    let mut chance = Chance::new(1 << 40);
    let words = |round: usize| {
        let topic = chance.below(TOPICS);
        chance.words(&TONGUES[round % TONGUES.len()], topic, WORDS)
    };
    (0..ROUNDS).map(words).collect()
}

pub fn searches(searcher: &mut Searcher) -> Outcome<()> {
    let snapshot = searcher.snapshot();
    let meaning = snapshot.meaning.as_ref().ok_or("nothing was embedded")?;
    let embedder = searcher.embedder(meaning.space)?.ok_or("there is no model")?;
    let typed = typed();
    println!("| | clock p50 ms | p95 ms | work ms |\n|---|---|---|---|");
    let known = embedding(&*embedder, &typed)?;
    let mut bench = Bench { searcher, known, typed };
    let hybrid = |raw: String| Question::new(raw);
    bench.row("words", &|raw| Question { pipeline: Pipeline::Words, ..Question::new(raw) })?;
    bench.row("words and meaning at once", &|raw| Question { is_patient: true, ..hybrid(raw) })?;
    bench.row("words, then words and meaning", &hybrid)?;
    bench.row("the same with `in:`", &|raw| hybrid(format!("{raw} in:2/")))?;
    bench.row("the same with `type:` and `lang:`", &|raw| {
        hybrid(format!("{raw} type:pdf lang:de"))
    })?;
    bench.row("the same with a word left out", &|raw| hybrid(format!("{raw} -nding")))?;
    bench
        .row("the same with topics", &|raw| Question { topics: Some(Vec::new()), ..hybrid(raw) })?;
    bench.excerpts()?;
    println!("\nResident with the model: {}", memory());
    Ok(())
}

fn embedding(embedder: &dyn Embed, typed: &[String]) -> Outcome<Known> {
    let mut known = HashMap::new();
    let mut times = Times::default();
    for raw in typed {
        let text = Query::parse(raw).meaning();
        let started = Instant::now();
        let made = embedder.embed(&[&text], Role::QUERY, None, Overlong::Truncate)?;
        times.push(started.elapsed());
        known.extend(made.vectors.into_iter().map(|vector| (text.clone(), vector)));
    }
    println!("| the question's embedding | {} | – |", times.cells());
    Ok(Known(Mutex::new(known), embedder.dimensions()))
}

struct Bench<'a> {
    searcher: &'a mut Searcher,
    known: Known,
    typed: Vec<String>,
}

/// When something was told, and how much this thread had worked by then.
struct Heard {
    told: Told,
    at: Instant,
    work: Option<Duration>,
}

impl Bench<'_> {
    fn ask(&mut self, question: &Question) -> Outcome<Vec<Heard>> {
        let models = Models { embed: Some(&self.known), rerank: None };
        let mut heard = Vec::new();
        let mut tell = |told| heard.push(Heard { told, at: Instant::now(), work: work() });
        let snapshot = self.searcher.snapshot();
        let truth = &mut self.searcher.truth;
        answer::answer(question, &snapshot, truth, models, &Cancel::default(), &mut tell)?;
        Ok(heard)
    }

    /// Times until the last answer, and where they are asked for, from there to the topics.
    fn row(&mut self, name: &str, question: &dyn Fn(String) -> Question) -> Outcome<()> {
        let mut clock = [Times::default(), Times::default()];
        let mut worked = [Times::default(), Times::default()];
        for raw in self.typed.clone() {
            let mut question = question(raw);
            for threads in [None, Some(1)] {
                question.tuning.threads = threads;
                let (mut started, mut before) = (Instant::now(), work());
                for heard in self.ask(&question)? {
                    let which = match &heard.told {
                        Told::Answer(answer) if !answer.is_last => continue,
                        Told::Answer(_) => 0,
                        Told::Topics(_) => 1,
                    };
                    match (threads, heard.work.zip(before)) {
                        (None, _) => clock[which].push(heard.at - started),
                        (Some(_), Some((now, then))) => worked[which].push(now - then),
                        (Some(_), None) => {}
                    }
                    (started, before) = (heard.at, heard.work);
                }
            }
        }
        println!("| {name} | {} | {} |", clock[0].cells(), worked[0].mean());
        if !clock[1].0.is_empty() {
            println!(
                "| … from the answer to its topics | {} | {} |",
                clock[1].cells(),
                worked[1].mean()
            );
        }
        Ok(())
    }

    /// The excerpts of a page of hits, of their best passages.
    fn excerpts(&mut self) -> Outcome<()> {
        let (mut clock, mut worked) = (Times::default(), Times::default());
        for raw in self.typed.clone() {
            let heard = self.ask(&Question::new(raw.clone()))?;
            let last = heard.into_iter().rev().find_map(|heard| match heard.told {
                Told::Answer(answer) => Some(answer),
                Told::Topics(_) => None,
            });
            let hits = last.map(|answer| answer.hits).unwrap_or_default();
            let best = hits.iter().filter_map(|hit| Some(hit.passages.first()?.id));
            let best: Vec<_> = best.collect();
            let texts = self.searcher.truth.read(|view| view.passage_texts(&best))?;
            let words = query_terms(&raw, &[]);
            let (started, before) = (Instant::now(), work());
            for PassageText { passage, text, .. } in &texts {
                let language = passage.language.map(|language| language.tag);
                std::hint::black_box(excerpt(text, language, &words, None, LONGEST_EXCERPT));
            }
            clock.push(started.elapsed());
            worked.extend_by(before);
        }
        println!("| excerpts of twenty passages | {} | {} |", clock.cells(), worked.mean());
        Ok(())
    }
}

impl Times {
    fn extend_by(&mut self, before: Option<Duration>) {
        self.0.extend(work().zip(before).map(|(now, then)| now - then));
    }
}

/// What the system says of this process.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let told = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let pages = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        pages.map_or("?".to_owned(), |kibibytes| format!("{:.0} MB", kibibytes * 1.024e-3))
    };
    format!(
        "{}, of which {} its own and {} of files",
        told("VmRSS:"),
        told("RssAnon:"),
        told("RssFile:")
    )
}

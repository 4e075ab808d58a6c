//! The soak: a library that is searched without a pause while its folder changes without end, and what
//! its process holds meanwhile.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kenning_domain::Cancel;
use kenning_engine::answer::{Models, Question, Told, answer};
use kenning_engine::{Access, Library, Rest, Rules, Searcher};

use super::child::Keeping;
use super::disorder::{Disorder, mark_of};
use super::sound::{Compared, compare};
use crate::made::SENTENCES;
use crate::made::damage::Chance;

pub struct Soak {
    /// What reads files.
    pub program: PathBuf,
    /// An empty folder to work in.
    pub root: PathBuf,
    pub time: Duration,
    pub between_samples: Duration,
    pub between_checks: Duration,
    pub files: usize,
    pub seed: u64,
}

/// What the process held at one moment.
#[derive(Clone, Copy, Debug)]
struct Sample {
    seconds: f64,
    /// All that is resident, and what of it is no file's, in megabytes.
    resident: f64,
    own: f64,
    handles: f64,
    threads: f64,
}

/// Something that was sampled, and what it may grow by: so much of itself, or so much at all.
struct Measured {
    name: &'static str,
    of: fn(&Sample) -> f64,
    share: f64,
    least: f64,
}

const MEASURED: [Measured; 4] = [
    Measured { name: "resident MB", of: |s| s.resident, share: 0.05, least: 8.0 },
    Measured { name: "of it no file's, MB", of: |s| s.own, share: 0.05, least: 8.0 },
    Measured { name: "handles", of: |s| s.handles, share: 0.05, least: 4.0 },
    Measured { name: "threads", of: |s| s.threads, share: 0.05, least: 3.0 },
];

/// With fewer samples nothing can be said of growth.
const FEWEST: usize = 20;

#[derive(Default)]
pub struct Soaked {
    samples: Vec<Sample>,
    changes: u64,
    queries: u64,
    hits: u64,
    slowest: Duration,
    checks: usize,
    compared: Compared,
    pub wrong: Vec<String>,
}

/// What several threads count.
#[derive(Default)]
struct Counts {
    ends: AtomicBool,
    /// Set while the library is looked at.
    holds: AtomicBool,
    queries: AtomicU64,
    hits: AtomicU64,
    slowest: AtomicU64,
    failed: Mutex<Vec<String>>,
}

pub fn soak(plan: &Soak) -> Soaked {
    let (home, folder) = (plan.root.join("home"), plan.root.join("files"));
    let keeping = Keeping { program: plan.program.clone(), home, folder, model: "a".to_owned() };
    let mut disorder = Disorder::new(&keeping.folder, plan.files, plan.seed);
    disorder.fill();
    let library = keeping.open(Access::Write).unwrap();
    library.add_folder(&keeping.folder, Rules::default()).unwrap();
    library.wait_until_idle();
    let (counts, disorder) = (Counts::default(), Mutex::new(disorder));
    let mut soaked = Soaked::default();
    std::thread::scope(|scope| {
        scope.spawn(|| disturb(&counts, &disorder));
        for seed in [1, 2] {
            let (searcher, folder) = (library.searcher().unwrap(), &keeping.folder);
            let (counts, seed) = (&counts, plan.seed + seed);
            scope.spawn(move || ask(counts, searcher, folder, seed));
        }
        watch(plan, &keeping, &library, &counts, &disorder, &mut soaked);
        counts.ends.store(true, Ordering::Relaxed);
    });
    soaked.changes = disorder.into_inner().unwrap().total();
    soaked.queries = counts.queries.into_inner();
    soaked.hits = counts.hits.into_inner();
    soaked.slowest = Duration::from_micros(counts.slowest.into_inner());
    soaked.wrong.extend(counts.failed.into_inner().unwrap());
    soaked.judge();
    soaked
}

/// Some twenty changes each second, often several at once.
fn disturb(counts: &Counts, disorder: &Mutex<Disorder>) {
    while !counts.ends.load(Ordering::Relaxed) {
        let mut disorder = disorder.lock().unwrap();
        if counts.holds.load(Ordering::Relaxed) {
            drop(disorder);
            std::thread::sleep(Duration::from_millis(20));
            continue;
        }
        for _ in 0..disorder.chance().below(8) {
            disorder.step();
        }
        let pause = Duration::from_millis(disorder.chance().below(350) as u64);
        drop(disorder);
        std::thread::sleep(pause);
    }
}

/// Asks without end; of four questions one is for a word that a file has, or had a moment ago.
fn ask(counts: &Counts, mut searcher: Searcher, folder: &Path, seed: u64) {
    let mut chance = Chance::new(seed);
    while !counts.ends.load(Ordering::Relaxed) {
        let text = match chance.below(4) {
            0 => some_mark(folder, &mut chance).unwrap_or_default(),
            1 => format!("\"{}\"", SENTENCES[chance.below(SENTENCES.len())]),
            _ => SENTENCES[chance.below(SENTENCES.len())].to_owned(),
        };
        let asked = Instant::now();
        match hits(&text, &mut searcher) {
            Ok(hits) => drop(counts.hits.fetch_add(hits, Ordering::Relaxed)),
            Err(error) => {
                counts.failed.lock().unwrap().push(format!("the question {text:?}: {error}"));
            }
        }
        let took = asked.elapsed();
        counts.slowest.fetch_max(took.as_micros() as u64, Ordering::Relaxed);
        counts.queries.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(chance.below(120) as u64));
    }
}

fn hits(text: &str, searcher: &mut Searcher) -> Result<u64, String> {
    let snapshot = searcher.snapshot();
    let space = snapshot.meaning.as_ref().map(|meaning| meaning.space);
    let embed = space.map_or(Ok(None), |space| searcher.embedder(space));
    let embed = embed.map_err(|error| error.to_string())?;
    let models = Models { embed: embed.as_deref(), rerank: None };
    let (mut question, mut found) = (Question::new(text), 0);
    question.topics = Some(Vec::new());
    let done = answer(
        &question,
        &snapshot,
        &mut searcher.truth,
        models,
        &Cancel::default(),
        &mut |told| match told {
            Told::Answer(answer) => found = answer.hits.len() as u64,
            Told::Topics(_) => {}
        },
    );
    done.map(|()| found).map_err(|error| error.to_string())
}

/// Read while others change everything, so that there may be none.
fn some_mark(folder: &Path, chance: &mut Chance) -> Option<String> {
    let folders: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|e| e.path()).collect();
    let within = fs::read_dir(folders.get(chance.below(folders.len()))?).ok()?;
    let files: Vec<PathBuf> = within.flatten().map(|entry| entry.path()).collect();
    mark_of(&fs::read(files.get(chance.below(files.len()))?).ok()?)
}

/// Samples, and from time to time lets everything come to rest and looks at it; at the end too.
fn watch(
    plan: &Soak,
    keeping: &Keeping,
    library: &Library,
    counts: &Counts,
    disorder: &Mutex<Disorder>,
    soaked: &mut Soaked,
) {
    let started = Instant::now();
    let (mut next_sample, mut next_check) = (plan.between_samples, plan.between_checks);
    while started.elapsed() < plan.time {
        std::thread::sleep(Duration::from_millis(50));
        let now = started.elapsed();
        if now >= next_sample {
            next_sample = now + plan.between_samples;
            let sample = Sample::take(now.as_secs_f64());
            eprintln!("{sample:?}");
            soaked.samples.push(sample);
        }
        if now >= next_check {
            next_check = now + plan.between_checks;
            counts.holds.store(true, Ordering::Relaxed);
            let gone = disorder.lock().unwrap().gone(60);
            soaked.look(keeping, library, &gone);
            counts.holds.store(false, Ordering::Relaxed);
        }
    }
    counts.holds.store(true, Ordering::Relaxed);
    let gone = disorder.lock().unwrap().gone(60);
    soaked.look(keeping, library, &gone);
}

impl Sample {
    fn take(seconds: f64) -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
            value.unwrap_or(0.0)
        };
        let handles = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count) as f64;
        let (resident, own) = (field("VmRSS:") / 1024.0, field("RssAnon:") / 1024.0);
        Self { seconds, resident, own, handles, threads: field("Threads:") }
    }
}

impl Soaked {
    fn look(&mut self, keeping: &Keeping, library: &Library, gone: &[String]) {
        let rest = library.look_again().map(|()| library.wait_until_idle());
        if !matches!(rest, Ok(Rest::Done)) {
            self.wrong.push(format!("it does not come to rest: {rest:?}"));
        }
        self.checks += 1;
        match compare(&keeping.folder, &mut library.searcher().unwrap(), gone) {
            Ok(compared) => self.compared = compared,
            Err(wrong) => self.wrong.extend(wrong),
        }
    }

    /// The samples of the second half, when everything that fills once has been filled.
    fn second_half(&self) -> &[Sample] {
        &self.samples[self.samples.len() / 2..]
    }

    fn judge(&mut self) {
        if self.second_half().len() < FEWEST {
            return;
        }
        for measured in &MEASURED {
            let line = self.line(measured);
            if line.is_growth(measured.least, measured.share) {
                let Line { growth, error, .. } = line;
                let name = measured.name;
                self.wrong.push(format!("{name}: grew by {growth:.1} ± {error:.1}"));
            }
        }
    }

    fn line(&self, measured: &Measured) -> Line {
        let point = |sample: &Sample| (sample.seconds, (measured.of)(sample));
        Line::through(&self.second_half().iter().map(point).collect::<Vec<_>>())
    }
}

/// The straight line that fits points best, by least squares: what it rises by from the first point to
/// the last, and how uncertain that is by the scatter around it.
pub struct Line {
    pub mean: f64,
    pub growth: f64,
    pub error: f64,
}

impl Line {
    pub fn through(points: &[(f64, f64)]) -> Self {
        let count = points.len().max(1) as f64;
        let mean = points.iter().map(|(_, value)| value).sum::<f64>() / count;
        let middle = points.iter().map(|(time, _)| time).sum::<f64>() / count;
        let spread: f64 = points.iter().map(|(time, _)| (time - middle).powi(2)).sum();
        let shared = points.iter().map(|(time, value)| (time - middle) * (value - mean));
        let slope = shared.sum::<f64>() / spread.max(f64::MIN_POSITIVE);
        let off = |(time, value): &(f64, f64)| value - mean - slope * (time - middle);
        let scatter: f64 = points.iter().map(|point| off(point).powi(2)).sum();
        let error = (scatter / (count - 2.0).max(1.0) / spread.max(f64::MIN_POSITIVE)).sqrt();
        let time = |point: Option<&(f64, f64)>| point.map_or(0.0, |(time, _)| *time);
        let length = time(points.last()) - time(points.first());
        Self { mean, growth: slope * length, error: error * length }
    }

    /// More than chance would have it, and more than matters: than `least`, and than a share of all.
    pub fn is_growth(&self, least: f64, share: f64) -> bool {
        self.growth > least.max(self.mean * share) && self.growth > 3.0 * self.error
    }
}

impl fmt::Display for Soaked {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compared { files, contents, passages } = self.compared;
        writeln!(to, "| | |\n|---|--:|")?;
        writeln!(to, "| changes to files | {} |", self.changes)?;
        writeln!(to, "| questions | {} |", self.queries)?;
        writeln!(to, "| hits | {} |", self.hits)?;
        writeln!(to, "| slowest question | {:.0} ms |", self.slowest.as_secs_f64() * 1e3)?;
        writeln!(to, "| let come to rest and compared | {} |", self.checks)?;
        writeln!(to, "| files, contents, passages at last | {files}, {contents}, {passages} |")?;
        writeln!(to, "| samples | {} |", self.samples.len())?;
        writeln!(to, "| wrong | {} |", self.wrong.len())?;
        writeln!(to, "\n| second half | least | mean | most | growth | ± |")?;
        writeln!(to, "|---|--:|--:|--:|--:|--:|")?;
        let half = self.second_half();
        for measured in &MEASURED {
            let Line { mean, growth, error } = self.line(measured);
            let Measured { name, of, .. } = measured;
            let least = half.iter().map(of).fold(f64::INFINITY, f64::min);
            let most = half.iter().map(of).fold(0.0, f64::max);
            writeln!(
                to,
                "| {name} | {least:.1} | {mean:.1} | {most:.1} | {growth:+.1} | {error:.1} |"
            )?;
        }
        writeln!(to, "\n| at minute | resident MB | no file's | handles | threads |")?;
        writeln!(to, "|--:|--:|--:|--:|--:|")?;
        let every = self.samples.len().div_ceil(12).max(1);
        for sample in self.samples.iter().step_by(every) {
            let Sample { seconds, resident, own, handles, threads } = sample;
            let minute = seconds / 60.0;
            writeln!(to, "| {minute:.1} | {resident:.1} | {own:.1} | {handles} | {threads} |")?;
        }
        Ok(())
    }
}

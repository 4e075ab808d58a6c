//! The long form of the test with damaged copies: as many as are wanted, of the files that the tests
//! make or of those in a folder, with a table of what came of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kenning_documents::{Outcome, Pool, PoolLimits, Program, Quarantine, Refusal};
use kenning_tests::made::damage::{Chance, spliced};
use kenning_tests::made::{Sound, sound};

/// Larger files take long to copy and do not break in other ways.
const LARGEST: u64 = 4 << 20;
const WORKERS: usize = 2;

/// What came of the copies of one format.
#[derive(Default)]
struct Row {
    whole: usize,
    partial: usize,
    refused: usize,
    panicked: usize,
    killed: usize,
    slowest: (Duration, String),
    /// The most memory that a worker held at any time.
    memory: u64,
}

/// Makes and reads so many copies. Those that cost a worker, or made a reader panic, are kept in
/// `keep`. Returns whether there were none.
pub fn run(count: usize, folder: Option<&Path>, keep: &Path) -> bool {
    fs::create_dir_all(keep).unwrap();
    let files = folder.map_or_else(sound, found);
    assert!(!files.is_empty(), "there is no file to copy");
    let mut formats: BTreeMap<String, Vec<&Sound>> = BTreeMap::new();
    for file in &files {
        formats.entry(file.format.clone()).or_default().push(file);
    }
    println!(
        "{:<14} {:>7} {:>7} {:>7} {:>8} {:>8} {:>6} {:>8} {:>7}  slowest",
        "format", "copies", "whole", "partial", "refused", "panicked", "killed", "slow ms", "MB"
    );
    let mut sum = Row::default();
    for (format, of) in formats {
        let row = Copies { all: &files, of: &of, keep }.read(count * of.len() / files.len());
        print(&format, &row);
        sum.add(row);
    }
    print("all", &sum);
    sum.panicked + sum.killed == 0
}

fn print(format: &str, row: &Row) {
    let copies = row.whole + row.partial + row.refused + row.panicked + row.killed;
    println!(
        "{format:<14} {copies:>7} {:>7} {:>7} {:>8} {:>8} {:>6} {:>8} {:>7}  {}",
        row.whole,
        row.partial,
        row.refused,
        row.panicked,
        row.killed,
        row.slowest.0.as_millis(),
        row.memory >> 20,
        row.slowest.1,
    );
}

impl Row {
    fn add(&mut self, other: Self) {
        self.whole += other.whole;
        self.partial += other.partial;
        self.refused += other.refused;
        self.panicked += other.panicked;
        self.killed += other.killed;
        self.memory = self.memory.max(other.memory);
        if other.slowest.0 > self.slowest.0 {
            self.slowest = other.slowest;
        }
    }
}

struct Copies<'a> {
    all: &'a [Sound],
    of: &'a [&'a Sound],
    keep: &'a Path,
}

impl Copies<'_> {
    fn read(&self, count: usize) -> Row {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::current(["worker".into()]).unwrap();
        let total = Duration::from_secs(60);
        let limits = PoolLimits { silence: total / 2, total, ..PoolLimits::default() };
        let pool = Pool::new(program, WORKERS, limits, Quarantine::default());
        let (row, next) = (Mutex::new(Row::default()), AtomicUsize::new(0));
        let (ended, memory) = (AtomicBool::new(false), Mutex::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    let mut most = memory.lock().unwrap();
                    *most = held_by_children().max(*most);
                    drop(most);
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
            let work = || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let came = self.read_one(number, &pool, folder.path());
                    row.lock().unwrap().add(came);
                }
            };
            let threads: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            ended.store(true, Ordering::Relaxed);
        });
        let memory = memory.into_inner().unwrap();
        Row { memory, ..row.into_inner().unwrap() }
    }

    fn read_one(&self, number: usize, pool: &Pool, folder: &Path) -> Row {
        let file = self.of[number % self.of.len()];
        let seed = (number / self.of.len()) as u64;
        let bytes = match seed % 5 {
            4 => {
                let mut chance = Chance::new(number as u64);
                let other = &self.all[chance.below(self.all.len())];
                spliced(&file.bytes(), &other.bytes(), &mut chance)
            }
            _ => file.damaged_copy(seed),
        };
        let name = format!("{seed} {}", file.name);
        let path = folder.join(&name);
        fs::write(&path, &bytes).unwrap();
        let started = Instant::now();
        let outcome = pool.extract(&path);
        let mut row = Row { slowest: (started.elapsed(), name), ..Row::default() };
        let (count, complaint) = match &outcome {
            Outcome::Done(document) if document.partial.is_none() => (&mut row.whole, None),
            Outcome::Done(_) => (&mut row.partial, None),
            Outcome::Refused(Refusal::Damaged { reason }) if reason.contains("reader failed") => {
                (&mut row.panicked, Some(reason.clone()))
            }
            Outcome::Refused(_) => (&mut row.refused, None),
            other => (&mut row.killed, Some(format!("{other:?}"))),
        };
        *count += 1;
        if let Some(complaint) = complaint {
            println!("{}: {complaint}", row.slowest.1);
            fs::copy(&path, self.keep.join(&row.slowest.1)).unwrap();
        }
        fs::remove_file(&path).unwrap();
        row
    }
}

/// The files of a folder and of those in it.
fn found(folder: &Path) -> Vec<Sound> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        if path.is_dir() {
            return found(&path);
        }
        let is_small = path.metadata().is_ok_and(|about| about.is_file() && about.len() <= LARGEST);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = if is_small { fs::read(&path).unwrap_or_default() } else { Vec::new() };
        if bytes.is_empty() { Vec::new() } else { vec![Sound::found(&name, bytes)] }
    };
    paths.into_iter().flat_map(read).collect()
}

/// The most that one of the processes started here has held at any time.
fn held_by_children() -> u64 {
    let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
    let children =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let held = |child: &str| {
        let status = fs::read_to_string(format!("/proc/{child}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let most = |children: String| children.split_whitespace().filter_map(held).max();
    children.filter_map(most).max().unwrap_or(0) << 10
}

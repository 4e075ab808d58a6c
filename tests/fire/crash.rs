//! The crash test: a keeper is killed at random instants and at every named point while its folder
//! changes, and what it left is made good by the next, which is held against the disk.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kenning_engine::Access;
use kenning_store::fail::POINTS;

use super::child::{Child, Heard, Keeping};
use super::disorder::{Disorder, KINDS};
use super::sound::{Compared, compare};

/// How much is to be done.
pub struct Crash {
    /// What keepers are started from.
    pub program: PathBuf,
    /// An empty folder to work in.
    pub root: PathBuf,
    pub seed: u64,
    /// About how many files there are at any time.
    pub files: usize,
    pub kills: usize,
    /// After so many kills the library is let come to rest, and is looked at.
    pub kills_between_checks: usize,
    /// At which passings of every named point the process ends.
    pub passings: Vec<u64>,
}

/// What was done, and what came of it.
#[derive(Default)]
pub struct Tally {
    pub kills: usize,
    /// For each named point, at which passings the process ended there.
    pub points: BTreeMap<&'static str, Vec<u64>>,
    pub checks: usize,
    pub compared: Compared,
    /// From the start after a kill to everything being at rest and compared.
    pub slowest: Duration,
    pub took: Duration,
    pub done: Vec<(&'static str, u64)>,
    /// What was found wrong, with the number of the kill before it.
    pub wrong: Vec<String>,
}

/// Words have their own reasons to be made anew that are no damage.
const NO_DAMAGE: [&str; 2] = ["was not finished", "were forgotten"];

pub fn crash(plan: &Crash) -> Tally {
    let mut run = Run::new(plan);
    let started = Instant::now();
    run.kill_at_random();
    for point in POINTS {
        for passing in &plan.passings {
            run.kill_at(point, *passing);
        }
    }
    run.tally.took = started.elapsed();
    run.tally.done = KINDS.into_iter().zip(run.disorder.done).collect();
    let log = fs::read_to_string(run.log()).unwrap_or_default();
    let panics = log.lines().filter(|line| line.contains("panicked"));
    run.tally.wrong.extend(panics.map(|line| format!("in the log: {line}")));
    run.tally
}

struct Run<'a> {
    plan: &'a Crash,
    keeping: Keeping,
    disorder: Disorder,
    tally: Tally,
    /// What ended the keeper before the one that runs.
    before: String,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Crash) -> Self {
        let folder = plan.root.join("files");
        let mut disorder = Disorder::new(&folder, plan.files, plan.seed);
        disorder.fill();
        let (program, home) = (plan.program.clone(), plan.root.join("home"));
        let keeping = Keeping { program, home, folder, model: "a".to_owned() };
        Self { plan, keeping, disorder, tally: Tally::default(), before: "nothing".to_owned() }
    }

    fn log(&self) -> PathBuf {
        self.plan.root.join("log.txt")
    }

    fn start(&self, point: Option<&str>) -> Child {
        Child::start(&self.keeping, point, &self.log())
    }

    /// Changes the folder for so long.
    fn disturb(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            for _ in 0..self.disorder.chance().below(4) {
                self.disorder.step();
            }
            let pause = Duration::from_millis(self.disorder.chance().below(25) as u64);
            std::thread::sleep(pause.min(end.saturating_duration_since(Instant::now())));
        }
    }

    fn kill_at_random(&mut self) {
        while self.tally.kills < self.plan.kills {
            let mut keeper = self.start(None);
            // Short times and long ones alike: much happens at the beginning.
            let most = 1 << (2 + self.disorder.chance().below(9));
            let time = Duration::from_millis(self.disorder.chance().below(most) as u64);
            self.disturb(time);
            self.before = format!("kill {} after {time:?}", self.tally.kills + 1);
            keeper.kill();
            self.tally.kills += 1;
            if self.tally.kills.is_multiple_of(self.plan.kills_between_checks) {
                self.look(&[]);
            }
        }
        self.look(&[]);
    }

    /// Has the process end by itself where it passes a point for the n-th time.
    fn kill_at(&mut self, point: &'static str, passing: u64) {
        let expected = self.prepare(point);
        let mut keeper = self.start(Some(&format!("{point}:{passing}")));
        self.disturb(Duration::from_millis(80));
        let other = if self.keeping.model == "a" { "b" } else { "a" };
        let works = [
            ("check".to_owned(), "compared"),
            (format!("model {other}"), "taken up"),
            ("check".to_owned(), "compared"),
            ("close".to_owned(), "closed"),
        ];
        for (what, answer) in works {
            keeper.tell(&what);
            match keeper.hear(answer) {
                Heard::Ended => break,
                Heard::Nothing => {
                    self.tell_wrong(&format!("{point} is waited for, and nothing is said"));
                    keeper.kill();
                    break;
                }
                Heard::Said(lines) => self.take(&lines, expected),
            }
            if answer == "compared" {
                self.disturb(Duration::from_millis(40));
            } else if answer == "taken up" {
                self.keeping.model = other.to_owned();
            }
        }
        let reached = !keeper.wait().success();
        let passings = self.tally.points.entry(point).or_default();
        if reached {
            passings.push(passing);
        } else if passing == 1 {
            self.tally.wrong.push(format!("{point} was never passed"));
        }
        self.before = format!("passing {passing} of {point}");
        self.look(expected);
    }

    /// Some points are passed only where something is damaged, or where there is nothing yet. What
    /// the next keeper may have to tell of because of that.
    fn prepare(&mut self, point: &str) -> &'static [&'static str] {
        let home = &self.keeping.home;
        if point.ends_with("migration") {
            fs::remove_dir_all(home).unwrap();
        } else if point.starts_with("words.anew") {
            self.close_well();
            fs::write(self.keeping.home.join("words/meta.json"), "{").unwrap();
            return &["word index"];
        } else if point.starts_with("repair") {
            self.close_well();
            let home = &self.keeping.home;
            let mut file = File::options().write(true).open(home.join("kenning.db")).unwrap();
            file.seek(SeekFrom::Start(8 * 4096)).unwrap();
            file.write_all(&[0xa5; 4 * 4096]).unwrap();
            fs::write(home.join("lock"), "process 1").unwrap();
            return &["database", "word index", "vectors"];
        }
        &[]
    }

    /// So that everything lies in the files that are damaged next.
    fn close_well(&mut self) {
        let mut keeper = self.start(None);
        keeper.tell("close");
        let closed = keeper.hear("closed");
        if !matches!(closed, Heard::Said(_)) || !keeper.wait().success() {
            self.tally.wrong.push(format!("after {} it does not close", self.before));
        }
    }

    /// Lets a keeper make everything good, and compares; then it is closed, or killed at rest.
    fn look(&mut self, expected: &[&str]) {
        let started = Instant::now();
        let mut keeper = self.start(None);
        self.disturb(Duration::from_millis(30));
        let gone = self.disorder.gone(40).join(" ");
        keeper.tell(&format!("check {gone}"));
        match keeper.hear("compared") {
            Heard::Said(lines) => self.take(&lines, expected),
            Heard::Ended => self.tell_wrong("it ended by itself"),
            Heard::Nothing => return self.tell_wrong("it does not come to rest"),
        }
        self.tally.slowest = self.tally.slowest.max(started.elapsed());
        self.tally.checks += 1;
        self.look_beside();
        if self.disorder.chance().below(3) > 0 {
            keeper.kill();
            return;
        }
        keeper.tell("close");
        if !matches!(keeper.hear("closed"), Heard::Said(_)) || !keeper.wait().success() {
            self.tell_wrong("it does not close");
        }
    }

    fn take(&mut self, lines: &[String], expected: &[&str]) {
        for line in lines {
            if let Some(wrong) = line.strip_prefix("wrong ") {
                self.tell_wrong(wrong);
            } else if let Some(repair) = line.strip_prefix("repaired ") {
                let is_known = |known: &&str| repair.contains(known);
                if !expected.iter().any(is_known) && !NO_DAMAGE.iter().any(is_known) {
                    self.tell_wrong(repair);
                }
            } else if let Some(counts) = line.strip_prefix("compared ") {
                let counts: Vec<usize> =
                    counts.split(' ').map(|count| count.parse().unwrap()).collect();
                if let [files, contents, passages] = counts[..] {
                    self.tally.compared.files += files;
                    self.tally.compared.contents += contents;
                    self.tally.compared.passages += passages;
                }
            }
        }
    }

    /// The same by a process that only reads, while the keeper is at rest.
    fn look_beside(&mut self) {
        let compared = self
            .keeping
            .open(Access::Read)
            .and_then(|library| Ok(compare(&self.keeping.folder, &mut library.searcher()?, &[])));
        match compared {
            Ok(Ok(_)) => {}
            Ok(Err(wrong)) => {
                wrong.iter().for_each(|wrong| self.tell_wrong(&format!("to a reader: {wrong}")));
            }
            Err(error) => self.tell_wrong(&format!("to a reader: {error}")),
        }
    }

    fn tell_wrong(&mut self, what: &str) {
        let wrong = format!("after {}: {what}", self.before);
        eprintln!("{wrong}");
        self.tally.wrong.push(wrong);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends: usize = self.points.values().map(Vec::len).sum();
        let Compared { files, contents, passages } = self.compared;
        writeln!(to, "| | |\n|---|--:|")?;
        writeln!(to, "| killed at random instants | {} |", self.kills)?;
        writeln!(to, "| ended at named points | {ends} |")?;
        writeln!(to, "| named points | {} |", self.points.len())?;
        writeln!(to, "| let come to rest and compared | {} |", self.checks)?;
        writeln!(to, "| files compared | {files} |")?;
        writeln!(to, "| contents compared | {contents} |")?;
        writeln!(to, "| passages compared | {passages} |")?;
        writeln!(to, "| slowest to be at rest again | {:.1} s |", self.slowest.as_secs_f64())?;
        writeln!(to, "| differences | {} |", self.wrong.len())?;
        writeln!(to, "| time | {:.0} s |", self.took.as_secs_f64())?;
        writeln!(to, "\n| changes to files meanwhile | |\n|---|--:|")?;
        for (kind, count) in &self.done {
            writeln!(to, "| {kind} | {count} |")?;
        }
        writeln!(to, "\n| point | ended at its passings |\n|---|---|")?;
        for (point, passings) in &self.points {
            let passings: Vec<String> = passings.iter().map(u64::to_string).collect();
            writeln!(to, "| `{point}` | {} |", passings.join(", "))?;
        }
        Ok(())
    }
}

//! How far a library is: counts from the truth, speeds as they were measured, time left where there is
//! something to tell it from.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kenning_store::{Gap, Ledger, State};

use super::error::LibraryError;
use super::repairs::Repairs;

/// Why nothing can be kept now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halted {
    pub is_disk_full: bool,
    pub why: String,
}

impl From<&LibraryError> for Halted {
    fn from(error: &LibraryError) -> Self {
        let is_disk_full = match error {
            LibraryError::Store(error) => error.is_disk_full(),
            LibraryError::Derived(error) => error.is_disk_full(),
            _ => false,
        };
        Self { is_disk_full, why: error.to_string() }
    }
}

impl fmt::Display for Halted {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.why)
    }
}

/// What a library is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// Everything that can be done is done.
    #[default]
    Nothing,
    /// A folder is being walked.
    Looking,
    Reading,
    Embedding,
    Paused,
    /// Nothing of what there is to do, until the machine has current again or somebody wants it to go on.
    OnBattery,
    /// It cannot go on, tries again by itself, and has lost nothing.
    Halted(Halted),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    pub doing: Doing,
    /// Some of the files that are being read.
    pub reading: Vec<PathBuf>,
    pub ledger: Ledger,
    /// What lacks vectors in the space that is being filled.
    pub unembedded: Gap,
    pub files_per_second: Option<f64>,
    pub passages_per_second: Option<f64>,
    /// `None` until both are known that it hangs on: how fast files are read, how fast passages are
    /// embedded.
    pub time_left: Option<Duration>,
    /// Why there are no vectors to be had now.
    pub model_trouble: Option<String>,
    /// Texts of which the model can make no vector.
    pub hopeless_texts: usize,
    /// What was found damaged since the library was opened, the oldest first.
    pub repairs: Vec<Repairs>,
}

/// Something a library tells of.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Progress(Box<Progress>),
    /// More, or other things, can be found than before.
    Searchable,
    FoldersChanged,
}

/// Why a library is at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// There is nothing left to do.
    Done,
    Paused,
    Halted(Halted),
    Closed,
}

/// What was done and how long it took, older things counting less.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    amount: f64,
    seconds: f64,
}

/// After so many seconds of work, what was measured counts half.
const HALF_LIFE: f64 = 20.0;

impl Rate {
    fn add(&mut self, amount: f64, seconds: f64) {
        let kept = 0.5_f64.powf(seconds / HALF_LIFE);
        self.amount = self.amount * kept + amount;
        self.seconds = self.seconds * kept + seconds;
    }

    fn per_second(&self) -> Option<f64> {
        const LEAST: f64 = 0.2;
        (self.seconds >= LEAST && self.amount > 0.0).then(|| self.amount / self.seconds)
    }
}

/// What reading costs: so much for each file, so much for each byte.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    files: f64,
    bytes: f64,
    seconds: f64,
    bytes_squared: f64,
    bytes_seconds: f64,
}

impl Cost {
    fn add(&mut self, bytes: f64, seconds: f64) {
        const KEPT: f64 = 0.999;
        *self = Self {
            files: self.files * KEPT + 1.0,
            bytes: self.bytes * KEPT + bytes,
            seconds: self.seconds * KEPT + seconds,
            bytes_squared: self.bytes_squared * KEPT + bytes * bytes,
            bytes_seconds: self.bytes_seconds * KEPT + bytes * seconds,
        };
    }

    /// By least squares, neither below nothing.
    fn of(&self, files: f64, bytes: f64) -> Option<f64> {
        const LEAST: f64 = 8.0;
        if self.files < LEAST {
            return None;
        }
        let spread = self.bytes_squared - self.bytes * self.bytes / self.files;
        let shared = self.bytes_seconds - self.bytes * self.seconds / self.files;
        let each = self.seconds / self.files;
        let per_byte = if spread > 1.0 { (shared / spread).clamp(0.0, 1e-3) } else { 0.0 };
        let per_file = (each - per_byte * self.bytes / self.files).max(0.0);
        Some(files * per_file + bytes * per_byte)
    }
}

/// What is measured while the work goes on.
#[derive(Debug, Default)]
pub(super) struct Speeds {
    cost: Cost,
    /// Files by the clock, while files are read.
    files: Rate,
    passages: Rate,
    /// Passages that came of files, by their bytes.
    passages_read: f64,
    bytes_read: f64,
    files_since: usize,
    /// Seconds that all readers together were busy, by the clock.
    busy: Rate,
    busy_since: f64,
    read_last: Option<Instant>,
}

impl Speeds {
    /// A file of so many bytes was read in so long, and gave so many passages.
    pub(super) fn read(&mut self, bytes: u64, took: Duration, passages: usize) {
        self.cost.add(bytes as f64, took.as_secs_f64());
        self.files_since += 1;
        self.busy_since += took.as_secs_f64();
        self.passages_read += passages as f64;
        self.bytes_read += bytes as f64;
    }

    /// Time has passed in which files were read, if they were.
    pub(super) fn tick(&mut self, now: Instant, is_reading: bool) {
        let files = std::mem::take(&mut self.files_since) as f64;
        let busy = std::mem::take(&mut self.busy_since);
        if let Some(last) = self.read_last {
            let passed = now.duration_since(last).as_secs_f64();
            self.files.add(files, passed);
            self.busy.add(busy, passed);
        }
        self.read_last = is_reading.then_some(now);
    }

    pub(super) fn embedded(&mut self, passages: usize, took: Duration) {
        self.passages.add(passages as f64, took.as_secs_f64());
    }

    pub(super) fn files_per_second(&self) -> Option<f64> {
        self.files.per_second()
    }

    pub(super) fn passages_per_second(&self) -> Option<f64> {
        self.passages.per_second()
    }

    /// How many readers are busy at a time: fewer than there are, where they wait for the disk or for
    /// what they read to be kept.
    fn at_once(&self, threads: usize) -> f64 {
        let threads = threads.max(1) as f64;
        self.busy.per_second().map_or(threads, |busy| busy.clamp(0.01, threads))
    }

    /// Reading and embedding go on at the same time: the longer of the two decides.
    pub(super) fn time_left(
        &self,
        ledger: &Ledger,
        gap: Gap,
        threads: usize,
        embeds: bool,
    ) -> Option<Duration> {
        let waiting = ledger.files(State::Waiting) as f64;
        let lines = ledger.lines.iter().filter(|line| line.state == State::Waiting);
        let bytes: f64 = lines.map(|line| line.bytes as f64).sum();
        let reading = match waiting > 0.0 {
            true => self.cost.of(waiting, bytes)? / self.at_once(threads),
            false => 0.0,
        };
        let to_come =
            if self.bytes_read > 0.0 { bytes * self.passages_read / self.bytes_read } else { 0.0 };
        let passages = gap.passages as f64 + to_come;
        let embedding = match embeds && passages > 0.0 {
            true => passages / self.passages_per_second()?,
            false => 0.0,
        };
        Some(Duration::try_from_secs_f64(reading.max(embedding)).unwrap_or(Duration::MAX))
    }
}

#[cfg(test)]
mod tests {
    use kenning_domain::FolderId;
    use kenning_store::LedgerLine;

    use super::*;

    fn waiting(files: u64, bytes: u64) -> Ledger {
        let line = LedgerLine {
            folder: FolderId(1),
            state: State::Waiting,
            is_folder: false,
            reason_code: String::new(),
            files,
            bytes,
        };
        Ledger { lines: vec![line] }
    }

    fn left(speeds: &Speeds, ledger: &Ledger, passages: u64, embeds: bool) -> Option<f64> {
        let gap = Gap { contents: 0, passages };
        speeds.time_left(ledger, gap, 2, embeds).map(|left| left.as_secs_f64())
    }

    #[test]
    fn time_left_is_told_from_what_was_measured_and_not_before() {
        let mut speeds = Speeds::default();
        assert_eq!(left(&speeds, &waiting(10, 1000), 0, false), None);
        assert_eq!(left(&speeds, &waiting(0, 0), 0, true), Some(0.0));
        assert_eq!(left(&speeds, &waiting(0, 0), 5, true), None);
        assert_eq!(left(&speeds, &waiting(0, 0), 5, false), Some(0.0));
        // 10 ms for a file and 1 µs for a byte, no passages.
        for bytes in (0..200).map(|n| n * 1000) {
            speeds.read(bytes, Duration::from_micros(10_000 + bytes), 0);
        }
        let found = left(&speeds, &waiting(100, 40_000_000), 0, false).unwrap();
        assert!((found - 20.5).abs() < 0.1, "{found}");
        speeds.embedded(100, Duration::from_secs(1));
        let found = left(&speeds, &waiting(0, 0), 6_000, true).unwrap();
        assert!((found - 60.0).abs() < 0.1, "{found}");
    }

    #[test]
    fn passages_are_expected_of_what_is_still_to_be_read() {
        let mut speeds = Speeds::default();
        for _ in 0..20 {
            speeds.read(1000, Duration::from_millis(1), 2);
        }
        speeds.embedded(100, Duration::from_secs(1));
        // 100 kB give 200 passages.
        let found = left(&speeds, &waiting(100, 100_000), 100, true).unwrap();
        assert!((found - 3.0).abs() < 0.01, "{found}");
    }
}

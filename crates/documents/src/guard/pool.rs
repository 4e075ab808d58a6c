//! The parent's side: as many workers as are allowed, each reading one file at a time.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kenning_domain::Cancel;

use super::confine::Confinement;
use super::failure::{Failure, Outcome};
use super::quarantine::{Identity, Quarantine};
use super::running::{Answer, BETWEEN_LOOKS, Program, Running};
use super::source::Source;
use crate::limits::Limits;

/// What a worker may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// How long it may show no progress on a file.
    pub silence: Duration,
    /// How long it may take for a file in all.
    pub total: Duration,
    /// Bytes of memory it may ask for.
    pub address_space: u64,
    /// How many files it reads before another takes its place: what a parser leaks goes with it.
    pub files_per_worker: u32,
    /// What a file may hold.
    pub file: Limits,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(30),
            total: Duration::from_secs(120),
            address_space: 1536 << 20,
            files_per_worker: 500,
            file: Limits::default(),
        }
    }
}

/// Reads files in worker processes. Any number of threads may ask; dropping it ends the workers.
pub struct Pool {
    program: Program,
    limits: PoolLimits,
    seats: Mutex<Seats>,
    freed: Condvar,
    quarantine: Mutex<Quarantine>,
}

/// A seat is the right to run a worker.
struct Seats {
    free: usize,
    /// Workers without a file, at most as many as there are free seats.
    idle: Vec<Running>,
    confinement: Option<Confinement>,
}

/// A taken seat, with its worker when there is one. Dropping it frees the seat, and the worker goes
/// with it unless it was put back.
struct Seat<'a> {
    pool: &'a Pool,
    worker: Option<Running>,
}

impl Pool {
    /// Nothing is started before the first file comes.
    pub fn new(
        program: Program,
        workers: usize,
        limits: PoolLimits,
        quarantine: Quarantine,
    ) -> Self {
        let seats = Seats { free: workers.max(1), idle: Vec::new(), confinement: None };
        Self {
            program,
            limits,
            seats: Mutex::new(seats),
            freed: Condvar::new(),
            quarantine: Mutex::new(quarantine),
        }
    }

    /// Reads a file, waiting for a worker to be free.
    pub fn extract(&self, path: &Path) -> Outcome {
        self.extract_unless(path, &Cancel::default())
    }

    /// The same until it is cancelled: then its worker is killed, and the file is not blamed. Only the
    /// system can hold it up for longer than a moment, where opening a file or reading the next piece
    /// of it does not return.
    pub fn extract_unless(&self, path: &Path, cancel: &Cancel) -> Outcome {
        let wanted = self.extract_if(path, cancel, |_| true);
        wanted.unwrap_or(Outcome::Cancelled)
    }

    /// The same, unless `wanted` says of the file's bytes that no text is needed; then `None`. So a
    /// file is read from the disk once, whether its content turns out to be known or not.
    pub fn extract_if(
        &self,
        path: &Path,
        cancel: &Cancel,
        wanted: impl FnOnce(&[u8]) -> bool,
    ) -> Option<Outcome> {
        let Some(mut seat) = self.sit(cancel) else { return Some(Outcome::Cancelled) };
        let source = match Source::open(path, &self.limits.file) {
            Ok(source) => source,
            Err(unopened) => return Some(unopened.into()),
        };
        if let Some(reason) = lock(&self.quarantine).holds(&source.identity) {
            return Some(Outcome::Quarantined(reason.to_owned()));
        }
        let (name, identity) = (source.name.clone(), source.identity.clone());
        let bytes = match source.read(&self.limits.file, cancel) {
            Ok(bytes) => Arc::new(bytes),
            Err(unopened) => return Some(unopened.into()),
        };
        if !wanted(&bytes) {
            return None;
        }
        let answer = match seat.read(&name, &bytes, cancel) {
            Answer::NotBegun(_) => seat.read(&name, &bytes, cancel),
            answer => answer,
        };
        Some(self.settle(&identity, answer))
    }

    /// What holds in the workers, once one has been started.
    pub fn confinement(&self) -> Option<Confinement> {
        lock(&self.seats).confinement
    }

    /// The files that cost workers until now, to be kept and handed in again at the next start.
    pub fn quarantine(&self) -> Quarantine {
        lock(&self.quarantine).clone()
    }

    /// Forgets what a file has cost, because somebody wants it tried once more.
    pub fn forgive(&self, path: &Path) {
        lock(&self.quarantine).forget(path);
    }

    fn settle(&self, file: &Identity, answer: Answer) -> Outcome {
        match answer {
            Answer::Read(read) => {
                lock(&self.quarantine).forget(&file.path);
                read.map_or_else(Outcome::Refused, Outcome::Done)
            }
            Answer::Cancelled => Outcome::Cancelled,
            Answer::NotBegun(failure) => Outcome::Failed(failure),
            Answer::Broke(failure) => {
                lock(&self.quarantine).charge(file, failure.to_string());
                Outcome::Failed(failure)
            }
        }
    }

    /// The next free seat; `None` when it is cancelled before there is one.
    fn sit(&self, cancel: &Cancel) -> Option<Seat<'_>> {
        let mut seats = lock(&self.seats);
        while !cancel.is_cancelled() {
            if seats.free > 0 {
                seats.free -= 1;
                return Some(Seat { pool: self, worker: seats.idle.pop() });
            }
            let waited = self.freed.wait_timeout(seats, BETWEEN_LOOKS);
            seats = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        // The seat it was woken for is another's.
        self.freed.notify_one();
        None
    }
}

impl Seat<'_> {
    fn read(&mut self, name: &str, bytes: &Arc<Vec<u8>>, cancel: &Cancel) -> Answer {
        let limits = &self.pool.limits;
        let mut worker = match self.worker(cancel) {
            Ok(worker) => worker,
            Err(_) if cancel.is_cancelled() => return Answer::Cancelled,
            Err(failure) => return Answer::NotBegun(failure),
        };
        let answer = worker.read(name, Arc::clone(bytes), limits, cancel);
        if matches!(answer, Answer::Read(_)) && worker.files() < limits.files_per_worker {
            self.worker = Some(worker);
        }
        answer
    }

    /// The worker of this seat, or a new one where there is none or it died while it had no file.
    fn worker(&mut self, cancel: &Cancel) -> Result<Running, Failure> {
        if let Some(mut worker) = self.worker.take()
            && !worker.has_ended()
        {
            return Ok(worker);
        }
        let worker = Running::start(&self.pool.program, &self.pool.limits, cancel)?;
        lock(&self.pool.seats).confinement = Some(worker.confinement());
        Ok(worker)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut seats = lock(&self.pool.seats);
        seats.free += 1;
        seats.idle.extend(self.worker.take());
        drop(seats);
        self.pool.freed.notify_one();
    }
}

/// Nothing is done under these locks that could leave them half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

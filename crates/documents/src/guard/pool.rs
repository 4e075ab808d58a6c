//! The parent's side: as many workers as are allowed, each reading one file at a time.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::confine::Confinement;
use super::failure::{Failure, Outcome};
use super::quarantine::{Identity, Quarantine};
use super::running::{Answer, Program, Running};
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
        let mut seat = self.sit();
        let source = match Source::open(path, &self.limits.file) {
            Ok(source) => source,
            Err(unopened) => return unopened.into(),
        };
        if let Some(reason) = lock(&self.quarantine).holds(&source.identity) {
            return Outcome::Quarantined(reason.to_owned());
        }
        let (name, identity) = (source.name.clone(), source.identity.clone());
        let bytes = match source.read(&self.limits.file) {
            Ok(bytes) => Arc::new(bytes),
            Err(unopened) => return unopened.into(),
        };
        let answer = match seat.read(&name, &bytes) {
            Answer::NotBegun(_) => seat.read(&name, &bytes),
            answer => answer,
        };
        self.settle(&identity, answer)
    }

    /// What holds in the workers, once one has been started.
    pub fn confinement(&self) -> Option<Confinement> {
        lock(&self.seats).confinement
    }

    /// The files that cost workers until now, to be kept and handed in again at the next start.
    pub fn quarantine(&self) -> Quarantine {
        lock(&self.quarantine).clone()
    }

    fn settle(&self, file: &Identity, answer: Answer) -> Outcome {
        match answer {
            Answer::Read(read) => {
                lock(&self.quarantine).forget(&file.path);
                read.map_or_else(Outcome::Refused, Outcome::Done)
            }
            Answer::NotBegun(failure) => Outcome::Failed(failure),
            Answer::Broke(failure) => {
                lock(&self.quarantine).charge(file, failure.to_string());
                Outcome::Failed(failure)
            }
        }
    }

    fn sit(&self) -> Seat<'_> {
        let seats = lock(&self.seats);
        let mut seats = self
            .freed
            .wait_while(seats, |seats| seats.free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        seats.free -= 1;
        Seat { pool: self, worker: seats.idle.pop() }
    }
}

impl Seat<'_> {
    fn read(&mut self, name: &str, bytes: &Arc<Vec<u8>>) -> Answer {
        let limits = &self.pool.limits;
        let mut worker = match self.worker() {
            Ok(worker) => worker,
            Err(failure) => return Answer::NotBegun(failure),
        };
        let answer = worker.read(name, Arc::clone(bytes), limits);
        if matches!(answer, Answer::Read(_)) && worker.files() < limits.files_per_worker {
            self.worker = Some(worker);
        }
        answer
    }

    /// The worker of this seat, or a new one where there is none or it died while it had no file.
    fn worker(&mut self) -> Result<Running, Failure> {
        if let Some(mut worker) = self.worker.take()
            && !worker.has_ended()
        {
            return Ok(worker);
        }
        let worker = Running::start(&self.pool.program, &self.pool.limits)?;
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

//! One file over a bad line: by ranges, several at once, each piece kept from the moment it is there.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::header::{CONTENT_RANGE, RANGE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};

use crate::digest::{self, Following};
use crate::error::GetError;
use crate::hub::{Failure, Hub, RepositoryName, is_passing};
use crate::pace::{Pace, Patience, retry_after};
use crate::part::{PIECE, Part};
use crate::stage::PlannedFile;

/// How many pieces are asked for at once, at most: 64 MB.
const MOST_AT_ONCE: usize = 512;
/// Fewer pieces than this are not worth another connection.
const LEAST_OF_A_STREAM: usize = 32;

/// The digest of a shorter file takes no time worth a thread.
const WORTH_FOLLOWING: u64 = 8 << 20;

/// How files are fetched, whichever they are.
pub(crate) struct Ways {
    pub hub: Hub,
    pub pace: Pace,
    pub patience: Patience,
    pub streams: usize,
    /// Why nothing comes at this moment.
    pub waits: Mutex<Option<String>>,
}

impl Ways {
    fn say(&self, waits: Option<String>) {
        *self.waits.lock().unwrap_or_else(PoisonError::into_inner) = waits;
    }
}

/// A file on its way.
pub(crate) struct Fetch {
    ways: Arc<Ways>,
    repository: RepositoryName,
    file: PlannedFile,
    path: PathBuf,
    part: Mutex<Part>,
    /// Counts the bytes while they come the first time.
    following: Mutex<Option<Following>>,
    done: Arc<AtomicU64>,
    /// In a row, without a piece between them.
    failures: AtomicU32,
    /// The server gives the file as a whole only.
    only_whole: AtomicBool,
}

impl Fetch {
    /// `done` is told how many bytes are there.
    pub(crate) async fn open(
        ways: Arc<Ways>,
        file: PlannedFile,
        folder: &Path,
        done: Arc<AtomicU64>,
    ) -> Result<Self, GetError> {
        let path = folder.join(&file.name);
        let (opened, bytes) = (path.clone(), file.bytes);
        let part = spawn_blocking(move || Part::open(&opened, bytes)).await;
        let part = part.map_err(|_| GetError::Stopped)?.map_err(GetError::disk(&path))?;
        done.store(part.bytes(), Ordering::Relaxed);
        let following = match &file.digest {
            Some(digest) if file.bytes > WORTH_FOLLOWING => {
                let reader = part.reader().map_err(GetError::disk(&path))?;
                let following = Following::begin(reader, digest, file.bytes);
                let following = following.map_err(GetError::disk(&path))?;
                following.reach(part.front());
                Some(following)
            }
            _ => None,
        };
        Ok(Self {
            following: Mutex::new(following),
            repository: RepositoryName::parse(&file.repository)?,
            ways,
            file,
            path,
            part: Mutex::new(part),
            done,
            failures: AtomicU32::new(0),
            only_whole: AtomicBool::new(false),
        })
    }

    /// Fetches what is missing, until the file is what it should be. What is wrong is fetched again, piece
    /// by piece: first what the disk has not kept, then, once, everything, where other bytes came than
    /// should have.
    pub(crate) async fn run(self) -> Result<(), GetError> {
        let this = Arc::new(self);
        let mut doubted = false;
        loop {
            this.fill().await?;
            if this.clone().blocking(Self::is_right).await? {
                return this.clone().blocking(|this| this.lock().sync()).await;
            }
            if this.clone().blocking(|this| this.lock().forget_rotten()).await? > 0 {
                continue;
            }
            if doubted {
                return Err(GetError::Digest { file: this.file.name.clone() });
            }
            this.lock().forget_all();
            this.done.store(0, Ordering::Relaxed);
            doubted = true;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Part> {
        self.part.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn blocking<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Self) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, GetError> {
        let path = self.path.clone();
        let done = spawn_blocking(move || work(&self)).await;
        done.map_err(|_| GetError::Stopped)?.map_err(GetError::disk(&path))
    }

    fn is_right(&self) -> std::io::Result<bool> {
        let Some(expected) = &self.file.digest else { return Ok(true) };
        let following = self.following.lock().unwrap_or_else(PoisonError::into_inner).take();
        let counted = following.map(Following::end).transpose()?.flatten();
        let found = match counted {
            Some(found) => found,
            None => digest::of_file(&self.path, expected)?,
        };
        Ok(found == *expected)
    }

    /// Fetches every piece that is missing.
    async fn fill(self: &Arc<Self>) -> Result<(), GetError> {
        while !self.lock().is_whole() {
            let worth = self.lock().missing().div_ceil(LEAST_OF_A_STREAM);
            let streams = match self.only_whole.load(Ordering::Relaxed) {
                true => 1,
                false => worth.clamp(1, self.ways.streams.max(1)),
            };
            let mut running = JoinSet::new();
            for _ in 0..streams {
                running.spawn(Arc::clone(self).stream(streams == 1));
            }
            while let Some(ended) = running.join_next().await {
                ended.map_err(|_| GetError::Stopped)??;
            }
        }
        Ok(())
    }

    /// Fetches run after run of pieces until none is missing that nobody else fetches, or, unless it is alone, until
    /// it asks anew of a server that knows no ranges: of those that had asked already one goes on.
    async fn stream(self: Arc<Self>, alone: bool) -> Result<(), GetError> {
        while alone || !self.only_whole.load(Ordering::Relaxed) {
            let most = {
                let share = self.lock().missing().div_ceil(self.ways.streams.max(1));
                share.clamp(LEAST_OF_A_STREAM, MOST_AT_ONCE)
            };
            let Some(run) = self.lock().take(most) else { return Ok(()) };
            let fetched = self.run_of(run.clone(), alone).await;
            self.lock().give_back(run);
            match fetched {
                Ok(Came::Pieces) => {}
                Ok(Came::OnlyWhole) => return Ok(()),
                Err(Failure::Last(error)) => return Err(error),
                Err(Failure::Again { why, after }) => {
                    let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
                    if failures >= self.ways.patience.failures {
                        return Err(why);
                    }
                    self.ways.say(Some(why.to_string()));
                    sleep(self.ways.patience.wait(failures, after)).await;
                }
            }
        }
        Ok(())
    }

    async fn run_of(&self, run: Range<usize>, alone: bool) -> Result<Came, Failure> {
        let wanted = {
            let part = self.lock();
            part.bytes_of(run.start).start..part.bytes_of(run.end - 1).end
        };
        let is_all = wanted == (0..self.file.bytes);
        let address = self.ways.hub.address(&self.repository, &self.file.commit, &self.file.path);
        let mut request = self.ways.hub.client.get(address);
        let asked_for_range = !alone || !self.only_whole.load(Ordering::Relaxed);
        if asked_for_range {
            request = request.header(RANGE, format!("bytes={}-{}", wanted.start, wanted.end - 1));
        }
        let response = self.in_time(request.send()).await?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                self.check_range(&response, &wanted)?;
                self.pieces(response, run).await.map(|()| Came::Pieces)
            }
            StatusCode::OK => {
                // Ranges mean nothing to this server. One connection goes on, the others end.
                if !is_all && asked_for_range && self.only_whole.swap(true, Ordering::Relaxed) {
                    return Ok(Came::OnlyWhole);
                }
                self.check_length(&response)?;
                let all = self.file.bytes.div_ceil(PIECE as u64) as usize;
                self.pieces(response, 0..all).await.map(|()| Came::Pieces)
            }
            _ => Err(self.refused(&response)),
        }
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, Failure> {
        match timeout(self.ways.patience.stall, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(self.ways.hub.failed(&error)),
            Err(_) => Err(self.broke_off("nothing came for too long")),
        }
    }

    fn broke_off(&self, reason: &str) -> Failure {
        let host = self.ways.hub.endpoint.clone();
        Failure::Again { why: GetError::Offline { host, reason: reason.to_owned() }, after: None }
    }

    fn changed(&self, reason: String) -> Failure {
        Failure::Last(GetError::Changed { file: self.file.name.clone(), reason })
    }

    /// What came must be what was asked for, of a file that is as long as it was.
    fn check_range(&self, response: &Response, wanted: &Range<u64>) -> Result<(), Failure> {
        let told = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let parts = told.and_then(|told| told.strip_prefix("bytes ")?.split_once('/'));
        let Some((range, all)) = parts else {
            return Err(self.broke_off("it does not say which part it sends"));
        };
        if all != "*" && all.parse() != Ok(self.file.bytes) {
            return Err(self.changed(format!("it has {all} bytes instead of {}", self.file.bytes)));
        }
        match range.split_once('-').map(|(start, _)| start.parse() == Ok(wanted.start)) {
            Some(true) => Ok(()),
            _ => Err(self.broke_off("it sends another part than it was asked for")),
        }
    }

    fn check_length(&self, response: &Response) -> Result<(), Failure> {
        match response.content_length() {
            Some(length) if length != self.file.bytes => {
                Err(self.broke_off("it announces another length than the file has"))
            }
            _ => Ok(()),
        }
    }

    fn refused(&self, response: &Response) -> Failure {
        let status = response.status();
        let hub = &self.ways.hub;
        let is_elsewhere = !response.url().as_str().starts_with(&hub.endpoint);
        let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let after = after.and_then(retry_after);
        let host = hub.endpoint.clone();
        match status {
            // Links are good for a while; the hub gives a new one.
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::GONE if is_elsewhere => {
                self.broke_off("the link has expired")
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let repository = self.file.repository.clone();
                let link = format!("{host}/{repository}");
                Failure::Last(GetError::Gated { repository, link })
            }
            StatusCode::NOT_FOUND => {
                Failure::Last(GetError::NoFile { file: self.file.path.clone() })
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                self.changed("it is shorter than it was".to_owned())
            }
            _ if is_passing(status) => {
                let why = GetError::Offline { host, reason: status.to_string() };
                Failure::Again { why, after }
            }
            _ => Failure::Last(GetError::NotAHub { host, reason: status.to_string() }),
        }
    }

    /// Takes pieces from a body as they come.
    async fn pieces(&self, mut response: Response, run: Range<usize>) -> Result<(), Failure> {
        let mut piece = run.start;
        let mut bytes = Vec::with_capacity(PIECE);
        while piece < run.end {
            let Some(chunk) = self.in_time(response.chunk()).await? else {
                return Err(self.broke_off("the connection broke off"));
            };
            self.ways.pace.pass(chunk.len()).await;
            let mut rest = &chunk[..];
            while !rest.is_empty() && piece < run.end {
                let range = self.lock().bytes_of(piece);
                let lacking = (range.end - range.start) as usize - bytes.len();
                let (now, later) = rest.split_at(rest.len().min(lacking));
                bytes.extend_from_slice(now);
                rest = later;
                if now.len() == lacking {
                    self.keep(piece, &bytes)?;
                    bytes.clear();
                    piece += 1;
                }
            }
        }
        Ok(())
    }

    fn keep(&self, piece: usize, bytes: &[u8]) -> Result<(), Failure> {
        let mut part = self.lock();
        if part.has(piece) {
            return Ok(());
        }
        part.write(piece, bytes)
            .map_err(|error| Failure::Last(GetError::disk(&self.path)(error)))?;
        let front = part.front();
        drop(part);
        if let Some(following) = &*self.following.lock().unwrap_or_else(PoisonError::into_inner) {
            following.reach(front);
        }
        self.done.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.failures.store(0, Ordering::Relaxed);
        self.ways.say(None);
        Ok(())
    }
}

/// What came of a request.
enum Came {
    Pieces,
    /// Another connection fetches the whole file.
    OnlyWhole,
}

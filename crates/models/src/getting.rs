//! Getting a model: what is needed is found out, fetched, verified, and put among the models.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kenning_manifest::{Manifest, Source};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::catalogue::{Entry, entry};
use crate::choice::{Chosen, choose, papers};
use crate::error::GetError;
use crate::fetch::{Fetch, Ways};
use crate::hub::{Failure, Hub, Listing, RepositoryName};
use crate::makers::{OTHERS, Papers, manifest};
use crate::pace::{Pace, Patience};
use crate::progress::{FileProgress, Progress, Speed, left};
use crate::stage::{self, Plan, PlannedFile, Stage};

const ENDPOINT: &str = "https://huggingface.co";
/// What is left free on the disk.
const SPARE: u64 = 64 << 20;
/// No file of a model is longer. What is kept in memory of each piece would be too much.
const LONGEST: u64 = 1 << 40;
const TELL_EVERY: Duration = Duration::from_millis(200);

/// Where models come from, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    pub endpoint: String,
    pub token: Option<String>,
    /// Instead of what the environment says.
    pub proxy: Option<String>,
    /// Bytes in a second, at most.
    pub limit: Option<u64>,
    /// How many connections fetch one file.
    pub streams: usize,
    pub patience: Patience,
}

impl Default for Settings {
    fn default() -> Self {
        let (token, proxy, patience) = (None, None, Patience::default());
        Self { endpoint: ENDPOINT.to_owned(), token, proxy, limit: None, streams: 4, patience }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Wanted {
    Entry(&'static Entry),
    Repository {
        name: RepositoryName,
        revision: String,
        /// The file of weights, where there are several.
        weights: Option<String>,
        /// How it is to be called.
        called: Option<String>,
    },
}

impl Wanted {
    /// A name of the catalogue, or `owner/name`.
    pub fn parse(text: &str) -> Result<Self, GetError> {
        if text.contains('/') {
            let name = RepositoryName::parse(text)?;
            return Ok(Self::Repository {
                name,
                revision: "main".to_owned(),
                weights: None,
                called: None,
            });
        }
        entry(text).map(Self::Entry).ok_or_else(|| GetError::NotInCatalogue(text.to_owned()))
    }
}

/// Whoever has a clone can stop what the others do.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    async fn stopped(&self) {
        // It ends with an error only when no sender is left, and this is one.
        let _ = self.0.subscribe().wait_for(|stopped| *stopped).await;
    }
}

/// Gets models into a folder of them.
pub struct Getter {
    runtime: Runtime,
    ways: Arc<Ways>,
    models: PathBuf,
}

impl Getter {
    pub fn new(settings: &Settings, models: PathBuf) -> Result<Self, GetError> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).thread_name("get").enable_all().build();
        let patience = settings.patience;
        Ok(Self {
            runtime: runtime.map_err(GetError::disk(&models))?,
            ways: Arc::new(Ways {
                hub: Hub::new(settings)?,
                pace: Pace::new(settings.limit),
                patience,
                streams: settings.streams,
                waits: Mutex::new(None),
            }),
            models,
        })
    }

    /// Everything about what is to be fetched, asked of the hub.
    pub fn plan(&self, wanted: &Wanted, stop: &Stop) -> Result<Plan, GetError> {
        self.until_stopped(stop, async {
            match wanted {
                Wanted::Entry(entry) => self.plan_of_entry(entry).await,
                Wanted::Repository { name, revision, weights, called } => {
                    let listing = self.list(name, revision).await?;
                    let mut manifest = self.manifest(name, &listing).await?;
                    if let Some(called) = called {
                        if !RepositoryName::is_name(called) {
                            return Err(GetError::BadName(called.clone()));
                        }
                        manifest.name.clone_from(called);
                    }
                    let chosen = self.chosen(name, &listing, weights.as_deref())?;
                    let files = self.planned(name, &listing.commit, chosen).await?;
                    Ok(Plan { manifest, files })
                }
            }
        })
    }

    async fn plan_of_entry(&self, entry: &Entry) -> Result<Plan, GetError> {
        let name = RepositoryName::parse(&entry.repository)?;
        let listing = self.list(&name, &entry.revision).await?;
        let mut manifest = entry.manifest.clone();
        manifest.source =
            Some(Source { repository: name.to_string(), revision: listing.commit.clone() });
        let Some(elsewhere) = &entry.weights else {
            let chosen = self.chosen(&name, &listing, None)?;
            let files = self.planned(&name, &listing.commit, chosen).await?;
            return Ok(Plan { manifest, files });
        };
        let unfit = |reason| GetError::Unfit { repository: name.to_string(), reason };
        let chosen = papers(&listing.files).map_err(unfit)?;
        let mut files = self.planned(&name, &listing.commit, chosen).await?;
        let other = RepositoryName::parse(&elsewhere.repository)?;
        let listing = self.list(&other, "main").await?;
        let weights = listing.files.iter().find(|file| file.path == elsewhere.file);
        let weights = weights.ok_or_else(|| GetError::NoFile { file: elsewhere.file.clone() })?;
        let chosen = vec![Chosen { name: elsewhere.file.clone(), listed: weights.clone() }];
        files.extend(self.planned(&other, &listing.commit, chosen).await?);
        Ok(Plan { manifest, files })
    }

    async fn list(&self, name: &RepositoryName, revision: &str) -> Result<Listing, GetError> {
        self.patiently(async || self.ways.hub.list(name, revision).await).await
    }

    fn chosen(
        &self,
        name: &RepositoryName,
        listing: &Listing,
        weights: Option<&str>,
    ) -> Result<Vec<Chosen>, GetError> {
        let unfit = |reason| GetError::Unfit { repository: name.to_string(), reason };
        choose(&listing.files, weights).map_err(unfit)
    }

    /// What the makers' own files say.
    async fn manifest(
        &self,
        name: &RepositoryName,
        listing: &Listing,
    ) -> Result<Manifest, GetError> {
        let has = |path: &str| listing.files.iter().any(|file| file.path == path);
        let read = async |path: &str| {
            self.patiently(async || self.ways.hub.text(name, &listing.commit, path).await).await
        };
        let unfit = |reason: String| GetError::Unfit { repository: name.to_string(), reason };
        if !has("config.json") {
            return Err(unfit("it holds no config.json".to_owned()));
        }
        let mut others = [const { None }; OTHERS.len()];
        for (path, text) in OTHERS.iter().zip(&mut others) {
            if has(path) {
                *text = Some(read(path).await?);
            }
        }
        let [modules, pooling, prompts, lengths] = others;
        let told =
            Papers { config: read("config.json").await?, modules, pooling, prompts, lengths };
        let mut made = manifest(&name.own().to_lowercase(), &told).map_err(unfit)?;
        made.licence.clone_from(&listing.licence);
        made.origin = name.to_string();
        made.source =
            Some(Source { repository: name.to_string(), revision: listing.commit.clone() });
        Ok(made)
    }

    async fn planned(
        &self,
        name: &RepositoryName,
        commit: &str,
        chosen: Vec<Chosen>,
    ) -> Result<Vec<PlannedFile>, GetError> {
        let mut files = Vec::new();
        for Chosen { mut listed, name: own } in chosen {
            if listed.bytes.is_none() || listed.digest.is_none() {
                let path = listed.path.clone();
                let looked =
                    self.patiently(async || self.ways.hub.look(name, commit, &path).await).await?;
                listed.bytes = listed.bytes.or(looked.bytes);
                listed.digest = listed.digest.or(looked.digest);
            }
            let unknown = || GetError::NotAHub {
                host: self.ways.hub.endpoint.clone(),
                reason: format!("it does not say how long {own} is"),
            };
            let bytes = listed.bytes.ok_or_else(unknown)?;
            if bytes > LONGEST {
                let host = self.ways.hub.endpoint.clone();
                let reason = format!("it says that {own} has {bytes} bytes");
                return Err(GetError::NotAHub { host, reason });
            }
            files.push(PlannedFile {
                repository: name.to_string(),
                commit: commit.to_owned(),
                bytes,
                digest: listed.digest,
                path: listed.path,
                name: own,
            });
        }
        Ok(files)
    }

    /// Asks until there is an answer, or none is to be hoped for.
    async fn patiently<T>(&self, ask: impl AsyncFn() -> Result<T, Failure>) -> Result<T, GetError> {
        let mut failures = 0;
        loop {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Last(error)) => return Err(error),
                Err(Failure::Again { why, after }) => {
                    failures += 1;
                    if failures >= self.ways.patience.failures {
                        return Err(why);
                    }
                    tokio::time::sleep(self.ways.patience.wait(failures, after)).await;
                }
            }
        }
    }

    fn until_stopped<T>(
        &self,
        stop: &Stop,
        work: impl Future<Output = Result<T, GetError>>,
    ) -> Result<T, GetError> {
        self.runtime.block_on(async {
            tokio::select! {
                done = work => done,
                () = stop.stopped() => Err(GetError::Stopped),
            }
        })
    }

    /// Fetches what is planned, or what is missing of it, and says where the model is. `tell` hears how far
    /// it is, several times a second.
    pub fn get(
        &self,
        plan: &Plan,
        stop: &Stop,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<PathBuf, GetError> {
        let stage = Stage::open(&self.models, plan)?;
        check_room(&self.models, stage.needed(plan))?;
        let done: Vec<Arc<AtomicU64>> = plan.files.iter().map(|_| Arc::default()).collect();
        self.until_stopped(
            stop,
            self.telling(plan, &done, tell, async {
                for (file, done) in plan.files.iter().zip(&done) {
                    let (ways, done) = (Arc::clone(&self.ways), Arc::clone(done));
                    Fetch::open(ways, file.clone(), &stage.folder, done).await?.run().await?;
                }
                Ok(())
            }),
        )?;
        stage.install(plan, &self.models)
    }

    async fn telling(
        &self,
        plan: &Plan,
        done: &[Arc<AtomicU64>],
        tell: &mut dyn FnMut(Progress),
        work: impl Future<Output = Result<(), GetError>>,
    ) -> Result<(), GetError> {
        let mut speed = Speed::default();
        let mut ticks = tokio::time::interval(TELL_EVERY);
        tokio::pin!(work);
        loop {
            tokio::select! {
                ended = &mut work => {
                    tell(self.progress(plan, done, &mut speed));
                    return ended;
                }
                _ = ticks.tick() => tell(self.progress(plan, done, &mut speed)),
            }
        }
    }

    fn progress(&self, plan: &Plan, done: &[Arc<AtomicU64>], speed: &mut Speed) -> Progress {
        let files = plan.files.iter().zip(done).map(|(file, done)| FileProgress {
            name: file.name.clone(),
            bytes: file.bytes,
            done: done.load(Ordering::Relaxed).min(file.bytes),
        });
        let files: Vec<FileProgress> = files.collect();
        let there: u64 = files.iter().map(|file| file.done).sum();
        let speed = speed.note(Instant::now(), there);
        let waits = self.ways.waits.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let lacking = plan.bytes() - there;
        Progress { files, speed, left: left(lacking, speed), waits, is_verifying: lacking == 0 }
    }

    /// Fetches again what is broken of an installed model. Meanwhile it is no model.
    pub fn mend(
        &self,
        name: &str,
        stop: &Stop,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<PathBuf, GetError> {
        let plan = stage::take_back(&self.models, name)?;
        self.get(&plan, stop, tell)
    }
}

/// Whether the disk has room for so many bytes more, and some to spare.
pub(crate) fn check_room(models: &Path, needed: u64) -> Result<(), GetError> {
    let free = fs4::available_space(models).map_err(GetError::disk(models))?;
    if needed == 0 || free >= needed + SPARE {
        return Ok(());
    }
    let needed = (needed + SPARE).div_ceil(1_000_000);
    Err(GetError::NoSpace { folder: models.to_owned(), needed, free: free / 1_000_000 })
}

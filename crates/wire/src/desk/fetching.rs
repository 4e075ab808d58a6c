//! Models that are fetched, each on a thread of its own, told of while they come.

use std::thread;

use kenning_engine::getting::{
    GetError, Getter, HubSettings, Plan, Progress, Stop, Unfinished, Wanted, unfinished,
};

use super::models::card;
use super::{Desk, internal, lock};
use crate::error::{Problem, ProblemCode};
use crate::events::HostEvent;
use crate::models::{Fetching, FileFetching, GetModel, ModelCard, ModelStanding};

/// What is to be done with a model's files.
enum Work {
    Get(Box<Plan>),
    /// Ask the hub first.
    Plan(Wanted),
    /// Fetch again what is broken of it.
    Mend(String),
}

impl Desk {
    fn getter(&self) -> Result<Getter, Problem> {
        let models = self.home.models();
        std::fs::create_dir_all(&models).map_err(internal)?;
        let (settings, trouble) = HubSettings::load(self.home.data())?.settings();
        if let Some(trouble) = trouble {
            return Err(trouble.into());
        }
        Ok(Getter::new(&settings, models)?)
    }

    /// Begins to fetch a model, or goes on with one that was begun.
    pub(super) fn get(&self, wanted: GetModel) -> Result<(), Problem> {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let begun = unfinished(&self.home.models());
        let begun = begun.into_iter().map(|begun| begun.plan);
        let work = match begun.into_iter().find(|plan| plan.manifest.name == wanted.name) {
            Some(plan) => Work::Get(Box::new(plan)),
            None => Work::Plan(match Wanted::parse(wanted.name.trim())? {
                Wanted::Repository { name, revision, .. } => Wanted::Repository {
                    name,
                    revision: given(wanted.revision).unwrap_or(revision),
                    weights: given(wanted.file),
                    called: given(wanted.called),
                },
                entry => entry,
            }),
        };
        self.fetch(wanted.name, work)
    }

    pub(super) fn mend(&self, name: &str) -> Result<(), Problem> {
        self.fetch(name.to_owned(), Work::Mend(name.to_owned()))
    }

    pub(super) fn pause_fetching(&self, name: &str) {
        if let Some(stop) = lock(&self.fetching).get(name) {
            stop.stop();
        }
    }

    fn fetch(&self, mut name: String, work: Work) -> Result<(), Problem> {
        let getter = self.getter()?;
        let stop = Stop::default();
        {
            let mut fetching = lock(&self.fetching);
            if fetching.get(&name).is_some_and(|stop| !stop.is_stopped()) {
                return Ok(());
            }
            fetching.insert(name.clone(), stop.clone());
        }
        let shell = std::sync::Arc::clone(&self.shell);
        let fetching = std::sync::Arc::clone(&self.fetching);
        let run = move || {
            let mut tell = |progress: Progress, of: &str| {
                shell.tell(&HostEvent::Fetching { progress: told(of, &progress) });
            };
            let fetched = match work {
                Work::Get(plan) => fetch_plan(&getter, &plan, &stop, &mut tell),
                Work::Plan(wanted) => getter.plan(&wanted, &stop).and_then(|plan| {
                    // From here on it goes by the name that it will have.
                    lock(&fetching).remove(&name);
                    name.clone_from(&plan.manifest.name);
                    lock(&fetching).insert(name.clone(), stop.clone());
                    shell.tell(&HostEvent::ModelsChanged);
                    fetch_plan(&getter, &plan, &stop, &mut tell)
                }),
                Work::Mend(of) => {
                    let mut tell = |progress| tell(progress, &of);
                    getter.mend(&of, &stop, &mut tell).map(drop)
                }
            };
            stop.stop();
            lock(&fetching).remove(&name);
            if let Err(error) = fetched
                && !matches!(error, GetError::Stopped)
            {
                shell.tell(&HostEvent::FetchFailed { name, problem: error.into() });
            }
            shell.tell(&HostEvent::ModelsChanged);
        };
        let started = thread::Builder::new().name("fetch".to_owned()).spawn(run);
        started.map(drop).map_err(|error| Problem {
            code: ProblemCode::Internal,
            message: format!("no thread could be started: {error}"),
        })
    }

    /// A model that was begun, at work or resting.
    pub(super) fn begun(&self, begun: &Unfinished) -> ModelCard {
        let (manifest, bytes) = (&begun.plan.manifest, begun.plan.bytes());
        let is_fetched = lock(&self.fetching).contains_key(&manifest.name);
        let standing = match is_fetched {
            true => ModelStanding::Fetching {
                progress: Fetching {
                    name: manifest.name.clone(),
                    done: begun.done,
                    bytes,
                    bytes_per_second: 0.0,
                    seconds_left: None,
                    waits: None,
                    is_verifying: false,
                    files: Vec::new(),
                },
            },
            false => ModelStanding::Paused { done: begun.done },
        };
        card(manifest, standing, bytes)
    }
}

fn fetch_plan(
    getter: &Getter,
    plan: &Plan,
    stop: &Stop,
    tell: &mut dyn FnMut(Progress, &str),
) -> Result<(), GetError> {
    let name = &plan.manifest.name;
    getter.get(plan, stop, &mut |progress| tell(progress, name)).map(drop)
}

fn told(name: &str, progress: &Progress) -> Fetching {
    let file = |file: &kenning_engine::getting::FileProgress| FileFetching {
        name: file.name.clone(),
        done: file.done,
        bytes: file.bytes,
    };
    Fetching {
        name: name.to_owned(),
        done: progress.done(),
        bytes: progress.bytes(),
        bytes_per_second: progress.speed,
        seconds_left: progress.left.map(|left| left.as_secs_f64()),
        waits: progress.waits.clone(),
        is_verifying: progress.is_verifying,
        files: progress.files.iter().map(file).collect(),
    }
}

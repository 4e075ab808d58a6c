//! Models: which there are, how they stand, switching and comparing them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kenning_domain::{Cancel, Overlong, Role};
use kenning_engine::getting::{
    Condition as Found, Entry, GetError, Import, Manifest, Stop, catalogue, export, forget, import,
    remove, unfinished, verify,
};
use kenning_engine::{
    Compared as OneCompared, Device, DevicePreference, Estimate as Measured, Model, ModelFolder,
    ModelsError, Space, SpaceState, compare, kept_numbers, switching_to,
};

use super::{Desk, internal, lock};
use crate::error::{Problem, ProblemCode};
use crate::events::HostEvent;
use crate::models::{
    CompareModels, Compared, Comparison, Condition, Estimate, ExportModel, FileVerified, ModelCard,
    ModelStanding, ModelTask, ModelsView, UseModel, Verified,
};

/// How long each of two models reads when they are compared.
const COMPARED_FOR: Duration = Duration::from_secs(30);
/// How long a model's speed is measured.
const MEASURED_FOR: Duration = Duration::from_secs(2);
/// Those that a model may be told to keep of its vectors.
const KEPT: [u32; 9] = [64, 128, 256, 384, 512, 768, 1024, 2048, 4096];

impl Desk {
    pub(super) fn models_view(&self) -> Result<ModelsView, Problem> {
        let spaces = self.searching(|searcher| {
            Ok(searcher.truth.read(|view| {
                let spaces = view.spaces()?.into_iter();
                let with_kept = spaces.map(|space| Ok((kept_numbers(view, space.id)?, space)));
                with_kept.collect::<Result<Vec<_>, _>>()
            })?)
        })?;
        let named = |state: SpaceState| {
            let last = spaces.iter().rev().find(|(_, space)| space.state == state);
            last.map(|(_, space)| space.model.clone())
        };
        let kept = spaces.iter().find(|(_, space)| space.state == SpaceState::Answering);
        let mut cards: BTreeMap<String, ModelCard> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        let mut unusable = Vec::new();
        let mut put = |card: ModelCard| {
            if !cards.contains_key(&card.name) {
                order.push(card.name.clone());
            }
            cards.insert(card.name.clone(), card);
        };
        for found in self.models.list() {
            match found.folder {
                Ok(folder) => put(installed(&folder, found.built_in)),
                Err(why) => unusable.push(format!("{}: {why}", found.path.display())),
            }
        }
        for entry in catalogue() {
            if !self.home.models().join(&entry.manifest.name).is_dir() {
                put(offered(entry));
            }
        }
        for begun in unfinished(&self.home.models()) {
            put(self.begun(&begun));
        }
        let speeds = lock(&self.speeds).clone();
        let models = order.iter().filter_map(|name| cards.remove(name)).map(|mut card| {
            card.tokens_per_second = speeds.get(&card.name).copied();
            card.reads_library =
                spaces.iter().any(|(_, space): &(_, Space)| space.model == card.name);
            card
        });
        let models = models.collect();
        let device = Device::select(DevicePreference::default());
        Ok(ModelsView {
            models,
            answering: named(SpaceState::Answering),
            keeping: kept.and_then(|(kept, _)| kept.map(|kept| kept as u32)),
            before: named(SpaceState::Old),
            device: device.device.to_string(),
            fallback: device.fallback.map(|why| why.to_string()),
            unusable,
        })
    }

    pub(super) fn model(&self, name: &str) -> Result<Model, Problem> {
        let folder = self.folder_of(name)?;
        Model::of_folder(folder, DevicePreference::default(), &self.home.calibrations())
            .map_err(|error| model_problem(&error))
    }

    /// Only names: a page that was led astray could else have any folder looked at.
    fn folder_of(&self, name: &str) -> Result<ModelFolder, Problem> {
        if name.contains(['/', '\\']) {
            let message = format!("\"{name}\" is no model's name");
            return Err(Problem { code: ProblemCode::Malformed, message });
        }
        Ok(self.models.find(name)?)
    }

    pub(super) fn verified(&self, name: &str) -> Result<Verified, Problem> {
        let folder = self.folder_of(name)?;
        let found = verify(&folder.path, &folder.manifest.digests, &mut |_| {})?;
        let files: Vec<FileVerified> = found
            .into_iter()
            .map(|file| FileVerified {
                name: file.name,
                condition: match file.condition {
                    Found::Whole => Condition::Whole,
                    Found::Missing => Condition::Missing,
                    Found::Damaged => Condition::Damaged,
                },
            })
            .collect();
        let is_whole = files.iter().all(|file| file.condition == Condition::Whole);
        Ok(Verified { files, is_whole })
    }

    pub(super) fn forgotten(&self, name: &str) -> Result<(), Problem> {
        let models = self.home.models();
        self.pause_fetching(name);
        match unfinished(&models).iter().any(|begun| begun.plan.manifest.name == name) {
            true => forget(&models, name)?,
            false => remove(&models, name)?,
        }
        self.forget_reranker();
        self.tell(&HostEvent::ModelsChanged);
        Ok(())
    }

    pub(super) fn measured(&self, name: &str) -> Result<f64, Problem> {
        let model = self.model(name)?;
        let loaded = model.loaded().map_err(|error| model_problem(&error))?;
        // About as long as a passage is, different each time.
        let text = |number: usize| format!("{number} {}", "one word after the other ".repeat(40));
        let embed = |texts: &[&str]| {
            let made = loaded.embed.embed(texts, Role::Document, None, Overlong::Truncate);
            made.map_err(|error| model_problem(&error))
        };
        let texts: Vec<String> = (0..8).map(text).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        embed(&texts[..1])?;
        let (started, mut tokens) = (Instant::now(), 0);
        while started.elapsed() < MEASURED_FOR {
            tokens += embed(&texts)?.tokens;
        }
        let speed = tokens as f64 / started.elapsed().as_secs_f64();
        lock(&self.speeds).insert(name.to_owned(), speed);
        self.tell(&HostEvent::ModelsChanged);
        Ok(speed)
    }

    pub(super) fn estimated(&self, wanted: &UseModel) -> Result<Estimate, Problem> {
        let model = self.model(&wanted.name)?;
        self.searching(|searcher| {
            let Measured { passages, time, bytes } =
                Measured::measure(&model, &mut searcher.truth)?;
            Ok(Estimate { passages, seconds: time.as_secs_f64(), bytes })
        })
    }

    pub(super) fn switch(&self, wanted: &UseModel) -> Result<(), Problem> {
        let model = self.model(&wanted.name)?;
        let keep = wanted.keep.map(|numbers| numbers as usize);
        let keep = keep.filter(|numbers| *numbers < model.dimensions);
        self.with(|library| library.use_model(model, keep))?;
        self.tell(&HostEvent::ModelsChanged);
        Ok(())
    }

    pub(super) fn switch_back(&self) -> Result<(), Problem> {
        let (spaces, next) = self.searching(|searcher| {
            Ok(searcher.truth.read(|view| Ok((view.spaces()?, switching_to(view)?)))?)
        })?;
        // While another model is made ready, the one that answers is the one to stay with.
        let wanted = if next.is_some() { SpaceState::Answering } else { SpaceState::Old };
        let before = spaces.iter().filter(|space| space.state == wanted);
        let before = before.max_by_key(|space| space.id).ok_or_else(|| Problem {
            code: ProblemCode::Model,
            message: "no other model has answered before".to_owned(),
        })?;
        self.switch(&UseModel { name: before.model.clone(), keep: None })
    }

    pub(super) fn compared(&self, wanted: &CompareModels) -> Result<Comparison, Problem> {
        let [one, other] = [self.model(&wanted.one)?, self.model(&wanted.other)?];
        let cancel = Cancel::default();
        std::mem::replace(&mut *lock(&self.comparing), cancel.clone()).cancel();
        let mut tell = |done: f32| self.tell(&HostEvent::Comparing { done });
        let found = self.searching(|searcher| {
            let truth = &mut searcher.truth;
            Ok(compare([&one, &other], truth, COMPARED_FOR, &cancel, &mut tell)?)
        })?;
        let told = |model: &OneCompared| Compared {
            name: model.name.clone(),
            first: model.first as u32,
            among_ten: model.among_ten as u32,
            passages_per_second: model.passages_per_second,
            milliseconds_per_question: model.question.as_secs_f64() * 1000.0,
        };
        let [one, other] = &found.models;
        Ok(Comparison {
            questions: found.questions as u32,
            passages: found.passages as u32,
            one: told(one),
            other: told(other),
            is_clear: found.is_clear,
        })
    }

    pub(super) fn imported(&self, offer: u32) -> Result<String, Problem> {
        let (from, models) = (self.offered(offer)?, self.home.models());
        std::fs::create_dir_all(&models).map_err(internal)?;
        let name = import(&models, &from, &Import::default(), &Stop::default(), &mut |_| {})?;
        self.tell(&HostEvent::ModelsChanged);
        Ok(name)
    }

    pub(super) fn exported(&self, wanted: &ExportModel) -> Result<(), Problem> {
        let folder = self.folder_of(&wanted.name)?;
        let to = self.offered(wanted.offer)?;
        Ok(export(&folder.path, &to, &Stop::default(), &mut |_| {})?)
    }
}

/// What every model's own file says of it.
pub(super) fn card(manifest: &Manifest, standing: ModelStanding, bytes: u64) -> ModelCard {
    ModelCard {
        name: manifest.name.clone(),
        task: if manifest.embed.is_some() { ModelTask::Embed } else { ModelTask::Rerank },
        standing,
        built_in: false,
        bytes,
        dimensions: None,
        keeps: Vec::new(),
        max_tokens: manifest.max_tokens as u32,
        languages: manifest.languages.map(|count| count as u32),
        licence: manifest.licence.clone(),
        origin: manifest.origin.clone(),
        summary: manifest.summary.clone(),
        tokens_per_second: None,
        reads_library: false,
    }
}

fn installed(folder: &ModelFolder, built_in: bool) -> ModelCard {
    let embed = folder.manifest.embed.as_ref();
    let dimensions = embed.and_then(|_| folder.dimensions().ok()).map(|count| count as u32);
    let is_matryoshka = embed.is_some_and(|embed| embed.matryoshka);
    let keeps = |all: u32| KEPT.into_iter().filter(move |kept| *kept < all).chain([all]);
    ModelCard {
        built_in,
        keeps: dimensions.filter(|_| is_matryoshka).into_iter().flat_map(keeps).collect(),
        dimensions,
        ..card(&folder.manifest, ModelStanding::Installed, folder.size())
    }
}

fn offered(entry: &Entry) -> ModelCard {
    ModelCard {
        dimensions: entry.dimensions.map(|count| count as u32),
        origin: entry.repository.clone(),
        ..card(&entry.manifest, ModelStanding::Offered, entry.megabytes * 1_000_000)
    }
}

fn model_problem(error: &impl std::fmt::Display) -> Problem {
    Problem { code: ProblemCode::Model, message: error.to_string() }
}

impl From<ModelsError> for Problem {
    fn from(error: ModelsError) -> Self {
        model_problem(&error)
    }
}

impl From<GetError> for Problem {
    fn from(error: GetError) -> Self {
        use GetError::{
            BadAddress, BadLimit, Gated, Keyring, NoRepository, NoSpace, NotAHub, Offline,
            Redirects, Refused, Stopped,
        };
        let code = match &error {
            Gated { .. } | Refused { .. } => ProblemCode::Gated,
            NoSpace { .. } => ProblemCode::DiskFull,
            Offline { .. } | NotAHub { .. } | Redirects { .. } | NoRepository { .. } => {
                ProblemCode::Network
            }
            BadAddress(_) | BadLimit => ProblemCode::Malformed,
            Keyring(_) => ProblemCode::Keyring,
            Stopped => ProblemCode::Cancelled,
            _ => ProblemCode::Model,
        };
        Self { code, message: error.to_string() }
    }
}

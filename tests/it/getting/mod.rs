//! Getting models from a hub that behaves as the real one does, and from one that does not.

#[cfg(target_os = "linux")]
mod alone;
mod built_in;
mod carrying;
mod faults;
mod killing;
mod mirror;
mod plans;
mod stopping;
mod ways;

use std::path::{Path, PathBuf};
use std::time::Duration;

use kenning_models::{GetError, Getter, Patience, Plan, Settings, Stop, Wanted};
use kenning_tests::hub::{Content, Hub, Repository};

pub const NAME: &str = "someone/Weather-Embed";
/// As the folder is called that it becomes.
pub const OWN: &str = "weather-embed";
pub const WEIGHTS: &str = "model.safetensors";
/// A little more than a hundred and sixty pieces.
pub const LENGTH: u64 = 21_000_001;

pub fn weights() -> Content {
    Content::Made { seed: 11, length: LENGTH }
}

/// What a model's repository holds: what is needed, and what is not.
pub fn repository(name: &str) -> Repository {
    Repository::new(name)
        .labelled("sentence-similarity", &["license:apache-2.0"])
        .file("config.json", r#"{"model_type":"bert","max_position_embeddings":512}"#)
        .file("1_Pooling/config.json", r#"{"pooling_mode_mean_tokens":true}"#)
        .file(
            "config_sentence_transformers.json",
            r#"{"prompts":{"query":"вопрос: ","passage":"ответ: "}}"#,
        )
        .file("README.md", "# Wetter")
        .lfs("tokenizer.json", "{\"version\":\"1.0\"}")
        .lfs(WEIGHTS, weights())
        .lfs("pytorch_model.bin", "pickled")
}

pub struct Place {
    pub hub: Hub,
    folder: tempfile::TempDir,
    pub settings: Settings,
}

impl Place {
    pub fn new() -> Self {
        let hub = Hub::start();
        hub.add(repository(NAME));
        let patience = Patience {
            failures: 6,
            first_wait: Duration::from_millis(5),
            longest_wait: Duration::from_millis(40),
            stall: Duration::from_millis(1500),
        };
        let settings = Settings { endpoint: hub.endpoint(), patience, ..Settings::default() };
        Self { hub, folder: tempfile::tempdir().unwrap(), settings }
    }

    pub fn models(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn getter(&self) -> Getter {
        Getter::new(&self.settings, self.models()).unwrap()
    }

    pub fn plan(&self) -> Result<Plan, GetError> {
        self.getter().plan(&Wanted::parse(NAME).unwrap(), &Stop::default())
    }

    pub fn get(&self) -> Result<PathBuf, GetError> {
        let getter = self.getter();
        let plan = getter.plan(&Wanted::parse(NAME).unwrap(), &Stop::default())?;
        getter.get(&plan, &Stop::default(), &mut |_| {})
    }

    /// How often the weights were sent.
    pub fn times_sent(&self) -> f64 {
        self.hub.sent(NAME, WEIGHTS) as f64 / LENGTH as f64
    }
}

/// The folder holds the model, whole and nothing else.
pub fn check_installed(folder: &Path) {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    assert_eq!(names, ["config.json", "kenning.toml", WEIGHTS, "tokenizer.json"]);
    assert!(std::fs::read(folder.join(WEIGHTS)).unwrap() == weights().bytes(0..LENGTH));
    assert_eq!(std::fs::read(folder.join("tokenizer.json")).unwrap(), b"{\"version\":\"1.0\"}");
}

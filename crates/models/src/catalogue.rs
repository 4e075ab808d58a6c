//! The models that are offered by name: data, in `catalogue.toml`.

use std::sync::OnceLock;

use kenning_manifest::Manifest;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where its configuration and its tokenizer stand, and its weights where nothing else is said.
    pub repository: String,
    /// The branch, tag or commit that is meant.
    #[serde(default = "main")]
    pub revision: String,
    pub weights: Option<Elsewhere>,
    /// How long its vectors are, where it makes some.
    pub dimensions: Option<usize>,
    /// About how much is fetched.
    pub megabytes: u64,
    pub manifest: Manifest,
}

/// Weights that stand apart from the rest.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    pub repository: String,
    pub file: String,
}

#[derive(Deserialize)]
struct Catalogue {
    model: Vec<Entry>,
}

fn main() -> String {
    "main".to_owned()
}

/// All there are, in the order in which they are shown.
pub fn catalogue() -> &'static [Entry] {
    static READ: OnceLock<Vec<Entry>> = OnceLock::new();
    // It is part of the program, and a test reads it.
    READ.get_or_init(|| read().unwrap_or_default())
}

pub fn entry(name: &str) -> Option<&'static Entry> {
    catalogue().iter().find(|entry| entry.manifest.name == name)
}

fn read() -> Result<Vec<Entry>, toml::de::Error> {
    toml::from_str::<Catalogue>(include_str!("../catalogue.toml")).map(|read| read.model)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kenning_manifest::Task;

    use super::*;
    use crate::hub::RepositoryName;

    #[test]
    fn every_entry_is_whole() {
        let entries = read().unwrap();
        let mut names = HashSet::new();
        for entry in &entries {
            let Manifest { name, summary, licence, task, .. } = &entry.manifest;
            assert!(names.insert(name.clone()), "{name} stands there twice");
            assert!(entry.manifest.to_text().is_ok(), "{name}: {:?}", entry.manifest.to_text());
            assert!(RepositoryName::parse(&entry.repository).is_ok(), "{name}");
            assert!(summary.ends_with('.') && summary.len() > 40, "{name}: {summary}");
            assert!(!licence.is_empty() && entry.manifest.languages.is_some(), "{name}");
            assert_eq!(entry.dimensions.is_some(), *task == Task::Embed, "{name}");
            assert!(entry.megabytes > 10, "{name}");
            if let Some(weights) = &entry.weights {
                assert!(RepositoryName::parse(&weights.repository).is_ok(), "{name}");
                assert!(weights.file.ends_with(".gguf"), "{name}");
            }
            assert!(!name.contains(['/', '\\', ' ']) && name.is_ascii(), "{name}");
        }
        for size in ["0.6b", "4b", "8b"] {
            for series in ["embedding", "reranker"] {
                assert!(entry(&format!("qwen3-{series}-{size}")).is_some(), "{series} {size}");
            }
        }
        assert!(entry("no such model").is_none());
    }
}

//! What was found, with what an answer says by number only.

use std::path::PathBuf;
use std::sync::PoisonError;

use kenning_domain::ContentId;
use kenning_engine::answer::{Answer, Hit, Verdict};
use kenning_engine::{Band, Cluster, Similar, Snapshot};

pub struct Found {
    pub answer: Answer,
    pub topics: Vec<Cluster>,
    pub snapshot: Snapshot,
}

impl Found {
    /// Whether there is no answer to the question, whatever is nearest to it.
    pub fn is_nothing(&self) -> bool {
        self.answer.hits.is_empty() || self.answer.verdict == Verdict::NothingClose
    }

    /// The files that hold a content.
    pub fn files(&self, content: ContentId) -> Vec<PathBuf> {
        // Who panicked while writing left it as whole as is needed to name a file.
        let catalogue = self.snapshot.catalogue.read().unwrap_or_else(PoisonError::into_inner);
        let Some(described) = catalogue.content(content) else { return Vec::new() };
        let path = |file: &kenning_engine::FileDescribed| {
            Some(catalogue.folder(file.folder)?.join(&file.path))
        };
        described.files.iter().filter_map(path).collect()
    }

    /// The ranks of a topic's hits among those that are shown, from 1.
    pub fn ranks(&self, topic: &Cluster) -> Vec<usize> {
        let is_in = |hit: &Hit| {
            hit.content.is_some_and(|content| topic.members.contains(&(content.0 as u64)))
        };
        let ranked = self.answer.hits.iter().enumerate();
        ranked.filter(|(_, hit)| is_in(hit)).map(|(place, _)| place + 1).collect()
    }
}

pub fn band(band: Band) -> &'static str {
    match band {
        Band::Strong => "strong",
        Band::Fair => "fair",
        Band::Faint => "faint",
    }
}

pub fn similar(similar: Similar) -> &'static str {
    match similar {
        Similar::Copy => "copy",
        Similar::NearCopy => "near-copy",
        Similar::Translation => "translation",
    }
}

//! What a search is asked: the question itself, how far to go for it, and what is measured with.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use kenning_domain::{ContentId, PassageId, Tag};

use crate::Cluster;

/// A question to the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub asked: Asked,
    /// How many hits are wanted.
    pub limit: usize,
    pub pipeline: Pipeline,
    /// The only documents that may answer; all where none are named.
    pub among: Option<Arc<HashSet<ContentId>>>,
    /// The languages the user reads, the best known first.
    pub user_languages: Vec<Tag>,
    /// How far the user's clock is ahead of UTC: a filter's days are days where the user lives.
    pub seconds_east: i64,
    /// Whether near copies and translations stand with the best of them instead of by themselves.
    pub grouped: bool,
    /// The topics found for what was typed before, empty at first; `None` where none are wanted.
    pub topics: Option<Vec<Cluster>>,
    /// Whether only the last answer is wanted. Making the ones before it takes a third of the time.
    pub is_patient: bool,
    /// How long the best may be read again; those that are not reached stay behind them. `None`: as long as it
    /// takes.
    pub rerank_within: Option<Duration>,
    pub tuning: Tuning,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What was typed, in the query language.
    Text(String),
    /// What is like all of this.
    LikeContent(ContentId),
    /// What is like this one passage. Its own content is left out.
    LikePassage(PassageId),
}

/// How far a search goes. Each stage that it comes by is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipeline {
    Words,
    /// By meaning alone, to measure it.
    Meaning,
    /// By words at once, then by words and meaning.
    Hybrid,
    /// As before, then the best of it read again together with the question.
    Reranked,
}

/// What is measured with; nobody else needs to change it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// How much words add.
    pub alpha: Option<f32>,
    /// The power of coverage, whatever the languages are.
    pub power: Option<f32>,
    /// Whether names of files count.
    pub names: bool,
    /// How many of the best have their similarity taken from the exact vectors.
    pub exact: usize,
    /// How many threads scan, the calling one counted. `None`: as many as there are cores.
    pub threads: Option<usize>,
}

impl Question {
    pub fn new(typed: impl Into<String>) -> Self {
        Self::of(Asked::Text(typed.into()))
    }

    pub fn of(asked: Asked) -> Self {
        Self {
            asked,
            limit: 20,
            pipeline: Pipeline::Hybrid,
            among: None,
            user_languages: Vec::new(),
            seconds_east: 0,
            grouped: true,
            topics: None,
            is_patient: false,
            rerank_within: None,
            tuning: Tuning::default(),
        }
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self { alpha: None, power: None, names: true, exact: 64, threads: None }
    }
}

//! Models: those that can be had, those that are here, and what becomes of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelsView {
    /// Those that are here, those that are being fetched, and those that can be had, each once.
    pub models: Vec<ModelCard>,
    /// The name of the one that answers.
    pub answering: Option<String>,
    /// The name of the one that answered before, whose vectors are kept.
    pub before: Option<String>,
    /// Where models compute, and why not elsewhere, where a better place was tried.
    pub device: String,
    pub fallback: Option<String>,
    /// Folders among the models that are none, each with the reason.
    pub unusable: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelCard {
    pub name: String,
    pub task: ModelTask,
    pub standing: ModelStanding,
    pub built_in: bool,
    /// What it takes on the disk, or about what would be fetched.
    pub bytes: u64,
    pub dimensions: Option<u32>,
    /// Those that may be kept of a vector, the whole one last; empty where only the whole one may.
    pub keeps: Vec<u32>,
    pub max_tokens: u32,
    pub languages: Option<u32>,
    pub licence: String,
    pub origin: String,
    pub summary: String,
    /// As measured on this machine.
    pub tokens_per_second: Option<f64>,
    /// Whether vectors of the library are this model's.
    pub reads_library: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ModelTask {
    Embed,
    Rerank,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum ModelStanding {
    Offered,
    Fetching {
        progress: Fetching,
    },
    /// Begun, and resting.
    Paused {
        done: u64,
        problem: Option<String>,
    },
    Installed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Fetching {
    pub name: String,
    pub done: u64,
    pub bytes: u64,
    pub bytes_per_second: f64,
    pub seconds_left: Option<f64>,
    /// Why nothing comes at this moment.
    pub waits: Option<String>,
    pub is_verifying: bool,
    pub files: Vec<FileFetching>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileFetching {
    pub name: String,
    pub done: u64,
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GetModel {
    /// A name of the catalogue, or `owner/name`.
    pub name: String,
    pub revision: Option<String>,
    pub file: Option<String>,
    pub called: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UseModel {
    pub name: String,
    /// How many numbers of each vector are kept; all where none is given.
    pub keep: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    pub passages: u64,
    pub seconds: f64,
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    pub files: Vec<FileVerified>,
    pub is_whole: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileVerified {
    pub name: String,
    pub condition: Condition,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Condition {
    Whole,
    Missing,
    Damaged,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompareModels {
    pub one: String,
    pub other: String,
}

/// Two models on the library's own documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    pub questions: u32,
    pub passages: u32,
    pub one: Compared,
    pub other: Compared,
    /// Whether the difference is more than chance gives.
    pub is_clear: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    pub name: String,
    /// How many documents were found first, and among the first ten.
    pub first: u32,
    pub among_ten: u32,
    pub passages_per_second: f64,
    pub milliseconds_per_question: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportModel {
    pub name: String,
    pub offer: u32,
}

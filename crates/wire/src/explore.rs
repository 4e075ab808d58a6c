//! The map of meanings.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::search::{FileRef, Likeness};

/// Every document as a point. The columns stand side by side, for there may be tens of thousands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MeaningMap {
    /// How much of a newer map is made, from 0 to 1; `null` where none is being made.
    pub making: Option<f32>,
    /// Whether the library has changed since; a newer one is begun when it is asked for again after a rest.
    pub is_old: bool,
    pub documents: Vec<i64>,
    pub titles: Vec<String>,
    /// From -1 to 1.
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    /// A number in `languages`, or -1.
    pub language: Vec<i32>,
    /// A number in `topics`, of the innermost one, or -1.
    pub topic: Vec<i32>,
    pub languages: Vec<String>,
    pub topics: Vec<MapTopic>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MapTopic {
    pub name: Vec<String>,
    /// The topic around it, as a number in the list.
    pub parent: Option<u32>,
    pub documents: u32,
    /// Where its name is written.
    pub x: f32,
    pub y: f32,
}

/// A document with others that say the same, or one that nothing is like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    pub document: i64,
    pub title: Option<String>,
    pub format: String,
    pub files: Vec<FileRef>,
    pub language: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Twins {
    pub is: Likeness,
    /// Two or more.
    pub documents: Vec<Standing>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Peculiar {
    pub making: Option<f32>,
    /// Whether the library has changed since; a newer one is begun when it is asked for again after a rest.
    pub is_old: bool,
    pub twins: Vec<Twins>,
    pub odd: Vec<Standing>,
}

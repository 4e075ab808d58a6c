//! Asking, and what is shown of answers and documents.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::Problem;

/// From where to where in a text, in UTF-16 units; the end is not in it.
pub type Span = [u32; 2];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    pub asked: Asked,
    /// How many documents are wanted.
    pub limit: u32,
    /// Whether words are enough, or the best are to be read again by a reranker.
    pub pipeline: Pipeline,
    /// Whether near copies and translations stand under the best of them.
    pub grouped: bool,
    /// Whether topics are wanted.
    pub topics: bool,
    /// The languages the user reads, the best known first, as `de` or `zh`.
    pub languages: Vec<String>,
    /// How far the user's clock is ahead of UTC.
    pub minutes_east: i32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "camelCase")]
pub enum Asked {
    /// What was typed, in the query language.
    Text { text: String },
    /// What is like a document.
    Document { document: i64 },
    /// What is like one passage of a document.
    Passage { passage: u64 },
    /// Those of a set of documents, chosen on the map, that answer what was typed; all of them where
    /// nothing was typed.
    Within { text: String, documents: Vec<i64> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Pipeline {
    Words,
    Meaning,
    Reranked,
}

/// What a search tells, one after the other, over a channel of its own. The last one is `done` or `failed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum SearchNews {
    /// Takes the place of the answer before it.
    Answer {
        answer: Answer,
    },
    Topics {
        topics: Vec<Topic>,
    },
    /// The best could not be read again; the answer stands.
    NotReranked {
        problem: Problem,
    },
    Done,
    Failed {
        problem: Problem,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub verdict: Verdict,
    pub stage: Pipeline,
    pub hits: Vec<Hit>,
    pub coverage: Coverage,
    /// The languages the question may be in, the likeliest first.
    pub languages: Vec<String>,
    /// Quoted phrases that no document holds, which were read as plain words.
    pub loosened: Vec<String>,
    pub milliseconds: f64,
    /// Why only words were searched though more was asked for, where that is so.
    pub words_only_because: Option<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Found,
    /// The hits are the nearest things there are, not answers.
    NothingClose,
    /// There are no hits.
    Nothing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    pub files: u64,
    pub words_only: u64,
    pub waiting: u64,
    pub failed: u64,
    pub without_text: u64,
}

/// A document that answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// `null` for a file of which nothing but its name is known.
    pub document: Option<i64>,
    /// Those that hold it; never empty.
    pub files: Vec<FileRef>,
    pub title: Option<String>,
    /// A short name such as `pdf`; empty where it was not read.
    pub format: String,
    /// Seconds since the start of 1970.
    pub date: i64,
    /// The best first. None where only its name answers.
    pub passages: Vec<Passage>,
    pub why: Why,
    /// Why nothing but its name is known.
    pub unread: Option<Unread>,
    /// Near copies and translations, which do not stand among the hits.
    pub others: Vec<Other>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// A short word, as in the ledger.
    pub reason: String,
    /// More of it, in English.
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileRef {
    pub id: i64,
    pub name: String,
    /// The folder it lies in, to be shown: nothing is opened by it.
    pub folder: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Passage {
    pub id: u64,
    pub page: Option<u32>,
    pub headings: Vec<String>,
    pub language: Option<String>,
    pub excerpt: String,
    /// Of the excerpt, in order and apart.
    pub highlights: Vec<Span>,
    /// The sentence of the excerpt that carries the most.
    pub sentence: Option<Span>,
    pub more_before: bool,
    pub more_after: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The words of the question that it holds.
    pub words: Vec<String>,
    /// Those that its file's name holds.
    pub name: Vec<String>,
    /// `null` in a list by date.
    pub band: Option<Band>,
    pub shares: Shares,
    pub language: Option<String>,
    /// Whether a model read it again with the question.
    pub reranked: bool,
}

/// What each ranker gave to the score; they add up to one, or are all nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Shares {
    pub words: f32,
    pub name: f32,
    pub meaning: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Band {
    Strong,
    Fair,
    Faint,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Other {
    pub document: i64,
    pub is: Likeness,
    pub files: Vec<FileRef>,
    pub title: Option<String>,
    pub language: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Likeness {
    Copy,
    NearCopy,
    Translation,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Topic {
    /// Stays the same from one keystroke to the next.
    pub id: u64,
    /// The terms that set it apart, the most telling first.
    pub name: Vec<String>,
    pub documents: Vec<i64>,
}

/// A part of a document's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewRequest {
    pub document: i64,
    pub from: PreviewFrom,
    /// What was asked, for what is highlighted; may be empty.
    pub query: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "at", rename_all = "camelCase")]
pub enum PreviewFrom {
    Start,
    /// With the passage well inside.
    Passage {
        passage: u64,
    },
    /// The part with this number.
    Part {
        part: u32,
    },
}

/// A document is shown in parts of some tens of thousands of characters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    pub document: i64,
    pub title: Option<String>,
    pub author: Option<String>,
    pub format: String,
    pub date: i64,
    pub bytes: u64,
    pub files: Vec<FileRef>,
    pub languages: Vec<String>,
    pub part: u32,
    pub parts: u32,
    /// This part's text, to be shown as text.
    pub text: String,
    /// Where the words of the question stand in this part.
    pub matches: Vec<Span>,
    /// The passage that was asked for, in this part.
    pub passage: Option<Span>,
    /// Where pages begin in this part.
    pub pages: Vec<PageStart>,
    /// Where headings stand in this part.
    pub headings: Vec<HeadingAt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PageStart {
    pub page: u32,
    pub at: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HeadingAt {
    pub level: u32,
    pub range: Span,
}

/// A search that is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Remembered {
    pub text: String,
    /// Seconds since the start of 1970.
    pub last: i64,
    pub saved: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Remember {
    pub text: String,
    pub saved: bool,
}

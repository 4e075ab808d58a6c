//! What a search answers with: hits, why they are hits, and what was searched.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use kenning_domain::{ContentId, FileId, ModelError, PassageId, Tag};
use kenning_store::codes::CodesError;
use kenning_store::index::WordsError;
use kenning_store::{Reason, StoreError};

use crate::score::Band;
use crate::{Cluster, Similar};

/// What a search says, as soon as it knows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Answer(Answer),
    /// The topics among the hits told of before and some two hundred that would follow. Members are
    /// numbers of contents.
    Topics(Vec<Cluster>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub stage: Stage,
    /// Whether no further answer follows. Only the last one's verdict is final.
    pub is_last: bool,
    /// The best first.
    pub hits: Vec<Hit>,
    pub verdict: Verdict,
    pub coverage: Coverage,
    /// The languages the question may be in, the likeliest first.
    pub languages: Vec<(Tag, f32)>,
    /// The quoted phrases that no document holds which the filters allow. They were read as plain
    /// words, as they were typed.
    pub loosened: Vec<String>,
    /// Since the question was asked.
    pub took: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Words,
    /// Words and meaning, or meaning alone where that was asked for.
    Meaning,
    Reranked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Found,
    /// The hits are no nearer than chance: the nearest things there are, not answers.
    NothingClose,
}

/// What was searched, as the ledger has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Searched by words at least.
    pub files: u64,
    /// Those of them that are searched by words only so far.
    pub words_only: u64,
    /// Not read yet, or to be read again.
    pub waiting: u64,
    /// Could not be read and are tried again.
    pub failed: u64,
    /// Give no text, or are left alone.
    pub without_text: u64,
}

/// A document that answers, or a file that has an answer's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// `None` for a file of which nothing but its name is known.
    pub content: Option<ContentId>,
    /// Why nothing but its name is known, where that is so.
    pub unread: Option<Reason>,
    /// Those that hold it: first those that the filters allow.
    pub files: Vec<HitFile>,
    pub title: Option<String>,
    /// Empty where it was not read.
    pub format: String,
    /// Seconds since the start of 1970: what the document says of itself, else when its file changed.
    pub date: i64,
    /// Its best passages, the best first. None where only its name answers and it has no text.
    pub passages: Vec<PassageHit>,
    pub why: Why,
    /// To be compared within one answer only.
    pub score: f32,
    /// Others that say the same, which do not stand among the hits.
    pub others: Vec<(ContentId, Similar)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitFile {
    pub id: FileId,
    pub path: PathBuf,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PassageHit {
    pub id: PassageId,
    pub page: Option<u32>,
    pub headings: Vec<String>,
    pub language: Option<Tag>,
    /// Where it stands in the document's text.
    pub span: Range<usize>,
    /// What is shown of it.
    pub excerpt: String,
    /// Bytes of the excerpt that stand out, in order and apart.
    pub highlights: Vec<Range<usize>>,
    pub more_before: bool,
    pub more_after: bool,
    /// The sentence of the excerpt that has the most of the question's words, if any has one.
    pub sentence: Option<Range<usize>>,
    pub score: f32,
}

/// Why a document is a hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// The words of the question that it holds, as they were typed.
    pub words: Vec<String>,
    /// Those that its file's name holds.
    pub name: Vec<String>,
    /// What words, name and meaning gave to its score; they add up to one, or are all nothing.
    pub shares: Shares,
    /// Its best passage's language.
    pub language: Option<Tag>,
    /// Whether a model read it again with the question.
    pub is_reranked: bool,
    /// How sure it is that it answers. `None` in a list by date: nothing was asked that it could answer.
    pub band: Option<Band>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    pub words: f32,
    pub name: f32,
    pub meaning: f32,
}

/// Why there is no answer, or none that goes as far as was asked for.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    #[error("nobody waits for the answer any more")]
    Cancelled,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Words(WordsError),
    #[error(transparent)]
    Codes(CodesError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("what it is to be compared with is not in the library any more")]
    Gone,
}

impl From<WordsError> for AnswerError {
    fn from(error: WordsError) -> Self {
        match error {
            WordsError::Cancelled => Self::Cancelled,
            other => Self::Words(other),
        }
    }
}

impl From<CodesError> for AnswerError {
    fn from(error: CodesError) -> Self {
        match error {
            CodesError::Cancelled => Self::Cancelled,
            other => Self::Codes(other),
        }
    }
}

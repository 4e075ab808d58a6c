//! What can be asked of the index, and what it answers.

use kenning_domain::{FileId, PassageId};

use crate::{Allowed, Cancelled};

/// A question to the passages. One that has neither `words` nor `must` finds nothing.
#[derive(Clone, Default)]
pub struct WordQuery<'a> {
    /// A passage's score is the sum over these; one of them is enough where nothing is in `must`.
    pub words: Vec<Word>,
    /// A passage must hold all of these.
    pub must: Vec<Phrase>,
    /// A passage must hold none of these.
    pub must_not: Vec<Phrase>,
    /// Exact: the best are the best among those allowed.
    pub allowed: Option<Allowed<'a>>,
    pub cancelled: Option<Cancelled<'a>>,
}

/// A word of a question: the ways in which it may stand in a passage, of which the best counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    pub stems: Vec<String>,
    pub exact: Vec<String>,
    /// Words of this beginning count too, the 64 most frequent of them, each as if it were as
    /// frequent as all of them together: a rare ending must not outweigh the rest of the question.
    pub prefix: Option<String>,
}

impl Word {
    pub fn stem(stem: &str) -> Self {
        Self { stems: vec![stem.to_owned()], ..Self::default() }
    }

    pub fn exact(word: &str) -> Self {
        Self { exact: vec![word.to_owned()], ..Self::default() }
    }
}

/// A word of a question to the names of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameWord {
    pub terms: Vec<String>,
    pub prefix: Option<String>,
}

/// Exact words at these distances from the first. A single word is a phrase too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase {
    pub terms: Vec<(String, u32)>,
}

impl Phrase {
    /// Words that follow each other.
    pub fn of(words: &[&str]) -> Self {
        Self { terms: words.iter().map(|word| (*word).to_owned()).zip(0..).collect() }
    }
}

/// How a given passage answers a question.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scored {
    pub score: f32,
    /// A bit for each of the first 64 words of the question that stands in it.
    pub matched: u64,
}

/// The most that any passage could score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Possible {
    pub sum: f32,
    /// For each word how much it tells. A word that stands nowhere tells as much as the rarest.
    pub idf: Vec<f32>,
    /// For each word whether it stands anywhere.
    pub is_met: Vec<bool>,
}

/// A word that tells less than such a part of what the most telling one does is said beside it, as *how* is
/// in a question.
const TELLING: f32 = 0.4;

impl Possible {
    /// Whether a word is worth pointing at, among the others of the question.
    pub fn is_telling(&self, word: usize) -> bool {
        let met = self.idf.iter().zip(&self.is_met).filter(|(_, is_met)| **is_met);
        let most = met.map(|(idf, _)| *idf).fold(0.0, f32::max);
        self.idf.get(word).is_none_or(|idf| *idf >= TELLING * most)
    }
}

/// What the index has an entry of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    Passage(PassageId),
    Name(FileId),
}

pub type Hits = Vec<(PassageId, f32)>;

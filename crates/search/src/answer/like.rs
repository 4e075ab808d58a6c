//! A document's or a passage's most telling words: what it is compared by where it has no vector.

use std::collections::BTreeMap;

use kenning_domain::{ContentId, PassageId, Tag};
use kenning_store::Reader;
use kenning_store::index::{Word, WordQuery, WordsSnapshot};
use kenning_words::terms;

use super::hits::AnswerError;

/// How many passages of a document are read, and how many words it is compared by.
const MOST_READ: u32 = 8;
const MOST_WORDS: usize = 16;
/// Of how many different words it is asked how much they tell.
const MOST_ASKED: usize = 1000;

/// What is to be compared.
#[derive(Clone, Copy, Debug)]
pub enum Model {
    Content(ContentId),
    Passage(PassageId),
}

impl Model {
    pub fn content(self) -> ContentId {
        match self {
            Self::Content(content) => content,
            Self::Passage(passage) => passage.content(),
        }
    }

    fn passages(self) -> Vec<PassageId> {
        match self {
            Self::Content(content) => {
                (0..MOST_READ).map_while(|ordinal| PassageId::new(content, ordinal)).collect()
            }
            Self::Passage(passage) => vec![passage],
        }
    }
}

/// A word that stands in a text.
pub struct Telling {
    pub stem: String,
    pub written: String,
}

/// The words that say most of what a text is about, the most telling first.
pub fn telling(
    model: Model,
    words: &WordsSnapshot,
    truth: &mut Reader,
) -> Result<Vec<Telling>, AnswerError> {
    let texts = truth.read(|view| view.passage_texts(&model.passages()))?;
    if texts.is_empty() {
        return Err(AnswerError::Gone);
    }
    let mut counted: BTreeMap<String, (f32, String)> = BTreeMap::new();
    let mut found = Vec::new();
    for text in &texts {
        let language: Option<Tag> = text.passage.language.map(|language| language.tag);
        found.clear();
        terms(&text.text, language, &mut found);
        for term in &found {
            let written = || (0.0, text.text[term.span.clone()].to_owned());
            counted.entry(term.text.to_string()).or_insert_with(written).0 += 1.0;
        }
    }
    let mut counted: Vec<(String, f32, String)> =
        counted.into_iter().map(|(stem, (times, written))| (stem, times, written)).collect();
    counted.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counted.truncate(MOST_ASKED);
    let asked = counted.iter().map(|(stem, ..)| Word::stem(stem)).collect();
    let possible = words.possible(&WordQuery { words: asked, ..WordQuery::default() })?;
    for ((_, times, _), tells) in counted.iter_mut().zip(&possible.idf) {
        *times = (1.0 + *times).ln() * tells;
    }
    counted.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counted.truncate(MOST_WORDS);
    Ok(counted.into_iter().map(|(stem, _, written)| Telling { stem, written }).collect())
}

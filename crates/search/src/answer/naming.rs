//! Words of passages, as names are made of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::PoisonError;

use kenning_domain::{PassageId, Tag};
use kenning_store::index::{Word, WordQuery, WordsSnapshot};
use kenning_store::{Cancelled, PassageText, Reader};
use kenning_words::{Segmenter, Stems};

use super::hits::AnswerError;
use crate::clusters::{self, ClusterHit, ClusterWord, Naming};
use crate::library::Snapshot;

/// Names for groups of documents, each told by some of its passages: the words that set it apart from the
/// other groups and from the library at large. `around` is what is known of all of them already, and names none.
pub fn names(
    groups: &[Vec<PassageId>],
    around: &[String],
    languages: &[Tag],
    snapshot: &Snapshot,
    truth: &mut Reader,
    cancelled: Cancelled<'_>,
) -> Result<Vec<Vec<String>>, AnswerError> {
    let passages = snapshot.catalogue.read().unwrap_or_else(PoisonError::into_inner).passages();
    let commonness = commonness(&snapshot.words, passages);
    let mut read_of: Vec<Vec<Read>> = Vec::with_capacity(groups.len());
    for group in groups {
        read_of.push(read(group, truth, cancelled)?);
    }
    let words: Vec<Vec<ClusterWord<'_>>> =
        read_of.iter().flatten().map(Read::cluster_words).collect();
    let hits = words.iter().map(|words| ClusterHit { id: 0, vector: &[], words });
    let hits: Vec<ClusterHit<'_>> = hits.collect();
    let mut next = 0;
    let places = read_of.iter().map(|group| {
        let first = next;
        next += group.len();
        (first..next).collect()
    });
    let places: Vec<Vec<usize>> = places.collect();
    let known: Vec<&str> = words
        .iter()
        .flatten()
        .filter(|word| around.iter().any(|known| known == word.form))
        .map(|word| word.stem)
        .collect();
    let naming = Naming { query: &known, languages, commonness: &commonness };
    Ok(clusters::names(&hits, &places, &naming))
}

/// A passage and the words of its text: stems, and where they stand.
pub struct Read {
    pub text: PassageText,
    words: Vec<(String, Range<usize>)>,
}

/// Those passages that are there still; what is damaged is left out.
pub fn read(
    passages: &[PassageId],
    truth: &mut Reader,
    cancelled: Cancelled<'_>,
) -> Result<Vec<Read>, AnswerError> {
    let segmenter = Segmenter::new();
    let mut read = Vec::with_capacity(passages.len());
    for passage in passages {
        if cancelled() {
            return Err(AnswerError::Cancelled);
        }
        match truth.read(|view| view.passage_texts(&[*passage])) {
            Ok(texts) => {
                read.extend(texts.into_iter().map(|text| Read::new(text, &segmenter)));
            }
            // What is damaged is in no topic, and the rest is as it was.
            Err(error) if error.is_damage() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(read)
}

/// In which share of the passages a stem stands, from how much it tells. What was asked once is remembered.
pub fn commonness(words: &WordsSnapshot, passages: usize) -> impl Fn(&str) -> f32 {
    let known: RefCell<HashMap<String, f32>> = RefCell::default();
    let all = passages.max(1) as f32;
    move |stem: &str| {
        if let Some(told) = known.borrow().get(stem) {
            return *told;
        }
        let query = WordQuery { words: vec![Word::stem(stem)], ..WordQuery::default() };
        let tells = words.possible(&query).ok().and_then(|possible| possible.idf.first().copied());
        let holders = tells.map_or(0.0, |tells| (all + 1.0) / tells.exp() - 0.5);
        let common = (holders / all).clamp(0.0, 1.0);
        known.borrow_mut().insert(stem.to_owned(), common);
        common
    }
}

impl Read {
    fn new(text: PassageText, segmenter: &Segmenter) -> Self {
        let language = text.passage.language.map(|language| language.tag);
        let mut stems = Stems::new(language);
        let words = segmenter.words(&text.text).into_iter().map(|word| match word.wide {
            true => (word.folded.into_owned(), word.span),
            false => (stems.stem(&text.text[word.span.clone()]), word.span),
        });
        let words = words.collect();
        Self { text, words }
    }

    pub fn cluster_words(&self) -> Vec<ClusterWord<'_>> {
        let language = self.text.passage.language.map(|language| language.tag);
        self.words
            .iter()
            .map(|(stem, place)| ClusterWord {
                stem,
                form: &self.text.text[place.clone()],
                language,
            })
            .collect()
    }
}

//! The topics among the documents that answer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use kenning_domain::{PassageId, Tag};
use kenning_store::index::{Word, WordQuery, WordsSnapshot};
use kenning_store::{Cancelled, PassageText, Reader};
use kenning_words::{Segmenter, Stems};

use super::asked::Typed;
use super::hits::AnswerError;
use super::ranking::Ranked;
use super::sense::{Vectors, add_exact};
use crate::library::Meaning;
use crate::{Cluster, ClusterHit, ClusterWord, Naming, clusters};

/// How many documents are grouped.
const MOST_HITS: usize = 200;

/// What topics are found by.
pub struct Topics<'a> {
    pub typed: &'a Typed,
    pub user_languages: &'a [Tag],
    pub words: &'a WordsSnapshot,
    pub meaning: &'a Meaning,
    /// How many passages the library has.
    pub passages: usize,
    pub cancelled: Cancelled<'a>,
}

/// A passage and the words of its text: stems, and where they stand.
struct Read {
    text: PassageText,
    words: Vec<(String, Range<usize>)>,
}

impl Topics<'_> {
    /// `previous` are those found for what was typed before.
    pub fn find(
        &self,
        documents: &[Ranked],
        previous: &[Cluster],
        truth: &mut Reader,
        vectors: &mut Vectors,
    ) -> Result<Vec<Cluster>, AnswerError> {
        let best = documents.iter().take(MOST_HITS).filter_map(|one| one.passages.first());
        let best: Vec<PassageId> = best.map(|one| one.passage).collect();
        add_exact(self.meaning, truth, best.iter().copied(), vectors)?;
        let read = self.read(&best, truth)?;
        let words: Vec<Vec<ClusterWord<'_>>> = read.iter().map(Read::cluster_words).collect();
        let hit = |(read, words)| {
            let Read { text, .. }: &Read = read;
            let vector = vectors.get(&text.id).map_or(&[][..], Vec::as_slice);
            let words: &Vec<ClusterWord<'_>> = words;
            ClusterHit { id: text.id.content().0 as u64, vector, words }
        };
        let hits: Vec<ClusterHit<'_>> = read.iter().zip(&words).map(hit).collect();
        Ok(self.named(&hits, previous))
    }

    fn read(&self, passages: &[PassageId], truth: &mut Reader) -> Result<Vec<Read>, AnswerError> {
        let segmenter = Segmenter::new();
        let mut read = Vec::with_capacity(passages.len());
        for passage in passages {
            if (self.cancelled)() {
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

    fn named(&self, hits: &[ClusterHit<'_>], previous: &[Cluster]) -> Vec<Cluster> {
        let known = RefCell::new(HashMap::new());
        let commonness = |stem: &str| {
            let told = known.borrow().get(stem).copied();
            told.unwrap_or_else(|| {
                let common = self.commonness(stem);
                known.borrow_mut().insert(stem.to_owned(), common);
                common
            })
        };
        let query = self.typed.words.iter().flat_map(|word| &word.alternatives);
        let query: Vec<&str> = query.map(String::as_str).collect();
        let naming =
            Naming { query: &query, languages: self.user_languages, commonness: &commonness };
        clusters(hits, previous, &naming)
    }

    /// In which share of the passages a stem stands, from how much it tells.
    fn commonness(&self, stem: &str) -> f32 {
        let query = WordQuery { words: vec![Word::stem(stem)], ..WordQuery::default() };
        let tells =
            self.words.possible(&query).ok().and_then(|possible| possible.idf.first().copied());
        let all = self.passages.max(1) as f32;
        let holders = tells.map_or(0.0, |tells| (all + 1.0) / tells.exp() - 0.5);
        (holders / all).clamp(0.0, 1.0)
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

    fn cluster_words(&self) -> Vec<ClusterWord<'_>> {
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

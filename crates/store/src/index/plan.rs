//! A question's words, looked up: how much each tells, and where in each segment it is to be found.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::Term;
use tantivy::postings::TermInfo;
use tantivy::query::Bm25Weight;

use super::error::{Result, WordsError};
use super::query::{NameWord, Word};
use super::schema::Fields;
use super::segment::{Place, Segment};
use crate::Cancelled;

/// With which BM25 saturates, as in `Bm25Weight`, which does not tell.
pub(super) const K1: f32 = 1.2;

/// The most words that a beginning stands for.
const MOST_COMPLETIONS: usize = 64;

/// How many passages, or names, there are, and how long they are on average.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Statistics {
    pub count: u64,
    pub average: f32,
}

pub(super) struct PlannedWord {
    pub terms: Vec<PlannedTerm>,
    /// How much it tells: that of the way to write it that tells the most.
    pub idf: f32,
}

pub(super) struct PlannedTerm {
    pub place: Place,
    pub weight: Bm25Weight,
    pub idf: f32,
    /// Where it stands in each segment.
    pub infos: Vec<Option<TermInfo>>,
}

pub(super) struct Planner<'a> {
    pub fields: &'a Fields,
    pub segments: &'a [Segment],
    pub statistics: [Statistics; 3],
    pub completions: &'a Completions,
    pub cancelled: Option<Cancelled<'a>>,
}

impl Planner<'_> {
    pub fn passages(&self, words: &[Word]) -> Result<Vec<PlannedWord>> {
        let one = |word: &Word| {
            let stems = word.stems.iter().map(|stem| (Place::Stems, stem));
            let exact = word.exact.iter().map(|exact| (Place::Exact, exact));
            self.word(stems.chain(exact), word.prefix.as_deref(), Place::Exact)
        };
        words.iter().map(one).collect()
    }

    pub fn names(&self, words: &[NameWord]) -> Result<Vec<PlannedWord>> {
        let one = |word: &NameWord| {
            let terms = word.terms.iter().map(|term| (Place::Names, term));
            self.word(terms, word.prefix.as_deref(), Place::Names)
        };
        words.iter().map(one).collect()
    }

    fn word<'w>(
        &self,
        ways: impl Iterator<Item = (Place, &'w String)>,
        prefix: Option<&str>,
        place: Place,
    ) -> Result<PlannedWord> {
        let mut terms = Vec::new();
        for (place, word) in ways {
            let term = place.term(self.fields, word);
            let infos = self.infos(place, &term)?;
            terms.extend(self.term(place, frequency(&infos), infos));
        }
        if let Some(prefix) = prefix.filter(|prefix| !prefix.is_empty()) {
            terms.extend(self.completions(place, prefix)?);
        }
        let idf = terms.iter().map(|term| term.idf).reduce(f32::max);
        let idf = idf.unwrap_or_else(|| idf_of(0, self.statistics[place as usize].count));
        Ok(PlannedWord { terms, idf })
    }

    fn infos(&self, place: Place, term: &Term) -> Result<Vec<Option<TermInfo>>> {
        let info = |segment: &Segment| Ok(segment.words(place).get_term_info(term)?);
        self.segments.iter().map(info).collect()
    }

    /// `None` where it stands nowhere.
    fn term(
        &self,
        place: Place,
        frequency: u64,
        infos: Vec<Option<TermInfo>>,
    ) -> Option<PlannedTerm> {
        let Statistics { count, average } = self.statistics[place as usize];
        // A passage that is there twice, or a damaged index, must not end in a panic.
        let frequency = frequency.min(count);
        let weight = Bm25Weight::for_one_term_without_explain(frequency, count, average);
        let idf = idf_of(frequency, count);
        (frequency > 0).then_some(PlannedTerm { place, weight, idf, infos })
    }

    /// The most frequent words with this beginning.
    fn completions(&self, place: Place, prefix: &str) -> Result<Vec<PlannedTerm>> {
        let found = self.completions.of(place, prefix, || self.complete(place, prefix))?;
        let together = found.iter().map(|infos| frequency(infos)).sum();
        Ok(found.iter().filter_map(|infos| self.term(place, together, infos.clone())).collect())
    }

    /// The same by going through all words with this beginning, equals in the order of their letters.
    fn complete(&self, place: Place, prefix: &str) -> Result<Found> {
        let mut streams = Vec::new();
        for (at, segment) in self.segments.iter().enumerate() {
            let mut stream =
                segment.words(place).terms().range().ge(prefix.as_bytes()).into_stream()?;
            if stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
                streams.push((at, stream));
            }
        }
        let mut found: Vec<(u64, Vec<Option<TermInfo>>)> = Vec::new();
        let mut word = Vec::new();
        while let Some(next) = streams.iter().map(|(_, stream)| stream.key()).min() {
            word.clear();
            word.extend_from_slice(next);
            let own = || streams.iter().filter(|(_, stream)| stream.key() == word);
            let frequency: u64 = own().map(|(_, stream)| u64::from(stream.value().doc_freq)).sum();
            let rank = found.partition_point(|(known, _)| *known >= frequency);
            if rank < MOST_COMPLETIONS {
                let mut infos = vec![None; self.segments.len()];
                for (at, stream) in own() {
                    infos[*at] = Some(stream.value().clone());
                }
                found.insert(rank, (frequency, infos));
                found.truncate(MOST_COMPLETIONS);
            }
            streams.retain_mut(|(_, stream)| {
                stream.key() != word
                    || (stream.advance() && stream.key().starts_with(prefix.as_bytes()))
            });
            if self.cancelled.is_some_and(|cancelled| cancelled()) {
                return Err(WordsError::Cancelled);
            }
        }
        Ok(found.into_iter().map(|(_, infos)| infos).collect())
    }
}

/// Words and where each of them stands in each segment.
type Found = Vec<Vec<Option<TermInfo>>>;

/// What was found for the beginnings asked for last: one question asks several times, and the segments
/// of a snapshot never change.
#[derive(Default)]
pub(super) struct Completions(Mutex<VecDeque<(Place, String, Arc<Found>)>>);

impl Completions {
    /// So many are remembered.
    const LAST: usize = 8;

    fn of(
        &self,
        place: Place,
        prefix: &str,
        find: impl FnOnce() -> Result<Found>,
    ) -> Result<Arc<Found>> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |one: &&(Place, String, Arc<Found>)| one.0 == place && one.1 == prefix;
        if let Some((_, _, found)) = known().iter().find(is_it) {
            return Ok(Arc::clone(found));
        }
        let found = Arc::new(find()?);
        let mut known = known();
        known.truncate(Self::LAST - 1);
        known.push_front((place, prefix.to_owned(), Arc::clone(&found)));
        Ok(found)
    }
}

fn frequency(infos: &[Option<TermInfo>]) -> u64 {
    infos.iter().flatten().map(|info| u64::from(info.doc_freq)).sum()
}

/// How much a word tells that stands in `frequency` of `count`.
pub(super) fn idf_of(frequency: u64, count: u64) -> f32 {
    let without = count.saturating_sub(frequency) as f32;
    (1.0 + (without + 0.5) / (frequency as f32 + 0.5)).ln()
}

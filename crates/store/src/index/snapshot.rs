//! The index as it was at one moment, and the questions it answers.

use std::sync::Arc;

use kenning_domain::{FileId, PassageId};
use tantivy::{Searcher, TERMINATED};

use super::error::{Result, guarded};
use super::plan::{Completions, K1, PlannedWord, Planner, Statistics};
use super::query::{Entry, Hits, NameWord, Possible, Scored, WordQuery};
use super::schema::{Fields, NAME};
use super::segment::{Place, Segment};
use super::walk::{Restrictions, Words};
use crate::Cancelled;
use crate::mark::Mark;
use crate::top::{Ranked, Top};

/// Stays as it is whatever is written since. Cheap to clone.
///
/// Scores are BM25. How frequent words are and how long passages are is counted over all segments,
/// with removed passages until their segments are merged, which happens when a fifth of one is gone:
/// until then a score differs from that of a fresh index, by less than a twentieth as a rule, and
/// from one commit to the next only where something was written. The same index gives the same.
#[derive(Clone)]
pub struct WordsSnapshot {
    inner: Arc<Inner>,
}

struct Inner {
    fields: Fields,
    segments: Vec<Segment>,
    statistics: [Statistics; 3],
    completions: Completions,
    mark: Option<Mark>,
    /// Keeps the files of the segments from being collected.
    _searcher: Searcher,
}

impl WordsSnapshot {
    pub(super) fn open(
        searcher: Searcher,
        fields: Fields,
        mark: Option<Mark>,
        before: Option<&Self>,
    ) -> Result<Self> {
        let known = |id| {
            let segments = before.iter().flat_map(|before| &before.inner.segments);
            segments.clone().find(|segment| segment.segment_id() == id).map(|same| same.counts)
        };
        let readers = searcher.segment_readers().iter();
        let segments: Result<Vec<_>> =
            readers.map(|reader| Segment::open(reader, &fields, known)).collect();
        let segments = segments?;
        let statistics = Place::ALL.map(|place| statistics(&segments, place));
        let completions = Completions::default();
        let inner = Inner { fields, segments, statistics, completions, mark, _searcher: searcher };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How much of the truth is in it. `None` where it was never told.
    pub fn mark(&self) -> Option<Mark> {
        self.inner.mark
    }

    /// How many parts the index has.
    pub fn segments(&self) -> usize {
        self.inner.segments.len()
    }

    /// The best passages, the best first; equals by their number.
    pub fn best(&self, query: &WordQuery<'_>, limit: usize) -> Result<Hits> {
        guarded(|| {
            let words = self.planner(query.cancelled).passages(&query.words)?;
            let mut top = Top::new(limit);
            for (at, segment) in self.inner.segments.iter().enumerate() {
                let restrictions = Restrictions::open(query, segment, &self.inner.fields)?;
                let Some(mut restrictions) = restrictions else { continue };
                Words::open(&words, segment, at)?.walk(segment, &mut restrictions, &mut top)?;
            }
            let hit = |ranked: Ranked| (PassageId(ranked.id), ranked.score);
            Ok(top.into_sorted().into_iter().map(hit).collect())
        })
    }

    /// How many passages there are to find.
    pub fn count(&self, query: &WordQuery<'_>) -> Result<usize> {
        guarded(|| {
            let words = self.planner(query.cancelled).passages(&query.words)?;
            let mut count = 0;
            for (at, segment) in self.inner.segments.iter().enumerate() {
                let restrictions = Restrictions::open(query, segment, &self.inner.fields)?;
                let Some(restrictions) = restrictions else { continue };
                count += count_in(&words, segment, at, restrictions)?;
            }
            Ok(count)
        })
    }

    /// The most that a passage could score, and what each word tells.
    pub fn possible(&self, query: &WordQuery<'_>) -> Result<Possible> {
        guarded(|| {
            let words = self.planner(query.cancelled).passages(&query.words)?;
            let idf: Vec<f32> = words.iter().map(|word| word.idf).collect();
            let is_met = words.iter().map(|word| !word.terms.is_empty()).collect();
            Ok(Possible { sum: idf.iter().sum::<f32>() * (K1 + 1.0), idf, is_met })
        })
    }

    /// The exact scores of these passages, for the words of the question alone. One that is not in
    /// the index has none.
    pub fn score_of(&self, query: &WordQuery<'_>, passages: &[PassageId]) -> Result<Vec<Scored>> {
        guarded(|| {
            let words = self.planner(query.cancelled).passages(&query.words)?;
            let mut scores = vec![Scored::default(); passages.len()];
            let mut sorted: Vec<_> = passages.iter().copied().zip(0..).collect();
            sorted.sort_unstable();
            for (at, segment) in self.inner.segments.iter().enumerate() {
                let entries = segment.entries_of(&self.inner.fields, &sorted)?;
                if entries.is_empty() {
                    continue;
                }
                let mut words = Words::open(&words, segment, at)?;
                for (entry, place) in entries {
                    scores[place] = words.score(entry);
                }
            }
            Ok(scores)
        })
    }

    /// The files whose names answer best.
    pub fn names(&self, words: &[NameWord], limit: usize) -> Result<Vec<(FileId, f32)>> {
        guarded(|| {
            let words = self.planner(None).names(words)?;
            let mut top = Top::new(limit);
            for (at, segment) in self.inner.segments.iter().enumerate() {
                let words = Words::open(&words, segment, at)?;
                words.walk(segment, &mut Restrictions::none(None), &mut top)?;
            }
            let hit = |ranked: Ranked| (FileId((ranked.id & !NAME) as i64), ranked.score);
            Ok(top.into_sorted().into_iter().map(hit).collect())
        })
    }

    /// The number of everything there is to find, in no order; a passage or a name that is there
    /// twice comes twice.
    pub fn each(&self, mut take: impl FnMut(Entry)) -> Result<()> {
        guarded(|| {
            for segment in &self.inner.segments {
                for entry in (0..segment.entries()).filter(|entry| segment.is_alive(*entry)) {
                    let id = segment.id(entry);
                    take(match id & NAME {
                        0 => Entry::Passage(PassageId(id)),
                        _ => Entry::Name(FileId((id & !NAME) as i64)),
                    });
                }
            }
            Ok(())
        })
    }

    /// How many passages hold a word, as it is counted.
    #[cfg(test)]
    pub(super) fn frequency(&self, word: &super::Word) -> u64 {
        let planned = self.planner(None).passages(std::slice::from_ref(word)).unwrap();
        let infos = planned.iter().flat_map(|word| &word.terms).flat_map(|term| &term.infos);
        infos.flatten().map(|info| u64::from(info.doc_freq)).sum()
    }

    /// How many passages there are and how long they are, as it is counted.
    #[cfg(test)]
    pub(super) fn counted(&self, stems: bool) -> (u64, f32) {
        let place = if stems { Place::Stems } else { Place::Exact };
        let Statistics { count, average } = self.inner.statistics[place as usize];
        (count, average)
    }

    fn planner<'a>(&'a self, cancelled: Option<Cancelled<'a>>) -> Planner<'a> {
        let Inner { fields, segments, statistics, completions, .. } = &*self.inner;
        Planner { fields, segments, statistics: *statistics, completions, cancelled }
    }
}

fn statistics(segments: &[Segment], place: Place) -> Statistics {
    let count = |segment: &Segment| match place {
        Place::Names => segment.counts.names,
        Place::Stems | Place::Exact => segment.counts.passages,
    };
    let count: u64 = segments.iter().map(count).sum();
    let words: u64 = segments.iter().map(|segment| segment.words(place).total_num_tokens()).sum();
    // Where there are no words there is nothing to divide a length by.
    Statistics { count, average: (words as f32 / count.max(1) as f32).max(f32::MIN_POSITIVE) }
}

fn count_in(
    words: &[PlannedWord],
    segment: &Segment,
    at: usize,
    mut restrictions: Restrictions<'_>,
) -> Result<usize> {
    let mut count = 0;
    if restrictions.has_must() {
        let mut entry = restrictions.seek_must(0)?;
        while entry != TERMINATED {
            let found = segment.is_alive(entry) && restrictions.admits(entry, segment.id(entry));
            count += usize::from(found);
            entry = restrictions.seek_must(entry + 1)?;
        }
        return Ok(count);
    }
    Words::open(words, segment, at)?.each(|entry| {
        restrictions.look()?;
        let found = segment.is_alive(entry) && restrictions.admits(entry, segment.id(entry));
        count += usize::from(found);
        Ok(())
    })?;
    Ok(count)
}

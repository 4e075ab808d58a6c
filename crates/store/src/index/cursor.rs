//! Walks along the entries in which a word of a question stands, and scores them.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::Bm25Weight;
use tantivy::{DocId, DocSet, TERMINATED};

use super::error::Result;
use super::plan::{K1, PlannedWord};
use super::segment::Segment;

/// From this many ways to write a word on, their entries are gathered before the walk: asking all of
/// them at each step would cost more.
const MANY: usize = 6;

/// Where in one segment a word stands, in any of its ways.
pub(super) struct WordCursor {
    ways: Ways,
    /// No entry scores more.
    pub bound: f32,
}

enum Ways {
    Each(Vec<TermCursor>),
    Gathered(Gathered),
}

struct TermCursor {
    postings: SegmentPostings,
    lengths: FieldNormReader,
    weight: Bm25Weight,
}

/// Entries in order, each with the best score that any of the ways gives it.
struct Gathered {
    entries: Vec<(DocId, f32)>,
    at: usize,
}

impl WordCursor {
    /// `None` where it stands nowhere in this segment.
    pub fn open(word: &PlannedWord, segment: &Segment, at: usize) -> Result<Option<Self>> {
        let mut ways = Vec::new();
        for term in &word.terms {
            let Some(info) = &term.infos[at] else { continue };
            ways.push(TermCursor {
                postings: segment.postings(term.place, info)?,
                lengths: segment.lengths(term.place).clone(),
                weight: term.weight.clone(),
            });
        }
        if ways.is_empty() {
            return Ok(None);
        }
        let ways = if ways.len() < MANY {
            Ways::Each(ways)
        } else {
            Ways::Gathered(Gathered::gather(ways, segment.entries()))
        };
        Ok(Some(Self { ways, bound: word.idf * (K1 + 1.0) }))
    }

    #[inline]
    pub fn entry(&self) -> DocId {
        match &self.ways {
            Ways::Each(ways) => {
                ways.iter().map(|way| way.postings.doc()).min().unwrap_or(TERMINATED)
            }
            Ways::Gathered(gathered) => gathered.entry(),
        }
    }

    /// Goes to the first entry that is not before this one, and says which that is.
    #[inline]
    pub fn seek(&mut self, entry: DocId) -> DocId {
        match &mut self.ways {
            Ways::Each(ways) => {
                let seek = |way: &mut TermCursor| seek(&mut way.postings, entry);
                ways.iter_mut().map(seek).min().unwrap_or(TERMINATED)
            }
            Ways::Gathered(gathered) => gathered.seek(entry),
        }
    }

    /// The score of the entry it stands at.
    #[inline]
    pub fn score(&mut self) -> f32 {
        match &mut self.ways {
            Ways::Each(ways) => {
                let entry = ways.iter().map(|way| way.postings.doc()).min().unwrap_or(TERMINATED);
                let there = ways.iter().filter(|way| way.postings.doc() == entry);
                there.map(TermCursor::score).fold(0.0, f32::max)
            }
            Ways::Gathered(gathered) => gathered.entries[gathered.at].1,
        }
    }

    /// Goes on to the next entry.
    #[inline]
    pub fn advance(&mut self) {
        match &mut self.ways {
            Ways::Each(ways) => match &mut ways[..] {
                [way] => {
                    way.postings.advance();
                }
                ways => {
                    let entries = ways.iter().map(|way| way.postings.doc());
                    let entry = entries.min().unwrap_or(TERMINATED);
                    for way in ways.iter_mut().filter(|way| way.postings.doc() == entry) {
                        way.postings.advance();
                    }
                }
            },
            Ways::Gathered(gathered) => gathered.at += 1,
        }
    }
}

/// Goes on to the first entry that is not before this one, and stays where it is already past it.
#[inline]
pub(super) fn seek(postings: &mut SegmentPostings, entry: DocId) -> DocId {
    match postings.doc() {
        here if here >= entry => here,
        _ => postings.seek(entry),
    }
}

impl TermCursor {
    #[inline]
    fn score(&self) -> f32 {
        let length = self.lengths.fieldnorm_id(self.postings.doc());
        self.weight.score(length, self.postings.term_freq())
    }
}

impl Gathered {
    fn gather(ways: Vec<TermCursor>, entries: DocId) -> Self {
        let total: usize = ways.iter().map(|way| way.postings.size_hint() as usize).sum();
        // A table of all entries costs a walk over it; sorting costs more where there are many.
        let gathered = if total > entries as usize / 16 {
            by_table(ways, entries)
        } else {
            by_sorting(ways, total)
        };
        Self { entries: gathered, at: 0 }
    }

    #[inline]
    fn entry(&self) -> DocId {
        self.entries.get(self.at).map_or(TERMINATED, |(entry, _)| *entry)
    }

    fn seek(&mut self, entry: DocId) -> DocId {
        // Steps that double: what is sought is mostly near.
        let mut step = 1;
        while self.entries.get(self.at + step).is_some_and(|(other, _)| *other < entry) {
            self.at += step;
            step *= 2;
        }
        let end = self.entries.len().min(self.at + step + 1);
        let rest = self.entries.get(self.at..end).unwrap_or_default();
        self.at += rest.partition_point(|(other, _)| *other < entry);
        self.entry()
    }
}

fn by_table(ways: Vec<TermCursor>, entries: DocId) -> Vec<(DocId, f32)> {
    let mut scores = vec![0f32; entries as usize];
    for mut way in ways {
        while way.postings.doc() != TERMINATED {
            let score = &mut scores[way.postings.doc() as usize];
            *score = score.max(way.score());
            way.postings.advance();
        }
    }
    (0..).zip(scores).filter(|(_, score)| *score > 0.0).collect()
}

fn by_sorting(ways: Vec<TermCursor>, total: usize) -> Vec<(DocId, f32)> {
    let mut found = Vec::with_capacity(total);
    for mut way in ways {
        while way.postings.doc() != TERMINATED {
            found.push((way.postings.doc(), way.score()));
            way.postings.advance();
        }
    }
    found.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
    found.dedup_by_key(|(entry, _)| *entry);
    found
}

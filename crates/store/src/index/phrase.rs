//! Finds exact words that stand at given distances from each other.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::{DocId, DocSet, TERMINATED};

use super::cursor::seek;
use super::error::Result;
use super::query::Phrase;
use super::schema::Fields;
use super::segment::{Place, Segment};

pub(super) struct PhraseCursor {
    /// The rarest first.
    words: Vec<PhraseWord>,
    /// Where the phrase may begin in the entry that is looked at.
    begins: Vec<u32>,
    positions: Vec<u32>,
}

struct PhraseWord {
    postings: SegmentPostings,
    /// How far from the first word of the phrase it stands.
    distance: u32,
}

impl PhraseCursor {
    /// `None` where one of its words is not in this segment, and so the phrase neither.
    pub fn open(phrase: &Phrase, segment: &Segment, fields: &Fields) -> Result<Option<Self>> {
        let mut words = Vec::new();
        for (word, distance) in &phrase.terms {
            let term = Place::Exact.term(fields, word);
            let Some(postings) = segment.postings_with_positions(&term)? else { return Ok(None) };
            words.push(PhraseWord { postings, distance: *distance });
        }
        words.sort_by_key(|word| word.postings.size_hint());
        let cursor = Self { words, begins: Vec::new(), positions: Vec::new() };
        Ok((!cursor.words.is_empty()).then_some(cursor))
    }

    /// The first entry with the phrase that is not before this one.
    pub fn seek(&mut self, from: DocId) -> DocId {
        let mut entry = from;
        while entry != TERMINATED {
            match self.align(entry) {
                Aligned::All if self.stands_here() => return entry,
                Aligned::All => entry += 1,
                Aligned::Next(next) => entry = next,
            }
        }
        TERMINATED
    }

    /// Whether the phrase stands in this entry. Entries must be asked for in order.
    pub fn holds(&mut self, entry: DocId) -> bool {
        matches!(self.align(entry), Aligned::All) && self.stands_here()
    }

    fn align(&mut self, entry: DocId) -> Aligned {
        for word in &mut self.words {
            let found = seek(&mut word.postings, entry);
            if found != entry {
                return Aligned::Next(found);
            }
        }
        Aligned::All
    }

    /// Whether the words, which all stand in one entry, stand there as they should.
    fn stands_here(&mut self) -> bool {
        if self.words.len() == 1 {
            return true;
        }
        self.begins.clear();
        for (at, word) in self.words.iter_mut().enumerate() {
            word.postings.positions(&mut self.positions);
            if at == 0 {
                let begins = self.positions.iter().filter_map(|at| at.checked_sub(word.distance));
                self.begins.extend(begins);
            } else {
                let (positions, distance) = (&self.positions, word.distance);
                let stands = |begin: &u32| positions.binary_search(&(begin + distance)).is_ok();
                self.begins.retain(stands);
            }
            if self.begins.is_empty() {
                return false;
            }
        }
        true
    }
}

enum Aligned {
    All,
    /// One of the words stands nowhere before this entry.
    Next(DocId),
}

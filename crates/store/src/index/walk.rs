//! Finds the best entries of a segment without scoring all of them.
//!
//! A word that is everywhere tells little. Once enough good entries are known, those words alone
//! cannot lift an entry among them, and only entries with a rarer word are looked at (MaxScore).
//! What is skipped could not have been taken, and so the result is that of scoring everything.

use kenning_domain::PassageId;
use tantivy::{DocId, TERMINATED};

use super::cursor::WordCursor;
use super::error::{Result, WordsError};
use super::phrase::PhraseCursor;
use super::plan::PlannedWord;
use super::query::WordQuery;
use super::schema::Fields;
use super::segment::Segment;
use crate::top::{Ranked, Top};
use crate::{Allowed, Cancelled};

/// Bounds are sums in another order than scores, and may differ from them in their last digits.
const SLACK: f32 = 1.0001;

/// How many entries are looked at between two questions whether anybody still waits.
const PATIENCE: u32 = 1 << 14;

/// What an entry must be apart from holding words.
pub(super) struct Restrictions<'a> {
    must: Vec<PhraseCursor>,
    must_not: Vec<PhraseCursor>,
    allowed: Option<Allowed<'a>>,
    cancelled: Option<Cancelled<'a>>,
    looked_at: u32,
}

impl<'a> Restrictions<'a> {
    pub fn none(cancelled: Option<Cancelled<'a>>) -> Self {
        Self { must: Vec::new(), must_not: Vec::new(), allowed: None, cancelled, looked_at: 0 }
    }

    /// `None` where nothing in this segment can be what is asked for.
    pub fn open(query: &WordQuery<'a>, segment: &Segment, fields: &Fields) -> Result<Option<Self>> {
        let mut this = Self { allowed: query.allowed, ..Self::none(query.cancelled) };
        for phrase in query.must.iter().filter(|phrase| !phrase.terms.is_empty()) {
            match PhraseCursor::open(phrase, segment, fields)? {
                Some(cursor) => this.must.push(cursor),
                None => return Ok(None),
            }
        }
        for phrase in &query.must_not {
            this.must_not.extend(PhraseCursor::open(phrase, segment, fields)?);
        }
        Ok(Some(this))
    }

    /// Whether entries are given by phrases rather than by words.
    pub fn has_must(&self) -> bool {
        !self.must.is_empty()
    }

    /// The first entry not before this one with all phrases that must be there.
    pub fn seek_must(&mut self, from: DocId) -> Result<DocId> {
        let mut entry = from;
        loop {
            self.look()?;
            let farthest = self.must.iter_mut().map(|phrase| phrase.seek(entry)).max();
            match farthest {
                Some(farthest) if farthest > entry && farthest != TERMINATED => entry = farthest,
                Some(farthest) => return Ok(farthest),
                None => return Ok(entry),
            }
        }
    }

    pub fn look(&mut self) -> Result<()> {
        self.looked_at = self.looked_at.wrapping_add(1);
        if self.looked_at % PATIENCE == 1 && self.cancelled.is_some_and(|cancelled| cancelled()) {
            return Err(WordsError::Cancelled);
        }
        Ok(())
    }

    /// Whether an entry with the words may be taken. Entries must come in order.
    pub fn admits(&mut self, entry: DocId, id: u64) -> bool {
        !self.must_not.iter_mut().any(|phrase| phrase.holds(entry))
            && self.allowed.is_none_or(|allowed| allowed(PassageId(id)))
    }
}

/// The words of a question within one segment.
pub(super) struct Words {
    /// With the place that each has in the question.
    cursors: Vec<(usize, WordCursor)>,
    /// What each word of the question gave to the entry looked at.
    shares: Vec<f32>,
}

impl Words {
    pub fn open(words: &[PlannedWord], segment: &Segment, at: usize) -> Result<Self> {
        let mut cursors = Vec::new();
        for (place, word) in words.iter().enumerate() {
            cursors.extend(WordCursor::open(word, segment, at)?.map(|cursor| (place, cursor)));
        }
        // From the word that tells least to the one that tells most.
        cursors.sort_by(|(_, one), (_, other)| one.bound.total_cmp(&other.bound));
        Ok(Self { cursors, shares: vec![0.0; words.len()] })
    }

    /// Offers all entries that could be among the best.
    pub fn walk(
        mut self,
        segment: &Segment,
        restrictions: &mut Restrictions<'_>,
        top: &mut Top,
    ) -> Result<()> {
        if restrictions.has_must() {
            return self.walk_phrases(segment, restrictions, top);
        }
        let bounds = self.bounds();
        let mut threshold = top.threshold();
        let mut first = first_needed(&bounds, threshold);
        loop {
            restrictions.look()?;
            let entries = self.cursors[first..].iter().map(|(_, cursor)| cursor.entry());
            let entry = entries.min().unwrap_or(TERMINATED);
            if entry == TERMINATED {
                return Ok(());
            }
            let score = self.score_unless_hopeless(entry, first, &bounds, threshold);
            let Some(score) = score.filter(|score| *score >= threshold) else { continue };
            if !segment.is_alive(entry) {
                continue;
            }
            let candidate = Ranked { score, id: segment.id(entry) };
            if top.would_take(candidate) && restrictions.admits(entry, candidate.id) {
                top.offer(candidate);
                threshold = top.threshold();
                first = first_needed(&bounds, threshold);
            }
        }
    }

    fn walk_phrases(
        &mut self,
        segment: &Segment,
        restrictions: &mut Restrictions<'_>,
        top: &mut Top,
    ) -> Result<()> {
        let mut entry = restrictions.seek_must(0)?;
        while entry != TERMINATED {
            if segment.is_alive(entry) {
                let score = self.score(entry).score;
                let candidate = Ranked { score, id: segment.id(entry) };
                if top.would_take(candidate) && restrictions.admits(entry, candidate.id) {
                    top.offer(candidate);
                }
            }
            entry = restrictions.seek_must(entry + 1)?;
        }
        Ok(())
    }

    /// For each word how much it and all that tell less can give together.
    fn bounds(&self) -> Vec<f32> {
        let mut sum = 0.0;
        let mut add = |(_, cursor): &(usize, WordCursor)| {
            sum += cursor.bound;
            sum * SLACK
        };
        self.cursors.iter().map(&mut add).collect()
    }

    /// Scores an entry at which the words from `first` on stand or that they are past, and moves
    /// those on. Gives up when the rest cannot lift it to the threshold.
    fn score_unless_hopeless(
        &mut self,
        entry: DocId,
        first: usize,
        bounds: &[f32],
        threshold: f32,
    ) -> Option<f32> {
        self.shares.fill(0.0);
        let mut so_far = 0.0;
        for (place, cursor) in &mut self.cursors[first..] {
            if cursor.entry() == entry {
                self.shares[*place] = cursor.score();
                so_far += self.shares[*place];
                cursor.advance();
            }
        }
        for at in (0..first).rev() {
            if so_far * SLACK + bounds[at] < threshold {
                return None;
            }
            let (place, cursor) = &mut self.cursors[at];
            if cursor.seek(entry) == entry {
                self.shares[*place] = cursor.score();
                so_far += self.shares[*place];
            }
        }
        // Summed in the order of the question, so that a score is the same however it was found.
        Some(self.shares.iter().sum())
    }

    /// The exact score of an entry. Entries must be asked for in order.
    pub fn score(&mut self, entry: DocId) -> super::query::Scored {
        self.shares.fill(0.0);
        let mut matched = 0;
        for (place, cursor) in &mut self.cursors {
            if cursor.seek(entry) == entry {
                self.shares[*place] = cursor.score();
                matched |= 1u64.checked_shl(*place as u32).unwrap_or(0);
            }
        }
        super::query::Scored { score: self.shares.iter().sum(), matched }
    }

    /// Calls back for every entry with one of the words, in order.
    pub fn each(mut self, mut visit: impl FnMut(DocId) -> Result<()>) -> Result<()> {
        loop {
            let entries = self.cursors.iter().map(|(_, cursor)| cursor.entry());
            let entry = entries.min().unwrap_or(TERMINATED);
            if entry == TERMINATED {
                return Ok(());
            }
            visit(entry)?;
            for (_, cursor) in &mut self.cursors {
                if cursor.entry() == entry {
                    cursor.advance();
                }
            }
        }
    }
}

/// The words before this one cannot lift an entry to the threshold, all of them together.
fn first_needed(bounds: &[f32], threshold: f32) -> usize {
    bounds.partition_point(|bound| *bound < threshold)
}

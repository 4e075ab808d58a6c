//! One immutable part of the index, opened for reading.

use std::sync::Arc;

use kenning_domain::PassageId;
use tantivy::columnar::ColumnValues;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::{InvertedIndexReader, SegmentId};
use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::error::{Result, WordsError};
use super::schema::{Fields, NAME};

/// Where words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Stems,
    Exact,
    Names,
}

impl Place {
    pub const ALL: [Self; 3] = [Self::Stems, Self::Exact, Self::Names];

    fn field(self, fields: &Fields) -> tantivy::schema::Field {
        match self {
            Self::Stems => fields.stems,
            Self::Exact => fields.exact,
            Self::Names => fields.names,
        }
    }

    pub fn term(self, fields: &Fields, word: &str) -> Term {
        Term::from_field_text(self.field(fields), word)
    }
}

pub(super) struct Segment {
    reader: SegmentReader,
    ids: Arc<dyn ColumnValues<u64>>,
    owners: Arc<InvertedIndexReader>,
    words: [(Arc<InvertedIndexReader>, FieldNormReader); 3],
    pub counts: Counts,
}

/// What is counted once for a segment, because it never changes: entries that were removed since
/// are still in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Counts {
    pub passages: u64,
    pub names: u64,
    /// The lowest and the highest number of a passage.
    range: (u64, u64),
}

impl Segment {
    pub fn open(
        reader: &SegmentReader,
        fields: &Fields,
        known: impl Fn(SegmentId) -> Option<Counts>,
    ) -> Result<Self> {
        let ids = reader.fast_fields().u64("id")?.first_or_default_col(0);
        if ids.num_vals() != reader.max_doc() {
            return Err(WordsError::Damaged(
                "entries and their numbers differ in count".to_owned(),
            ));
        }
        let words = |place: Place| {
            let field = place.field(fields);
            Ok::<_, WordsError>((
                reader.inverted_index(field)?,
                reader.get_fieldnorms_reader(field)?,
            ))
        };
        let counts = known(reader.segment_id()).unwrap_or_else(|| Counts::of(&*ids));
        Ok(Self {
            owners: reader.inverted_index(fields.owner)?,
            words: [words(Place::Stems)?, words(Place::Exact)?, words(Place::Names)?],
            reader: reader.clone(),
            ids,
            counts,
        })
    }

    pub fn segment_id(&self) -> SegmentId {
        self.reader.segment_id()
    }

    /// How many entries there are and were.
    pub fn entries(&self) -> DocId {
        self.reader.max_doc()
    }

    #[inline]
    pub fn is_alive(&self, entry: DocId) -> bool {
        !self.reader.is_deleted(entry)
    }

    #[inline]
    pub fn id(&self, entry: DocId) -> u64 {
        self.ids.get_val(entry)
    }

    pub fn words(&self, place: Place) -> &InvertedIndexReader {
        &self.words[place as usize].0
    }

    /// How long entries are.
    pub fn lengths(&self, place: Place) -> &FieldNormReader {
        &self.words[place as usize].1
    }

    pub fn postings(&self, place: Place, info: &TermInfo) -> Result<SegmentPostings> {
        Ok(self.words(place).read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?)
    }

    pub fn postings_with_positions(&self, term: &Term) -> Result<Option<SegmentPostings>> {
        let option = IndexRecordOption::WithFreqsAndPositions;
        Ok(self.words(Place::Exact).read_postings(term, option)?)
    }

    /// The entries of these passages, which must be in order, each with its place among them.
    pub fn entries_of(
        &self,
        fields: &Fields,
        passages: &[(PassageId, usize)],
    ) -> Result<Vec<(DocId, usize)>> {
        let (lowest, highest) = self.counts.range;
        let first = passages.partition_point(|(passage, _)| passage.0 < lowest);
        let end = passages.partition_point(|(passage, _)| passage.0 <= highest);
        let mut found = Vec::new();
        let within = passages.get(first..end).unwrap_or_default();
        for group in within.chunk_by(|(one, _), (other, _)| one.content() == other.content()) {
            let Some((passage, _)) = group.first() else { continue };
            let term = fields.of_content(passage.content());
            let postings = self.owners.read_postings(&term, IndexRecordOption::Basic)?;
            let Some(mut postings) = postings else { continue };
            while postings.doc() != TERMINATED {
                let (entry, id) = (postings.doc(), self.id(postings.doc()));
                if let Ok(at) = group.binary_search_by_key(&id, |(passage, _)| passage.0)
                    && self.is_alive(entry)
                {
                    // The same passage may be asked for more than once.
                    let same = |(passage, _): &&(PassageId, usize)| passage.0 == id;
                    let before = group[..at].iter().rev().take_while(same);
                    let after = group[at..].iter().take_while(same);
                    found.extend(before.chain(after).map(|(_, place)| (entry, *place)));
                }
                postings.advance();
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

impl Counts {
    fn of(ids: &dyn ColumnValues<u64>) -> Self {
        let mut counts = Self { passages: 0, names: 0, range: (u64::MAX, 0) };
        let mut block = [0; 1024];
        let mut at = 0;
        while at < ids.num_vals() {
            let length = block.len().min((ids.num_vals() - at) as usize);
            ids.get_range(u64::from(at), &mut block[..length]);
            for id in &block[..length] {
                if id & NAME != 0 {
                    counts.names += 1;
                } else {
                    counts.passages += 1;
                    counts.range = (counts.range.0.min(*id), counts.range.1.max(*id));
                }
            }
            at += length as u32;
        }
        counts
    }
}

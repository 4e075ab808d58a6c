//! Which passages may be among the best: those of allowed contents, in allowed languages, with the
//! phrases that must be there and without what must not.
//!
//! An answer is a document. So every phrase must stand in it, each in a passage of its own if need be,
//! and what is left out must stand nowhere in it; what is shown are passages that hold a phrase.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use kenning_domain::{ContentId, PassageId};
use kenning_store::Cancelled;
use kenning_store::index::{Phrase, WordQuery, WordsSnapshot};

use super::asked::Typed;
use super::filters::Filters;
use super::hits::AnswerError;
use crate::library::Catalogue;

/// Found out as it is asked for, since few passages ever are.
pub struct AllowedPassages<'a> {
    catalogue: &'a Catalogue,
    pub filters: Filters<'a>,
    findings: &'a Findings,
}

/// What is found out about contents while a question is answered: where its phrases stand, and which
/// contents are allowed.
#[derive(Default)]
pub struct Findings {
    /// Contents with all phrases, and passages with one of them.
    must: Option<(HashSet<ContentId>, HashSet<PassageId>)>,
    never: HashSet<ContentId>,
    among: Option<Arc<HashSet<ContentId>>>,
    verdicts: Verdicts,
}

/// Whether contents are allowed, of those that were asked for lately: each stage asks for many of them
/// again. A content has one place; whoever comes later takes it.
#[derive(Default)]
struct Verdicts(OnceLock<Box<[AtomicU64]>>);

const PLACES: usize = 1 << 16;
/// No content has this number, see [`PassageId::new`].
const NONE: u64 = u64::MAX;

impl Verdicts {
    fn place(&self, content: ContentId) -> &AtomicU64 {
        let places = self.0.get_or_init(|| (0..PLACES).map(|_| AtomicU64::new(NONE)).collect());
        &places[content.0 as usize % PLACES]
    }

    fn get_or(&self, content: ContentId, find: impl FnOnce() -> bool) -> bool {
        let (number, place) = (content.0 as u64, self.place(content));
        let known = place.load(Ordering::Relaxed);
        if known >> 1 == number && known != NONE {
            return known & 1 == 1;
        }
        let allowed = find();
        place.store(number << 1 | u64::from(allowed), Ordering::Relaxed);
        allowed
    }
}

impl Findings {
    /// Phrases that no passage holds which `is_within` the filters are taken from what must be there:
    /// most are names that somebody quotes in passing, and a question for them alone would have no
    /// answer at all.
    pub fn find(
        typed: &mut Typed,
        words: &WordsSnapshot,
        is_within: &dyn Fn(PassageId) -> bool,
        cancelled: Cancelled<'_>,
    ) -> Result<Self, AnswerError> {
        let mut this = Self::default();
        for wanted in std::mem::take(&mut typed.phrases) {
            let found = holders(&wanted.phrase, words, cancelled)?;
            if !found.iter().any(|passage| is_within(*passage)) {
                typed.loosened.push(wanted.typed);
                continue;
            }
            typed.phrases.push(wanted);
            let contents: HashSet<ContentId> = found.iter().map(|one| one.content()).collect();
            match &mut this.must {
                Some((all, passages)) => {
                    all.retain(|content| contents.contains(content));
                    passages.extend(found);
                }
                None => this.must = Some((contents, found.into_iter().collect())),
            }
        }
        for phrase in &typed.never {
            let found = holders(phrase, words, cancelled)?;
            this.never.extend(found.iter().map(|one| one.content()));
        }
        Ok(this)
    }

    /// What is like a content is looked for elsewhere.
    pub fn without(content: ContentId) -> Self {
        Self { never: HashSet::from([content]), ..Self::default() }
    }

    /// Only these may answer, where any are named.
    pub fn among(self, among: Option<Arc<HashSet<ContentId>>>) -> Self {
        Self { among, ..self }
    }

    fn restrict(&self) -> bool {
        self.must.is_some() || !self.never.is_empty() || self.among.is_some()
    }

    fn allow_content(&self, content: ContentId) -> bool {
        let must = self.must.as_ref();
        must.is_none_or(|(contents, _)| contents.contains(&content))
            && !self.never.contains(&content)
            && self.among.as_ref().is_none_or(|among| among.contains(&content))
    }

    fn allow_passage(&self, passage: PassageId) -> bool {
        self.must.as_ref().is_none_or(|(_, passages)| passages.contains(&passage))
    }
}

fn holders(
    phrase: &Phrase,
    words: &WordsSnapshot,
    cancelled: Cancelled<'_>,
) -> Result<Vec<PassageId>, AnswerError> {
    let query = WordQuery {
        must: vec![phrase.clone()],
        cancelled: Some(cancelled),
        ..WordQuery::default()
    };
    let found = words.best(&query, usize::MAX)?;
    Ok(found.into_iter().map(|(passage, _)| passage).collect())
}

impl<'a> AllowedPassages<'a> {
    pub fn new(catalogue: &'a Catalogue, filters: Filters<'a>, findings: &'a Findings) -> Self {
        Self { catalogue, filters, findings }
    }

    /// Whether it leaves anything out.
    pub fn restrict(&self) -> bool {
        self.findings.restrict()
            || self.filters.restrict_contents()
            || self.filters.restrict_passages()
    }

    /// Whether only documents that were named may answer.
    pub fn are_named(&self) -> bool {
        self.findings.among.is_some()
    }

    pub fn allow(&self, passage: PassageId) -> bool {
        self.findings.allow_passage(passage)
            && self.allow_content(passage.content())
            && (!self.filters.restrict_passages()
                || self.filters.allow_language(self.catalogue.language(passage)))
    }

    pub fn allow_content(&self, content: ContentId) -> bool {
        if !self.restrict() {
            return self.catalogue.content(content).is_some();
        }
        self.findings.verdicts.get_or(content, || {
            let described = self.catalogue.content(content);
            self.findings.allow_content(content)
                && described.is_some_and(|described| self.filters.allow(described, self.catalogue))
        })
    }

    /// The first passage of a content that is allowed.
    pub fn first_of(&self, content: ContentId) -> Option<PassageId> {
        let passages = self.catalogue.content(content)?.languages.len();
        let passages = u32::try_from(passages).unwrap_or(u32::MAX);
        let passages = (0..passages).map_while(|ordinal| PassageId::new(content, ordinal));
        passages.into_iter().find(|passage| self.allow(*passage))
    }
}

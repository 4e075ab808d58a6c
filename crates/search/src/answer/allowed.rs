//! Which passages may be among the best: those of allowed contents, in allowed languages, with the
//! phrases that must be there and without what must not.
//!
//! An answer is a document. So every phrase must stand in it, each in a passage of its own if need be,
//! and what is left out must stand nowhere in it; what is shown are passages that hold a phrase.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

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
    phrases: &'a Phrases,
    /// The content that was asked for last and what was found. Passages of one content come one
    /// after another.
    last: AtomicU64,
}

/// Where a query's phrases stand.
#[derive(Default)]
pub struct Phrases {
    /// Contents with all phrases, and passages with one of them.
    must: Option<(HashSet<ContentId>, HashSet<PassageId>)>,
    never: HashSet<ContentId>,
}

impl Phrases {
    pub fn find(
        typed: &Typed,
        words: &WordsSnapshot,
        cancelled: Cancelled<'_>,
    ) -> Result<Self, AnswerError> {
        let mut this = Self::default();
        for phrase in &typed.phrases {
            let found = holders(phrase, words, cancelled)?;
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
        Self { must: None, never: HashSet::from([content]) }
    }

    fn restrict(&self) -> bool {
        self.must.is_some() || !self.never.is_empty()
    }

    fn allow_content(&self, content: ContentId) -> bool {
        let must = self.must.as_ref();
        must.is_none_or(|(contents, _)| contents.contains(&content))
            && !self.never.contains(&content)
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

/// No content has this number, see [`PassageId::new`].
const NONE: u64 = u64::MAX;

impl<'a> AllowedPassages<'a> {
    pub fn new(catalogue: &'a Catalogue, filters: Filters<'a>, phrases: &'a Phrases) -> Self {
        Self { catalogue, filters, phrases, last: AtomicU64::new(NONE) }
    }

    /// Whether it leaves anything out.
    pub fn restrict(&self) -> bool {
        self.phrases.restrict()
            || self.filters.restrict_contents()
            || self.filters.restrict_passages()
    }

    pub fn allow(&self, passage: PassageId) -> bool {
        self.phrases.allow_passage(passage)
            && self.allow_content(passage.content())
            && (!self.filters.restrict_passages()
                || self.filters.allow_language(self.catalogue.language(passage)))
    }

    pub fn allow_content(&self, content: ContentId) -> bool {
        let number = content.0 as u64;
        let last = self.last.load(Ordering::Relaxed);
        if last >> 1 == number && last != NONE {
            return last & 1 == 1;
        }
        let described = self.catalogue.content(content);
        let allowed = self.phrases.allow_content(content)
            && described.is_some_and(|described| self.filters.allow(described, self.catalogue));
        self.last.store(number << 1 | u64::from(allowed), Ordering::Relaxed);
        allowed
    }

    /// The first passage of a content that is allowed.
    pub fn first_of(&self, content: ContentId) -> Option<PassageId> {
        let passages = self.catalogue.content(content)?.languages.len();
        let passages = u32::try_from(passages).unwrap_or(u32::MAX);
        let passages = (0..passages).map_while(|ordinal| PassageId::new(content, ordinal));
        passages.into_iter().find(|passage| self.allow(*passage))
    }
}

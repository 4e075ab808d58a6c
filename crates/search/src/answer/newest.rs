//! Documents for a question that has filters and no words: the newest of them.

use kenning_domain::ContentId;

use super::allowed::AllowedPassages;
use super::filters::date_of;
use super::hits::AnswerError;
use super::ranking::{Candidate, Ranked};
use crate::library::Catalogue;
use crate::score::Evidence;

/// How many contents are looked at between two questions whether anybody still waits.
const PATIENCE: usize = 1024;

/// The newest documents that are allowed; of those of one moment the first.
pub fn newest(
    catalogue: &Catalogue,
    allowed: &AllowedPassages<'_>,
    limit: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<Ranked>, AnswerError> {
    let mut found: Vec<(i64, ContentId)> = Vec::new();
    for (number, (content, described)) in catalogue.each().enumerate() {
        if number % PATIENCE == 0 && cancelled() {
            return Err(AnswerError::Cancelled);
        }
        if allowed.allow_content(content) && has_passage(allowed, content) {
            found.push((date_of(described), content));
        }
    }
    found.sort_unstable_by_key(|(date, content)| (std::cmp::Reverse(*date), *content));
    found.truncate(limit);
    let ranked = found.into_iter().map(|(_, content)| {
        let first = allowed.first_of(content).map(|passage| Candidate {
            passage,
            evidence: Evidence::default(),
            matched: 0,
            told: 0.0,
            score: 0.0,
        });
        Ranked {
            content,
            passages: first.into_iter().collect(),
            name: None,
            score: 0.0,
            is_reranked: false,
        }
    });
    Ok(ranked.collect())
}

/// What has no text has no passage in a language either.
fn has_passage(allowed: &AllowedPassages<'_>, content: ContentId) -> bool {
    !allowed.filters.restrict_passages() || allowed.first_of(content).is_some()
}

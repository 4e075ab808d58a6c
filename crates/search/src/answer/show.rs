//! What is shown of the documents that answer: their files, passages, excerpts, and why.

use std::collections::HashMap;
use std::ops::Range;

use kenning_domain::{ContentId, PassageId};
use kenning_store::{PassageText, Reader, StoreError};
use kenning_words::matches;

use super::allowed::AllowedPassages;
use super::asked::Typed;
use super::filters::date_of;
use super::hits::{Hit, HitFile, PassageHit, Shares, Why};
use super::names::Unread;
use super::ranking::{Ranked, Ranking, by_name, by_name_alone};
use crate::library::{Catalogue, Described};
use crate::score::{Band, Evidence};
use crate::{LONGEST_EXCERPT, Similar, best_sentence, excerpt_of_matches};

/// What hits are shown by.
pub struct Showing<'a> {
    pub typed: &'a Typed,
    pub catalogue: &'a Catalogue,
    pub allowed: &'a AllowedPassages<'a>,
    pub ranking: &'a Ranking,
    /// Which words of the question are worth pointing at.
    pub telling: &'a [bool],
    pub unread: &'a [Unread],
}

/// What was made of passages already: a later stage shows many of them again.
#[derive(Default)]
pub struct Made(HashMap<PassageId, MadePassage>);

struct MadePassage {
    shown: PassageHit,
    /// The words of the question that stand in it, by number.
    words: Vec<usize>,
}

impl Showing<'_> {
    /// `None` where it has left the library meanwhile.
    pub fn hit(
        &self,
        ranked: &Ranked,
        others: Vec<(ContentId, Similar)>,
        truth: &mut Reader,
        made: &mut Made,
    ) -> Result<Option<Hit>, StoreError> {
        let Some(described) = self.catalogue.content(ranked.content) else { return Ok(None) };
        let is_readable = self.make(ranked, truth, made)?;
        let mut words = Vec::new();
        let mut passages = Vec::new();
        for candidate in &ranked.passages {
            let Some(made) = made.0.get(&candidate.passage) else { continue };
            words.extend(&made.words);
            words.extend((0..64).filter(|word| candidate.matched >> word & 1 == 1));
            passages.push(PassageHit { score: candidate.score, ..made.shown.clone() });
        }
        if is_readable && passages.is_empty() && !ranked.passages.is_empty() {
            return Ok(None);
        }
        let why = self.why(ranked, words);
        Ok(Some(Hit {
            content: Some(ranked.content),
            unread: None,
            files: self.files(described),
            title: described.title.as_deref().map(str::to_owned),
            format: described.format.to_string(),
            date: date_of(described),
            passages,
            why,
            score: ranked.score,
            others,
        }))
    }

    /// The files that nothing but their names is known of, the best first.
    pub fn unread(&self) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self.unread.iter().map(|unread| self.by_name(unread)).collect();
        hits.sort_by(|one, other| other.score.total_cmp(&one.score));
        hits
    }

    fn by_name(&self, unread: &Unread) -> Hit {
        let Unread { file, reason, name } = unread;
        let described = Described::without_text(file.clone());
        let why = Why {
            words: Vec::new(),
            name: as_typed(self.typed, name.words.clone()),
            shares: Shares { name: 1.0, ..Shares::default() },
            language: None,
            is_reranked: false,
            band: Some(Band::of(by_name(name, &self.ranking.scale))),
        };
        Hit {
            content: None,
            unread: Some(reason.clone()),
            files: self.files(&described),
            title: None,
            format: String::new(),
            date: date_of(&described),
            passages: Vec::new(),
            why,
            score: by_name_alone(name, &self.ranking.fusion),
            others: Vec::new(),
        }
    }

    /// Makes what is not made yet of its passages. `false` where their texts are damaged, which costs
    /// no other hit anything: whoever keeps the truth is told and has the file read again.
    fn make(
        &self,
        ranked: &Ranked,
        truth: &mut Reader,
        made: &mut Made,
    ) -> Result<bool, StoreError> {
        let passages = ranked.passages.iter().map(|one| one.passage);
        let new: Vec<PassageId> =
            passages.filter(|passage| !made.0.contains_key(passage)).collect();
        if new.is_empty() {
            return Ok(true);
        }
        match truth.read(|view| view.passage_texts(&new)) {
            Ok(texts) => {
                made.0.extend(texts.into_iter().map(|text| (text.id, self.passage(text))));
                Ok(true)
            }
            Err(error) if error.is_damage() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn passage(&self, text: PassageText) -> MadePassage {
        let language = text.passage.language.map(|language| language.tag);
        let places = matches(&text.text, language, &self.typed.words, self.typed.last());
        let words = places.iter().map(|(_, word)| *word).collect();
        let places = telling(places, self.telling);
        let excerpt = excerpt_of_matches(&text.text, &places, None, LONGEST_EXCERPT);
        let sentence = best_sentence(&text.text, &places, &excerpt.span);
        let start = excerpt.span.start;
        let within = |place: &Range<usize>| place.start - start..place.end - start;
        let shown = PassageHit {
            id: text.id,
            page: text.passage.page,
            headings: text.passage.headings,
            language,
            span: text.passage.span,
            highlights: excerpt.highlights.iter().map(within).collect(),
            excerpt: text.text[excerpt.span].to_owned(),
            more_before: excerpt.more_before,
            more_after: excerpt.more_after,
            sentence: sentence.as_ref().map(within),
            score: 0.0,
        };
        MadePassage { shown, words }
    }

    fn files(&self, described: &Described) -> Vec<HitFile> {
        let allow = |file| self.allowed.filters.allow_file(file, described, self.catalogue);
        let (first, rest): (Vec<_>, Vec<_>) = described.files.iter().partition(|file| allow(file));
        let file = |file: &crate::library::FileDescribed| {
            let folder = self.catalogue.folder(file.folder);
            let path = folder.map_or_else(|| file.path.to_path_buf(), |at| at.join(&file.path));
            HitFile { id: file.id, path }
        };
        first.into_iter().chain(rest).map(file).collect()
    }

    fn why(&self, ranked: &Ranked, words: Vec<usize>) -> Why {
        let best = ranked.passages.first();
        let evidence = best.map(|best| best.evidence).unwrap_or_default();
        let name = ranked.name.as_ref();
        Why {
            words: as_typed(self.typed, words),
            name: name.map(|name| as_typed(self.typed, name.words.clone())).unwrap_or_default(),
            shares: self.shares(&evidence, name.map_or(0.0, |name| name.gain)),
            language: best.and_then(|best| self.catalogue.language(best.passage)),
            is_reranked: ranked.is_reranked,
            band: (!self.ranking.is_list).then(|| ranked.band(&self.ranking.scale)),
        }
    }

    fn shares(&self, evidence: &Evidence, name: f32) -> Shares {
        let Ranking { fusion, scale, .. } = self.ranking;
        let without = Evidence { coverage: 0.0, ..*evidence };
        let words = fusion.score(evidence) - fusion.score(&without);
        let meaning = evidence.similarity.map_or(0.0, |near| (near - scale.chance).max(0.0));
        let all = words + name + meaning;
        if all <= 0.0 {
            return Shares::default();
        }
        Shares { words: words / all, name: name / all, meaning: meaning / all }
    }
}

/// Of the places where words of the question stand, those of words that are worth pointing at.
pub fn telling(
    mut places: Vec<(Range<usize>, usize)>,
    telling: &[bool],
) -> Vec<(Range<usize>, usize)> {
    places.retain(|(_, word)| telling.get(*word).copied().unwrap_or(true));
    places
}

/// Words as they stand in the question, in their order, pairs of characters that overlap made one.
fn as_typed(typed: &Typed, mut words: Vec<usize>) -> Vec<String> {
    words.sort_unstable();
    words.dedup();
    let mut spans: Vec<(Range<usize>, bool)> = Vec::new();
    for word in words.into_iter().filter_map(|word| typed.words.get(word)) {
        match spans.last_mut() {
            Some((last, true)) if word.wide && word.span.start < last.end => {
                last.end = last.end.max(word.span.end);
            }
            _ => spans.push((word.span.clone(), word.wide)),
        }
    }
    let mut shown: Vec<String> = Vec::new();
    for (span, _) in spans {
        let word = typed.text[span].to_owned();
        if !shown.contains(&word) {
            shown.push(word);
        }
    }
    shown
}

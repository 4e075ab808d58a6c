//! From passages that may answer to documents in the order of how well they do.

use std::collections::{BTreeSet, HashMap};

use kenning_domain::{ContentId, PassageId, Tag};
use kenning_store::index::{Possible, WordQuery, WordsSnapshot};
use kenning_store::{Cancelled, Reader};

use super::allowed::AllowedPassages;
use super::asked::Typed;
use super::hits::AnswerError;
use super::names::{self, NameMatch, Named, Unread};
use super::question::Question;
use super::sense::{Sense, Vectors, add_exact};
use crate::calibration::Scale;
use crate::library::{Catalogue, Meaning, Snapshot};
use crate::score::{Band, Evidence, Fusion, likelihood, nothing_close};

/// How many passages words and meaning each bring, and for each hit that is wanted.
const LEAST_OF_WORDS: usize = 200;
const LEAST_OF_MEANING: usize = 300;
const FOR_EACH_HIT: usize = 3;
/// How many passages of a document are shown.
const MOST_PASSAGES: usize = 3;

/// Where nothing has been embedded there is no similarity to compare with.
pub const NO_SCALE: Scale = Scale { chance: 0.0, answer: 1.0, spread: 0.0 };

/// What words found.
#[derive(Default)]
pub struct ByWords {
    query: WordQuery<'static>,
    possible: Possible,
    /// Which words of the question are worth pointing at.
    pub telling: Vec<bool>,
    best: Vec<PassageId>,
    pub names: HashMap<ContentId, NameMatch>,
    /// Files without text whose names answer.
    pub unread: Vec<Unread>,
}

impl ByWords {
    pub fn find(
        (question, typed, words): (&Question, &Typed, &WordsSnapshot),
        allowed: &AllowedPassages<'_>,
        catalogue: &Catalogue,
        truth: &mut Reader,
        cancelled: Cancelled<'_>,
    ) -> Result<Self, AnswerError> {
        let query = typed.word_query();
        let possible = words.possible(&query)?;
        let allow = |passage| allowed.allow(passage);
        let restricted = WordQuery {
            words: query.words.clone(),
            // What stands in few passages leads to them.
            must: match &typed.phrases[..] {
                [only] => vec![only.phrase.clone()],
                _ => Vec::new(),
            },
            allowed: if allowed.restrict() { Some(&allow) } else { None },
            cancelled: Some(cancelled),
            ..WordQuery::default()
        };
        let limit = LEAST_OF_WORDS.max(question.limit.saturating_mul(FOR_EACH_HIT));
        let best = words.best(&restricted, limit)?;
        let named = match question.tuning.names && !typed.words.is_empty() {
            true => names::find(typed, &possible.idf, words, catalogue)?,
            false => Named::default(),
        };
        let unread = named.unread(typed, &possible.idf, allowed, catalogue, truth)?;
        let mut names = named.contents;
        names.retain(|content, _| allowed.allow_content(*content));
        let best = best.into_iter().map(|(passage, _)| passage).collect();
        let telling = typed.worth_pointing_at(&possible);
        Ok(Self { query, possible, telling, best, names, unread })
    }

    /// The share of these words in what the question tells.
    fn told(&self, matched: u64) -> f32 {
        let tells = &self.possible.idf[..self.possible.idf.len().min(64)];
        let is_met = |word: &usize| matched >> word & 1 == 1;
        let met: f32 = (0..tells.len()).filter(is_met).map(|word| tells[word]).sum();
        met / tells.iter().sum::<f32>().max(f32::MIN_POSITIVE)
    }
}

/// A passage that may answer.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub passage: PassageId,
    pub evidence: Evidence,
    /// A bit for each of the first 64 words of the question.
    pub matched: u64,
    /// Those words' share in what the question tells, from 0 to 1.
    pub told: f32,
    pub score: f32,
}

/// Where meaning says nothing, because nothing is embedded yet, a passage with so many of the words, by
/// what they tell, is as good as one that is half likely to answer.
const TOLD_ENOUGH: f32 = 0.75;

impl Candidate {
    /// How likely it is that it answers.
    fn likelihood(&self, scale: &Scale) -> f32 {
        let likelihood = likelihood(&self.evidence, scale);
        match self.evidence.similarity {
            Some(_) => likelihood,
            None => likelihood.max(0.5 * self.told / TOLD_ENOUGH),
        }
    }
}

/// A document that may answer, with its best passages, the best first.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub content: ContentId,
    pub passages: Vec<Candidate>,
    pub name: Option<NameMatch>,
    pub score: f32,
    /// Whether a model read it again with the question.
    pub is_reranked: bool,
}

impl Ranked {
    /// How sure it is that it answers, by its best passage or by its name.
    pub fn band(&self, scale: &Scale) -> Band {
        let best = self.passages.first().map_or(0.0, |best| best.likelihood(scale));
        let named = self.name.as_ref().map_or(0.0, |name| by_name(name, scale));
        Band::of(best.max(named))
    }
}

/// The score of what nothing but a name is known of.
pub fn by_name_alone(name: &NameMatch, fusion: &Fusion) -> f32 {
    fusion.score(&Evidence::default()) + name.gain
}

/// A name is an answer whatever its document means.
pub fn by_name(name: &NameMatch, scale: &Scale) -> f32 {
    likelihood(&Evidence { similarity: None, coverage: name.coverage }, scale)
}

/// All that may answer.
pub struct Ranking {
    pub documents: Vec<Ranked>,
    pub fusion: Fusion,
    pub scale: Scale,
    /// Whether the best of it stands out no further than chance.
    pub nothing_close: bool,
    /// Whether nothing was ranked: the documents were listed by their date.
    pub is_list: bool,
}

impl Ranking {
    /// Documents that nobody asked anything of in words.
    pub fn list(documents: Vec<Ranked>) -> Self {
        let fusion = Fusion::new(1.0, NO_SCALE);
        Self { documents, fusion, scale: NO_SCALE, nothing_close: false, is_list: true }
    }
}

/// What a ranking is made from.
pub struct Sources<'a> {
    pub question: &'a Question,
    pub typed: &'a Typed,
    pub library: &'a Snapshot,
    pub catalogue: &'a Catalogue,
    pub allowed: &'a AllowedPassages<'a>,
    pub by_words: &'a ByWords,
    pub sense: Option<&'a Sense<'a>>,
    pub cancelled: Cancelled<'a>,
}

impl Sources<'_> {
    /// `vectors` gains those of the best passages.
    pub fn rank(&self, truth: &mut Reader, vectors: &mut Vectors) -> Result<Ranking, AnswerError> {
        let scale = self.sense.map_or(NO_SCALE, Sense::scale);
        let fusion = self.fusion(scale);
        let mut candidates = self.candidates()?;
        order(&mut candidates, &fusion);
        if let (Some(sense), Some(meaning)) = (self.sense, &self.library.meaning) {
            let best = candidates.iter().take(self.question.tuning.exact);
            let best = best.filter(|one| one.evidence.similarity.is_some());
            add_exact(meaning, truth, best.map(|one| one.passage), vectors)?;
            for candidate in &mut candidates {
                if let Some(exact) = vectors.get(&candidate.passage) {
                    candidate.evidence.similarity = Some(sense.similarity(exact));
                }
            }
            order(&mut candidates, &fusion);
        }
        let nothing_close = self.is_nothing(&candidates, &scale);
        let documents = self.documents(candidates, &fusion, &scale);
        Ok(Ranking { documents, fusion, scale, nothing_close, is_list: false })
    }

    fn fusion(&self, scale: Scale) -> Fusion {
        let visible = visible(&self.typed.languages, &self.catalogue.language_shares());
        let mut fusion = Fusion::new(visible, scale);
        let tuning = self.question.tuning;
        if let Some(alpha) = tuning.alpha {
            fusion = fusion.with_alpha(alpha);
        }
        if let Some(power) = tuning.power {
            fusion = fusion.with_power(power);
        }
        fusion
    }

    /// What words, names and meaning each found, with what is known of it.
    fn candidates(&self) -> Result<Vec<Candidate>, AnswerError> {
        let mut passages: BTreeSet<PassageId> = self.by_words.best.iter().copied().collect();
        if let Some(sense) = self.sense {
            passages.extend(self.nearest(sense)?);
        }
        let first = |content: &ContentId| self.allowed.first_of(*content);
        passages.extend(self.by_words.names.keys().filter_map(first));
        let passages: Vec<PassageId> = passages.into_iter().collect();
        let scored = match self.by_words.query.words.is_empty() {
            true => vec![Default::default(); passages.len()],
            false => self.library.words.score_of(&self.by_words.query, &passages)?,
        };
        let similarities = match self.sense {
            Some(sense) => sense.similarities(&passages)?,
            None => vec![None; passages.len()],
        };
        let possible = self.by_words.possible.sum.max(f32::MIN_POSITIVE);
        let known = passages.into_iter().zip(scored).zip(similarities);
        let candidate = known.map(|((passage, scored), similarity)| Candidate {
            passage,
            evidence: Evidence { similarity, coverage: (scored.score / possible).min(1.0) },
            matched: scored.matched,
            told: self.by_words.told(scored.matched),
            score: 0.0,
        });
        Ok(candidate.collect())
    }

    fn nearest(&self, sense: &Sense<'_>) -> Result<Vec<PassageId>, AnswerError> {
        let allow = |passage| self.allowed.allow(passage);
        let limit = LEAST_OF_MEANING.max(self.question.limit.saturating_mul(FOR_EACH_HIT));
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.question.tuning.threads.unwrap_or_else(cores);
        let allowed: Option<kenning_store::Allowed<'_>> =
            if self.allowed.restrict() { Some(&allow) } else { None };
        sense.nearest(limit, threads, allowed, self.cancelled)
    }

    fn is_nothing(&self, candidates: &[Candidate], scale: &Scale) -> bool {
        // Who asks for a phrase has said himself what is near enough.
        if !self.typed.phrases.is_empty() && !candidates.is_empty() {
            return false;
        }
        let is_close = |likelihood: f32| Band::of(likelihood) > Band::Faint;
        let unread = candidates.iter().filter(|one| one.evidence.similarity.is_none());
        let without_text = self.by_words.unread.iter().map(|unread| &unread.name);
        let mut names = self.by_words.names.values().chain(without_text);
        if unread.into_iter().any(|one| is_close(one.likelihood(scale)))
            || names.any(|name| is_close(by_name(name, scale)))
        {
            return false;
        }
        let nearest = candidates.iter().filter_map(|one| one.evidence.similarity);
        let covered = candidates.iter().map(|one| one.evidence.coverage);
        nothing_close(nearest.reduce(f32::max), covered.fold(0.0, f32::max), scale)
    }

    fn documents(&self, candidates: Vec<Candidate>, fusion: &Fusion, scale: &Scale) -> Vec<Ranked> {
        let mut documents: Vec<Ranked> = Vec::new();
        let mut places: HashMap<ContentId, usize> = HashMap::new();
        for candidate in candidates {
            let content = candidate.passage.content();
            if let Some(place) = places.get(&content) {
                documents[*place].take(candidate, scale);
            } else if self.catalogue.content(content).is_some() {
                places.insert(content, documents.len());
                let name = self.by_words.names.get(&content).cloned();
                let score = candidate.score + name.as_ref().map_or(0.0, |name| name.gain);
                documents.push(Ranked {
                    content,
                    passages: vec![candidate],
                    name,
                    score,
                    is_reranked: false,
                });
            }
        }
        documents.extend(self.without_text(fusion));
        documents.sort_by(|one, other| {
            other.score.total_cmp(&one.score).then(one.content.cmp(&other.content))
        });
        documents
    }

    /// Documents that nothing but a name is known of.
    fn without_text(&self, fusion: &Fusion) -> Vec<Ranked> {
        let is_empty = |content: &ContentId| {
            let described = self.catalogue.content(*content);
            described.is_some_and(|described| described.languages.is_empty())
                && self.typed.phrases.is_empty()
                && !self.allowed.filters.restrict_passages()
                && self.allowed.allow_content(*content)
        };
        let names = self.by_words.names.iter().filter(|(content, _)| is_empty(content));
        let ranked = names.map(|(content, name)| Ranked {
            content: *content,
            passages: Vec::new(),
            name: Some(name.clone()),
            score: by_name_alone(name, fusion),
            is_reranked: false,
        });
        ranked.collect()
    }
}

impl Ranked {
    /// A further passage, worse than those it has.
    fn take(&mut self, candidate: Candidate, scale: &Scale) {
        let is_sound = Band::of(candidate.likelihood(scale)) > Band::Faint;
        let says_as_much = self
            .passages
            .first()
            .is_some_and(|best| candidate.matched != 0 && best.matched & !candidate.matched == 0);
        if self.passages.len() < MOST_PASSAGES && (is_sound || says_as_much) {
            self.passages.push(candidate);
        }
    }
}

fn order(candidates: &mut [Candidate], fusion: &Fusion) {
    for candidate in candidates.iter_mut() {
        candidate.score = fusion.score(&candidate.evidence);
    }
    candidates.sort_by(|one, other| {
        other.score.total_cmp(&one.score).then(one.passage.cmp(&other.passage))
    });
}

/// The share of the library in the question's language, of what is in any.
fn visible(question: &[(Tag, f32)], library: &[(Tag, f32)]) -> f32 {
    let all: f32 = library.iter().map(|(_, share)| share).sum();
    let share = |tag: &Tag| library.iter().find(|(own, _)| own == tag).map_or(0.0, |own| own.1);
    let seen: f32 = question.iter().map(|(tag, weight)| weight * share(tag)).sum();
    if all > 0.0 { seen / all } else { 1.0 }
}

/// Whether the space that answers can be asked at all.
pub fn usable(meaning: Option<&Meaning>) -> Option<&Meaning> {
    meaning.filter(|meaning| !meaning.codes.is_empty())
}

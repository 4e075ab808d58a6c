//! The search itself: from a question to answers, told of as soon as there are any.
//!
//! Words answer first, words and meaning together next, and where that is asked for the best of them
//! are read again with the question. Each answer is whole, so that a later one takes its place. The
//! topics among the last one's hits follow.
//!
//! A search looks into a [`Snapshot`] and reads from the truth only what is shown or ranked among the
//! best. The same question to the same library gives the same answer.

mod allowed;
mod asked;
mod filters;
mod hits;
mod like;
mod names;
mod naming;
mod newest;
mod question;
mod ranking;
mod rerank;
mod same;
mod sense;
mod show;
#[cfg(test)]
mod tests;
mod topics;

use std::ops::Range;
use std::sync::{PoisonError, RwLockReadGuard};
use std::time::Instant;

use kenning_domain::{Cancel, Embed, Rerank, Tag};
use kenning_store::{Cancelled, Reader, State};

pub use hits::{
    Answer, AnswerError, Coverage, Hit, HitFile, PassageHit, Shares, Stage, Told, Verdict, Why,
};
pub use naming::names;
pub use question::{Asked, Pipeline, Question, Tuning};
pub use same::{Comparing, thresholds};

use crate::library::{Catalogue, Meaning, Snapshot};
use allowed::{AllowedPassages, Findings};
use asked::Typed;
use filters::Filters;
use like::Model;
use ranking::{ByWords, Ranked, Ranking, Sources, usable};
use sense::{Sense, Vectors};
use show::{Made, Showing};
use topics::Topics;

/// The models that are loaded.
#[derive(Clone, Copy, Default)]
pub struct Models<'a> {
    /// That of the space that answers.
    pub embed: Option<&'a dyn Embed>,
    pub rerank: Option<&'a dyn Rerank>,
}

/// Answers a question. `tell` is called with no lock held. What was told before an error stands.
pub fn answer(
    question: &Question,
    library: &Snapshot,
    truth: &mut Reader,
    models: Models<'_>,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Told),
) -> Result<(), AnswerError> {
    let cancelled = || cancel.is_cancelled();
    let started = Instant::now();
    let (vectors, made) = (Vectors::new(), Made::default());
    let cancelled: Cancelled<'_> = &cancelled;
    let mut search =
        Search { question, library, truth, models, cancelled, tell, started, vectors, made };
    match &question.asked {
        Asked::Text(raw) => search.text(raw),
        Asked::LikeContent(content) => search.like(Model::Content(*content)),
        Asked::LikePassage(passage) => search.like(Model::Passage(*passage)),
    }
}

/// Where the words that were typed stand in a text, as far as they are worth pointing at in this library: as bytes,
/// in order and apart.
pub fn places(
    typed: &str,
    text: &str,
    language: Option<Tag>,
    library: &Snapshot,
) -> Result<Vec<Range<usize>>, AnswerError> {
    let typed = Typed::new(typed, &[], language.as_slice());
    let matches = kenning_words::matches(text, language, &typed.words, typed.last());
    let possible = library.words.possible(&typed.word_query())?;
    let matches = show::telling(matches, &typed.worth_pointing_at(&possible));
    Ok(matches.into_iter().map(|(place, _)| place).collect())
}

/// One question on its way.
struct Search<'a> {
    question: &'a Question,
    library: &'a Snapshot,
    truth: &'a mut Reader,
    models: Models<'a>,
    cancelled: Cancelled<'a>,
    tell: &'a mut dyn FnMut(Told),
    started: Instant,
    /// Exact vectors that were read already.
    vectors: Vectors,
    /// Passages that were shown already.
    made: Made,
}

/// What a stage ranks by.
#[derive(Clone, Copy)]
struct Means<'a> {
    typed: &'a Typed,
    findings: &'a Findings,
    by_words: &'a ByWords,
    sense: Option<&'a Sense<'a>>,
}

fn read(library: &Snapshot) -> RwLockReadGuard<'_, Catalogue> {
    // Who panicked while writing left it as whole as a derived thing needs to be.
    library.catalogue.read().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Search<'a> {
    fn text(&mut self, raw: &str) -> Result<(), AnswerError> {
        let languages = read(self.library).language_shares();
        let mut typed = Typed::new(raw, &languages, &self.question.user_languages);
        let findings = self.findings(&mut typed)?;
        if typed.query.is_wordless() {
            return self.newest(&typed, &findings);
        }
        let pipeline = self.question.pipeline;
        let asks_meaning = pipeline != Pipeline::Words;
        let model = self.meaning().filter(|_| asks_meaning);
        let by_words = match pipeline {
            Pipeline::Meaning => ByWords::default(),
            _ => self.by_words(&typed, &findings)?,
        };
        let means = Means { typed: &typed, findings: &findings, by_words: &by_words, sense: None };
        let is_wanted = pipeline != Pipeline::Meaning && !self.question.is_patient;
        if is_wanted || model.is_none() {
            self.stage(Stage::Words, model.is_none(), means)?;
        }
        let Some((meaning, embed)) = model else { return Ok(()) };
        self.go_on()?;
        let sense = Sense::of_text(meaning, embed, &typed.text, &typed.languages)?;
        let means = Means { sense: Some(&sense), ..means };
        let rerank = self.models.rerank.filter(|_| pipeline == Pipeline::Reranked);
        let mut ranking = self.stage(Stage::Meaning, rerank.is_none(), means)?;
        if let Some(model) = rerank {
            self.reranked(&mut ranking, model, means)?;
        }
        self.topics(&ranking.documents, &typed)
    }

    /// Where the phrases stand. Those that no document holds which the filters allow are loosened.
    fn findings(&self, typed: &mut Typed) -> Result<Findings, AnswerError> {
        let query = typed.query.clone();
        let filters = Filters::new(&query.filters, self.question.seconds_east);
        let among = || self.question.among.clone();
        let (catalogue, none) = (read(self.library), Findings::default().among(among()));
        let within = AllowedPassages::new(&catalogue, filters, &none);
        let is_within = |passage| within.allow(passage);
        let found = Findings::find(typed, &self.library.words, &is_within, self.cancelled)?;
        Ok(found.among(among()))
    }

    /// What is like a document or a passage.
    fn like(&mut self, model: Model) -> Result<(), AnswerError> {
        let findings = Findings::without(model.content());
        let sense = match usable(self.library.meaning.as_ref()) {
            Some(meaning) => match model {
                Model::Content(content) => Sense::of_content(meaning, content, self.truth)?,
                Model::Passage(passage) => Sense::of_passage(meaning, passage, self.truth)?,
            },
            None => None,
        };
        if let Some(sense) = sense {
            let typed = Typed::default();
            let by_words = ByWords::default();
            let sense = Some(&sense);
            let means = Means { typed: &typed, findings: &findings, by_words: &by_words, sense };
            let ranking = self.stage(Stage::Meaning, true, means)?;
            return self.topics(&ranking.documents, &typed);
        }
        let telling = like::telling(model, &self.library.words, self.truth)?;
        let typed = Typed::telling(telling);
        let by_words = self.by_words(&typed, &findings)?;
        let means = Means { typed: &typed, findings: &findings, by_words: &by_words, sense: None };
        self.stage(Stage::Words, true, means).map(drop)
    }

    /// The space that answers, where it and its model can.
    fn meaning(&self) -> Option<(&'a Meaning, &'a dyn Embed)> {
        usable(self.library.meaning.as_ref()).zip(self.models.embed)
    }

    fn by_words(&mut self, typed: &Typed, findings: &Findings) -> Result<ByWords, AnswerError> {
        let catalogue = read(self.library);
        let allowed = AllowedPassages::new(&catalogue, self.filters(typed), findings);
        let asked = (self.question, typed, &self.library.words);
        ByWords::find(asked, &allowed, &catalogue, self.truth, self.cancelled)
    }

    fn filters<'t>(&self, typed: &'t Typed) -> Filters<'t> {
        Filters::new(&typed.query.filters, self.question.seconds_east)
    }

    fn stage(
        &mut self,
        stage: Stage,
        is_last: bool,
        means: Means<'_>,
    ) -> Result<Ranking, AnswerError> {
        self.go_on()?;
        let catalogue = read(self.library);
        let allowed = AllowedPassages::new(&catalogue, self.filters(means.typed), means.findings);
        let sources = Sources {
            question: self.question,
            typed: means.typed,
            library: self.library,
            catalogue: &catalogue,
            allowed: &allowed,
            by_words: means.by_words,
            sense: means.sense,
            cancelled: self.cancelled,
        };
        let ranking = sources.rank(self.truth, &mut self.vectors)?;
        let showing = Showing {
            typed: means.typed,
            catalogue: &catalogue,
            allowed: &allowed,
            ranking: &ranking,
            telling: &means.by_words.telling,
            unread: &means.by_words.unread,
        };
        if is_last || !self.question.is_patient {
            let answer = self.answer(stage, is_last, &showing)?;
            drop(catalogue);
            (self.tell)(Told::Answer(answer));
        }
        Ok(ranking)
    }

    fn reranked(
        &mut self,
        ranking: &mut Ranking,
        model: &dyn Rerank,
        means: Means<'_>,
    ) -> Result<(), AnswerError> {
        self.go_on()?;
        let (asked, within) = (&means.typed.text, self.question.rerank_within);
        let (documents, library) = (&mut ranking.documents, &self.library.catalogue);
        rerank::rerank(documents, asked, model, within, library, self.truth, self.cancelled)?;
        let catalogue = read(self.library);
        let allowed = AllowedPassages::new(&catalogue, self.filters(means.typed), means.findings);
        let showing = Showing {
            typed: means.typed,
            catalogue: &catalogue,
            allowed: &allowed,
            ranking,
            telling: &means.by_words.telling,
            unread: &means.by_words.unread,
        };
        let answer = self.answer(Stage::Reranked, true, &showing)?;
        drop(catalogue);
        (self.tell)(Told::Answer(answer));
        Ok(())
    }

    fn newest(&mut self, typed: &Typed, findings: &Findings) -> Result<(), AnswerError> {
        let catalogue = read(self.library);
        let allowed = AllowedPassages::new(&catalogue, self.filters(typed), findings);
        let documents = match allowed.restrict() {
            true => newest::newest(&catalogue, &allowed, self.question.limit, self.cancelled)?,
            // Nothing was asked for.
            false => Vec::new(),
        };
        let ranking = Ranking::list(documents);
        let showing = Showing {
            typed,
            catalogue: &catalogue,
            allowed: &allowed,
            ranking: &ranking,
            telling: &[],
            unread: &[],
        };
        let answer = self.answer(Stage::Words, true, &showing)?;
        drop(catalogue);
        (self.tell)(Told::Answer(answer));
        Ok(())
    }

    fn answer(
        &mut self,
        stage: Stage,
        is_last: bool,
        showing: &Showing<'_>,
    ) -> Result<Answer, AnswerError> {
        let limit = self.question.limit;
        let documents = &showing.ranking.documents;
        let grouping = usable(self.library.meaning.as_ref())
            .filter(|_| self.question.grouped && !showing.ranking.is_list);
        let with_others = match grouping {
            Some(meaning) => {
                let (truth, vectors) = (&mut *self.truth, &mut self.vectors);
                same::grouped(documents, limit, showing.catalogue, meaning, truth, vectors)?
            }
            None => documents.iter().map(|document| (document, Vec::new())).collect(),
        };
        let mut hits = Vec::new();
        let mut unread = showing.unread().into_iter().peekable();
        for (document, others) in with_others {
            while hits.len() < limit
                && let Some(hit) = unread.next_if(|hit| hit.score > document.score)
            {
                hits.push(hit);
            }
            if hits.len() == limit {
                break;
            }
            self.go_on()?;
            hits.extend(showing.hit(document, others, self.truth, &mut self.made)?);
        }
        hits.extend(unread.take(limit - hits.len()));
        let verdict = match showing.ranking.nothing_close {
            true => Verdict::NothingClose,
            false => Verdict::Found,
        };
        let (languages, loosened) =
            (showing.typed.languages.clone(), showing.typed.loosened.clone());
        let coverage = self.coverage()?;
        let took = self.started.elapsed();
        Ok(Answer { stage, is_last, hits, verdict, coverage, languages, loosened, took })
    }

    fn coverage(&mut self) -> Result<Coverage, AnswerError> {
        let ledger = self.truth.read(|view| view.ledger())?;
        let words_only = ledger.files(State::Words);
        Ok(Coverage {
            files: words_only + ledger.files(State::Meaning),
            words_only,
            waiting: ledger.files(State::Waiting),
            failed: ledger.files(State::Failed),
            without_text: ledger.files(State::Skipped) + ledger.files(State::Quarantined),
        })
    }

    fn topics(&mut self, documents: &[Ranked], typed: &Typed) -> Result<(), AnswerError> {
        let Some(previous) = &self.question.topics else { return Ok(()) };
        let Some(meaning) = usable(self.library.meaning.as_ref()) else { return Ok(()) };
        self.go_on()?;
        let passages = read(self.library).passages();
        let topics = Topics {
            typed,
            user_languages: &self.question.user_languages,
            words: &self.library.words,
            meaning,
            passages,
            cancelled: self.cancelled,
        };
        let found = topics.find(documents, previous, self.truth, &mut self.vectors)?;
        (self.tell)(Told::Topics(found));
        Ok(())
    }

    fn go_on(&self) -> Result<(), AnswerError> {
        if (self.cancelled)() { Err(AnswerError::Cancelled) } else { Ok(()) }
    }
}

//! Asking, stage by stage.

use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use kenning_domain::{Cancel, ContentId, Embed, PassageId, Tag};
use kenning_engine::answer::{
    self, Answer as Found, AnswerError, Hit as FoundHit, HitFile, PassageHit, Question, Stage,
    Told, Verdict as Judged,
};
use kenning_engine::{Band as Strength, Cluster, Searcher, Similar, Snapshot};

use super::{Desk, internal, lock};
use crate::error::{Problem, ProblemCode};
use crate::search::{
    Answer, Asked, Band, Coverage, FileRef, Hit, Likeness, Other, Passage, Pipeline, SearchNews,
    SearchRequest, Shares, Span, Topic, Unread, Verdict, Why,
};

/// Who waits for the best to be read again waits no longer than about this.
const RERANK_WITHIN: Duration = Duration::from_secs(2);
/// Of those that were chosen on the map, so many are shown.
const WITHIN: usize = 2000;

impl Desk {
    /// A search that is about to begin, by its number.
    pub fn begin_search(&self) -> u64 {
        let mut asking = lock(&self.asking);
        asking.last += 1;
        let number = asking.last;
        asking.under_way.insert(number, Cancel::default());
        number
    }

    /// Answers a question, stage by stage. Topics go on from those of the last question of `asker`.
    pub fn search(
        &self,
        number: u64,
        asker: &str,
        request: &SearchRequest,
        news: &mut dyn FnMut(SearchNews),
    ) {
        let Some(cancel) = lock(&self.asking).under_way.get(&number).cloned() else { return };
        let answered =
            self.searching(|searcher| self.answered(asker, request, searcher, &cancel, news));
        lock(&self.asking).under_way.remove(&number);
        news(match answered {
            Ok(()) => SearchNews::Done,
            Err(problem) => SearchNews::Failed { problem },
        });
    }

    /// Ends a search, where it goes on.
    pub fn stop_search(&self, number: u64) {
        if let Some(cancel) = lock(&self.asking).under_way.get(&number) {
            cancel.cancel();
        }
    }

    fn answered(
        &self,
        asker: &str,
        request: &SearchRequest,
        searcher: &mut Searcher,
        cancel: &Cancel,
        news: &mut dyn FnMut(SearchNews),
    ) -> Result<(), Problem> {
        let mut question = question(request);
        if request.topics {
            let known = lock(&self.asking).topics.get(asker).cloned();
            question.topics = Some(known.unwrap_or_default());
        }
        let snapshot = searcher.snapshot();
        let asks_model =
            request.pipeline != Pipeline::Words && matches!(question.asked, answer::Asked::Text(_));
        let (embed, trouble) = embedder(searcher, &snapshot, asks_model);
        let embed = embed.as_deref().map(|embed| embed as &dyn Embed);
        let (mut topics, mut stage) = (None, None);
        let mut tell = |told| match told {
            Told::Answer(found) => {
                stage = Some(found.stage);
                let answer = answer_of(found, &snapshot, trouble.clone());
                news(SearchNews::Answer { answer });
            }
            Told::Topics(found) => {
                news(SearchNews::Topics { topics: found.iter().map(topic).collect() });
                topics = Some(found);
            }
        };
        let truth = &mut searcher.truth;
        let models = answer::Models { embed, rerank: None };
        answer::answer(&question, &snapshot, truth, models, cancel, &mut tell)?;
        if let Some(found) = topics.take() {
            lock(&self.asking).topics.insert(asker.to_owned(), found);
        }
        // Nothing is loaded or read again for somebody who is still typing.
        if request.pipeline != Pipeline::Reranked
            || stage != Some(Stage::Meaning)
            || self.reranker_name().is_none()
            || !rests(cancel)
        {
            return Ok(());
        }
        question.pipeline = answer::Pipeline::Reranked;
        question.is_patient = true;
        // The same documents have the topics they had.
        question.topics = None;
        let mut reranked = None;
        let again = self.reranker().and_then(|rerank| {
            let Some(rerank) = rerank else { return Ok(()) };
            let models = answer::Models { embed, rerank: Some(&*rerank) };
            let mut tell = |told| {
                if let Told::Answer(found) = told {
                    reranked = Some(found);
                }
            };
            Ok(answer::answer(&question, &snapshot, truth, models, cancel, &mut tell)?)
        });
        match (again, reranked) {
            (Ok(()), Some(found)) => {
                let answer = answer_of(found, &snapshot, trouble);
                news(SearchNews::Answer { answer });
            }
            (Err(problem), _) if problem.code != ProblemCode::Cancelled => {
                news(SearchNews::NotReranked { problem });
            }
            (done, _) => done?,
        }
        Ok(())
    }
}

/// Whether the question stands for a moment.
fn rests(cancel: &Cancel) -> bool {
    const MOMENT: Duration = Duration::from_millis(250);
    const LOOK: Duration = Duration::from_millis(25);
    let until = Instant::now() + MOMENT;
    while !cancel.is_cancelled() && Instant::now() < until {
        thread::sleep(LOOK);
    }
    !cancel.is_cancelled()
}

fn question(request: &SearchRequest) -> Question {
    let mut among = None;
    let mut limit = request.limit as usize;
    let asked = match &request.asked {
        Asked::Text { text } => answer::Asked::Text(text.clone()),
        Asked::Document { document } => answer::Asked::LikeContent(ContentId(*document)),
        Asked::Passage { passage } => answer::Asked::LikePassage(PassageId(*passage)),
        Asked::Within { text, documents } => {
            among = Some(Arc::new(documents.iter().copied().map(ContentId).collect()));
            limit = WITHIN;
            answer::Asked::Text(text.clone())
        }
    };
    let pipeline = match request.pipeline {
        Pipeline::Words => answer::Pipeline::Words,
        Pipeline::Meaning | Pipeline::Reranked => answer::Pipeline::Hybrid,
    };
    Question {
        limit,
        pipeline,
        among,
        rerank_within: Some(RERANK_WITHIN),
        user_languages: request.languages.iter().filter_map(|tag| Tag::new(tag)).collect(),
        seconds_east: i64::from(request.minutes_east) * 60,
        grouped: request.grouped,
        ..Question::of(asked)
    }
}

type Embedder = Arc<dyn Embed>;

/// The model to ask with, or why there is none.
fn embedder(
    searcher: &Searcher,
    snapshot: &Snapshot,
    is_asked: bool,
) -> (Option<Embedder>, Option<Problem>) {
    let trouble = |message| Problem { code: ProblemCode::Model, message };
    let space = snapshot.meaning.as_ref().map(|meaning| meaning.space);
    match space.filter(|_| is_asked).map(|space| searcher.embedder(space)) {
        Some(Ok(Some(embed))) => (Some(embed), None),
        Some(Ok(None)) => {
            (None, Some(trouble("the model that read this library is not here".to_owned())))
        }
        Some(Err(why)) => (None, Some(trouble(why.to_string()))),
        None => (None, None),
    }
}

fn answer_of(found: Found, snapshot: &Snapshot, trouble: Option<Problem>) -> Answer {
    let stage = match found.stage {
        Stage::Words => Pipeline::Words,
        Stage::Meaning => Pipeline::Meaning,
        Stage::Reranked => Pipeline::Reranked,
    };
    let hits: Vec<Hit> = found.hits.into_iter().map(|hit| hit_of(hit, snapshot)).collect();
    let coverage = found.coverage;
    Answer {
        verdict: match found.verdict {
            _ if hits.is_empty() => Verdict::Nothing,
            Judged::Found => Verdict::Found,
            Judged::NothingClose => Verdict::NothingClose,
        },
        stage,
        hits,
        coverage: Coverage {
            files: coverage.files,
            words_only: coverage.words_only,
            waiting: coverage.waiting,
            failed: coverage.failed,
            without_text: coverage.without_text,
        },
        languages: found.languages.iter().map(|(tag, _)| tag.to_string()).collect(),
        loosened: found.loosened,
        milliseconds: found.took.as_secs_f64() * 1000.0,
        words_only_because: trouble,
    }
}

fn hit_of(hit: FoundHit, snapshot: &Snapshot) -> Hit {
    let others = hit.others.iter().map(|(content, similar)| other(*content, *similar, snapshot));
    Hit {
        document: hit.content.map(|content| content.0),
        files: hit.files.iter().map(file_ref).collect(),
        title: hit.title,
        format: hit.format,
        date: hit.date,
        others: others.collect(),
        why: Why {
            words: hit.why.words,
            name: hit.why.name,
            band: hit.why.band.map(|band| match band {
                Strength::Strong => Band::Strong,
                Strength::Fair => Band::Fair,
                Strength::Faint => Band::Faint,
            }),
            shares: Shares {
                words: hit.why.shares.words,
                name: hit.why.shares.name,
                meaning: hit.why.shares.meaning,
            },
            language: hit.why.language.map(|tag| tag.to_string()),
            reranked: hit.why.is_reranked,
        },
        passages: hit.passages.into_iter().map(passage_of).collect(),
        unread: hit.unread.map(|reason| Unread { reason: reason.code, why: reason.text }),
    }
}

fn passage_of(passage: PassageHit) -> Passage {
    let spans = Spans::new(&passage.excerpt);
    Passage {
        id: passage.id.0,
        page: passage.page,
        headings: passage.headings,
        language: passage.language.map(|tag| tag.to_string()),
        highlights: passage.highlights.iter().map(|range| spans.of(range)).collect(),
        sentence: passage.sentence.as_ref().map(|range| spans.of(range)),
        more_before: passage.more_before,
        more_after: passage.more_after,
        excerpt: passage.excerpt,
    }
}

fn file_ref(file: &HitFile) -> FileRef {
    FileRef::of(file.id.0, &file.path)
}

impl FileRef {
    pub(super) fn of(id: i64, path: &std::path::Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
        Self { id, name, folder }
    }
}

fn other(content: ContentId, similar: Similar, snapshot: &Snapshot) -> Other {
    let catalogue = snapshot.catalogue.read().unwrap_or_else(PoisonError::into_inner);
    let described = catalogue.content(content);
    let files = described.into_iter().flat_map(|described| &described.files).filter_map(|file| {
        Some(FileRef::of(file.id.0, &catalogue.folder(file.folder)?.join(&file.path)))
    });
    Other {
        document: content.0,
        is: likeness(similar),
        files: files.collect(),
        title: described.and_then(|described| described.title.as_deref().map(str::to_owned)),
        language: described
            .and_then(|described| described.languages.iter().flatten().next())
            .map(Tag::to_string),
    }
}

pub(super) fn likeness(similar: Similar) -> Likeness {
    match similar {
        Similar::Copy => Likeness::Copy,
        Similar::NearCopy => Likeness::NearCopy,
        Similar::Translation => Likeness::Translation,
    }
}

fn topic(cluster: &Cluster) -> Topic {
    Topic {
        id: u64::from(cluster.id),
        name: cluster.name.clone(),
        documents: cluster.members.iter().map(|member| *member as i64).collect(),
    }
}

/// Bytes of a text as UTF-16 units of it.
pub(super) struct Spans<'a> {
    text: &'a str,
    is_ascii: bool,
}

impl<'a> Spans<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, is_ascii: text.is_ascii() }
    }

    pub(super) fn of(&self, range: &std::ops::Range<usize>) -> Span {
        [self.at(range.start), self.at(range.end)]
    }

    /// Of a place within a character, that of its beginning.
    pub(super) fn at(&self, byte: usize) -> u32 {
        let byte = byte.min(self.text.len());
        if self.is_ascii {
            return byte as u32;
        }
        let before = self.text.char_indices().take_while(|(at, _)| *at < byte);
        let whole = before.filter(|(at, letter)| at + letter.len_utf8() <= byte);
        whole.map(|(_, letter)| letter.len_utf16() as u32).sum()
    }
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        let code = match &error {
            AnswerError::Cancelled => ProblemCode::Cancelled,
            AnswerError::Store(error) => return super::store_problem(error),
            AnswerError::Model(_) => ProblemCode::Model,
            AnswerError::Gone => ProblemCode::Gone,
            _ => return internal(error),
        };
        Self { code, message: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_the_units_that_javascript_counts() {
        let check = |text: &str, range: std::ops::Range<usize>, expected: Span| {
            assert_eq!(Spans::new(text).of(&range), expected, "{text} {range:?}");
        };
        check("plain", 1..4, [1, 4]);
        check("größer", 2..6, [2, 4]);
        check("漢字", 3..6, [1, 2]);
        // Two units, one letter.
        check("a😀b", 1..5, [1, 3]);
        check("a😀b", 5..6, [3, 4]);
        check("", 0..9, [0, 0]);
        // In the middle of a letter.
        check("é", 1..2, [0, 1]);
    }
}

//! An answer as JSON. `docs/CLI.md` says what each field means; names once given stay.

use std::path::Path;

use kenning_domain::Tag;
use kenning_engine::answer::{Hit, PassageHit, Stage, Verdict};
use serde::Serialize;

use super::found::{self, Found};
use crate::here;

#[derive(Serialize)]
pub struct Answer<'a> {
    verdict: &'static str,
    stage: &'static str,
    milliseconds: f64,
    languages: Vec<Language<'a>>,
    loosened_phrases: &'a [String],
    coverage: Coverage,
    hits: Vec<OneHit<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    topics: Vec<Topic<'a>>,
}

#[derive(Serialize)]
struct Language<'a> {
    tag: &'a str,
    probability: f32,
}

#[derive(Serialize)]
struct Coverage {
    files: u64,
    words_only: u64,
    waiting: u64,
    failed: u64,
    without_text: u64,
}

#[derive(Serialize)]
struct OneHit<'a> {
    rank: usize,
    path: String,
    /// All that hold it, the one above first.
    files: Vec<String>,
    title: Option<&'a str>,
    format: Option<&'a str>,
    /// Why nothing but its name is known, where that is so.
    unread: Option<Unread<'a>>,
    date: Option<String>,
    band: Option<&'static str>,
    score: f32,
    why: Why<'a>,
    passages: Vec<Passage<'a>>,
    others: Vec<Other>,
}

#[derive(Serialize)]
struct Unread<'a> {
    reason: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct Why<'a> {
    words: &'a [String],
    name: &'a [String],
    language: Option<&'a str>,
    shares: Shares,
}

#[derive(Serialize)]
struct Shares {
    words: f32,
    name: f32,
    meaning: f32,
}

#[derive(Serialize)]
struct Passage<'a> {
    page: Option<u32>,
    headings: &'a [String],
    language: Option<&'a str>,
    start: usize,
    end: usize,
    excerpt: &'a str,
    highlights: Vec<[usize; 2]>,
    sentence: Option<[usize; 2]>,
    more_before: bool,
    more_after: bool,
    score: f32,
}

#[derive(Serialize)]
struct Other {
    is: &'static str,
    files: Vec<String>,
}

#[derive(Serialize)]
struct Topic<'a> {
    name: &'a [String],
    documents: usize,
    ranks: Vec<usize>,
}

pub fn of(found: &Found) -> Answer<'_> {
    let answer = &found.answer;
    let coverage = answer.coverage;
    Answer {
        verdict: match answer.verdict {
            _ if answer.hits.is_empty() => "nothing",
            Verdict::Found => "found",
            Verdict::NothingClose => "nothing-close",
        },
        stage: match answer.stage {
            Stage::Words => "words",
            Stage::Meaning => "meaning",
            Stage::Reranked => "reranked",
        },
        milliseconds: answer.took.as_secs_f64() * 1000.0,
        languages: answer
            .languages
            .iter()
            .map(|(tag, probability)| Language { tag: tag.as_str(), probability: *probability })
            .collect(),
        loosened_phrases: &answer.loosened,
        coverage: Coverage {
            files: coverage.files,
            words_only: coverage.words_only,
            waiting: coverage.waiting,
            failed: coverage.failed,
            without_text: coverage.without_text,
        },
        hits: answer
            .hits
            .iter()
            .enumerate()
            .map(|(place, hit)| one(place + 1, hit, found))
            .collect(),
        topics: found
            .topics
            .iter()
            .map(|topic| Topic {
                name: &topic.name,
                documents: topic.members.len(),
                ranks: found.ranks(topic),
            })
            .collect(),
    }
}

fn one<'a>(rank: usize, hit: &'a Hit, found: &Found) -> OneHit<'a> {
    let files: Vec<String> = hit.files.iter().map(|file| written(&file.path)).collect();
    let why = &hit.why;
    OneHit {
        rank,
        path: files.first().cloned().unwrap_or_default(),
        files,
        title: hit.title.as_deref(),
        format: Some(&*hit.format).filter(|format| !format.is_empty()),
        unread: hit.unread.as_ref().map(|why| Unread { reason: &why.code, why: &why.text }),
        date: here::written(hit.date),
        band: why.band.map(found::band),
        score: hit.score,
        why: Why {
            words: &why.words,
            name: &why.name,
            language: why.language.as_ref().map(Tag::as_str),
            shares: Shares {
                words: why.shares.words,
                name: why.shares.name,
                meaning: why.shares.meaning,
            },
        },
        passages: hit.passages.iter().map(passage).collect(),
        others: others(hit, found),
    }
}

fn passage(passage: &PassageHit) -> Passage<'_> {
    let range = |range: &std::ops::Range<usize>| [range.start, range.end];
    Passage {
        page: passage.page,
        headings: &passage.headings,
        language: passage.language.as_ref().map(Tag::as_str),
        start: passage.span.start,
        end: passage.span.end,
        excerpt: &passage.excerpt,
        highlights: passage.highlights.iter().map(range).collect(),
        sentence: passage.sentence.as_ref().map(range),
        more_before: passage.more_before,
        more_after: passage.more_after,
        score: passage.score,
    }
}

fn others(hit: &Hit, found: &Found) -> Vec<Other> {
    let files = |content| found.files(content).iter().map(|path| written(path)).collect();
    let other =
        |(content, similar): &_| Other { is: found::similar(*similar), files: files(*content) };
    hit.others.iter().map(other).collect()
}

fn written(path: &Path) -> String {
    path.display().to_string()
}

//! Retrieval quality on a set in BEIR form: embeds, searches exactly, scores and reports. Owns what
//! is measured and over which queries; the parts it is made of are its neighbours'.
//!
//! Only answers that a query can see count. A judgement of a document that is not in the corpus or,
//! by language, not in the query's own is left out, and a query without any other answer is skipped.
//! The report says how many.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use kenning_domain::{Embed, Role};
use serde::Serialize;

use super::beir::{self, Entry, Set};
use super::embedder::Embedder;
use super::metrics::{DEPTH, Scores};
use super::nearest::{Matrix, nearest};
use super::{Half, Options, Progress};

/// The mean over so many queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Group {
    #[serde(flatten)]
    pub scores: Scores,
    pub queries: usize,
}

/// The same scores over different queries and answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Groups {
    #[serde(flatten)]
    pub all: Group,
    /// By the query's language, where it has one.
    pub by_lang: BTreeMap<String, Group>,
    /// Over the languages, each of which counts the same.
    pub mean_by_lang: Option<Scores>,
    /// Over the queries with an answer in their own language, only such answers sought.
    pub own: Option<Group>,
    /// Over the queries with an answer in another language, only such answers sought.
    pub foreign: Option<Group>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RetrievalReport {
    #[serde(flatten)]
    pub groups: Groups,
    /// Documents that could be found.
    pub documents: usize,
    /// Queries that were not asked, because no document they see answers them.
    pub skipped_queries: usize,
    /// Queries of which the model could read only the beginning.
    pub truncated_queries: usize,
    /// Documents of which the model could read only the beginning.
    pub truncated_documents: usize,
    /// Documents left out because there is nothing in them.
    pub empty_documents: usize,
    /// Judgements left out because their document is not in the corpus.
    pub unknown_documents: usize,
    /// Judgements left out because their query is not among the queries.
    pub unknown_queries: usize,
    pub tokens: usize,
    pub seconds: f64,
}

/// Measures the set in `dir`. Documents that are equally near stand in the order of their ids.
pub fn retrieval(
    model: &dyn Embed,
    dir: &Path,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<RetrievalReport> {
    let set = beir::read(dir)?;
    let (questions, skipped_queries) = questions(&set, dir, options.by_language, options.half)?;
    let start = Instant::now();
    let total = set.documents.len() + questions.len();
    let mut embedder = Embedder::new(model, options, total, progress);
    let vectors = Vectors::of(&set, &questions, &mut embedder, options)?;
    let rankings = rankings(&set, &questions, &vectors, options);
    Ok(RetrievalReport {
        groups: groups(&set, &questions, &rankings),
        documents: set.documents.len(),
        skipped_queries,
        truncated_queries: vectors.truncated_queries,
        truncated_documents: vectors.truncated_documents,
        empty_documents: set.empty_documents,
        unknown_documents: set.unknown_documents,
        unknown_queries: set.unknown_queries,
        tokens: embedder.tokens,
        seconds: start.elapsed().as_secs_f64(),
    })
}

/// The queries of a half, or all, that have an answer they can see, and how many have none.
pub(super) fn questions<'a>(
    set: &'a Set,
    dir: &Path,
    by_language: bool,
    half: Option<Half>,
) -> Result<(Vec<Question<'a>>, usize)> {
    if by_language {
        check_languages(&set.documents, "document")?;
        check_languages(&set.queries, "query")?;
    }
    let asked = half_of(set, half);
    let of = |query: &usize| Question::of(set, *query, by_language);
    let questions: Vec<Question<'_>> = asked.iter().filter_map(of).collect();
    let of_half = if half.is_some() { " of this half" } else { "" };
    ensure!(
        !questions.is_empty(),
        "{}: none of {} queries{of_half} has an answer it can see",
        dir.display(),
        asked.len()
    );
    let skipped = asked.len() - questions.len();
    Ok((questions, skipped))
}

/// The queries of a half, or all.
pub(super) fn half_of(set: &Set, half: Option<Half>) -> Vec<usize> {
    let keeps = |query: &usize| {
        let Entry { id, language, .. } = &set.queries[*query];
        half.is_none_or(|half| half.keeps(id, language.as_deref()))
    };
    (0..set.queries.len()).filter(keeps).collect()
}

fn check_languages(entries: &[Entry], what: &str) -> Result<()> {
    match entries.iter().find(|entry| entry.language.is_none()) {
        Some(entry) => bail!(
            "the {what} {:?} has no `lang`: without one the set cannot be measured by language",
            entry.id
        ),
        None => Ok(()),
    }
}

/// A query with at least one answer that it can see.
pub(super) struct Question<'a> {
    pub query: &'a Entry,
    pub answers: BTreeMap<usize, f64>,
}

impl<'a> Question<'a> {
    fn of(set: &'a Set, index: usize, by_language: bool) -> Option<Self> {
        let query = &set.queries[index];
        let mut answers = set.answers[index].clone();
        if by_language {
            answers.retain(|document, _| set.documents[*document].language == query.language);
        }
        (!answers.is_empty()).then_some(Self { query, answers })
    }

    /// What the ranking is worth when only the answers of one `kind` are sought: the others are
    /// taken out of the ranking, since they are right and must not push these down.
    fn scores_of_kind(&self, ranking: &[usize], kind: impl Fn(usize) -> bool) -> Option<Scores> {
        let mut sought = self.answers.clone();
        sought.retain(|document, _| kind(*document));
        let other = |id: &usize| self.answers.contains_key(id) && !sought.contains_key(id);
        let ranking: Vec<usize> = ranking.iter().copied().filter(|id| !other(id)).collect();
        (!sought.is_empty()).then(|| Scores::of(&ranking, &sought))
    }
}

struct Vectors {
    documents: Matrix,
    queries: Matrix,
    truncated_documents: usize,
    truncated_queries: usize,
}

impl Vectors {
    fn of(
        set: &Set,
        questions: &[Question<'_>],
        embedder: &mut Embedder<'_>,
        options: &Options,
    ) -> Result<Self> {
        let texts: Vec<String> = set.documents.iter().map(Entry::whole).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let name = |index: usize| format!("the document {:?}", set.documents[index].id);
        let (documents, truncated_documents) =
            embedder.embed("documents", &texts, Role::Document, name)?;
        let texts: Vec<&str> = questions.iter().map(|question| &*question.query.text).collect();
        let name = |index: usize| format!("the query {:?}", questions[index].query.id);
        let role = Role::Query { instruction: options.instruction.as_deref() };
        let (queries, truncated_queries) = embedder.embed("queries", &texts, role, name)?;
        ensure!(documents.width() == queries.width(), "queries and documents differ in dimensions");
        Ok(Self { documents, queries, truncated_documents, truncated_queries })
    }
}

/// For each question the nearest documents of those it sees, nearest first.
fn rankings(
    set: &Set,
    questions: &[Question<'_>],
    vectors: &Vectors,
    options: &Options,
) -> Vec<Vec<usize>> {
    // Deeper than any score looks, so that enough is left when answers of one kind are taken out.
    let most_answers = questions.iter().map(|question| question.answers.len()).max().unwrap_or(0);
    let depth = DEPTH + most_answers;
    if !options.by_language {
        return nearest(&vectors.documents, &vectors.queries, depth);
    }
    let mut rankings = vec![Vec::new(); questions.len()];
    let languages: BTreeSet<_> = questions.iter().map(|it| &it.query.language).collect();
    for language in languages {
        let asked = places(questions.iter().map(|it| &it.query.language == language));
        let seen = places(set.documents.iter().map(|it| &it.language == language));
        let documents = vectors.documents.select(&seen);
        let found = nearest(&documents, &vectors.queries.select(&asked), depth);
        for (question, found) in asked.into_iter().zip(found) {
            rankings[question] = found.into_iter().map(|row| seen[row]).collect();
        }
    }
    rankings
}

fn places(chosen: impl Iterator<Item = bool>) -> Vec<usize> {
    chosen.enumerate().filter_map(|(place, chosen)| chosen.then_some(place)).collect()
}

pub(super) fn groups(set: &Set, questions: &[Question<'_>], rankings: &[Vec<usize>]) -> Groups {
    let mut all = Vec::new();
    let mut by_lang: BTreeMap<&String, Vec<Scores>> = BTreeMap::new();
    let (mut own, mut foreign) = (Vec::new(), Vec::new());
    for (question, ranking) in questions.iter().zip(rankings) {
        let scores = Scores::of(ranking, &question.answers);
        all.push(scores);
        let Some(language) = &question.query.language else { continue };
        by_lang.entry(language).or_default().push(scores);
        let is_own = |document: usize| Some(set.documents[document].language.as_ref()? == language);
        own.extend(question.scores_of_kind(ranking, |it| is_own(it) == Some(true)));
        foreign.extend(question.scores_of_kind(ranking, |it| is_own(it) == Some(false)));
    }
    let by_lang: BTreeMap<String, Group> = by_lang
        .into_iter()
        .filter_map(|(language, scores)| Some((language.clone(), group(&scores)?)))
        .collect();
    Groups {
        all: group(&all).unwrap_or_default(),
        mean_by_lang: Scores::mean(by_lang.values().map(|group| group.scores)),
        by_lang,
        own: group(&own),
        foreign: group(&foreign),
    }
}

fn group(scores: &[Scores]) -> Option<Group> {
    let mean = Scores::mean(scores.iter().copied())?;
    Some(Group { scores: mean, queries: scores.len() })
}

impl fmt::Display for RetrievalReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        table_of(&self.groups, out)?;
        self.write_remarks(out)
    }
}

pub(super) fn table_of(groups: &Groups, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Groups { all, by_lang, mean_by_lang, own, foreign } = groups;
    let mut lines = vec![("all", Some(all.scores), Some(all.queries))];
    for (name, kind) in [("own language", own), ("foreign", foreign)] {
        lines.push((name, kind.map(|it| it.scores), kind.map(|it| it.queries)));
    }
    lines.push(("mean of languages", *mean_by_lang, None));
    for (language, group) in by_lang {
        lines.push((language, Some(group.scores), Some(group.queries)));
    }
    write_table(out, &lines)
}

/// Lines without scores are left out.
fn write_table(
    out: &mut fmt::Formatter<'_>,
    lines: &[(&str, Option<Scores>, Option<usize>)],
) -> fmt::Result {
    let width = lines.iter().map(|line| line.0.chars().count()).max().unwrap_or(0);
    writeln!(
        out,
        "{:width$}  {:>7}  {:>9}  {:>10}  {:>6}  {:>7}",
        "%", "nDCG@10", "recall@10", "recall@100", "MRR@10", "queries"
    )?;
    for (name, scores, queries) in lines {
        let Some(Scores { ndcg_10, recall_10, recall_100, mrr_10 }) = scores else { continue };
        let [ndcg, recall, deep, mrr] =
            [ndcg_10, recall_10, recall_100, mrr_10].map(|it| 100.0 * it);
        let queries = queries.map(|count| count.to_string()).unwrap_or_default();
        writeln!(
            out,
            "{name:width$}  {ndcg:>7.1}  {recall:>9.1}  {deep:>10.1}  {mrr:>6.1}  {queries:>7}"
        )?;
    }
    Ok(())
}

impl RetrievalReport {
    fn write_remarks(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, tokens, seconds, .. } = self;
        writeln!(out, "\n{documents} documents, {tokens} tokens in {seconds:.1} s")?;
        let remarks = [
            (self.skipped_queries, "queries skipped: no document they see answers them"),
            (self.truncated_documents, "documents were longer than the model reads, and cut"),
            (self.truncated_queries, "queries were longer than the model reads, and cut"),
            (self.empty_documents, "documents left out: there is nothing in them"),
            (self.unknown_documents, "judgements left out: their document is not in the corpus"),
            (self.unknown_queries, "judgements left out: their query is not among the queries"),
        ];
        for (count, remark) in remarks.iter().filter(|(count, _)| *count > 0) {
            writeln!(out, "{count} {remark}")?;
        }
        Ok(())
    }
}

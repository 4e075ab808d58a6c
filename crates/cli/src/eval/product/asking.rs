//! One query on its way through the product, and which of the set's documents come back.

use std::sync::PoisonError;

use anyhow::{Result, bail};
use kenning_domain::{Cancel, PassageId};
use kenning_engine::answer::{Answer, Asked, Models, Question, Told, Verdict, answer};
use kenning_engine::{Query, Searcher, Snapshot};

use super::Options;
use super::staging::{Files, shelf};
use crate::eval::beir::{Entry, Set};

pub struct Asker<'a> {
    pub searcher: Searcher,
    pub snapshot: Snapshot,
    pub models: Models<'a>,
    pub files: &'a Files,
    pub set: &'a Set,
    pub options: &'a Options,
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The best first.
    pub documents: Vec<usize>,
    /// Whether the verdict was that nothing is close.
    pub nothing: bool,
}

impl Asker<'_> {
    fn typed(&self, query: &Entry) -> String {
        match self.options.by_language {
            true => format!("in:{}/ {}", shelf(query.language.as_deref()), query.text),
            false => query.text.clone(),
        }
    }

    /// What the model will read of a query.
    pub fn read_of(&self, query: &Entry) -> String {
        Query::parse(&self.typed(query)).meaning()
    }

    pub fn ask(&mut self, query: &Entry) -> Result<Heard> {
        let typed = self.typed(query);
        let question = Question {
            limit: self.options.depth,
            pipeline: self.options.pipeline,
            // Translations and copies are documents of their own here.
            grouped: false,
            tuning: self.options.tuning,
            is_patient: true,
            ..Question::of(Asked::Text(typed))
        };
        let mut last = None;
        let mut hear = |told| {
            if let Told::Answer(answer) = told {
                last = Some(answer);
            }
        };
        let truth = &mut self.searcher.truth;
        answer(&question, &self.snapshot, truth, self.models, &Cancel::default(), &mut hear)?;
        let Some(last) = last else { bail!("there was no answer to {:?}", query.id) };
        let nothing = last.verdict == Verdict::NothingClose;
        Ok(Heard { documents: self.documents(&last, query), nothing })
    }

    /// A content that several files hold is several documents.
    fn documents(&self, answer: &Answer, query: &Entry) -> Vec<usize> {
        let mut documents = Vec::new();
        for hit in &answer.hits {
            let names = hit.files.iter().filter_map(|file| file.path.file_name());
            let mut of_hit: Vec<usize> =
                names.filter_map(|name| self.files.get(name).copied()).collect();
            let is_own = |index: &usize| self.set.documents[*index].language == query.language;
            of_hit.retain(|index| !self.options.by_language || is_own(index));
            of_hit.sort_unstable();
            documents.extend(of_hit);
        }
        documents
    }

    pub fn passages(&self) -> usize {
        self.snapshot.catalogue.read().unwrap_or_else(PoisonError::into_inner).passages()
    }

    /// All vectors as the model gave them, one after another.
    pub fn vectors(&mut self) -> Result<Vec<f32>> {
        let Some(meaning) = &self.snapshot.meaning else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        self.searcher.truth.read(|view| {
            view.vectors_after(meaning.space, PassageId(0), usize::MAX, |row| {
                rows.extend_from_slice(row.vector);
            })
        })?;
        Ok(rows)
    }
}

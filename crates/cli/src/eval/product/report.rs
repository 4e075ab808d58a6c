//! What a measurement of the product says, for programs and for people.

use std::fmt;
use std::time::Duration;

use kenning_engine::answer::Pipeline;
use serde::Serialize;

use super::Options;
use super::verdict::{Quality, VerdictReport};
use crate::eval::beir::Set;
use crate::eval::retrieval::{Groups, table_of};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductReport {
    pub pipeline: &'static str,
    #[serde(flatten)]
    pub groups: Groups,
    pub documents: usize,
    /// What the documents were cut into.
    pub passages: usize,
    /// Queries that were not asked, because no document they see answers them.
    pub skipped_queries: usize,
    pub empty_documents: usize,
    pub unknown_documents: usize,
    pub unknown_queries: usize,
    /// Where some queries have no answer in the set.
    pub nothing_close: Option<VerdictReport>,
    pub indexing_seconds: f64,
    pub milliseconds_per_query: f64,
}

/// How long it took.
pub struct Effort {
    pub indexing: Duration,
    pub asking: Duration,
}

impl ProductReport {
    /// Without what only the library and the verdicts say.
    pub fn of(options: &Options, set: &Set, groups: Groups, effort: &Effort) -> Self {
        let asking = effort.asking.as_secs_f64() * 1000.0;
        Self {
            pipeline: name(options.pipeline),
            milliseconds_per_query: asking / groups.all.queries.max(1) as f64,
            groups,
            documents: set.documents.len(),
            passages: 0,
            skipped_queries: 0,
            empty_documents: set.empty_documents,
            unknown_documents: set.unknown_documents,
            unknown_queries: set.unknown_queries,
            nothing_close: None,
            indexing_seconds: effort.indexing.as_secs_f64(),
        }
    }
}

fn name(pipeline: Pipeline) -> &'static str {
    match pipeline {
        Pipeline::Words => "words",
        Pipeline::Meaning => "meaning",
        Pipeline::Hybrid => "hybrid",
        Pipeline::Reranked => "reranked",
    }
}

impl fmt::Display for ProductReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        table_of(&self.groups, out)?;
        let Self { pipeline, documents, passages, indexing_seconds, .. } = self;
        writeln!(
            out,
            "\n{pipeline}: {documents} documents in {passages} passages, read and embedded in \
             {indexing_seconds:.1} s, {:.1} ms for each query",
            self.milliseconds_per_query
        )?;
        if self.skipped_queries > 0 {
            let skipped = self.skipped_queries;
            writeln!(out, "{skipped} queries skipped: no document they see answers them")?;
        }
        self.nothing_close.as_ref().map_or(Ok(()), |report| nothing(report, out))
    }
}

fn nothing(report: &VerdictReport, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let VerdictReport { queries, unanswered, verdict, threshold, cosine, .. } = report;
    writeln!(
        out,
        "\n\"nothing close\" over {queries} queries, of which {unanswered} have no answer"
    )?;
    let threshold_name = format!("cosine below {cosine:.3}");
    for (name, quality) in [("verdict", verdict), (threshold_name.as_str(), threshold)] {
        let Quality { precision, recall, f1 } = quality;
        let [precision, recall, f1] = [precision, recall, f1].map(|it| 100.0 * it);
        writeln!(out, "{name:20}  precision {precision:>5.1}  recall {recall:>5.1}  F1 {f1:>5.1}")?;
    }
    Ok(())
}

//! The topics among the documents that answer.

use kenning_domain::{PassageId, Tag};
use kenning_store::index::WordsSnapshot;
use kenning_store::{Cancelled, Reader};

use super::asked::Typed;
use super::hits::AnswerError;
use super::naming::{Read, commonness, read};
use super::ranking::Ranked;
use super::sense::{Vectors, add_exact};
use crate::library::Meaning;
use crate::{Cluster, ClusterHit, ClusterWord, Naming, clusters};

/// How many documents are grouped.
const MOST_HITS: usize = 200;

/// What topics are found by.
pub struct Topics<'a> {
    pub typed: &'a Typed,
    pub user_languages: &'a [Tag],
    pub words: &'a WordsSnapshot,
    pub meaning: &'a Meaning,
    /// How many passages the library has.
    pub passages: usize,
    pub cancelled: Cancelled<'a>,
}

impl Topics<'_> {
    /// `previous` are those found for what was typed before.
    pub fn find(
        &self,
        documents: &[Ranked],
        previous: &[Cluster],
        truth: &mut Reader,
        vectors: &mut Vectors,
    ) -> Result<Vec<Cluster>, AnswerError> {
        let best = documents.iter().take(MOST_HITS).filter_map(|one| one.passages.first());
        let best: Vec<PassageId> = best.map(|one| one.passage).collect();
        add_exact(self.meaning, truth, best.iter().copied(), vectors)?;
        let read = read(&best, truth, self.cancelled)?;
        let words: Vec<Vec<ClusterWord<'_>>> = read.iter().map(Read::cluster_words).collect();
        let hit = |(read, words)| {
            let Read { text, .. }: &Read = read;
            let vector = vectors.get(&text.id).map_or(&[][..], Vec::as_slice);
            let words: &Vec<ClusterWord<'_>> = words;
            ClusterHit { id: text.id.content().0 as u64, vector, words }
        };
        let hits: Vec<ClusterHit<'_>> = read.iter().zip(&words).map(hit).collect();
        Ok(self.named(&hits, previous))
    }

    fn named(&self, hits: &[ClusterHit<'_>], previous: &[Cluster]) -> Vec<Cluster> {
        let commonness = commonness(self.words, self.passages);
        let query = self.typed.words.iter().flat_map(|word| &word.alternatives);
        let query: Vec<&str> = query.map(String::as_str).collect();
        let naming =
            Naming { query: &query, languages: self.user_languages, commonness: &commonness };
        clusters(hits, previous, &naming)
    }
}

//! The library as a whole: where each document lies by what it means, the topics they form, which of them
//! say the same, and which are like no other.
//!
//! It sees documents as points alone: their texts, their files and what is shown of them are for others.
//! Whatever is computed here is the same for the same documents and the same map before it, on any number of
//! threads, and a library that changed a little keeps its map but for what changed.

mod file;
mod graph;
mod layout;
mod near;
mod peculiar;
mod random;
mod topics;

use kenning_domain::ContentId;
use kenning_store::Cancelled;
use kenning_store::codes::{CodesSnapshot, RowsMark};

use graph::Graph;
use near::Means;
pub use near::Near;
pub use peculiar::{Compare, Twins};

/// What a map was made of: the vectors of one model, cut to one length. Maps of others tell nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub space: i64,
    pub dimensions: u32,
}

/// Every document that has vectors, in the order of their numbers, and their topics.
#[derive(Clone, Debug, PartialEq)]
pub struct Atlas {
    pub source: Source,
    pub documents: Vec<Placed>,
    pub topics: Vec<Topic>,
    /// Documents that say the same, the largest groups first.
    pub twins: Vec<Twins>,
    /// Documents that nothing is like, the oddest first.
    pub odd: Vec<ContentId>,
}

/// A document on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub content: ContentId,
    /// Of the vectors of its passages: with others it lies elsewhere.
    pub mark: RowsMark,
    /// From -1 to 1.
    pub at: [f32; 2],
    /// The innermost topic it is in, by number.
    pub topic: Option<u32>,
    /// The documents it is most like, the most alike first.
    pub near: Vec<Near>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// The topic around it, which stands before it in the list.
    pub parent: Option<u32>,
    /// Words that set it apart; none where none do.
    pub name: Vec<String>,
    /// Where its name stands best.
    pub at: [f32; 2],
    /// All documents in it and in the topics within it, those that stand for it best first, by their places in
    /// the list of documents.
    pub members: Vec<u32>,
}

/// Nobody waits for it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp;

/// How a map is made.
pub struct Making<'a> {
    pub threads: usize,
    /// How far it is, from 0 to 1; told by the calling thread.
    pub tell: &'a dyn Fn(f32),
    pub cancelled: Cancelled<'a>,
}

/// How the time goes, about, for a library that has no map yet.
const NEIGHBOURS_SHARE: f32 = 0.7;

impl Making<'_> {
    fn go_on(&self) -> Result<(), GivenUp> {
        if (self.cancelled)() { Err(GivenUp) } else { Ok(()) }
    }
}

impl Atlas {
    /// The map of all documents in the matrix, going on from the one before it. Its topics have no names, and
    /// which documents say the same is still to be [found](Self::find_twins).
    pub fn make(
        space: i64,
        codes: &CodesSnapshot,
        before: Option<&Self>,
        making: &Making<'_>,
    ) -> Result<Self, GivenUp> {
        let source = Source { space, dimensions: codes.dimensions() as u32 };
        let before = before.filter(|before| before.source == source);
        let means = Means::of(codes);
        making.go_on()?;
        let near = near::neighbours(&means, before, making)?;
        let graph = Graph::new(&near);
        let start = layout::start(&means, before, &near);
        let at = layout::lay_out(&graph, &start, &|done| {
            (making.tell)(NEIGHBOURS_SHARE + (1.0 - NEIGHBOURS_SHARE) * done);
            making.go_on()
        })?;
        let (topics, innermost) = topics::find(&graph, &at);
        let near = near.into_iter().zip(at).zip(innermost);
        let documents = means.documents.iter().zip(near);
        let documents = documents.map(|((content, mark), ((near, at), topic))| {
            let near = near.into_iter().map(|(to, similarity)| Near {
                content: means.documents[to as usize].0,
                similarity,
            });
            Placed { content: *content, mark: *mark, at, topic, near: near.collect() }
        });
        let mut atlas = Self {
            source,
            documents: documents.collect(),
            topics,
            twins: Vec::new(),
            odd: Vec::new(),
        };
        atlas.odd = peculiar::odd(&atlas);
        Ok(atlas)
    }

    /// Has documents that may say the same compared.
    pub fn find_twins<Error>(&mut self, compare: Compare<'_, Error>) -> Result<(), Error> {
        self.twins = peculiar::twins(self, compare)?;
        Ok(())
    }

    /// Whether it shows all that is in the matrix, and nothing else.
    pub fn is_of(&self, space: i64, codes: &CodesSnapshot) -> bool {
        if self.source != (Source { space, dimensions: codes.dimensions() as u32 }) {
            return false;
        }
        let own = self.documents.iter().map(|own| (own.content, own.mark));
        own.eq(codes.marks())
    }

    /// The place of a document in the list.
    pub fn place(&self, content: ContentId) -> Option<usize> {
        self.documents.binary_search_by_key(&content, |own| own.content).ok()
    }
}

#[cfg(test)]
mod tests;

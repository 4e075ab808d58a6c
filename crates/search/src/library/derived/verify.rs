//! Whether what is derived is what the truth says, nothing less and nothing more.

use std::collections::HashMap;
use std::hash::Hash;

use kenning_domain::{ContentId, FileId, PassageId};
use kenning_store::View;
use kenning_store::index::Entry;

use super::super::describe;
use super::super::error::LibraryError;
use super::Derived;

/// Where what is derived is not what the truth says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// It has not taken in everything yet, or not shown it, so that nothing else was compared.
    Behind { changes: u64 },
    /// A passage is found by its words so many times, and should be so many.
    Passage { id: PassageId, found: usize, expected: usize },
    /// The same of a file's name.
    Name { id: FileId, found: usize, expected: usize },
    /// The same of a passage's vector.
    Vector { id: PassageId, found: usize, expected: usize },
    /// The catalogue says something else of a content.
    Described(ContentId),
    /// The catalogue counts languages otherwise, or knows of other folders.
    Catalogue,
}

impl Derived {
    /// Compares everything that can be found with the truth, in some seconds where there is much.
    /// To be asked after [`Derived::catch_up`] has caught up and was told to flush.
    pub fn verify(&self, view: &View<'_>) -> Result<Vec<Difference>, LibraryError> {
        let behind = view.seq()?.abs_diff(self.position());
        let unfinished = self.words.is_filling() || self.codes.is_building();
        if behind > 0 || unfinished || self.words.is_unshown() {
            return Ok(vec![Difference::Behind { changes: behind }]);
        }
        let mut found = self.verify_words(view)?;
        found.extend(self.verify_codes(view)?);
        found.extend(self.verify_catalogue(view)?);
        found.sort_unstable();
        Ok(found)
    }

    fn verify_words(&self, view: &View<'_>) -> Result<Vec<Difference>, LibraryError> {
        let mut entries = Tally::default();
        self.words.snapshot().each(|entry| entries.found(entry))?;
        view.each_language(|passage, _| entries.expected(Entry::Passage(passage)))?;
        let mut after = FileId(0);
        loop {
            let files = view.named_after(after, 1_000)?;
            let Some(last) = files.last() else { break };
            after = last.id;
            files.iter().for_each(|file| entries.expected(Entry::Name(file.id)));
        }
        let difference = |(entry, found, expected)| match entry {
            Entry::Passage(id) => Difference::Passage { id, found, expected },
            Entry::Name(id) => Difference::Name { id, found, expected },
        };
        Ok(entries.differences().map(difference).collect())
    }

    fn verify_codes(&self, view: &View<'_>) -> Result<Vec<Difference>, LibraryError> {
        let mut vectors = Tally::default();
        let meaning = self.codes.snapshot();
        if let Some(meaning) = &meaning {
            meaning.codes.passages().for_each(|passage| vectors.found(passage));
        }
        if let Some(space) = view.answering()? {
            view.each_vector(space.id, |row| vectors.expected(row.passage))?;
        }
        let difference = |(id, found, expected)| Difference::Vector { id, found, expected };
        Ok(vectors.differences().map(difference).collect())
    }

    fn verify_catalogue(&self, view: &View<'_>) -> Result<Vec<Difference>, LibraryError> {
        let expected = describe::all(view)?;
        let own = self.catalogue();
        if *own == expected {
            return Ok(Vec::new());
        }
        let ids = own.ids().chain(expected.ids());
        let mut differing: Vec<Difference> = ids
            .filter(|id| own.content(*id) != expected.content(*id))
            .map(Difference::Described)
            .collect();
        differing.sort_unstable();
        differing.dedup();
        if differing.is_empty() {
            differing.push(Difference::Catalogue);
        }
        Ok(differing)
    }
}

/// How often each thing is there, and how often it should be.
struct Tally<T>(HashMap<T, (usize, usize)>);

impl<T> Default for Tally<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash> Tally<T> {
    fn found(&mut self, what: T) {
        self.0.entry(what).or_default().0 += 1;
    }

    fn expected(&mut self, what: T) {
        self.0.entry(what).or_default().1 += 1;
    }

    fn differences(self) -> impl Iterator<Item = (T, usize, usize)> {
        let differing = self.0.into_iter().filter(|(_, (found, expected))| found != expected);
        differing.map(|(what, (found, expected))| (what, found, expected))
    }
}

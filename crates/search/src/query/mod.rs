//! The query language: plain text, phrases, words to leave out, and filters.
//!
//! Nothing a person types is an error: what is no well-formed part of the language is plain text. A
//! query can be written back, and reads the same again, so that an interface's chips can change it.

mod dates;
mod filters;
mod quotes;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

pub use dates::Period;
pub use filters::{Condition, FileType, Filter, Wanted};

/// A query, taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// As it was typed, or as [`Query::with_filter`] and its like wrote it.
    pub raw: String,
    /// The plain words in order, one space between them.
    pub text: String,
    /// What must stand in an answer word for word.
    pub phrases: Vec<String>,
    /// What must not stand in an answer.
    pub not_words: Vec<String>,
    pub not_phrases: Vec<String>,
    pub filters: Vec<Filter>,
    parts: Vec<Part>,
}

/// One part of a query. The order they were typed in is kept.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Word(String),
    Phrase(String),
    NotWord(String),
    NotPhrase(String),
    Filter(Filter),
}

impl Query {
    pub fn parse(raw: &str) -> Self {
        Self::of(raw.to_owned(), read::parts(raw))
    }

    /// What is asked for in words, phrases among them, in the order it was typed: what a model reads.
    pub fn meaning(&self) -> String {
        let words = self.parts.iter().filter_map(|part| match part {
            Part::Word(word) | Part::Phrase(word) => Some(word.as_str()),
            _ => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Whether it asks for nothing in words. It may still have filters, or words to leave out.
    pub fn is_wordless(&self) -> bool {
        self.text.is_empty() && self.phrases.is_empty()
    }

    /// The query with a filter more, or as it is where it has it.
    #[must_use]
    pub fn with_filter(&self, filter: Filter) -> Self {
        let mut parts = self.parts.clone();
        if !self.filters.contains(&filter) {
            parts.push(Part::Filter(filter));
        }
        Self::written(parts)
    }

    /// The query without a filter.
    #[must_use]
    pub fn without_filter(&self, filter: &Filter) -> Self {
        let mut parts = self.parts.clone();
        parts.retain(|part| !matches!(part, Part::Filter(one) if one == filter));
        Self::written(parts)
    }

    fn written(parts: Vec<Part>) -> Self {
        let mut query = Self::of(String::new(), parts);
        query.raw = query.to_string();
        query
    }

    fn of(raw: String, parts: Vec<Part>) -> Self {
        let mut query = Self { raw, ..Self::default() };
        for part in &parts {
            match part {
                Part::Word(word) => {
                    if !query.text.is_empty() {
                        query.text.push(' ');
                    }
                    query.text.push_str(word);
                }
                Part::Phrase(phrase) => query.phrases.push(phrase.clone()),
                Part::NotWord(word) => query.not_words.push(word.clone()),
                Part::NotPhrase(phrase) => query.not_phrases.push(phrase.clone()),
                Part::Filter(filter) => query.filters.push(filter.clone()),
            }
        }
        query.parts = parts;
        query
    }
}

/// The query as it is best typed: parsed again, it has the same parts.
impl fmt::Display for Query {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, part) in self.parts.iter().enumerate() {
            if number > 0 {
                to.write_str(" ")?;
            }
            match part {
                Part::Word(word) => to.write_str(word)?,
                Part::Phrase(phrase) => quotes::write(phrase, to)?,
                Part::NotWord(word) => write!(to, "-{word}")?,
                Part::NotPhrase(phrase) => {
                    to.write_str("-")?;
                    quotes::write(phrase, to)?;
                }
                Part::Filter(filter) => filter.fmt(to)?,
            }
        }
        Ok(())
    }
}

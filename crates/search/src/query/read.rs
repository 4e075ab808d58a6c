//! Takes a query apart, from left to right and in linear time.

use super::Part;
use super::filters::{Filter, plain};
use super::quotes::{Closings, Kind};

/// The parts of a query in the order they stand in it.
pub fn parts(raw: &str) -> Vec<Part> {
    let mut reader = Reader { text: raw, at: 0, closings: Closings::of(raw), parts: Vec::new() };
    while let Some(first) = reader.next_mark() {
        reader.part(first);
    }
    reader.parts
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    closings: Closings,
    parts: Vec<Part>,
}

impl<'a> Reader<'a> {
    /// The first character of the next part.
    fn next_mark(&mut self) -> Option<char> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn part(&mut self, first: char) {
        if Kind::opened_by(first).is_some() {
            return self.phrase(first);
        }
        let is_read = match is_minus(first) {
            true => self.left_out(first.len_utf8()),
            false => self.filter(0),
        };
        if !is_read {
            let word = self.word(self.at);
            self.parts.push(Part::Word(word.to_owned()));
            self.at += word.len();
        }
    }

    /// A phrase. A mark that nothing closes is as good as a space.
    fn phrase(&mut self, mark: char) {
        match self.closings.quoted(self.text, self.at) {
            Some((phrase, end)) => {
                let phrase = spaced(phrase);
                if !phrase.is_empty() {
                    self.parts.push(Part::Phrase(phrase));
                }
                self.at = end;
            }
            None => self.at += mark.len_utf8(),
        }
    }

    /// A word, phrase or filter with a minus before it. A minus that stands alone, before another or
    /// before no letter is text.
    fn left_out(&mut self, minus: usize) -> bool {
        let begin = self.at + minus;
        if let Some((phrase, end)) = self.closings.quoted(self.text, begin) {
            let phrase = spaced(phrase);
            if !phrase.is_empty() {
                self.parts.push(Part::NotPhrase(phrase));
            }
            self.at = end;
            return true;
        }
        if self.filter(minus) {
            return true;
        }
        // A filter that went wrong is text as a whole: nobody meant to leave out `before:soon`.
        let word = self.word(begin);
        let names_filter = self.field(begin).is_some();
        if names_filter || !word.starts_with(char::is_alphanumeric) {
            return false;
        }
        self.parts.push(Part::NotWord(word.to_owned()));
        self.at = begin + word.len();
        true
    }

    /// `name:value`, where the name is a filter's and the value makes sense to it.
    fn filter(&mut self, minus: usize) -> bool {
        let begin = self.at + minus;
        let Some((name, value_at)) = self.field(begin) else { return false };
        let (value, exact, end) = match self.closings.quoted(self.text, value_at) {
            Some((value, end)) => (value, true, end),
            None => {
                let value = word(&self.text[value_at..]);
                if value.starts_with(|mark| Kind::opened_by(mark).is_some()) {
                    return false;
                }
                (value, false, value_at + value.len())
            }
        };
        let Some(filter) = Filter::of(&name, &spaced(value), exact, minus > 0) else {
            return false;
        };
        self.parts.push(Part::Filter(filter));
        self.at = end;
        true
    }

    /// The name of a filter that stands at `begin`, and where its value begins.
    fn field(&self, begin: usize) -> Option<(String, usize)> {
        /// No name is longer; the rest of a long word need not be looked at.
        const LONGEST_NAME: usize = 8;
        let rest = &self.text[begin..];
        let (end, colon) = rest
            .char_indices()
            .take(LONGEST_NAME + 1)
            .find(|(_, mark)| matches!(mark, ':' | '：'))?;
        let name = plain(&rest[..end]);
        Filter::has_name(&name).then(|| (name, begin + end + colon.len_utf8()))
    }

    /// The word that begins at `begin`.
    fn word(&self, begin: usize) -> &'a str {
        let opens_at =
            |at: usize| self.text[at..].starts_with(|mark| Kind::opened_by(mark).is_some());
        let rest = &self.text[begin..];
        let minus = rest.chars().next().filter(|first| is_minus(*first)).map_or(0, char::len_utf8);
        // A minus, or a filter's name, has nothing to do with a quotation that nothing closes or that
        // makes no sense after it.
        if minus > 0 && opens_at(begin + minus) {
            return &rest[..minus];
        }
        match self.field(begin + minus) {
            Some((_, value_at)) if opens_at(value_at) => &self.text[begin..value_at],
            _ => word(rest),
        }
    }
}

/// The word a text begins with: up to a space, or to a mark within it that opens a phrase. It looks no
/// further, so that a text of many words takes no longer than its length.
fn word(text: &str) -> &str {
    let ends = |(at, mark): &(usize, char)| {
        mark.is_whitespace() || (*at > 0 && Kind::opened_within_by(*mark).is_some())
    };
    let end = text.char_indices().find(ends);
    end.map_or(text, |(at, _)| &text[..at])
}

fn is_minus(mark: char) -> bool {
    matches!(mark, '-' | '－' | '−')
}

/// One space between words and none around them.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! Where the words of a query stand in a text.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use kenning_domain::Tag;

use crate::query::QueryWord;
use crate::scan::{Kind, Token, scan};
use crate::terms::Spelling;

/// Whether the last word of a query stands for every word that begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastWord {
    Whole,
    Beginning,
}

/// The places of a query's words, in order and apart from each other, as bytes of the text, and which
/// word stands there. In scripts with spaces they are whole words, in others all the characters that
/// stand together as they do in the query.
pub fn matches(
    text: &str,
    language: Option<Tag>,
    words: &[QueryWord],
    last: LastWord,
) -> Vec<(Range<usize>, usize)> {
    let sought = Sought::new(words, last);
    let mut spelling = Spelling::new(text, language);
    let mut spelled = String::new();
    let mut places = Vec::new();
    scan(text, &mut |token| {
        spelled.clear();
        spelling.stem_onto(&token, &mut spelled);
        let mut word = sought.terms.get(spelled.as_str()).copied();
        if word.is_none() && !is_wide(&token) {
            spelled.clear();
            spelling.fold_onto(&token, &mut spelled);
            word = sought.word(&spelled);
        }
        if let Some(word) = word {
            let wide = is_wide(&token);
            places.push(Place { span: token.span, word, wide });
        }
    });
    apart(places)
}

struct Sought<'a> {
    terms: HashMap<&'a str, usize>,
    beginning: Option<(&'a str, usize)>,
}

impl<'a> Sought<'a> {
    fn new(words: &'a [QueryWord], last: LastWord) -> Self {
        let mut terms = HashMap::new();
        for (index, word) in words.iter().enumerate() {
            for term in word.alternatives.iter().chain(&word.exact) {
                terms.entry(term.as_str()).or_insert(index);
            }
        }
        let open = words
            .iter()
            .enumerate()
            .rev()
            .find(|(_, word)| last == LastWord::Beginning && word.is_last && !word.wide);
        let beginning = open.and_then(|(index, word)| Some((word.exact.first()?.as_str(), index)));
        Self { terms, beginning }
    }

    fn word(&self, folded: &str) -> Option<usize> {
        let known = self.terms.get(folded).copied();
        known.or_else(|| {
            let (beginning, word) = self.beginning?;
            folded.starts_with(beginning).then_some(word)
        })
    }
}

struct Place {
    span: Range<usize>,
    word: usize,
    wide: bool,
}

fn is_wide(token: &Token) -> bool {
    matches!(token.kind, Kind::Single | Kind::Pair)
}

/// Keeps the longest of those that share a place, and makes one of the pairs that follow each other.
fn apart(mut places: Vec<Place>) -> Vec<(Range<usize>, usize)> {
    places.sort_by_key(|place| (place.span.start, Reverse(place.span.end)));
    let mut kept: Vec<Place> = Vec::with_capacity(places.len());
    for place in places {
        match kept.last_mut() {
            Some(last) if place.span.start < last.span.end => {
                if last.wide && place.wide {
                    last.span.end = last.span.end.max(place.span.end);
                }
            }
            _ => kept.push(place),
        }
    }
    kept.into_iter().map(|place| (place.span, place.word)).collect()
}

//! The words of a query, and the terms under which an index may know them.

use std::ops::Range;

use kenning_domain::Tag;

use crate::scan::{Kind, Token, scan};
use crate::terms::Spelling;

/// A word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryWord {
    /// The terms it may be met as among [`crate::terms`]: its stem in each language, itself, and the
    /// name it is a part of. One of them is enough. Without duplicates.
    pub alternatives: Vec<String>,
    /// The terms it may be met as among [`crate::exact_terms`].
    pub exact: Vec<String>,
    /// Bytes of the query.
    pub span: Range<usize>,
    /// A script without spaces: the word is one character or a pair of neighbours.
    pub wide: bool,
    /// It may be half typed still.
    pub is_last: bool,
}

/// The words of a query whose language may be any of some.
pub fn query_terms(text: &str, languages: &[Tag]) -> Vec<QueryWord> {
    let mut tokens = Vec::new();
    scan(text, &mut |token| tokens.push(token));
    let mut reader = Reader::new(text, languages);
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        let parts = after.iter().take_while(|part| part.kind == Kind::Part).count();
        match token.kind {
            Kind::Whole => reader.whole = Some(token.clone()),
            Kind::Atom => reader.atom(token, &after[..parts]),
            Kind::Pair => reader.pair(token),
            Kind::Single => reader.single(token),
            Kind::Part => {}
        }
        rest = &after[parts..];
    }
    let mut words = reader.words;
    if let Some(last) = words.last_mut() {
        last.is_last = true;
    }
    words
}

struct Reader<'a> {
    text: &'a str,
    spellings: Vec<Spelling<'a>>,
    /// The name that the atoms which follow are parts of.
    whole: Option<Token>,
    pair_end: usize,
    words: Vec<QueryWord>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, languages: &[Tag]) -> Self {
        let mut spellings: Vec<Spelling> =
            languages.iter().map(|&language| Spelling::new(text, Some(language))).collect();
        spellings.push(Spelling::new(text, None));
        Self { text, spellings, whole: None, pair_end: 0, words: Vec::new() }
    }

    fn atom(&mut self, atom: &Token, parts: &[Token]) {
        let whole = self.whole.clone().filter(|whole| atom.span.end <= whole.span.end);
        if whole.as_ref().is_some_and(|whole| self.is_left_over(atom, whole)) {
            return;
        }
        // The i of iPhone is too little to be looked for; then the rest would be as well.
        let covered: usize = parts.iter().map(|part| part.span.len()).sum();
        if covered == atom.span.len() {
            for part in parts {
                self.push(part, [Some(atom), whole.as_ref()]);
            }
        } else {
            self.push(atom, [whole.as_ref(), None]);
        }
    }

    /// Whether this is what an apostrophe leaves of a small word, as in `l'eau` and `we'll`.
    fn is_left_over(&self, atom: &Token, whole: &Token) -> bool {
        let text = &self.text[atom.span.clone()];
        let small = text.chars().count() == 1 || ["ll", "re", "ve"].contains(&text);
        let is_apostrophe =
            |sign: Option<char>| matches!(sign, Some('\'' | '\u{2018}' | '\u{2019}'));
        let before = self.text[whole.span.start..atom.span.start].chars().next_back();
        let after = self.text[atom.span.end..whole.span.end].chars().next();
        small
            && whole.span.len() > 2 * text.len() + 1
            && (is_apostrophe(before) || is_apostrophe(after))
    }

    fn pair(&mut self, pair: &Token) {
        self.pair_end = pair.span.end;
        self.push(pair, [None, None]);
    }

    fn single(&mut self, single: &Token) {
        if single.span.end > self.pair_end {
            self.push(single, [None, None]);
        }
    }

    /// Adds a word that may also be met as the names it is a part of.
    fn push(&mut self, token: &Token, names: [Option<&Token>; 2]) {
        let mut alternatives = Vec::new();
        let mut exact = Vec::new();
        for token in [Some(token)].into_iter().chain(names).flatten() {
            for spelling in &mut self.spellings {
                let mut term = String::new();
                spelling.stem_onto(token, &mut term);
                add(&mut alternatives, term);
            }
            if token.kind != Kind::Whole
                && let Some(spelling) = self.spellings.last_mut()
            {
                let mut term = String::new();
                spelling.fold_onto(token, &mut term);
                add(&mut exact, term);
            }
        }
        if alternatives.is_empty() {
            return;
        }
        let wide = matches!(token.kind, Kind::Single | Kind::Pair);
        let span = token.span.clone();
        self.words.push(QueryWord { alternatives, exact, span, wide, is_last: false });
    }
}

fn add(terms: &mut Vec<String>, term: String) {
    if !term.is_empty() && !terms.contains(&term) {
        terms.push(term);
    }
}

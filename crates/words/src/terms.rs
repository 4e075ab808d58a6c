//! What of a text is put into an index, and looked up there.

use std::ops::Range;

use compact_str::CompactString;
use kenning_domain::Tag;

use crate::characters::{Class, Classes};
use crate::fold::{LONGEST, clipped, fold_onto};
use crate::scan::{Kind, Token, character, scan};
use crate::stem::Stems;

/// A word as an index knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub text: CompactString,
    /// Bytes of the original text.
    pub span: Range<usize>,
    /// Never less than that of the term before.
    pub position: u32,
}

/// Puts into `into` what finds a text by its words: folded stems in scripts with spaces, characters
/// and pairs of neighbours in others. A name such as `snake_case` is there whole and in its parts.
pub fn terms(text: &str, language: Option<Tag>, into: &mut Vec<Term>) {
    let mut spelling = Spelling::new(text, language);
    collect(text, into, |token, to| spelling.stem_onto(token, to));
}

/// Puts into `into` what finds a text by what stands in it: words as they are written. For phrases,
/// see [`phrase_terms`].
pub fn exact_terms(text: &str, into: &mut Vec<Term>) {
    let mut spelling = Spelling::new(text, None);
    collect(text, into, |token, to| {
        if !matches!(token.kind, Kind::Whole | Kind::Part) {
            spelling.stem_onto(token, to);
        }
    });
}

/// The terms whose sequence, at these positions among [`exact_terms`], is where `text` stands: one
/// for each word and each pair of wide characters. Signs and case do not count.
pub fn phrase_terms(text: &str) -> Vec<Term> {
    let mut into = Vec::new();
    let mut spelling = Spelling::new(text, None);
    let mut pair_end = None;
    collect(text, &mut into, |token, to| {
        let needed = match token.kind {
            Kind::Atom => true,
            Kind::Pair => {
                pair_end = Some(token.span.end);
                true
            }
            // A pair says it already.
            Kind::Single => pair_end.is_none_or(|end| token.span.end > end),
            Kind::Whole | Kind::Part => false,
        };
        if needed {
            spelling.stem_onto(token, to);
        }
    });
    into
}

fn collect(text: &str, into: &mut Vec<Term>, mut spell: impl FnMut(&Token, &mut String)) {
    let mut spelled = String::new();
    into.clear();
    scan(text, &mut |token| {
        spelled.clear();
        spell(&token, &mut spelled);
        if !spelled.is_empty() {
            let Token { span, position, .. } = token;
            into.push(Term { text: CompactString::new(&spelled), span, position });
        }
    });
}

/// What may stand between the two characters of a pair.
fn is_no_letter(between: char) -> bool {
    matches!(between, '\r' | '\n' | '\u{200B}')
}

/// How the tokens of one text are spelled in an index.
pub struct Spelling<'a> {
    text: &'a str,
    stems: Stems,
    joined: String,
}

impl<'a> Spelling<'a> {
    pub fn new(text: &'a str, language: Option<Tag>) -> Self {
        Self { text, stems: Stems::new(language), joined: String::new() }
    }

    /// The folded stem of a word, the folded characters of others.
    pub fn stem_onto(&mut self, token: &Token, to: &mut String) {
        let text = &self.text[token.span.clone()];
        match token.kind {
            Kind::Atom | Kind::Part => self.stems.stem_onto(clipped(text), to),
            Kind::Single => fold_onto(character(text), to),
            Kind::Pair => {
                let (first, second) = text.split_at(token.second - token.span.start);
                fold_onto(character(first).trim_end_matches(is_no_letter), to);
                fold_onto(character(second), to);
            }
            Kind::Whole => {
                self.join(text);
                self.stems.stem_onto(clipped(&self.joined), to);
            }
        }
    }

    /// The folded word as it is written.
    pub fn fold_onto(&mut self, token: &Token, to: &mut String) {
        let text = &self.text[token.span.clone()];
        match token.kind {
            Kind::Atom | Kind::Part => fold_onto(clipped(text), to),
            Kind::Whole => {
                self.join(text);
                fold_onto(clipped(&self.joined), to);
            }
            Kind::Single | Kind::Pair => self.stem_onto(token, to),
        }
    }

    /// Leaves out the signs of a joined name, except between digits, where they make the number.
    fn join(&mut self, text: &str) {
        self.joined.clear();
        let classes = Classes::new();
        let is_digit = |letter: char| classes.of(letter) == Class::Digit;
        let mut letters = text.chars().take(2 * LONGEST).peekable();
        let mut after_digit = false;
        while let Some(letter) = letters.next() {
            if !matches!(classes.of(letter), Class::Joint | Class::Apostrophe) {
                self.joined.push(letter);
            } else if after_digit && letters.peek().copied().is_some_and(is_digit) {
                // Half of the world writes a comma where the other half has a point.
                self.joined.push(if letter == ',' { '.' } else { letter });
            }
            after_digit = is_digit(letter);
        }
    }
}

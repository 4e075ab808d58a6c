//! Where the words of a text stand. One pass, no allocation that grows with the text, no dictionary:
//! what is in an index must not hang on where somebody's dictionary saw a word end.

use std::ops::Range;

use crate::characters::{Class, Classes, is_leading_consonant, is_stacker};
use crate::fold::clipped;

/// How a stretch of text came to be a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters and digits with nothing between them.
    Atom,
    /// A part of an atom: `camel` of `camelCase`.
    Part,
    /// Atoms joined by signs: `snake_case`, `l'eau`, `2024-06-30`.
    Whole,
    /// One character of a script without spaces.
    Single,
    /// Two neighbours in a script without spaces.
    Pair,
}

/// A stretch of text that is looked up as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
    /// Where the second character of a pair begins, which may be a line further down.
    pub second: usize,
    /// Atoms and single characters are counted; the others stand where their first one does.
    pub position: u32,
}

/// What has more atoms is a path or a list, and nobody looks it up as one word.
const MOST_ATOMS: usize = 8;
const MOST_PARTS: usize = 8;
/// A part of one character, such as the i of iPhone, says nothing.
const SHORTEST_PART: usize = 2;
/// Latin lies before in UTF-8, but for letters that never meet an apostrophe.
const FIRST_BYTE_OF_GREEK: u8 = 0xCD;
/// Marks on one character beyond these are not looked at.
const LONGEST_CHARACTER: usize = 48;

/// Gives every token to `found`, by position and, where that is the same, the longest first.
pub fn scan(text: &str, found: &mut dyn FnMut(Token)) {
    Scan {
        text,
        classes: Classes::new(),
        position: 0,
        atoms: Vec::with_capacity(MOST_ATOMS),
        found,
    }
    .run();
}

struct Scan<'a> {
    text: &'a str,
    classes: Classes,
    position: u32,
    /// Of the name that is being read, until it is known where it ends.
    atoms: Vec<Range<usize>>,
    found: &'a mut dyn FnMut(Token),
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some((class, width)) = self.classes.at(self.text, at) {
            at = if class.is_spaced() {
                self.name(at)
            } else if class.is_wide() {
                self.wide_run(at)
            } else {
                at + width
            };
        }
    }

    fn give(&mut self, kind: Kind, span: Range<usize>, position: u32) {
        let second = span.end;
        (self.found)(Token { kind, span, second, position });
    }

    /// Reads atoms as long as signs hold them together; returns where that ends.
    fn name(&mut self, start: usize) -> usize {
        let mut at = start;
        let mut count = 0;
        loop {
            let end = self.atom_end(at);
            self.atoms.push(at..end);
            count += 1;
            if self.atoms.len() > MOST_ATOMS {
                self.give_atoms();
            }
            let Some(next) = self.joined(end) else {
                if (2..=MOST_ATOMS).contains(&count) {
                    self.give(Kind::Whole, start..end, self.position);
                }
                self.give_atoms();
                return end;
            };
            at = next;
        }
    }

    fn give_atoms(&mut self) {
        for index in 0..self.atoms.len() {
            let atom = self.atoms[index].clone();
            let position = self.position;
            self.give(Kind::Atom, atom.clone(), position);
            self.parts(atom, position);
            self.position += 1;
        }
        self.atoms.clear();
    }

    /// Where letters and digits end that begin here.
    fn atom_end(&self, start: usize) -> usize {
        let mut at = start;
        let mut latin = true;
        while let Some((class, width)) = self.classes.at(self.text, at) {
            match class {
                Class::Lower | Class::Upper | Class::Letter | Class::Digit | Class::Mark => {
                    latin = self.text.as_bytes()[at] < FIRST_BYTE_OF_GREEK;
                    at += width;
                }
                // What Latin leaves out at an apostrophe other alphabets hold together.
                Class::Apostrophe if !latin && self.is_letter(at + width) => at += width,
                _ if !latin && self.is_hebrew_quote(at) && self.is_letter(at + width) => {
                    at += width
                }
                _ => break,
            }
        }
        at
    }

    fn is_letter(&self, at: usize) -> bool {
        let class = self.classes.at(self.text, at).map(|(class, _)| class);
        class.is_some_and(|class| class.is_spaced() && class != Class::Digit)
    }

    /// An acronym's double mark after a Hebrew letter.
    fn is_hebrew_quote(&self, at: usize) -> bool {
        let hebrew = |letter: char| ('\u{591}'..'\u{5F5}').contains(&letter);
        self.text[at..].starts_with(['"', '\u{5F4}', '\u{201D}'])
            && self.text[..at].chars().next_back().is_some_and(hebrew)
    }

    /// Where the name goes on after the sign that stands here, if it does.
    fn joined(&self, at: usize) -> Option<usize> {
        let (class, width) = self.classes.at(self.text, at)?;
        let (after, _) = self.classes.at(self.text, at + width)?;
        let joins = match class {
            // Elsewhere a list whose writer saved the space.
            Class::Joint if self.text.as_bytes()[at] == b',' => {
                self.text.as_bytes()[at - 1].is_ascii_digit() && after == Class::Digit
            }
            Class::Joint | Class::Apostrophe => after.is_spaced(),
            _ => false,
        };
        joins.then_some(at + width)
    }

    /// The parts of `camelCase`, `XMLReader` and `utf8`.
    fn parts(&mut self, atom: Range<usize>, position: u32) {
        let text = self.text;
        let word = clipped(&text[atom.clone()]);
        if word.len() < 2 * SHORTEST_PART {
            return;
        }
        let mut starts = [0; MOST_PARTS];
        let mut count = 0;
        let mut before = (Class::Gap, 0);
        let mut capitals = 0;
        let mut at = 0;
        while let Some((class, width)) = self.classes.at(word, at) {
            let begins = match (before.0, class) {
                (Class::Lower, Class::Upper) => Some(at),
                // The last of several capitals begins the word that goes on in small letters.
                (Class::Upper, Class::Lower) if capitals > 1 => Some(before.1),
                (Class::Digit, Class::Lower | Class::Upper | Class::Letter) => Some(at),
                (Class::Lower | Class::Upper | Class::Letter, Class::Digit) => Some(at),
                _ => None,
            };
            if let Some(begins) = begins {
                if count == MOST_PARTS {
                    break;
                }
                starts[count] = begins;
                count += 1;
            }
            if class != Class::Mark {
                capitals = if class == Class::Upper { capitals + 1 } else { 0 };
                before = (class, at);
            }
            at += width;
        }
        if count == 0 {
            return;
        }
        let mut start = 0;
        let last = if word.len() < atom.len() { None } else { Some(word.len()) };
        for end in starts[..count].iter().copied().chain(last) {
            if word[start..end].chars().nth(SHORTEST_PART - 1).is_some() {
                self.give(Kind::Part, atom.start + start..atom.start + end, position);
            }
            start = end;
        }
    }

    /// Reads characters of scripts without spaces; returns where they end.
    fn wide_run(&mut self, start: usize) -> usize {
        let mut one = start..self.character_end(start);
        loop {
            let next = self.next_wide(one.end);
            let position = self.position;
            if let Some(next) = &next {
                let span = one.start..next.end;
                (self.found)(Token { kind: Kind::Pair, span, second: next.start, position });
            }
            self.give(Kind::Single, one.clone(), position);
            self.position += 1;
            match next {
                Some(next) => one = next,
                None => return one.end,
            }
        }
    }

    /// The next character of the run. A line's end does not end it, nor does a space without width:
    /// neither is part of what is written.
    fn next_wide(&self, at: usize) -> Option<Range<usize>> {
        let rest = &self.text[at..];
        let skipped = ["\r\n", "\n", "\u{200B}"].iter().find(|gap| rest.starts_with(**gap));
        let start = at + skipped.map_or(0, |gap| gap.len());
        let (class, _) = self.classes.at(self.text, start)?;
        let goes_on = class == Class::Wide || class == Class::Syllable && skipped.is_none();
        goes_on.then(|| start..self.character_end(start))
    }

    /// Where what a reader sees as one character ends.
    fn character_end(&self, start: usize) -> usize {
        let mut letters = self.text[start..].chars();
        let mut last = letters.next();
        let mut at = start + last.map_or(0, char::len_utf8);
        for letter in letters {
            let class = self.classes.of(letter);
            let stacked = class.is_wide() && last.is_some_and(is_stacker)
                || class == Class::Syllable && last.is_some_and(is_leading_consonant);
            if class != Class::Mark && !stacked {
                break;
            }
            last = Some(letter);
            at += letter.len_utf8();
        }
        at
    }
}

/// A character as far as it is looked at, however many marks are heaped upon it.
pub fn character(text: &str) -> &str {
    if text.len() <= LONGEST_CHARACTER {
        return text;
    }
    let mut end = LONGEST_CHARACTER;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

//! The words a reader would point at, for names and counts. An index takes [`crate::terms`] instead.

use std::borrow::Cow;
use std::ops::Range;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use crate::fold::{clipped, fold};
use crate::scan::{Kind, scan};

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// Bytes of the original text.
    pub span: Range<usize>,
    pub folded: Cow<'a, str>,
    /// Of a script that puts no spaces between words, or, as Korean, between phrases only.
    pub wide: bool,
}

/// Finds words, with ICU's dictionaries where nothing is written between them.
pub struct Segmenter {
    dictionary: WordSegmenterBorrowed<'static>,
}

/// A dictionary never sees more at once, whatever the length of what has no spaces.
const WINDOW: usize = 16 << 10;

impl Default for Segmenter {
    fn default() -> Self {
        Self::new()
    }
}

impl Segmenter {
    pub fn new() -> Self {
        Self { dictionary: WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()) }
    }

    /// The words of a text in order. Names held together by signs are given in their atoms.
    pub fn words<'a>(&self, text: &'a str) -> Vec<Word<'a>> {
        let mut words = Vec::new();
        let mut run: Option<Range<usize>> = None;
        scan(text, &mut |token| match (token.kind, &mut run) {
            (Kind::Single, Some(open)) if open.end == token.span.start && open.len() < WINDOW => {
                open.end = token.span.end;
            }
            (Kind::Single, _) => {
                self.divide(text, run.replace(token.span), &mut words);
            }
            (Kind::Atom, _) => {
                self.divide(text, run.take(), &mut words);
                words.push(word(text, token.span, false));
            }
            _ => {}
        });
        self.divide(text, run, &mut words);
        words.retain(|word| !word.folded.is_empty());
        words
    }

    fn divide<'a>(&self, text: &'a str, run: Option<Range<usize>>, words: &mut Vec<Word<'a>>) {
        let Some(run) = run else { return };
        let mut start = run.start;
        for end in self.dictionary.segment_str(&text[run.clone()]).skip(1) {
            words.push(word(text, start..run.start + end, true));
            start = run.start + end;
        }
    }
}

fn word(text: &str, span: Range<usize>, wide: bool) -> Word<'_> {
    Word { folded: fold(clipped(&text[span.clone()])), span, wide }
}

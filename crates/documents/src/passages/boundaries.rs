//! Where a text may be cut: at lines, sentences, words, and nowhere inside a grapheme cluster.
//!
//! ICU's rules need little context, so long text is segmented in windows: memory stays that of one
//! window whatever a line's length, and a dictionary never sees a megabyte at once.

use std::ops::Range;

use icu_segmenter::options::{SentenceBreakInvariantOptions, WordBreakInvariantOptions};
use icu_segmenter::{
    GraphemeClusterSegmenter, SentenceSegmenter, SentenceSegmenterBorrowed, WordSegmenter,
    WordSegmenterBorrowed,
};

/// How much text is segmented at once.
const WINDOW: usize = 16 << 10;

/// The places of a text where something ends and something else begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    Line,
    Sentence,
    Word,
    Grapheme,
}

/// A text and where it may be cut.
pub struct Boundaries<'a> {
    text: &'a str,
    /// One bit for each byte at which a grapheme cluster begins, and one for the end.
    graphemes: Vec<u64>,
    sentences: SentenceSegmenterBorrowed<'static>,
    words: WordSegmenterBorrowed<'static>,
}

impl<'a> Boundaries<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut graphemes = vec![0_u64; text.len() / 64 + 1];
        for position in GraphemeClusterSegmenter::new().segment_str(text) {
            graphemes[position / 64] |= 1 << (position % 64);
        }
        Self {
            text,
            graphemes,
            sentences: SentenceSegmenter::new(SentenceBreakInvariantOptions::default()),
            words: WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()),
        }
    }

    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Whether a grapheme cluster begins here, or the text ends.
    fn is_whole(&self, position: usize) -> bool {
        self.graphemes[position / 64] >> (position % 64) & 1 == 1
    }

    /// The last place at or before `position` that cuts no grapheme cluster.
    pub fn floor(&self, position: usize) -> usize {
        let from = position.min(self.text.len());
        let mut word = from / 64;
        let mut bits = self.graphemes[word] & (u64::MAX >> (63 - from % 64));
        while bits == 0 && word > 0 {
            word -= 1;
            bits = self.graphemes[word];
        }
        // The beginning is one, so a bit is always found.
        word * 64 + bits.checked_ilog2().map_or(0, |bit| bit as usize)
    }

    /// The first place after `position` that cuts no grapheme cluster.
    pub fn next(&self, position: usize) -> usize {
        let from = position + 1;
        let Some(&first) = self.graphemes.get(from / 64) else { return self.text.len() };
        let mut word = from / 64;
        let mut bits = first & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            let Some(&next) = self.graphemes.get(word) else { return self.text.len() };
            bits = next;
        }
        word * 64 + bits.trailing_zeros() as usize
    }

    /// The range without the clusters at its ends that are nothing but white space. A space that
    /// carries a combining mark is not.
    pub fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let Range { mut start, mut end } = range;
        while start < end {
            let next = self.next(start).min(end);
            if !is_blank(&self.text[start..next]) {
                break;
            }
            start = next;
        }
        while start < end {
            let before = self.floor(end - 1).max(start);
            if !is_blank(&self.text[before..end]) {
                break;
            }
            end = before;
        }
        start..end
    }

    /// Cuts a range into units that end at such edges and are at least `least` bytes long, the last
    /// one apart. Both ends of the range must be whole.
    pub fn units(&self, range: Range<usize>, edge: Edge, least: usize) -> Vec<Range<usize>> {
        let mut units = Vec::new();
        let mut open = range.start;
        self.edges(range.clone(), edge, &mut |position| {
            if position - open >= least {
                units.push(open..position);
                open = position;
            }
        });
        if open < range.end {
            units.push(open..range.end);
        }
        units
    }

    /// Calls `found` for each edge inside the range, in order; its own ends are none.
    pub fn edges(&self, range: Range<usize>, edge: Edge, found: &mut dyn FnMut(usize)) {
        let mut start = range.start;
        let mut inside = Vec::new();
        while start < range.end {
            let end = self.window_end(start, range.end);
            inside.clear();
            self.segment(start..end, edge, &mut inside);
            inside.retain(|&at| at > start && at < end && self.is_whole(at));
            if end == range.end {
                inside.iter().for_each(|&at| found(at));
                return;
            }
            // What stands last may go on behind the window: it is looked at again with the next.
            start = inside.last().copied().unwrap_or(end);
            inside.iter().for_each(|&at| found(at));
            if start == end {
                found(end);
            }
        }
    }

    fn window_end(&self, start: usize, last: usize) -> usize {
        if last - start <= WINDOW {
            return last;
        }
        let end = self.floor(start + WINDOW);
        if end > start { end } else { self.next(start).min(last) }
    }

    fn segment(&self, window: Range<usize>, edge: Edge, into: &mut Vec<usize>) {
        let start = window.start;
        let text = &self.text[window.clone()];
        match edge {
            Edge::Line => into.extend(text.match_indices('\n').map(|(at, _)| start + at + 1)),
            Edge::Sentence => into.extend(self.sentences.segment_str(text).map(|at| start + at)),
            Edge::Word => into.extend(self.words.segment_str(text).map(|at| start + at)),
            Edge::Grapheme => into.extend(window.filter(|&at| self.is_whole(at))),
        }
    }
}

pub fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, edge: Edge, least: usize) -> Vec<&str> {
        let boundaries = Boundaries::new(text);
        let units = boundaries.units(0..text.len(), edge, least);
        units.into_iter().map(|unit| &text[unit]).collect()
    }

    #[test]
    fn text_is_cut_at_its_edges_in_any_script() {
        let table: &[(&str, Edge, &[&str])] = &[
            ("a\nb\r\nc", Edge::Line, &["a\n", "b\r\n", "c"]),
            ("Es regnet. Wir bleiben!", Edge::Sentence, &["Es regnet. ", "Wir bleiben!"]),
            ("雨だ。帰ろう。", Edge::Sentence, &["雨だ。", "帰ろう。"]),
            ("बारिश है। घर चलो।", Edge::Sentence, &["बारिश है। ", "घर चलो।"]),
            ("two words", Edge::Word, &["two", " ", "words"]),
            ("ฝนตกหนัก", Edge::Word, &["ฝน", "ตกหนัก"]),
            ("我们回家", Edge::Word, &["我们", "回家"]),
            ("e\u{301}👩‍🚀한", Edge::Grapheme, &["e\u{301}", "👩‍🚀", "한"]),
        ];
        for (text, edge, expected) in table {
            assert_eq!(cut(text, *edge, 1), *expected);
        }
        assert_eq!(cut("a b c d", Edge::Word, 3), ["a b", " c ", "d"]);
    }

    #[test]
    fn windows_do_not_show() {
        for (sentence, edge) in
            [("Der Regen fällt. ", Edge::Sentence), ("雨 ", Edge::Word), ("👍🏽", Edge::Grapheme)]
        {
            let text = sentence.repeat(3 * WINDOW / sentence.len());
            let pieces = cut(&text, edge, sentence.len());
            assert!(pieces.iter().all(|piece| *piece == sentence), "{sentence}");
        }
        let unbroken = "x".repeat(3 * WINDOW);
        assert_eq!(cut(&unbroken, Edge::Word, 1).concat(), unbroken);
        let one = format!("e{}", "\u{301}".repeat(2 * WINDOW));
        assert_eq!(cut(&one, Edge::Grapheme, 1), [one.as_str()]);
    }

    #[test]
    fn only_white_space_is_trimmed() {
        for (text, expected) in
            [(" a b \r\n", "a b"), (" \u{301}a", " \u{301}a"), ("　字　", "字"), (" \n ", "")]
        {
            let boundaries = Boundaries::new(text);
            assert_eq!(&text[boundaries.trimmed(0..text.len())], expected);
        }
    }
}

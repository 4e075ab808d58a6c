//! The stretch of a passage that is shown for a query, and what stands out in it.
//!
//! An excerpt is a window upon whole sentences where they fit. It is chosen by how many of the query's
//! words stand in it, cuts no grapheme cluster, and names bytes of the text: the dots that say that a
//! text goes on are the caller's.

use std::collections::BTreeMap;
use std::ops::Range;

use icu_segmenter::options::SentenceBreakInvariantOptions;
use icu_segmenter::{GraphemeClusterSegmenter, SentenceSegmenter};
use kenning_domain::Tag;
use kenning_words::{LastWord, QueryWord, matches};

/// What an excerpt usually measures at most, in letters; a wide one, such as 漢, counts as two.
pub const LONGEST_EXCERPT: usize = 240;

/// A stretch of a text and what stands out in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Bytes of the text, in order, apart, within the span.
    pub highlights: Vec<Range<usize>>,
    /// Whether the text says more before or after it.
    pub more_before: bool,
    pub more_after: bool,
}

/// The best excerpt of a text for the words of a query. `sentence` is the place that carries the
/// meaning, where that is known: then the excerpt is around it.
pub fn excerpt(
    text: &str,
    language: Option<Tag>,
    words: &[QueryWord],
    sentence: Option<Range<usize>>,
    longest: usize,
) -> Excerpt {
    excerpt_of_matches(
        text,
        &matches(text, language, words, LastWord::Beginning),
        sentence,
        longest,
    )
}

/// The same where the matches are known: places in order and apart, and which word of the query each
/// is of.
pub fn excerpt_of_matches(
    text: &str,
    matches: &[(Range<usize>, usize)],
    sentence: Option<Range<usize>>,
    longest: usize,
) -> Excerpt {
    let letters = Letters::of(text);
    let whole = letters.trimmed(0..text.len());
    let window = if letters.measure(whole.clone()) <= longest {
        whole.clone()
    } else {
        let page = Page { letters: &letters, matches, sentences: sentences(text), longest };
        letters.trimmed(page.best(sentence.map(|sentence| letters.widened(sentence))))
    };
    Excerpt {
        highlights: highlights(&letters, matches, &window),
        more_before: window.start > whole.start,
        more_after: window.end < whole.end,
        span: window,
    }
}

/// The sentence of a window that has the most of the query's words, by their letters, each counted once;
/// the first of those that have as many, and none where no word is matched.
pub fn best_sentence(
    text: &str,
    matches: &[(Range<usize>, usize)],
    window: &Range<usize>,
) -> Option<Range<usize>> {
    let own = &text[window.clone()];
    let starts = sentences(own);
    let ends = starts.iter().skip(1).copied().chain([own.len()]);
    let mut best: Option<(usize, Range<usize>)> = None;
    for sentence in starts.iter().copied().zip(ends).map(|(start, end)| start..end) {
        let stands_in = |place: &Range<usize>| {
            place.start.checked_sub(window.start).is_some_and(|at| sentence.contains(&at))
        };
        let within = matches.iter().filter(|(place, _)| stands_in(place));
        let words: BTreeMap<usize, usize> =
            within.map(|(place, word)| (*word, place.len())).collect();
        let words: usize = words.values().sum();
        if words > best.as_ref().map_or(0, |(most, _)| *most) {
            best = Some((words, sentence));
        }
    }
    let (_, sentence) = best?;
    let shown = own[sentence.clone()].trim();
    let start = sentence.end - own[sentence].trim_start().len();
    Some(window.start + start..window.start + start + shown.len())
}

/// Matches within the window, as whole grapheme clusters, those that touch made one.
fn highlights(
    letters: &Letters<'_>,
    matches: &[(Range<usize>, usize)],
    window: &Range<usize>,
) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (place, _) in matches {
        let place = letters.widened(place.clone());
        let place = place.start.max(window.start)..place.end.min(window.end);
        if place.is_empty() {
            continue;
        }
        match found.last_mut().filter(|last| place.start <= last.end) {
            Some(last) => last.end = last.end.max(place.end),
            None => found.push(place),
        }
    }
    found
}

/// Where each sentence begins.
fn sentences(text: &str) -> Vec<usize> {
    let segmenter = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
    let mut starts: Vec<usize> = segmenter.segment_str(text).collect();
    // A line ends a sentence of a list or a poem, whatever stands at its end.
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    starts.sort_unstable();
    starts.dedup();
    starts.retain(|start| *start < text.len());
    starts
}

/// All that a window is chosen by.
struct Page<'a> {
    letters: &'a Letters<'a>,
    matches: &'a [(Range<usize>, usize)],
    sentences: Vec<usize>,
    longest: usize,
}

impl Page<'_> {
    /// The window with the most of the query's words; the earliest of those that have as many.
    fn best(&self, around: Option<Range<usize>>) -> Range<usize> {
        let starts = match &around {
            Some(sentence) => self.starts_around(sentence),
            None => self.starts(),
        };
        let mut best = (f32::MIN, 0..0);
        for start in starts {
            let window = self.window(start);
            let worth = self.worth(&window);
            if worth > best.0 {
                best = (worth, window);
            }
        }
        best.1
    }

    /// Where a window may begin: with a sentence, or a little before a match deep in a long one.
    fn starts(&self) -> Vec<usize> {
        let mut starts = self.sentences.clone();
        let deep = self.matches.iter().filter_map(|(place, _)| {
            let sentence = self.sentence_of(place.start);
            let reach = self.letters.measure(sentence..place.end);
            (reach > self.longest).then(|| self.lead_in(place.start))
        });
        starts.extend(deep);
        starts.push(0);
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// Beginnings of windows that show the whole of a place, where it fits.
    fn starts_around(&self, place: &Range<usize>) -> Vec<usize> {
        let fits = |start: &usize| {
            *start <= place.start && self.letters.measure(*start..place.end) <= self.longest
        };
        let mut starts: Vec<usize> = self.starts().into_iter().filter(fits).collect();
        if starts.is_empty() {
            // It is too long by itself: what of it has the most words.
            starts = self.starts();
            starts.retain(|start| place.contains(start));
            starts.push(place.start);
            starts.sort_unstable();
        }
        starts
    }

    fn sentence_of(&self, at: usize) -> usize {
        let after = self.sentences.partition_point(|start| *start <= at);
        after.checked_sub(1).map_or(0, |before| self.sentences[before])
    }

    /// A quarter of a window before a place, where a word begins.
    fn lead_in(&self, place: usize) -> usize {
        let early = self.letters.back(place, self.longest / 4);
        let space = self.letters.text[early..place].find(char::is_whitespace);
        space.map_or(early, |space| self.letters.next(early + space))
    }

    /// What fits from a beginning on: whole sentences where that leaves little room, else up to a word.
    fn window(&self, start: usize) -> Range<usize> {
        let full = self.letters.forward(start, self.longest);
        if full == self.letters.text.len() {
            return start..full;
        }
        let after = self.sentences.partition_point(|sentence| *sentence <= full);
        let sentence = after.checked_sub(1).map_or(0, |before| self.sentences[before]);
        if sentence > start && 5 * self.letters.measure(start..sentence) >= 3 * self.longest {
            return start..sentence;
        }
        let least = self.letters.forward(start, self.longest / 2);
        let space = self.letters.text[least..full].rfind(char::is_whitespace);
        start..space.map_or(full, |space| self.letters.floor(least + space))
    }

    /// Different words of the query count most, their repetitions a little, and of those the first few.
    fn worth(&self, window: &Range<usize>) -> f32 {
        let from = self.matches.partition_point(|(place, _)| place.start < window.start);
        let within = self.matches[from..].iter().take_while(|(place, _)| place.end <= window.end);
        let mut seen: Vec<usize> = Vec::new();
        let mut repeated = 0;
        for (_, word) in within {
            match seen.contains(word) {
                true => repeated += 1,
                false => seen.push(*word),
            }
        }
        seen.len() as f32 + 0.1 * repeated.min(5) as f32
    }
}

/// A text as a reader counts it: grapheme clusters, wide ones twice.
struct Letters<'a> {
    text: &'a str,
    /// Where each cluster begins, and the end.
    edges: Vec<usize>,
    /// What the text measures up to each edge.
    measures: Vec<usize>,
}

impl<'a> Letters<'a> {
    fn of(text: &'a str) -> Self {
        let mut edges: Vec<usize> = GraphemeClusterSegmenter::new().segment_str(text).collect();
        if edges.is_empty() {
            edges.push(0);
        }
        let mut measures = Vec::with_capacity(edges.len());
        let mut sum = 0;
        measures.push(0);
        for pair in edges.windows(2) {
            let first = text[pair[0]..pair[1]].chars().next();
            sum += 1 + usize::from(first.is_some_and(is_wide));
            measures.push(sum);
        }
        Self { text, edges, measures }
    }

    /// The number of the last edge at or before a byte.
    fn edge(&self, at: usize) -> usize {
        self.edges.partition_point(|edge| *edge <= at).saturating_sub(1)
    }

    fn measure(&self, range: Range<usize>) -> usize {
        self.measures[self.edge(range.end)].saturating_sub(self.measures[self.edge(range.start)])
    }

    fn floor(&self, at: usize) -> usize {
        self.edges[self.edge(at)]
    }

    /// The first edge after a byte.
    fn next(&self, at: usize) -> usize {
        let after = self.edges.partition_point(|edge| *edge <= at);
        self.edges.get(after).copied().unwrap_or(self.text.len())
    }

    /// The range with the clusters whole that it cuts.
    fn widened(&self, range: Range<usize>) -> Range<usize> {
        let start = self.floor(range.start.min(self.text.len()));
        let end = self.floor(range.end.min(self.text.len()));
        let cut = end < range.end.min(self.text.len());
        start..if cut { self.next(end) } else { end.max(start) }
    }

    /// How far a measure reaches from a place.
    fn forward(&self, from: usize, measure: usize) -> usize {
        let most = self.measures[self.edge(from)] + measure;
        let after = self.measures.partition_point(|sum| *sum <= most);
        self.edges[after.saturating_sub(1)]
    }

    fn back(&self, from: usize, measure: usize) -> usize {
        let least = self.measures[self.edge(from)].saturating_sub(measure);
        self.edges[self.measures.partition_point(|sum| *sum < least)]
    }

    /// The range without white space at its ends; a space that carries a mark is none.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let (mut first, mut last) = (self.edge(range.start), self.edge(range.end));
        let blank = |edge: usize| {
            self.text[self.edges[edge]..self.edges[edge + 1]].chars().all(char::is_whitespace)
        };
        while first < last && blank(first) {
            first += 1;
        }
        while first < last && blank(last - 1) {
            last -= 1;
        }
        self.edges[first]..self.edges[last]
    }
}

/// Whether a character takes the room of two: Han, kana, Hangul, their punctuation, most emoji.
fn is_wide(first: char) -> bool {
    matches!(first, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
#[path = "highlight_tests.rs"]
mod tests;

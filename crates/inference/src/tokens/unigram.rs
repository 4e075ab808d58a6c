//! A vocabulary of pieces with scores, and cutting a word into the pieces whose scores add up to most.
//!
//! Our own in the place of the tokenizers crate's, which has a hash map in each node of its trie: 230 MB
//! for the quarter of a million pieces of XLM-RoBERTa, a second of building them, and most of the time
//! that reading a file takes. The tokens are the same ones, as a test finds.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{SeqAccess, Visitor};

/// What `tokenizer.json` says beside the pieces.
#[derive(Deserialize)]
pub struct Settings {
    unk_id: Option<usize>,
    /// Whether what no piece covers is cut into pieces that stand for its bytes.
    #[serde(default)]
    byte_fallback: bool,
}

pub struct Unigram {
    pieces: Pieces,
    trie: Trie,
    unknown: Option<u32>,
    unknown_score: f64,
    /// The pieces that stand for bytes, if they are to be used.
    bytes: Option<Vec<Option<u32>>>,
}

/// One after another in one text, by number.
#[derive(Default)]
pub struct Pieces {
    text: String,
    ends: Vec<u32>,
    scores: Vec<f64>,
}

/// All pieces by their bytes. The nodes stand in the order of their depth, so that a node's children are
/// neighbours, and those of the next node follow them.
struct Trie {
    /// The byte that leads to each node.
    labels: Vec<u8>,
    /// Each node's first child; one more than there are nodes.
    children: Vec<u32>,
    /// The piece that ends at each node, or [`NONE`].
    pieces: Vec<u32>,
}

const NONE: u32 = u32::MAX;

/// How much worse than the worst piece it is to leave a character to no piece.
const UNKNOWN_PENALTY: f64 = 10.0;

/// The best way to a place in a text.
#[derive(Clone, Copy)]
struct Way {
    score: f64,
    /// Where its last piece begins.
    start: usize,
    piece: u32,
}

impl Unigram {
    pub fn new(pieces: Pieces, settings: Settings) -> Result<Self, String> {
        let count = pieces.ends.len();
        if settings.unk_id.is_some_and(|id| id >= count) {
            return Err("its piece for what is unknown is not among its pieces".to_owned());
        }
        let least = pieces.scores.iter().copied().fold(f64::INFINITY, f64::min);
        let trie = Trie::of(&pieces);
        let of_byte = |byte: u8| trie.find(format!("<0x{byte:02X}>").as_bytes());
        Ok(Self {
            bytes: settings.byte_fallback.then(|| (0..=u8::MAX).map(of_byte).collect()),
            trie,
            unknown: settings.unk_id.map(|id| id as u32),
            unknown_score: least - UNKNOWN_PENALTY,
            pieces,
        })
    }

    pub fn len(&self) -> usize {
        self.pieces.ends.len()
    }

    pub fn piece(&self, id: u32) -> Option<&str> {
        self.pieces.get(id as usize)
    }

    pub fn id(&self, piece: &str) -> Option<u32> {
        self.trie.find(piece.as_bytes())
    }

    pub fn all(&self) -> HashMap<String, u32> {
        let of = |id: u32| Some((self.piece(id)?.to_owned(), id));
        (0..self.len() as u32).filter_map(of).collect()
    }

    /// The pieces of a text and where they stand. `None` where a character is in no piece and nothing
    /// stands for what is unknown.
    pub fn cut(&self, text: &str) -> Option<Vec<(u32, Range<usize>)>> {
        let mut ways: Vec<Option<Way>> = vec![None; text.len() + 1];
        let mut so_far = 0.0;
        for (start, character) in text.char_indices() {
            if let Some(way) = ways[start] {
                so_far = way.score;
            }
            let mut is_covered = false;
            self.trie.prefixes(&text.as_bytes()[start..], |piece, length| {
                let score = so_far + self.pieces.scores[piece as usize];
                better(&mut ways[start + length], Way { score, start, piece });
                is_covered |= length == character.len_utf8();
            });
            if !is_covered {
                let (score, piece) = (so_far + self.unknown_score, self.unknown?);
                better(&mut ways[start + character.len_utf8()], Way { score, start, piece });
            }
        }
        let cut = self.back(&ways);
        Some(if self.bytes.is_some() { self.with_bytes(text, cut) } else { cut })
    }

    /// What is unknown by its bytes, where there is a piece for each of them.
    fn with_bytes(&self, text: &str, cut: Vec<(u32, Range<usize>)>) -> Vec<(u32, Range<usize>)> {
        let of_byte = |byte: u8| self.bytes.as_ref().and_then(|bytes| bytes[usize::from(byte)]);
        let expanded = cut.into_iter().flat_map(|(piece, range)| {
            let bytes = text[range.clone()].bytes().map(of_byte);
            match bytes.collect::<Option<Vec<u32>>>() {
                Some(bytes) if Some(piece) == self.unknown => bytes,
                _ => vec![piece],
            }
            .into_iter()
            .map(move |piece| (piece, range.clone()))
        });
        expanded.collect()
    }

    /// From the end to the beginning. Neighbours that are unknown are one.
    fn back(&self, ways: &[Option<Way>]) -> Vec<(u32, Range<usize>)> {
        let mut cut: Vec<(u32, Range<usize>)> = Vec::new();
        let mut end = ways.len() - 1;
        while let Some(Way { start, piece, .. }) = ways[end] {
            match cut.last_mut() {
                Some((after, range)) if Some(piece) == self.unknown && *after == piece => {
                    range.start = start;
                }
                _ => cut.push((piece, start..end)),
            }
            end = start;
        }
        cut.reverse();
        cut
    }
}

fn better(known: &mut Option<Way>, way: Way) {
    if known.is_none_or(|known| way.score > known.score) {
        *known = Some(way);
    }
}

impl Pieces {
    fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        self.text.get(start..end)
    }

    fn bytes(&self, piece: u32) -> &[u8] {
        self.get(piece as usize).unwrap_or_default().as_bytes()
    }
}

impl Trie {
    fn of(pieces: &Pieces) -> Self {
        let mut sorted: Vec<u32> = (0..pieces.ends.len() as u32).collect();
        // Of two that are alike the later one counts.
        sorted.sort_unstable_by(|one, other| {
            pieces.bytes(*one).cmp(pieces.bytes(*other)).then(other.cmp(one))
        });
        sorted.dedup_by(|one, other| pieces.bytes(*one) == pieces.bytes(*other));
        let mut trie = Self { labels: vec![0], children: Vec::new(), pieces: Vec::new() };
        // The pieces under each node, which share as many bytes as the node is deep.
        let mut under = vec![(0..sorted.len(), 0)];
        let mut node = 0;
        while let Some((mut range, depth)) = under.get(node).cloned() {
            let ends_here = |piece: &u32| pieces.bytes(*piece).len() == depth;
            let own = sorted[range.clone()].first().copied().filter(ends_here);
            range.start += usize::from(own.is_some());
            trie.pieces.push(own.unwrap_or(NONE));
            trie.children.push(under.len() as u32);
            let label = |piece: &u32| pieces.bytes(*piece)[depth];
            for group in sorted[range.clone()].chunk_by(|one, other| label(one) == label(other)) {
                trie.labels.push(label(&group[0]));
                under.push((range.start..range.start + group.len(), depth + 1));
                range.start += group.len();
            }
            node += 1;
        }
        trie.children.push(under.len() as u32);
        trie
    }

    fn child(&self, node: usize, label: u8) -> Option<usize> {
        let (first, end) = (self.children[node] as usize, self.children[node + 1] as usize);
        let found = self.labels[first..end].binary_search(&label).ok()?;
        Some(first + found)
    }

    /// Tells of each piece with which the bytes begin, and of its length.
    fn prefixes(&self, bytes: &[u8], mut tell: impl FnMut(u32, usize)) {
        let mut node = 0;
        for (depth, byte) in bytes.iter().enumerate() {
            let Some(child) = self.child(node, *byte) else { return };
            node = child;
            if self.pieces[node] != NONE {
                tell(self.pieces[node], depth + 1);
            }
        }
    }

    fn find(&self, bytes: &[u8]) -> Option<u32> {
        let node = bytes.iter().try_fold(0, |node, byte| self.child(node, *byte))?;
        Some(self.pieces[node]).filter(|piece| *piece != NONE)
    }
}

/// One piece as it stands in the file.
#[derive(Deserialize)]
struct Scored<'a>(#[serde(borrow)] Cow<'a, str>, f64);

impl<'de> Deserialize<'de> for Pieces {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Pieces;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("pieces with their scores")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Pieces, A::Error> {
        let mut pieces = Pieces::default();
        while let Some(Scored(text, score)) = sequence.next_element()? {
            pieces.text.push_str(&text);
            pieces.ends.push(pieces.text.len() as u32);
            pieces.scores.push(score);
        }
        Ok(pieces)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokenizers::Model;

    use super::*;

    const VOCABULARY: &[(&str, f64)] = &[
        ("<unk>", 0.0),
        ("▁", -2.0),
        ("a", -3.0),
        ("b", -3.5),
        ("ab", -5.0),
        ("aba", -5.5),
        ("▁ab", -6.0),
        ("ба", -4.0),
        ("б", -5.0),
        ("水", -4.5),
        ("水火", -6.0),
        ("👩‍🚀", -7.0),
        ("a", -3.1),
        ("", -1.0),
        ("<0x78>", 0.0),
        ("<0xC3>", 0.0),
        ("<0xBC>", 0.0),
    ];

    fn ours(unknown: Option<usize>, byte_fallback: bool) -> Unigram {
        let mut vocab = Pieces::default();
        for (piece, score) in VOCABULARY {
            vocab.text.push_str(piece);
            vocab.ends.push(vocab.text.len() as u32);
            vocab.scores.push(*score);
        }
        Unigram::new(vocab, Settings { unk_id: unknown, byte_fallback }).unwrap()
    }

    fn theirs(byte_fallback: bool) -> tokenizers::models::unigram::Unigram {
        let vocabulary = VOCABULARY.iter().map(|(piece, score)| ((*piece).to_owned(), *score));
        tokenizers::models::unigram::Unigram::from(vocabulary.collect(), Some(0), byte_fallback)
            .unwrap()
    }

    #[test]
    fn a_text_is_cut_where_scores_add_up_to_most() {
        let check = |text: &str, expected: &[&str]| {
            let cut = ours(Some(0), false).cut(text).unwrap();
            let found: Vec<&str> = cut.iter().map(|(_, range)| &text[range.clone()]).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("", &[]);
        check("abab", &["aba", "b"]);
        check("▁ababa", &["▁ab", "aba"]);
        check("ба水火", &["ба", "水火"]);
        check("xyaз水", &["xy", "a", "з", "水"]);
        check("a<unk>b", &["a", "<unk>", "b"]);
    }

    #[test]
    fn what_is_unknown_needs_a_piece_that_stands_for_it() {
        assert!(ours(None, false).cut("ab").is_some());
        assert!(ours(None, false).cut("x").is_none());
    }

    #[test]
    fn pieces_are_known_by_number_and_by_text() {
        let unigram = ours(Some(0), false);
        assert_eq!((unigram.len(), unigram.id("水火"), unigram.id("水火a")), (17, Some(10), None));
        assert_eq!((unigram.id("a"), unigram.id("")), (Some(12), Some(13)));
        assert_eq!((unigram.piece(10), unigram.piece(17)), (Some("水火"), None));
        assert_eq!(unigram.all(), theirs(false).get_vocab());
    }

    proptest! {
        #[test]
        fn the_tokenizers_crate_cuts_alike(
            text in "(▁|a|b|ab|б|а|水|火|👩‍🚀|<unk>|x|ü|й){0,12}",
            bytes in any::<bool>(),
        ) {
            let expected = theirs(bytes).tokenize(&text).unwrap();
            let token = |token: &tokenizers::Token| (token.id, token.offsets.0..token.offsets.1);
            let expected: Vec<_> = expected.iter().map(token).collect();
            prop_assert_eq!(ours(Some(0), bytes).cut(&text).unwrap(), expected);
        }
    }
}

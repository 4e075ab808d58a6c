//! Any text in any blocks, cut into passages of any size.

use icu_segmenter::GraphemeClusterSegmenter;
use kenning_documents::{Block, Document, Kind, Sizes, passages as cut};
use kenning_domain::{CountTokens, ModelError, Passage};

/// A token for every few bytes of a word.
pub struct PerWord(pub usize);

impl CountTokens for PerWord {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        Ok(text.split_whitespace().map(|word| word.len().div_ceil(self.0)).sum())
    }
}

/// White space costs as well, and lines cost more together than apart.
struct Dear;

impl CountTokens for Dear {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        Ok(text.chars().count() + 3 * text.matches('\n').count())
    }
}

/// Three bytes say how tokens are counted and how many there may be; the rest is text, in which
/// control characters end blocks.
pub fn passages(bytes: &[u8]) {
    let Some(([counter, most, overlap], written)) = bytes.split_first_chunk() else { return };
    let sizes = Sizes { most: usize::from(*most), overlap: usize::from(*overlap) };
    let document = document(&String::from_utf8_lossy(written));
    match counter {
        0 => must_hold(&document, &Dear, sizes),
        bytes => must_hold(&document, &PerWord(usize::from(*bytes)), sizes),
    }
}

/// Text in blocks of the kinds that the control characters at their ends say. Blocks are as a parent
/// takes them from a worker: in order, slices, and not more.
fn document(written: &str) -> Document {
    let mut document = Document::default();
    let mut page = None;
    for stretch in written.split_inclusive(is_mark) {
        let text = stretch.trim_end_matches(is_mark);
        let span = document.text.len()..document.text.len() + text.len();
        document.text.push_str(text);
        let kind = match stretch.chars().next_back() {
            Some('\u{1}') => Kind::Heading(1 + (span.start % 6) as u8),
            Some('\u{2}') => Kind::Item,
            Some('\u{3}') => Kind::Row,
            Some('\u{4}') => Kind::Code,
            // What stands in no block is text as well.
            Some('\u{5}') => continue,
            Some('\u{6}') => {
                page = Some(span.start as u32);
                Kind::Paragraph
            }
            _ => Kind::Paragraph,
        };
        document.blocks.push(Block { span, kind, page });
        if stretch.ends_with('\u{7}') {
            document.text.push_str("\n\n");
        }
    }
    document
}

fn is_mark(character: char) -> bool {
    ('\u{1}'..='\u{7}').contains(&character)
}

pub fn must_hold(document: &Document, counter: &dyn CountTokens, sizes: Sizes) {
    let text = &document.text;
    let found = cut(document, counter, sizes).unwrap();
    let graphemes: Vec<usize> = GraphemeClusterSegmenter::new().segment_str(text).collect();
    let mut end = 0;
    for passage in &found {
        let own = text.get(passage.span.clone()).expect("a passage is a slice");
        assert!(!own.trim().is_empty(), "a passage of nothing");
        let [first, last] = [passage.span.start, passage.span.end]
            .map(|edge| graphemes.binary_search(&edge).expect("no grapheme cluster is cut"));
        let tokens = counter.count_tokens(own).unwrap();
        // A limit of nothing is one of a single token.
        assert!(tokens <= sizes.most.max(1) || last == first + 1, "{tokens} tokens in {own:?}");
        assert!(passage.span.end > end, "out of order");
        let between = text.get(end..passage.span.start).unwrap_or_default();
        assert!(between.trim().is_empty(), "left out: {between:?}");
        end = passage.span.end;
        check_words(document, passage);
    }
    assert!(text[end..].trim().is_empty(), "left out at the end: {:?}", &text[end..]);
}

/// What is embedded for it ends as the passage does.
fn check_words(document: &Document, passage: &Passage) {
    let embedded = passage.embedded_text(None, &document.text);
    let own = &document.text[passage.span.clone()];
    let last = own.split_whitespace().last().unwrap_or_default();
    assert!(embedded.trim_end().ends_with(last), "{embedded:?} lost the end of {own:?}");
}

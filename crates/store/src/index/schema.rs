//! What an entry of the index is made of, and how words get into it as they were cut elsewhere.

use kenning_domain::{ContentId, FileId, PassageId};
use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{TantivyDocument, Term};

/// An entry is a passage, or the name of a file.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    /// The number of the passage, or of the file with `NAME` set: stored by column.
    pub id: Field,
    /// The number of the passage's content, or of the file with `NAME` set: what is removed at once.
    pub owner: Field,
    pub stems: Field,
    pub exact: Field,
    pub names: Field,
}

/// Tells the number of a file from that of a passage or a content.
pub(super) const NAME: u64 = 1 << 63;

/// The name that the schema knows the splitting of packed words by.
const PACKED: &str = "packed";

pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = |option| {
        let indexing = TextFieldIndexing::default().set_tokenizer(PACKED);
        TextOptions::default().set_indexing_options(indexing.set_index_option(option))
    };
    let fields = Fields {
        id: schema.add_u64_field("id", NumericOptions::default().set_fast()),
        owner: schema.add_u64_field("owner", NumericOptions::default().set_indexed()),
        stems: schema.add_text_field("stems", words(IndexRecordOption::WithFreqs)),
        exact: schema.add_text_field("exact", words(IndexRecordOption::WithFreqsAndPositions)),
        names: schema.add_text_field("names", words(IndexRecordOption::WithFreqs)),
    };
    (schema.build(), fields)
}

pub(super) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::new();
    tokenizers.register(PACKED, Unpack::default());
    // Numbers are not split, yet one of this name is asked for in their stead.
    tokenizers.register("default", Unpack::default());
    tokenizers
}

impl Fields {
    pub fn passage<'a>(
        &self,
        passage: PassageId,
        stems: impl IntoIterator<Item = &'a str>,
        exact: impl IntoIterator<Item = (&'a str, u32)>,
    ) -> TantivyDocument {
        let mut entry = TantivyDocument::new();
        entry.add_u64(self.id, passage.0);
        entry.add_u64(self.owner, passage.content().0 as u64);
        entry.add_text(self.stems, pack((0..).zip(stems).map(|(at, stem)| (stem, at))));
        entry.add_text(self.exact, pack(exact));
        entry
    }

    pub fn name<'a>(
        &self,
        file: FileId,
        words: impl IntoIterator<Item = &'a str>,
    ) -> TantivyDocument {
        let mut entry = TantivyDocument::new();
        entry.add_u64(self.id, file.0 as u64 | NAME);
        entry.add_u64(self.owner, file.0 as u64 | NAME);
        entry.add_text(self.names, pack((0..).zip(words).map(|(at, word)| (word, at))));
        entry
    }

    pub fn of_content(&self, content: ContentId) -> Term {
        Term::from_field_u64(self.owner, content.0 as u64)
    }

    pub fn of_file(&self, file: FileId) -> Term {
        Term::from_field_u64(self.owner, file.0 as u64 | NAME)
    }
}

/// Begins each word of a packed text. A word that holds it is no word, and is left out.
const MARK: char = '\u{1f}';

/// The way from one word's position to the next is written as a character, these many above zero.
const ZERO: u32 = 0x20;
const FARTHEST: u32 = 0xd000;

/// Words and their positions as one text: the library takes texts, or words in a form that costs
/// several times as much.
fn pack<'a>(words: impl IntoIterator<Item = (&'a str, u32)>) -> String {
    let mut packed = String::new();
    let mut before = None;
    for (word, position) in words {
        if word.is_empty() || word.contains(MARK) {
            continue;
        }
        let way = before.map_or(0, |before| position.saturating_sub(before)).min(FARTHEST);
        before = Some(position);
        packed.push(MARK);
        packed.push(char::from_u32(ZERO + way).unwrap_or(MARK));
        packed.push_str(word);
    }
    packed
}

#[derive(Clone, Default)]
struct Unpack {
    token: Token,
}

struct Unpacked<'a> {
    words: std::str::Split<'a, char>,
    token: &'a mut Token,
    position: usize,
}

impl Tokenizer for Unpack {
    type TokenStream<'a> = Unpacked<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Unpacked<'a> {
        let mut words = text.split(MARK);
        // Before the first mark there is nothing.
        words.next();
        self.token.reset();
        Unpacked { words, token: &mut self.token, position: 0 }
    }
}

impl TokenStream for Unpacked<'_> {
    fn advance(&mut self) -> bool {
        let Some(next) = self.words.next() else { return false };
        let mut rest = next.chars();
        let way = rest.next().map_or(0, |way| (way as u32).saturating_sub(ZERO));
        self.position += way as usize;
        self.token.position = self.position;
        self.token.text.clear();
        self.token.text.push_str(rest.as_str());
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_positions_come_out_as_they_went_in() {
        let check = |words: &[(&str, u32)], expected: &[(&str, usize)]| {
            let packed = pack(words.iter().copied());
            let mut unpack = Unpack::default();
            let mut stream = unpack.token_stream(&packed);
            let mut found = Vec::new();
            while stream.advance() {
                found.push((stream.token().text.clone(), stream.token().position));
            }
            let expected: Vec<_> =
                expected.iter().map(|(word, at)| ((*word).into(), *at)).collect();
            assert_eq!(found, expected, "{words:?}");
        };
        check(&[], &[]);
        check(&[("дом", 0), ("家", 1), ("बिल्ली", 2)], &[("дом", 0), ("家", 1), ("बिल्ली", 2)]);
        // Positions are told from the first word on: only their distance matters.
        check(
            &[("a", 5), ("b", 5), ("c", 36), ("d", 37)],
            &[("a", 0), ("b", 0), ("c", 31), ("d", 32)],
        );
        check(&[("a", 0), ("b", 10_000)], &[("a", 0), ("b", 10_000)]);
        check(&[("", 0), ("a\u{1f}b", 1), ("c", 2)], &[("c", 0)]);
    }
}

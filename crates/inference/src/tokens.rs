//! Text to token ids, with the limits kept and every cut reported.

use std::borrow::Cow;
use std::path::PathBuf;

use kenning_domain::ModelError;
use tokenizers::utils::truncation::TruncationDirection;
use tokenizers::{Encoding, PostProcessor, Tokenizer};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::error::LoadError;
use crate::folder::ModelFolder;

pub const FILE_NAME: &str = "tokenizer.json";

/// Of a text far longer than the model reads, only the beginning is tokenised: so many bytes for
/// each token there is room for, and more where those turn out too few.
const BYTES_PER_TOKEN: usize = 32;

/// How many tokens beyond the room must be seen before the ones within it are believed: a word cut
/// in half splits into other tokens than the whole one.
const MARGIN: usize = 16;

pub struct Tokens {
    tokenizer: Tokenizer,
    file: PathBuf,
}

/// A text's tokens before anything is added to them.
pub struct Encoded {
    encoding: Encoding,
    /// Where the last token kept ends in the text, if tokens had to be left out.
    pub cut_at: Option<usize>,
}

impl Tokens {
    /// `rows` is the number of rows of the model's table of tokens.
    pub fn open(folder: &ModelFolder, rows: usize) -> Result<Self, LoadError> {
        Ok(Self::open_with(folder, rows, [])?.0)
    }

    /// Also answers the ids of parts of a template, in which names of special tokens mean those
    /// tokens. In a text they mean themselves: a document that says `<|im_end|>` ends nothing.
    pub fn open_with<const N: usize>(
        folder: &ModelFolder,
        rows: usize,
        template: [&str; N],
    ) -> Result<(Self, [Vec<u32>; N]), LoadError> {
        let file = folder.path.join(FILE_NAME);
        let bytes = std::fs::read(&file).map_err(LoadError::unreadable(&file))?;
        let malformed = |error: tokenizers::Error| LoadError::Malformed {
            file: file.clone(),
            reason: error.to_string(),
        };
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(malformed)?;
        // A tokenizer.json may carry its makers' training settings. Limits are ours to keep.
        tokenizer.with_truncation(None).map_err(malformed)?;
        tokenizer.with_padding(None);
        check_belongs(&tokenizer, rows)
            .map_err(|reason| LoadError::Tokenizer { file: file.clone(), reason })?;
        let mut parts = [const { Vec::new() }; N];
        for (ids, part) in parts.iter_mut().zip(template) {
            *ids = tokenizer.encode_fast(part, false).map_err(malformed)?.get_ids().to_vec();
        }
        tokenizer.set_encode_special_tokens(true);
        Ok((Self { tokenizer, file }, parts))
    }

    pub fn id(&self, token: &str) -> Result<u32, LoadError> {
        self.tokenizer.token_to_id(token).ok_or_else(|| LoadError::Tokenizer {
            file: self.file.clone(),
            reason: format!("it has no token \"{token}\", which kenning.toml names"),
        })
    }

    /// How many tokens the post-processor adds to one text, or to a pair.
    pub fn added(&self, pair: bool) -> usize {
        self.tokenizer.get_post_processor().map_or(0, |processor| processor.added_tokens(pair))
    }

    pub fn count(&self, text: &str) -> Result<usize, ModelError> {
        let encoding = self.tokenizer.encode_fast(compose(text).as_ref(), false);
        Ok(encoding.map_err(|error| self.fault(error))?.len())
    }

    /// The text's own tokens, at most `room` of them. `text` must be composed already.
    pub fn encode(&self, text: &str, room: usize) -> Result<Encoded, ModelError> {
        let mut bytes = room.saturating_mul(BYTES_PER_TOKEN).max(1024);
        loop {
            let part = &text[..text.floor_char_boundary(bytes)];
            let mut encoding =
                self.tokenizer.encode(part, false).map_err(|error| self.fault(error))?;
            let whole = part.len() == text.len();
            if !whole && encoding.len() <= room + MARGIN {
                bytes = bytes.saturating_mul(4);
                continue;
            }
            if encoding.len() <= room {
                return Ok(Encoded { encoding, cut_at: None });
            }
            encoding.truncate(room, 0, TruncationDirection::Right);
            let cut_at = encoding.get_offsets().last().map_or(0, |(_, end)| *end);
            return Ok(Encoded { encoding, cut_at: Some(cut_at) });
        }
    }

    /// Lets the tokenizer's post-processor add what it adds to a text.
    pub fn finish(&self, text: Encoded) -> Result<Vec<u32>, ModelError> {
        self.post_process(text.encoding, None)
    }

    /// Lets the tokenizer's post-processor join a pair.
    pub fn join(&self, first: Encoded, second: Encoded) -> Result<Vec<u32>, ModelError> {
        self.post_process(first.encoding, Some(second.encoding))
    }

    fn post_process(&self, text: Encoding, pair: Option<Encoding>) -> Result<Vec<u32>, ModelError> {
        let done =
            self.tokenizer.post_process(text, pair, true).map_err(|error| self.fault(error))?;
        Ok(done.get_ids().to_vec())
    }

    fn fault(&self, error: tokenizers::Error) -> ModelError {
        ModelError::Tokenizer { file: self.file.clone(), reason: error.to_string() }
    }
}

impl Encoded {
    pub fn len(&self) -> usize {
        self.encoding.len()
    }

    pub fn ids(&self) -> &[u32] {
        self.encoding.get_ids()
    }
}

/// Composes the text to NFC. Decomposed Vietnamese takes twice the tokens and lands elsewhere.
pub fn compose(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    }
}

/// How much of the text as given makes the first `composed` bytes of the text composed.
pub fn given_bytes(given: &str, composed: usize) -> usize {
    if matches!(is_nfc_quick(given.chars()), IsNormalized::Yes) {
        return composed.min(given.len());
    }
    // Composing shortens a text at most to a third, and lengthens it hardly ever.
    let window = &given[..given.floor_char_boundary(composed.saturating_mul(3).saturating_add(64))];
    let ends: Vec<usize> =
        window.char_indices().map(|(at, character)| at + character.len_utf8()).collect();
    let fits = |end: &usize| given[..*end].nfc().map(char::len_utf8).sum::<usize>() <= composed;
    let count = ends.partition_point(fits);
    if count == 0 { 0 } else { ends[count - 1] }
}

/// A table may have a few more rows than there are tokens: makers round it up. A tokenizer with more
/// tokens than rows, or far fewer, is another model's.
fn check_belongs(tokenizer: &Tokenizer, rows: usize) -> Result<(), String> {
    let vocabulary = tokenizer.get_vocab(true);
    let highest = vocabulary.values().max().map_or(0, |id| *id as usize);
    if highest >= rows {
        return Err(format!("its tokens go up to number {highest}, the model has {rows}"));
    }
    if vocabulary.len() * 10 < rows * 9 {
        return Err(format!("it has {} tokens, the model {rows}", vocabulary.len()));
    }
    Ok(())
}

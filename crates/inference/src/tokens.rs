//! Text to token ids, with the limits kept and every cut reported.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use kenning_domain::ModelError;
use serde::Deserialize;
use tokenizers::utils::truncation::TruncationDirection;
use tokenizers::{
    DecoderWrapper, Encoding, NormalizerWrapper, PostProcessor, PostProcessorWrapper,
    PreTokenizerWrapper, TokenizerImpl,
};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use self::vocabulary::Vocabulary;
use crate::error::LoadError;
use crate::folder::{ModelFolder, read_small};

mod unigram;
mod vocabulary;

pub const FILE_NAME: &str = "tokenizer.json";

/// Of a text far longer than the model reads, only the beginning is tokenised: so many bytes for
/// each token there is room for, and more where those turn out too few.
const BYTES_PER_TOKEN: usize = 32;

/// How many tokens beyond the room must be seen before the ones within it are believed: a word cut
/// in half splits into other tokens than the whole one.
const MARGIN: usize = 16;

type Tokenizer = TokenizerImpl<
    Vocabulary,
    NormalizerWrapper,
    PreTokenizerWrapper,
    PostProcessorWrapper,
    DecoderWrapper,
>;

pub struct Tokens {
    tokenizer: Tokenizer,
    file: PathBuf,
    /// Of the model's table: no id may reach it.
    rows: usize,
    /// How many tokens the post-processor adds to one text, and to a pair.
    added: (usize, usize),
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
        let bytes = read_small(&file)?;
        let malformed = |error: tokenizers::Error| LoadError::Malformed {
            file: file.clone(),
            reason: error.to_string(),
        };
        check_file(&file, &bytes)?;
        let mut tokenizer =
            guarded(|| Ok(serde_json::from_slice::<Tokenizer>(&bytes)?)).map_err(malformed)?;
        // A tokenizer.json may carry its makers' training settings. Limits are ours to keep.
        tokenizer.with_truncation(None).map_err(malformed)?;
        tokenizer.with_padding(None);
        check_belongs(&tokenizer, rows)
            .map_err(|reason| LoadError::Tokenizer { file: file.clone(), reason })?;
        let mut parts = [const { Vec::new() }; N];
        for (ids, part) in parts.iter_mut().zip(template) {
            let encoding = guarded(|| tokenizer.encode_fast(part, false)).map_err(malformed)?;
            *ids = encoding.get_ids().to_vec();
        }
        tokenizer.set_encode_special_tokens(true);
        let added = |pair| {
            let processor = tokenizer.get_post_processor();
            guarded(|| Ok(processor.map_or(0, |processor| processor.added_tokens(pair))))
        };
        let added = (added(false).map_err(malformed)?, added(true).map_err(malformed)?);
        Ok((Self { tokenizer, file, rows, added }, parts))
    }

    pub fn id(&self, token: &str) -> Result<u32, LoadError> {
        self.tokenizer.token_to_id(token).ok_or_else(|| LoadError::Tokenizer {
            file: self.file.clone(),
            reason: format!("it has no token \"{token}\", which kenning.toml names"),
        })
    }

    /// How many tokens the post-processor adds to one text, or to a pair.
    pub fn added(&self, pair: bool) -> usize {
        if pair { self.added.1 } else { self.added.0 }
    }

    pub fn count(&self, text: &str) -> Result<usize, ModelError> {
        let encoding = guarded(|| self.tokenizer.encode_fast(compose(text).as_ref(), false));
        Ok(encoding.map_err(|error| self.fault(error))?.len())
    }

    /// The text's own tokens, at most `room` of them. `text` must be composed already.
    pub fn encode(&self, text: &str, room: usize) -> Result<Encoded, ModelError> {
        let mut bytes = room.saturating_mul(BYTES_PER_TOKEN).max(1024);
        loop {
            let part = &text[..text.floor_char_boundary(bytes)];
            let mut encoding = guarded(|| self.tokenizer.encode(part, false))
                .map_err(|error| self.fault(error))?;
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
        let done = guarded(|| self.tokenizer.post_process(text, pair, true));
        Ok(done.map_err(|error| self.fault(error))?.get_ids().to_vec())
    }

    /// Ids that go to the model: within its table, and no more than it reads at once. A tokenizer
    /// whose post-processor names other ids, or adds more than it says, is found out here.
    pub fn check(&self, ids: &[u32], most: usize) -> Result<(), ModelError> {
        let foreign = ids.iter().find(|id| **id as usize >= self.rows);
        match foreign {
            Some(id) => Err(self
                .fault(format!("it gives the token {id}, which the model does not have").into())),
            None if ids.len() > most => {
                Err(self.fault(format!("it adds more than it says, {} tokens", ids.len()).into()))
            }
            None => Ok(()),
        }
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

/// What of `tokenizer.json` is looked at before the tokenizer is made of it.
#[derive(Deserialize)]
struct TokenizerFile {
    model: TokenizerModel,
}

#[derive(Deserialize)]
struct TokenizerModel {
    dropout: Option<f32>,
}

/// Refuses what is not JSON from its beginning to its end, on which the tokenizers crate panics at
/// times, and a setting of training that makes every answer another.
fn check_file(file: &Path, bytes: &[u8]) -> Result<(), LoadError> {
    let parsed: TokenizerFile = serde_json::from_slice(bytes)
        .map_err(|error| LoadError::Malformed { file: file.into(), reason: error.to_string() })?;
    if parsed.model.dropout.is_some_and(|dropout| dropout > 0.0) {
        return Err(LoadError::Unsupported { file: file.into(), reason: "dropout is set".into() });
    }
    Ok(())
}

/// Calls into the tokenizers crate, which panics on files that are well-formed and make no sense.
fn guarded<T>(call: impl FnOnce() -> tokenizers::Result<T>) -> tokenizers::Result<T> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err("it makes the tokenizer fail".into()))
}

/// A table may have a few more rows than there are tokens: makers round it up. A tokenizer with more
/// tokens than rows, or far fewer, is another model's.
fn check_belongs(tokenizer: &Tokenizer, rows: usize) -> Result<(), String> {
    let added = tokenizer.get_added_vocabulary().get_vocab();
    let highest = tokenizer.get_model().highest_id().max(added.values().copied().max());
    if let Some(highest) = highest.filter(|highest| *highest as usize >= rows) {
        return Err(format!("its tokens go up to number {highest}, the model has {rows}"));
    }
    let count = tokenizer.get_vocab_size(true);
    if count * 10 < rows * 9 {
        return Err(format!("it has {count} tokens, the model {rows}"));
    }
    Ok(())
}

//! `tokenizer.json`: the wheel's Unigram tokenizer in the form the `tokenizers` library reads.
//!
//! The wheel's engine replaces characters one by one, makes one space of many, and marks the start of
//! every word; so does this. A run of unknown characters is one unknown token here, as in
//! sentencepiece and in the model's original tokenizer, where the wheel's engine makes one of each.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::charsmap;
use super::source::Source;

/// Stands for a space, and before every word.
const WORD_START: &str = "▁";
const MASK: &str = "<mask>";

pub fn json(source: &Source<'_>) -> Result<Value> {
    let specials = Specials::of(source)?;
    let metaspace = json!({
        "type": "Metaspace", "replacement": WORD_START, "prepend_scheme": "always", "split": true,
    });
    Ok(json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": specials.added_tokens(),
        "normalizer": normalizer(source)?,
        "pre_tokenizer": metaspace,
        "post_processor": specials.template(),
        "decoder": metaspace,
        "model": model(source),
    }))
}

fn normalizer(source: &Source<'_>) -> Result<Value> {
    let charsmap = base64(&charsmap::bytes(&source.replacements)?);
    Ok(json!({
        "type": "Sequence",
        "normalizers": [
            { "type": "Precompiled", "precompiled_charsmap": charsmap },
            { "type": "Replace", "pattern": { "Regex": " {2,}" }, "content": " " },
        ],
    }))
}

fn model(source: &Source<'_>) -> Value {
    let vocabulary: Vec<_> =
        source.pieces.iter().map(|&(piece, score)| json!([piece, f64::from(score)])).collect();
    json!({
        "type": "Unigram",
        "unk_id": source.specials.unknown,
        "vocab": vocabulary,
        "byte_fallback": false,
    })
}

/// A piece that stands for no text, and its id.
type Special<'a> = (usize, &'a str);

struct Specials<'a> {
    begin: Special<'a>,
    end: Special<'a>,
    others: [Special<'a>; 3],
}

impl<'a> Specials<'a> {
    fn of(source: &Source<'a>) -> Result<Self> {
        let piece = |id: usize| {
            let (piece, _) = source.pieces.get(id).context("a special piece is not in the list")?;
            Ok::<_, anyhow::Error>((id, *piece))
        };
        let mask = source.pieces.len() - 1;
        let specials = Self {
            begin: piece(source.specials.begin)?,
            end: piece(source.specials.end)?,
            others: [
                piece(source.specials.padding)?,
                piece(source.specials.unknown)?,
                piece(mask)?,
            ],
        };
        ensure!(specials.others[2].1 == MASK, "the last piece is not {MASK}");
        Ok(specials)
    }

    fn added_tokens(&self) -> Vec<Value> {
        let mut all = vec![self.begin, self.end];
        all.extend(self.others);
        all.sort_unstable();
        all.into_iter()
            .map(|(id, piece)| {
                json!({
                    "id": id, "content": piece, "single_word": false, "lstrip": piece == MASK,
                    "rstrip": false, "normalized": false, "special": true,
                })
            })
            .collect()
    }

    /// `<s> text </s>`, and for a pair `<s> text </s> </s> other </s>`.
    fn template(&self) -> Value {
        let special =
            |(_, piece): Special<'_>| json!({"SpecialToken": {"id": piece, "type_id": 0}});
        let text = |which: &str| json!({"Sequence": {"id": which, "type_id": 0}});
        let (begin, end) = (special(self.begin), special(self.end));
        let declared =
            |(id, piece): Special<'_>| json!({"id": piece, "ids": [id], "tokens": [piece]});
        json!({
            "type": "TemplateProcessing",
            "single": [begin, text("A"), end],
            "pair": [begin, text("A"), end, end, text("B"), end],
            "special_tokens": {
                self.begin.1: declared(self.begin),
                self.end.1: declared(self.end),
            },
        })
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            text.push(if digit <= group.len() { DIGITS[value as usize] as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_the_one_everybody_reads() {
        let check =
            |bytes: &str, expected: &str| assert_eq!(super::base64(bytes.as_bytes()), expected);
        check("", "");
        check("f", "Zg==");
        check("fo", "Zm8=");
        check("foo", "Zm9v");
        check("foob", "Zm9vYg==");
        check("ÿþý", "w7/DvsO9");
    }
}

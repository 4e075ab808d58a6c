//! What cuts words into tokens: our own for Unigram vocabularies, the tokenizers crate's for the others.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Error, MapAccess, Visitor};
use serde_json::{Map, Value};
use tokenizers::models::TrainerWrapper;
use tokenizers::models::unigram::UnigramTrainer;
use tokenizers::{Model, ModelWrapper, Token};

use super::unigram::Unigram;

pub enum Vocabulary {
    Unigram(Unigram),
    Other(Box<ModelWrapper>),
}

impl Vocabulary {
    pub fn highest_id(&self) -> Option<u32> {
        match self {
            Self::Unigram(unigram) => (unigram.len() as u32).checked_sub(1),
            Self::Other(model) => model.get_vocab().into_values().max(),
        }
    }
}

impl Model for Vocabulary {
    type Trainer = TrainerWrapper;

    fn tokenize(&self, text: &str) -> tokenizers::Result<Vec<Token>> {
        let unigram = match self {
            Self::Unigram(unigram) => unigram,
            Self::Other(model) => return model.tokenize(text),
        };
        let cut = unigram.cut(text).ok_or("it has no token for what is unknown")?;
        let token = |(id, range): (u32, std::ops::Range<usize>)| {
            Token::new(id, text[range.clone()].to_owned(), (range.start, range.end))
        };
        Ok(cut.into_iter().map(token).collect())
    }

    fn token_to_id(&self, token: &str) -> Option<u32> {
        match self {
            Self::Unigram(unigram) => unigram.id(token),
            Self::Other(model) => model.token_to_id(token),
        }
    }

    fn id_to_token(&self, id: u32) -> Option<String> {
        match self {
            Self::Unigram(unigram) => unigram.piece(id).map(str::to_owned),
            Self::Other(model) => model.id_to_token(id),
        }
    }

    fn get_vocab(&self) -> HashMap<String, u32> {
        match self {
            Self::Unigram(unigram) => unigram.all(),
            Self::Other(model) => model.get_vocab(),
        }
    }

    fn get_vocab_size(&self) -> usize {
        match self {
            Self::Unigram(unigram) => unigram.len(),
            Self::Other(model) => model.get_vocab_size(),
        }
    }

    fn save(&self, _: &Path, _: Option<&str>) -> tokenizers::Result<Vec<PathBuf>> {
        Err("Kenning reads tokenizers and writes none".into())
    }

    fn get_trainer(&self) -> TrainerWrapper {
        match self {
            Self::Unigram(_) => UnigramTrainer::default().into(),
            Self::Other(model) => model.get_trainer(),
        }
    }
}

impl<'de> Deserialize<'de> for Vocabulary {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Vocabulary;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a tokenizer's model")
    }

    /// Pieces that come after the type, as they do in every file seen, are read without detours.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vocabulary, A::Error> {
        let (mut fields, mut pieces) = (Map::new(), None);
        while let Some(key) = map.next_key::<String>()? {
            if key == "vocab" && is_unigram(&fields) {
                pieces = Some(map.next_value()?);
            } else {
                fields.insert(key, map.next_value()?);
            }
        }
        if is_unigram(&fields) {
            let vocab = fields.remove("vocab");
            let vocab = vocab.map(serde_json::from_value).transpose().map_err(Error::custom)?;
            let settings = serde_json::from_value(Value::Object(fields)).map_err(Error::custom)?;
            let pieces = pieces.or(vocab).ok_or_else(|| Error::missing_field("vocab"))?;
            return Unigram::new(pieces, settings).map(Vocabulary::Unigram).map_err(Error::custom);
        }
        let model = serde_json::from_value(Value::Object(fields)).map_err(Error::custom)?;
        Ok(Vocabulary::Other(Box::new(model)))
    }
}

fn is_unigram(fields: &Map<String, Value>) -> bool {
    fields.get("type").is_some_and(|kind| kind == "Unigram")
}

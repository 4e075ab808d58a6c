//! Counting tokens without loading a network: cutting a file into passages needs no more.

use kenning_domain::{CountTokens, ModelError};

use crate::error::LoadError;
use crate::family;
use crate::folder::ModelFolder;
use crate::tokens::Tokens;

pub struct Counter(Tokens);

impl Counter {
    pub fn open(folder: &ModelFolder) -> Result<Self, LoadError> {
        Ok(Self(Tokens::open(folder, family::sizes(folder)?.vocabulary)?))
    }
}

impl CountTokens for Counter {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        self.0.count(text)
    }
}

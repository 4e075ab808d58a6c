//! A model that remembers the vectors of the queries it was asked for, from one measurement to the
//! next: they are the same however the answers are ranked.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use kenning_domain::{Embed, Embedded, ModelError, Overlong, Role};

/// As long as the model is the same, which is for the caller to see to.
pub struct Remembered<'a> {
    model: &'a dyn Embed,
    known: Mutex<HashMap<String, Vec<f32>>>,
}

impl<'a> Remembered<'a> {
    /// Takes up what an earlier measurement left in a file, if it did.
    pub fn new(model: &'a dyn Embed, file: Option<&Path>) -> Self {
        let bytes = file.and_then(|file| fs::read(file).ok()).unwrap_or_default();
        // What is cut short or of another length is embedded again.
        let known = from_bytes(&bytes, model.dimensions());
        Self { model, known: Mutex::new(known) }
    }

    pub fn keep(&self, file: &Path) -> Result<()> {
        let known = self.known();
        let part = file.with_extension("part");
        fs::write(&part, to_bytes(&known))
            .and_then(|()| fs::rename(&part, file))
            .with_context(|| format!("{} cannot be written", file.display()))
    }

    /// Has the model read many queries together, which takes it a fraction of the time. Those that it
    /// cannot read are left for when they are asked for.
    pub fn read_ahead(&self, texts: &[String], progress: &mut dyn FnMut(usize, usize)) {
        const AT_ONCE: usize = 256;
        let unknown = |text: &&str| !self.known().contains_key(*text);
        let unknown: Vec<&str> = texts.iter().map(String::as_str).filter(unknown).collect();
        for (number, texts) in unknown.chunks(AT_ONCE).enumerate() {
            progress(number * AT_ONCE, unknown.len());
            let embedded = self.model.embed(texts, Role::QUERY, None, Overlong::Truncate);
            let vectors = embedded.map(|embedded| embedded.vectors).unwrap_or_default();
            self.known().extend(texts.iter().map(|text| (*text).to_owned()).zip(vectors));
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Vec<f32>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A query's vector as the model gives it.
    pub fn query(&self, text: &str) -> Result<Vec<f32>, ModelError> {
        if let Some(vector) = self.known().get(text) {
            return Ok(vector.clone());
        }
        let embedded = self.model.embed(&[text], Role::QUERY, None, Overlong::Truncate)?;
        let vector = embedded.vectors.into_iter().next().unwrap_or_default();
        self.known().insert(text.to_owned(), vector.clone());
        Ok(vector)
    }
}

impl Embed for Remembered<'_> {
    fn dimensions(&self) -> usize {
        self.model.dimensions()
    }

    fn embed(
        &self,
        texts: &[&str],
        role: Role<'_>,
        dimensions: Option<usize>,
        overlong: Overlong,
    ) -> Result<Embedded, ModelError> {
        if let [text] = texts
            && role == Role::QUERY
            && dimensions.is_none()
            && overlong == Overlong::Truncate
        {
            return Ok(Embedded { vectors: vec![self.query(text)?], ..Embedded::default() });
        }
        self.model.embed(texts, role, dimensions, overlong)
    }
}

/// For each query the length of its text, the text, and the vector.
fn to_bytes(known: &HashMap<String, Vec<f32>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (text, vector) in known {
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes.extend(vector.iter().flat_map(|value| value.to_le_bytes()));
    }
    bytes
}

fn from_bytes(mut bytes: &[u8], dimensions: usize) -> HashMap<String, Vec<f32>> {
    let mut known = HashMap::new();
    while let Some((text, vector)) = next(&mut bytes, dimensions) {
        known.insert(text, vector);
    }
    known
}

fn next(bytes: &mut &[u8], dimensions: usize) -> Option<(String, Vec<f32>)> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let (values, rest) = rest.split_at_checked(4 * dimensions)?;
    let vector = values.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect();
    *bytes = rest;
    Some((String::from_utf8(text.to_vec()).ok()?, vector))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back_as_far_as_it_is_whole() {
        let known = HashMap::from([
            ("tea?".to_owned(), vec![1.0, -0.5]),
            ("茶".to_owned(), vec![0.0, 2.0]),
        ]);
        let bytes = to_bytes(&known);
        assert_eq!(from_bytes(&bytes, 2), known);
        for length in 0..bytes.len() {
            assert!(from_bytes(&bytes[..length], 2).len() < 2, "{length}");
        }
    }
}

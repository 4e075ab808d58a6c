//! A model that is none: vectors out of letters, and a count of how often each text was asked for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kenning_domain::{CountTokens, Embed, Embedded, ModelError, Overlong, Role};
use kenning_engine::{Loaded, Model};
use kenning_search::calibration::Calibration;

pub const DIMENSIONS: usize = 64;

/// A text with this in it has no vector.
pub const HOPELESS: &str = "hoffnungslos";

#[derive(Default)]
pub struct Counting {
    documents: Mutex<BTreeMap<String, usize>>,
    pub is_broken: AtomicBool,
    /// Milliseconds for each batch of documents.
    pub delay: AtomicU64,
}

impl Counting {
    pub fn model(self: &Arc<Self>, name: &str) -> Model {
        let loaded = Loaded { embed: self.clone(), count: self.clone() };
        Model::given(name, loaded, Calibration::none(DIMENSIONS))
    }

    /// How many texts were embedded, and the largest number of times that one was.
    pub fn embedded(&self) -> (usize, usize) {
        let documents = self.documents.lock().unwrap();
        (documents.values().sum(), documents.values().copied().max().unwrap_or(0))
    }
}

impl Embed for Counting {
    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(
        &self,
        texts: &[&str],
        role: Role<'_>,
        _: Option<usize>,
        _: Overlong,
    ) -> Result<Embedded, ModelError> {
        if role == Role::Document {
            std::thread::sleep(Duration::from_millis(self.delay.load(Ordering::Relaxed)));
        }
        if self.is_broken.load(Ordering::Relaxed) {
            return Err(ModelError::Gone);
        }
        if let Some(index) = texts.iter().position(|text| text.contains(HOPELESS)) {
            return Err(ModelError::EmptyText { index });
        }
        if role == Role::Document {
            let mut documents = self.documents.lock().unwrap();
            for text in texts {
                *documents.entry((*text).to_owned()).or_default() += 1;
            }
        }
        let vectors = texts.iter().map(|text| vector(text)).collect();
        Ok(Embedded { vectors, ..Embedded::default() })
    }
}

impl CountTokens for Counting {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        Ok(text.chars().count().div_ceil(4))
    }
}

fn vector(text: &str) -> Vec<f32> {
    let mut vector = [0.1_f32; DIMENSIONS];
    for character in text.chars() {
        vector[character as usize % DIMENSIONS] += 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}

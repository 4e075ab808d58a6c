//! A model that is none and costs nothing: the same text has the same vector, another text has another.

use std::sync::Arc;
use std::time::Duration;

use kenning_domain::{CountTokens, Embed, Embedded, ModelError, Overlong, Role};
use kenning_engine::{Loaded, Model};
use kenning_search::calibration::Calibration;

use crate::made::damage::Chance;

pub const DIMENSIONS: usize = 32;

pub struct Hashed {
    /// What a batch takes, so that a kill finds some at hand.
    delay: Duration,
}

impl Hashed {
    pub fn model(name: &str, delay: Duration) -> Model {
        let hashed = Arc::new(Self { delay });
        let loaded = Loaded { embed: hashed.clone(), count: hashed };
        Model::given(name, loaded, Calibration::none(DIMENSIONS))
    }
}

impl Embed for Hashed {
    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(
        &self,
        texts: &[&str],
        _: Role<'_>,
        _: Option<usize>,
        _: Overlong,
    ) -> Result<Embedded, ModelError> {
        std::thread::sleep(self.delay);
        let vectors = texts.iter().map(|text| vector(text)).collect();
        Ok(Embedded { vectors, ..Embedded::default() })
    }
}

impl CountTokens for Hashed {
    fn count_tokens(&self, text: &str) -> Result<usize, ModelError> {
        Ok(text.chars().count().div_ceil(4))
    }
}

fn vector(text: &str) -> Vec<f32> {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mut chance = Chance::new(hash);
    let vector: Vec<f32> =
        (0..DIMENSIONS).map(|_| chance.below(2_001) as f32 / 1_000.0 - 1.0).collect();
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}

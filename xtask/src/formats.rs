//! `cargo xtask formats [FOLDER]`: what came of every file of a folder, and how fast, as the tables of
//! `docs/FORMATS.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::workspace::Workspace;
use crate::{documentation, files};

/// How many files are named on one command line; systems limit its length.
const AT_ONCE: usize = 500;
/// What can become of a file, in the order of the table's columns.
const STATES: &[&str] = &[
    "text",
    "unsupported",
    "no-text",
    "empty",
    "encrypted",
    "damaged",
    "garbled",
    "too-large",
    "too-deep",
    "failed",
    "quarantined",
];

pub fn run(workspace: &Workspace, folder: Option<PathBuf>) -> Result<()> {
    let folder = match folder {
        Some(folder) => folder.canonicalize().context("there is no such folder")?,
        None => match documentation::fetch(workspace)? {
            Some(folder) => folder,
            None => bail!("name a folder"),
        },
    };
    let files = all_files(&folder)?;
    ensure!(!files.is_empty(), "{} holds no files", folder.display());
    let program = workspace.kenning()?;
    // No model but the built-in one, whose tokens are counted as they are where it is in use.
    let home = workspace.target.join("formats-home");
    files::empty(&home)?;
    let started = Instant::now();
    let mut tables = Tables::default();
    for some in files.chunks(AT_ONCE) {
        let mut kenning = workspace.command(&program);
        kenning.env("KENNING_HOME", &home).args(["--json", "extract"]).args(some);
        // Files that fail make it fail; they stand in the table.
        let output = kenning.output().context("kenning could not be started")?;
        for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            tables.add(&serde_json::from_slice(line).context("kenning printed no JSON")?)?;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    ensure!(tables.files == files.len(), "{} of {} files came back", tables.files, files.len());
    let folder = workspace.shown(&folder);
    println!("\n{} files of {folder} in {seconds:.1} s\n", files.len());
    tables.print();
    Ok(())
}

/// Every file below, no link among them.
fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

#[derive(Default)]
struct Tables {
    files: usize,
    formats: BTreeMap<String, Speed>,
    extensions: BTreeMap<String, BTreeMap<String, usize>>,
    slowest: (f64, String),
}

#[derive(Default)]
struct Speed {
    files: usize,
    bytes: u64,
    text: usize,
    passages: usize,
    seconds: f64,
}

impl Tables {
    fn add(&mut self, row: &Value) -> Result<()> {
        self.files += 1;
        let path = Path::new(row["path"].as_str().context("a row has no path")?);
        let state = row["refusal"].as_str().or(row["state"].as_str()).context("no state")?;
        let states = self.extensions.entry(extension(path)).or_default();
        *states.entry(state.to_owned()).or_default() += 1;
        let seconds = row["seconds"].as_f64().context("a row has no time")?;
        if seconds > self.slowest.0 {
            self.slowest = (seconds, path.display().to_string());
        }
        let format = row["format"].as_str().unwrap_or("(not read)").to_owned();
        let speed = self.formats.entry(format).or_default();
        speed.files += 1;
        speed.bytes += fs::metadata(path)?.len();
        speed.text += row["text"].as_str().map_or(0, str::len);
        speed.passages += row["passages"].as_array().map_or(0, Vec::len);
        speed.seconds += seconds;
        Ok(())
    }

    fn print(&self) {
        println!("| format | files | MB | MB of text | passages | files/s | MB/s |");
        println!("|---|--:|--:|--:|--:|--:|--:|");
        for (format, speed) in &self.formats {
            let Speed { files, bytes, text, passages, seconds } = speed;
            let (megabytes, text) = (*bytes as f64 / 1e6, *text as f64 / 1e6);
            println!(
                "| {format} | {files} | {megabytes:.1} | {text:.1} | {passages} | {:.1} | {:.1} |",
                *files as f64 / seconds,
                megabytes / seconds
            );
        }
        println!("\nlongest: {:.1} s for {}\n", self.slowest.0, self.slowest.1);
        let states: Vec<&&str> = STATES
            .iter()
            .filter(|state| self.extensions.values().any(|row| row.contains_key(**state)))
            .collect();
        let names: Vec<String> = states.iter().map(|state| (**state).to_owned()).collect();
        println!("| extension | {} |\n|---{}|", names.join(" | "), "|--:".repeat(states.len()));
        for (extension, row) in &self.extensions {
            let count = |state: &&&str| row.get(**state).map_or(String::new(), usize::to_string);
            let counts: Vec<String> = states.iter().map(count).collect();
            println!("| {extension} | {} |", counts.join(" | "));
        }
    }
}

/// What follows the last dot of a name, where it can be an extension.
fn extension(path: &Path) -> String {
    const LONGEST: usize = 7;
    let end = path.extension().map(|end| end.to_string_lossy().to_lowercase());
    let is_one =
        |end: &String| end.len() <= LONGEST && end.bytes().all(|b| b.is_ascii_alphanumeric());
    end.filter(is_one).unwrap_or_else(|| "(none)".into())
}

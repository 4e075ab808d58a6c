//! Accuracy on translated sentences: does a sentence lie nearest to its own translation? Owns the
//! pair files and the report; the search is `nearest`'s.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use kenning_domain::{Embed, Role};
use serde::Serialize;

use super::embedder::Embedder;
use super::lines::each_line;
use super::nearest::{Matrix, nearest};
use super::{Options, Progress};

/// How often a sentence's nearest one on the other side is its own translation, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Accuracy {
    /// From the first column to the second.
    pub forward: f64,
    /// From the second column to the first.
    pub backward: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairReport {
    #[serde(flatten)]
    pub accuracy: Accuracy,
    pub rows: usize,
    /// Sentences of which the model could read only the beginning.
    pub truncated: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BitextReport {
    /// Over the pairs, each of which counts the same.
    pub mean: Accuracy,
    pub pairs: BTreeMap<String, PairReport>,
    pub tokens: usize,
    pub seconds: f64,
}

/// Measures every file of the folder that is named like `deu-eng.tsv`: two columns, a sentence and
/// its translation. Both sides are embedded as queries, since neither answers the other. Of two
/// sentences that are equally near, the one on the earlier line counts as the nearest.
pub fn bitext(
    model: &dyn Embed,
    dir: &Path,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<BitextReport> {
    ensure!(
        !options.by_language && options.half.is_none(),
        "a set of translations has no queries to take apart by language or by half"
    );
    let pairs = files(dir)?.iter().map(|path| Pair::read(path)).collect::<Result<Vec<_>>>()?;
    let total = pairs.iter().map(|pair| 2 * pair.rows.len()).sum();
    let start = Instant::now();
    let mut embedder = Embedder::new(model, options, total, progress);
    let mut reports = BTreeMap::new();
    for pair in &pairs {
        reports.insert(pair.name.clone(), pair.measure(&mut embedder, options)?);
    }
    let mean = |score: fn(&Accuracy) -> f64| -> f64 {
        reports.values().map(|report| score(&report.accuracy)).sum::<f64>() / reports.len() as f64
    };
    Ok(BitextReport {
        mean: Accuracy { forward: mean(|it| it.forward), backward: mean(|it| it.backward) },
        tokens: embedder.tokens,
        seconds: start.elapsed().as_secs_f64(),
        pairs: reports,
    })
}

/// The files that are named for a pair of languages, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    ensure!(folder.is_dir(), "{} is not a folder", folder.display());
    let mut files = Vec::new();
    let unreadable = || format!("{} cannot be listed", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if pair_name(&path).is_some() {
            files.push(path);
        }
    }
    files.sort();
    ensure!(
        !files.is_empty(),
        "{} holds no file named for two languages, such as deu-eng.tsv",
        folder.display()
    );
    Ok(files)
}

fn pair_name(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?.strip_suffix(".tsv")?;
    let (first, second) = name.split_once('-')?;
    let named = !first.is_empty() && !second.is_empty() && !first.starts_with('.');
    named.then_some(name)
}

struct Row {
    line: usize,
    first: String,
    second: String,
}

struct Pair {
    name: String,
    path: PathBuf,
    rows: Vec<Row>,
}

impl Pair {
    fn read(path: &Path) -> Result<Self> {
        let mut rows = Vec::new();
        let expected = "a sentence and its translation, with a tab between them";
        each_line(path, expected, |line, text| {
            let columns: Vec<&str> = text.split('\t').collect();
            let [first, second] = columns[..] else {
                bail!("the line has {} columns", columns.len());
            };
            ensure!(!first.trim().is_empty(), "the first column is empty");
            ensure!(!second.trim().is_empty(), "the second column is empty");
            rows.push(Row { line, first: first.to_owned(), second: second.to_owned() });
            Ok(())
        })?;
        ensure!(!rows.is_empty(), "{} is empty", path.display());
        let name = pair_name(path).unwrap_or_default().to_owned();
        Ok(Self { name, path: path.to_owned(), rows })
    }

    fn measure(&self, embedder: &mut Embedder<'_>, options: &Options) -> Result<PairReport> {
        let role = Role::Query { instruction: options.instruction.as_deref() };
        let first: Vec<&str> = self.rows.iter().map(|row| &*row.first).collect();
        let second: Vec<&str> = self.rows.iter().map(|row| &*row.second).collect();
        let place = |row: usize| format!("{}, line {}", self.path.display(), self.rows[row].line);
        let (first, first_cut) = embedder.embed(&self.name, &first, role, place)?;
        let (second, second_cut) = embedder.embed(&self.name, &second, role, place)?;
        let accuracy =
            Accuracy { forward: accuracy(&first, &second), backward: accuracy(&second, &first) };
        Ok(PairReport { accuracy, rows: self.rows.len(), truncated: first_cut + second_cut })
    }
}

fn accuracy(from: &Matrix, to: &Matrix) -> f64 {
    let found = nearest(to, from, 1);
    let right = found.iter().enumerate().filter(|(row, found)| found.first() == Some(row)).count();
    right as f64 / found.len() as f64
}

impl fmt::Display for BitextReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.pairs.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(4);
        writeln!(out, "{:width$}  {:>7}  {:>8}  {:>6}", "%", "forward", "backward", "rows")?;
        let mut line = |name: &str, accuracy: Accuracy, rows: usize| {
            let Accuracy { forward, backward } = accuracy;
            let (forward, backward) = (100.0 * forward, 100.0 * backward);
            writeln!(out, "{name:width$}  {forward:>7.1}  {backward:>8.1}  {rows:>6}")
        };
        line("mean", self.mean, self.pairs.values().map(|pair| pair.rows).sum())?;
        for (name, pair) in &self.pairs {
            line(name, pair.accuracy, pair.rows)?;
        }
        writeln!(out, "\n{} tokens in {:.1} s", self.tokens, self.seconds)?;
        let truncated: usize = self.pairs.values().map(|pair| pair.truncated).sum();
        if truncated > 0 {
            writeln!(out, "{truncated} sentences were longer than the model reads, and cut")?;
        }
        Ok(())
    }
}

//! Finds the files nearest to a query with `kenning embed` alone.
//!
//! It holds the place of `kenning index` and `kenning search` and goes away when they exist.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

pub type Vector = Vec<f64>;

/// The program.
pub struct Kenning {
    program: PathBuf,
}

impl Kenning {
    pub fn at(program: PathBuf) -> Self {
        Self { program }
    }

    /// One vector for each text.
    pub fn embed(&self, role: &str, texts: &[&str]) -> Result<Vec<Vector>> {
        let mut child = Command::new(&self.program)
            .args(["embed", "--json", "--truncate", "--as", role, "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} could not be started", self.program.display()))?;
        // One text a line. `kenning embed` answers after the last, so this cannot wait on itself.
        let mut stdin = child.stdin.take().context("kenning embed takes no input")?;
        for text in texts {
            let words: Vec<_> = text.split_whitespace().collect();
            writeln!(stdin, "{}", words.join(" ")).context("kenning embed stopped reading")?;
        }
        drop(stdin);
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "`kenning embed` failed; what it printed above says why");
        let answer: Value = serde_json::from_slice(&output.stdout)
            .context("`kenning embed --json` printed something that is not JSON")?;
        let vectors = vectors(&answer).context("`kenning embed --json` printed no vectors")?;
        ensure!(vectors.len() == texts.len(), "`kenning embed` gave too few vectors");
        Ok(vectors)
    }
}

fn vectors(answer: &Value) -> Option<Vec<Vector>> {
    let vector = |row: &Value| row.as_array()?.iter().map(Value::as_f64).collect();
    answer["vectors"].as_array()?.iter().map(vector).collect()
}

/// The places of the documents nearest to a query, the nearest first.
pub fn best(query: &[f64], documents: &[Vector], count: usize) -> Vec<usize> {
    let nearness = |document: &Vector| query.iter().zip(document).map(|(a, b)| a * b).sum();
    let mut all: Vec<(usize, f64)> = documents.iter().map(nearness).enumerate().collect();
    all.sort_by(|one, other| other.1.total_cmp(&one.1));
    all.into_iter().take(count).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_nearest_documents_come_first() {
        let documents = [vec![0.0, 1.0], vec![1.0, 0.0], vec![0.6, 0.8]];
        assert_eq!(super::best(&[1.0, 0.0], &documents, 2), [1, 2]);
    }
}

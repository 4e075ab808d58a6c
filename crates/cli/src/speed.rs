//! `kenning models speed`: tokens a second on this machine, by length of text.

use std::io::{self, Write};
use std::time::Instant;

use anyhow::{Result, ensure};
use kenning_domain::{CountTokens, Embed, ModelError, Overlong, Role};
use kenning_engine::Embedder;
use serde::Serialize;

use crate::arguments::{Global, Speed};
use crate::{opening, output};

#[derive(Serialize)]
struct Report {
    model: String,
    device: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    /// Of each text, as asked for; what was embedded differs by a token or two.
    tokens: usize,
    texts: usize,
    tokens_per_second: f64,
    /// For the whole run.
    milliseconds: f64,
}

pub fn run(global: &Global, command: &Speed) -> Result<()> {
    ensure!(
        command.runs > 0 && command.tokens.iter().all(|&tokens| tokens > 0),
        "--runs and --tokens must be at least 1"
    );
    let opened = opening::embedder(&command.choice)?;
    let most = opened.folder.manifest.max_tokens;
    ensure!(
        command.tokens.iter().all(|&tokens| tokens <= most),
        "{} reads at most {most} tokens at once: give --tokens up to that",
        opened.name()
    );
    let mut rows = Vec::new();
    for &tokens in &command.tokens {
        for texts in [(command.total / tokens).max(1), 1] {
            rows.push(measure(&opened.model, tokens, texts, command.runs)?);
        }
    }
    let report =
        Report { model: opened.name().to_owned(), device: opened.model.device().to_owned(), rows };
    if global.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{} on {}", report.model, report.device)?;
    writeln!(out, "{:>12} {:>6} {:>10} {:>10}", "tokens/text", "texts", "tokens/s", "ms")?;
    for row in report.rows {
        let Row { tokens, texts, tokens_per_second, milliseconds } = row;
        writeln!(out, "{tokens:>12} {texts:>6} {tokens_per_second:>10.0} {milliseconds:>10.1}")?;
    }
    Ok(())
}

/// The median of so many runs after one that is not counted.
fn measure(model: &Embedder, tokens: usize, texts: usize, runs: usize) -> Result<Row> {
    let texts =
        (0..texts).map(|seed| text(model, tokens, seed as u64)).collect::<Result<Vec<_>, _>>()?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let embed = || model.embed(&texts, Role::Document, None, Overlong::Refuse);
    let embedded = embed()?.tokens;
    let mut seconds = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        embed()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let median = (seconds[(runs - 1) / 2] + seconds[runs / 2]) / 2.0;
    Ok(Row {
        tokens,
        texts: texts.len(),
        tokens_per_second: embedded as f64 / median,
        milliseconds: median * 1e3,
    })
}

/// Made-up words of about so many tokens, templates included; different for each seed.
fn text(model: &Embedder, tokens: usize, seed: u64) -> Result<String, ModelError> {
    const ADDED_BY_TEMPLATES: usize = 5;
    let wanted = tokens.saturating_sub(ADDED_BY_TEMPLATES).max(1);
    let mut words = Words(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut text = words.take(1);
    loop {
        let missing = wanted.saturating_sub(model.count_tokens(&text)?);
        if missing == 0 {
            return Ok(text);
        }
        // A word has at most six tokens, so this never goes far beyond what is wanted.
        text.push_str(&words.take((missing / 6).max(1)));
    }
}

/// Words without an end, by a small random generator.
struct Words(u64);

impl Words {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as usize
    }

    fn take(&mut self, count: usize) -> String {
        const SYLLABLES: [&str; 16] = [
            "ka", "lo", "mi", "ren", "ta", "sol", "ve", "ni", "dor", "pa", "ku", "the", "an", "ri",
            "us", "ma",
        ];
        let mut text = String::new();
        for _ in 0..count {
            for _ in 0..1 + self.next() % 3 {
                text.push_str(SYLLABLES[self.next() % SYLLABLES.len()]);
            }
            text.push(' ');
        }
        text
    }
}

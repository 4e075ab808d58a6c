//! `kenning models speed`: tokens a second on this machine, by length of text.

use std::io::{self, Write};
use std::time::Instant;

use anyhow::{Result, ensure};
use kenning_domain::{CountTokens, Embed, ModelError, Overlong, Role};
use kenning_engine::{Embedder, Models};
use serde::Serialize;

use crate::arguments::{Global, Speed};
use crate::output;

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

pub fn run(global: &Global, models: &Models, command: &Speed) -> Result<()> {
    ensure!(
        command.runs > 0 && command.tokens.iter().all(|&tokens| tokens > 0),
        "runs and tokens must be at least 1"
    );
    let opened = models.embedder(command.name.as_deref(), global.preference())?;
    output::notice_fallback(&opened.selected);
    let mut rows = Vec::new();
    for &tokens in &command.tokens {
        for texts in [(command.total / tokens).max(1), 1] {
            rows.push(measure(&opened.model, tokens, texts, command.runs)?);
        }
    }
    let report = Report { model: opened.name, device: opened.model.device().to_owned(), rows };
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
    let embed = || model.embed(&texts, Role::Document, None, Overlong::Truncate);
    let embedded = embed()?.tokens;
    let mut seconds = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        embed()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let median = seconds[runs / 2];
    Ok(Row {
        tokens,
        texts: texts.len(),
        tokens_per_second: embedded as f64 / median,
        milliseconds: median * 1e3,
    })
}

/// Made-up words up to about so many tokens, templates included; different for each seed.
fn text(model: &Embedder, tokens: usize, seed: u64) -> Result<String, ModelError> {
    const SYLLABLES: [&str; 16] = [
        "ka", "lo", "mi", "ren", "ta", "sol", "ve", "ni", "dor", "pa", "ku", "the", "an", "ri",
        "us", "ma",
    ];
    const ADDED_BY_TEMPLATES: usize = 5;
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as usize
    };
    let wanted = tokens.saturating_sub(ADDED_BY_TEMPLATES).max(1);
    let mut text = String::new();
    while model.count_tokens(&text)? < wanted {
        for _ in 0..1 + next() % 3 {
            text.push_str(SYLLABLES[next() % SYLLABLES.len()]);
        }
        text.push(' ');
    }
    Ok(text)
}

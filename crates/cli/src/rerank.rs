//! `kenning rerank`.

use std::io::{self, Write};

use anyhow::Result;
use kenning_domain::{Overlong, Rerank as _};
use serde::Serialize;

use crate::arguments::{Global, Rerank};
use crate::input::Texts;
use crate::{opening, output};

#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    tokens: usize,
    /// In the order the documents were given.
    scores: &'a [f32],
    truncated: Vec<output::Cut>,
}

pub fn run(global: &Global, command: &Rerank) -> Result<()> {
    let documents = Texts::read(&command.documents)?;
    let opened = opening::reranker(&command.choice)?;
    let overlong = if command.truncate { Overlong::Truncate } else { Overlong::Refuse };
    let (texts, instruction) = (documents.as_slices(), command.instruct.as_deref());
    let answer = opened.model.rerank(&command.query, &texts, instruction, overlong);
    let answer = answer.map_err(|error| documents.explain(error))?;
    output::notice_truncated(&answer.truncated);
    if global.json {
        let truncated = answer.truncated.iter().map(Into::into).collect();
        return output::json(&Report {
            model: opened.name(),
            tokens: answer.tokens,
            scores: &answer.scores,
            truncated,
        });
    }
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by(|&a, &b| answer.scores[b].total_cmp(&answer.scores[a]).then(a.cmp(&b)));
    let mut out = io::stdout().lock();
    for index in order {
        writeln!(out, "{:.4}  {}", answer.scores[index], first_line(texts[index]))?;
    }
    Ok(())
}

fn first_line(text: &str) -> String {
    const SHOWN: usize = 100;
    let line = text.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

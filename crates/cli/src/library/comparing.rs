//! `kenning models compare`: two models on the library's own documents.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Result, bail};
use kenning_domain::Cancel;
use kenning_engine::{Comparison, Models, compare as compared};
use serde::Serialize;

use super::switching::model;
use super::to_read;
use crate::arguments::{Compare, Global};
use crate::line::Line;
use crate::{output, terminal};

#[derive(Serialize)]
struct Told<'a> {
    questions: usize,
    documents: usize,
    passages: usize,
    models: Vec<OneTold<'a>>,
    is_clear: bool,
}

#[derive(Serialize)]
struct OneTold<'a> {
    model: &'a str,
    found_first: usize,
    found_among_ten: usize,
    mean_reciprocal_rank: f64,
    passages_per_second: f64,
    milliseconds_per_question: f64,
}

pub fn compare(global: &Global, shelf: &Models, command: &Compare) -> Result<()> {
    let preference = command.device.preference();
    let one = model(shelf, &command.one, preference)?;
    let other = model(shelf, &command.other, preference)?;
    if one.definition == other.definition {
        bail!("{} and {} are the same model", command.one, command.other);
    }
    if !(command.seconds.is_finite() && command.seconds > 0.0) {
        bail!("--seconds takes a number above nothing");
    }
    let time = Duration::from_secs_f64(command.seconds.min(1e6));
    let mut truth = to_read()?.searcher()?.truth;
    let mut line = Line::new(global.json);
    line.show("choosing headings to ask for …", None);
    let found = compared([&one, &other], &mut truth, time, &Cancel::default(), &mut |done| {
        line.show("reading with both models", Some(f64::from(done)));
    });
    line.clear();
    let found = found?;
    if global.json { output::json(&told(&found)) } else { print(&found) }
}

fn told(found: &Comparison) -> Told<'_> {
    let models = found.models.iter().map(|model| OneTold {
        model: &model.name,
        found_first: model.first,
        found_among_ten: model.among_ten,
        mean_reciprocal_rank: model.reciprocal_rank,
        passages_per_second: model.passages_per_second,
        milliseconds_per_question: model.question.as_secs_f64() * 1000.0,
    });
    let Comparison { questions, documents, passages, is_clear, .. } = *found;
    Told { questions, documents, passages, models: models.collect(), is_clear }
}

fn print(found: &Comparison) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} made of what stands above {} of {}; by meaning alone:",
        terminal::counted(found.questions as u64, "question"),
        terminal::counted(found.passages as u64, "passage"),
        terminal::counted(found.documents as u64, "document"),
    )?;
    let widest = found.models.iter().map(|model| model.name.chars().count()).max().unwrap_or(0);
    writeln!(
        out,
        "{:widest$}  {:>11}  {:>12}  {:>10}  {:>10}",
        "", "found first", "in first ten", "passages/s", "a question"
    )?;
    for model in &found.models {
        let question = format!("{:.0} ms", model.question.as_secs_f64() * 1000.0);
        let name = terminal::clean(&model.name);
        let (first, ten) = (model.first, model.among_ten);
        let speed = model.passages_per_second;
        writeln!(out, "{name:widest$}  {first:>11}  {ten:>12}  {speed:>10.1}  {question:>10}")?;
    }
    let [one, other] = &found.models;
    let better = if one.reciprocal_rank >= other.reciprocal_rank { one } else { other };
    match found.is_clear {
        true => writeln!(out, "{} finds them better.", terminal::clean(&better.name))?,
        false => writeln!(out, "The difference may be chance.")?,
    }
    Ok(())
}

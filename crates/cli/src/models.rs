//! `kenning models` and `kenning devices`.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use kenning_engine::{Device, ModelFolder, Models as Shelf};
use serde::Serialize;

use crate::arguments::{Calibrate, Global, Models};
use crate::{carrying, getting, library, opening, output, speed};

#[derive(Serialize)]
struct Card {
    name: String,
    path: String,
    built_in: bool,
    family: &'static str,
    task: &'static str,
    dimensions: Option<usize>,
    max_tokens: usize,
    pooling: Option<&'static str>,
    matryoshka: Option<bool>,
    takes_instruction: bool,
    languages: Option<usize>,
    licence: String,
    origin: String,
    summary: String,
    bytes: u64,
}

/// A folder among the models that is none, and why.
#[derive(Serialize)]
struct Unusable {
    path: String,
    reason: String,
}

/// A model whose fetching was begun.
#[derive(Serialize)]
struct Begun {
    name: String,
    bytes: u64,
    done: u64,
}

#[derive(Serialize)]
struct List {
    models: Vec<Card>,
    begun: Vec<Begun>,
    unusable: Vec<Unusable>,
}

pub fn run(global: &Global, command: &Models) -> Result<()> {
    let shelf = opening::models();
    match command {
        Models::List => list(global, &shelf),
        Models::Catalogue => getting::offers(global, &shelf),
        Models::Get(command) => getting::get(global, command),
        Models::Verify(command) => getting::verify(global, &shelf, command),
        Models::Forget(command) => getting::forget(command),
        Models::Export(command) => carrying::export(global, &shelf, command),
        Models::Import(command) => carrying::import(global, command),
        Models::Compare(command) => library::compare(global, &shelf, command),
        Models::Hub(command) => getting::hub(global, command),
        Models::Use(command) => library::use_model(global, &shelf, command),
        Models::Undo(command) => library::undo(global, &shelf, command),
        Models::Show { name } => {
            let folder = shelf.find(name)?;
            show(global, &card(&folder, is_built_in(&shelf, &folder))?)
        }
        Models::Speed(command) => speed::run(global, command),
        Models::Calibrate(command) => calibrate(&shelf, command),
    }
}

fn calibrate(shelf: &Shelf, command: &Calibrate) -> Result<()> {
    let opened = shelf.embedder(Some(&command.name), command.device.preference())?;
    output::notice_fallback(&opened.selected);
    if command.to.is_none() && !command.again && opened.is_calibrated() {
        return Ok(());
    }
    let file = command.to.clone().unwrap_or_else(|| opened.calibration_file());
    let mut line = output::ProgressLine::new();
    opened.calibrate(&file, &mut |done, total| {
        line.show(done, total, "languages");
        true
    })?;
    writeln!(io::stdout().lock(), "{}", file.display())?;
    Ok(())
}

fn list(global: &Global, shelf: &Shelf) -> Result<()> {
    let begun = getting::begun().into_iter().map(|begun| Begun {
        name: begun.plan.manifest.name.clone(),
        bytes: begun.plan.bytes(),
        done: begun.done,
    });
    let mut list = List { models: Vec::new(), begun: begun.collect(), unusable: Vec::new() };
    for found in shelf.list() {
        match found.folder.and_then(|folder| card(&folder, found.built_in)) {
            Ok(card) => list.models.push(card),
            Err(error) => {
                list.unusable.push(Unusable {
                    path: found.path.display().to_string(),
                    reason: error.to_string(),
                });
            }
        }
    }
    if global.json {
        return output::json(&list);
    }
    let mut out = io::stdout().lock();
    if list.models.is_empty() {
        writeln!(out, "There is no model yet: `cargo xtask model` makes the built-in one.")?;
    }
    for card in &list.models {
        let place = if card.built_in { "built in" } else { "installed" };
        let size = card.bytes as f64 / 1e6;
        writeln!(
            out,
            "{:<32} {:<7} {place:<9} {size:>8.0} MB  {:<12} {}",
            card.name, card.task, card.licence, card.path
        )?;
    }
    for Begun { name, bytes, done } in &list.begun {
        let megabytes = |bytes: u64| bytes / 1_000_000;
        let (done, bytes) = (megabytes(*done), megabytes(*bytes));
        writeln!(
            out,
            "{name:<32} {done} of {bytes} MB fetched: `kenning models get {name}` goes on"
        )?;
    }
    for folder in &list.unusable {
        output::notice(&folder.reason);
    }
    Ok(())
}

fn show(global: &Global, card: &Card) -> Result<()> {
    if global.json {
        return output::json(card);
    }
    let mut out = io::stdout().lock();
    let yes = |yes: bool, no: &str| if yes { "yes" } else { no }.to_owned();
    let rows = [
        ("name", Some(card.name.clone())),
        ("does", Some(card.task.into())),
        ("when to take it", Some(card.summary.clone())),
        ("family", Some(card.family.into())),
        ("dimensions", card.dimensions.map(|count| count.to_string())),
        ("can be shortened", card.matryoshka.map(|can| yes(can, "at a cost"))),
        ("reads at most", Some(format!("{} tokens", card.max_tokens))),
        ("pooling", card.pooling.map(Into::into)),
        ("takes instruction", Some(yes(card.takes_instruction, "no"))),
        ("languages", card.languages.map(|count| count.to_string())),
        ("licence", Some(card.licence.clone())),
        ("from", Some(card.origin.clone())),
        ("folder", Some(card.path.clone())),
        ("size", Some(format!("{:.0} MB", card.bytes as f64 / 1e6))),
    ];
    let known = rows.into_iter().filter_map(|(name, value)| Some((name, value?)));
    for (name, value) in known.filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{name:<17} {value}")?;
    }
    Ok(())
}

fn is_built_in(shelf: &Shelf, folder: &ModelFolder) -> bool {
    let same = |path: &Path| path.canonicalize().ok() == folder.path.canonicalize().ok();
    shelf.list().iter().any(|found| found.built_in && same(&found.path))
}

fn card(folder: &ModelFolder, built_in: bool) -> Result<Card, kenning_engine::LoadError> {
    let manifest = &folder.manifest;
    let embed = manifest.embed.as_ref();
    Ok(Card {
        name: manifest.name.clone(),
        path: folder.path.display().to_string(),
        built_in,
        family: manifest.family.name(),
        task: manifest.task.verb(),
        dimensions: if embed.is_some() { Some(folder.dimensions()?) } else { None },
        max_tokens: manifest.max_tokens,
        pooling: embed.map(|embed| embed.pooling.name()),
        matryoshka: embed.map(|embed| embed.matryoshka),
        takes_instruction: embed.is_some_and(|embed| embed.instruction.is_some())
            || manifest.rerank.is_some(),
        languages: manifest.languages,
        licence: manifest.licence.clone(),
        origin: manifest.origin.clone(),
        summary: manifest.summary.clone(),
        bytes: folder.size(),
    })
}

#[derive(Serialize)]
struct DeviceReport {
    device: String,
    works: bool,
    reason: Option<String>,
}

pub fn devices(global: &Global) -> Result<()> {
    let test = |device: Device| {
        let result = device.self_test();
        let reason = result.as_ref().err().map(ToString::to_string);
        DeviceReport { device: device.to_string(), works: result.is_ok(), reason }
    };
    let reports: Vec<DeviceReport> = Device::built_in().into_iter().map(test).collect();
    if global.json {
        return output::json(&reports);
    }
    let mut out = io::stdout().lock();
    for report in reports {
        let verdict = report
            .reason
            .unwrap_or_else(|| "computes a tiny known network as the reference does".into());
        writeln!(out, "{:<16} {verdict}", report.device)?;
    }
    Ok(())
}

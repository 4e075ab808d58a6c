//! `kenning eval`: opens the model, shows how far it is, prints the report.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use kenning_domain::{Embed, Rerank};
use kenning_engine::answer::{Pipeline, Tuning};
use kenning_engine::{Access, Embedder, Home, Library, Opened, Portions};
use serde::Serialize;
use tempfile::TempDir;

use crate::arguments::{Eval, EvalProduct, EvalRetrieval, EvalSet, Global, PipelineName};
use crate::eval::product::{self, Place, ProductReport};
use crate::eval::{self, Options, Progress};
use crate::output::ProgressLine;
use crate::{opening, output};

/// A report and what it was made with.
#[derive(Serialize)]
struct Run<'a, R> {
    model: &'a str,
    dimensions: usize,
    #[serde(flatten)]
    report: R,
}

pub fn run(global: &Global, command: &Eval) -> Result<()> {
    match command {
        Eval::Bitext(set) => {
            let opened = opening::embedder(&set.choice)?;
            let report =
                eval::bitext(&opened.model, &set.folder, &options(set), &mut show_progress())?;
            print(global, set, &opened, report)
        }
        Eval::Retrieval(command) if command.pipeline.is_some() => product(global, command),
        Eval::Retrieval(EvalRetrieval { set, by_language, half, .. }) => {
            let opened = opening::embedder(&set.choice)?;
            let options = Options { by_language: *by_language, half: *half, ..options(set) };
            let report =
                eval::retrieval(&opened.model, &set.folder, &options, &mut show_progress())?;
            print(global, set, &opened, report)
        }
    }
}

fn options(set: &EvalSet) -> Options {
    Options { instruction: set.instruct.clone(), dimensions: set.dims, ..Options::default() }
}

fn show_progress() -> impl FnMut(Progress<'_>) {
    let mut line = ProgressLine::new();
    move |Progress { what, done, total }| line.show(done, total, &format!("texts ({what})"))
}

fn print(
    global: &Global,
    set: &EvalSet,
    opened: &Opened<Embedder>,
    report: impl Serialize + Display,
) -> Result<()> {
    let (model, dimensions) = (opened.name(), set.dims.unwrap_or(opened.model.dimensions()));
    if global.json {
        return output::json(&Run { model, dimensions, report });
    }
    write!(io::stdout().lock(), "{model}, {dimensions} dimensions\n{report}")?;
    Ok(())
}

/// Where the library of a measurement lies.
struct Ground {
    folder: PathBuf,
    /// Removed when it is over.
    _temporary: Option<TempDir>,
}

impl Ground {
    fn of(command: &EvalProduct) -> Result<Self> {
        if let Some(folder) = &command.library {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            return Ok(Self { folder: folder.canonicalize()?, _temporary: None });
        }
        let temporary = tempfile::Builder::new().prefix("kenning-eval-").tempdir()?;
        Ok(Self { folder: temporary.path().canonicalize()?, _temporary: Some(temporary) })
    }
}

fn product(global: &Global, command: &EvalRetrieval) -> Result<()> {
    let EvalRetrieval { set, product: how, .. } = command;
    let options = product_options(command)?;
    let reranker = match options.pipeline {
        Pipeline::Reranked => {
            Some(opening::models().reranker(how.reranker.as_deref(), set.choice.preference())?)
        }
        _ => None,
    };
    let ground = Ground::of(how)?;
    let [data, documents, remembered] =
        ["data", "documents", "queries.bin"].map(|name| ground.folder.join(name));
    std::fs::create_dir_all(&documents)?;
    let library = Library::open(
        &Home::at(data),
        &opening::models(),
        kenning_engine::Options {
            access: Access::Write,
            model: set.choice.model.clone(),
            device: set.choice.preference(),
            ..kenning_engine::Options::default()
        },
    )?;
    let mut line = ProgressLine::new();
    let place = Place {
        library: &library,
        documents: &documents,
        remembered: how.library.is_some().then_some(remembered.as_path()),
        rerank: reranker.as_ref().map(|opened| &opened.model as &dyn Rerank),
    };
    let mut progress = |done, total| line.show(done, total, "queries");
    let report = eval::product(&place, &set.folder, &options, &mut progress)?;
    library.stop();
    print_product(global, report)
}

fn product_options(command: &EvalRetrieval) -> Result<product::Options> {
    let how = &command.product;
    let shipped = Portions::default();
    Ok(product::Options {
        pipeline: command.pipeline.map_or(Pipeline::Hybrid, PipelineName::pipeline),
        by_language: command.by_language,
        half: command.half,
        tuning: Tuning {
            alpha: how.alpha,
            power: how.no_coverage_gate.then_some(1.0),
            ..Tuning::default()
        },
        portions: Portions {
            strength: how.strength.unwrap_or(shipped.strength),
            common: how.common.unwrap_or(shipped.common),
        },
        refines: !how.no_library_means,
        with_titles: !how.no_titles,
        depth: match how.depth {
            Some(depth) => depth,
            None => product::depth(&command.set.folder)?,
        },
    })
}

fn print_product(global: &Global, report: ProductReport) -> Result<()> {
    if global.json {
        return output::json(&report);
    }
    write!(io::stdout().lock(), "{report}")?;
    Ok(())
}

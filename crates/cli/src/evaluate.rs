//! `kenning eval`: opens the model, shows how far it is, prints the report.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anyhow::Result;
use kenning_domain::Embed;
use kenning_engine::{Embedder, Opened};
use serde::Serialize;

use crate::arguments::{Eval, EvalRetrieval, EvalSet, Global};
use crate::eval::{self, Options, Progress};
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
        Eval::Retrieval(EvalRetrieval { set, by_language, half }) => {
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

/// Progress on one line that is written over, where somebody can see it.
fn show_progress() -> impl FnMut(Progress<'_>) {
    let shown = io::stderr().is_terminal();
    move |Progress { what, done, total }| {
        if shown {
            eprint!("\r{done} of {total} texts ({what})\x1b[K");
        }
        if shown && done == total {
            eprintln!();
        }
    }
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

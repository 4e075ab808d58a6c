//! `kenning eval`: opens the model, shows how far it is, prints the report.
#![allow(clippy::print_stderr, reason = "progress goes to a terminal, beside the results")]

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anyhow::Result;
use kenning_engine::{Embedder, Home, Models};
use serde::Serialize;

use crate::arguments::{Eval, EvalArguments, Global};
use crate::eval::{self, Options, Progress};
use crate::output;

pub fn run(global: &Global, command: &Eval) -> Result<()> {
    match command {
        Eval::Bitext(arguments) => {
            let model = open(global, arguments)?;
            let report =
                eval::bitext(&model, &arguments.folder, &options(arguments), &mut show_progress());
            print(global, &report?)
        }
        Eval::Retrieval(arguments) => {
            let model = open(global, arguments)?;
            let report = eval::retrieval(
                &model,
                &arguments.folder,
                &options(arguments),
                &mut show_progress(),
            );
            print(global, &report?)
        }
    }
}

fn open(global: &Global, arguments: &EvalArguments) -> Result<Embedder> {
    let models = Models::discover(&Home::discover());
    let opened = models.embedder(arguments.model.as_deref(), global.preference())?;
    output::notice_fallback(&opened.selected);
    Ok(opened.model)
}

fn options(arguments: &EvalArguments) -> Options {
    Options {
        instruction: arguments.instruct.clone(),
        dimensions: arguments.dims,
        by_language: arguments.by_language,
        half: arguments.half,
    }
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

fn print(global: &Global, report: &(impl Serialize + Display)) -> Result<()> {
    if global.json {
        return output::json(report);
    }
    writeln!(io::stdout().lock(), "{report}")?;
    Ok(())
}

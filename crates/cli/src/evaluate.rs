//! `kenning eval`: opens the model, shows how far it is, prints the report.
#![allow(clippy::print_stderr, reason = "progress goes to a terminal, beside the results")]

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anyhow::Result;
use kenning_engine::{Embedder, Home, Models};
use serde::Serialize;

use crate::arguments::{Eval, EvalRetrieval, EvalSet, Global};
use crate::eval::{self, Options, Progress};
use crate::output;

pub fn run(global: &Global, command: &Eval) -> Result<()> {
    match command {
        Eval::Bitext(set) => {
            let model = open(global, set)?;
            let report = eval::bitext(&model, &set.folder, &options(set), &mut show_progress());
            print(global, &report?)
        }
        Eval::Retrieval(EvalRetrieval { set, by_language, half }) => {
            let model = open(global, set)?;
            let options = Options { by_language: *by_language, half: *half, ..options(set) };
            let report = eval::retrieval(&model, &set.folder, &options, &mut show_progress());
            print(global, &report?)
        }
    }
}

fn open(global: &Global, set: &EvalSet) -> Result<Embedder> {
    let models = Models::discover(&Home::discover());
    let opened = models.embedder(set.model.as_deref(), global.preference())?;
    output::notice_fallback(&opened.selected);
    Ok(opened.model)
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

fn print(global: &Global, report: &(impl Serialize + Display)) -> Result<()> {
    if global.json {
        return output::json(report);
    }
    writeln!(io::stdout().lock(), "{report}")?;
    Ok(())
}

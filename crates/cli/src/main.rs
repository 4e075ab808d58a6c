//! `kenning`: the engine in a terminal.
//!
//! Owns argument parsing and what is printed. Everything else is the engine's.
//!
//! Exit codes: 0 done, 1 failed (the reason is on standard error), 2 wrong arguments, 3
//! nothing found.

mod arguments;
mod carrying;
mod embed;
mod eval;
mod evaluate;
mod extract;
mod getting;
mod here;
mod input;
mod library;
mod line;
mod models;
mod opening;
mod output;
mod pages;
mod rerank;
mod scan;
mod search;
mod speed;
mod terminal;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;
use output::Outcome;

const NOTHING_FOUND: u8 = 3;

fn main() -> ExitCode {
    // Before anything else: a worker must not have opened files or started threads.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == kenning_engine::WORKER_ARGUMENT)
    {
        kenning_engine::run_as_worker();
    }
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NothingFound) => ExitCode::from(NOTHING_FOUND),
        // Whoever read the output has seen enough.
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::notice(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let global = &arguments.global;
    let done = match &arguments.command {
        Command::Search(command) => return search::run(global, command),
        Command::Similar(command) => return search::similar(global, command),
        Command::Add(command) => library::add(global, command),
        Command::Remove(command) => library::remove(global, command),
        Command::List => library::list(global),
        Command::Index(command) => library::index(global, command),
        Command::Watch(command) => library::watch(global, command),
        Command::Status(command) => library::status(global, command),
        Command::Embed(command) => embed::run(global, command),
        Command::Extract(command) => extract::run(global, command),
        Command::Scan(command) => scan::run(global, command),
        Command::Rerank(command) => rerank::run(global, command),
        Command::Models { command } => models::run(global, command),
        Command::Devices => models::devices(global),
        Command::Eval { command } => evaluate::run(global, command),
        Command::Completions { shell } => pages::completions(*shell),
        Command::Man { command } => pages::manual(command.as_deref()),
    };
    done.map(|()| Outcome::Done)
}

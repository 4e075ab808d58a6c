//! `kenning`: the engine in a terminal.
//!
//! Owns argument parsing and what is printed. Everything else is the engine's.
//!
//! Exit codes: 0 done, 1 failed (the reason is on standard error), 2 wrong arguments.

mod arguments;
mod embed;
mod eval;
mod evaluate;
mod extract;
mod input;
mod models;
mod opening;
mod output;
mod rerank;
mod scan;
mod speed;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;

fn main() -> ExitCode {
    // Before anything else: a worker must not have opened files or started threads.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == kenning_engine::WORKER_ARGUMENT)
    {
        kenning_engine::run_as_worker();
    }
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Embed(command) => embed::run(&arguments.global, command),
        Command::Extract(command) => extract::run(&arguments.global, command),
        Command::Scan(command) => scan::run(&arguments.global, command),
        Command::Rerank(command) => rerank::run(&arguments.global, command),
        Command::Models { command } => models::run(&arguments.global, command),
        Command::Devices => models::devices(&arguments.global),
        Command::Eval { command } => evaluate::run(&arguments.global, command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough.
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::notice(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

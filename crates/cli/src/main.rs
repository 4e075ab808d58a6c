//! `kenning`: the engine in a terminal.
//!
//! Owns argument parsing and what is printed. Everything else is the engine's.
//!
//! Exit codes: 0 done, 1 failed (the reason is on standard error), 2 wrong arguments.

mod arguments;
mod embed;
mod eval;
mod evaluate;
mod input;
mod models;
mod opening;
mod output;
mod rerank;
mod speed;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Embed(command) => embed::run(&arguments.global, command),
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

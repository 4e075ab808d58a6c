//! `cargo xtask run | test | model | evaluate | formats | hostile | fuzz | crash | soak | bench`: everything a person does with this repository, each one command.
//!
//! Owns set-up, the test run, the making of the built-in model and the benchmarks. Knows the program only as a
//! command to build and start, never as a library, so that it is ready before the program compiles.

// A tool for the terminal: printing is what it is for.
#![allow(clippy::print_stdout)]

mod bench;
mod bindings;
mod bundle;
mod digest;
mod documentation;
mod evaluate;
mod fetched;
mod files;
mod fire;
mod formats;
mod fuzz;
mod hostile;
mod icons;
mod interface;
mod licences;
mod model;
mod ranking;
mod sample;
mod set_up;
mod spdx;
mod terminal;
mod tests_run;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::bench::Bench;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up, tests and the built-in model of Kenning")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, make the built-in model, build Kenning and try it on a folder.
    Run {
        /// The folder to search; without one, a sample folder is written.
        folder: Option<PathBuf>,
        /// What to look for; without it you are asked.
        #[arg(long)]
        query: Option<String>,
    },
    /// Run every check there is, in the order in which they fail fastest.
    Test,
    /// Make the built-in model and measure it, unless that is done already.
    Model {
        /// Make it from its makers' repository, into this folder, by this program that fetches it.
        #[arg(long, num_args = 2, value_names = ["FOLDER", "PROGRAM"])]
        of_repository: Option<Vec<PathBuf>>,
    },
    /// Take the pictures in docs/screenshots.
    Screenshots,
    /// Write the TypeScript of the contract between the engine and the interface.
    Bindings,
    /// Build the window and open it.
    Window,
    /// Make the installer for this system.
    Bundle {
        /// On Linux as root: install it in a Debian made for this, use it, and remove it.
        #[arg(long)]
        try_out: bool,
    },
    /// Draw the program's icon in every size, from icons/kenning.svg.
    Icons,
    /// Measure how well a model finds, on a folder of public sets.
    Evaluate {
        folder: PathBuf,
        /// Another model than the built-in one: a name, or a path to its folder.
        #[arg(long)]
        model: Option<String>,
    },
    /// Read damaged copies, of the files that the tests make or of those in a folder, and say what
    /// came of them.
    Hostile {
        #[arg(default_value_t = 20_000)]
        copies: usize,
        folder: Option<PathBuf>,
    },
    /// Kill a library at random instants, and at every named point, while its folder changes, and
    /// hold what it does next against the disk; for docs/RELIABILITY.md.
    Crash {
        #[arg(default_value_t = 300)]
        kills: usize,
        /// The same number does the same, as far as the clock lets it.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Kill a download again and again, and count what was sent; for docs/RELIABILITY.md.
    Interrupt {
        #[arg(default_value_t = 100)]
        kills: usize,
    },
    /// Search a library without a pause while its folder changes without end, and watch what it holds;
    /// for docs/RELIABILITY.md.
    Soak {
        #[arg(default_value_t = 30.0)]
        minutes: f64,
        /// About how many files there are.
        #[arg(long, default_value_t = 3000)]
        files: usize,
    },
    /// Read folders of files and say what came of them, for the tables in docs/FORMATS.md.
    Formats {
        /// The folder; without one, Debian's manuals are fetched and read.
        folder: Option<PathBuf>,
    },
    /// Measure, for the tables in docs/PERFORMANCE.md.
    Bench {
        #[command(subcommand)]
        bench: Bench,
    },
    /// Feed every reader with what no one would write, and say what it did not come through.
    Fuzz {
        /// How long, for all targets together.
        #[arg(default_value_t = 3600)]
        seconds: u64,
        /// Only these targets.
        only: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        // Not handed to the runtime, which would print a backtrace where those are switched on.
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Run { folder, query } => terminal::run(&workspace, folder, query),
        Task::Test => tests_run::run(&workspace),
        Task::Model { of_repository: Some(paths) } => {
            model::make_of_repository(&workspace, &paths[1], &paths[0])
        }
        Task::Model { of_repository: None } => model::make_and_calibrate(&workspace),
        Task::Evaluate { folder, model } => evaluate::run(&workspace, &folder, model.as_deref()),
        Task::Screenshots => interface::screenshots(&workspace),
        Task::Bindings => bindings::write(&workspace),
        Task::Window => interface::open(&workspace),
        Task::Bundle { try_out: true } => bundle::try_out(&workspace),
        Task::Bundle { try_out: false } => bundle::make(&workspace).map(drop),
        Task::Icons => icons::make(&workspace),
        Task::Formats { folder } => formats::run(&workspace, folder),
        Task::Hostile { copies, folder } => hostile::run(&workspace, copies, folder.as_deref()),
        Task::Crash { kills, seed } => {
            fire::run(&workspace, &["crash", &kills.to_string(), &seed.to_string()])
        }
        Task::Interrupt { kills } => fire::interrupt(&workspace, kills),
        Task::Soak { minutes, files } => {
            fire::run(&workspace, &["soak", &minutes.to_string(), &files.to_string()])
        }
        Task::Bench { bench } => bench::run(&workspace, &bench),
        Task::Fuzz { seconds, only } => fuzz::run(&workspace, seconds, &only),
    }
}

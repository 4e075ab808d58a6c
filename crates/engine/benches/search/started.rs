//! How long the program itself takes from its start to its answer.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use kenning_engine::Home;

use crate::Outcome;
use crate::measured::Times;
use crate::text::{Chance, TONGUES};

const ROUNDS: usize = 9;

pub fn table(program: &Path, home: &Home) -> Outcome<()> {
    println!("\n| from its start to its end | p50 ms | p95 ms |\n|---|---|---|");
    for (name, flags) in [
        ("`kenning --version`", &["--version"][..]),
        ("`kenning search --json --pipeline words`", &["search", "--json", "--pipeline", "words"]),
        ("`kenning search --json`", &["search", "--json"]),
    ] {
        let mut times = Times::default();
        for round in 0..ROUNDS {
            let question = Chance::new(round as u64).words(&TONGUES[round % 4], round, 3);
            let mut command = Command::new(program);
            command.args(flags).env("KENNING_HOME", home.data());
            if flags.len() > 1 {
                command.arg(question);
            }
            let started = Instant::now();
            command.stdout(Stdio::null()).status()?;
            times.push(started.elapsed());
        }
        println!("| {name} | {:.0} | {:.0} |", times.at(0.5), times.at(0.95));
    }
    Ok(())
}

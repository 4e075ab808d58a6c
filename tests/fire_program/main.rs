//! A library under fire as a program: the keeper that is killed, the crash test and the soak in their
//! long forms.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what is measured is printed, and what cannot go on has failed"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use kenning_engine::{WORKER_ARGUMENT, run_as_worker};
use kenning_tests::fire::{Crash, KEEPER, Soak, be_a_keeper, crash, soak};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [WORKER_ARGUMENT] => run_as_worker(),
        [KEEPER, ..] => {
            be_a_keeper(&arguments[1..]);
            ExitCode::SUCCESS
        }
        ["crash", kills, seed] => {
            ending(&long_crash(kills.parse().unwrap(), seed.parse().unwrap()))
        }
        ["soak", minutes, files] => {
            ending(&long_soak(minutes.parse().unwrap(), files.parse().unwrap()))
        }
        other => panic!("{other:?} is nothing that this program does"),
    }
}

fn ending(wrong: &[String]) -> ExitCode {
    wrong.iter().for_each(|wrong| println!("{wrong}"));
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Kept where something was wrong, to be looked into.
fn place(name: &str) -> PathBuf {
    let place = std::env::temp_dir().join(format!("kenning-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&place).unwrap();
    place
}

fn end(place: &PathBuf, wrong: &[String]) {
    if wrong.is_empty() {
        std::fs::remove_dir_all(place).unwrap();
    } else {
        println!("what is left of it lies in {}", place.display());
    }
}

fn long_crash(kills: usize, seed: u64) -> Vec<String> {
    let root = place("crash");
    let plan = Crash {
        program: std::env::current_exe().unwrap(),
        root: root.clone(),
        seed,
        files: 120,
        kills,
        kills_between_checks: 3,
        passings: vec![1, 2, 3, 7],
    };
    let tally = crash(&plan);
    println!("{tally}");
    end(&root, &tally.wrong);
    tally.wrong
}

fn long_soak(minutes: f64, files: usize) -> Vec<String> {
    let root = place("soak");
    let time = Duration::from_secs_f64(minutes * 60.0);
    let plan = Soak {
        program: std::env::current_exe().unwrap(),
        root: root.clone(),
        time,
        between_samples: Duration::from_secs(10),
        between_checks: (time / 6).max(Duration::from_secs(5)),
        files,
        seed: 7,
    };
    let soaked = soak(&plan);
    println!("{soaked}");
    end(&root, &soaked.wrong);
    soaked.wrong
}

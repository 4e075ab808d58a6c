//! `cargo xtask test`: every check there is, one after the other, until one fails.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};
use crate::{documentation, fetched, interface, licences, model, set_up};

struct Step {
    name: &'static str,
    run: fn(&Workspace) -> Result<()>,
}

/// What others need comes first; then what fails fastest.
const STEPS: &[Step] = &[
    Step { name: "tools", run: tools },
    Step { name: "format", run: |w| cargo(w, &["fmt", "--all", "--check"]) },
    Step { name: "licences", run: licences::check },
    Step { name: "built-in model", run: model::make },
    Step { name: "test material", run: test_material },
    Step { name: "manuals", run: |w| documentation::fetch(w).map(drop) },
    Step { name: "interface", run: interface::check },
    Step { name: "lints", run: |w| cargo(w, LINTS) },
    Step { name: "programs", run: programs },
    Step { name: "calibration", run: calibration },
    Step { name: "tests", run: |w| cargo(w, &["test", "--workspace", "--locked"]) },
];

const LINTS: &[&str] =
    &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];

pub fn run(workspace: &Workspace) -> Result<()> {
    let mut times = Vec::new();
    for step in STEPS {
        println!("\n== {}", step.name);
        let start = Instant::now();
        let outcome = (step.run)(workspace);
        times.push((step.name, start.elapsed()));
        if outcome.is_err() {
            print_times(&times);
        }
        outcome.with_context(|| format!("the step “{}” failed", step.name))?;
    }
    print_times(&times);
    println!("everything passed");
    Ok(())
}

fn tools(workspace: &Workspace) -> Result<()> {
    set_up::tools(workspace)?;
    set_up::window_tools(workspace)
}

fn test_material(workspace: &Workspace) -> Result<()> {
    fetched::qwen3_tokenizer(workspace)?;
    fetched::olah(workspace)
}

/// Those that the tests start, as they would build them: else they would while others are timed. In one command:
/// what both are made of is built once.
fn programs(workspace: &Workspace) -> Result<()> {
    cargo(workspace, &["build", "--locked", "-p", "kenning-cli", "-p", "kenning-desktop"])
}

fn calibration(workspace: &Workspace) -> Result<()> {
    let program = format!("kenning{}", std::env::consts::EXE_SUFFIX);
    model::calibrate(workspace, &workspace.target.join("debug").join(program))
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    workspace::run(&mut workspace.cargo(arguments))
}

fn print_times(times: &[(&str, Duration)]) {
    println!("\n== time taken");
    for (name, time) in times {
        println!("{name:<16} {:>7.1} s", time.as_secs_f64());
    }
}

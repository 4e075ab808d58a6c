//! Tokens a second by length of text, as a Markdown table.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::random_model;
use crate::workspace::{self, Workspace};
use crate::{model, set_up};

/// A run of the large model takes seconds for a thousand tokens.
const TOTAL_SMALL: usize = 8192;
const TOTAL_LARGE: usize = 1024;

pub fn run(workspace: &Workspace, runs: usize) -> Result<()> {
    set_up::tools(workspace)?;
    model::make(workspace)?;
    let random = random_model::qwen3_0_6b(workspace)?;
    let program = workspace.kenning()?;
    println!("\n| model | tokens a text | texts | tokens/s | ms |\n|---|---|---|---|---|");
    measure(workspace, &program, None, TOTAL_SMALL, runs)?;
    measure(workspace, &program, Some(&random), TOTAL_LARGE, runs)
}

fn measure(
    workspace: &Workspace,
    program: &Path,
    folder: Option<&Path>,
    total: usize,
    runs: usize,
) -> Result<()> {
    let mut kenning = workspace.command(program);
    kenning.args(["--json", "models", "speed"]);
    kenning.args(["--total", &total.to_string(), "--runs", &runs.to_string()]);
    if let Some(folder) = folder {
        kenning.arg("--model").arg(folder);
    }
    let report: Value = serde_json::from_slice(&workspace::output(&mut kenning)?)?;
    let name = format!("{} on {}", text(&report["model"])?, text(&report["device"])?);
    for row in report["rows"].as_array().context("the report has no rows")? {
        println!(
            "| {name} | {} | {} | {:.0} | {:.1} |",
            row["tokens"],
            row["texts"],
            number(&row["tokens_per_second"])?,
            number(&row["milliseconds"])?
        );
    }
    Ok(())
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().context("the report lacks a name")
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().context("the report lacks a number")
}

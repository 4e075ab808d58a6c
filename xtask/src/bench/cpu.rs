//! How fast the built-in network is on the CPU, beside other engines, which a program that is not part of this repository
//! times: all take turns, and each figure is the middle one of all rounds.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::workspace::{self, Workspace};
use crate::{model, set_up};

/// Tokens that are computed at once, and of how many each text is.
const TOTAL: &str = "4096";
pub const LENGTHS: [&str; 4] = ["16", "64", "200", "480"];
pub const OURS: &str = "kenning";

/// What an engine did: its name, the tokens of a text, the texts given at once, and whether only one core was its own.
type Row = (bool, usize, usize, String);

#[derive(Default)]
pub struct Figures(BTreeMap<Row, Vec<f64>>);

pub fn run(
    workspace: &Workspace,
    peers: Option<&Path>,
    rounds: usize,
    as_json: bool,
) -> Result<()> {
    ensure!(rounds > 0, "nothing comes of no rounds");
    set_up::tools(workspace)?;
    model::make(workspace)?;
    let mut figures = Figures::default();
    for round in 0..rounds {
        for alone in [false, true] {
            eprintln!(
                "round {} of {rounds}, {} core",
                round + 1,
                if alone { "one" } else { "each" }
            );
            let model = workspace.models().join("multilingual-e5-small");
            let ours = ours(workspace, &model, ["cpu", "3", TOTAL]);
            figures.add_lines(alone, OURS, &workspace::output(&mut on_cores(ours, alone))?)?;
            let Some(peers) = peers else { continue };
            let mut others = Command::new("python3");
            others.arg(peers).args(["--json", "--runs", "3", "--total", TOTAL]);
            others.args(["--tokens", &LENGTHS.join(",")]);
            others.args(["--threads", if alone { "1" } else { "2" }]);
            // It keeps what it fetches and makes beside itself.
            others.env("PEERS_DIR", workspace.target.join("bench-peers"));
            let told: Value =
                serde_json::from_slice(&workspace::output(&mut on_cores(others, alone))?)?;
            for row in told.as_array().context("the program of the others told no rows")? {
                let name = row["engine"].as_str().context("an engine has no name")?;
                let speed = number(row, "tokens_per_s")?;
                figures.add(alone, name, [&row["tokens"], &row["rows"]], speed)?;
            }
        }
    }
    figures.tell(as_json)
}

/// What times our own engine: on which device, in how many runs, and how many tokens at once.
pub fn ours(workspace: &Workspace, model: &Path, of: [&str; 3]) -> Command {
    let mut ours = workspace.cargo(&["bench", "--quiet", "--locked"]);
    ours.args(["-p", "kenning-inference", "--bench", "cpu", "--"]);
    ours.arg(model).args(of).args(LENGTHS);
    ours
}

/// The same command, on one core alone where that is asked for.
fn on_cores(command: Command, alone: bool) -> Command {
    if !alone {
        return command;
    }
    let mut bound = Command::new("taskset");
    bound.args(["-c", "0"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            bound.env(name, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    bound
}

fn number(row: &Value, name: &str) -> Result<f64> {
    row[name].as_f64().with_context(|| format!("a row lacks {name}"))
}

impl Figures {
    /// Rows in lines of JSON.
    pub fn add_lines(&mut self, alone: bool, name: &str, lines: &[u8]) -> Result<()> {
        for line in std::str::from_utf8(lines)?.lines() {
            let row: Value = serde_json::from_str(line)?;
            let speed = number(&row, "tokens_per_second")?;
            self.add(alone, name, [&row["tokens"], &row["texts"]], speed)?;
        }
        Ok(())
    }

    fn add(&mut self, alone: bool, name: &str, sizes: [&Value; 2], speed: f64) -> Result<()> {
        let size = |value: &Value| value.as_u64().context("a row lacks a size");
        let [tokens, texts] = [size(sizes[0])? as usize, size(sizes[1])? as usize];
        self.0.entry((alone, tokens, texts, name.to_owned())).or_default().push(speed);
        Ok(())
    }

    /// The middle of each row's figures, by what was computed and then by engine.
    fn middles(&self) -> BTreeMap<(bool, usize, usize), BTreeMap<&str, f64>> {
        let mut middles: BTreeMap<_, BTreeMap<&str, f64>> = BTreeMap::new();
        for ((alone, tokens, texts, name), speeds) in &self.0 {
            let mut speeds = speeds.clone();
            speeds.sort_by(f64::total_cmp);
            let middle = speeds[speeds.len() / 2];
            middles.entry((*alone, *tokens, *texts)).or_default().insert(name, middle);
        }
        middles
    }

    pub fn tell(&self, as_json: bool) -> Result<()> {
        let middles = self.middles();
        let ratio = |speeds: &BTreeMap<&str, f64>| {
            let ours = speeds.get(OURS)?;
            let others = speeds.iter().filter(|(name, _)| **name != OURS);
            Some(ours / others.map(|(_, speed)| *speed).reduce(f64::max)?)
        };
        // Several texts at once: what indexing does.
        let batches = middles.iter().filter(|((.., texts), _)| *texts > 1);
        let worst = batches.filter_map(|(_, speeds)| ratio(speeds)).reduce(f64::min);
        if as_json {
            let rows = middles.iter().map(|((alone, tokens, texts), speeds)| {
                json!({"cores": if *alone { 1 } else { 2 }, "tokens": tokens, "texts": texts,
                    "tokens_per_second": speeds, "ratio": ratio(speeds)})
            });
            println!("{:#}", json!({"rows": rows.collect::<Vec<_>>(), "min_ratio": worst}));
            return Ok(());
        }
        let names: Vec<&str> =
            middles.values().next().map_or(Vec::new(), |row| row.keys().copied().collect());
        println!(
            "\n| cores | tokens a text | texts | {} | ours over the best |",
            names.join(" | ")
        );
        println!("|---|---|---|{}---|", "---|".repeat(names.len()));
        for ((alone, tokens, texts), speeds) in &middles {
            let told = names
                .iter()
                .map(|name| speeds.get(name).map_or("–".to_owned(), |it| format!("{it:.0}")));
            let ratio = ratio(speeds).map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
            let cores = if *alone { 1 } else { 2 };
            println!(
                "| {cores} | {tokens} | {texts} | {} | {ratio} |",
                told.collect::<Vec<_>>().join(" | ")
            );
        }
        if let Some(worst) = worst {
            println!(
                "\nours over the best of the others, where it is least, of several texts at once: {worst:.2}"
            );
        }
        Ok(())
    }
}

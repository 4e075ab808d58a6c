//! `cargo xtask evaluate FOLDER`: the tables of `docs/EVALUATION.md`, from a folder of public sets.
//!
//! The sets are not part of this repository; what each is stands beside the tables.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::workspace::{self, Workspace};
use crate::{model, set_up};

struct Set {
    folder: &'static str,
    /// Each query sees the documents of its own language alone.
    by_language: bool,
}

impl Set {
    fn name(&self) -> String {
        let pool = if self.by_language { "each language by itself" } else { "one pool" };
        format!("{}, {pool}", self.folder)
    }
}

const SETS: &[Set] = &[
    Set { folder: "xquad", by_language: true },
    Set { folder: "xquad", by_language: false },
    Set { folder: "xquad-onelang", by_language: false },
    Set { folder: "gnomehelp", by_language: true },
    Set { folder: "gnomehelp", by_language: false },
    Set { folder: "gnomehelp-onelang", by_language: false },
    Set { folder: "scifact", by_language: false },
    Set { folder: "cosqa", by_language: false },
];
const BITEXT: &str = "tatoeba";

pub fn run(workspace: &Workspace, folder: &Path, model: Option<&str>) -> Result<()> {
    ensure!(folder.is_dir(), "{} is not a folder of evaluation sets", folder.display());
    set_up::tools(workspace)?;
    model::make(workspace)?;
    let program = workspace.kenning()?;
    model::calibrate(workspace, &program)?;
    let evaluate = |arguments: &[&str], set: &str| -> Result<Option<Value>> {
        let set = folder.join(set);
        if !set.is_dir() {
            println!("{} is not there and is left out", set.display());
            return Ok(None);
        }
        let mut kenning = workspace.command(&program);
        kenning.args(["--json", "eval"]).args(arguments).arg(set);
        if let Some(model) = model {
            kenning.args(["--model", model]);
        }
        Ok(Some(serde_json::from_slice(&workspace::output(&mut kenning)?)?))
    };
    println!("\n| set | queries | all | own language | foreign | recall@100 | documents cut |");
    println!("|---|---|---|---|---|---|---|");
    for set in SETS {
        let arguments: &[&str] =
            if set.by_language { &["retrieval", "--by-language"] } else { &["retrieval"] };
        if let Some(report) = evaluate(arguments, set.folder)? {
            retrieval_row(set, &report)?;
        }
    }
    if let Some(report) = evaluate(&["bitext"], BITEXT)? {
        bitext_table(&report)?;
    }
    println!("\n| set | pipeline | queries | all | own language | foreign | recall@100 |");
    println!("|---|---|---|---|---|---|---|");
    for set in SETS {
        // What is read and embedded serves every pipeline, and the next time.
        let library = workspace.target.join("evaluation").join(set.folder);
        let library = library.to_str().context("the target folder's name is no text")?;
        for pipeline in ["words", "meaning", "hybrid"] {
            let mut arguments = vec!["retrieval", "--half", "odd", "--library", library];
            arguments.extend(["--pipeline", pipeline]);
            arguments.extend(set.by_language.then_some("--by-language"));
            if let Some(report) = evaluate(&arguments, set.folder)? {
                product_row(set, &report)?;
            }
        }
    }
    if let Some(report) = evaluate(NOTHING, "xquad-nothing")? {
        nothing_table(&report)?;
    }
    Ok(())
}

const NOTHING: &[&str] = &["retrieval", "--half", "odd", "--pipeline", "hybrid", "--depth", "10"];

fn product_row(set: &Set, report: &Value) -> Result<()> {
    println!(
        "| {} | {} | {} | {} | {} | {} | {} |",
        set.name(),
        report["pipeline"].as_str().unwrap_or_default(),
        report["queries"],
        percent(&report["ndcg@10"])?,
        percent(&report["own"]["ndcg@10"])?,
        percent(&report["foreign"]["ndcg@10"])?,
        percent(&report["recall@100"])?,
    );
    Ok(())
}

fn nothing_table(report: &Value) -> Result<()> {
    println!("\n| \"nothing close\" | precision | recall | F1 |\n|---|---|---|---|");
    let report = &report["nothing_close"];
    for (name, key) in
        [("the verdict", "verdict"), ("the best threshold on the cosine", "threshold")]
    {
        let [precision, recall, f1] = ["precision", "recall", "f1"].map(|it| &report[key][it]);
        println!("| {name} | {} | {} | {} |", percent(precision)?, percent(recall)?, percent(f1)?);
    }
    Ok(())
}

fn retrieval_row(set: &Set, report: &Value) -> Result<()> {
    println!(
        "| {} | {} | {} | {} | {} | {} | {} of {} |",
        set.name(),
        report["queries"],
        percent(&report["ndcg@10"])?,
        percent(&report["own"]["ndcg@10"])?,
        percent(&report["foreign"]["ndcg@10"])?,
        percent(&report["recall@100"])?,
        report["truncated_documents"],
        report["documents"],
    );
    Ok(())
}

fn bitext_table(report: &Value) -> Result<()> {
    println!("\n| pair | rows | forward | back |\n|---|---|---|---|");
    let pairs = report["pairs"].as_object().context("the report has no pairs")?;
    let mean = [("mean".to_owned(), report["mean"].clone())];
    for (name, pair) in pairs.clone().into_iter().chain(mean) {
        let (forward, back) = (percent(&pair["forward"])?, percent(&pair["backward"])?);
        println!("| {name} | {} | {forward} | {back} |", pair.get("rows").unwrap_or(&Value::Null));
    }
    Ok(())
}

fn percent(value: &Value) -> Result<String> {
    match value {
        Value::Null => Ok("–".into()),
        Value::Number(number) => Ok(format!("{:.1}", number.as_f64().unwrap_or(f64::NAN) * 100.0)),
        other => bail!("the report has {other} where a number belongs"),
    }
}

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
    Ok(())
}

fn retrieval_row(set: &Set, report: &Value) -> Result<()> {
    let pool = if set.by_language { "each language by itself" } else { "one pool" };
    println!(
        "| {}, {pool} | {} | {} | {} | {} | {} | {} of {} |",
        set.folder,
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

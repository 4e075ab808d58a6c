//! `kenning models catalogue | get | hub | verify | forget`: models that are not there yet, or not for long.

use std::io::{self, Write};

use anyhow::{Context, Result, bail};
use kenning_engine::getting::{
    Condition, Getter, HubSettings, Plan, PlannedFile, Progress, Stop, Unfinished, Wanted,
    catalogue, forget as discard, remove, unfinished, verify as compare,
};
use kenning_engine::{Home, ModelFolder, Models};
use serde::Serialize;

use crate::arguments::{Forget, Get, Global, Hub, Verify};
use crate::line::{Line, roughly};
use crate::{library, output, terminal};

#[derive(Serialize)]
struct Offer<'a> {
    name: &'a str,
    task: &'static str,
    repository: &'a str,
    dimensions: Option<usize>,
    max_tokens: usize,
    languages: Option<usize>,
    licence: &'a str,
    about_megabytes: u64,
    installed: bool,
    summary: &'a str,
}

pub fn offers(global: &Global, shelf: &Models) -> Result<()> {
    let here: Vec<String> = shelf
        .list()
        .into_iter()
        .filter_map(|found| Some(found.folder.ok()?.manifest.name))
        .collect();
    let offer = |entry: &'static kenning_engine::getting::Entry| Offer {
        name: &entry.manifest.name,
        task: entry.manifest.task.verb(),
        repository: &entry.repository,
        dimensions: entry.dimensions,
        max_tokens: entry.manifest.max_tokens,
        languages: entry.manifest.languages,
        licence: &entry.manifest.licence,
        about_megabytes: entry.megabytes,
        installed: here.contains(&entry.manifest.name),
        summary: &entry.manifest.summary,
    };
    let offers: Vec<Offer<'_>> = catalogue().iter().map(offer).collect();
    if global.json {
        return output::json(&offers);
    }
    let mut out = io::stdout().lock();
    for offer in offers {
        let size = terminal::number(offer.about_megabytes);
        let here = if offer.installed { "installed" } else { "" };
        writeln!(
            out,
            "{:<24} {:<7} {size:>7} MB  {:<12} {here}",
            offer.name, offer.task, offer.licence
        )?;
        writeln!(out, "    {}", offer.summary)?;
    }
    Ok(())
}

fn getter(limit: Option<f64>) -> Result<Getter> {
    let home = Home::discover();
    let models = home.models();
    std::fs::create_dir_all(&models)
        .with_context(|| format!("{} cannot be made", models.display()))?;
    let mut kept = HubSettings::load(home.data())?;
    kept.limit = limit.or(kept.limit);
    let (settings, trouble) = kept.settings();
    if let Some(trouble) = trouble {
        output::notice(&trouble.to_string());
    }
    Ok(Getter::new(&settings, models)?)
}

#[derive(Serialize)]
struct HubTold {
    endpoint: String,
    proxy: Option<String>,
    megabytes_per_second: Option<f64>,
    has_token: bool,
}

pub fn hub(global: &Global, command: &Hub) -> Result<()> {
    let home = Home::discover();
    let before = HubSettings::load(home.data())?;
    let mut kept = before.clone();
    let given = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Some(endpoint) = &command.endpoint {
        kept.endpoint = given(endpoint);
    }
    if let Some(proxy) = &command.proxy {
        kept.proxy = given(proxy);
    }
    if let Some(limit) = command.limit {
        kept.limit = Some(limit).filter(|limit| *limit != 0.0);
    }
    if command.token {
        let mut token = String::new();
        io::stdin().read_line(&mut token).context("no token came on standard input")?;
        if token.trim().is_empty() {
            bail!("no token came on standard input: `kenning models hub --token < FILE`");
        }
        kept.keep_token(Some(&token), home.data())?;
    } else if command.forget_token {
        kept.keep_token(None, home.data())?;
    } else if kept != before {
        kept.save(home.data())?;
    }
    let (settings, trouble) = kept.settings();
    if let Some(trouble) = trouble {
        output::notice(&trouble.to_string());
    }
    let told = HubTold {
        endpoint: settings.endpoint,
        proxy: settings.proxy,
        megabytes_per_second: settings.limit.map(|bytes| bytes as f64 / 1e6),
        has_token: settings.token.is_some(),
    };
    if global.json {
        return output::json(&told);
    }
    let mut out = io::stdout().lock();
    let limit = told.megabytes_per_second.map(|limit| format!("{limit} MB/s"));
    let none = || "none".to_owned();
    writeln!(out, "models come from  {}", terminal::clean(&told.endpoint))?;
    let proxy = told.proxy.unwrap_or_else(|| "as the system says".to_owned());
    writeln!(out, "proxy             {}", terminal::clean(&proxy))?;
    writeln!(out, "limit             {}", limit.unwrap_or_else(none))?;
    writeln!(out, "token             {}", if told.has_token { "there is one" } else { "none" })?;
    Ok(())
}

/// Models whose fetching was begun.
pub fn begun() -> Vec<Unfinished> {
    unfinished(&Home::discover().models())
}

/// Ctrl-C stops what is fetched or copied.
pub fn stop_by_user() -> Result<Stop> {
    let stop = Stop::default();
    let told = stop.clone();
    ctrlc::set_handler(move || told.stop()).context("Ctrl-C cannot be listened to")?;
    Ok(stop)
}

pub fn get(global: &Global, command: &Get) -> Result<()> {
    let getter = getter(command.limit)?;
    let stop = stop_by_user()?;
    let begun =
        begun().into_iter().map(|begun| begun.plan).find(|plan| plan.manifest.name == command.name);
    let plan = match begun {
        // What was begun under this name goes on, whatever has changed since.
        Some(plan) => plan,
        None => planned(global, &getter, &wanted(command)?, &stop)?,
    };
    if command.plan {
        return tell_plan(global, &plan);
    }
    let folder = fetched(global, &plan.manifest.name, |tell| getter.get(&plan, &stop, tell))?;
    tell_installed(global, &plan.manifest.name, &folder)
}

fn planned(global: &Global, getter: &Getter, wanted: &Wanted, stop: &Stop) -> Result<Plan> {
    let mut line = Line::new(global.json);
    line.show("asking the hub what it has …", None);
    let plan = getter.plan(wanted, stop);
    line.clear();
    Ok(plan?)
}

fn wanted(command: &Get) -> Result<Wanted> {
    let wanted = Wanted::parse(&command.name)?;
    let Wanted::Repository { name, .. } = wanted else {
        if command.file.is_some() || command.called.is_some() || command.revision != "main" {
            bail!("--revision, --file and --called are for a repository, written owner/name");
        }
        return Ok(wanted);
    };
    let (revision, weights) = (command.revision.clone(), command.file.clone());
    Ok(Wanted::Repository { name, revision, weights, called: command.called.clone() })
}

#[derive(Serialize)]
struct PlanTold<'a> {
    name: &'a str,
    bytes: u64,
    files: Vec<FileTold<'a>>,
}

#[derive(Serialize)]
struct FileTold<'a> {
    name: &'a str,
    repository: &'a str,
    commit: &'a str,
    bytes: u64,
}

fn tell_plan(global: &Global, plan: &Plan) -> Result<()> {
    if global.json {
        let files = plan.files.iter().map(|file| FileTold {
            name: &file.name,
            repository: &file.repository,
            commit: &file.commit,
            bytes: file.bytes,
        });
        let files = files.collect();
        return output::json(&PlanTold { name: &plan.manifest.name, bytes: plan.bytes(), files });
    }
    let mut out = io::stdout().lock();
    for PlannedFile { name, repository, commit, bytes, .. } in &plan.files {
        let words = terminal::clean(&format!("{name} of {repository} at {commit}"));
        writeln!(out, "{:>16}  {words}", terminal::number(*bytes))?;
    }
    writeln!(out, "{:>16}  in all, as {}", terminal::number(plan.bytes()), plan.manifest.name)?;
    Ok(())
}

fn fetched(
    global: &Global,
    name: &str,
    fetch: impl FnOnce(
        &mut dyn FnMut(Progress),
    ) -> Result<std::path::PathBuf, kenning_engine::getting::GetError>,
) -> Result<std::path::PathBuf> {
    let mut line = Line::new(global.json);
    let done = fetch(&mut |progress| {
        let fraction = progress.done() as f64 / progress.bytes().max(1) as f64;
        line.show(&sentence(name, &progress), Some(fraction));
    });
    line.clear();
    Ok(done?)
}

fn sentence(name: &str, progress: &Progress) -> String {
    let megabytes = |bytes: u64| terminal::number(bytes / 1_000_000);
    let mut parts = vec![format!(
        "{name}: {} of {} MB",
        megabytes(progress.done()),
        megabytes(progress.bytes())
    )];
    if progress.is_verifying {
        parts.push("comparing with its digest".to_owned());
    } else if let Some(waits) = &progress.waits {
        parts.push(terminal::clean(waits));
    } else {
        parts.push(format!("{:.1} MB/s", progress.speed / 1e6));
        parts.extend(progress.left.map(|left| format!("about {} left", roughly(left))));
    }
    parts.join(" · ")
}

#[derive(Serialize)]
struct Installed<'a> {
    name: &'a str,
    path: String,
}

pub fn tell_installed(global: &Global, name: &str, folder: &std::path::Path) -> Result<()> {
    if global.json {
        return output::json(&Installed { name, path: folder.display().to_string() });
    }
    writeln!(io::stdout().lock(), "{name} is installed in {}", terminal::path(folder))?;
    Ok(())
}

#[derive(Serialize)]
struct FileVerified {
    name: String,
    condition: &'static str,
}

pub fn verify(global: &Global, shelf: &Models, command: &Verify) -> Result<()> {
    let folder = shelf.find(&command.name)?;
    let found = compared(global, &folder)?;
    let is_whole = found.iter().all(|file| file.condition == WHOLE);
    if global.json {
        output::json(&found)?;
    } else {
        let mut out = io::stdout().lock();
        for file in &found {
            writeln!(out, "{:<8} {}", file.condition, terminal::clean(&file.name))?;
        }
    }
    let name = &folder.manifest.name;
    match (is_whole, command.mend) {
        (true, _) => Ok(()),
        (false, false) => {
            bail!("{name} is broken: `kenning models verify {name} --mend` fetches again what is")
        }
        (false, true) => {
            let (getter, stop) = (getter(None)?, stop_by_user()?);
            let folder = fetched(global, name, |tell| getter.mend(name, &stop, tell))?;
            tell_installed(global, name, &folder)
        }
    }
}

const WHOLE: &str = "whole";

fn compared(global: &Global, folder: &ModelFolder) -> Result<Vec<FileVerified>> {
    let digests = &folder.manifest.digests;
    if digests.is_empty() {
        bail!("{} states no digests: nothing can be compared", folder.path.display());
    }
    let mut line = Line::new(global.json);
    let found = compare(&folder.path, digests, &mut |name| line.show(name, None));
    line.clear();
    let told = |condition: Condition| match condition {
        Condition::Whole => WHOLE,
        Condition::Missing => "missing",
        Condition::Damaged => "damaged",
    };
    let found = found?.into_iter();
    Ok(found
        .map(|file| FileVerified { name: file.name, condition: told(file.condition) })
        .collect())
}

pub fn forget(command: &Forget) -> Result<()> {
    let (models, name) = (Home::discover().models(), &command.name);
    if begun().iter().any(|begun| begun.plan.manifest.name == *name) {
        discard(&models, name)?;
        writeln!(io::stdout().lock(), "What was fetched of {name} is gone")?;
        return Ok(());
    }
    if !command.yes && reads_library(name) {
        bail!(
            "the library was read by {name}, and without it is searched by words only: --yes takes it away all the same"
        );
    }
    remove(&models, name)?;
    writeln!(io::stdout().lock(), "{name} is gone")?;
    Ok(())
}

/// Whether the vectors of the library are this model's.
fn reads_library(name: &str) -> bool {
    let spaces = || {
        let mut truth = library::to_read().ok()?.searcher().ok()?.truth;
        truth.read(|view| view.spaces()).ok()
    };
    spaces().into_iter().flatten().any(|space| space.model == name)
}

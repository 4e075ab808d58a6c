//! `kenning status`: the ledger by state and reason, the folders, and the model that answers.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use kenning_engine::{
    FileFilter, FileRecord, Folder, Gap, Ledger, Library, Space, SpaceState, State, StoreError,
    kept_numbers,
};
use serde::Serialize;

use super::counts::{self, Counts};
use super::folders::Shown;
use super::to_read;
use crate::arguments::{Global, StateName, Status};
use crate::{here, output, terminal};

#[derive(Serialize)]
struct Report {
    /// Whether nothing is read and embedded until somebody has the work go on.
    is_paused: bool,
    counts: Counts,
    states: Vec<Line>,
    folders: Vec<Shown>,
    /// The model whose vectors answer, and those whose vectors are being made.
    models: Vec<Filled>,
}

/// How many files are in a state for one reason. All of them add up to `counts`.
#[derive(Serialize)]
struct Line {
    state: &'static str,
    /// Empty where there is nothing to say.
    reason: String,
    files: u64,
    bytes: u64,
    /// Folders that are left out, whose files nobody counted.
    folders: u64,
}

#[derive(Serialize)]
struct Filled {
    model: String,
    dimensions: usize,
    /// How many of them are searched.
    searched_dimensions: usize,
    answers: bool,
    passages_left: u64,
}

/// A file, on a line of its own.
#[derive(Serialize)]
struct Row {
    path: String,
    state: &'static str,
    is_folder: bool,
    bytes: u64,
    /// A code to count by, and the words for it; both empty where there is nothing to say.
    reason: String,
    why: String,
    next_try: Option<String>,
}

pub fn status(global: &Global, command: &Status) -> Result<()> {
    let library = to_read()?;
    if let Some(state) = command.files {
        return files(global, &library, state);
    }
    let mut truth = library.searcher()?.truth;
    let (folders, ledger, spaces) = truth.read(|view| {
        let spaces = view.spaces()?.into_iter().filter(|space| space.state != SpaceState::Old);
        let spaces = spaces.map(|space| {
            let kept = kept_numbers(view, space.id)?;
            Ok(filled(&view.gap(space.id)?, space, kept))
        });
        Ok((view.folders()?, view.ledger()?, spaces.collect::<Result<Vec<_>, StoreError>>()?))
    })?;
    let report = Report {
        is_paused: library.is_paused()?,
        counts: Counts::of(&ledger),
        states: lines(&ledger),
        folders: Shown::all(&folders, &ledger),
        models: spaces,
    };
    if global.json { output::json(&report) } else { print(&report, &ledger) }
}

fn filled(gap: &Gap, space: Space, kept: Option<usize>) -> Filled {
    let answers = space.state == SpaceState::Answering;
    let (dimensions, passages_left) = (space.dimensions, gap.passages);
    let searched_dimensions = kept.unwrap_or(dimensions);
    Filled { model: space.model, dimensions, searched_dimensions, answers, passages_left }
}

fn lines(ledger: &Ledger) -> Vec<Line> {
    let mut sums: BTreeMap<(State, &str), (u64, u64, u64)> = BTreeMap::new();
    for line in &ledger.lines {
        let (files, bytes, folders) = sums.entry((line.state, &line.reason_code)).or_default();
        if line.is_folder {
            *folders += line.files;
        } else {
            *files += line.files;
            *bytes += line.bytes;
        }
    }
    let line = |((state, reason), (files, bytes, folders)): ((State, &str), _)| Line {
        state: counts::name(state),
        reason: reason.to_owned(),
        files,
        bytes,
        folders,
    };
    sums.into_iter().map(line).collect()
}

fn print(report: &Report, ledger: &Ledger) -> Result<()> {
    let mut out = anstream::stdout().lock();
    if report.folders.is_empty() {
        writeln!(out, "No folder is watched: `kenning add FOLDER` begins with one.")?;
        return Ok(());
    }
    for folder in &report.folders {
        folder.print(&mut out)?;
    }
    if report.is_paused {
        writeln!(out, "The work is paused: `kenning index` has it go on.")?;
    }
    writeln!(out)?;
    for state in State::ALL {
        let (files, of_state) = (ledger.files(state), counts::name(state));
        let of_state = report.states.iter().filter(|line| line.state == of_state);
        let folders: u64 = of_state.clone().map(|line| line.folders).sum();
        if files + folders == 0 {
            continue;
        }
        writeln!(out, "{} {}", amount(files, folders), counts::described(state))?;
        for line in of_state.filter(|line| !line.reason.is_empty()) {
            writeln!(
                out,
                "   {} {}",
                amount(line.files, line.folders),
                counts::reason(&line.reason)
            )?;
        }
    }
    writeln!(out)?;
    print_models(&mut out, &report.models)
}

fn amount(files: u64, folders: u64) -> String {
    let counted = |count, what| (count > 0).then(|| terminal::counted(count, what));
    let both = [counted(files, "file"), counted(folders, "folder")];
    format!("{:>12}", both.into_iter().flatten().collect::<Vec<_>>().join(" and "))
}

fn print_models(out: &mut impl Write, models: &[Filled]) -> Result<()> {
    if models.is_empty() {
        writeln!(out, "No model: what is searched is searched by words only.")?;
    }
    for Filled { model, dimensions, searched_dimensions, answers, passages_left } in models {
        let model = terminal::clean(model);
        let does = if *answers { "answers" } else { "is being made ready to answer" };
        match dimensions == searched_dimensions {
            true => write!(out, "The model {model} ({dimensions} dimensions) {does}")?,
            false => write!(
                out,
                "The model {model} ({searched_dimensions} of {dimensions} dimensions) {does}"
            )?,
        }
        match passages_left {
            0 => writeln!(out, ".")?,
            left => writeln!(out, "; {} to be embedded.", terminal::counted(*left, "passage"))?,
        }
    }
    Ok(())
}

/// How many are read at a time.
const PAGE: usize = 1000;

fn files(global: &Global, library: &Library, state: StateName) -> Result<()> {
    let mut truth = library.searcher()?.truth;
    let folders = truth.read(|view| view.folders())?;
    let states = [state.state()];
    let mut skip = 0;
    loop {
        let filter = FileFilter { states: &states, skip, limit: PAGE, ..FileFilter::default() };
        let page = truth.read(|view| view.files(&filter))?;
        for file in &page {
            list(global, file, &folders)?;
        }
        if page.len() < PAGE {
            return Ok(());
        }
        skip += PAGE;
    }
}

fn list(global: &Global, file: &FileRecord, folders: &[Folder]) -> Result<()> {
    let folder = folders.iter().find(|folder| folder.id == file.folder);
    let path = folder.map_or(Path::new(""), |folder| &folder.path).join(&file.path);
    if global.json {
        return output::json(&Row {
            path: path.display().to_string(),
            state: counts::name(file.state),
            is_folder: file.is_folder,
            bytes: file.stamp.size,
            reason: file.reason.code.clone(),
            why: file.reason.text.clone(),
            next_try: file.next_try.and_then(|moment| here::written(moment.0)),
        });
    }
    let why = match file.reason.text.as_str() {
        "" => String::new(),
        why => format!(": {}", terminal::clean(why)),
    };
    writeln!(anstream::stdout(), "{}{why}", terminal::path(&path))?;
    Ok(())
}

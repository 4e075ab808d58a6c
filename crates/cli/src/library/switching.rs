//! `kenning models use` and `kenning models undo`: another model for the library, and back.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, Result, bail};
use kenning_engine::{
    Estimate, Home, Library, Model, Models, Rest, Space, SpaceState, switching_to,
};
use serde::Serialize;

use super::bar::Bar;
use super::follow::{End, Follow};
use super::{go_on, to_read, to_work};
use crate::arguments::{Global, Undo, Use};
use crate::line::roughly;
use crate::{output, terminal};

#[derive(Serialize)]
struct Estimated<'a> {
    model: &'a str,
    passages: u64,
    seconds: f64,
    bytes: u64,
}

#[derive(Serialize)]
struct Switched<'a> {
    model: &'a str,
}

pub fn use_model(global: &Global, shelf: &Models, command: &Use) -> Result<()> {
    let preference = command.device.preference();
    let model = model(shelf, &command.name, preference)?;
    // The library remembers a name, and would not find again what lies elsewhere.
    let known = shelf.find(&model.name).map(|folder| folder.path.canonicalize().ok());
    if known.ok().flatten() != shelf.find(&command.name)?.path.canonicalize().ok() {
        let (name, from) = (&model.name, &command.name);
        bail!("{name} is not among the models yet: `kenning models import {from}` puts it there");
    }
    let mut truth = to_read()?.searcher()?.truth;
    let answering = truth.read(|view| view.answering())?;
    let is_answering = answering.is_some_and(|space| space.definition == model.definition);
    if is_answering && command.dims.is_none() {
        output::notice(&format!("the library is read by {} already", model.name));
    }
    let estimate = Estimate::measure(&model, &mut truth)?;
    if command.estimate {
        return tell_estimate(global, &model, &estimate);
    }
    if estimate.passages > 0 && !command.yes && !agreed(&model, &estimate)? {
        bail!("nothing was changed");
    }
    drop(truth);
    switch(global, to_work(preference)?, model, command.dims)
}

/// Back to the model that answered before, whose vectors are kept.
pub fn undo(global: &Global, shelf: &Models, command: &Undo) -> Result<()> {
    let preference = command.device.preference();
    let mut truth = to_read()?.searcher()?.truth;
    let (spaces, next) = truth.read(|view| Ok((view.spaces()?, switching_to(view)?)))?;
    // While another model is made ready, the one that answers is the one to stay with.
    let wanted = if next.is_some() { SpaceState::Answering } else { SpaceState::Old };
    let answered = |space: &&Space| space.state == wanted;
    let Some(space) = spaces.iter().filter(answered).max_by_key(|space| space.id) else {
        bail!("no other model has answered before: there is nothing to take back");
    };
    let model = model(shelf, &space.model, preference)?;
    if model.definition != space.definition {
        bail!("{} is not the model any more that the library was read by", space.model);
    }
    switch(global, to_work(preference)?, model, None)
}

pub(super) fn model(
    shelf: &Models,
    name: &str,
    preference: kenning_engine::DevicePreference,
) -> Result<Model> {
    let folder = shelf.find(name)?;
    Ok(Model::of_folder(folder, preference, &Home::discover().calibrations())?)
}

fn tell_estimate(global: &Global, model: &Model, estimate: &Estimate) -> Result<()> {
    let Estimate { passages, time, bytes } = *estimate;
    if global.json {
        let seconds = time.as_secs_f64();
        return output::json(&Estimated { model: &model.name, passages, seconds, bytes });
    }
    writeln!(io::stdout().lock(), "{}", sentence(estimate))?;
    Ok(())
}

fn sentence(estimate: &Estimate) -> String {
    let passages = terminal::counted(estimate.passages, "passage");
    let megabytes = terminal::number(estimate.bytes.div_ceil(1_000_000));
    format!(
        "{passages} to read anew: about {} of this computer's work, and {megabytes} MB; searches go on meanwhile",
        roughly(estimate.time)
    )
}

fn agreed(model: &Model, estimate: &Estimate) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("{}: say --yes to have {} do it", sentence(estimate), model.name);
    }
    let mut out = io::stdout().lock();
    write!(out, "{}. Go on? [y/N] ", sentence(estimate))?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn switch(global: &Global, library: Library, model: Model, dims: Option<usize>) -> Result<()> {
    let name = model.name.clone();
    go_on(&library)?;
    library.use_model(model, dims).context("the model cannot be taken")?;
    let mut bar = Bar::new(global.json);
    let end = Follow::begin()?.until_rest(&library, |progress| {
        bar.show(progress);
        Ok(())
    })?;
    bar.clear();
    match end {
        End::Rest(Rest::Done) => {}
        End::Rest(Rest::Halted(why)) => bail!("{why}"),
        _ => bail!(
            "ended before {name} has read everything; `kenning index` goes on, and the old one answers"
        ),
    }
    if global.json {
        return output::json(&Switched { model: &name });
    }
    writeln!(io::stdout().lock(), "{name} answers now; `kenning models undo` goes back")?;
    Ok(())
}

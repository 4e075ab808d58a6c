//! `kenning models export | import`: models carried by hand.

use std::io::{self, Write};

use anyhow::{Context, Result};
use kenning_engine::getting::{Copied, Import as How, export as carry_out, import as carry_in};
use kenning_engine::{Home, Models};
use serde::Serialize;

use crate::arguments::{Export, Global, Import};
use crate::getting::{stop_by_user, tell_installed};
use crate::line::Line;
use crate::{output, terminal};

#[derive(Serialize)]
struct Exported<'a> {
    name: &'a str,
    path: String,
}

pub fn export(global: &Global, shelf: &Models, command: &Export) -> Result<()> {
    let folder = shelf.find(&command.name)?;
    let (name, stop) = (&folder.manifest.name, stop_by_user()?);
    with_line(global, name, |tell| carry_out(&folder.path, &command.to, &stop, tell))?;
    if global.json {
        let path = command.to.display().to_string();
        return output::json(&Exported { name, path });
    }
    writeln!(io::stdout().lock(), "{name} is in {}", terminal::path(&command.to))?;
    Ok(())
}

pub fn import(global: &Global, command: &Import) -> Result<()> {
    let models = Home::discover().models();
    std::fs::create_dir_all(&models)
        .with_context(|| format!("{} cannot be made", models.display()))?;
    let how = How { called: command.called.clone(), weights: command.file.clone() };
    let (from, stop) = (&command.from, stop_by_user()?);
    let what = from.display().to_string();
    let name = with_line(global, &what, |tell| carry_in(&models, from, &how, &stop, tell))?;
    tell_installed(global, &name, &models.join(&name))
}

fn with_line<T, E>(
    global: &Global,
    name: &str,
    carry: impl FnOnce(&mut dyn FnMut(Copied)) -> Result<T, E>,
) -> Result<T, E> {
    let mut line = Line::new(global.json);
    let carried = carry(&mut |Copied { done, bytes }| {
        let megabytes = |bytes: u64| terminal::number(bytes / 1_000_000);
        let words = format!("{name}: {} of {} MB", megabytes(done), megabytes(bytes));
        line.show(&terminal::clean(&words), Some(done as f64 / bytes.max(1) as f64));
    });
    line.clear();
    carried
}

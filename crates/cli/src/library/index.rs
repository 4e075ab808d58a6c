//! `kenning index` and `kenning watch`: everything brought up to date, and kept so.

use std::io::Write;

use anyhow::{Result, bail};
use kenning_engine::{DevicePreference, Doing, Library, Progress, Rest};

use super::bar::Bar;
use super::counts::Counts;
use super::follow::{End, Follow};
use super::{go_on, known, to_work};
use crate::arguments::{Global, Index, Watch};
use crate::{output, terminal};

pub fn index(global: &Global, command: &Index) -> Result<()> {
    let library = with_folders(command.device.preference())?;
    let mut bar = Bar::new(global.json);
    let end = Follow::begin()?.until_rest(&library, |progress| {
        bar.show(progress);
        Ok(())
    })?;
    bar.tell_repairs(&library.progress());
    bar.clear();
    let counts = Counts::of(&known(&library)?.1);
    match end {
        End::Rest(Rest::Done) => {}
        End::Rest(Rest::Halted(why)) => bail!("{why}"),
        End::ByUser | End::Rest(Rest::Paused) => {
            bail!(
                "ended before everything was done ({}); `kenning index` goes on from here",
                counts.sentence()
            )
        }
        End::Rest(Rest::Closed) => bail!("the library ended by itself: try again"),
    }
    tell_trouble(&library.progress());
    tell(global, &counts)
}

/// What keeps files from being found by their meaning though all is done that can be.
fn tell_trouble(progress: &Progress) {
    if progress.hopeless_texts > 0 {
        let texts = terminal::counted(progress.hopeless_texts as u64, "passage");
        output::notice(&format!(
            "of {texts} the model can make nothing: they are searched by words"
        ));
    }
}

pub fn watch(global: &Global, command: &Watch) -> Result<()> {
    let library = with_folders(command.device.preference())?;
    let follow = Follow::begin()?;
    let folders = terminal::counted(library.folders().len() as u64, "folder");
    if !global.json {
        writeln!(anstream::stdout(), "Watching {folders}; Ctrl-C ends it.")?;
    }
    let mut bar = Bar::new(global.json);
    bar.tell_repairs(&library.progress());
    let mut last = None;
    follow.until_ended(&library, |progress| {
        bar.show(progress);
        let counts = Counts::of(&progress.ledger);
        if progress.doing != Doing::Nothing || last.as_ref() == Some(&counts) {
            return Ok(());
        }
        bar.clear();
        tell(global, last.insert(counts))
    })?;
    bar.clear();
    Ok(())
}

fn tell(global: &Global, counts: &Counts) -> Result<()> {
    if global.json {
        return output::json(counts);
    }
    writeln!(anstream::stdout(), "Up to date. {}", counts.sentence())?;
    Ok(())
}

fn with_folders(device: DevicePreference) -> Result<Library> {
    let library = to_work(device)?;
    if known(&library)?.0.is_empty() {
        bail!("no folder is watched yet: `kenning add FOLDER` begins with one");
    }
    go_on(&library)?;
    Ok(library)
}

//! How fast a library answers: `cargo xtask bench search` builds this, and starts it with what it made.
//!
//! The library is made up, kept between runs, and opened as the product opens it. Every figure comes
//! twice where the machine tells: as time on the clock, with as many threads as there are cores, and as
//! work, which is the time one thread had a processor to itself, whatever else the machine does.

#![allow(clippy::print_stdout, reason = "it is there to print")]

mod made;
mod measured;
mod scans;
mod started;
mod text;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kenning_engine::{
    Access, Device, DevicePreference, Home, Library, Model, ModelFolder, Models, Options, Parts,
    this_program,
};

pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// What it is started with.
struct Arguments {
    passages: usize,
    /// Where cargo builds, and the built-in model and the libraries are.
    target: PathBuf,
    /// `kenning` itself.
    program: PathBuf,
}

impl Arguments {
    /// Cargo adds flags of its own.
    fn given() -> Option<Self> {
        let mut given = std::env::args_os().skip(1);
        let mut next = || given.by_ref().find(|word| !word.to_string_lossy().starts_with("--"));
        Some(Self {
            passages: next()?.to_str()?.parse().ok()?,
            target: next()?.into(),
            program: next()?.into(),
        })
    }
}

fn main() -> Outcome<()> {
    let Some(arguments) = Arguments::given() else {
        println!("start this with `cargo xtask bench search`");
        return Ok(());
    };
    let libraries = arguments.target.join("bench-libraries");
    let home = Home::at(libraries.join(arguments.passages.to_string()));
    let folder = built_in(&arguments.target)?;
    let shipped = folder.path.clone();
    let preference = DevicePreference::Prefer(Device::Cpu);
    let model = Model::of_folder(folder, preference, &home.calibrations())?;
    made::library(&home, &model, &shipped, arguments.passages)?;
    let parts = Parts { program: this_program()?, model: Some(model), others: Vec::new() };
    let options = Options { access: Access::Read, ..Options::default() };
    let started = Instant::now();
    let library = Library::open_with(home.data(), parts, options)?;
    let opened = started.elapsed();
    let mut searcher = library.searcher()?;
    println!("\n{} passages; opened in {opened:.0?}\n", arguments.passages);
    measured::searches(&mut searcher)?;
    scans::table(&mut searcher)?;
    started::table(&arguments.program, &home)
}

fn built_in(target: &Path) -> Outcome<ModelFolder> {
    let mut known = Models::discover(&Home::at(target.to_owned())).list().into_iter();
    Ok(known.next().ok_or("the built-in model is not there")?.folder?)
}

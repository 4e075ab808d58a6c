//! How long it takes until files can be found: `cargo xtask bench ingest` builds this.
//!
//! Of a real folder it tells how much the whole product takes beside its two great parts, reading and
//! embedding, each done alone.

#![allow(clippy::print_stdout, reason = "it is there to print")]

mod real;
mod small;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kenning_engine::{Home, Library, Options, Parts, Rules, WORKER_ARGUMENT, run_as_worker};

pub type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut given = std::env::args_os().skip(1).filter(|word| word != "--bench");
    let Some(target) = given.next() else {
        println!("start this with `cargo xtask bench ingest`");
        return Ok(());
    };
    if target == WORKER_ARGUMENT {
        run_as_worker();
    }
    small::table(10_000)?;
    match given.next() {
        Some(folder) => real::table(Path::new(&folder), &PathBuf::from(target)),
        None => Ok(()),
    }
}

/// A new library that has begun with a folder.
fn library_of(home: &Home, folder: &Path, parts: Parts) -> Outcome<Library> {
    let library = Library::open_with(home.data(), parts, Options::default())?;
    library.add_folder(folder, Rules::default())?;
    Ok(library)
}

fn milliseconds(since: Instant) -> f64 {
    Duration::as_secs_f64(&since.elapsed()) * 1e3
}

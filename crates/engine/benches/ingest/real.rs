//! A folder of real documents through the whole product, and its two great parts alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use kenning_domain::{Cancel, Overlong, Role};
use kenning_engine::{
    Device, DevicePreference, FoundPath, Home, Model, Models, Parts, Read, Reader, Rest, Rules,
    State, this_program, walk,
};
use kenning_store::{Access, NewSpace, Truth, Unembedded};

use crate::{Outcome, library_of};

pub fn table(folder: &Path, target: &Path) -> Outcome<()> {
    let folder = folder.canonicalize()?;
    let root = tempfile::tempdir()?;
    let home = Home::at(root.path().to_owned());
    println!("\n| a folder of real documents | s |\n|---|---|");
    let model = built_in(target, &home)?;
    let (whole, files) = whole(&home, &folder, model)?;
    println!("| the whole product, {files} of its files | {whole:.1} |");
    let reading = reading(&Models::discover(&Home::at(target.to_owned())), &folder)?;
    println!("| reading alone, passages cut | {reading:.1} |");
    let (embedding, passages) = embedding(&home, &built_in(target, &home)?)?;
    println!("| embedding alone, {passages} passages | {embedding:.1} |");
    println!("| whole over the sum of both | {:.3} |", whole / (reading + embedding));
    Ok(())
}

fn built_in(target: &Path, home: &Home) -> Outcome<Model> {
    let mut known = Models::discover(&Home::at(target.to_owned())).list().into_iter();
    let folder = known.next().ok_or("the built-in model is not there")?.folder?;
    let preference = DevicePreference::Prefer(Device::Cpu);
    Ok(Model::of_folder(folder, preference, &home.calibrations())?)
}

/// Seconds until everything is found by its meaning, and how many files there are.
fn whole(home: &Home, folder: &Path, model: Model) -> Outcome<(f64, u64)> {
    let parts = Parts { program: this_program()?, model: Some(model), others: Vec::new() };
    let started = Instant::now();
    let library = library_of(home, folder, parts)?;
    if library.wait_until_idle() != Rest::Done {
        return Err("the library came to rest before everything was done".into());
    }
    let seconds = started.elapsed().as_secs_f64();
    let files = library.progress().ledger.files(State::Meaning);
    library.stop();
    Ok((seconds, files))
}

fn reading(models: &Models, folder: &Path) -> Outcome<f64> {
    let mut files: Vec<PathBuf> = Vec::new();
    for found in walk(folder, &Rules::default())? {
        if let FoundPath::File(entry) = found {
            files.push(entry.path);
        }
    }
    let started = Instant::now();
    let reader = Reader::start(models)?;
    let next = AtomicUsize::new(0);
    let bytes = AtomicUsize::new(0);
    let read_all = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            // What a file gives is counted, so that nothing of the reading can be left out.
            if let Ok(Read::Text { document, .. }) = reader.read(file, &Cancel::default()) {
                bytes.fetch_add(document.text.len(), Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..Reader::workers() {
            scope.spawn(read_all);
        }
    });
    if bytes.into_inner() == 0 {
        return Err("the folder holds no text".into());
    }
    Ok(started.elapsed().as_secs_f64())
}

/// Seconds for all texts that the library embedded, given to the model at once, and how many they are.
fn embedding(home: &Home, model: &Model) -> Outcome<(f64, usize)> {
    let texts = texts(home)?;
    let texts: Vec<&str> = texts.iter().map(|text| text.words.as_str()).collect();
    let embed = &model.loaded()?.embed;
    let started = Instant::now();
    let made = embed.embed(&texts, Role::Document, None, Overlong::Truncate)?;
    if made.vectors.len() != texts.len() {
        return Err("the model left texts out".into());
    }
    Ok((started.elapsed().as_secs_f64(), texts.len()))
}

/// Another space lacks them all.
fn texts(home: &Home) -> Outcome<Vec<Unembedded>> {
    let mut truth = Truth::open(home.data(), Access::Write)?;
    let definition = "for counting";
    let space = NewSpace { model: "none", revision: "", definition, dimensions: 1 };
    let space = truth.change(|change| change.add_space(space))?;
    let texts = truth.reader()?.read(|view| view.unembedded(space, usize::MAX))?;
    truth.close()?;
    fs::remove_dir_all(home.data())?;
    Ok(texts)
}

//! Ten thousand small files, from the first look at their folder until each is found by its words.

use std::fs;
use std::path::Path;
use std::time::Instant;

use kenning_engine::{Home, Options, Parts, Rest, this_program};

use crate::{Outcome, library_of, milliseconds};

/// Words of several languages and scripts, of which texts are made.
const WORDS: &[&str] = &[
    "Haus",
    "Garten",
    "Brücke",
    "Regen",
    "und",
    "mit",
    "der",
    "river",
    "window",
    "morning",
    "the",
    "of",
    "and",
    "maison",
    "jardin",
    "avec",
    "книга",
    "город",
    "река",
    "और",
    "नदी",
    "庭",
    "川",
    "朝",
    "图书馆",
    "安静",
    "بيت",
    "حديقة",
    "ferry",
    "apple",
];

pub fn table(files: usize) -> Outcome<()> {
    let root = tempfile::tempdir()?;
    let folder = root.path().join("files");
    let bytes = write(&folder, files)?;
    let home = Home::at(root.path().join("home"));
    let parts = || -> Outcome<Parts> {
        Ok(Parts { program: this_program()?, model: None, others: Vec::new() })
    };
    let began = Instant::now();
    let library = library_of(&home, &folder, parts()?)?;
    if library.wait_until_idle() != Rest::Done {
        return Err("the library came to rest before everything was read".into());
    }
    println!("| {files} small files, {:.1} MB | ms |\n|---|---|", bytes as f64 / 1e6);
    println!("| until all are found by their words | {:.0} |", milliseconds(began));
    let closing = Instant::now();
    library.stop();
    println!("| closing | {:.0} |", milliseconds(closing));
    let opening = Instant::now();
    let again = kenning_engine::Library::open_with(home.data(), parts()?, Options::default())?;
    println!("| opening again | {:.0} |", milliseconds(opening));
    again.wait_until_idle();
    println!("| until it is seen that nothing has changed | {:.0} |", milliseconds(opening));
    Ok(())
}

fn write(folder: &Path, files: usize) -> Outcome<u64> {
    let (mut state, mut bytes) = (1_u64, 0);
    for number in 0..files {
        let inside = folder.join(format!("{}", number / 100));
        fs::create_dir_all(&inside)?;
        let mut text = format!("Datei {number}\n\n");
        let length = 40 + number % 200;
        for _ in 0..length {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(WORDS[(state >> 33) as usize % WORDS.len()]);
            text.push(if state >> 60 == 0 { '.' } else { ' ' });
        }
        bytes += text.len() as u64;
        fs::write(inside.join(format!("{number}.txt")), text)?;
    }
    Ok(bytes)
}

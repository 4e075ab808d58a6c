//! How long it takes until small files can be found: `ingest [FILES] [words|meaning]`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what goes wrong while measuring ends it, and what is measured is printed"
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use kenning_engine::{
    Event, Home, Library, Models, Options, Parts, Rules, State, WORKER_ARGUMENT, run_as_worker,
};

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

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == WORKER_ARGUMENT) {
        run_as_worker();
    }
    let files: usize = arguments.first().map_or(10_000, |files| files.parse().unwrap());
    let embeds = arguments.get(1).is_some_and(|what| what == "meaning");
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("files");
    let bytes = write(&folder, files);
    println!("{files} files, {:.1} MB", bytes as f64 / 1e6);
    let home = Home::at(root.path().join("home"));
    let library = open(&home, embeds);
    let began = Instant::now();
    let subscription = library
        .subscribe(move |event| {
            if let Event::Progress(progress) = event {
                let count = |state| progress.ledger.files(state);
                println!(
                    "{:6.2} s: waiting {} words {} meaning {}, {:?} files/s, {:?} passages/s, left {:?}",
                    began.elapsed().as_secs_f64(),
                    count(State::Waiting),
                    count(State::Words),
                    count(State::Meaning),
                    progress.files_per_second.map(f64::round),
                    progress.passages_per_second.map(f64::round),
                    progress.time_left,
                );
            }
        })
        .unwrap();
    library.add_folder(&folder, Rules::default()).unwrap();
    let rest = library.wait_until_idle();
    println!("{rest:?} after {:.2} s", began.elapsed().as_secs_f64());
    drop(subscription);
    again(&home, library, embeds);
}

/// The time of a start at which nothing has changed.
fn again(home: &Home, library: Library, embeds: bool) {
    let closing = Instant::now();
    library.stop();
    println!("closed in {:.0} ms", milliseconds(closing));
    let opening = Instant::now();
    let library = open(home, embeds);
    println!("opened in {:.0} ms", milliseconds(opening));
    library.wait_until_idle();
    println!("nothing new after {:.0} ms", milliseconds(opening));
}

fn milliseconds(since: Instant) -> f64 {
    Duration::as_secs_f64(&since.elapsed()) * 1e3
}

fn open(home: &Home, embeds: bool) -> Library {
    let models = Models::discover(home);
    if embeds {
        return Library::open(home, &models, Options::default()).unwrap();
    }
    let program = kenning_engine::this_program().unwrap();
    let parts = Parts { program, model: None, others: Vec::new() };
    Library::open_with(home.data(), parts, Options::default()).unwrap()
}

fn write(folder: &Path, files: usize) -> u64 {
    let (mut state, mut bytes) = (1_u64, 0);
    for number in 0..files {
        let inside = folder.join(format!("{}", number / 100));
        fs::create_dir_all(&inside).unwrap();
        let mut text = format!("Datei {number}\n\n");
        let length = 40 + number % 200;
        for _ in 0..length {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(WORDS[(state >> 33) as usize % WORDS.len()]);
            text.push(if state >> 60 == 0 { '.' } else { ' ' });
        }
        bytes += text.len() as u64;
        fs::write(inside.join(format!("{number}.txt")), text).unwrap();
    }
    bytes
}

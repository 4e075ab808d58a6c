//! How long the truth takes for a library of many small files:
//! `cargo run -p kenning-store --example truth_speed [FILES]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for a terminal")]

use std::path::Path;
use std::time::Instant;

use kenning_domain::{Language, Passage, Tag};
use kenning_store::{
    Access, ContentHash, FileFilter, Metadata, NewContent, NewSpace, Place, Stamp, Truth,
};

const BATCH: usize = 500;
const DIMENSIONS: usize = 384;

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what:<44} {:>10.1} ms", start.elapsed().as_secs_f64() * 1e3);
    done
}

/// A kilobyte of words that differ from document to document, in three passages.
fn text(number: usize) -> (String, Vec<Passage>) {
    let mut state = number as u64 + 1;
    let mut text = String::new();
    let mut passages = Vec::new();
    for _ in 0..3 {
        let start = text.len();
        while text.len() - start < 330 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(&format!("wort{} ", state >> 52));
        }
        let language = Tag::new("de").map(|tag| Language { tag, confidence: 0.9 });
        passages.push(Passage { span: start..text.len(), page: None, headings: vec![], language });
        text.push('\n');
    }
    (text, passages)
}

fn stamp(number: usize) -> Stamp {
    Stamp { size: 1_000, modified: number as i64, id: Some((1, number as u64)) }
}

fn main() {
    let files: usize =
        std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir_in(".").unwrap();
    let mut truth = Truth::open(folder.path(), Access::Write).unwrap();
    let mut reader = truth.reader().unwrap();
    let root = truth.change(|change| change.add_folder(Path::new("/f"), "")).unwrap();
    let space = NewSpace { model: "m", revision: "1", definition: "m", dimensions: DIMENSIONS };
    let space = truth
        .change(|change| {
            let space = change.add_space(space)?;
            change.answer_from(space)?;
            Ok(space)
        })
        .unwrap();
    timed(&format!("{files} files seen"), || {
        for first in (0..files).step_by(BATCH) {
            let see = |change: &mut kenning_store::Change<'_>| {
                for number in first..files.min(first + BATCH) {
                    let path = format!("ordner{}/datei{number}.txt", number / 100);
                    change.see(Place::new(root, Path::new(&path)), &stamp(number))?;
                }
                Ok(())
            };
            truth.change(see).unwrap();
        }
    });
    timed("the ledger, all waiting", || reader.read(|view| view.ledger()).unwrap());
    timed("the next 100 to read", || {
        reader.read(|view| view.to_read(kenning_store::Moment(0), 100)).unwrap()
    });
    timed("contents of 1 kB, three passages each", || {
        let metadata = Metadata::default();
        for first in (0..files).step_by(BATCH) {
            let put = |change: &mut kenning_store::Change<'_>| {
                for number in first..files.min(first + BATCH) {
                    let (text, passages) = text(number);
                    let new = NewContent {
                        hash: ContentHash(*blake3::hash(text.as_bytes()).as_bytes()),
                        bytes: text.len() as u64,
                        format: "text",
                        extractor: 1,
                        metadata: &metadata,
                        partial: None,
                        text: &text,
                        passages: &passages,
                    };
                    let file = kenning_domain::FileId(number as i64 + 1);
                    change.put_content(file, &stamp(number), &new)?.unwrap();
                }
                Ok(())
            };
            truth.change(put).unwrap();
        }
    });
    measure_vectors(&mut truth, &mut reader, space);
    for _ in 0..2 {
        timed("the ledger", || reader.read(|view| view.ledger()).unwrap());
    }
    timed("a page of files that hold some letters", || {
        let filter = FileFilter { text: Some("datei777"), limit: 50, ..FileFilter::default() };
        reader.read(|view| view.files(&filter)).unwrap()
    });
    drop(reader);
    timed("ending", || truth.close().unwrap());
    let size = std::fs::metadata(folder.path().join("kenning.db")).unwrap().len();
    println!("{:<44} {:>10.1} MB", "the database", size as f64 / 1e6);
    std::fs::write(folder.path().join("lock"), "process 1").unwrap();
    let truth =
        timed("opening after a bad end", || Truth::open(folder.path(), Access::Write).unwrap());
    drop(truth);
    timed("opening after a good end", || Truth::open(folder.path(), Access::Write).unwrap());
}

fn measure_vectors(
    truth: &mut Truth,
    reader: &mut kenning_store::Reader,
    space: kenning_domain::SpaceId,
) {
    let mut made = 0;
    timed("vectors, in batches of 256", || {
        loop {
            let texts = reader.read(|view| view.unembedded(space, 256)).unwrap();
            if texts.is_empty() {
                return;
            }
            let vectors: Vec<_> = texts
                .iter()
                .map(|text| (text.id, vec![text.id.0 as f32 / 1e9; DIMENSIONS]))
                .collect();
            truth.change(|change| change.put_vectors(space, &vectors)).unwrap();
            made += vectors.len();
        }
    });
    println!("{:<44} {made:>10}", "vectors made");
    let mut streamed = 0;
    timed("all vectors streamed", || {
        reader.read(|view| view.each_vector(space, |_| streamed += 1)).unwrap();
    });
    assert_eq!(streamed, made);
}

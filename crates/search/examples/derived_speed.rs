//! How long it takes to keep up with a library of small files, and to open it again:
//! `cargo run --release -p kenning-search --example derived_speed [FILES]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for a terminal")]

use std::path::Path;
use std::time::Instant;

use kenning_domain::{FileId, FolderId, Language, Passage, SpaceId, Tag};
use kenning_search::library::{Derived, Flush};
use kenning_store::{
    Access, ContentHash, Metadata, NewContent, NewSpace, Place, Reader, Stamp, Truth, Unembedded,
};

const BATCH: usize = 500;
const DIMENSIONS: usize = 384;
const PASSAGES: usize = 5;
const WORDS: usize = 100;

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    let (took, memory) = (start.elapsed().as_secs_f64() * 1e3, resident());
    println!("{what:<52} {took:>10.1} ms {memory:>8.1} MB resident");
    done
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1e3
}

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Few words often and many seldom.
    fn word(&mut self) -> String {
        let part = (self.next() >> 40) as f64 / f64::from(1 << 24);
        format!("wort{}", (50_000_f64.powf(part)) as u64)
    }
}

fn text(number: usize) -> (String, Vec<Passage>) {
    let mut chance = Chance((number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut text = String::new();
    let mut passages = Vec::new();
    for _ in 0..PASSAGES {
        let start = text.len();
        for _ in 0..WORDS {
            text.push_str(&chance.word());
            text.push(' ');
        }
        let tag = Tag::new(["de", "en", "fi", "ru"][number % 4]);
        let language = tag.map(|tag| Language { tag, confidence: 0.9 });
        passages.push(Passage { span: start..text.len(), page: None, headings: vec![], language });
        text.push('\n');
    }
    (text, passages)
}

fn stamp(number: usize) -> Stamp {
    Stamp { size: 1_000, modified: number as i64, id: Some((1, number as u64)) }
}

fn put_files(truth: &mut Truth, root: FolderId, files: usize) {
    let metadata = Metadata { title: Some("Ein Titel".to_owned()), ..Metadata::default() };
    for first in (0..files).step_by(BATCH) {
        let put = |change: &mut kenning_store::Change<'_>| {
            for number in first..files.min(first + BATCH) {
                let path = format!("ordner{}/datei{number}.txt", number / 100);
                let file = change.see(Place::new(root, Path::new(&path)), &stamp(number))?;
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
                change.put_content(file, &stamp(number), &new)?.unwrap();
            }
            Ok(())
        };
        truth.change(put).unwrap();
    }
}

fn put_vectors(truth: &mut Truth, reader: &mut Reader, space: SpaceId) {
    loop {
        let texts = reader.read(|view| view.unembedded(space, 1_000)).unwrap();
        if texts.is_empty() {
            return;
        }
        let vector = |text: &Unembedded| {
            let mut chance = Chance(text.id.0 as u64 * 77 + 1);
            let part = |_| (chance.next() >> 40) as f32 / 8_388_608.0 - 0.9;
            let mut vector: Vec<f32> = (0..DIMENSIONS).map(part).collect();
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
            vector.iter_mut().for_each(|value| *value /= length);
            (text.id, vector)
        };
        let vectors: Vec<_> = texts.iter().map(vector).collect();
        truth.change(|change| change.put_vectors(space, &vectors)).unwrap();
    }
}

fn catch_up(derived: &mut Derived, reader: &mut Reader) {
    let progress = derived.catch_up(reader, &|| true, Flush::Now).unwrap();
    assert!(progress.caught_up, "{progress:?}");
}

fn main() {
    let files: usize =
        std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(10_000);
    println!("{files} files of {PASSAGES} passages, {WORDS} words each, {DIMENSIONS} dimensions");
    let folder = tempfile::tempdir_in(".").unwrap();
    let mut truth = Truth::open(folder.path(), Access::Write).unwrap();
    let mut reader = truth.reader().unwrap();
    let root = truth.change(|change| change.add_folder(Path::new("/f"), "")).unwrap();
    let space = NewSpace { model: "m", revision: "1", definition: "m", dimensions: DIMENSIONS };
    let answering = |change: &mut kenning_store::Change<'_>| {
        let space = change.add_space(space)?;
        change.answer_from(space)?;
        Ok(space)
    };
    let space = truth.change(answering).unwrap();
    let (mut derived, _) = Derived::open(folder.path(), &mut reader, &[]).unwrap();
    catch_up(&mut derived, &mut reader);
    timed("files put into the truth, to compare with", || put_files(&mut truth, root, files));
    timed("caught up with their words", || catch_up(&mut derived, &mut reader));
    timed("vectors put into the truth, to compare with", || {
        put_vectors(&mut truth, &mut reader, space);
    });
    timed("caught up with vectors, means measured, shifted", || {
        catch_up(&mut derived, &mut reader)
    });
    timed("one file renamed", || {
        let (from, to) = (Path::new("ordner0/datei1.txt"), Path::new("ordner0/neu.txt"));
        let moved = |change: &mut kenning_store::Change<'_>| {
            change.moved(Place::new(root, from), Place::new(root, to), &stamp(1))
        };
        let file: FileId = truth.change(moved).unwrap();
        catch_up(&mut derived, &mut reader);
        file
    });
    timed("compared with the truth", || {
        let found = reader.read(|view| Ok(derived.verify(view).unwrap())).unwrap();
        assert_eq!(found, []);
    });
    timed("closed, codes saved", || derived.close().unwrap());
    drop(reader);
    truth.close().unwrap();
    reopen(folder.path());
    std::fs::remove_dir_all(folder.path().join("words")).unwrap();
    std::fs::remove_file(folder.path().join("codes-1")).unwrap();
    std::fs::remove_file(folder.path().join("means-1")).unwrap();
    let truth = Truth::open(folder.path(), Access::Write).unwrap();
    let mut reader = truth.reader().unwrap();
    let (mut derived, _) = Derived::open(folder.path(), &mut reader, &[]).unwrap();
    timed("all made anew", || catch_up(&mut derived, &mut reader));
    derived.close().unwrap();
}

fn reopen(folder: &Path) {
    let truth = timed("the truth opened", || Truth::open(folder, Access::Write).unwrap());
    let mut reader = truth.reader().unwrap();
    let (mut derived, repaired) =
        timed("derived opened", || Derived::open(folder, &mut reader, &[]).unwrap());
    assert_eq!(repaired, []);
    timed("and caught up", || catch_up(&mut derived, &mut reader));
}

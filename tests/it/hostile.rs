//! Files that were made to do harm, and two thousand damaged copies of sound ones, through the guarded
//! workers: each ends in text or with its reason, within its time and its memory, and the next file
//! is read as if nothing had been.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kenning_documents::{Failure, Limits, Outcome, Pool, PoolLimits, Program, Quarantine, Refusal};
use kenning_domain::Cancel;
use kenning_tests::made::hostile::hostile;
use kenning_tests::made::{SENTENCES, Sound, sound};
use tempfile::TempDir;

const WORKER: &str = env!("CARGO_BIN_EXE_kenning-test-worker");
const WORKERS: usize = 2;

/// Long enough for a machine that has much else to do: nothing here is expected to come near.
const LIMITS: PoolLimits = PoolLimits {
    silence: Duration::from_secs(15),
    total: Duration::from_secs(30),
    address_space: 500 << 20,
    files_per_worker: 200,
    file: Limits {
        file_bytes: 48 << 20,
        text_bytes: 16 << 20,
        depth: 4,
        entries: 1000,
        unpacked_bytes: 128 << 20,
        ratio: 200,
        nesting: 256,
        blocks: 400_000,
    },
};

fn pool(limits: PoolLimits) -> Pool {
    let program = Program { path: WORKER.into(), arguments: vec!["worker".into()] };
    Pool::new(program, WORKERS, limits, Quarantine::default())
}

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// What came of a file, in one line.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done(document) => match &document.partial {
            Some(reason) => format!("partial: {reason}"),
            None => "text".into(),
        },
        Outcome::Refused(refusal) => format!("refused: {refusal}"),
        Outcome::Failed(failure) => format!("failed: {failure}"),
        Outcome::Quarantined(reason) => format!("quarantined: {reason}"),
        Outcome::Cancelled => "cancelled".into(),
    }
}

fn text(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done(document) => document.text,
        other => panic!("no text: {}", told(&other)),
    }
}

/// Calls `work` with each number below `count`, side by side, and collects what it complains of.
fn side_by_side(count: usize, work: impl Fn(usize) -> Option<String> + Sync) -> Vec<String> {
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let fault = work(number);
                    faults.lock().unwrap().extend(fault);
                }
            });
        }
    });
    faults.into_inner().unwrap()
}

#[test]
fn what_is_made_to_do_harm_ends_with_its_reason_and_the_next_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let good = write(&folder, "good.txt", SENTENCES[6].as_bytes());
    let (pool, makers) = (pool(LIMITS), hostile());
    let faults = side_by_side(makers.len(), |number| {
        let file = makers[number]();
        let path = write(&folder, file.name, &file.bytes);
        let started = Instant::now();
        let outcome = pool.extract(&path);
        let took = started.elapsed();
        fs::remove_file(&path).unwrap();
        let found = told(&outcome);
        eprintln!("{:<28} {:>6} ms  {found}", file.name, took.as_millis());
        assert_eq!(text(pool.extract(&good)), SENTENCES[6], "after {}", file.name);
        let as_expected = found.starts_with(file.expected) && !found.starts_with("failed");
        (!as_expected).then(|| format!("{}: {found} and not {}", file.name, file.expected))
    });
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert_eq!(pool.quarantine(), Quarantine::default());
}

#[test]
fn entities_neither_stand_for_more_nor_fetch_files() {
    let folder = tempfile::tempdir().unwrap();
    let secret = write(&folder, "secret.txt", "Das weiß nur ich.".as_bytes());
    let place = secret.display();
    let pool = pool(LIMITS);
    let declared = format!(
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file://{place}\"><!ENTITY % p SYSTEM \"{place}\">%p;\
         <!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
    );
    let check = |name: &str, content: &str| {
        let content = content.replace("DECLARED", &declared);
        let found = text(pool.extract(&write(&folder, name, content.as_bytes())));
        assert!(found.contains("before") && found.contains("after"), "{name}: {found}");
        assert!(!found.contains("weiß nur"), "{name}: {found}");
        assert!(found.matches("ha").count() < 20 && found.len() < 2000, "{name}: {found}");
    };
    let body = "before &x; and &c; and after";
    check("a.xml", &format!("<?xml version=\"1.0\"?>DECLARED<a>{body}</a>"));
    check(
        "a.xhtml",
        &format!("<?xml version=\"1.0\"?>DECLARED<html><body><p>{body}</p></body></html>"),
    );
    check("a.svg", &format!("DECLARED<svg><text>{body}</text></svg>"));
    check(
        "a.html",
        &format!("DECLARED<html><iframe src=\"{place}\"></iframe><p>{body}</p></html>"),
    );
}

#[test]
fn large_files_that_are_mostly_holes_cost_neither_time_nor_memory() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(PoolLimits { file: Limits::default(), ..LIMITS });
    let good = write(&folder, "good.txt", SENTENCES[3].as_bytes());
    let heads: [(&str, &[u8], &[u8]); 4] = [
        ("sparse", b"", b""),
        ("sparse.pdf", b"%PDF-1.7\n", b"startxref\n9\n%%EOF\n"),
        ("sparse.zip", b"PK\x03\x04", b"PK\x05\x06"),
        ("sparse.txt", b"words", b"more words"),
    ];
    for (name, head, tail) in heads {
        let mut file = File::create(folder.path().join(name)).unwrap();
        file.set_len(2 << 30).unwrap();
        file.write_all(head).unwrap();
        file.seek(SeekFrom::End(-(tail.len() as i64))).unwrap();
        file.write_all(tail).unwrap();
        let started = Instant::now();
        let outcome = pool.extract(&folder.path().join(name));
        assert_eq!(outcome, Outcome::Refused(Refusal::too_large("the file", "256 MB")), "{name}");
        assert!(started.elapsed() < Duration::from_secs(1), "{name}");
        assert_eq!(text(pool.extract(&good)), SENTENCES[3]);
    }
}

#[test]
fn a_file_that_grows_vanishes_or_is_exchanged_while_it_is_read_costs_at_most_itself() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(PoolLimits { file: Limits { file_bytes: 1 << 20, ..LIMITS.file }, ..LIMITS });
    let good = write(&folder, "good.txt", SENTENCES[4].as_bytes());
    let path = folder.path().join("restless.txt");
    let stopped = AtomicBool::new(false);
    let (mut kinds, until) = ([0; 3], Instant::now() + Duration::from_secs(20));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while !stopped.load(Ordering::Relaxed) && Instant::now() < until {
                disturb(&path, round);
                round += 1;
            }
        });
        // Until everything has been met that can be.
        while kinds.contains(&0) && Instant::now() < until {
            match pool.extract(&path) {
                Outcome::Done(document) => {
                    assert!(document.text.chars().all(|c| c == 'x'));
                    kinds[0] += 1;
                }
                Outcome::Refused(
                    Refusal::Empty | Refusal::TooLarge { .. } | Refusal::Unsupported { .. },
                ) => kinds[1] += 1,
                Outcome::Failed(Failure::Unreadable { .. }) => kinds[2] += 1,
                other => panic!("{}", told(&other)),
            }
        }
        stopped.store(true, Ordering::Relaxed);
    });
    assert!(kinds.iter().all(|count| *count > 0), "{kinds:?}");
    assert_eq!(text(pool.extract(&good)), SENTENCES[4]);
    assert_eq!(pool.quarantine(), Quarantine::default());
}

/// Does the next of the things that happen to files.
fn disturb(path: &Path, round: usize) {
    // Whatever is there by now may be in the way of what comes next.
    let remove = || drop(fs::remove_file(path).or_else(|_| fs::remove_dir(path)));
    match round % 5 {
        0 => {
            remove();
            let mut file = File::create(path).unwrap();
            for _ in 0..200 {
                file.write_all(&[b'x'; 8192]).unwrap();
            }
        }
        1 => OpenOptions::new().write(true).open(path).unwrap().set_len(100).unwrap(),
        2 => remove(),
        3 => {
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        }
        _ => {
            remove();
            fs::create_dir(path).unwrap();
        }
    }
    std::thread::sleep(Duration::from_millis(3));
}

#[test]
fn reading_can_be_cancelled_whatever_it_is_busy_with() {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::new(
        Program { path: WORKER.into(), arguments: vec!["worker".into()] },
        1,
        LIMITS,
        Quarantine::default(),
    );
    let good = write(&folder, "good.txt", SENTENCES[8].as_bytes());
    for what in ["loop", "loop but alive", "slow"] {
        let path = write(&folder, what, format!("HOSTILE {what}").as_bytes());
        let (first, second) = (Cancel::default(), Cancel::default());
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| pool.extract_unless(&path, &first));
            std::thread::sleep(Duration::from_millis(300));
            // There is one worker: this one waits for it.
            let waiting = scope.spawn(|| pool.extract_unless(&good, &second));
            for (cancel, thread) in [(&second, waiting), (&first, reading)] {
                let started = Instant::now();
                cancel.cancel();
                assert_eq!(thread.join().unwrap(), Outcome::Cancelled, "{what}");
                assert!(started.elapsed() < Duration::from_secs(1), "{what}");
            }
        });
        assert_eq!(text(pool.extract(&good)), SENTENCES[8], "{what}");
        let never = Cancel::default();
        never.cancel();
        assert_eq!(pool.extract_unless(&good, &never), Outcome::Cancelled);
    }
    assert_eq!(pool.quarantine(), Quarantine::default());
}

#[test]
fn sound_files_of_every_format_are_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (pool, files) = (pool(LIMITS), sound());
    let faults = side_by_side(files.len(), |number| {
        let Sound { name, format, says, .. } = &files[number];
        let path = write(&folder, name, &files[number].bytes());
        match pool.extract(&path) {
            Outcome::Refused(_) if says.is_empty() => None,
            Outcome::Done(document)
                if document.format == *format
                    && document.text.contains(says.as_str())
                    && document.partial.is_none() =>
            {
                None
            }
            Outcome::Done(document) => Some(format!("{name}: {document:#?}")),
            other => Some(format!("{name}: {}", told(&other))),
        }
    });
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let formats: std::collections::BTreeSet<&str> =
        files.iter().map(|file| file.format.as_str()).collect();
    // Gzip is read as what it packs.
    let all = kenning_documents::Formats::all().0.iter().map(|format| format.name);
    let missing: Vec<&str> =
        all.filter(|name| *name != "gzip" && !formats.contains(name)).collect();
    assert!(missing.is_empty(), "no sound file of {missing:?}");
}

#[test]
fn two_thousand_damaged_copies_end_in_text_or_with_a_reason() {
    const COPIES: usize = 2400;
    let folder = tempfile::tempdir().unwrap();
    let (pool, files) = (pool(LIMITS), sound());
    let (read, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let faults = side_by_side(COPIES, |number| {
        let file = &files[number % files.len()];
        let bytes = file.damaged_copy((number / files.len()) as u64);
        let path = write(&folder, &format!("{number} {}", file.name), &bytes);
        let outcome = pool.extract(&path);
        fs::remove_file(&path).unwrap();
        let count = match &outcome {
            Outcome::Done(_) => &read,
            Outcome::Refused(Refusal::Damaged { reason }) if reason.contains("reader failed") => {
                return Some(format!("{number} {}: {reason}", file.name));
            }
            Outcome::Refused(_) => &refused,
            other => return Some(format!("{number} {}: {}", file.name, told(other))),
        };
        count.fetch_add(1, Ordering::Relaxed);
        None
    });
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let (read, refused) = (read.into_inner(), refused.into_inner());
    // Copies that were all read or all refused would not be damaged in any way that says much.
    assert!(read > COPIES / 4 && refused > COPIES / 20, "{read} read, {refused} refused");
    eprintln!("{read} read, {refused} refused");
    let good = write(&folder, "good.txt", SENTENCES[5].as_bytes());
    assert_eq!(text(pool.extract(&good)), SENTENCES[5]);
    assert_eq!(pool.quarantine(), Quarantine::default());
}

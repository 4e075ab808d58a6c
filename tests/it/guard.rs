//! Extraction in guarded processes: whatever a file does to the worker that reads it, the parent
//! goes on, says what happened, and keeps nothing of it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use kenning_documents::{
    Confinement, Document, Failure, Limits, Offence, Outcome, Pool, PoolLimits, Program,
    Quarantine, Refusal,
};
use tempfile::TempDir;

const WORKER: &str = env!("CARGO_BIN_EXE_kenning-test-worker");

/// Long enough for a machine that has much else to do, short enough to wait for.
const LIMITS: PoolLimits = PoolLimits {
    silence: Duration::from_secs(2),
    total: Duration::from_secs(6),
    address_space: 400 << 20,
    files_per_worker: 50,
    file: Limits {
        file_bytes: 16 << 20,
        text_bytes: 16 << 20,
        depth: 4,
        entries: 1000,
        unpacked_bytes: 64 << 20,
        ratio: 200,
        nesting: 256,
        blocks: 1_000_000,
    },
};

fn program(arguments: &[&str]) -> Program {
    Program { path: WORKER.into(), arguments: arguments.iter().map(Into::into).collect() }
}

fn pool(limits: PoolLimits) -> Pool {
    Pool::new(program(&["worker"]), 1, limits, Quarantine::default())
}

fn file(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn hostile(folder: &TempDir, what: &str) -> PathBuf {
    file(folder, &format!("{}.bin", what.replace('/', "-")), format!("HOSTILE {what}").as_bytes())
}

fn text(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done(Document { text, .. }) => text,
        other => panic!("no text: {other:?}"),
    }
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < patience, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The processes whose parent is this one, zombies too.
fn children(parent: u32) -> BTreeSet<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes.filter(|process| stat(*process).is_some_and(|(_, of)| of == parent)).collect()
}

/// A process's state and its parent.
fn stat(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

/// What became of a file that does this, twice over, with what follows read by the same pool.
fn check(what: &str, expected: &Failure) {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(LIMITS);
    let path = hostile(&folder, what);
    let after = file(&folder, "después.txt", "Todo sigue.".as_bytes());
    for _ in 0..2 {
        assert_eq!(pool.extract(&path), Outcome::Failed(expected.clone()), "{what}");
        assert_eq!(text(pool.extract(&after)), "Todo sigue.");
    }
    assert_eq!(pool.extract(&path), Outcome::Quarantined(expected.to_string()));
    assert_eq!(text(pool.extract(&after)), "Todo sigue.");
}

fn ended(how: &str) -> Failure {
    Failure::Ended { how: how.into() }
}

#[test]
fn a_reader_that_loops_for_ever_is_killed_when_it_is_silent_for_too_long() {
    check("loop", &Failure::Silent(LIMITS.silence));
}

#[test]
fn a_reader_that_is_alive_for_ever_is_killed_when_it_takes_too_long() {
    check("loop but alive", &Failure::TooLong(LIMITS.total));
}

#[test]
fn a_reader_that_is_slow_and_alive_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(PoolLimits { total: Duration::from_secs(60), ..LIMITS });
    assert_eq!(text(pool.extract(&hostile(&folder, "slow"))), "slow but sure");
}

#[test]
fn allocation_without_end_stops_at_the_limit() {
    check("allocate", &Failure::OutOfMemory(LIMITS.address_space));
}

#[test]
fn aborting_recursing_and_exiting_cost_only_the_worker() {
    check("abort", &ended("ended with signal: 6 (SIGABRT)"));
    check("recurse", &Failure::StackOverflow);
    check("exit", &ended("ended with exit status: 0"));
}

#[test]
fn a_panic_is_a_refusal_that_says_what_it_said_and_costs_no_worker() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(LIMITS);
    let path = hostile(&folder, "panic");
    let expected = Refusal::damaged("its reader failed: Wie bitte?");
    for _ in 0..3 {
        assert_eq!(pool.extract(&path), Outcome::Refused(expected.clone()));
    }
    assert_eq!(pool.quarantine(), Quarantine::default());
}

#[test]
fn what_a_parser_prints_does_not_come_among_the_answers() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(text(pool(LIMITS).extract(&hostile(&folder, "print"))), "printed");
}

#[test]
fn a_worker_that_answers_nonsense_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "file.txt", &b"A file. ".repeat(1000));
    let check = |what: &str, expected: &str| {
        let limits = PoolLimits { silence: Duration::from_secs(1), ..LIMITS };
        let limits = PoolLimits { total: Duration::from_secs(2), ..limits };
        let pool = Pool::new(program(&["pretend", what]), 1, limits, Quarantine::default());
        let Outcome::Failed(failure) = pool.extract(&path) else { panic!("{what}") };
        assert!(failure.to_string().contains(expected), "{what}: {failure}");
        let charged = !["not a worker", "dead", "gone", "unasked"].contains(&what);
        assert_eq!(pool.quarantine().offences().count(), usize::from(charged), "{what}");
    };
    check("garbage", "nonsense: there is no kind 116");
    check("giant", "nonsense: 18446744073709551615 bytes are more than");
    check("large", "nonsense: 209715200 bytes are more than");
    check("cut", "ended with exit status: 0");
    check("not JSON", "nonsense: invalid");
    check("outside", "nonsense: a block at 0..1");
    check("other", "nonsense: Done of 2 while at 1");
    check("flood", "not done after 2 seconds");
    check("deaf", "stood still for 1 seconds");
    // These break before they begin, which is not the file's fault.
    check("unasked", "nonsense: Done of 1 while at 1");
    check("gone", "ended with exit status: 0");
    check("dead", "could be started: the process that read it ended with exit status: 0");
    check("not a worker", "could be started: the process that read it answered nonsense");
    let nowhere = Program { path: "/nowhere/kenning".into(), arguments: Vec::new() };
    let pool = Pool::new(nowhere, 1, LIMITS, Quarantine::default());
    assert!(matches!(pool.extract(&path), Outcome::Failed(Failure::NotStarted { .. })));
}

#[test]
fn a_worker_can_neither_read_nor_write_files_nor_reach_anyone() {
    let folder = tempfile::tempdir().unwrap();
    let keep = file(&folder, "keep", b"keep");
    let _listener = UnixListener::bind(folder.path().join("socket")).unwrap();
    let probe = hostile(&folder, &format!("probe at {}", keep.display()));
    let pool = pool(LIMITS);
    assert_eq!(pool.confinement(), None);
    let found = text(pool.extract(&probe));
    assert_eq!((found.matches(": no").count(), found.matches(": yes").count()), (11, 0), "{found}");
    let closed = Confinement { memory: true, files: true, network: true };
    assert_eq!(pool.confinement(), Some(closed));
    // The same attempts succeed where nothing guards, or they would prove nothing.
    let bare = Command::new(WORKER).arg("bare").arg(&probe).output().unwrap();
    let found = String::from_utf8(bare.stdout).unwrap();
    assert_eq!((found.matches(": no").count(), found.matches(": yes").count()), (0, 11), "{found}");
    assert!(!keep.exists());
}

#[test]
fn a_worker_holds_nothing_open_but_its_pipes() {
    let folder = tempfile::tempdir().unwrap();
    let pool = tagged("open");
    assert_eq!(text(pool.extract(&file(&folder, "a.txt", b"a"))), "a");
    let worker = *known_by("open").first().unwrap();
    let limits = fs::read_to_string(format!("/proc/{worker}/limits")).unwrap();
    let limit = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(limit("Max core file size"), 0);
    assert_eq!(limit("Max file size"), 0);
    assert_eq!(limit("Max address space"), LIMITS.address_space);
    let entries = fs::read_dir(format!("/proc/{worker}/fd")).unwrap().flatten();
    let open: Vec<PathBuf> = entries.map(|entry| fs::read_link(entry.path()).unwrap()).collect();
    let pipe = |target: &PathBuf| target.to_string_lossy().starts_with("pipe:");
    assert!((3..=4).contains(&open.len()) && open.iter().all(pipe), "{open:?}");
    let stat = fs::read_to_string(format!("/proc/{worker}/stat")).unwrap();
    assert_eq!(stat.rsplit_once(") ").unwrap().1.split(' ').nth(16), Some("10"), "its priority");
}

/// A pool whose workers can be told from those of tests beside this one.
fn tagged(tag: &str) -> Pool {
    Pool::new(program(&["worker", tag]), 1, LIMITS, Quarantine::default())
}

fn known_by(tag: &str) -> Vec<u32> {
    let end = format!("worker\0{tag}\0");
    let command = |process: &u32| fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let all = children(std::process::id()).into_iter();
    all.filter(|process| command(process).ends_with(end.as_bytes())).collect()
}

#[test]
fn what_is_no_regular_file_is_refused_without_being_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    file(&folder, "target.txt", b"text");
    symlink(path("target.txt"), path("link")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    let _listener = UnixListener::bind(path("socket")).unwrap();
    assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    // The pool has no program: whatever came as far as a worker would fail.
    let pool = Pool::new(
        Program { path: "/nowhere".into(), arguments: Vec::new() },
        1,
        LIMITS,
        Quarantine::default(),
    );
    let check = |path: &Path, expected: &str| {
        let started = Instant::now();
        let expected = Outcome::Refused(Refusal::unsupported(expected));
        assert_eq!(pool.extract(path), expected, "{}", path.display());
        assert!(started.elapsed() < Duration::from_secs(1));
    };
    check(&path("link"), "symbolic link");
    check(&path("folder"), "folder");
    check(&path("socket"), "socket");
    check(&path("pipe"), "named pipe");
    check(Path::new("/dev/null"), "device");
    check(Path::new("/dev/zero"), "device");
    let sparse = File::create(path("sparse")).unwrap();
    sparse.set_len(2 << 30).unwrap();
    let started = Instant::now();
    let refused = pool.extract(&path("sparse"));
    assert_eq!(refused, Outcome::Refused(Refusal::too_large("the file", "16 MB")));
    assert!(started.elapsed() < Duration::from_secs(1));
    let missing = pool.extract(&path("missing"));
    assert!(matches!(missing, Outcome::Failed(Failure::Unreadable { .. })), "{missing:?}");
}

#[test]
fn two_kills_quarantine_a_file_until_it_changes_also_across_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = hostile(&folder, "abort");
    let first = pool(LIMITS);
    let killed = |outcome: Outcome| assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    let held = |outcome: Outcome| {
        assert!(
            matches!(&outcome, Outcome::Quarantined(why) if why.contains("SIGABRT")),
            "{outcome:?}"
        );
    };
    killed(first.extract(&path));
    killed(first.extract(&path));
    held(first.extract(&path));
    let kept: Vec<Offence> = first.quarantine().offences().cloned().collect();
    drop(first);
    let with =
        |kept: Vec<Offence>| Pool::new(program(&["worker"]), 1, LIMITS, Quarantine::with(kept));
    held(with(kept.clone()).extract(&path));
    let older = kept.iter().cloned().map(|known| Offence { extractor: 0, ..known });
    killed(with(older.collect()).extract(&path));
    let second = with(kept);
    let touched = File::options().write(true).open(&path).unwrap();
    touched.set_modified(SystemTime::now() + Duration::from_secs(5)).unwrap();
    killed(second.extract(&path));
    fs::write(&path, "Harmless now.").unwrap();
    assert_eq!(text(second.extract(&path)), "Harmless now.");
    assert_eq!(second.quarantine(), Quarantine::default());
}

#[test]
fn many_files_from_many_threads_come_back_each_to_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["Haus", "дом", "家", "घर", "بيت", "σπίτι", "บ้าน", "house"];
    let paths: Vec<PathBuf> = (0..200)
        .map(|n| file(&folder, &format!("{n}.txt"), format!("{} {n}", words[n % 8]).as_bytes()))
        .collect();
    let limits = PoolLimits { silence: Duration::from_secs(30), ..LIMITS };
    let limits = PoolLimits { total: Duration::from_secs(30), files_per_worker: 30, ..limits };
    let pool = Pool::new(program(&["worker"]), 2, limits, Quarantine::default());
    let (pool, paths) = (&pool, &paths);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for (n, path) in paths.iter().enumerate().filter(|(n, _)| n % 4 == thread) {
                    assert_eq!(text(pool.extract(path)), format!("{} {n}", words[n % 8]));
                }
            });
        }
    });
}

#[test]
fn large_files_and_large_answers_do_not_block_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let limits = PoolLimits { silence: Duration::from_secs(30), ..LIMITS };
    let pool = pool(PoolLimits { total: Duration::from_secs(60), ..limits });
    let line = "Zeile um Zeile. \"Рядок за рядком.\"\n\n";
    let content = line.repeat((15 << 20) / line.len());
    let found = text(pool.extract(&file(&folder, "large.txt", content.as_bytes())));
    assert_eq!(found.len(), content.trim_end().len());
    assert!(text(pool.extract(&hostile(&folder, "much"))).ends_with("\"199999\""));
}

#[test]
fn a_worker_that_died_between_two_files_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "a.txt", b"again");
    let pool = tagged("died");
    assert_eq!(text(pool.extract(&path)), "again");
    let first = known_by("died");
    assert_eq!(first.len(), 1);
    assert!(Command::new("kill").args(["-9", &first[0].to_string()]).status().unwrap().success());
    assert_eq!(text(pool.extract(&path)), "again");
    assert_ne!(known_by("died"), first);
    assert_eq!(pool.quarantine(), Quarantine::default());
}

#[test]
fn workers_leave_no_process_no_thread_and_no_open_file_behind() {
    let folder = tempfile::tempdir().unwrap();
    for what in ["abort", "exit", "recurse", "loop", "panic", "allocate"] {
        hostile(&folder, what);
    }
    for n in 0..30 {
        file(&folder, &format!("{n}.txt"), b"text");
    }
    let output = Command::new(WORKER).arg("count").arg(folder.path()).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let [before, done, after] = printed.lines().collect::<Vec<_>>()[..] else {
        panic!("{printed}")
    };
    assert_eq!(done, "30");
    assert_eq!(before, after, "open files, threads, children");
}

#[test]
fn a_parent_that_is_killed_leaves_no_worker_behind() {
    let folder = tempfile::tempdir().unwrap();
    for what in ["loop", "loop but alive"] {
        let mut parent = Command::new(WORKER)
            .arg("parent")
            .arg(hostile(&folder, what))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut workers = BTreeSet::new();
        wait_until("the worker starts", || {
            workers = children(parent.id());
            !workers.is_empty()
        });
        std::thread::sleep(Duration::from_millis(300));
        parent.kill().unwrap();
        parent.wait().unwrap();
        let gone = |process: &u32| stat(*process).is_none_or(|(state, _)| state == "Z");
        wait_until("the worker ends with its parent", || workers.iter().all(gone));
    }
}

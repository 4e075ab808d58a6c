//! Formats that misbehave in every way the guard must bear, and programs that only pretend to be a
//! worker.

use std::fs::File;
use std::io::{Read, Write, stdin, stdout};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use kenning_documents::{
    Format, Formats, Limits, Outcome, Pool, PoolLimits, Program, Quarantine, Refusal, Sample,
    Writer, worker,
};

const MAGIC: &[u8] = b"HOSTILE ";

const HOSTILE: Format = Format { name: "hostile", is: |s| s.starts_with(MAGIC), read };

pub fn run() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        // What follows is for tests to know their workers by.
        ["worker", ..] => worker(formats()),
        ["bare", file] => bare(Path::new(file)),
        ["parent", file] => parent(Path::new(file)),
        ["count", folder] => count(Path::new(folder)),
        ["pretend", what] => pretend(what),
        ["copies", count, keep, folder @ ..] => {
            let folder = folder.first().map(Path::new);
            let unharmed = crate::copies::run(count.parse().unwrap(), folder, Path::new(keep));
            std::process::exit(i32::from(!unharmed));
        }
        other => panic!("{other:?} is nothing that this program does"),
    }
}

fn formats() -> Formats {
    let own = Formats::all().0.iter().map(|f| Format { name: f.name, is: f.is, read: f.read });
    Formats(std::iter::once(HOSTILE).chain(own).collect::<Vec<_>>().leak())
}

fn read(sample: &Sample<'_>, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let words = std::str::from_utf8(&sample.bytes[MAGIC.len()..]).unwrap();
    let (what, path) = words.split_once(" at ").unwrap_or((words, ""));
    match what {
        "loop" => loop {
            std::hint::spin_loop();
        },
        "loop but alive" => loop {
            writer.alive();
        },
        "slow" => {
            let started = Instant::now();
            while started.elapsed() < Duration::from_secs(4) {
                writer.alive();
                sleep(Duration::from_millis(10));
            }
            writer.paragraph("slow but sure")
        }
        "allocate" => {
            let mut kept = Vec::new();
            loop {
                kept.push(vec![1_u8; 16 << 20]);
                writer.alive();
            }
        }
        "panic" => panic!("Wie bitte?"),
        "abort" => std::process::abort(),
        "recurse" => writer.paragraph(&deeper(1).to_string()),
        "exit" => std::process::exit(0),
        "print" => {
            println!("a parser's own words");
            eprintln!("and some more");
            writer.paragraph("printed")
        }
        "probe" => probe(Path::new(path), writer),
        "much" => (0..200_000).try_for_each(|n| writer.paragraph(&format!("\"{n}\""))),
        other => panic!("{other}"),
    }
}

fn deeper(depth: u64) -> u64 {
    let kept = std::hint::black_box([depth; 64]);
    if depth == 0 { 0 } else { deeper(depth + 1) + kept[7] }
}

/// Tries what a worker must not be able to do, and writes down what it could.
fn probe(keep: &Path, writer: &mut Writer<'_>) -> Result<(), Refusal> {
    let beside = |name: &str| keep.with_file_name(name);
    let socket = UnixStream::connect(beside("socket"));
    let attempts: [(&str, bool); 11] = [
        ("read a file", File::open(keep).is_ok()),
        ("list a folder", std::fs::read_dir("/").is_ok()),
        ("create a file", File::create(beside("new file")).is_ok()),
        ("make a folder", std::fs::create_dir(beside("new folder")).is_ok()),
        ("change permissions", set_permissions(keep)),
        ("remove a file", std::fs::remove_file(keep).is_ok()),
        ("reach another program", socket.is_ok()),
        ("connect", refused_by_rule(TcpStream::connect("127.0.0.1:9").map(drop))),
        ("send a datagram", UdpSocket::bind("127.0.0.1:0").is_ok()),
        ("make a pair of sockets", UnixStream::pair().is_ok()),
        ("start a program", Command::new("/bin/true").spawn().is_ok()),
    ];
    for (what, could) in attempts {
        writer.paragraph(&format!("{what}: {}", if could { "yes" } else { "no" }))?;
    }
    Ok(())
}

fn set_permissions(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).is_ok()
}

/// Whether the system let it try: nobody listens there, and to be told so is to have reached out.
fn refused_by_rule(result: std::io::Result<()>) -> bool {
    !matches!(result, Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied)
}

/// Reads one file without a guard.
fn bare(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let read = formats().extract("bare", &bytes, Limits::default(), &mut || ());
    println!("{}", read.unwrap().text);
}

/// Reads all files of a folder by several threads, and prints what this process holds before it has
/// a pool, how many files gave a text, and what it holds after: open files, threads, and children, dead ones too.
fn count(folder: &Path) {
    println!("{:?}", held());
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    let program = Program::current(["worker".into()]).unwrap();
    let silence = Duration::from_secs(3);
    let limits = PoolLimits { silence, files_per_worker: 5, ..PoolLimits::default() };
    let pool = Pool::new(program, 2, limits, Quarantine::default());
    let done = |file: &PathBuf| usize::from(matches!(pool.extract(file), Outcome::Done(_)));
    let done: usize = std::thread::scope(|scope| {
        let parts = files.chunks(files.len().div_ceil(4));
        let threads: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(done).sum::<usize>())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("{done}");
    drop(pool);
    // The threads that serve a worker's pipes end by themselves once it is dead.
    sleep(Duration::from_millis(500));
    println!("{:?}", held());
}

fn held() -> [usize; 3] {
    let count = |folder: &str| std::fs::read_dir(folder).unwrap().count();
    let children = std::fs::read_dir("/proc").unwrap().filter(|entry| {
        let stat = std::fs::read_to_string(entry.as_ref().unwrap().path().join("stat"));
        let parent = |stat: String| Some(stat.rsplit_once(") ")?.1.split(' ').nth(1)?.to_owned());
        stat.ok().and_then(parent).is_some_and(|of| of == std::process::id().to_string())
    });
    [count("/proc/self/fd"), count("/proc/self/task"), children.count()]
}

/// Reads one file as Kenning does, to be killed while at it.
fn parent(file: &Path) {
    let program = Program::current(["worker".into()]).unwrap();
    let pool = Pool::new(program, 1, PoolLimits::default(), Quarantine::default());
    println!("{:?}", pool.extract(file));
}

/// Kinds of frames, as they are on the wire.
const READY: u8 = 4;
const ALIVE: u8 = 5;
const DONE: u8 = 6;

fn frame(kind: u8, number: u32, length: u64, body: &[u8]) {
    let head = [&[kind][..], &number.to_le_bytes(), &length.to_le_bytes(), body].concat();
    stdout().write_all(&head).unwrap();
    stdout().flush().unwrap();
}

fn ready() {
    let body = br#"{"memory":false,"files":false,"network":false}"#;
    frame(READY, 0, body.len() as u64, body);
}

/// Behaves well until a file has come, and then does not.
fn pretend(what: &str) {
    match what {
        "not a worker" => return println!("usage: something else"),
        "dead" => return,
        _ => ready(),
    }
    if what == "gone" {
        return;
    }
    let mut terms_and_more = [0; 300];
    stdin().read_exact(&mut terms_and_more).unwrap();
    if what != "unasked" {
        frame(ALIVE, 1, 0, b"");
    }
    let outside = br#"{"format":"x","text":"\u00e4","blocks":[{"span":{"start":0,"end":1},
        "kind":"Paragraph","page":null}],"metadata":{"title":null,"author":null,"language":null,
        "created":null,"modified":null,"pages":null}}"#;
    match what {
        "garbage" => println!("thread main panicked at something"),
        "giant" => frame(DONE, 1, u64::MAX, b""),
        "large" => frame(DONE, 1, 200 << 20, b""),
        "cut" => return frame(DONE, 1, 1000, b"{\"format\":"),
        "not JSON" => frame(DONE, 1, 5, b"[1,2]"),
        "outside" => frame(DONE, 1, outside.len() as u64, outside),
        "other" => frame(DONE, 2, 0, b""),
        "unasked" => frame(DONE, 1, 0, b""),
        "flood" => loop {
            frame(ALIVE, 1, 0, b"");
        },
        "deaf" => {}
        other => panic!("{other}"),
    }
    sleep(Duration::from_secs(600));
}

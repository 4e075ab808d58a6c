//! How fast the real window is, and what it holds in memory: `cargo xtask bench window`.
//!
//! `window PROGRAM TERMINAL LIBRARY`: the programs as they are shipped, and the library that `bench search` made. What is
//! measured is told by the page itself, on a screen in memory, and by the system.

// It is made to print.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement that fails is none"
)]

#[allow(dead_code, reason = "a part of it suffices for measuring")]
#[path = "../it/window/driver.rs"]
mod driver;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use driver::{Driver, Session};
use serde_json::{Value, json};

/// Each start and each question is measured so often, and the middle one is told.
const STARTS: usize = 7;
const QUESTIONS: [&str; 8] = [
    "winter coat",
    "heating bill",
    "Rechnung",
    "garden in spring",
    "voyage",
    "insurance",
    "letter to a friend",
    "recipe",
];

fn main() {
    let arguments: Vec<PathBuf> =
        std::env::args_os().skip(1).filter(|own| own != "--bench").map(PathBuf::from).collect();
    let [program, terminal, library] = &arguments[..] else {
        println!("started by `cargo xtask bench window`");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let large = root.path().join("large");
    copy(library, &large);
    welcomed(&large);
    let driver = Driver::start(root.path(), &large, root.path());
    starts(&driver, program, &large);
    let window = driver.open(program);
    window.wait("the search field", FIELD);
    questions(&window);
    std::thread::sleep(Duration::from_secs(5));
    println!("memory, at rest, 100,000 passages:        {:>6.0} MB", megabytes(&large));
    window.quit(program);
    drop(driver);
    indexing(root.path(), program, terminal);
}

const FIELD: &str = "return !!document.querySelector('[data-search-field]')";

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

/// The first steps are not what is measured.
fn welcomed(home: &Path) {
    fs::create_dir_all(home).unwrap();
    fs::write(home.join("settings.json"), json!({ "welcomed": true }).to_string()).unwrap();
}

fn middle(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[values.len() - 1])
}

/// From the start of the program's process until the page begins, and until the frame with the first view in it is
/// painted.
fn starts(driver: &Driver, program: &Path, home: &Path) {
    let (mut begun, mut took) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let window = driver.open(program);
        window
            .wait("the first view", "return performance.getEntriesByName('first-view').length > 0");
        let told = window.run(
            "return [performance.timeOrigin, performance.getEntriesByName('first-view')[0].startTime]",
        );
        let [page, painted] = [0, 1].map(|at| told[at].as_f64().unwrap());
        let began = page - started(home);
        begun.push(began);
        took.push(began + painted);
        window.quit(program);
    }
    let ((begun, _), (painted, slowest)) = (middle(begun), middle(took));
    println!(
        "start to first paint:                     {painted:>6.0} ms, at most {slowest:.0}; the page begins after {begun:.0}"
    );
}

/// When the window's process was started, in milliseconds since the start of 1970, to a hundredth of a second.
fn started(home: &Path) -> f64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
    let up = fs::read_to_string("/proc/uptime").unwrap();
    let up: f64 = up.split_whitespace().next().unwrap().parse().unwrap();
    let started = |process: PathBuf| {
        let told = fs::read_to_string(process.join("stat")).ok()?;
        // After the name, which may hold anything, and the brackets around it.
        let ticks = told.rsplit(')').next()?.split_whitespace().nth(19)?;
        ticks.parse::<f64>().ok().map(|ticks| ticks / 100.0)
    };
    let first = processes(home).filter_map(started).fold(f64::INFINITY, f64::min);
    (now - up + first) * 1e3
}

/// From a key to the first hits of what then stands in the field, painted: every letter of each question, typed
/// into a page that shows the answer to the letters before.
fn questions(window: &Session) {
    // The model is loaded by the first question by meaning.
    let typed = |texts: &Value| {
        let script = format!(
            "(async () => {{
                const field = document.querySelector('[data-search-field]');
                const painted = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
                const list = () => document.querySelector('main');
                const took = [];
                for (const text of {texts}) {{
                    for (let end = 1; end <= text.length; end += 1) {{
                        const began = performance.now();
                        const shown = new Promise(resolve => {{
                            const watch = new MutationObserver(() => {{
                                if (!document.querySelector('.hit, [data-verdict]')) return;
                                watch.disconnect();
                                resolve(true);
                            }});
                            watch.observe(list(), {{ childList: true, subtree: true, characterData: true }});
                            setTimeout(() => {{ watch.disconnect(); resolve(false); }}, 1500);
                        }});
                        field.value = text.slice(0, end);
                        field.dispatchEvent(new Event('input', {{ bubbles: true }}));
                        if (await shown) {{
                            await painted();
                            took.push(performance.now() - began);
                        }}
                        await new Promise(resolve => setTimeout(resolve, 120));
                    }}
                    await new Promise(resolve => setTimeout(resolve, 400));
                }}
                done(took);
            }})()"
        );
        window.run_async(&script)
    };
    typed(&json!(["to warm up"]));
    let mut took: Vec<f64> = Vec::new();
    for text in QUESTIONS {
        let told = typed(&json!([text]));
        took.extend(told.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()));
    }
    let count = took.len();
    let (middle, slowest) = middle(took);
    println!(
        "key to first results, 100,000 passages:   {middle:>6.1} ms, at most {slowest:.0} (of {count})"
    );
}

/// Ten thousand short files are read and embedded while the page counts its frames.
fn indexing(root: &Path, program: &Path, terminal: &Path) {
    let (home, files) = (root.join("small"), root.join("files"));
    welcomed(&home);
    fs::create_dir_all(&files).unwrap();
    for number in 0..10_000 {
        let line = format!(
            "Note {number}: what was said on day {} about matter {}. ",
            number % 365,
            number % 97
        );
        fs::write(files.join(format!("{number}.txt")), line.repeat(6)).unwrap();
    }
    let added = Command::new(terminal).arg("add").arg(&files).env("KENNING_HOME", &home).status();
    assert!(added.unwrap().success());
    let driver = Driver::start(root, &home, root);
    let window = driver.open(program);
    window.wait("the search field", FIELD);
    window.wait("the work", "return !!document.querySelector('nav progress')");
    let (mut most, mut frames) = (0.0_f64, Vec::new());
    for _ in 0..10 {
        // Somebody scrolls through what he found meanwhile.
        let told = window.run_async(
            "const frames = []; let last = performance.now(); const end = last + 2000; \
             const step = now => { frames.push(now - last); last = now; \
                 if (now < end) requestAnimationFrame(step); else done(frames.slice(1)); }; \
             requestAnimationFrame(step)",
        );
        frames.extend(told.as_array().unwrap().iter().map(|frame| frame.as_f64().unwrap()));
        most = most.max(megabytes(&home));
    }
    let long = frames.iter().filter(|frame| **frame > 50.0).count();
    let count = frames.len();
    let (middle, slowest) = middle(frames);
    println!("memory while it indexes:                  {most:>6.0} MB");
    println!(
        "frames while it indexes:                  {middle:>6.1} ms, at most {slowest:.0}; {long} of {count} over 50 ms"
    );
    window.quit(program);
}

/// The processes of the program, those of its pages among them.
fn processes(home: &Path) -> impl Iterator<Item = PathBuf> {
    let mark = format!("KENNING_HOME={}", home.display());
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    processes.filter(move |process| {
        let told = fs::read(process.join("environ")).unwrap_or_default();
        let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
        // What drives the window, and the screen, have the same surroundings.
        let is_own = name.starts_with("kenning")
            || name.starts_with("WebKitWeb")
            || name.starts_with("WebKitNet");
        is_own
            && !name.starts_with("WebKitWebDriver")
            && told.split(|&b| b == 0).any(|one| one == mark.as_bytes())
    })
}

/// What all of them hold, shared pages counted in shares.
fn megabytes(home: &Path) -> f64 {
    let held = |process: PathBuf| {
        let told = fs::read_to_string(process.join("smaps_rollup")).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok()
    };
    processes(home).filter_map(held).sum::<f64>() / 1024.0
}

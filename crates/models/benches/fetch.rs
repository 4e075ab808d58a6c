//! How fast a file is fetched, beside `curl`, and what memory it takes: `cargo xtask bench fetch`.
//!
//! A hub of the tests serves zeros on loopback from a process of its own. Each way fetches them in turn.

#![allow(clippy::print_stdout, reason = "it is there to print")]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use kenning_models::{Getter, Settings, Stop, Wanted};
use kenning_tests::hub::{Content, Hub, Repository};
use sha2::{Digest, Sha256};

type Outcome<T> = Result<T, Box<dyn Error>>;

const NAME: &str = "someone/zeros";
const WEIGHTS: &str = "model.safetensors";
const ROUNDS: usize = 5;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", length] => serve(length.parse()?),
        ["get", endpoint, folder] => get(endpoint, Path::new(folder)),
        [gigabytes] => compare((gigabytes.parse::<f64>()? * 1e9) as u64),
        _ => {
            println!("start this with `cargo xtask bench fetch`");
            Ok(())
        }
    }
}

/// Until standard input ends.
fn serve(length: u64) -> Outcome<()> {
    let mut digest = Sha256::new();
    let block = vec![0; 1 << 20];
    let mut left = length;
    while left > 0 {
        let now = left.min(block.len() as u64);
        digest.update(&block[..now as usize]);
        left -= now;
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let hub = Hub::start();
    hub.add(
        Repository::new(NAME)
            .file("config.json", r#"{"model_type":"bert","max_position_embeddings":512}"#)
            .file("1_Pooling/config.json", r#"{"pooling_mode_mean_tokens":true}"#)
            .file("tokenizer.json", "{}")
            .lfs_of_digest(WEIGHTS, Content::Zeros { length }, &digest),
    );
    println!("{}", hub.endpoint());
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Fetches the model and says the most memory that took.
fn get(endpoint: &str, folder: &Path) -> Outcome<()> {
    let settings = Settings { endpoint: endpoint.to_owned(), ..Settings::default() };
    let getter = Getter::new(&settings, folder.to_owned())?;
    let plan = getter.plan(&Wanted::parse(NAME)?, &Stop::default())?;
    getter.get(&plan, &Stop::default(), &mut |_| {})?;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", most.unwrap_or("?").trim());
    Ok(())
}

fn compare(length: u64) -> Outcome<()> {
    let this = std::env::current_exe()?;
    let length_word = length.to_string();
    let mut server = Command::new(&this)
        .args(["serve", &length_word])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let compared = rounds(&this, &mut server, length);
    // It ends with its input.
    drop(server.stdin.take());
    server.wait()?;
    compared
}

fn rounds(this: &Path, server: &mut Child, length: u64) -> Outcome<()> {
    let mut endpoint = String::new();
    let told = server.stdout.take().ok_or("the server says nothing")?;
    BufReader::new(told).read_line(&mut endpoint)?;
    let endpoint = endpoint.trim();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("by-curl");
    let address = format!("{endpoint}/{NAME}/resolve/main/{WEIGHTS}");
    let (mut curl, mut summed, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    let mut memory = String::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        run(Command::new("curl")
            .args(["--silent", "--fail", "--location", "--output"])
            .arg(&file)
            .arg(&address))?;
        curl.push(started.elapsed().as_secs_f64());
        run(Command::new("sha256sum").arg(&file).stdout(Stdio::null()))?;
        summed.push(started.elapsed().as_secs_f64());
        std::fs::remove_file(&file)?;
        let models = folder.path().join("models");
        std::fs::create_dir_all(&models)?;
        let started = Instant::now();
        let ended = Command::new(this).args(["get", endpoint]).arg(&models).output()?;
        ours.push(started.elapsed().as_secs_f64());
        if !ended.status.success() {
            return Err(String::from_utf8_lossy(&ended.stderr).into());
        }
        memory = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
        std::fs::remove_dir_all(&models)?;
    }
    let speed = |seconds: f64| length as f64 / seconds / 1e6;
    let (curl, summed, ours) = (median(curl), median(summed), median(ours));
    println!(
        "| {:.1} GB over loopback, median of {ROUNDS} | s | MB/s |\n|---|---|---|",
        length as f64 / 1e9
    );
    println!("| curl | {curl:.2} | {:.0} |", speed(curl));
    println!("| curl, then sha256sum | {summed:.2} | {:.0} |", speed(summed));
    println!("| Kenning, its digest compared | {ours:.2} | {:.0} |", speed(ours));
    println!("| Kenning over curl | {:.2} | |", ours / curl);
    println!("| Kenning over curl with sha256sum | {:.2} | |", ours / summed);
    println!("\nThe most memory that fetching took: {memory}");
    Ok(())
}

fn run(command: &mut Command) -> Outcome<()> {
    match command.status()?.success() {
        true => Ok(()),
        false => Err(format!("{command:?} failed").into()),
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

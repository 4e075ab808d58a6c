//! `cargo xtask fuzz`: feeds every target in `tests/fuzz` in turn, and says what came of it.
//!
//! The programs are built by nightly with the address sanitizer, and started directly: their seeds,
//! limits and what they find lie where this says. What they grow of the committed seeds stays under
//! the target folder and is fed again the next time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace::{self, Workspace};

/// What an input may take. The memory of the whole is that of a worker; the stack, a reader's own.
const LIMITS: &[&str] =
    &["-timeout=10", "-rss_limit_mb=1500", "-malloc_limit_mb=512", "-max_len=65536"];
const STACK_KILOBYTES: &str = "16384";
const HOST: &str = "x86_64-unknown-linux-gnu";

/// What came of one target.
#[derive(Debug, Default)]
struct Outcome {
    runs: u64,
    coverage: u64,
    time: Duration,
    /// The files that it did not come through.
    found: Vec<PathBuf>,
}

struct Folders {
    seeds: PathBuf,
    earlier: PathBuf,
    built: PathBuf,
    work: PathBuf,
}

/// Feeds the targets for `seconds` together; those named, or all.
pub fn run(workspace: &Workspace, seconds: u64, only: &[String]) -> Result<()> {
    let fuzz = workspace.root.join("tests/fuzz");
    let targets = chosen(targets(&fs::read_to_string(fuzz.join("Cargo.toml"))?)?, only)?;
    let work = workspace.target.join("fuzz");
    build(workspace, &work)?;
    let folders = Folders {
        seeds: fuzz.join("corpus"),
        earlier: fuzz.join("findings"),
        built: work.join(HOST).join("release"),
        work,
    };
    let each = Duration::from_secs(seconds) / u32::try_from(targets.len())?.max(1);
    println!("| target | runs | seconds | coverage | findings |\n|---|---:|---:|---:|---:|");
    let mut all = Outcome::default();
    for target in &targets {
        let outcome = feed(&folders, target, each)?;
        println!("{}", line(target, &outcome));
        all.runs += outcome.runs;
        all.time += outcome.time;
        all.coverage += outcome.coverage;
        all.found.extend(outcome.found);
    }
    println!("{}", line("all", &all));
    if all.found.is_empty() {
        return Ok(());
    }
    let found: Vec<_> = all.found.iter().map(|path| workspace.shown(path).to_string()).collect();
    bail!("these did not come through; keep each in tests/fuzz/findings:\n{}", found.join("\n"))
}

/// The names of the programs, in the order of the manifest.
fn targets(manifest: &str) -> Result<Vec<String>> {
    let manifest: toml::Table = manifest.parse()?;
    let programs = manifest.get("bin").and_then(|programs| programs.as_array());
    let name = |program: &toml::Value| program.get("name")?.as_str().map(str::to_owned);
    Ok(programs
        .context("tests/fuzz/Cargo.toml names no programs")?
        .iter()
        .filter_map(name)
        .collect())
}

fn chosen(targets: Vec<String>, only: &[String]) -> Result<Vec<String>> {
    if let Some(unknown) = only.iter().find(|name| !targets.contains(name)) {
        bail!("there is no target {unknown}; there are {}", targets.join(", "));
    }
    Ok(targets.into_iter().filter(|name| only.is_empty() || only.contains(name)).collect())
}

fn build(workspace: &Workspace, work: &Path) -> Result<()> {
    let mut command = workspace.command("cargo");
    command.args(["fuzz", "build", "--release", "--target", HOST, "--fuzz-dir", "tests/fuzz"]);
    // A nested cargo of another toolchain must not be told which one started this tool.
    command.env_remove("CARGO").env("RUSTUP_TOOLCHAIN", "nightly").env("CARGO_TARGET_DIR", work);
    workspace::run(&mut command).context(
        "fuzzing needs nightly and cargo-fuzz: `rustup toolchain install nightly`, \
         `cargo install cargo-fuzz --locked`",
    )
}

/// Feeds one target until its time is over, starting it again after each finding.
fn feed(folders: &Folders, target: &str, time: Duration) -> Result<Outcome> {
    /// One fault found over and over is one fault.
    const MOST_STARTS: usize = 5;
    let [grown, found, logs] = ["corpus", "found", "logs"].map(|name| folders.work.join(name));
    let (grown, found) = (grown.join(target), found.join(target));
    for folder in [&grown, &found, &logs] {
        fs::create_dir_all(folder)?;
    }
    let known = files(&found)?;
    let mut outcome = Outcome::default();
    for start in 0..MOST_STARTS {
        let left = time.saturating_sub(outcome.time);
        if left < Duration::from_secs(1) {
            break;
        }
        let log = logs.join(format!("{target}.{start}.log"));
        let started = Instant::now();
        let mut command = command(folders, target, [&grown, &found], left);
        command.stdout(File::create(&log)?).stderr(File::options().append(true).open(&log)?);
        let status = command.status().with_context(|| format!("{target} could not be started"))?;
        outcome.time += started.elapsed();
        let (runs, coverage) = said(&String::from_utf8_lossy(&fs::read(&log)?));
        outcome.runs += runs;
        outcome.coverage = outcome.coverage.max(coverage);
        if status.success() {
            break;
        }
    }
    outcome.found = files(&found)?.into_iter().filter(|path| !known.contains(path)).collect();
    Ok(outcome)
}

fn command(
    folders: &Folders,
    target: &str,
    [grown, found]: [&PathBuf; 2],
    time: Duration,
) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -s $0 && exec nice -n 19 \"$@\"", STACK_KILOBYTES]);
    command.arg(folders.built.join(target)).arg(grown);
    let seeds = [&folders.seeds, &folders.earlier].map(|folder| folder.join(target));
    command.args(seeds.iter().filter(|folder| folder.is_dir()));
    command.args(LIMITS).arg("-print_final_stats=1");
    command.arg(format!("-max_total_time={}", time.as_secs()));
    command.arg(format!("-artifact_prefix={}/", found.display()));
    command.env("ASAN_OPTIONS", "detect_odr_violation=0:detect_leaks=0");
    command
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    Ok(paths.collect::<Result<_, _>>()?)
}

/// How many inputs a program says it has fed, and how many places in the code they reached.
fn said(log: &str) -> (u64, u64) {
    let mut words = log.split_whitespace();
    let (mut runs, mut coverage) = (0, 0);
    while let Some(word) = words.next() {
        let number = |word: Option<&str>| word.and_then(|word| word.parse().ok());
        match word {
            "stat::number_of_executed_units:" => runs = number(words.next()).unwrap_or(runs),
            "cov:" => coverage = number(words.next()).unwrap_or(coverage),
            _ => {}
        }
    }
    (runs, coverage)
}

fn line(target: &str, outcome: &Outcome) -> String {
    let Outcome { runs, coverage, time, found } = outcome;
    format!("| {target} | {runs} | {} | {coverage} | {} |", time.as_secs(), found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_says_is_understood() {
        let check = |log, expected| assert_eq!(said(log), expected);
        let log = "#2\tINITED cov: 17 ft: 18 corp: 1/1b exec/s: 0 rss: 36Mb\n\
                   #99\tNEW    cov: 25 ft: 30 corp: 4/9b\n#120\tDONE   cov: 26 ft: 31\n\
                   stat::number_of_executed_units: 120\nstat::peak_rss_mb: 40\n";
        check(log, (120, 26));
        check("", (0, 0));
        check("cov: many stat::number_of_executed_units:", (0, 0));
    }

    #[test]
    fn targets_are_those_of_the_manifest() {
        let manifest = "[package]\nname = \"x\"\n[[bin]]\nname = \"b\"\n[[bin]]\nname = \"a\"\n";
        let all = targets(manifest).unwrap();
        assert_eq!(all, ["b", "a"]);
        assert_eq!(chosen(all.clone(), &["a".into()]).unwrap(), ["a"]);
        assert_eq!(chosen(all.clone(), &[]).unwrap(), all);
        assert!(chosen(all, &["c".into()]).unwrap_err().to_string().contains("b, a"));
        assert!(targets("[package]\n").is_err());
    }
}

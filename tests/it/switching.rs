//! Models that compute are switched while a program asks fifty questions a second and the one that switches is
//! killed again and again: every question is answered from as much as before, and what was begun goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kenning_domain::{Cancel, Embed};
use kenning_engine::answer::{Models as Asked, Pipeline, Question, Told, answer};
use kenning_engine::{Access, Home, Library, Models, Options, Searcher};

use crate::cli::PROGRAM;
use crate::staging::install;

const FILES: usize = 36;
const PASSAGES_OF_EACH: usize = 12;
const KILLS: u64 = 4;

struct Desk {
    root: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { root: tempfile::tempdir().unwrap() };
        for (name, golden) in [("first", "bert"), ("second", "qwen3")] {
            install(&desk.home().join("models").join(name), name, golden);
        }
        let notes = desk.root.path().join("notes");
        fs::create_dir_all(&notes).unwrap();
        for file in 0..FILES {
            let text: String = (0..PASSAGES_OF_EACH)
                .map(|part| format!("## {file} {part}\n\n{}\n\n", words(file * 100 + part)))
                .collect();
            fs::write(notes.join(format!("{file}.md")), text).unwrap();
        }
        desk
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&*PROGRAM);
        command.args(arguments).env("KENNING_HOME", self.home()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        output
    }

    fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn answering(&self) -> String {
        let told = self.run(&["--json", "status"]).stdout;
        let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
        let models = told["models"].as_array().unwrap();
        let answers = models.iter().find(|model| model["answers"] == true).unwrap();
        answers["model"].as_str().unwrap().to_owned()
    }

    /// Another program's eyes: it only reads.
    fn eyes(&self) -> Library {
        let options = Options { access: Access::Read, ..Options::default() };
        let home = Home::at(self.home());
        Library::open(&home, &Models::discover(&home), options).unwrap()
    }
}

/// Words that are in no dictionary, the same for each number.
fn words(seed: usize) -> String {
    let mut state = seed as u64 * 2 + 1;
    let syllables = ["ka", "lo", "mir", "tu", "san", "de", "pol", "ri", "ven", "ash"];
    let mut next = |below: usize| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 33) as usize % below
    };
    let words: Vec<String> = (0..150)
        .map(|_| (0..2 + next(2)).map(|_| syllables[next(syllables.len())]).collect())
        .collect();
    words.join(" ")
}

/// How many documents the meaning of something finds.
fn found(searcher: &mut Searcher) -> Result<usize, String> {
    let snapshot = searcher.snapshot();
    let space = snapshot.meaning.as_ref().ok_or("nothing has a meaning")?.space;
    let embed = searcher.embedder(space).map_err(|error| error.to_string())?;
    let embed = embed.ok_or("the model that answers is not there")?;
    let models = Asked { embed: Some(&*embed as &dyn Embed), rerank: None };
    let question = Question {
        limit: 2 * FILES,
        grouped: false,
        pipeline: Pipeline::Meaning,
        ..Question::new("xyzzy")
    };
    let mut count = 0;
    let mut tell = |told| {
        if let Told::Answer(answer) = told {
            count = answer.hits.len();
        }
    };
    let cancel = Cancel::default();
    answer(&question, &snapshot, &mut searcher.truth, models, &cancel, &mut tell)
        .map_err(|error| error.to_string())?;
    Ok(count)
}

#[test]
fn models_are_switched_under_fifty_questions_a_second_and_through_kills() {
    let desk = Desk::new();
    let notes = desk.root.path().join("notes");
    desk.run(&["add", path(&notes)]);
    desk.run(&["models", "use", "first", "--yes", "--device", "cpu"]);
    assert_eq!(desk.answering(), "first");
    let library = desk.eyes();
    let (is_over, begun) = (AtomicBool::new(false), Instant::now());
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut searcher = library.searcher().unwrap();
            let (mut asked, mut wrong) = (0_u32, Vec::new());
            while !is_over.load(Ordering::Relaxed) {
                match found(&mut searcher) {
                    Ok(FILES) => {}
                    other => wrong.push((begun.elapsed(), other)),
                }
                asked += 1;
                let next = Duration::from_millis(20) * asked;
                std::thread::sleep(next.saturating_sub(begun.elapsed()));
            }
            (asked, wrong)
        });
        let mut in_the_middle = 0;
        for kill in 0..KILLS {
            let mut switching =
                desk.begin(&["models", "use", "second", "--yes", "--device", "cpu"]);
            std::thread::sleep(Duration::from_millis(300 + 350 * kill));
            switching.kill().unwrap();
            switching.wait().unwrap();
            in_the_middle += u64::from(desk.answering() == "first");
        }
        assert!(in_the_middle >= 2, "only {in_the_middle} of {KILLS} kills came before the end");
        // Whoever comes next goes on with it.
        desk.run(&["index"]);
        assert_eq!(desk.answering(), "second");
        desk.run(&["models", "undo", "--device", "cpu"]);
        assert_eq!(desk.answering(), "first");
        std::thread::sleep(Duration::from_millis(500));
        is_over.store(true, Ordering::Relaxed);
        let (asked, wrong) = asking.join().unwrap();
        let a_second = f64::from(asked) / begun.elapsed().as_secs_f64();
        println!("{asked} questions, {a_second:.1} a second, {in_the_middle} kills in the middle");
        assert!(wrong.is_empty(), "{} of {asked}: {:?}", wrong.len(), &wrong[..wrong.len().min(5)]);
        assert!(asked > 100, "{asked}");
    });
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
